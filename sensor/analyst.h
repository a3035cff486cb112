/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The analysis: observations in, alerts out. One thread; needs nothing of the packet side.
 *
 * Joins observations to accounts, sites, devices and leases (each table bounded by the
 * configuration), runs the detectors of sensor/detect/, keeps findings and scores cases. Its clock
 * is the highest observation time seen; it never runs back. The same observations in the same order
 * give the same alerts, byte for byte.
 */
#ifndef SENSOR_ANALYST_H
#define SENSOR_ANALYST_H

#include "alert.h"
#include "observation.h"
#include <stdio.h>

struct analyst;
struct resumed;
struct state;

struct analyst_request {
    const struct config *config; /* borrowed for the analyst's life */
    const struct geoip *geoip;   /* borrowed */
    void (*alert)(void *context, const struct alert *a);
    void *context;
};

struct analyst_summary {
    uint64_t observations, logins, accounts, sites, evicted, suppressed, clock_steps_back;
    uint64_t left_out;               /* earlier than what the state file has seen */
    uint64_t alerts[SEVERITY_COUNT]; /* first documents only */
    uint64_t updates;
};

struct analyst *analyst_open(const struct analyst_request *request);
void analyst_observe(struct analyst *a, const struct observation *o);
/* End of input: what waits is judged as things stand, last updates and cases are written. */
void analyst_finish(struct analyst *a);
/* End of input, of which another run goes on: last updates and cases are written, what waits goes
 * on waiting. Then analyst_save(); and analyst_finish(), when this run is to say what it makes of
 * that already: it is not stored, so that the next one may judge otherwise. */
void analyst_pause(struct analyst *a);

/* Goes on from a state file; before the first observation. Replayed observations that are earlier
 * than its last are left out, so that none counts twice; live it is the clock that was wrong. 0, or
 * -1: state_error() tells why. */
int analyst_load(struct analyst *a, struct state *s, bool is_live);
/* Stores what changed since; `last`: at the end. 0, or -1: it is tried again with the next. */
int analyst_save(struct analyst *a, struct state *s, bool last);
/* The sessions that are open, of the last run: what resume_open() takes. Their number. */
size_t analyst_get_open(const struct analyst *a, struct resumed *out, size_t room);
void analyst_get_summary(const struct analyst *a, struct analyst_summary *out);
/* Suppress entries never hit, one line each. */
void analyst_report_suppress(
    const struct analyst *a, void (*line)(void *context, const char *text), void *context);
void analyst_close(struct analyst *a);

/* --list: cases, accounts, sites or devices, as an aligned table or JSON lines. 0, or -1 when it
 * could not be written. */
bool analyst_has_list(const char *what);
int analyst_list(struct analyst *a, const char *what, bool json, FILE *to);
/* --explain: the whole reasoning behind an alert, by its id or a beginning of it that no other has.
 * 0, or -1: there is none, and to_errors has the nearest ids. */
int analyst_explain(const struct analyst *a, const char *id, FILE *to, FILE *to_errors);

/* The detectors' option table, for config_load; and --list-detectors (verbose: rule, keys with
 * defaults, units and sources, what it cannot see). */
const struct config_detector_spec *analyst_detector_specs(unsigned *count);
void analyst_list_detectors(FILE *to, bool verbose);

#endif
