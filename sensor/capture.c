/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The face of the capture: files or an interface behind the same calls.
 */
#include "capture.h"
#include "capture_common.h"
#include "capture_live.h"
#include "capture_merge.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#define LINE_SIZE 1024

struct capture {
    struct capture_common common;
    struct capture_merge *merge; /* one of the two is there */
    struct capture_live *live;
};

static void
say(struct capture_common *common, const char *format, va_list arguments)
{
    char line[LINE_SIZE];

    if (common->message == NULL)
        return;
    vsnprintf(line, sizeof(line), format, arguments);
    common->message(common->context, line);
}

void
capture_say(struct capture_common *common, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(common, format, arguments);
    va_end(arguments);
}

void
capture_fail(struct capture_common *common, const char *format, ...)
{
    va_list arguments;

    common->had_errors = true;
    va_start(arguments, format);
    say(common, format, arguments);
    va_end(arguments);
}

struct capture *
capture_open(const struct capture_request *request, bool *bad_filter)
{
    struct capture *c = calloc(1, sizeof(*c));
    char error[PCAP_ERRBUF_SIZE] = "";

    *bad_filter = false;
    if (c == NULL)
        return NULL;
    c->common.message = request->message;
    c->common.context = request->context;
    c->common.filter =
        request->filter != NULL && request->filter[0] != '\0' ? request->filter : NULL;
    if (!capture_filter_is_valid(&c->common, error)) {
        *bad_filter = true;
        capture_fail(&c->common, "filter: %s", error);
    } else if (request->paths != NULL) {
        c->merge = capture_merge_open(&c->common, request->paths, request->path_count);
    } else {
        c->live = capture_live_open(&c->common, request, bad_filter);
    }
    if (c->merge == NULL && c->live == NULL) {
        capture_close(c);
        return NULL;
    }
    return c;
}

unsigned
capture_read(struct capture *c, struct capture_packet *out)
{
    return c->merge != NULL ? capture_merge_read(c->merge, out) : capture_live_read(c->live, out);
}

bool
capture_at_end(const struct capture *c)
{
    return c->merge != NULL ? capture_merge_at_end(c->merge) : capture_live_at_end(c->live);
}

const char *
capture_name(const struct capture *c, uint32_t capture)
{
    return c->merge != NULL ? capture_merge_name(c->merge, capture) : capture_live_name(c->live);
}

void
capture_get_counts(struct capture *c, struct capture_counts *out)
{
    if (c->live != NULL)
        capture_live_count(c->live);
    *out = c->common.counts;
}

bool
capture_had_errors(const struct capture *c)
{
    return c->common.had_errors;
}

void
capture_close(struct capture *c)
{
    if (c == NULL)
        return;
    capture_merge_close(c->merge);
    capture_live_close(c->live);
    capture_filter_free(&c->common);
    free(c);
}

bool
capture_check_filter(const char *filter, char *error, size_t error_size)
{
    struct capture_common common = { .filter = filter };
    char why[PCAP_ERRBUF_SIZE] = "";
    bool is_valid = capture_filter_is_valid(&common, why);

    snprintf(error, error_size, "%s", why);
    return is_valid;
}

bool
capture_check_interface(
    const char *name, void (*message)(void *context, const char *line), void *context)
{
    struct capture_common common = { .message = message, .context = context };

    return capture_live_check(&common, name);
}

const char *
capture_link_name(uint32_t link_type)
{
    const char *name = pcap_datalink_val_to_name(capture_link_to_dlt(link_type));

    return name == NULL ? "unknown" : name;
}
