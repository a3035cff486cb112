/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Where messages about a configuration go, in one form:
 * "file:line:column: key.path: what was expected", with "warning: " before it when a start would
 * go on nevertheless.
 */
#ifndef CONF_CONFIG_REPORT_H
#define CONF_CONFIG_REPORT_H

#include "config_node.h"

#define CONFIG_MAX_ERRORS 50u /* more than that and the file is something else */

struct config_report {
    void (*message)(void *context, const char *line);
    void *context;
    unsigned errors;
};

/* at may be NULL (no place to name); path "" = the file as a whole. */
void config_report_error(struct config_report *r, const struct config_node *at, const char *path,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
void config_report_warning(struct config_report *r, const struct config_node *at, const char *path,
    const char *format, ...) __attribute__((format(printf, 4, 5)));
/* About the key of a map's child, not its value. */
void config_report_key(struct config_report *r, const struct config_node *at, const char *path,
    const char *format, ...) __attribute__((format(printf, 4, 5)));

#endif
