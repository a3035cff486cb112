/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by rdp.c, rdp_mcs.c, rdp_info.c, rdp_logon.c and rdp_refusal.c; nobody else includes it.
 */
#ifndef PARSERS_RDP_INTERNAL_H
#define PARSERS_RDP_INTERNAL_H

#include "answer.h"

#define RDP_NAME_MAX 46 /* 15 UTF-16 units as UTF-8 */
#define RDP_TARGET_MAX 24
#define RDP_LOGIN 1  /* the transaction of the one login of a connection */
#define RDP_COOKIE 2 /* and that of the name before the connection */

struct rdp_state {
    uint8_t step;       /* enum rdp_step */
    uint8_t messages;   /* of the client, since it connected */
    uint8_t name_bytes; /* of client_name */
    bool is_told;       /* the session */
    bool is_refused;    /* the login: who may try again */
    bool is_done[2];    /* nothing more is wanted of the server (0), the client (1) */
    struct answer answer;
    char client_name[RDP_NAME_MAX];
    char target[RDP_TARGET_MAX]; /* of the routing token, empty for none */
};

_Static_assert(sizeof(struct rdp_state) <= PARSE_STATE_BYTES, "what a flow remembers is bounded");

/* MCS Connect Initial (T.125, 11.1) with its GCC user data ([MS-RDPBCGR] 2.2.1.3): what the client
 * is. False when a length lies. */
bool rdp_read_connect_initial(struct rd pdu, const struct parse_input *in, struct rdp_state *s,
    const struct parse_output *out);
/* An MCS PDU behind the connection. *is_info: it was the Client Info PDU, so nothing more is
 * wanted. False when a length lies. */
bool rdp_read_client_info(struct rd pdu, const struct parse_input *in, const struct rdp_state *s,
    const struct parse_output *out, bool *is_info);
/* The server's PDU behind the connection, in clear where only the client's side is sealed or none
 * is. *is_logon: it told of a logon, so nothing more is wanted. False when a length lies. */
bool rdp_read_logon(
    struct rd pdu, struct rdp_state *s, const struct parse_output *out, bool *is_logon);
/* Refusals, as answers to the name in the cookie, or to the login. False when a length lies (of a
 * license: when it is no licensing PDU). */
void rdp_tell_negotiation(uint32_t code, const struct parse_output *out);
bool rdp_read_license(struct rd pdu, struct rdp_state *s, const struct parse_output *out);
void rdp_read_error_info(struct rd data, struct rdp_state *s, const struct parse_output *out);
bool rdp_read_logon_errors(struct rd data, struct rdp_state *s, const struct parse_output *out);
/* X.691, 10.9: below 128 one octet, below 16384 two. */
size_t rdp_per_length(struct rd *r);
/* Text in UTF-16LE as a value of the fact; nothing when empty. */
void rdp_text(struct fact *f, enum fact_key key, struct rd units);
/* The session-open, once; version NULL when not known. */
void rdp_tell_session(struct rdp_state *s, const char *version, const struct parse_output *out);

#endif
