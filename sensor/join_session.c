/* SPDX-License-Identifier: BSD-2-Clause
 *
 * To whom does a session belong? A tunnel that reaches a gateway belongs to the login that its
 * address gets within a minute; it waits that long before it counts as nobody's. A session inside
 * belongs to the lease of its inside address; at home to the device. Of a remote-control session
 * the watched end is found first, then the part that it plays.
 */
#include "../conf/list.h"
#include "address.h"
#include "join.h"
#include <string.h>

#define PENDING_LIMIT 1024 /* flows that wait for a login at once */
#define TUNNEL_PACKETS 30  /* of a tunnel's minute at work, and ... */
#define TUNNEL_BYTES 20000
#define GUESS_PACKETS 50 /* more than an SSH server's six refusals take, or ... */
#define GUESS_US (30 * SECOND_US)

void
join_set_far(struct analyst *a, struct detect_event *e, const struct in6_addr *far)
{
    e->has_far = true;
    e->far = *far;
    geoip_look_up(a->geoip, far, &e->place);
}

/* The one account of the last days at a site. NULL: none, or several. */
static struct account *
only_account(const struct analyst *a, const struct site *s, bool *any)
{
    struct account *only = NULL;
    unsigned count = 0;

    for (unsigned i = 0; i < s->account_count; i++)
        if (a->now_us - s->accounts[i].last_us <= JOIN_SITE_US) {
            only = s->accounts[i].other;
            count++;
        }
    *any = count > 0;
    return count == 1 ? only : NULL;
}

struct join_end
join_end_of(struct analyst *a, const struct in6_addr *address)
{
    struct join_end end = { .address = *address, .locality = locality_of(a->config, address) };
    struct lease *l = accounts_lease_inside(a->accounts, address);
    const struct site *site;
    bool any;

    if (end.locality == LOCALITY_TRUSTED || end.locality == LOCALITY_NOWHERE)
        return end;
    if (l != NULL && lease_is_current(l, a->now_us, a->config->limits.lease_us) &&
        (!l->is_weak || l->account->site_count > 0 || end.locality != LOCALITY_INSIDE)) {
        end.rank = 3;
        end.lease = l;
        end.account = l->account;
        return end;
    }
    if (end.locality == LOCALITY_POOL) {
        end.rank = 2;
    } else if (end.locality == LOCALITY_PRIVATE || end.locality == LOCALITY_INSIDE) {
        end.rank = 1;
    } else if (end.locality == LOCALITY_OUTSIDE) {
        site = accounts_find_site(a->accounts, address);
        if (site != NULL) {
            end.account = only_account(a, site, &any);
            end.rank = any ? 2 : 0;
        }
    }
    return end;
}

void
join_place_event(struct analyst *a, const struct join_end *end, struct detect_event *e)
{
    const struct device *d = accounts_find_device(a->accounts, &end->address);

    e->account = end->account;
    e->lease = end->lease;
    e->address = end->address;
    if (end->lease != NULL && end->lease->has_outside)
        e->address = end->lease->outside;
    if (end->lease != NULL && end->lease->device[0] != '\0')
        memcpy(e->device, end->lease->device, sizeof e->device);
    else if (d != NULL && d->host_name[0] != '\0')
        snprintf(e->device, sizeof e->device, "%s", d->host_name);
    else if (d != NULL && d->mac[0] != '\0')
        snprintf(e->device, sizeof e->device, "%s", d->mac);
    else if (end->locality != LOCALITY_OUTSIDE)
        address_print(e->device, &end->address);
}

/* A session stays whose it was when it began: its last minutes are told behind the logout. */
static struct join_end
end_in_session(struct analyst *a, struct underway_session *r, const struct in6_addr *address)
{
    struct lease *l = r->holder == 0 ? NULL : accounts_lease(a->accounts, r->holder);
    struct join_end end = join_end_of(a, address);

    if (l != NULL && locality_same(&l->inside, address)) {
        end.rank = 3;
        end.lease = l;
        end.account = l->account;
    } else if (r->holder == 0 && end.lease != NULL && !end.lease->is_weak) {
        r->holder = end.lease->serial;
    }
    return end;
}

/* ---- access: from outside to the company ---- */

