/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which of many overlapping prefixes speaks for an address: the one of the highest rank, of equal
 * ranks the longest, of equal lengths the one added first.
 *
 * Prefixes are added in any order, then sealed into flat sorted tables of disjoint ranges; a
 * look-up is one binary search.
 */
#ifndef GEOIP_PREFIX_H
#define GEOIP_PREFIX_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#define PREFIX_NONE UINT32_MAX

struct prefix_table;

struct prefix_table *prefix_new(void); /* NULL: out of memory */
void prefix_free(struct prefix_table *t);

/* bits of 128; host bits are ignored; value is what a look-up returns (not PREFIX_NONE). 0, or -1
 * when out of memory, sealed, or bits > 128. */
int prefix_add(struct prefix_table *t, const struct in6_addr *address, unsigned bits, unsigned rank,
    uint32_t value);
/* 0, or -1 when out of memory. A table may be sealed once; nothing can be added after. */
int prefix_seal(struct prefix_table *t);

/* PREFIX_NONE when no prefix holds the address. The table must be sealed. */
uint32_t prefix_find(const struct prefix_table *t, const struct in6_addr *address);

#endif
