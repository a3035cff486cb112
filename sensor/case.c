/* SPDX-License-Identifier: BSD-2-Clause */
#include "case.h"
#include "detect/detect.h"
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CASE_SITE_US (7 * DAY_US) /* sites and accounts of the last 7 d share their findings */
#define SITE_SHARE 0.5            /* a site's own findings in the case of an account */
#define FURTHER_SHARE 0.5         /* each finding of a family after its strongest */

struct due {
    struct account *account;
    struct site *site;
};

struct cases {
    struct cases_request request;
    struct due *due;
    unsigned due_count, due_room;
};

struct cases *
cases_open(const struct cases_request *request)
{
    struct cases *t = calloc(1, sizeof *t);

    if (t != NULL)
        t->request = *request;
    return t;
}

void
cases_close(struct cases *t)
{
    if (t != NULL)
        free(t->due);
    free(t);
}

static void
mark(struct cases *t, struct account *a, struct site *s)
{
    struct subject_state *state;

    assert(a != NULL || s != NULL);
    state = a != NULL ? &a->state : &s->state;
    if (state->is_dirty)
        return;
    if (t->due_count == t->due_room) {
        unsigned room = t->due_room == 0 ? 64 : 2 * t->due_room;
        struct due *grown = realloc(t->due, room * sizeof *grown);

        if (grown == NULL)
            return;
        t->due = grown;
        t->due_room = room;
    }
    state->is_dirty = true;
    t->due[t->due_count++] = (struct due){ .account = a, .site = s };
}

void
cases_touch(struct cases *t, struct finding *f, int64_t now_us)
{
    if (f->account != NULL) {
        mark(t, f->account, NULL);
        for (unsigned i = 0; i < f->account->site_count; i++) {
            struct site *s = f->account->sites[i].other;

            if (s->state.findings != NULL && finding_earned_at(f, s, now_us - CASE_SITE_US))
                mark(t, NULL, s);
        }
        return;
    }
    mark(t, NULL, f->site);
    for (unsigned i = 0; i < f->site->account_count; i++)
        if (now_us - f->site->accounts[i].last_us <= CASE_SITE_US)
            mark(t, f->site->accounts[i].other, NULL);
}

static int
by_family_then_weight(const void *a, const void *b)
{
    const struct case_part *x = a, *y = b;

    if (x->family != y->family)
        return x->family < y->family ? -1 : 1;
    if (x->weight < y->weight || x->weight > y->weight)
        return x->weight > y->weight ? -1 : 1;
    return strcmp(x->name, y->name);
}

static bool
is_same_detector(const struct case_part *a, const struct case_part *b)
{
    return a->flag == NULL && b->flag == NULL && strcmp(a->name, b->name) == 0;
}

double
case_sum(struct case_part *parts, unsigned *count)
{
    double sum = 0;
    unsigned kept = 0;

    if (*count > 1)
        qsort(parts, *count, sizeof *parts, by_family_then_weight);
    for (unsigned i = 0; i < *count; i++) {
        bool merged = false;

        for (unsigned k = 0; k < kept && !merged; k++)
            merged = is_same_detector(&parts[k], &parts[i]);
        if (merged)
            continue;
        parts[kept] = parts[i];
        parts[kept].counted = parts[i].weight;
        if (kept > 0 && parts[kept - 1].family == parts[i].family)
            parts[kept].counted *= FURTHER_SHARE;
        sum += parts[kept++].counted;
    }
    *count = kept;
    return sum;
}

static void
add_part(struct case_part parts[CASE_PARTS], unsigned *count, const struct finding *f, double share)
{
    if (f->is_suppressed || *count == CASE_PARTS)
        return;
    for (unsigned i = 0; i < *count; i++)
        if (strcmp(parts[i].name, f->detector->name) == 0 && parts[i].weight >= f->weight * share)
            return;
    parts[(*count)++] = (struct case_part){
        .finding = f,
        .name = f->detector->name,
        .family = f->detector->family,
        .share = share,
        .weight = f->weight * share,
    };
}

