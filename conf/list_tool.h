/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Between list_tool.c and list_domain.c.
 */
#ifndef CONF_LIST_TOOL_H
#define CONF_LIST_TOOL_H

#include "list.h"

/* The next of a comma-separated list; *list moves on. */
bool list_next_item(const char **list, const char **item, size_t *length);

/* Once; 0, or -1 when out of memory or a pattern is damaged. The tools stay where they are. */
int list_domain_index(const struct list_tool *tools, unsigned count);

#endif
