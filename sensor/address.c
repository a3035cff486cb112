/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Addresses as text. IPv4 is printed by hand, since several stand in every observation.
 */
#include "address.h"
#include <arpa/inet.h>
#include <string.h>

#define V4_OFFSET 12 /* where an IPv4 address lies in a mapped one */

static char *
put_octet(char *at, unsigned octet)
{
    if (octet >= 100)
        *at++ = (char)('0' + octet / 100);
    if (octet >= 10)
        *at++ = (char)('0' + octet / 10 % 10);
    *at++ = (char)('0' + octet % 10);
    return at;
}

size_t
address_print(char out[ADDRESS_SIZE], const struct in6_addr *address)
{
    char *at = out;

    if (!IN6_IS_ADDR_V4MAPPED(address)) {
        inet_ntop(AF_INET6, address, out, ADDRESS_SIZE);
        return strlen(out);
    }
    for (size_t i = V4_OFFSET; i < sizeof(*address); i++) {
        if (i > V4_OFFSET)
            *at++ = '.';
        at = put_octet(at, address->s6_addr[i]);
    }
    *at = '\0';
    return (size_t)(at - out);
}

bool
address_parse(const char *text, struct in6_addr *out)
{
    struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

    if (inet_pton(AF_INET, text, &mapped.s6_addr[V4_OFFSET]) == 1) {
        *out = mapped;
        return true;
    }
    return inet_pton(AF_INET6, text, out) == 1;
}
