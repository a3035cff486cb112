/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What detectors remember of an account, site or device: one block of plain bytes each, zeroed when
 * made, freed with its owner, and stored with it.
 *
 * A block holds no pointers, so that it can be kept as bytes between runs. Blocks grow with the
 * number of subjects: keep days as counters, not as lists of events.
 */
#ifndef SENSOR_MEMORY_H
#define SENSOR_MEMORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define MEMORY_BLOCK_MOST 16384u /* bytes: with 100 000 accounts, 1.6 GB a detector at worst */

struct memory {
    struct memory *next;
    const char *detector; /* borrowed from its table */
    size_t size;
    max_align_t bytes[];
};

/* The detector's block of that list, made when absent. NULL: memory is short, size is 0 or beyond
 * the most, or not the one that the block was made with. */
void *memory_take(struct memory **list, const char *detector, size_t size);
/* NULL when absent. */
void *memory_find(struct memory *const *list, const char *detector);
void memory_free(struct memory **list);

/* What a block is made of, so that it can be kept in one byte order: every member stands in the
 * table, which a test holds against the size. MEMORY_END ends it. */
struct memory_field {
    size_t offset, size; /* size: of one */
    unsigned count;
    bool is_number; /* of 2, 4 or 8 octets; else octets, text or a flag */
    const struct memory_field *parts;
};

#define MEMORY_SIZE_OF(type, member) sizeof(((type *)0)->member)
#define MEMORY_NUMBER(type, member)                                                                \
    {                                                                                              \
        offsetof(type, member), MEMORY_SIZE_OF(type, member), 1, true, NULL                        \
    }
#define MEMORY_BYTES(type, member)                                                                 \
    {                                                                                              \
        offsetof(type, member), MEMORY_SIZE_OF(type, member), 1, false, NULL                       \
    }
#define MEMORY_PART(type, member, parts)                                                           \
    {                                                                                              \
        offsetof(type, member), MEMORY_SIZE_OF(type, member), 1, false, parts                      \
    }
/* An array of structs. */
#define MEMORY_EACH(type, member, parts)                                                           \
    {                                                                                              \
        offsetof(type, member), MEMORY_SIZE_OF(type, member[0]),                                   \
            MEMORY_SIZE_OF(type, member) / MEMORY_SIZE_OF(type, member[0]), false, parts           \
    }
#define MEMORY_END                                                                                 \
    {                                                                                              \
        0, 0, 0, false, NULL                                                                       \
    }

/* Between the machine's byte order and little-endian, which files have; and back. */
void memory_order(void *bytes, const struct memory_field *fields);
/* Turns every number round, whatever the machine: for memory_order() and its test. */
void memory_reverse(void *bytes, const struct memory_field *fields);

#endif
