/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Networks are matched, never the country code KP: public country tables put relays, content
 * networks and tunnel brokers there (Trend Micro 2017).
 */
#include "watch.h"
#include "../conf/list.h"
#include "../geoip/prefix.h"
#include "address.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define SECOND_US 1000000
#define V4_BITS 96 /* of 128 that an IPv4 prefix has before its own */

struct asn_row {
    uint32_t asn;
    unsigned entry;
};

/* One set of prefixes and ASNs; rows of ASNs are sorted once filled. */
struct set {
    struct prefix_table *prefixes;
    struct asn_row *asns;
    unsigned asn_count;
};

struct watch {
    const struct geoip *geoip;
    struct set dprk, indicator;
    struct watch_entry *entries;
    unsigned count, room;
    bool failed;
};

static const char *const list_kinds[WATCH_KIND_COUNT] = {
    [WATCH_DPRK] = "dprk",
    [WATCH_TRANSTELECOM] = "dprk-transtelecom",
    [WATCH_EXIT] = "dprk-exit",
};

static struct watch_entry *
add_entry(struct watch *w)
{
    if (w->count == w->room) {
        unsigned room = w->room == 0 ? 64 : 2 * w->room;
        struct watch_entry *grown = realloc(w->entries, room * sizeof *grown);

        if (grown == NULL) {
            w->failed = true;
            return NULL;
        }
        w->entries = grown;
        w->room = room;
    }
    memset(&w->entries[w->count], 0, sizeof w->entries[0]);
    return &w->entries[w->count++];
}

static void
add_prefix(struct watch *w, struct set *s, const struct cidr *c, struct watch_entry *e)
{
    char text[ADDRESS_SIZE];
    unsigned bits = c->bits;

    address_print(text, &c->address);
    if (IN6_IS_ADDR_V4MAPPED(&c->address) && bits >= V4_BITS)
        bits -= V4_BITS;
    snprintf(e->name, sizeof e->name, "%s/%u", text, bits);
    if (prefix_add(s->prefixes, &c->address, c->bits, 0, (uint32_t)(e - w->entries)) != 0)
        w->failed = true;
}

static void
add_asn(struct watch *w, struct set *s, uint32_t asn, struct watch_entry *e)
{
    struct asn_row *grown = realloc(s->asns, (s->asn_count + 1) * sizeof *grown);

    if (grown == NULL) {
        w->failed = true;
        return;
    }
    snprintf(e->name, sizeof e->name, "AS%u", asn);
    s->asns = grown;
    s->asns[s->asn_count++] = (struct asn_row){ .asn = asn, .entry = (unsigned)(e - w->entries) };
}

/* "2025", "2025-04" or "2025-04-30": of an unsaid month or day the last, since the report may be
 * that young. */
static int64_t
date_us(const char *text)
{
    struct tm tm = { .tm_mon = 12 };

    /* NOLINTNEXTLINE(cert-err34-c): the widths keep out overflow, the count tells of no number */
    if (text == NULL || sscanf(text, "%4d-%2d-%2d", &tm.tm_year, &tm.tm_mon, &tm.tm_mday) < 1)
        return 0;
    tm.tm_year -= 1900;
    if (tm.tm_mday > 0)
        tm.tm_mon -= 1; /* else: day 0 of the month after */
    return (int64_t)timegm(&tm) * SECOND_US;
}

static void
take_network(void *context, const struct list_network *n)
{
    struct watch *w = context;

    for (unsigned kind = 0; kind < WATCH_INDICATOR; kind++) {
        struct watch_entry *e;

        if (strcmp(n->kind, list_kinds[kind]) != 0)
            continue;
        e = add_entry(w);
        if (e == NULL)
            return;
        e->kind = (enum watch_kind)kind;
        e->reported_us = date_us(n->date);
        snprintf(e->source, sizeof e->source, "%s", n->source == NULL ? "" : n->source);
        if (n->is_asn)
            add_asn(w, &w->dprk, n->asn, e);
        else
            add_prefix(w, &w->dprk, &n->prefix, e);
    }
}

static void
take_indicators(struct watch *w, const struct config *config)
{
    for (unsigned i = 0; i < config->indicator_count; i++) {
        const struct config_indicator *in = &config->indicators[i];

        for (unsigned k = 0; k < in->networks.count + in->asn_count; k++) {
            struct watch_entry *e = add_entry(w);

            if (e == NULL)
                return;
            e->kind = WATCH_INDICATOR;
            e->indicator = i;
            if (k < in->networks.count)
                add_prefix(w, &w->indicator, &in->networks.list[k], e);
            else
                add_asn(w, &w->indicator, in->asns[k - in->networks.count], e);
        }
    }
}

static int
by_asn(const void *a, const void *b)
{
    const struct asn_row *x = a, *y = b;

    if (x->asn != y->asn)
        return x->asn < y->asn ? -1 : 1;
    return (x->entry > y->entry) - (x->entry < y->entry);
}

static void
seal(struct watch *w, struct set *s)
{
    if (s->asn_count > 0)
        qsort(s->asns, s->asn_count, sizeof s->asns[0], by_asn);
    if (prefix_seal(s->prefixes) != 0)
        w->failed = true;
}

struct watch *
watch_open(const struct config *config, const struct geoip *geoip)
{
    struct watch *w = calloc(1, sizeof *w);

    if (w == NULL)
        return NULL;
    w->geoip = geoip;
    w->dprk.prefixes = prefix_new();
    w->indicator.prefixes = prefix_new();
    if (w->dprk.prefixes == NULL || w->indicator.prefixes == NULL) {
        watch_close(w);
        return NULL;
    }
    (void)list_each_network(take_network, w);
    take_indicators(w, config);
    seal(w, &w->dprk);
    seal(w, &w->indicator);
    if (w->failed) {
        watch_close(w);
        return NULL;
    }
    return w;
}

void
watch_close(struct watch *w)
{
    if (w == NULL)
        return;
    prefix_free(w->dprk.prefixes);
    prefix_free(w->indicator.prefixes);
    free(w->dprk.asns);
    free(w->indicator.asns);
    free(w->entries);
    free(w);
}

static const struct watch_entry *
find(const struct watch *w, const struct set *s, const struct in6_addr *address)
{
    uint32_t at = prefix_find(s->prefixes, address);
    struct geoip_place place;
    unsigned low = 0, high = s->asn_count;

    if (at != PREFIX_NONE)
        return &w->entries[at];
    if (s->asn_count == 0 || !geoip_knows_asn(w->geoip))
        return NULL;
    geoip_look_up(w->geoip, address, &place);
    while (place.asn != 0 && low < high) {
        unsigned middle = low + (high - low) / 2;

        if (s->asns[middle].asn < place.asn)
            low = middle + 1;
        else
            high = middle;
    }
    if (place.asn == 0 || low == s->asn_count || s->asns[low].asn != place.asn)
        return NULL;
    return &w->entries[s->asns[low].entry];
}

const struct watch_entry *
watch_dprk(const struct watch *w, const struct in6_addr *address)
{
    return find(w, &w->dprk, address);
}

const struct watch_entry *
watch_indicator(const struct watch *w, const struct in6_addr *address)
{
    return find(w, &w->indicator, address);
}

bool
watch_holds(const struct watch *w, const struct in6_addr *address)
{
    return watch_dprk(w, address) != NULL || watch_indicator(w, address) != NULL;
}
