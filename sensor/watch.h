/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Networks that matter by themselves: the published DPRK ranges and those of the indicator files.
 *
 * The packet side asks watch_holds() for each new public address of an established flow, so that
 * the analysis hears of these few only; the detectors ask which entry it was.
 */
#ifndef SENSOR_WATCH_H
#define SENSOR_WATCH_H

#include "../conf/config.h"
#include "../geoip/geoip.h"

enum watch_kind { WATCH_DPRK, WATCH_TRANSTELECOM, WATCH_EXIT, WATCH_INDICATOR, WATCH_KIND_COUNT };

struct watch_entry {
    enum watch_kind kind;
    char name[64];       /* the network or ASN as text: "175.45.176.0/22", "AS131279" */
    char source[128];    /* who published it */
    int64_t reported_us; /* when, for entries that age; 0 when not said */
    unsigned indicator;  /* index into config->indicators */
};

struct watch; /* immutable once open; any number of threads may read it */

/* Both are borrowed. NULL when memory is short. */
struct watch *watch_open(const struct config *config, const struct geoip *geoip);
void watch_close(struct watch *w);
bool watch_holds(const struct watch *w, const struct in6_addr *address);
/* The entry of the longest prefix, else of the ASN; indicators and DPRK lists apart. NULL: none. */
const struct watch_entry *watch_dprk(const struct watch *w, const struct in6_addr *address);
const struct watch_entry *watch_indicator(const struct watch *w, const struct in6_addr *address);

#endif
