/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How long it takes from a session's output to the next input: never less than the way to whoever
 * looks at the screen and back.
 */
#ifndef SENSOR_LAG_H
#define SENSOR_LAG_H

#include "../parsers/fact.h"

#define LAG_BINS 64
#define LAG_BIN_US 10000 /* the last bin holds all that is longer */

struct lag {
    int64_t output_us; /* of the newest output that no input followed yet; 0: none */
    uint32_t count;
    uint16_t bins[LAG_BINS];
};

/* A payload packet; output comes from the server. */
void lag_add(struct lag *l, bool is_output, int64_t time_us);
/* Adds `input-lag` to a fact: how many, and their 5th percentile (its bin's lower end). Nothing
 * when there was none. */
void lag_fact(const struct lag *l, struct fact *f);

#endif
