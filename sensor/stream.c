/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Blocks come in powers of two from 1 KiB on and go back to a free list of their size, so that
 * malloc is out of the packet path once the pool has warmed up.
 */
#include "stream.h"
#include <stdlib.h>
#include <string.h>

#define BLOCK_FIRST 1024u     /* bytes, with the header: one ordinary segment needs the next size */
#define BLOCK_SIZES 8u        /* up to 128 KiB */
#define HELD_AHEAD (1u << 18) /* a segment further ahead than this belongs to another life */

struct stream_block {
    struct stream_block *next;
    uint32_t seq, used, room;
    uint8_t size; /* class */
    uint8_t data[];
};

struct stream_pool {
    size_t budget, used;
    uint32_t limit;
    struct stream_block *free_blocks[BLOCK_SIZES];
    struct stream_pair *free_pairs;
    struct stream_counts counts;
};

static struct stream_block *
block_take(struct stream_pool *pool, size_t bytes)
{
    struct stream_block *b;
    unsigned size = 0;

    while (size < BLOCK_SIZES && (BLOCK_FIRST << size) - sizeof *b < bytes)
        size++;
    if (size == BLOCK_SIZES || pool->used + (BLOCK_FIRST << size) > pool->budget)
        return NULL;
    b = pool->free_blocks[size];
    if (b != NULL)
        pool->free_blocks[size] = b->next;
    else if ((b = malloc(BLOCK_FIRST << size)) == NULL)
        return NULL;
    pool->used += BLOCK_FIRST << size;
    b->next = NULL;
    b->used = 0;
    b->size = (uint8_t)size;
    b->room = (uint32_t)((BLOCK_FIRST << size) - sizeof *b);
    return b;
}

static void
block_free(struct stream_pool *pool, struct stream_block *b)
{
    if (b == NULL)
        return;
    pool->used -= BLOCK_FIRST << b->size;
    b->next = pool->free_blocks[b->size];
    pool->free_blocks[b->size] = b;
}

static void
stream_drop(struct stream_pool *pool, struct stream *s)
{
    struct stream_block *next;

    block_free(pool, s->unread);
    s->unread = NULL;
    for (struct stream_block *b = s->held; b != NULL; b = next) {
        next = b->next;
        block_free(pool, b);
    }
    s->held = NULL;
    s->held_bytes = 0;
}

static enum stream_result
stream_end(struct stream_pool *pool, struct stream *s, enum stream_result why)
{
    stream_drop(pool, s);
    if (why == STREAM_LOST)
        pool->counts.lost++;
    return why;
}

/* Room for n more bytes behind what is unread. */
static bool
unread_grow(struct stream_pool *pool, struct stream *s, uint32_t n)
{
    struct stream_block *old = s->unread, *b;
    uint32_t used = old == NULL ? 0 : old->used;

    if (n > pool->limit || used > pool->limit - n)
        return false;
    if (old != NULL && n <= old->room - old->used)
        return true;
    b = block_take(pool, used + n);
    if (b == NULL)
        return false;
    if (old != NULL) {
        memcpy(b->data, old->data, used);
        b->used = used;
        block_free(pool, old);
    }
    s->unread = b;
    return true;
}

/* Behind what was taken more is not wanted. */
static enum stream_result
pass_over(struct stream_pool *pool, struct stream *s, size_t more)
{
    block_free(pool, s->unread);
    s->unread = NULL;
    if (more > STREAM_PASS_MAX)
        return STREAM_LOST;
    s->passed = s->next;
    s->next += (uint32_t)more;
    s->is_passing = more > 0;
    return STREAM_GOING;
}

