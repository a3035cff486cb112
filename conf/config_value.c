/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The table of kinds of values: what is expected of each, and how text becomes what libcyaml
 * loads. Durations become microseconds, dates seconds, prefixes five numbers, words their value.
 */
#include "config_check.h"
#include "config_near.h"
#include "config_text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ZONES "/usr/share/zoneinfo"
#define LONGEST_TEXT 4096 /* a long BPF expression is a tenth of it */

struct lowering {
    struct config_memory *m;
    struct config_node *node;
    const struct config_option *option;
    const char *why;
    struct config_near *near;
};

/* Text that needs no change is loaded as it stands. */
static bool
lower_text(struct lowering *l)
{
    const struct config_node *n = l->node;

    if (n->length > LONGEST_TEXT) {
        l->why = "longer than 4096 bytes";
        return false;
    }
    for (size_t i = 0; i < n->length; i++)
        if ((unsigned char)n->text[i] < ' ' || n->text[i] == '\x7f') {
            l->why = "it holds control characters";
            return false;
        }
    return n->length > 0;
}

static void
replace_text(struct lowering *l, const char *text)
{
    l->node->text = config_memory_copy(l->m, text, strlen(text));
    l->node->length = strlen(text);
}

/* Files read by us stand beside the file that names them; the command line's beside the user. */
static bool
lower_path(struct lowering *l)
{
    const char *origin = l->node->line > 0 ? l->node->origin : NULL;
    const char *slash = origin == NULL ? NULL : strrchr(origin, '/');

    if (!lower_text(l))
        return false;
    if (l->node->text[0] != '/' && slash != NULL)
        replace_text(
            l, config_memory_print(l->m, "%.*s/%s", (int)(slash - origin), origin, l->node->text));
    return true;
}

static const struct config_word *
find_word(struct lowering *l)
{
    for (const struct config_word *w = l->option->words; w->text != NULL; w++) {
        if (strcmp(w->text, l->node->text) == 0)
            return w;
        config_near_try(l->near, w->text);
    }
    return NULL;
}

static bool
lower_word(struct lowering *l)
{
    const struct config_word *w = find_word(l);

    if (w != NULL)
        l->node->lowered = config_memory_print(l->m, "%u", w->value);
    return w != NULL;
}

static bool
lower_name(struct lowering *l)
{
    return find_word(l) != NULL;
}

static bool
lower_bool(struct lowering *l)
{
    static const struct {
        const char *text, *value;
    } words[] = { { "true", "true" }, { "yes", "true" }, { "on", "true" }, { "false", "false" },
        { "no", "false" }, { "off", "false" } };

    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (strcasecmp(words[i].text, l->node->text) == 0)
            l->node->lowered = words[i].value;
    return l->node->lowered != NULL;
}

/* Both 0: any that is not negative. */
static bool
is_in_range(const struct config_option *o, double value)
{
    return value >= o->least && (o->most == 0 ? o->least <= 0 : value <= o->most);
}

static bool
lower_count(struct lowering *l)
{
    const size_t most_digits = 10;
    const char *text = l->node->text;

    if (text[strspn(text, "0123456789")] != '\0' || text[0] == '\0' || strlen(text) > most_digits)
        return false;
    if (!is_in_range(l->option, strtod(text, NULL)))
        return false;
    l->node->lowered = config_memory_print(l->m, "%.0f", strtod(text, NULL));
    return true;
}

static bool
lower_number(struct lowering *l)
{
    double value;

    if (!config_text_read_number(l->node->text, &value) || !is_in_range(l->option, value))
        return false;
    l->node->lowered = config_memory_print(l->m, "%.17g", value);
    return true;
}

static bool
lower_duration(struct lowering *l)
{
    double us;

    if (!config_text_read_duration(l->node->text, &us, &l->why))
        return false;
    l->node->lowered = config_memory_print(l->m, "%.0f", us);
    return true;
}

static bool
lower_seconds(struct lowering *l)
{
    double us;

    if (!config_text_read_duration(l->node->text, &us, &l->why))
        return false;
    l->node->lowered = config_memory_print(l->m, "%.17g", us / 1e6);
    return true;
}

static bool
lower_date(struct lowering *l)
{
    int64_t seconds;

    if (!config_text_read_date(l->node->text, &seconds))
        return false;
    l->node->lowered = config_memory_print(l->m, "%lld", (long long)seconds);
    return true;
}

