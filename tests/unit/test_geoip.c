/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: geoip/geoip.c geoip/claim.c geoip/field.c geoip/mmdb.c geoip/prefix.c geoip/countries.c geoip/embedded.c conf/cidr.c conf/list_network.c conf/embedded.c */
/* clang-format on */
/* One answer from many databases and lists. Databases come from the folder FARMWATCH_DATA
 * (mmdb-test/test-data and bad-data as MaxMind publishes them), whose source JSON gives the
 * expected values; without it those tests are skipped. */
#include "../../conf/list.h"
#include "../../geoip/geoip.h"
#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define PATH_SIZE 512

static struct in6_addr
address_of(const char *text)
{
    struct cidr c;

    assert_true(cidr_parse(text, &c, NULL));
    return c.address;
}

static void
look_up(const struct geoip *g, const char *address, struct geoip_place *out)
{
    struct in6_addr a = address_of(address);

    geoip_look_up(g, &a, out);
}

static struct geoip *
must_open(const struct geoip_paths *paths)
{
    char error[512] = "";
    struct geoip *g = geoip_open(paths, error, sizeof error);

    if (g == NULL)
        fail_msg("%s", error);
    return g;
}

static void
add_network(void *context, const struct list_network *n)
{
    enum geoip_kind kind = geoip_kind_of(n->kind);

    if (kind == GEOIP_KIND_COUNT)
        return;
    if (n->is_asn)
        assert_int_equal(geoip_add_asn(context, n->asn, kind, n->source, n->provider), 0);
    else
        assert_int_equal(geoip_add_prefix(context, &n->prefix.address, n->prefix.bits, kind,
                             n->source, n->provider),
            0);
}

/* Skips, visibly, when there is no data. */
static const char *
data_path(const char *name)
{
    static char paths[8][PATH_SIZE];
    static unsigned next;
    const char *folder = getenv("FARMWATCH_DATA");
    char *path = paths[next++ % 8];

    if (folder == NULL) {
        print_message("  FARMWATCH_DATA is not set\n");
        skip();
    }
    snprintf(path, PATH_SIZE, "%s/mmdb-test/%s", folder, name);
    return path;
}

static void
the_built_in_database_answers_when_none_is_configured(void **state)
{
    struct geoip *g = must_open(&(struct geoip_paths){ 0 });
    struct geoip_database db;
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    assert_true(geoip_get_database(g, 0, &db));
    assert_true(db.embedded);
    assert_int_equal(db.build_time, 1781726061); /* 2026-06-17, of its metadata */
    assert_false(geoip_get_database(g, 1, &db));
    look_up(g, "175.45.176.1", &p); /* AS131279, Pyongyang */
    assert_string_equal(p.country, "KP");
    assert_true(p.has_point && p.is_country_point && p.radius_km > 100);
    assert_int_equal(p.kind, GEOIP_UNKNOWN);
    look_up(g, "2a02:d280::1", &p); /* RIPE NCC: CZ */
    assert_string_equal(p.country, "CZ");
    geoip_close(g);
    geoip_close(NULL);
}

static void
reserved_ranges_have_no_country(void **state)
{
    static const struct {
        const char *address;
        enum geoip_kind kind;
    } cases[] = {
        { "10.1.2.3", GEOIP_PRIVATE },
        { "172.16.0.1", GEOIP_PRIVATE },
        { "172.31.255.255", GEOIP_PRIVATE },
        { "192.168.1.1", GEOIP_PRIVATE },
        { "127.0.0.1", GEOIP_PRIVATE },
        { "169.254.9.9", GEOIP_PRIVATE },
        { "0.0.0.0", GEOIP_PRIVATE },
        { "224.0.0.251", GEOIP_PRIVATE },
        { "255.255.255.255", GEOIP_PRIVATE },
        { "100.64.0.1", GEOIP_CGNAT },
        { "100.127.255.255", GEOIP_CGNAT },
        { "100.128.0.0", GEOIP_UNKNOWN },
        { "172.32.0.0", GEOIP_UNKNOWN },
        { "::1", GEOIP_PRIVATE },
        { "::", GEOIP_PRIVATE },
        { "fe80::1", GEOIP_PRIVATE },
        { "fd00::1", GEOIP_PRIVATE },
        { "ff02::1", GEOIP_PRIVATE },
    };
    struct geoip *g = must_open(&(struct geoip_paths){ 0 });

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geoip_place p;

        print_message("  %s\n", cases[i].address);
        look_up(g, cases[i].address, &p);
        assert_int_equal(p.kind, cases[i].kind);
        if (p.kind != GEOIP_UNKNOWN)
            assert_string_equal(p.country, "");
    }
    geoip_close(g);
}

