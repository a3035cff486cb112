/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hands each document to the outputs that want it, and keeps what an output cannot take just now.
 *
 * Alerts go out at once. Observations are gathered and written in larger pieces. When a write
 * fails, the cause is said once; alerts then wait in the output's spool, and the next try comes
 * after a pause that doubles from one second to a minute. Observations of an output that is down
 * are not kept (they would crowd out the alerts) but counted. What waited is written a slice at a
 * time, so that a slow peer holds up nobody.
 */
#include "output.h"
#include "../stablehash.h"
#include "document.h"
#include "output_spec.h"
#include "spool.h"
#include "syslog.h"
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define GATHER_BYTES (64u << 10) /* of observations, before they are written */
#define GATHER_US INT64_C(1000000)
#define PAUSE_FIRST_US INT64_C(1000000)
#define PAUSE_LAST_US INT64_C(60000000)
#define PAUSE_CONNECTING_US INT64_C(50000)
#define DRAIN_US INT64_C(100000)       /* for what waits, in one call */
#define LAST_DRAIN_US INT64_C(5000000) /* the same at the end */
#define LAST_PATIENCE_MS 1000
#define LINE_SIZE 512

struct output {
    struct output_spec spec;
    struct sink *sink;
    struct emitter *emitter; /* NULL for syslog */
    struct spool *spool;
    struct buffer document; /* the alert at hand */
    struct buffer gathered; /* observations not yet written */
    struct buffer waiting;  /* the spool's oldest */
    uint64_t gathered_count;
    int64_t gathered_since_us;
    int64_t retry_us, pause_us; /* both 0: it works */
    int said;                   /* errno of the last failure that was said */
    bool is_full_said;
    uint64_t waited; /* documents of the spool that were written, not yet said */
    uint64_t lost_alerts, lost_observations;
};

struct outputs {
    struct output *list;
    unsigned count;
    bool is_closing;
    struct outputs_request request;
};

static int64_t
clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void __attribute__((format(printf, 3, 4)))
say(const struct outputs *o, const struct output *out, const char *format, ...)
{
    char line[LINE_SIZE], label[OUTPUT_LABEL_SIZE];
    va_list arguments;
    int n;

    output_spec_print(&out->spec, label);
    n = snprintf(line, sizeof(line), "output %s: ", label);
    va_start(arguments, format);
    if (n >= 0 && (size_t)n < sizeof(line))
        vsnprintf(line + n, sizeof(line) - (size_t)n, format, arguments);
    va_end(arguments);
    o->request.message(o->request.context, line);
}

static void
note_failure(struct outputs *o, struct output *out, int error)
{
    if (error == EINPROGRESS && !o->is_closing) {
        out->retry_us = clock_us() + PAUSE_CONNECTING_US;
        return;
    }
    if (error == EINPROGRESS)
        error = ETIMEDOUT;
    out->pause_us = out->pause_us == 0 ? PAUSE_FIRST_US : out->pause_us * 2;
    if (out->pause_us > PAUSE_LAST_US)
        out->pause_us = PAUSE_LAST_US;
    out->retry_us = clock_us() + out->pause_us;
    if (error == out->said)
        return;
    out->said = error;
    say(o, out, "%s; %s", strerror(error),
        out->sink->is_gone ? "nothing more is written to it"
                           : "alerts wait and are tried again, observations are dropped");
}

static int
write_to_sink(const struct outputs *o, struct output *out, const char *bytes, size_t n)
{
    int error = out->sink->is_gone ? EPIPE : out->sink->kind->write(out->sink, bytes, n);

    out->lost_alerts += out->sink->refused;
    out->sink->refused = 0;
    if (out->sink->unrotated != 0)
        say(o, out, "cannot be rotated: %s; it grows on", strerror(out->sink->unrotated));
    out->sink->unrotated = 0;
    if (error == 0) {
        out->retry_us = out->pause_us = 0;
        out->said = 0;
    }
    return error;
}

/* Writes what waits, oldest first, while the slice of time lasts; true when nothing waits any more.
 */
static bool
drain(struct outputs *o, struct output *out)
{
    int64_t end_us = clock_us() + (o->is_closing ? LAST_DRAIN_US : DRAIN_US);
    uint64_t written = 0;
    int error = 0;

    while (clock_us() <= end_us && spool_peek(out->spool, &out->waiting)) {
        error = write_to_sink(o, out, out->waiting.data, out->waiting.length);
        if (error != 0)
            break;
        spool_drop(out->spool);
        written++;
    }
    out->waited += written;
    if (error != 0)
        note_failure(o, out, error);
    if (spool_get_count(out->spool) > 0)
        return false;
    if (out->waited > 0)
        say(o, out, "%" PRIu64 " alerts that waited were written", out->waited);
    out->waited = 0;
    return true;
}

