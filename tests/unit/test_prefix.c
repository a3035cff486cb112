/* SPDX-License-Identifier: BSD-2-Clause
 * links: geoip/prefix.c conf/cidr.c */
/* Overlapping prefixes: rank, then length, then order; held against a plain search over all. */
#include "../../conf/cidr.h"
#include "../../geoip/prefix.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

static void
add(struct prefix_table *t, const char *text, unsigned rank, uint32_t value)
{
    struct cidr c;

    assert_true(cidr_parse(text, &c, NULL));
    assert_int_equal(prefix_add(t, &c.address, c.bits, rank, value), 0);
}

static uint32_t
find(const struct prefix_table *t, const char *text)
{
    struct cidr c;

    assert_true(cidr_parse(text, &c, NULL));
    return prefix_find(t, &c.address);
}

static void
an_empty_table_finds_nothing(void **state)
{
    struct prefix_table *t = prefix_new();

    (void)state;
    assert_int_equal(prefix_seal(t), 0);
    assert_int_equal(find(t, "192.0.2.1"), PREFIX_NONE);
    assert_int_equal(find(t, "255.255.255.255"), PREFIX_NONE);
    assert_int_equal(find(t, "::"), PREFIX_NONE);
    assert_int_equal(find(t, "ffff::"), PREFIX_NONE);
    prefix_free(t);
    prefix_free(NULL);
}

static void
rank_beats_length_beats_order(void **state)
{
    static const struct {
        const char *address;
        uint32_t value;
    } cases[] = {
        { "10.0.0.1", 1 },           /* alone */
        { "10.1.0.1", 2 },           /* longer, equal rank */
        { "10.2.0.1", 1 },           /* longer, but of lower rank */
        { "10.3.0.1", 4 },           /* equal prefix: the first */
        { "10.4.0.1", 7 },           /* equal prefix: the higher rank, though later */
        { "11.0.0.0", PREFIX_NONE }, /* right behind */
        { "9.255.255.255", PREFIX_NONE },
        { "255.255.255.255", 8 },
        { "2001:db8::1", 9 },
        { "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", 9 },
        { "2001:db9::", PREFIX_NONE },
        { "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 10 },
    };
    struct prefix_table *t = prefix_new();
    struct in6_addr any = IN6ADDR_ANY_INIT;

    (void)state;
    add(t, "10.0.0.0/8", 5, 1);
    add(t, "10.1.0.0/16", 5, 2);
    add(t, "10.2.0.0/16", 4, 3);
    add(t, "10.3.0.0/16", 5, 4);
    add(t, "10.3.0.0/16", 5, 5);
    add(t, "10.4.0.0/16", 5, 6);
    add(t, "10.4.0.0/16", 6, 7);
    add(t, "255.255.255.255", 1, 8);
    add(t, "2001:db8::/32", 1, 9);
    add(t, "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, 10);
    assert_int_equal(prefix_add(t, &any, 129, 1, 1), -1);
    assert_int_equal(prefix_seal(t), 0);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        print_message("  %s\n", cases[i].address);
        assert_int_equal(find(t, cases[i].address), cases[i].value);
    }
    assert_int_equal(prefix_seal(t), -1);
    assert_int_equal(prefix_add(t, &any, 0, 1, 1), -1);
    prefix_free(t);
}

static void
a_prefix_around_all_of_ipv4_holds_both_families(void **state)
{
    struct prefix_table *t = prefix_new();

    (void)state;
    add(t, "::/0", 1, 1);
    add(t, "192.0.2.0/24", 1, 2);
    add(t, "0.0.0.0/8", 1, 3);
    assert_int_equal(prefix_seal(t), 0);
    assert_int_equal(find(t, "0.1.2.3"), 3);
    assert_int_equal(find(t, "192.0.2.9"), 2);
    assert_int_equal(find(t, "192.0.3.0"), 1);
    assert_int_equal(find(t, "255.255.255.255"), 1);
    assert_int_equal(find(t, "::1:0:0:0"), 1);
    assert_int_equal(find(t, "2001:db8::"), 1);
    assert_int_equal(find(t, "::1"), 1);
    prefix_free(t);
}

static void
an_ipv4_network_at_the_very_end_leaves_ipv6_alone(void **state)
{
    struct prefix_table *t = prefix_new();

    (void)state;
    add(t, "255.0.0.0/8", 1, 1);
    add(t, "::1:0:0:0/80", 1, 2);
    assert_int_equal(prefix_seal(t), 0);
    assert_int_equal(find(t, "255.255.255.255"), 1);
    assert_int_equal(find(t, "::1:0:0:0"), 2);
    assert_int_equal(find(t, "::2:0:0:0"), PREFIX_NONE);
    prefix_free(t);
}

/* A small address space, so that prefixes overlap in every way. */
#define RANDOM_PREFIXES 200
#define RANDOM_ROUNDS 200

struct plain {
    struct cidr c;
    unsigned rank;
};

static uint32_t
plain_find(const struct plain *list, const struct in6_addr *address)
{
    const struct plain *best = NULL;

    for (unsigned i = 0; i < RANDOM_PREFIXES; i++) {
        const struct plain *p = &list[i];

        if (!cidr_holds(&p->c, address))
            continue;
        if (best == NULL || p->rank > best->rank ||
            (p->rank == best->rank && p->c.bits > best->c.bits))
            best = p;
    }
    return best == NULL ? PREFIX_NONE : (uint32_t)(best - list);
}

static void
the_table_agrees_with_a_plain_search(void **state)
{
    static struct plain list[RANDOM_PREFIXES];

    (void)state;
    srand(20231017);
    for (unsigned round = 0; round < RANDOM_ROUNDS; round++) {
        bool is_v4 = round % 2 == 0;
        struct prefix_table *t = prefix_new();

        for (unsigned i = 0; i < RANDOM_PREFIXES; i++) {
            char text[64];
            unsigned octet = (unsigned)rand() & 0xff, bits = (unsigned)rand() % 9;

            octet &= 0xff00u >> bits;
            snprintf(text, sizeof text, is_v4 ? "198.51.100.%u/%u" : "2001:db8::%x/%u", octet,
                bits + (is_v4 ? 24 : 120));
            assert_true(cidr_parse(text, &list[i].c, NULL));
            list[i].rank = (unsigned)rand() % 3;
            assert_int_equal(prefix_add(t, &list[i].c.address, list[i].c.bits, list[i].rank, i), 0);
        }
        assert_int_equal(prefix_seal(t), 0);
        for (unsigned octet = 0; octet < 256; octet++) {
            struct in6_addr address = list[0].c.address;

            address.s6_addr[15] = (uint8_t)octet;
            assert_int_equal(prefix_find(t, &address), plain_find(list, &address));
        }
        prefix_free(t);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_table_finds_nothing),
        cmocka_unit_test(rank_beats_length_beats_order),
        cmocka_unit_test(a_prefix_around_all_of_ipv4_holds_both_families),
        cmocka_unit_test(an_ipv4_network_at_the_very_end_leaves_ipv6_alone),
        cmocka_unit_test(the_table_agrees_with_a_plain_search),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
