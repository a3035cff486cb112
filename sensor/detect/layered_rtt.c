/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Two clocks on one connection: TCP's handshake measures the way to whoever ends it, an answer of
 * TLS, SSH or HTTP the way to the program behind. When the second is much longer, TCP ends at
 * a proxy: SOCKS, CONNECT, a residential proxy.
 *
 * It is blind to layer-3 VPNs, which carry TCP on, and to remote control, where the computer itself
 * answers. Times between packets that were sent again or came out of order never get here.
 */
#include "../address.h"
#include "../path.h"
#include "detect.h"

enum { KEY_SAMPLES, KEY_DIFFERENCE, KEY_SHARE };

static const struct config_detector_key keys[] = {
    { "min-samples", CONFIG_NUMBER, 5, "samples", "the least of several is no busy machine" },
    { "min-difference-ms", CONFIG_NUMBER, 50, "ms", "CalcuLatency, USENIX Security 2024" },
    { "min-share", CONFIG_NUMBER, 0.5, "of TCP's", "on a long way an answer varies by more" },
};

static const char *const attack[] = { "T1090", NULL };
static const char *const references[] = {
    "BADPASS, 2022; CalcuLatency, USENIX Security 2024; Xue and others, NDSS 2025",
    NULL,
};

struct history {
    struct paths paths;
};

static const struct memory_field history_memory[] = {
    MEMORY_PART(struct history, paths, paths_memory),
    MEMORY_END,
};

/* What is remembered of nobody's site begins with an answer: most who connect never give one. */
static struct history *
find_history(const struct detect *d, const struct detect_event *e, enum path_clock clock)
{
    const struct site *site;

    if (e->account != NULL || clock == PATH_APPLICATION)
        return detect_memory(d, e);
    site = accounts_find_site(d->accounts, &e->address);
    return site != NULL && subject_memory_find(&site->state, d->detector->name) != NULL
               ? detect_memory(d, e)
               : NULL;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    enum path_clock clock = path_clock_of(e->layer);
    const struct path_time *tcp, *application;
    double tcp_us, difference_us;
    char address[ADDRESS_SIZE];
    struct history *h;
    struct sighting s;
    struct path *p;

    if ((clock != PATH_TCP && clock != PATH_APPLICATION) || (h = find_history(d, e, clock)) == NULL)
        return;
    p = path_touch(&h->paths, &e->far, e->now_us);
    path_add(p, clock, e->rtt_us, e->observation);
    tcp = &p->by[PATH_TCP];
    application = &p->by[PATH_APPLICATION];
    if (tcp->count == 0 || application->count < d->own->key[KEY_SAMPLES])
        return;
    tcp_us = (double)tcp->least_us;
    difference_us = (double)application->least_us - tcp_us;
    if (difference_us < d->own->key[KEY_DIFFERENCE] * 1000 ||
        difference_us <= d->own->key[KEY_SHARE] * tcp_us)
        return;
    detect_begin(&s, d, e);
    address_print(address, &e->far);
    detect_claim(
        &s, &tcp->source, "TCP", "%.1f ms, the least of %u handshakes", tcp_us / 1000, tcp->count);
    detect_claim(&s, &application->source, "application", "%.1f ms, the least of %u answers (%s)",
        (double)application->least_us / 1000, application->count, application->exchange);
    detect_claim_place(&s, NULL, "outside address", &e->far, &e->place);
    detect_claim(&s, NULL, "cannot see", "VPNs that carry TCP on, and remote control");
    detect_say(&s,
        "%s came from %s, where TCP ends after %.0f ms, but the program that speaks answers after "
        "%.0f ms: it stands behind a proxy there.",
        detect_who(&s), address, tcp_us / 1000, (double)application->least_us / 1000);
    findings_sight(d->findings, &s);
}

const struct detector detect_layered_rtt = {
    .name = "layered-rtt",
    .about = "a program that is farther away than the end of its TCP connection",
    .rule = "The least answer of TLS, SSH or HTTP over min-samples exceeds the least TCP "
            "handshake of the same address by min-difference-ms or more, and by more than "
            "min-share of it.",
    .blind = "Layer-3 VPNs, which carry TCP on, and remote control, where the computer itself "
             "answers. Programs that think before they answer for longer than that.",
    .family = FAMILY_PHYSICS,
    .signs = FINDING_SIGN_PHYSICS,
    .severity = SEVERITY_HIGH,
    .weight = 3,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Look the address up in lists of residential proxies, and ask how the person "
              "connects.",
    .wants = WANTS(EVENT_RTT),
    .run = run,
    .memory_version = 2,
    .memory_bytes = sizeof(struct history),
    .memory_fields = history_memory,
};
