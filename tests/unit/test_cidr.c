/* SPDX-License-Identifier: BSD-2-Clause
 * links: conf/cidr.c */
/* Prefixes as operators write them: what is read, what is refused and why, what they hold. */
#include "../../conf/cidr.h"
#include "address.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static void
good_prefixes_are_read(void **state)
{
    static const struct {
        const char *text, *address;
        unsigned bits;
    } cases[] = {
        { "192.0.2.0/24", "::ffff:192.0.2.0", 120 },
        { "0.0.0.0/0", "::ffff:0.0.0.0", 96 },
        { "198.51.100.7", "::ffff:198.51.100.7", 128 },
        { "198.51.100.7/32", "::ffff:198.51.100.7", 128 },
        { "10.128.0.0/9", "::ffff:10.128.0.0", 105 },
        { "2001:db8::/32", "2001:db8::", 32 },
        { "::/0", "::", 0 },
        { "fe80::1", "fe80::1", 128 },
        { "::ffff:192.0.2.0/120", "::ffff:192.0.2.0", 120 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cidr c;
        char text[INET6_ADDRSTRLEN];

        print_message("  %s\n", cases[i].text);
        assert_true(cidr_parse(cases[i].text, &c, NULL));
        assert_int_equal(c.bits, cases[i].bits);
        assert_string_equal(inet_ntop(AF_INET6, &c.address, text, sizeof text), cases[i].address);
    }
}

static void
bad_prefixes_are_refused_with_a_reason(void **state)
{
    static const struct {
        const char *text, *why;
    } cases[] = {
        { "", "address" },
        { "/24", "address" },
        { "192.0.2", "address" },
        { "192.0.2.256", "address" },
        { "192.0.2.0.0/24", "address" },
        { "example.org", "address" },
        { " 192.0.2.0/24", "address" },
        { "2001:db8::g/32", "address" },
        { "1111:2222:3333:4444:5555:6666:7777:8888:9999:aaaa:bbbb:cccc/4", "address" },
        { "192.0.2.0/", "length" },
        { "192.0.2.0/33", "length" },
        { "192.0.2.0/-1", "length" },
        { "192.0.2.0/024", "length" },
        { "192.0.2.0/24 ", "length" },
        { "192.0.2.0/99999999999999999999", "length" },
        { "2001:db8::/129", "length" },
        { "192.0.2.1/24", "host bits" },
        { "10.64.0.0/9", "host bits" },
        { "2001:db8::1/64", "host bits" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cidr untouched, c;
        const char *why = NULL;

        memset(&c, 0x5a, sizeof c);
        untouched = c;
        print_message("  '%s'\n", cases[i].text);
        assert_false(cidr_parse(cases[i].text, &c, &why));
        assert_non_null(strstr(why, cases[i].why));
        assert_memory_equal(&c, &untouched, sizeof c);
    }
}

static void
a_prefix_holds_its_addresses_only(void **state)
{
    static const struct {
        const char *prefix, *address;
        bool holds;
    } cases[] = {
        { "192.0.2.0/24", "192.0.2.0", true },
        { "192.0.2.0/24", "192.0.2.255", true },
        { "192.0.2.0/24", "192.0.3.0", false },
        { "192.0.2.128/25", "192.0.2.127", false },
        { "0.0.0.0/0", "203.0.113.9", true },
        { "0.0.0.0/0", "2001:db8::1", false },
        { "::/0", "2001:db8::1", true },
        { "2001:db8::/33", "2001:db8:7fff::1", true },
        { "2001:db8::/33", "2001:db8:8000::1", false },
        { "198.51.100.7", "198.51.100.7", true },
        { "198.51.100.7", "198.51.100.6", false },
    };
    struct cidr list[2];
    struct in6_addr a;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct cidr c;

        print_message("  %s in %s\n", cases[i].address, cases[i].prefix);
        assert_true(cidr_parse(cases[i].prefix, &c, NULL));
        a = address_of(cases[i].address);
        assert_int_equal(cidr_holds(&c, &a), cases[i].holds);
    }
    assert_true(cidr_parse("10.0.0.0/8", &list[0], NULL));
    assert_true(cidr_parse("fd00::/8", &list[1], NULL));
    a = address_of("fd12::1");
    assert_true(cidr_list_holds(list, 2, &a));
    assert_false(cidr_list_holds(list, 1, &a));
    assert_false(cidr_list_holds(NULL, 0, &a));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_prefixes_are_read),
        cmocka_unit_test(bad_prefixes_are_refused_with_a_reason),
        cmocka_unit_test(a_prefix_holds_its_addresses_only),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
