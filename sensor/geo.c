/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Joins what the folders below keep apart: the configuration's databases and the shipped lists make
 * one geoip.
 */
#include "geo.h"

#include "../conf/config_text.h"
#include "../conf/list.h"
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* The section of the embedded files; the linker makes these. */
extern const char __start_embedded_files[], __stop_embedded_files[];

#define DAY_S 86400
#define OLD_DAYS 30

struct adding {
    struct geoip *geoip;
    bool failed;
};

/* Kinds that are no kind of network ("dprk ...") belong to detectors; they are not geography. */
static void
add_network(void *context, const struct list_network *n)
{
    struct adding *adding = context;
    enum geoip_kind kind = geoip_kind_of(n->kind);
    int status;

    if (kind == GEOIP_KIND_COUNT)
        return;
    if (n->is_asn)
        status = geoip_add_asn(adding->geoip, n->asn, kind, n->source, n->provider);
    else
        status = geoip_add_prefix(
            adding->geoip, &n->prefix.address, n->prefix.bits, kind, n->source, n->provider);
    if (status != 0)
        adding->failed = true;
}

/* Databases and lists were copied or parsed: their pages need not stay in memory, and a second
 * reading fetches them again from the program's file. */
static void
forget_embedded(void)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
    uintptr_t from = ((uintptr_t)__start_embedded_files + page - 1) & ~(page - 1);
    uintptr_t to = (uintptr_t)__stop_embedded_files & ~(page - 1);

    if (to > from)
        (void)madvise(
            (void *)from, to - from, MADV_DONTNEED); /* NOLINT(performance-no-int-to-ptr) */
}

struct geoip *
geo_open(const struct config *config, char *error, size_t error_size)
{
    const struct geoip_paths paths = { .country = config->geoip.country,
        .city = config->geoip.city,
        .asn = config->geoip.asn,
        .anonymous_ip = config->geoip.anonymous_ip,
        .connection_type = config->geoip.connection_type,
        .isp = config->geoip.isp };
    struct adding adding = { .geoip = geoip_open(&paths, error, error_size) };

    if (adding.geoip == NULL)
        return NULL;
    list_tools(NULL); /* parsed once, before any thread looks a name up */
    if (list_each_network(add_network, &adding) < 0 || adding.failed ||
        geoip_seal(adding.geoip) != 0) {
        snprintf(error, error_size, "the shipped lists of networks could not be loaded");
        geoip_close(adding.geoip);
        return NULL;
    }
    forget_embedded();
    return adding.geoip;
}

void
geo_say_age(const struct geoip *g, int64_t now_s, void (*line)(void *context, const char *text),
    void *context)
{
    struct geoip_database d;

    for (unsigned i = 0; geoip_get_database(g, i, &d); i++) {
        int64_t days = (now_s - d.build_time) / DAY_S;
        char date[CONFIG_TEXT_SIZE], text[512];

        if (d.embedded || days <= OLD_DAYS)
            continue;
        config_text_date(date, d.build_time);
        snprintf(text, sizeof text, "geoip: %s was built on %s, %lld days ago: addresses move",
            d.path, date, (long long)days);
        line(context, text);
    }
}

void
geo_list_tools(FILE *to)
{
    unsigned count;
    const struct list_tool *tools = list_tools(&count);

    fprintf(to, "%-28s %-14s %s\n", "name", "class", "signs");
    for (unsigned i = 0; i < count; i++)
        fprintf(to, "%-28s %-14s %s%s%s %s\n", tools[i].name, tools[i].class_name, tools[i].domains,
            tools[i].ndpi[0] == '\0' ? "" : " ndpi:", tools[i].ndpi, tools[i].ports);
}
