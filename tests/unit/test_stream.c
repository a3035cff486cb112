/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/stream.c */
/* Streams: whatever order segments come in, the taker reads the bytes that were sent, once and in
 * order, or nothing behind a hole. */
#include "../../sensor/stream.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

struct reader {
    char got[256];
    size_t count, least; /* takes only when at least `least` bytes are there */
    bool stops, resyncs;
    size_t passes; /* so many more behind what it takes, once */
    struct stream *stream;
};

static size_t
take(void *context, const uint8_t *bytes, size_t n)
{
    struct reader *r = context;

    size_t passes = r->passes;

    if (n < r->least)
        return 0;
    if (r->stream != NULL && r->stream->after_gap) {
        if (!r->resyncs)
            return STREAM_STOP;
        r->stream->after_gap = false;
        r->got[r->count++] = '|';
    }
    memcpy(r->got + r->count, bytes, n);
    r->count += n;
    r->passes = 0;
    return r->stops ? STREAM_STOP : n + passes;
}

struct part {
    uint32_t seq;
    const char *text;
    uint32_t cut; /* bytes that the capture left out */
};

static const struct {
    const char *name;
    struct part parts[6];
    size_t least;
    const char *expected;
    enum stream_result end;
    bool resyncs;
    size_t passes;
    uint32_t acknowledged; /* by the receiver at the end; 0 = nothing */
} cases[] = {
    { "in order", { { 1, "abc", 0 }, { 4, "def", 0 } }, 0, "abcdef", .end = STREAM_GOING },
    { "held until the hole is filled", { { 1, "abc", 0 }, { 7, "ghi", 0 }, { 4, "def", 0 } }, 0,
        "abcdefghi", .end = STREAM_GOING },
    { "three out of order", { { 1, "a", 0 }, { 4, "d", 0 }, { 3, "c", 0 }, { 2, "b", 0 } }, 0,
        "abcd", .end = STREAM_GOING },
    { "retransmission", { { 1, "abc", 0 }, { 1, "abc", 0 }, { 4, "d", 0 } }, 0, "abcd",
        .end = STREAM_GOING },
    { "overlap: the first wins", { { 1, "abc", 0 }, { 2, "XXd", 0 } }, 0, "abcd",
        .end = STREAM_GOING },
    { "overlap of what is held", { { 1, "a", 0 }, { 3, "cd", 0 }, { 2, "bXe", 0 } }, 0, "abXe",
        .end = STREAM_GOING },
    { "what is held comes again with more behind it",
        { { 1, "a", 0 }, { 3, "c", 0 }, { 3, "Xde", 0 }, { 4, "d", 0 }, { 2, "b", 0 } }, 0, "abcde",
        .end = STREAM_GOING },
    { "nothing behind a hole", { { 1, "abc", 0 }, { 5, "efg", 0 } }, 0, "abc",
        .end = STREAM_GOING },
    { "what the taker leaves comes again", { { 1, "ab", 0 }, { 3, "cd", 0 } }, 4, "abcd",
        .end = STREAM_GOING },
    { "bytes cut by the capture are a gap, and this taker stops there",
        { { 1, "abc", 3 }, { 7, "ghi", 0 } }, 0, "abc", .end = STREAM_DONE },
    { "another goes on behind them", { { 1, "abc", 3 }, { 7, "ghi", 0 } }, 0, "abc|ghi",
        .end = STREAM_GOING, .resyncs = true },
    { "a hole waits", { { 1, "abc", 0 }, { 7, "ghi", 0 } }, 0, "abc", .end = STREAM_GOING,
        .resyncs = true },
    { "until the receiver has it", { { 1, "abc", 0 }, { 7, "ghi", 0 } }, 0, "abc|ghi",
        .end = STREAM_GOING, .resyncs = true, .acknowledged = 10 },
    { "not by acknowledging what is before the hole", { { 1, "abc", 0 }, { 7, "ghi", 0 } }, 0,
        "abc", .end = STREAM_GOING, .resyncs = true, .acknowledged = 4 },
    { "half a message before a hole is gone",
        { { 1, "abcd", 0 }, { 5, "e", 0 }, { 8, "ghijk", 0 } }, 5, "abcde|ghijk",
        .end = STREAM_GOING, .resyncs = true, .acknowledged = 9 },
    { "what is passed over is not read", { { 1, "abc", 0 }, { 4, "def", 0 }, { 7, "ghi", 0 } }, 0,
        "abcfghi", .end = STREAM_GOING, .passes = 2 },
    { "and may be missing", { { 1, "abc", 0 }, { 7, "ghi", 0 } }, 0, "abcghi", .end = STREAM_GOING,
        .passes = 3 },
    { "or come late, or cut", { { 1, "abc", 0 }, { 8, "hi", 0 }, { 4, "d", 2 }, { 7, "g", 0 } }, 0,
        "abcghi", .end = STREAM_GOING, .passes = 3 },
    { "a segment from another life ends it", { { 1, "abc", 0 }, { 1000000, "x", 0 } }, 0, "abc",
        .end = STREAM_LOST },
    { "sequence numbers wrap", { { 0xfffffffe, "ab", 0 }, { 0, "cd", 0 } }, 0, "abcd",
        .end = STREAM_GOING },
};

