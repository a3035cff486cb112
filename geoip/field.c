/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Field names by publisher: MaxMind GeoIP2/GeoLite2 (dev.maxmind.com/geoip/docs/databases), DB-IP
 * and ip-location-db (flat), IPinfo (flat, "asn": "AS64496").
 */
#include "field.h"
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define WORD_SIZE 48

/* A city's point without an accuracy of its own; MaxMind gives 100 km and less for most cities. */
#define CITY_RADIUS_KM 100.0

static bool
first_text(const struct mmdb_record *r, mmdb_path *paths, unsigned count, char *out, size_t size)
{
    for (unsigned i = 0; i < count; i++)
        if (mmdb_text(r, paths[i], out, size) && out[0] != '\0')
            return true;
    out[0] = '\0';
    return false;
}

static bool
first_number(const struct mmdb_record *r, mmdb_path *paths, unsigned count, double *out)
{
    for (unsigned i = 0; i < count; i++)
        if (mmdb_number(r, paths[i], out) && isfinite(*out))
            return true;
    return false;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))

bool
field_country(const struct mmdb_record *r, char code[3])
{
    static mmdb_path paths[] = { { "country", "iso_code" }, { "country_code" } };
    char text[4];

    if (!first_text(r, paths, COUNT(paths), text, sizeof text) || strlen(text) != 2 ||
        !isalpha((unsigned char)text[0]) || !isalpha((unsigned char)text[1]))
        return false;
    code[0] = (char)toupper((unsigned char)text[0]);
    code[1] = (char)toupper((unsigned char)text[1]);
    code[2] = '\0';
    return true;
}

static bool
read_point(const struct mmdb_record *r, struct geoip_place *out)
{
    static mmdb_path latitudes[] = { { "location", "latitude" }, { "latitude" } };
    static mmdb_path longitudes[] = { { "location", "longitude" }, { "longitude" } };
    static mmdb_path radii[] = { { "location", "accuracy_radius" } };
    double latitude, longitude, radius;

    if (!first_number(r, latitudes, COUNT(latitudes), &latitude) ||
        !first_number(r, longitudes, COUNT(longitudes), &longitude) || fabs(latitude) > 90 ||
        fabs(longitude) > 180)
        return false;
    if (!first_number(r, radii, COUNT(radii), &radius) || radius < 0) {
        if (out->city[0] == '\0')
            return false; /* some point in a country of unsaid extent: the country's own is better
                           */
        radius = CITY_RADIUS_KM;
    }
    out->has_point = true;
    out->is_country_point = false;
    out->latitude = latitude;
    out->longitude = longitude;
    out->radius_km = radius;
    return true;
}

bool
field_city(const struct mmdb_record *r, struct geoip_place *out)
{
    static mmdb_path cities[] = { { "city", "names", "en" }, { "city" } };
    static mmdb_path regions[] = { { "subdivisions", "0", "names", "en" }, { "state1" },
        { "region" }, { "subdivisions", "0", "iso_code" } };
    bool has_city = first_text(r, cities, COUNT(cities), out->city, sizeof out->city);
    bool has_region = first_text(r, regions, COUNT(regions), out->region, sizeof out->region);

    return read_point(r, out) || has_city || has_region;
}

bool
field_asn(const struct mmdb_record *r, struct geoip_place *out)
{
    static mmdb_path numbers[] = { { "autonomous_system_number" },
        { "traits", "autonomous_system_number" } };
    static mmdb_path texts[] = { { "asn" } };
    static mmdb_path names[] = { { "autonomous_system_organization" },
        { "traits", "autonomous_system_organization" }, { "as_name" }, { "organization" },
        { "isp" }, { "traits", "organization" }, { "traits", "isp" } };
    char text[16], organisation[sizeof out->organisation];
    double number;
    bool has_number = first_number(r, numbers, COUNT(numbers), &number);
    bool has_name = first_text(r, names, COUNT(names), organisation, sizeof organisation);

    if (!has_number && first_text(r, texts, COUNT(texts), text, sizeof text) &&
        strncasecmp(text, "AS", 2) == 0) {
        number = strtod(text + 2, NULL);
        has_number = true;
    }
    if (has_number && number >= 1 && number <= UINT32_MAX)
        out->asn = (uint32_t)number;
    if (has_name)
        memcpy(out->organisation, organisation, sizeof organisation);
    return has_number || has_name;
}

