/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/lag.c parsers/fact.c parsers/text.c */
/* Proves which delays count, and which of them is the one that a twentieth stays below. */
#include "../../sensor/lag.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MS INT64_C(1000)
#define START INT64_C(1700000000000000)

static int64_t
value(const struct lag *l, enum fact_key key)
{
    struct fact f;
    int64_t n = -1;

    fact_begin(&f, FACT_SESSION_UPDATE);
    lag_fact(l, &f);
    (void)fact_get_number(&f, key, &n);
    return n;
}

static void
test_each_output_is_answered_once(void **state)
{
    struct lag l = { 0 };

    (void)state;
    assert_int_equal(value(&l, KEY_INPUT_LAG_COUNT), -1);
    lag_add(&l, false, START); /* nothing was shown yet */
    lag_add(&l, true, START);
    lag_add(&l, true, START + 100 * MS);
    lag_add(&l, false, START + 135 * MS);
    lag_add(&l, false, START + 136 * MS);
    assert_int_equal(value(&l, KEY_INPUT_LAG_COUNT), 1);
    assert_int_equal(value(&l, KEY_INPUT_LAG_P5_US), 30 * MS);
    lag_add(&l, true, START + 200 * MS);
    lag_add(&l, false, START + 199 * MS); /* a clock that ran back */
    assert_int_equal(value(&l, KEY_INPUT_LAG_COUNT), 1);
}

static void
test_a_twentieth(void **state)
{
    struct lag l = { 0 };
    int64_t at = START;

    (void)state;
    for (unsigned i = 0; i < 100; i++) {
        lag_add(&l, true, at);
        lag_add(&l, false, at + (i < 5 ? 20 : 300) * MS); /* five of a hundred are quicker */
        at += 1000 * MS;
    }
    assert_int_equal(value(&l, KEY_INPUT_LAG_P5_US), 300 * MS);
    lag_add(&l, true, at);
    lag_add(&l, false, at + 20 * MS);
    assert_int_equal(value(&l, KEY_INPUT_LAG_P5_US), 20 * MS);
}

static void
test_minutes_of_thought(void **state)
{
    struct lag l = { 0 };

    (void)state;
    lag_add(&l, true, START);
    lag_add(&l, false, START + 60000 * MS);
    assert_int_equal(value(&l, KEY_INPUT_LAG_P5_US), 630 * MS);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_output_is_answered_once),
        cmocka_unit_test(test_a_twentieth),
        cmocka_unit_test(test_minutes_of_thought),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
