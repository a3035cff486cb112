/* SPDX-License-Identifier: BSD-2-Clause */
/* links: */
/* The writer agrees with printf() where there is room, and keeps within its room where there is
 * not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../../parsers/wr.h"
#include <cmocka.h>

static void
test_as_printf(void **state)
{
    static const uint64_t values[] = { 0, 7, 9, 10, 255, 65535, UINT32_MAX, UINT64_MAX };
    char text[128], expected[128];

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        struct wr w = wr_of(text, sizeof text);

        wr_word(&w, "a:");
        wr_decimal(&w, values[i]);
        wr_char(&w, ',');
        wr_hex(&w, values[i], 16);
        wr_hex(&w, values[i], 2);
        snprintf(expected, sizeof expected, "a:%llu,%016llx%02x", (unsigned long long)values[i],
            (unsigned long long)values[i], (unsigned)(values[i] & 0xff));
        assert_string_equal(text, expected);
    }
}

static void
test_room(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 12; size++) {
        char text[16];
        struct wr w;

        memset(text, '#', sizeof text);
        w = wr_of(text, size);
        wr_word(&w, "ab");
        wr_decimal(&w, 1234);
        wr_hex(&w, 0xbeef, 4);
        assert_int_equal(strlen(text), size - 1 < 10 ? size - 1 : 10);
        assert_memory_equal(text, "ab1234beef", strlen(text));
        assert_int_equal(text[size], '#');
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_as_printf),
        cmocka_unit_test(test_room),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
