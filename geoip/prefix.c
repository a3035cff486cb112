/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Sorted by start, prefixes nest like brackets: one sweep with a stack of the open ones yields the
 * borders at which the winner changes. IPv4 borders go into a table of 32-bit starts with an index
 * by the first 16 bits, the rest into one of 128-bit starts.
 *
 * Lists come sorted, so the sort is a merge of the runs that are there: a few linear passes.
 */
#include "prefix.h"
#include <assert.h>
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#define ADDRESS_BITS 128
#define V4_PREFIX UINT64_C(0xffff) /* ::ffff:0:0/96 holds IPv4 */
#define V4_INDEX_BITS 16           /* 256 KiB of index: the search behind it spans few borders */
#define V4_INDEX_SIZE ((1u << V4_INDEX_BITS) + 1)
#define FIRST_CAPACITY 1024

struct key {
    uint64_t high, low;
};

struct entry {
    struct key start;
    uint32_t value;
    uint16_t rank;
    uint8_t bits;
};

/* From start to the next border, value wins. */
struct border {
    struct key start;
    uint32_t value;
};

struct prefix_table {
    struct entry *entries; /* until sealed */
    size_t count, capacity;
    bool sealed;

    uint32_t *v4_start, *v4_value, *v4_index; /* index[i]: the last border at or before i << 16 */
    size_t v4_count;
    struct border *v6;
    size_t v6_count;
};

static struct key
key_of(const struct in6_addr *address)
{
    struct key k;

    memcpy(&k.high, address->s6_addr, sizeof k.high);
    memcpy(&k.low, address->s6_addr + sizeof k.high, sizeof k.low);
    return (struct key){ be64toh(k.high), be64toh(k.low) };
}

static bool
key_is_less(struct key a, struct key b)
{
    return a.high != b.high ? a.high < b.high : a.low < b.low;
}

static bool
key_is_v4(struct key k)
{
    return k.high == 0 && k.low >> 32 == V4_PREFIX;
}

/* The bits of the host part, set. */
static struct key
host_mask(unsigned bits)
{
    struct key mask = { 0, 0 };

    if (bits < 64)
        mask.high = UINT64_MAX >> bits;
    if (bits <= 64)
        mask.low = UINT64_MAX;
    else if (bits < ADDRESS_BITS)
        mask.low = UINT64_MAX >> (bits - 64);
    return mask;
}

static struct key
last_of(const struct entry *e)
{
    struct key mask = host_mask(e->bits);

    return (struct key){ e->start.high | mask.high, e->start.low | mask.low };
}

/* Outer prefixes before what they hold; the order of adding is kept among equals. */
static bool
entry_is_after(const struct entry *a, const struct entry *b)
{
    if (key_is_less(a->start, b->start) || key_is_less(b->start, a->start))
        return key_is_less(b->start, a->start);
    return a->bits > b->bits;
}

static size_t
run_end(const struct entry *list, size_t from, size_t count)
{
    size_t i = from + 1;

    while (i < count && !entry_is_after(&list[i - 1], &list[i]))
        i++;
    return i < count ? i : count;
}

static void
merge(const struct entry *list, size_t a, size_t a_end, size_t b_end, struct entry *out)
{
    size_t b = a_end;

    while (a < a_end && b < b_end)
        *out++ = entry_is_after(&list[a], &list[b]) ? list[b++] : list[a++];
    memcpy(out, list + a, (a_end - a) * sizeof *list);
    memcpy(out + (a_end - a), list + b, (b_end - b) * sizeof *list);
}

