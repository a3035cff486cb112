/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"
#include "address.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE 16

struct config scene_config;
struct scene_alert scene_alerts[512];
unsigned scene_count;

static struct analyst *analyst;
static uint64_t packet;
static struct config_contractor people[PEOPLE];
static const char *accounts[PEOPLE];
static const char *watched[] = { "CN", "RU", "KP" };

static void
take(void *context, const struct alert *a)
{
    struct scene_alert *s = &scene_alerts[scene_count++];

    (void)context;
    if (scene_count == sizeof scene_alerts / sizeof scene_alerts[0])
        abort();
    snprintf(s->name, sizeof s->name, "%s", a->name);
    snprintf(s->subject, sizeof s->subject, "%s",
        a->subject.account != NULL ? a->subject.account : a->subject.site);
    snprintf(s->summary, sizeof s->summary, "%s", a->summary);
    s->severity = a->severity;
    s->is_update = a->is_update;
    s->score = a->score;
    s->id = a->id;
    s->count = a->count;
}

void
scene_reset(void)
{
    unsigned count;
    const struct config_detector_spec *specs = analyst_detector_specs(&count);

    memset(&scene_config, 0, sizeof scene_config);
    memset(people, 0, sizeof people);
    scene_count = 0;
    packet = 0;
    scene_config.sensor.name = "test";
    scene_config.limits.accounts = 1000;
    scene_config.limits.sites = 1000;
    scene_config.limits.flows = 1000;
    scene_config.limits.lease_us = DAY;
    scene_config.policy.watched_countries.list = watched;
    scene_config.policy.watched_countries.count = 3;
    scene_config.cases.medium = 30;
    scene_config.cases.high = 70;
    scene_config.cases.critical = 95;
    scene_config.contractors = people;
    for (unsigned i = 0; i < count; i++) {
        struct config_detector *d = &scene_config.detectors[i];

        d->enabled = true;
        d->severity = specs[i].severity;
        d->weight = specs[i].weight;
        for (unsigned k = 0; k < specs[i].key_count; k++)
            d->key[k] = specs[i].keys[k].value;
    }
}

void
scene_person(const char *account, const char *country, double latitude, double longitude)
{
    unsigned at = scene_config.contractor_count++;
    struct config_contractor *c = &people[at];

    accounts[at] = account;
    c->name = account;
    c->accounts.list = &accounts[at];
    c->accounts.count = 1;
    snprintf(c->country, sizeof c->country, "%s", country);
    c->has_home = latitude < 0 || latitude > 0;
    c->latitude = latitude;
    c->longitude = longitude;
}

void
scene_open(void)
{
    analyst = analyst_open(&(struct analyst_request){ .config = &scene_config, .alert = take });
}

struct analyst *
scene_analyst(void)
{
    return analyst;
}

void
scene_finish(void)
{
    analyst_finish(analyst);
    analyst_close(analyst);
    analyst = NULL;
}

static struct observation
begin(int64_t at, enum fact_kind kind, const char *source, const char *destination, uint64_t flow)
{
    struct observation o = { .time_us = SCENE_START + at };

    o.order = o.packet = ++packet;
    snprintf(o.capture, sizeof o.capture, "scene.pcap");
    snprintf(o.protocol, sizeof o.protocol, "test");
    o.has_flow = true;
    o.flow = flow;
    o.source = address_of(source);
    o.destination = address_of(destination);
    fact_begin(&o.fact, kind);
    return o;
}

static void
put(struct observation *o, enum fact_key key, const char *text)
{
    struct in6_addr a;

    if (text == NULL)
        return;
    if (fact_key_type(key) == FACT_TYPE_ADDRESS) {
        a = address_of(text);
        fact_address(&o->fact, key, &a);
    } else if (fact_key_type(key) == FACT_TYPE_NUMBER) {
        fact_number(&o->fact, key, strtoll(text, NULL, 10));
    } else {
        fact_word(&o->fact, key, text);
    }
}

void
scene_login(int64_t at, const char *account, const char *outside, const char *inside,
    const char *session, const char *method, const char *result)
{
    struct observation o = begin(at, FACT_LOGIN, "10.0.0.1", "10.0.0.5", 1000 + packet);

    put(&o, KEY_ACCOUNT, account);
    put(&o, KEY_RESULT, result);
    put(&o, KEY_METHOD, method);
    put(&o, KEY_OUTSIDE, outside);
    put(&o, KEY_INSIDE, inside);
    put(&o, KEY_SESSION, session);
    analyst_observe(analyst, &o);
}

void
scene_logout(int64_t at, const char *account, const char *outside, const char *session)
{
    struct observation o = begin(at, FACT_LOGOUT, "10.0.0.1", "10.0.0.5", 1000 + packet);

    put(&o, KEY_ACCOUNT, account);
    put(&o, KEY_METHOD, "radius-accounting");
    put(&o, KEY_STATUS, "stop");
    put(&o, KEY_OUTSIDE, outside);
    put(&o, KEY_SESSION, session);
    analyst_observe(analyst, &o);
}

