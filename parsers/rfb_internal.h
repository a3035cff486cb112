/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by rfb.c and rfb_security.c; nobody else includes it.
 */
#ifndef PARSERS_RFB_INTERNAL_H
#define PARSERS_RFB_INTERNAL_H

#include "parser.h"

/* Each step is one message of one side. */
enum rfb_step {
    STEP_SERVER_VERSION,
    STEP_CLIENT_VERSION,
    STEP_REPEATER_TARGET,
    STEP_TYPE,  /* the server decides: 3.3 */
    STEP_TYPES, /* the server offers: 3.7 on */
    STEP_CHOICE,
    STEP_CHALLENGE,
    STEP_RESPONSE,
    STEP_TUNNELS,
    STEP_TUNNEL_CHOICE,
    STEP_TIGHT_TYPES,
    STEP_TIGHT_CHOICE,
    STEP_VENCRYPT_VERSION,
    STEP_VENCRYPT_ANSWER,
    STEP_SUBTYPES,
    STEP_SUBTYPE_CHOICE,
    STEP_SUBTYPE_GRANTED,
    STEP_PLAIN,
    STEP_XVP,
    STEP_APPLE_KEY,
    STEP_APPLE_CREDENTIALS,
    STEP_MSLOGON_KEY,
    STEP_MSLOGON_CREDENTIALS,
    STEP_RESULT,
    STEP_CLIENT_INIT,
    STEP_SERVER_INIT,
    STEP_TLS,
    STEP_OVER
};

struct rfb_state {
    uint8_t step;
    uint8_t server; /* side that spoke first; 0 is the connection's originator */
    uint8_t minor;
    bool is_told, has_account;
    uint32_t security;
    uint16_t key_bytes;
};

_Static_assert(sizeof(struct rfb_state) <= PARSE_STATE_BYTES, "what a flow remembers is bounded");

struct rfb_reader {
    struct rd r;
    const struct parse_input *in;
    const struct parse_output *out;
    struct rfb_state *s;
};

/* Takes n bytes, then goes on with the next step. */
enum parse_result rfb_pass(struct rfb_reader *m, size_t n, enum rfb_step next);
/* The messages from the server's offer of security types to the result. */
enum parse_result rfb_security_read(struct rfb_reader *m);
/* Whether the server sends the message of such a step. */
bool rfb_security_from_server(enum rfb_step step);

#endif
