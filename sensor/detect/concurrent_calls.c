/* SPDX-License-Identifier: BSD-2-Clause
 *
 * More calls than one person can sit in: two at once on one device, most of a day in calls, or two
 * devices of one home in the same service's calls at once, as when somebody behind the scenes
 * listens in or stands in. The flows of one service on one device at once (audio, video, screen)
 * are one call.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum { KEY_OVERLAP, KEY_DAY, KEY_PACKETS };

static const struct config_detector_key keys[] = {
    { "min-overlap", CONFIG_DURATION, 180, "s",
        "in all: who changes calls is in two for a moment" },
    { "max-day", CONFIG_DURATION, 6 * 3600, "s", "of media within a day" },
    { "media-packets", CONFIG_NUMBER, 60, "packets",
        "a minute and way: audio has 50 a second, signalling a few a minute" },
};

static const char *const attack[] = { "T1219", NULL };
static const char *const references[] = {
    "FBI PSA250123, January 2025: DPRK IT workers in video interviews and calls",
    "Michel et al., Enabling passive measurement of Zoom performance, IMC 2022",
    NULL,
};

#define MEMORY_VERSION 1
#define CALLS 24
#define DAYS 6       /* devices whose day is counted: of an account all are one */
#define SPAN 64      /* minutes that a call's bits hold */
#define APART_MIN 60 /* without media for so long: another call */
#define MINUTES_A_DAY 1440

struct history {
    struct call {
        struct in6_addr host;
        char device[DEVICE_NAME], app[40];
        int64_t newest;                 /* minute since 1970; 0: free */
        uint64_t bits;                  /* of the minutes up to newest, which is bit 0 */
        int64_t told_beside, told_site; /* minute of the last sighting */
        struct claim_source source;
    } calls[CALLS];
    struct call_day {
        struct in6_addr host;
        int64_t day, told_day; /* + 1 */
        uint8_t bits[MINUTES_A_DAY / 8];
        struct claim_source first;
    } days[DAYS];
};

