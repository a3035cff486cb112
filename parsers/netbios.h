/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NetBIOS names (RFC 1001, 14; RFC 1002, 4.1): fifteen characters, filled up with spaces, and one
 * octet for what the name stands for.
 */
#ifndef PARSERS_NETBIOS_H
#define PARSERS_NETBIOS_H

#include "dns_message.h"

#define NETBIOS_NAME 15

#define NETBIOS_WORKSTATION 0x00
#define NETBIOS_SERVER 0x20

struct netbios_name {
    struct rd text; /* without the spaces at its end */
    uint8_t suffix;
    uint8_t bytes[NETBIOS_NAME];
};

/* Sixteen octets as they are. */
bool netbios_read_name(struct rd octets, struct netbios_name *out);
/* The first label of a name on the wire: two letters for each octet. */
bool netbios_decode(const struct dns_name *encoded, struct netbios_name *out);
/* The same with the name's length before and its scope behind it, as in datagrams. */
bool netbios_take_name(struct rd *r, struct netbios_name *out);
/* A machine's own name, not a group's or a user's. */
bool netbios_is_host(const struct netbios_name *name, bool is_group);

#endif
