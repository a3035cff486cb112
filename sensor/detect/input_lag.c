/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The hand follows the screen too late: in sessions through the tunnel, one in twenty inputs comes
 * sooner after output than some delay. Where that delay is a quarter of a second while others at
 * the same home need half of it, the hand is not at the home.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum { KEY_LAG, KEY_PEER_LAG, KEY_SAMPLES, KEY_WINDOW };

static const struct config_detector_key keys[] = {
    { "min-lag-ms", CONFIG_NUMBER, 250, "ms", "Amazon 2025: over 110 ms at the endpoint itself" },
    { "max-peer-lag-ms", CONFIG_NUMBER, 150, "ms", "of others at the site: its own line is quick" },
    { "min-samples", CONFIG_NUMBER, 100, "inputs", "a twentieth of them is five" },
    { "window", CONFIG_DURATION, 7 * 86400, "s", "a working week" },
};

static const char *const attack[] = { "T1219", NULL };
static const char *const references[] = {
    "Amazon 2025: keystrokes that took more than 110 ms gave an IT worker of the DPRK away",
    NULL,
};

#define MEMORY_VERSION 1
#define PEOPLE 12

/* Of a site. */
struct history {
    struct person {
        char account[ACCOUNT_NAME];
        int64_t last_us, lag_us;
        struct claim_source source;
    } people[PEOPLE];
};

static const struct memory_field person_memory[] = {
    MEMORY_BYTES(struct person, account),
    MEMORY_NUMBER(struct person, last_us),
    MEMORY_NUMBER(struct person, lag_us),
    MEMORY_PART(struct person, source, claim_source_memory),
    MEMORY_END,
};

static const struct memory_field history_memory[] = {
    MEMORY_EACH(struct history, people, person_memory),
    MEMORY_END,
};

static struct person *
touch(struct history *h, const char *account)
{
    struct person *oldest = &h->people[0];

    for (unsigned i = 0; i < PEOPLE; i++) {
        if (strcmp(h->people[i].account, account) == 0)
            return &h->people[i];
        if (h->people[i].last_us < oldest->last_us)
            oldest = &h->people[i];
    }
    memset(oldest, 0, sizeof *oldest);
    snprintf(oldest->account, sizeof oldest->account, "%s", account);
    return oldest;
}

static const struct person *
quick_peer(const struct detect *d, const struct detect_event *e, const struct history *h)
{
    double window_us = d->own->key[KEY_WINDOW] * (double)SECOND_US;

    for (unsigned i = 0; i < PEOPLE; i++) {
        const struct person *p = &h->people[i];

        if (p->last_us != 0 && strcmp(p->account, e->account->name) != 0 &&
            (double)(e->now_us - p->last_us) <= window_us &&
            (double)p->lag_us < d->own->key[KEY_PEER_LAG] * 1000)
            return p;
    }
    return NULL;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct fact *f = &e->observation->fact;
    const struct person *peer;
    int64_t count, lag_us;
    struct history *h;
    struct person *own;
    struct sighting s;

    if (e->account == NULL || e->lease == NULL || e->lease->site == NULL ||
        !fact_get_number(f, KEY_INPUT_LAG_COUNT, &count) ||
        !fact_get_number(f, KEY_INPUT_LAG_P5_US, &lag_us) ||
        (double)count < d->own->key[KEY_SAMPLES])
        return;
    h = subject_memory(&e->lease->site->state, d->detector->name, sizeof *h);
    if (h == NULL)
        return;
    own = touch(h, e->account->name);
    own->last_us = e->now_us;
    own->lag_us = lag_us;
    own->source = claim_source_of(e->observation);
    peer = quick_peer(d, e, h);
    if ((double)lag_us <= d->own->key[KEY_LAG] * 1000 || peer == NULL)
        return;
    detect_begin(&s, d, e);
    detect_claim(&s, NULL, "input", "one in twenty of %lld inputs came within %lld ms of output",
        (long long)count, (long long)lag_us / 1000);
    detect_claim(&s, &peer->source, "another at the site", "%s: within %lld ms", peer->account,
        (long long)peer->lag_us / 1000);
    detect_say(&s,
        "%s answers its screen after %lld ms at best, another account at the same site after %lld "
        "ms: the hand is farther away than the home.",
        detect_who(&s), (long long)lag_us / 1000, (long long)peer->lag_us / 1000);
    findings_sight(d->findings, &s);
}

const struct detector detect_input_lag = {
    .name = "input-lag",
    .about = "input that follows the screen much later than others' at the same site",
    .rule = "In remote-desktop and SSH sessions through the VPN the 5th percentile of the delay "
            "from output to the next input exceeds min-lag-ms over min-samples, while another "
            "account at the site stays below max-peer-lag-ms.",
    .blind = "A home where all are driven from far away, or only one works; slow readers; those "
             "who type ahead.",
    .family = FAMILY_PHYSICS,
    .signs = FINDING_SIGN_PHYSICS,
    .severity = SEVERITY_MEDIUM,
    .weight = 1.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Measure the same person's delay in a session that surely starts at the home.",
    .wants = WANTS(EVENT_ACTIVITY),
    .run = run,
    .memory_version = MEMORY_VERSION,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
