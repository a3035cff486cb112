/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The flow table: who talks to whom, how much, in which TCP state, how fast the handshake went.
 *
 * One table a shard. Open addressing over {hash, index} finds slots of a slab that grows in chunks
 * up to its limit; at the limit the least recently active flow goes, is counted, and is reported
 * first. Each timeout class is a list in order of activity (exact to a second of packet time), so
 * that ageing looks only at what is due. Nothing is ever scanned as a whole.
 */
#ifndef SENSOR_FLOW_H
#define SENSOR_FLOW_H

#include "../parsers/packet.h"

#define FLOW_NONE UINT32_MAX
#define FLOW_CLIENT 0 /* the originator's side; index of per-direction fields */
#define FLOW_SERVER 1

enum flow_tcp_state {
    FLOW_TCP_MIDSTREAM, /* its handshake was not seen */
    FLOW_TCP_SYN,
    FLOW_TCP_SYN_ACK,
    FLOW_TCP_OPEN,    /* three-way handshake complete */
    FLOW_TCP_CLOSING, /* one side said FIN */
    FLOW_TCP_CLOSED   /* both said FIN, or one RST */
};

enum flow_class {
    FLOW_CLASS_TCP,
    FLOW_CLASS_TCP_CLOSING,
    FLOW_CLASS_UDP,
    FLOW_CLASS_OTHER,
    FLOW_CLASS_TCP_OPENING /* SYN or SYN-ACK and nothing behind it: scans leave many such */
};
#define FLOW_CLASS_COUNT 5

/* Bits of flow.marks; the first four are set by the table, the others by those who observe. */
#define FLOW_ESTABLISHED 0x0001u      /* TCP: payload after the handshake; else: both ways */
#define FLOW_SYN_REPEATED 0x0002u     /* Karn: no server-side RTT */
#define FLOW_SYN_ACK_REPEATED 0x0004u /* Karn: no client-side RTT */
#define FLOW_FIN_CLIENT 0x0008u
#define FLOW_FIN_SERVER 0x0010u
#define FLOW_CLASSIFIED 0x0020u   /* nDPI decided or gave up */
#define FLOW_WANTS_SIGN 0x0100u   /* verdict that needs a second sign before it is a session */
#define FLOW_IS_RELAYED 0x0200u   /* the server is the vendor's by its name, or any relay */
#define FLOW_PEER_CHECKED 0x0400u /* looked up among the watched addresses */
#define FLOW_PARSER_CHOSEN 0x0800u
#define FLOW_TO_COMPANY 0x1000u /* from a device to the company */
#define FLOW_IS_DESK 0x2000u    /* web or mail of a device: somebody's work at a desk */
#define FLOW_HANDSHAKE 0x4000u  /* the three-way handshake was seen whole */
#define FLOW_HAS_NAME 0x20000u  /* its client said whom it wants: SNI, Host */
#define FLOW_RTT_TOLD 0x10000u  /* the handshake's round trips were */
#define FLOW_IS_DIRECT 0x8000u  /* the server is the tool's other end, not its relay */

struct classify_flow;
struct session;
struct stream_pair;
struct list_tool;
struct list_service;

struct flow {
    struct in6_addr address[2]; /* originator, responder */
    uint16_t port[2];
    uint32_t encapsulation;
    uint32_t hash;
    uint8_t protocol;
    uint8_t tcp_state; /* enum flow_tcp_state */
    uint8_t list;      /* enum flow_class */
    uint8_t ndpi_category;
    uint32_t marks;
    uint16_t ndpi_app, ndpi_master;
    uint8_t hello[2];      /* what the first payload each way says: enum hello (hello.h) */
    uint32_t older, newer; /* neighbours in the list */
    int64_t first_us, last_us;
    uint32_t payload_at[2]; /* newest payload of each direction; as handshake_us; 0: none */
    uint64_t last_number; /* its last packet in its capture file; whoever feeds the table sets it */
    uint32_t last_capture;
    uint32_t handshake_us; /* last SYN, then SYN-ACK; counted from first_us, UINT32_MAX: too late */
    uint64_t bytes[2];     /* wire lengths */
    uint32_t payload_bytes[2];               /* ends at UINT32_MAX */
    uint32_t packets[2], payload_packets[2]; /* pure ACKs are no payload packets */
    uint32_t handshake_seq[2];               /* initial sequence numbers */
    uint32_t rtt_us[2];  /* handshake, sensor to client, sensor to server; 0 = not known */
    uint64_t ndpi_risks; /* bits */
    uint64_t candidates; /* parsers that may still fit, by row */
    struct stream_pair *streams;
    struct classify_flow *classify;
    struct session *session;
    const struct list_tool *tool;       /* verdict waiting for its second sign */
    const struct list_service *service; /* that files are carried to; NULL: none */
    uint64_t uploaded;                  /* bytes from the client that were told */
    uint32_t upload_s;                  /* when */
};

struct flow_timeouts {
    int64_t us[FLOW_CLASS_COUNT];
};

struct flow_counts {
    uint64_t flows, evicted, one_way;
};

struct flow_table;

struct flow_table_request {
    uint32_t limit; /* flows at once at most, at least 1 */
    struct flow_timeouts timeouts;
    /* Called for each flow that ends (timed out, evicted, superseded by a new SYN, table closed),
     * before its slot is reused. */
    void (*ended)(void *context, struct flow *f);
    /* Called for each new flow before its first packet is counted. NULL: not. It may turn the ends
     * round. */
    void (*begun)(void *context, struct flow *f, const struct packet *p);
    void *context;
};

/* Symmetric over the two ends. Equal for both directions of a flow in one encapsulation. */
uint32_t flow_hash(const struct packet *p, uint64_t seed);

/* NULL when memory is short. */
struct flow_table *flow_table_open(const struct flow_table_request *request);
/* For batches: fetches the bucket that `hash` falls into, and, once that came, its flow. */
void flow_table_prefetch(const struct flow_table *t, uint32_t hash);
void flow_table_prefetch_flow(const struct flow_table *t, uint32_t hash);
/* The flow of the packet, made when it is new, with counters, state and RTT brought up to date.
 * *direction receives FLOW_CLIENT or FLOW_SERVER: who sent this packet. `wire_bytes` counts the
 * frame. The pointer lives until the flow ends. NULL only when memory is short. */
struct flow *flow_table_update(struct flow_table *t, const struct packet *p, uint32_t hash,
    int64_t time_us, uint32_t wire_bytes, unsigned *direction);
/* Ends every flow whose timeout has passed at now_us. */
void flow_table_expire(struct flow_table *t, int64_t now_us);
void flow_table_get_counts(const struct flow_table *t, struct flow_counts *out);
/* Ends all flows: class by class, least recently active first. */
void flow_table_end_all(struct flow_table *t);
/* Ends all flows, then frees. */
void flow_table_close(struct flow_table *t);

/* Stable across runs: from the ends, the encapsulation and the time of the first packet. */
uint64_t flow_id(const struct flow *f);

#endif
