/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which flows are somebody's work at a desk is told by their ports: of the web, of mail, and of
 * their encrypted forms (IANA's registry). Remote desktops, SSH and calls are sessions and tell
 * their own activity.
 */
#include "presence.h"
#include "rtt.h"
#include <stdlib.h>
#include <string.h>

#define SLOTS 1024u /* devices at once; a power of two */
/* A window with less is no minute of anybody's work: the rule asks for six packets in one. */
#define LEAST_PACKETS 6u
#define LEAST_SECONDS 6u
#define S_US INT64_C(1000000)
#define HOUR_US (3600 * S_US)
#define RTTS_AN_HOUR 8u /* of one device; and each that is shorter than all before */

struct device_window {
    struct in6_addr client;
    struct activity activity;
    struct evidence last;
    int64_t rtt_hour; /* in hours since 1970; told within it, and the least of it: */
    uint32_t rtt_told, rtt_least_us;
};

struct presence {
    const struct config *config;
    struct emitter *emitter;
    int64_t window;                     /* looked through for those before it */
    struct device_window *slots[SLOTS]; /* made when first used */
};

static const uint16_t desk_ports[] = {
    80, 443, 8000, 8080, 8443,             /* web */
    25, 110, 143, 465, 587, 993, 995, 2525 /* mail */
};

static bool
is_device(enum locality l)
{
    return l == LOCALITY_PRIVATE || l == LOCALITY_POOL || l == LOCALITY_INSIDE;
}

/* The company's own, by configuration; without one, private space in another network than the
 * device's: a home has one. */
static bool
is_company(const struct presence *t, const struct flow *f, enum locality server)
{
    if (server == LOCALITY_PRIVATE)
        return locality_private_is_inside(t->config) &&
               !locality_is_near(&f->address[FLOW_CLIENT], &f->address[FLOW_SERVER]);
    return server != LOCALITY_TRUSTED && locality_is_own(server);
}

static unsigned
slot_of(const struct in6_addr *client)
{
    uint64_t half[2];

    memcpy(half, client, sizeof half);
    return (unsigned)((half[0] * 31 ^ half[1]) * UINT64_C(0x9e3779b97f4a7c15) >> 54) & (SLOTS - 1);
}

static bool
is_worth_telling(const struct activity *a)
{
    unsigned packets = 0, seconds = 0;

    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        packets += a->packets[FLOW_CLIENT][i];
    if (packets >= LEAST_PACKETS)
        return true;
    for (size_t i = 0; i < sizeof a->seconds[0]; i++)
        if (a->seconds[FLOW_CLIENT][i] != 0)
            seconds += (unsigned)__builtin_popcount(a->seconds[FLOW_CLIENT][i]);
    return seconds >= LEAST_SECONDS;
}

static void
tell(struct presence *t, struct device_window *w)
{
    struct fact f;

    if (is_worth_telling(&w->activity)) {
        fact_begin(&f, FACT_ACTIVITY);
        fact_address(&f, KEY_ADDRESS, &w->client);
        activity_fact(&w->activity, &f);
        emitter_send_late(t->emitter, NULL, "ip", &f, &w->last, "");
    }
    activity_turn(&w->activity);
}

static struct device_window *
window_of(struct presence *t, const struct in6_addr *client)
{
    struct device_window **slot = &t->slots[slot_of(client)], *w = *slot;

    if (w == NULL && (w = *slot = calloc(1, sizeof *w)) == NULL)
        return NULL;
    if (!locality_same(&w->client, client)) {
        tell(t, w);
        memset(w, 0, sizeof *w);
        w->client = *client;
    }
    return w;
}

/* How far the device is from here: inside of its tunnel when there is one. */
static void
tell_rtt(struct presence *t, struct flow *f)
{
    struct device_window *w = window_of(t, &f->address[FLOW_CLIENT]);
    int64_t hour = t->emitter->now.time_us / HOUR_US;
    uint32_t rtt_us = f->rtt_us[FLOW_CLIENT];

    if (w == NULL)
        return;
    if (w->rtt_hour != hour) {
        w->rtt_hour = hour;
        w->rtt_told = 0;
        w->rtt_least_us = UINT32_MAX;
    }
    if (w->rtt_told >= RTTS_AN_HOUR && rtt_us >= w->rtt_least_us)
        return;
    w->rtt_told++;
    w->rtt_least_us = rtt_us < w->rtt_least_us ? rtt_us : w->rtt_least_us;
    rtt_tell_handshake(t->emitter, f, "inner");
}

void
presence_begin(struct presence *t, struct flow *f)
{
    enum locality client = locality_of(t->config, &f->address[FLOW_CLIENT]);
    enum locality server;

    if (!is_device(client))
        return;
    if (f->rtt_us[FLOW_CLIENT] != 0)
        tell_rtt(t, f);
    server = locality_of(t->config, &f->address[FLOW_SERVER]);
    if (is_company(t, f, server))
        f->marks |= FLOW_TO_COMPANY;
    for (size_t i = 0; i < sizeof desk_ports / sizeof desk_ports[0]; i++)
        if (f->port[FLOW_SERVER] == desk_ports[i])
            f->marks |= FLOW_IS_DESK;
}

void
presence_packet(struct presence *t, const struct flow *f, unsigned direction, uint32_t bytes)
{
    struct device_window *w = window_of(t, &f->address[FLOW_CLIENT]);
    int64_t now_us = t->emitter->now.time_us;

    if (w == NULL)
        return;
    if (activity_is_over(&w->activity, now_us))
        tell(t, w);
    w->last = t->emitter->now;
    if ((f->marks & FLOW_TO_COMPANY) != 0)
        activity_add_second(&w->activity, direction, now_us);
    if ((f->marks & FLOW_IS_DESK) != 0)
        activity_add_packet(&w->activity, direction, bytes, now_us);
}

void
presence_tick(struct presence *t, int64_t now_us)
{
    int64_t window = now_us / (ACTIVITY_WINDOW_S * S_US);

    if (window == t->window)
        return;
    t->window = window;
    for (unsigned i = 0; i < SLOTS; i++)
        if (t->slots[i] != NULL && activity_is_over(&t->slots[i]->activity, now_us))
            tell(t, t->slots[i]);
}

void
presence_finish(struct presence *t)
{
    for (unsigned i = 0; i < SLOTS; i++)
        if (t->slots[i] != NULL && t->slots[i]->activity.is_begun)
            tell(t, t->slots[i]);
}

struct presence *
presence_open(const struct config *config, struct emitter *emitter)
{
    struct presence *t = calloc(1, sizeof *t);

    if (t == NULL)
        return NULL;
    t->config = config;
    t->emitter = emitter;
    return t;
}

void
presence_close(struct presence *t)
{
    for (unsigned i = 0; t != NULL && i < SLOTS; i++)
        free(t->slots[i]);
    free(t);
}
