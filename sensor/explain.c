/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Why an alert was raised, in words and numbers: of a finding its rule, what was in force, and the
 * packets that it rests on; of a case the arithmetic as well.
 */
#include "../conf/config_text.h"
#include "join.h"
#include "output/emit.h"
#include "timestamp.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST 5

/* An id, and whose. */
struct named {
    uint64_t id;
    struct subject_state *subject;
    const struct finding *finding; /* NULL: the case */
    unsigned alike;                /* digits that it begins with alike, of an id asked for */
};

struct index {
    struct named *list;
    size_t count, room;
};

static const char *const family_names[FAMILY_COUNT] = {
    [FAMILY_PLACE] = "place",
    [FAMILY_SHARING] = "sharing",
    [FAMILY_DRIVING] = "driving",
    [FAMILY_PHYSICS] = "physics",
    [FAMILY_HABIT] = "habit",
    [FAMILY_INDICATOR] = "indicator",
    [FAMILY_ROSTER] = "roster",
};

static struct account *
account_of(const struct subject_state *state)
{
    return state->change.of == CHANGE_ACCOUNT ? state->change.owner : NULL;
}

static struct site *
site_of(const struct subject_state *state)
{
    return state->change.of == CHANGE_SITE ? state->change.owner : NULL;
}

/* ---- all ids that there are ---- */

static void
add_named(struct index *x, uint64_t id, struct subject_state *subject, const struct finding *f)
{
    if (x->count == x->room) {
        size_t room = x->room == 0 ? 64 : 2 * x->room;
        struct named *grown = realloc(x->list, room * sizeof *grown);

        if (grown == NULL)
            return;
        x->list = grown;
        x->room = room;
    }
    x->list[x->count++] = (struct named){ .id = id, .subject = subject, .finding = f };
}

static void
add_subject(struct index *x, const struct analyst *a, struct subject_state *state)
{
    const struct finding *f;
    struct case_view c;

    DL_FOREACH(state->findings, f)
    {
        add_named(x, f->id, state, f);
    }
    cases_view(a->cases, account_of(state), site_of(state), a->now_us, &c);
    if (c.is_case || state->case_written)
        add_named(x, c.id, state, NULL);
}

static void
collect(struct index *x, const struct analyst *a)
{
    for (struct account *one = accounts_first(a->accounts); one != NULL; one = one->hh.next)
        add_subject(x, a, &one->state);
    for (struct site *s = accounts_first_site(a->accounts); s != NULL; s = s->hh.next)
        add_subject(x, a, &s->state);
}

/* How many hexadecimal digits two ids begin with alike. */
static unsigned
alike(uint64_t id, const char *text)
{
    char digits[EMIT_ID_SIZE];
    unsigned n = 0;

    emit_print_id(digits, id);
    while (digits[n] != '\0' && digits[n] == text[n])
        n++;
    return n;
}

/* The one that has the id, or the only one that begins so. NULL: none, or several. */
static const struct named *
find_named(const struct index *x, const char *text)
{
    const struct named *found = NULL;
    size_t length = strlen(text);

    for (size_t i = 0; length > 0 && i < x->count; i++) {
        if (alike(x->list[i].id, text) < length)
            continue;
        if (found != NULL)
            return NULL;
        found = &x->list[i];
    }
    return found;
}

/* ---- what is said of one ---- */

static void
print_subject(FILE *to, const struct subject_state *state)
{
    const struct account *a = account_of(state);

    if (a == NULL) {
        fprintf(to, "site %s", site_of(state)->name);
        return;
    }
    fprintf(to, "account %s", a->name);
    if (a->contractor != NULL)
        fprintf(to, " (%s)", a->contractor->name);
}

static void
print_title(FILE *to, const struct named *n)
{
    char id[EMIT_ID_SIZE];

    emit_print_id(id, n->id);
    fprintf(to, "%s  %s, ", id, n->finding == NULL ? "case" : n->finding->detector->name);
    print_subject(to, n->subject);
}

static void
print_span(FILE *to, int64_t first_us, int64_t last_us)
{
    char first[TIMESTAMP_SIZE], last[TIMESTAMP_SIZE];

    timestamp_print(first, first_us);
    timestamp_print(last, last_us);
    if (first_us == last_us)
        fprintf(to, "at %s", first);
    else
        fprintf(to, "from %s to %s", first, last);
}

