/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Link layers: from the first byte of a captured frame to an IP header, by LINKTYPE_ value
 * (https://www.tcpdump.org/linktypes.html) and by EtherType (IANA ieee-802-numbers).
 */
#include "packet_internal.h"

#define ETHERNET_HEADER 14
#define MAC_BYTES 6
#define LENGTH_MAX 1500 /* IEEE 802.3: up to here the field is a length, ... */
#define TYPE_MIN 1536   /* ... from here a type, between them neither */
#define LLC_HEADER 3
#define SNAP_HEADER 5
#define VLAN_ID_MASK 0x0fff
#define PBB_SERVICE_MASK 0xffffff
#define VNTAG_BYTES 4
#define CISCO_METADATA_BYTES 6 /* version, length, one option: the security group */
#define SLL_HEADER 16
#define SLL2_HEADER 20
#define SLL_ADDRESS_BYTES 8

enum ether_type {
    TYPE_IP4 = 0x0800,
    TYPE_VLAN = 0x8100,
    TYPE_IP6 = 0x86dd,
    TYPE_PPP = 0x880b,
    TYPE_MPLS = 0x8847,
    TYPE_MPLS_UPSTREAM = 0x8848,
    TYPE_PPPOE_SESSION = 0x8864,
    TYPE_SERVICE_VLAN = 0x88a8, /* IEEE 802.1ad */
    TYPE_PBB = 0x88e7,          /* IEEE 802.1ah */
    TYPE_CISCO_METADATA = 0x8909,
    TYPE_VNTAG = 0x8926,
    TYPE_OLD_QINQ = 0x9100,
};

/* Any order of bytes that a BSD or a Mac wrote, and what each calls IPv6. */
enum null_family {
    FAMILY_IP4 = 2,
    FAMILY_IP6_LINUX = 10,
    FAMILY_IP6_NETBSD = 24,
    FAMILY_IP6_FREEBSD = 28,
    FAMILY_IP6_DARWIN = 30,
};

enum packet_result
packet_llc(struct packet *out, struct span *s)
{
    struct span whole = *s;
    struct rd h;
    enum packet_result r = span_header(s, LLC_HEADER, &h, PACKET_BAD_LINK);
    uint8_t dsap, ssap, control;

    out->ether_type = 0;
    if (r != PACKET_OK)
        return r;
    dsap = rd_u8(&h);
    ssap = rd_u8(&h);
    control = rd_u8(&h);
    if (dsap == 0x06 && ssap == 0x06 && control == 0x03)
        return packet_ip4(out, s);
    if (dsap == 0xaa && ssap == 0xaa && control == 0x03) {
        uint32_t organisation;

        if ((r = span_header(s, SNAP_HEADER, &h, PACKET_BAD_LINK)) != PACKET_OK)
            return r;
        organisation = rd_u24(&h);
        /* RFC 1042, and the bridge-tunnel encapsulation of IEEE 802.1H */
        if (organisation == 0x000000 || organisation == 0x0000f8)
            return packet_ether_type(out, s, rd_u16(&h));
    }
    return packet_not_ip(out, &whole);
}

/* One VLAN tag, and on with the type behind it. Id 0 is a priority, not a VLAN. */
static enum packet_result
vlan(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 4, &h, PACKET_BAD_LINK);
    uint16_t id, type;

    if (r != PACKET_OK)
        return r;
    id = rd_u16(&h) & VLAN_ID_MASK;
    type = rd_u16(&h);
    if (!packet_push(out, LAYER_VLAN, id))
        return PACKET_TOO_DEEP;
    if (id != 0)
        packet_mix(out, id);
    return packet_ether_type(out, s, type);
}

/* IEEE 802.1ah: a service tag, then the customer's whole frame. */
static enum packet_result
pbb(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 4, &h, PACKET_BAD_LINK);
    uint32_t service;

    if (r != PACKET_OK)
        return r;
    service = rd_u32(&h) & PBB_SERVICE_MASK;
    if (!packet_push(out, LAYER_PBB, service))
        return PACKET_TOO_DEEP;
    packet_mix(out, service);
    return packet_ethernet(out, s);
}

/* Cisco's VN-Tag (virtual ports, which differ by direction) and metadata (a security group):
 * nothing that tells flows apart, so passed over; once, since no device writes one behind another.
 */
