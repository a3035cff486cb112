/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/fact.c parsers/text.c */
/*
 * Proves that a fact gives back what was put in, in the order of its vocabulary, within its bounds,
 * and that no byte from the wire reaches it unprintable.
 */
#include "../../parsers/fact.h"
#include "../../parsers/text.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))

static void
test_every_name_has_one_meaning(void **state)
{
    (void)state;
    for (int k = FACT_NONE + 1; k < FACT_KIND_COUNT; k++)
        assert_int_equal(fact_kind_of(fact_kind_name((enum fact_kind)k)), k);
    for (int k = KEY_NONE + 1; k < KEY_COUNT; k++)
        assert_int_equal(fact_key_of(fact_key_name((enum fact_key)k)), k);
    assert_null(fact_kind_name(FACT_NONE));
    assert_null(fact_kind_name(FACT_KIND_COUNT));
    assert_null(fact_key_name(KEY_COUNT));
    assert_int_equal(fact_kind_of("log-in"), FACT_NONE);
    assert_int_equal(fact_key_of("device"), KEY_NONE);
    assert_string_equal(fact_key_name(KEY_DEVICE_HOST_NAME), "device.host-name");
    assert_string_equal(fact_key_name(KEY_SOFTWARE_CLIENT), "software.client");
    assert_string_equal(fact_kind_name(FACT_SESSION_OPEN), "session-open");
}

static void
test_values_come_back_in_order(void **state)
{
    struct fact f;
    struct fact_value value;
    struct in6_addr a;
    unsigned cursor = 0;
    int64_t number;

    (void)state;
    assert_int_equal(inet_pton(AF_INET6, "::ffff:192.0.2.1", &a), 1);
    fact_begin(&f, FACT_LOGIN);
    fact_number(&f, KEY_BYTES, -5);
    fact_address(&f, KEY_OUTSIDE, &a);
    fact_flag(&f, KEY_INFERRED);
    fact_word(&f, KEY_ACCOUNT, "jdoe");
    fact_word(&f, KEY_ACCOUNT, "second"); /* the first wins */
    fact_word(&f, KEY_OUTSIDE, "not an address key");
    fact_text(&f, KEY_REALM, "", 0);
    fact_text(&f, KEY_REASON, "\0\0", 2);

    assert_true(fact_next(&f, &cursor, &value) && value.key == KEY_ACCOUNT);
    assert_string_equal(value.text, "jdoe");
    assert_true(fact_next(&f, &cursor, &value) && value.key == KEY_INFERRED);
    assert_int_equal(value.type, FACT_TYPE_FLAG);
    assert_true(fact_next(&f, &cursor, &value) && value.key == KEY_OUTSIDE);
    assert_memory_equal(&value.address, &a, sizeof(a));
    assert_true(fact_next(&f, &cursor, &value) && value.key == KEY_BYTES);
    assert_int_equal(value.number, -5);
    assert_false(fact_next(&f, &cursor, &value));

    assert_true(fact_is(&f, KEY_ACCOUNT, "jdoe"));
    assert_false(fact_is(&f, KEY_ACCOUNT, "jdo"));
    assert_null(fact_get_text(&f, KEY_BYTES));
    assert_true(fact_get_number(&f, KEY_BYTES, &number) && number == -5);
    assert_false(fact_get_number(&f, KEY_PORT, &number));
    assert_false(fact_has(&f, KEY_REALM));
    assert_false(f.overflowed);
}

static void
test_equal_facts_are_equal_bytes(void **state)
{
    struct fact a, b;

    (void)state;
    memset(&a, 0xaa, sizeof(a));
    memset(&b, 0x55, sizeof(b));
    fact_begin(&a, FACT_NAME);
    fact_begin(&b, FACT_NAME);
    fact_word(&a, KEY_NAME, "example.org");
    fact_word(&b, KEY_NAME, "example.org");
    assert_memory_equal(&a, &b, sizeof(a));
}

