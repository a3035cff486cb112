/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A hand that never rests: input to a remote desktop at even gaps for a whole working day. A mouse
 * jiggler keeps a screen awake like that; people type in bursts.
 */
#include "detect.h"
#include <math.h>
#include <string.h>

enum { KEY_DURATION, KEY_VARIATION, KEY_PAUSE, KEY_PACKETS };

static const struct config_detector_key keys[] = {
    { "min-duration", CONFIG_DURATION, 8 * 3600, "s", "of interactive minutes: a working day" },
    { "max-variation", CONFIG_NUMBER, 0.2, "of the mean", "standard deviation of the gaps" },
    { "max-pause", CONFIG_DURATION, 600, "s", "a coffee" },
    { "interactive-packets", CONFIG_NUMBER, 6, "packets", "a minute: keep-alives are fewer" },
};

static const char *const attack[] = { NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

#define MEMORY_VERSION 1

/* Of one session, or of one after the other. */
struct history {
    struct minutes minutes;
    uint64_t flow;
    int64_t last_us;
    unsigned at_work; /* minutes */
    double count, sum_us, squares;
    bool is_told;
    struct claim_source first;
};

static const struct memory_field history_memory[] = {
    MEMORY_PART(struct history, minutes, minutes_memory),
    MEMORY_NUMBER(struct history, flow),
    MEMORY_NUMBER(struct history, last_us),
    MEMORY_NUMBER(struct history, at_work),
    MEMORY_NUMBER(struct history, count),
    MEMORY_NUMBER(struct history, sum_us),
    MEMORY_NUMBER(struct history, squares),
    MEMORY_BYTES(struct history, is_told),
    MEMORY_PART(struct history, first, claim_source_memory),
    MEMORY_END,
};

static void
begin(struct history *m, const struct detect_event *e)
{
    memset(m, 0, sizeof *m);
    m->flow = e->observation->flow;
    m->first = claim_source_of(e->observation);
}

static double
variation(const struct history *m)
{
    double mean_us = m->count > 0 ? m->sum_us / m->count : 0, variance;

    if (mean_us <= 0)
        return HUGE_VAL;
    variance = m->squares / m->count - mean_us * mean_us;
    return variance > 0 ? sqrt(variance) / mean_us : 0;
}

static void
add(struct history *m, const struct activity_gaps *g)
{
    double mean_us = (double)g->mean_us, deviation_us = (double)g->deviation_us;

    m->count += g->count;
    m->sum_us += g->count * mean_us;
    m->squares += g->count * (deviation_us * deviation_us + mean_us * mean_us);
}

static void
sight(const struct detect *d, const struct detect_event *e, struct history *m)
{
    double mean_s = m->sum_us / m->count / SECOND_US;
    struct sighting s;

    detect_begin(&s, d, e);
    s.is_same_event = m->is_told;
    m->is_told = true;
    detect_claim(&s, &m->first, "first input", "the row of even input begins");
    detect_claim(&s, NULL, "input", "every %.1f s, varying by %.0f %% of that, in %u minutes",
        mean_s, 100 * variation(m), m->at_work);
    detect_say(&s,
        "%s had input every %.1f s, as even as a machine's, for %.1f hours with no pause of more "
        "than %.0f minutes: a jiggler keeps the session awake.",
        detect_who(&s), mean_s, m->at_work / 60.0, d->own->key[KEY_PAUSE] / 60);
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    struct minutes_policy policy = { .packets = d->own->key[KEY_PACKETS] };
    double pause_us = d->own->key[KEY_PAUSE] * (double)SECOND_US;
    bool at_work[ACTIVITY_MINUTES];
    struct history *m;

    if (e->activity_of != ACTIVITY_DESKTOP || (m = detect_memory(d, e)) == NULL)
        return;
    if (m->flow != e->observation->flow && m->flow != 0) {
        if ((double)(e->observation->time_us - m->last_us) <= pause_us)
            return; /* another session beside the one that is watched */
        memset(m, 0, sizeof *m);
    }
    if (m->flow == 0 || (double)e->gaps->longest_us > pause_us)
        begin(m, e);
    m->last_us = e->observation->time_us;
    if ((double)e->gaps->longest_us > pause_us)
        return; /* the row begins behind the pause */
    add(m, e->gaps);
    minutes_look(&m->minutes, e->activity, MINUTES_HANDS, &policy, at_work);
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++)
        m->at_work += at_work[i];
    if (m->at_work * 60.0 > d->own->key[KEY_DURATION] && variation(m) < d->own->key[KEY_VARIATION])
        sight(d, e, m);
}

const struct detector detect_steady_hand = {
    .name = "steady-hand",
    .about = "input to a remote desktop as even as a machine's",
    .rule = "More than min-duration of interactive minutes in a remote-desktop session whose "
            "client packets come at gaps with a coefficient of variation below max-variation, and "
            "no pause of more than max-pause.",
    .blind =
        "A jiggler with random pauses; a hand's work in between makes the row uneven; sessions "
        "of tools, whose screen and input share their packets.",
    .family = FAMILY_HABIT,
    .severity = SEVERITY_LOW,
    .weight = 1,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Look at the screen of that session at a time when nobody should be there.",
    .wants = WANTS(EVENT_ACTIVITY),
    .run = run,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
