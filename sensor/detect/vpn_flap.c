/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The VPN drops and the real address shows: one account from anonymiser space and, minutes before
 * or after, from a watched country (Mandiant saw Astrill sessions drop and Chinese addresses hit
 * the same resource).
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>

enum { KEY_WITHIN };

static const struct config_detector_key keys[] = {
    { "within", CONFIG_DURATION, 900, "s", "Mandiant, M-Trends 2025" },
};

static const char *const attack[] = { "T1090", NULL };
static const char *const references[] = {
    "Mandiant, M-Trends 2025: Astrill sessions that drop to Chinese addresses",
    NULL,
};

static bool
is_watched(const struct detect *d, const struct lease *l)
{
    return place_in_countries(l->place.country, &d->config->policy.watched_countries) &&
           !detect_claims(l->account, l->place.country);
}

static bool
is_flap(const struct detect *d, const struct lease *a, const struct lease *b)
{
    return (place_is_anonymiser(&a->place) && is_watched(d, b)) ||
           (place_is_anonymiser(&b->place) && is_watched(d, a));
}

static const char *
kind_words(const struct geoip_place *p)
{
    return place_is_anonymiser(p) ? " through an anonymiser" : "";
}

static void
sight(const struct detect *d, const struct detect_event *e, const struct lease *earlier,
    const struct lease *later, int64_t gap_us)
{
    char first[PLACE_TEXT], second[PLACE_TEXT];
    struct sighting s;

    detect_begin(&s, d, e);
    s.is_same_event = e->kind != EVENT_LOGIN;
    place_pair(&earlier->place, &later->place, s.object);
    detect_claim_place(&s, &earlier->source, "earlier session", &earlier->outside, &earlier->place);
    detect_claim_place(&s, &later->source, "later session", &later->outside, &later->place);
    detect_say(&s,
        "%s came from %s%s and %s from %s%s: an anonymiser and a watched country, as when a VPN "
        "drops.",
        detect_who(&s), place_text(&earlier->place, first), kind_words(&earlier->place),
        gap_us <= 0 ? "at the same time" : "minutes later", place_text(&later->place, second),
        kind_words(&later->place));
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    int64_t within_us = (int64_t)(d->own->key[KEY_WITHIN] * (double)SECOND_US);
    const struct lease *other;

    if (e->lease == NULL || !e->lease->has_outside)
        return;
    DL_FOREACH(e->account->leases, other)
    {
        const struct lease *first = other, *second = e->lease;
        int64_t gap_us;

        if (other == e->lease || !other->has_outside ||
            locality_same(&other->outside, &e->lease->outside) || !is_flap(d, other, e->lease))
            continue;
        if (first->start_us > second->start_us) {
            first = e->lease;
            second = other;
        }
        gap_us = second->start_us - first->last_us;
        if (gap_us > within_us)
            continue;
        sight(d, e, first, second, gap_us);
        return;
    }
}

const struct detector detect_vpn_flap = {
    .name = "vpn-flap",
    .about = "one account from an anonymiser and, minutes apart, from a watched country",
    .rule = "From the last packet or stop of one session to the start of the other no more than "
            "`within`; one is from hosting, VPN, Tor or proxy space, the other from a watched "
            "country that the roster does not claim.",
    .blind = "A VPN that never drops.",
    .family = FAMILY_PLACE,
    .signs = FINDING_SIGN_PLACE | FINDING_SIGN_ANONYMISER,
    .severity = SEVERITY_CRITICAL,
    .weight = 7,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "End the sessions of the account and keep the packets named here; the address in the "
              "watched country is the better clue to where its user is.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_LIFE),
    .run = run,
};
