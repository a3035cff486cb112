/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the first payload each way says by itself: the handshakes of tunnels and desktops that nDPI
 * does not know, or knows by their port alone.
 *
 * Each is read from fields that chance does not fill: echoed session ids, lengths that agree,
 * fixed bytes. A flow picked up in its middle has no hello.
 */
#ifndef SENSOR_HELLO_H
#define SENSOR_HELLO_H

#include "flow.h"

enum hello {
    HELLO_NONE,
    HELLO_OPENVPN_CLIENT,
    HELLO_OPENVPN_SERVER,      /* a reset, no more: the session id may be sealed by tls-crypt */
    HELLO_OPENVPN_SERVER_ECHO, /* and it repeats the client's session id */
    HELLO_OPENVPN_STREAM,      /* over TCP, the length before it agreeing; either end */
    HELLO_WIREGUARD_INITIATION,
    HELLO_WIREGUARD_ANSWER,
    HELLO_WIREGUARD_DATA,
    HELLO_IKE,
    HELLO_RDP_UDP_CLIENT,
    HELLO_RDP_UDP_SERVER,
    HELLO_ICA,
    HELLO_COUNT
};

/* Reads a packet with payload; does something only for the first of its direction. */
void hello_read(struct flow *f, unsigned direction, const struct packet *p);
/* nDPI's name, lower case, of the protocol whose handshake both ends have shown; NULL for none. */
const char *hello_protocol(const struct flow *f);

#endif
