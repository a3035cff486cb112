/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Windows of a fifth to the whole of the longest (1 to 5 minutes) that end at the newest slot are
 * tried, one slot longer since the newest is not full yet, so that both a short burst and a slow
 * session are seen, and a tool left open all day as well.
 */
#include "control.h"
#include <string.h>

#define US_PER_S 1000000
#define WINDOW_STEP (CONTROL_SLOTS / 5)

struct sums {
    uint64_t bytes[2];
    unsigned input_bins[2];
};

static unsigned
ring(int64_t slot)
{
    return (unsigned)((slot + CONTROL_SLOTS) % CONTROL_SLOTS);
}

static void
add_slots(const struct control *c, int64_t from, int64_t to, struct sums *s)
{
    for (int64_t slot = from; slot < to; slot++)
        for (unsigned d = 0; d < 2; d++) {
            s->bytes[d] += c->bytes[ring(slot)][d];
            s->input_bins[d] += (unsigned)__builtin_popcount(c->inputs[ring(slot)][d]);
        }
}

static bool
is_driven(const struct sums *s, const struct control_policy *policy, unsigned screen, double bins)
{
    double out = (double)s->bytes[screen], in = (double)s->bytes[!screen];

    return out + in >= (double)policy->bytes && out > policy->screen_to_input * in &&
           (double)s->input_bins[!screen] >= policy->input_bins * bins;
}

enum control_screen
control_look(const struct control *c, const struct control_policy *policy)
{
    for (int64_t slots = WINDOW_STEP + 1; slots <= CONTROL_SLOTS + 1; slots += WINDOW_STEP) {
        int64_t width = slots < CONTROL_SLOTS ? slots : CONTROL_SLOTS;
        int64_t from_us = (c->slot - width + 1) * c->slot_us;
        struct sums s = { 0 };
        double bins;

        if (from_us < c->first_us)
            from_us = c->first_us;
        if (c->last_us - from_us < policy->span_us)
            continue;
        add_slots(c, c->slot - width + 1, c->slot + 1, &s);
        bins = (double)(c->last_us - from_us) / US_PER_S;
        if (is_driven(&s, policy, CONTROL_SCREEN_FROM_CLIENT, bins))
            return CONTROL_SCREEN_FROM_CLIENT;
        if (is_driven(&s, policy, CONTROL_SCREEN_FROM_SERVER, bins))
            return CONTROL_SCREEN_FROM_SERVER;
    }
    return CONTROL_NONE;
}

void
control_begin(struct control *c, const struct control_policy *policy, int64_t time_us)
{
    int64_t least = (int64_t)CONTROL_SLOTS * US_PER_S;
    int64_t window = policy->window_us > CONTROL_WINDOW_US ? CONTROL_WINDOW_US : policy->window_us;

    memset(c, 0, sizeof *c);
    c->first_us = c->last_us = time_us;
    c->slot_us = window <= least ? US_PER_S : (window + least - 1) / least * US_PER_S;
    c->slot = time_us / c->slot_us;
}

static void
turn_to(struct control *c, int64_t slot)
{
    int64_t from = c->slot + 1;

    if (slot - from >= CONTROL_SLOTS)
        from = slot - CONTROL_SLOTS + 1;
    for (int64_t s = from; s <= slot; s++) {
        memset(c->bytes[ring(s)], 0, sizeof c->bytes[0]);
        memset(c->inputs[ring(s)], 0, sizeof c->inputs[0]);
    }
    c->slot = slot;
}

enum control_screen
control_add(struct control *c, const struct control_policy *policy, unsigned direction,
    uint32_t payload_bytes, int64_t time_us)
{
    int64_t slot = time_us / c->slot_us;
    enum control_screen found = CONTROL_NONE;
    uint32_t *bytes;

    if (slot > c->slot) {
        found = control_look(c, policy);
        turn_to(c, slot);
    }
    if (time_us > c->last_us)
        c->last_us = time_us;
    bytes = &c->bytes[ring(c->slot)][direction];
    *bytes = payload_bytes < UINT32_MAX - *bytes ? *bytes + payload_bytes : UINT32_MAX;
    if (payload_bytes < policy->input_max_bytes) {
        unsigned second = (unsigned)(c->last_us % c->slot_us / US_PER_S);

        c->inputs[ring(c->slot)][direction] |= (uint16_t)(1u << second);
    }
    return found;
}
