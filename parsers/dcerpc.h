/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fragments of connection-oriented DCE/RPC, as they come over TCP or a named pipe.
 */
#ifndef PARSERS_DCERPC_H
#define PARSERS_DCERPC_H

#include "parser.h"

#define DCERPC_HEADER 16

struct dcerpc_pdu {
    uint8_t type;
    bool is_little_endian;
    uint16_t length, auth_length;
    uint32_t call_id;
};

/* The header, of which every octet that can be must be right. PARSE_OK, PARSE_MORE or
 * PARSE_NOT_MINE. */
enum parse_result dcerpc_head(struct rd r, struct dcerpc_pdu *pdu);
/* The security token of a fragment in which an association begins or goes on; false when it has
 * none, or the fragment is not whole. */
bool dcerpc_token(struct rd fragment, const struct dcerpc_pdu *pdu, struct rd *token);

#endif
