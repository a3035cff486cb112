/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From a fact and the packet under the hand to an observation: where it was seen, in which flow.
 *
 * Capture names are not put in here: shards run in threads that do not own the captures. They carry
 * the capture's index, and the thread that hands observations on fills in its name.
 */
#ifndef SENSOR_EVIDENCE_H
#define SENSOR_EVIDENCE_H

#include "flow.h"
#include "observation.h"

#define EVIDENCE_ENCAPSULATION sizeof(((struct observation *)0)->encapsulation)

/* An observation on its way: `shard` breaks ties of equal order. */
struct emission {
    uint32_t shard, capture;
    struct observation observation;
};

/* Bytes of an emission that matter: unused room of its fact is not copied. */
size_t emission_size(const struct emission *e);

struct evidence {
    uint64_t order, packet;
    int64_t time_us;
    uint32_t capture;
};

#define EVIDENCE_KNOWN 64u /* encapsulations remembered for flows whose last packet is gone */

struct evidence_known {
    uint32_t encapsulation;
    char text[EVIDENCE_ENCAPSULATION];
};

struct emitter {
    void (*emit)(void *context, const struct emission *e); /* copies what it keeps */
    void *context;
    uint64_t emitted;
    struct evidence now;         /* the packet or tick being worked on */
    const struct packet *packet; /* NULL on a tick */
    struct evidence_known known[EVIDENCE_KNOWN];
    struct emission scratch;
};

/* Remembers the encapsulation of the packet at hand. */
void emitter_note_encapsulation(struct emitter *e);

/* An observation of the packet at hand; without one, of the flow's last packet as `now` names it.
 * f may be NULL. */
void emitter_send(
    struct emitter *e, const struct flow *f, const char *protocol, const struct fact *fact);
/* The same for a flow whose last packet is gone: evidence and encapsulation are given. */
void emitter_send_late(struct emitter *e, const struct flow *f, const char *protocol,
    const struct fact *fact, const struct evidence *seen, const char *encapsulation);
/* "vlan 100 > gre > vxlan 42", outermost first; empty for none. */
void evidence_encapsulation(const struct packet *p, char *out, size_t size);

#endif
