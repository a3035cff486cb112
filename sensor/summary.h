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

/* packets NULL: observations were read instead of packets. verbose: also each parser's counts. */
void summary_print(FILE *to, const struct pipeline_summary *packets,
    const struct analyst_summary *analysis, bool verbose);

#endif
