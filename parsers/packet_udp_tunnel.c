/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tunnels that only a UDP port hints at: VXLAN (RFC 7348, group policy extension, and VXLAN-GPE,
 * draft-ietf-nvo3-vxlan-gpe), GENEVE (RFC 8926), GTP-U (3GPP TS 29.281), Teredo (RFC 4380), L2TP
 * (RFC 2661), MPLS (RFC 7510).
 *
 * A port proves nothing, so each looks at its reserved bits, version and lengths, and the caller
 * (packet_try) believes none that does not lead to an IP header.
 */
#include "packet_internal.h"

#define VXLAN_HEADER 8
#define VXLAN_HAS_VNI 0x08
#define VXLAN_GROUP_POLICY 0x80
#define VXLAN_RESERVED 0x73
#define GPE_NEXT_PROTOCOL 0x04
#define GPE_VERSION_RESERVED 0xf2 /* version 0; no broadcast copy */

#define GENEVE_HEADER 8
#define GENEVE_OPTION_WORDS 0x3f
#define GENEVE_VERSION 0xc0
#define GENEVE_RESERVED 0x3f
#define TYPE_BRIDGED 0x6558

#define GTP_HEADER 8
#define GTP_VERSION_TYPE 0xf8 /* version, protocol type, a reserved bit */
#define GTP_VERSION_1 0x30
#define GTP_ANY_OPTION 0x07 /* extension, sequence, N-PDU: all four bytes are there for any */
#define GTP_HAS_EXTENSION 0x04
#define GTP_USER_DATA 0xff
#define GTP_EXTENSIONS_MAX 8

#define TEREDO_ORIGIN 0
#define TEREDO_ORIGIN_BYTES 8
#define TEREDO_AUTHENTICATION 1
#define TEREDO_NONCE_CONFIRMATION 9
#define IP6_HEADER 40

#define L2TP_TYPE_CONTROL 0x8000
#define L2TP_LENGTH 0x4000
#define L2TP_SEQUENCE 0x0800
#define L2TP_OFFSET 0x0200
#define L2TP_RESERVED 0x34f0
#define L2TP_VERSION 0x000f

/* The common end of VXLAN and GENEVE: a virtual network between two ends. */
static bool
enter_network(struct packet *out, struct span *s, enum packet_layer_kind kind, uint32_t network)
{
    if (!packet_push(out, kind, network))
        return false;
    packet_mix_ends(out);
    packet_mix(out, network);
    s->is_truncated = true;
    return true;
}

static enum packet_result
vxlan(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, VXLAN_HEADER, &h, PACKET_BAD_TUNNEL);
    uint32_t reserved, network;
    uint8_t flags;

    if (r != PACKET_OK)
        return r;
    flags = rd_u8(&h);
    reserved = rd_u24(&h);
    /* Some speak GPE on VXLAN's own port. */
    if (flags & GPE_NEXT_PROTOCOL)
        reserved >>= 8;
    network = rd_u24(&h);
    if ((flags & VXLAN_RESERVED) || !(flags & VXLAN_HAS_VNI) || rd_u8(&h) != 0 ||
        (reserved != 0 && !(flags & VXLAN_GROUP_POLICY)))
        return PACKET_BAD_TUNNEL;
    if (!enter_network(out, s, LAYER_VXLAN, network))
        return PACKET_TOO_DEEP;
    return packet_ethernet(out, s);
}