static void
test_fill_adds_only_what_lacks(void **state)
{
    struct fact request, answer;

    (void)state;
    fact_begin(&request, FACT_LOGIN);
    fact_word(&request, KEY_ACCOUNT, "jdoe");
    fact_word(&request, KEY_RESULT, "attempt");
    fact_begin(&answer, FACT_LOGIN);
    fact_word(&answer, KEY_RESULT, "success");
    fact_fill(&answer, &request);
    assert_true(fact_is(&answer, KEY_ACCOUNT, "jdoe"));
    assert_true(fact_is(&answer, KEY_RESULT, "success"));
}

static void
test_overflow_is_said_and_harmless(void **state)
{
    struct fact f;
    char longest[FACT_TEXT_MAX + 50];
    unsigned cursor = 0, kept = 0;
    struct fact_value value;

    (void)state;
    memset(longest, 'x', sizeof(longest));
    fact_begin(&f, FACT_LOGIN);
    for (int k = KEY_NONE + 1; k < KEY_COUNT; k++)
        fact_text(&f, (enum fact_key)k, longest, sizeof(longest));
    assert_true(f.overflowed);
    while (fact_next(&f, &cursor, &value)) {
        assert_int_equal(strlen(value.text), FACT_TEXT_MAX);
        kept++;
    }
    assert_int_equal(kept, FACT_BYTES / (FACT_TEXT_MAX + 3));
}

/* Ill-formed examples are those of the Unicode standard 15.0, section 3.9, tables 3-8 to 3-11. */
static const struct {
    const char *name, *wire;
    size_t n;
    const char *clean;
} texts[] = {
    { "plain", "j.doe", 5, "j.doe" },
    { "two bytes", "\xc3\xa9", 2, "\xc3\xa9" },
    { "Korean", "\xea\xb9\x80", 3, "\xea\xb9\x80" },
    { "four bytes", "\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80" },
    { "trailing NULs", "abc\0\0", 5, "abc" },
    { "inner NUL", "a\0b", 3, "a\\x00b" },
    { "line feed", "a\nb", 3, "a\\x0ab" },
    { "escape", "\x1b[31m", 5, "\\x1b[31m" },
    { "DEL", "a\x7f", 2, "a\\x7f" },
    { "C1", "\xc2\x9b", 2, "\\u{009b}" },
    { "right-to-left override",
        "a\xe2\x80\xae"
        "b",
        5, "a\\u{202e}b" },
    { "isolate", "\xe2\x81\xa6", 3, "\\u{2066}" },
    { "byte order mark", "\xef\xbb\xbfx", 4, "\\u{feff}x" },
    { "non-character", "\xef\xbf\xbf", 3, "\\u{ffff}" },
    { "Latin-1", "caf\xe9", 4, "caf\xef\xbf\xbd" },
    { "table 3-8: non-shortest forms", "\xc0\xaf\xe0\x80\xbf\xf0\x81\x82\x41", 9,
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef"
        "\xbf\xbd"
        "A" },
    { "table 3-9: surrogates", "\xed\xa0\x80\xed\xbf\xbf\xed\xaf\x41", 9,
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef"
        "\xbf\xbd"
        "A" },
    { "table 3-10: beyond U+10FFFF", "\xf4\x91\x92\x93\xff\x41\x80\xbf\x42", 9,
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
        "A\xef\xbf\xbd\xef\xbf\xbd"
        "B" },
    { "table 3-11: truncated", "\xe1\x80\xe2\xf0\x91\x92\xf1\xbf\x41", 9,
        "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
        "A" },
};

static void
test_text_is_printable_and_stays_so(void **state)
{
    char once[64], twice[64];

    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        size_t n = text_clean(once, sizeof(once), texts[i].wire, texts[i].n);

        if (strcmp(once, texts[i].clean) != 0)
            fail_msg("%s: got %s", texts[i].name, once);
        assert_int_equal(n, strlen(once));
        text_clean(twice, sizeof(twice), once, n);
        assert_string_equal(once, twice);
    }
}

