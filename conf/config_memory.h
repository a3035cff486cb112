/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The memory of one configuration: blocks that are taken one by one and given back all at once.
 *
 * Whoever loads a configuration may stop anywhere and leak nothing. Sizes are bounded by the cap on
 * the files that are read, so running out of memory means that the machine is out of it: abort.
 */
#ifndef CONF_CONFIG_MEMORY_H
#define CONF_CONFIG_MEMORY_H

#include <stddef.h>

struct config_memory;

struct config_memory *config_memory_open(void);
void config_memory_close(struct config_memory *m); /* NULL is fine */

/* Zeroed; never NULL. */
void *config_memory_take(struct config_memory *m, size_t n);
/* realloc with m's life: p may be NULL; n = 0 gives the block back and returns NULL. */
void *config_memory_resize(struct config_memory *m, void *p, size_t n);
/* n bytes of text and a NUL. */
char *config_memory_copy(struct config_memory *m, const char *text, size_t n);
char *config_memory_print(struct config_memory *m, const char *format, ...)
    __attribute__((format(printf, 2, 3), nonnull(2)));

#endif
