/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One account in two sessions at once, from two networks or two places. A session is open while its
 * source tells of ends and has told none, while a tunnel of it is up, or as far as it was seen.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum { KEY_OVERLAP, KEY_KM };

static const struct config_detector_key keys[] = {
    { "min-overlap", CONFIG_DURATION, 60, "s", "a reconnect overlaps its predecessor" },
    { "min-distance-km", CONFIG_NUMBER, 100, "km", "in one network: further than a commute" },
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

/* A tunnel that is up may be silent already: its last packet is told within ten minutes. So is a
 * session that interim records renew, whose end may get lost. */
static int64_t
known_until(const struct detect *d, const struct lease *l, int64_t now_us)
{
    bool is_open = l->tells_end && l->interim_us == 0 &&
                   lease_is_current(l, now_us, d->config->limits.lease_us);

    return is_open ? now_us : l->last_us;
}

/* Where the database puts them: a rule of thumb, so accuracy radii are left on. A country's centre
 * only tells countries apart. */
static double
distance_km(const struct geoip_place *a, const struct geoip_place *b)
{
    if (!a->has_point || !b->has_point)
        return 0;
    if ((a->is_country_point || b->is_country_point) && strcmp(a->country, b->country) == 0)
        return 0;
    return geoip_distance_km(a->latitude, a->longitude, b->latitude, b->longitude);
}

static bool
are_apart(const struct detect *d, const struct lease *a, const struct lease *b)
{
    if (locality_same(&a->outside, &b->outside))
        return false;
    if (a->place.asn != 0 && b->place.asn != 0 && a->place.asn != b->place.asn)
        return true;
    return distance_km(&a->place, &b->place) > d->own->key[KEY_KM];
}

static void
sight(const struct detect *d, const struct detect_event *e, struct lease *earlier,
    struct lease *later, int64_t overlap_us)
{
    char first[PLACE_TEXT], second[PLACE_TEXT];
    struct sighting s;

    detect_begin(&s, d, e);
    s.site_address = later->outside;
    place_pair(&earlier->place, &later->place, s.object);
    detect_claim_place(&s, &earlier->source, "one session", &earlier->outside, &earlier->place);
    detect_claim_place(&s, &later->source, "the other", &later->outside, &later->place);
    detect_claim(&s, NULL, "overlap", "at least %.0f s", (double)overlap_us / (double)SECOND_US);
    detect_say(&s, "%s was logged in from %s and from %s at the same time, for at least %.0f s.",
        detect_who(&s), place_text(&earlier->place, first), place_text(&later->place, second),
        (double)overlap_us / (double)SECOND_US);
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    int64_t least_us = (int64_t)(d->own->key[KEY_OVERLAP] * (double)SECOND_US);
    struct lease *l = e->lease, *other;

    if (l == NULL || !l->has_outside)
        return;
    DL_FOREACH(e->account->leases, other)
    {
        struct lease *earlier = other, *later = l;
        int64_t end_us, other_end_us, overlap_us;

        if (other == l || !other->has_outside || !are_apart(d, other, l))
            continue;
        if (earlier->start_us > later->start_us) {
            earlier = l;
            later = other;
        }
        end_us = known_until(d, earlier, e->now_us);
        other_end_us = known_until(d, later, e->now_us);
        overlap_us = (end_us < other_end_us ? end_us : other_end_us) - later->start_us;
        if (overlap_us <= least_us || later->overlapped == earlier->serial)
            continue;
        later->overlapped = earlier->serial;
        sight(d, e, earlier, later, overlap_us);
    }
}

const struct detector detect_concurrent_logins = {
    .name = "concurrent-logins",
    .about = "one account in two sessions at once from two networks or places",
    .rule = "Two sessions of one account from two outside addresses overlap longer than "
            "min-overlap; their networks (ASN) differ or they lie more than min-distance-km apart.",
    .blind = "Without accounting, gateway syslog or the tunnel itself nobody tells when a session "
             "ends: such logins are seen as moments.",
    .family = FAMILY_SHARING,
    .signs = FINDING_SIGN_ACCOUNT_SHARED,
    .severity = SEVERITY_HIGH,
    .weight = 3,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask the person which session is theirs; end the other and change the password.",
    .wants = WANTS(EVENT_OVERLAP) | WANTS(EVENT_LIFE) | WANTS(EVENT_LOGIN),
    .run = run,
};