static enum packet_result
vxlan_gpe(struct packet *out, struct span *s)
{
    enum { NEXT_IP4 = 1, NEXT_IP6 = 2, NEXT_ETHERNET = 3 };
    struct rd h;
    enum packet_result r = span_header(s, VXLAN_HEADER, &h, PACKET_BAD_TUNNEL);
    uint8_t flags, next;

    if (r != PACKET_OK)
        return r;
    flags = rd_u8(&h);
    if (rd_u16(&h) != 0 || (flags & GPE_VERSION_RESERVED) || !(flags & VXLAN_HAS_VNI))
        return PACKET_BAD_TUNNEL;
    next = rd_u8(&h);
    if (!enter_network(out, s, LAYER_VXLAN, rd_u24(&h)))
        return PACKET_TOO_DEEP;
    if (!(flags & GPE_NEXT_PROTOCOL))
        return packet_ethernet(out, s);
    switch (next) {
    case NEXT_IP4:
        return packet_ip4(out, s);
    case NEXT_IP6:
        return packet_ip6(out, s);
    case NEXT_ETHERNET:
        return packet_ethernet(out, s);
    default:
        return packet_not_ip(out, s);
    }
}

static enum packet_result
geneve(struct packet *out, struct span *s)
{
    struct rd h, options;
    enum packet_result r = span_header(s, GENEVE_HEADER, &h, PACKET_BAD_TUNNEL);
    uint32_t network;
    uint16_t type;
    uint8_t first, flags;

    if (r != PACKET_OK)
        return r;
    first = rd_u8(&h);
    flags = rd_u8(&h);
    type = rd_u16(&h);
    network = rd_u24(&h);
    if ((first & GENEVE_VERSION) || (flags & GENEVE_RESERVED) || rd_u8(&h) != 0)
        return PACKET_BAD_TUNNEL;
    if ((r = span_header(s, (first & GENEVE_OPTION_WORDS) * 4u, &options, PACKET_BAD_TUNNEL)) !=
        PACKET_OK)
        return r;
    if (!enter_network(out, s, LAYER_GENEVE, network))
        return PACKET_TOO_DEEP;
    return type == TYPE_BRIDGED ? packet_ethernet(out, s) : packet_ether_type(out, s, type);
}

