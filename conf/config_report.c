/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Messages are cut at MESSAGE bytes and made printable: a hostile file must not reach the terminal
 * raw.
 */
#include "config_report.h"

#include <stdarg.h>
#include <stdio.h>

#define MESSAGE 1024

static void
write_line(struct config_report *r, const char *severity, const char *place, const char *path,
    const char *text)
{
    char line[2 * MESSAGE];

    snprintf(line, sizeof(line), "%s%s%s%s%s%s", severity, place, place[0] != '\0' ? ": " : "",
        path, path[0] != '\0' ? ": " : "", text);
    for (char *p = line; *p != '\0'; p++)
        if ((unsigned char)*p < ' ' || *p == '\x7f')
            *p = '?';
    r->message(r->context, line);
}

static void
name_place(char *to, size_t size, const struct config_node *at, unsigned line, unsigned column)
{
    if (at == NULL || at->origin == NULL)
        to[0] = '\0';
    else if (line == 0)
        snprintf(to, size, "%s", at->origin);
    else
        snprintf(to, size, "%s:%u:%u", at->origin, line, column);
}

static void
count_error(struct config_report *r, const char *place, const char *path, const char *text)
{
    r->errors++;
    if (r->errors <= CONFIG_MAX_ERRORS)
        write_line(r, "", place, path, text);
    else if (r->errors == CONFIG_MAX_ERRORS + 1)
        write_line(r, "", "", "", "more errors; the first ones are enough to begin with");
}

void
config_report_error(struct config_report *r, const struct config_node *at, const char *path,
    const char *format, ...)
{
    char place[MESSAGE / 2], text[MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    name_place(place, sizeof(place), at, at != NULL ? at->line : 0, at != NULL ? at->column : 0);
    count_error(r, place, path, text);
}

void
config_report_key(struct config_report *r, const struct config_node *at, const char *path,
    const char *format, ...)
{
    char place[MESSAGE / 2], text[MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    name_place(place, sizeof(place), at, at->key_line, at->key_column);
    count_error(r, place, path, text);
}

void
config_report_warning(struct config_report *r, const struct config_node *at, const char *path,
    const char *format, ...)
{
    char place[MESSAGE / 2], text[MESSAGE];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    name_place(place, sizeof(place), at, at != NULL ? at->line : 0, at != NULL ? at->column : 0);
    write_line(r, "warning: ", place, path, text);
}