/* In-order bytes: to the taker, and what it leaves into `unread`. */
static enum stream_result
deliver(struct stream_pool *pool, struct stream *s, const uint8_t *data, uint32_t n,
    stream_take *take, void *context)
{
    size_t taken;

    if (s->unread != NULL) {
        if (!unread_grow(pool, s, n)) {
            pool->counts.full++;
            return STREAM_LOST;
        }
        memcpy(s->unread->data + s->unread->used, data, n);
        s->unread->used += n;
        data = s->unread->data;
        n = s->unread->used;
    }
    taken = take(context, data, n);
    if (taken == STREAM_STOP)
        return STREAM_DONE;
    if (taken >= n)
        return pass_over(pool, s, taken - n);
    if (s->unread != NULL) {
        memmove(s->unread->data, data + taken, n - taken);
        s->unread->used = (uint32_t)(n - taken);
        return STREAM_GOING;
    }
    if (!unread_grow(pool, s, (uint32_t)(n - taken))) {
        pool->counts.full++;
        return STREAM_LOST;
    }
    memcpy(s->unread->data, data + taken, n - taken);
    s->unread->used = (uint32_t)(n - taken);
    return STREAM_GOING;
}

/* Bytes are missing before seq: what was unread is half a message, and gone. */
static void
open_gap(struct stream_pool *pool, struct stream *s, uint32_t seq)
{
    block_free(pool, s->unread);
    s->unread = NULL;
    s->next = seq;
    s->is_passing = false;
    s->after_gap = true;
    s->disorder++;
    pool->counts.gaps++;
}

/* Keeps a segment that came early. One that another holds from its start to its end is a copy. */
static enum stream_result
hold(struct stream_pool *pool, struct stream *s, const struct stream_segment *g)
{
    struct stream_block **at = &s->held, *b;

    s->disorder++;
    for (; *at != NULL && (int32_t)((*at)->seq - g->seq) <= 0; at = &(*at)->next)
        if ((*at)->seq == g->seq && (*at)->used >= g->captured) {
            pool->counts.retransmitted++;
            return STREAM_GOING;
        }
    b = block_take(pool, g->captured);
    if (b == NULL) {
        pool->counts.full++;
        return STREAM_LOST;
    }
    pool->counts.out_of_order++;
    memcpy(b->data, g->data, g->captured);
    b->used = g->captured;
    b->seq = g->seq;
    b->next = *at;
    *at = b;
    s->held_bytes += b->used;
    return STREAM_GOING;
}

/* Whether what comes before `next` is new: the rest of what the taker passed over. */
static bool
is_next_passed(struct stream *s, const struct stream_segment *g)
{
    bool is_next = s->is_passing && g->seq == s->passed;

    if (is_next)
        s->passed += g->length;
    return is_next;
}

/* Takes a segment that starts at or before `next`. */
static enum stream_result
advance(struct stream_pool *pool, struct stream *s, const struct stream_segment *g,
    stream_take *take, void *context)
{
    uint32_t skip = s->next - g->seq, end = g->seq + g->length;
    enum stream_result result = STREAM_GOING;

    s->disorder += skip > 0 && !is_next_passed(s, g);
    if (skip >= g->length) {
        pool->counts.retransmitted += !s->is_passing;
        return STREAM_GOING;
    }
    pool->counts.overlapping += skip > 0 && !s->is_passing;
    s->is_passing = false;
    if (skip < g->captured) {
        s->next += g->captured - skip;
        result = deliver(pool, s, g->data + skip, g->captured - skip, take, context);
    }
    if (s->is_passing && (int32_t)(end - s->passed) > 0) /* the capture cut it */
        s->passed = end;
    if (result == STREAM_GOING && (int32_t)(end - s->next) > 0)
        open_gap(pool, s, end);
    return result;
}

/* Hands on what is held and no longer early. */
static enum stream_result
release(struct stream_pool *pool, struct stream *s, stream_take *take, void *context)
{
    enum stream_result result = STREAM_GOING;

    while (result == STREAM_GOING && s->held != NULL && (int32_t)(s->held->seq - s->next) <= 0) {
        struct stream_block *b = s->held;
        struct stream_segment again = {
            .seq = b->seq, .data = b->data, .captured = b->used, .length = b->used
        };

        s->held = b->next;
        s->held_bytes -= b->used;
        result = advance(pool, s, &again, take, context);
        block_free(pool, b);
    }
    return result == STREAM_GOING ? result : stream_end(pool, s, result);
}

/* A segment that comes early, and may find no room to wait: then the hole before the first that
 * waits is given up. */
