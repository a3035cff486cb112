/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Text to prefix. Strict: a prefix with host bits set is most often a typing error, so it is
 * refused with its reason rather than silently widened.
 */
#include "cidr.h"
#include <arpa/inet.h>
#include <string.h>

#define MAPPED_BITS 96 /* ::ffff:0:0/96 holds IPv4 */
#define ADDRESS_BITS 128

static bool
fail(const char **why, const char *reason)
{
    if (why != NULL)
        *why = reason;
    return false;
}

/* Decimal without sign, blanks or leading zeros. */
static bool
parse_length(const char *text, unsigned most, unsigned *out)
{
    unsigned value = 0;

    if (*text == '\0' || (text[0] == '0' && text[1] != '\0'))
        return false;
    for (; *text != '\0'; text++) {
        if (*text < '0' || *text > '9')
            return false;
        value = value * 10 + (unsigned)(*text - '0');
        if (value > most)
            return false;
    }
    *out = value;
    return true;
}

static void
clear_host_bits(struct in6_addr *address, unsigned bits)
{
    for (unsigned i = 0; i < sizeof address->s6_addr; i++) {
        unsigned kept = bits > i * 8 ? bits - i * 8 : 0;

        if (kept < 8)
            address->s6_addr[i] &= (uint8_t)(0xff00u >> kept);
    }
}

static bool
parse_address(const char *text, struct in6_addr *out, unsigned *base)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };

    *base = 0;
    if (strchr(text, ':') != NULL)
        return inet_pton(AF_INET6, text, out) == 1;
    *base = MAPPED_BITS;
    memcpy(out->s6_addr, mapped, sizeof mapped);
    return inet_pton(AF_INET, text, out->s6_addr + sizeof mapped) == 1;
}

bool
cidr_parse(const char *text, struct cidr *out, const char **why)
{
    char address[INET6_ADDRSTRLEN];
    const char *slash = strchr(text, '/');
    size_t length = slash != NULL ? (size_t)(slash - text) : strlen(text);
    struct cidr result;
    struct in6_addr cleared;
    unsigned base, bits;

    if (length >= sizeof address)
        return fail(why, "not an IPv4 or IPv6 address");
    memcpy(address, text, length);
    address[length] = '\0';
    if (!parse_address(address, &result.address, &base))
        return fail(why, "not an IPv4 or IPv6 address");
    bits = ADDRESS_BITS - base;
    if (slash != NULL && !parse_length(slash + 1, bits, &bits))
        return fail(why, "the prefix length is not a number in range");
    result.bits = base + bits;
    cleared = result.address;
    clear_host_bits(&cleared, result.bits);
    if (memcmp(&cleared, &result.address, sizeof cleared) != 0)
        return fail(why, "host bits are set: the address is not the first of its prefix");
    *out = result;
    return true;
}

bool
cidr_list_holds(const struct cidr *list, unsigned count, const struct in6_addr *address)
{
    for (unsigned i = 0; i < count; i++)
        if (cidr_holds(&list[i], address))
            return true;
    return false;
}
