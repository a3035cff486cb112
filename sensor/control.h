/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Whether somebody drives a machine through a session: much goes out (the screen), little but
 * steady comes in (keys and mouse).
 *
 * The rule of remote-control: over >= 60 s and >= 100 kB of payload, screen : input
 * over 5 : 1, and input packets (payload under 400 bytes) in >= 30 % of the 1 s bins, in any window
 * of 5 minutes. Each number is a key of that detector; these are the defaults. The ratio keeps
 * typing in a chat apart, the bins keep a download apart. A datagram protocol that acknowledges in
 * its payload can look like input.
 */
#ifndef SENSOR_CONTROL_H
#define SENSOR_CONTROL_H

#include <stdbool.h>
#include <stdint.h>

#define CONTROL_SLOTS 30  /* a window's parts */
#define CONTROL_SLOT_S 16 /* of which each lasts this long at most: its seconds are bits */
#define CONTROL_WINDOW_US ((int64_t)CONTROL_SLOTS * CONTROL_SLOT_S * 1000000) /* the longest */

struct control_policy {
    int64_t window_us;        /* 5 minutes; rounded up to slots of whole seconds */
    int64_t span_us;          /* 60 s */
    uint64_t bytes;           /* 100 kB */
    double screen_to_input;   /* 5 */
    double input_bins;        /* 0.3 */
    uint32_t input_max_bytes; /* 400 */
};
/* The rule's numbers, for an initialiser. */
#define CONTROL_POLICY_DEFAULT                                                                     \
    {                                                                                              \
        .window_us = 300000000, .span_us = 60000000, .bytes = 100000, .screen_to_input = 5,        \
        .input_bins = 0.3, .input_max_bytes = 400                                                  \
    }

struct control {
    int64_t first_us, last_us;
    int64_t slot_us;                   /* how long a slot lasts */
    int64_t slot;                      /* the slot being filled, in slots since 1970 */
    uint32_t bytes[CONTROL_SLOTS][2];  /* ends at UINT32_MAX */
    uint16_t inputs[CONTROL_SLOTS][2]; /* a bit for each second with an input packet */
};

enum control_screen { CONTROL_NONE = -1, CONTROL_SCREEN_FROM_CLIENT, CONTROL_SCREEN_FROM_SERVER };

void control_begin(struct control *c, const struct control_policy *policy, int64_t time_us);
/* Takes a payload packet of one direction (0 from the client). The windows are looked at whenever
 * a slot is full; the answer says which end's screen goes out under whose input. */
enum control_screen control_add(struct control *c, const struct control_policy *policy,
    unsigned direction, uint32_t payload_bytes, int64_t time_us);
/* The same look at the end of the session. */
enum control_screen control_look(const struct control *c, const struct control_policy *policy);

#endif
