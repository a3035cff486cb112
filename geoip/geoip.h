/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where an address is and what kind of network it is in, from MaxMind DB files and prefix tables.
 *
 * Reads GeoLite2/GeoIP2 nested fields (country.iso_code, location.latitude ...) and the flat ones
 * of free databases (country_code, city, latitude), floats and doubles. What nobody knows stays
 * unknown: it never counts as residential.
 */
#ifndef GEOIP_GEOIP_H
#define GEOIP_GEOIP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum geoip_kind {
    GEOIP_UNKNOWN,
    GEOIP_PRIVATE,
    GEOIP_RESIDENTIAL,
    GEOIP_MOBILE,
    GEOIP_SATELLITE,
    GEOIP_CGNAT,
    GEOIP_CORPORATE,
    GEOIP_EDUCATION,
    GEOIP_HOSTING,
    GEOIP_VPN,
    GEOIP_TOR,
    GEOIP_PROXY /* residential proxy */,
    GEOIP_RELAY /* relay, CDN */,
    GEOIP_KIND_COUNT
};

struct geoip_place {
    char country[3];       /* ISO 3166-1 alpha-2, "" when unknown */
    char other_country[3]; /* what a second database says when it disagrees; "" when it does not */
    char country_source[48]; /* file names of the database(s) that said so */
    char other_country_source[48];
    char region[64];
    char city[64];
    uint32_t asn; /* 0 when unknown */
    char organisation[96];
    enum geoip_kind kind;
    char kind_source[64]; /* the list or database that decided it */
    char provider[48];    /* VPN or hosting provider when a list names it ("Astrill") */
    bool has_point;
    bool is_country_point; /* the point is the country's centre, radius_km its farthest point from
                              there */
    double latitude, longitude, radius_km; /* degrees north, east; accuracy radius */
};

/* Files; NULL = not configured. country NULL = the embedded database. */
struct geoip_paths {
    const char *country, *city, *asn, *anonymous_ip, *connection_type, *isp;
};

struct geoip; /* immutable once sealed; any number of threads may read it */

/* NULL on failure, with a message that names the file and what to do in error. A configured file
 * that cannot be opened or is of a wrong type is a failure. */
struct geoip *geoip_open(const struct geoip_paths *paths, char *error, size_t error_size);
void geoip_close(struct geoip *g);

/* Adds a list's entry, before geoip_seal. Where entries overlap, their meaning decides before their
 * length (TOR, RELAY, VPN, PROXY, HOSTING, others; named providers first: see claim.h). source and
 * provider are copied, provider may be NULL. bits is counted in 128. 0 or -1. */
int geoip_add_prefix(struct geoip *g, const struct in6_addr *prefix, unsigned bits,
    enum geoip_kind kind, const char *source, const char *provider);
int geoip_add_asn(
    struct geoip *g, uint32_t asn, enum geoip_kind kind, const char *source, const char *provider);

/* After the last addition and before the first look-up, once, even when nothing was added. 0 or -1
 * (out of memory). */
int geoip_seal(struct geoip *g);

/* Always fills *out, with what is known. g must be sealed. */
void geoip_look_up(const struct geoip *g, const struct in6_addr *address, struct geoip_place *out);

/* Whether any database in use tells AS numbers. */
bool geoip_knows_asn(const struct geoip *g);

/* The databases in use, for the summary, -T and the log: name, type, build time (Unix seconds);
 * false past the last. */
struct geoip_database {
    const char *path;
    const char *type;
    int64_t build_time;
    bool embedded;
};
bool geoip_get_database(const struct geoip *g, unsigned index, struct geoip_database *out);

const char *geoip_kind_name(enum geoip_kind kind);
/* GEOIP_KIND_COUNT when unknown. */
enum geoip_kind geoip_kind_of(const char *name);

/* A country's centre and the distance from it to its farthest point (Natural Earth). False when
 * unknown. */
bool geoip_country(
    const char *code, const char **name, double *latitude, double *longitude, double *radius_km);

/* Great-circle distance in km (haversine, mean Earth radius 6371.0088 km, IUGG). */
double geoip_distance_km(double latitude1, double longitude1, double latitude2, double longitude2);
/* The least distance between two places once both radii are taken off; 0 when they may touch.
 * Negative when either has no point. */
double geoip_gap_km(const struct geoip_place *a, const struct geoip_place *b);
/* The round-trip time in microseconds below which nothing that far away can answer, at km_per_ms
 * one way (200: light in fibre). */
double geoip_least_rtt_us(double km, double km_per_ms);

#endif
