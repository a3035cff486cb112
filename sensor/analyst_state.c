/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The analyst's own part of what is kept in a state file: its clock.
 */
#include "join.h"
#include "state.h"

static struct state_of
state_of_analyst(const struct analyst *a)
{
    return (struct state_of){
        .config = a->config,
        .geoip = a->geoip,
        .accounts = a->accounts,
        .findings = a->findings,
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
analyst_save(const struct analyst *a, struct state *s, bool last)
{
    struct state_of of = state_of_analyst(a);

    return of.has_time ? state_save(s, &of, last) : 0;
}
