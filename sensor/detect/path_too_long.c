/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The way to an address takes longer than the farthest point where it can be explains: what answers
 * stands behind it, somewhere else.
 *
 * Light in fibre does 200 km a millisecond; real routes bend, so that half of that and a last mile
 * of 40 ms are allowed. Handshakes of TCP and of tunnels count, the least over several sessions.
 */
#include "../address.h"
#include "../path.h"
#include "detect.h"

enum { KEY_SESSIONS, KEY_SPEED, KEY_ALLOWANCE };

static const struct config_detector_key keys[] = {
    { "min-sessions", CONFIG_NUMBER, 5, "sessions", "the least of several is no queue" },
    { "km-per-ms", CONFIG_NUMBER, 100, "km/ms", "one way: half of light in fibre" },
    { "allowance-ms", CONFIG_NUMBER, 40, "ms", "last mile, wireless, detours" },
};

static const char *const attack[] = { "T1090", NULL };
static const char *const references[] = {
    "BADPASS, 2022; CalcuLatency, USENIX Security 2024",
    NULL,
};

struct history {
    struct paths paths;
};

static const struct memory_field history_memory[] = {
    MEMORY_PART(struct history, paths, paths_memory),
    MEMORY_END,
};

static bool
is_slow_by_nature(const struct detect_event *e)
{
    const struct config_contractor *c = e->account == NULL ? NULL : e->account->contractor;

    if (e->place.kind == GEOIP_MOBILE || e->place.kind == GEOIP_SATELLITE)
        return true;
    return c != NULL &&
           (c->link == LINK_MOBILE || c->link == LINK_SATELLITE || c->link == LINK_SLOW);
}

static void
sight(const struct detect *d, const struct detect_event *e, const struct path_time *t,
    unsigned sessions, double farthest_km, double most_ms)
{
    double least_ms = (double)t->least_us / 1000;
    char address[ADDRESS_SIZE];
    struct sighting s;

    detect_begin(&s, d, e);
    address_print(address, &e->far);
    detect_claim(
        &s, &t->source, "round trip", "%.1f ms, the least of %u sessions", least_ms, sessions);
    detect_claim(&s, NULL, "distance", "%.0f km from the sensor at most: %.1f ms are explained",
        farthest_km, most_ms);
    detect_claim_place(&s, NULL, "outside address", &e->far, &e->place);
    detect_say(&s,
        "%s answers from %s in %.0f ms at best, but nothing there is farther than %.0f km (%.0f "
        "ms): the computer itself stands elsewhere.",
        detect_who(&s), address, least_ms, farthest_km, most_ms);
    findings_sight(d->findings, &s);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    enum path_clock clock = path_clock_of(e->layer);
    const struct config *c = d->config;
    const struct path_time *tcp, *tunnel, *least;
    struct history *h;
    struct path *p;
    unsigned sessions;
    double km, most_ms;

    if (!c->sensor.has_location || (clock != PATH_TCP && clock != PATH_TUNNEL) ||
        !e->place.has_point || is_slow_by_nature(e) || (h = detect_memory(d, e)) == NULL)
        return;
    p = path_touch(&h->paths, &e->far, e->now_us);
    path_add(p, clock, e->rtt_us, e->observation);
    tcp = &p->by[PATH_TCP];
    tunnel = &p->by[PATH_TUNNEL];
    sessions = tcp->count + tunnel->count;
    least =
        tcp->count == 0 || (tunnel->count > 0 && tunnel->least_us < tcp->least_us) ? tunnel : tcp;
    km = geoip_distance_km(
             c->sensor.latitude, c->sensor.longitude, e->place.latitude, e->place.longitude) +
         e->place.radius_km;
    most_ms = 2 * km / d->own->key[KEY_SPEED] + d->own->key[KEY_ALLOWANCE];
    if (sessions >= d->own->key[KEY_SESSIONS] && (double)least->least_us > most_ms * 1000)
        sight(d, e, least, sessions, km, most_ms);
}

const struct detector detect_path_too_long = {
    .name = "path-too-long",
    .about = "round trips that last longer than the address's place explains",
    .rule = "The least handshake round trip to an address over min-sessions sessions exceeds "
            "2 d / km-per-ms + allowance-ms, where d reaches from the sensor to the farthest point "
            "where the address can be. Mobile and satellite networks and links are exempt. Stands "
            "down without sensor.location.",
    .blind = "A relay that ends TCP itself (see layered-rtt); a far end that is near the address; "
             "large countries without a city database.",
    .family = FAMILY_PHYSICS,
    .signs = FINDING_SIGN_PHYSICS,
    .severity = SEVERITY_MEDIUM,
    .weight = 2.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask the provider's looking glass for its own round trip to that address; measure "
              "again at another hour.",
    .wants = WANTS(EVENT_RTT),
    .run = run,
    .memory_version = 2,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
