/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A tool that goes through its vendor's relay gives the far end away all the same, when both ends
 * look for a direct path: STUN and TURN name it, ICE checks and hole punching reach for it. It
 * weighs nothing itself: the rules on places judge the address.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>

static const char *const attack[] = { "T1219", NULL };
static const char *const references[] = {
    "RFC 8656, TURN: XOR-PEER-ADDRESS; RFC 8445, ICE: connectivity checks",
    NULL,
};

static void
run(const struct detect *d, const struct detect_event *e)
{
    const char *how = fact_get_text(&e->observation->fact, KEY_HOW);
    char far[ADDRESS_SIZE], place[PLACE_TEXT];
    struct sighting s;

    detect_begin(&s, d, e);
    address_print(far, &e->far);
    snprintf(s.object, sizeof s.object, "%s", far);
    detect_claim_place(&s, NULL, "far end", &e->far, &e->place);
    detect_claim(&s, NULL, "revealed by", "%s, in a session of %s", how == NULL ? "" : how, e->app);
    detect_say(&s, "%s is driven by %s; its far end showed itself: %s in %s.", detect_who(&s),
        e->app, far, place_text(&e->place, place));
    findings_sight(d->findings, &s);
}

const struct detector detect_revealed_peer = {
    .name = "revealed-peer",
    .about = "the hidden far end of a relayed remote-control session",
    .rule = "STUN or TURN (XOR-PEER-ADDRESS), ICE checks or hole punching of a driven device name "
            "an address: the far end. egress-country, dprk-network, anonymiser-egress and "
            "indicator run on it.",
    .blind = "A session that stays on the relay; a far end that is itself behind a VPN.",
    .family = FAMILY_DRIVING,
    .severity = SEVERITY_INFO,
    .weight = 0,
    .attack = attack,
    .references = references,
    .action = "Compare the address with those of the account's logins and of other cases.",
    .wants = WANTS(EVENT_PEER),
    .run = run,
};
