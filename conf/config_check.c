/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The walk of a tree and its table of options side by side.
 */
#include "config_check.h"
#include "config_near.h"
#include "config_text.h"

#include <stdint.h>
#include <string.h>

#define PATH_SIZE 256
#define SHORT_LIST 12 /* so many keys still fit into a message */

struct checking {
    struct config_memory *m;
    struct config_report *report;
};

static void check_value(struct checking *c, struct config_node *n,
    const struct config_option *option, const char *path);

static void
join_path(char to[PATH_SIZE], const char *path, const char *key)
{
    snprintf(to, PATH_SIZE, "%s%s%s", path, path[0] != '\0' ? "." : "", key);
}

static const struct config_option *
find_option(const struct config_option *options, const char *key, struct config_near *near)
{
    for (const struct config_option *o = options; o->key != NULL; o++) {
        if (strcmp(o->key, key) == 0)
            return o;
        config_near_try(near, o->key);
    }
    return NULL;
}

static const char *
list_keys(struct config_memory *m, const struct config_option *options)
{
    const char *all = "";

    for (const struct config_option *o = options; o->key != NULL; o++) {
        if (o - options == SHORT_LIST)
            return config_memory_print(m, "%s ...", all);
        all = config_memory_print(m, "%s%s%s", all, all[0] != '\0' ? " " : "", o->key);
    }
    return all;
}

static void
report_unknown(struct checking *c, const struct config_node *n, const struct config_near *near,
    const struct config_option *options, const char *path)
{
    if (near->best != NULL)
        config_report_key(
            c->report, n, path, "expected a known key; did you mean '%s'?", near->best);
    else
        config_report_key(
            c->report, n, path, "expected one of the keys %s", list_keys(c->m, options));
}

static void
report_value(struct checking *c, const struct config_node *n, const struct config_option *option,
    const char *path, const char *why, const char *nearest)
{
    const char *expected = config_value_expected(c->m, option);
    const char *found = "a map of keys";

    if (n->type == NODE_LIST)
        found = "a list";
    else if (config_node_is_nothing(n))
        found = "nothing";
    else if (n->type == NODE_SCALAR)
        found = config_memory_print(c->m, "'%.60s'", n->text);
    config_report_error(c->report, n, path, "expected %s, found %s%s%s%s%s%s", expected, found,
        why[0] != '\0' ? ": " : "", why, nearest != NULL ? "; did you mean '" : "",
        nearest != NULL ? nearest : "", nearest != NULL ? "'?" : "");
}

/* What nobody wrote, and what the structure wants to know of what somebody wrote. */
static void
add_lowered(struct checking *c, struct config_node *map, const char *key, const char *lowered)
{
    struct config_node *n = config_node_new(c->m, NODE_SCALAR, NULL);

    n->text = "";
    n->lowered = lowered;
    config_node_set(map, key, n);
}

/* NULL when there is none. */
static struct config_node *
add_default(struct checking *c, struct config_node *map, const struct config_option *option)
{
    const char *why;
    unsigned line, column;
    struct config_node *n = NULL;

    if (option->kind == KIND_MAP && option->present_offset == 0)
        n = config_node_new(c->m, NODE_MAP, NULL);
    else if (option->initial != NULL)
        n = config_node_parse(
            c->m, option->initial, strlen(option->initial), "default", &why, &line, &column);
    if (n != NULL)
        config_node_set(map, option->key, n);
    return n;
}

/* What was written, in its order. */
static void
check_given(struct checking *c, struct config_node *map, const struct config_option *options,
    const char *path)
{
    char where[PATH_SIZE];

    for (struct config_node *n = map->first; n != NULL; n = n->next) {
        struct config_near near = config_near_of(n->key);
        const struct config_option *option = find_option(options, n->key, &near);
        const struct config_node *same = config_node_child(map, n->key);

        join_path(where, path, n->key);
        if (option == NULL)
            report_unknown(c, n, &near, options, where);
        else if (same != n)
            config_report_key(c->report, n, where,
                "expected each key once; it stands in line %u already", same->key_line);
        else
            check_value(c, n, option, where);
    }
}

