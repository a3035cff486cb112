/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What the analysis has under way: sessions that are open, and what waits to be judged until a
 * minute has passed, since a login may come that explains it. Stored with the rest, so that a
 * restart goes on with both.
 */
#ifndef SENSOR_UNDERWAY_H
#define SENSOR_UNDERWAY_H

#include "change.h"
#include "observation.h"
#include "resumed.h"
#include <uthash.h>

struct underway_session {
    struct change change;
    struct resumed as; /* its flow, which is the key; first_us 0: a name alone, of no flow */
    uint64_t lease;    /* of an access session: the login that it carries */
    uint64_t holder;   /* of any other: the login that its end inside had first */
    int64_t start_us;
    bool is_access, is_reported, is_controlled, has_far;
    bool is_refused;            /* an access session whose login failed so far */
    bool is_proven;             /* an access session that is no mere visit or guess */
    bool is_exposed, is_tunnel; /* told of it: join_ways.c */
    bool has_driver;            /* has_far, and from there the end is driven */
    bool is_driven;             /* an end that is watched, by packets of the direction `input` */
    bool is_restored;           /* the last run's, of which this one has not heard yet */
    unsigned input;
    struct in6_addr driven;
    uint64_t uploaded; /* bytes out that were counted */
    UT_hash_handle hh;
};

enum underway_kind {
    UNDERWAY_ACCESS,  /* a way into the company, that waits for its login */
    UNDERWAY_FLOW,    /* a flow with a watched network, too */
    UNDERWAY_RTT,     /* how far the outside address is, too */
    UNDERWAY_OVERLAP, /* a login whose least overlap with others is still to pass */
    UNDERWAY_CALLER   /* who asked for a way to a device, before its session came in */
};

struct underway {
    struct change change;
    enum underway_kind kind;
    struct in6_addr address; /* outside; of a caller, his */
    uint64_t lease;          /* OVERLAP */
    int64_t due_us;
    bool is_told;    /* ACCESS: a flow of the same session has spoken for it */
    bool is_refused; /* ACCESS: who knocked and was not let in has no session */
    bool is_proven;  /* ACCESS: as in its session */
    struct observation observation;
    struct underway *prev, *next;
};

#endif
