/* SPDX-License-Identifier: BSD-2-Clause */
/* links: geoip/geoip.c geoip/claim.c geoip/field.c geoip/mmdb.c geoip/prefix.c geoip/countries.c geoip/embedded.c conf/cidr.c */
/* One answer from many databases. Each test of databases runs over some of our own making
 * (geo_databases.py) and, when the folder FARMWATCH_DATA has them, over those that MaxMind
 * publishes for tests (mmdb-test), whose source JSON gives the expected values. */
#include "../../conf/cidr.h"
#include "geoip_check.h"
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_SIZE 512

/* What a database says of an address; what is left out is not looked at. */
struct expected {
    const char *address, *country, *country_source, *other_country, *region, *city;
    uint32_t asn;
    const char *organisation, *kind, *kind_source, *provider;
    double latitude, longitude, radius_km; /* of the place itself; radius 0: not looked at */
};

struct world {
    bool is_maxminds;
    struct geoip_paths files;
    struct expected places[8];
};

static char own_folder[] = "/tmp/farmwatch-geo.XXXXXX";

/* NULL for one of MaxMind's when they are not there. */
static const char *
path_of(bool is_maxminds, const char *file)
{
    static char paths[16][PATH_SIZE];
    static unsigned next;
    const char *folder = is_maxminds ? getenv("FARMWATCH_DATA") : own_folder;
    char *path = paths[next++ % 16];

    if (folder == NULL || file == NULL)
        return NULL;
    snprintf(path, PATH_SIZE, "%s/%s%s", folder, is_maxminds ? "mmdb-test/" : "", file);
    return path;
}

static bool
is_there(const struct world *w)
{
    if (!w->is_maxminds || getenv("FARMWATCH_DATA") != NULL)
        return true;
    print_message("  MaxMind's own: FARMWATCH_DATA is not set\n");
    return false;
}

static struct geoip *
open_world(const struct world *w)
{
    return geoip_check_open(&(struct geoip_paths){
        .country = path_of(w->is_maxminds, w->files.country),
        .city = path_of(w->is_maxminds, w->files.city),
        .asn = path_of(w->is_maxminds, w->files.asn),
        .anonymous_ip = path_of(w->is_maxminds, w->files.anonymous_ip),
        .connection_type = path_of(w->is_maxminds, w->files.connection_type),
        .isp = path_of(w->is_maxminds, w->files.isp),
    });
}

static void
expect_text(const char *expected, const char *text)
{
    if (expected != NULL)
        assert_string_equal(text, expected);
}

static void
expect(const struct geoip *g, const struct expected *e)
{
    struct geoip_place p;

    print_message("  %s\n", e->address);
    geoip_check_look_up(g, e->address, &p);
    expect_text(e->country, p.country);
    expect_text(e->country_source, p.country_source);
    expect_text(e->other_country, p.other_country);
    expect_text(e->region, p.region);
    expect_text(e->city, p.city);
    expect_text(e->organisation, p.organisation);
    expect_text(e->kind, geoip_kind_name(p.kind));
    expect_text(e->kind_source, p.kind_source);
    expect_text(e->provider, p.provider);
    if (e->asn != 0)
        assert_int_equal(p.asn, e->asn);
    if (e->radius_km > 0)
        assert_true(p.has_point && !p.is_country_point && p.latitude == e->latitude &&
                    p.longitude == e->longitude && p.radius_km == e->radius_km);
}

static void
expect_worlds(const struct world *worlds, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct geoip *g;

        if (!is_there(&worlds[i]))
            continue;
        g = open_world(&worlds[i]);
        assert_int_equal(geoip_seal(g), 0);
        for (const struct expected *e = worlds[i].places; e->address != NULL; e++)
            expect(g, e);
        geoip_close(g);
    }
}

#define EXPECT_WORLDS(worlds) expect_worlds(worlds, sizeof(worlds) / sizeof *(worlds))