void
scene_session(int64_t at, enum fact_kind kind, uint64_t flow, const char *client,
    const char *server, const char *class_name, const char *app, const char *state,
    const char *controller)
{
    struct observation o = begin(at, kind, client, server, flow);

    put(&o, KEY_APP, app);
    put(&o, KEY_CLASS, class_name);
    put(&o, KEY_STATE, state);
    put(&o, KEY_CLIENT, client);
    put(&o, KEY_SERVER, server);
    put(&o, KEY_CONTROLLER, controller);
    analyst_observe(analyst, &o);
}

void
scene_name(int64_t at, const char *client, const char *what, const char *name)
{
    struct observation o = begin(at, FACT_NAME, client, "10.0.0.2", 5000 + packet);

    put(&o, KEY_WHAT, what);
    put(&o, KEY_NAME, name);
    analyst_observe(analyst, &o);
}

void
scene_sign(int64_t at, const char *client, const char *protocol, enum fact_kind kind,
    const struct scene_value *values)
{
    struct observation o = begin(at, kind, client, "10.0.0.2", 5000 + packet);

    snprintf(o.protocol, sizeof o.protocol, "%s", protocol);
    for (; values->key != KEY_NONE; values++)
        put(&o, values->key, values->text);
    analyst_observe(analyst, &o);
}

void
scene_activity(int64_t at, const char *device, const struct activity *a)
{
    struct observation o = begin(at, FACT_ACTIVITY, device, device, 0);

    o.has_flow = false;
    put(&o, KEY_ADDRESS, device);
    activity_fact(a, &o.fact);
    analyst_observe(analyst, &o);
}

void
scene_session_activity(int64_t at, uint64_t flow, const char *client, const char *server,
    const char *class_name, const struct activity *a)
{
    scene_app_activity(at, flow, client, server, class_name, class_name, a);
}

void
scene_app_activity(int64_t at, uint64_t flow, const char *client, const char *server,
    const char *class_name, const char *app, const struct activity *a)
{
    struct observation o = begin(at, FACT_SESSION_UPDATE, client, server, flow);

    put(&o, KEY_APP, app);
    put(&o, KEY_CLASS, class_name);
    put(&o, KEY_STATE, "connected");
    put(&o, KEY_CLIENT, client);
    put(&o, KEY_SERVER, server);
    activity_fact(a, &o.fact);
    analyst_observe(analyst, &o);
}

void
scene_app_bytes(int64_t at, uint64_t flow, const char *client, const char *server,
    const char *class_name, const char *app, const char *bytes_out)
{
    struct observation o = begin(at, FACT_SESSION_UPDATE, client, server, flow);

    put(&o, KEY_APP, app);
    put(&o, KEY_CLASS, class_name);
    put(&o, KEY_STATE, "connected");
    put(&o, KEY_CLIENT, client);
    put(&o, KEY_SERVER, server);
    put(&o, KEY_BYTES_OUT, bytes_out);
    analyst_observe(analyst, &o);
}

void
scene_rtt(int64_t at, uint64_t flow, const char *client, const char *layer, int64_t us)
{
    struct observation o = begin(at, FACT_RTT, client, "10.0.0.1", flow);

    put(&o, KEY_LAYER, layer);
    put(&o, KEY_END, "client");
    fact_number(&o.fact, KEY_VALUE_US, us);
    analyst_observe(analyst, &o);
}

void
scene_lag(
    int64_t at, uint64_t flow, const char *client, const char *server, int64_t count, int64_t p5_us)
{
    struct observation o = begin(at, FACT_SESSION_UPDATE, client, server, flow);
    struct activity a = { 0 };

    put(&o, KEY_CLASS, "ssh");
    put(&o, KEY_APP, "SSH");
    put(&o, KEY_STATE, "connected");
    activity_add(&a, 0, 60, SCENE_START + at);
    activity_fact(&a, &o.fact);
    fact_number(&o.fact, KEY_INPUT_LAG_COUNT, count);
    fact_number(&o.fact, KEY_INPUT_LAG_P5_US, p5_us);
    analyst_observe(analyst, &o);
}

void
scene_peer(int64_t at, const char *from, const char *to, const char *how, const char *peer)
{
    struct observation o = begin(at, FACT_PEER, from, to, 7000 + packet);

    put(&o, KEY_HOW, how);
    put(&o, KEY_ADDRESS, peer);
    analyst_observe(analyst, &o);
}

const struct scene_alert *
scene_find(const char *name, const char *subject)
{
    for (unsigned i = scene_count; i-- > 0;)
        if (strcmp(scene_alerts[i].name, name) == 0 &&
            (subject == NULL || strcmp(scene_alerts[i].subject, subject) == 0))
            return &scene_alerts[i];
    return NULL;
}

unsigned
scene_documents(const char *name)
{
    unsigned n = 0;

    for (unsigned i = 0; i < scene_count; i++)
        n += strcmp(scene_alerts[i].name, name) == 0;
    return n;
}
