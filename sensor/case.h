/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Cases: all findings on one account or site, scored together.
 *
 * The sum is of natural log-odds. Findings of the other side (an account's sites, a site's
 * accounts) enter too: a site's own at half weight, of the accounts the strongest of
 * each family. Within a family the strongest counts in full, each further one at half.
 */
#ifndef SENSOR_CASE_H
#define SENSOR_CASE_H

#include "finding.h"

#define CASE_PARTS 64
#define CASE_SUMMARY 1024

/* One weight that enters a sum. */
struct case_part {
    const struct finding *finding; /* NULL: a flag of the roster */
    const struct config_flag *flag;
    const char *name; /* the detector's, or "roster-flag" */
    enum finding_family family;
    double share; /* of its weight, which enters here: 1, or less when it is of the other side */
    double weight, counted;
};

/* A case as it stands. */
struct case_view {
    uint64_t id;
    struct case_part parts[CASE_PARTS];
    unsigned count, families;
    double sum;
    int score;
    bool is_case;
    enum config_severity severity; /* when it is one */
    int64_t first_us, last_us;
    char summary[CASE_SUMMARY];
};

struct cases;

struct cases_request {
    const struct config *config;
    const struct geoip *geoip;
    struct accounts *accounts;
    struct suppress *suppress;
    void (*alert)(void *context, const struct alert *a);
    void *context;
};

struct cases *cases_open(const struct cases_request *request);
void cases_close(struct cases *t);
/* The finding changed: its subject, and whoever shares it, is to be scored. */
void cases_touch(struct cases *t, struct finding *f, int64_t now_us);
/* Scores what was touched; after all detectors of an observation. */
void cases_settle(struct cases *t, int64_t now_us);
/* Last documents of cases whose score changed, by first sighting and id. */
void cases_finish(struct cases *t, int64_t now_us);
/* How the account or the site scores now, case or not. */
void cases_view(const struct cases *t, struct account *a, struct site *s, int64_t now_us,
    struct case_view *out);
/* The subject goes. */
void cases_drop(struct cases *t, struct account *a, struct site *s, int64_t now_us);

/* The arithmetic alone: merges one detector's weights to its highest, sorts by family and weight,
 * fills counted, returns the sum. *count shrinks by what was merged. */
double case_sum(struct case_part *parts, unsigned *count);

#endif
