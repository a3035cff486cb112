/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Special ranges by RFC 6890 and RFC 4291; documentation ranges are treated as public, since
 * examples and test networks live there.
 */
#include "locality.h"
#include "address.h"
#include <stdio.h>
#include <string.h>

struct range {
    struct cidr cidr;
    enum locality locality;
};

#define V4(a, b, length, what)                                                                     \
    {                                                                                              \
        { .address.s6_addr = { [10] = 0xff, [11] = 0xff, a, b }, .bits = 96 + (length) }, what     \
    }
#define V6(a, b, length, what)                                                                     \
    {                                                                                              \
        { .address.s6_addr = { a, b }, .bits = length }, what                                      \
    }

static const struct range ranges[] = {
    V4(10, 0, 8, LOCALITY_PRIVATE), V4(172, 16, 12, LOCALITY_PRIVATE),
    V4(192, 168, 16, LOCALITY_PRIVATE), V4(169, 254, 16, LOCALITY_PRIVATE),
    V4(100, 64, 10, LOCALITY_PRIVATE), /* shared address space, RFC 6598 */
    V4(0, 0, 8, LOCALITY_NOWHERE), V4(127, 0, 8, LOCALITY_NOWHERE),
    V4(224, 0, 3, LOCALITY_NOWHERE), /* multicast, reserved, broadcast */
    V6(0xfc, 0, 7, LOCALITY_PRIVATE), V6(0xfe, 0x80, 10, LOCALITY_PRIVATE),
    V6(0xff, 0, 8, LOCALITY_NOWHERE), V6(0, 0, 127, LOCALITY_NOWHERE), /* ::, ::1 */
};

static enum locality
by_nature(const struct in6_addr *address)
{
    for (size_t i = 0; i < sizeof ranges / sizeof ranges[0]; i++)
        if (cidr_holds(&ranges[i].cidr, address))
            return ranges[i].locality;
    return LOCALITY_OUTSIDE;
}

static bool
listed(const struct config_cidrs *list, const struct in6_addr *address)
{
    return list->count > 0 && cidr_list_holds(list->list, list->count, address);
}

bool
locality_private_is_inside(const struct config *config)
{
    const struct in6_addr loopback = IN6ADDR_LOOPBACK_INIT;

    /* The default list of private ranges holds loopback; no operator has reason to write it. */
    return config->networks.inside.count == 0 || listed(&config->networks.inside, &loopback);
}

enum locality
locality_of(const struct config *config, const struct in6_addr *address)
{
    enum locality nature = by_nature(address);

    if (listed(&config->networks.trusted, address))
        return LOCALITY_TRUSTED;
    if (nature == LOCALITY_NOWHERE)
        return nature;
    if (listed(&config->networks.vpn_gateways, address))
        return LOCALITY_GATEWAY;
    if (listed(&config->networks.vpn_pools, address))
        return LOCALITY_POOL;
    if (listed(&config->networks.company, address))
        return LOCALITY_COMPANY;
    if (!locality_private_is_inside(config) && listed(&config->networks.inside, address))
        return LOCALITY_INSIDE;
    return nature;
}

bool
locality_is_own(enum locality l)
{
    return l == LOCALITY_TRUSTED || l == LOCALITY_GATEWAY || l == LOCALITY_COMPANY ||
           l == LOCALITY_INSIDE;
}

bool
locality_is_work(const struct config *config, enum locality l)
{
    return locality_is_own(l) || l == LOCALITY_NOWHERE ||
           (l == LOCALITY_PRIVATE && locality_private_is_inside(config));
}

bool
locality_knows_company(const struct config *config)
{
    return config->networks.vpn_gateways.count > 0 || config->networks.company.count > 0;
}

struct in6_addr
locality_site_key(const struct in6_addr *address)
{
    struct in6_addr key = *address;

    if (!IN6_IS_ADDR_V4MAPPED(address))
        memset(&key.s6_addr[8], 0, 8);
    else if (by_nature(address) != LOCALITY_OUTSIDE)
        key.s6_addr[15] = 0;
    return key;
}

void
locality_site_name(const struct in6_addr *address, char out[LOCALITY_SITE_SIZE])
{
    struct in6_addr key = locality_site_key(address);
    char text[ADDRESS_SIZE];
    const char *length = "";

    if (!IN6_IS_ADDR_V4MAPPED(address))
        length = "/64";
    else if (by_nature(address) != LOCALITY_OUTSIDE)
        length = "/24";
    address_print(text, &key);
    snprintf(out, LOCALITY_SITE_SIZE, "%s%s", text, length);
}

bool
locality_same(const struct in6_addr *a, const struct in6_addr *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

bool
locality_is_near(const struct in6_addr *a, const struct in6_addr *b)
{
    bool v4 = IN6_IS_ADDR_V4MAPPED(a);

    if (v4 != (bool)IN6_IS_ADDR_V4MAPPED(b))
        return false;
    return memcmp(a, b, v4 ? 15 : 8) == 0;
}
