/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Which outputs there are to be: from -o and --observations, or from the configuration.
 */
#ifndef SENSOR_OUTPUT_SPEC_H
#define SENSOR_OUTPUT_SPEC_H

#include "output.h"
#include "sink.h"

#define OUTPUT_SPEC_LIMIT 32
#define OUTPUT_LABEL_SIZE 128

struct output_spec {
    enum config_output_type type;
    char *target; /* a path or "-"; of syslog the url; owned */
    bool is_cef;
    unsigned what; /* OUTPUT_ bits */
    enum config_severity min_severity;
    unsigned rotate_mib, keep;
};

/* Fills up to OUTPUT_SPEC_LIMIT; false after a message that says what is wrong with which one. What
 * was filled is the caller's either way. */
bool output_specs_collect(const struct outputs_request *request,
    struct output_spec out[OUTPUT_SPEC_LIMIT], unsigned *count);
/* For messages: as -o would have it. */
void output_spec_print(const struct output_spec *spec, char out[OUTPUT_LABEL_SIZE]);
void output_spec_free(struct output_spec *spec);

#endif
