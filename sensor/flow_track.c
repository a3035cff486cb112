/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TCP as RFC 9293 opens and closes it, seen from the middle. RTT by Karn's rule: a handshake packet
 * that was sent twice measures nothing. A handshake that was not seen leaves a flow in MIDSTREAM,
 * where payload both ways counts as established.
 */
#include "flow_track.h"

#define WELL_KNOWN_PORTS 1024
#define RTT_MAX_US 60000000 /* beyond the longest SYN time-out in use: no measurement */
#define SYN_FLAGS (PACKET_TCP_SYN | PACKET_TCP_ACK)
#define TOO_LATE UINT32_MAX

static bool
same_address(const struct in6_addr *a, const struct in6_addr *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

/* Services above the well-known ports that are met in the middle of a session. */
static bool
is_service(uint16_t port)
{
    static const uint16_t services[] = {
        1194,  /* OpenVPN */
        1494,  /* ICA */
        1701,  /* L2TP */
        1723,  /* PPTP */
        3389,  /* RDP */
        4500,  /* IPsec behind NAT */
        5900,  /* VNC */
        5938,  /* TeamViewer */
        51820, /* WireGuard */
    };

    for (size_t i = 0; i < sizeof services / sizeof services[0]; i++)
        if (services[i] == port)
            return true;
    return false;
}

static bool
source_is_server(const struct packet *p)
{
    if (p->protocol == FLOW_PROTOCOL_TCP && (p->tcp.flags & PACKET_TCP_SYN) != 0)
        return (p->tcp.flags & PACKET_TCP_ACK) != 0;
    if (!flow_has_ports(p->protocol))
        return false;
    if (p->source_port < WELL_KNOWN_PORTS || p->destination_port < WELL_KNOWN_PORTS)
        return p->source_port < p->destination_port;
    if (is_service(p->source_port) != is_service(p->destination_port))
        return is_service(p->source_port);
    return p->protocol == FLOW_PROTOCOL_TCP && p->source_port < p->destination_port;
}

void
flow_begin(struct flow *f, const struct packet *p, int64_t time_us)
{
    unsigned from = source_is_server(p) ? FLOW_SERVER : FLOW_CLIENT;

    f->address[from] = p->source;
    f->address[!from] = p->destination;
    if (flow_has_ports(p->protocol)) {
        f->port[from] = p->source_port;
        f->port[!from] = p->destination_port;
    }
    f->protocol = p->protocol;
    f->encapsulation = p->encapsulation;
    f->first_us = f->last_us = time_us;
}

int64_t
flow_payload_us(const struct flow *f, unsigned direction)
{
    uint32_t at = f->payload_at[direction];

    return at == 0 || at == TOO_LATE ? 0 : f->first_us + at;
}

bool
flow_matches(const struct flow *f, const struct packet *p, unsigned *direction)
{
    bool has_ports = flow_has_ports(p->protocol);
    uint16_t source = has_ports ? p->source_port : 0;
    uint16_t destination = has_ports ? p->destination_port : 0;

    if (f->protocol != p->protocol || f->encapsulation != p->encapsulation)
        return false;
    if (f->port[0] == source && f->port[1] == destination &&
        same_address(&f->address[0], &p->source) && same_address(&f->address[1], &p->destination)) {
        *direction = FLOW_CLIENT;
        return true;
    }
    *direction = FLOW_SERVER;
    return f->port[1] == source && f->port[0] == destination &&
           same_address(&f->address[1], &p->source) &&
           same_address(&f->address[0], &p->destination);
}

bool
flow_is_superseded(const struct flow *f, const struct packet *p, unsigned direction,
    int64_t time_us, int64_t idle_us)
{
    if (f->protocol != FLOW_PROTOCOL_TCP || (p->tcp.flags & SYN_FLAGS) != PACKET_TCP_SYN)
        return false;
    if (f->tcp_state >= FLOW_TCP_CLOSING)
        return true;
    return f->handshake_seq[direction] != p->tcp.seq && time_us - f->last_us >= idle_us;
}

/* Since the last packet of the handshake. */
static uint32_t
rtt_until(const struct flow *f, int64_t time_us)
{
    int64_t from_us = f->first_us + f->handshake_us;

    return f->handshake_us != TOO_LATE && time_us > from_us && time_us - from_us <= RTT_MAX_US
               ? (uint32_t)(time_us - from_us)
               : 0;
}

static uint32_t
since_first(const struct flow *f, int64_t time_us)
{
    int64_t passed_us = time_us - f->first_us;

    return passed_us < 0 || passed_us >= TOO_LATE ? TOO_LATE : (uint32_t)passed_us;
}

static void
track_syn(struct flow *f, const struct packet *p, unsigned direction, int64_t time_us)
{
    bool is_answer = (p->tcp.flags & PACKET_TCP_ACK) != 0;

    if (!is_answer) {
        if (f->tcp_state == FLOW_TCP_SYN || f->tcp_state == FLOW_TCP_SYN_ACK)
            f->marks |= FLOW_SYN_REPEATED;
        if (f->tcp_state != FLOW_TCP_MIDSTREAM || f->packets[0] + f->packets[1] > 1)
            return;
        f->tcp_state = FLOW_TCP_SYN;
    } else if (f->tcp_state == FLOW_TCP_SYN && direction == FLOW_SERVER) {
        if ((f->marks & FLOW_SYN_REPEATED) == 0 && p->tcp.ack == f->handshake_seq[0] + 1)
            f->rtt_us[FLOW_SERVER] = rtt_until(f, time_us);
        f->tcp_state = FLOW_TCP_SYN_ACK;
    } else if (f->tcp_state == FLOW_TCP_SYN_ACK) {
        f->marks |= FLOW_SYN_ACK_REPEATED;
        return;
    } else if (f->tcp_state == FLOW_TCP_MIDSTREAM && f->packets[0] + f->packets[1] == 1) {
        f->tcp_state = FLOW_TCP_SYN_ACK;
    } else {
        return;
    }
    f->handshake_us = since_first(f, time_us);
    f->handshake_seq[direction] = p->tcp.seq;
}

static void
track_tcp(struct flow *f, const struct packet *p, unsigned direction, int64_t time_us)
{
    uint8_t flags = p->tcp.flags;

    if ((flags & PACKET_TCP_RST) != 0) {
        f->tcp_state = FLOW_TCP_CLOSED;
        return;
    }
    if ((flags & PACKET_TCP_SYN) != 0) {
        track_syn(f, p, direction, time_us);
        return;
    }
    if (f->tcp_state == FLOW_TCP_SYN_ACK && direction == FLOW_CLIENT &&
        (flags & PACKET_TCP_ACK) != 0 && p->tcp.ack == f->handshake_seq[FLOW_SERVER] + 1) {
        if ((f->marks & FLOW_SYN_ACK_REPEATED) == 0)
            f->rtt_us[FLOW_CLIENT] = rtt_until(f, time_us);
        f->tcp_state = FLOW_TCP_OPEN;
        f->marks |= FLOW_HANDSHAKE;
    }
    if ((flags & PACKET_TCP_FIN) != 0) {
        f->marks |= direction == FLOW_CLIENT ? FLOW_FIN_CLIENT : FLOW_FIN_SERVER;
        f->tcp_state = (f->marks & FLOW_FIN_CLIENT) != 0 && (f->marks & FLOW_FIN_SERVER) != 0
                           ? FLOW_TCP_CLOSED
                           : FLOW_TCP_CLOSING;
    }
}

static void
track_payload(struct flow *f, const struct packet *p, unsigned direction, int64_t time_us)
{
    f->payload_at[direction] = since_first(f, time_us);
    f->payload_packets[direction]++;
    if (p->payload_length > UINT32_MAX - f->payload_bytes[direction])
        f->payload_bytes[direction] = UINT32_MAX;
    else
        f->payload_bytes[direction] += p->payload_length;
}

static bool
is_established(const struct flow *f)
{
    bool both_ways = f->packets[FLOW_CLIENT] > 0 && f->packets[FLOW_SERVER] > 0;

    if (f->protocol != FLOW_PROTOCOL_TCP)
        return both_ways;
    if ((f->marks & FLOW_HANDSHAKE) != 0)
        return f->payload_packets[FLOW_CLIENT] + f->payload_packets[FLOW_SERVER] > 0;
    return f->payload_packets[FLOW_CLIENT] > 0 && f->payload_packets[FLOW_SERVER] > 0;
}

void
flow_track(struct flow *f, const struct packet *p, unsigned direction, int64_t time_us,
    uint32_t wire_bytes)
{
    f->packets[direction]++;
    f->bytes[direction] += wire_bytes;
    if (time_us > f->last_us)
        f->last_us = time_us;
    if (f->protocol == FLOW_PROTOCOL_TCP)
        track_tcp(f, p, direction, time_us);
    if (p->payload_length > 0)
        track_payload(f, p, direction, time_us);
    if ((f->marks & FLOW_ESTABLISHED) == 0 && is_established(f))
        f->marks |= FLOW_ESTABLISHED;
}

enum flow_class
flow_class_of(const struct flow *f)
{
    if (f->protocol == FLOW_PROTOCOL_TCP) {
        if (f->tcp_state >= FLOW_TCP_CLOSING)
            return FLOW_CLASS_TCP_CLOSING;
        return (f->tcp_state == FLOW_TCP_SYN || f->tcp_state == FLOW_TCP_SYN_ACK) &&
                       f->payload_packets[FLOW_CLIENT] + f->payload_packets[FLOW_SERVER] == 0
                   ? FLOW_CLASS_TCP_OPENING
                   : FLOW_CLASS_TCP;
    }
    return f->protocol == FLOW_PROTOCOL_UDP ? FLOW_CLASS_UDP : FLOW_CLASS_OTHER;
}