static int
sort_entries(struct prefix_table *t)
{
    size_t bytes = t->capacity * sizeof *t->entries;
    struct entry *spare = malloc(bytes > 0 ? bytes : 1);

    if (spare == NULL)
        return -1;
    while (t->count > 0 && run_end(t->entries, 0, t->count) < t->count) {
        struct entry *sorted = spare;

        for (size_t at = 0; at < t->count;) {
            size_t middle = run_end(t->entries, at, t->count);
            size_t end = middle < t->count ? run_end(t->entries, middle, t->count) : middle;

            merge(t->entries, at, middle, end, sorted + at);
            at = end;
        }
        spare = t->entries;
        t->entries = sorted;
    }
    free(spare);
    return 0;
}

/* The one that speaks where both hold; inner is nested in outer, or equal and added later. */
static const struct entry *
stronger(const struct entry *outer, const struct entry *inner)
{
    if (outer == NULL || inner->rank > outer->rank)
        return inner;
    return inner->rank == outer->rank && inner->bits > outer->bits ? inner : outer;
}

struct sweep {
    struct {
        struct key last;
        const struct entry *winner;
    } open[ADDRESS_BITS + 1]; /* one a length: equal prefixes share a place */
    unsigned depth;
    struct border *out;
    size_t count;
};

static void
put_border(struct sweep *s, struct key start)
{
    uint32_t value = s->depth > 0 ? s->open[s->depth - 1].winner->value : PREFIX_NONE;

    if (s->count > 0 && !key_is_less(s->out[s->count - 1].start, start))
        s->count--; /* nothing lies between */
    if (s->count == 0 || s->out[s->count - 1].value != value)
        s->out[s->count++] = (struct border){ start, value };
}

static void
close_before(struct sweep *s, const struct key *next)
{
    while (s->depth > 0 && (next == NULL || key_is_less(s->open[s->depth - 1].last, *next))) {
        struct key last = s->open[--s->depth].last;

        if (last.low != UINT64_MAX)
            put_border(s, (struct key){ last.high, last.low + 1 });
        else if (last.high != UINT64_MAX)
            put_border(s, (struct key){ last.high + 1, 0 });
    }
}

static void
sweep_entries(const struct prefix_table *t, struct sweep *s)
{
    for (size_t i = 0; i < t->count; i++) {
        const struct entry *e = &t->entries[i];
        struct key last = last_of(e);
        bool is_same;

        close_before(s, &e->start);
        is_same = i > 0 && e->bits == e[-1].bits && !key_is_less(e[-1].start, e->start);
        if (is_same) {
            s->open[s->depth - 1].winner = stronger(s->open[s->depth - 1].winner, e);
        } else {
            const struct entry *outer = s->depth > 0 ? s->open[s->depth - 1].winner : NULL;

            s->open[s->depth].last = last;
            s->open[s->depth++].winner = stronger(outer, e);
        }
        put_border(s, e->start);
    }
    close_before(s, NULL);
}

static void
index_v4(struct prefix_table *t)
{
    size_t at = 0;

    for (uint32_t i = 0; i < V4_INDEX_SIZE - 1; i++) {
        while (at + 1 < t->v4_count && t->v4_start[at + 1] <= i << (32 - V4_INDEX_BITS))
            at++;
        t->v4_index[i] = (uint32_t)at;
    }
    t->v4_index[V4_INDEX_SIZE - 1] = (uint32_t)(t->v4_count - 1);
}

