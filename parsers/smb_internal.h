/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the two generations of SMB share.
 */
#ifndef PARSERS_SMB_INTERNAL_H
#define PARSERS_SMB_INTERNAL_H

#include "parser.h"

#define SMB1_HEADER 32 /* [MS-CIFS] 2.2.3.1 */
#define SMB2_HEADER 64 /* [MS-SMB2] 2.2.1 */

#define SMB_STATUS_SUCCESS 0
#define SMB_STATUS_MORE_PROCESSING 0xc0000016u

/* Which messages are read, from the header alone: the others may be as large as files are. */
bool smb1_wants(struct rd header);
bool smb2_wants(struct rd header);

/* One whole message, from its header on. */
void smb1_read(struct rd message, const struct parse_input *in, const struct parse_output *out);
void smb2_read(struct rd message, const struct parse_input *in, const struct parse_output *out);

/* What became of a session setup: nothing while it goes on. */
void smb_tell_result(
    uint32_t status, bool is_guest, uint32_t transaction, const struct parse_output *out);
/* What a named pipe carries: logins to RPC. Their outcome is not followed. */
void smb_read_pipe(struct rd bytes, const struct parse_input *in, const struct parse_output *out);

#endif
