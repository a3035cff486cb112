/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Outputs opened by one specification, and what they say.
 */
#ifndef TESTS_OUTPUT_CHECK_H
#define TESTS_OUTPUT_CHECK_H

#include "../../sensor/output/output.h"
#include <string.h>

static char messages[4096];

static inline void
keep_message(void *context, const char *line)
{
    (void)context;
    strncat(messages, line, sizeof(messages) - strlen(messages) - 2);
    strcat(messages, "\n");
}

static inline struct outputs *
open_spec(const char *spec)
{
    const char *specs[] = { spec };
    struct outputs_request request = {
        .specs = specs, .spec_count = 1, .replay = true, .message = keep_message
    };

    messages[0] = '\0';
    return outputs_open(&request);
}

#endif
