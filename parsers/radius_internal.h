/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between RADIUS's messages (radius.c) and their attributes (radius_attribute.c).
 */
#ifndef PARSERS_RADIUS_INTERNAL_H
#define PARSERS_RADIUS_INTERNAL_H

#include "eap.h"

#define RADIUS_EAP_ROOM 4096 /* RADIUS messages are no longer: RFC 2865, 3 */

/* A fact has room for one address inside, a session may have two. */
enum radius_inside { RADIUS_INSIDE_ANY, RADIUS_INSIDE_IPV6 };

/* The next attribute; false at the end, or when its length lies (r->ok is false then). */
bool radius_take_attribute(struct rd *r, uint8_t *type, struct rd *value);

/* Fills *f, whose kind and result are set, from the attributes. */
void radius_read_attributes(struct fact *f, struct rd all, enum radius_inside inside);

/* The EAP packet within the EAP-Message attributes, put together (RFC 3579, 3.1). */
struct rd radius_eap_packet(struct rd all, uint8_t room[RADIUS_EAP_ROOM]);

/* Logins under way through one gateway, of which TLS's handshake is followed. */
struct radius_logins {
    struct {
        uint32_t key;       /* of who logs in; 0: free */
        uint8_t identifier; /* of the newest request */
        bool is_waiting;    /* for what the server answers to it */
        struct eap_tls tls;
    } login[12];
    uint8_t next; /* to make room */
};

/* Whether the request goes on with a login that is followed already. */
bool radius_is_under_way(const struct radius_logins *s, struct rd all);
/* What the EAP packet in a request, or in what the server has to say to one, says of TLS. `f` is
 * what was read of the request. */
void radius_follow_request(struct radius_logins *s, uint8_t identifier, struct rd all,
    const struct fact *f, const struct parse_output *out);
void radius_follow_challenge(
    struct radius_logins *s, uint8_t identifier, struct rd all, const struct parse_output *out);

#endif
