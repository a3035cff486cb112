/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/queue.c */
/* The ring between two threads: every record arrives once, whole and in order, however the sides
 * run against each other; room is bounded. */
#include "../../sensor/queue.h"
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define RECORDS 200000u

static void *
write_records(void *context)
{
    struct queue *q = context;

    for (uint32_t i = 0; i < RECORDS; i++) {
        size_t n = sizeof i + i % 300;
        uint8_t *room;

        while ((room = queue_reserve(q, n)) == NULL)
            queue_wait_room(q, i % 2 == 0 ? -1 : 1);
        memcpy(room, &i, sizeof i);
        memset(room + sizeof i, (uint8_t)i, n - sizeof i);
        if (i % 64 == 0)
            queue_publish(q);
    }
    queue_finish(q);
    return NULL;
}

static void
test_two_threads(void **state)
{
    struct queue *q = queue_open(4096);
    pthread_t writer;
    uint32_t expected = 0;

    (void)state;
    assert_int_equal(pthread_create(&writer, NULL, write_records, q), 0);
    while (queue_wait(q)) {
        const uint8_t *record;
        size_t n;

        while ((record = queue_peek(q, &n)) != NULL) {
            uint32_t i;

            memcpy(&i, record, sizeof i);
            assert_int_equal(i, expected);
            assert_int_equal(n, sizeof i + i % 300);
            if (n > sizeof i)
                assert_int_equal(record[n - 1], (uint8_t)i);
            expected++;
            queue_next(q);
            if (i % 7 == 0)
                queue_release(q);
        }
    }
    pthread_join(writer, NULL);
    assert_int_equal(expected, RECORDS);
    queue_close(q);
}

static void
test_full_ring_refuses(void **state)
{
    struct queue *q = queue_open(1024);
    unsigned count = 0;
    size_t n;

    (void)state;
    while (queue_reserve(q, 48) != NULL)
        count++;
    assert_int_equal(count, 1024 / 64);
    assert_null(queue_peek(q, &n)); /* not published yet */
    queue_publish(q);
    assert_non_null(queue_peek(q, &n));
    assert_int_equal(n, 48);
    queue_next(q);
    assert_null(queue_reserve(q, 48)); /* not released yet */
    queue_release(q);
    assert_non_null(queue_reserve(q, 48));
    queue_finish(q);
    queue_close(q);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_two_threads),
        cmocka_unit_test(test_full_ring_refuses),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
