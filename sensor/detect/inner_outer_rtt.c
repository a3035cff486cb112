/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A tunnel's own handshake measures the way to the VPN client; TCP inside of it the way to whoever
 * speaks through that client. When the second is much longer, the user sits behind the client.
 */
#include "../address.h"
#include "../path.h"
#include "detect.h"

enum { KEY_SAMPLES, KEY_DIFFERENCE };

static const struct config_detector_key keys[] = {
    { "min-samples", CONFIG_NUMBER, 5, "samples", "the least of several is no busy machine" },
    { "min-difference-ms", CONFIG_NUMBER, 60, "ms", "more than a home's own network takes" },
};

static const char *const attack[] = { "T1090", NULL };
static const char *const references[] = {
    "CalcuLatency, USENIX Security 2024",
    NULL,
};

struct history {
    struct paths paths;
};

static const struct memory_field history_memory[] = {
    MEMORY_PART(struct history, paths, paths_memory),
    MEMORY_END,
};

static bool
is_of_tunnel(enum path_clock clock, const struct observation *o)
{
    return clock == PATH_TUNNEL || (clock == PATH_TCP && o->has_flow);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    enum path_clock clock = path_clock_of(e->layer);
    const struct path_time *inner, *outer;
    double difference_us;
    struct history *h;
    struct sighting s;
    struct path *p;

    if (e->lease == NULL || (clock != PATH_INNER && !is_of_tunnel(clock, e->observation)) ||
        (h = detect_memory(d, e)) == NULL)
        return;
    p = path_touch(&h->paths, &e->far, e->now_us);
    path_add(p, clock, e->rtt_us, e->observation);
    inner = &p->by[PATH_INNER];
    outer = p->by[PATH_TUNNEL].count > 0 ? &p->by[PATH_TUNNEL] : &p->by[PATH_TCP];
    if (outer->count == 0 || inner->count < d->own->key[KEY_SAMPLES])
        return;
    difference_us = (double)(inner->least_us - outer->least_us);
    if (difference_us < d->own->key[KEY_DIFFERENCE] * 1000)
        return;
    detect_begin(&s, d, e);
    detect_claim(&s, &outer->source, "tunnel", "%.1f ms to the VPN client, the least of %u",
        (double)outer->least_us / 1000, outer->count);
    detect_claim(&s, &inner->source, "inside", "%.1f ms to who speaks through it, the least of %u",
        (double)inner->least_us / 1000, inner->count);
    detect_claim_place(&s, NULL, "outside address", &e->far, &e->place);
    detect_say(&s,
        "%s speaks through the VPN from %.0f ms behind its own client: the user sits behind the "
        "computer that the company knows.",
        detect_who(&s), difference_us / 1000);
    findings_sight(d->findings, &s);
}

const struct detector detect_inner_outer_rtt = {
    .name = "inner-outer-rtt",
    .about = "a user who is farther away than the VPN client",
    .rule = "The least TCP handshake inside of a tunnel over min-samples exceeds the tunnel's own "
            "least handshake by min-difference-ms or more.",
    .blind = "Needs the gateway seen from both sides. Remote control, where the computer itself "
             "answers.",
    .family = FAMILY_PHYSICS,
    .signs = FINDING_SIGN_PHYSICS,
    .severity = SEVERITY_HIGH,
    .weight = 3,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask what else is connected to that computer; look for routing or proxies on it.",
    .wants = WANTS(EVENT_RTT),
    .run = run,
    .memory_version = 2,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