/* Addresses that several shipped lists hold, with what their owners say they are. */
static void
overlapping_lists_agree_on_the_most_telling(void **state)
{
    static const struct {
        const char *address;
        enum geoip_kind kind;
        const char *provider;
    } cases[] = {
        { "104.28.28.1", GEOIP_RELAY, "Apple Private Relay" },
        { "104.16.0.1", GEOIP_RELAY, "Cloudflare" }, { "23.159.216.3", GEOIP_VPN, "Mullvad" },
        { "139.99.141.7", GEOIP_VPN, "Astrill" }, { "142.44.226.1", GEOIP_VPN, "Astrill" },
        { "52.94.76.1", GEOIP_HOSTING, "Amazon" }, { "101.99.76.22", GEOIP_TOR, "" },
        { "1.36.0.232", GEOIP_PROXY, "" }, { "175.45.176.1", GEOIP_UNKNOWN, "" },
        { "73.10.0.2", GEOIP_UNKNOWN, "" }, /* Comcast: no list, so no claim */
    };
    struct geoip *g = must_open(&(struct geoip_paths){ 0 });

    (void)state;
    assert_true(list_each_network(add_network, g) > 60000);
    assert_int_equal(geoip_seal(g), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geoip_place p;

        print_message("  %s\n", cases[i].address);
        look_up(g, cases[i].address, &p);
        assert_string_equal(geoip_kind_name(p.kind), geoip_kind_name(cases[i].kind));
        assert_string_equal(p.provider, cases[i].provider);
        assert_int_equal(p.kind_source[0] != '\0', p.kind != GEOIP_UNKNOWN);
    }
    geoip_close(g);
}

static void
nested_fields_are_read(void **state)
{
    struct geoip *g = must_open(&(struct geoip_paths){
        .city = data_path("test-data/GeoIP2-City-Test.mmdb"),
        .country = data_path("test-data/GeoIP2-Country-Test.mmdb"),
        .asn = data_path("test-data/GeoLite2-ASN-Test.mmdb"),
    });
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    look_up(g, "2.125.160.216", &p);
    assert_string_equal(p.country, "GB");
    assert_string_equal(p.country_source, "GeoIP2-City-Test.mmdb");
    assert_string_equal(p.other_country, "");
    assert_string_equal(p.city, "Boxford");
    assert_true(p.has_point && !p.is_country_point);
    assert_true(p.latitude == 51.75 && p.longitude == -1.25 && p.radius_km == 100);
    look_up(g, "67.43.156.1", &p); /* a country without a city, with a radius */
    assert_string_equal(p.country, "BT");
    assert_true(p.has_point && p.radius_km == 534);
    look_up(g, "1.128.0.1", &p);
    assert_int_equal(p.asn, 1221);
    assert_string_equal(p.organisation, "Telstra Pty Ltd");
    look_up(g, "203.0.113.1", &p);
    assert_string_equal(p.country, "");
    assert_false(p.has_point);
    geoip_close(g);
}

static void
a_second_opinion_on_the_country_is_told(void **state)
{
    struct geoip *g = must_open(&(struct geoip_paths){
        .city = data_path("test-data/GeoIP2-City-Test.mmdb"),
        .country = data_path("../mmdb-real/iptoasn-country/iptoasn-country.mmdb"),
    });
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    look_up(g, "67.43.156.1", &p);
    assert_string_equal(p.country, "BT");
    assert_string_equal(p.other_country, "US");
    assert_string_equal(p.other_country_source, "iptoasn-country.mmdb");
    look_up(g, "175.45.176.1", &p); /* in the second alone */
    assert_string_equal(p.country, "KP");
    assert_string_equal(p.country_source, "iptoasn-country.mmdb");
    geoip_close(g);
}

