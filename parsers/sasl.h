/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SASL (RFC 4422) as lines in base64 carry it: who authenticates, by which mechanism. The account
 * is the identity that proves itself, not the one that it asks to act for.
 */
#ifndef PARSERS_SASL_H
#define PARSERS_SASL_H

#include "parser.h"

struct sasl {
    uint8_t mechanism; /* 0: none is under way */
    bool is_named;     /* a login was told and waits for its outcome */
    bool is_answered;  /* the client's first response was read */
    uint32_t transaction;
};

enum sasl_end {
    SASL_SUCCESS,
    SASL_FAILURE,
    SASL_DROPPED /* cancelled, or refused for another reason than who it is */
};

/* An exchange begins, by the mechanism's name. */
void sasl_begin(struct sasl *s, struct rd mechanism);
bool sasl_is_under_way(const struct sasl *s);
/* The client's response, or initial response. */
void sasl_response(
    struct sasl *s, struct rd base64, const struct parse_input *in, const struct parse_output *out);
void sasl_challenge(
    struct sasl *s, struct rd base64, const struct parse_input *in, const struct parse_output *out);
/* The exchange is over; `reason` is what the server said with a failure. */
void sasl_end(struct sasl *s, enum sasl_end end, struct rd reason, const struct parse_output *out);
/* A login without SASL, by the protocol's own command; ended the same way. */
void sasl_login(struct sasl *s, struct rd user, const char *method, const struct parse_output *out);

#endif