/* True when the output may be written to now: it works, or its pause is over and it works again. */
static bool
is_ready(struct outputs *o, struct output *out)
{
    if (out->retry_us == 0 && spool_get_count(out->spool) == 0)
        return true;
    return !out->sink->is_gone && clock_us() >= out->retry_us && drain(o, out);
}

static void
write_gathered(struct outputs *o, struct output *out)
{
    bool is_up;
    int error = 0;

    if (out->gathered_count == 0)
        return;
    is_up = is_ready(o, out);
    if (out->gathered.failed)
        error = ENOMEM;
    else if (is_up)
        error = write_to_sink(o, out, out->gathered.data, out->gathered.length);
    if (error != 0)
        note_failure(o, out, error);
    if (error != 0 || !is_up)
        out->lost_observations += out->gathered_count;
    out->gathered_count = 0;
    buffer_clear(&out->gathered);
}

static void
keep_document(struct outputs *o, struct output *out)
{
    if (!out->sink->is_gone && spool_add(out->spool, out->document.data, out->document.length))
        return;
    out->lost_alerts++;
    if (!out->sink->is_gone && !out->is_full_said)
        say(o, out, "no room for more alerts to wait in (%s); newer ones are lost",
            strerror(errno));
    out->is_full_said = true;
}

static void
write_document(struct outputs *o, struct output *out)
{
    int error;

    write_gathered(o, out);
    if (out->document.failed) {
        out->lost_alerts++;
        note_failure(o, out, ENOMEM);
        return;
    }
    if (!is_ready(o, out)) {
        keep_document(o, out);
        return;
    }
    error = write_to_sink(o, out, out->document.data, out->document.length);
    if (error == 0)
        return;
    note_failure(o, out, error);
    keep_document(o, out);
}

static bool
wants(const struct output *out, const struct alert *a)
{
    if (strcmp(a->name, "health") == 0)
        return (out->spec.what & OUTPUT_HEALTH) != 0;
    return (out->spec.what & OUTPUT_ALERTS) != 0 && a->severity >= out->spec.min_severity;
}

static void
format_syslog(const struct outputs *o, struct output *out, const struct alert *a)
{
    char *at = buffer_extend(&out->document, SYSLOG_LIMIT);
    long process = o->request.replay ? 0 : (long)getpid(); /* replays give the same bytes */

    if (at != NULL)
        out->document.length =
            out->spec.is_cef ? syslog_format_cef(at, a, process) : syslog_format(at, a, process);
}

void
outputs_alert(struct outputs *o, const struct alert *a)
{
    for (struct output *out = o->list; out < o->list + o->count; out++) {
        if (!wants(out, a))
            continue;
        buffer_clear(&out->document);
        if (out->emitter == NULL) {
            format_syslog(o, out, a);
        } else {
            write_gathered(o, out); /* both go through the emitter's one buffer */
            document_alert(out->emitter, a);
            if (out->gathered.length > 0)
                buffer_add(&out->document, out->gathered.data, out->gathered.length);
            out->document.failed |= out->gathered.failed;
            buffer_clear(&out->gathered);
        }
        write_document(o, out);
    }
}

void
outputs_observation(struct outputs *o, const struct observation *ob)
{
    for (struct output *out = o->list; out < o->list + o->count; out++) {
        if ((out->spec.what & OUTPUT_OBSERVATIONS) == 0)
            continue;
        if (out->gathered_count++ == 0)
            out->gathered_since_us = clock_us();
        document_observation(out->emitter, ob);
        if (out->gathered.length >= GATHER_BYTES || out->gathered.failed ||
            clock_us() - out->gathered_since_us >= GATHER_US)
            write_gathered(o, out);
    }
}

void
outputs_idle(struct outputs *o)
{
    for (struct output *out = o->list; out < o->list + o->count; out++) {
        write_gathered(o, out);
        (void)is_ready(o, out);
    }
}

/* The name holds what the documents look like and where they go, so that none is sent elsewhere by
 * a later configuration. */