static void
test_orders(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct stream_pool *pool = stream_pool_open(1 << 20, 4096);
        struct stream_pair *pair = stream_pair_take(pool);
        struct reader reader = { .least = cases[i].least,
            .resyncs = cases[i].resyncs,
            .passes = cases[i].passes,
            .stream = &pair->way[0] };
        enum stream_result result = STREAM_GOING;

        for (const struct part *p = cases[i].parts; p->text != NULL && result == STREAM_GOING;
             p++) {
            struct stream_segment segment = { .seq = p->seq, .data = (const uint8_t *)p->text };

            segment.captured = (uint32_t)strlen(p->text);
            segment.length = segment.captured + p->cut;
            result = stream_add(pool, &pair->way[0], &segment, take, &reader);
        }
        if (cases[i].acknowledged != 0)
            result = stream_acknowledged(pool, &pair->way[0], cases[i].acknowledged, take, &reader);
        if (strcmp(reader.got, cases[i].expected) != 0 || result != cases[i].end)
            fail_msg("%s: got \"%s\", result %d", cases[i].name, reader.got, result);
        stream_pair_free(pool, pair);
        assert_int_equal(stream_pool_used(pool), 0);
        stream_pool_close(pool);
    }
}

static void
test_bounds(void **state)
{
    struct stream_pool *pool = stream_pool_open(64 << 10, 8192);
    struct stream_pair *pair = stream_pair_take(pool);
    struct reader reader = { .least = SIZE_MAX };
    static const uint8_t bytes[1000];
    enum stream_result result = STREAM_GOING;
    unsigned segments = 0;
    struct stream_counts counts;

    (void)state;
    while (result == STREAM_GOING && segments < 100) {
        struct stream_segment segment = { .seq = segments * 1000, .data = bytes };

        segment.captured = segment.length = sizeof bytes;
        result = stream_add(pool, &pair->way[0], &segment, take, &reader);
        segments++;
    }
    assert_int_equal(result, STREAM_LOST);
    assert_int_equal(segments, 9); /* 8 fit into the limit of 8,192 bytes */
    stream_pool_get_counts(pool, &counts);
    assert_int_equal(counts.full, 1);
    stream_pair_free(pool, pair);
    stream_pool_close(pool);
}

static void
test_pool_budget(void **state)
{
    struct stream_pool *pool = stream_pool_open(2 * sizeof(struct stream_pair), 8192);
    struct stream_pair *a = stream_pair_take(pool), *b = stream_pair_take(pool);

    (void)state;
    assert_non_null(a);
    assert_non_null(b);
    assert_null(stream_pair_take(pool));
    stream_pair_free(pool, a);
    assert_non_null(a = stream_pair_take(pool));
    stream_pair_free(pool, a);
    stream_pair_free(pool, b);
    stream_pool_close(pool);
}

static void
test_taker_stops(void **state)
{
    struct stream_pool *pool = stream_pool_open(1 << 20, 4096);
    struct stream_pair *pair = stream_pair_take(pool);
    struct reader reader = { .stops = true };
    struct stream_segment segment = {
        .seq = 1, .data = (const uint8_t *)"abc", .captured = 3, .length = 3
    };

    (void)state;
    assert_int_equal(stream_add(pool, &pair->way[1], &segment, take, &reader), STREAM_DONE);
    stream_pair_free(pool, pair);
    stream_pool_close(pool);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_orders),
        cmocka_unit_test(test_bounds),
        cmocka_unit_test(test_pool_budget),
        cmocka_unit_test(test_taker_stops),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
