/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What one packet changes in its flow: ends and originator, counters, TCP state, handshake RTT.
 * For flow.c alone.
 */
#ifndef SENSOR_FLOW_TRACK_H
#define SENSOR_FLOW_TRACK_H

#include "flow.h"

#define FLOW_PROTOCOL_TCP 6
#define FLOW_PROTOCOL_UDP 17

static inline bool
flow_has_ports(uint8_t protocol)
{
    return protocol == FLOW_PROTOCOL_TCP || protocol == FLOW_PROTOCOL_UDP;
}

/* Fills the key of a zeroed flow and decides who is the originator: a SYN or SYN-ACK says it, else
 * the port of a service does, else who spoke first. */
void flow_begin(struct flow *f, const struct packet *p, int64_t time_us);
/* When a direction last had payload; 0: never, or so late that nobody times it. */
int64_t flow_payload_us(const struct flow *f, unsigned direction);
/* True when the packet belongs to the flow; *direction tells who sent it. */
bool flow_matches(const struct flow *f, const struct packet *p, unsigned *direction);
/* True for a SYN that opens a new connection on the ends of an old one. */
bool flow_is_superseded(const struct flow *f, const struct packet *p, unsigned direction,
    int64_t time_us, int64_t idle_us);
void flow_track(struct flow *f, const struct packet *p, unsigned direction, int64_t time_us,
    uint32_t wire_bytes);
enum flow_class flow_class_of(const struct flow *f);

#endif