static bool
lower_partial_date(struct lowering *l)
{
    return config_text_is_partial_date(l->node->text);
}

static bool
lower_hours(struct lowering *l)
{
    int from, to;

    if (!config_text_read_hours(l->node->text, &from, &to))
        return false;
    l->node->lowered = config_memory_print(l->m, "{from: %d, to: %d}", from, to);
    return true;
}

/* Candidates for a mistyped zone, from the table of zones (its third column). */
static void
suggest_zones(struct lowering *l)
{
    char line[512], name[128];
    FILE *zones = fopen(ZONES "/zone.tab", "re");

    if (zones == NULL)
        return;
    while (fgets(line, sizeof(line), zones) != NULL) {
        const char *before = l->near->best;

        if (line[0] == '#' || sscanf(line, "%*s %*s %127s", name) != 1)
            continue;
        config_near_try(l->near, name);
        if (l->near->best != before)
            l->near->best = config_memory_copy(l->m, name, strlen(name));
    }
    fclose(zones);
}

/* Without the zones' folder any name that looks like one has to do. */
static bool
lower_zone(struct lowering *l)
{
    const char *text = l->node->text;
    struct stat status;

    /* Upper case, since the folder holds other things than zones in lower case. */
    if (!isupper((unsigned char)text[0]) || strstr(text, "..") != NULL || !lower_text(l)) {
        suggest_zones(l);
        return false;
    }
    if (access(ZONES, X_OK) != 0)
        return true;
    if (stat(config_memory_print(l->m, ZONES "/%s", text), &status) == 0 && S_ISREG(status.st_mode))
        return true;
    suggest_zones(l);
    return false;
}

static bool
lower_country(struct lowering *l)
{
    char code[3];

    if (!config_text_read_country(l->node->text, code))
        return false;
    replace_text(l, code);
    return true;
}

static void
lower_cidr(struct lowering *l, const struct cidr *c)
{
    uint32_t word[4];

    memcpy(word, &c->address, sizeof(word));
    l->node->lowered = config_memory_print(l->m, "{a: %u, b: %u, c: %u, d: %u, bits: %u}", word[0],
        word[1], word[2], word[3], c->bits);
}

static bool
read_cidr(struct lowering *l, struct cidr *c)
{
    const char *why = NULL;
    bool is_good = cidr_parse(l->node->text, c, &why);

    if (!is_good && why != NULL)
        l->why = why;
    return is_good;
}

static bool
lower_prefix(struct lowering *l)
{
    struct cidr c;

    if (!read_cidr(l, &c))
        return false;
    lower_cidr(l, &c);
    return true;
}

static bool
lower_address(struct lowering *l)
{
    struct cidr c;

    if (strchr(l->node->text, '/') != NULL || !read_cidr(l, &c))
        return false;
    lower_cidr(l, &c);
    return true;
}

static bool
lower_site(struct lowering *l)
{
    char text[CONFIG_TEXT_SIZE];
    struct cidr c;

    if (!read_cidr(l, &c))
        return false;
    config_text_prefix(text, &c);
    replace_text(l, text);
    return true;
}

static bool
lower_asn(struct lowering *l)
{
    const size_t most_digits = 10;
    const char *digits = l->node->text + (strncasecmp(l->node->text, "AS", 2) == 0 ? 2 : 0);
    double value;

    if (digits[0] == '\0' || digits[strspn(digits, "0123456789")] != '\0' ||
        strlen(digits) > most_digits)
        return false;
    value = strtod(digits, NULL);
    if (value < 1 || value > UINT32_MAX)
        return false;
    l->node->lowered = config_memory_print(l->m, "%.0f", value);
    return true;
}

static bool
lower_domain(struct lowering *l)
{
    char *name;

    if (!config_text_is_domain(l->node->text))
        return false;
    name = config_memory_copy(l->m, l->node->text, l->node->length);
    for (char *p = name; *p != '\0'; p++)
        *p = (char)tolower((unsigned char)*p);
    l->node->text = name;
    return true;
}

static bool
lower_mac(struct lowering *l)
{
    char mac[CONFIG_TEXT_SIZE];

    if (!config_text_read_mac(l->node->text, mac))
        return false;
    replace_text(l, mac);
    return true;
}

static bool
lower_device(struct lowering *l)
{
    return lower_mac(l) || lower_text(l);
}

