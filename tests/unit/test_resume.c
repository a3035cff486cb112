/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/resume.c sensor/flow.c sensor/flow_track.c parsers/packet.c parsers/packet_ip.c parsers/packet_link.c parsers/packet_ppp.c parsers/packet_transport.c parsers/packet_tunnel.c parsers/packet_udp_tunnel.c parsers/packet_wifi.c */
/*
 * Which flows go on a session of the last run: the same ends, whoever is heard first, in the same
 * encapsulation and time.
 */
#include "../../sensor/flow_track.h"
#include "../../sensor/resume.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h> /* needs those above */

#define S INT64_C(1000000)
#define FIRST (1000 * S)
#define LAST (2000 * S)
#define IDLE (300 * S)
#define CLIENT "::ffff:203.0.113.7"
#define OTHER "::ffff:203.0.113.8"
#define SERVER "::ffff:198.51.100.10"

static struct packet
packet_of(const char *from, uint16_t from_port, const char *to, uint16_t to_port, uint8_t protocol)
{
    struct packet p = {
        .protocol = protocol, .source_port = from_port, .destination_port = to_port
    };

    assert_int_equal(inet_pton(AF_INET6, from, &p.source), 1);
    assert_int_equal(inet_pton(AF_INET6, to, &p.destination), 1);
    return p;
}

/* The client calls from a port below the server's, so that its flow is told by the handshake. */
static struct resumed
session(const char *client, uint16_t port)
{
    struct packet p = packet_of(client, port, SERVER, 5938, FLOW_PROTOCOL_TCP);
    struct resumed r = { .port = { port, 5938 },
        .transport = FLOW_PROTOCOL_TCP,
        .first_us = FIRST,
        .last_us = LAST,
        .bytes = { 10, 20 },
        .packets = { 1, 2 },
        .is_direct = true };
    struct flow f = { 0 };

    p.tcp.flags = PACKET_TCP_SYN;
    flow_begin(&f, &p, FIRST);
    r.address[0] = p.source;
    r.address[1] = p.destination;
    r.flow = flow_id(&f);
    return r;
}

static const struct {
    const char *name, *from, *to;
    uint16_t from_port, to_port;
    uint8_t protocol, flags;
    uint32_t encapsulation;
    int64_t at_us;
    bool goes_on;
} flows[] = {
    { "the client speaks", CLIENT, SERVER, 2000, 5938, FLOW_PROTOCOL_TCP, 0, 0, LAST + S, true },
    { "the server does", SERVER, CLIENT, 5938, 2000, FLOW_PROTOCOL_TCP, 0, 0, LAST + S, true },
    { "just in time", CLIENT, SERVER, 2000, 5938, FLOW_PROTOCOL_TCP, 0, 0,
        LAST + IDLE + RESUMED_LATE_US - 1, true },
    { "too late", CLIENT, SERVER, 2000, 5938, FLOW_PROTOCOL_TCP, 0, 0,
        LAST + IDLE + RESUMED_LATE_US, false },
    { "a new connection", CLIENT, SERVER, 2000, 5938, FLOW_PROTOCOL_TCP, PACKET_TCP_SYN, 0,
        LAST + S, false },
    { "another port", CLIENT, SERVER, 2002, 5938, FLOW_PROTOCOL_TCP, 0, 0, LAST + S, false },
    { "another client", OTHER, SERVER, 2000, 5938, FLOW_PROTOCOL_TCP, 0, 0, LAST + S, false },
    { "another protocol", CLIENT, SERVER, 2000, 5938, FLOW_PROTOCOL_UDP, 0, 0, LAST + S, false },
    { "another VLAN", CLIENT, SERVER, 2000, 5938, FLOW_PROTOCOL_TCP, 0, 7, LAST + S, false },
};

static void
flows_that_go_on(void **state)
{
    struct resumed list[] = { session(OTHER, 2001), session(CLIENT, 2000), session(CLIENT, 2001) };
    struct resume *resume = resume_open(list, sizeof list / sizeof list[0]);

    (void)state;
    assert_non_null(resume);
    for (size_t i = 0; i < sizeof flows / sizeof flows[0]; i++) {
        struct packet p = packet_of(
            flows[i].from, flows[i].from_port, flows[i].to, flows[i].to_port, flows[i].protocol);
        struct flow f = { 0 }, before;
        const struct resumed *r;

        p.tcp.flags = flows[i].flags;
        p.encapsulation = flows[i].encapsulation;
        flow_begin(&f, &p, flows[i].at_us);
        before = f;
        r = resume_flow(resume, &f, &p, IDLE);
        if ((r != NULL) != flows[i].goes_on)
            fail_msg("%s", flows[i].name);
        if (r == NULL) {
            assert_memory_equal(&f, &before, sizeof f);
            continue;
        }
        assert_true(flow_id(&f) == list[1].flow);
        assert_int_equal(f.port[FLOW_CLIENT], 2000);
        assert_int_equal(f.bytes[FLOW_SERVER], 20);
        assert_int_equal(f.packets[FLOW_SERVER], 2);
        assert_true((f.marks & FLOW_IS_DIRECT) != 0);
    }
    resume_close(resume);
}

static void
nothing_to_go_on(void **state)
{
    struct packet p = packet_of(CLIENT, 2000, SERVER, 5938, FLOW_PROTOCOL_TCP);
    struct flow f = { 0 };

    (void)state;
    assert_null(resume_open(NULL, 0));
    flow_begin(&f, &p, LAST);
    assert_null(resume_flow(NULL, &f, &p, IDLE));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flows_that_go_on),
        cmocka_unit_test(nothing_to_go_on),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