/* The first border of each table stands at its first address, so that a search always hits. */
static int
split_borders(struct prefix_table *t, const struct border *borders, size_t count)
{
    const struct key v4_first = { 0, V4_PREFIX << 32 };
    const struct key v4_after = { 0, (V4_PREFIX + 1) << 32 };
    uint32_t value = PREFIX_NONE;

    t->v4_start = malloc((count + 1) * sizeof *t->v4_start);
    t->v4_value = malloc((count + 1) * sizeof *t->v4_value);
    t->v4_index = malloc(V4_INDEX_SIZE * sizeof *t->v4_index);
    t->v6 = malloc((count + 2) * sizeof *t->v6);
    if (t->v4_start == NULL || t->v4_value == NULL || t->v4_index == NULL || t->v6 == NULL)
        return -1;
    t->v4_count = 0;
    t->v6[0] = (struct border){ { 0, 0 }, PREFIX_NONE };
    t->v6_count = 1;
    for (size_t i = 0; i <= count; i++) {
        bool is_end = i == count;

        if (t->v4_count == 0 && (is_end || !key_is_less(borders[i].start, v4_first))) {
            t->v4_start[0] = 0;
            t->v4_value[t->v4_count++] = value;
        }
        if (is_end)
            break;
        if (key_is_v4(borders[i].start)) {
            uint32_t start = (uint32_t)borders[i].start.low;
            size_t at = start == 0 ? 0 : t->v4_count++;

            t->v4_start[at] = start;
            t->v4_value[at] = borders[i].value;
        } else {
            if (t->v6[t->v6_count - 1].value != value && !key_is_less(borders[i].start, v4_after))
                t->v6[t->v6_count++] = (struct border){ v4_after, value };
            t->v6[t->v6_count++] = borders[i];
        }
        value = borders[i].value;
    }
    index_v4(t);
    return 0;
}

static uint32_t
find_v4(const struct prefix_table *t, uint32_t address)
{
    size_t low = t->v4_index[address >> (32 - V4_INDEX_BITS)];
    size_t high = t->v4_index[(address >> (32 - V4_INDEX_BITS)) + 1] + 1;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (t->v4_start[middle] <= address)
            low = middle;
        else
            high = middle;
    }
    return t->v4_value[low];
}

static uint32_t
find_v6(const struct prefix_table *t, struct key address)
{
    size_t low = 0, high = t->v6_count;

    while (high - low > 1) {
        size_t middle = low + (high - low) / 2;

        if (key_is_less(address, t->v6[middle].start))
            high = middle;
        else
            low = middle;
    }
    return t->v6[low].value;
}

struct prefix_table *
prefix_new(void)
{
    return calloc(1, sizeof(struct prefix_table));
}

void
prefix_free(struct prefix_table *t)
{
    if (t == NULL)
        return;
    free(t->entries);
    free(t->v4_start);
    free(t->v4_value);
    free(t->v4_index);
    free(t->v6);
    free(t);
}

int
prefix_add(struct prefix_table *t, const struct in6_addr *address, unsigned bits, unsigned rank,
    uint32_t value)
{
    struct key start = key_of(address), mask = host_mask(bits);

    if (t->sealed || bits > ADDRESS_BITS || rank > UINT16_MAX)
        return -1;
    if (t->count == t->capacity) {
        size_t capacity = t->capacity > 0 ? t->capacity * 2 : FIRST_CAPACITY;
        struct entry *grown = realloc(t->entries, capacity * sizeof *grown);

        if (grown == NULL)
            return -1;
        t->entries = grown;
        t->capacity = capacity;
    }
    start.high &= ~mask.high;
    start.low &= ~mask.low;
    t->entries[t->count++] = (struct entry){ start, value, (uint16_t)rank, (uint8_t)bits };
    return 0;
}

int
prefix_seal(struct prefix_table *t)
{
    struct sweep *s;
    int result = -1;

    if (t->sealed)
        return -1;
    if (sort_entries(t) != 0)
        return -1;
    s = calloc(1, sizeof *s);
    if (s == NULL)
        return -1;
    s->out = malloc((2 * t->count + 1) * sizeof *s->out);
    if (s->out != NULL) {
        sweep_entries(t, s);
        result = split_borders(t, s->out, s->count);
    }
    if (result == 0) {
        t->sealed = true;
        free(t->entries);
        t->entries = NULL;
    }
    free(s->out);
    free(s);
    return result;
}

uint32_t
prefix_find(const struct prefix_table *t, const struct in6_addr *address)
{
    struct key k = key_of(address);

    assert(t->sealed);
    return key_is_v4(k) ? find_v4(t, (uint32_t)k.low) : find_v6(t, k);
}
