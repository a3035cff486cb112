/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A contractor's computer, or the home that it stands in, lets the internet in: RDP, VNC or SSH
 * accepted from outside. Who drives a laptop farm needs such a door, or a relay.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

static const char *const attack[] = { "T1021", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022: port "
    "3389",
    NULL,
};

/* A private address of which nothing else is known lets SSH in: more often a server than somebody's
 * laptop. */
static bool
may_be_server(const struct detect_event *e)
{
    char own[ADDRESS_SIZE];

    address_print(own, &e->address);
    return e->account == NULL && strcmp(e->device, own) == 0 && strcmp(e->app, "SSH") == 0;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    struct sighting s;
    char far[ADDRESS_SIZE], place[PLACE_TEXT], who[sizeof s.who];

    detect_begin(&s, d, e);
    if (may_be_server(e)) {
        detect_lower(&s);
        detect_lower(&s);
    }
    address_print(far, &e->far);
    snprintf(s.object, sizeof s.object, "%s", far);
    detect_claim(&s, NULL, "accepted", "%s on port %u", e->app, e->observation->destination_port);
    detect_claim_place(&s, NULL, "far end", &e->far, &e->place);
    detect_who_within(&s, who, sizeof who);
    detect_say(&s, "%s from the internet was accepted %s %s%s: %s in %s came in.", e->app,
        s.account != NULL ? "where" : "by", who, s.account != NULL ? " works" : "", far,
        place_text(&e->place, place));
    findings_sight(d->findings, &s);
}

const struct detector detect_direct_exposure = {
    .name = "direct-exposure",
    .about = "RDP, VNC or SSH from outside, accepted at a watched device or site",
    .rule = "A remote-desktop or SSH session from a public address, with payload behind its "
            "handshake, to a contractor's device or site. SSH to a private address of which no "
            "account, name or MAC is known counts two steps lower: it may be a server.",
    .blind = "Whether the one who came in also got in: a refused password looks the same where "
             "the protocol is encrypted. Other protocols and ports that nobody recognised.",
    .family = FAMILY_DRIVING,
    .signs = FINDING_SIGN_DRIVEN,
    .severity = SEVERITY_HIGH,
    .weight = 2,
    .attack = attack,
    .references = references,
    .action = "Have the port closed at the home's router, then look who used it: the computer's "
              "own log of logins names the times.",
    .wants = WANTS(EVENT_EXPOSED),
    .run = run,
};
