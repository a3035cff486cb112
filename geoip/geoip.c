/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Joins databases and lists to one answer.
 *
 * Country: the city database's when it has one, since the point must lie in that country; the
 * country database's otherwise. When both answer and differ, the other one is told beside it. The
 * built-in database is used only when neither is configured.
 *
 * Kind, first match decides (kind_source says which):
 *   1. reserved ranges: private, CGNAT
 *   2. anonymisers: of database, user type and prefix lists the claim of the highest rank (claim.h)
 *   3. the line: connection type or user type mobile, satellite, residential, education; a mobile
 *      network code in an ISP database
 *   4. AS lists: VPN, hosting, education
 *   5. "Corporate": last, because databases say it of hosting companies too
 * Otherwise unknown, which never counts as residential.
 */
#include "geoip.h"
#include "claim.h"
#include "embedded.h"
#include "field.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum role { COUNTRY, CITY, ASN, ANONYMOUS_IP, CONNECTION_TYPE, ISP, ROLE_COUNT };

struct database {
    struct mmdb *db;
    char *path;
    char name[sizeof((struct geoip_place *)0)->country_source]; /* base name */
    bool embedded;
    bool has_asn, has_anonymiser, has_connection; /* what else it holds, besides its own role */
};

struct geoip {
    struct database databases[ROLE_COUNT];
    struct claim_set *claims;
};

static bool
serves_country(void *context, const struct mmdb_record *r)
{
    char code[3];

    (void)context;
    return field_country(r, code);
}

static bool
serves_city(void *context, const struct mmdb_record *r)
{
    struct geoip_place place = { 0 };

    (void)context;
    return field_city(r, &place) && (place.has_point || place.city[0] != '\0');
}

static bool
serves_asn(void *context, const struct mmdb_record *r)
{
    struct geoip_place place = { 0 };

    (void)context;
    return field_asn(r, &place) && place.asn != 0;
}

static bool
serves_anonymous_ip(void *context, const struct mmdb_record *r)
{
    (void)context;
    return field_has_anonymiser(r);
}

static bool
serves_connection_type(void *context, const struct mmdb_record *r)
{
    (void)context;
    return field_has_connection(r);
}

static bool
serves_isp(void *context, const struct mmdb_record *r)
{
    struct geoip_place place = { 0 };

    (void)context;
    return field_asn(r, &place);
}

static const struct {
    const char *key; /* in the configuration, under geoip: */
    bool (*serves)(void *context, const struct mmdb_record *r);
    const char *wants, *example;
} roles[ROLE_COUNT] = {
    [COUNTRY] = { "country", serves_country, "countries", "GeoLite2-Country.mmdb" },
    [CITY] = { "city", serves_city, "cities or coordinates", "GeoLite2-City.mmdb" },
    [ASN] = { "asn", serves_asn, "AS numbers", "GeoLite2-ASN.mmdb" },
    [ANONYMOUS_IP] = { "anonymous-ip", serves_anonymous_ip, "anonymisers",
        "GeoIP2-Anonymous-IP.mmdb" },
    [CONNECTION_TYPE] = { "connection-type", serves_connection_type, "connection types",
        "GeoIP2-Connection-Type.mmdb" },
    [ISP] = { "isp", serves_isp, "ISPs", "GeoIP2-ISP.mmdb" },
};

static void
name_database(struct database *d, const char *path)
{
    const char *slash = strrchr(path, '/');

    snprintf(d->name, sizeof d->name, "%s", slash != NULL ? slash + 1 : path);
}

static int
open_database(struct geoip *g, enum role role, const char *path, char *error, size_t size)
{
    struct database *d = &g->databases[role];
    const char *why = "";

    if (path == NULL)
        return 0;
    d->db = mmdb_open(path, &why);
    d->path = strdup(path);
    if (d->db == NULL || d->path == NULL) {
        snprintf(error, size, "geoip: %s: %s: %s: name a file such as %s, or leave the key out",
            roles[role].key, path, d->db == NULL ? why : "out of memory", roles[role].example);
        return -1;
    }
    if (!mmdb_sample(d->db, roles[role].serves, NULL)) {
        snprintf(error, size,
            "geoip: %s: %s: a database of type \"%s\" holds no %s: name a file such as %s",
            roles[role].key, path, mmdb_type(d->db), roles[role].wants, roles[role].example);
        return -1;
    }
    name_database(d, path);
    d->has_asn = mmdb_sample(d->db, serves_isp, NULL);
    d->has_anonymiser = mmdb_sample(d->db, serves_anonymous_ip, NULL);
    d->has_connection = mmdb_sample(d->db, serves_connection_type, NULL);
    return 0;
}

