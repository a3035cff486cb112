/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/activity.c parsers/fact.c parsers/text.c */
/* Proves which seconds and minutes are told of a window, what becomes of window bounds and clocks
 * that run back, and that what is told reads back. Expected values are counted by hand. */
#include "../../sensor/activity.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define S INT64_C(1000000)
#define START (1700000400 * S) /* a multiple of ten minutes */

static void
test_bins(void **state)
{
    struct activity a = { 0 };
    struct fact f;
    int64_t start;

    (void)state;
    activity_add(&a, 0, 1000, START);
    activity_add(&a, 0, 500, START + 3 * S);
    activity_add(&a, 1, 499, START + 9 * S);
    activity_add(&a, 1, 25000, START + 61 * S);
    fact_begin(&f, FACT_ACTIVITY);
    activity_fact(&a, &f);
    assert_true(fact_get_number(&f, KEY_BINS_START, &start));
    assert_int_equal(start, 1700000400);
    assert_string_equal(fact_get_text(&f, KEY_BINS_OUT), "90");              /* seconds 0 and 3 */
    assert_string_equal(fact_get_text(&f, KEY_BINS_IN), "0040000000000004"); /* 9 and 61 */
    assert_string_equal(fact_get_text(&f, KEY_BINS_PACKETS_OUT), "02");
    assert_string_equal(fact_get_text(&f, KEY_BINS_PACKETS_IN), "0101");
    assert_string_equal(fact_get_text(&f, KEY_BINS_KILOBYTES), "0119"); /* 1999 and 25000 bytes */
}

static void
test_a_window_ends(void **state)
{
    struct activity a = { 0 };
    struct fact f;

    (void)state;
    assert_false(activity_is_over(&a, START));
    activity_add(&a, 0, 1, START + 599 * S);
    assert_false(activity_is_over(&a, START + 600 * S - 1));
    assert_true(activity_is_over(&a, START + 600 * S));
    activity_turn(&a);
    assert_false(activity_is_over(&a, START + 600 * S));
    fact_begin(&f, FACT_ACTIVITY);
    activity_fact(&a, &f);
    assert_false(fact_has(&f, KEY_BINS_START));
    activity_add(&a, 0, 1, START + 602 * S);
    activity_fact(&a, &f);
    assert_string_equal(fact_get_text(&f, KEY_BINS_OUT), "20");
}

static void
test_a_clock_that_runs_back(void **state)
{
    struct activity a = { 0 };
    struct fact f;

    (void)state;
    activity_add(&a, 0, 1, START);
    activity_add(&a, 0, 1, START - S);
    activity_add(&a, 0, 1, -S);
    fact_begin(&f, FACT_ACTIVITY);
    activity_fact(&a, &f);
    assert_string_equal(fact_get_text(&f, KEY_BINS_OUT), "80");
    assert_string_equal(fact_get_text(&f, KEY_BINS_PACKETS_OUT), "01");
    assert_false(fact_has(&f, KEY_GAPS_COUNT));
}

static void
test_gaps_go_on_over_windows(void **state)
{
    struct activity a = { 0 }, read;
    struct activity_gaps gaps;
    struct fact f;

    (void)state;
    activity_add(&a, 0, 1, START + 590 * S);
    activity_turn(&a);
    activity_add(&a, 0, 1, START + 602 * S); /* 12 s */
    activity_add(&a, 1, 1, START + 603 * S); /* the server's are none */
    activity_add(&a, 0, 1, START + 610 * S); /* 8 s */
    fact_begin(&f, FACT_ACTIVITY);
    activity_fact(&a, &f);
    assert_true(activity_read(&f, &read, &gaps));
    assert_int_equal(gaps.count, 2);
    assert_int_equal(gaps.mean_us, 10 * S);
    assert_int_equal(gaps.deviation_us, 2 * S);
    assert_int_equal(gaps.longest_us, 12 * S);
}

static void
test_it_reads_back(void **state)
{
    struct activity a = { 0 }, read;
    struct activity_gaps gaps;
    struct fact f;

    (void)state;
    for (unsigned i = 0; i < ACTIVITY_WINDOW_S; i += 7)
        for (unsigned n = 0; n < i % 3; n++)
            activity_add(&a, i & 1, 3000, START + i * S);
    for (unsigned n = 0; n < 300; n++)
        activity_add(&a, 0, 3000, START + 599 * S);
    fact_begin(&f, FACT_ACTIVITY);
    activity_fact(&a, &f);
    assert_false(f.overflowed);
    assert_true(activity_read(&f, &read, &gaps));
    assert_int_equal(read.window, a.window);
    assert_memory_equal(read.seconds, a.seconds, sizeof a.seconds);
    assert_memory_equal(read.packets, a.packets, sizeof a.packets);
    assert_int_equal(read.packets[0][9], ACTIVITY_PACKETS_MAX);
    assert_int_equal(read.bytes[9], 255000); /* so many or more */
}

static const struct {
    const char *name, *out;
    int64_t start;
} bad[] = {
    { "not at a window's start", "80", 1700000401 },
    { "before 1970", "80", -600 },
    { "no digits", "8g", 1700000400 },
    { "half an octet", "800", 1700000400 },
    { "too long",
        "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000000000",
        1700000400 },
    { "later than microseconds can say", "80", INT64_MAX / 600 * 600 },
};

static void
test_bins_that_are_none(void **state)
{
    struct activity a;
    struct activity_gaps gaps;
    struct fact f;

    (void)state;
    fact_begin(&f, FACT_ACTIVITY);
    assert_false(activity_read(&f, &a, &gaps));
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        fact_begin(&f, FACT_ACTIVITY);
        fact_number(&f, KEY_BINS_START, bad[i].start);
        fact_text(&f, KEY_BINS_OUT, bad[i].out, strlen(bad[i].out));
        if (activity_read(&f, &a, &gaps))
            fail_msg("%s: read", bad[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_bins),
        cmocka_unit_test(test_a_window_ends),
        cmocka_unit_test(test_a_clock_that_runs_back),
        cmocka_unit_test(test_gaps_go_on_over_windows),
        cmocka_unit_test(test_it_reads_back),
        cmocka_unit_test(test_bins_that_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
