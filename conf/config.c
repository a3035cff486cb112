/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Loading: file -> tree, overrides into the tree, check and lower, libcyaml, then the files that
 * the configuration names, then the rules over all. Nothing is kept of a configuration that has
 * an error.
 */
#include "config.h"
#include "config_check.h"
#include "config_cyaml.h"
#include "config_memory.h"
#include "config_node.h"
#include "config_option.h"
#include "config_report.h"
#include "config_rules.h"
#include "embedded.h"

#include <string.h>
#include <time.h>

struct load {
    const struct config_request *request;
    struct config_memory *kept;    /* the result's */
    struct config_memory *scratch; /* trees and tables, until the end of the load */
    struct config_report report;
    struct config *config;
    const struct config_node *root;
    int64_t now;
};

/* A file that could not be read is said where it is named, one that is no YAML where it is not. */
static void
report_file(struct load *l, const struct config_node *naming, const char *key, const char *path,
    const char *why, unsigned line, unsigned column)
{
    const struct config_node in_file = { .origin = path, .line = line, .column = column };

    if (line > 0 || naming == NULL)
        config_report_error(&l->report, &in_file, "", "%s", why);
    else
        config_report_error(&l->report, naming, key, "%s: %s", path, why);
}

/* Override values have no line. */
static void
forget_places(struct config_node *n)
{
    n->line = n->column = n->key_line = n->key_column = 0;
    for (struct config_node *child = n->first; child != NULL; child = child->next)
        forget_places(child);
}

/* A map given as a value adds its keys; anything else takes the place of what was there. */
static void
merge(struct config_node *map, const char *key, struct config_node *value)
{
    struct config_node *old = config_node_child(map, key);

    if (old == NULL || old->type != NODE_MAP || value->type != NODE_MAP) {
        config_node_set(map, key, value);
        return;
    }
    while (value->first != NULL) {
        struct config_node *child = value->first;

        value->first = child->next;
        child->next = NULL;
        merge(old, child->key, child);
    }
}

/* Walks a.b.c to the map that holds c, making maps on the way. NULL after a message. */
static struct config_node *
walk_override(struct load *l, struct config_node *root, char *path, const char **key)
{
    const struct config_node said = { .origin = "--set" };
    struct config_node *map = root;
    const char *whole = config_memory_copy(l->scratch, path, strlen(path));
    char *dot;

    for (*key = path; (dot = strchr(*key, '.')) != NULL; *key = dot + 1) {
        struct config_node *next;

        *dot = '\0';
        next = config_node_child(map, *key);
        if (next == NULL) {
            next = config_node_new(l->scratch, NODE_MAP, "--set");
            config_node_set(map, *key, next);
        }
        if (config_node_is_nothing(next))
            next->type = NODE_MAP;
        if (next->type != NODE_MAP) {
            config_report_error(
                &l->report, &said, whole, "expected keys below '%s', found a value", *key);
            return NULL;
        }
        map = next;
    }
    return map;
}

static void
apply_override(struct load *l, struct config_node *root, const char *text)
{
    const struct config_node said = { .origin = "--set" };
    const char *equals = strchr(text, '=');
    const char *why, *key;
    unsigned line, column;
    struct config_node *value, *map;
    char *path;

    if (equals == NULL || equals == text) {
        config_report_error(&l->report, &said, text, "expected key=value, such as sensor.name=a");
        return;
    }
    path = config_memory_copy(l->scratch, text, (size_t)(equals - text));
    value = config_node_parse(
        l->scratch, equals + 1, strlen(equals + 1), "--set", &why, &line, &column);
    if (value == NULL) {
        config_report_error(&l->report, &said, path, "%s", why);
        return;
    }
    if (equals[1] == '\0') { /* nothing, rather than an empty map */
        value->type = NODE_SCALAR;
        value->text = "";
        value->is_plain = true;
    }
    forget_places(value);
    map = walk_override(l, root, path, &key);
    if (map != NULL)
        merge(map, key, value);
}

/* An option of its own on the command line replaces the key. */
static void
apply_argument(
    struct load *l, struct config_node *root, const char *key, const char *option, const char *text)
{
    struct config_node *value;

    if (text == NULL)
        return;
    value = config_node_new(l->scratch, NODE_SCALAR, option);
    value->text = text;
    value->length = strlen(text);
    config_node_set(root, key, value);
}

static struct config_node *
read_tree(struct load *l)
{
    const char *why;
    unsigned line, column;
    struct config_node *root;

    if (l->request->path == NULL)
        return config_node_new(l->scratch, NODE_MAP, NULL);
    root = config_node_read(l->scratch, l->request->path, &why, &line, &column);
    if (root == NULL)
        report_file(l, NULL, "", l->request->path, why, line, column);
    return root;
}

/* A checked and loaded file of one table, or NULL after messages. */
static void *
load_tree(
    struct load *l, struct config_node *root, const struct config_option *options, size_t size)
{
    unsigned before = l->report.errors;
    const char *why;
    void *loaded;

    config_check(l->scratch, &l->report, root, options);
    if (l->report.errors != before)
        return NULL;
    loaded = config_cyaml_load(l->kept, root, options, size, &why);
    if (loaded == NULL)
        config_report_error(&l->report, root, "", "%s", why);
    return loaded;
}