static int
open_embedded(struct geoip *g, char *error, size_t size)
{
    struct database *d = &g->databases[COUNTRY];
    const char *why = "out of memory";

    d->db = mmdb_open_memory(geoip_embedded_country,
        (uintptr_t)geoip_embedded_country_end - (uintptr_t)geoip_embedded_country, &why);
    d->path = strdup(GEOIP_EMBEDDED_NAME);
    if (d->db == NULL || d->path == NULL) {
        snprintf(error, size,
            "geoip: the built-in country database does not open: %s: configure geoip: country",
            why);
        return -1;
    }
    d->embedded = true;
    name_database(d, GEOIP_EMBEDDED_NAME);
    return 0;
}

struct geoip *
geoip_open(const struct geoip_paths *paths, char *error, size_t error_size)
{
    struct geoip *g = calloc(1, sizeof *g);
    const char *const by_role[ROLE_COUNT] = { [COUNTRY] = paths->country,
        [CITY] = paths->city,
        [ASN] = paths->asn,
        [ANONYMOUS_IP] = paths->anonymous_ip,
        [CONNECTION_TYPE] = paths->connection_type,
        [ISP] = paths->isp };

    if (g == NULL || (g->claims = claim_set_new()) == NULL) {
        snprintf(error, error_size, "geoip: out of memory");
        goto fail;
    }
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        if (open_database(g, i, by_role[i], error, error_size) != 0)
            goto fail;
    if (paths->country == NULL && paths->city == NULL && open_embedded(g, error, error_size) != 0)
        goto fail;
    return g;

fail:
    geoip_close(g);
    return NULL;
}

void
geoip_close(struct geoip *g)
{
    if (g == NULL)
        return;
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        mmdb_close(g->databases[i].db);
        free(g->databases[i].path);
    }
    claim_set_free(g->claims);
    free(g);
}

int
geoip_add_prefix(struct geoip *g, const struct in6_addr *prefix, unsigned bits,
    enum geoip_kind kind, const char *source, const char *provider)
{
    return claim_add_prefix(g->claims, prefix, bits, kind, source, provider);
}

int
geoip_add_asn(
    struct geoip *g, uint32_t asn, enum geoip_kind kind, const char *source, const char *provider)
{
    return claim_add_asn(g->claims, asn, kind, source, provider);
}

int
geoip_seal(struct geoip *g)
{
    return claim_seal(g->claims);
}

/* Ranges that belong to nobody in particular: RFC 6890, RFC 6598 (CGNAT), RFC 4193, RFC 4291.
 * Documentation ranges are left to the databases, as any other address. */
static enum geoip_kind
reserved_kind(const struct in6_addr *address)
{
    static const struct {
        uint32_t first, last;
        enum geoip_kind kind;
    } v4[] = {
        { 0x00000000, 0x00ffffff, GEOIP_PRIVATE }, /* 0/8 */
        { 0x0a000000, 0x0affffff, GEOIP_PRIVATE }, /* 10/8 */
        { 0x64400000, 0x647fffff, GEOIP_CGNAT },   /* 100.64/10 */
        { 0x7f000000, 0x7fffffff, GEOIP_PRIVATE }, /* 127/8 */
        { 0xa9fe0000, 0xa9feffff, GEOIP_PRIVATE }, /* 169.254/16 */
        { 0xac100000, 0xac1fffff, GEOIP_PRIVATE }, /* 172.16/12 */
        { 0xc0a80000, 0xc0a8ffff, GEOIP_PRIVATE }, /* 192.168/16 */
        { 0xe0000000, 0xffffffff, GEOIP_PRIVATE }, /* multicast, 240/4, broadcast */
    };
    const uint8_t *b = address->s6_addr;

    if (IN6_IS_ADDR_V4MAPPED(address)) {
        uint32_t a = (uint32_t)b[12] << 24 | (uint32_t)b[13] << 16 | (uint32_t)b[14] << 8 | b[15];

        for (unsigned i = 0; i < sizeof v4 / sizeof *v4; i++)
            if (a >= v4[i].first && a <= v4[i].last)
                return v4[i].kind;
        return GEOIP_UNKNOWN;
    }
    return IN6_IS_ADDR_LOOPBACK(address) || IN6_IS_ADDR_UNSPECIFIED(address) ||
                   IN6_IS_ADDR_LINKLOCAL(address) || IN6_IS_ADDR_SITELOCAL(address) ||
                   IN6_IS_ADDR_MULTICAST(address) || (b[0] & 0xfe) == 0xfc
               ? GEOIP_PRIVATE
               : GEOIP_UNKNOWN;
}

