/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A login, or somebody who drives a device, whose address belongs to a machine that is rented or
 * lent: hosting, VPN, Tor, residential proxy. Each weighs by how rare it is among honest users;
 * Astrill, which 72 % of Mandiant's cases used, most.
 */
#include "../../conf/list.h"
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <strings.h>

enum { KEY_ASTRILL, KEY_HOSTING };

static const struct config_detector_key keys[] = {
    { "astrill-weight", CONFIG_NUMBER, 4, "log-odds", "Mandiant: Astrill in 72 % of its cases" },
    { "hosting-weight", CONFIG_NUMBER, 2, "log-odds", "companies' own servers are hosted too" },
};

static const char *const attack[] = { "T1090", NULL };
static const char *const references[] = {
    "Mandiant, M-Trends 2025: DPRK IT workers and Astrill VPN",
    NULL,
};

static const char *const kind_words[GEOIP_KIND_COUNT] = {
    [GEOIP_HOSTING] = "a hosting network",
    [GEOIP_VPN] = "a VPN exit",
    [GEOIP_TOR] = "a Tor exit",
    [GEOIP_PROXY] = "a residential proxy",
};

static bool
is_approved(const struct config *c, const char *provider)
{
    for (unsigned i = 0; provider[0] != '\0' && i < c->policy.approved_vpns.count; i++)
        if (list_same_tool(c->policy.approved_vpns.list[i], provider))
            return true;
    return false;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const struct geoip_place *p = &e->place;
    char place[PLACE_TEXT], address[ADDRESS_SIZE];
    struct sighting s;

    if (!e->has_far || !place_is_anonymiser(p) || is_approved(d->config, p->provider))
        return;
    if (e->kind == EVENT_PEER && p->kind == GEOIP_HOSTING)
        return; /* most relays are hosted */
    if (e->kind == EVENT_CONTROL && !e->is_driver_new)
        return; /* who is driven from there; whoever looks at a rented machine works on it */
    detect_begin(&s, d, e);
    address_print(address, &e->far);
    if (strncasecmp(p->provider, "Astrill", 7) == 0)
        s.weight = d->own->key[KEY_ASTRILL];
    else if (p->kind == GEOIP_HOSTING)
        s.weight = d->own->key[KEY_HOSTING];
    if (p->asn != 0)
        snprintf(s.object, sizeof s.object, "AS%u", p->asn);
    else
        locality_site_name(&e->far, s.object);
    detect_claim_place(&s, NULL, "outside address", &e->far, p);
    detect_say(&s, "%s %s %s in %s: that is %s%s%s%s, not a home.", detect_who(&s),
        e->kind == EVENT_LOGIN ? "connected from" : "is driven from", address, place_text(p, place),
        kind_words[p->kind], p->provider[0] == '\0' ? "" : " (", p->provider,
        p->provider[0] == '\0' ? "" : ")");
    findings_sight(d->findings, &s);
}

const struct detector detect_anonymiser_egress = {
    .name = "anonymiser-egress",
    .about = "a login, or who drives a computer, from hosting, VPN, Tor or residential-proxy space",
    .rule =
        "The outside address of a successful login or remote-access session, or the address from "
        "which a device is driven, is of kind hosting, vpn, tor or proxy by the databases and "
        "lists in use. policy.approved-vpns are exempt.",
    .blind = "Exits that no list knows; residential proxies look like homes.",
    .family = FAMILY_PLACE,
    .signs = FINDING_SIGN_PLACE | FINDING_SIGN_ANONYMISER,
    .severity = SEVERITY_MEDIUM,
    .weight = 2.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask which VPN the person uses and why; compare with policy.approved-vpns.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_CONTROL) | WANTS(EVENT_PEER),
    .run = run,
};
