/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The analyst's own part of what is kept in a state file: its clock, and what it has under way.
 */
#include "join.h"
#include "state.h"

static struct state_of
state_of_analyst(struct analyst *a)
{
    return (struct state_of){
        .config = a->config,
        .geoip = a->geoip,
        .accounts = a->accounts,
        .findings = a->findings,
        .sessions = a->sessions,
        .waiting = { a->pendings, a->overlaps, a->callers },
        .restore_session = join_underway_restore_session,
        .restore_waiting = join_underway_restore,
        .analyst = a,
        .has_time = a->has_time,
        .now_us = a->now_us,
    };
}

int
analyst_load(struct analyst *a, struct state *s, bool is_live)
{
    struct state_of of = state_of_analyst(a);

    if (state_load(s, &of) != 0)
        return -1;
    a->has_time = of.has_time && !is_live;
    a->now_us = a->has_time ? of.now_us : 0;
    a->has_past = a->has_time;
    a->past_us = a->now_us;
    return 0;
}

int
analyst_save(struct analyst *a, struct state *s, bool last)
{
    struct state_of of = state_of_analyst(a);

    return of.has_time ? state_save(s, &of, last) : 0;
}

size_t
analyst_get_open(const struct analyst *a, struct resumed *out, size_t room)
{
    const struct underway_session *r;
    size_t count = 0;

    for (r = a->sessions; r != NULL; r = r->hh.next)
        if (r->is_restored && count++ < room)
            out[count - 1] = r->as;
    return count;
}