static void
an_enterprise_database_says_all_by_itself(void **state)
{
    struct geoip *g = must_open(
        &(struct geoip_paths){ .city = data_path("test-data/GeoIP2-Enterprise-Test.mmdb") });
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    look_up(g, "74.209.24.1", &p);
    assert_string_equal(p.country, "US");
    assert_string_equal(p.region, "New York");
    assert_string_equal(p.city, "Chatham");
    assert_int_equal(p.asn, 14671);
    assert_string_equal(p.organisation, "FairPoint Communications");
    assert_int_equal(p.kind, GEOIP_RESIDENTIAL);
    look_up(g, "81.2.69.160", &p); /* user type government, connection type Corporate */
    assert_int_equal(p.kind, GEOIP_CORPORATE);
    geoip_close(g);
}

static void
kinds_come_from_the_databases_that_know(void **state)
{
    static const struct {
        const char *address;
        enum geoip_kind kind;
        const char *source;
    } cases[] = {
        { "1.124.213.1", GEOIP_TOR, "GeoIP2-Anonymous-IP-Test.mmdb" }, /* VPN flag, too */
        { "1.2.0.9", GEOIP_VPN, "GeoIP2-Anonymous-IP-Test.mmdb" },
        { "71.160.223.1", GEOIP_HOSTING, "GeoIP2-Anonymous-IP-Test.mmdb" },
        { "186.30.236.1", GEOIP_PROXY, "GeoIP2-Anonymous-IP-Test.mmdb" },
        { "1.0.1.1", GEOIP_MOBILE, "GeoIP2-Connection-Type-Test.mmdb" },
        { "1.0.0.1", GEOIP_RESIDENTIAL, "GeoIP2-Connection-Type-Test.mmdb" },
        { "201.243.200.1", GEOIP_CORPORATE, "GeoIP2-Connection-Type-Test.mmdb" },
        { "203.0.113.1", GEOIP_UNKNOWN, "" },
    };
    struct geoip *g = must_open(&(struct geoip_paths){
        .anonymous_ip = data_path("test-data/GeoIP2-Anonymous-IP-Test.mmdb"),
        .connection_type = data_path("test-data/GeoIP2-Connection-Type-Test.mmdb"),
        .isp = data_path("test-data/GeoIP2-ISP-Test.mmdb"),
    });

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geoip_place p;

        print_message("  %s\n", cases[i].address);
        look_up(g, cases[i].address, &p);
        assert_string_equal(geoip_kind_name(p.kind), geoip_kind_name(cases[i].kind));
        assert_string_equal(p.kind_source, cases[i].source);
    }
    geoip_close(g);
}

static void
as_lists_speak_after_the_line_and_before_corporate(void **state)
{
    struct geoip *g = must_open(&(struct geoip_paths){
        .connection_type = data_path("test-data/GeoIP2-Connection-Type-Test.mmdb"),
        .isp = data_path("test-data/GeoIP2-ISP-Test.mmdb"),
    });
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_add_asn(g, 1221, GEOIP_HOSTING, "list", "Telstra"), 0);
    assert_int_equal(geoip_add_asn(g, 1221, GEOIP_EDUCATION, "list", NULL), 0);
    assert_int_equal(geoip_add_asn(g, 6167, GEOIP_HOSTING, "list", NULL), 0);
    assert_int_equal(geoip_seal(g), 0);
    look_up(g, "1.128.0.1", &p); /* no connection type */
    assert_int_equal(p.kind, GEOIP_HOSTING);
    assert_string_equal(p.provider, "Telstra");
    look_up(g, "149.101.100.1", &p); /* cellular */
    assert_int_equal(p.asn, 6167);
    assert_int_equal(p.kind, GEOIP_MOBILE);
    geoip_close(g);
}

static void
residential_proxies_name_their_provider(void **state)
{
    struct geoip *g = must_open(&(struct geoip_paths){
        .anonymous_ip = data_path("test-data/GeoIP-Residential-Proxy-Test.mmdb") });
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    look_up(g, "6.0.42.17", &p);
    assert_int_equal(p.kind, GEOIP_PROXY);
    assert_string_equal(p.provider, "novada");
    geoip_close(g);
}

