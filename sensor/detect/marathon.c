/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One account at work for a day and a night without a pause: several people share it, or a machine
 * pretends. Minutes count by sensor/minutes.h; a shift that follows another is a row with no gap.
 */
#include "detect.h"
#include <string.h>

enum { KEY_DURATION, KEY_INFO, KEY_INFO_WEIGHT, KEY_GAP, KEY_MINUTES };

static const struct config_detector_key keys[] = {
    { "min-duration", CONFIG_DURATION, 24 * 3600, "s", "advisory of May 2022: around the clock" },
    { "info-duration", CONFIG_DURATION, 16 * 3600, "s", "two shifts: a release night has as many" },
    { "info-weight", CONFIG_NUMBER, 0.5, "log-odds", "from info-duration on" },
    { "max-gap", CONFIG_DURATION, 15 * 60, "s", "nobody sleeps less" },
    MINUTES_KEYS,
};

static const char *const attack[] = { NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

#define MEMORY_VERSION 1
#define SOURCES 6                          /* of evidence, over the row */
#define SOURCE_MINUTES (MINUTES_SPAN / 10) /* at least between two of them */

struct history {
    struct minutes minutes;
    int64_t told_end; /* the last minute of the row that was sighted; 0: none */
    struct minute_source {
        int64_t minute;
        struct claim_source source;
    } sources[SOURCES];
    unsigned source_count;
};

static const struct memory_field minute_memory[] = {
    MEMORY_NUMBER(struct minute_source, minute),
    MEMORY_PART(struct minute_source, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_PART(struct history, minutes, minutes_memory),
    MEMORY_NUMBER(struct history, told_end),
    MEMORY_EACH(struct history, sources, minute_memory),
    MEMORY_NUMBER(struct history, source_count),
    MEMORY_END,
};

static int64_t
row_start(const struct detect *d, const struct history *m)
{
    return minutes_row_start(&m->minutes, (unsigned)(d->own->key[KEY_GAP] / 60));
}

/* Evidence from each part of the row that the minute belongs to. */
static void
remember(struct history *m, int64_t minute, int64_t row_start, const struct observation *o)
{
    int64_t last = m->source_count == 0 ? 0 : m->sources[m->source_count - 1].minute;

    if (m->source_count > 0 && last >= row_start && minute - last < SOURCE_MINUTES)
        return;
    if (m->source_count == SOURCES) {
        memmove(&m->sources[0], &m->sources[1], (SOURCES - 1) * sizeof m->sources[0]);
        m->source_count--;
    }
    m->sources[m->source_count].minute = minute;
    m->sources[m->source_count++].source = claim_source_of(o);
}

static void
judge(const struct detect *d, const struct detect_event *e, struct history *m)
{
    const double *key = d->own->key;
    int64_t start = row_start(d, m);
    double seconds = (double)(m->minutes.newest + 1 - start) * 60;
    struct sighting s;

    if (seconds < key[KEY_INFO] && seconds < key[KEY_DURATION])
        return;
    detect_begin(&s, d, e);
    if (seconds < key[KEY_DURATION]) {
        s.severity = SEVERITY_INFO;
        s.weight = key[KEY_INFO_WEIGHT];
    }
    s.is_same_event = m->told_end >= start;
    m->told_end = m->minutes.newest;
    for (unsigned i = 0; i < m->source_count; i++)
        if (m->sources[i].minute >= start)
            detect_claim(&s, &m->sources[i].source, "at work", "%.1f hours after the first minute",
                (double)(m->sources[i].minute - start) / 60);
    detect_say(&s, "%s was at work for %.0f hours with no pause of more than %.0f minutes: %s.",
        detect_who(&s), seconds / 3600, key[KEY_GAP] / 60,
        seconds < key[KEY_DURATION] ? "as long as two shifts"
                                    : "longer than one person works at a stretch");
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    struct minutes_policy policy = minutes_policy_of(&d->own->key[KEY_MINUTES]);
    bool at_work[ACTIVITY_MINUTES], is_news = false;
    enum minutes_source source;
    struct history *m;

    if (e->account == NULL || !detect_minutes_source(e, &source))
        return;
    m = detect_memory(d, e);
    if (m == NULL)
        return;
    minutes_look(&m->minutes, e->activity, source, &policy, at_work);
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++) {
        int64_t minute = e->activity->window * ACTIVITY_MINUTES + i;

        if (!at_work[i] || !minutes_add(&m->minutes, minute))
            continue;
        remember(m, minute, row_start(d, m), e->observation);
        is_news = true;
    }
    if (is_news)
        judge(d, e, m);
}

const struct detector detect_marathon = {
    .name = "marathon",
    .about = "an account at work for a day and a night without a pause",
    .rule = "Interactive minutes (interactive-packets of the client in desktop, SSH, web, mail and "
            "call flows; tunnel-packets and tunnel-bytes of a tunnel of which only the outside is "
            "seen) over min-duration with no gap of more than max-gap; info from info-duration.",
    .blind = "A share of shifts with a break between them; work over several accounts. A download "
             "or a backup inside a tunnel of which only the outside is seen looks like work.",
    .family = FAMILY_HABIT,
    .severity = SEVERITY_MEDIUM,
    .weight = 1.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Call the person in the middle of the night's work, on camera; look whether the "
              "style of the work changes from shift to shift.",
    .wants = WANTS(EVENT_ACTIVITY),
    .run = run,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
