/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Packets are copied into the ring once, header fields already decoded; their pointers are set to
 * the copy, so the worker uses them where they lie.
 */
#include "worker.h"
#include "capture.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

/* Thousands of packets; the largest takes a quarter. */
#define PACKET_RING_BYTES ((size_t)1 << 20)
#define EMISSION_RING_BYTES ((size_t)1 << 18)
#define WAIT_ROOM_MS 1
#define MAC_BYTES 6
#define ALL_DONE UINT64_MAX

enum deal_kind { DEAL_PACKET, DEAL_HEARD, DEAL_TICK, DEAL_MARK, DEAL_FINISH };

/* Every record of the packet ring begins so; a packet's goes on. */
struct deal {
    enum deal_kind kind;
    uint64_t order;
    int64_t clock_us;
};

struct deal_packet {
    struct deal deal;
    struct shard_packet packet;
    uint8_t macs[2][MAC_BYTES];
    uint8_t bytes[];
};

struct worker {
    struct shard *const *shards;
    uint32_t shard_count;
    unsigned index, workers;
    struct queue *in, *out;
    _Atomic uint64_t done;
    uint64_t marked; /* the dealer's: the last order given */
    pthread_t thread;
};

static const uint8_t *
moved(const uint8_t *p, const uint8_t *from, uint32_t captured, const uint8_t *to)
{
    return p != NULL && p >= from && p <= from + captured ? to + (p - from) : NULL;
}

static const uint8_t *
copied_mac(const uint8_t *mac, uint8_t *to)
{
    return mac == NULL ? NULL : memcpy(to, mac, MAC_BYTES);
}

static bool
give_copy(struct worker *w, enum deal_kind kind, const struct shard_packet *p)
{
    const struct packet *from = &p->packet;
    bool is_ip = from->ip != NULL;
    const uint8_t *start = is_ip ? from->ip : from->link_payload.p;
    uint32_t n = is_ip ? from->ip_captured : (uint32_t)rd_left(&from->link_payload);
    struct deal_packet *d = queue_reserve(w->in, sizeof *d + n);
    struct packet *to;

    if (d == NULL)
        return false;
    d->deal.kind = kind;
    d->deal.order = w->marked = p->seen.order;
    d->packet = *p;
    memcpy(d->bytes, start, n);
    to = &d->packet.packet;
    to->ip = moved(from->ip, start, n, d->bytes);
    to->payload = moved(from->payload, start, n, d->bytes);
    to->transport = moved(from->transport, start, n, d->bytes);
    to->link_payload = rd_of(d->bytes, is_ip ? 0 : n);
    to->source_mac = copied_mac(from->source_mac, d->macs[0]);
    to->destination_mac = copied_mac(from->destination_mac, d->macs[1]);
    return true;
}

bool
worker_give_packet(struct worker *w, const struct shard_packet *p)
{
    return give_copy(w, DEAL_PACKET, p);
}

bool
worker_give_heard(struct worker *w, const struct shard_packet *p)
{
    return give_copy(w, DEAL_HEARD, p);
}

static bool
give(struct worker *w, enum deal_kind kind, uint64_t order, int64_t clock_us)
{
    struct deal *d = queue_reserve(w->in, sizeof *d);

    if (d == NULL)
        return false;
    *d = (struct deal){ .kind = kind, .order = order, .clock_us = clock_us };
    w->marked = order;
    return true;
}

bool
worker_give_tick(struct worker *w, uint64_t order, int64_t clock_us)
{
    return give(w, DEAL_TICK, order, clock_us);
}

bool
worker_give_mark(struct worker *w, uint64_t order)
{
    return w->marked >= order || give(w, DEAL_MARK, order, 0);
}

bool
worker_give_finish(struct worker *w, uint64_t order, int64_t clock_us)
{
    if (!give(w, DEAL_FINISH, order, clock_us))
        return false;
    queue_finish(w->in);
    return true;
}

void
worker_abandon(struct worker *w)
{
    queue_finish(w->in);
}

void
worker_publish(struct worker *w)
{
    queue_publish(w->in);
}

void
worker_wait_room(struct worker *w)
{
    queue_wait_room(w->in, WAIT_ROOM_MS);
}

/* `done` is read first: what was told up to it is then visible. */
const struct emission *
worker_peek(struct worker *w, uint64_t *done)
{
    size_t n;

    *done = atomic_load(&w->done);
    return queue_peek(w->out, &n);
}

void
worker_next(struct worker *w)
{
    queue_next(w->out);
}

void
worker_release(struct worker *w)
{
    queue_release(w->out);
}

void
worker_wait(struct worker *w)
{
    (void)queue_wait(w->out);
}

void
worker_emit(void *worker, const struct emission *e)
{
    struct worker *w = worker;
    size_t n = emission_size(e);
    void *room;

    while ((room = queue_reserve(w->out, n)) == NULL)
        queue_wait_room(w->out, -1);
    memcpy(room, e, n);
}

static void
each_shard(const struct worker *w, const struct deal *d)
{
    for (uint32_t i = w->index; i < w->shard_count; i += w->workers) {
        if (d->kind == DEAL_HEARD)
            shard_hear(w->shards[i], &((const struct deal_packet *)(const void *)d)->packet);
        else if (d->kind == DEAL_TICK)
            shard_tick(w->shards[i], d->order, d->clock_us);
        else if (d->kind == DEAL_FINISH)
            shard_finish(w->shards[i], d->order, d->clock_us);
    }
}

/* Works off one batch: packets up to the next record of another kind. */
static void
work(struct worker *w)
{
    const struct shard_packet *batch[CAPTURE_BATCH];
    const struct deal *other = NULL;
    unsigned count = 0;
    uint64_t order = 0;
    size_t n;

    while (count < CAPTURE_BATCH) {
        const struct deal *d = queue_peek(w->in, &n);

        if (d == NULL)
            break;
        order = d->order;
        queue_next(w->in);
        if (d->kind != DEAL_PACKET) {
            other = d;
            break;
        }
        batch[count++] = &((const struct deal_packet *)(const void *)d)->packet;
    }
    shards_take(w->shards, w->shard_count, batch, count);
    if (other != NULL)
        each_shard(w, other);
    queue_publish(w->out);
    atomic_store(&w->done, order);
    queue_release(w->in);
}

static void *
worker_run(void *context)
{
    struct worker *w = context;

    while (queue_wait(w->in))
        work(w);
    atomic_store(&w->done, ALL_DONE);
    queue_finish(w->out);
    return NULL;
}

static void
worker_free(struct worker *w)
{
    queue_close(w->in);
    queue_close(w->out);
    free(w);
}

struct worker *
worker_start(struct shard *const *shards, uint32_t shard_count, unsigned index, unsigned workers)
{
    struct worker *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    w->shards = shards;
    w->shard_count = shard_count;
    w->index = index;
    w->workers = workers;
    w->in = queue_open(PACKET_RING_BYTES);
    w->out = queue_open(EMISSION_RING_BYTES);
    if (w->in == NULL || w->out == NULL || pthread_create(&w->thread, NULL, worker_run, w) != 0) {
        worker_free(w);
        return NULL;
    }
    return w;
}

void
worker_join(struct worker *w)
{
    if (w == NULL)
        return;
    pthread_join(w->thread, NULL);
    worker_free(w);
}
