/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the files of the packet decoder share: the span that is still to be read, and the way from
 * one layer to the next.
 *
 * A span knows two ends: that of the capture and that of the wire. A header behind the first but
 * before the second was cut by the capture (PACKET_CUT); one behind the second means that a length
 * lies, and each caller says which kind of bad that is.
 */
#ifndef PARSERS_PACKET_INTERNAL_H
#define PARSERS_PACKET_INTERNAL_H

#include "packet.h"

struct span {
    struct rd rd;      /* what the capture holds */
    uint32_t missing;  /* bytes on the wire behind that */
    bool is_truncated; /* a mirror (ERSPAN, VXLAN, GENEVE) may have cut the frame on its way here:
                          its own lengths may then reach past what was sent */
};

static inline uint32_t
span_captured(const struct span *s)
{
    return (uint32_t)rd_left(&s->rd);
}

static inline uint32_t
span_length(const struct span *s)
{
    return span_captured(s) + s->missing;
}

/* Why n bytes are not there. */
static inline enum packet_result
span_short(const struct span *s, size_t n, enum packet_result bad)
{
    return s->is_truncated || n <= span_length(s) ? PACKET_CUT : bad;
}

/* Takes a header of n bytes as a cursor of its own; without it, says why and takes nothing, and the
 * cursor is a failed one. */
static inline enum packet_result
span_header(struct span *s, size_t n, struct rd *header, enum packet_result bad)
{
    if (n > rd_left(&s->rd)) {
        *header = (struct rd){ .ok = false };
        return span_short(s, n, bad);
    }
    *header = rd_sub(&s->rd, n);
    return PACKET_OK;
}

/* Ends the span n bytes of the wire from here; false when the wire had fewer. */
static inline bool
span_limit(struct span *s, uint32_t n)
{
    uint32_t left = span_captured(s);

    if (n <= left) {
        s->rd = rd_sub(&s->rd, n);
        s->missing = 0;
        return true;
    }
    if (n - left > s->missing && !s->is_truncated)
        return false;
    s->missing = n - left;
    return true;
}

typedef enum packet_result packet_step(struct packet *out, struct span *s);

/* packet.c. Remembers a layer; false when there are too many. */
bool packet_push(struct packet *out, enum packet_layer_kind kind, uint32_t id);
void packet_mix(struct packet *out, uint32_t id); /* into `encapsulation` */
void packet_mix_ends(struct packet *out);         /* the innermost addresses, unordered */
enum packet_result packet_not_ip(struct packet *out, const struct span *s);

/* packet_link.c */
packet_step packet_ethernet;
packet_step packet_llc;
/* What follows an EtherType. */
enum packet_result packet_ether_type(struct packet *out, struct span *s, uint16_t type);
enum packet_result packet_link(struct packet *out, struct span *s, uint32_t link_type);

/* packet_wifi.c */
packet_step packet_wifi;
packet_step packet_radiotap;

/* packet_ppp.c */
packet_step packet_ppp; /* from the address or, without one, the protocol on */
packet_step packet_pppoe;
packet_step packet_mpls;

/* packet_ip.c */
packet_step packet_ip4;
packet_step packet_ip6;
packet_step packet_ip; /* by the version nibble */
bool packet_looks_like_ip(const struct span *s);

/* packet_transport.c. `protocol` is an IP protocol that is no extension header. */
enum packet_result packet_transport(struct packet *out, struct span *s, uint8_t protocol);

/* packet_tunnel.c */
packet_step packet_gre;
/* IP or MPLS in IP, by out->protocol. */
packet_step packet_ip_in_ip;
/* Decodes what a packet carries. When that is not IP, *out stays the packet that carries it, and
 * the result is PACKET_OK; unless the tunnel `is_sure` (named by an IP protocol, not by a mere
 * port), so it does for every other reason for which no IP header was reached. */
enum packet_result packet_try(
    struct packet *out, const struct span *s, packet_step *inside, bool is_sure);

/* packet_udp_tunnel.c. What a UDP port promises, or NULL. */
packet_step *packet_udp_tunnel(uint16_t source_port, uint16_t destination_port);

#endif
