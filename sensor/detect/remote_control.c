/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A remote-control tool in use on a watched device: connected, or controlled. Which end is watched
 * and which part it plays, the analysis has decided; a name alone never reaches this file.
 */
#include "../../conf/list.h"
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum { KEY_CONTROLLED_SEVERITY, KEY_CONTROLLED_WEIGHT };

static const struct config_detector_key keys[] = {
    { "controlled-severity", CONFIG_SEVERITY, SEVERITY_HIGH, NULL, "somebody drives the device" },
    { "controlled-weight", CONFIG_NUMBER, 2.5, "log-odds", "somebody drives the device" },
    /* Read by the packet side (sensor/policy.c), which decides what is controlled. */
    { "window", CONFIG_DURATION, 300, "s", "a tool left open all day is seen; 480 s at most" },
    { "min-duration", CONFIG_DURATION, 60, "s", "a glance is no session" },
    { "min-bytes", CONFIG_NUMBER, 100000, "bytes", "a screen that changes, not a heartbeat" },
    { "screen-to-input", CONFIG_NUMBER, 5, "ratio", "pixels outweigh keys; chat is even" },
    { "input-share", CONFIG_NUMBER, 0.3, "of seconds", "a hand at work; a download has none" },
    { "input-max-bytes", CONFIG_NUMBER, 400, "bytes", "a key or a mouse move with its framing" },
};

static const char *const attack[] = { "T1219", "T1219.002", NULL };
static const char *const references[] = {
    "FBI PSA250123, January 2025: remote desktop software on company laptops",
    NULL,
};

static void
put_in_words(struct sighting *s, const struct detect_event *e, const char *far)
{
    static const char *const does[] = { "is connected on", "is controlling",
        "controls others from" };
    unsigned what = e->role == ROLE_VIEWER ? 2 : e->is_controlled ? 1 : 0;
    const char *end = e->has_far ? far : "hidden behind the vendor's relay";
    char who[sizeof s->who];

    detect_who_within(s, who, sizeof who);
    detect_say(s, "%s, which is not an approved tool, %s %s%s%s; the other end is %s.", e->app,
        does[what], s->account != NULL ? "the computer of " : "", who,
        what == 1 ? " (its screen goes out, input comes in)" : "", end);
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    char far[ADDRESS_SIZE] = "", own[ADDRESS_SIZE];
    const char *risks;
    struct sighting s;

    detect_begin(&s, d, e);
    if (e->is_controlled) {
        s.severity = (enum config_severity)d->own->key[KEY_CONTROLLED_SEVERITY];
        s.weight = d->own->key[KEY_CONTROLLED_WEIGHT];
    }
    s.is_same_event = !e->is_first;
    snprintf(s.object, sizeof s.object, "%s", e->app);
    address_print(own, &e->address);
    if (e->has_far)
        address_print(far, &e->far);
    detect_claim(&s, NULL, e->is_controlled ? "controlled" : "connected", "%s%s%s%s%s", e->app,
        e->sign == NULL ? "" : ", named by ", e->sign == NULL ? "" : e->sign,
        e->has_far ? ", far end " : "", far);
    if (e->device[0] != '\0' && strcmp(e->device, own) != 0)
        detect_claim(&s, NULL, "device", "%s", e->device);
    if (e->has_far)
        detect_claim_place(&s, NULL, "far end", &e->far, &e->place);
    risks = fact_get_text(&e->observation->fact, KEY_RISKS);
    if (risks != NULL)
        detect_claim(&s, NULL, "risks", "%s, by nDPI", risks);
    put_in_words(&s, e, far);
    findings_sight(d->findings, &s);
}

const struct detector detect_remote_control = {
    .name = "remote-control",
    .about = "a remote-control tool that is not approved, in use on a watched device",
    .rule = "A remote-desktop or remote-management tool, named by nDPI, SNI, DNS, certificate or "
            "handshake, that is connected (medium) or controlled (high: screen out to input in "
            "over 5:1 with steady small input packets). policy.approved-tools and the roster's are "
            "exempt; so is a viewer whose far end is the company's.",
    .blind = "Hardware (KVM over IP) and tools nobody named; who sits behind a vendor's relay.",
    .family = FAMILY_DRIVING,
    .signs = FINDING_SIGN_DRIVEN,
    .severity = SEVERITY_MEDIUM,
    .weight = 1.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask who installed the tool and who connects to it; if nobody should, isolate the "
              "device and read the tool's own log for the other end's id.",
    .wants = WANTS(EVENT_CONTROL),
    .run = run,
};