/* A file that is the list itself, without the key above it, says the same. */
static struct config_node *
under_key(struct load *l, struct config_node *root, const struct config_option *options)
{
    struct config_node *map;

    if (root->type != NODE_LIST)
        return root;
    map = config_node_new(l->scratch, NODE_MAP, root->origin);
    config_node_set(map, options[0].key, root);
    return map;
}

static void
load_roster(struct load *l)
{
    const struct config_node *naming = config_node_child(l->root, "roster");
    struct config_roster *roster;
    struct config_node *root;
    const char *why;
    unsigned line, column;

    if (l->config->roster_path == NULL)
        return;
    root = config_node_read(l->scratch, l->config->roster_path, &why, &line, &column);
    if (root == NULL) {
        report_file(l, naming, "roster", l->config->roster_path, why, line, column);
        return;
    }
    root = under_key(l, root, config_roster_options);
    roster = load_tree(l, root, config_roster_options, sizeof(*roster));
    if (roster == NULL)
        return;
    l->config->contractors = roster->list;
    l->config->contractor_count = roster->count;
    config_rules_check_roster(&l->report, l->config, root);
}

static void
take_indicators(struct load *l, struct config_node *root, const char *file)
{
    struct config_indicators *more;
    struct config *c = l->config;

    root = under_key(l, root, config_indicator_options);
    more = load_tree(l, root, config_indicator_options, sizeof(*more));
    if (more == NULL || more->count == 0)
        return;
    config_rules_check_indicators(&l->report, more->list, more->count, root, l->now);
    for (unsigned i = 0; i < more->count; i++)
        more->list[i].file = file;
    c->indicators = config_memory_resize(
        l->kept, c->indicators, (c->indicator_count + more->count) * sizeof(*c->indicators));
    memcpy(c->indicators + c->indicator_count, more->list, more->count * sizeof(*more->list));
    c->indicator_count += more->count;
}

static void
load_indicators(struct load *l)
{
    const struct config_texts *paths = &l->config->indicator_paths;
    const struct config_node *naming = config_node_child(l->root, "indicators");
    static const char built_in[] = "built-in indicators/dprk.yaml";
    const char *why;
    unsigned line, column;
    struct config_node *root;

    for (unsigned i = 0; i < paths->count; i++) {
        root = config_node_read(l->scratch, paths->list[i], &why, &line, &column);
        if (root == NULL)
            report_file(
                l, config_node_entry(naming, i), "indicators", paths->list[i], why, line, column);
        else
            take_indicators(l, root, paths->list[i]);
    }
    if (paths->count > 0)
        return;
    root = config_node_parse(
        l->scratch, conf_dprk_yaml, conf_dprk_yaml_size, built_in, &why, &line, &column);
    if (root == NULL)
        report_file(l, NULL, "", built_in, why, line, column);
    else
        take_indicators(l, root, built_in);
}

static void
fill_outputs(struct config *c)
{
    for (unsigned i = 0; i < c->output_count; i++)
        if (!c->outputs[i].has_min_severity)
            c->outputs[i].min_severity =
                c->outputs[i].type == OUTPUT_SYSLOG ? SEVERITY_MEDIUM : SEVERITY_INFO;
}

static void
load_all(struct load *l)
{
    const struct config_request *request = l->request;
    const struct config_option *options =
        config_options(l->scratch, request->specs, request->spec_count);
    struct config_node *root = read_tree(l);

    if (root == NULL)
        return;
    l->root = root;
    if (root->type == NODE_MAP) {
        for (unsigned i = 0; i < request->override_count; i++)
            apply_override(l, root, request->overrides[i]);
        apply_argument(l, root, "roster", "--roster", request->roster);
        apply_argument(l, root, "state", "--state", request->state);
    }
    l->config = load_tree(l, root, options, sizeof(*l->config));
    if (l->config == NULL)
        return;
    if (request->path != NULL)
        l->config->file = config_memory_copy(l->kept, request->path, strlen(request->path));
    fill_outputs(l->config);
    config_rules_check(&l->report, l->config, root, l->now);
    load_roster(l);
    load_indicators(l);
}

struct config *
config_load(const struct config_request *request)
{
    struct load l = { .request = request,
        .report = { .message = request->message, .context = request->context },
        .now = time(NULL) };

    if (request->spec_count > CONFIG_DETECTORS) {
        config_report_error(&l.report, NULL, "detectors", "more than %d", CONFIG_DETECTORS);
        return NULL;
    }
    l.kept = config_memory_open();
    l.scratch = config_memory_open();
    load_all(&l);
    config_memory_close(l.scratch);
    if (l.report.errors > 0 || l.config == NULL) {
        config_memory_close(l.kept);
        return NULL;
    }
    l.config->memory = l.kept;
    return l.config;
}

void
config_free(struct config *c)
{
    if (c != NULL)
        config_memory_close(c->memory);
}

const char *
config_severity_name(enum config_severity s)
{
    return s < SEVERITY_COUNT ? config_severity_words[s].text : "unknown";
}
