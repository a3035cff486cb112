/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of services: read once from the embedded text, and searched by host name. Patterns that
 * end in the same two labels hang together.
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

#define PATTERNS 512
#define CHAINS 256 /* a power of two */
#define LABELS 2   /* that no "*" stands in: an organisation's name and what is above it */

static struct list_service services[SERVICES];
static struct pattern {
    const char *text; /* not terminated */
    size_t length;
    const struct list_service *service;
    struct pattern *next; /* of its chain, in the order of the rows */
} patterns[PATTERNS], *chains[CHAINS];
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

/* NULL: the name has too few labels, or a "*" stands in them. */
static struct pattern **
chain_of(const char *name, size_t length)
{
    uint32_t hash = 0;
    unsigned labels = 1;

    for (; length > 0 && name[length - 1] != '*'; length--) {
        char c = name[length - 1];

        if (c == '.' && ++labels > LABELS)
            break;
        hash = (hash ^ (uint8_t)tolower((unsigned char)c)) * 0x01000193u; /* FNV-1a's prime */
    }
    return labels < LABELS || (length > 0 && name[length - 1] == '*') ? NULL
                                                                      : &chains[hash % CHAINS];
}

static bool
index_patterns(const struct list_service *s)
{
    const char *list = s->domains, *text;
    size_t length;

    while (list_next_item(&list, &text, &length)) {
        struct pattern **last = chain_of(text, length);

        if (last == NULL || pattern_count == PATTERNS)
            return false;
        while (*last != NULL)
            last = &(*last)->next;
        *last = &patterns[pattern_count++];
        **last = (struct pattern){ .text = text, .length = length, .service = s };
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
    struct pattern **chain;
    unsigned count;

    (void)list_services(&count);
    if (length > 0 && length <= NAME_MOST + 1 && name[length - 1] == '.')
        length--;
    if (length == 0 || length > NAME_MOST)
        return NULL;
    chain = chain_of(name, length);
    for (const struct pattern *p = chain != NULL ? *chain : NULL; p != NULL; p = p->next)
        if (is_below(name, length, p->text, p->length))
            return p->service;
    return NULL;
}
