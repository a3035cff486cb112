/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A word is, from its upper end: 40 bits of the hash of both addresses, the tool's row + 1, the
 * minute of the answer. Minutes wrap after three days, and an answer of exactly then seems new; it
 * was an answer all the same.
 */
#include "resolved.h"
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define SLOT_BITS 12
#define TOOL_BITS 12
#define MINUTE_BITS 12
#define TAG_SHIFT (TOOL_BITS + MINUTE_BITS)
#define MASK(bits) ((UINT64_C(1) << (bits)) - 1)
#define MINUTE_US INT64_C(60000000)
#define FRESH_MINUTES 60u
#define MIX UINT64_C(0x9e3779b97f4a7c15) /* 2^64 by the golden ratio */

/* By the vendors' documents. */
static const char *const webrtc[] = { "Chrome Remote Desktop", "Getscreen" };

struct resolved {
    _Atomic uint64_t slots[1u << SLOT_BITS];
};

static uint64_t
hash(const struct in6_addr *client, const struct in6_addr *address)
{
    uint64_t half[4], h = 0;

    memcpy(half, client, sizeof *client);
    memcpy(half + 2, address, sizeof *address);
    for (unsigned i = 0; i < 4; i++) {
        h = (h ^ half[i]) * MIX;
        h ^= h >> 32;
    }
    return h;
}

static uint64_t
minute(int64_t time_us)
{
    return (uint64_t)(time_us / MINUTE_US) & MASK(MINUTE_BITS);
}

static void
learn(struct resolved *r, const struct in6_addr *client, const struct in6_addr *address,
    const struct list_tool *tool, int64_t time_us)
{
    uint64_t h = hash(client, address), row;
    unsigned count;

    row = (uint64_t)(tool - list_tools(&count)) + 1;
    if (row <= MASK(TOOL_BITS))
        atomic_store_explicit(&r->slots[h & MASK(SLOT_BITS)],
            h >> TAG_SHIFT << TAG_SHIFT | row << MINUTE_BITS | minute(time_us),
            memory_order_relaxed);
}

void
resolved_learn(struct resolved *r, const struct in6_addr *client, const struct in6_addr *address,
    const struct list_tool *tool, int64_t time_us)
{
    learn(r, client, address, tool, time_us);
    for (size_t i = 0; i < sizeof webrtc / sizeof webrtc[0]; i++)
        if (strcmp(tool->name, webrtc[i]) == 0)
            learn(r, client, &in6addr_any, tool, time_us);
}

const struct list_tool *
resolved_find(const struct resolved *r, const struct in6_addr *client,
    const struct in6_addr *address, int64_t now_us)
{
    uint64_t h = hash(client, address);
    uint64_t word = atomic_load_explicit(&r->slots[h & MASK(SLOT_BITS)], memory_order_relaxed);
    uint64_t row = word >> MINUTE_BITS & MASK(TOOL_BITS);
    uint64_t age = (minute(now_us) - word) & MASK(MINUTE_BITS);
    unsigned count;
    const struct list_tool *tools = list_tools(&count);

    if ((word ^ h) >> TAG_SHIFT != 0 || row == 0 || row > count || age > FRESH_MINUTES)
        return NULL;
    return &tools[row - 1];
}

const struct list_tool *
resolved_find_webrtc(const struct resolved *r, const struct in6_addr *client, int64_t now_us)
{
    return resolved_find(r, client, &in6addr_any, now_us);
}

struct resolved *
resolved_open(void)
{
    return calloc(1, sizeof(struct resolved));
}

void
resolved_close(struct resolved *r)
{
    free(r);
}
