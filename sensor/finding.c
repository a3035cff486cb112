/* SPDX-License-Identifier: BSD-2-Clause */
#include "finding.h"
#include "detect/detect.h"
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define UPDATE_PAUSE_US HOUR_US        /* at most once an hour of packet time */
#define SWEEP_PAUSE_US (5 * MINUTE_US) /* how often overdue updates are looked for */
#define SITE_DAYS_US (7 * DAY_US)

struct findings {
    struct findings_request request;
    struct finding *grown; /* since they were last written */
    int64_t swept_us;
};

struct findings *
findings_open(const struct findings_request *request)
{
    struct findings *t = calloc(1, sizeof *t);

    if (t != NULL)
        t->request = *request;
    return t;
}

void
findings_close(struct findings *t)
{
    free(t);
}

int
finding_score(double weight)
{
    return (int)lround(100 / (1 + exp(5 - weight)));
}

uint64_t
finding_id(const char *detector, const struct account *a, const char *site, const char *object)
{
    uint64_t id = stablehash_text(STABLEHASH_START, detector);

    id = stablehash_text(id, a != NULL ? "account" : "site");
    id = stablehash_text(id, a != NULL ? a->key : site);
    return stablehash_text(id, object);
}

bool
finding_earned_at(const struct finding *f, const struct site *s, int64_t since_us)
{
    for (unsigned i = 0; i < f->site_count; i++)
        if (f->sites[i].serial == s->state.change.serial)
            return f->sites[i].last_us >= since_us;
    return false;
}

static void
set_grown(struct findings *t, struct finding *f, bool grown)
{
    if (f->is_grown == grown)
        return;
    f->is_grown = grown;
    if (grown)
        DL_APPEND2(t->grown, f, grown_prev, grown_next);
    else
        DL_DELETE2(t->grown, f, grown_prev, grown_next);
}

static void
free_finding(struct findings *t, struct subject_state *state, struct finding *f)
{
    set_grown(t, f, false);
    DL_DELETE(state->findings, f);
    state->finding_count--;
    free(f->claims);
    free(f);
}

struct document {
    struct alert alert;
    struct alert_evidence evidence[FINDING_CLAIMS];
    struct geoip_place places[FINDING_ADDRESSES];
    struct alert_geo geo[FINDING_ADDRESSES];
    const char *attack[8], *references[8];
    const char *accounts[SITE_ACCOUNTS];
};

static unsigned
take_texts(const char *out[8], const char *const *list, const char *first)
{
    unsigned n = 0;

    if (first != NULL && first[0] != '\0')
        out[n++] = first;
    for (; list != NULL && *list != NULL && n < 8; list++)
        out[n++] = *list;
    return n;
}

static int
by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void
finding_sort_names(const char **names, unsigned count)
{
    if (count > 1)
        qsort(names, count, sizeof *names, by_name);
}

static void
fill_subject(const struct finding *f, int64_t now_us, struct document *d)
{
    const struct account *a = f->account;
    struct alert *alert = &d->alert;

    if (a != NULL) {
        alert->subject.account = a->name;
        alert->subject.contractor = a->contractor == NULL ? NULL : a->contractor->name;
    }
    alert->subject.site = f->site_name[0] == '\0' ? NULL : f->site_name;
    alert->subject.device = f->device[0] == '\0' ? NULL : f->device;
    for (unsigned i = 0; f->lists_accounts && f->site != NULL && i < f->site->account_count; i++) {
        const struct account *one = f->site->accounts[i].other;

        if (now_us - f->site->accounts[i].last_us <= SITE_DAYS_US)
            d->accounts[alert->subject.account_count++] = one->name;
    }
    finding_sort_names(d->accounts, alert->subject.account_count);
    alert->subject.accounts = d->accounts;
}

static struct subject_state *
state_of(struct finding *f)
{
    return f->account != NULL ? &f->account->state : &f->site->state;
}

