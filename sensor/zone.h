/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Local days from the system's time zone database, without touching the process's own zone.
 */
#ifndef SENSOR_ZONE_H
#define SENSOR_ZONE_H

#include <stdint.h>

struct zone; /* immutable; any number of threads may read it */

/* NULL when the zone is not installed or its file is damaged: UTC is used then. */
struct zone *zone_open(const char *name);
void zone_close(struct zone *z);
/* Seconds east of UTC at that time; z NULL = 0. */
int32_t zone_offset_s(const struct zone *z, int64_t time_us);
/* Days since 1970-01-01 of the local date; z NULL = UTC. */
int64_t zone_day(const struct zone *z, int64_t time_us);

#endif
