/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What outlives the process: accounts, sites, devices, leases, ties, findings, cases, what
 * detectors remember, open sessions and what waits to be judged, from memory to a state file and
 * back.
 *
 * Only what changed is stored, each time in one transaction: a subject with all that belongs to it.
 * Times are those of packets. Names that were only attempted, and the names that addresses were
 * looked up as, are not kept.
 */
#ifndef SENSOR_STATE_H
#define SENSOR_STATE_H

#include "account.h"
#include "finding.h"

#define STATE_LISTS 3 /* of what waits to be judged */

struct state;
struct analyst;
struct underway;
struct underway_session;

/* What is stored, all of it borrowed but for the clock. */
struct state_of {
    const struct config *config;
    const struct geoip *geoip; /* places are looked up again */
    struct accounts *accounts;
    struct findings *findings;
    struct underway_session *sessions; /* open ones; NULL: none */
    struct underway *waiting[STATE_LISTS];
    /* Takes one back, the accounts being there; false: there is no room. NULL: they are left out.
     */
    bool (*restore_session)(struct analyst *a, const struct underway_session *row);
    bool (*restore_waiting)(struct analyst *a, const struct underway *row);
    struct analyst *analyst;
    bool has_time;
    int64_t now_us; /* the analyst's clock */
};

/* NULL after a message in error that names the file and what to do. */
struct state *state_open(const char *path, bool writes, char *error, size_t error_size);
void state_close(struct state *s);
/* Commits no longer wait for the disk: for a sensor that stores once a second. After privileges are
 * given up. */
void state_start_thread(struct state *s);

/* Fills empty tables and the clock, and has changes kept from then on. 0, or -1. */
int state_load(struct state *s, struct state_of *of);
/* Stores what changed; when `last`, the clock too if that is all that did. 0, or -1: nothing was,
 * and it is tried again with the next. */
int state_save(struct state *s, const struct state_of *of, bool last);
/* Why a load or save failed; names the file and what to do. */
const char *state_error(const struct state *s);

#endif