static bool
is_access(struct analyst *a, const char *class_name, const struct in6_addr *client,
    const struct in6_addr *server)
{
    enum locality to = locality_of(a->config, server);

    if (locality_of(a->config, client) != LOCALITY_OUTSIDE)
        return false;
    if (strcmp(class_name, "vpn") == 0)
        return locality_is_own(to) || to == LOCALITY_PRIVATE || !locality_knows_company(a->config);
    return (strcmp(class_name, "remote-desktop") == 0 || strcmp(class_name, "ssh") == 0) &&
           locality_is_own(to) && join_end_of(a, server).rank < 2; /* else somebody's laptop */
}

static void
attach(struct analyst *a, struct underway_session *r, struct lease *l, const struct observation *o)
{
    r->lease = l->serial;
    change_mark(&r->change);
    l->open_sessions++;
    join_login_lives(a, l, o);
}

/* A tunnel may take several flows (IKE on two ports, TLS beside DTLS): one session from there. */
static void
speak_for_others(struct analyst *a, const struct underway *p)
{
    struct underway *other;

    DL_FOREACH(a->pendings, other)
    {
        if (other->kind != UNDERWAY_ACCESS || p->kind != UNDERWAY_ACCESS ||
            !locality_same(&other->address, &p->address))
            continue;
        other->is_told = true;
        change_mark(&other->change);
    }
}

/* A gateway's TLS serves visitors of its web page and scanners as well: what lasts and carries as
 * much as a minute's work is a tunnel. Guesses of passwords are short; an answer to one is not
 * always told from the outside. Who has logged in need not prove anything. */
static bool
proves_session(const struct observation *o)
{
    int64_t duration_us = 0, packets[2] = { 0 }, bytes[2] = { 0 };

    (void)fact_get_number(&o->fact, KEY_DURATION_US, &duration_us);
    (void)fact_get_number(&o->fact, KEY_PACKETS_OUT, &packets[0]);
    (void)fact_get_number(&o->fact, KEY_PACKETS_IN, &packets[1]);
    (void)fact_get_number(&o->fact, KEY_BYTES_OUT, &bytes[0]);
    (void)fact_get_number(&o->fact, KEY_BYTES_IN, &bytes[1]);
    if (fact_is(&o->fact, KEY_SIGN, "gateway"))
        return duration_us >= MINUTE_US && packets[0] + packets[1] >= TUNNEL_PACKETS &&
               bytes[0] + bytes[1] >= TUNNEL_BYTES;
    return fact_is(&o->fact, KEY_CLASS, "vpn") || packets[0] + packets[1] >= GUESS_PACKETS ||
           duration_us >= GUESS_US;
}

static void
resolve(struct analyst *a, struct underway *p)
{
    bool near;
    struct lease *l = join_lease_outside(a, &p->address, p->due_us - JOIN_FLOW_US, &near);
    struct underway_session *r = NULL;
    struct detect_event e = {
        .kind = p->kind == UNDERWAY_ACCESS ? EVENT_LOGIN : EVENT_FLOW,
        .observation = &p->observation,
        .now_us = a->now_us,
        .address = p->address,
    };

    if (p->kind == UNDERWAY_RTT) {
        /* Of flows between public addresses only those are the company's that have a login. */
        if (l == NULL && locality_of(a->config, &p->observation.destination) == LOCALITY_OUTSIDE)
            return;
        join_rtt_raise(a, &p->observation, l, &p->address);
        return;
    }
    if (p->kind == UNDERWAY_ACCESS && p->observation.has_flow)
        HASH_FIND(hh, a->sessions, &p->observation.flow, sizeof p->observation.flow, r);
    /* A login of this address has been reported with all that its address says. */
    if (l != NULL) {
        if (r != NULL && r->lease == 0)
            attach(a, r, l, &p->observation);
        return;
    }
    if (p->is_told || p->is_refused || !p->is_proven)
        return;
    speak_for_others(a, p);
    join_set_far(a, &e, &p->address);
    join_raise(a, &e);
}

static void
drop_pending(struct analyst *a, struct underway *p)
{
    join_underway_drop(&a->pendings, p);
    a->pending_count--;
}

static void
wait_for_login(struct analyst *a, const struct observation *o, const struct in6_addr *outside,
    enum underway_kind kind)
{
    struct underway *p;