/* Strangers share an exit or a carrier's address: what it did is nobody's in particular. */
static bool
is_home(const struct cases *t, const struct site *s)
{
    struct geoip_place place;

    geoip_look_up(t->request.geoip, &s->address, &place);
    return place_can_be_home(&place);
}

static unsigned
account_parts(const struct cases *t, const struct account *a, int64_t now_us,
    struct case_part parts[CASE_PARTS])
{
    const struct config_contractor *c = a->contractor;
    const struct finding *f;
    unsigned count = 0;

    DL_FOREACH(a->state.findings, f)
    {
        add_part(parts, &count, f, 1);
    }
    for (unsigned i = 0; i < a->site_count; i++) {
        const struct site *s = a->sites[i].other;

        if (s->state.findings == NULL || now_us - a->sites[i].last_us > CASE_SITE_US ||
            !is_home(t, s))
            continue;
        DL_FOREACH(s->state.findings, f)
        {
            add_part(parts, &count, f, SITE_SHARE);
        }
    }
    for (unsigned i = 0; count > 0 && c != NULL && i < c->flag_count && count < CASE_PARTS; i++)
        parts[count++] = (struct case_part){
            .flag = &c->flags[i],
            .name = "roster-flag",
            .family = FAMILY_ROSTER,
            .share = 1,
            .weight = c->flags[i].weight,
        };
    return count;
}

/* Of a site's accounts: the strongest finding of each family that they earned there. */
static unsigned
site_parts(const struct site *s, int64_t now_us, struct case_part parts[CASE_PARTS])
{
    const struct finding *strongest[FAMILY_COUNT] = { NULL }, *f;
    unsigned count = 0;

    DL_FOREACH(s->state.findings, f)
    {
        add_part(parts, &count, f, 1);
    }
    if (count == 0)
        return 0;
    for (unsigned i = 0; i < s->account_count; i++) {
        const struct account *a = s->accounts[i].other;

        if (now_us - s->accounts[i].last_us > CASE_SITE_US)
            continue;
        DL_FOREACH(a->state.findings, f)
        {
            const struct finding **best = &strongest[f->detector->family];

            if (!f->is_suppressed && finding_earned_at(f, s, now_us - CASE_SITE_US) &&
                (*best == NULL || f->weight > (*best)->weight))
                *best = f;
        }
    }
    for (unsigned i = 0; i < FAMILY_COUNT; i++)
        if (strongest[i] != NULL)
            add_part(parts, &count, strongest[i], 1);
    return count;
}

/* The sentence of a case, by what its findings say: the first row that fits. */
static const struct pattern {
    unsigned all, none;
    const char *name, *says;
} patterns[] = {
    { FINDING_SIGN_SITE_SHARED, 0, "laptop farm",
        "several accounts work from one home, as they do in a laptop farm" },
    { FINDING_SIGN_ACCOUNT_SHARED, FINDING_SIGN_DRIVEN | FINDING_SIGN_PHYSICS, "account sharing",
        "one account is used from several places, as if several people shared it" },
    { FINDING_SIGN_DRIVEN | FINDING_SIGN_PLACE, 0, "remote-controlled from abroad",
        "somebody can drive the computer from elsewhere, and the places seen do not fit" },
    { FINDING_SIGN_DRIVEN, 0, "remote control", "somebody else can drive the computer" },
    { FINDING_SIGN_PHYSICS | FINDING_SIGN_PLACE, 0, "relayed login",
        "the login is relayed: its address is not where its user is" },
    { FINDING_SIGN_ANONYMISER, 0, "relayed login",
        "the login comes through an anonymiser that hides where its user is" },
    { FINDING_SIGN_PLACE, 0, "foreign egress",
        "the login comes from a place that it should not come from" },
    { FINDING_SIGN_ACCOUNT_SHARED, 0, "account sharing",
        "one account is used from several places, as if several people shared it" },
    { FINDING_SIGN_INDICATOR, 0, "known infrastructure",
        "it talks to what an indicator file lists" },
    { 0, 0, "unexplained signs", "what was seen needs an explanation" },
};