/* One look-up a database; roles that are not configured have no record. */
struct records {
    struct mmdb_record of[ROLE_COUNT];
    bool has[ROLE_COUNT];
};

/* Texts are cut, never too long; formatting would cost more than the look-up. */
static void
copy_text(char *out, size_t size, const char *text)
{
    size_t length = strnlen(text, size - 1);

    memcpy(out, text, length);
    out[length] = '\0';
}

static void
look_up_country(const struct geoip *g, const struct records *r, struct geoip_place *out)
{
    char second[3];

    if (r->has[CITY] && field_country(&r->of[CITY], out->country))
        copy_text(out->country_source, sizeof out->country_source, g->databases[CITY].name);
    if (!r->has[COUNTRY] || !field_country(&r->of[COUNTRY], second))
        return;
    if (out->country[0] == '\0') {
        memcpy(out->country, second, sizeof second);
        copy_text(out->country_source, sizeof out->country_source, g->databases[COUNTRY].name);
    } else if (strcmp(out->country, second) != 0) {
        memcpy(out->other_country, second, sizeof second);
        copy_text(out->other_country_source, sizeof out->other_country_source,
            g->databases[COUNTRY].name);
    }
}

static void
look_up_point(const struct records *r, struct geoip_place *out)
{
    if (r->has[CITY])
        field_city(&r->of[CITY], out);
    if (!out->has_point && out->country[0] != '\0' &&
        geoip_country(out->country, NULL, &out->latitude, &out->longitude, &out->radius_km))
        out->has_point = out->is_country_point = true;
}

/* The city database may be an Enterprise one, which has them too. */
static void
look_up_asn(const struct geoip *g, const struct records *r, struct geoip_place *out)
{
    static const enum role order[] = { ASN, ISP, CITY, COUNTRY };

    for (unsigned i = 0; i < sizeof order / sizeof *order && out->asn == 0; i++)
        if (r->has[order[i]] && g->databases[order[i]].has_asn)
            field_asn(&r->of[order[i]], out);
}

static void
decide(struct geoip_place *out, enum geoip_kind kind, const char *source, const char *provider)
{
    out->kind = kind;
    copy_text(out->kind_source, sizeof out->kind_source, source);
    copy_text(out->provider, sizeof out->provider, provider);
}

static bool
is_anonymiser(enum geoip_kind kind)
{
    return claim_rank(kind, false) >= claim_rank(GEOIP_HOSTING, false);
}

/* Step 2: databases speak before lists of equal rank, being newer. */
static void
decide_anonymiser(const struct geoip *g, const struct records *r, const struct in6_addr *address,
    struct geoip_place *out)
{
    static const enum role order[] = { ANONYMOUS_IP, CITY, COUNTRY };
    const struct claim *claim = claim_of_address(g->claims, address);
    unsigned best = claim_rank(GEOIP_HOSTING, false) - 1;

    for (unsigned i = 0; i < sizeof order / sizeof *order; i++) {
        char provider[sizeof out->provider];
        enum geoip_kind kind;

        if (!r->has[order[i]] || !g->databases[order[i]].has_anonymiser)
            continue;
        kind = field_anonymiser(&r->of[order[i]], provider, sizeof provider);
        if (kind == GEOIP_UNKNOWN)
            continue;
        if (claim_rank(kind, provider[0] != '\0') > best) {
            best = claim_rank(kind, provider[0] != '\0');
            decide(out, kind, g->databases[order[i]].name, provider);
        }
    }
    if (claim != NULL && claim_rank(claim->kind, claim->provider[0] != '\0') > best)
        decide(out, claim->kind, claim->source, claim->provider);
}

