/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Host names to tools, a look-up a DNS question or SNI. Patterns are hashed by their fixed part; a
 * name is hashed from its end, so that each label boundary gives its suffix's hash in one pass.
 */
#include "list_tool.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NAME_MOST 255 /* RFC 1035 */
#define SLOTS 4096    /* a power of two, some times the number of patterns */

enum shape { BELOW_AND_SELF, BELOW, EXACT, WILDCARD };

struct pattern {
    const struct list_tool *tool;
    const char *fixed; /* not terminated */
    const char *label; /* of WILDCARD: the first label, with its "*" */
    uint32_t hash;
    uint8_t fixed_length, label_length;
    enum shape shape;
    bool is_web;
};

static struct pattern slots[SLOTS];
static unsigned used;

/* First labels that are web pages whatever vendor they belong to. */
static const char *const web_labels[] = { "about", "academy", "account", "accounts", "app", "apps",
    "assets", "blog", "careers", "cdn", "community", "console", "doc", "docs", "documentation",
    "download", "downloads", "feedback", "forum", "forums", "go", "help", "helpdesk", "images",
    "img", "info", "kb", "knowledge", "landing", "learn", "login", "mail", "marketing", "media",
    "my", "myaccount", "news", "pages", "partner", "partners", "portal", "press", "shop", "sso",
    "static", "status", "store", "support", "training", "trust", "university", "web", "webinar",
    "wiki", "www", "www2" };

/* FNV-1a, fed from the last character to the first. */
static uint32_t
hash_step(uint32_t hash, char c)
{
    return (hash ^ (uint8_t)c) * 16777619u;
}

#define HASH_START 2166136261u

static int
add_pattern(const struct list_tool *tool, bool is_web, const char *text, size_t length)
{
    struct pattern p = { .tool = tool, .is_web = is_web, .hash = HASH_START };
    const char *dot = memchr(text, '.', length);
    unsigned at;

    if (length == 0 || length > NAME_MOST || used >= SLOTS / 2)
        return -1;
    if (*text == '=') {
        p.shape = EXACT;
        text++;
        length--;
    } else if (length > 2 && text[0] == '*' && text[1] == '.') {
        p.shape = BELOW;
        text += 2;
        length -= 2;
    } else if (memchr(text, '*', length) != NULL) {
        if (dot == NULL)
            return -1;
        p.shape = WILDCARD;
        p.label = text;
        p.label_length = (uint8_t)(dot - text);
        length -= (size_t)(dot + 1 - text);
        text = dot + 1;
    }
    if (length == 0 || memchr(text, '*', length) != NULL)
        return -1;
    for (size_t i = length; i > 0; i--) {
        if (isupper((unsigned char)text[i - 1]) || text[i - 1] == ' ')
            return -1;
        p.hash = hash_step(p.hash, text[i - 1]);
    }
    p.fixed = text;
    p.fixed_length = (uint8_t)length;
    for (at = p.hash % SLOTS; slots[at].tool != NULL; at = (at + 1) % SLOTS)
        ;
    slots[at] = p;
    used++;
    return 0;
}

int
list_domain_index(const struct list_tool *tools, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        const char *lists[] = { tools[i].domains, tools[i].web }, *item;
        size_t length;

        for (unsigned j = 0; j < 2; j++)
            while (list_next_item(&lists[j], &item, &length))
                if (add_pattern(&tools[i], j == 1, item, length) != 0)
                    return -1;
    }
    return 0;
}

/* One "*" for any characters, none among them. */
static bool
label_fits(const char *label, size_t length, const struct pattern *p)
{
    size_t before = (size_t)((const char *)memchr(p->label, '*', p->label_length) - p->label);
    size_t after = p->label_length - before - 1;

    return length >= before + after && memcmp(label, p->label, before) == 0 &&
           memcmp(label + length - after, p->label + before + 1, after) == 0;
}

/* Whether p holds for the name, whose part from `at` on equals its fixed part. */
static bool
pattern_fits(const struct pattern *p, const char *name, size_t at)
{
    size_t label = at;

    switch (p->shape) {
    case BELOW_AND_SELF:
    case BELOW:
        return true;
    case EXACT:
        return at == 0;
    case WILDCARD:
        break;
    }
    if (at < 2)
        return false;
    for (label = at - 1; label > 0 && name[label - 1] != '.';)
        label--;
    return label_fits(name + label, at - 1 - label, p);
}

static unsigned
precedence(const struct pattern *p)
{
    static const unsigned of[] = { [BELOW_AND_SELF] = 0, [BELOW] = 1, [WILDCARD] = 2, [EXACT] = 3 };

    return of[p->shape];
}

static const struct pattern *
find_at(const char *name, size_t length, size_t at, uint32_t hash)
{
    const struct pattern *best = NULL;

    for (unsigned i = hash % SLOTS; slots[i].tool != NULL; i = (i + 1) % SLOTS) {
        const struct pattern *p = &slots[i];

        if (p->hash != hash || p->fixed_length != length - at ||
            memcmp(p->fixed, name + at, length - at) != 0 || !pattern_fits(p, name, at))
            continue;
        if (best == NULL || precedence(p) > precedence(best))
            best = p;
    }
    return best;
}

static int
compare_label(const void *key, const void *element)
{
    return strcmp(key, *(const char *const *)element);
}

static bool
has_web_label(const char *name)
{
    char label[16];
    size_t length = strcspn(name, ".");

    if (length >= sizeof label)
        return false;
    memcpy(label, name, length);
    label[length] = '\0';
    return bsearch(label, web_labels, sizeof web_labels / sizeof *web_labels, sizeof *web_labels,
               compare_label) != NULL;
}

const struct list_tool *
list_tool_by_domain(const char *name, bool *is_web)
{
    const struct pattern *best = NULL;
    char lower[NAME_MOST + 1];
    size_t length = strnlen(name, NAME_MOST + 2), best_at = 0;
    uint32_t hash = HASH_START;

    list_tools(NULL);
    *is_web = false;
    if (length > 0 && length <= NAME_MOST + 1 && name[length - 1] == '.')
        length--;
    if (length == 0 || length > NAME_MOST)
        return NULL;
    for (size_t i = 0; i < length; i++)
        lower[i] = (char)tolower((unsigned char)name[i]);
    lower[length] = '\0';
    for (size_t i = length; i > 0; i--) {
        const struct pattern *p;

        hash = hash_step(hash, lower[i - 1]);
        if (i > 1 && lower[i - 2] != '.')
            continue;
        p = find_at(lower, length, i - 1, hash);
        if (p != NULL) {
            best = p;
            best_at = i - 1;
        }
    }
    if (best == NULL)
        return NULL;
    *is_web =
        best->is_web || (best->shape == BELOW && best_at == 0) ||
        (best->shape != EXACT && best->shape != WILDCARD && best_at > 0 && has_web_label(lower));
    return best->tool;
}
