/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ten minutes of a session or device, and whose they are.
 */
#include "join.h"

/* Nobody else is given the address within this time; activity is told every ten minutes. */
#define IN_USE_US (15 * MINUTE_US)

/* A lease that nobody renews does not end while its address is at work without a pause. */
static void
keep_in_use(struct analyst *a, struct lease *l)
{
    int64_t ends_us = l->renewed_us + a->config->limits.lease_us;

    if (ends_us >= a->now_us + IN_USE_US)
        return;
    l->renewed_us += a->now_us + IN_USE_US - ends_us;
    change_mark(&l->account->state.change);
}

void
join_activity_raise(struct analyst *a, const struct observation *o, const struct join_doing *doing)
{
    struct detect_event e = { .kind = EVENT_ACTIVITY, .observation = o, .now_us = a->now_us };
    struct activity activity;
    struct activity_gaps gaps;

    if (doing->end.rank == 0 || !activity_read(&o->fact, &activity, &gaps))
        return;
    if (doing->end.lease != NULL)
        keep_in_use(a, doing->end.lease);
    join_place_event(a, &doing->end, &e);
    e.activity_of = doing->of;
    e.activity = &activity;
    e.gaps = &gaps;
    e.host = doing->end.address;
    e.is_driven = doing->is_driven;
    e.input = doing->input;
    join_raise(a, &e);
}

void
join_activity(struct analyst *a, const struct observation *o)
{
    struct join_doing doing = { .of = ACTIVITY_DEVICE };
    struct in6_addr address;

    if (!fact_get_address(&o->fact, KEY_ADDRESS, &address))
        return;
    doing.end = join_end_of(a, &address);
    join_activity_raise(a, o, &doing);
}