static void
a_file_of_the_wrong_kind_is_refused_by_name(void **state)
{
    const struct {
        struct geoip_paths paths;
        const char *key, *says;
    } cases[] = {
        { { .country = data_path("test-data/GeoLite2-ASN-Test.mmdb") }, "country", "GeoLite2-ASN" },
        { { .city = data_path("test-data/GeoIP2-Country-Test.mmdb") }, "city", "holds no cities" },
        { { .asn = data_path("test-data/GeoIP2-City-Test.mmdb") }, "asn", "GeoIP2-City" },
        { { .anonymous_ip = data_path("test-data/GeoLite2-Country-Test.mmdb") }, "anonymous-ip",
            "holds no anonymisers" },
        { { .connection_type = data_path("test-data/GeoLite2-ASN-Test.mmdb") }, "connection-type",
            "GeoLite2-ASN" },
        { { .country = data_path("source-data/GeoIP2-City-Test.json") }, "country",
            "not a MaxMind DB" },
        { { .country = data_path("no-such-file.mmdb") }, "country", "No such file" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char error[512] = "";

        assert_null(geoip_open(&cases[i].paths, error, sizeof error));
        print_message("  %s\n", error);
        assert_non_null(strstr(error, cases[i].key));
        assert_non_null(strstr(error, cases[i].says));
    }
}

static void
an_ipv4_only_database_says_nothing_of_ipv6(void **state)
{
    char error[512] = "";
    const char *path = data_path("test-data/MaxMind-DB-test-ipv4-24.mmdb");

    (void)state;
    assert_null(geoip_open(&(struct geoip_paths){ .country = path }, error, sizeof error));
    assert_non_null(strstr(error, "holds no countries"));
}

/* Whatever a file holds, it is refused or answers; the sanitizers watch. */
static void
damaged_files_do_no_harm(void **state)
{
    static const char *const patterns[] = { "bad-data/*/*.mmdb", "test-data/*.mmdb" };
    glob_t found = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof patterns / sizeof *patterns; i++)
        assert_int_equal(glob(data_path(patterns[i]), i > 0 ? GLOB_APPEND : 0, NULL, &found), 0);
    assert_true(found.gl_pathc > 40);
    for (size_t i = 0; i < found.gl_pathc; i++)
        for (unsigned role = 0; role < 6; role++) {
            const char *path = found.gl_pathv[i];
            struct geoip_paths paths = { role == 0 ? path : NULL, role == 1 ? path : NULL,
                role == 2 ? path : NULL, role == 3 ? path : NULL, role == 4 ? path : NULL,
                role == 5 ? path : NULL };
            char error[512] = "";
            struct geoip *g = geoip_open(&paths, error, sizeof error);
            struct geoip_place p;

            if (g == NULL) {
                assert_non_null(strstr(error, path));
                continue;
            }
            assert_int_equal(geoip_seal(g), 0);
            for (unsigned a = 0; a < 256; a++) {
                struct in6_addr v4 = address_of("0.0.0.1"), v6 = { { { (uint8_t)a, 2, 2, 1 } } };

                v4.s6_addr[12] = (uint8_t)a;
                geoip_look_up(g, &v4, &p);
                geoip_look_up(g, &v6, &p);
            }
            geoip_close(g);
        }
    globfree(&found);
}

static void
kinds_have_names(void **state)
{
    (void)state;
    for (unsigned kind = 0; kind < GEOIP_KIND_COUNT; kind++)
        assert_int_equal(geoip_kind_of(geoip_kind_name(kind)), kind);
    assert_int_equal(geoip_kind_of("dprk"), GEOIP_KIND_COUNT);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_database_answers_when_none_is_configured),
        cmocka_unit_test(reserved_ranges_have_no_country),
        cmocka_unit_test(overlapping_lists_agree_on_the_most_telling),
        cmocka_unit_test(nested_fields_are_read),
        cmocka_unit_test(a_second_opinion_on_the_country_is_told),
        cmocka_unit_test(an_enterprise_database_says_all_by_itself),
        cmocka_unit_test(kinds_come_from_the_databases_that_know),
        cmocka_unit_test(as_lists_speak_after_the_line_and_before_corporate),
        cmocka_unit_test(residential_proxies_name_their_provider),
        cmocka_unit_test(a_file_of_the_wrong_kind_is_refused_by_name),
        cmocka_unit_test(an_ipv4_only_database_says_nothing_of_ipv6),
        cmocka_unit_test(damaged_files_do_no_harm),
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
