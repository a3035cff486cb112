/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What stands between a link and IP without addresses of its own: PPP (RFC 1661, 1662), PPPoE
 * (RFC 2516) and MPLS (RFC 3032, pseudowires RFC 4385 and 4448).
 *
 * An MPLS stack does not say what it carries: the first nibble behind it decides (RFC 4928).
 */
#include "packet_internal.h"

#define TYPE_PPP 0x880b /* EtherType of PPP, shown for what PPP carries besides IP */
#define PPP_HDLC_ADDRESS 0xff
#define PPP_IP4 0x0021
#define PPP_IP6 0x0057
#define PPP_MPLS 0x0281
#define PPPOE_HEADER 6
#define PPPOE_VERSION_TYPE 0x11
#define MPLS_ENTRY 4
#define MPLS_STACK_MAX 16 /* real stacks hold a handful */
#define MPLS_BOTTOM 0x100
#define CONTROL_WORD 4
#define ETHERNET_HEADER 14
#define ETHERNET_TYPE_AT 12

enum packet_result
packet_ppp(struct packet *out, struct span *s)
{
    struct span from_protocol;
    struct rd h;
    enum packet_result r;
    uint16_t protocol;

    out->ether_type = TYPE_PPP;
    if (rd_peek(&s->rd) == PPP_HDLC_ADDRESS &&
        (r = span_header(s, 2, &h, PACKET_BAD_LINK)) != PACKET_OK)
        return r;
    from_protocol = *s;
    if ((r = span_header(s, 1, &h, PACKET_BAD_LINK)) != PACKET_OK)
        return r;
    protocol = rd_u8(&h);
    /* An odd first byte is a compressed protocol field (RFC 1661 section 6.5). */
    if (!(protocol & 1)) {
        if ((r = span_header(s, 1, &h, PACKET_BAD_LINK)) != PACKET_OK)
            return r;
        protocol = (uint16_t)(protocol << 8 | rd_u8(&h));
    }
    switch (protocol) {
    case PPP_IP4:
        return packet_ip4(out, s);
    case PPP_IP6:
        return packet_ip6(out, s);
    case PPP_MPLS:
        return packet_mpls(out, s);
    default:
        return packet_not_ip(out, &from_protocol);
    }
}

enum packet_result
packet_pppoe(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, PPPOE_HEADER, &h, PACKET_BAD_LINK);
    uint8_t version_type, code;
    uint16_t session;

    if (r != PACKET_OK)
        return r;
    version_type = rd_u8(&h);
    code = rd_u8(&h);
    session = rd_u16(&h);
    if (version_type != PPPOE_VERSION_TYPE || code != 0 || !span_limit(s, rd_u16(&h)))
        return PACKET_BAD_LINK;
    if (!packet_push(out, LAYER_PPPOE, session))
        return PACKET_TOO_DEEP;
    packet_mix(out, session);
    return packet_ppp(out, s);
}

/* Whether an Ethernet header `skip` bytes on names a type that is in use. */
static bool
looks_like_ethernet(const struct span *s, size_t skip)
{
    struct rd r = s->rd;
    uint16_t type;

    rd_skip(&r, skip + ETHERNET_TYPE_AT);
    type = rd_u16(&r);
    switch (type) {
    case 0x0800: /* IPv4 */
    case 0x0806: /* ARP */
    case 0x86dd: /* IPv6 */
    case 0x8100: /* VLANs */
    case 0x88a8:
    case 0x8847: /* MPLS */
    case 0x8863: /* PPPoE */
    case 0x8864:
    case 0x9000: /* loop-back test */
        return r.ok;
    default:
        return r.ok && type > 0 && type <= rd_left(&r) + s->missing;
    }
}

/* Behind the bottom label: IP, an Ethernet pseudowire with or without control word, or else. */
static enum packet_result
mpls_payload(struct packet *out, struct span *s)
{
    enum { NIBBLE_CONTROL_WORD = 0 };
    struct rd h;
    uint8_t nibble = rd_peek(&s->rd) >> 4;

    if (rd_left(&s->rd) == 0)
        return span_short(s, 1, PACKET_BAD_LINK);
    if (packet_looks_like_ip(s))
        return packet_ip(out, s);
    if (nibble == NIBBLE_CONTROL_WORD && looks_like_ethernet(s, CONTROL_WORD)) {
        (void)span_header(s, CONTROL_WORD, &h, PACKET_BAD_LINK);
        return packet_ethernet(out, s);
    }
    if (looks_like_ethernet(s, 0))
        return packet_ethernet(out, s);
    if (nibble == 4 || nibble == 6)
        return packet_ip(out, s);
    if (s->missing > 0 && rd_left(&s->rd) < CONTROL_WORD + ETHERNET_HEADER)
        return PACKET_CUT;
    return packet_not_ip(out, s);
}

enum packet_result
packet_mpls(struct packet *out, struct span *s)
{
    for (int i = 0; i < MPLS_STACK_MAX; i++) {
        struct rd h;
        enum packet_result r = span_header(s, MPLS_ENTRY, &h, PACKET_BAD_LINK);
        uint32_t entry;

        if (r != PACKET_OK)
            return r;
        entry = rd_u32(&h);
        if (!(entry & MPLS_BOTTOM))
            continue;
        if (!packet_push(out, LAYER_MPLS, entry >> 12))
            return PACKET_TOO_DEEP;
        return mpls_payload(out, s);
    }
    return PACKET_TOO_DEEP;
}
