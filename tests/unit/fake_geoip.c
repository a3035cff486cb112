/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A world of a few addresses, for tests of the analysis: what stands where is in one table.
 */
#include "../../geoip/geoip.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *address, *country, *other, *city;
    uint32_t asn;
    enum geoip_kind kind;
    const char *provider;
    double latitude, longitude, radius_km;
} world[] = {
    { "::ffff:73.10.0.2", "US", "", "Seattle", 7922, GEOIP_RESIDENTIAL, "", 47.6062, -122.3321,
        20 },
    { "::ffff:73.10.0.9", "US", "", "Seattle", 7922, GEOIP_RESIDENTIAL, "", 47.6062, -122.3321,
        20 },
    { "::ffff:68.40.7.7", "US", "", "New York", 701, GEOIP_RESIDENTIAL, "", 40.7128, -74.0060, 20 },
    { "::ffff:24.16.0.9", "US", "", "Portland", 7922, GEOIP_RESIDENTIAL, "", 45.5152, -122.6784,
        20 },
    { "::ffff:98.110.3.4", "US", "", "", 7018, GEOIP_RESIDENTIAL, "", 39, -98, 5000 },
    { "::ffff:60.18.0.5", "CN", "", "Shenyang", 4837, GEOIP_RESIDENTIAL, "", 41.8, 123.4, 50 },
    { "::ffff:60.18.9.9", "CN", "SG", "", 4837, GEOIP_UNKNOWN, "", 41.8, 123.4, 50 },
    { "::ffff:60.18.9.8", "CN", "", "", 4837, GEOIP_RELAY, "", 41.8, 123.4, 50 },
    { "::ffff:104.140.119.7", "US", "", "", 62904, GEOIP_VPN, "Astrill", 39, -98, 1000 },
    { "::ffff:2.26.157.5", "US", "", "", 9009, GEOIP_VPN, "Other", 39, -98, 1000 },
    { "::ffff:104.131.0.9", "US", "", "", 14061, GEOIP_HOSTING, "", 39, -98, 1000 },
    { "::ffff:100.20.0.1", "US", "", "", 21928, GEOIP_MOBILE, "", 40.7, -74.0, 20 },
    { "::ffff:91.10.1.2", "DE", "", "", 3320, GEOIP_RESIDENTIAL, "", 51, 10, 400 },
    { "::ffff:86.1.2.3", "GB", "", "", 5089, GEOIP_RESIDENTIAL, "", 54, -2, 400 },
    { "::ffff:175.45.176.10", "KP", "", "", 131279, GEOIP_UNKNOWN, "", 40, 127, 300 },
    { "::ffff:10.0.0.0", "", "", "", 0, GEOIP_PRIVATE, "", 0, 0, 0 },
};

bool
geoip_knows_asn(const struct geoip *g)
{
    (void)g;
    return true;
}

void
geoip_look_up(const struct geoip *g, const struct in6_addr *address, struct geoip_place *out)
{
    (void)g;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < sizeof world / sizeof world[0]; i++) {
        struct in6_addr one;

        inet_pton(AF_INET6, world[i].address, &one);
        if (memcmp(&one, address, sizeof one) != 0)
            continue;
        snprintf(out->country, sizeof out->country, "%s", world[i].country);
        snprintf(out->other_country, sizeof out->other_country, "%s", world[i].other);
        snprintf(out->city, sizeof out->city, "%s", world[i].city);
        snprintf(out->provider, sizeof out->provider, "%s", world[i].provider);
        snprintf(out->country_source, sizeof out->country_source, "fake");
        out->asn = world[i].asn;
        out->kind = world[i].kind;
        out->has_point = true;
        out->latitude = world[i].latitude;
        out->longitude = world[i].longitude;
        out->radius_km = world[i].radius_km;
    }
}

const char *
geoip_kind_name(enum geoip_kind kind)
{
    static const char *const names[GEOIP_KIND_COUNT] = {
        [GEOIP_UNKNOWN] = "unknown",
        [GEOIP_RESIDENTIAL] = "residential",
        [GEOIP_MOBILE] = "mobile",
        [GEOIP_HOSTING] = "hosting",
        [GEOIP_VPN] = "vpn",
        [GEOIP_RELAY] = "relay",
    };

    return names[kind] == NULL ? "other" : names[kind];
}
