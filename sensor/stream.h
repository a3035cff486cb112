/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bytes of one direction of a TCP connection in order, as far as parsers want them.
 *
 * In-order data is handed to the taker where it lies in the packet; only what the taker leaves, and
 * segments that came too early, are copied, into blocks of a pool with one byte budget. Where two
 * segments overlap the first one wins (RFC 9293 leaves it open; a receiver that keeps the second
 * sees other bytes than we do, so overlaps are counted). Bytes that the taker does not want (the
 * body of a large message) are passed over without being kept, and may be missing. Behind a hole
 * that is never filled the taker is told so, and decides whether it can go on.
 */
#ifndef SENSOR_STREAM_H
#define SENSOR_STREAM_H

#include "../parsers/parser.h"

struct stream_pool;
struct stream_block;

struct stream {
    uint32_t first, next; /* sequence numbers: of its first byte, of what comes next */
    bool is_started;
    bool is_passing; /* no byte from `next` on was seen yet: the taker passed over what is before */
    bool is_read;    /* the taker's own: a message of this direction was read */
    bool after_gap;  /* bytes are missing before the unread ones; the taker clears it */
    struct stream_block *unread; /* in order, left by the taker */
    struct stream_block *held;   /* came early; ascending */
    uint32_t held_bytes;
    uint32_t passed;   /* while passing: what comes next of what the taker passed over */
    uint32_t disorder; /* segments that came early, twice or overlapping others, and gaps */
};

struct stream_pair {
    struct stream way[2];
    /* of whoever reads them: */
    union parse_state state;
    uint8_t state_row; /* the parser that the state belongs to */
    uint8_t switches;
    bool is_chosen, is_done[2];
    bool is_turned; /* the end that was called spoke the client's part */
    uint64_t candidates;
    struct stream_pair *nested;      /* what these streams, or a flow's datagrams, carry */
    struct stream_pair *next_nested; /* the newest first */
    struct parse_nested which;       /* of those that are nested; a key of 0: the only one */
    struct stream_pair *next_free;
};

enum stream_result {
    STREAM_GOING,
    STREAM_DONE, /* the taker wants no more */
    STREAM_LOST, /* another life's bytes, or no room: nothing more will come */
};

#define STREAM_STOP SIZE_MAX
#define STREAM_PASS_MAX (UINT32_C(1) << 30) /* sequence numbers wrap: RFC 9293, 3.4 */

/* All unread bytes so far, in order. Returns how many it took (0 = wait for more; more than there
 * are = so many are passed over, up to STREAM_PASS_MAX), or STREAM_STOP. */
typedef size_t stream_take(void *context, const uint8_t *bytes, size_t n);

struct stream_segment {
    uint32_t seq;
    const uint8_t *data;
    uint32_t captured, length; /* bytes here, bytes on the wire */
};

struct stream_counts {
    uint64_t retransmitted, overlapping, out_of_order, gaps, lost, full;
};

/* `bytes` at most in all blocks and pairs; `limit` at most in one direction. NULL when memory is
 * short. */
struct stream_pool *stream_pool_open(size_t bytes, uint32_t limit);
/* NULL when the budget is spent. */
struct stream_pair *stream_pair_take(struct stream_pool *pool);
/* Gives back all that the pair holds. NULL is nothing. */
void stream_pair_free(struct stream_pool *pool, struct stream_pair *pair);
/* After DONE or LOST the direction holds no memory and must not be given more. The first segment
 * starts the stream unless stream_start() did. */
enum stream_result stream_add(struct stream_pool *pool, struct stream *s,
    const struct stream_segment *segment, stream_take *take, void *context);
void stream_start(struct stream *s, uint32_t seq);
/* The receiver acknowledged all before `ack`: a hole before that will not be filled, the capture
 * missed it. Hands on what was held behind it. */
enum stream_result stream_acknowledged(
    struct stream_pool *pool, struct stream *s, uint32_t ack, stream_take *take, void *context);
void stream_pool_get_counts(const struct stream_pool *pool, struct stream_counts *out);
size_t stream_pool_used(const struct stream_pool *pool);
void stream_pool_close(struct stream_pool *pool);

#endif
