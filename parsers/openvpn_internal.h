/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by openvpn*.c; nobody else includes it.
 */
#ifndef PARSERS_OPENVPN_INTERNAL_H
#define PARSERS_OPENVPN_INTERNAL_H

#include "parser.h"

#define OPENVPN_CLIENT 0
#define OPENVPN_SERVER 1
#define OPENVPN_HEAD_BYTES 16
#define OPENVPN_TAIL_BYTES 5

enum openvpn_wrapping {
    OPENVPN_UNKNOWN,
    OPENVPN_PLAIN,
    OPENVPN_AUTH,
    OPENVPN_CRYPT,
    OPENVPN_SCRAMBLED, /* or nothing of ours: told only when it is sure */
};

struct openvpn_state {
    uint8_t wrapping; /* enum openvpn_wrapping */
    uint8_t mac;      /* bytes of tls-auth's HMAC */
    uint8_t opcode;   /* of the client's reset */
    uint8_t key_id, resets;
    bool is_from_client; /* whether the flow's originator sent that reset */
    bool is_told, is_answer_due;
    bool is_lost[2];     /* a datagram was cut: no more TLS of this end */
    uint64_t session[2]; /* by end, as all below */
    uint32_t next[2];    /* message that continues the TLS */
    uint32_t rekeys;
    int64_t time_us; /* of the last reset */
    /* openvpn_scrambled.c: the client's first datagram */
    uint8_t length, answers;
    uint8_t head[OPENVPN_HEAD_BYTES], tail[OPENVPN_TAIL_BYTES];
};

_Static_assert(sizeof(struct openvpn_state) <= PARSE_STATE_BYTES, "the flow keeps no more");

void openvpn_tell_session(struct openvpn_state *s, const struct parse_output *out);
/* A datagram of a flow that has shown nothing known. */
enum parse_result openvpn_scrambled(struct rd r, struct openvpn_state *s,
    const struct parse_input *in, const struct parse_output *out);

#endif