static unsigned
signs_of(const struct case_part *parts, unsigned count)
{
    unsigned signs = 0;

    for (unsigned i = 0; i < count; i++)
        if (parts[i].finding != NULL)
            signs |= parts[i].finding->detector->signs;
    return signs;
}

static const struct pattern *
pattern_of(unsigned signs)
{
    const struct pattern *p = patterns;

    while ((signs & p->all) != p->all || (signs & p->none) != 0)
        p++;
    return p;
}

struct scored {
    struct account *account;
    struct site *site;
    struct subject_state *state;
    int64_t now_us;
    struct case_view view;
};

struct document {
    struct alert alert;
    struct alert_finding findings[CASE_PARTS];
    struct alert_evidence evidence[CASE_PARTS];
    struct in6_addr addresses[CASE_PARTS];
    struct geoip_place places[8];
    struct alert_geo geo[8];
    const char *attack[16], *references[16], *accounts[SITE_ACCOUNTS];
    char flags[CASE_PARTS][160];
    char whats[CASE_PARTS][ACCOUNT_NAME + 80];
};

static void
add_texts(const char **out, unsigned *count, const char *const *list)
{
    for (; list != NULL && *list != NULL && *count < 16; list++) {
        bool known = false;

        for (unsigned i = 0; i < *count && !known; i++)
            known = strcmp(out[i], *list) == 0;
        if (!known)
            out[(*count)++] = *list;
    }
}

static void
fill_geo(const struct cases *t, const struct finding *f, struct document *d)
{
    for (unsigned i = 0; i < f->address_count && d->alert.geo_count < 8; i++) {
        unsigned at = d->alert.geo_count;
        bool known = false;

        for (unsigned k = 0; k < at && !known; k++)
            known = locality_same(&d->geo[k].address, &f->addresses[i]);
        if (known)
            continue;
        geoip_look_up(t->request.geoip, &f->addresses[i], &d->places[at]);
        d->geo[at] = (struct alert_geo){ .address = f->addresses[i], .place = &d->places[at] };
        d->alert.geo_count++;
    }
}

static void
fill_part(const struct cases *t, const struct scored *c, unsigned i, struct document *d)
{
    const struct case_part *p = &c->view.parts[i];
    const struct finding *f = p->finding;
    struct alert_finding *out = &d->findings[d->alert.finding_count++];

    *out = (struct alert_finding){ .alert = p->name, .counted = p->counted };
    if (f == NULL) {
        out->id = stablehash_text(stablehash_text(STABLEHASH_START, p->name), p->flag->name);
        out->weight = p->weight;
        out->first_seen_us = c->view.first_us;
        out->last_seen_us = c->view.last_us;
        out->count = 1;
        snprintf(d->flags[i], sizeof d->flags[i], "%s%s%s", p->flag->name,
            p->flag->note == NULL ? "" : ": ", p->flag->note == NULL ? "" : p->flag->note);
        d->evidence[d->alert.evidence_count++] =
            (struct alert_evidence){ .what = "roster flag", .value = d->flags[i] };
        return;
    }
    out->id = f->id;
    out->weight = f->weight;
    out->first_seen_us = f->first_us;
    out->last_seen_us = f->last_us;
    out->count = f->count;
    if (f->claim_count > 0) {
        struct alert_evidence *evidence = &d->evidence[d->alert.evidence_count++];

        *evidence = claim_view(&f->claims[0]);
        snprintf(d->whats[i], sizeof d->whats[i], "%s%s%s: %s", p->name,
            c->site != NULL && f->account != NULL ? " of " : "",
            c->site != NULL && f->account != NULL ? f->account->name : "", f->claims[0].what);
        evidence->what = d->whats[i];
    }
    add_texts(d->attack, &d->alert.attack_count, f->detector->attack);
    add_texts(d->references, &d->alert.reference_count, f->detector->references);
    fill_geo(t, f, d);
}

