/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Binds, apart from the messages that carry them.
 */
#ifndef PARSERS_LDAP_INTERNAL_H
#define PARSERS_LDAP_INTERNAL_H

#include "parser.h"

#define LDAP_ENUMERATED 0x0a

/* A SASL bind may take several requests, each with a message id of its own; the one that named
 * somebody is what the last answer is about. */
struct ldap_state {
    bool has_proof;
    uint32_t proof, leg; /* message ids */
};

/* The value of a BindRequest or BindResponse. */
void ldap_read_bind(struct rd r, uint32_t id, struct ldap_state *s, const struct parse_input *in,
    const struct parse_output *out);
void ldap_read_bind_answer(struct rd r, uint32_t id, struct ldap_state *s,
    const struct parse_input *in, const struct parse_output *out);

#endif
