/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The roster says where a person lives; the login comes from elsewhere. Once is a business trip,
 * three days are a pattern.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { KEY_KM, KEY_DAYS, KEY_REPEATED_SEVERITY, KEY_REPEATED_WEIGHT };

static const struct config_detector_key keys[] = {
    { "min-distance-km", CONFIG_NUMBER, 500, "km", "Elastic's travel rule" },
    { "min-days", CONFIG_NUMBER, 3, "days", "a business trip is shorter" },
    { "repeated-severity", CONFIG_SEVERITY, SEVERITY_HIGH, NULL, "on min-days or more" },
    { "repeated-weight", CONFIG_NUMBER, 3, "log-odds", "on min-days or more" },
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

/* Kilometres from the claimed home when that is too far; 0 when it is not, or nobody knows. */
static double
too_far(const struct detect *d, const struct config_contractor *c, const struct geoip_place *p)
{
    double km, least = d->own->key[KEY_KM];

    if (!c->has_home || !p->has_point)
        return 0;
    km = geoip_distance_km(c->latitude, c->longitude, p->latitude, p->longitude);
    least = p->radius_km > least ? p->radius_km : least;
    return km > least ? km : 0;
}

static bool
is_other_country(const struct config_contractor *c, const struct geoip_place *p)
{
    return c->country[0] != '\0' && p->country[0] != '\0' &&
           strcasecmp(c->country, p->country) != 0 && strcasecmp(c->country, p->other_country) != 0;
}

/* How many different days, this one included. */
static unsigned
count_days(struct account *a, int64_t now_us)
{
    int64_t day = zone_day(a->zone, now_us);

    for (unsigned i = 0; i < a->away_day_count; i++)
        if (a->away_days[i] == day)
            return a->away_day_count;
    if (a->away_day_count == ACCOUNT_DAYS) {
        memmove(&a->away_days[0], &a->away_days[1], (ACCOUNT_DAYS - 1) * sizeof a->away_days[0]);
        a->away_day_count--;
    }
    a->away_days[a->away_day_count++] = day;
    return a->away_day_count;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct config_contractor *c = e->account == NULL ? NULL : e->account->contractor;
    char place[PLACE_TEXT], distance[64] = "", claim[160];
    struct sighting s;
    bool abroad;
    double km;
    unsigned days;

    if (c == NULL || !e->has_far)
        return;
    abroad = is_other_country(c, &e->place);
    km = too_far(d, c, &e->place);
    if (!abroad && (km <= 0 || e->place.kind == GEOIP_MOBILE))
        return;
    days = count_days(e->account, e->now_us);
    detect_begin(&s, d, e);
    if (days >= d->own->key[KEY_DAYS]) {
        s.severity = (enum config_severity)d->own->key[KEY_REPEATED_SEVERITY];
        s.weight = d->own->key[KEY_REPEATED_WEIGHT];
    }
    if (km > 0 && !e->place.is_country_point)
        snprintf(distance, sizeof distance, ", about %.0f km from the claimed home", km);
    detect_claim_place(&s, NULL, "outside address", &e->far, &e->place);
    detect_claim(&s, NULL, "claim", "%s%s%s%s", c->country[0] == '\0' ? "home" : c->country,
        c->region == NULL ? "" : ", ", c->region == NULL ? "" : c->region, distance);
    snprintf(claim, sizeof claim, "%s%s%s",
        c->country[0] == '\0' ? "another home" : place_country_name(c->country),
        c->region == NULL ? "" : ", ", c->region == NULL ? "" : c->region);
    if (abroad)
        detect_say(&s, "%s logged in from %s%s, but the roster claims %s; seen on %u day%s.",
            detect_who(&s), place_text(&e->place, place), distance, claim, days,
            days == 1 ? "" : "s");
    else
        detect_say(&s,
            "%s logged in from %s, about %.0f km from the home in the roster; seen on %u day%s.",
            detect_who(&s), place_text(&e->place, place), km, days, days == 1 ? "" : "s");
    findings_sight(d->findings, &s);
}

const struct detector detect_claimed_location = {
    .name = "claimed-location",
    .about = "a login far from the home, or outside the country, that the roster claims",
    .rule = "A login geolocates more than max(min-distance-km, accuracy radius) from the roster's "
            "home, or to another country than claimed: low; on min-days or more: high. Mobile "
            "addresses inside the claimed country are exempt. Days are in the claimed zone.",
    .blind = "Needs a roster; a relay in the claimed home itself.",
    .family = FAMILY_PLACE,
    .signs = FINDING_SIGN_PLACE,
    .severity = SEVERITY_LOW,
    .weight = 1,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Compare with travel and delivery records: where was the company laptop sent, and "
              "where is it now?",
    .wants = WANTS(EVENT_LOGIN),
    .run = run,
};
