/* SPDX-License-Identifier: BSD-2-Clause */
#include "place.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

const char *
place_country_name(const char *code)
{
    const char *name;
    double latitude, longitude, radius;

    return geoip_country(code, &name, &latitude, &longitude, &radius) ? name : code;
}

const char *
place_text(const struct geoip_place *p, char out[PLACE_TEXT])
{
    char network[128] = "";
    const char *country =
        p->country[0] == '\0' ? "an unknown country" : place_country_name(p->country);
    bool has_network = p->asn != 0 || p->organisation[0] != '\0',
         has_country = p->country[0] != '\0';

    if (p->asn != 0)
        snprintf(network, sizeof network, "AS%u%s%s", p->asn, p->organisation[0] == '\0' ? "" : " ",
            p->organisation);
    else
        snprintf(network, sizeof network, "%s", p->organisation);
    snprintf(out, PLACE_TEXT, "%s%s%s%s%s%s%s%s", p->city, p->city[0] == '\0' ? "" : ", ", country,
        has_country || has_network ? " (" : "", p->country, has_country && has_network ? "; " : "",
        network, has_country || has_network ? ")" : "");
    return out;
}

void
place_key(const struct geoip_place *p, char out[PLACE_KEY])
{
    if (p->country[0] != '\0')
        snprintf(out, PLACE_KEY, "%s%s%s", p->country, p->city[0] == '\0' ? "" : "/", p->city);
    else if (p->asn != 0)
        snprintf(out, PLACE_KEY, "AS%u", p->asn);
    else
        snprintf(out, PLACE_KEY, "unknown");
}

void
place_pair(const struct geoip_place *a, const struct geoip_place *b, char out[2 * PLACE_KEY + 4])
{
    char first[PLACE_KEY], second[PLACE_KEY];

    place_key(a, first);
    place_key(b, second);
    if (strcmp(first, second) <= 0)
        snprintf(out, 2 * PLACE_KEY + 4, "%s - %s", first, second);
    else
        snprintf(out, 2 * PLACE_KEY + 4, "%s - %s", second, first);
}

/* What each kind of network is good for: bit 0 anonymiser, bit 1 can be a home. */
static const unsigned char kinds[GEOIP_KIND_COUNT] = {
    [GEOIP_UNKNOWN] = 2,
    [GEOIP_PRIVATE] = 2,
    [GEOIP_RESIDENTIAL] = 2,
    [GEOIP_SATELLITE] = 2,
    [GEOIP_EDUCATION] = 2,
    [GEOIP_HOSTING] = 1,
    [GEOIP_VPN] = 1,
    [GEOIP_TOR] = 1,
    [GEOIP_PROXY] = 1 | 2, /* somebody's home, lent out */
};

bool
place_is_anonymiser(const struct geoip_place *p)
{
    return p->kind < GEOIP_KIND_COUNT && (kinds[p->kind] & 1) != 0;
}

bool
place_can_be_home(const struct geoip_place *p)
{
    return p->kind < GEOIP_KIND_COUNT && (kinds[p->kind] & 2) != 0;
}

bool
place_in_countries(const char *country, const struct config_texts *list)
{
    for (unsigned i = 0; i < list->count; i++)
        if (strcasecmp(country, list->list[i]) == 0)
            return true;
    return false;
}
