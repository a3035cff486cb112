/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Life of the analyst, its clock, and the way of an observation: joined first, then judged, then
 * cases are scored once.
 */
#include "analyst.h"
#include "join.h"
#include "names.h"
#include "timestamp.h"
#include <stdlib.h>
#include <string.h>

static void
count_alert(void *context, const struct alert *alert)
{
    struct analyst *a = context;

    if (alert->is_update)
        a->summary.updates++;
    else
        a->summary.alerts[alert->severity]++;
    a->alert(a->context, alert);
}

static void
touched(void *context, struct finding *f)
{
    struct analyst *a = context;

    cases_touch(a->cases, f, a->now_us);
}

static void
going(void *context, struct subject_state *state, struct account *account, struct site *site)
{
    struct analyst *a = context;

    if (!a->is_closing)
        cases_drop(a->cases, account, site, a->now_us);
    findings_drop(a->findings, state, !a->is_closing);
}

static void
open_detectors(struct analyst *a)
{
    for (unsigned i = 0; i < detect_table_count; i++) {
        struct detect *d = &a->detects[a->detect_count];

        if (!a->config->detectors[i].enabled)
            continue;
        *d = (struct detect){
            .config = a->config,
            .own = &a->config->detectors[i],
            .geoip = a->geoip,
            .watch = a->watch,
            .names = a->names,
            .accounts = a->accounts,
            .findings = a->findings,
            .detector = detect_table[i],
        };
        d->state = d->detector->open == NULL ? NULL : d->detector->open(d);
        a->detect_count++;
    }
}

struct analyst *
analyst_open(const struct analyst_request *request)
{
    struct analyst *a = calloc(1, sizeof *a);

    if (a == NULL)
        return NULL;
    a->config = request->config;
    a->geoip = request->geoip;
    a->alert = request->alert;
    a->context = request->context;
    a->accounts = accounts_open(
        &(struct accounts_request){ .config = a->config, .going = going, .context = a });
    a->suppress = suppress_open(a->config, a->geoip);
    a->watch = watch_open(a->config, a->geoip);
    a->names = names_open(a->config->limits.sites);
    if (a->accounts == NULL || a->suppress == NULL || a->watch == NULL || a->names == NULL)
        goto fail;
    a->findings = findings_open(&(struct findings_request){ .config = a->config,
        .geoip = a->geoip,
        .accounts = a->accounts,
        .suppress = a->suppress,
        .alert = count_alert,
        .touched = touched,
        .context = a });
    a->cases = cases_open(&(struct cases_request){ .config = a->config,
        .geoip = a->geoip,
        .accounts = a->accounts,
        .suppress = a->suppress,
        .alert = count_alert,
        .context = a });
    if (a->findings == NULL || a->cases == NULL)
        goto fail;
    open_detectors(a);
    return a;
fail:
    analyst_close(a);
    return NULL;
}

void
analyst_close(struct analyst *a)
{
    if (a == NULL)
        return;
    a->is_closing = true;
    for (unsigned i = 0; i < a->detect_count; i++)
        if (a->detects[i].detector->close != NULL)
            a->detects[i].detector->close(a->detects[i].state);
    join_login_close(a);
    if (a->accounts != NULL) {
        join_session_close(a);
        join_peer_close(a);
    }
    accounts_close(a->accounts);
    findings_close(a->findings);
    cases_close(a->cases);
    suppress_close(a->suppress);
    watch_close(a->watch);
    names_close(a->names);
    free(a);
}

void
join_raise(struct analyst *a, const struct detect_event *e)
{
    if (e->account != NULL) /* detectors count in it */
        change_mark(&e->account->state.change);
    for (unsigned i = 0; i < a->detect_count; i++)
        if (a->detects[i].detector->wants & WANTS(e->kind))
            a->detects[i].detector->run(&a->detects[i], e);
}

/* Only of a device that something named: any flow has such signs. */
static void
learn_fingerprints(struct analyst *a, const struct observation *o, const struct in6_addr *address)
{
    static const enum fact_key keys[DEVICE_FINGERPRINTS] = { KEY_FINGERPRINT_DHCP,
        KEY_FINGERPRINT_TCP, KEY_FINGERPRINT_HASSH, KEY_FINGERPRINT_JA4 };
    struct device *d = accounts_find_device(a->accounts, address);

    for (unsigned i = 0; d != NULL && i < DEVICE_FINGERPRINTS; i++) {
        const char *text = fact_get_text(&o->fact, keys[i]);

        if (text == NULL || strncmp(d->fingerprints[i], text, DEVICE_FINGERPRINT - 1) == 0)
            continue;
        snprintf(d->fingerprints[i], sizeof d->fingerprints[i], "%s", text);
        change_mark(&d->change);
    }
}

