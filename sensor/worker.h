/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A thread that runs some of the shards of a replay, between a ring of packets and a ring of
 * observations.
 *
 * The dealer's side gives packets, ticks and marks in ascending order; the worker says up to which
 * order it is done, so that the dealer can merge the observations of all workers by order and emit
 * each as soon as nobody can still come before it.
 */
#ifndef SENSOR_WORKER_H
#define SENSOR_WORKER_H

#include "queue.h"
#include "shard.h"

struct worker;

/* The worker's index among `workers`; it owns shards[i] for i % workers == index (borrowed until
 * worker_join()). NULL when memory or threads are short. */
struct worker *worker_start(
    struct shard *const *shards, uint32_t shard_count, unsigned index, unsigned workers);

/* The dealer's. False when the ring has no room now: worker_wait_room(), and again. */
bool worker_give_packet(struct worker *w, const struct shard_packet *p);
/* A packet that all its shards are to hear. */
bool worker_give_heard(struct worker *w, const struct shard_packet *p);
bool worker_give_tick(struct worker *w, uint64_t order, int64_t clock_us);
/* All that is at or below `order` has been given to whom it belongs. */
bool worker_give_mark(struct worker *w, uint64_t order);
bool worker_give_finish(struct worker *w, uint64_t order, int64_t clock_us);
void worker_publish(struct worker *w);
/* Waits a moment at most, since the worker may itself wait for its observations to be taken. */
void worker_wait_room(struct worker *w);

/* The next observation, or NULL with *done = the order up to which none will come any more. */
const struct emission *worker_peek(struct worker *w, uint64_t *done);
void worker_next(struct worker *w);
void worker_release(struct worker *w);
/* Blocks until there is an observation or the worker finished. */
void worker_wait(struct worker *w);

/* Where a shard of this worker emits to. */
void worker_emit(void *worker, const struct emission *e);

/* Says that nothing will come, to a worker that was given nothing. */
void worker_abandon(struct worker *w);
/* Waits for its end. Only after worker_give_finish() or worker_abandon(). */
void worker_join(struct worker *w);

#endif