static void
print_setting(FILE *to, const struct detector *d, const char *key, const char *value,
    const char *unit, const char *standard)
{
    fprintf(to, "    detectors.%s.%s: %s%s%s", d->name, key, value,
        unit == NULL || unit[0] == '\0' ? "" : " ", unit == NULL ? "" : unit);
    if (strcmp(value, standard) != 0)
        fprintf(to, "  (default %s)", standard);
    fputc('\n', to);
}

static void
setting_text(const struct config_detector_key *key, double value, char out[CONFIG_TEXT_SIZE])
{
    if (key->type == CONFIG_DURATION)
        config_text_duration(out, value * (double)SECOND_US);
    else if (key->type == CONFIG_SEVERITY)
        snprintf(out, CONFIG_TEXT_SIZE, "%s", config_severity_name((enum config_severity)value));
    else
        config_text_number(out, value);
}

/* The lists that a rule names. */
static void
print_policy(FILE *to, const struct config *config, const char *rule)
{
    const struct {
        const char *key;
        const struct config_texts *list;
    } lists[] = {
        { "policy.watched-countries", &config->policy.watched_countries },
        { "policy.allowed-countries", &config->policy.allowed_countries },
        { "policy.approved-tools", &config->policy.approved_tools },
        { "policy.approved-vpns", &config->policy.approved_vpns },
    };

    for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
        if (strstr(rule, lists[i].key) == NULL)
            continue;
        fprintf(to, "    %s: [", lists[i].key);
        for (unsigned k = 0; k < lists[i].list->count; k++)
            fprintf(to, "%s%s", k == 0 ? "" : ", ", lists[i].list->list[k]);
        fputs("]\n", to);
    }
}

static void
print_settings(FILE *to, const struct analyst *a, const struct detector *d)
{
    char value[CONFIG_TEXT_SIZE], standard[CONFIG_TEXT_SIZE];
    const struct config_detector *own = a->config->detectors;

    for (unsigned i = 0; detect_table[i] != d; i++)
        own++;
    fputs("  in force:\n", to);
    print_setting(to, d, "severity", config_severity_name(own->severity), NULL,
        config_severity_name(d->severity));
    config_text_number(value, own->weight);
    config_text_number(standard, d->weight);
    print_setting(to, d, "weight", value, NULL, standard);
    for (unsigned i = 0; i < d->key_count; i++) {
        setting_text(&d->keys[i], own->key[i], value);
        setting_text(&d->keys[i], d->keys[i].value, standard);
        print_setting(to, d, d->keys[i].name, value,
            d->keys[i].type == CONFIG_NUMBER ? d->keys[i].unit : NULL, standard);
    }
    print_policy(to, a->config, d->rule);
}

static void
print_claim(FILE *to, const struct claim *c)
{
    char time[TIMESTAMP_SIZE];

    fprintf(to, "    %s: %s\n      packet %" PRIu64, c->what, c->value, c->source.packet);
    for (unsigned i = 0; i < c->packet_count; i++)
        fprintf(to, ", %" PRIu64, c->packets[i]);
    timestamp_print(time, c->source.time_us);
    fprintf(to, " of %s, %s, %s", c->source.capture, c->source.protocol, time);
    if (c->source.flow != 0)
        fprintf(to, ", flow %016" PRIx64, c->source.flow);
    if (c->source.encapsulation[0] != '\0')
        fprintf(to, ", in %s", c->source.encapsulation);
    fputc('\n', to);
}

static void
print_finding(FILE *to, const struct analyst *a, const struct finding *f)
{
    const struct detector *d = f->detector;
    char weight[CONFIG_TEXT_SIZE];

    config_text_number(weight, f->weight);
    fprintf(to, "  %s\n  %s, weight %s: alone it scores 100 / (1 + exp(5 - %s)) = %d\n", f->summary,
        config_severity_name(f->severity), weight, weight, finding_score(f->weight));
    fprintf(to, "  seen %" PRIu64 " time%s ", f->count, f->count == 1 ? "" : "s");
    print_span(to, f->first_us, f->last_us);
    if (f->object[0] != '\0')
        fprintf(to, "; of %s", f->object);
    fprintf(to, "%s\n  rule: %s\n  cannot see: %s\n",
        f->is_suppressed ? "; suppressed, so it is neither written nor counted" : "", d->rule,
        d->blind);
    print_settings(to, a, d);
    fputs("  evidence:\n", to);
    for (unsigned i = 0; i < f->claim_count; i++)
        print_claim(to, &f->claims[i]);
    if (f->reference[0] != '\0')
        fprintf(to, "  indicator: %s\n", f->reference);
    for (unsigned i = 0; d->references != NULL && d->references[i] != NULL; i++)
        fprintf(to, "  source: %s\n", d->references[i]);
    fprintf(to, "  next: %s\n", d->action);
}

