/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Networks of the DPRK, by published prefix and ASN, never by country code: public tables put
 * relays, content networks and tunnel brokers under KP (Trend Micro 2017).
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>

enum { KEY_TTK_SEVERITY, KEY_TTK_WEIGHT, KEY_EXIT_SEVERITY, KEY_EXIT_WEIGHT, KEY_EXIT_AGE };

static const struct config_detector_key keys[] = {
    { "transtelecom-severity", CONFIG_SEVERITY, SEVERITY_HIGH, NULL, "ranges not re-read" },
    { "transtelecom-weight", CONFIG_NUMBER, 5, "log-odds", "Trend Micro 2025, not re-read" },
    { "exit-severity", CONFIG_SEVERITY, SEVERITY_MEDIUM, NULL, "shared VPN machines" },
    { "exit-weight", CONFIG_NUMBER, 3, "log-odds", "single reported exit hosts" },
    { "exit-age", CONFIG_DURATION, 180 * 86400, "s", "rented hosts change hands" },
};

static const char *const attack[] = { "T1133", NULL };
static const char *const references[] = {
    "Trend Micro 2017 and 2025: internet connections of the DPRK (AS131279, TransTelecom ranges)",
    NULL,
};

static const char *const says[] = {
    [WATCH_DPRK] = "a network of the DPRK",
    [WATCH_TRANSTELECOM] = "a TransTelecom range that serves customers in the DPRK",
    [WATCH_EXIT] = "a host reported as an exit of DPRK IT workers",
};

static bool
weigh(const struct detect *d, const struct watch_entry *w, const struct detect_event *e,
    struct sighting *s)
{
    const double *key = d->own->key;

    if (w->kind == WATCH_TRANSTELECOM) {
        s->severity = (enum config_severity)key[KEY_TTK_SEVERITY];
        s->weight = key[KEY_TTK_WEIGHT];
    } else if (w->kind == WATCH_EXIT) {
        int64_t age_us = (int64_t)(key[KEY_EXIT_AGE] * (double)SECOND_US);

        if (w->reported_us != 0 && e->now_us - w->reported_us > age_us)
            return false;
        s->severity = (enum config_severity)key[KEY_EXIT_SEVERITY];
        s->weight = key[KEY_EXIT_WEIGHT];
    }
    return true;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct watch_entry *w;
    char address[ADDRESS_SIZE];
    struct sighting s;

    if (!e->has_far)
        return;
    w = watch_dprk(d->watch, &e->far);
    if (w == NULL)
        return;
    detect_begin(&s, d, e);
    if (!weigh(d, w, e, &s))
        return;
    address_print(address, &e->far);
    snprintf(s.object, sizeof s.object, "%s", w->name);
    snprintf(s.reference, sizeof s.reference, "%s", w->source);
    detect_claim_place(&s, NULL, "address", &e->far, &e->place);
    detect_claim(&s, NULL, "published network", "%s: %s (%s)", w->name, says[w->kind], w->source);
    if (e->kind == EVENT_LOGIN)
        detect_say(&s, "%s connected from %s, in %s (%s).", detect_who(&s), address, says[w->kind],
            w->name);
    else
        detect_say(&s, "%s has an established connection with %s, in %s (%s).", detect_who(&s),
            address, says[w->kind], w->name);
    findings_sight(d->findings, &s);
}

const struct detector detect_dprk_network = {
    .name = "dprk-network",
    .about = "a login from, or an established flow with, a published network of the DPRK",
    .rule = "An established flow or login whose address lies in a published DPRK prefix or ASN; "
            "TransTelecom customer ranges and reported exit hosts weigh less, exit hosts age out.",
    .blind = "Most operators leave through rented machines elsewhere; networks nobody published.",
    .family = FAMILY_PLACE,
    .signs = FINDING_SIGN_PLACE,
    .severity = SEVERITY_CRITICAL,
    .weight = 9,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Treat the account as compromised: end its sessions, keep the packets named here, "
              "and call incident response. For an exit host, first check who rents it today.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_CONTROL) | WANTS(EVENT_PEER) | WANTS(EVENT_FLOW),
    .run = run,
};