static void
fill_subject(const struct scored *c, struct document *d)
{
    struct alert *a = &d->alert;

    if (c->account != NULL) {
        a->subject.account = c->account->name;
        if (c->account->contractor != NULL)
            a->subject.contractor = c->account->contractor->name;
        if (c->account->site_count > 0)
            a->subject.site =
                ((const struct site *)c->account->sites[c->account->site_count - 1].other)->name;
        return;
    }
    a->subject.site = c->site->name;
    for (unsigned i = 0; i < c->site->account_count; i++)
        if (c->now_us - c->site->accounts[i].last_us <= CASE_SITE_US)
            d->accounts[a->subject.account_count++] =
                ((const struct account *)c->site->accounts[i].other)->name;
    finding_sort_names(d->accounts, a->subject.account_count);
    a->subject.accounts = d->accounts;
}

static bool
is_suppressed(const struct cases *t, const struct scored *c)
{
    struct suppress_question q = {
        .detector = "case",
        .account_key = c->account == NULL ? NULL : c->account->key,
        .site = c->site == NULL ? NULL : c->site->name,
        .addresses = c->site == NULL ? NULL : &c->site->address,
        .address_count = c->site == NULL ? 0 : 1,
        .time_us = c->now_us,
    };

    if (c->account != NULL && c->account->site_count > 0) {
        const struct site *last = c->account->sites[c->account->site_count - 1].other;

        q.site = last->name;
        q.addresses = &last->address;
        q.address_count = 1;
    }
    return suppress_holds(t->request.suppress, &q);
}

static void
write_summary(struct scored *c)
{
    unsigned signs = signs_of(c->view.parts, c->view.count);
    const struct pattern *p = pattern_of(signs);
    size_t at = 0;
    int n = snprintf(c->view.summary, sizeof c->view.summary, "%c%s%s (%s %s): %s (",
        p->name[0] - 'a' + 'A', p->name + 1,
        (signs & FINDING_SIGN_THEFT) != 0 ? ", data theft" : "",
        c->account != NULL ? "account" : "site",
        c->account != NULL ? c->account->name : c->site->name, p->says);

    for (unsigned i = 0; n > 0 && i < c->view.count; i++) {
        at += (size_t)n;
        if (at >= sizeof c->view.summary)
            return;
        n = snprintf(c->view.summary + at, sizeof c->view.summary - at, "%s%s%s",
            i == 0 ? "" : ", ",
            c->view.parts[i].flag != NULL ? c->view.parts[i].flag->name : c->view.parts[i].name,
            i + 1 == c->view.count ? ")." : "");
    }
}

static void
emit(struct cases *t, struct scored *c)
{
    struct document *d;

    if (is_suppressed(t, c))
        return;
    d = calloc(1, sizeof *d);
    if (d == NULL)
        return;
    d->alert = (struct alert){
        .name = "case",
        .id = c->view.id,
        .is_update = c->state->case_written,
        .time_us = c->view.last_us,
        .first_seen_us = c->view.first_us,
        .last_seen_us = c->view.last_us,
        .count = c->view.count,
        .severity = c->view.severity,
        .score = c->view.score,
        .sensor = t->request.config->sensor.name,
        .summary = c->view.summary,
        .evidence = d->evidence,
        .geo = d->geo,
        .attack = d->attack,
        .references = d->references,
        .findings = d->findings,
        .action =
            "Read the findings below, the highest `counted` first; ask the contractor for a live "
            "video call from the company laptop, and compare serial number, delivery "
            "address and the sites named here before any access is withdrawn.",
    };
    fill_subject(c, d);
    for (unsigned i = 0; i < c->view.count; i++)
        fill_part(t, c, i, d);
    write_summary(c);
    t->request.alert(t->request.context, &d->alert);
    free(d);
    change_mark(&c->state->change);
    c->state->case_written = true;
    c->state->case_severity = c->view.severity;
    c->state->case_families = c->view.families;
    c->state->case_written_score = c->view.score;
}

