/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One NTLMSSP message ([MS-NLMP] 2.2.1), wherever it travels; called by gss.c.
 */
#ifndef PARSERS_NTLMSSP_H
#define PARSERS_NTLMSSP_H

#include "parser.h"

bool ntlmssp_is(struct rd token);
/* As gss_token(). */
bool ntlmssp_token(struct rd token, uint32_t transaction, const struct parse_input *in,
    const struct parse_output *out);

#endif
