/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The Extensible Authentication Protocol (RFC 3748), wherever it travels: 802.1X, PPP, RADIUS.
 *
 * The identity may be an outer one that names nobody; the name within MS-CHAPv2 (type 26,
 * draft-kamath-pppext-eap-mschapv2) is the account's own. Of methods over TLS the handshake is read
 * (eap_tls_packet()); what is sealed in it is not seen.
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

/* One conversation of a method over TLS; zeroed at first. */
struct eap_tls {
    uint8_t phase;
    uint8_t identifier; /* of the newest request */
};

/* Hands on what TLS says in the packet, as the stream `which` (whose direction is set here), as
 * long as the packets follow on one another: EAP-TLS (RFC 5216), PEAP, EAP-TTLS (RFC 5281),
 * EAP-FAST (RFC 4851), TEAP (RFC 7170), in fragments or not. True when a conversation begins. */
bool eap_tls_packet(struct rd packet, struct eap_tls *s, struct parse_nested *which,
    const struct parse_output *out);

#endif
