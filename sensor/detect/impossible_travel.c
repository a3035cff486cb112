/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two logins of one account, further apart than anybody flies in the time between. Distances are
 * those that remain once both accuracy radii are taken off; sessions that overlap are
 * concurrent-logins alone.
 */
#include "../address.h"
#include "../timestamp.h"
#include "detect.h"
#include <stdio.h>

enum { KEY_KM, KEY_SPEED, KEY_GAP };

static const struct config_detector_key keys[] = {
    { "min-distance-km", CONFIG_NUMBER, 500, "km", "Elastic" },
    { "min-speed-kmh", CONFIG_NUMBER, 800, "km/h", "Elastic 800, Okta 805" },
    { "max-gap", CONFIG_DURATION, 86400, "s", "any two places are a day apart" },
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "Elastic and Okta: impossible travel, 500 km and 800 km/h",
    NULL,
};

static bool
has_own_rule(const struct geoip_place *p)
{
    return p->kind == GEOIP_MOBILE || p->kind == GEOIP_RELAY || place_is_anonymiser(p);
}

static void
sight(const struct detect *d, const struct detect_event *e, const struct lease *earlier, double km,
    double kmh, int64_t gap_us)
{
    const struct lease *later = e->lease;
    char first[PLACE_TEXT], second[PLACE_TEXT], from[TIMESTAMP_SIZE], to[TIMESTAMP_SIZE];
    struct sighting s;

    timestamp_print(from, earlier->last_us);
    timestamp_print(to, later->start_us);
    detect_begin(&s, d, e);
    place_pair(&earlier->place, &later->place, s.object);
    detect_claim_place(&s, &earlier->source, "earlier login", &earlier->outside, &earlier->place);
    detect_claim_place(&s, &later->source, "later login", &later->outside, &later->place);
    detect_claim(&s, &later->source, "travel", "at least %.0f km between %s and %s: %.0f km/h", km,
        from, to, kmh);
    detect_say(&s,
        "%s was last seen in %s and logged in from %s %.0f minutes later: at least %.0f km, which "
        "would take %.0f km/h.",
        detect_who(&s), place_text(&earlier->place, first), place_text(&later->place, second),
        (double)gap_us / (double)MINUTE_US, km, kmh);
    findings_sight(d->findings, &s);
}

/* A session told open may still end within the least overlap: that is known a minute later. One
 * that interim records renew lives when the next one comes. */
static bool
is_pending(const struct detect *d, const struct detect_event *e, const struct lease *earlier)
{
    int64_t start_us = e->lease->start_us;

    return ((e->kind != EVENT_OVERLAP && e->now_us - start_us <= MINUTE_US) ||
               (earlier->interim_us > 0 && earlier->last_us - start_us <= MINUTE_US)) &&
           lease_is_open(earlier, e->now_us, d->config->limits.lease_us);
}

static bool
overlaps(const struct detect *d, const struct detect_event *e, const struct lease *earlier)
{
    const struct lease *l = e->lease;

    return earlier->last_us - l->start_us > MINUTE_US ||
           (e->now_us - l->start_us > MINUTE_US &&
               lease_is_open(earlier, e->now_us, d->config->limits.lease_us));
}

/* The session that this login follows: of those that may be compared, the last to end. NULL: none,
 * or it is not known yet. */
static const struct lease *
find_earlier(const struct detect *d, const struct detect_event *e)
{
    const struct lease *found = NULL, *other;
    struct lease *l = e->lease;

    DL_FOREACH(e->account->leases, other)
    {
        if (other == l || other->start_us > l->start_us || !other->has_outside ||
            !other->place.has_point || has_own_rule(&other->place))
            continue;
        if (is_pending(d, e, other)) {
            l->travel_pending = true;
            return NULL;
        }
        if (!overlaps(d, e, other) && (found == NULL || other->last_us > found->last_us))
            found = other;
    }
    return found;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const double *key = d->own->key;
    const struct lease *earlier;
    struct lease *l = e->lease;
    int64_t gap_us;
    double km, kmh;

    if (l == NULL || !l->has_outside || !l->place.has_point || has_own_rule(&l->place) ||
        (e->kind != EVENT_LOGIN && !l->travel_pending))
        return;
    l->travel_pending = false;
    earlier = find_earlier(d, e);
    if (earlier == NULL || locality_is_near(&earlier->outside, &l->outside))
        return;
    gap_us = l->start_us - earlier->last_us;
    if (gap_us > (int64_t)(key[KEY_GAP] * (double)SECOND_US))
        return;
    gap_us = gap_us < SECOND_US ? SECOND_US : gap_us;
    km = geoip_gap_km(&earlier->place, &l->place);
    kmh = km / ((double)gap_us / (double)HOUR_US);
    if (km >= key[KEY_KM] && kmh >= key[KEY_SPEED])
        sight(d, e, earlier, km, kmh, gap_us);
}

const struct detector detect_impossible_travel = {
    .name = "impossible-travel",
    .about = "two logins of one account too far apart for the time between",
    .rule = "From the end of the earlier session, or its last packet, to the start of the later no "
            "more than max-gap; at least min-distance-km apart after subtracting both accuracy "
            "radii; at least min-speed-kmh. Skipped: mobile, relay and anonymiser addresses, the "
            "same /24, and sessions that overlap.",
    .blind = "Databases without coordinates tell countries apart only when they do not adjoin.",
    .family = FAMILY_PLACE,
    .signs = FINDING_SIGN_PLACE,
    .severity = SEVERITY_HIGH,
    .weight = 3,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask the person which of the two logins was theirs, and check the device of the "
              "other one.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_OVERLAP) | WANTS(EVENT_LIFE),
    .run = run,
};