    if (a->pending_count == PENDING_LIMIT) {
        resolve(a, a->pendings);
        drop_pending(a, a->pendings);
    }
    p = join_underway_add(a, &a->pendings, kind, outside, o);
    if (p == NULL)
        return;
    p->due_us = a->now_us + JOIN_FLOW_US;
    p->is_proven = kind != UNDERWAY_ACCESS || proves_session(o);
    a->pending_count++;
}

void
join_session_wait_rtt(
    struct analyst *a, const struct observation *o, const struct in6_addr *outside)
{
    wait_for_login(a, o, outside, UNDERWAY_RTT);
}

void
join_session_claim(struct analyst *a, struct lease *l)
{
    struct underway *p, *next;

    DL_FOREACH_SAFE(a->pendings, p, next)
    {
        if (!locality_same(&p->address, &l->outside))
            continue;
        resolve(a, p);
        drop_pending(a, p);
    }
}

void
join_session_due(struct analyst *a, bool all)
{
    join_underway_expire(a);
    while (a->pendings != NULL && (all || a->pendings->due_us < a->now_us)) {
        resolve(a, a->pendings);
        drop_pending(a, a->pendings);
    }
}

static struct underway *
find_access(const struct analyst *a, uint64_t flow)
{
    struct underway *p;

    DL_FOREACH(a->pendings, p)
    if (p->kind == UNDERWAY_ACCESS && p->observation.flow == flow)
        return p;
    return NULL;
}

/* Now it is a session of its own, whether or not a login is heard of. */
static void
prove(struct analyst *a, struct underway_session *r, const struct observation *o)
{
    struct underway *p = find_access(a, o->flow);

    r->is_proven = true;
    change_mark(&r->change);
    if (p == NULL && r->lease == 0) {
        wait_for_login(a, o, &o->source, UNDERWAY_ACCESS);
        p = find_access(a, o->flow);
    }
    if (p != NULL) {
        p->is_proven = true;
        p->is_refused = false;
        change_mark(&p->change);
    }
}

void
join_session_answered(struct analyst *a, const struct observation *o, bool is_refused)
{
    struct underway_session *r;
    struct underway *p;

    HASH_FIND(hh, a->sessions, &o->flow, sizeof o->flow, r);
    if (r == NULL || !r->is_access)
        return;
    if (!is_refused && (r->is_refused || !r->is_proven))
        prove(a, r, o);
    r->is_refused = is_refused;
    change_mark(&r->change);
    p = find_access(a, o->flow);
    if (p == NULL)
        return;
    p->is_refused = is_refused;
    change_mark(&p->change);
}

static void
see_access(struct analyst *a, struct underway_session *r, const struct observation *o,
    const struct in6_addr *client)
{
    struct lease *l;
    bool near;

    if (r->is_access) {
        l = r->lease == 0 ? NULL : accounts_lease(a->accounts, r->lease);
        if (l != NULL)
            join_login_lives(a, l, o);
        else if (r->lease == 0 && !r->is_proven && proves_session(o)) {
            prove(a, r, o);
        }
        return;
    }
    r->is_access = true;
    r->is_proven = proves_session(o);
    l = join_lease_outside(a, client, a->now_us, &near);
    if (l != NULL && near)
        attach(a, r, l, o);
    else
        wait_for_login(a, o, client, UNDERWAY_ACCESS);
}

/* ---- control: who drives a watched device ---- */

bool
join_is_approved(const struct analyst *a, const struct account *account, const char *app)
{
    const struct config_texts *lists[] = {
        &a->config->policy.approved_tools,
        account == NULL || account->contractor == NULL ? NULL
                                                       : &account->contractor->approved_tools,
    };

    for (size_t k = 0; k < 2; k++)
        for (unsigned i = 0; lists[k] != NULL && i < lists[k]->count; i++)
            if (list_same_tool(lists[k]->list[i], app))
                return true;
    return false;
}

struct control {
    struct join_end watched;
    enum detect_role role;
    bool has_far;
    struct in6_addr far;
};

/* A known device of a contractor drives a private address of which nothing is known: a server. */
static bool
is_visit(const struct join_end *driver, const struct join_end *driven)
{
    return driver->locality != LOCALITY_OUTSIDE && driver->rank > 1 && driven->rank == 1;
}

/* A viewer of the company's computers is at work; a contractor's device that is driven from there
 * is not for that exempt. Of two private addresses of which nobody knows a login, either may be the
 * company's server. */
