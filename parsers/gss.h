/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Logins within GSS-API tokens (RFC 2743, 3.1), SPNEGO (RFC 4178) or bare: NTLM ([MS-NLMP]) names
 * the user, his domain and his workstation in clear; Kerberos (RFC 4121) names only the service.
 *
 * The protocol that carries the tokens knows what became of them: it tells the outcome.
 */
#ifndef PARSERS_GSS_H
#define PARSERS_GSS_H

#include "parser.h"

/* Tells what a token holds: of NTLM's AUTHENTICATE the login, as a request under `transaction`,
 * and the workstation; of its NEGOTIATE and CHALLENGE the device that sent it. True when the token
 * is a client's proof, which the other side accepts or refuses next. The token must be whole. */
bool gss_token(struct rd token, uint32_t transaction, const struct parse_input *in,
    const struct parse_output *out);
/* The outcome of the proof under that transaction. */
void gss_result(bool is_success, uint32_t transaction, const struct parse_output *out);

#endif
