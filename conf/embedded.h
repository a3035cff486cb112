/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The files that are inside the program: shipped lists and indicators. Each ends with a NUL that
 * its size does not count.
 */
#ifndef CONF_EMBEDDED_H
#define CONF_EMBEDDED_H

#include <stddef.h>

extern const char conf_dprk_yaml[]; /* conf/indicators/dprk.yaml */
extern const size_t conf_dprk_yaml_size;

extern const char conf_tools_tsv[]; /* conf/lists/tools.tsv */
extern const size_t conf_tools_tsv_size;

extern const char conf_services_tsv[]; /* conf/lists/services.tsv */

/* The network lists, by name. */
struct embedded_list {
    const char *name, *text;
};
extern const struct embedded_list conf_network_lists[];
extern const unsigned conf_network_list_count;

#endif
