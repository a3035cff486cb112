/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ports are IANA's, WireGuard's is its manual's.
 */
#include "second_sign.h"
#include "flow_track.h"
#include "hello.h"
#include <strings.h>

#define OPENVPN_PORT 1194
#define WIREGUARD_PORT 51820

static bool
is_openvpn(uint8_t hello)
{
    return hello >= HELLO_OPENVPN_CLIENT && hello <= HELLO_OPENVPN_STREAM;
}

static bool
is_wireguard(uint8_t hello)
{
    return hello >= HELLO_WIREGUARD_INITIATION && hello <= HELLO_WIREGUARD_DATA;
}

static const struct {
    const char *ndpi;
    uint16_t port;
    bool (*is_of)(uint8_t hello);
} doubted[] = {
    { "openvpn", OPENVPN_PORT, is_openvpn },
    { "wireguard", WIREGUARD_PORT, is_wireguard },
};

#define DOUBTED (sizeof doubted / sizeof doubted[0])

static bool
is_at_home(const struct flow *f, uint16_t port, const struct config_cidrs *gateways)
{
    if (f->port[FLOW_SERVER] == port || f->port[FLOW_CLIENT] == port)
        return true;
    return gateways != NULL &&
           (cidr_list_holds(gateways->list, gateways->count, &f->address[0]) ||
               cidr_list_holds(gateways->list, gateways->count, &f->address[1]));
}

static bool
has_shape(size_t row, const struct flow *f)
{
    return doubted[row].is_of(f->hello[0]) && doubted[row].is_of(f->hello[1]) &&
           (f->hello[0] != f->hello[1] || f->hello[0] == HELLO_OPENVPN_STREAM ||
               f->hello[0] == HELLO_WIREGUARD_DATA);
}

bool
second_sign_seen(
    const struct list_tool *tool, const struct flow *f, const struct config_cidrs *gateways)
{
    for (size_t i = 0; i < DOUBTED; i++) {
        if (strcasecmp(tool->ndpi, doubted[i].ndpi) != 0)
            continue;
        if (f->payload_packets[FLOW_CLIENT] == 0 || f->payload_packets[FLOW_SERVER] == 0)
            return false;
        return is_at_home(f, doubted[i].port, gateways) || has_shape(i, f);
    }
    return true;
}

const char *
second_sign_handshake(const struct flow *f, const struct config_cidrs *gateways)
{
    const char *whole = hello_protocol(f);

    for (size_t i = 0; whole == NULL && i < DOUBTED; i++)
        if (has_shape(i, f) && is_at_home(f, doubted[i].port, gateways))
            whole = doubted[i].ndpi;
    return whole;
}