/* What a device calls itself, at which address. */
static void
learn_device(struct analyst *a, const struct observation *o)
{
    const char *host = fact_get_text(&o->fact, KEY_HOST_NAME);
    const char *mac = fact_get_text(&o->fact, KEY_MAC);
    struct in6_addr address = o->source;
    enum locality l;
    struct device *d;

    if (!fact_get_address(&o->fact, KEY_ADDRESS, &address) && !o->has_flow)
        return;
    if (host == NULL && mac == NULL) {
        learn_fingerprints(a, o, &address);
        return;
    }
    l = locality_of(a->config, &address);
    if (l != LOCALITY_PRIVATE && l != LOCALITY_POOL)
        return;
    d = accounts_touch_device(a->accounts, &address, a->now_us);
    if (d == NULL)
        return;
    if (host != NULL)
        snprintf(d->host_name, sizeof d->host_name, "%s", host);
    if (mac != NULL)
        snprintf(d->mac, sizeof d->mac, "%s", mac);
    learn_fingerprints(a, o, &address);
}

/* Names and fingerprints are about the flow's originator, unless only the other end is watched. */
static void
raise_sign(struct analyst *a, const struct observation *o)
{
    struct detect_event e = { .kind = EVENT_SIGN, .observation = o, .now_us = a->now_us };
    struct in6_addr address = o->source;
    struct join_end end, other;

    if (!o->has_flow && !fact_get_address(&o->fact, KEY_ADDRESS, &address))
        return;
    end = join_end_of(a, &address);
    /* Who asks for an address by DHCP has none to ask from. */
    if (end.locality == LOCALITY_NOWHERE && o->fact.kind == FACT_DEVICE &&
        fact_get_address(&o->fact, KEY_ADDRESS, &address))
        end = join_end_of(a, &address);
    if (end.rank == 0 && o->has_flow) {
        other = join_end_of(a, &o->destination);
        end = other.rank > 0 ? other : end;
    }
    if (end.locality == LOCALITY_TRUSTED)
        return;
    join_place_event(a, &end, &e);
    join_raise(a, &e);
}

typedef void observe_fn(struct analyst *a, const struct observation *o);

static void
see_device(struct analyst *a, const struct observation *o)
{
    learn_device(a, o);
    raise_sign(a, o);
}

static void
see_session(struct analyst *a, const struct observation *o)
{
    join_session(a, o);
    raise_sign(a, o);
}

static void
see_name(struct analyst *a, const struct observation *o)
{
    names_learn(a->names, o);
    raise_sign(a, o);
}

static observe_fn *const observers[FACT_KIND_COUNT] = {
    [FACT_LOGIN] = join_login,
    [FACT_LOGOUT] = join_login,
    [FACT_SESSION_OPEN] = see_session,
    [FACT_SESSION_UPDATE] = join_session,
    [FACT_SESSION_CLOSE] = join_session,
    [FACT_DEVICE] = see_device,
    [FACT_NAME] = see_name,
    [FACT_PEER] = join_peer,
    [FACT_LOCALE] = raise_sign,
    [FACT_BANNER] = raise_sign,
    [FACT_ACTIVITY] = join_activity,
    [FACT_RTT] = join_rtt,
    [FACT_UPLOAD] = join_upload,
};

/* What a session did is told after it, under the time of its last packet. */
static bool
is_told_late(const struct observation *o)
{
    return o->fact.kind == FACT_SESSION_UPDATE || o->fact.kind == FACT_SESSION_CLOSE ||
           o->fact.kind == FACT_ACTIVITY || o->fact.kind == FACT_UPLOAD;
}

void
analyst_observe(struct analyst *a, const struct observation *o)
{
    a->summary.observations++;
    if (a->has_past && o->time_us < a->past_us) {
        a->summary.left_out++;
        return;
    }
    if (!a->has_time || o->time_us > a->now_us)
        a->now_us = o->time_us;
    else if (o->time_us < a->now_us && !is_told_late(o))
        a->summary.clock_steps_back++;
    a->has_time = true;
    join_session_due(a, false);
    join_login_due(a, false);
    accounts_age(a->accounts, a->now_us);
    if (o->fact.kind < FACT_KIND_COUNT && observers[o->fact.kind] != NULL)
        observers[o->fact.kind](a, o);
    findings_age(a->findings, a->now_us);
    cases_settle(a->cases, a->now_us);
}

static void
write_last(struct analyst *a)
{
    cases_settle(a->cases, a->now_us);
    findings_finish(a->findings);
    cases_finish(a->cases, a->now_us);
}

void
analyst_finish(struct analyst *a)
{
    if (a->summary.observations == a->summary.left_out)
        return; /* all that can be said was said by an earlier run */
    join_session_due(a, true);
    join_login_due(a, true);
    for (unsigned i = 0; i < a->detect_count; i++)
        if (a->detects[i].detector->finish != NULL)
            a->detects[i].detector->finish(&a->detects[i], a->now_us);
    write_last(a);
}

void
analyst_pause(struct analyst *a)
{
    write_last(a);
}

void
analyst_get_summary(const struct analyst *a, struct analyst_summary *out)
{
    *out = a->summary;
    out->accounts = accounts_count(a->accounts);
    out->sites = accounts_site_count(a->accounts);
    out->evicted += accounts_evicted(a->accounts);
    out->suppressed = suppress_hits(a->suppress);
}

void
analyst_report_suppress(
    const struct analyst *a, void (*line)(void *context, const char *text), void *context)
{
    suppress_report(a->suppress, line, context);
}
