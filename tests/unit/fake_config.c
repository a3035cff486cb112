/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The names of severities, for tests that do not link the loader of configurations.
 */
#include "../../conf/config.h"

const char *
config_severity_name(enum config_severity s)
{
    static const char *const names[SEVERITY_COUNT] = { "info", "low", "medium", "high",
        "critical" };

    return names[s];
}
