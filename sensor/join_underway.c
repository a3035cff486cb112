/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Open sessions by their flow, and lists of what waits: made, found, ended, and taken from a state
 * file.
 */
#include "join.h"
#include <stdlib.h>
#include <string.h>

#define LOOK_EVERY_US (10 * SECOND_US)

struct underway *
join_underway_add(struct analyst *a, struct underway **list, enum underway_kind kind,
    const struct in6_addr *address, const struct observation *o)
{
    struct underway *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    w->kind = kind;
    w->address = *address;
    w->observation = *o;
    change_begin(accounts_changes(a->accounts), &w->change, CHANGE_UNDERWAY, w);
    change_mark(&w->change);
    DL_APPEND(*list, w);
    return w;
}

void
join_underway_drop(struct underway **list, struct underway *w)
{
    change_end(&w->change);
    DL_DELETE(*list, w);
    free(w);
}

static int64_t
idle_us(const struct config *c, unsigned transport)
{
    return transport == IPPROTO_TCP ? c->limits.tcp_us : c->limits.udp_us;
}

/* What a later run needs to know the flow by. */
static void
remember_flow(struct resumed *as, const struct observation *o)
{
    const char *app = fact_get_text(&o->fact, KEY_APP);
    const char *state = fact_get_text(&o->fact, KEY_STATE);
    const char *sign = fact_get_text(&o->fact, KEY_SIGN);
    int64_t duration_us, number;

    if (app == NULL || !fact_get_number(&o->fact, KEY_DURATION_US, &duration_us))
        return;
    if (as->first_us == 0) /* at its opening the newest packet of the flow is the observation's */
        as->first_us = o->time_us - duration_us;
    as->last_us = o->time_us;
    as->transport = o->transport;
    as->address[0] = o->source;
    as->address[1] = o->destination;
    as->port[0] = o->source_port;
    as->port[1] = o->destination_port;
    as->is_direct = fact_is(&o->fact, KEY_HOW, "direct");
    as->has_controller = fact_get_address(&o->fact, KEY_CONTROLLER, &as->controller);
    as->rekeys = fact_get_number(&o->fact, KEY_REKEYS, &number) ? (uint32_t)number : 0;
    for (unsigned i = 0; i < 2; i++) {
        if (fact_get_number(&o->fact, i == 0 ? KEY_BYTES_OUT : KEY_BYTES_IN, &number))
            as->bytes[i] = (uint64_t)number;
        if (fact_get_number(&o->fact, i == 0 ? KEY_PACKETS_OUT : KEY_PACKETS_IN, &number))
            as->packets[i] = (uint64_t)number;
    }
    snprintf(as->tool, sizeof as->tool, "%s", app);
    snprintf(as->state, sizeof as->state, "%s", state == NULL ? "" : state);
    snprintf(as->sign, sizeof as->sign, "%s", sign == NULL ? "" : sign);
    snprintf(as->protocol, sizeof as->protocol, "%s", o->protocol);
}

static void
put(struct analyst *a, struct underway_session *r)
{
    HASH_ADD(hh, a->sessions, as.flow, sizeof r->as.flow, r);
}

struct underway_session *
join_underway_session(struct analyst *a, const struct observation *o)
{
    struct underway_session *r;

    HASH_FIND(hh, a->sessions, &o->flow, sizeof o->flow, r);
    if (r != NULL) {
        HASH_DEL(a->sessions, r);
        a->restored_count -= r->is_restored;
        r->is_restored = false;
    } else {
        if (HASH_COUNT(a->sessions) >= a->config->limits.flows && a->sessions != NULL) {
            a->summary.evicted++;
            join_underway_close(a, a->sessions);
        }
        r = calloc(1, sizeof *r);
        if (r == NULL)
            return NULL;
        change_begin(accounts_changes(a->accounts), &r->change, CHANGE_SESSION, r);
        r->as.flow = o->flow;
        r->start_us = a->now_us;
    }
    remember_flow(&r->as, o);
    change_use(&r->change);
    put(a, r);
    return r;
}

void
join_underway_close(struct analyst *a, struct underway_session *r)
{
    struct lease *l = r->lease == 0 ? NULL : accounts_lease(a->accounts, r->lease);

    if (l != NULL)
        lease_tunnel_ended(l);
    a->restored_count -= r->is_restored;
    change_end(&r->change);
    /* NOLINTNEXTLINE(clang-analyzer-*): the entry is in the table, and then out of it */
    HASH_DEL(a->sessions, r);
    free(r);
}

void
join_underway_expire(struct analyst *a)
{
    struct underway_session *r, *next;

    if (a->restored_count == 0 || a->now_us - a->restored_looked_us < LOOK_EVERY_US)
        return;
    a->restored_looked_us = a->now_us;
    /* they stand before the others */
    for (r = a->sessions; r != NULL && r->is_restored; r = next) {
        next = r->hh.next;
        if (resumed_is_over(&r->as, idle_us(a->config, r->as.transport), a->now_us))
            join_underway_close(a, r);
    }
}

/* The serial is that of the file. */
static void
restore_change(struct analyst *a, struct change *c, enum change_of of, void *owner)
{
    struct change stored = *c;

    change_begin(accounts_changes(a->accounts), c, of, owner);
    c->serial = stored.serial;
    c->used = stored.used;
}

bool
join_underway_restore(struct analyst *a, const struct underway *row)
{
    struct underway **list = row->kind == UNDERWAY_OVERLAP  ? &a->overlaps
                             : row->kind == UNDERWAY_CALLER ? &a->callers
                                                            : &a->pendings;
    struct underway *w = row->kind > UNDERWAY_CALLER ? NULL : malloc(sizeof *w);

    if (w == NULL)
        return false;
    *w = *row;
    restore_change(a, &w->change, CHANGE_UNDERWAY, w);
    DL_APPEND(*list, w);
    a->pending_count += list == &a->pendings;
    a->caller_count += list == &a->callers;
    a->overlap_count += list == &a->overlaps;
    return true;
}

bool
join_underway_restore_session(struct analyst *a, const struct underway_session *row)
{
    struct lease *l = row->lease == 0 ? NULL : accounts_lease(a->accounts, row->lease);
    struct underway_session *r;

    HASH_FIND(hh, a->sessions, &row->as.flow, sizeof row->as.flow, r);
    if (r != NULL || HASH_COUNT(a->sessions) >= a->config->limits.flows)
        return false;
    r = malloc(sizeof *r);
    if (r == NULL)
        return false;
    *r = *row;
    restore_change(a, &r->change, CHANGE_SESSION, r);
    r->is_restored = true;
    a->restored_count++;
    if (l != NULL)
        l->open_sessions++;
    put(a, r);
    return true;
}
