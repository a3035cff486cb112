/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The far end that a relayed control session hides: STUN, TURN, ICE and hole punching name it,
 * while the device is driven or a moment before. RFC 8656, 6062, 8445.
 */
#include "../conf/list.h"
#include "join.h"
#include <stdio.h>
#include <string.h>

#define CALLER_LIMIT 256          /* callers whose sessions have not come in yet */
#define DRIVEN_US (5 * MINUTE_US) /* a peer belongs to a control session this fresh */
#define KVM_US (11 * MINUTE_US)   /* a KVM calls nobody else; it is told of every ten minutes */

static void
drop_caller(struct analyst *a, struct underway *p)
{
    join_underway_drop(&a->callers, p);
    a->caller_count--;
}

/* A tool's server, or a TURN relay, names the caller a moment before the session that he will
 * drive. */
static void
remember_caller(struct analyst *a, const struct observation *o, const struct in6_addr *peer)
{
    if (!fact_is(&o->fact, KEY_HOW, "hole-punch") && !fact_is(&o->fact, KEY_HOW, "turn-peer"))
        return;
    if (a->caller_count == CALLER_LIMIT)
        drop_caller(a, a->callers);
    if (join_underway_add(a, &a->callers, UNDERWAY_CALLER, peer, o) != NULL)
        a->caller_count++;
}

static bool
is_driven(const struct device *d, int64_t now_us)
{
    const struct list_tool *tool = d->driven_by[0] == '\0' ? NULL : list_tool_by_name(d->driven_by);
    bool is_kvm = tool != NULL && strcmp(tool->class_name, "ip-kvm") == 0;

    return d->driven_by[0] != '\0' && now_us - d->driven_us <= (is_kvm ? KVM_US : DRIVEN_US);
}

/* The far end that a relayed tool's own handshake gives away. False: no driven device takes part.
 */
static bool
raise_peer(struct analyst *a, const struct observation *o, const struct in6_addr *peer)
{
    const struct in6_addr *ends[] = { &o->source, &o->destination };
    struct detect_event e = { .kind = EVENT_PEER, .observation = o, .now_us = a->now_us };
    struct join_end end;

    for (unsigned i = 0; i < 2; i++) {
        const struct device *d = accounts_find_device(a->accounts, ends[i]);

        if (d == NULL || !is_driven(d, a->now_us) || locality_same(ends[i], peer))
            continue;
        end = join_end_of(a, ends[i]);
        if (end.rank == 0)
            return true;
        join_place_event(a, &end, &e);
        e.app = d->driven_by;
        e.role = ROLE_DRIVEN;
        e.is_first = true;
        join_set_far(a, &e, peer);
        join_raise(a, &e);
        return true;
    }
    return false;
}

static void
see_hidden_peer(struct analyst *a, const struct observation *o, const struct in6_addr *peer)
{
    if (!raise_peer(a, o, peer))
        remember_caller(a, o, peer);
}

/* Whether somebody who was told before a session may be its far end. A TURN relay's peers are once
 * the device is seen to be driven: calls and looks at others' screens have them too. When the
 * session goes another way than through that relay, it must have followed at once; it takes a
 * minute to see that it drives. */
static bool
is_early(struct analyst *a, const struct underway *p, const struct in6_addr *server,
    enum detect_role role, bool *is_old)
{
    bool is_turn = fact_is(&p->observation.fact, KEY_HOW, "turn-peer");
    bool is_there = locality_same(&p->observation.destination, server);
    int64_t age_us = a->now_us - p->observation.time_us;

    *is_old = age_us > (is_turn ? DRIVEN_US : JOIN_FLOW_US);
    return !*is_old &&
           (!is_turn || (role == ROLE_DRIVEN && (is_there || age_us <= 2 * JOIN_FLOW_US)));
}

void
join_peer_early(struct analyst *a, const struct in6_addr *server, enum detect_role role)
{
    struct underway *p, *next;
    bool is_old;

    DL_FOREACH_SAFE(a->callers, p, next)
    {
        bool is_far =
            is_early(a, p, server, role, &is_old) && raise_peer(a, &p->observation, &p->address);

        if (is_old || is_far)
            drop_caller(a, p);
    }
}

void
join_peer_driven(struct analyst *a, const struct in6_addr *address, const char *app)
{
    struct device *d = accounts_touch_device(a->accounts, address, a->now_us);

    if (d == NULL)
        return;
    snprintf(d->driven_by, sizeof d->driven_by, "%s", app);
    d->driven_us = a->now_us;
}

void
join_peer(struct analyst *a, const struct observation *o)
{
    const char *how = fact_get_text(&o->fact, KEY_HOW);
    struct in6_addr peer;

    if (how == NULL || !o->has_flow || !fact_get_address(&o->fact, KEY_ADDRESS, &peer) ||
        locality_of(a->config, &peer) != LOCALITY_OUTSIDE)
        return;
    if (strcmp(how, "flow") == 0)
        join_session_watched_flow(a, o, &peer);
    else if (strcmp(how, "stun-mapped") != 0 && strcmp(how, "turn-relayed") != 0 &&
             strcmp(how, "proxy-protocol") != 0)
        /* the device's own address, its relay's, and a server's visitor */
        see_hidden_peer(a, o, &peer);
}

void
join_peer_close(struct analyst *a)
{
    while (a->callers != NULL)
        drop_caller(a, a->callers);
}
