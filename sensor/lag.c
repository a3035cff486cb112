/* SPDX-License-Identifier: BSD-2-Clause */
#include "lag.h"

#define PERCENTILE 20u /* one in so many is quicker */

void
lag_add(struct lag *l, bool is_output, int64_t time_us)
{
    int64_t bin;

    if (is_output) {
        l->output_us = time_us;
        return;
    }
    if (l->output_us == 0 || time_us < l->output_us)
        return;
    bin = (time_us - l->output_us) / LAG_BIN_US;
    bin = bin < LAG_BINS ? bin : LAG_BINS - 1;
    if (l->bins[bin] < UINT16_MAX) {
        l->bins[bin]++;
        l->count++;
    }
    l->output_us = 0;
}

void
lag_fact(const struct lag *l, struct fact *f)
{
    uint32_t before = 0;
    unsigned bin = 0;

    if (l->count == 0)
        return;
    while (bin + 1 < LAG_BINS && before + l->bins[bin] <= l->count / PERCENTILE)
        before += l->bins[bin++];
    fact_number(f, KEY_INPUT_LAG_COUNT, l->count);
    fact_number(f, KEY_INPUT_LAG_P5_US, (int64_t)bin * LAG_BIN_US);
}
