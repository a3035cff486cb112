/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From captured frames to packets that shards take: decoded, copies dropped, fragments put
 * together, hashed, numbered; and the clock that everything behind runs by.
 */
#ifndef SENSOR_READER_H
#define SENSOR_READER_H

#include "capture.h"
#include "shard.h"

struct reader;

struct reader_counts {
    uint64_t packets, bytes;
    uint32_t link_type; /* of the last packet */
    int64_t first_us, last_us;
    uint64_t decode[PACKET_RESULT_COUNT];
    uint64_t duplicates, clock_steps_back, fragments_reassembled, fragments_dropped;
};

enum reader_result {
    READER_NOTHING, /* no packet for a shard: not IP, a copy, a fragment that waits, damaged */
    READER_PACKET,
    READER_BORROWED /* the same, in memory that the next reader_take() may overwrite */
};

/* `seed` keys the flow hash: 0 where runs must repeat. NULL when memory is short. */
struct reader *reader_open(const struct config *config, uint64_t seed);
/* Moves the clock to time_us unless that is in the past. True when a second began: shards are then
 * due a tick with *order and *clock_us. */
bool reader_advance(struct reader *r, int64_t time_us, uint64_t *order, int64_t *clock_us);
enum reader_result reader_take(
    struct reader *r, const struct capture_packet *in, struct shard_packet *out);
/* The number that the end of input takes, and the clock then. */
uint64_t reader_finish(struct reader *r, int64_t *clock_us);
/* The number given last. */
uint64_t reader_order(const struct reader *r);
void reader_get_counts(const struct reader *r, struct reader_counts *out);
void reader_close(struct reader *r);

#endif
