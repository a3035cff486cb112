/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/timestamp.c sensor/address.c parsers/text.c */
/* Times and addresses as text: expected texts from date(1), RFC 3339 and RFC 5952. */
#include "../../sensor/address.h"
#include "../../sensor/timestamp.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

static const struct {
    const char *name;
    int64_t time_us;
    const char *text;
} times[] = {
    { "epoch", 0, "1970-01-01T00:00:00.000000Z" },
    { "with microseconds", INT64_C(1697551402123456), "2023-10-17T14:03:22.123456Z" },
    { "leap day", INT64_C(951782400000000), "2000-02-29T00:00:00.000000Z" },
    { "last of a century", INT64_C(4102444799999999), "2099-12-31T23:59:59.999999Z" },
    { "before the epoch", -1, "1969-12-31T23:59:59.999999Z" },
    { "end of a signed 32-bit clock", INT64_C(2147483647000000), "2038-01-19T03:14:07.000000Z" },
    { "end of an unsigned one", INT64_C(4294967295000000), "2106-02-07T06:28:15.000000Z" },
    { "first", INT64_C(-62167219200000000), "0000-01-01T00:00:00.000000Z" },
    { "last", INT64_C(253402300799999999), "9999-12-31T23:59:59.999999Z" },
};

static void
prints_and_parses(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(times) / sizeof(*times); i++) {
        char text[TIMESTAMP_SIZE];
        int64_t back = 0;

        timestamp_print(text, times[i].time_us);
        assert_string_equal(text, times[i].text);
        assert_true(timestamp_parse(text, strlen(text), &back));
        assert_int_equal(back, times[i].time_us);
    }
}

static void
hostile_times_are_held_to_the_calendar(void **state)
{
    char text[TIMESTAMP_SIZE];

    (void)state;
    timestamp_print(text, INT64_MAX);
    assert_string_equal(text, "9999-12-31T23:59:59.999999Z");
    timestamp_print(text, INT64_MIN);
    assert_string_equal(text, "0000-01-01T00:00:00.000000Z");
}

static void
refuses_what_is_no_time(void **state)
{
    static const char *const bad[] = { "", "2023-10-17", "2023-10-17T14:03:22Z",
        "2023-10-17T14:03:22.123456+", "2023-02-29T00:00:00.000000Z", "2023-13-01T00:00:00.000000Z",
        "2023-00-01T00:00:00.000000Z", "2023-01-00T00:00:00.000000Z", "2023-01-01T24:00:00.000000Z",
        "2023-01-01T23:60:00.000000Z", "2016-12-31T23:59:60.000000Z", "2023-01-01 00:00:00.000000Z",
        "-023-01-01T00:00:00.000000Z", "2023-04-31T00:00:00.000000Z",
        "1900-02-29T00:00:00.000000Z" };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        int64_t untouched = 7;

        assert_false(timestamp_parse(bad[i], strlen(bad[i]), &untouched));
        assert_int_equal(untouched, 7);
    }
}

static void
addresses_come_back(void **state)
{
    static const char *const texts[] = { "0.0.0.0", "255.255.255.255", "192.0.2.10", "10.9.100.1",
        "::", "::1", "2001:db8::1", "fe80::1:0:0:1", "64:ff9b::c000:20a" };

    (void)state;
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
        struct in6_addr address;
        char text[ADDRESS_SIZE];

        assert_true(address_parse(texts[i], &address));
        assert_int_equal(address_print(text, &address), strlen(texts[i]));
        assert_string_equal(text, texts[i]);
    }
    assert_false(address_parse("1.2.3", &(struct in6_addr){ 0 }));
    assert_false(address_parse("1.2.3.4 ", &(struct in6_addr){ 0 }));
    assert_false(address_parse("", &(struct in6_addr){ 0 }));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(prints_and_parses),
        cmocka_unit_test(hostile_times_are_held_to_the_calendar),
        cmocka_unit_test(refuses_what_is_no_time),
        cmocka_unit_test(addresses_come_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
