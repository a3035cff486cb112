/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One login is told by several sources: a RADIUS exchange and its copies through proxies,
 * accounting, gateway syslog. What fits together within seconds is one lease; interim records renew
 * it; the first end told ends it.
 */
#include "join.h"
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define OVERLAP_LIMIT 4096 /* logins at once whose least overlap is still to pass */

/* What one observation tells of a login. */
struct told {
    bool has_outside, has_inside, is_weak, is_interim, is_offer, tells_end;
    struct in6_addr outside, inside;
    const char *session, *method, *device;
};

/* Methods whose packets run between servers: their flow's ends are never the person. */
static const char *const server_methods[] = { "radius", "eap-tls", "syslog", "tacacs", "diameter" };
/* Methods that also tell when a session ends. */
static const char *const ending_methods[] = { "radius-accounting", "syslog" };

static bool
begins_with_any(const char *method, const char *const *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (strncmp(method, list[i], strlen(list[i])) == 0)
            return true;
    return false;
}
#define BEGINS_WITH_ANY(method, list)                                                              \
    begins_with_any((method), (list), sizeof(list) / sizeof((list)[0]))

/* The flow's originator is the person's device: inside it ties an address; from outside to the
 * company's own equipment it is a login from outside. */
static void
tell_by_flow(const struct analyst *a, const struct observation *o, struct told *t)
{
    enum locality from = locality_of(a->config, &o->source);
    enum locality to = locality_of(a->config, &o->destination);

    if (from == LOCALITY_OUTSIDE && locality_is_own(to) && !t->has_outside) {
        t->has_outside = true;
        t->outside = o->source;
    } else if ((from == LOCALITY_PRIVATE || from == LOCALITY_POOL || from == LOCALITY_INSIDE) &&
               !t->has_inside) {
        t->has_inside = true;
        t->is_weak = true;
        t->inside = o->source;
    }
}

static struct told
tell(const struct analyst *a, const struct observation *o)
{
    const struct fact *f = &o->fact;
    struct told t = { .method = fact_get_text(f, KEY_METHOD) };

    t.method = t.method == NULL ? "" : t.method;
    t.session = fact_get_text(f, KEY_SESSION);
    t.device = fact_get_text(f, KEY_DEVICE_HOST_NAME);
    if (t.device == NULL)
        t.device = fact_get_text(f, KEY_DEVICE_MAC);
    t.has_outside = fact_get_address(f, KEY_OUTSIDE, &t.outside) &&
                    locality_of(a->config, &t.outside) == LOCALITY_OUTSIDE;
    t.has_inside = fact_get_address(f, KEY_INSIDE, &t.inside) &&
                   locality_of(a->config, &t.inside) != LOCALITY_NOWHERE;
    t.is_interim = fact_is(f, KEY_STATUS, "interim");
    t.is_offer = fact_is(f, KEY_STATUS, "offered");
    t.tells_end = BEGINS_WITH_ANY(t.method, ending_methods);
    if (o->has_flow && !fact_has(f, KEY_OUTSIDE) && !BEGINS_WITH_ANY(t.method, server_methods))
        tell_by_flow(a, o, &t);
    return t;
}

static bool
knows_session(const struct lease *l, const char *session)
{
    for (unsigned i = 0; session != NULL && i < l->session_count; i++)
        if (strncmp(l->session[i], session, sizeof l->session[i] - 1) == 0)
            return true;
    return false;
}

static bool
is_same_session(const struct lease *l, const struct told *t)
{
    return knows_session(l, t->session) && l->has_outside && t->has_outside &&
           locality_same(&l->outside, &t->outside);
}

/* An offered address says nothing against the one that is given. */
static bool
contradicts(const struct lease *l, const struct told *t)
{
    return l->is_weak != t->is_weak ||
           (l->has_outside && t->has_outside && !locality_same(&l->outside, &t->outside)) ||
           (l->has_inside && !l->is_offered && t->has_inside && !t->is_offer &&
               !locality_same(&l->inside, &t->inside) && !is_same_session(l, t));
}

