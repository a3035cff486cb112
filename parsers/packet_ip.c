/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IPv4 (RFC 791) and IPv6 with its extension headers (RFC 8200, AH RFC 4302, mobility RFC 6275, HIP
 * RFC 7401, Shim6 RFC 5533) up to the transport header or to the fragment.
 *
 * The length fields decide where the packet ends, so that link padding is never payload. A length
 * of 0 is what segmentation offload leaves behind: then the frame decides. Jumbograms (RFC 2675)
 * are said bad: no link that is captured carries one.
 */
#include "packet_internal.h"

#define IP4_HEADER 20
#define IP4_MORE 0x2000
#define IP4_OFFSET 0x1fff
#define IP6_HEADER 40
#define IP6_FRAGMENT_HEADER 8
#define IP6_EXTENSIONS_MAX 32 /* a chain as long as this is an attack */
#define IP6_MORE 0x0001
#define IP6_OFFSET 0xfff8
#define AH_HEADER 12
#define ADDRESS6_BYTES 16

enum ip_protocol {
    PROTOCOL_HOP_BY_HOP = 0,
    PROTOCOL_ROUTING = 43,
    PROTOCOL_FRAGMENT = 44,
    PROTOCOL_AH = 51,
    PROTOCOL_NO_NEXT = 59,
    PROTOCOL_DESTINATION = 60,
    PROTOCOL_MOBILITY = 135,
    PROTOCOL_HIP = 139,
    PROTOCOL_SHIM6 = 140,
};

static inline void
read_address4(struct in6_addr *out, struct rd *h)
{
    static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
    const uint8_t *at = rd_bytes(h, 4);

    memcpy(out->s6_addr, mapped, sizeof mapped);
    if (at != NULL)
        memcpy(out->s6_addr + sizeof mapped, at, 4);
}

static inline void
read_address6(struct in6_addr *out, struct rd *h)
{
    const uint8_t *at = rd_bytes(h, ADDRESS6_BYTES);

    if (at != NULL)
        memcpy(out, at, ADDRESS6_BYTES);
}

/* The header at `ip` holds: from here on it is the innermost. `h` stands at its addresses. */
static inline void
commit_header(struct packet *out, const uint8_t *ip, uint8_t version, uint32_t header_bytes,
    const struct span *behind)
{
    out->ip_version = version;
    out->ip_captured = header_bytes + span_captured(behind);
    out->ip_length = header_bytes + span_length(behind);
    out->is_cut = behind->missing > 0;
    if (out->ip == NULL) {
        out->outer_source = out->source;
        out->outer_destination = out->destination;
    }
    out->ip = ip;
    out->transport = NULL;
}

static enum packet_result
fragment(struct packet *out, const struct span *s, uint32_t id, uint32_t offset, bool more)
{
    out->fragment.id = id;
    out->fragment.offset = offset;
    out->fragment.more = more;
    out->fragment.next_header = out->protocol;
    out->fragment.data = s->rd.p;
    out->fragment.captured = span_captured(s);
    out->fragment.length = span_length(s);
    out->fragment.unfragmentable = out->ip;
    return PACKET_FRAGMENT;
}

/* AH: it hides nothing, so what it protects is decoded. */
static enum packet_result
authentication(struct packet *out, struct span *s, uint8_t *next)
{
    struct rd h;
    enum packet_result r = span_header(s, AH_HEADER, &h, PACKET_BAD_EXTENSION);
    size_t words;

    if (r != PACKET_OK)
        return r;
    *next = rd_u8(&h);
    words = rd_u8(&h) + 2u;
    rd_skip(&h, 2);
    out->spi = rd_u32(&h);
    if (words * 4 < AH_HEADER)
        return PACKET_BAD_EXTENSION;
    if ((r = span_header(s, words * 4 - AH_HEADER, &h, PACKET_BAD_EXTENSION)) != PACKET_OK)
        return r;
    return packet_push(out, LAYER_AH, out->spi) ? PACKET_OK : PACKET_TOO_DEEP;
}