static void
nested_fields_are_read(void **state)
{
    static const struct world worlds[] = {
        { false, { .city = "city.mmdb", .country = "country.mmdb", .asn = "asn.mmdb" },
            { { .address = "198.51.100.9",
                  .country = "GB",
                  .country_source = "city.mmdb",
                  .other_country = "",
                  .region = "England",
                  .city = "Leeds",
                  .asn = 64496,
                  .organisation = "Example Net",
                  .latitude = 53.75,
                  .longitude = -1.5,
                  .radius_km = 20 },
                { .address = "203.0.113.1",
                    .country = "BT",
                    .city = "",
                    .latitude = 27.5,
                    .longitude = 90.5,
                    .radius_km = 300 },
                { .address = "2001:db8:1::9",
                    .country = "NO",
                    .city = "Bergen",
                    .asn = 64497,
                    .latitude = 60.25,
                    .longitude = 5.25,
                    .radius_km = 50 },
                { .address = "203.0.113.129",
                    .country = "",
                    .country_source = "",
                    .other_country = "",
                    .region = "",
                    .city = "",
                    .organisation = "" } } },
        { true,
            { .city = "test-data/GeoIP2-City-Test.mmdb",
                .country = "test-data/GeoIP2-Country-Test.mmdb",
                .asn = "test-data/GeoLite2-ASN-Test.mmdb" },
            { { .address = "2.125.160.216",
                  .country = "GB",
                  .country_source = "GeoIP2-City-Test.mmdb",
                  .other_country = "",
                  .city = "Boxford",
                  .latitude = 51.75,
                  .longitude = -1.25,
                  .radius_km = 100 },
                { .address = "67.43.156.1",
                    .country = "BT",
                    .latitude = 27.5,
                    .longitude = 90.5,
                    .radius_km = 534 },
                { .address = "1.128.0.1", .asn = 1221, .organisation = "Telstra Pty Ltd" },
                { .address = "203.0.113.1", .country = "" } } },
    };

    (void)state;
    EXPECT_WORLDS(worlds);
}

static void
a_second_opinion_on_the_country_is_told(void **state)
{
    static const struct world worlds[] = {
        { false, { .city = "city.mmdb", .country = "country.mmdb" },
            { { .address = "203.0.113.1",
                  .country = "BT",
                  .country_source = "city.mmdb",
                  .other_country = "IN" },
                { .address = "192.0.2.1",
                    .country = "JP",
                    .country_source = "country.mmdb",
                    .other_country = "" } } },
        { true,
            { .city = "test-data/GeoIP2-City-Test.mmdb",
                .country = "../mmdb-real/iptoasn-country/iptoasn-country.mmdb" },
            { { .address = "67.43.156.1",
                  .country = "BT",
                  .country_source = "GeoIP2-City-Test.mmdb",
                  .other_country = "US" },
                { .address = "175.45.176.1",
                    .country = "KP",
                    .country_source = "iptoasn-country.mmdb",
                    .other_country = "" } } },
    };

    (void)state;
    EXPECT_WORLDS(worlds);
}

static void
an_enterprise_database_says_all_by_itself(void **state)
{
    static const struct world worlds[] = {
        { false, { .city = "enterprise.mmdb" },
            { { .address = "198.51.100.1",
                  .country = "US",
                  .other_country = "",
                  .region = "Ohio",
                  .city = "Chester",
                  .asn = 64498,
                  .organisation = "Example Cable",
                  .kind = "residential" },
                /* user type government, connection type Corporate */
                { .address = "198.51.100.200", .country = "GB", .kind = "corporate" } } },
        { true, { .city = "test-data/GeoIP2-Enterprise-Test.mmdb" },
            { { .address = "74.209.24.1",
                  .country = "US",
                  .region = "New York",
                  .city = "Chatham",
                  .asn = 14671,
                  .organisation = "FairPoint Communications",
                  .kind = "residential" },
                { .address = "81.2.69.160", .kind = "corporate" } } },
    };

    (void)state;
    EXPECT_WORLDS(worlds);
}

