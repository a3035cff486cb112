/* SPDX-License-Identifier: BSD-2-Clause
 *
 * libyaml's document, copied into a tree of our own: aliases make its nodes a graph (with cycles,
 * if somebody wants them), and merging overrides into it would need what its API lacks.
 */
#include "config_node.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml.h>

struct copying {
    struct config_memory *m;
    yaml_document_t document;
    const char *origin;
    unsigned nodes;
    const char *why; /* first thing that was wrong */
    unsigned line, column;
};

static struct config_node *copy_node(struct copying *c, int index, unsigned depth);

static void
refuse(struct copying *c, const yaml_node_t *at, const char *why)
{
    if (c->why != NULL)
        return;
    c->why = why;
    c->line = (unsigned)at->start_mark.line + 1;
    c->column = (unsigned)at->start_mark.column + 1;
}

static void
copy_list(struct copying *c, const yaml_node_t *from, struct config_node *to, unsigned depth)
{
    const yaml_node_item_t *item = from->data.sequence.items.start;

    for (; item < from->data.sequence.items.top && c->why == NULL; item++)
        config_node_append(to, copy_node(c, *item, depth + 1));
}

static void
copy_pair(struct copying *c, const yaml_node_pair_t *pair, struct config_node *to, unsigned depth)
{
    const yaml_node_t *key = yaml_document_get_node(&c->document, pair->key);
    struct config_node *value;
    const char *text;

    if (key->type != YAML_SCALAR_NODE ||
        strlen((const char *)key->data.scalar.value) != key->data.scalar.length) {
        refuse(c, key, "a key must be plain text");
        return;
    }
    text = (const char *)key->data.scalar.value;
    if (strcmp(text, "<<") == 0) {
        refuse(c, key, "merge keys (<<) are not supported; an alias as a whole value is");
        return;
    }
    value = copy_node(c, pair->value, depth + 1);
    value->key = config_memory_copy(c->m, text, key->data.scalar.length);
    value->key_line = (unsigned)key->start_mark.line + 1;
    value->key_column = (unsigned)key->start_mark.column + 1;
    config_node_append(to, value);
}

static void
copy_map(struct copying *c, const yaml_node_t *from, struct config_node *to, unsigned depth)
{
    const yaml_node_pair_t *pair = from->data.mapping.pairs.start;

    for (; pair < from->data.mapping.pairs.top && c->why == NULL; pair++)
        copy_pair(c, pair, to, depth);
}

/* Always a node, so that callers need not care; c->why says when it is not to be used. */
static struct config_node *
copy_node(struct copying *c, int index, unsigned depth)
{
    const yaml_node_t *from = yaml_document_get_node(&c->document, index);
    struct config_node *to = config_node_new(c->m, NODE_SCALAR, c->origin);

    to->line = (unsigned)from->start_mark.line + 1;
    to->column = (unsigned)from->start_mark.column + 1;
    to->text = "";
    if (depth > CONFIG_MAX_DEPTH)
        refuse(c, from, "nested too deeply");
    if (++c->nodes > CONFIG_MAX_NODES)
        refuse(c, from, "too many values (aliases count each time they are used)");
    if (c->why != NULL)
        return to;
    if (from->type == YAML_SEQUENCE_NODE) {
        to->type = NODE_LIST;
        copy_list(c, from, to, depth);
    } else if (from->type == YAML_MAPPING_NODE) {
        to->type = NODE_MAP;
        copy_map(c, from, to, depth);
    } else {
        to->length = from->data.scalar.length;
        to->text = config_memory_copy(c->m, (const char *)from->data.scalar.value, to->length);
        to->is_plain = from->data.scalar.style == YAML_PLAIN_SCALAR_STYLE;
    }
    return to;
}

static void
parser_problem(struct copying *c, const yaml_parser_t *parser)
{
    const char *problem = parser->problem != NULL ? parser->problem : "unreadable";

    if (parser->error == YAML_READER_ERROR) {
        c->why =
            config_memory_print(c->m, "not YAML: %s at byte %zu", problem, parser->problem_offset);
        return;
    }
    c->why = config_memory_print(c->m, "not YAML: %s%s%s", problem,
        parser->context != NULL ? " " : "", parser->context != NULL ? parser->context : "");
    c->line = (unsigned)parser->problem_mark.line + 1;
    c->column = (unsigned)parser->problem_mark.column + 1;
}

/* What follows the first document must be nothing. */
static void
check_end(struct copying *c, yaml_parser_t *parser)
{
    yaml_document_t second;
    const yaml_node_t *root;

    if (c->why != NULL)
        return;
    if (!yaml_parser_load(parser, &second)) {
        parser_problem(c, parser);
        return;
    }
    root = yaml_document_get_root_node(&second);
    if (root != NULL)
        refuse(c, root, "a second document; expected one");
    yaml_document_delete(&second);
}

