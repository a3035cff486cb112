/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ten minutes of a session or device, and whose they are.
 */
#include "join.h"

void
join_activity_raise(struct analyst *a, const struct observation *o, const struct join_doing *doing)
{
    struct detect_event e = { .kind = EVENT_ACTIVITY, .observation = o, .now_us = a->now_us };
    struct activity activity;
    struct activity_gaps gaps;

    if (doing->end.rank == 0 || !activity_read(&o->fact, &activity, &gaps))
        return;
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
