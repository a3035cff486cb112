/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A claim of an alert in words, and the packet, capture and flow that it rests on.
 */
#ifndef SENSOR_CLAIM_H
#define SENSOR_CLAIM_H

#include "alert.h"
#include "memory.h"
#include "observation.h"

#define CLAIM_WHAT 40
#define CLAIM_VALUE 400

struct claim_source {
    int64_t time_us; /* the observation's own time, even when it came late */
    uint64_t flow, packet;
    char protocol[24], capture[64], encapsulation[96];
};

struct claim {
    char what[CLAIM_WHAT];
    char value[CLAIM_VALUE];
    struct claim_source source;
    uint64_t packets[ALERT_PACKETS]; /* further ones of the same capture */
    unsigned packet_count;
};

extern const struct memory_field claim_source_memory[];

struct claim_source claim_source_of(const struct observation *o);
/* Merges a further sighting of the same claim: remembers its packet while there is room. False when
 * the two are not the same claim. */
bool claim_merge(struct claim *into, const struct claim *more);
/* Borrowed view for the outputs. */
struct alert_evidence claim_view(const struct claim *c);

#endif
