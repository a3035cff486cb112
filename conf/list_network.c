/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Network lists: 67,000 lines at every start, so IPv4 prefixes are read by hand and only IPv6 goes
 * the long way.
 */
#include "embedded.h"
#include "list.h"
#include <stdio.h>
#include <string.h>

#define LINE_SIZE 128

/* What the @ lines of a block say. */
struct block {
    char kind[24], source[96], provider[48], date[12];
};

/* Decimal up to most; moves *at past it. */
static bool
read_decimal(const char **at, const char *end, uint32_t most, uint32_t *out)
{
    const char *from = *at;
    uint64_t value = 0;

    while (*at < end && **at >= '0' && **at <= '9' && value <= most)
        value = value * 10 + (uint64_t)(*(*at)++ - '0');
    *out = (uint32_t)value;
    return *at > from && value <= most;
}

static bool
read_v4(const char *at, const char *end, struct cidr *out)
{
    static const struct in6_addr mapped = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
    uint32_t address = 0, part, bits = 32;

    for (unsigned i = 0; i < 4; i++) {
        if (i > 0 && (at == end || *at++ != '.'))
            return false;
        if (!read_decimal(&at, end, 255, &part))
            return false;
        address = address << 8 | part;
    }
    if (at < end && (*at++ != '/' || !read_decimal(&at, end, 32, &bits)))
        return false;
    if (at != end || (bits < 32 && address << bits != 0))
        return false;
    out->address = mapped;
    out->bits = 96 + bits;
    for (unsigned i = 0; i < 4; i++)
        out->address.s6_addr[12 + i] = (uint8_t)(address >> (24 - 8 * i));
    return true;
}

static bool
read_entry(const char *at, const char *end, struct list_network *n)
{
    char text[LINE_SIZE];

    n->is_asn = end - at > 2 && at[0] == 'A' && at[1] == 'S';
    if (n->is_asn) {
        at += 2;
        return read_decimal(&at, end, UINT32_MAX, &n->asn) && at == end && n->asn != 0;
    }
    if (memchr(at, ':', (size_t)(end - at)) == NULL)
        return read_v4(at, end, &n->prefix);
    snprintf(text, sizeof text, "%.*s", (int)(end - at), at);
    return cidr_parse(text, &n->prefix, NULL);
}

static bool
copy_value(const char *from, const char *end, char *out, size_t size)
{
    size_t length = (size_t)(end - from);

    if (length >= size)
        return false;
    memcpy(out, from, length);
    out[length] = '\0';
    return true;
}

/* "@kind vpn"; "@provider " alone says that none is known. */
static bool
read_directive(const char *at, const char *end, struct block *b)
{
    const struct {
        const char *name;
        char *out;
        size_t size;
    } directives[] = {
        { "@kind ", b->kind, sizeof b->kind },
        { "@source ", b->source, sizeof b->source },
        { "@provider ", b->provider, sizeof b->provider },
        { "@date ", b->date, sizeof b->date },
    };

    for (unsigned i = 0; i < sizeof directives / sizeof *directives; i++) {
        size_t length = strlen(directives[i].name);

        if ((size_t)(end - at) >= length && memcmp(at, directives[i].name, length) == 0)
            return copy_value(at + length, end, directives[i].out, directives[i].size);
    }
    return false;
}

int
list_parse_networks(const char *text, void (*each)(void *context, const struct list_network *n),
    void *context, unsigned *line)
{
    struct block b = { 0 };
    struct list_network n = { .kind = b.kind, .source = b.source, .date = b.date };
    int count = 0;

    *line = 1;
    for (const char *end; *text != '\0'; text = *end == '\0' ? end : end + 1, ++*line) {
        end = strchrnul(text, '\n');
        if (end - text >= LINE_SIZE)
            return -1;
        if (end == text || *text == '#')
            continue;
        if (*text == '@') {
            if (!read_directive(text, end, &b))
                return -1;
            n.provider = b.provider[0] != '\0' ? b.provider : NULL;
            continue;
        }
        if (b.kind[0] == '\0' || b.source[0] == '\0' || !read_entry(text, end, &n))
            return -1;
        each(context, &n);
        count++;
    }
    return count;
}

int
list_each_network(void (*each)(void *context, const struct list_network *n), void *context)
{
    int total = 0;

    for (unsigned i = 0; i < conf_network_list_count; i++) {
        unsigned line;
        int count = list_parse_networks(conf_network_lists[i].text, each, context, &line);

        if (count < 0)
            return -1;
        total += count;
    }
    return total;
}
