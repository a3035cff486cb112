/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/presence.c sensor/rtt.c sensor/activity.c sensor/locality.c sensor/address.c sensor/evidence.c sensor/flow.c sensor/flow_track.c conf/cidr.c parsers/fact.c parsers/text.c parsers/packet*.c */
/* Proves whose flows count as speaking to the company and as work at a desk, and what is told of
 * them when: one observation for all flows of a device, once a window, and none of little. */
#include "../../parsers/text.h"
#include "../../sensor/presence.h"
#include "address.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

#define S INT64_C(1000000)
#define START (1700000400 * S)

static struct cidr pool, gateway;
static struct config config;
static struct emitter emitter;
static char told[4096];
static unsigned rtts;

static void
on_emit(void *context, const struct emission *e)
{
    const struct fact *f = &e->observation.fact;
    char text[TEXT_ADDRESS_SIZE] = "";
    struct in6_addr who;
    size_t at = strlen(told);

    (void)context;
    if (f->kind == FACT_RTT) {
        rtts += fact_is(f, KEY_END, "client") && fact_is(f, KEY_LAYER, "inner");
        return;
    }
    assert_int_equal(f->kind, FACT_ACTIVITY);
    if (fact_get_address(f, KEY_ADDRESS, &who))
        text_from_address(text, &who);
    snprintf(told + at, sizeof told - at, "%s%s out=%s packets=%s", at == 0 ? "" : "; ", text,
        fact_has(f, KEY_BINS_OUT) ? fact_get_text(f, KEY_BINS_OUT) : "",
        fact_has(f, KEY_BINS_PACKETS_OUT) ? fact_get_text(f, KEY_BINS_PACKETS_OUT) : "");
}

static struct presence *
open_table(void)
{
    struct presence *t;

    pool = (struct cidr){ address_of("10.99.0.0"), 112 };
    gateway = (struct cidr){ address_of("198.51.100.1"), 128 };
    memset(&config, 0, sizeof config);
    config.networks.vpn_pools.list = &pool;
    config.networks.vpn_pools.count = 1;
    config.networks.vpn_gateways.list = &gateway;
    config.networks.vpn_gateways.count = 1;
    emitter = (struct emitter){ .emit = on_emit };
    told[0] = '\0';
    rtts = 0;
    t = presence_open(&config, &emitter);
    assert_non_null(t);
    return t;
}

static struct flow
flow_of(struct presence *t, const char *client, const char *server, uint16_t port)
{
    struct flow f = { .protocol = 6, .port = { 40000, port } };

    f.address[FLOW_CLIENT] = address_of(client);
    f.address[FLOW_SERVER] = address_of(server);
    presence_begin(t, &f);
    return f;
}

static const struct {
    const char *client, *server;
    uint16_t port;
    unsigned marks;
} flows[] = {
    { "10.99.0.5", "10.1.0.1", 5432, FLOW_TO_COMPANY },
    { "10.99.0.5", "10.1.0.1", 443, FLOW_TO_COMPANY | FLOW_IS_DESK },
    { "10.99.0.5", "93.184.216.34", 443, FLOW_IS_DESK },
    { "192.168.1.7", "198.51.100.1", 1194, FLOW_TO_COMPANY },
    { "192.168.1.7", "192.168.1.1", 53, 0 },             /* the home's own router */
    { "192.168.1.7", "192.168.1.1", 443, FLOW_IS_DESK }, /* and its page */
    { "93.184.216.34", "198.51.100.1", 443, 0 },         /* no device: anybody outside */
    { "127.0.0.1", "127.0.0.1", 80, 0 },
    { "fd00::7", "2001:db8::1", 993, FLOW_IS_DESK },
};

static void
test_marks(void **state)
{
    struct presence *t = open_table();

    (void)state;
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
        struct flow f = flow_of(t, flows[i].client, flows[i].server, flows[i].port);

        if (f.marks != flows[i].marks)
            fail_msg(
                "%s to %s port %u: %#x", flows[i].client, flows[i].server, flows[i].port, f.marks);
    }
    presence_close(t);
}

static void
put(struct presence *t, const struct flow *f, unsigned direction, int64_t time_us)
{
    emitter.now.time_us = time_us;
    presence_packet(t, f, direction, 100);
}

static void
test_flows_of_a_device_add_up(void **state)
{
    struct presence *t = open_table();
    struct flow web = flow_of(t, "10.99.0.5", "93.184.216.34", 443);
    struct flow work = flow_of(t, "10.99.0.5", "10.1.0.1", 5432);

    (void)state;
    for (unsigned i = 0; i < 3; i++) {
        put(t, &web, FLOW_CLIENT, START + 2 * i * S);
        put(t, &web, FLOW_SERVER, START + 2 * i * S);
        put(t, &work, FLOW_CLIENT, START + (2 * i + 1) * S);
        put(t, &web, FLOW_CLIENT, START + 60 * S);
    }
    presence_tick(t, START + 599 * S);
    assert_string_equal(told, "");
    presence_tick(t, START + 600 * S);
    assert_string_equal(told, "10.99.0.5 out=54 packets=0303");
    presence_finish(t);
    assert_string_equal(told, "10.99.0.5 out=54 packets=0303");
    presence_close(t);
}

static void
test_little_is_not_told(void **state)
{
    struct presence *t = open_table();
    struct flow web = flow_of(t, "10.99.0.5", "93.184.216.34", 443);

    (void)state;
    for (unsigned i = 0; i < 5; i++)
        put(t, &web, FLOW_CLIENT, START + i * S);
    put(t, &web, FLOW_CLIENT, START + 600 * S); /* the next window is no help */
    presence_finish(t);
    assert_string_equal(told, "");
    presence_close(t);
}

static void
rtt_flow(struct presence *t, const char *client, uint32_t us)
{
    struct flow f = { .protocol = 6, .port = { 40000, 9 }, .rtt_us = { us, 0 } };

    f.address[FLOW_CLIENT] = address_of(client);
    f.address[FLOW_SERVER] = address_of("93.184.216.34");
    presence_begin(t, &f);
}

static void
test_round_trips_are_told_some_times(void **state)
{
    struct presence *t = open_table();

    (void)state;
    emitter.now.time_us = START;
    for (unsigned i = 0; i < 20; i++)
        rtt_flow(t, "10.99.0.5", 30000);
    assert_int_equal(rtts, 8);
    rtt_flow(t, "10.99.0.5", 29999); /* the shortest so far */
    assert_int_equal(rtts, 9);
    rtt_flow(t, "10.99.0.6", 30000);
    assert_int_equal(rtts, 10);
    rtt_flow(t, "93.184.216.34", 30000); /* no device */
    rtt_flow(t, "10.99.0.6", 0);         /* nobody knows */
    assert_int_equal(rtts, 10);
    emitter.now.time_us += 3600 * S;
    rtt_flow(t, "10.99.0.5", 40000);
    assert_int_equal(rtts, 11);
    presence_close(t);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_marks),
        cmocka_unit_test(test_flows_of_a_device_add_up),
        cmocka_unit_test(test_little_is_not_told),
        cmocka_unit_test(test_round_trips_are_told_some_times),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
