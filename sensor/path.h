/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The shortest round trips to the addresses that somebody came from, by whose clock they were
 * taken. Of many samples the least counts: queues and busy machines only add.
 *
 * Plain old data without pointers: detectors keep it in a subject's memory.
 */
#ifndef SENSOR_PATH_H
#define SENSOR_PATH_H

#include "claim.h"

#define PATH_EXCHANGE 40
#define PATHS 2 /* addresses remembered of one subject; the least recently used goes */

enum path_clock {
    PATH_TCP,         /* the handshake of a TCP connection: to whoever ends it */
    PATH_TUNNEL,      /* of a VPN's own handshake */
    PATH_APPLICATION, /* TLS, SSH, HTTP over TCP: to the program behind */
    PATH_INNER,       /* TCP inside of a tunnel */
    PATH_CLOCKS
};

struct path {
    struct in6_addr address;
    int64_t last_us;
    struct path_time {
        int64_t least_us;
        unsigned count;
        uint64_t flow;                /* of the newest sample */
        char exchange[PATH_EXCHANGE]; /* of the least: "TLS 1.3, finished" */
        struct claim_source source;   /* of the least */
    } by[PATH_CLOCKS];
};

struct paths {
    struct path list[PATHS];
};

extern const struct memory_field paths_memory[];

/* By the vocabulary's word for a layer; PATH_CLOCKS for one that is none of these. */
enum path_clock path_clock_of(const char *layer);
struct path *path_touch(struct paths *t, const struct in6_addr *address, int64_t now_us);
/* Takes a sample in; several of one flow count once. */
void path_add(struct path *p, enum path_clock clock, int64_t rtt_us, const struct observation *o);

#endif
