/* SPDX-License-Identifier: BSD-2-Clause
 *
 * An answer that came sooner than light could bring it: the address is not where the database, or
 * the roster, puts it. Certain, and for itself not suspicious: databases err.
 */
#include "../address.h"
#include "../path.h"
#include "detect.h"
#include <stdio.h>

enum { KEY_SPEED };

static const struct config_detector_key keys[] = {
    { "km-per-ms", CONFIG_NUMBER, 200, "km/ms", "one way: light in fibre" },
};

static const char *const attack[] = { NULL };
static const char *const references[] = {
    "light in fibre: 200 km a millisecond (refractive index 1.47)",
    NULL,
};

struct claimed {
    const char *who; /* "the database", "the roster" */
    double km;
};

static void
sight(
    const struct detect *d, const struct detect_event *e, const struct claimed *c, double least_ms)
{
    double ms = (double)e->rtt_us / 1000;
    char address[ADDRESS_SIZE];
    struct sighting s;

    detect_begin(&s, d, e);
    address_print(address, &e->far);
    detect_claim(&s, NULL, "round trip", "%.2f ms", ms);
    detect_claim(&s, NULL, "distance", "%.0f km at least by %s: %.2f ms for light in fibre", c->km,
        c->who, least_ms);
    detect_claim_place(&s, NULL, "outside address", &e->far, &e->place);
    detect_say(&s,
        "%s answered from %s in %.1f ms; where %s puts it is %.0f km away, which takes light %.1f "
        "ms: it cannot be there.",
        detect_who(&s), address, ms, c->who, c->km, least_ms);
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct config_contractor *person = e->account == NULL ? NULL : e->account->contractor;
    enum path_clock clock = path_clock_of(e->layer);
    const struct config *c = d->config;
    struct claimed claims[2] = { { "the database", 0 }, { "the roster", 0 } };

    if (!c->sensor.has_location || e->lease == NULL || (clock != PATH_TCP && clock != PATH_TUNNEL))
        return;
    if (e->place.has_point)
        claims[0].km = geoip_distance_km(c->sensor.latitude, c->sensor.longitude, e->place.latitude,
                           e->place.longitude) -
                       e->place.radius_km;
    if (person != NULL && person->has_home)
        claims[1].km = geoip_distance_km(
            c->sensor.latitude, c->sensor.longitude, person->latitude, person->longitude);
    for (unsigned i = 0; i < 2; i++) {
        double least_us =
            claims[i].km > 0 ? geoip_least_rtt_us(claims[i].km, d->own->key[KEY_SPEED]) : 0;

        if ((double)e->rtt_us < least_us) {
            sight(d, e, &claims[i], least_us / 1000);
            return;
        }
    }
}

const struct detector detect_path_too_short = {
    .name = "path-too-short",
    .about = "an answer sooner than light could bring it from the claimed place",
    .rule = "A handshake with a login's address took less than 2 d / km-per-ms, where d reaches "
            "from the sensor to the nearest point where the database, or the roster, puts it. "
            "Stands down without sensor.location.",
    .blind = "Says that a place is wrong, not which is right. A relay beside the sensor answers "
             "soon as well.",
    .family = FAMILY_PHYSICS,
    .signs = FINDING_SIGN_PHYSICS,
    .severity = SEVERITY_MEDIUM,
    .weight = 2,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Look the address up in other databases; compare with where the company laptop was "
              "sent.",
    .wants = WANTS(EVENT_RTT),
    .run = run,
};
