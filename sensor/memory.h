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

#include <stddef.h>

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

#endif
