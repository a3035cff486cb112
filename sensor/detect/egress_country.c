/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where a person, or whoever drives their computer, connects from: a watched country, or one that
 * is not on the list of allowed ones. An address that databases place differently, or that belongs
 * to a relay or content network, is believed half.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>

static const char *const attack[] = { "T1133", "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    NULL,
};

static const char *const links[] = {
    [ROLE_UNKNOWN] = "has a remote-control session with",
    [ROLE_DRIVEN] = "is remote-controlled from",
    [ROLE_VIEWER] = "remote-controls a computer at",
};

static bool
is_foreign(const struct detect *d, const struct detect_event *e, const char *country)
{
    const struct config *c = d->config;

    if (country[0] == '\0' || detect_claims(e->account, country))
        return false;
    if (place_in_countries(country, &c->policy.watched_countries))
        return true;
    return c->policy.allowed_countries.count > 0 &&
           !place_in_countries(country, &c->policy.allowed_countries);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const char *country = e->place.country, *rule, *link;
    char place[PLACE_TEXT], address[ADDRESS_SIZE];
    bool unsure = e->place.other_country[0] != '\0' || e->place.kind == GEOIP_RELAY;
    struct sighting s;

    if (!e->has_far || (e->kind == EVENT_CONTROL && !e->is_first && !e->is_far_new))
        return;
    /* Of two databases either may be the one that says so. */
    if (!is_foreign(d, e, country))
        country = e->place.other_country;
    if (!is_foreign(d, e, country))
        return;
    rule = place_in_countries(country, &d->config->policy.watched_countries)
               ? "a watched country"
               : "a country that is not allowed";
    detect_begin(&s, d, e);
    snprintf(s.object, sizeof s.object, "%s", country);
    if (unsure)
        detect_lower(&s);
    detect_claim_place(
        &s, NULL, e->kind == EVENT_LOGIN ? "outside address" : "far end", &e->far, &e->place);
    detect_claim(&s, NULL, "policy", "%s is %s%s", country, rule,
        e->account != NULL && e->account->contractor != NULL ? "; the roster does not claim it"
                                                             : "");
    place_text(&e->place, place);
    address_print(address, &e->far);
    link = e->kind == EVENT_LOGIN ? "connected from" : links[e->role];
    detect_say(&s, "%s %s %s in %s, %s%s%s%s%s.", detect_who(&s), link, address, place, rule,
        e->app == NULL ? "" : " (tool: ", e->app == NULL ? "" : e->app, e->app == NULL ? "" : ")",
        !unsure ? ""
        : e->place.kind == GEOIP_RELAY
            ? "; but the address is a relay's, whose user may be anywhere"
            : "; but the databases disagree on that");
    findings_sight(d->findings, &s);
}

const struct detector detect_egress_country = {
    .name = "egress-country",
    .about = "a login or remote-access session from a watched or not allowed country",
    .rule = "The outside address of a login or remote-access session, or the far end of a "
            "remote-control session, is in policy.watched-countries or outside "
            "policy.allowed-countries, and the roster does not claim that country. Relay and "
            "content networks, and databases that disagree, lower it one step.",
    .blind = "Who leaves through a VPN, a relay or somebody's home in an allowed country.",
    .family = FAMILY_PLACE,
    .signs = FINDING_SIGN_PLACE,
    .severity = SEVERITY_HIGH,
    .weight = 4,
    .attack = attack,
    .references = references,
    .action = "Ask whether the person is known to travel there; if not, end the session and check "
              "what else this address touched.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_CONTROL) | WANTS(EVENT_PEER),
    .run = run,
};