/* ---- the sum of a case ---- */

static void
print_part(FILE *to, const struct case_part *p, bool is_first)
{
    char counted[CONFIG_TEXT_SIZE], weight[CONFIG_TEXT_SIZE], id[EMIT_ID_SIZE] = "";

    config_text_number(counted, p->counted);
    config_text_number(weight, p->weight / p->share);
    if (p->finding != NULL)
        emit_print_id(id, p->finding->id);
    fprintf(to, "    %6s  %-20s %s  weight %s%s%s\n", counted,
        p->flag != NULL ? p->flag->name : p->name, id, weight,
        p->share < 1 ? ", half: it is the site's own" : "",
        is_first ? "" : ", half: not the strongest of its family");
}

static void
print_families(FILE *to, const struct case_view *c)
{
    for (unsigned i = 0; i < c->count;) {
        unsigned first = i, next = i;
        double sum = 0;
        char text[CONFIG_TEXT_SIZE];

        while (next < c->count && c->parts[next].family == c->parts[first].family)
            sum += c->parts[next++].counted;
        config_text_number(text, sum);
        fprintf(to, "  %s %s\n", family_names[c->parts[first].family], text);
        for (; i < next; i++)
            print_part(to, &c->parts[i], i == first);
    }
}

static void
print_case(FILE *to, const struct analyst *a, const struct named *n)
{
    struct case_view c;
    char sum[CONFIG_TEXT_SIZE];

    cases_view(a->cases, account_of(n->subject), site_of(n->subject), a->now_us, &c);
    fprintf(to, "  %s\n  ", c.summary);
    print_span(to, c.first_us, c.last_us);
    fputs("\n  of each detector the highest weight counts; families are summed:\n", to);
    print_families(to, &c);
    config_text_number(sum, c.sum);
    fprintf(to,
        "  score: 100 / (1 + exp(5 - %s)) = %d: %s (cases.medium: %g, high: %g, critical: %g)\n",
        sum, c.score, c.is_case ? config_severity_name(c.severity) : "no case any more",
        a->config->cases.medium, a->config->cases.high, a->config->cases.critical);
    for (unsigned i = 0; i < c.count; i++) {
        const struct finding *f = c.parts[i].finding;
        struct named one = { .finding = f };

        fputc('\n', to);
        if (f == NULL) {
            fprintf(to, "roster flag %s%s%s\n", c.parts[i].flag->name,
                c.parts[i].flag->note == NULL ? "" : ": ",
                c.parts[i].flag->note == NULL ? "" : c.parts[i].flag->note);
            continue;
        }
        one.id = f->id;
        one.subject = f->account != NULL ? &f->account->state : &f->site->state;
        print_title(to, &one);
        fputc('\n', to);
        print_finding(to, a, f);
    }
}

/* ---- an id that nothing has ---- */

static int
by_nearness(const void *a, const void *b)
{
    const struct named *x = a, *y = b;

    if (x->alike != y->alike)
        return x->alike > y->alike ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static void
print_nearest(FILE *to, struct index *x, const char *id)
{
    fprintf(to, "farmwatch: no one alert has the id %s%s\n", id,
        x->count == 0 ? ", for there are none" : "; the nearest:");
    for (size_t i = 0; i < x->count; i++)
        x->list[i].alike = alike(x->list[i].id, id);
    if (x->count > 1)
        qsort(x->list, x->count, sizeof *x->list, by_nearness);
    for (size_t i = 0; i < x->count && i < NEAREST; i++) {
        fputs("  ", to);
        print_title(to, &x->list[i]);
        fputc('\n', to);
    }
}

int
analyst_explain(const struct analyst *a, const char *id, FILE *to, FILE *to_errors)
{
    struct index x = { 0 };
    const struct named *n;

    collect(&x, a);
    n = find_named(&x, id);
    if (n == NULL) {
        print_nearest(to_errors, &x, id);
    } else {
        print_title(to, n);
        fputc('\n', to);
        if (n->finding != NULL)
            print_finding(to, a, n->finding);
        else
            print_case(to, a, n);
    }
    free(x.list);
    return n != NULL && fflush(to) == 0 ? 0 : -1;
}
