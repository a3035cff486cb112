/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages on standard error. A cause is a text: its hash is remembered in a small table that, once
 * full, forgets nothing and remembers nothing more, so that memory is bounded and the worst case is
 * a message said twice.
 */
#include "log.h"
#include "../parsers/text.h"
#include "stablehash.h"
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 1024   /* longest message */
#define CAUSE_LIMIT 1024 /* distinct texts remembered */

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static enum log_level current_level = LOG_NORMAL;
static uint64_t causes[CAUSE_LIMIT];
static unsigned cause_count;
static uint64_t repeats;
static bool has_status;

static bool
was_said(const char *text)
{
    uint64_t hash = stablehash_text(STABLEHASH_START, text);

    for (unsigned i = 0; i < cause_count; i++)
        if (causes[i] == hash)
            return true;
    if (cause_count < CAUSE_LIMIT)
        causes[cause_count++] = hash;
    return false;
}

static void
wipe_status(void)
{
    if (has_status)
        fputs("\r\033[K", stderr);
    has_status = false;
}

static void
say(const char *format, va_list arguments)
{
    char raw[LINE_SIZE], line[LINE_SIZE];

    vsnprintf(raw, sizeof(raw), format, arguments);
    text_clean(line, sizeof(line), raw, strlen(raw));
    pthread_mutex_lock(&lock);
    if (was_said(line)) {
        repeats++;
    } else {
        wipe_status();
        fprintf(stderr, "farmwatch: %s\n", line);
    }
    pthread_mutex_unlock(&lock);
}

void
log_set_level(enum log_level level)
{
    current_level = level;
}

enum log_level
log_get_level(void)
{
    return current_level;
}

void
log_failure(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void
log_note(const char *format, ...)
{
    va_list arguments;

    if (current_level < LOG_NORMAL)
        return;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void
log_detail(const char *format, ...)
{
    va_list arguments;

    if (current_level < LOG_VERBOSE)
        return;
    va_start(arguments, format);
    say(format, arguments);
    va_end(arguments);
}

void
log_message(void *context, const char *line)
{
    (void)context;
    log_failure("%s", line);
}

void
log_status(const char *text)
{
    pthread_mutex_lock(&lock);
    wipe_status();
    if (text != NULL) {
        fputs(text, stderr);
        has_status = true;
    }
    fflush(stderr);
    pthread_mutex_unlock(&lock);
}

uint64_t
log_get_repeats(void)
{
    return repeats;
}
