/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ports are IANA's, WireGuard's is its manual's.
 */
#include "second_sign.h"
#include "flow_track.h"
#include <strings.h>

static const struct {
    const char *ndpi;
    uint16_t ports[2];
    bool has_protocol; /* what has no ports is called so by its IP protocol */
} doubted[] = {
    { "openvpn", { 1194 }, false },
    { "wireguard", { 51820 }, false },
    { "ipsec", { 500, 4500 }, true },
};

static bool
is_at_port(const struct flow *f, uint16_t port)
{
    return port != 0 && (f->port[FLOW_SERVER] == port || f->port[FLOW_CLIENT] == port);
}

static bool
is_at_gateway(const struct flow *f, const struct config_cidrs *gateways)
{
    return gateways != NULL &&
           (cidr_list_holds(gateways->list, gateways->count, &f->address[0]) ||
               cidr_list_holds(gateways->list, gateways->count, &f->address[1]));
}

bool
second_sign_seen(
    const struct list_tool *tool, const struct flow *f, const struct config_cidrs *gateways)
{
    for (size_t i = 0; i < sizeof doubted / sizeof doubted[0]; i++) {
        if (strcasecmp(tool->ndpi, doubted[i].ndpi) != 0)
            continue;
        if (f->payload_packets[FLOW_CLIENT] == 0 || f->payload_packets[FLOW_SERVER] == 0)
            return false;
        return is_at_port(f, doubted[i].ports[0]) || is_at_port(f, doubted[i].ports[1]) ||
               (doubted[i].has_protocol && !flow_has_ports(f->protocol)) ||
               is_at_gateway(f, gateways);
    }
    return true;
}
