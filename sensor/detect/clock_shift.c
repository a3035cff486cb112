/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whose working day it is: the activity of a week and more is laid over a day from nine to six in
 * every time zone; the one that fits best lies far from the zone that the roster claims.
 *
 * Judged when a day is over and at the end, over all days from the first working day to the last.
 */
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum {
    KEY_DAYS,
    KEY_DAY_MINUTES,
    KEY_SHIFT,
    KEY_SHARE,
    KEY_FROM,
    KEY_TO,
    KEY_HOURS_FROM,
    KEY_HOURS_TO,
    KEY_MINUTES
};

static const struct config_detector_key keys[] = {
    { "min-days", CONFIG_NUMBER, 5, "days", "a working week" },
    { "day-minutes", CONFIG_NUMBER, 60, "minutes", "interactive, that make a working day" },
    { "min-shift", CONFIG_DURATION, 5 * 3600, "s", "more than a continent is wide" },
    { "min-outside", CONFIG_NUMBER, 0.5, "of minutes", "outside of the hours of work" },
    { "work-from", CONFIG_DURATION, 9 * 3600, "s", "of day: the working day that is laid over" },
    { "work-to", CONFIG_DURATION, 18 * 3600, "s", "of day" },
    { "hours-from", CONFIG_DURATION, 7 * 3600, "s", "of day: when the roster gives no hours" },
    { "hours-to", CONFIG_DURATION, 20 * 3600, "s", "of day" },
    MINUTES_KEYS,
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022: logins "
    "at hours that do not fit the claimed place",
    NULL,
};

#define MEMORY_VERSION 1
#define DAYS 32
#define SLOT_MINUTES 15 /* zones lie at quarter hours */
#define DAY_MINUTES 1440
#define SLOTS (DAY_MINUTES / SLOT_MINUTES)
#define HOUR_MINUTES 60
#define ZONES 24
#define ZONE_FIRST (-11) /* UTC-12 has the hours of UTC+12 */

/* Plain minutes of the day, of UTC days. */
struct history {
    struct minutes minutes;
    int64_t day; /* the local one of the newest minute */
    struct history_day {
        int64_t day;
        uint8_t slots[SLOTS];
    } days[DAYS]; /* by day % DAYS */
    struct claim_source first, last;
};

static const struct memory_field day_memory[] = {
    MEMORY_NUMBER(struct history_day, day),
    MEMORY_BYTES(struct history_day, slots),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_PART(struct history, minutes, minutes_memory),
    MEMORY_NUMBER(struct history, day),
    MEMORY_EACH(struct history, days, day_memory),
    MEMORY_PART(struct history, first, claim_source_memory),
    MEMORY_PART(struct history, last, claim_source_memory),
    MEMORY_END,
};

struct span {
    int64_t first, last; /* local days */
    unsigned working;
};

struct sums {
    unsigned total, outside, fit[ZONES];
};

static int64_t
local_minute(const struct account *a, int64_t minute)
{
    return minute + zone_offset_s(a->zone, minute * MINUTE_US) / 60;
}

static int64_t
day_of(int64_t minute)
{
    return minute / DAY_MINUTES;
}

static unsigned
of_day(int64_t minute)
{
    return (unsigned)((minute % DAY_MINUTES + DAY_MINUTES) % DAY_MINUTES);
}

