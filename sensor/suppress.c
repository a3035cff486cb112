/* SPDX-License-Identifier: BSD-2-Clause */
#include "suppress.h"
#include "../conf/cidr.h"
#include "account.h"
#include "locality.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define SECOND_US INT64_C(1000000)

struct suppress {
    const struct config *config;
    const struct geoip *geoip;
    uint64_t hits;
    uint64_t by_entry[];
};

struct suppress *
suppress_open(const struct config *config, const struct geoip *geoip)
{
    struct suppress *s = calloc(1, sizeof *s + config->suppress_count * sizeof s->by_entry[0]);

    if (s == NULL)
        return NULL;
    s->config = config;
    s->geoip = geoip;
    return s;
}

void
suppress_close(struct suppress *s)
{
    free(s);
}

static bool
account_fits(
    const struct config *config, const struct config_suppress *e, const struct suppress_question *q)
{
    char key[ACCOUNT_KEY];

    if (e->account == NULL)
        return true;
    account_key(config, e->account, NULL, key);
    return q->account_key != NULL && strcmp(key, q->account_key) == 0;
}

/* As alerts name it, or by any address of it. */
static bool
site_fits(const struct config_suppress *e, const struct suppress_question *q)
{
    char name[LOCALITY_SITE_SIZE];
    struct cidr c;

    if (e->site == NULL)
        return true;
    if (q->site == NULL)
        return false;
    if (strcasecmp(e->site, q->site) == 0)
        return true;
    if (!cidr_parse(e->site, &c, NULL))
        return false;
    locality_site_name(&c.address, name);
    return strcmp(name, q->site) == 0;
}

static bool
domain_fits(const struct config_suppress *e, const struct suppress_question *q)
{
    size_t suffix, length;

    if (e->domain == NULL)
        return true;
    if (q->domain == NULL)
        return false;
    suffix = strlen(e->domain);
    length = strlen(q->domain);
    return length >= suffix && strcasecmp(q->domain + length - suffix, e->domain) == 0 &&
           (length == suffix || q->domain[length - suffix - 1] == '.');
}

static bool
network_fits(const struct config_suppress *e, const struct suppress_question *q)
{
    if (!e->has_network)
        return true;
    for (unsigned i = 0; i < q->address_count; i++)
        if (cidr_holds(&e->network, &q->addresses[i]))
            return true;
    return false;
}

static bool
asn_fits(
    const struct geoip *geoip, const struct config_suppress *e, const struct suppress_question *q)
{
    struct geoip_place place;

    if (e->asn == 0)
        return true;
    for (unsigned i = 0; i < q->address_count; i++) {
        geoip_look_up(geoip, &q->addresses[i], &place);
        if (place.asn == e->asn)
            return true;
    }
    return false;
}

static bool
port_fits(const struct config_suppress *e, const struct suppress_question *q)
{
    return e->port == 0 || e->port == q->ports[0] || e->port == q->ports[1];
}

bool
suppress_holds(struct suppress *s, const struct suppress_question *q)
{
    for (unsigned i = 0; i < s->config->suppress_count; i++) {
        const struct config_suppress *e = &s->config->suppress[i];

        if (e->until != 0 && q->time_us >= e->until * SECOND_US)
            continue;
        if (e->detector != NULL && strcmp(e->detector, q->detector) != 0)
            continue;
        if (account_fits(s->config, e, q) && site_fits(e, q) && domain_fits(e, q) &&
            network_fits(e, q) && port_fits(e, q) && asn_fits(s->geoip, e, q)) {
            s->by_entry[i]++;
            s->hits++;
            return true;
        }
    }
    return false;
}

uint64_t
suppress_hits(const struct suppress *s)
{
    return s->hits;
}

void
suppress_report(
    const struct suppress *s, void (*line)(void *context, const char *text), void *context)
{
    char text[400];

    for (unsigned i = 0; i < s->config->suppress_count; i++) {
        const struct config_suppress *e = &s->config->suppress[i];

        if (s->by_entry[i] != 0)
            continue;
        snprintf(text, sizeof text, "%s:%u: suppress: entry for %s%s%s never matched%s%s",
            s->config->file == NULL ? "configuration" : s->config->file, e->line,
            e->detector == NULL ? "any detector" : e->detector,
            e->account == NULL ? "" : ", account ", e->account == NULL ? "" : e->account,
            e->reason == NULL ? "" : "; its reason: ", e->reason == NULL ? "" : e->reason);
        line(context, text);
    }
}