static bool
lower_ja3(struct lowering *l)
{
    const size_t digits_of_md5 = 32;

    return l->node->length == digits_of_md5 &&
           strspn(l->node->text, "0123456789abcdef") == digits_of_md5;
}

static bool
lower_listen(struct lowering *l)
{
    return config_text_is_listen(l->node->text);
}

static bool
lower_url(struct lowering *l)
{
    return lower_text(l) && config_text_is_url(l->node->text);
}

static const struct {
    const char *expected;
    bool (*lower)(struct lowering *l);
} kinds[KIND_COUNT_OF] = {
    [KIND_MAP] = { "a map of keys", NULL },
    [KIND_LIST] = { "a list", NULL },
    [KIND_FLAGS] = { "a list", NULL },
    [KIND_WORD] = { "one of", lower_word },
    [KIND_NAME] = { "one of", lower_name },
    [KIND_TEXT] = { "text", lower_text },
    [KIND_PATH] = { "a path", lower_path },
    [KIND_BOOL] = { "true or false", lower_bool },
    [KIND_COUNT] = { "a whole number", lower_count },
    [KIND_NUMBER] = { "a number", lower_number },
    [KIND_DURATION] = { "a duration with its unit, such as 15m (us ms s m h d)", lower_duration },
    [KIND_SECONDS] = { "a duration with its unit, such as 15m (us ms s m h d)", lower_seconds },
    [KIND_DATE] = { "a date, such as 2024-02-29", lower_date },
    [KIND_PARTIAL_DATE] = { "a date, such as 2024-02-29, 2024-02 or 2024", lower_partial_date },
    [KIND_HOURS] = { "hours of a day, such as \"08:00-18:00\", or none", lower_hours },
    [KIND_ZONE] = { "an IANA time zone, such as America/Denver", lower_zone },
    [KIND_COUNTRY] = { "a two-letter country code of ISO 3166, such as US", lower_country },
    [KIND_PREFIX] = { "a prefix or address, such as 192.0.2.0/24", lower_prefix },
    [KIND_ADDRESS] = { "an address, such as 192.0.2.1", lower_address },
    [KIND_SITE] = { "an address or prefix, such as 192.0.2.1", lower_site },
    [KIND_ASN] = { "an AS number, such as 64496 or AS64496", lower_asn },
    [KIND_DOMAIN] = { "a domain, such as example.com (what stands below it matches too)",
        lower_domain },
    [KIND_MAC] = { "a MAC address, such as 02:00:5e:10:00:01", lower_mac },
    [KIND_DEVICE] = { "a host name or a MAC address", lower_device },
    [KIND_JA3] = { "a JA3 fingerprint: 32 digits of lower-case hex", lower_ja3 },
    [KIND_LISTEN] = { "an address and a port, such as 127.0.0.1:9494", lower_listen },
    [KIND_URL] = { "udp://HOST:PORT, tcp://HOST:PORT, tls://HOST:PORT or unix:PATH", lower_url },
};

bool
config_value_lower(struct config_memory *m, struct config_node *n,
    const struct config_option *option, const char **why, struct config_near *near)
{
    struct lowering l = { .m = m, .node = n, .option = option, .why = "", .near = near };
    bool is_good;

    if (strlen(n->text) != n->length) {
        *why = "it holds a NUL";
        return false;
    }
    is_good = kinds[option->kind].lower(&l);
    *why = l.why;
    return is_good;
}

static const char *
list_words(struct config_memory *m, const struct config_word *words)
{
    const char *all = "one of";

    for (; words->text != NULL; words++)
        all = config_memory_print(m, "%s %s", all, words->text);
    return all;
}

const char *
config_value_expected(struct config_memory *m, const struct config_option *option)
{
    const char *expected = kinds[option->kind].expected;
    char least[CONFIG_TEXT_SIZE], most[CONFIG_TEXT_SIZE];

    if (option->kind == KIND_WORD || option->kind == KIND_NAME)
        return list_words(m, option->words);
    if (option->kind != KIND_COUNT && option->kind != KIND_NUMBER)
        return expected;
    snprintf(least, sizeof(least), "%.0f", option->least);
    snprintf(most, sizeof(most), "%.0f", option->most);
    if (option->most == 0)
        return config_memory_print(m, "%s, 0 or more", expected);
    return config_memory_print(m, "%s from %s to %s", expected, least, most);
}
