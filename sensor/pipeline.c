/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What replay and live have in common: stopping, handing on, adding up.
 */
#include "../parsers/text.h"
#include "pair.h"
#include "pipeline_internal.h"
#include <stdatomic.h>
#include <stdio.h>

#define PAIR_SETS 16u /* of four requests under way */
#define HASH_PRIME UINT64_C(0x9e3779b97f4a7c15)

static atomic_bool is_stopped;

void
pipeline_stop(void)
{
    atomic_store(&is_stopped, true);
}

bool
pipeline_is_stopped(void)
{
    return atomic_load_explicit(&is_stopped, memory_order_relaxed);
}

/* Of the two addresses, whichever way round. */
static uint64_t
hash_ends(const struct observation *o)
{
    uint64_t a[2], b[2];

    memcpy(a, &o->source, sizeof a);
    memcpy(b, &o->destination, sizeof b);
    return (a[0] + b[0]) * HASH_PRIME ^ (a[1] + b[1]);
}

void
pipeline_hand_on(const struct pipeline_request *request, struct pipeline_summary *summary,
    const struct emission *e, const char *capture)
{
    struct observation o;

    memcpy(&o, &e->observation, emission_size(e) - offsetof(struct emission, observation));
    text_clean(o.capture, sizeof o.capture, capture, strlen(capture));
    if (o.fact.is_across && !pair_fact(request->across, hash_ends(&o), 0, o.time_us, &o.fact))
        return;
    summary->observations++;
    request->observe(request->context, &o);
}

void
pipeline_add_shard(struct pipeline_summary *summary, const struct shard *s)
{
    struct shard_counts c;

    shard_get_counts(s, &c);
    summary->flows += c.flows.flows;
    summary->flows_evicted += c.flows.evicted;
    summary->flows_one_way += c.flows.one_way;
    summary->flows_unclassified += c.observer.unclassified;
    summary->unpaired += c.observer.unpaired;
    summary->sessions_evicted += c.observer.sessions_evicted;
    summary->states_refused += c.observer.states_refused;
    summary->streams_refused += c.observer.streams_refused + c.observer.streams.full;
    summary->streams_lost += c.observer.streams.lost;
    summary->streams_overlapping += c.observer.streams.overlapping;
    for (unsigned row = 0; row < PARSER_LIMIT; row++)
        for (unsigned result = 0; result < PARSE_RESULT_COUNT; result++)
            summary->parse[row][result] += c.observer.parse[row][result];
}

void
pipeline_add_reader(struct pipeline_summary *summary, const struct reader *r)
{
    struct reader_counts c;

    reader_get_counts(r, &c);
    if (c.packets > 0 && (summary->packets == 0 || c.first_us < summary->first_us))
        summary->first_us = c.first_us;
    if (c.packets > 0 && c.last_us > summary->last_us)
        summary->last_us = c.last_us;
    if (c.packets > 0)
        summary->link_type = c.link_type;
    summary->packets += c.packets;
    summary->bytes += c.bytes;
    for (unsigned i = 0; i < PACKET_RESULT_COUNT; i++)
        summary->decode[i] += c.decode[i];
    summary->duplicates += c.duplicates;
    summary->clock_steps_back += c.clock_steps_back;
    summary->fragments_reassembled += c.fragments_reassembled;
    summary->fragments_dropped += c.fragments_dropped;
}

void
pipeline_add_capture(struct pipeline_summary *summary, struct capture *c)
{
    struct capture_counts n;

    capture_get_counts(c, &n);
    summary->captures += n.captures;
    summary->captures_failed += n.captures_failed;
    summary->filtered += n.filtered;
    summary->kernel_received += n.kernel_received;
    summary->kernel_dropped += n.kernel_dropped;
    summary->interface_dropped += n.interface_dropped;
}

struct shard *
pipeline_open_shard(const struct pipeline_request *request, uint32_t index, uint32_t count,
    struct resolved *resolved, void (*emit)(void *context, const struct emission *e), void *context)
{
    struct shard_request shard = {
        .index = index,
        .count = count,
        .config = request->config,
        .policy = request->policy,
        .is_watched = request->is_watched,
        .watch_context = request->watch_context,
        .resume = request->resume,
        .leaves_open = request->leaves_open,
        .emit = emit,
        .emit_context = context,
        .resolved = resolved,
    };

    return shard_open(&shard);
}

int
pipeline_run(const struct pipeline_request *request, struct pipeline_summary *summary)
{
    struct pipeline_request whole = *request;
    int status;

    memset(summary, 0, sizeof *summary);
    whole.across = pair_table_open(PAIR_SETS);
    if (whole.across == NULL)
        return PIPELINE_NOT_STARTED;
    status =
        whole.paths != NULL ? pipeline_replay(&whole, summary) : pipeline_live(&whole, summary);
    pair_table_close(whole.across);
    return status;
}
