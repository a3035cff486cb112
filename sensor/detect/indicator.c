/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the indicator files name: domains (by suffix, on label boundaries), certificates, JA3 and
 * JA4, MAC addresses, networks and ASNs. Names stand in one hash table, so that a look-up costs as
 * many probes as the name has labels. Expiry is held against packet time: an old capture is judged
 * by what was valid then.
 */
#include "../address.h"
#include "../timestamp.h"
#include "detect.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TERM_SIZE 272
#define DATE_LENGTH 10 /* of a time that is written out */

enum term_kind {
    TERM_DOMAIN = 'd',
    TERM_CERTIFICATE = 'c',
    TERM_JA3 = '3',
    TERM_JA4 = '4',
    TERM_MAC = 'm'
};

/* One thing to match: its kind's letter and the folded text. */
struct term {
    char text[TERM_SIZE];
    unsigned indicator;
    struct term *further; /* same text in another entry */
    UT_hash_handle hh;
};

struct terms {
    struct term *table;
};

static const char *const attack[] = { "T1583", NULL };

/* Lower case; MAC addresses lose their separators, domains a leading "*." and a final dot. */
static void
make_term(enum term_kind kind, const char *text, size_t n, char out[TERM_SIZE])
{
    size_t at = 0;

    out[at++] = (char)kind;
    if (kind == TERM_DOMAIN && n > 2 && text[0] == '*' && text[1] == '.') {
        text += 2;
        n -= 2;
    }
    for (size_t i = 0; i < n && at < TERM_SIZE - 1; i++) {
        char c = text[i];

        if (kind == TERM_MAC && (c == ':' || c == '-' || c == '.'))
            continue;
        out[at++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
    }
    if (kind == TERM_DOMAIN && at > 1 && out[at - 1] == '.')
        at--;
    out[at] = '\0';
}

static void
add_terms(
    struct terms *t, enum term_kind kind, const struct config_texts *texts, unsigned indicator)
{
    for (unsigned i = 0; i < texts->count; i++) {
        struct term *term = calloc(1, sizeof *term), *same;

        if (term == NULL)
            return;
        make_term(kind, texts->list[i], strlen(texts->list[i]), term->text);
        term->indicator = indicator;
        HASH_FIND_STR(t->table, term->text, same);
        if (same == NULL) {
            HASH_ADD_STR(t->table, text, term);
        } else {
            term->further = same->further;
            same->further = term;
        }
    }
}

static void *
open_terms(const struct detect *d)
{
    struct terms *t = calloc(1, sizeof *t);

    for (unsigned i = 0; t != NULL && i < d->config->indicator_count; i++) {
        const struct config_indicator *in = &d->config->indicators[i];

        add_terms(t, TERM_DOMAIN, &in->domains, i);
        add_terms(t, TERM_CERTIFICATE, &in->certificates, i);
        add_terms(t, TERM_JA3, &in->ja3, i);
        add_terms(t, TERM_JA4, &in->ja4, i);
        add_terms(t, TERM_MAC, &in->macs, i);
    }
    return t;
}

static void
close_terms(void *state)
{
    struct terms *t = state;
    struct term *term, *next;

    if (t == NULL)
        return;
    HASH_ITER(hh, t->table, term, next)
    {
        /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): the entry is out of the table */
        HASH_DEL(t->table, term);
        while (term != NULL) {
            struct term *further = term->further;

            free(term);
            term = further;
        }
    }
    free(t);
}

static const char *const confidences[] = {
    [CONFIDENCE_CONFIRMED] = "confirmed",
    [CONFIDENCE_REPORTED] = "reported",
    [CONFIDENCE_UNVERIFIED] = "unverified",
};

static void
sight(const struct detect *d, const struct detect_event *e, unsigned indicator, const char *what,
    const char *value)
{
    const struct config_indicator *in = &d->config->indicators[indicator];
    const char *source = in->source == NULL ? "a source that the entry does not name" : in->source;
    char expiry[TIMESTAMP_SIZE];
    struct sighting s;

    if (in->expires != 0 && e->now_us >= in->expires * SECOND_US)
        return;
    detect_begin(&s, d, e);
    s.severity = in->severity;
    s.weight = in->weight;
    if (in->confidence == CONFIDENCE_UNVERIFIED && s.severity > SEVERITY_MEDIUM)
        s.severity = SEVERITY_MEDIUM;
    snprintf(s.object, sizeof s.object, "%s", in->name);
    snprintf(s.reference, sizeof s.reference, "%s%s%s", source, in->date == NULL ? "" : ", ",
        in->date == NULL ? "" : in->date);
    snprintf(s.domain, sizeof s.domain, "%s", value);
    detect_claim(&s, NULL, what, "%s", value);
    timestamp_print(expiry, in->expires * SECOND_US);
    detect_claim(&s, NULL, "indicator", "%s; %s; %s; %s%.*s", in->name, confidences[in->confidence],
        source, in->expires == 0 ? "does not expire" : "expires ",
        in->expires == 0 ? 0 : DATE_LENGTH, expiry);
    if (e->has_far)
        detect_claim_place(&s, NULL, "address", &e->far, &e->place);
    detect_say(&s, "%s: %s %s matches indicator \"%s\" (%s; %s).", detect_who(&s),
        detect_words(what), value, in->name, confidences[in->confidence], source);
    findings_sight(d->findings, &s);
}