/* Extension headers: length in units of 4 bytes, content, type of the next (0 = none). */
static enum packet_result
gtp_extensions(struct span *s, uint8_t next)
{
    for (int i = 0; next != 0; i++) {
        struct rd h;
        enum packet_result r = span_header(s, 1, &h, PACKET_BAD_TUNNEL);
        uint8_t words;

        if (r != PACKET_OK)
            return r;
        words = rd_u8(&h);
        if (words == 0 || i == GTP_EXTENSIONS_MAX)
            return PACKET_BAD_TUNNEL;
        if ((r = span_header(s, words * 4u - 1, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
            return r;
        rd_skip(&h, words * 4u - 2);
        next = rd_u8(&h);
    }
    return PACKET_OK;
}

static enum packet_result
gtp(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, GTP_HEADER, &h, PACKET_BAD_TUNNEL);
    uint32_t endpoint;
    uint16_t length;
    uint8_t flags;

    if (r != PACKET_OK)
        return r;
    flags = rd_u8(&h);
    if ((flags & GTP_VERSION_TYPE) != GTP_VERSION_1 || rd_u8(&h) != GTP_USER_DATA)
        return PACKET_BAD_TUNNEL;
    length = rd_u16(&h);
    endpoint = rd_u32(&h);
    if (!span_limit(s, length))
        return PACKET_BAD_TUNNEL;
    if (flags & GTP_ANY_OPTION) {
        if ((r = span_header(s, 4, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
            return r;
        rd_skip(&h, 3); /* sequence, N-PDU */
        if ((flags & GTP_HAS_EXTENSION) && (r = gtp_extensions(s, rd_u8(&h))) != PACKET_OK)
            return r;
    }
    if (!packet_push(out, LAYER_GTPU, endpoint))
        return PACKET_TOO_DEEP;
    packet_mix_ends(out);
    return packet_looks_like_ip(s) ? packet_ip(out, s) : packet_not_ip(out, s);
}

/* IPv6 that fits, between addresses of which one is Teredo's (2001::/32) or link-local. */
static bool
is_teredo_inside(const struct span *s)
{
    enum { TEREDO_PREFIX = 0x20010000, LINK_LOCAL = 0xfe80 };
    struct rd h = s->rd;
    uint32_t first = rd_u32(&h), length = rd_u16(&h), source, destination;

    rd_skip(&h, 2);
    source = rd_u32(&h);
    rd_skip(&h, 12);
    destination = rd_u32(&h);
    return h.ok && first >> 28 == 6 && length + IP6_HEADER <= span_length(s) &&
           (source == TEREDO_PREFIX || destination == TEREDO_PREFIX || source >> 16 == LINK_LOCAL);
}

static enum packet_result
teredo(struct packet *out, struct span *s)
{
    struct rd h, start = s->rd;
    enum packet_result r;

    if (rd_u16(&start) == TEREDO_AUTHENTICATION && start.ok) {
        uint8_t id_bytes = rd_u8(&start);
        size_t size = 4u + id_bytes + rd_u8(&start) + TEREDO_NONCE_CONFIRMATION;

        if ((r = span_header(s, size, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
            return r;
    }
    start = s->rd;
    if (rd_u16(&start) == TEREDO_ORIGIN &&
        (r = span_header(s, TEREDO_ORIGIN_BYTES, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    if (!is_teredo_inside(s))
        return PACKET_BAD_TUNNEL;
    if (!packet_push(out, LAYER_TEREDO, 0))
        return PACKET_TOO_DEEP;
    packet_mix_ends(out);
    return packet_ip6(out, s);
}

/* Data messages; those that control the tunnel stay UDP. */
static enum packet_result
l2tp(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 2, &h, PACKET_BAD_TUNNEL);
    uint16_t flags, length = 0, session;
    size_t size = 4;

    if (r != PACKET_OK)
        return r;
    flags = rd_u16(&h);
    if ((flags & (L2TP_TYPE_CONTROL | L2TP_RESERVED)) || (flags & L2TP_VERSION) != 2)
        return PACKET_BAD_TUNNEL;
    size += flags & L2TP_LENGTH ? 2 : 0;
    size += flags & L2TP_SEQUENCE ? 4 : 0;
    size += flags & L2TP_OFFSET ? 2 : 0;
    if ((r = span_header(s, size, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    if (flags & L2TP_LENGTH) {
        length = rd_u16(&h);
        if (length < 2 + size || !span_limit(s, length - 2u - (uint32_t)size))
            return PACKET_BAD_TUNNEL;
    }
    rd_skip(&h, 2); /* tunnel */
    session = rd_u16(&h);
    rd_skip(&h, flags & L2TP_SEQUENCE ? 4 : 0);
    if ((flags & L2TP_OFFSET) &&
        (r = span_header(s, rd_u16(&h), &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    if (!packet_push(out, LAYER_L2TP, session))
        return PACKET_TOO_DEEP;
    packet_mix_ends(out);
    return packet_ppp(out, s);
}

/* MPLS in UDP (RFC 7510): nothing but labels and what they lead to. */
static enum packet_result
mpls(struct packet *out, struct span *s)
{
    packet_mix_ends(out);
    return packet_mpls(out, s);
}

/* A switch and not a table: each UDP packet comes by. */
static packet_step *
tunnel_of_port(uint16_t port)
{
    switch (port) {
    case 1701:
        return l2tp;
    case 2152:
        return gtp;
    case 3544:
        return teredo;
    case 4789:
    case 8472: /* Linux's default before the port was assigned */
        return vxlan;
    case 4790:
        return vxlan_gpe;
    case 6081:
        return geneve;
    case 6635:
        return mpls;
    default:
        return NULL;
    }
}

packet_step *
packet_udp_tunnel(uint16_t source_port, uint16_t destination_port)
{
    packet_step *tunnel = tunnel_of_port(destination_port);

    return tunnel != NULL ? tunnel : tunnel_of_port(source_port);
}