/* From..to, over midnight when from is later. */
static bool
is_within(unsigned minute, unsigned from, unsigned to)
{
    return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/* Calls take for each quarter hour with work in it, with its first minute. */
static void
each_slot(const struct history *m, void (*take)(void *context, int64_t minute, unsigned count),
    void *context)
{
    for (unsigned i = 0; i < DAYS; i++)
        for (unsigned slot = 0; slot < SLOTS; slot++)
            if (m->days[i].slots[slot] > 0)
                take(context, m->days[i].day * DAY_MINUTES + slot * SLOT_MINUTES,
                    m->days[i].slots[slot]);
}

struct days {
    const struct account *account;
    int64_t newest; /* a local day */
    unsigned minutes[DAYS + 2];
};

static void
add_day(void *context, int64_t minute, unsigned count)
{
    struct days *t = context;
    int64_t age = t->newest - day_of(local_minute(t->account, minute));

    if (age >= 0 && age < (int64_t)(sizeof t->minutes / sizeof t->minutes[0]))
        t->minutes[age] += count;
}

static struct span
find_span(const struct detect *d, const struct account *a, const struct history *m)
{
    struct days days = { .account = a, .newest = m->day };
    struct span span = { 0 };

    each_slot(m, add_day, &days);
    for (unsigned i = sizeof days.minutes / sizeof days.minutes[0]; i-- > 0;) {
        if (days.minutes[i] < d->own->key[KEY_DAY_MINUTES])
            continue;
        if (span.working++ == 0)
            span.first = m->day - i;
        span.last = m->day - i;
    }
    return span;
}

struct fitting {
    const struct account *account;
    struct span span;
    unsigned from, to, hours_from, hours_to; /* minutes of the day */
    struct sums sums;
};

static void
add_fit(void *context, int64_t minute, unsigned count)
{
    struct fitting *t = context;
    int64_t local = local_minute(t->account, minute);

    if (day_of(local) < t->span.first || day_of(local) > t->span.last)
        return;
    t->sums.total += count;
    if (!is_within(of_day(local), t->hours_from, t->hours_to))
        t->sums.outside += count;
    for (unsigned z = 0; z < ZONES; z++)
        if (is_within(of_day(minute + (ZONE_FIRST + (int)z) * HOUR_MINUTES), t->from, t->to))
            t->sums.fit[z] += count;
}

/* Minutes between two offsets, on the circle. */
static unsigned
apart(int one, int other)
{
    unsigned between = of_day((int64_t)one - other);

    return between <= DAY_MINUTES / 2 ? between : DAY_MINUTES - between;
}

/* The best offset, in minutes; of equal fits the nearest to the claim. */
static int
best_offset(const struct sums *s, int claimed)
{
    int best = ZONE_FIRST * HOUR_MINUTES;
    unsigned fit = s->fit[0];

    for (unsigned z = 1; z < ZONES; z++) {
        int offset = (ZONE_FIRST + (int)z) * HOUR_MINUTES;

        if (s->fit[z] > fit ||
            (s->fit[z] == fit && apart(offset, claimed) < apart(best, claimed))) {
            best = offset;
            fit = s->fit[z];
        }
    }
    return best;
}

static void
print_offset(char out[16], int minutes)
{
    unsigned size = (unsigned)(minutes < 0 ? -minutes : minutes);

    if (size % HOUR_MINUTES == 0)
        snprintf(out, 16, "UTC%c%u", minutes < 0 ? '-' : '+', size / HOUR_MINUTES);
    else
        snprintf(out, 16, "UTC%c%u:%02u", minutes < 0 ? '-' : '+', size / HOUR_MINUTES,
            size % HOUR_MINUTES);
}

static void
sight(const struct detect *d, struct account *a, const struct history *m, const struct fitting *t,
    int offset, int claimed, int64_t now_us)
{
    char fits[16], claims[16];
    struct observation cause;
    struct detect_event e = {
        .kind = EVENT_ACTIVITY, .observation = &cause, .now_us = now_us, .account = a
    };
    struct sighting s;

    detect_recall(&cause, &m->last);
    if (a->leases != NULL && a->leases->has_outside)
        e.address = a->leases->outside;
    print_offset(fits, offset);
    print_offset(claims, claimed);
    detect_begin(&s, d, &e);
    detect_claim(&s, &m->first, "first at work", "%u working days seen since", t->span.working);
    detect_claim(&s, &m->last, "last at work", "%u of %u interactive minutes outside of the hours",
        t->sums.outside, t->sums.total);
    detect_claim(&s, &m->last, "fits best", "%s, not the claimed %s (%s)", fits, claims,
        a->contractor->timezone);
    detect_say(&s,
        "%s works by the clock of %s over %u days, but the roster claims %s (%s); %u %% of the "
        "work lies outside of the hours there.",
        detect_who(&s), fits, t->span.working, a->contractor->timezone, claims,
        100 * t->sums.outside / t->sums.total);
    findings_sight(d->findings, &s);
}

static unsigned
minute_of(double seconds)
{
    return (unsigned)(seconds / 60) % (DAY_MINUTES + 1);
}

static void
judge(const struct detect *d, struct account *a, const struct history *m, int64_t now_us)
{
    const double *key = d->own->key;
    struct fitting t = { .account = a,
        .span = find_span(d, a, m),
        .from = minute_of(key[KEY_FROM]),
        .to = minute_of(key[KEY_TO]),
        .hours_from = minute_of(key[KEY_HOURS_FROM]),
        .hours_to = minute_of(key[KEY_HOURS_TO]) };
    int claimed, offset;

    if (t.span.working < key[KEY_DAYS])
        return;
    if (a->contractor->hours_from >= 0) {
        t.hours_from = (unsigned)a->contractor->hours_from;
        t.hours_to = (unsigned)a->contractor->hours_to;
    }
    each_slot(m, add_fit, &t);
    claimed = zone_offset_s(a->zone, m->minutes.newest * MINUTE_US) / 60;
    offset = best_offset(&t.sums, claimed);
    if (t.sums.total > 0 && apart(offset, claimed) * 60 >= key[KEY_SHIFT] &&
        t.sums.outside > key[KEY_SHARE] * t.sums.total)
        sight(d, a, m, &t, offset, claimed, now_us);
}

static void
take_minute(struct history *m, int64_t minute)
{
    int64_t day = day_of(minute);
    unsigned at = (unsigned)(day % DAYS);

    if (m->days[at].day > day)
        return;
    if (m->days[at].day < day) {
        memset(&m->days[at], 0, sizeof m->days[at]);
        m->days[at].day = day;
    }
    m->days[at].slots[of_day(minute) / SLOT_MINUTES]++;
}

static bool
has_claim(const struct account *a)
{
    return a->contractor != NULL && a->contractor->timezone != NULL && a->zone != NULL;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    struct minutes_policy policy = minutes_policy_of(&d->own->key[KEY_MINUTES]);
    bool at_work[ACTIVITY_MINUTES];
    enum minutes_source source;
    struct history *m;

    if (e->account == NULL || !has_claim(e->account) || !detect_minutes_source(e, &source))
        return;
    m = detect_memory(d, e);
    if (m == NULL)
        return;
    minutes_look(&m->minutes, e->activity, source, &policy, at_work);
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++) {
        int64_t minute = e->activity->window * ACTIVITY_MINUTES + i, day;

        if (!at_work[i] || !minutes_add(&m->minutes, minute))
            continue;
        day = day_of(local_minute(e->account, minute));
        if (m->day == 0)
            m->first = claim_source_of(e->observation);
        else if (day > m->day) /* that one is over */
            judge(d, e->account, m, e->now_us);
        m->day = day > m->day ? day : m->day;
        take_minute(m, minute);
        m->last = claim_source_of(e->observation);
    }
}

static void
finish(const struct detect *d, int64_t now_us)
{
    for (struct account *a = accounts_first(d->accounts); a != NULL; a = a->hh.next) {
        const struct history *m = subject_memory_find(&a->state, d->detector->name);

        if (m != NULL && has_claim(a))
            judge(d, a, m, now_us);
    }
}

const struct detector detect_clock_shift = {
    .name = "clock-shift",
    .about = "a working day that fits another time zone than the claimed one",
    .rule =
        "Over min-days working days (day-minutes interactive minutes), the offset from UTC that "
        "puts most of them between work-from and work-to lies min-shift or more from the "
        "roster's time zone, and more than min-outside of them lie outside of the roster's "
        "hours (hours-from to hours-to when it gives none).",
    .blind = "Needs a roster with time zones. Whoever works by the claimed place's clock; honest "
             "night workers, unless the roster gives their hours.",
    .family = FAMILY_HABIT,
    .severity = SEVERITY_MEDIUM,
    .weight = 2,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask which hours were agreed on; compare with calendars and with the hours of "
              "meetings that were kept.",
    .wants = WANTS(EVENT_ACTIVITY),
    .run = run,
    .finish = finish,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
