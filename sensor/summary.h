/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a run did, for a reader: aligned lines of what was seen and said, then whatever was dropped
 * or not understood.
 */
#ifndef SENSOR_SUMMARY_H
#define SENSOR_SUMMARY_H

#include "analyst.h"
#include "pipeline.h"
#include <stdio.h>

/* packets NULL: observations were read instead of packets. To standard error, with each parser's
 * counts at LOG_VERBOSE; at LOG_QUIET only that nothing was decoded. */
void summary_print(const struct pipeline_summary *packets, const struct analyst_summary *analysis);
void summary_write(FILE *to, const struct pipeline_summary *packets,
    const struct analyst_summary *analysis, bool verbose);

#endif