static void
emit(struct findings *t, struct finding *f, bool update, int64_t now_us)
{
    struct document d = { .alert = {
                              .name = f->detector->name,
                              .id = f->id,
                              .is_update = update,
                              .time_us = f->last_us,
                              .first_seen_us = f->first_us,
                              .last_seen_us = f->last_us,
                              .count = f->count,
                              .severity = f->severity,
                              .score = finding_score(f->weight),
                              .sensor = t->request.config->sensor.name,
                              .summary = f->summary,
                              .action = f->detector->action,
                          } };

    fill_subject(f, f->last_us, &d);
    for (unsigned i = 0; i < f->claim_count; i++)
        d.evidence[i] = claim_view(&f->claims[i]);
    for (unsigned i = 0; i < f->address_count; i++) {
        geoip_look_up(t->request.geoip, &f->addresses[i], &d.places[i]);
        d.geo[i] = (struct alert_geo){ .address = f->addresses[i], .place = &d.places[i] };
    }
    d.alert.evidence = d.evidence;
    d.alert.evidence_count = f->claim_count;
    d.alert.geo = d.geo;
    d.alert.geo_count = f->address_count;
    d.alert.attack = d.attack;
    d.alert.attack_count = take_texts(d.attack, f->detector->attack, NULL);
    d.alert.references = d.references;
    d.alert.reference_count = take_texts(d.references, f->detector->references, f->reference);
    t->request.alert(t->request.context, &d.alert);
    change_mark(&state_of(f)->change);
    f->is_written = true;
    f->written_us = now_us;
    f->written_count = f->count;
    f->written_severity = f->severity;
}

static bool
is_suppressed(struct findings *t, const struct finding *f, const struct sighting *s)
{
    struct in6_addr addresses[FINDING_ADDRESSES + 3];
    struct suppress_question q = {
        .detector = f->detector->name,
        .account_key = f->account == NULL ? NULL : f->account->key,
        .site = f->site_name[0] == '\0' ? NULL : f->site_name,
        .domain = s->domain[0] == '\0' ? NULL : s->domain,
        .addresses = addresses,
        .time_us = s->now_us,
    };

    addresses[q.address_count++] = s->site_address;
    for (unsigned i = 0; i < s->address_count; i++)
        addresses[q.address_count++] = s->addresses[i];
    /* A login is told by servers: their addresses are not what it is about. */
    if (s->cause->has_flow && !fact_has(&s->cause->fact, KEY_OUTSIDE)) {
        addresses[q.address_count++] = s->cause->source;
        addresses[q.address_count++] = s->cause->destination;
        q.ports[0] = s->cause->source_port;
        q.ports[1] = s->cause->destination_port;
    }
    return suppress_holds(t->request.suppress, &q);
}

static void
write_due(struct findings *t, struct finding *f, const struct sighting *s)
{
    bool rises = f->is_written && f->severity > f->written_severity;
    bool hour = f->is_written && s->now_us - f->written_us >= UPDATE_PAUSE_US;

    if (f->is_written && !rises && !hour) {
        set_grown(t, f, f->count > f->written_count);
        return;
    }
    f->is_suppressed = is_suppressed(t, f, s);
    if (f->is_suppressed)
        return;
    emit(t, f, f->is_written, s->now_us);
    set_grown(t, f, false);
}

static bool
device_in_roster(const struct config *config, const char *device)
{
    for (unsigned i = 0; i < config->contractor_count; i++)
        for (unsigned k = 0; k < config->contractors[i].devices.count; k++)
            if (strcasecmp(config->contractors[i].devices.list[k], device) == 0)
                return true;
    return false;
}

/* policy.watch: roster leaves everybody else alone. */
static bool
is_watched(const struct findings *t, const struct sighting *s)
{
    const struct site *site;

    if (!t->request.config->policy.watch_roster)
        return true;
    if (s->account != NULL)
        return s->account->contractor != NULL;
    site = accounts_find_site(t->request.accounts, &s->site_address);
    for (unsigned i = 0; site != NULL && i < site->account_count; i++)
        if (((const struct account *)site->accounts[i].other)->contractor != NULL)
            return true;
    return s->device[0] != '\0' && device_in_roster(t->request.config, s->device);
}

