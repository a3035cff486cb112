/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which accounts, sites, devices and what is under way changed since they were stored, and which
 * went.
 *
 * Each has a serial, unique among all of them for as long as a state file is kept, and an ordinal
 * of its last use: the order in which tables are read back.
 */
#ifndef SENSOR_CHANGE_H
#define SENSOR_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

enum change_of {
    CHANGE_ACCOUNT,
    CHANGE_SITE,
    CHANGE_DEVICE,
    CHANGE_SESSION,
    CHANGE_UNDERWAY,
    CHANGE_OF_COUNT
};

/* Part of its owner. */
struct change {
    struct changes *in;
    void *owner;
    uint64_t serial, used;
    enum change_of of;
    bool is_marked;
    struct change *prev, *next;
};

struct changes {
    bool is_kept;          /* else nothing is marked, for nobody stores it */
    bool is_whole;         /* so much went that all is to be stored anew */
    uint64_t serial, used; /* the last ones given */
    struct change *marked;
    uint64_t *gone; /* serials */
    unsigned gone_count, gone_room;
};

/* A new owner, with the next serial. */
void change_begin(struct changes *in, struct change *c, enum change_of of, void *owner);
/* The owner is the most recently used of its table. */
void change_use(struct change *c);
void change_mark(struct change *c);
/* The owner goes. */
void change_end(struct change *c);

/* All that was marked is stored. */
void changes_clear(struct changes *in);
void changes_free(struct changes *in);

#endif
