/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Tunnels that an IP protocol number names: IP in IP (RFC 2003, 2473, 4213), MPLS in IP (RFC 4023),
 * GRE (RFC 2784, 2890, routing RFC 1701), its PPTP variant (RFC 2637), and the mirrors inside GRE:
 * ERSPAN I, II and III (draft-foschiano-erspan).
 *
 *   ERSPAN II   version 4 bits = 1, VLAN 12, class 3, original tag 2, cut 1, session 10,
 *               reserved 12, index 20
 *   ERSPAN III  version = 2, VLAN 12, class 3, bad/short 2, cut 1, session 10, time stamp 32,
 *               group 16, PDU 1, frame type 5, hardware 6, direction 1, granularity 2, optional
 *               subheader of 8 bytes follows 1
 */
#include "packet_internal.h"

#define GRE_CHECKSUM 0x8000
#define GRE_ROUTING 0x4000
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACK 0x0080 /* PPTP's */
#define GRE_VERSION 0x0007
#define GRE_ROUTES_MAX 16

#define TYPE_MIN 1536 /* IEEE 802.3 */
#define TYPE_BRIDGED 0x6558
#define TYPE_PPP 0x880b
#define TYPE_ARUBA 0x8200 /* 802.11 from an Aruba access point; bits 4-6 are a priority */
#define TYPE_ARUBA_MASK 0xff8f
#define TYPE_WCCP 0x883e
#define TYPE_ERSPAN 0x88be
#define TYPE_ERSPAN3 0x22eb

#define ERSPAN_SESSION 0x03ff
#define ERSPAN2_HEADER 8
#define ERSPAN3_HEADER 12
#define ERSPAN3_OPTIONAL 0x0001
#define ERSPAN3_OPTIONAL_BYTES 8
#define ERSPAN3_FRAME_IP 2

#define PROTOCOL_IP6 41
#define PROTOCOL_MPLS 137

enum packet_result
packet_try(struct packet *out, const struct span *s, packet_step *inside, bool is_sure)
{
    struct packet outer = *out;
    struct span copy = *s;
    enum packet_result r = inside(out, &copy);

    if (out->ip != outer.ip || r == PACKET_TOO_DEEP || (is_sure && r != PACKET_NOT_IP))
        return r;
    *out = outer;
    return PACKET_OK;
}

enum packet_result
packet_ip_in_ip(struct packet *out, struct span *s)
{
    uint8_t protocol = out->protocol;
    bool is_6in4 = protocol == PROTOCOL_IP6 && out->ip_version == 4;

    if (protocol != PROTOCOL_MPLS && !packet_push(out, is_6in4 ? LAYER_6IN4 : LAYER_IPIP, 0))
        return PACKET_TOO_DEEP;
    packet_mix_ends(out);
    if (protocol == PROTOCOL_MPLS)
        return packet_mpls(out, s);
    return protocol == PROTOCOL_IP6 ? packet_ip6(out, s) : packet_ip4(out, s);
}

