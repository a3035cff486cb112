/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a flow's packets tell: parsers run over datagrams and stream starts, nDPI's verdict turned
 * into names, fingerprints and banners, sessions opened on their signs, watched peers reported.
 */
#ifndef SENSOR_OBSERVE_H
#define SENSOR_OBSERVE_H

#include "../parsers/parser.h"
#include "evidence.h"
#include "session.h"
#include "stream.h"

struct observer;

struct observer_request {
    const struct config *config; /* borrowed: whose addresses are whose */
    struct emitter *emitter;
    const struct config_cidrs *gateways; /* may be NULL */
    const struct session_policy *policy; /* of sessions */
    bool classify;                       /* nDPI on or off */
    uint32_t classify_states, sessions, stream_bytes;
    size_t stream_pool_bytes;
    /* Whether an established flow with this end is worth a `peer` observation; any thread. */
    bool (*is_watched)(void *context, const struct in6_addr *address);
    void *watch_context;
    const struct resume *resume; /* borrowed: sessions of the last run that go on; may be NULL */
    struct resolved *resolved;   /* borrowed: what the DNS told, all shards' or only this one's */
};

struct observer_counts {
    uint64_t parse[PARSER_LIMIT][PARSE_RESULT_COUNT];
    uint64_t unclassified, unpaired, sessions_evicted, states_refused, streams_refused;
    struct stream_counts streams;
};

/* NULL when memory is short. */
struct observer *observer_open(const struct observer_request *request);
/* Looks at one packet of a flow, `wire_bytes` of a frame; evidence stands in the emitter. */
void observer_packet(struct observer *o, struct flow *f, unsigned direction, const struct packet *p,
    uint32_t wire_bytes);
/* Whether it may be an answer of the DNS: those are of interest to whoever reads the flows of the
 * same client. */
bool observer_is_answer(const struct packet *p);
/* Takes to heart where the DNS says that tools are, and tells nothing. */
void observer_hear(struct observer *o, const struct packet *p, int64_t time_us);
/* Looks at a frame without IP. */
void observer_link(struct observer *o, const struct packet *p);
/* A new flow, before its first packet is counted: it may go on a session of the last run. */
void observer_flow_begun(struct observer *o, struct flow *f, const struct packet *p);
/* What is open from here on goes on in the next run. */
void observer_leave(struct observer *o);
/* A flow that nDPI had for long enough by now; NULL when there is none. */
struct flow *observer_overdue(const struct observer *o, int64_t now_us);
/* What nDPI has of it by now is its last word. */
void observer_settle(struct observer *o, struct flow *f);
/* Packet time goes on; tells what is due by then. */
void observer_tick(struct observer *o, int64_t now_us);
/* No more packets come. */
void observer_finish(struct observer *o);
/* The flow ends: what is known is told and what it holds given back. */
void observer_flow_ended(struct observer *o, struct flow *f);
void observer_get_counts(const struct observer *o, struct observer_counts *out);
void observer_close(struct observer *o);

#endif
