/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/tor.c */
/* The names of Tor's link handshake, and names that only look a little like them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "../../sensor/tor.h"
#include <cmocka.h>

static void
test_certificate(void **state)
{
    static const struct {
        const char *subject, *issuer;
        bool expected;
    } cases[] = {
        { "CN=www.abcdefgh.net", "CN=www.234567ab.com", true },               /* 8: the least */
        { "CN=www.abcdefghabcdefghabcd.net", "CN=www.234567ab.com", true },   /* 20: the most */
        { "CN=www.abcdefg.net", "CN=www.234567ab.com", false },               /* 7 */
        { "CN=www.abcdefghabcdefghabcde.net", "CN=www.234567ab.com", false }, /* 21 */
        { "CN=www.abcdefgh.net", "CN=www.abcdefgh.net", false },              /* of itself */
        { "CN=www.abcdefgh.com", "CN=www.234567ab.com", false },
        { "CN=www.abcdefg1.net", "CN=www.234567ab.com", false }, /* no base32 */
        { "CN=www.abcdefgh.net, O=Example", "CN=www.234567ab.com", false },
        { "CN=www.example-shop.net", "CN=R3, O=Let's Encrypt, C=US", false },
        { "www.abcdefgh.net", "CN=www.234567ab.com", false },
        { "CN=www.abcdefgh.net", NULL, false },
        { NULL, "CN=www.234567ab.com", false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_int_equal(tor_is_certificate(cases[i].subject, cases[i].issuer), cases[i].expected);
}

static void
test_server_name(void **state)
{
    (void)state;
    assert_true(tor_is_server_name("www.4gk6.com", 9001));
    assert_true(tor_is_server_name("www.abcdefghijklmnopqrstuvwxy.com", 9001)); /* 25 */
    assert_false(tor_is_server_name("www.abcdefghijklmnopqrstuvwxyz.com", 9001));
    assert_false(tor_is_server_name("www.abc.com", 9001));
    assert_false(tor_is_server_name("www.google.com", 443)); /* base32 too */
    assert_false(tor_is_server_name("www.abcd.com.example.org", 9001));
    assert_false(tor_is_server_name(NULL, 9001));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_certificate),
        cmocka_unit_test(test_server_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
