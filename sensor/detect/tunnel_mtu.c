/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a SYN says of the largest segment gives the link's MTU away: 40 octets more over IPv4, 60
 * over IPv6. Tunnels leave less room than Ethernet's 1500 and PPPoE's 1492.
 */
#include "../address.h"
#include "detect.h"
#include <stdlib.h>
#include <string.h>

static const char *const attack[] = { "T1572", NULL };
static const char *const references[] = {
    "RFC 9293, 3.7.1: MSS; MTUs of common tunnels; Astrill 1293",
    NULL,
};

/* 1400 and 1420: IPsec, WireGuard; 1440 to 1490: PPTP, L2TP, GRE, 6in4. */
static const unsigned mtus[] = { 1293, 1300, 1400, 1420, 1440, 1450, 1460, 1476, 1480, 1490 };

#define HEADERS_V4 40u /* of IP and TCP */
#define HEADERS_V6 60u
#define MSS_COLONS 3 /* version:ttl:olen:mss */

/* Of the signature in p0f's form (parsers/tcp_syn.h); 0: it says none. */
static unsigned
mtu_of(const char *signature)
{
    const char *at = signature;
    unsigned mss;

    for (unsigned i = 0; i < MSS_COLONS; i++) {
        at = strchr(at, ':');
        if (at == NULL)
            return 0;
        at++;
    }
    mss = (unsigned)strtoul(at, NULL, 10);
    return mss == 0 ? 0 : mss + (signature[0] == '6' ? HEADERS_V6 : HEADERS_V4);
}

static bool
is_tunnel(unsigned mtu)
{
    for (size_t i = 0; i < sizeof mtus / sizeof mtus[0]; i++)
        if (mtus[i] == mtu)
            return true;
    return false;
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const char *signature = fact_get_text(&e->observation->fact, KEY_FINGERPRINT_TCP);
    struct in6_addr sender;
    char address[ADDRESS_SIZE];
    struct sighting s;
    unsigned mtu;

    if (signature == NULL || !fact_get_address(&e->observation->fact, KEY_ADDRESS, &sender) ||
        locality_of(d->config, &sender) != LOCALITY_OUTSIDE)
        return;
    mtu = mtu_of(signature);
    if (!is_tunnel(mtu))
        return;
    detect_begin(&s, d, e);
    address_print(address, &sender);
    detect_claim(&s, NULL, "SYN", "%s from %s: an MTU of %u bytes", signature, address, mtu);
    detect_say(&s, "%s connects from %s over a link with an MTU of %u bytes, as tunnels have.",
        detect_who(&s), address, mtu);
    findings_sight(d->findings, &s);
}

const struct detector detect_tunnel_mtu = {
    .name = "tunnel-mtu",
    .about = "a client whose link is as narrow as a tunnel",
    .rule = "The MSS of a SYN from a site implies the MTU of a tunnel (1293 1300 1400 1420 1440 "
            "1450 1460 1476 1480 1490). Never inside of vpn-pools.",
    .blind = "Routers that rewrite the MSS, and providers that tunnel all their customers; it "
             "weighs little for that reason.",
    .family = FAMILY_PHYSICS,
    .signs = FINDING_SIGN_PHYSICS,
    .severity = SEVERITY_INFO,
    .weight = 0.5,
    .attack = attack,
    .references = references,
    .action = "Take it as a hint beside others only.",
    .wants = WANTS(EVENT_SIGN),
    .run = run,
};
