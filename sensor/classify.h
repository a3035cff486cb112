/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What nDPI makes of a flow that no parser of ours has read. The only file that knows nDPI.
 *
 * One classifier a shard; its nDPI module is made when the first flow asks (13 ms, 5.5 MB). A
 * flow's nDPI state comes from a bounded pool and goes back once nDPI has decided or its share of
 * payload packets is used up. Ids of protocols change between nDPI releases: outside of this file
 * only names and this run's ids exist.
 */
#ifndef SENSOR_CLASSIFY_H
#define SENSOR_CLASSIFY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CLASSIFY_UNKNOWN 0 /* id of no protocol */

struct classifier;
struct classify_flow;

enum classify_host { HOST_NONE, HOST_DNS, HOST_MDNS, HOST_NBNS, HOST_HTTP, HOST_TLS };

/* Texts are borrowed from the state, NULL when there are none; raw bytes of the wire. */
struct classify_verdict {
    uint16_t master, app; /* CLASSIFY_UNKNOWN when not known; "tls" and "anydesk" */
    uint8_t category;     /* 0 when there is none */
    uint64_t risks;       /* nDPI's risk bits */
    enum classify_host host_kind;
    const char *host;
    const char *subject; /* of the server's certificate */
};

/* `states` at once at most. NULL when memory is short. */
struct classifier *classifier_open(uint32_t states);
/* A zeroed state for `owner`, or NULL when all are in use or nDPI cannot be set up. */
struct classify_flow *classify_begin(struct classifier *c, void *owner, int64_t time_us);
/* The owner of the state that is in use for longest, if it began before then; else NULL. */
void *classify_oldest(const struct classifier *c, int64_t before_us);
/* Reads one IP packet (header included). True when nDPI has decided, or has seen `most` packets: no
 * more is to be given. */
bool classify_packet(struct classifier *c, struct classify_flow *state, const uint8_t *ip,
    uint32_t captured, int64_t time_us, unsigned most);
/* What is known so far. */
void classify_look(const struct classify_flow *state, struct classify_verdict *out);
/* Asks nDPI for its best guess when nothing was decided. */
void classify_give_up(struct classifier *c, struct classify_flow *state);
/* Returns the state to the pool. NULL is nothing. */
void classify_end(struct classifier *c, struct classify_flow *state);

/* Lower-case name, "unknown" for an id that nDPI does not have. Lives as long as c. */
const char *classify_name(const struct classifier *c, uint16_t id);
/* nDPI's word for a category, "" for none; lives as long as c. */
const char *classify_category(const struct classifier *c, uint8_t category);
/* The category of a protocol that nDPI has by this name, in any case; 0 for none. For flows that it
 * was not asked for; sets nDPI up when no flow has yet. */
uint8_t classify_category_of(struct classifier *c, const char *name, size_t length);
/* The names of risk bits, ", " between them; what does not fit is left out whole. */
void classify_risks(uint64_t risks, char *out, size_t size);
uint64_t classifier_refused(const struct classifier *c); /* states refused at the limit */
void classifier_close(struct classifier *c);

/* "4.2"; of the library in use. */
const char *classify_version(void);

#endif
