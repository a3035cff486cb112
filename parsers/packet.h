/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a link-layer frame to the innermost IP packet and its transport header.
 *
 * Walks link -> VLAN/QinQ, MPLS, PPPoE -> IPv4/IPv6 with extension headers -> GRE, ERSPAN, VXLAN,
 * GENEVE, IP-in-IP, 6in4, Teredo, GTP-U, L2TP -> TCP, UDP, ICMP, ESP, AH, and remembers what it
 * passed. Pure: no state, no allocation. A fragment is reported as such; putting fragments together
 * is the caller's (sensor/defrag.h), who then calls packet_decode_ip() on the whole.
 *
 * A tunnel whose inside is not IP (ARP in VXLAN, LCP in L2TP, an empty GRE keep-alive), or that
 * only looks like one by its UDP port, is reported as the packet that carries it.
 */
#ifndef PARSERS_PACKET_H
#define PARSERS_PACKET_H

#include "rd.h"
#include <netinet/in.h>

#define PACKET_LAYERS 8 /* encapsulations remembered; deeper nesting is PACKET_TOO_DEEP */

/* Each has a counter and a text; nothing fails without one. */
enum packet_result {
    PACKET_OK,
    PACKET_FRAGMENT, /* an IP fragment: fields up to `fragment` are valid */
    PACKET_NOT_IP,   /* ARP, LLDP, STP ...: decoded as far as there is anything to decode */
    PACKET_CUT,      /* the capture ends inside a header */
    PACKET_UNKNOWN_LINK,
    PACKET_BAD_LINK,
    PACKET_BAD_IP_VERSION,
    PACKET_BAD_IP_HEADER, /* header length, total length */
    PACKET_BAD_EXTENSION,
    PACKET_BAD_TRANSPORT, /* TCP data offset, UDP length */
    PACKET_BAD_TUNNEL,
    PACKET_TOO_DEEP,
    PACKET_RESULT_COUNT
};

enum packet_layer_kind {
    LAYER_VLAN,
    LAYER_MPLS,
    LAYER_PPPOE,
    LAYER_PPP,
    LAYER_GRE,
    LAYER_ERSPAN,
    LAYER_VXLAN,
    LAYER_GENEVE,
    LAYER_IPIP,
    LAYER_6IN4,
    LAYER_TEREDO,
    LAYER_GTPU,
    LAYER_L2TP,
    LAYER_AH,
    LAYER_PBB,
    LAYER_KIND_COUNT
};

struct packet_layer {
    uint8_t kind; /* enum packet_layer_kind */
    uint32_t id;  /* VLAN id, innermost MPLS label, PPPoE session, GRE key (PPTP: call), ERSPAN
                     session, VNI, TEID, L2TP session, SPI, PBB service */
};

#define PACKET_TCP_FIN 0x01
#define PACKET_TCP_SYN 0x02
#define PACKET_TCP_RST 0x04
#define PACKET_TCP_PSH 0x08
#define PACKET_TCP_ACK 0x10

/* Only what the result promises is set: with PACKET_OK all of it, `tcp` when protocol is TCP; with
 * PACKET_FRAGMENT all but the transport; otherwise the addresses only when `ip` is not NULL. */
struct packet {
    /* innermost IP */
    const uint8_t *ip;    /* first byte of the IP header, NULL when there is none */
    uint32_t ip_captured; /* bytes of it that the capture holds */
    uint32_t ip_length;   /* bytes of it on the wire */
    uint8_t ip_version;   /* 4 or 6; 0 when there is none */
    uint8_t ttl;
    uint8_t protocol;                    /* transport, behind extension headers and AH */
    bool is_cut;                         /* ip_captured < ip_length */
    struct in6_addr source, destination; /* IPv4 as ::ffff:a.b.c.d */
    /* outermost IP, when tunnelled (layer_count tells); else equal to the above */
    struct in6_addr outer_source, outer_destination;
    /* fragment, when the result is PACKET_FRAGMENT */
    struct {
        uint32_t id;
        uint32_t offset; /* bytes */
        bool more;
        uint8_t next_header; /* protocol of the reassembled payload */
        const uint8_t *data;
        uint32_t captured, length;
        const uint8_t *unfragmentable; /* the IP header(s) before the fragment's data */
        uint32_t unfragmentable_length;
        uint32_t next_header_at; /* IPv6: offset in it of the byte that names the fragment header */
    } fragment;
    /* transport; ports are 0 for others than TCP, UDP and SCTP. ICMP: type in source_port, code in
     * destination_port. ESP, AH: spi */
    const uint8_t *transport; /* first byte behind the IP headers, NULL when there is none */
    uint16_t source_port, destination_port;
    uint32_t spi;
    const uint8_t *payload;
    uint32_t payload_captured; /* bytes here */
    uint32_t payload_length;   /* bytes on the wire */
    struct {
        uint32_t seq, ack;
        uint16_t window;
        uint8_t flags;
        uint8_t header_length;
        uint16_t mss;         /* 0 when not said */
        uint8_t window_scale; /* 0xff when not said */
        bool sack_permitted, has_timestamp;
        uint32_t ts_value, ts_echo;
        uint8_t options[16]; /* option kinds in order, for the SYN signature */
        uint8_t option_count;
    } tcp;
    /* what was passed, outermost first */
    struct packet_layer layers[PACKET_LAYERS];
    uint8_t layer_count;
    /* Hash of what tells equal 5-tuples apart, 0 for none. Both directions of a flow have the same:
     * it takes VLAN ids, PPPoE sessions, GRE keys, VNIs and ERSPAN sessions, and for each tunnel
     * the unordered pair of its ends, but no MPLS label, TEID, PPTP call, L2TP session or SPI,
     * which differ by direction. ERSPAN's ends are where the mirrors stand and do not count. */
    uint32_t encapsulation;
    /* link; MACs are NULL when the link type has none */
    const uint8_t *source_mac, *destination_mac;
    uint16_t ether_type;    /* the innermost seen; 0x880b for PPP, 0 for 802.2 */
    struct rd link_payload; /* PACKET_NOT_IP: what follows ether_type; PPP from its protocol on,
                               802.2 from its DSAP on */
};

/* `frame` holds `captured` of the `length` bytes that were on the wire; `link_type` is a LINKTYPE_
 * value as in capture files. */
enum packet_result packet_decode(struct packet *out, uint32_t link_type, const uint8_t *frame,
    uint32_t captured, uint32_t length);

/* The same from an IP header on, keeping the layers, MACs and encapsulation already in *out: for a
 * reassembled datagram. */
enum packet_result packet_decode_ip(
    struct packet *out, const uint8_t *ip, uint32_t captured, uint32_t length);

/* Whether packet_decode() can do anything with it. */
bool packet_knows_link_type(uint32_t link_type);
/* "bad-ip-header"; for counters and messages. */
const char *packet_result_name(enum packet_result result);
const char *packet_layer_name(enum packet_layer_kind kind);

#endif