static bool
is_work(const struct analyst *a, const struct control *c)
{
    enum locality far = locality_of(a->config, &c->far);
    bool is_contractors = c->watched.locality == LOCALITY_POOL ||
                          (c->watched.lease != NULL && !c->watched.lease->is_weak);

    if (far == LOCALITY_TRUSTED || far == LOCALITY_NOWHERE)
        return true;
    return locality_is_work(a->config, far) && (c->role != ROLE_DRIVEN || !is_contractors);
}

/* False when nobody that is watched takes part, or it is ordinary work. */
static bool
find_watched(struct analyst *a, struct underway_session *r, const struct observation *o,
    bool is_desktop, const struct in6_addr *client, const struct in6_addr *server,
    struct control *c)
{
    struct in6_addr controller;
    bool known = fact_get_address(&o->fact, KEY_CONTROLLER, &controller);
    struct join_end ends[2] = { end_in_session(a, r, client), end_in_session(a, r, server) };
    bool is_relayed = fact_is(&o->fact, KEY_HOW, "relay");
    unsigned driver;

    if (!known && is_desktop && !is_relayed) { /* RDP and VNC: who connects is who drives */
        controller = *client;
        known = true;
    }
    *c = (struct control){ .role = ROLE_UNKNOWN };
    if (!known) {
        c->watched = ends[0].rank > 0 ? ends[0] : ends[1];
        /* The side that shows its screen would be told as controlled by the other, were that no
         * relay. */
        if (fact_is(&o->fact, KEY_STATE, "controlled"))
            c->role = ROLE_DRIVEN;
        /* Relays are called, they do not call: who comes from outside is the other end itself. */
        c->has_far =
            (ends[0].rank == 0 && ends[0].locality == LOCALITY_OUTSIDE) ||
            (ends[0].rank > 0 && ends[1].rank == 0 && fact_is(&o->fact, KEY_HOW, "direct"));
        c->far = ends[0].rank == 0 ? *client : *server;
        return c->watched.rank > 0 && ends[0].locality != LOCALITY_TRUSTED &&
               ends[1].locality != LOCALITY_TRUSTED;
    }
    c->has_far = true;
    driver = locality_same(&controller, server) ? 1 : 0;
    if (!locality_same(&controller, client) && !locality_same(&controller, server)) {
        c->watched = ends[0].rank >= ends[1].rank ? ends[0] : ends[1];
        c->role = ROLE_DRIVEN;
        c->far = controller;
    } else if (ends[1 - driver].rank > 0 && !is_visit(&ends[driver], &ends[1 - driver])) {
        c->watched = ends[1 - driver];
        c->role = ROLE_DRIVEN;
        c->far = ends[driver].address;
    } else {
        c->watched = ends[driver];
        c->role = ROLE_VIEWER;
        c->far = ends[1 - driver].address;
    }
    if (c->role == ROLE_VIEWER && (!is_desktop || is_relayed) && driver == 0 &&
        ends[1].locality == LOCALITY_OUTSIDE)
        c->has_far = false; /* a tool calls its vendor's relay */
    return c->watched.rank > 0 && !is_work(a, c);
}

static void
see_control(struct analyst *a, struct underway_session *r, const struct observation *o,
    bool is_desktop, const struct in6_addr *client, const struct in6_addr *server)
{
    bool controlled = fact_is(&o->fact, KEY_STATE, "controlled");
    const char *app = fact_get_text(&o->fact, KEY_APP);
    struct detect_event e = { .kind = EVENT_CONTROL, .observation = o, .now_us = a->now_us };
    struct control c;

    r->is_driven = false;
    if (app == NULL || !find_watched(a, r, o, is_desktop, client, server, &c) ||
        join_is_approved(a, c.watched.account, app))
        return;
    r->is_driven = c.role != ROLE_VIEWER;
    r->driven = c.watched.address;
    r->input = locality_same(&c.watched.address, client);
    if (!c.has_far)
        join_peer_driven(a, &c.watched.address, c.role == ROLE_VIEWER ? "" : app);
    if (r->is_reported && (!controlled || r->is_controlled) && (!c.has_far || r->has_far))
        return;
    join_place_event(a, &c.watched, &e);
    e.app = app;
    e.sign = fact_get_text(&o->fact, KEY_SIGN);
    e.role = c.role;
    e.is_controlled = controlled && c.role != ROLE_VIEWER;
    e.state = e.is_controlled ? "controlled" : "connected";
    e.is_first = !r->is_reported;
    e.is_far_new = c.has_far && !r->has_far;
    e.is_driver_new = c.has_far && c.role == ROLE_DRIVEN && !r->has_driver;
    if (c.has_far)
        join_set_far(a, &e, &c.far);
    r->is_reported = true;
    r->is_controlled = r->is_controlled || controlled;
    r->has_far = r->has_far || c.has_far;
    r->has_driver = r->has_driver || e.is_driver_new;
    join_raise(a, &e);
    join_peer_early(a, server, c.role);
}

