/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Databases of addresses, for tests.
 */
#ifndef TESTS_GEOIP_CHECK_H
#define TESTS_GEOIP_CHECK_H

#include "../../geoip/geoip.h"
#include "address.h"

static inline void
geoip_check_look_up(const struct geoip *g, const char *address, struct geoip_place *out)
{
    struct in6_addr a = address_of(address);

    geoip_look_up(g, &a, out);
}

static inline struct geoip *
geoip_check_open(const struct geoip_paths *paths)
{
    char error[512] = "";
    struct geoip *g = geoip_open(paths, error, sizeof error);

    if (g == NULL)
        fail_msg("%s", error);
    return g;
}

#endif
