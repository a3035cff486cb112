/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenVPN (its protocol is described in openvpn's ssl_pkt.h): the upper five bits of the first byte
 * are the opcode; over TCP two bytes of length go before. WireGuard (wireguard.com/protocol): first
 * byte the type, three zero bytes, a fixed length of 148 for the initiation and 92 for the answer.
 */
#include "second_sign.h"
#include "flow_track.h"
#include <strings.h>

#define OPENVPN_PORT 1194 /* IANA */
#define WIREGUARD_PORT 51820
#define OPENVPN_RESET_CLIENT_V1 1
#define OPENVPN_RESET_CLIENT_V2 7
#define OPENVPN_RESET_CLIENT_V3 10
#define OPENVPN_RESET_SERVER_V1 2
#define OPENVPN_RESET_SERVER_V2 8
#define WIREGUARD_INITIATION 0x01000000u
#define WIREGUARD_ANSWER 0x02000000u
#define WIREGUARD_COOKIE 0x03000000u
#define WIREGUARD_INITIATION_BYTES 148
#define WIREGUARD_ANSWER_BYTES 92
#define WIREGUARD_COOKIE_BYTES 64

static unsigned
openvpn_opcode(const struct flow *f, unsigned direction)
{
    uint32_t word = f->first_word[direction];

    return f->protocol == FLOW_PROTOCOL_TCP ? word >> 11 & 0x1f : word >> 27;
}

static bool
is_openvpn_handshake(const struct flow *f)
{
    unsigned client = openvpn_opcode(f, FLOW_CLIENT), server = openvpn_opcode(f, FLOW_SERVER);

    return (client == OPENVPN_RESET_CLIENT_V1 || client == OPENVPN_RESET_CLIENT_V2 ||
               client == OPENVPN_RESET_CLIENT_V3) &&
           (server == OPENVPN_RESET_SERVER_V1 || server == OPENVPN_RESET_SERVER_V2);
}

static bool
is_wireguard_handshake(const struct flow *f)
{
    for (unsigned d = 0; d < 2; d++)
        if (f->first_word[d] == WIREGUARD_INITIATION &&
            f->first_length[d] == WIREGUARD_INITIATION_BYTES &&
            ((f->first_word[!d] == WIREGUARD_ANSWER &&
                 f->first_length[!d] == WIREGUARD_ANSWER_BYTES) ||
                (f->first_word[!d] == WIREGUARD_COOKIE &&
                    f->first_length[!d] == WIREGUARD_COOKIE_BYTES)))
            return true;
    return false;
}

static const struct {
    const char *ndpi;
    uint16_t port;
    bool (*is_handshake)(const struct flow *f);
} doubted[] = {
    { "openvpn", OPENVPN_PORT, is_openvpn_handshake },
    { "wireguard", WIREGUARD_PORT, is_wireguard_handshake },
};

bool
second_sign_seen(
    const struct list_tool *tool, const struct flow *f, const struct config_cidrs *gateways)
{
    for (size_t i = 0; i < sizeof doubted / sizeof doubted[0]; i++) {
        if (strcasecmp(tool->ndpi, doubted[i].ndpi) != 0)
            continue;
        if (f->payload_packets[FLOW_CLIENT] == 0 || f->payload_packets[FLOW_SERVER] == 0)
            return false;
        if (f->port[FLOW_SERVER] == doubted[i].port || f->port[FLOW_CLIENT] == doubted[i].port)
            return true;
        if (gateways != NULL &&
            (cidr_list_holds(gateways->list, gateways->count, &f->address[0]) ||
                cidr_list_holds(gateways->list, gateways->count, &f->address[1])))
            return true;
        return doubted[i].is_handshake(f);
    }
    return true;
}
