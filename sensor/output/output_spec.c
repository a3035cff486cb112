/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Reads output specifications, and refuses what could not work: two outputs into one file or both
 * on standard output, observations by syslog.
 */
#include "output_spec.h"
#include "../../conf/config_text.h"
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LINE_SIZE 512

static const struct {
    const char *name;
    enum config_output_type type;
    enum config_severity min_severity; /* unless the configuration says otherwise */
} types[] = {
    { "yaml", OUTPUT_YAML, SEVERITY_INFO },
    { "json", OUTPUT_JSON, SEVERITY_INFO },
    { "syslog", OUTPUT_SYSLOG, SEVERITY_MEDIUM },
};
#define TYPE_COUNT (sizeof(types) / sizeof(*types))

static bool
refuse(const struct outputs_request *request, const char *what, const char *why)
{
    char line[LINE_SIZE];

    snprintf(line, sizeof(line), "output %s: %s", what, why);
    request->message(request->context, line);
    return false;
}

/* "json:alerts.json": type, colon, target; a file's target may be left out for standard output. */
static const char *
read_text(const char *text, struct output_spec *out)
{
    const char *colon = strchr(text, ':');
    size_t n = colon == NULL ? strlen(text) : (size_t)(colon - text);

    for (size_t i = 0; i < TYPE_COUNT; i++) {
        if (strlen(types[i].name) != n || strncmp(text, types[i].name, n) != 0)
            continue;
        if (colon != NULL && colon[1] == '\0')
            return "expected something behind the colon";
        if (types[i].type == OUTPUT_SYSLOG && (colon == NULL || !config_text_is_url(colon + 1)))
            return "expected syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT or syslog:unix:PATH";
        out->type = types[i].type;
        out->min_severity = types[i].min_severity;
        out->target = strdup(colon == NULL ? "-" : colon + 1);
        return out->target == NULL ? "out of memory" : NULL;
    }
    return "expected yaml[:PATH], json[:PATH], syslog:udp://HOST:PORT, syslog:tcp://HOST:PORT or "
           "syslog:unix:PATH";
}

static const char *
read_configured(const struct config_output *from, struct output_spec *out)
{
    const char *target = from->type == OUTPUT_SYSLOG ? from->url : from->path;

    if (target == NULL && from->type == OUTPUT_SYSLOG)
        return "expected a url: udp://HOST:PORT, tcp://HOST:PORT or unix:PATH";
    out->type = from->type;
    out->target = strdup(target == NULL ? "-" : target);
    out->is_cef = from->format == SYSLOG_CEF;
    out->what = from->what == 0 ? OUTPUT_ALERTS : from->what;
    out->min_severity = from->min_severity;
    out->rotate_mib = from->rotate_mib;
    out->keep = from->keep;
    return out->target == NULL ? "out of memory" : NULL;
}

static int
stat_target(const char *path, struct stat *status)
{
    return strcmp(path, "-") == 0 ? fstat(STDOUT_FILENO, status) : stat(path, status);
}

/* The folder that a path stands in. */
static int
stat_folder(const char *path, struct stat *status)
{
    char folder[PATH_MAX];

    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
        return -1;
    return stat(dirname(folder), status);
}

static const char *
name_within(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash == NULL ? path : slash + 1;
}

/* However they are spelled. A device (/dev/null, a terminal) may be written to by several outputs;
 * standard output only by one, whatever it is. */
