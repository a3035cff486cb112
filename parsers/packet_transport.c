/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an IP packet carries: TCP (RFC 9293; options RFC 7323, 2018), UDP (RFC 768), ICMP, ESP
 * (RFC 4303), SCTP (RFC 9260), or another tunnel.
 *
 * Packets that ICMP errors quote are payload, not flows. A TCP header of which the capture lacks
 * only options is taken: ports, numbers and flags are all there.
 */
#include "packet_internal.h"

#define TCP_HEADER 20
#define UDP_HEADER 8
#define ICMP_HEADER 8
#define ICMP_TYPE_CODE 4 /* with the checksum */
#define ESP_HEADER 8
#define SCTP_HEADER 12
#define TIMESTAMP_BLOCK 12
#define WINDOW_SCALE_NONE 0xff

enum ip_protocol {
    PROTOCOL_ICMP = 1,
    PROTOCOL_IP4 = 4,
    PROTOCOL_TCP = 6,
    PROTOCOL_UDP = 17,
    PROTOCOL_IP6 = 41,
    PROTOCOL_GRE = 47,
    PROTOCOL_ESP = 50,
    PROTOCOL_ICMP6 = 58,
    PROTOCOL_SCTP = 132,
    PROTOCOL_MPLS = 137,
};

enum tcp_option {
    OPTION_END = 0,
    OPTION_NOP = 1,
    OPTION_MSS = 2,
    OPTION_WINDOW_SCALE = 3,
    OPTION_SACK_PERMITTED = 4,
    OPTION_TIMESTAMP = 8,
};

static inline void
set_payload(struct packet *out, const struct span *s)
{
    out->payload = s->rd.p;
    out->payload_captured = span_captured(s);
    out->payload_length = span_length(s);
}

/* One option with a length; false when it does not fit. */
static bool
tcp_option(struct packet *out, struct rd *options, uint8_t kind)
{
    uint8_t length = rd_u8(options);
    struct rd value;

    if (length < 2)
        return false;
    value = rd_sub(options, length - 2u);
    switch (kind) {
    case OPTION_MSS:
        out->tcp.mss = rd_u16(&value);
        break;
    case OPTION_WINDOW_SCALE:
        if (rd_left(&value) > 0)
            out->tcp.window_scale = rd_u8(&value);
        break;
    case OPTION_SACK_PERMITTED:
        out->tcp.sack_permitted = value.ok;
        break;
    case OPTION_TIMESTAMP:
        out->tcp.ts_value = rd_u32(&value);
        out->tcp.ts_echo = rd_u32(&value);
        out->tcp.has_timestamp = value.ok;
        break;
    default:
        break;
    }
    return value.ok;
}

static void
tcp_options(struct packet *out, struct rd options)
{
    while (rd_left(&options) > 0) {
        uint8_t kind = rd_u8(&options);

        if (out->tcp.option_count < sizeof out->tcp.options)
            out->tcp.options[out->tcp.option_count++] = kind;
        if (kind == OPTION_END)
            return;
        if (kind != OPTION_NOP && !tcp_option(out, &options, kind))
            return;
    }
}

/* The option block that nearly all segments of nearly all connections carry: two NOPs to align and
 * a time stamp (RFC 7323 appendix A). */
static inline bool
tcp_timestamp_only(struct packet *out, struct rd options)
{
    if (rd_u32(&options) != (OPTION_NOP << 24 | OPTION_NOP << 16 | OPTION_TIMESTAMP << 8 | 10))
        return false;
    out->tcp.ts_value = rd_u32(&options);
    out->tcp.ts_echo = rd_u32(&options);
    out->tcp.has_timestamp = true;
    out->tcp.options[0] = out->tcp.options[1] = OPTION_NOP;
    out->tcp.options[2] = OPTION_TIMESTAMP;
    out->tcp.option_count = 3;
    return true;
}

