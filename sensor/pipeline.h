/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The packet side as one call: captures in, observations out in packet order.
 *
 * Replay: one reader merges the captures by time, drops copies, puts fragments together and deals
 * batches to a fixed number of shards by flow hash; shards, not workers, own flow tables and nDPI
 * state, so that the result does not depend on the number of workers. Live: one ring per worker.
 * Observations are handed on by the calling thread alone, merged by packet ordinal.
 */
#ifndef SENSOR_PIPELINE_H
#define SENSOR_PIPELINE_H

#include "../conf/config.h"
#include "../parsers/packet.h"
#include "../parsers/parser.h"
#include "observation.h"

struct pair_table;

struct pipeline_request {
    const struct config *config;
    const char *const *paths; /* -r: files, folders, "-"; NULL when live */
    unsigned path_count;
    const char *const *interfaces; /* -i */
    unsigned interface_count;
    const char *filter;                  /* BPF expression or NULL */
    unsigned workers;                    /* 0 = choose */
    const struct session_policy *policy; /* of sessions; NULL: session_policy_default */
    void (*observe)(void *context, const struct observation *o);
    void *context;
    void (*message)(void *context,
        const char *line); /* an input that failed, a damaged file, a stand-down: said once each */
    void (*ready)(void *context); /* live: rings are mapped; privileges can go */
    void (*progress)(
        void *context, uint64_t bytes_done, uint64_t bytes_total); /* a few times a second */
    void (*idle)(void *context); /* live: nothing to hand on just now; many times a second */
    const struct resume *resume; /* borrowed: sessions of the last run that go on; may be NULL */
    bool leaves_open;            /* what is open at the end goes on in the next run */
    /* Whether an established flow with this end is worth a `peer` observation. NULL = none is.
     * Asked from any thread, once a flow and end; must not change anything. */
    bool (*is_watched)(void *watch_context, const struct in6_addr *address);
    void *watch_context;
    struct pair_table
        *across; /* pipeline_run()'s own: requests whose answers come in other flows */
};

struct pipeline_summary {
    uint64_t packets, bytes, captures, captures_failed;
    int64_t first_us, last_us;
    uint32_t link_type; /* of a packet that was read */
    uint64_t decode[PACKET_RESULT_COUNT];
    uint64_t duplicates, clock_steps_back, filtered;
    uint64_t fragments_reassembled, fragments_dropped;
    uint64_t flows, flows_evicted, flows_one_way, flows_unclassified;
    uint64_t parse[PARSER_LIMIT][PARSE_RESULT_COUNT];            /* by row of the parser table */
    uint64_t kernel_received, kernel_dropped, interface_dropped; /* live */
    uint64_t observations, unpaired;
    uint64_t sessions_evicted, states_refused;
    uint64_t streams_refused, streams_lost, streams_overlapping;
};

/* Runs to the end of the captures, or until pipeline_stop(). 0: all was read. 1: an input failed,
 * the rest was processed. 2: nothing could start. */
int pipeline_run(const struct pipeline_request *request, struct pipeline_summary *summary);
/* Async-signal-safe. */
void pipeline_stop(void);

#endif
