/* SPDX-License-Identifier: BSD-2-Clause
 *
 * libcyaml, and all that knows of it: a table of options becomes its schema, a lowered tree its
 * input, a structure its output.
 */
#ifndef CONF_CONFIG_CYAML_H
#define CONF_CONFIG_CYAML_H

#include "config_node.h"
#include "config_option.h"

/* The structure of size bytes that the table describes, in m; NULL with *why, which would be a
 * fault of the tables and not of the file. */
void *config_cyaml_load(struct config_memory *m, const struct config_node *root,
    const struct config_option *options, size_t size, const char **why);

#endif
