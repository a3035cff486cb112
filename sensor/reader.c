/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The stage before the shards: everything that must see all packets in their order.
 */
#include "reader.h"
#include "defrag.h"
#include "duplicate.h"
#include <stdlib.h>

#define TICK_US 1000000
#define TIME_MAX_US (INT64_MAX / 4) /* room to add any time-out to any packet's time */

struct reader {
    struct duplicate *duplicate;
    struct defrag *defrag;
    uint64_t seed, order;
    int64_t clock_us, tick_us; /* now, and when the next second begins */
    bool has_clock;
    uint8_t link_types[(UINT16_MAX + 1) / 8]; /* EtherTypes that parsers read */
    struct reader_counts counts;
};

static int64_t
sane_time(int64_t time_us)
{
    return time_us < 0 ? 0 : time_us > TIME_MAX_US ? TIME_MAX_US : time_us;
}

bool
reader_advance(struct reader *r, int64_t time_us, uint64_t *order, int64_t *clock_us)
{
    int64_t now_us = sane_time(time_us), before_us = r->clock_us;

    if (!r->has_clock) {
        r->has_clock = true;
        r->clock_us = r->counts.first_us = r->counts.last_us = now_us;
        r->tick_us = now_us / TICK_US * TICK_US + TICK_US;
        return false;
    }
    if (now_us <= before_us) {
        r->counts.clock_steps_back += now_us < before_us;
        return false;
    }
    r->clock_us = r->counts.last_us = now_us;
    if (now_us < r->tick_us)
        return false;
    r->tick_us = now_us / TICK_US * TICK_US + TICK_US;
    *order = ++r->order;
    *clock_us = now_us;
    return true;
}

/* A frame without IP that some parser reads: it goes to the first shard. */
static bool
is_wanted_link(const struct reader *r, struct packet *p, enum packet_result result)
{
    uint16_t type = p->ether_type != 0 ? p->ether_type : PARSE_LLC;

    if (result != PACKET_NOT_IP || !p->link_payload.ok || rd_left(&p->link_payload) == 0)
        return false;
    p->ip = NULL;
    return (r->link_types[type / 8] >> type % 8 & 1) != 0;
}

enum reader_result
reader_take(struct reader *r, const struct capture_packet *in, struct shard_packet *out)
{
    struct packet *p = &out->packet;
    enum reader_result kept = READER_PACKET;
    enum packet_result result;
    int64_t time_us = sane_time(in->time_us);
    const uint8_t *ip;
    uint32_t length;

    r->counts.packets++;
    r->counts.bytes += in->length;
    r->counts.link_type = in->link_type;
    result = packet_decode(p, in->link_type, in->data, in->captured, in->length);
    r->counts.decode[result]++;
    if (result == PACKET_NOT_IP)
        p->is_cut = in->captured < in->length;
    if (result != PACKET_OK && result != PACKET_FRAGMENT && !is_wanted_link(r, p, result))
        return READER_NOTHING;
    if (result != PACKET_NOT_IP && duplicate_is_copy(r->duplicate, p, time_us)) {
        r->counts.duplicates++;
        return READER_NOTHING;
    }
    if (result == PACKET_FRAGMENT) {
        if (!defrag_add(r->defrag, p, time_us, &ip, &length))
            return READER_NOTHING;
        result = packet_decode_ip(p, ip, length, length);
        r->counts.decode[result]++;
        if (result != PACKET_OK)
            return READER_NOTHING;
        kept = READER_BORROWED;
    }
    out->seen = (struct evidence){
        .order = ++r->order,
        .packet = in->number,
        .time_us = time_us,
        .capture = in->capture,
    };
    out->hash = result == PACKET_NOT_IP ? 0 : flow_hash(p, r->seed);
    out->wire_bytes = in->length;
    return kept;
}

uint64_t
reader_finish(struct reader *r, int64_t *clock_us)
{
    *clock_us = r->clock_us;
    return ++r->order;
}

uint64_t
reader_order(const struct reader *r)
{
    return r->order;
}

void
reader_get_counts(const struct reader *r, struct reader_counts *out)
{
    struct defrag_counts fragments;

    defrag_get_counts(r->defrag, &fragments);
    *out = r->counts;
    out->fragments_reassembled = fragments.reassembled;
    out->fragments_dropped =
        fragments.timed_out + fragments.evicted + fragments.overlapping + fragments.bad;
}

static void
index_link_types(struct reader *r)
{
    unsigned count;
    const struct parser *const *parsers = parser_table(&count);

    for (unsigned i = 0; i < count; i++)
        for (const uint16_t *type = parsers[i]->ports;
             (parsers[i]->transports & PARSER_LINK) != 0 && *type != 0; type++)
            r->link_types[*type / 8] |= (uint8_t)(1 << *type % 8);
}

struct reader *
reader_open(const struct config *config, uint64_t seed)
{
    struct reader *r = calloc(1, sizeof *r);

    if (r == NULL)
        return NULL;
    r->seed = seed;
    index_link_types(r);
    r->duplicate = duplicate_open(config->limits.duplicate_window_us);
    r->defrag = defrag_open(config->limits.fragments);
    if (r->duplicate == NULL || r->defrag == NULL) {
        reader_close(r);
        return NULL;
    }
    return r;
}

void
reader_close(struct reader *r)
{
    if (r == NULL)
        return;
    duplicate_close(r->duplicate);
    defrag_close(r->defrag);
    free(r);
}
