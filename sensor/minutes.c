/* SPDX-License-Identifier: BSD-2-Clause */
#include "minutes.h"
#include <string.h>

const struct memory_field minutes_memory[] = {
    MEMORY_NUMBER(struct minutes, newest),
    MEMORY_BYTES(struct minutes, bits),
    MEMORY_BYTES(struct minutes, desk),
    MEMORY_NUMBER(struct minutes, desk_newest),
    MEMORY_END,
};

struct minutes_policy
minutes_policy_of(const double *keys)
{
    return (struct minutes_policy){
        .packets = keys[0], .tunnel_packets = keys[1], .tunnel_bytes = keys[2]
    };
}

/* The sum of a device's web and mail packets in that minute, so far. */
static unsigned
add_desk(struct minutes *m, int64_t minute, unsigned packets)
{
    uint8_t *sum = &m->desk[minute % MINUTES_DESK];

    if (minute > m->desk_newest) {
        if (minute - m->desk_newest >= MINUTES_DESK)
            memset(m->desk, 0, sizeof m->desk);
        else
            for (int64_t i = m->desk_newest + 1; i <= minute; i++)
                m->desk[i % MINUTES_DESK] = 0;
        m->desk_newest = minute;
    } else if (m->desk_newest - minute >= MINUTES_DESK) {
        return packets;
    }
    *sum = (uint8_t)(*sum + packets < UINT8_MAX ? *sum + packets : UINT8_MAX);
    return *sum;
}

void
minutes_look(struct minutes *m, const struct activity *a, enum minutes_source source,
    const struct minutes_policy *policy, bool out[ACTIVITY_MINUTES])
{
    for (unsigned i = 0; i < ACTIVITY_MINUTES; i++) {
        unsigned packets = a->packets[0][i];

        if (source == MINUTES_TUNNEL) {
            out[i] = packets + a->packets[1][i] >= policy->tunnel_packets &&
                     a->bytes[i] >= policy->tunnel_bytes;
            continue;
        }
        if (source == MINUTES_WEB)
            packets = add_desk(m, a->window * ACTIVITY_MINUTES + i, packets);
        out[i] = packets >= policy->packets;
    }
}

bool
minutes_add(struct minutes *m, int64_t minute)
{
    unsigned at = (unsigned)(minute % MINUTES_SPAN);
    uint8_t bit = (uint8_t)(1u << at % 8);

    if (minute <= 0 || minute <= m->newest - MINUTES_SPAN)
        return false;
    if (minute > m->newest) {
        if (minute - m->newest >= MINUTES_SPAN)
            memset(m->bits, 0, sizeof m->bits);
        else
            for (int64_t i = m->newest + 1; i <= minute; i++)
                m->bits[i % MINUTES_SPAN / 8] &= (uint8_t) ~(1u << i % MINUTES_SPAN % 8);
        m->newest = minute;
    }
    if ((m->bits[at / 8] & bit) != 0)
        return false;
    m->bits[at / 8] |= bit;
    return true;
}

int64_t
minutes_row_start(const struct minutes *m, unsigned max_gap)
{
    int64_t start = m->newest, oldest = m->newest - MINUTES_SPAN + 1;

    for (int64_t i = m->newest - 1; i > 0 && i >= oldest && start - i - 1 <= max_gap; i--)
        if ((m->bits[i % MINUTES_SPAN / 8] >> i % MINUTES_SPAN % 8 & 1) != 0)
            start = i;
    return start;
}