static enum stream_result
add_early(struct stream_pool *pool, struct stream *s, const struct stream_segment *g,
    stream_take *take, void *context)
{
    enum stream_result result;

    if (g->seq - s->next > HELD_AHEAD)
        return stream_end(pool, s, STREAM_LOST);
    if (g->captured < g->length) { /* in a capture with cut packets holes are the rule */
        if (s->held != NULL)
            open_gap(pool, s, s->held->seq);
        result = release(pool, s, take, context);
        if (result != STREAM_GOING)
            return result;
        if ((int32_t)(g->seq - s->next) > 0)
            open_gap(pool, s, g->seq);
        result = advance(pool, s, g, take, context);
        return result == STREAM_GOING ? result : stream_end(pool, s, result);
    }
    while (g->captured > pool->limit || s->held_bytes > pool->limit - g->captured) {
        if (s->held == NULL)
            return stream_end(pool, s, STREAM_LOST);
        open_gap(pool, s, s->held->seq);
        result = release(pool, s, take, context);
        if (result != STREAM_GOING)
            return result;
    }
    if ((int32_t)(g->seq - s->next) <= 0)
        result = advance(pool, s, g, take, context);
    else
        result = hold(pool, s, g);
    return result == STREAM_GOING ? result : stream_end(pool, s, result);
}

enum stream_result
stream_add(struct stream_pool *pool, struct stream *s, const struct stream_segment *segment,
    stream_take *take, void *context)
{
    enum stream_result result;

    if (!s->is_started)
        stream_start(s, segment->seq);
    if ((int32_t)(segment->seq - s->next) > 0)
        return add_early(pool, s, segment, take, context);
    result = advance(pool, s, segment, take, context);
    return result == STREAM_GOING ? release(pool, s, take, context) : stream_end(pool, s, result);
}

enum stream_result
stream_acknowledged(
    struct stream_pool *pool, struct stream *s, uint32_t ack, stream_take *take, void *context)
{
    enum stream_result result = STREAM_GOING;

    while (result == STREAM_GOING && s->held != NULL && (int32_t)(ack - s->held->seq) > 0) {
        open_gap(pool, s, s->held->seq);
        result = release(pool, s, take, context);
    }
    return result;
}

void
stream_start(struct stream *s, uint32_t seq)
{
    s->first = s->next = seq;
    s->is_started = true;
}

struct stream_pair *
stream_pair_take(struct stream_pool *pool)
{
    struct stream_pair *pair = pool->free_pairs;

    if (pool->used + sizeof *pair > pool->budget)
        return NULL;
    if (pair != NULL)
        pool->free_pairs = pair->next_free;
    else if ((pair = malloc(sizeof *pair)) == NULL)
        return NULL;
    memset(pair, 0, sizeof *pair);
    pool->used += sizeof *pair;
    return pair;
}

void
stream_pair_free(struct stream_pool *pool, struct stream_pair *pair)
{
    if (pair == NULL)
        return;
    while (pair->nested != NULL) {
        struct stream_pair *next = pair->nested->next_nested;

        stream_pair_free(pool, pair->nested);
        pair->nested = next;
    }
    stream_drop(pool, &pair->way[0]);
    stream_drop(pool, &pair->way[1]);
    pool->used -= sizeof *pair;
    pair->next_free = pool->free_pairs;
    pool->free_pairs = pair;
}

void
stream_pool_get_counts(const struct stream_pool *pool, struct stream_counts *out)
{
    *out = pool->counts;
}

size_t
stream_pool_used(const struct stream_pool *pool)
{
    return pool->used;
}

struct stream_pool *
stream_pool_open(size_t bytes, uint32_t limit)
{
    struct stream_pool *pool = calloc(1, sizeof *pool);

    if (pool != NULL) {
        pool->budget = bytes;
        pool->limit = limit;
    }
    return pool;
}

void
stream_pool_close(struct stream_pool *pool)
{
    struct stream_block *next;
    struct stream_pair *next_pair;

    if (pool == NULL)
        return;
    for (unsigned i = 0; i < BLOCK_SIZES; i++)
        for (struct stream_block *b = pool->free_blocks[i]; b != NULL; b = next) {
            next = b->next;
            free(b);
        }
    for (struct stream_pair *p = pool->free_pairs; p != NULL; p = next_pair) {
        next_pair = p->next_free;
        free(p);
    }
    free(pool);
}