/* ---- sessions and peers ---- */

static enum detect_activity
activity_of(const char *class_name)
{
    if (strcmp(class_name, "remote-desktop") == 0)
        return ACTIVITY_DESKTOP;
    if (strcmp(class_name, "ssh") == 0)
        return ACTIVITY_HANDS;
    if (strcmp(class_name, "call") == 0)
        return ACTIVITY_CALL;
    return strcmp(class_name, "vpn") == 0 || strcmp(class_name, "mesh") == 0 ? ACTIVITY_TUNNEL
                                                                             : ACTIVITY_TOOL;
}

/* A tunnel from outside belongs to its login, a driven device is whose it is about, and else the
 * client. */
static void
see_activity(struct analyst *a, struct underway_session *r, const struct observation *o,
    const char *class_name, const struct in6_addr *client)
{
    struct join_doing doing = {
        .of = activity_of(class_name), .is_driven = r->is_driven, .input = r->input
    };
    struct lease *l = r->lease == 0 ? NULL : accounts_lease(a->accounts, r->lease);

    if (l != NULL)
        doing.end = (struct join_end){
            .rank = 3, .account = l->account, .lease = l, .address = l->outside
        };
    else
        doing.end = end_in_session(a, r, r->is_driven ? &r->driven : client);
    join_activity_raise(a, o, &doing);
}

void
join_session(struct analyst *a, const struct observation *o)
{
    const char *class_name = fact_get_text(&o->fact, KEY_CLASS);
    const char *app = fact_get_text(&o->fact, KEY_APP);
    struct in6_addr client = o->source, server = o->destination;
    struct underway_session *r;
    bool is_desktop;

    if (class_name == NULL || !o->has_flow)
        return;
    (void)fact_get_address(&o->fact, KEY_CLIENT, &client);
    (void)fact_get_address(&o->fact, KEY_SERVER, &server);
    r = join_underway_session(a, o);
    if (r == NULL)
        return;
    is_desktop = strcmp(class_name, "remote-desktop") == 0;
    if (app != NULL && strcmp(class_name, "ip-kvm") == 0) /* the machine itself is driven */
        join_peer_driven(a, &client, app);
    if (!fact_is(&o->fact, KEY_STATE, "named")) {
        if (is_access(a, class_name, &client, &server))
            see_access(a, r, o, &client);
        else if (is_desktop || strcmp(class_name, "remote-tool") == 0)
            see_control(a, r, o, is_desktop, &client, &server);
        if (!r->is_access)
            join_session_ways(a, o, class_name, &client, &server, r);
    }
    see_activity(a, r, o, class_name, &client);
    if (strcmp(class_name, "ssh") == 0)
        join_upload_session(a, o, &client, &server, &r->uploaded);
    if (o->fact.kind == FACT_SESSION_CLOSE)
        join_underway_close(a, r);
}

void
join_session_watched_flow(
    struct analyst *a, const struct observation *o, const struct in6_addr *far)
{
    const struct in6_addr *near = locality_same(far, &o->source) ? &o->destination : &o->source;
    struct join_end end = join_end_of(a, near);
    struct detect_event e = { .kind = EVENT_FLOW, .observation = o, .now_us = a->now_us };

    if (end.locality == LOCALITY_TRUSTED)
        return;
    if (end.rank == 0) { /* the company's own, or nobody known: it is about the far end */
        wait_for_login(a, o, far, UNDERWAY_FLOW);
        return;
    }
    join_place_event(a, &end, &e);
    join_set_far(a, &e, far);
    join_raise(a, &e);
}

void
join_session_close(struct analyst *a)
{
    while (a->pendings != NULL)
        drop_pending(a, a->pendings);
    while (a->sessions != NULL)
        join_underway_close(a, a->sessions);
}
