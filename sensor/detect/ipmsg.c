/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IP Messenger, a chat for one LAN that is little known outside of East Asia and was found on
 * machines of DPRK IT workers (Sekoia and Kudelski 2026).
 */
#include "detect.h"
#include <string.h>

static const char *const attack[] = { NULL };
static const char *const references[] = {
    "Sekoia and Kudelski, 2026: IP Messenger on machines of DPRK IT workers",
    NULL,
};

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct fact *f = &e->observation->fact;
    const char *user = fact_get_text(f, KEY_TEXT), *host = fact_get_text(f, KEY_HOST_NAME);
    struct sighting s;

    if (strcmp(e->observation->protocol, "ipmsg") != 0)
        return;
    detect_begin(&s, d, e);
    if (host != NULL)
        detect_claim(&s, NULL, "host name", "%s", host);
    if (user != NULL)
        detect_claim(&s, NULL, "user", "%s", user);
    if (s.claim_count == 0)
        detect_claim(&s, NULL, "protocol", "IP Messenger");
    detect_say(&s, "%s uses IP Messenger, a chat between computers of one LAN.", detect_who(&s));
    findings_sight(d->findings, &s);
}

const struct detector detect_ipmsg = {
    .name = "ipmsg",
    .about = "IP Messenger on a watched device",
    .rule = "A message of IP Messenger (UDP or TCP 2425) from a watched device.",
    .blind = "Other chats; a LAN whose broadcasts the sensor does not see.",
    .family = FAMILY_HABIT,
    .severity = SEVERITY_LOW,
    .weight = 1,
    .attack = attack,
    .references = references,
    .action = "See who answers in that LAN, and under which names.",
    .wants = WANTS(EVENT_SIGN),
    .run = run,
};
