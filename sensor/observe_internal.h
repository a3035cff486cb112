/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by observe*.c; nobody else includes it.
 */
#ifndef SENSOR_OBSERVE_INTERNAL_H
#define SENSOR_OBSERVE_INTERNAL_H

#include "classify.h"
#include "flow_track.h"
#include "observe.h"
#include "pair.h"
#include "presence.h"
#include "stream.h"

#define OBSERVE_PORTS 256 /* distinct ports in the parser table; more would not fit one byte */
#define OBSERVE_TOLD                                                                               \
    16384u /* facts of devices and names remembered, so that each is told once an hour */

#define OBSERVE_LINKS 64u /* pairs of ends without IP remembered */

enum { OBSERVE_TCP, OBSERVE_UDP, OBSERVE_GRE, OBSERVE_ICMP6, OBSERVE_LINK, OBSERVE_TRANSPORTS };

struct observe_link {
    uint64_t key;
    struct stream_pair pair;
};

struct observe_told {
    uint64_t hash;
    int64_t time_us;
};

struct observer {
    struct observer_request request;
    struct classifier *classifier;
    struct session_table *sessions;
    struct stream_pool *streams;
    struct pair_table *pairs;
    struct presence *presence;
    const struct parser *const *parsers;
    unsigned parser_count;
    const struct parser *dns; /* NULL when it is not among them */
    struct observer_counts counts;
    int64_t syn_second; /* of packet time; SYNs told within it */
    unsigned syns_told;
    struct observe_told told[OBSERVE_TOLD];
    /* parsers that want a port: port_row[port] indexes the masks; row 0 is empty */
    uint8_t port_row[UINT16_MAX + 1];
    uint64_t of_port[OBSERVE_TRANSPORTS][OBSERVE_PORTS];
    uint64_t anywhere[OBSERVE_TRANSPORTS];
    uint64_t whole_stream, resyncs, shares, turns, link_wide, settles;
    struct observe_link links[OBSERVE_LINKS];
};

/* observe.c: what a flow is called by while nothing better is known. */
const char *observe_transport(uint8_t protocol);

/* observe_parse.c */
void observe_index_parsers(struct observer *o);
/* Sets which parsers may fit a new flow. */
void observe_choose(struct observer *o, struct flow *f);
/* Runs them over the packet's payload; of TCP's also what an acknowledgement says of the other
 * side.
 */
void observe_parse(struct observer *o, struct flow *f, unsigned direction, const struct packet *p);

/* observe_fact.c */
/* True when this fact of this client (f's; NULL: of nobody) was not told within the hour. */
bool observe_is_news(struct observer *o, const struct flow *f, const struct fact *fact);
/* The same by whatever bytes tell facts of a kind apart: what was told need not be written first.
 */
bool observe_is_new(
    struct observer *o, const struct flow *f, unsigned kind, const void *bytes, size_t n);
/* What a parser said, before it is told; false: drop it. Names and certificates of a tool's
 * machinery, and handshakes, are signs of a session. f is NULL for a frame without IP. */
bool observe_fact(struct observer *o, struct flow *f, const char *protocol, struct fact *fact);

/* observe_nested.c */
/* The stream of that key among those that the carrier's messages carry, a new one with these
 * candidates when it is not known; NULL when there is no room (also for the carrier: NULL). */
struct stream_pair *observe_nested_take(
    struct observer *o, struct stream_pair *carrier, uint32_t key, uint64_t candidates);
/* What comes next of that key is another stream. */
void observe_nested_drop(struct observer *o, struct stream_pair *carrier, uint32_t key);
/* What is remembered between two ends of a link, of PPP's negotiation for one, or of all ends. */
struct stream_pair *observe_link_pair(
    struct observer *o, const struct packet *p, uint16_t type, bool is_wide);
/* Gives back what is remembered of links. */
void observe_links_forget(struct observer *o, struct observe_link *links, unsigned count);

/* observe_upload.c */
/* A name that the flow's client asked its server for. */
void observe_upload_name(struct observer *o, struct flow *f, const char *name);
/* A packet of a flow to a service, and its end. */
void observe_upload_packet(struct observer *o, struct flow *f);
void observe_upload_end(struct observer *o, struct flow *f);

/* observe_verdict.c */
/* Feeds a payload packet to nDPI; tells what became known. */
void observe_classify(struct observer *o, struct flow *f, const struct packet *p);
/* The last word: nDPI's state is given back. */
void observe_verdict(struct observer *o, struct flow *f);
/* A parser says all of the flow that there is to say: nDPI is asked no more, unless the flow is a
 * session, whose risks it knows. */
void observe_settled(struct observer *o, struct flow *f, const char *protocol);
/* From this packet on the connection is another protocol's. */
void observe_classify_anew(struct observer *o, struct flow *f);

#endif