static bool
is_same_file(const char *a, const char *b)
{
    struct stat one, other;
    bool is_there = stat_target(a, &one) == 0;

    if (strcmp(a, "-") == 0 && strcmp(b, "-") == 0)
        return true;
    if (is_there != (stat_target(b, &other) == 0))
        return false;
    if (is_there)
        return !S_ISCHR(one.st_mode) && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
    return strcmp(name_within(a), name_within(b)) == 0 && stat_folder(a, &one) == 0 &&
           stat_folder(b, &other) == 0 && one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/* What is wrong with the last of the outputs, seen with those before it; NULL when nothing is. */
static const char *
check_last(const struct output_spec *list, unsigned count)
{
    const struct output_spec *last = &list[count - 1];

    if (last->type == OUTPUT_SYSLOG)
        return (last->what & OUTPUT_OBSERVATIONS) == 0
                   ? NULL
                   : "observations go to yaml or json, not to syslog";
    for (unsigned i = 0; i + 1 < count; i++)
        if (list[i].type != OUTPUT_SYSLOG && is_same_file(list[i].target, last->target))
            return strcmp(last->target, list[i].target) == 0 && strcmp(last->target, "-") == 0
                       ? "standard output is taken by another output; give one of them a file"
                       : "another output writes to the same file";
    return NULL;
}

void
output_spec_print(const struct output_spec *spec, char out[OUTPUT_LABEL_SIZE])
{
    snprintf(out, OUTPUT_LABEL_SIZE, "%s:%s%s", types[spec->type].name, spec->target,
        strcmp(spec->target, "-") == 0 ? " (standard output)" : "");
}

/* Takes up what was read into out[*count]; why is what reading it found wrong. */
static bool
take(const struct outputs_request *request, struct output_spec *out, unsigned *count,
    const char *text, const char *why)
{
    struct output_spec *spec = &out[*count];

    if (spec->target != NULL) {
        ++*count;
        if (why == NULL)
            why = check_last(out, *count);
    }
    return why == NULL || refuse(request, text, why);
}

static bool
take_text(const struct outputs_request *request, struct output_spec *out, unsigned *count,
    const char *text, unsigned what)
{
    if (*count == OUTPUT_SPEC_LIMIT)
        return refuse(request, text, "too many outputs");
    out[*count] = (struct output_spec){ .what = what };
    return take(request, out, count, text, read_text(text, &out[*count]));
}

static bool
take_configured(const struct outputs_request *request, struct output_spec *out, unsigned *count,
    const struct config_output *from)
{
    const char *name = types[from->type].name;

    if (*count == OUTPUT_SPEC_LIMIT)
        return refuse(request, name, "too many outputs");
    out[*count] = (struct output_spec){ 0 };
    return take(request, out, count, name, read_configured(from, &out[*count]));
}

bool
output_specs_collect(const struct outputs_request *request,
    struct output_spec out[OUTPUT_SPEC_LIMIT], unsigned *count)
{
    unsigned configured =
        request->config == NULL || request->spec_count > 0 ? 0 : request->config->output_count;

    *count = 0;
    for (unsigned i = 0; i < request->spec_count; i++)
        if (!take_text(request, out, count, request->specs[i], OUTPUT_ALERTS))
            return false;
    for (unsigned i = 0; i < configured; i++)
        if (!take_configured(request, out, count, &request->config->outputs[i]))
            return false;
    if (*count == 0 && !take_text(request, out, count, "yaml:-", OUTPUT_ALERTS))
        return false;
    return request->observations == NULL ||
           take_text(request, out, count, request->observations, OUTPUT_OBSERVATIONS);
}

void
output_spec_free(struct output_spec *spec)
{
    free(spec->target);
    spec->target = NULL;
}

/* What keeps a file from being appended to, or made in its folder; 0 or an errno value. */
static int
file_obstacle(const char *path)
{
    char folder[PATH_MAX];
    struct stat status;

    if (strcmp(path, "-") == 0)
        return 0;
    if (stat(path, &status) == 0)
        return S_ISDIR(status.st_mode) ? EISDIR : access(path, W_OK) != 0 ? errno : 0;
    if (snprintf(folder, sizeof folder, "%s", path) >= (int)sizeof folder)
        return ENAMETOOLONG;
    return access(dirname(folder), W_OK | X_OK) != 0 ? errno : 0;
}

/* Whether the output could be opened; nothing is made and nobody connected to. */
static bool
is_openable(const struct output_spec *spec, char error[SINK_ERROR_SIZE])
{
    struct sink *sink;
    int obstacle;

    if (spec->type == OUTPUT_SYSLOG) {
        sink = sink_open_socket(spec->target, error);
        if (sink != NULL)
            (void)sink->kind->close(sink);
        return sink != NULL;
    }
    obstacle = file_obstacle(spec->target);
    snprintf(error, SINK_ERROR_SIZE, "%s", strerror(obstacle));
    return obstacle == 0;
}

bool
outputs_check(const struct outputs_request *request)
{
    struct output_spec list[OUTPUT_SPEC_LIMIT];
    char label[OUTPUT_LABEL_SIZE], why[SINK_ERROR_SIZE];
    unsigned count;
    bool is_good = output_specs_collect(request, list, &count);

    for (unsigned i = 0; i < count; i++) {
        if (!is_openable(&list[i], why)) {
            output_spec_print(&list[i], label);
            is_good = refuse(request, label, why);
        }
        output_spec_free(&list[i]);
    }
    return is_good;
}