static const struct memory_field call_memory[] = {
    MEMORY_BYTES(struct call, host),
    MEMORY_BYTES(struct call, device),
    MEMORY_BYTES(struct call, app),
    MEMORY_NUMBER(struct call, newest),
    MEMORY_NUMBER(struct call, bits),
    MEMORY_NUMBER(struct call, told_beside),
    MEMORY_NUMBER(struct call, told_site),
    MEMORY_PART(struct call, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field call_day_memory[] = {
    MEMORY_BYTES(struct call_day, host),
    MEMORY_NUMBER(struct call_day, day),
    MEMORY_NUMBER(struct call_day, told_day),
    MEMORY_BYTES(struct call_day, bits),
    MEMORY_PART(struct call_day, first, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_EACH(struct history, calls, call_memory),
    MEMORY_EACH(struct history, days, call_day_memory),
    MEMORY_END,
};

static struct call *
call_of(struct history *m, const struct detect_event *e, const char *app, int64_t minute)
{
    struct call *c, *oldest = &m->calls[0];

    for (c = m->calls; c < m->calls + CALLS; c++) {
        if (c->newest != 0 && locality_same(&c->host, &e->host) &&
            strncmp(c->app, app, sizeof c->app - 1) == 0)
            break;
        oldest = c->newest < oldest->newest ? c : oldest;
    }
    if (c == m->calls + CALLS || minute - c->newest > APART_MIN) {
        c = c == m->calls + CALLS ? oldest : c;
        memset(c, 0, sizeof *c);
        c->host = e->host;
        snprintf(c->app, sizeof c->app, "%s", app);
        c->source = claim_source_of(e->observation);
    }
    snprintf(c->device, sizeof c->device, "%s", e->device);
    return c;
}

static void
add_minute(struct call *c, int64_t minute)
{
    int64_t passed = minute - c->newest;

    if (c->newest == 0 || passed >= SPAN)
        c->bits = 1;
    else if (passed > 0)
        c->bits = c->bits << passed | 1;
    else if (-passed < SPAN)
        c->bits |= UINT64_C(1) << -passed;
    if (passed > 0)
        c->newest = minute;
}

static unsigned
minutes_together(const struct call *a, const struct call *b)
{
    int64_t apart = a->newest - b->newest;

    if (apart >= SPAN || -apart >= SPAN)
        return 0;
    return (unsigned)__builtin_popcountll(
        apart >= 0 ? a->bits >> apart & b->bits : b->bits >> -apart & a->bits);
}

static void
claim_call(struct sighting *s, const struct call *c)
{
    char host[ADDRESS_SIZE];

    address_print(host, &c->host);
    detect_claim(s, &c->source, "call", "%s on %s%s%s", c->app, host,
        c->device[0] == '\0' || strcmp(c->device, host) == 0 ? "" : ", ",
        strcmp(c->device, host) == 0 ? "" : c->device);
}

static bool
is_fresh(int64_t told, int64_t minute)
{
    return told != 0 && minute - told <= APART_MIN;
}

static void
sight_beside(const struct detect *d, const struct detect_event *e, struct call *a, struct call *b,
    unsigned minutes)
{
    struct sighting s;

    detect_begin(&s, d, e);
    s.is_same_event = is_fresh(a->told_beside, a->newest) || is_fresh(b->told_beside, a->newest);
    a->told_beside = b->told_beside = a->newest;
    claim_call(&s, a);
    claim_call(&s, b);
    detect_say(&s, "%s was in calls of %s and %s at once, for %u minutes.", detect_who(&s), a->app,
        b->app, minutes);
    findings_sight(d->findings, &s);
}

static void
sight_site(const struct detect *d, const struct detect_event *e, struct call *a, struct call *b,
    unsigned minutes)
{
    struct detect_event about = *e;
    char site[LOCALITY_SITE_SIZE];
    struct sighting s;

    about.account = NULL;
    about.device[0] = '\0';
    detect_begin(&s, d, &about);
    s.lists_accounts = true;
    s.is_same_event = is_fresh(a->told_site, a->newest) || is_fresh(b->told_site, a->newest);
    a->told_site = b->told_site = a->newest;
    claim_call(&s, a);
    claim_call(&s, b);
    locality_site_name(&e->address, site);
    detect_say(&s, "Two devices at site %s were in calls of %s at once, for %u minutes.", site,
        a->app, minutes);
    findings_sight(d->findings, &s);
}

/* A site that people share by nature has many devices in calls. */
static bool
is_home(const struct detect *d, const struct detect_event *e)
{
    enum locality l = locality_of(d->config, &e->address);
    struct geoip_place place;

    if (l != LOCALITY_OUTSIDE)
        return l == LOCALITY_PRIVATE;
    geoip_look_up(d->geoip, &e->address, &place);
    return place_can_be_home(&place);
}

static void
compare_calls(
    const struct detect *d, const struct detect_event *e, struct history *m, struct call *now)
{
    for (struct call *c = m->calls; c < m->calls + CALLS; c++) {
        unsigned minutes = c == now || c->newest == 0 ? 0 : minutes_together(now, c);
        bool one_host = locality_same(&c->host, &now->host);

        if (minutes * 60 < d->own->key[KEY_OVERLAP] || minutes == 0)
            continue;
        if (one_host)
            sight_beside(d, e, now, c, minutes);
        else if (strcmp(c->app, now->app) == 0 && is_home(d, e))
            sight_site(d, e, now, c, minutes);
    }
}

/* ---- the day ---- */

static struct call_day *
day_of(struct history *m, const struct detect_event *e, int64_t day)
{
    struct in6_addr host = e->account != NULL ? in6addr_any : e->host;
    struct call_day *k, *oldest = &m->days[0];

    for (k = m->days; k < m->days + DAYS; k++) {
        if (k->day != 0 && locality_same(&k->host, &host))
            break;
        oldest = k->day < oldest->day ? k : oldest;
    }
    if (k == m->days + DAYS)
        k = oldest;
    if (k->day != day + 1 || !locality_same(&k->host, &host)) {
        memset(k, 0, sizeof *k);
        k->host = host;
        k->day = day + 1;
        k->first = claim_source_of(e->observation);
    }
    return k;
}

static void
judge_day(const struct detect *d, const struct detect_event *e, struct call_day *k)
{
    struct sighting s;
    unsigned minutes = 0;

    for (size_t i = 0; i < sizeof k->bits; i++)
        minutes += (unsigned)__builtin_popcount(k->bits[i]);
    if (minutes * 60.0 <= d->own->key[KEY_DAY])
        return;
    detect_begin(&s, d, e);
    s.is_same_event = k->told_day == k->day;
    k->told_day = k->day;
    detect_claim(&s, &k->first, "call", "the first of the day");
    detect_claim(&s, NULL, "media", "%u minutes of calls within the day", minutes);
    detect_say(&s, "%s was in calls for %.1f hours of a day.", detect_who(&s), minutes / 60.0);
    findings_sight(d->findings, &s);
}

static void
add_to_day(const struct detect *d, const struct detect_event *e, struct history *m, int64_t minute)
{
    int64_t at_us = minute * MINUTE_US;
    const struct zone *zone = e->account == NULL ? NULL : e->account->zone;
    int64_t local = minute + zone_offset_s(zone, at_us) / 60;
    int64_t day = local / MINUTES_A_DAY, at = local % MINUTES_A_DAY;
    struct call_day *k;

    if (local < 0)
        return;
    k = day_of(m, e, day);
    k->bits[at / 8] |= (uint8_t)(1u << at % 8);
    judge_day(d, e, k);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const char *app = fact_get_text(&e->observation->fact, KEY_APP);
    struct detect_event about_site = *e;
    struct history *own, *site;
    struct call *c = NULL;

    if (e->activity_of != ACTIVITY_CALL || app == NULL ||
        locality_of(d->config, &e->host) == LOCALITY_OUTSIDE)
        return; /* outside: a home's address, not a device's */
    about_site.account = NULL;
    own = detect_memory(d, e);
    site = detect_memory(d, &about_site);
    if (own == NULL || site == NULL)
        return;
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++) {
        int64_t minute = e->activity->window * ACTIVITY_MINUTES + i;

        if (e->activity->packets[0][i] < d->own->key[KEY_PACKETS] ||
            e->activity->packets[1][i] < d->own->key[KEY_PACKETS])
            continue;
        c = call_of(site, e, app, minute);
        add_minute(c, minute);
        add_to_day(d, e, own, minute);
    }
    if (c != NULL)
        compare_calls(d, e, site, c);
}

const struct detector detect_concurrent_calls = {
    .name = "concurrent-calls",
    .about = "more audio or video calls than one person can sit in",
    .rule = "Media both ways (media-packets a minute) of two call services on one device at once "
            "for min-overlap, of one service on two devices of one home, or for more than max-day "
            "of a day.",
    .blind = "Two calls of one service on one device are one; calls through TCP 443 or a service "
             "that is not on the list; in a split tunnel media that leave at home; a muted end "
             "that sends nothing.",
    .family = FAMILY_HABIT,
    .severity = SEVERITY_LOW,
    .weight = 1.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Compare with the person's calendar: which of the calls were the company's?",
    .wants = WANTS(EVENT_ACTIVITY),
    .run = run,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
