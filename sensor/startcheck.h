/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What a start would fail on beyond the files that the configuration names: -T asks for all of it
 * without making or changing anything.
 */
#ifndef SENSOR_STARTCHECK_H
#define SENSOR_STARTCHECK_H

#include "../conf/config.h"
#include "options.h"
#include "output/output.h"

/* False after a message for each thing that is wrong. */
bool startcheck(const struct config *config, const struct options *options,
    const struct outputs_request *outputs);
/* Each must be there, and once: packets that come twice would count twice. */
bool startcheck_interfaces(const struct options_texts *names);

#endif
