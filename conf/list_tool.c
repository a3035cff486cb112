/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of tools: read once from the embedded text, and searched by name, nDPI protocol,
 * certificate and port. Host names have an index of their own (list_domain.c).
 */
#include "list_tool.h"
#include "embedded.h"
#include <ctype.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define TOOLS 384
#define COLUMNS 8

static struct list_tool tools[TOOLS];
static unsigned tool_count;
static char *tool_text; /* cut into the columns that tools[] points to; never freed */
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* nDPI's names of tools: asked for with each flow, so kept apart from the table. */
static struct {
    const char *name;
    size_t length;
    const struct list_tool *tool;
} ndpi_names[TOOLS];
static unsigned ndpi_count;

/* Cuts the line at its tabs; false when it has more or fewer columns. */
static bool
read_row(char *line, struct list_tool *out)
{
    const char *columns[COLUMNS];
    unsigned count = 0;

    for (char *rest = line; rest != NULL; count++) {
        char *column = strsep(&rest, "\t");

        if (count == COLUMNS)
            return false;
        columns[count] = column;
    }
    if (count != COLUMNS || columns[0][0] == '\0' || columns[1][0] == '\0')
        return false;
    *out = (struct list_tool){ columns[0], columns[1], columns[2], columns[3], columns[4],
        columns[5], columns[6], columns[7] };
    return true;
}

static void
index_ndpi(void)
{
    for (unsigned i = 0; i < tool_count; i++) {
        const char *names = tools[i].ndpi, *name;
        size_t length;

        while (list_next_item(&names, &name, &length) && ndpi_count < TOOLS) {
            ndpi_names[ndpi_count].name = name;
            ndpi_names[ndpi_count].length = length;
            ndpi_names[ndpi_count++].tool = &tools[i];
        }
    }
}

/* A damaged table is an error of the build, so there is nothing to go on with. */
static void
load(void)
{
    unsigned line = 0;

    tool_text = strdup(conf_tools_tsv);
    for (char *rest = tool_text; rest != NULL;) {
        char *row = strsep(&rest, "\n");

        line++;
        if (row[0] == '\0' || row[0] == '#')
            continue;
        if (tool_count == TOOLS || !read_row(row, &tools[tool_count])) {
            fprintf(stderr, "conf/lists/tools.tsv:%u: damaged\n", line);
            abort();
        }
        tool_count++;
    }
    if (tool_text == NULL || list_domain_index(tools, tool_count) != 0)
        abort();
    index_ndpi();
}

const struct list_tool *
list_tools(unsigned *count)
{
    pthread_once(&once, load);
    if (count != NULL)
        *count = tool_count;
    return tools;
}

bool
list_next_item(const char **list, const char **item, size_t *length)
{
    if (**list == '\0')
        return false;
    *item = *list;
    *length = strcspn(*list, ",");
    *list += *length + ((*list)[*length] == ',' ? 1 : 0);
    return true;
}

static char
next_letter(const char **text)
{
    while (**text == ' ' || **text == '-')
        ++*text;
    return **text == '\0' ? '\0' : (char)tolower((unsigned char)*(*text)++);
}

bool
list_same_tool(const char *a, const char *b)
{
    for (;;) {
        char x = next_letter(&a), y = next_letter(&b);

        if (x != y)
            return false;
        if (x == '\0')
            return true;
    }
}

const struct list_tool *
list_tool_by_name(const char *name)
{
    unsigned count;
    const struct list_tool *list = list_tools(&count);

    for (unsigned i = 0; i < count; i++)
        if (list_same_tool(list[i].name, name))
            return &list[i];
    return NULL;
}

const struct list_tool *
list_tool_by_ndpi(const char *ndpi_name)
{
    size_t wanted = strlen(ndpi_name);

    (void)list_tools(NULL);
    for (unsigned i = 0; i < ndpi_count; i++)
        if (ndpi_names[i].length == wanted &&
            strncasecmp(ndpi_names[i].name, ndpi_name, wanted) == 0)
            return ndpi_names[i].tool;
    return NULL;
}

/* Bit 5 is the case of a letter: a first look without a call. A "$" stands for the end. */
static bool
holds_sign(const char *subject, const char *sign, size_t length)
{
    bool ends = sign[length - 1] == '$';

    length -= ends;
    for (; *subject != '\0'; subject++)
        if (((*subject ^ sign[0]) & ~0x20) == 0 && strncasecmp(subject, sign, length) == 0 &&
            (!ends || subject[length] == '\0'))
            return true;
    return false;
}

const struct list_tool *
list_tool_by_certificate(const char *subject)
{
    unsigned count;
    const struct list_tool *list = list_tools(&count);
    size_t length;

    for (unsigned i = 0; i < count; i++) {
        const char *signs = list[i].certificates, *sign;

        if (signs[0] == '\0')
            continue;

        while (list_next_item(&signs, &sign, &length))
            if (holds_sign(subject, sign, length))
                return &list[i];
    }
    return NULL;
}

const struct list_tool *
list_tool_by_port(bool is_tcp, uint16_t port)
{
    unsigned count;
    const struct list_tool *list = list_tools(&count);
    char wanted[16];
    size_t length;
    int wanted_length = snprintf(wanted, sizeof wanted, "%s/%u", is_tcp ? "tcp" : "udp", port);

    for (unsigned i = 0; i < count; i++) {
        const char *ports = list[i].ports, *item;

        while (list_next_item(&ports, &item, &length))
            if (length == (size_t)wanted_length && memcmp(item, wanted, length) == 0)
                return &list[i];
    }
    return NULL;
}
