/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table behind flow.h: finding, making, ageing and ending flows. What a packet changes in its
 * flow stands in flow_track.c.
 *
 * Linear probing with backward-shift deletion: no tombstones, so that look-ups stay short however
 * long the sensor runs. The load is kept at or under one half.
 */
#include "flow.h"
#include "flow_track.h"
#include <stdlib.h>

#define CHUNK_FLOWS 1024u /* slots are allocated this many at a time: small replays stay small */
#define FIRST_BUCKETS 2048u
#define CACHE_LINE 64
#define SHARD_BITS 4
#define HASH_A 0xa0761d6478bd642fULL /* odd constants of full weight for the multiply-fold mix */
#define HASH_B 0xe7037ed1a0b428dbULL
#define HASH_C 0x8ebc6af09c88c6e3ULL
#define ACTIVITY_SHIFT 20      /* the order of activity is kept to 2^20 us: about a second */
#define REUSE_IDLE_US 60000000 /* a SYN with another number after this silence is a new flow */

struct bucket {
    uint32_t hash, index; /* index FLOW_NONE = empty */
};

struct list {
    uint32_t oldest, newest;
};

struct flow_table {
    struct bucket *buckets;
    uint32_t mask, used, limit;
    struct flow **chunks;
    uint32_t chunk_count, chunk_limit;
    uint32_t free; /* chain of free slots through `newer` */
    struct list lists[FLOW_CLASS_COUNT];
    struct flow_table_request request;
    struct flow_counts counts;
};

/* The lowest bits chose the shard, so they are the same for all that is in here. */
static inline uint32_t
home(const struct flow_table *t, uint32_t hash)
{
    return hash >> SHARD_BITS & t->mask;
}

