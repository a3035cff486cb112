/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Logins over PPP (RFC 1661): PAP (RFC 1334), CHAP (RFC 1994), MS-CHAP (RFC 2433) and MS-CHAPv2
 * (RFC 2759), EAP; and the address that IPCP (RFC 1332) gives to whoever logged in.
 */
#ifndef PARSERS_PPP_H
#define PARSERS_PPP_H

#include "eap.h"

#define PPP_NAME 64

/* Part of a parser's state; zeroed at first. */
struct ppp_state {
    uint8_t chap; /* CHAP's algorithm, as LCP asked for it: 5 MD5, 0x80 MS-CHAP, 0x81 MS-CHAPv2 */
    uint8_t name_length;
    bool is_let_in, client_is_originator;
    struct eap_tls tls;
    uint8_t inside[4];   /* the address given; zeros: none yet */
    char name[PPP_NAME]; /* of whoever authenticated last */
};

/* One frame from its (address, control and) protocol field on. Facts take what they lack from
 * `about` (NULL: nothing). PARSE_NOT_MINE: a protocol that logs nobody in. */
enum parse_result ppp_frame(struct rd frame, struct ppp_state *s, const struct fact *about,
    const struct parse_input *in, const struct parse_output *out);

#endif
