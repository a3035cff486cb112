/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One line of JSON back into the observation that it was written from.
 */
#ifndef SENSOR_OUTPUT_OBSERVATION_READ_H
#define SENSOR_OUTPUT_OBSERVATION_READ_H

#include "../observation.h"

/* NULL and *out filled; or a text that says what is wrong, *out untouched. Keys that are not known
 * add to *unknown and are ignored. All text is cleaned; `order` is left 0. */
const char *observation_read_json(
    const void *line, size_t n, struct observation *out, uint64_t *unknown);

#endif
