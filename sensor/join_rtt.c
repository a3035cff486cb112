/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Round-trip times to a client, and whose they are: one from outside belongs to the login that its
 * address gets within a minute, one inside to the lease of its address.
 */
#include "join.h"
#include <string.h>

void
join_rtt_raise(
    struct analyst *a, const struct observation *o, struct lease *l, const struct in6_addr *outside)
{
    struct detect_event e = { .kind = EVENT_RTT, .observation = o, .now_us = a->now_us };

    e.layer = fact_get_text(&o->fact, KEY_LAYER);
    if (e.layer == NULL || !fact_get_number(&o->fact, KEY_VALUE_US, &e.rtt_us) || e.rtt_us <= 0)
        return;
    e.address = *outside;
    if (l != NULL) {
        e.lease = l;
        e.account = l->account;
        memcpy(e.device, l->device, sizeof e.device);
    }
    join_set_far(a, &e, outside);
    join_raise(a, &e);
}

void
join_rtt(struct analyst *a, const struct observation *o)
{
    struct in6_addr client = o->source;
    struct join_end end;

    if (!o->has_flow || !fact_is(&o->fact, KEY_END, "client"))
        return;
    end = join_end_of(a, &client);
    if (end.locality == LOCALITY_OUTSIDE)
        join_session_wait_rtt(a, o, &client);
    else if (end.lease != NULL && end.lease->has_outside)
        join_rtt_raise(a, o, end.lease, &end.lease->outside);
}