static void
kinds_come_from_the_databases_that_know(void **state)
{
#define ANONYMOUS "GeoIP2-Anonymous-IP-Test.mmdb"
#define CONNECTION "GeoIP2-Connection-Type-Test.mmdb"
    static const struct world worlds[] = {
        { false,
            { .anonymous_ip = "anonymous-ip.mmdb",
                .connection_type = "connection-type.mmdb",
                .isp = "isp.mmdb" },
            { { .address = "192.0.2.1",
                  .kind = "tor",
                  .kind_source = "anonymous-ip.mmdb" }, /* VPN flag, too */
                { .address = "192.0.2.17", .kind = "vpn", .kind_source = "anonymous-ip.mmdb" },
                { .address = "192.0.2.33", .kind = "hosting", .kind_source = "anonymous-ip.mmdb" },
                { .address = "192.0.2.49", .kind = "proxy", .kind_source = "anonymous-ip.mmdb" },
                { .address = "192.0.2.65",
                    .kind = "mobile",
                    .kind_source = "connection-type.mmdb" },
                { .address = "192.0.2.81",
                    .kind = "residential",
                    .kind_source = "connection-type.mmdb" },
                { .address = "192.0.2.145", .kind = "mobile", .kind_source = "isp.mmdb" } } },
        { false, { .connection_type = "connection-type.mmdb" },
            { { .address = "192.0.2.97",
                  .kind = "corporate",
                  .kind_source = "connection-type.mmdb" },
                { .address = "192.0.2.113",
                    .kind = "satellite",
                    .kind_source = "connection-type.mmdb" },
                { .address = "203.0.113.1", .kind = "unknown", .kind_source = "" } } },
        { true,
            { .anonymous_ip = "test-data/" ANONYMOUS,
                .connection_type = "test-data/" CONNECTION,
                .isp = "test-data/GeoIP2-ISP-Test.mmdb" },
            { { .address = "1.124.213.1", .kind = "tor", .kind_source = ANONYMOUS },
                { .address = "1.2.0.9", .kind = "vpn", .kind_source = ANONYMOUS },
                { .address = "71.160.223.1", .kind = "hosting", .kind_source = ANONYMOUS },
                { .address = "186.30.236.1", .kind = "proxy", .kind_source = ANONYMOUS },
                { .address = "1.0.1.1", .kind = "mobile", .kind_source = CONNECTION },
                { .address = "1.0.0.1", .kind = "residential", .kind_source = CONNECTION },
                { .address = "201.243.200.1", .kind = "corporate", .kind_source = CONNECTION } } },
    };

    (void)state;
    EXPECT_WORLDS(worlds);
}