/* Steps 2 (user type), 3 and 5. */
static void
decide_line(const struct geoip *g, const struct records *r, struct geoip_place *out)
{
    static const enum role order[] = { CONNECTION_TYPE, CITY, COUNTRY };
    const struct claim *claim = out->asn != 0 ? claim_of_asn(g->claims, out->asn) : NULL;
    enum geoip_kind line = GEOIP_UNKNOWN;
    const char *source = "";

    for (unsigned i = 0; i < sizeof order / sizeof *order && line == GEOIP_UNKNOWN; i++)
        if (r->has[order[i]] && g->databases[order[i]].has_connection) {
            line = field_connection(&r->of[order[i]]);
            source = g->databases[order[i]].name;
        }
    if (is_anonymiser(line) && claim_rank(line, false) > claim_rank(out->kind, true))
        decide(out, line, source, "");
    if (out->kind != GEOIP_UNKNOWN)
        return;
    if (line != GEOIP_UNKNOWN && line != GEOIP_CORPORATE)
        decide(out, line, source, "");
    else if (r->has[ISP] && field_is_mobile(&r->of[ISP]))
        decide(out, GEOIP_MOBILE, g->databases[ISP].name, "");
    else if (claim != NULL)
        decide(out, claim->kind, claim->source, claim->provider);
    else if (line != GEOIP_UNKNOWN)
        decide(out, line, source, "");
}

void
geoip_look_up(const struct geoip *g, const struct in6_addr *address, struct geoip_place *out)
{
    enum geoip_kind reserved = reserved_kind(address);
    struct records r;

    memset(out, 0, sizeof *out);
    if (reserved != GEOIP_UNKNOWN) {
        decide(out, reserved, "reserved range", "");
        return;
    }
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        r.has[i] = g->databases[i].db != NULL && mmdb_find(g->databases[i].db, address, &r.of[i]);
    look_up_country(g, &r, out);
    look_up_point(&r, out);
    look_up_asn(g, &r, out);
    decide_anonymiser(g, &r, address, out);
    decide_line(g, &r, out);
}

bool
geoip_knows_asn(const struct geoip *g)
{
    for (unsigned i = 0; i < ROLE_COUNT; i++)
        if (g->databases[i].has_asn)
            return true;
    return false;
}

bool
geoip_get_database(const struct geoip *g, unsigned index, struct geoip_database *out)
{
    for (unsigned i = 0; i < ROLE_COUNT; i++) {
        const struct database *d = &g->databases[i];

        if (d->db == NULL || index-- > 0)
            continue;
        *out = (struct geoip_database){ d->path, mmdb_type(d->db), mmdb_build_time(d->db),
            d->embedded };
        return true;
    }
    return false;
}

static const char *const kind_names[GEOIP_KIND_COUNT] = { [GEOIP_UNKNOWN] = "unknown",
    [GEOIP_PRIVATE] = "private",
    [GEOIP_RESIDENTIAL] = "residential",
    [GEOIP_MOBILE] = "mobile",
    [GEOIP_SATELLITE] = "satellite",
    [GEOIP_CGNAT] = "cgnat",
    [GEOIP_CORPORATE] = "corporate",
    [GEOIP_EDUCATION] = "education",
    [GEOIP_HOSTING] = "hosting",
    [GEOIP_VPN] = "vpn",
    [GEOIP_TOR] = "tor",
    [GEOIP_PROXY] = "proxy",
    [GEOIP_RELAY] = "relay" };

const char *
geoip_kind_name(enum geoip_kind kind)
{
    return kind < GEOIP_KIND_COUNT ? kind_names[kind] : kind_names[GEOIP_UNKNOWN];
}

enum geoip_kind
geoip_kind_of(const char *name)
{
    unsigned kind = 0;

    while (kind < GEOIP_KIND_COUNT && strcmp(kind_names[kind], name) != 0)
        kind++;
    return kind;
}