static bool
shares_address(const struct lease *l, const struct told *t)
{
    return (l->has_outside && t->has_outside) || (l->has_inside && t->has_inside);
}

/* The lease that this login only repeats or renews. */
static struct lease *
find_same(const struct analyst *a, const struct account *account, const struct told *t)
{
    int64_t lease_us = a->config->limits.lease_us;
    struct lease *l;

    DL_FOREACH(account->leases, l)
    {
        bool recent = a->now_us - l->start_us <= JOIN_COPY_US;
        bool current = lease_is_current(l, a->now_us, lease_us);

        if (contradicts(l, t))
            continue;
        if (knows_session(l, t->session) &&
            (t->is_interim || a->now_us - l->last_us <= (current ? JOIN_ANEW_US : JOIN_COPY_US)))
            return l;
        if (!current)
            continue;
        if (recent || ((t->is_interim || t->is_weak) && shares_address(l, t)))
            return l;
    }
    return NULL;
}

static void
learn(struct analyst *a, struct lease *l, const struct told *t, const struct observation *o)
{
    if (t->has_inside && !l->is_ended && (!l->has_inside || (l->is_offered && !t->is_offer))) {
        accounts_set_inside(a->accounts, l, &t->inside);
        l->is_offered = t->is_offer;
    }
    if (t->session != NULL && !knows_session(l, t->session) && l->session_count < LEASE_SESSIONS)
        snprintf(l->session[l->session_count++], sizeof l->session[0], "%s", t->session);
    if (t->device != NULL && l->device[0] == '\0')
        snprintf(l->device, sizeof l->device, "%s", t->device);
    l->tells_end = l->tells_end || t->tells_end;
    if (t->is_interim)
        lease_renewed(l, a->now_us);
    if (t->has_outside && !l->has_outside) {
        l->has_outside = true;
        l->outside = t->outside;
        l->source = claim_source_of(o);
        geoip_look_up(a->geoip, &l->outside, &l->place);
    }
}

static void
raise_login(
    struct analyst *a, struct lease *l, enum detect_event_kind kind, const struct observation *o)
{
    struct detect_event e = {
        .kind = kind,
        .observation = o,
        .now_us = a->now_us,
        .account = l->account,
        .lease = l,
        .address = l->outside,
        .has_far = true,
        .far = l->outside,
        .place = l->place,
    };

    memcpy(e.device, l->device, sizeof e.device);
    join_raise(a, &e);
}

/* The oldest login whose least overlap was still to pass. */
static void
judge_overlap(struct analyst *a)
{
    struct underway *check = a->overlaps;
    struct lease *l = accounts_lease(a->accounts, check->lease);

    if (l != NULL)
        raise_login(a, l, EVENT_OVERLAP, &check->observation);
    join_underway_drop(&a->overlaps, check);
    a->overlap_count--;
}

/* Its outside address is known now: all that asks where from can run. */
static void
announce(struct analyst *a, struct lease *l, const struct observation *o)
{
    struct underway *check;

    l->site = accounts_touch_site(a->accounts, &l->outside, a->now_us);
    if (l->site != NULL)
        accounts_tie(a->accounts, l->account, l->site, a->now_us, &l->source);
    raise_login(a, l, EVENT_LOGIN, o);
    join_session_claim(a, l);
    if (a->overlap_count == OVERLAP_LIMIT)
        judge_overlap(a);
    check = join_underway_add(a, &a->overlaps, UNDERWAY_OVERLAP, &l->outside, o);
    if (check == NULL)
        return;
    check->lease = l->serial;
    check->due_us = a->now_us + JOIN_FLOW_US;
    a->overlap_count++;
}

