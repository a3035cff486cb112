/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What one value alone does not show: keys that contradict each other, entries that do nothing or
 * everything, what has expired. Each takes the tree that the values came from, for the places.
 */
#ifndef CONF_CONFIG_RULES_H
#define CONF_CONFIG_RULES_H

#include "config.h"
#include "config_report.h"

/* now: Unix seconds; what lies before it has expired. */
void config_rules_check(
    struct config_report *r, const struct config *c, const struct config_node *root, int64_t now);
void config_rules_check_roster(
    struct config_report *r, const struct config *c, const struct config_node *root);
/* Also fills in what follows from an entry's confidence. */
void config_rules_check_indicators(struct config_report *r, struct config_indicator *list,
    unsigned count, const struct config_node *root, int64_t now);

#endif
