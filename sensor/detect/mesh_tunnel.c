/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A way around: a mesh, a tunnel or SSH that goes back, out of a contractor's computer while it is
 * on the company's VPN. Who holds the other end is inside.
 */
#include "../address.h"
#include "detect.h"
#include <stdio.h>
#include <string.h>

static const char *const attack[] = { "T1572", NULL };
static const char *const references[] = {
    "MITRE ATT&CK T1572: protocol tunneling",
    NULL,
};

static void
run(const struct detect *d, const struct detect_event *e)
{
    char far[ADDRESS_SIZE];
    struct sighting s;

    detect_begin(&s, d, e);
    address_print(far, &e->far);
    snprintf(s.object, sizeof s.object, "%s", e->app);
    detect_claim(&s, NULL, "tunnel", "%s to %s port %u%s%s", e->app, far,
        e->observation->destination_port, e->sign == NULL ? "" : ", named by ",
        e->sign == NULL ? "" : e->sign);
    if (e->device[0] != '\0' && strcmp(e->device, far) != 0)
        detect_claim(&s, NULL, "device", "%s", e->device);
    detect_claim_place(&s, NULL, "far end", &e->far, &e->place);
    detect_say(&s,
        "%s runs %s to %s beside the company's VPN: whoever is at its other end can "
        "reach in.",
        detect_who(&s), e->app, far);
    findings_sight(d->findings, &s);
}

const struct detector detect_mesh_tunnel = {
    .name = "mesh-tunnel",
    .about = "a mesh or tunnel out of a device that is on the company's VPN",
    .rule = "A connected session of a mesh (Tailscale, ZeroTier, NetBird, ngrok, cloudflared ...) "
            "or of a VPN that is not the company's, or SSH whose output goes to its server, from a "
            "contractor's device that has a lease, an address of vpn-pools, or a tunnel to the "
            "company. policy.approved-vpns are exempt.",
    .blind = "In a split tunnel it is seen at home only. Tunnels inside of ordinary TLS that "
             "nobody named.",
    .family = FAMILY_DRIVING,
    .signs = FINDING_SIGN_DRIVEN,
    .severity = SEVERITY_MEDIUM,
    .weight = 1.5,
    .attack = attack,
    .references = references,
    .action = "Ask what the tunnel is for; have it removed if nobody needs it, and look which "
              "machines its network holds.",
    .wants = WANTS(EVENT_TUNNEL),
    .run = run,
};
