/* SPDX-License-Identifier: BSD-2-Clause
 *
 * When the two ends of something spoke: seconds and minutes of one window of packet time, and how
 * even the gaps between the client's packets are. Windows begin at multiples of their length since
 * 1970, so that those of different flows lie side by side.
 *
 * Only packets with payload count: acknowledgements are nobody's doing.
 */
#ifndef SENSOR_ACTIVITY_H
#define SENSOR_ACTIVITY_H

#include "../parsers/fact.h"

#define ACTIVITY_MINUTES 10
#define ACTIVITY_WINDOW_S (ACTIVITY_MINUTES * 60)
#define ACTIVITY_PACKETS_MAX 255 /* a minute; so many or more */

struct activity_gaps {
    uint32_t count;
    int64_t mean_us, deviation_us, longest_us; /* deviation: the standard one */
};

struct activity {
    int64_t window;                            /* in windows since 1970 */
    bool is_begun;                             /* something was added to the window */
    uint8_t seconds[2][ACTIVITY_WINDOW_S / 8]; /* a bit each: payload from the client, to it */
    uint8_t packets[2][ACTIVITY_MINUTES];      /* with payload */
    uint32_t bytes[ACTIVITY_MINUTES];          /* of them, both ways, as counted by the caller */
    /* between the client's packets, over window bounds */
    int64_t last_us, longest_us;
    uint32_t gap_count;
    double gap_sum_us, gap_squares;
};

/* True when the time lies in a later window than what was added: tell it, then activity_turn(). */
bool activity_is_over(const struct activity *a, int64_t time_us);
/* Forgets the window's content; the gap that is open goes on. */
void activity_turn(struct activity *a);
/* One packet, direction 0 from the client. What belongs to an earlier window is left out. */
void activity_add(struct activity *a, unsigned direction, uint32_t bytes, int64_t time_us);
/* The two halves of it: which seconds, and how much a minute. */
void activity_add_second(struct activity *a, unsigned direction, int64_t time_us);
void activity_add_packet(struct activity *a, unsigned direction, uint32_t bytes, int64_t time_us);

/* Adds `bins` and `gaps` to a fact: bins.start is the window's first second since 1970; bins.out
 * and bins.in are hexadecimal digits, four seconds each, the earliest in the highest bit;
 * bins.packets-out, -in and kilobytes are two digits a minute, of kilobytes 255 is so many or
 * more. Zeros at the end are left out. */
void activity_fact(const struct activity *a, struct fact *f);
/* Reads the same back. False: the fact has no bins, or what they say is none. */
bool activity_read(const struct fact *f, struct activity *a, struct activity_gaps *gaps);

#endif
