/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What an address was looked up as: the last DNS answer for it, kept for flows that show no name of
 * their own. Bounded; the address not spoken of for longest goes first.
 */
#ifndef SENSOR_NAMES_H
#define SENSOR_NAMES_H

#include "claim.h"

#define NAMES_TEXT 128 /* longer names are cut from the left: the registered domain counts */

struct name_entry {
    char name[NAMES_TEXT];
    struct claim_source source; /* of the answer */
};

struct names;

/* `limit` addresses at once, at least 1. NULL when memory is short. */
struct names *names_open(uint32_t limit);
/* Takes an observation of kind name; only answers of the DNS that hold an address count. */
void names_learn(struct names *n, const struct observation *o);
/* Borrowed until the next names_learn(). NULL: nobody asked. */
const struct name_entry *names_find(const struct names *n, const struct in6_addr *address);
void names_close(struct names *n);

#endif