static void
check_missing(struct checking *c, struct config_node *map, const struct config_option *options,
    const char *path)
{
    char where[PATH_SIZE];

    for (const struct config_option *o = options; o->key != NULL; o++) {
        struct config_node *n = config_node_child(map, o->key);

        join_path(where, path, o->key);
        if (n != NULL) {
            if (o->present_offset != 0)
                add_lowered(c, map, config_memory_print(c->m, "%s?", o->key), "true");
            continue;
        }
        if (o->is_required)
            config_report_error(c->report, map, where, "expected this key, which is missing");
        n = add_default(c, map, o);
        if (n != NULL)
            check_value(c, n, o, where);
    }
}

static void
check_map(struct checking *c, struct config_node *map, const struct config_option *option,
    const char *path)
{
    if (config_node_is_nothing(map))
        map->type = NODE_MAP; /* "sensor:" with all of its keys commented out */
    if (map->type != NODE_MAP) {
        report_value(c, map, option, path, "", NULL);
        return;
    }
    check_given(c, map, option->children, path);
    check_missing(c, map, option->children, path);
    if (option->line_offset != 0)
        add_lowered(c, map, "line?", config_memory_print(c->m, "%u", map->line));
}

static void
check_list(struct checking *c, struct config_node *list, const struct config_option *option,
    const char *path)
{
    char where[PATH_SIZE];
    unsigned index = 0;

    if (config_node_is_nothing(list))
        list->type = NODE_LIST;
    if (list->type != NODE_LIST) {
        report_value(c, list, option, path,
            list->type == NODE_SCALAR ? "write it in brackets, as [a, b]" : "", NULL);
        return;
    }
    for (struct config_node *n = list->first; n != NULL; n = n->next, index++) {
        snprintf(where, sizeof(where), "%s[%u]", path, index);
        check_value(c, n, option->entry, where);
    }
}

static void
check_scalar(
    struct checking *c, struct config_node *n, const struct config_option *option, const char *path)
{
    struct config_near near = config_near_of(n->type == NODE_SCALAR ? n->text : "");
    const char *why = "";

    if (n->type != NODE_SCALAR || config_node_is_nothing(n) ||
        !config_value_lower(c->m, n, option, &why, &near))
        report_value(c, n, option, path, why, near.best);
}

/* [alerts, health] -> one number. */
static void
check_flags(struct checking *c, struct config_node *list, const struct config_option *option,
    const char *path)
{
    const struct config_option entry = { .kind = KIND_WORD, .words = option->words };
    struct config_option shape = *option;
    unsigned bits = 0;

    shape.entry = &entry;
    check_list(c, list, &shape, path);
    for (const struct config_node *n = list->first; n != NULL; n = n->next)
        for (const struct config_word *w = option->words; w->text != NULL; w++)
            if (n->lowered != NULL && strcmp(w->text, n->text) == 0)
                bits |= w->value;
    list->type = NODE_SCALAR;
    list->lowered = config_memory_print(c->m, "%u", bits);
}

static void
check_value(
    struct checking *c, struct config_node *n, const struct config_option *option, const char *path)
{
    if (option->kind == KIND_MAP)
        check_map(c, n, option, path);
    else if (option->kind == KIND_LIST)
        check_list(c, n, option, path);
    else if (option->kind == KIND_FLAGS)
        check_flags(c, n, option, path);
    else
        check_scalar(c, n, option, path);
}

void
config_check(struct config_memory *m, struct config_report *r, struct config_node *root,
    const struct config_option *options)
{
    struct checking c = { .m = m, .report = r };
    const struct config_option top = { .kind = KIND_MAP, .children = options };

    check_value(&c, root, &top, "");
}

void
config_check_write(FILE *to, const struct config_node *n)
{
    bool is_map = n->type == NODE_MAP;

    if (n->lowered != NULL) {
        fputs(n->lowered, to);
        return;
    }
    if (n->type == NODE_SCALAR) {
        config_text_write_quoted(to, n->text);
        return;
    }
    fputc(is_map ? '{' : '[', to);
    for (const struct config_node *child = n->first; child != NULL; child = child->next) {
        if (is_map) {
            config_text_write_quoted(to, child->key);
            fputs(": ", to);
        }
        config_check_write(to, child);
        fputs(child->next != NULL ? ",\n" : "", to);
    }
    fputc(is_map ? '}' : ']', to);
}
