/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is written out: a finding or a case that reached its threshold, in the form that every
 * output shares.
 *
 * Pointers are borrowed for the duration of the call that hands the alert on. NULL, 0 or an empty
 * list = the key is left out.
 */
#ifndef SENSOR_ALERT_H
#define SENSOR_ALERT_H

#include "../conf/config.h"
#include "../geoip/geoip.h"

#define ALERT_PACKETS 10 /* further packets that an aggregate's evidence may name */

struct alert_evidence {
    const char *what, *value;
    const char *protocol; /* source: { */
    uint64_t flow;        /* 0 = none */
    const char *encapsulation;
    const char *capture;
    uint64_t packet;
    uint64_t packets[ALERT_PACKETS];
    unsigned packet_count; /* } */
};

struct alert_geo {
    struct in6_addr address;
    const struct geoip_place *place;
};

struct alert_finding {
    const char *alert; /* detector */
    uint64_t id;
    double weight, counted;
    int64_t first_seen_us, last_seen_us;
    uint64_t count;
};

struct alert {
    const char *name; /* the detector's, "case", or "health" */
    uint64_t id;      /* 16 hex digits when written */
    bool is_update;
    int64_t time_us, first_seen_us, last_seen_us;
    uint64_t count;
    enum config_severity severity;
    int score; /* 0-100 */
    const char *sensor;
    struct {
        const char *account, *contractor, *site, *device;
        const char *const *accounts; /* when several */
        unsigned account_count;
    } subject;
    const char *summary;
    const struct alert_evidence *evidence;
    unsigned evidence_count;
    const struct alert_geo *geo;
    unsigned geo_count;
    const char *const *attack;
    unsigned attack_count;
    const char *const *references;
    unsigned reference_count;
    const char *action;
    const struct alert_finding *findings;
    unsigned finding_count;
    double capture_loss_pct; /* > 0 = packets were lost in capture */
};

#endif
