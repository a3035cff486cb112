/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Shared by observe.c, observe_parse.c and observe_verdict.c; nobody else includes it.
 */
#ifndef SENSOR_OBSERVE_INTERNAL_H
#define SENSOR_OBSERVE_INTERNAL_H

#include "classify.h"
#include "flow_track.h"
#include "observe.h"
#include "pair.h"
#include "stream.h"

#define OBSERVE_PORTS 256 /* distinct ports in the parser table; more would not fit one byte */
#define OBSERVE_TOLD                                                                               \
    16384u /* facts of devices and names remembered, so that each is told once an hour */

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
    const struct parser *const *parsers;
    unsigned parser_count;
    struct observer_counts counts;
    struct observe_told told[OBSERVE_TOLD];
    /* parsers that want a port: port_row[port] indexes the masks; row 0 is empty */
    uint8_t port_row[UINT16_MAX + 1];
    uint64_t port_tcp[OBSERVE_PORTS], port_udp[OBSERVE_PORTS];
    uint64_t anywhere_tcp, anywhere_udp, whole_stream;
};

/* observe_parse.c */
void observe_index_parsers(struct observer *o);
/* Sets which parsers may fit a new flow. */
void observe_choose(struct observer *o, struct flow *f);
/* Runs them over the packet's payload. */
void observe_parse(struct observer *o, struct flow *f, unsigned direction, const struct packet *p);

/* observe_verdict.c */
/* Feeds a payload packet to nDPI; tells what became known. */
void observe_classify(struct observer *o, struct flow *f, const struct packet *p);
/* A name that a parser read: told once an hour for each client; one of a tool's machinery is a
 * sign. */
void observe_name(
    struct observer *o, const struct flow *f, const char *protocol, const struct fact *fact);
/* The last word: nDPI's state is given back. */
void observe_verdict(struct observer *o, struct flow *f);

#endif
