/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What every detector needs to put a sighting into words.
 */
#include "detect.h"
#include "../address.h"
#include "../names.h"
#include "../timestamp.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

void
detect_begin(struct sighting *s, const struct detect *d, const struct detect_event *e)
{
    char site[LOCALITY_SITE_SIZE], address[ADDRESS_SIZE];

    memset(s, 0, sizeof *s);
    s->detector = d->detector;
    s->account = e->account;
    s->site_address = e->address;
    s->cause = e->observation;
    s->names = d->names;
    s->now_us = e->now_us;
    s->severity = d->own->severity;
    s->weight = d->own->weight;
    snprintf(s->device, sizeof s->device, "%s", e->device);
    locality_site_name(&e->address, site);
    address_print(address, &e->address);
    if (e->account != NULL)
        snprintf(s->who, sizeof s->who, "Account %s", e->account->name);
    else if (e->kind == EVENT_LOGIN)
        snprintf(s->who, sizeof s->who, "Somebody");
    else if (e->device[0] != '\0' && strcmp(e->device, address) != 0)
        snprintf(s->who, sizeof s->who, "Device %s at site %s", e->device, site);
    else if (e->device[0] != '\0')
        snprintf(s->who, sizeof s->who, "Device %s", address);
    else
        snprintf(s->who, sizeof s->who, "Somebody at %s", address);
}

bool
detect_minutes_source(const struct detect_event *e, enum minutes_source *source)
{
    static const enum minutes_source sources[] = {
        [ACTIVITY_TUNNEL] = MINUTES_TUNNEL,
        [ACTIVITY_DESKTOP] = MINUTES_HANDS,
        [ACTIVITY_HANDS] = MINUTES_HANDS,
        [ACTIVITY_CALL] = MINUTES_HANDS,
        [ACTIVITY_DEVICE] = MINUTES_WEB,
    };

    if (e->activity_of == ACTIVITY_TOOL)
        return false;
    *source = sources[e->activity_of];
    return true;
}

void
detect_recall(struct observation *o, const struct claim_source *source)
{
    memset(o, 0, sizeof *o);
    o->time_us = source->time_us;
    o->has_flow = source->flow != 0;
    o->flow = source->flow;
    o->packet = source->packet;
    memcpy(o->protocol, source->protocol, sizeof o->protocol);
    memcpy(o->capture, source->capture, sizeof o->capture);
    memcpy(o->encapsulation, source->encapsulation, sizeof o->encapsulation);
}

void
detect_lower(struct sighting *s)
{
    if (s->severity > SEVERITY_INFO)
        s->severity--;
    s->weight /= 2;
}

void
detect_claim(struct sighting *s, const struct claim_source *source, const char *what,
    const char *format, ...)
{
    struct claim *c = &s->claims[s->claim_count];
    va_list arguments;

    if (s->claim_count == FINDING_CLAIMS)
        return;
    s->claim_count++;
    snprintf(c->what, sizeof c->what, "%s", what);
    va_start(arguments, format);
    vsnprintf(c->value, sizeof c->value, format, arguments);
    va_end(arguments);
    c->source = source != NULL ? *source : claim_source_of(s->cause);
}

void
detect_claim_place(struct sighting *s, const struct claim_source *source, const char *what,
    const struct in6_addr *address, const struct geoip_place *place)
{
    const struct name_entry *name = names_find(s->names, address);
    char text[PLACE_TEXT], numbers[ADDRESS_SIZE];

    address_print(numbers, address);
    place_text(place, text);
    if (place->other_country[0] != '\0')
        detect_claim(s, source, what, "%s: %s by %s, but %s by %s", numbers, text,
            place->country_source, place->other_country, place->other_country_source);
    else
        detect_claim(s, source, what, "%s: %s%s%s; network: %s%s%s", numbers, text,
            place->country_source[0] == '\0' ? "" : " by ", place->country_source,
            geoip_kind_name(place->kind), place->kind_source[0] == '\0' ? "" : " by ",
            place->kind_source);
    if (name != NULL)
        detect_claim(s, &name->source, "name", "%s was looked up as %s", numbers, name->name);
    if (s->address_count < FINDING_ADDRESSES)
        s->addresses[s->address_count++] = *address;
}

void
detect_say(struct sighting *s, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(s->summary, sizeof s->summary, format, arguments);
    va_end(arguments);
}

const char *
detect_who(const struct sighting *s)
{
    return s->who;
}

void
detect_who_within(const struct sighting *s, char *out, size_t size)
{
    snprintf(out, size, "%c%s", tolower((unsigned char)s->who[0]), s->who + 1);
}

const char *
detect_words(const char *what)
{
    static const struct {
        const char *what, *words;
    } table[] = {
        { "dns", "DNS question" },
        { "dns-question", "DNS question" },
        { "dns-answer", "DNS answer" },
        { "sni", "TLS server name" },
        { "http-host", "HTTP host" },
        { "http-title", "page title" },
        { "http-server", "web server" },
        { "mdns", "mDNS name" },
    };

    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
        if (strcmp(what, table[i].what) == 0)
            return table[i].words;
    return what;
}

struct subject_state *
detect_subject(const struct detect *d, const struct detect_event *e)
{
    struct site *s;

    if (e->account != NULL)
        return &e->account->state;
    s = accounts_touch_site(d->accounts, &e->address, e->now_us);
    return s == NULL ? NULL : &s->state;
}

void *
detect_memory(const struct detect *d, const struct detect_event *e)
{
    struct subject_state *state = detect_subject(d, e);

    return state == NULL ? NULL
                         : subject_memory(state, d->detector->name, d->detector->memory_bytes);
}

bool
detect_claims(const struct account *a, const char *country)
{
    return a != NULL && a->contractor != NULL && country[0] != '\0' &&
           strcasecmp(a->contractor->country, country) == 0;
}
