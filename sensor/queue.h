/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A bounded ring of records between two threads: one writes, one reads.
 *
 * No lock and no system call while neither side waits. Records are contiguous and aligned to 16
 * bytes; the writer's become visible at queue_publish(), the reader's room at queue_release(), so
 * that both can work in batches.
 */
#ifndef SENSOR_QUEUE_H
#define SENSOR_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct queue;

/* `bytes` is rounded up to a power of two. NULL when memory is short. */
struct queue *queue_open(size_t bytes);

/* Writer. Room for a record of n bytes (n well below half of the ring), or NULL when there is
 * none now. The record counts once queue_publish() follows. */
void *queue_reserve(struct queue *q, size_t n);
void queue_publish(struct queue *q);
/* Waits until the reader made room, at most timeout_ms (< 0 = as long as it takes). Publishes
 * first. */
void queue_wait_room(struct queue *q, int timeout_ms);
/* Publishes and says that nothing more will come. */
void queue_finish(struct queue *q);

/* Reader. The next published record and its size, or NULL when there is none now. */
const void *queue_peek(struct queue *q, size_t *n);
/* Steps behind the record that queue_peek() returned; it stays valid until queue_release(). */
void queue_next(struct queue *q);
void queue_release(struct queue *q);
/* Waits for a record. False when the writer finished and all is read. Releases first. */
bool queue_wait(struct queue *q);

void queue_close(struct queue *q);

#endif
