/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One share of the flows with all that belongs to them: flow table, streams, nDPI module, pairing,
 * sessions, timers.
 *
 * A shard sees packets and ticks in the reader's order and nothing else, no wall clock and no other
 * shard, so that what it tells does not depend on which thread runs it.
 */
#ifndef SENSOR_SHARD_H
#define SENSOR_SHARD_H

#include "flow.h"
#include "observe.h"

/* A packet as the reader deals it. */
struct shard_packet {
    struct evidence seen;
    uint32_t hash; /* flow_hash() */
    uint32_t wire_bytes;
    struct packet packet;
};

struct shard_request {
    uint32_t index;
    uint32_t count; /* of all shards: each takes its part of the limits */
    const struct config *config;
    const struct session_policy *policy; /* NULL: session_policy_default */
    bool (*is_watched)(void *context, const struct in6_addr *address);
    void *watch_context;
    void (*emit)(void *context, const struct emission *e); /* copies what it keeps */
    void *emit_context;
    const struct resume *resume; /* borrowed: sessions of the last run that go on; may be NULL */
    bool leaves_open;            /* what is open at the end goes on in the next run */
    struct resolved *resolved;   /* borrowed, shared by shards on threads of their own; NULL: the
                                    shard has one, and must be made to hear other shards' packets */
};

struct shard_counts {
    struct flow_counts flows;
    struct observer_counts observer;
    uint64_t observations;
};

struct shard;

/* NULL when memory is short. */
struct shard *shard_open(const struct shard_request *request);
/* Packets in order, each into its shard: shards[hash % count], which may not be NULL. Batches let
 * memory be fetched ahead. */
void shards_take(struct shard *const *shards, uint32_t count,
    const struct shard_packet *const *packets, unsigned packet_count);
/* Whether all shards are to hear the packet, and hearing it: it tells nothing and is no packet of
 * the shard's flows. */
bool shard_wants_heard(const struct shard_packet *p);
void shard_hear(struct shard *s, const struct shard_packet *p);
/* The reader's clock reached clock_us: flows whose time is up end. */
void shard_tick(struct shard *s, uint64_t order, int64_t clock_us);
/* The end of input: all flows end. */
void shard_finish(struct shard *s, uint64_t order, int64_t clock_us);
/* Complete after shard_finish(). */
void shard_get_counts(const struct shard *s, struct shard_counts *out);
void shard_close(struct shard *s);

#endif