static void
score(const struct cases *t, struct account *a, struct site *s, int64_t now_us, struct scored *c)
{
    const struct config *config = t->request.config;

    *c = (struct scored){ .account = a, .site = s, .now_us = now_us };
    c->state = a != NULL ? &a->state : &s->state;
    c->view.id = finding_id("case", a, s == NULL ? "" : s->name, "");
    c->view.first_us = INT64_MAX;
    c->view.last_us = INT64_MIN;
    c->view.count = a != NULL ? account_parts(t, a, now_us, c->view.parts)
                              : site_parts(s, now_us, c->view.parts);
    c->view.sum = case_sum(c->view.parts, &c->view.count);
    c->view.score = finding_score(c->view.sum);
    for (unsigned i = 0; i < c->view.count; i++) {
        const struct finding *f = c->view.parts[i].finding;

        c->view.families |= 1u << c->view.parts[i].family;
        if (f != NULL && f->first_us < c->view.first_us)
            c->view.first_us = f->first_us;
        if (f != NULL && f->last_us > c->view.last_us)
            c->view.last_us = f->last_us;
    }
    c->view.is_case = c->view.count > 0 && c->view.score >= config->cases.medium;
    c->view.severity = SEVERITY_MEDIUM;
    if (c->view.score >= config->cases.high)
        c->view.severity = SEVERITY_HIGH;
    if (c->view.score >= config->cases.critical)
        c->view.severity = SEVERITY_CRITICAL;
}

void
cases_view(
    const struct cases *t, struct account *a, struct site *s, int64_t now_us, struct case_view *out)
{
    struct scored c;

    score(t, a, s, now_us, &c);
    write_summary(&c);
    *out = c.view;
}

void
cases_settle(struct cases *t, int64_t now_us)
{
    struct scored c;

    for (unsigned i = 0; i < t->due_count; i++) {
        struct due *due = &t->due[i];
        struct subject_state *state;

        if (due->account == NULL && due->site == NULL)
            continue; /* dropped since */
        state = due->account != NULL ? &due->account->state : &due->site->state;
        state->is_dirty = false;
        score(t, due->account, due->site, now_us, &c);
        if (c.view.is_case && (!state->case_written || c.view.severity > state->case_severity ||
                                  (c.view.families & ~state->case_families) != 0))
            emit(t, &c);
    }
    t->due_count = 0;
}

static int
by_first_seen(const void *a, const void *b)
{
    const struct scored *x = a, *y = b;

    if (x->view.first_us != y->view.first_us)
        return x->view.first_us < y->view.first_us ? -1 : 1;
    return (x->view.id > y->view.id) - (x->view.id < y->view.id);
}

static void
finish_one(struct cases *t, struct account *a, struct site *s, int64_t now_us,
    struct scored **changed, size_t *count)
{
    const struct subject_state *state = a != NULL ? &a->state : &s->state;
    struct scored *grown;

    if (!state->case_written)
        return;
    grown = realloc(*changed, (*count + 1) * sizeof *grown);
    if (grown == NULL)
        return;
    *changed = grown;
    score(t, a, s, now_us, &grown[*count]);
    if (grown[*count].view.is_case && grown[*count].view.score != state->case_written_score)
        (*count)++;
}

void
cases_finish(struct cases *t, int64_t now_us)
{
    struct scored *changed = NULL;
    size_t count = 0;

    cases_settle(t, now_us);
    for (struct account *a = accounts_first(t->request.accounts); a != NULL; a = a->hh.next)
        finish_one(t, a, NULL, now_us, &changed, &count);
    for (struct site *s = accounts_first_site(t->request.accounts); s != NULL; s = s->hh.next)
        finish_one(t, NULL, s, now_us, &changed, &count);
    if (count > 1)
        qsort(changed, count, sizeof *changed, by_first_seen);
    for (size_t i = 0; i < count; i++)
        emit(t, &changed[i]);
    free(changed);
}

void
cases_drop(struct cases *t, struct account *a, struct site *s, int64_t now_us)
{
    struct subject_state *state = a != NULL ? &a->state : &s->state;
    struct scored c;

    for (unsigned i = 0; i < t->due_count; i++)
        if (t->due[i].account == a && t->due[i].site == s)
            t->due[i] = (struct due){ 0 };
    if (!state->case_written)
        return;
    score(t, a, s, now_us, &c);
    if (c.view.is_case && c.view.score != state->case_written_score)
        emit(t, &c);
}