void
join_login_lives(struct analyst *a, struct lease *l, const struct observation *o)
{
    int64_t seen_us = o->time_us < a->now_us ? o->time_us : a->now_us; /* some are told late */

    change_mark(&l->account->state.change);
    if (!l->is_ended && seen_us > l->last_us) {
        l->last_us = seen_us;
        l->renewed_us = seen_us;
    }
    if (l->site != NULL)
        accounts_tie(a->accounts, l->account, l->site, a->now_us, &l->source);
    if (l->has_outside)
        raise_login(a, l, EVENT_LIFE, o);
}

static void
begin(struct analyst *a, const struct observation *o, const char *name, const char *realm)
{
    struct account *account = accounts_touch(a->accounts, name, realm, true, a->now_us);
    struct told t = tell(a, o);
    struct lease *l, *holder;

    if (account == NULL)
        return;
    l = find_same(a, account, &t);
    if (l != NULL) {
        bool had_outside = l->has_outside;

        if (l->is_ended)
            return;
        learn(a, l, &t, o);
        if (!had_outside && l->has_outside)
            announce(a, l, o);
        else
            join_login_lives(a, l, o);
        return;
    }
    holder = t.has_inside ? accounts_lease_inside(a->accounts, &t.inside) : NULL;
    /* A directory login through a tunnel does not take the tunnel's address from its lease. */
    if (t.is_weak && holder != NULL && !holder->is_weak &&
        lease_is_current(holder, a->now_us, a->config->limits.lease_us))
        return;
    l = accounts_add_lease(a->accounts, account, NULL, a->now_us);
    if (l == NULL)
        return;
    a->summary.logins++;
    l->is_weak = t.is_weak;
    l->source = claim_source_of(o);
    snprintf(l->method, sizeof l->method, "%s", t.method);
    learn(a, l, &t, o);
    if (l->has_outside)
        announce(a, l, o);
}

static bool
fits_end(const struct analyst *a, const struct lease *l, const struct told *t, unsigned pass)
{
    bool copy = l->is_ended && a->now_us - l->last_us <= JOIN_COPY_US;
    bool same_session = knows_session(l, t->session);

    if (l->is_weak || contradicts(l, t) || (l->is_ended && !copy))
        return false;
    if (pass == 0)
        return same_session;
    if (pass == 1) /* another session of the same source is another session */
        return shares_address(l, t) &&
               (t->session == NULL || l->session_count == 0 || strcmp(l->method, t->method) != 0);
    return !l->is_ended && t->session == NULL && !t->has_inside && !t->has_outside;
}

/* Whose session a gateway ends without saying the name. Rare: a Disconnect that names the session
 * only. */
static struct account *
account_of_session(const struct analyst *a, const struct told *t)
{
    struct account *account;
    const struct lease *l;

    for (account = accounts_first(a->accounts); account != NULL; account = account->hh.next) {
        DL_FOREACH(account->leases, l)
        {
            if (!l->is_ended && knows_session(l, t->session) && !contradicts(l, t))
                return account;
        }
    }
    return NULL;
}

/* A gateway that lets an account in once drops all its sessions but the newest. */
static void
end_earlier(
    struct analyst *a, struct account *account, const char *method, const struct observation *o)
{
    struct lease *l;
    bool is_newest = true;

    DL_FOREACH(account->leases, l)
    {
        if (l->is_ended || strcmp(l->method, method) != 0)
            continue;
        if (!is_newest) {
            accounts_end_lease(a->accounts, l, a->now_us);
            join_login_lives(a, l, o);
        }
        is_newest = false;
    }
}

