/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Holds a tree against a table of options: unknown and repeated keys, wrong types, bad values, all
 * of them in one run, each where it stands. What is good gets its default where it was not given
 * and is lowered to the plain numbers and text that libcyaml loads.
 */
#ifndef CONF_CONFIG_CHECK_H
#define CONF_CONFIG_CHECK_H

#include "config_node.h"
#include "config_option.h"
#include "config_report.h"

/* The tree is usable when the report has no new errors. */
void config_check(struct config_memory *m, struct config_report *r, struct config_node *root,
    const struct config_option *options);

/* Writes the lowered tree as YAML in flow style. */
void config_check_write(FILE *to, const struct config_node *n);

/* Between them (config_value.c): one scalar. False with *why ("" when there is no more to say than
 * what was expected). near takes candidates for "did you mean". */
struct config_near;
bool config_value_lower(struct config_memory *m, struct config_node *n,
    const struct config_option *option, const char **why, struct config_near *near);
/* "a whole number from 1 to 64" */
const char *config_value_expected(struct config_memory *m, const struct config_option *option);

#endif