static void
as_lists_speak_after_the_line_and_before_corporate(void **state)
{
    static const struct {
        struct world world;
        uint32_t hosting, mobile; /* AS numbers of the two places */
    } cases[] = {
        { { false, { .connection_type = "connection-type.mmdb", .isp = "isp.mmdb" },
              { { .address = "192.0.2.129",
                    .kind = "hosting",
                    .provider = "Host" }, /* no connection type */
                  { .address = "192.0.2.65", .asn = 64499, .kind = "mobile" } } },
            64500, 64499 },
        { { true,
              { .connection_type = "test-data/GeoIP2-Connection-Type-Test.mmdb",
                  .isp = "test-data/GeoIP2-ISP-Test.mmdb" },
              { { .address = "1.128.0.1", .kind = "hosting", .provider = "Host" },
                  { .address = "149.101.100.1", .asn = 6167, .kind = "mobile" } } },
            1221, 6167 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geoip *g;

        if (!is_there(&cases[i].world))
            continue;
        g = open_world(&cases[i].world);
        assert_int_equal(geoip_add_asn(g, cases[i].hosting, GEOIP_HOSTING, "list", "Host"), 0);
        assert_int_equal(geoip_add_asn(g, cases[i].hosting, GEOIP_EDUCATION, "list", NULL), 0);
        assert_int_equal(geoip_add_asn(g, cases[i].mobile, GEOIP_HOSTING, "list", NULL), 0);
        assert_int_equal(geoip_seal(g), 0);
        expect(g, &cases[i].world.places[0]);
        expect(g, &cases[i].world.places[1]);
        geoip_close(g);
    }
}

static void
residential_proxies_name_their_provider(void **state)
{
    static const struct world worlds[] = {
        { false, { .anonymous_ip = "residential-proxy.mmdb" },
            { { .address = "203.0.113.7", .kind = "proxy", .provider = "example-proxies" } } },
        { true, { .anonymous_ip = "test-data/GeoIP-Residential-Proxy-Test.mmdb" },
            { { .address = "6.0.42.17", .kind = "proxy", .provider = "novada" } } },
    };

    (void)state;
    EXPECT_WORLDS(worlds);
}

static void
a_file_of_the_wrong_kind_is_refused_by_name(void **state)
{
    static const struct {
        struct world world;
        const char *key, *says;
    } cases[] = {
        { { false, { .country = "asn.mmdb" }, { { 0 } } }, "country", "GeoLite2-ASN" },
        { { false, { .city = "country.mmdb" }, { { 0 } } }, "city", "holds no cities" },
        { { false, { .asn = "city.mmdb" }, { { 0 } } }, "asn", "GeoIP2-City" },
        { { false, { .anonymous_ip = "country.mmdb" }, { { 0 } } }, "anonymous-ip",
            "holds no anonymisers" },
        { { false, { .connection_type = "asn.mmdb" }, { { 0 } } }, "connection-type",
            "GeoLite2-ASN" },
        { { false, { .country = "ipv4-only.mmdb" }, { { 0 } } }, "country", "holds no countries" },
        { { false, { .country = "text.mmdb" }, { { 0 } } }, "country", "not a MaxMind DB" },
        { { false, { .country = "no-such-file.mmdb" }, { { 0 } } }, "country", "No such file" },
        { { true, { .country = "test-data/GeoLite2-ASN-Test.mmdb" }, { { 0 } } }, "country",
            "GeoLite2-ASN" },
        { { true, { .city = "test-data/GeoIP2-Country-Test.mmdb" }, { { 0 } } }, "city",
            "holds no cities" },
        { { true, { .country = "test-data/MaxMind-DB-test-ipv4-24.mmdb" }, { { 0 } } }, "country",
            "holds no countries" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const struct world *w = &cases[i].world;
        char error[512] = "";

        if (!is_there(w))
            continue;
        assert_null(
            geoip_open(&(struct geoip_paths){ .country = path_of(w->is_maxminds, w->files.country),
                           .city = path_of(w->is_maxminds, w->files.city),
                           .asn = path_of(w->is_maxminds, w->files.asn),
                           .anonymous_ip = path_of(w->is_maxminds, w->files.anonymous_ip),
                           .connection_type = path_of(w->is_maxminds, w->files.connection_type) },
                error, sizeof error));
        print_message("  %s\n", error);
        assert_non_null(strstr(error, cases[i].key));
        assert_non_null(strstr(error, cases[i].says));
    }
}

static void
look_up_everywhere(const char *path, unsigned role)
{
    struct geoip_paths paths = { role == 0 ? path : NULL, role == 1 ? path : NULL,
        role == 2 ? path : NULL, role == 3 ? path : NULL, role == 4 ? path : NULL,
        role == 5 ? path : NULL };
    char error[512] = "";
    struct geoip *g = geoip_open(&paths, error, sizeof error);
    struct geoip_place p;

    if (g == NULL) {
        assert_non_null(strstr(error, path));
        return;
    }
    assert_int_equal(geoip_seal(g), 0);
    for (unsigned a = 0; a < 256; a++) {
        struct in6_addr v4 = address_of("0.0.2.1"), v6 = { { { (uint8_t)a, 2, 2, 1 } } };

        v4.s6_addr[12] = (uint8_t)a;
        geoip_look_up(g, &v4, &p);
        geoip_look_up(g, &v6, &p);
    }
    for (size_t i = 0; i < 3; i++) { /* where the test's own databases have their records */
        geoip_check_look_up(
            g, ((const char *[]){ "198.51.100.9", "203.0.113.7", "192.0.2.17" })[i], &p);
        geoip_check_look_up(g, "2001:db8:1::9", &p);
    }
    geoip_close(g);
}

/* Whatever a file holds, it is refused or answers; the sanitizers watch. */
static void
damaged_files_do_no_harm(void **state)
{
    static const struct {
        bool is_maxminds;
        const char *pattern;
    } patterns[] = {
        { false, "*.mmdb" },
        { true, "bad-data/*/*.mmdb" },
        { true, "test-data/*.mmdb" },
    };
    glob_t found = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++) {
        const char *pattern = path_of(patterns[i].is_maxminds, patterns[i].pattern);

        if (pattern != NULL)
            assert_int_equal(glob(pattern, i > 0 ? GLOB_APPEND : 0, NULL, &found), 0);
    }
    assert_true(found.gl_pathc > 40);
    for (size_t i = 0; i < found.gl_pathc; i++)
        for (unsigned role = 0; role < 6; role++)
            look_up_everywhere(found.gl_pathv[i], role);
    globfree(&found);
}

static int
make_own(void **state)
{
    char command[PATH_SIZE];

    (void)state;
    if (mkdtemp(own_folder) == NULL)
        return -1;
    snprintf(command, sizeof command, "python3 tests/unit/geo_databases.py %s", own_folder);
    return system(command);
}

static int
remove_own(void **state)
{
    char command[PATH_SIZE];

    (void)state;
    snprintf(command, sizeof command, "rm -r %s", own_folder);
    return system(command);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nested_fields_are_read),
        cmocka_unit_test(a_second_opinion_on_the_country_is_told),
        cmocka_unit_test(an_enterprise_database_says_all_by_itself),
        cmocka_unit_test(kinds_come_from_the_databases_that_know),
        cmocka_unit_test(as_lists_speak_after_the_line_and_before_corporate),
        cmocka_unit_test(residential_proxies_name_their_provider),
        cmocka_unit_test(a_file_of_the_wrong_kind_is_refused_by_name),
        cmocka_unit_test(damaged_files_do_no_harm),
    };

    return cmocka_run_group_tests(tests, make_own, remove_own);
}
