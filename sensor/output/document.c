/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The walk over an alert's and an observation's fields.
 *
 * Keys that have no value are left out. An observation's text is clean by contract, an alert's may
 * come from the configuration or a database and is cleaned here.
 */
#include "document.h"
#include <string.h>

#define DEGREE_PLACES 4 /* 11 m */
#define WEIGHT_PLACES 4
#define PERCENT_PLACES 2
#define PREFIX_SIZE 32 /* longest name of a map within an observation */

/* IANA protocol numbers that have a name here. */
static const struct {
    uint8_t number;
    const char *name;
} transports[] = { { 1, "icmp" }, { 6, "tcp" }, { 17, "udp" }, { 47, "gre" }, { 50, "esp" },
    { 51, "ah" }, { 58, "icmpv6" }, { 132, "sctp" } };

static void
put_positive(struct emitter *e, const char *key, uint64_t value)
{
    if (value > 0)
        emit_count(e, key, value);
}

static void
put_filled(struct emitter *e, const char *key, const char *text)
{
    if (text != NULL && text[0] != '\0')
        emit_text(e, key, text);
}

static void
put_texts(struct emitter *e, const char *key, const char *const *texts, unsigned count,
    enum emit_style style)
{
    if (count == 0)
        return;
    emit_begin_list(e, key, style);
    for (unsigned i = 0; i < count; i++)
        emit_text(e, NULL, texts[i]);
    emit_end_list(e);
}

static void
put_subject(struct emitter *e, const struct alert *a)
{
    if (a->subject.account == NULL && a->subject.account_count == 0 &&
        a->subject.contractor == NULL && a->subject.site == NULL && a->subject.device == NULL)
        return;
    emit_begin_map(e, "subject", EMIT_LINE);
    put_filled(e, "account", a->subject.account);
    put_texts(e, "accounts", a->subject.accounts, a->subject.account_count, EMIT_LINE);
    put_filled(e, "contractor", a->subject.contractor);
    put_filled(e, "site", a->subject.site);
    put_filled(e, "device", a->subject.device);
    emit_end_map(e);
}

static bool
has_source(const struct alert_evidence *v)
{
    return v->protocol != NULL || v->flow != 0 || v->encapsulation != NULL || v->capture != NULL ||
           v->packet != 0 || v->packet_count > 0;
}

static void
put_evidence(struct emitter *e, const struct alert_evidence *v)
{
    emit_begin_map(e, NULL, EMIT_BLOCK);
    put_filled(e, "what", v->what);
    put_filled(e, "value", v->value);
    if (has_source(v)) {
        emit_begin_map(e, "source", EMIT_LINE);
        put_filled(e, "protocol", v->protocol);
        if (v->flow != 0)
            emit_id(e, "flow", v->flow);
        put_filled(e, "encapsulation", v->encapsulation);
        put_filled(e, "capture", v->capture);
        put_positive(e, "packet", v->packet);
        if (v->packet_count > 0) {
            emit_begin_list(e, "packets", EMIT_LINE);
            for (unsigned i = 0; i < v->packet_count && i < ALERT_PACKETS; i++)
                emit_count(e, NULL, v->packets[i]);
            emit_end_list(e);
        }
        emit_end_map(e);
    }
    emit_end_map(e);
}

static void
put_geo(struct emitter *e, const struct alert_geo *g)
{
    const struct geoip_place *place = g->place;

    emit_begin_map(e, NULL, EMIT_LINE);
    emit_address(e, "address", &g->address);
    if (place != NULL) {
        put_filled(e, "country", place->country);
        put_filled(e, "other-country", place->other_country);
        put_filled(e, "city", place->city);
        put_positive(e, "asn", place->asn);
        put_filled(e, "organisation", place->organisation);
        put_filled(e, "provider", place->provider);
        if (place->kind != GEOIP_UNKNOWN)
            emit_text(e, "kind", geoip_kind_name(place->kind));
        if (place->has_point && !place->is_country_point) {
            emit_decimal(e, "latitude", place->latitude, DEGREE_PLACES);
            emit_decimal(e, "longitude", place->longitude, DEGREE_PLACES);
        }
    }
    emit_end_map(e);
}

static void
put_finding(struct emitter *e, const struct alert_finding *f)
{
    emit_begin_map(e, NULL, EMIT_BLOCK);
    emit_text(e, "alert", f->alert);
    emit_id(e, "id", f->id);
    emit_decimal(e, "weight", f->weight, WEIGHT_PLACES);
    emit_decimal(e, "counted", f->counted, WEIGHT_PLACES);
    emit_time(e, "first-seen", f->first_seen_us);
    emit_time(e, "last-seen", f->last_seen_us);
    emit_count(e, "count", f->count);
    emit_end_map(e);
}

