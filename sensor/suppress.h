/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The operator's exceptions, matched when an alert is written. All that an entry says must hold.
 * Hits are counted; entries that never hit are reported at the end.
 */
#ifndef SENSOR_SUPPRESS_H
#define SENSOR_SUPPRESS_H

#include "../conf/config.h"
#include "../geoip/geoip.h"

struct suppress;

/* What an alert is about. NULL or 0 = it has none. */
struct suppress_question {
    const char *detector;
    const char *account_key; /* as account_key() makes it */
    const char *site, *domain;
    const struct in6_addr *addresses;
    unsigned address_count;
    uint16_t ports[2];
    int64_t time_us;
};

struct suppress *suppress_open(const struct config *config, const struct geoip *geoip);
void suppress_close(struct suppress *s);
/* True, and counted, when an entry holds. */
bool suppress_holds(struct suppress *s, const struct suppress_question *q);
uint64_t suppress_hits(const struct suppress *s);
void suppress_report(
    const struct suppress *s, void (*line)(void *context, const char *text), void *context);

#endif
