/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Extensible Authentication Protocol (RFC 3748), wherever it travels: 802.1X, PPP, RADIUS.
 *
 * The identity may be an outer one that names nobody; the name within MS-CHAPv2 (type 26,
 * draft-kamath-pppext-eap-mschapv2) is the account's own. Inside TLS nothing is seen.
 */
#ifndef PARSERS_EAP_H
#define PARSERS_EAP_H

#include "parser.h"

/* Tells what one EAP packet says: identities and names as attempts, Success and Failure as their
 * answers, under `transaction`. Each fact takes what it lacks from `about` (NULL: nothing). Takes
 * the packet off r. PARSE_BAD: its length lies; PARSE_MORE: it is not all there. */
enum parse_result eap_packet(
    struct rd *r, uint32_t transaction, const struct fact *about, const struct parse_output *out);

/* Puts the account (or, of an identity that names nobody, the realm) that a packet gives
 * into *f; false when it gives none. */
bool eap_name(struct rd packet, struct fact *f);

#endif
