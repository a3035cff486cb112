/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: geoip/geoip.c geoip/claim.c geoip/field.c geoip/mmdb.c geoip/prefix.c geoip/countries.c geoip/embedded.c conf/cidr.c conf/list_network.c conf/embedded.c */
/* clang-format on */
/* One answer from the built-in database, the shipped lists and the reserved ranges. */
#include "../../conf/list.h"
#include "geoip_check.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void
the_built_in_database_answers_when_none_is_configured(void **state)
{
    struct geoip *g = geoip_check_open(&(struct geoip_paths){ 0 });
    struct geoip_database db;
    struct geoip_place p;

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    assert_true(geoip_get_database(g, 0, &db));
    assert_true(db.embedded);
    assert_int_equal(db.build_time, 1781726061); /* 2026-06-17, of its metadata */
    assert_false(geoip_get_database(g, 1, &db));
    geoip_check_look_up(g, "175.45.176.1", &p); /* AS131279, Pyongyang */
    assert_string_equal(p.country, "KP");
    assert_true(p.has_point && p.is_country_point && p.radius_km > 100);
    assert_int_equal(p.kind, GEOIP_UNKNOWN);
    geoip_check_look_up(g, "2a02:d280::1", &p); /* RIPE NCC: CZ */
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
    struct geoip *g = geoip_check_open(&(struct geoip_paths){ 0 });

    (void)state;
    assert_int_equal(geoip_seal(g), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geoip_place p;

        print_message("  %s\n", cases[i].address);
        geoip_check_look_up(g, cases[i].address, &p);
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
    struct geoip *g = geoip_check_open(&(struct geoip_paths){ 0 });

    (void)state;
    assert_true(list_each_network(add_network, g) > 60000);
    assert_int_equal(geoip_seal(g), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct geoip_place p;

        print_message("  %s\n", cases[i].address);
        geoip_check_look_up(g, cases[i].address, &p);
        assert_string_equal(geoip_kind_name(p.kind), geoip_kind_name(cases[i].kind));
        assert_string_equal(p.provider, cases[i].provider);
        assert_int_equal(p.kind_source[0] != '\0', p.kind != GEOIP_UNKNOWN);
    }
    geoip_close(g);
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
        cmocka_unit_test(kinds_have_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
