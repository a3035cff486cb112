/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Positions only grow; a record that would wrap is preceded by a filler. Each side keeps a private
 * copy of the other's position and looks at the shared one only when that does not suffice. Who
 * waits says so in a flag before it looks for the last time; who publishes looks at the flag after
 * it wrote: with sequentially consistent atomics one of the two sees the other.
 */
#include "queue.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#define ALIGN 16u
#define FILLER UINT64_MAX
#define MS_NS 1000000L
#define S_NS 1000000000L
#define LINE 64 /* bytes of a cache line: the two sides share none */

struct record {
    uint64_t size; /* of the payload; FILLER = go on at the ring's start */
    uint64_t unused;
};

struct queue {
    uint8_t *ring;
    size_t size;
    /* writer's */
    _Alignas(LINE) size_t write_at;
    size_t read_seen;
    /* reader's */
    _Alignas(LINE) size_t read_at;
    size_t write_seen;
    /* shared */
    _Alignas(LINE) _Atomic size_t written;
    _Alignas(LINE) _Atomic size_t released;
    _Alignas(LINE) _Atomic bool is_finished;
    _Atomic bool reader_waits, writer_waits;
    pthread_mutex_t lock;
    pthread_cond_t wake_reader, wake_writer;
};

static size_t
record_bytes(size_t n)
{
    return sizeof(struct record) + ((n + ALIGN - 1) & ~(size_t)(ALIGN - 1));
}

static struct record *
record_at(struct queue *q, size_t position)
{
    return (struct record *)(void *)(q->ring + (position & (q->size - 1)));
}

static bool
has_room(struct queue *q, size_t bytes)
{
    if (q->size - (q->write_at - q->read_seen) >= bytes)
        return true;
    q->read_seen = atomic_load(&q->released);
    return q->size - (q->write_at - q->read_seen) >= bytes;
}

void *
queue_reserve(struct queue *q, size_t n)
{
    size_t bytes = record_bytes(n), to_end = q->size - (q->write_at & (q->size - 1));
    struct record *r;

    if (!has_room(q, to_end < bytes ? to_end + bytes : bytes))
        return NULL;
    if (to_end < bytes) {
        record_at(q, q->write_at)->size = FILLER;
        q->write_at += to_end;
    }
    r = record_at(q, q->write_at);
    r->size = n;
    q->write_at += bytes;
    return r + 1;
}

static void
wake(struct queue *q, _Atomic bool *waits, pthread_cond_t *condition)
{
    if (!atomic_load(waits))
        return;
    pthread_mutex_lock(&q->lock);
    pthread_cond_signal(condition);
    pthread_mutex_unlock(&q->lock);
}

void
queue_publish(struct queue *q)
{
    atomic_store(&q->written, q->write_at);
    wake(q, &q->reader_waits, &q->wake_reader);
}

void
queue_wait_room(struct queue *q, int timeout_ms)
{
    size_t seen = q->read_seen;
    struct timespec until;

    queue_publish(q);
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += timeout_ms / 1000;
    until.tv_nsec += timeout_ms % 1000 * MS_NS;
    if (until.tv_nsec >= S_NS) {
        until.tv_nsec -= S_NS;
        until.tv_sec++;
    }
    pthread_mutex_lock(&q->lock);
    atomic_store(&q->writer_waits, true);
    while (atomic_load(&q->released) == seen) {
        if (timeout_ms < 0)
            pthread_cond_wait(&q->wake_writer, &q->lock);
        else if (pthread_cond_timedwait(&q->wake_writer, &q->lock, &until) != 0)
            break;
    }
    atomic_store(&q->writer_waits, false);
    pthread_mutex_unlock(&q->lock);
}

void
queue_finish(struct queue *q)
{
    queue_publish(q);
    atomic_store(&q->is_finished, true);
    pthread_mutex_lock(&q->lock);
    pthread_cond_signal(&q->wake_reader);
    pthread_mutex_unlock(&q->lock);
}

const void *
queue_peek(struct queue *q, size_t *n)
{
    struct record *r;

    for (;;) {
        if (q->read_at == q->write_seen) {
            q->write_seen = atomic_load(&q->written);
            if (q->read_at == q->write_seen)
                return NULL;
        }
        r = record_at(q, q->read_at);
        if (r->size != FILLER)
            break;
        q->read_at += q->size - (q->read_at & (q->size - 1));
    }
    *n = r->size;
    return r + 1;
}

void
queue_next(struct queue *q)
{
    q->read_at += record_bytes(record_at(q, q->read_at)->size);
}

void
queue_release(struct queue *q)
{
    if (atomic_load_explicit(&q->released, memory_order_relaxed) == q->read_at)
        return;
    atomic_store(&q->released, q->read_at);
    wake(q, &q->writer_waits, &q->wake_writer);
}

bool
queue_wait(struct queue *q)
{
    size_t n;

    queue_release(q);
    if (queue_peek(q, &n) != NULL)
        return true;
    pthread_mutex_lock(&q->lock);
    atomic_store(&q->reader_waits, true);
    while (atomic_load(&q->written) == q->write_seen && !atomic_load(&q->is_finished))
        pthread_cond_wait(&q->wake_reader, &q->lock);
    atomic_store(&q->reader_waits, false);
    pthread_mutex_unlock(&q->lock);
    return queue_peek(q, &n) != NULL;
}

struct queue *
queue_open(size_t bytes)
{
    struct queue *q = aligned_alloc(LINE, sizeof *q);
    size_t size = LINE;

    if (q == NULL)
        return NULL;
    *q = (struct queue){ 0 };
    while (size < bytes)
        size *= 2;
    q->size = size;
    q->ring = aligned_alloc(LINE, size);
    if (q->ring == NULL) {
        free(q);
        return NULL;
    }
    pthread_mutex_init(&q->lock, NULL);
    pthread_cond_init(&q->wake_reader, NULL);
    pthread_cond_init(&q->wake_writer, NULL);
    return q;
}

void
queue_close(struct queue *q)
{
    if (q == NULL)
        return;
    pthread_cond_destroy(&q->wake_writer);
    pthread_cond_destroy(&q->wake_reader);
    pthread_mutex_destroy(&q->lock);
    free(q->ring);
    free(q);
}
