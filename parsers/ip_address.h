/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Addresses within messages, IPv4 mapped as everywhere.
 */
#ifndef PARSERS_IP_ADDRESS_H
#define PARSERS_IP_ADDRESS_H

#include "rd.h"
#include <netinet/in.h>

#define IP_MAPPED_PREFIX 12 /* octets before an IPv4 address that is mapped */
#define IP_V4_MULTICAST 224 /* from here on: multicast, reserved, broadcast */
#define IP_V4_LOOPBACK 127

/* All zeros when the octets are not there. */
static inline struct in6_addr
ip_read_v6(struct rd *r)
{
    struct in6_addr address = { .s6_addr = { 0 } };
    const uint8_t *octets = rd_bytes(r, sizeof address);

    if (octets != NULL)
        memcpy(&address, octets, sizeof address);
    return address;
}

static inline struct in6_addr
ip_read_v4(struct rd *r)
{
    struct in6_addr address = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
    const uint8_t *octets = rd_bytes(r, sizeof(struct in_addr));

    if (octets != NULL)
        memcpy(&address.s6_addr[IP_MAPPED_PREFIX], octets, sizeof(struct in_addr));
    return address;
}

/* Whether one host may have it for its own: not the unspecified address, loopback, multicast. */
static inline bool
ip_is_host(const struct in6_addr *a)
{
    uint8_t first = a->s6_addr[IP_MAPPED_PREFIX];

    if (IN6_IS_ADDR_V4MAPPED(a))
        return first != 0 && first != IP_V4_LOOPBACK && first < IP_V4_MULTICAST;
    return !IN6_IS_ADDR_UNSPECIFIED(a) && !IN6_IS_ADDR_LOOPBACK(a) && !IN6_IS_ADDR_MULTICAST(a);
}

#endif
