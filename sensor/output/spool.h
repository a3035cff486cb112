/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Documents that wait while their output is down: a bounded queue, first in, first out, in a file
 * beside the state or, without one, in memory.
 *
 * When it is full the newest is refused: what was seen first explains the rest. A file left by an
 * earlier run is taken up where that run stopped.
 */
#ifndef SENSOR_OUTPUT_SPOOL_H
#define SENSOR_OUTPUT_SPOOL_H

#include "buffer.h"
#include <stdint.h>

#define SPOOL_MEMORY_BYTES (1u << 20)
#define SPOOL_FILE_BYTES (64u << 20)

struct spool;

/* path NULL = in memory. NULL with errno on failure. */
struct spool *spool_open(const char *path);
/* How many documents wait. */
uint64_t spool_get_count(const struct spool *s);
/* False when it is full or the file cannot be written (errno; ENOSPC when full). */
bool spool_add(struct spool *s, const void *bytes, size_t n);
/* The oldest, without taking it; false when there is none. */
bool spool_peek(struct spool *s, struct buffer *out);
/* Takes the oldest. */
void spool_drop(struct spool *s);
/* What waits in a file stays for the next run. */
bool spool_is_kept(const struct spool *s);
void spool_close(struct spool *s);

#endif
