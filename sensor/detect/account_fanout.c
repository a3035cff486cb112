/* SPDX-License-Identifier: BSD-2-Clause
 *
 * One account from many countries or networks within a day. Hosting and VPN addresses say nothing
 * of a country: they count as networks only.
 */
#include "detect.h"
#include <stdio.h>
#include <string.h>

enum { KEY_COUNTRIES, KEY_ASNS, KEY_WINDOW };

static const struct config_detector_key keys[] = {
    { "min-countries", CONFIG_NUMBER, 3, "countries", "advisory of May 2022" },
    { "min-asns", CONFIG_NUMBER, 5, "networks", "PSA250123" },
    { "window", CONFIG_DURATION, 86400, "s", "advisory of May 2022" },
};

static const char *const attack[] = { "T1078", NULL };
static const char *const references[] = {
    "US Departments of State, Treasury and Justice, advisory on DPRK IT workers, May 2022",
    "FBI PSA250123, January 2025",
    NULL,
};

static void
remember(struct account *a, const struct detect_event *e)
{
    struct origin now = { .asn = e->place.asn, .last_us = e->now_us, .address = e->far };
    unsigned at = 0;

    if (e->place.kind != GEOIP_HOSTING && e->place.kind != GEOIP_VPN)
        memcpy(now.country, e->place.country, sizeof now.country);
    now.source = claim_source_of(e->observation);
    while (at < a->origin_count &&
           (a->origins[at].asn != now.asn || strcmp(a->origins[at].country, now.country) != 0))
        at++;
    if (at == ACCOUNT_ORIGINS)
        at = 0; /* the least recent: moved out below */
    if (at < a->origin_count) {
        memmove(&a->origins[at], &a->origins[at + 1],
            (a->origin_count - at - 1) * sizeof a->origins[0]);
        a->origin_count--;
    }
    a->origins[a->origin_count++] = now;
}

struct fan {
    unsigned countries, asns;
    const struct origin *country[ACCOUNT_ORIGINS], *asn[ACCOUNT_ORIGINS];
};

static void
spread(const struct account *a, int64_t since_us, struct fan *f)
{
    *f = (struct fan){ 0 };
    for (unsigned i = 0; i < a->origin_count; i++) {
        const struct origin *o = &a->origins[i];
        bool country_known = o->country[0] == '\0', asn_known = o->asn == 0;

        if (o->last_us < since_us)
            continue;
        for (unsigned k = 0; k < f->countries; k++)
            country_known = country_known || strcmp(f->country[k]->country, o->country) == 0;
        for (unsigned k = 0; k < f->asns; k++)
            asn_known = asn_known || f->asn[k]->asn == o->asn;
        if (!country_known)
            f->country[f->countries++] = o;
        if (!asn_known)
            f->asn[f->asns++] = o;
    }
}

static void
run(const struct detect *d, const struct detect_event *e)
{
    const double *key = d->own->key;
    const struct origin **list;
    struct geoip_place place;
    struct sighting s;
    struct fan f;
    char networks[32] = "";
    unsigned count;

    if (e->account == NULL || !e->has_far)
        return;
    remember(e->account, e);
    if (e->kind != EVENT_LOGIN)
        return;
    spread(e->account, e->now_us - (int64_t)(key[KEY_WINDOW] * (double)SECOND_US), &f);
    if (f.countries < key[KEY_COUNTRIES] && f.asns < key[KEY_ASNS])
        return;
    list = f.countries >= key[KEY_COUNTRIES] ? f.country : f.asn;
    count = f.countries >= key[KEY_COUNTRIES] ? f.countries : f.asns;
    detect_begin(&s, d, e);
    for (unsigned i = 0; i < count; i++) {
        geoip_look_up(d->geoip, &list[i]->address, &place);
        detect_claim_place(&s, &list[i]->source, "login from", &list[i]->address, &place);
    }
    if (f.asns > 0)
        snprintf(networks, sizeof networks, " and %u networks", f.asns);
    detect_say(&s, "%s logged in from %u %s%s within %.0f hours.", detect_who(&s), f.countries,
        f.countries == 1 ? "country" : "countries", networks, key[KEY_WINDOW] / 3600);
    findings_sight(d->findings, &s);
}

const struct detector detect_account_fanout = {
    .name = "account-fanout",
    .about = "one account from many countries or networks within a day",
    .rule = "Within the window, logins of one account from min-countries countries or min-asns "
            "networks. Hosting and VPN addresses count as networks only.",
    .blind = "The country database alone knows no networks.",
    .family = FAMILY_SHARING,
    .signs = FINDING_SIGN_ACCOUNT_SHARED,
    .severity = SEVERITY_HIGH,
    .weight = 2.5,
    .keys = keys,
    .key_count = sizeof keys / sizeof keys[0],
    .attack = attack,
    .references = references,
    .action = "Ask the person where they were; check whether the devices behind these logins are "
              "one and the same.",
    .wants = WANTS(EVENT_LOGIN) | WANTS(EVENT_LIFE),
    .run = run,
};
