/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The minutes in which somebody was at work, of the last two days: a minute with six payload
 * packets or more of the client in a desktop, SSH, web, mail or call flow; of a tunnel seen from
 * outside, thirty packets and 20 kB, both ways together. A parked tunnel's keep-alives are less.
 *
 * Plain old data without pointers: detectors keep it in a subject's memory.
 */
#ifndef SENSOR_MINUTES_H
#define SENSOR_MINUTES_H

#include "activity.h"
#include "memory.h"
#include <stdbool.h>

#define MINUTES_SPAN (48 * 60)
#define MINUTES_DESK 64 /* newest minutes whose web and mail packets are still being added up */

struct minutes {
    int64_t newest;                 /* in minutes since 1970; 0: none yet */
    uint8_t bits[MINUTES_SPAN / 8]; /* by minute % MINUTES_SPAN */
    uint8_t desk[MINUTES_DESK];     /* by minute % MINUTES_DESK; ends at 255 */
    int64_t desk_newest;
};

extern const struct memory_field minutes_memory[];

struct minutes_policy {
    double packets, tunnel_packets, tunnel_bytes;
};
/* The policy's keys, for the end of a detector's table; in this order. */
#define MINUTES_KEYS                                                                               \
    { "interactive-packets", CONFIG_NUMBER, 6, "packets", "a minute: keep-alives are fewer" },     \
        { "tunnel-packets", CONFIG_NUMBER, 30, "packets", "a minute: of a tunnel, both ways" },    \
    {                                                                                              \
        "tunnel-bytes", CONFIG_NUMBER, 20000, "bytes", "a minute: of a tunnel, both ways"          \
    }
#define MINUTES_KEY_COUNT 3
/* From the key array, at the first of the three. */
struct minutes_policy minutes_policy_of(const double *keys);

enum minutes_source { MINUTES_HANDS, MINUTES_TUNNEL, MINUTES_WEB };

/* Whether each minute of ten was interactive by what this observation tells; web and mail packets
 * of several observations of one device add up in *m. */
void minutes_look(struct minutes *m, const struct activity *a, enum minutes_source source,
    const struct minutes_policy *policy, bool out[ACTIVITY_MINUTES]);
/* Takes one in; false when it was known already, or is too old. */
bool minutes_add(struct minutes *m, int64_t minute);
/* The first minute of the row that ends at the newest, with no pause of more than max_gap minutes
 * in it. */
int64_t minutes_row_start(const struct minutes *m, unsigned max_gap);

#endif
