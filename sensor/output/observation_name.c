/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A table of all names by their hash, made at the first question: a line has a dozen names, and
 * comparing each with all would take half of the time of reading it.
 */
#include "observation_name.h"
#include <pthread.h>
#include <stdint.h>
#include <string.h>

#define SLOT_COUNT 256u /* a power of two, some four times the names: few share a slot */

static const char *const field_names[FIELD_COUNT] = {
    [FIELD_TIME] = "time",
    [FIELD_KIND] = "kind",
    [FIELD_PROTOCOL] = "protocol",
    [FIELD_CAPTURE] = "capture",
    [FIELD_PACKET] = "packet",
    [FIELD_FLOW] = "flow",
    [FIELD_SOURCE] = "source",
    [FIELD_SOURCE_PORT] = "source-port",
    [FIELD_DESTINATION] = "destination",
    [FIELD_DESTINATION_PORT] = "destination-port",
    [FIELD_ENCAPSULATION] = "encapsulation",
    [FIELD_TRANSPORT] = "transport",
};

struct slot {
    const char *name; /* NULL: free */
    size_t length;
    struct observation_name meaning;
};

_Static_assert(FIELD_COUNT + KEY_COUNT < SLOT_COUNT, "a search must meet a free slot");

static struct slot slots[SLOT_COUNT];
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* The slot that holds the name, or the free one where it belongs. FNV-1a, 32 bits. */
static struct slot *
find_slot(const char *name, size_t n)
{
    uint32_t at = 2166136261u;

    for (size_t i = 0; i < n; i++)
        at = (at ^ (uint8_t)name[i]) * 16777619u;
    for (;; at++) {
        struct slot *s = &slots[at % SLOT_COUNT];

        if (s->name == NULL || (s->length == n && memcmp(s->name, name, n) == 0))
            return s;
    }
}

static void
add(const char *name, enum observation_field field, enum fact_key key)
{
    *find_slot(name, strlen(name)) = (struct slot){
        .name = name, .length = strlen(name), .meaning = { .field = field, .key = key }
    };
}

/* A field's name goes before a key's. */
static void
fill_slots(void)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        add(fact_key_name((enum fact_key)key), FIELD_COUNT, (enum fact_key)key);
    for (int f = 0; f < FIELD_COUNT; f++)
        add(field_names[f], (enum observation_field)f, KEY_NONE);
}

struct observation_name
observation_name_find(const char *name, size_t n)
{
    static const struct observation_name none = { .field = FIELD_COUNT, .key = KEY_NONE };
    const struct slot *s;

    (void)pthread_once(&once, fill_slots);
    s = find_slot(name, n);
    return s->name == NULL ? none : s->meaning;
}