static struct config_node *
load_document(struct copying *c, yaml_parser_t *parser)
{
    struct config_node *root;

    if (!yaml_parser_load(parser, &c->document)) {
        parser_problem(c, parser);
        return NULL;
    }
    if (yaml_document_get_root_node(&c->document) == NULL)
        root = config_node_new(c->m, NODE_MAP, c->origin);
    else
        root = copy_node(c, 1, 0); /* libyaml numbers nodes from 1, the root first */
    yaml_document_delete(&c->document);
    return root;
}

/* libyaml's time is the square of the nesting of brackets: stop at the first level too many, before
 * anything is built. Other problems are for the real parse to find. */
static void
check_depth(struct copying *c, const char *text, size_t size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    unsigned depth = 0;
    bool is_more = true;

    if (!yaml_parser_initialize(&parser))
        return;
    yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
    while (is_more && yaml_parser_parse(&parser, &event)) {
        yaml_event_type_t type = event.type;

        if (type == YAML_SEQUENCE_START_EVENT || type == YAML_MAPPING_START_EVENT)
            depth++;
        else if (type == YAML_SEQUENCE_END_EVENT || type == YAML_MAPPING_END_EVENT)
            depth--;
        if (depth > CONFIG_MAX_DEPTH + 1) { /* the root is at 0 */
            c->why = "nested too deeply";
            c->line = (unsigned)event.start_mark.line + 1;
            c->column = (unsigned)event.start_mark.column + 1;
        }
        is_more = c->why == NULL && type != YAML_STREAM_END_EVENT;
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
}

struct config_node *
config_node_parse(struct config_memory *m, const char *text, size_t size, const char *origin,
    const char **why, unsigned *line, unsigned *column)
{
    struct copying c = { .m = m, .origin = origin };
    struct config_node *root = NULL;
    yaml_parser_t parser;

    check_depth(&c, text, size);
    if (c.why == NULL && !yaml_parser_initialize(&parser))
        c.why = "out of memory";
    if (c.why == NULL) {
        yaml_parser_set_input_string(&parser, (const unsigned char *)text, size);
        root = load_document(&c, &parser);
        if (root != NULL && root->line > 0)
            check_end(&c, &parser);
        yaml_parser_delete(&parser);
    }
    *why = c.why;
    *line = c.line;
    *column = c.column;
    return c.why == NULL ? root : NULL;
}

/* The whole file, or NULL and errno (EFBIG past the cap). */
static char *
read_file(struct config_memory *m, const char *path, size_t *size)
{
    struct stat status;
    char *text = NULL;
    ssize_t got;
    int fd = open(path, O_RDONLY | O_CLOEXEC);

    *size = 0;
    if (fd < 0)
        return NULL;
    if (fstat(fd, &status) != 0)
        goto out;
    if (S_ISDIR(status.st_mode)) {
        errno = EISDIR;
        goto out;
    }
    text = config_memory_take(m, CONFIG_MAX_FILE + 1);
    while ((got = read(fd, text + *size, CONFIG_MAX_FILE + 1 - *size)) > 0)
        *size += (size_t)got;
    if (got < 0 || *size > CONFIG_MAX_FILE) {
        if (got == 0 || *size > CONFIG_MAX_FILE)
            errno = EFBIG;
        text = NULL;
    }
out:
    close(fd);
    return text;
}

struct config_node *
config_node_read(
    struct config_memory *m, const char *path, const char **why, unsigned *line, unsigned *column)
{
    size_t size;
    char *text = read_file(m, path, &size);

    *line = *column = 0;
    if (text == NULL) {
        *why = config_memory_print(m, "cannot read it: %s", strerror(errno));
        return NULL;
    }
    return config_node_parse(
        m, text, size, config_memory_copy(m, path, strlen(path)), why, line, column);
}

struct config_node *
config_node_new(struct config_memory *m, enum config_node_type type, const char *origin)
{
    struct config_node *n = config_memory_take(m, sizeof(*n));

    n->type = type;
    n->origin = origin;
    return n;
}

void
config_node_append(struct config_node *parent, struct config_node *child)
{
    if (parent->last == NULL)
        parent->first = child;
    else
        parent->last->next = child;
    parent->last = child;
}

void
config_node_set(struct config_node *map, const char *key, struct config_node *child)
{
    struct config_node *old = map->first;

    map->first = map->last = NULL;
    while (old != NULL) {
        struct config_node *next = old->next;

        old->next = NULL;
        if (strcmp(old->key, key) != 0)
            config_node_append(map, old);
        old = next;
    }
    child->key = key;
    config_node_append(map, child);
}

struct config_node *
config_node_child(const struct config_node *map, const char *key)
{
    for (struct config_node *n = map == NULL ? NULL : map->first; n != NULL; n = n->next)
        if (n->key != NULL && strcmp(n->key, key) == 0)
            return n;
    return NULL;
}

struct config_node *
config_node_entry(const struct config_node *list, unsigned index)
{
    struct config_node *n = list == NULL ? NULL : list->first;

    while (n != NULL && index-- > 0)
        n = n->next;
    return n;
}

bool
config_node_is_nothing(const struct config_node *n)
{
    return n->type == NODE_SCALAR && n->is_plain && n->length == 0;
}