/* Source routes, up to the empty one. */
static enum packet_result
skip_routes(struct span *s)
{
    for (int i = 0; i < GRE_ROUTES_MAX; i++) {
        struct rd h;
        enum packet_result r = span_header(s, 4, &h, PACKET_BAD_TUNNEL);
        uint16_t family;
        uint8_t length;

        if (r != PACKET_OK)
            return r;
        family = rd_u16(&h);
        rd_skip(&h, 1);
        length = rd_u8(&h);
        if (family == 0 && length == 0)
            return PACKET_OK;
        if ((r = span_header(s, length, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
            return r;
    }
    return PACKET_BAD_TUNNEL;
}

/* Type II or III by its version; both start with the version and the session. */
static enum packet_result
erspan(struct packet *out, struct span *s, bool is_type3)
{
    struct rd h;
    size_t header_bytes = is_type3 ? ERSPAN3_HEADER : ERSPAN2_HEADER;
    enum packet_result r = span_header(s, header_bytes, &h, PACKET_BAD_TUNNEL);
    uint16_t session, flags = 0;

    if (r != PACKET_OK)
        return r;
    if (rd_u16(&h) >> 12 != (is_type3 ? 2 : 1))
        return PACKET_BAD_TUNNEL;
    session = rd_u16(&h) & ERSPAN_SESSION;
    if (is_type3) {
        rd_skip(&h, 6); /* time stamp, group */
        flags = rd_u16(&h);
    }
    if ((flags & ERSPAN3_OPTIONAL) &&
        (r = span_header(s, ERSPAN3_OPTIONAL_BYTES, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    if (!packet_push(out, LAYER_ERSPAN, session))
        return PACKET_TOO_DEEP;
    packet_mix(out, session);
    s->is_truncated = true;
    return (flags >> 10 & 0x1f) == ERSPAN3_FRAME_IP ? packet_ip(out, s) : packet_ethernet(out, s);
}

/* Type I has no header of its own, and is told from II by GRE having no sequence number. */
static enum packet_result
erspan1(struct packet *out, struct span *s)
{
    if (!packet_push(out, LAYER_ERSPAN, 0))
        return PACKET_TOO_DEEP;
    s->is_truncated = true;
    return packet_ethernet(out, s);
}

/* WCCP version 2 puts a redirect header of 4 bytes before the IP header, version 1 none. */
static enum packet_result
wccp(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r;

    if (!packet_looks_like_ip(s) && (r = span_header(s, 4, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    return packet_ip(out, s);
}

static enum packet_result
gre_payload(struct packet *out, struct span *s, uint16_t type)
{
    if (type < TYPE_MIN) /* 0 is a keep-alive; no length of 802.3 here */
        return packet_not_ip(out, s);
    if ((type & TYPE_ARUBA_MASK) == TYPE_ARUBA)
        return packet_wifi(out, s);
    switch (type) {
    case TYPE_BRIDGED:
        return packet_ethernet(out, s);
    case TYPE_WCCP:
        return wccp(out, s);
    default:
        return packet_ether_type(out, s, type);
    }
}

static enum packet_result
gre0(struct packet *out, struct span *s, uint16_t flags, uint16_t type)
{
    bool is_erspan = type == TYPE_ERSPAN || type == TYPE_ERSPAN3;
    uint32_t key = 0;
    struct rd h;
    size_t size = 0;
    enum packet_result r;

    size += flags & (GRE_CHECKSUM | GRE_ROUTING) ? 4 : 0;
    size += flags & GRE_KEY ? 4 : 0;
    size += flags & GRE_SEQUENCE ? 4 : 0;
    if ((r = span_header(s, size, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    if (flags & (GRE_CHECKSUM | GRE_ROUTING))
        rd_skip(&h, 4);
    if (flags & GRE_KEY)
        key = rd_u32(&h);
    if ((flags & GRE_ROUTING) && (r = skip_routes(s)) != PACKET_OK)
        return r;
    if (!packet_push(out, LAYER_GRE, key))
        return PACKET_TOO_DEEP;
    if (!is_erspan) {
        packet_mix_ends(out);
        packet_mix(out, key);
        return gre_payload(out, s, type);
    }
    if (type == TYPE_ERSPAN && !(flags & GRE_SEQUENCE))
        return erspan1(out, s);
    return erspan(out, s, type == TYPE_ERSPAN3);
}

/* PPTP: the key is the payload's length and a call, of which each end has its own. */
static enum packet_result
gre1(struct packet *out, struct span *s, uint16_t flags)
{
    struct rd h;
    size_t size = 4;
    uint16_t length, call;
    enum packet_result r;

    size += flags & GRE_SEQUENCE ? 4 : 0;
    size += flags & GRE_ACK ? 4 : 0;
    if ((r = span_header(s, size, &h, PACKET_BAD_TUNNEL)) != PACKET_OK)
        return r;
    length = rd_u16(&h);
    call = rd_u16(&h);
    if (!span_limit(s, length))
        return PACKET_BAD_TUNNEL;
    if (length == 0) /* a mere acknowledgement */
        return packet_not_ip(out, s);
    if (!packet_push(out, LAYER_GRE, call) || !packet_push(out, LAYER_PPP, 0))
        return PACKET_TOO_DEEP;
    packet_mix_ends(out);
    return packet_ppp(out, s);
}

enum packet_result
packet_gre(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 4, &h, PACKET_BAD_TUNNEL);
    uint16_t flags, type;

    if (r != PACKET_OK)
        return r;
    flags = rd_u16(&h);
    type = rd_u16(&h);
    switch (flags & GRE_VERSION) {
    case 0:
        return gre0(out, s, flags, type);
    case 1:
        return type == TYPE_PPP && (flags & GRE_KEY) ? gre1(out, s, flags) : PACKET_BAD_TUNNEL;
    default:
        return PACKET_BAD_TUNNEL;
    }
}