static enum packet_result
tcp(struct packet *out, struct span *s)
{
    struct rd h, options;
    enum packet_result r = span_header(s, TCP_HEADER, &h, PACKET_BAD_TRANSPORT);
    uint32_t ports, fourth, header_bytes, option_bytes;

    if (r != PACKET_OK)
        return r;
    ports = rd_u32(&h);
    out->source_port = (uint16_t)(ports >> 16);
    out->destination_port = (uint16_t)ports;
    out->tcp.seq = rd_u32(&h);
    out->tcp.ack = rd_u32(&h);
    fourth = rd_u32(&h); /* data offset, flags, window */
    header_bytes = (fourth >> 28) * 4;
    out->tcp.flags = (uint8_t)(fourth >> 16);
    out->tcp.window = (uint16_t)fourth;
    if (header_bytes < TCP_HEADER ||
        (header_bytes - TCP_HEADER > span_length(s) && !s->is_truncated))
        return PACKET_BAD_TRANSPORT;
    out->tcp.header_length = (uint8_t)header_bytes;
    out->tcp.mss = 0;
    out->tcp.window_scale = WINDOW_SCALE_NONE;
    out->tcp.sack_permitted = out->tcp.has_timestamp = false;
    out->tcp.ts_value = out->tcp.ts_echo = 0;
    out->tcp.option_count = 0;
    option_bytes = header_bytes - TCP_HEADER;
    if (option_bytes != 0) {
        options = rd_sub_upto(&s->rd, option_bytes);
        s->missing -= option_bytes - (uint32_t)rd_left(&options);
        if (option_bytes != TIMESTAMP_BLOCK || !tcp_timestamp_only(out, options))
            tcp_options(out, options);
    }
    set_payload(out, s);
    return PACKET_OK;
}

static enum packet_result
udp(struct packet *out, struct span *s)
{
    packet_step *tunnel;
    struct rd h;
    enum packet_result r = span_header(s, UDP_HEADER, &h, PACKET_BAD_TRANSPORT);
    uint16_t length;

    if (r != PACKET_OK)
        return r;
    out->source_port = rd_u16(&h);
    out->destination_port = rd_u16(&h);
    length = rd_u16(&h);
    /* 0: a jumbogram, or a datagram that the network card was still to split. */
    if (length != 0 && (length < UDP_HEADER || !span_limit(s, length - UDP_HEADER)))
        return PACKET_BAD_TRANSPORT;
    set_payload(out, s);
    tunnel = packet_udp_tunnel(out->source_port, out->destination_port);
    return tunnel == NULL ? PACKET_OK : packet_try(out, s, tunnel, false);
}

static enum packet_result
icmp(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, ICMP_TYPE_CODE, &h, PACKET_BAD_TRANSPORT);
    uint32_t rest = ICMP_HEADER - ICMP_TYPE_CODE;

    if (r != PACKET_OK)
        return r;
    out->source_port = rd_u8(&h);
    out->destination_port = rd_u8(&h);
    if (span_captured(s) < rest)
        rest = span_captured(s);
    rd_skip(&s->rd, rest);
    set_payload(out, s);
    return PACKET_OK;
}

static enum packet_result
esp(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, ESP_HEADER, &h, PACKET_BAD_TRANSPORT);

    if (r != PACKET_OK)
        return r;
    out->spi = rd_u32(&h);
    set_payload(out, s);
    return PACKET_OK;
}

static enum packet_result
sctp(struct packet *out, struct span *s)
{
    struct rd h;
    enum packet_result r = span_header(s, SCTP_HEADER, &h, PACKET_BAD_TRANSPORT);

    if (r != PACKET_OK)
        return r;
    out->source_port = rd_u16(&h);
    out->destination_port = rd_u16(&h);
    set_payload(out, s);
    return PACKET_OK;
}

enum packet_result
packet_transport(struct packet *out, struct span *s, uint8_t protocol)
{
    out->transport = s->rd.p;
    if (protocol == PROTOCOL_TCP) /* most traffic: before the jump table */
        return tcp(out, s);
    switch (protocol) {
    case PROTOCOL_UDP:
        return udp(out, s);
    case PROTOCOL_ICMP:
    case PROTOCOL_ICMP6:
        return icmp(out, s);
    case PROTOCOL_ESP:
        return esp(out, s);
    case PROTOCOL_SCTP:
        return sctp(out, s);
    case PROTOCOL_GRE:
        set_payload(out, s);
        return packet_try(out, s, packet_gre, true);
    case PROTOCOL_IP4:
    case PROTOCOL_IP6:
    case PROTOCOL_MPLS:
        set_payload(out, s);
        return packet_try(out, s, packet_ip_in_ip, true);
    default:
        set_payload(out, s);
        return PACKET_OK;
    }
}
