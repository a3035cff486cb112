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

/* What is asked for with each flow: one column's items, each with its tool. */
struct column {
    unsigned count;
    struct item {
        const char *text; /* not terminated */
        size_t length;
        uint32_t port; /* of the ports: as port_key() */
        const struct list_tool *tool;
    } items[TOOLS];
};
static struct column ndpi_names, certificates, ports;

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

static uint32_t
port_key(bool is_tcp, unsigned long port)
{
    return (is_tcp ? UINT32_C(1) << 16 : 0) | (uint32_t)port;
}

/* False when there is no room left. */
static bool
index_items(struct column *c, const struct list_tool *tool, const char *list)
{
    struct item item = { .tool = tool };

    while (list_next_item(&list, &item.text, &item.length)) {
        if (c->count == TOOLS)
            return false;
        if (item.length > 4 && item.text[3] == '/')
            item.port = port_key(item.text[0] == 't', strtoul(item.text + 4, NULL, 10));
        c->items[c->count++] = item;
    }
    return true;
}

static bool
index_columns(void)
{
    for (unsigned i = 0; i < tool_count; i++)
        if (!index_items(&ndpi_names, &tools[i], tools[i].ndpi) ||
            !index_items(&certificates, &tools[i], tools[i].certificates) ||
            !index_items(&ports, &tools[i], tools[i].ports))
            return false;
    return true;
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
    if (tool_text == NULL || list_domain_index(tools, tool_count) != 0 || !index_columns())
        abort();
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
    for (unsigned i = 0; i < ndpi_names.count; i++)
        if (ndpi_names.items[i].length == wanted &&
            strncasecmp(ndpi_names.items[i].text, ndpi_name, wanted) == 0)
            return ndpi_names.items[i].tool;
    return NULL;
}

/* Bit 5 is the case of a letter: a first look without a call. A "$" stands for the end. */
static bool
holds_sign(const char *subject, const struct item *sign)
{
    bool ends = sign->text[sign->length - 1] == '$';
    size_t length = sign->length - ends;

    for (; *subject != '\0'; subject++)
        if (((*subject ^ sign->text[0]) & ~0x20) == 0 &&
            strncasecmp(subject, sign->text, length) == 0 && (!ends || subject[length] == '\0'))
            return true;
    return false;
}

const struct list_tool *
list_tool_by_certificate(const char *subject)
{
    (void)list_tools(NULL);
    for (unsigned i = 0; i < certificates.count; i++)
        if (holds_sign(subject, &certificates.items[i]))
            return certificates.items[i].tool;
    return NULL;
}

const struct list_tool *
list_tool_by_port(bool is_tcp, uint16_t port)
{
    uint32_t wanted = port_key(is_tcp, port);

    (void)list_tools(NULL);
    for (unsigned i = 0; i < ports.count; i++)
        if (ports.items[i].port == wanted)
            return ports.items[i].tool;
    return NULL;
}