static void
open_spool(struct outputs *o, struct output *out)
{
    const struct config *config = o->request.replay ? NULL : o->request.config;
    const struct output_spec *spec = &out->spec;
    static const char *const looks[] = {
        [OUTPUT_YAML] = "yaml", [OUTPUT_JSON] = "json", [OUTPUT_SYSLOG] = "syslog"
    };
    const char *look = spec->is_cef ? "cef" : looks[spec->type];
    uint64_t id = stablehash_text(stablehash_text(STABLEHASH_START, look), spec->target);
    char path[PATH_MAX];

    if (config != NULL && config->state_path != NULL) {
        snprintf(path, sizeof(path), "%s.spool-%016" PRIx64, config->state_path, id);
        out->spool = spool_open(path);
        if (out->spool == NULL)
            say(o, out, "alerts that cannot be written will wait in memory only: %s: %s", path,
                strerror(errno));
    }
    if (out->spool == NULL)
        out->spool = spool_open(NULL);
}

static bool
open_output(struct outputs *o, struct output *out)
{
    char error[SINK_ERROR_SIZE];
    bool is_syslog = out->spec.type == OUTPUT_SYSLOG;

    out->sink = is_syslog ? sink_open_socket(out->spec.target, error)
                          : sink_open_file(out->spec.target, (uint64_t)out->spec.rotate_mib << 20,
                                out->spec.keep, error);
    if (out->sink != NULL && !is_syslog)
        out->emitter = out->spec.type == OUTPUT_YAML ? emit_open_yaml(&out->gathered)
                                                     : emit_open_json(&out->gathered);
    if (out->sink != NULL)
        open_spool(o, out);
    if (out->spool != NULL && (is_syslog || out->emitter != NULL))
        return true;
    say(o, out, "%s", out->sink == NULL ? error : strerror(ENOMEM));
    return false;
}

static void
free_output(struct output *out)
{
    if (out->sink != NULL)
        (void)out->sink->kind->close(out->sink);
    emit_close(out->emitter);
    spool_close(out->spool);
    buffer_free(&out->document);
    buffer_free(&out->gathered);
    buffer_free(&out->waiting);
    output_spec_free(&out->spec);
}

static void
free_outputs(struct outputs *o)
{
    for (unsigned i = 0; i < o->count; i++)
        free_output(&o->list[i]);
    free(o->list);
    free(o);
}

/* A last try; true when nothing was lost. */
static bool
finish_output(struct outputs *o, struct output *out)
{
    uint64_t left;
    int error;

    out->sink->patience_ms = LAST_PATIENCE_MS;
    write_gathered(o, out);
    if (!out->sink->is_gone && spool_get_count(out->spool) > 0)
        (void)drain(o, out);
    left = spool_get_count(out->spool);
    error = out->sink->kind->close(out->sink);
    out->sink = NULL;
    if (error != 0) {
        if (error != out->said)
            say(o, out, "%s", strerror(error));
        out->lost_alerts++; /* the last one at least */
    }
    if (left > 0 && spool_is_kept(out->spool))
        say(o, out, "%" PRIu64 " alerts wait on disk for the next start", left);
    else
        out->lost_alerts += left;
    if (out->lost_alerts > 0 || out->lost_observations > 0)
        say(o, out, "lost %" PRIu64 " alerts and %" PRIu64 " observations", out->lost_alerts,
            out->lost_observations);
    return out->lost_alerts == 0 && out->lost_observations == 0 && left == 0;
}

struct outputs *
outputs_open(const struct outputs_request *request)
{
    struct outputs *o = calloc(1, sizeof(*o));
    struct output_spec specs[OUTPUT_SPEC_LIMIT];
    unsigned count = 0;
    bool is_good;

    if (o == NULL)
        return NULL;
    o->request = *request;
    is_good = output_specs_collect(request, specs, &count);
    o->list = calloc(count > 0 ? count : 1, sizeof(*o->list));
    if (o->list == NULL) {
        for (unsigned i = 0; i < count; i++)
            output_spec_free(&specs[i]);
        free(o);
        return NULL;
    }
    for (o->count = 0; o->count < count; o->count++)
        o->list[o->count].spec = specs[o->count];
    for (unsigned i = 0; i < count && is_good; i++)
        is_good = open_output(o, &o->list[i]);
    if (!is_good) {
        free_outputs(o);
        return NULL;
    }
    /* A closed pipe, or a file that may not grow, is an error of one output, not the end. */
    (void)signal(SIGPIPE, SIG_IGN);
    (void)signal(SIGXFSZ, SIG_IGN);
    return o;
}

int
outputs_close(struct outputs *o)
{
    int result = 0;

    if (o == NULL)
        return 0;
    o->is_closing = true;
    for (unsigned i = 0; i < o->count; i++)
        if (!finish_output(o, &o->list[i]))
            result = 1;
    free_outputs(o);
    return result;
}