static inline uint64_t
mix(uint64_t a, uint64_t b)
{
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
hash_end(const struct in6_addr *address, uint16_t port, uint64_t seed)
{
    uint64_t half[2];

    memcpy(half, address, sizeof half);
    return mix(half[0] ^ HASH_A ^ port, half[1] ^ HASH_B ^ seed);
}

uint32_t
flow_hash(const struct packet *p, uint64_t seed)
{
    bool has_ports = flow_has_ports(p->protocol);
    uint64_t a = hash_end(&p->source, has_ports ? p->source_port : 0, seed);
    uint64_t b = hash_end(&p->destination, has_ports ? p->destination_port : 0, seed);

    return (uint32_t)mix((a + b) ^ HASH_C, (uint64_t)p->encapsulation << 8 ^ p->protocol ^ HASH_A);
}

uint64_t
flow_id(const struct flow *f)
{
    uint64_t id = hash_end(&f->address[0], f->port[0], 0);

    id = mix(id ^ HASH_C, hash_end(&f->address[1], f->port[1], 0));
    id = mix(id ^ HASH_A, (uint64_t)f->encapsulation << 8 ^ f->protocol ^ HASH_B);
    return mix(id ^ (uint64_t)f->first_us, HASH_C);
}

static inline struct flow *
slot(const struct flow_table *t, uint32_t index)
{
    return &t->chunks[index / CHUNK_FLOWS][index % CHUNK_FLOWS];
}

static void
list_remove(struct flow_table *t, struct flow *f)
{
    struct list *l = &t->lists[f->list];

    *(f->older == FLOW_NONE ? &l->oldest : &slot(t, f->older)->newer) = f->newer;
    *(f->newer == FLOW_NONE ? &l->newest : &slot(t, f->newer)->older) = f->older;
}

static void
list_append(struct flow_table *t, struct flow *f, uint32_t index)
{
    struct list *l = &t->lists[f->list];

    f->older = l->newest;
    f->newer = FLOW_NONE;
    *(l->newest == FLOW_NONE ? &l->oldest : &slot(t, l->newest)->newer) = index;
    l->newest = index;
}

/* The bucket of a flow known to be there. */
static uint32_t
bucket_of(const struct flow_table *t, uint32_t hash, uint32_t index)
{
    uint32_t at = home(t, hash);

    while (t->buckets[at].index != index)
        at = (at + 1) & t->mask;
    return at;
}

static void
bucket_delete(struct flow_table *t, uint32_t hole)
{
    uint32_t at = hole;

    for (;;) {
        at = (at + 1) & t->mask;
        if (t->buckets[at].index == FLOW_NONE)
            break;
        if (((at - home(t, t->buckets[at].hash)) & t->mask) >= ((at - hole) & t->mask)) {
            t->buckets[hole] = t->buckets[at];
            hole = at;
        }
    }
    t->buckets[hole].index = FLOW_NONE;
    t->used--;
}

static void
flow_end(struct flow_table *t, uint32_t index)
{
    struct flow *f = slot(t, index);

    if (f->packets[FLOW_CLIENT] == 0 || f->packets[FLOW_SERVER] == 0)
        t->counts.one_way++;
    if (t->request.ended != NULL)
        t->request.ended(t->request.context, f);
    list_remove(t, f);
    bucket_delete(t, bucket_of(t, f->hash, index));
    f->newer = t->free;
    t->free = index;
}

/* The least recently active of all classes. */
static void
evict_oldest(struct flow_table *t)
{
    uint32_t victim = FLOW_NONE;

    for (unsigned i = 0; i < FLOW_CLASS_COUNT; i++) {
        uint32_t head = t->lists[i].oldest;

        if (head != FLOW_NONE &&
            (victim == FLOW_NONE || slot(t, head)->last_us < slot(t, victim)->last_us))
            victim = head;
    }
    if (victim == FLOW_NONE)
        return;
    t->counts.evicted++;
    flow_end(t, victim);
}

static bool
buckets_grow(struct flow_table *t)
{
    uint32_t size = t->buckets == NULL ? FIRST_BUCKETS : (t->mask + 1) * 2;
    struct bucket *to = calloc(size, sizeof *to);

    if (to == NULL)
        return false;
    for (uint32_t i = 0; i < size; i++)
        to[i].index = FLOW_NONE;
    for (uint32_t i = 0; t->buckets != NULL && i <= t->mask; i++) {
        uint32_t at = (t->buckets[i].hash >> SHARD_BITS) & (size - 1);

        if (t->buckets[i].index == FLOW_NONE)
            continue;
        while (to[at].index != FLOW_NONE)
            at = (at + 1) & (size - 1);
        to[at] = t->buckets[i];
    }
    free(t->buckets);
    t->buckets = to;
    t->mask = size - 1;
    return true;
}

static bool
chunk_add(struct flow_table *t)
{
    struct flow *chunk;

    if (t->chunk_count == t->chunk_limit)
        return false;
    chunk = calloc(CHUNK_FLOWS, sizeof *chunk);
    if (chunk == NULL)
        return false;
    t->chunks[t->chunk_count] = chunk;
    for (uint32_t i = CHUNK_FLOWS; i-- > 0;) {
        chunk[i].newer = t->free;
        t->free = t->chunk_count * CHUNK_FLOWS + i;
    }
    t->chunk_count++;
    return true;
}

/* A free slot; at the limit, or when memory is short, the oldest flow's. */
static uint32_t
slot_take(struct flow_table *t)
{
    uint32_t index;

    if (t->used >= t->limit || (t->free == FLOW_NONE && !chunk_add(t)))
        evict_oldest(t);
    if (t->used * 2 > t->mask && !buckets_grow(t) && t->used >= t->mask)
        return FLOW_NONE;
    index = t->free;
    if (index != FLOW_NONE)
        t->free = slot(t, index)->newer;
    return index;
}

/* In no list yet: its first packet decides in which. */
static uint32_t
flow_make(struct flow_table *t, const struct packet *p, uint32_t hash, int64_t time_us)
{
    uint32_t index = slot_take(t), at;
    struct flow *f;

    if (index == FLOW_NONE)
        return FLOW_NONE;
    f = slot(t, index);
    memset(f, 0, sizeof *f);
    flow_begin(f, p, time_us);
    f->hash = hash;
    if (t->request.begun != NULL)
        t->request.begun(t->request.context, f, p);
    for (at = home(t, hash); t->buckets[at].index != FLOW_NONE;)
        at = (at + 1) & t->mask;
    t->buckets[at] = (struct bucket){ .hash = hash, .index = index };
    t->used++;
    t->counts.flows++;
    return index;
}

static uint32_t
find(const struct flow_table *t, const struct packet *p, uint32_t hash, unsigned *direction)
{
    for (uint32_t at = home(t, hash); t->buckets[at].index != FLOW_NONE; at = (at + 1) & t->mask)
        if (t->buckets[at].hash == hash &&
            flow_matches(slot(t, t->buckets[at].index), p, direction))
            return t->buckets[at].index;
    return FLOW_NONE;
}

void
flow_table_prefetch(const struct flow_table *t, uint32_t hash)
{
    __builtin_prefetch(&t->buckets[home(t, hash)]);
}

void
flow_table_prefetch_flow(const struct flow_table *t, uint32_t hash)
{
    const struct bucket *b = &t->buckets[home(t, hash)];
    const char *f;

    if (b->index == FLOW_NONE)
        return;
    f = (const char *)slot(t, b->index);
    for (size_t at = 0; at < sizeof(struct flow); at += CACHE_LINE)
        __builtin_prefetch(f + at, 1);
}

struct flow *
flow_table_update(struct flow_table *t, const struct packet *p, uint32_t hash, int64_t time_us,
    uint32_t wire_bytes, unsigned *direction)
{
    uint32_t index = find(t, p, hash, direction);
    struct flow *f = index == FLOW_NONE ? NULL : slot(t, index);
    int64_t last_us;

    if (f != NULL && flow_is_superseded(f, p, *direction, time_us, REUSE_IDLE_US)) {
        flow_end(t, index);
        f = NULL;
    }
    if (f == NULL) {
        index = flow_make(t, p, hash, time_us);
        if (index == FLOW_NONE)
            return NULL;
        f = slot(t, index);
        (void)flow_matches(f, p, direction);
        flow_track(f, p, *direction, time_us, wire_bytes);
        f->list = (uint8_t)flow_class_of(f);
        list_append(t, f, index);
        return f;
    }
    last_us = f->last_us;
    flow_track(f, p, *direction, time_us, wire_bytes);
    if (f->list != flow_class_of(f) || f->last_us >> ACTIVITY_SHIFT != last_us >> ACTIVITY_SHIFT) {
        list_remove(t, f);
        f->list = (uint8_t)flow_class_of(f);
        list_append(t, f, index);
    }
    return f;
}

void
flow_table_expire(struct flow_table *t, int64_t now_us)
{
    for (unsigned i = 0; i < FLOW_CLASS_COUNT; i++)
        while (t->lists[i].oldest != FLOW_NONE &&
               slot(t, t->lists[i].oldest)->last_us + t->request.timeouts.us[i] <= now_us)
            flow_end(t, t->lists[i].oldest);
}

void
flow_table_get_counts(const struct flow_table *t, struct flow_counts *out)
{
    *out = t->counts;
}

struct flow_table *
flow_table_open(const struct flow_table_request *request)
{
    struct flow_table *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->request = *request;
    t->limit = request->limit == 0 ? 1 : request->limit;
    t->chunk_limit = (t->limit + CHUNK_FLOWS - 1) / CHUNK_FLOWS;
    t->chunks = calloc(t->chunk_limit, sizeof(struct flow *));
    t->free = FLOW_NONE;
    for (unsigned i = 0; i < FLOW_CLASS_COUNT; i++)
        t->lists[i] = (struct list){ .oldest = FLOW_NONE, .newest = FLOW_NONE };
    if (t->chunks == NULL || !buckets_grow(t)) {
        flow_table_close(t);
        return NULL;
    }
    return t;
}

void
flow_table_end_all(struct flow_table *t)
{
    for (unsigned i = 0; i < FLOW_CLASS_COUNT; i++)
        while (t->lists[i].oldest != FLOW_NONE)
            flow_end(t, t->lists[i].oldest);
}

void
flow_table_close(struct flow_table *t)
{
    if (t == NULL)
        return;
    if (t->buckets != NULL)
        flow_table_end_all(t);
    for (uint32_t i = 0; i < t->chunk_count; i++)
        free(t->chunks[i]);
    free(t->chunks);
    free(t->buckets);
    free(t);
}