static void
put_lists(struct emitter *e, const struct alert *a)
{
    if (a->evidence_count > 0) {
        emit_begin_list(e, "evidence", EMIT_BLOCK);
        for (unsigned i = 0; i < a->evidence_count; i++)
            put_evidence(e, &a->evidence[i]);
        emit_end_list(e);
    }
    if (a->geo_count > 0) {
        emit_begin_list(e, "geo", EMIT_BLOCK);
        for (unsigned i = 0; i < a->geo_count; i++)
            put_geo(e, &a->geo[i]);
        emit_end_list(e);
    }
    put_texts(e, "attack", a->attack, a->attack_count, EMIT_LINE);
    put_texts(e, "references", a->references, a->reference_count, EMIT_BLOCK);
    put_filled(e, "action", a->action);
    if (a->finding_count > 0) {
        emit_begin_list(e, "findings", EMIT_BLOCK);
        for (unsigned i = 0; i < a->finding_count; i++)
            put_finding(e, &a->findings[i]);
        emit_end_list(e);
    }
}

static void
put_transport(struct emitter *e, uint8_t protocol)
{
    const char *name = document_transport_name(protocol);

    if (name != NULL)
        emit_clean_text(e, "transport", name);
    else
        put_positive(e, "transport", protocol);
}

static void
put_flow(struct emitter *e, const struct observation *o)
{
    emit_id(e, "flow", o->flow);
    emit_address(e, "source", &o->source);
    put_positive(e, "source-port", o->source_port);
    emit_address(e, "destination", &o->destination);
    put_positive(e, "destination-port", o->destination_port);
    if (o->encapsulation[0] != '\0')
        emit_clean_text(e, "encapsulation", o->encapsulation);
    put_transport(e, o->transport);
}

static void
put_value(struct emitter *e, const char *key, const struct fact_value *v)
{
    switch (v->type) {
    case FACT_TYPE_TEXT:
        emit_clean_text(e, key, v->text);
        break;
    case FACT_TYPE_NUMBER:
        emit_number(e, key, v->number);
        break;
    case FACT_TYPE_ADDRESS:
        emit_address(e, key, &v->address);
        break;
    case FACT_TYPE_FLAG:
        emit_true(e, key);
        break;
    }
}

/* The fact's values; neighbours of one prefix ("device.mac") share a map. */
static void
put_fact(struct emitter *e, const struct fact *f)
{
    char open[PREFIX_SIZE] = "";
    struct fact_value v;
    unsigned cursor = 0;

    while (fact_next(f, &cursor, &v)) {
        const char *name = fact_key_name(v.key), *dot = strchr(name, '.');
        size_t n = dot == NULL ? 0 : (size_t)(dot - name);

        if (open[0] != '\0' && (strncmp(open, name, n) != 0 || open[n] != '\0')) {
            emit_end_map(e);
            open[0] = '\0';
        }
        if (n > 0 && n < sizeof(open) && open[0] == '\0') {
            memcpy(open, name, n);
            open[n] = '\0';
            emit_begin_map(e, open, EMIT_LINE);
        }
        put_value(e, dot == NULL ? name : dot + 1, &v);
    }
    if (open[0] != '\0')
        emit_end_map(e);
}

const char *
document_transport_name(uint8_t protocol)
{
    for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++)
        if (transports[i].number == protocol)
            return transports[i].name;
    return NULL;
}

int
document_transport_of(const char *name)
{
    for (size_t i = 0; i < sizeof(transports) / sizeof(*transports); i++)
        if (strcmp(transports[i].name, name) == 0)
            return transports[i].number;
    return -1;
}

void
document_observation(struct emitter *e, const struct observation *o)
{
    emit_begin(e);
    emit_begin_map(e, NULL, EMIT_BLOCK);
    emit_time(e, "time", o->time_us);
    emit_clean_text(e, "kind", fact_kind_name(o->fact.kind));
    if (o->protocol[0] != '\0')
        emit_clean_text(e, "protocol", o->protocol);
    if (o->capture[0] != '\0')
        emit_clean_text(e, "capture", o->capture);
    put_positive(e, "packet", o->packet);
    if (o->has_flow)
        put_flow(e, o);
    put_fact(e, &o->fact);
    emit_end_map(e);
    emit_end(e);
}

void
document_alert(struct emitter *e, const struct alert *a)
{
    emit_begin(e);
    emit_begin_map(e, NULL, EMIT_BLOCK);
    emit_text(e, "alert", a->name);
    emit_id(e, "id", a->id);
    if (a->is_update)
        emit_true(e, "update");
    emit_time(e, "time", a->time_us);
    if (a->first_seen_us != 0)
        emit_time(e, "first-seen", a->first_seen_us);
    if (a->last_seen_us != 0)
        emit_time(e, "last-seen", a->last_seen_us);
    put_positive(e, "count", a->count);
    emit_text(e, "severity", config_severity_name(a->severity));
    emit_number(e, "score", a->score);
    put_filled(e, "sensor", a->sensor);
    put_subject(e, a);
    put_filled(e, "summary", a->summary);
    put_lists(e, a);
    if (a->capture_loss_pct > 0)
        emit_decimal(e, "capture-loss", a->capture_loss_pct, PERCENT_PLACES);
    emit_end_map(e);
    emit_end(e);
}
