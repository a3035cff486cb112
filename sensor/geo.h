/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Joins what the folders below keep apart: the configuration's databases and the shipped lists make
 * one geoip.
 */
#ifndef SENSOR_GEO_H
#define SENSOR_GEO_H

#include "../conf/config.h"
#include "../geoip/geoip.h"

/* NULL with a message in error. The caller closes it with geoip_close(). */
struct geoip *geo_open(const struct config *config, char *error, size_t error_size);
/* A line for each configured database that was built more than 30 days before now_s: addresses
 * move. */
void geo_say_age(const struct geoip *g, int64_t now_s,
    void (*line)(void *context, const char *text), void *context);
/* --list-tools: name, class, and the signs that name it. */
void geo_list_tools(FILE *to);

#endif