static void
end(struct analyst *a, const struct observation *o, const char *name, const char *realm)
{
    struct account *account = name == NULL ? NULL : accounts_find(a->accounts, name, realm);
    struct told t = tell(a, o);
    struct lease *l = NULL;

    t.is_weak = false;
    if (account == NULL && t.has_inside) {
        l = accounts_lease_inside(a->accounts, &t.inside);
        account = l == NULL || name != NULL ? NULL : l->account;
    }
    if (account == NULL && name == NULL && t.session != NULL)
        account = account_of_session(a, &t);
    if (account == NULL)
        return;
    if (fact_is(&o->fact, KEY_STATUS, "earlier")) {
        end_earlier(a, account, t.method, o);
        return;
    }
    for (unsigned pass = 0; pass < 3; pass++) {
        DL_FOREACH(account->leases, l)
        {
            if (!fits_end(a, l, &t, pass))
                continue;
            if (!l->is_ended) {
                accounts_end_lease(a->accounts, l, a->now_us);
                join_login_lives(a, l, o);
            }
            return;
        }
    }
}

/* A computer's own account, which is nobody's login: in a Windows domain, by Kerberos and 802.1X
 * (RFC 4120, 6.2.1), and what GlobalProtect calls all that connect before their users do. */
static bool
is_of_machine(const char *name)
{
    size_t n = strlen(name);

    return (n > 1 && name[n - 1] == '$') || strncasecmp(name, "host/", 5) == 0 ||
           strcasecmp(name, "pre-logon") == 0;
}

void
join_login(struct analyst *a, const struct observation *o)
{
    const struct fact *f = &o->fact;
    const char *name = fact_get_text(f, KEY_ACCOUNT), *realm = fact_get_text(f, KEY_REALM);
    const char *method = fact_get_text(f, KEY_METHOD);
    struct account *account;
    bool success;

    if (f->kind == FACT_LOGOUT || fact_is(f, KEY_STATUS, "stop")) {
        end(a, o, name, realm);
        return;
    }
    if (o->has_flow && (fact_is(f, KEY_RESULT, "success") || fact_is(f, KEY_RESULT, "failure")))
        join_session_answered(a, o, fact_is(f, KEY_RESULT, "failure"));
    if (name == NULL || is_of_machine(name) || fact_is(f, KEY_STATUS, "prefix"))
        return;
    /* Accounting starts after the gateway has let somebody in. */
    success = fact_is(f, KEY_RESULT, "success") || (!fact_has(f, KEY_RESULT) && method != NULL &&
                                                       strcmp(method, "radius-accounting") == 0);
    if (success) {
        begin(a, o, name, realm);
        return;
    }
    account = accounts_touch(a->accounts, name, realm, false, a->now_us);
    if (account == NULL)
        return;
    if (fact_is(f, KEY_RESULT, "failure"))
        account->failures++;
    else
        account->attempts++;
}

void
join_login_due(struct analyst *a, bool all)
{
    while (a->overlaps != NULL && (all || a->overlaps->due_us < a->now_us))
        judge_overlap(a);
}

void
join_login_close(struct analyst *a)
{
    while (a->overlaps != NULL)
        join_underway_drop(&a->overlaps, a->overlaps);
}

struct lease *
join_lease_outside(struct analyst *a, const struct in6_addr *outside, int64_t at_us, bool *is_near)
{
    const struct site *site = accounts_find_site(a->accounts, outside);
    struct lease *nearest = NULL, *only = NULL, *l;
    int64_t distance_us = JOIN_FLOW_US;
    bool several = false;

    for (unsigned i = 0; site != NULL && i < site->account_count; i++) {
        DL_FOREACH(((struct account *)site->accounts[i].other)->leases, l)
        {
            int64_t off_us = l->start_us > at_us ? l->start_us - at_us : at_us - l->start_us;

            if (!l->has_outside || !locality_same(&l->outside, outside))
                continue;
            if (off_us <= distance_us && (nearest == NULL || off_us < distance_us)) {
                nearest = l;
                distance_us = off_us;
            }
            if (!lease_is_current(l, a->now_us, a->config->limits.lease_us))
                continue;
            several = several || (only != NULL && only->account != l->account);
            only = only == NULL || l->start_us > only->start_us ? l : only;
        }
    }
    *is_near = nearest != NULL;
    if (nearest != NULL)
        return nearest;
    return several ? NULL : only;
}