static enum packet_result
cisco_tag(struct packet *out, struct span *s, size_t tag_bytes)
{
    struct rd h;
    enum packet_result r = span_header(s, tag_bytes + 2, &h, PACKET_BAD_LINK);
    uint16_t type;

    if (r != PACKET_OK)
        return r;
    rd_skip(&h, tag_bytes);
    type = rd_u16(&h);
    if (type == TYPE_VNTAG || type == TYPE_CISCO_METADATA)
        return PACKET_BAD_LINK;
    return packet_ether_type(out, s, type);
}

enum packet_result
packet_ether_type(struct packet *out, struct span *s, uint16_t type)
{
    out->ether_type = type;
    switch (type) {
    case TYPE_IP4:
        return packet_ip4(out, s);
    case TYPE_IP6:
        return packet_ip6(out, s);
    case TYPE_VLAN:
    case TYPE_SERVICE_VLAN:
    case TYPE_OLD_QINQ:
        return vlan(out, s);
    case TYPE_MPLS:
    case TYPE_MPLS_UPSTREAM:
        return packet_mpls(out, s);
    case TYPE_PPPOE_SESSION:
        return packet_pppoe(out, s);
    case TYPE_PPP:
        return packet_ppp(out, s);
    case TYPE_PBB:
        return pbb(out, s);
    case TYPE_VNTAG:
        return cisco_tag(out, s, VNTAG_BYTES);
    case TYPE_CISCO_METADATA:
        return cisco_tag(out, s, CISCO_METADATA_BYTES);
    default:
        break;
    }
    if (type >= TYPE_MIN)
        return packet_not_ip(out, s);
    if (type > LENGTH_MAX || !span_limit(s, type))
        return PACKET_BAD_LINK;
    return packet_llc(out, s);
}

enum packet_result
packet_ethernet(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, ETHERNET_HEADER, &h, PACKET_BAD_LINK);
    uint16_t type;

    if (r != PACKET_OK)
        return r;
    out->destination_mac = rd_bytes(&h, MAC_BYTES);
    out->source_mac = rd_bytes(&h, MAC_BYTES);
    type = rd_u16(&h);
    if (type != TYPE_IP4)
        return packet_ether_type(out, s, type);
    out->ether_type = type; /* nearly all traffic */
    return packet_ip4(out, s);
}

/* Linux "cooked": the sender's address only, and a few protocols of Linux's own below TYPE_MIN. */
static enum packet_result
cooked(struct packet *out, struct span *s, uint16_t address_bytes, const uint8_t *address,
    uint16_t protocol)
{
    enum { SLL_802_3 = 1, SLL_802_2 = 4 };

    if (address_bytes == MAC_BYTES)
        out->source_mac = address;
    if (protocol >= TYPE_MIN)
        return packet_ether_type(out, s, protocol);
    if (protocol == SLL_802_2)
        return packet_llc(out, s);
    out->ether_type = protocol;
    return packet_not_ip(out, s);
}

static enum packet_result
cooked1(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, SLL_HEADER, &h, PACKET_BAD_LINK);
    uint16_t address_bytes;
    const uint8_t *address;

    if (r != PACKET_OK)
        return r;
    rd_skip(&h, 4); /* direction, ARPHRD_ type */
    address_bytes = rd_u16(&h);
    address = rd_bytes(&h, SLL_ADDRESS_BYTES);
    return cooked(out, s, address_bytes, address, rd_u16(&h));
}

static enum packet_result
cooked2(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, SLL2_HEADER, &h, PACKET_BAD_LINK);
    uint16_t protocol;
    uint8_t address_bytes;

    if (r != PACKET_OK)
        return r;
    protocol = rd_u16(&h);
    rd_skip(&h, 9); /* reserved, interface, ARPHRD_ type, direction */
    address_bytes = rd_u8(&h);
    return cooked(out, s, address_bytes, rd_bytes(&h, SLL_ADDRESS_BYTES), protocol);
}

/* BSD loopback: an address family in the byte order of whoever captured. */
static enum packet_result
loopback(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 4, &h, PACKET_BAD_LINK);
    uint32_t family;

    if (r != PACKET_OK)
        return r;
    family = rd_u32(&h);
    if (family > UINT16_MAX)
        family = family >> 24 | (family >> 8 & 0xff00);
    switch (family) {
    case FAMILY_IP4:
        return packet_ip4(out, s);
    case FAMILY_IP6_LINUX:
    case FAMILY_IP6_NETBSD:
    case FAMILY_IP6_FREEBSD:
    case FAMILY_IP6_DARWIN:
        return packet_ip6(out, s);
    default:
        return packet_not_ip(out, s);
    }
}

