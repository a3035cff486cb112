/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blocks of detectors: one each, zeroed, of one size, bounded. */
/* links: sensor/memory.c */
#include "../../sensor/memory.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

static void
a_detector_has_one_block_of_its_own(void **state)
{
    static const unsigned char zeroes[40] = { 0 };
    struct memory *list = NULL;
    unsigned char *one = memory_take(&list, "one", 40), *two;

    (void)state;
    assert_non_null(one);
    assert_memory_equal(one, zeroes, 40);
    memset(one, 7, 40);
    two = memory_take(&list, "two", 8);
    assert_memory_equal(two, zeroes, 8);
    assert_ptr_equal(memory_take(&list, "one", 40), one);
    assert_ptr_equal(memory_find(&list, "one"), one);
    assert_ptr_equal(memory_find(&list, "two"), two);
    assert_int_equal(one[39], 7);
    memory_free(&list);
    assert_null(list);
}

static void
what_does_not_fit_is_refused(void **state)
{
    struct memory *list = NULL;

    (void)state;
    assert_null(memory_find(&list, "one"));
    assert_null(memory_take(&list, "one", 0));
    assert_null(memory_take(&list, "one", MEMORY_BLOCK_MOST + 1));
    assert_null(list);
    assert_non_null(memory_take(&list, "one", MEMORY_BLOCK_MOST));
    assert_null(memory_take(&list, "one", 8)); /* another size */
    memory_free(&list);
}

static void
blocks_hold_any_type(void **state)
{
    struct memory *list = NULL;

    (void)state;
    assert_int_equal((uintptr_t)memory_take(&list, "one", 8) % _Alignof(max_align_t), 0);
    memory_free(&list);
}

struct inner {
    uint16_t half;
    char text[3];
};
struct block {
    int64_t whole;
    double real;
    bool flag;
    struct inner parts[2];
    unsigned small;
};
static const struct memory_field inner_fields[] = {
    MEMORY_NUMBER(struct inner, half),
    MEMORY_BYTES(struct inner, text),
    MEMORY_END,
};
static const struct memory_field fields[] = {
    MEMORY_NUMBER(struct block, whole),
    MEMORY_NUMBER(struct block, real),
    MEMORY_BYTES(struct block, flag),
    MEMORY_EACH(struct block, parts, inner_fields),
    MEMORY_NUMBER(struct block, small),
    MEMORY_END,
};

static void
numbers_are_turned_round_and_nothing_else(void **state)
{
    struct block b = { .whole = 0x0102030405060708,
        .real = 1.5,
        .flag = true,
        .parts = { { 0x0102, "ab" }, { 0x0304, "cd" } },
        .small = 0x01020304 };
    struct block before = b;

    (void)state;
    memory_reverse(&b, fields);
    assert_true(b.whole == 0x0807060504030201);
    assert_true(b.small == 0x04030201);
    assert_int_equal(b.parts[0].half, 0x0201);
    assert_int_equal(b.parts[1].half, 0x0403);
    assert_string_equal(b.parts[1].text, "cd");
    assert_true(b.flag);
    memory_reverse(&b, fields);
    assert_memory_equal(&b, &before, sizeof b);
    memory_order(&b, fields);
    assert_int_equal(((const uint8_t *)&b.small)[0], 4); /* the lowest octet first */
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_detector_has_one_block_of_its_own),
        cmocka_unit_test(what_does_not_fit_is_refused),
        cmocka_unit_test(blocks_hold_any_type),
        cmocka_unit_test(numbers_are_turned_round_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