bool
field_is_mobile(const struct mmdb_record *r)
{
    static mmdb_path paths[] = { { "mobile_country_code" }, { "traits", "mobile_country_code" } };
    char text[8];

    return first_text(r, paths, COUNT(paths), text, sizeof text);
}

enum geoip_kind
field_anonymiser(const struct mmdb_record *r, char *provider, size_t size)
{
    static const struct {
        const char *name;
        enum geoip_kind kind;
    } flags[] = {
        { "is_tor_exit_node", GEOIP_TOR }, { "is_anonymous_vpn", GEOIP_VPN },
        { "is_residential_proxy", GEOIP_PROXY }, { "is_public_proxy", GEOIP_PROXY },
        { "is_hosting_provider", GEOIP_HOSTING },
        { "is_anonymous", GEOIP_VPN }, /* hidden, in a way that is not said */
    };
    static mmdb_path providers[] = { { "provider_name" }, { "residential", "provider_name" } };
    bool has_provider = first_text(r, providers, COUNT(providers), provider, size);

    for (unsigned i = 0; i < COUNT(flags); i++) {
        mmdb_path flat = { flags[i].name }, nested = { "traits", flags[i].name };

        if (mmdb_flag(r, flat) || mmdb_flag(r, nested))
            return flags[i].kind;
    }
    /* GeoIP Residential Proxy, and Anonymous Plus of an otherwise plain address. */
    return has_provider ? GEOIP_PROXY : GEOIP_UNKNOWN;
}

struct word {
    const char *text;
    enum geoip_kind kind;
};

/* MaxMind's user_type and connection_type. What says nothing of the line (router, traveler,
 * search_engine_spider) is left out. */
static const struct word user_types[] = {
    { "business", GEOIP_CORPORATE },
    { "cellular", GEOIP_MOBILE },
    { "college", GEOIP_EDUCATION },
    { "consumer_privacy_network", GEOIP_RELAY },
    { "content_delivery_network", GEOIP_RELAY },
    { "dialup", GEOIP_RESIDENTIAL },
    { "government", GEOIP_CORPORATE },
    { "hosting", GEOIP_HOSTING },
    { "library", GEOIP_EDUCATION },
    { "military", GEOIP_CORPORATE },
    { "residential", GEOIP_RESIDENTIAL },
    { "school", GEOIP_EDUCATION },
};
static const struct word connection_types[] = {
    { "Cable/DSL", GEOIP_RESIDENTIAL },
    { "Cellular", GEOIP_MOBILE },
    { "Corporate", GEOIP_CORPORATE },
    { "Dialup", GEOIP_RESIDENTIAL },
    { "Satellite", GEOIP_SATELLITE },
};
static mmdb_path user_type_paths[] = { { "traits", "user_type" }, { "user_type" } };
static mmdb_path connection_paths[] = { { "connection_type" }, { "traits", "connection_type" } };

static enum geoip_kind
kind_of_word(const struct word *words, unsigned count, const char *text)
{
    for (unsigned i = 0; i < count; i++)
        if (strcasecmp(words[i].text, text) == 0)
            return words[i].kind;
    return GEOIP_UNKNOWN;
}

enum geoip_kind
field_connection(const struct mmdb_record *r)
{
    char text[WORD_SIZE];
    enum geoip_kind kind = GEOIP_UNKNOWN;

    if (first_text(r, user_type_paths, COUNT(user_type_paths), text, sizeof text))
        kind = kind_of_word(user_types, COUNT(user_types), text);
    if (kind == GEOIP_UNKNOWN &&
        first_text(r, connection_paths, COUNT(connection_paths), text, sizeof text))
        kind = kind_of_word(connection_types, COUNT(connection_types), text);
    return kind;
}

bool
field_has_anonymiser(const struct mmdb_record *r)
{
    char provider[WORD_SIZE];

    return field_anonymiser(r, provider, sizeof provider) != GEOIP_UNKNOWN;
}

bool
field_has_connection(const struct mmdb_record *r)
{
    char text[WORD_SIZE];

    return first_text(r, user_type_paths, COUNT(user_type_paths), text, sizeof text) ||
           first_text(r, connection_paths, COUNT(connection_paths), text, sizeof text);
}
