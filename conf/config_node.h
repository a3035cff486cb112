/* SPDX-License-Identifier: BSD-2-Clause
 *
 * YAML text as a tree that remembers where everything stood.
 *
 * Aliases are expanded, within bounds: MAX_NODES values and MAX_DEPTH levels, so that a small file
 * cannot become a large tree. One document a file; merge keys (<<) are not expanded.
 */
#ifndef CONF_CONFIG_NODE_H
#define CONF_CONFIG_NODE_H

#include "config_memory.h"
#include <stdbool.h>

#define CONFIG_MAX_NODES 500000u /* values of a file: a roster of 20,000 has about half of that */
#define CONFIG_MAX_DEPTH 16u     /* the deepest key is at 6 */
#define CONFIG_MAX_FILE (8u << 20)

enum config_node_type { NODE_SCALAR, NODE_LIST, NODE_MAP };

struct config_node {
    enum config_node_type type;
    const char *text; /* of a scalar: length bytes and a NUL */
    size_t length;
    bool is_plain;       /* a scalar without quotes: empty = nothing there */
    const char *lowered; /* set by the check: the plain form that libcyaml loads */
    const char *key;     /* when it stands in a map */
    const char *origin;  /* file name, "--set" ...; lines are said when line > 0 */
    unsigned line, column, key_line, key_column;
    struct config_node *first, *last, *next; /* children, siblings */
};

/* The tree of one document; an empty document is an empty map. NULL with *why, *line and *column
 * (0 when unknown). All of it lives in m. */
struct config_node *config_node_parse(struct config_memory *m, const char *text, size_t size,
    const char *origin, const char **why, unsigned *line, unsigned *column);

/* Reads a file and parses it. */
struct config_node *config_node_read(
    struct config_memory *m, const char *path, const char **why, unsigned *line, unsigned *column);

struct config_node *config_node_new(
    struct config_memory *m, enum config_node_type type, const char *origin);
void config_node_append(struct config_node *parent, struct config_node *child);
/* Replaces every child named key (there is one at most in a checked map). key is borrowed. */
void config_node_set(struct config_node *map, const char *key, struct config_node *child);
struct config_node *config_node_child(const struct config_node *map, const char *key);
struct config_node *config_node_entry(const struct config_node *list, unsigned index);
/* A plain scalar without text: the key stands there, its value does not. */
bool config_node_is_nothing(const struct config_node *n);

#endif
