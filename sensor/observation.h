/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One fact with a time and its evidence: all that passes from the packet side to the analysis.
 *
 * Fixed-size and free of pointers, so that it can be queued, stored, sent and read back without
 * loss: the analyst cannot tell a replay from a file of observations.
 */
#ifndef SENSOR_OBSERVATION_H
#define SENSOR_OBSERVATION_H

#include "../parsers/fact.h"

struct observation {
    int64_t time_us; /* packet time, Unix microseconds */
    uint64_t order;  /* the packet's ordinal in this run; not written out: the order of the lines is
                        the order */
    uint64_t packet; /* number in its capture file, from 1 */
    char capture[64];  /* the file's base name, or the interface; made printable */
    char protocol[24]; /* parser's or nDPI's name, lower case */
    bool has_flow;
    uint64_t flow;                       /* 16 hex digits when written */
    uint8_t transport;                   /* IP protocol number of the flow */
    struct in6_addr source, destination; /* the flow's originator and responder */
    uint16_t source_port, destination_port;
    char encapsulation[96]; /* "vlan 100 > gre > vxlan 42", outermost first; "" for none */
    struct fact fact;
};

#endif
