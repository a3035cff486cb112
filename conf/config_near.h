/* SPDX-License-Identifier: BSD-2-Clause
 *
 * "did you mean": the candidate nearest to a mistyped word by edit distance (insert, delete,
 * replace, swap of neighbours), if it is near enough to be worth saying.
 */
#ifndef CONF_CONFIG_NEAR_H
#define CONF_CONFIG_NEAR_H

struct config_near {
    const char *word; /* what was typed */
    const char *best; /* nearest candidate so far, or NULL */
    unsigned distance;
};

struct config_near config_near_of(const char *word);
void config_near_try(struct config_near *n, const char *candidate); /* borrowed */

#endif
