/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Divides the memory of limits.flow-memory-mib: half for flows, a quarter each for nDPI's states
 * and streams; sessions come out of the flows' part.
 */
#include "shard.h"
#include "resolved.h"
#include <stdlib.h>

#define MIB ((size_t)1 << 20)
#define FLOW_BYTES (sizeof(struct flow) + 16) /* with two buckets */
#define STATE_BYTES 2048u     /* nDPI 4.2: 688, and what it allocates itself (certificates, URLs) */
#define SESSIONS_PER_FLOWS 16 /* one flow in so many may be a session at once */
#define LEAST_SESSIONS 64u
#define LEAST_STATES 64u
#define TCP_OPENING_US                                                                             \
    INT64_C(60000000)  /* longer than a client or server waits before it sends its SYN again */
#define FETCH_AHEAD 8u /* packets between fetching a flow and using it */

struct shard {
    struct shard_request request;
    struct emitter emitter;
    struct flow_table *flows;
    struct observer *observer;
    struct resolved *resolved; /* its own */
};

static void
emit(void *context, const struct emission *e)
{
    struct shard *s = context;

    s->emitter.scratch.shard = s->request.index;
    s->request.emit(s->request.emit_context, e);
}

/* What is said of a flow when it is not its packet that is looked at, but another flow's (eviction)
 * or none: its evidence is its own. */
static void
say_late(struct shard *s, struct flow *f, void (*say)(struct observer *o, struct flow *f))
{
    const struct packet *packet = s->emitter.packet;
    struct evidence now = s->emitter.now;

    s->emitter.packet = NULL;
    s->emitter.now = (struct evidence){
        .order = now.order,
        .packet = f->last_number,
        .time_us = f->last_us,
        .capture = f->last_capture,
    };
    say(s->observer, f);
    s->emitter.packet = packet;
    s->emitter.now = now;
}

static void
flow_ended(void *context, struct flow *f)
{
    say_late(context, f, observer_flow_ended);
}

static void
flow_begun(void *context, struct flow *f, const struct packet *p)
{
    observer_flow_begun(((struct shard *)context)->observer, f, p);
}

static void
take_packet(struct shard *s, const struct shard_packet *p)
{
    unsigned direction;
    struct flow *f;

    s->emitter.now = p->seen;
    s->emitter.packet = &p->packet;
    if (p->packet.ip == NULL) {
        observer_link(s->observer, &p->packet);
        return;
    }
    f = flow_table_update(
        s->flows, &p->packet, p->hash, p->seen.time_us, p->wire_bytes, &direction);
    if (f == NULL)
        return;
    f->last_number = p->seen.packet;
    f->last_capture = p->seen.capture;
    if (p->packet.encapsulation != 0)
        emitter_note_encapsulation(&s->emitter);
    observer_packet(s->observer, f, direction, &p->packet, p->wire_bytes);
}

void
shards_take(struct shard *const *shards, uint32_t count, const struct shard_packet *const *packets,
    unsigned packet_count)
{
    for (unsigned i = 0; i < packet_count; i++)
        flow_table_prefetch(shards[packets[i]->hash % count]->flows, packets[i]->hash);
    for (unsigned i = 0; i < packet_count; i++) {
        if (i + FETCH_AHEAD < packet_count) {
            uint32_t hash = packets[i + FETCH_AHEAD]->hash;

            flow_table_prefetch_flow(shards[hash % count]->flows, hash);
        }
        take_packet(shards[packets[i]->hash % count], packets[i]);
    }
}

bool
shard_wants_heard(const struct shard_packet *p)
{
    return observer_is_answer(&p->packet);
}

void
shard_hear(struct shard *s, const struct shard_packet *p)
{
    observer_hear(s->observer, &p->packet, p->seen.time_us);
}

static void
set_clock(struct shard *s, uint64_t order, int64_t clock_us)
{
    s->emitter.packet = NULL;
    s->emitter.now = (struct evidence){ .order = order, .time_us = clock_us };
}

void
shard_tick(struct shard *s, uint64_t order, int64_t clock_us)
{
    struct flow *f;

    set_clock(s, order, clock_us);
    while ((f = observer_overdue(s->observer, clock_us)) != NULL)
        say_late(s, f, observer_settle);
    flow_table_expire(s->flows, clock_us);
    observer_tick(s->observer, clock_us);
}

void
shard_finish(struct shard *s, uint64_t order, int64_t clock_us)
{
    set_clock(s, order, clock_us);
    if (s->request.leaves_open)
        observer_leave(s->observer);
    flow_table_end_all(s->flows);
    observer_finish(s->observer);
}

void
shard_get_counts(const struct shard *s, struct shard_counts *out)
{
    flow_table_get_counts(s->flows, &out->flows);
    observer_get_counts(s->observer, &out->observer);
    out->observations = s->emitter.emitted;
}

static uint32_t
at_least(size_t n, uint32_t least)
{
    return n < least ? least : n > UINT32_MAX / 2 ? UINT32_MAX / 2 : (uint32_t)n;
}

static int64_t
least(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

struct shard *
shard_open(const struct shard_request *request)
{
    const struct config *config = request->config;
    size_t memory = config->limits.flow_memory_mib * MIB / request->count;
    uint32_t flows = at_least(config->limits.flows / request->count, 1);
    struct observer_request observer = {
        .config = config,
        .gateways = &config->networks.vpn_gateways,
        .policy = request->policy != NULL ? request->policy : &session_policy_default,
        .classify = config->classify_enabled,
        .classify_states = at_least(memory / 4 / STATE_BYTES, LEAST_STATES),
        .stream_bytes = config->limits.stream_bytes,
        .stream_pool_bytes = memory / 4,
        .is_watched = request->is_watched,
        .watch_context = request->watch_context,
        .resume = request->resume,
    };
    struct flow_table_request table = {
        .timeouts.us = {
            [FLOW_CLASS_TCP] = config->limits.tcp_us,
            [FLOW_CLASS_TCP_CLOSING] = config->limits.tcp_closing_us,
            [FLOW_CLASS_UDP] = config->limits.udp_us,
            [FLOW_CLASS_OTHER] = config->limits.icmp_us,
            [FLOW_CLASS_TCP_OPENING] = least(config->limits.tcp_us, TCP_OPENING_US),
        },
        .ended = flow_ended,
        .begun = request->resume == NULL ? NULL : flow_begun,
    };
    struct shard *s = calloc(1, sizeof *s);

    if (s == NULL)
        return NULL;
    s->request = *request;
    s->emitter.emit = emit;
    s->emitter.context = s;
    if (flows > memory / 2 / FLOW_BYTES)
        flows = at_least(memory / 2 / FLOW_BYTES, 1);
    observer.sessions = at_least(flows / SESSIONS_PER_FLOWS, LEAST_SESSIONS);
    observer.emitter = &s->emitter;
    table.limit = flows;
    table.context = s;
    s->resolved = request->resolved != NULL ? NULL : resolved_open();
    observer.resolved = request->resolved != NULL ? request->resolved : s->resolved;
    s->observer = observer.resolved == NULL ? NULL : observer_open(&observer);
    s->flows = flow_table_open(&table);
    if (s->observer == NULL || s->flows == NULL) {
        shard_close(s);
        return NULL;
    }
    return s;
}

void
shard_close(struct shard *s)
{
    if (s == NULL)
        return;
    flow_table_close(s->flows);
    observer_close(s->observer);
    resolved_close(s->resolved);
    free(s);
}
