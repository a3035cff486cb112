/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Address prefixes as an operator writes them: 192.0.2.0/24, 2001:db8::/32, or a lone address.
 */
#ifndef CONF_CIDR_H
#define CONF_CIDR_H

#include <endian.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

struct cidr {
    struct in6_addr address; /* IPv4 as ::ffff:a.b.c.d; host bits are zero */
    unsigned bits;           /* of 128: an IPv4 /24 is 120 */
};

/* False when text is no prefix (or has host bits set: *why then says so). why may be NULL. */
bool cidr_parse(const char *text, struct cidr *out, const char **why);
static inline bool
cidr_holds(const struct cidr *c, const struct in6_addr *address)
{
    uint64_t prefix[2], other[2], differ;

    memcpy(prefix, &c->address, sizeof prefix);
    memcpy(other, address, sizeof other);
    differ = be64toh(prefix[0] ^ other[0]);
    if (c->bits <= 64)
        return c->bits == 0 || differ >> (64 - c->bits) == 0;
    return differ == 0 && be64toh(prefix[1] ^ other[1]) >> (128 - c->bits) == 0;
}
bool cidr_list_holds(const struct cidr *list, unsigned count, const struct in6_addr *address);

#endif
