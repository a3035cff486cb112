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
/* --list-tools: name, class, and the signs that name it. */
void geo_list_tools(FILE *to);

#endif