static bool
match(const struct detect *d, const struct detect_event *e, enum term_kind kind, const char *text,
    size_t n, const char *what, const char *shown)
{
    const struct terms *t = d->state;
    char key[TERM_SIZE];
    struct term *term;

    make_term(kind, text, n, key);
    HASH_FIND_STR(t->table, key, term);
    for (const struct term *one = term; one != NULL; one = one->further)
        sight(d, e, one->indicator, what, shown);
    return term != NULL;
}

/* The name itself, then each parent domain; the longest that is listed speaks. */
static void
match_name(const struct detect *d, const struct detect_event *e, const char *name, const char *what)
{
    const char *at = name, *end = name + strcspn(name, ":"); /* a Host may name its port */

    while (at != NULL && at < end) {
        if (match(d, e, TERM_DOMAIN, at, (size_t)(end - at), what, name))
            return;
        at = memchr(at, '.', (size_t)(end - at));
        at = at == NULL ? NULL : at + 1;
    }
}

static void
match_certificate(const struct detect *d, const struct detect_event *e, const char *name)
{
    const char *common = strstr(name, "CN=");
    size_t n;

    if (match(d, e, TERM_CERTIFICATE, name, strlen(name), "certificate", name))
        return;
    common = common == NULL ? name : common + 3;
    n = strcspn(common, ",+/");
    if (!match(d, e, TERM_CERTIFICATE, common, n, "certificate", name) && common == name)
        match_name(d, e, name, "certificate");
}

static void
match_fact(const struct detect *d, const struct detect_event *e)
{
    static const struct {
        enum fact_key key;
        enum term_kind kind;
        const char *what;
    } plain[] = {
        { KEY_FINGERPRINT_JA3, TERM_JA3, "JA3" },
        { KEY_FINGERPRINT_JA4, TERM_JA4, "JA4" },
        { KEY_MAC, TERM_MAC, "MAC address" },
        { KEY_DEVICE_MAC, TERM_MAC, "MAC address" },
    };
    const struct fact *f = &e->observation->fact;
    const char *name = fact_get_text(f, KEY_NAME), *what = fact_get_text(f, KEY_WHAT);

    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        const char *text = fact_get_text(f, plain[i].key);

        if (text != NULL)
            match(d, e, plain[i].kind, text, strlen(text), plain[i].what, text);
    }
    if (f->kind != FACT_NAME || name == NULL || what == NULL)
        return;
    if (strcmp(what, "certificate") == 0 || strcmp(what, "client-certificate") == 0)
        match_certificate(d, e, name);
    else if (strcmp(what, "dns-question") == 0 || strcmp(what, "sni") == 0 ||
             strcmp(what, "http-host") == 0)
        match_name(d, e, name, what);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct terms *t = d->state;
    const struct watch_entry *w;
    char address[ADDRESS_SIZE];

    if (e->has_far) {
        w = watch_indicator(d->watch, &e->far);
        if (w != NULL) {
            address_print(address, &e->far);
            sight(d, e, w->indicator, "address", address);
        }
    }
    if (t != NULL && t->table != NULL && (e->kind == EVENT_SIGN || e->kind == EVENT_LOGIN))
        match_fact(d, e);
}

const struct detector detect_indicator = {
    .name = "indicator",
    .about = "a name, address or fingerprint that an indicator file lists",
    .rule = "DNS name, SNI, HTTP Host (suffix match on label boundaries), certificate, JA3, JA4, "
            "address, ASN or MAC of an indicator entry that has not expired at packet time. "
            "Severity and weight are the entry's; unverified ones never exceed medium.",
    .blind = "Encrypted DNS and ECH hide names; infrastructure moves.",
    .family = FAMILY_INDICATOR,
    .signs = FINDING_SIGN_INDICATOR,
    .severity = SEVERITY_MEDIUM,
    .weight = 3,
    .attack = attack,
    .action = "Read the entry's source; find which program on the device asked for it.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_CONTROL) | WANTS(EVENT_PEER) | WANTS(EVENT_FLOW) |
             WANTS(EVENT_SIGN),
    .run = run,
    .open = open_terms,
    .close = close_terms,
};
