/* SPDX-License-Identifier: BSD-2-Clause
 *
 * ARP (RFC 826) for IPv4 over Ethernet: whoever speaks tells its own address and card. A probe for
 * an address that nobody has yet (RFC 5227, 1.1: sender's address 0) tells nothing, and neither do
 * the reverse look-ups (RFC 903, RFC 2390), whose sender may not know itself.
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

extern const struct parser parser_arp;

#define ETHERTYPE_ARP 0x0806
#define ETHERTYPE_IPV4 0x0800
#define HARDWARE_ETHERNET 1
#define HARDWARE_IEEE802 6
#define OPERATION_REQUEST 1
#define OPERATION_REPLY 2

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data;
    uint16_t hardware = rd_u16(&r), protocol = rd_u16(&r);
    uint8_t hardware_bytes = rd_u8(&r), protocol_bytes = rd_u8(&r);
    uint16_t operation = rd_u16(&r);
    const uint8_t *mac;
    struct in6_addr address;
    struct fact f;

    if (!r.ok)
        return PARSE_MORE;
    if ((hardware != HARDWARE_ETHERNET && hardware != HARDWARE_IEEE802) ||
        protocol != ETHERTYPE_IPV4 ||
        (operation != OPERATION_REQUEST && operation != OPERATION_REPLY))
        return PARSE_NOT_MINE;
    if (hardware_bytes != TEXT_MAC_OCTETS || protocol_bytes != sizeof(struct in_addr))
        return PARSE_BAD;
    mac = rd_bytes(&r, TEXT_MAC_OCTETS);
    address = ip_read_v4(&r);
    rd_skip(&r, TEXT_MAC_OCTETS + sizeof(struct in_addr)); /* whom it asks, or answers */
    if (!r.ok)
        return PARSE_MORE;
    fact_begin(&f, FACT_DEVICE);
    fact_mac(&f, KEY_MAC, mac);
    if (ip_is_host(&address) && fact_has(&f, KEY_MAC)) {
        fact_address(&f, KEY_ADDRESS, &address);
        out->fact(out->context, &f);
    }
    rd_skip(&r, rd_left(&r)); /* frames are padded */
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_arp = {
    .name = "arp",
    .transports = PARSER_LINK,
    .ports = { ETHERTYPE_ARP },
    .parse = parse,
};