/* AH, of which there may be several, and what it protects. */
static enum packet_result
ip4_protected(struct packet *out, struct span *s)
{
    while (out->protocol == PROTOCOL_AH) {
        enum packet_result r = authentication(out, s, &out->protocol);

        if (r != PACKET_OK)
            return r;
    }
    return packet_transport(out, s, out->protocol);
}

/* What nearly all packets are: no options, no fragment, nothing cut off. False, and nothing done,
 * for all others. */
static inline bool
plain_ip4(struct packet *out, struct span *s)
{
    const uint8_t *ip = s->rd.p;
    struct rd rest = s->rd, h = rd_sub(&rest, IP4_HEADER);
    uint32_t first = rd_u32(&h), total = first & 0xffff;
    uint32_t second = rd_u32(&h);
    uint16_t third = rd_u16(&h);

    if (first >> 24 != 0x45 || (second & (IP4_MORE | IP4_OFFSET)) != 0 ||
        (third & 0xff) == PROTOCOL_AH || total < IP4_HEADER || total - IP4_HEADER > rd_left(&rest))
        return false;
    rd_skip(&h, 2);
    read_address4(&out->source, &h);
    read_address4(&out->destination, &h);
    out->ttl = (uint8_t)(third >> 8);
    out->protocol = (uint8_t)third;
    s->rd = rd_sub(&rest, total - IP4_HEADER);
    s->missing = 0;
    commit_header(out, ip, 4, IP4_HEADER, s);
    return true;
}

static enum packet_result
unusual_ip4(struct packet *out, struct span *s)
{
    const uint8_t *ip = s->rd.p;
    struct rd h, options;
    enum packet_result r = span_header(s, IP4_HEADER, &h, PACKET_BAD_IP_HEADER);
    uint32_t first, second, header_bytes, total;
    uint16_t third;
    uint8_t protocol;

    if (r != PACKET_OK)
        return r;
    first = rd_u32(&h);  /* version, header length, class, total length */
    second = rd_u32(&h); /* identification, fragment */
    third = rd_u16(&h);  /* TTL, protocol */
    rd_skip(&h, 2);
    total = first & 0xffff;
    header_bytes = (first >> 24 & 0x0f) * 4;
    protocol = (uint8_t)third;
    if (first >> 28 != 4)
        return PACKET_BAD_IP_VERSION;
    if (total == 0)
        total = IP4_HEADER + span_length(s);
    if (header_bytes < IP4_HEADER || total < header_bytes || !span_limit(s, total - IP4_HEADER))
        return PACKET_BAD_IP_HEADER;
    if (header_bytes > IP4_HEADER && (r = span_header(s, header_bytes - IP4_HEADER, &options,
                                          PACKET_BAD_IP_HEADER)) != PACKET_OK)
        return r;
    read_address4(&out->source, &h);
    read_address4(&out->destination, &h);
    out->ttl = (uint8_t)(third >> 8);
    out->protocol = protocol;
    commit_header(out, ip, 4, header_bytes, s);
    if (second & (IP4_MORE | IP4_OFFSET)) {
        out->fragment.unfragmentable_length = header_bytes;
        out->fragment.next_header_at = 9;
        return fragment(out, s, second >> 16, (second & IP4_OFFSET) * 8, second & IP4_MORE);
    }
    if (protocol == PROTOCOL_AH)
        return ip4_protected(out, s);
    return packet_transport(out, s, protocol);
}

enum packet_result
packet_ip4(struct packet *out, struct span *s)
{
    return plain_ip4(out, s) ? packet_transport(out, s, out->protocol) : unusual_ip4(out, s);
}

/* The fragment header: PACKET_OK when it is atomic (RFC 6946), all of the datagram being here. */
static enum packet_result
fragment_header(struct packet *out, struct span *s, uint8_t *next, uint32_t next_header_at)
{
    const uint8_t *at = s->rd.p;
    struct rd h;
    enum packet_result r = span_header(s, IP6_FRAGMENT_HEADER, &h, PACKET_BAD_EXTENSION);
    uint16_t offset_more;

    if (r != PACKET_OK)
        return r;
    *next = rd_u8(&h);
    rd_skip(&h, 1);
    offset_more = rd_u16(&h);
    if ((offset_more & (IP6_OFFSET | IP6_MORE)) == 0)
        return PACKET_OK;
    out->protocol = *next;
    out->fragment.unfragmentable_length = (uint32_t)(at - out->ip);
    out->fragment.next_header_at = next_header_at;
    return fragment(out, s, rd_u32(&h), offset_more & IP6_OFFSET, offset_more & IP6_MORE);
}