static void
test_text_is_cut_at_a_character(void **state)
{
    char out[4];

    (void)state;
    assert_int_equal(text_clean(out, 4, "\xc3\xa9\xc3\xa9", 4), 2);
    assert_int_equal(text_clean(out, 4, "abcdef", 6), 3);
    assert_int_equal(text_clean(out, 4, "\n", 1), 0); /* an escape is whole or not there */
    assert_int_equal(text_clean(out, 1, "abc", 3), 0);
}

static const struct {
    const char *text, *address; /* NULL: no endpoint */
} endpoints[] = {
    { "192.0.2.7", "::ffff:192.0.2.7" },
    { "192.0.2.7:4500", "::ffff:192.0.2.7" },
    { "192.0.2.7/443", "::ffff:192.0.2.7" },
    { "192.0.2.7(1024)", "::ffff:192.0.2.7" },
    { "2001:db8::7", "2001:db8::7" },
    { "[2001:db8::7]", "2001:db8::7" },
    { "[2001:db8::7]:1194", "2001:db8::7" },
    { "fe80::1%eth0", "fe80::1" },
    { "192.0.2.7:65536", NULL },
    { "192.0.2.7:", NULL },
    { "192.0.2", NULL },
    { "192.0.2.256", NULL },
    { "192.0.2.7(1024)x", NULL },
    { "00-11-22-33-44-55", NULL },
    { "", NULL },
    { "[]", NULL },
    { "%", NULL },
};

static void
test_addresses_are_read_whole_or_not(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(endpoints); i++) {
        struct in6_addr got, want;
        bool ok = text_to_endpoint(text_of(endpoints[i].text), &got);

        if (ok != (endpoints[i].address != NULL))
            fail_msg("%s: %d", endpoints[i].text, ok);
        if (!ok)
            continue;
        assert_int_equal(inet_pton(AF_INET6, endpoints[i].address, &want), 1);
        if (memcmp(&got, &want, sizeof(got)) != 0)
            fail_msg("%s", endpoints[i].text);
    }
}

static void
test_macs_in_every_notation(void **state)
{
    static const char *const good[] = { "00:1a:2B:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001a.2b3c.4d5e",
        "001a2b-3c4d5e", "001a2b3c4d5e", "001a-2b3c-4d5e" };
    static const char *const bad[] = { "", "00:1a:2b:3c:4d", "00:1a:2b:3c:4d:5e:6f",
        "00:1a-2b:3c:4d:5e", "00:1a:2b:3c:4d:5g", "12125551234567", "0:1a:2b:3c:4d:5e" };
    char mac[TEXT_MAC_SIZE];

    (void)state;
    for (size_t i = 0; i < COUNT(good); i++) {
        assert_true(text_to_mac(text_of(good[i]), mac));
        assert_string_equal(mac, "00:1a:2b:3c:4d:5e");
    }
    for (size_t i = 0; i < COUNT(bad); i++)
        assert_false(text_to_mac(text_of(bad[i]), mac));
}

static void
test_pieces(void **state)
{
    struct rd t = text_of("a, b, c"), piece;

    (void)state;
    assert_true(text_take_until(&t, ", ", &piece) && text_equals(&piece, "a"));
    assert_true(text_take(&t, "b"));
    assert_false(text_take_until(&t, ";", &piece));
    assert_true(text_equals(&t, ", c"));
    t = text_of("x IP y IP z");
    assert_true(text_take_until_last(&t, " IP ", &piece) && text_equals(&piece, "x IP y"));
    assert_true(text_equals_nocase(&t, "Z"));
    t = text_trim(text_of(" \t x \r\n"));
    assert_true(text_equals(&t, "x"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_name_has_one_meaning),
        cmocka_unit_test(test_values_come_back_in_order),
        cmocka_unit_test(test_equal_facts_are_equal_bytes),
        cmocka_unit_test(test_fill_adds_only_what_lacks),
        cmocka_unit_test(test_overflow_is_said_and_harmless),
        cmocka_unit_test(test_text_is_printable_and_stays_so),
        cmocka_unit_test(test_text_is_cut_at_a_character),
        cmocka_unit_test(test_addresses_are_read_whole_or_not),
        cmocka_unit_test(test_macs_in_every_notation),
        cmocka_unit_test(test_pieces),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
