/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Keys are found by name in the detectors' option table, so that their order is the detector's own
 * affair. A number that makes no sense (negative) counts as 0.
 */
#include "policy.h"
#include "analyst.h"

#define DETECTOR "remote-control"
#define S_US 1000000.0

static double
key_of(const struct config *config, const char *name, double otherwise)
{
    unsigned count;
    const struct config_detector_spec *specs = analyst_detector_specs(&count);

    for (unsigned i = 0; i < count; i++)
        for (unsigned k = 0; k < specs[i].key_count; k++)
            if (strcmp(specs[i].name, DETECTOR) == 0 && strcmp(specs[i].keys[k].name, name) == 0)
                return config->detectors[i].key[k] > 0 ? config->detectors[i].key[k] : 0;
    return otherwise;
}

static double
at_most(double value, double most)
{
    return value < most ? value : most;
}

struct session_policy
policy_of_sessions(const struct config *config)
{
    struct session_policy policy = session_policy_default;
    struct control_policy *c = &policy.control;
    double longest_s = (double)CONTROL_WINDOW_US / S_US;

    c->window_us =
        (int64_t)(S_US * at_most(key_of(config, "window", (double)c->window_us / S_US), longest_s));
    c->span_us = (int64_t)(S_US * at_most(key_of(config, "min-duration", (double)c->span_us / S_US),
                                      longest_s));
    c->bytes =
        (uint64_t)at_most(key_of(config, "min-bytes", (double)c->bytes), (double)INT64_MAX / 2);
    c->screen_to_input = key_of(config, "screen-to-input", c->screen_to_input);
    c->input_bins = key_of(config, "input-share", c->input_bins);
    c->input_max_bytes =
        (uint32_t)at_most(key_of(config, "input-max-bytes", c->input_max_bytes), UINT16_MAX);
    return policy;
}
