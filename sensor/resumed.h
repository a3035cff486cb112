/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A session that was open when the last run ended: what the packet side needs to know its flow by,
 * and what it told of it.
 */
#ifndef SENSOR_RESUMED_H
#define SENSOR_RESUMED_H

#include "activity.h"

/* An open session is heard of at the end of each window at the latest. */
#define RESUMED_LATE_US ((int64_t)ACTIVITY_WINDOW_S * 1000000)

struct resumed {
    struct in6_addr address[2]; /* originator, responder */
    unsigned port[2], transport;
    uint64_t flow;             /* its id */
    int64_t first_us, last_us; /* of the flow */
    uint64_t bytes[2], packets[2];
    uint32_t rekeys;
    bool is_direct, has_controller;
    struct in6_addr controller;
    char tool[64], protocol[24], state[16], sign[16]; /* as told */
};

/* Whether its flow has ended by then, when nothing was heard of it since. */
static inline bool
resumed_is_over(const struct resumed *r, int64_t idle_us, int64_t now_us)
{
    return now_us - r->last_us >= idle_us + RESUMED_LATE_US;
}

#endif