static struct finding *
find_or_make(struct findings *t, const struct sighting *s, struct site *site)
{
    struct subject_state *state = s->account != NULL ? &s->account->state : &site->state;
    uint64_t id =
        finding_id(s->detector->name, s->account, site == NULL ? "" : site->name, s->object);
    struct finding *f, *oldest = NULL;

    DL_FOREACH(state->findings, f)
    {
        if (f->id == id)
            return f;
        if (oldest == NULL || f->last_us < oldest->last_us)
            oldest = f;
    }
    if (state->finding_count == FINDING_PER_SUBJECT) {
        assert(oldest != NULL);
        if (oldest->is_grown && !oldest->is_suppressed)
            emit(t, oldest, true, s->now_us);
        free_finding(t, state, oldest);
    }
    f = calloc(1, sizeof *f);
    if (f == NULL)
        return NULL;
    f->id = id;
    f->detector = s->detector;
    f->account = s->account;
    f->site = s->account == NULL ? site : NULL;
    f->first_us = s->cause->time_us;
    f->last_us = s->cause->time_us;
    snprintf(f->object, sizeof f->object, "%s", s->object);
    DL_APPEND(state->findings, f);
    state->finding_count++;
    return f;
}

void
finding_add_claim(struct finding *f, const struct claim *claim)
{
    struct claim *grown;

    if (f->claim_count == FINDING_CLAIMS)
        return;
    grown = realloc(f->claims, (f->claim_count + 1) * sizeof *grown);
    if (grown == NULL)
        return;
    f->claims = grown;
    f->claims[f->claim_count++] = *claim;
}

/* What makes the finding as grave as it is stands first, and a case quotes the first. */
static void
lead_with(struct finding *f, const struct claim *claim)
{
    struct claim lead = *claim;
    unsigned at = 0;

    while (at < f->claim_count && !claim_merge(&f->claims[at], claim))
        at++;
    if (at == f->claim_count) {
        finding_add_claim(f, claim);
        at = f->claim_count - 1; /* the last gives way when there is no room */
    } else {
        lead = f->claims[at];
    }
    memmove(&f->claims[1], &f->claims[0], at * sizeof f->claims[0]);
    f->claims[0] = lead;
}

static void
take_claims(struct finding *f, const struct sighting *s)
{
    for (unsigned i = 0; i < s->claim_count; i++) {
        bool known = false;

        for (unsigned k = 0; k < f->claim_count && !known; k++)
            known = claim_merge(&f->claims[k], &s->claims[i]);
        if (!known)
            finding_add_claim(f, &s->claims[i]);
    }
}

static void
take_addresses(struct finding *f, const struct sighting *s)
{
    for (unsigned i = 0; i < s->address_count; i++) {
        bool known = false;

        for (unsigned k = 0; k < f->address_count && !known; k++)
            known = locality_same(&f->addresses[k], &s->addresses[i]);
        if (!known && f->address_count < FINDING_ADDRESSES)
            f->addresses[f->address_count++] = s->addresses[i];
    }
}

static void
take_site(struct finding *f, const struct site *site, int64_t now_us)
{
    unsigned at = 0;

    if (site == NULL)
        return;
    while (at < f->site_count && f->sites[at].serial != site->state.change.serial)
        at++;
    if (at == FINDING_SITES) {
        memmove(&f->sites[0], &f->sites[1], (FINDING_SITES - 1) * sizeof f->sites[0]);
        at--;
    } else if (at == f->site_count) {
        f->site_count++;
    }
    f->sites[at].serial = site->state.change.serial;
    f->sites[at].last_us = now_us;
}

/* A further sighting of the same kind must not soften what the finding says already. */
static void
take_words(struct finding *f, const struct sighting *s)
{
    if (s->severity < f->severity && f->summary[0] != '\0')
        return;
    snprintf(f->summary, sizeof f->summary, "%s", s->summary);
    snprintf(f->reference, sizeof f->reference, "%s", s->reference);
    snprintf(f->device, sizeof f->device, "%s", s->device);
}

/* An account in the company's own network or pool is at no site; the one it came from last says
 * more. */
static void
name_site(const struct config *config, struct finding *f, const struct sighting *s)
{
    enum locality l = locality_of(config, &s->site_address);
    const struct account *a = f->account;

    if (a == NULL || l == LOCALITY_OUTSIDE)
        locality_site_name(&s->site_address, f->site_name);
    else if (a->site_count > 0)
        memcpy(f->site_name, ((const struct site *)a->sites[a->site_count - 1].other)->name,
            sizeof f->site_name);
    else if (l == LOCALITY_PRIVATE)
        locality_site_name(&s->site_address, f->site_name);
}