/* Next header, length in units of 8 bytes without the first 8. */
static enum packet_result
plain_extension(struct span *s, uint8_t *next)
{
    struct rd h;
    enum packet_result r = span_header(s, 8, &h, PACKET_BAD_EXTENSION);
    size_t more;

    if (r != PACKET_OK)
        return r;
    *next = rd_u8(&h);
    more = rd_u8(&h) * 8u;
    return span_header(s, more, &h, PACKET_BAD_EXTENSION);
}

static enum packet_result
ip6_payload(struct packet *out, struct span *s, uint8_t protocol)
{
    uint32_t next_header_at = 6; /* offset of the byte that names `protocol` */

    for (int i = 0; i < IP6_EXTENSIONS_MAX; i++) {
        const uint8_t *at = s->rd.p;
        enum packet_result r;

        switch (protocol) {
        case PROTOCOL_HOP_BY_HOP:
        case PROTOCOL_ROUTING:
        case PROTOCOL_DESTINATION:
        case PROTOCOL_MOBILITY:
        case PROTOCOL_HIP:
        case PROTOCOL_SHIM6:
            r = plain_extension(s, &protocol);
            break;
        case PROTOCOL_AH:
            r = authentication(out, s, &protocol);
            break;
        case PROTOCOL_FRAGMENT:
            r = fragment_header(out, s, &protocol, next_header_at);
            break;
        default:
            out->protocol = protocol;
            return packet_transport(out, s, protocol);
        }
        if (r != PACKET_OK)
            return r;
        next_header_at = (uint32_t)(at - out->ip);
    }
    return PACKET_BAD_EXTENSION;
}

enum packet_result
packet_ip6(struct packet *out, struct span *s)
{
    const uint8_t *ip = s->rd.p;
    struct rd h;
    enum packet_result r = span_header(s, IP6_HEADER, &h, PACKET_BAD_IP_HEADER);
    uint32_t length;
    uint8_t protocol, hop_limit;

    if (r != PACKET_OK)
        return r;
    if (rd_u32(&h) >> 28 != 6)
        return PACKET_BAD_IP_VERSION;
    length = rd_u16(&h);
    protocol = rd_u8(&h);
    hop_limit = rd_u8(&h);
    if (length == 0 && protocol == PROTOCOL_HOP_BY_HOP)
        return PACKET_BAD_IP_HEADER;
    if (length == 0 && protocol != PROTOCOL_NO_NEXT)
        length = span_length(s);
    if (!span_limit(s, length))
        return PACKET_BAD_IP_HEADER;
    read_address6(&out->source, &h);
    read_address6(&out->destination, &h);
    out->ttl = hop_limit;
    out->protocol = protocol;
    commit_header(out, ip, 6, IP6_HEADER, s);
    return ip6_payload(out, s, protocol);
}

enum packet_result
packet_ip(struct packet *out, struct span *s)
{
    if (rd_left(&s->rd) == 0)
        return span_short(s, 1, PACKET_BAD_IP_HEADER);
    switch (rd_peek(&s->rd) >> 4) {
    case 4:
        return packet_ip4(out, s);
    case 6:
        return packet_ip6(out, s);
    default:
        return PACKET_BAD_IP_VERSION;
    }
}

bool
packet_looks_like_ip(const struct span *s)
{
    struct rd h = s->rd;
    uint8_t first = rd_u8(&h);
    uint32_t length;

    switch (first >> 4) {
    case 4:
        rd_skip(&h, 1);
        length = rd_u16(&h);
        return h.ok && (first & 0x0f) >= 5 && (length == 0 || length >= (first & 0x0fu) * 4) &&
               (s->is_truncated || length <= span_length(s));
    case 6:
        rd_skip(&h, 3);
        length = rd_u16(&h);
        return h.ok && (s->is_truncated || length + IP6_HEADER <= span_length(s));
    default:
        return false;
    }
}