/* Cisco HDLC: address 0x0f (unicast) or 0x8f (multicast), control 0, EtherType. */
static enum packet_result
cisco_hdlc(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 4, &h, PACKET_BAD_LINK);

    if (r != PACKET_OK)
        return r;
    rd_skip(&h, 2);
    return packet_ether_type(out, s, rd_u16(&h));
}

/* A serial line runs PPP or Cisco HDLC; their address bytes differ. */
static enum packet_result
serial(struct packet *out, struct span *s)
{
    uint8_t address = rd_peek(&s->rd);

    return address == 0x0f || address == 0x8f ? cisco_hdlc(out, s) : packet_ppp(out, s);
}

/* Linux pppd: the direction (0 in, 1 out) stands in the place of the address. */
static enum packet_result
pppd(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, 2, &h, PACKET_BAD_LINK);

    if (r != PACKET_OK)
        return r;
    return rd_u8(&h) > 1 ? PACKET_BAD_LINK : packet_ppp(out, s);
}

/* The Linux firewall's log: a header of 4 bytes with the family, then type-length-values. */
static enum packet_result
nflog(struct packet *out, struct span *s)
{
    enum { ATTRIBUTE_PAYLOAD = 9, ATTRIBUTE_HEADER = 4 };
    struct rd h;
    enum packet_result r = span_header(s, 4, &h, PACKET_BAD_LINK);

    if (r != PACKET_OK)
        return r;
    for (;;) {
        uint16_t size, type;

        if ((r = span_header(s, ATTRIBUTE_HEADER, &h, PACKET_BAD_LINK)) != PACKET_OK)
            return r;
        /* The capturing host's byte order, which is little-endian on all that write these. */
        size = rd_u16_le(&h);
        type = rd_u16_le(&h);
        if (size < ATTRIBUTE_HEADER)
            return PACKET_BAD_LINK;
        size = (uint16_t)(size - ATTRIBUTE_HEADER);
        if (type == ATTRIBUTE_PAYLOAD)
            return span_limit(s, size) ? packet_ip(out, s) : PACKET_BAD_LINK;
        if ((r = span_header(s, (size + 3u) & ~3u, &h, PACKET_BAD_LINK)) != PACKET_OK)
            return r;
    }
}

static const struct link_row {
    uint32_t type; /* LINKTYPE_ */
    packet_step *decode;
} links[] = {
    { 0, loopback },          /* NULL */
    { 1, packet_ethernet },   /* ETHERNET */
    { 9, serial },            /* PPP */
    { 12, packet_ip },        /* RAW on most systems */
    { 14, packet_ip },        /* RAW on OpenBSD */
    { 50, serial },           /* PPP_HDLC */
    { 51, packet_pppoe },     /* PPP_ETHER */
    { 101, packet_ip },       /* RAW */
    { 104, cisco_hdlc },      /* C_HDLC */
    { 105, packet_wifi },     /* IEEE802_11 */
    { 108, loopback },        /* LOOP */
    { 113, cooked1 },         /* LINUX_SLL */
    { 127, packet_radiotap }, /* IEEE802_11_RADIOTAP */
    { 166, pppd },            /* PPP_PPPD */
    { 228, packet_ip4 },      /* IPV4 */
    { 229, packet_ip6 },      /* IPV6 */
    { 239, nflog },           /* NFLOG */
    { 276, cooked2 },         /* LINUX_SLL2 */
};

#define LINK_COUNT (sizeof links / sizeof links[0])

static packet_step *
link_decoder(uint32_t link_type)
{
    for (size_t i = 0; i < LINK_COUNT; i++)
        if (links[i].type == link_type)
            return links[i].decode;
    return NULL;
}

bool
packet_knows_link_type(uint32_t link_type)
{
    return link_decoder(link_type) != NULL;
}

enum packet_result
packet_link(struct packet *out, struct span *s, uint32_t link_type)
{
    packet_step *decode = link_decoder(link_type);

    return decode == NULL ? PACKET_UNKNOWN_LINK : decode(out, s);
}