static void
take_sighting(struct finding *f, const struct sighting *s)
{
    /* One RADIUS or syslog flow tells many logins; any other flow is one session. */
    bool is_login = s->cause->fact.kind == FACT_LOGIN || s->cause->fact.kind == FACT_LOGOUT;
    uint64_t flow = s->cause->has_flow && !is_login ? s->cause->flow : 0;
    int64_t at_us = s->cause->time_us;
    bool rises = f->claim_count > 0 && s->claim_count > 0 && s->severity > f->severity;
    bool again = s->is_same_event || (f->count > 0 && flow != 0 && flow == f->last_flow);

    take_words(f, s);
    if (s->severity > f->severity)
        f->severity = s->severity;
    if (s->weight > f->weight)
        f->weight = s->weight;
    f->lists_accounts = s->lists_accounts;
    f->first_us = at_us < f->first_us ? at_us : f->first_us;
    f->last_us = at_us > f->last_us ? at_us : f->last_us;
    if (f->count == 0 || !again)
        f->count++;
    f->last_flow = flow;
    if (rises)
        lead_with(f, &s->claims[0]);
    take_claims(f, s);
    take_addresses(f, s);
}

struct finding *
findings_sight(struct findings *t, const struct sighting *s)
{
    struct site *site;
    struct finding *f;

    if (!is_watched(t, s))
        return NULL;
    if (s->account != NULL) {
        site = accounts_find_site(t->request.accounts, &s->site_address);
    } else {
        if (locality_of(t->request.config, &s->site_address) == LOCALITY_TRUSTED)
            return NULL;
        site = accounts_touch_site(t->request.accounts, &s->site_address, s->now_us);
        if (site == NULL)
            return NULL;
    }
    f = find_or_make(t, s, site);
    if (f == NULL)
        return NULL;
    change_mark(&state_of(f)->change);
    take_sighting(f, s);
    name_site(t->request.config, f, s);
    take_site(f, site, s->now_us);
    write_due(t, f, s);
    t->request.touched(t->request.context, f);
    return f;
}

void
findings_age(struct findings *t, int64_t now_us)
{
    struct finding *f, *next;

    if (now_us - t->swept_us < SWEEP_PAUSE_US)
        return;
    t->swept_us = now_us;
    DL_FOREACH_SAFE2(t->grown, f, next, grown_next)
    {
        if (f->is_suppressed || now_us - f->written_us < UPDATE_PAUSE_US)
            continue;
        emit(t, f, true, now_us);
        set_grown(t, f, false);
    }
}

static int
by_first_seen(const void *a, const void *b)
{
    const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;

    if (x->first_us != y->first_us)
        return x->first_us < y->first_us ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

void
findings_finish(struct findings *t)
{
    struct finding *f, **all;
    size_t count = 0, n = 0;

    DL_FOREACH2(t->grown, f, grown_next)
    {
        count++;
    }
    if (count == 0)
        return;
    all = malloc(count * sizeof *all);
    if (all == NULL)
        return;
    DL_FOREACH2(t->grown, f, grown_next)
    {
        all[n++] = f;
    }
    qsort(all, count, sizeof *all, by_first_seen);
    for (size_t i = 0; i < count; i++) {
        if (!all[i]->is_suppressed)
            emit(t, all[i], true, all[i]->last_us);
        set_grown(t, all[i], false);
    }
    free(all);
}

void
findings_drop(struct findings *t, struct subject_state *state, bool write)
{
    while (state->findings != NULL) {
        struct finding *f = state->findings;

        if (write && f->is_grown && !f->is_suppressed)
            emit(t, f, true, f->last_us);
        free_finding(t, state, f);
    }
}

struct finding *
findings_restore(struct findings *t, struct subject_state *state, const struct finding *row)
{
    struct finding *f = state->finding_count < FINDING_PER_SUBJECT ? calloc(1, sizeof *f) : NULL;

    if (f == NULL)
        return NULL;
    *f = *row;
    f->account = state->change.of == CHANGE_ACCOUNT ? state->change.owner : NULL;
    f->site = state->change.of == CHANGE_SITE ? state->change.owner : NULL;
    if (f->severity >= SEVERITY_COUNT)
        f->severity = SEVERITY_CRITICAL;
    if (f->address_count > FINDING_ADDRESSES)
        f->address_count = FINDING_ADDRESSES;
    DL_APPEND(state->findings, f);
    state->finding_count++;
    set_grown(t, f, f->is_written && f->count > f->written_count);
    return f;
}
