/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of services: read once from the embedded text, and searched by host name. A flow has a
 * name or two and the table is short, so that it is walked.
 */
#include "embedded.h"
#include "list_tool.h"
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVICES 128
#define COLUMNS 4
#define NAME_MOST 255 /* RFC 1035 */

/* The patterns of all rows, in their order. */
#define PATTERNS 512

static struct list_service services[SERVICES];
static struct {
    const char *text; /* not terminated */
    size_t length;
    const struct list_service *service;
} patterns[PATTERNS];
static unsigned pattern_count;
static unsigned service_count;
static char *service_text; /* cut into the columns that services[] points to; never freed */
static pthread_once_t once = PTHREAD_ONCE_INIT;

static bool
read_row(char *line, struct list_service *out)
{
    const char *columns[COLUMNS];
    unsigned count = 0;

    for (char *rest = line; rest != NULL; count++) {
        char *column = strsep(&rest, "\t");

        if (count == COLUMNS || column[0] == '\0')
            return false;
        columns[count] = column;
    }
    *out = (struct list_service){ columns[0], columns[1], columns[2], columns[3] };
    return count == COLUMNS;
}

static bool
index_patterns(const struct list_service *s)
{
    const char *list = s->domains, *text;
    size_t length;

    while (list_next_item(&list, &text, &length)) {
        if (pattern_count == PATTERNS)
            return false;
        patterns[pattern_count].text = text;
        patterns[pattern_count].length = length;
        patterns[pattern_count++].service = s;
    }
    return true;
}

/* As with tools, a damaged table is an error of the build. */
static void
load(void)
{
    unsigned line = 0;

    service_text = strdup(conf_services_tsv);
    if (service_text == NULL)
        abort();
    for (char *rest = service_text; rest != NULL;) {
        char *row = strsep(&rest, "\n");

        line++;
        if (row[0] == '\0' || row[0] == '#')
            continue;
        if (service_count == SERVICES || !read_row(row, &services[service_count]) ||
            !index_patterns(&services[service_count])) {
            fprintf(stderr, "conf/lists/services.tsv:%u: damaged\n", line);
            abort();
        }
        service_count++;
    }
}

const struct list_service *
list_services(unsigned *count)
{
    pthread_once(&once, load);
    *count = service_count;
    return services;
}

/* From the last character to the first; what is left of the name must end at a dot. */
static bool
is_below(const char *name, size_t length, const char *pattern, size_t pattern_length)
{
    while (pattern_length > 0) {
        char c = pattern[--pattern_length];

        if (length == 0)
            return false;
        if (c != '*') {
            if (tolower((unsigned char)name[--length]) != c)
                return false;
            continue;
        }
        if (name[length - 1] == '.')
            return false;
        while (length > 0 && name[length - 1] != '.')
            length--;
    }
    return length == 0 || name[length - 1] == '.';
}

const struct list_service *
list_service_by_domain(const char *name)
{
    size_t length = strnlen(name, NAME_MOST + 2);
    unsigned count;

    (void)list_services(&count);
    if (length > 0 && length <= NAME_MOST + 1 && name[length - 1] == '.')
        length--;
    if (length == 0 || length > NAME_MOST)
        return NULL;
    for (unsigned i = 0; i < pattern_count; i++)
        if (is_below(name, length, patterns[i].text, patterns[i].length))
            return patterns[i].service;
    return NULL;
}
