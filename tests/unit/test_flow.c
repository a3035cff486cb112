/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/flow.c sensor/flow_track.c */
/* The flow table: one flow for both directions, who opened it, TCP states and RTT by hand-made
 * handshakes (RFC 9293; Karn's rule), ageing, the limit. */
#include "../../sensor/flow.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define S 1000000
#define SYN PACKET_TCP_SYN
#define ACK PACKET_TCP_ACK
#define FIN PACKET_TCP_FIN
#define RST PACKET_TCP_RST

static unsigned ended;
static uint16_t ended_port[16];

static void
on_ended(void *context, struct flow *f)
{
    (void)context;
    if (ended < 16)
        ended_port[ended] = f->port[FLOW_CLIENT];
    ended++;
}

static struct flow_table *
open_table(uint32_t limit)
{
    struct flow_table_request request = {
        .limit = limit,
        .timeouts.us = { 3600 * (int64_t)S, 30 * S, 180 * S, 30 * S, 60 * S },
        .ended = on_ended,
    };

    ended = 0;
    return flow_table_open(&request);
}

/* Host a (10.0.0.1) has port a_port, host b (10.0.0.2) port b_port. */
static struct packet
make(bool from_a, uint8_t protocol, uint16_t a_port, uint16_t b_port, uint8_t flags,
    uint32_t payload)
{
    static const uint8_t bytes[1500] = { 1, 2, 3, 4 };
    struct packet p = { .protocol = protocol, .ip_version = 4 };
    struct in6_addr a = { { { [10] = 0xff, [11] = 0xff, [12] = 10, [15] = 1 } } }, b = a;

    b.s6_addr[15] = 2;
    p.source = from_a ? a : b;
    p.destination = from_a ? b : a;
    p.source_port = from_a ? a_port : b_port;
    p.destination_port = from_a ? b_port : a_port;
    p.tcp.flags = flags;
    p.payload = bytes;
    p.payload_captured = p.payload_length = payload;
    return p;
}

static struct flow *
put(struct flow_table *t, const struct packet *p, int64_t time_us, unsigned *direction)
{
    return flow_table_update(t, p, flow_hash(p, 0), time_us, 60, direction);
}

static void
test_both_directions_are_one_flow(void **state)
{
    struct flow_table *t = open_table(10);
    struct packet out = make(true, 17, 40000, 53, 0, 30), in = make(false, 17, 40000, 53, 0, 90);
    struct packet other = out;
    struct flow_counts counts;
    unsigned direction;
    struct flow *f = put(t, &out, S, &direction);

    (void)state;
    assert_int_equal(direction, FLOW_CLIENT);
    assert_false(f->marks & FLOW_ESTABLISHED);
    assert_ptr_equal(put(t, &in, 2 * S, &direction), f);
    assert_int_equal(direction, FLOW_SERVER);
    assert_true(f->marks & FLOW_ESTABLISHED);
    assert_int_equal(f->payload_bytes[FLOW_SERVER], 90);
    other.encapsulation = 7; /* the same ends in another tunnel */
    assert_ptr_not_equal(put(t, &other, 2 * S, &direction), f);
    flow_table_get_counts(t, &counts);
    assert_int_equal(counts.flows, 2);
    flow_table_close(t);
    assert_int_equal(ended, 2);
}

static void
test_originator(void **state)
{
    static const struct {
        const char *name;
        bool first_from_a;
        uint8_t protocol, flags;
        uint16_t a_port, b_port;
        bool a_is_client;
    } cases[] = {
        { "SYN from a", true, 6, SYN, 22, 40000, true },
        { "SYN-ACK from b", false, 6, SYN | ACK, 22, 40000, true },
        { "midstream, server's port well known", false, 6, ACK, 40000, 443, true },
        { "midstream, lower port serves", false, 6, ACK, 50000, 3389, true },
        { "UDP answer first", false, 17, 0, 40000, 53, true },
        { "UDP, WireGuard's server spoke first", false, 17, 0, 40000, 51820, true },
        { "UDP, OpenVPN's server spoke first", false, 17, 0, 40000, 1194, true },
        { "midstream, the service on the higher port", false, 6, ACK, 2000, 5938, true },
        { "UDP, high ports: who spoke first", false, 17, 0, 40000, 41000, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow_table *t = open_table(4);
        struct packet p = make(cases[i].first_from_a, cases[i].protocol, cases[i].a_port,
            cases[i].b_port, cases[i].flags, 0);
        unsigned direction;
        struct flow *f = put(t, &p, S, &direction);

        if ((f->address[FLOW_CLIENT].s6_addr[15] == 1) != cases[i].a_is_client)
            fail_msg("%s", cases[i].name);
        flow_table_close(t);
    }
}

struct step {
    bool from_a;
    uint8_t flags;
    uint32_t seq, ack, payload;
    int64_t time_us;
};

static void
test_tcp(void **state)
{
    static const struct {
        const char *name;
        struct step steps[8];
        enum flow_tcp_state end;
        bool is_established;
        uint32_t rtt_client_us, rtt_server_us;
    } cases[] = {
        { "handshake and data",
            { { true, SYN, 100, 0, 0, 1000 }, { false, SYN | ACK, 500, 101, 0, 31000 },
                { true, ACK, 101, 501, 0, 33000 }, { true, ACK, 101, 501, 10, 34000 } },
            FLOW_TCP_OPEN, true, 2000, 30000 },
        { "no payload is not established",
            { { true, SYN, 100, 0, 0, 1000 }, { false, SYN | ACK, 500, 101, 0, 31000 },
                { true, ACK, 101, 501, 0, 33000 } },
            FLOW_TCP_OPEN, false, 2000, 30000 },
        { "SYN, SYN-ACK, RST is not established",
            { { true, SYN, 100, 0, 0, 1000 }, { false, SYN | ACK, 500, 101, 0, 31000 },
                { true, RST, 101, 0, 0, 33000 } },
            FLOW_TCP_CLOSED, false, 0, 30000 },
        { "a repeated SYN measures no server side",
            { { true, SYN, 100, 0, 0, 1000 }, { true, SYN, 100, 0, 0, 900000 },
                { false, SYN | ACK, 500, 101, 0, 931000 }, { true, ACK, 101, 501, 0, 933000 } },
            FLOW_TCP_OPEN, false, 2000, 0 },
        { "a repeated SYN-ACK measures no client side",
            { { true, SYN, 100, 0, 0, 1000 }, { false, SYN | ACK, 500, 101, 0, 31000 },
                { false, SYN | ACK, 500, 101, 0, 900000 }, { true, ACK, 101, 501, 0, 933000 } },
            FLOW_TCP_OPEN, false, 0, 30000 },
        { "midstream, payload both ways",
            { { true, ACK, 100, 500, 9, 1000 }, { false, ACK, 500, 109, 9, 2000 } },
            FLOW_TCP_MIDSTREAM, true, 0, 0 },
        { "FIN from one side closes half",
            { { true, ACK, 100, 500, 9, 1000 }, { true, FIN | ACK, 109, 500, 0, 2000 } },
            FLOW_TCP_CLOSING, false, 0, 0 },
        { "FIN from both closes",
            { { true, ACK, 100, 500, 9, 1000 }, { true, FIN | ACK, 109, 500, 0, 2000 },
                { false, FIN | ACK, 500, 110, 0, 3000 } },
            FLOW_TCP_CLOSED, false, 0, 0 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow_table *t = open_table(4);
        struct flow *f = NULL;
        unsigned direction;

        for (const struct step *s = cases[i].steps; s->time_us != 0; s++) {
            struct packet p = make(s->from_a, 6, 40000, 443, s->flags, s->payload);

            p.tcp.seq = s->seq;
            p.tcp.ack = s->ack;
            f = put(t, &p, s->time_us, &direction);
        }
        if (f == NULL || f->tcp_state != cases[i].end ||
            ((f->marks & FLOW_ESTABLISHED) != 0) != cases[i].is_established ||
            f->rtt_us[FLOW_CLIENT] != cases[i].rtt_client_us ||
            f->rtt_us[FLOW_SERVER] != cases[i].rtt_server_us)
            fail_msg("%s", cases[i].name);
        flow_table_close(t);
    }
}

static void
test_new_syn_after_close_is_new_flow(void **state)
{
    struct flow_table *t = open_table(4);
    struct packet syn = make(true, 6, 40000, 443, SYN, 0), rst = make(false, 6, 40000, 443, RST, 0);
    struct flow_counts counts;
    unsigned direction;

    (void)state;
    put(t, &syn, S, &direction);
    put(t, &rst, 2 * S, &direction);
    put(t, &syn, 3 * S, &direction);
    flow_table_get_counts(t, &counts);
    assert_int_equal(counts.flows, 2);
    assert_int_equal(ended, 1);
    flow_table_close(t);
}

static void
test_least_recently_active_goes(void **state)
{
    struct flow_table *t = open_table(3);
    struct flow_counts counts;
    struct packet p;
    unsigned direction;

    (void)state;
    for (uint16_t port = 1; port <= 3; port++) {
        p = make(true, 17, (uint16_t)(40000 + port), 53, 0, 1);
        put(t, &p, port * S, &direction);
    }
    p = make(true, 17, 40001, 53, 0, 1);
    put(t, &p, 10 * S, &direction);
    p = make(true, 17, 40004, 53, 0, 1);
    put(t, &p, 11 * S, &direction);
    assert_int_equal(ended, 1);
    assert_int_equal(ended_port[0], 40002);
    flow_table_get_counts(t, &counts);
    assert_int_equal(counts.evicted, 1);
    flow_table_close(t);
}

static void
test_timeouts_by_class(void **state)
{
    struct flow_table *t = open_table(8);
    struct packet udp = make(true, 17, 40000, 53, 0, 1), tcp = make(true, 6, 40001, 443, ACK, 0);
    struct packet icmp = make(true, 1, 8, 0, 0, 1);
    unsigned direction;

    (void)state;
    put(t, &udp, S, &direction);
    put(t, &tcp, S, &direction);
    put(t, &icmp, S, &direction);
    flow_table_expire(t, 30 * S);
    assert_int_equal(ended, 0);
    flow_table_expire(t, 31 * S);
    assert_int_equal(ended, 1); /* ICMP, 30 s */
    flow_table_expire(t, 181 * S);
    assert_int_equal(ended, 2); /* UDP, 180 s */
    flow_table_expire(t, 3601 * (int64_t)S);
    assert_int_equal(ended, 3); /* TCP, 1 h */
    flow_table_close(t);
}

static void
test_opening_ends_early(void **state)
{
    static const struct {
        const char *name;
        struct step steps[4];
        bool ends_early;
    } cases[] = {
        { "SYN", { { true, SYN, 100, 0, 0, 1000 } }, true },
        { "SYN, SYN-ACK",
            { { true, SYN, 100, 0, 0, 1000 }, { false, SYN | ACK, 500, 101, 0, 2000 } }, true },
        { "handshake",
            { { true, SYN, 100, 0, 0, 1000 }, { false, SYN | ACK, 500, 101, 0, 2000 },
                { true, ACK, 101, 501, 0, 3000 } },
            false },
        { "payload, though only one direction is seen",
            { { true, SYN, 100, 0, 0, 1000 }, { true, ACK, 101, 501, 9, 3000 } }, false },
        { "midstream", { { true, ACK, 100, 500, 0, 1000 } }, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow_table *t = open_table(4);
        unsigned direction;

        for (const struct step *s = cases[i].steps; s->time_us != 0; s++) {
            struct packet p = make(s->from_a, 6, 40000, 443, s->flags, s->payload);

            p.tcp.seq = s->seq;
            p.tcp.ack = s->ack;
            put(t, &p, s->time_us, &direction);
        }
        flow_table_expire(t, 60 * S);
        assert_int_equal(ended, 0);
        flow_table_expire(t, 61 * S);
        if (ended != cases[i].ends_early)
            fail_msg("%s", cases[i].name);
        flow_table_close(t);
    }
}

static void
test_many_flows_come_and_go(void **state)
{
    struct flow_table *t = open_table(5000);
    struct flow_counts counts;
    unsigned direction;

    (void)state;
    for (unsigned i = 0; i < 60000; i++) {
        struct packet p = make(true, 17, (uint16_t)i, 53, 0, 1);

        p.encapsulation = i / 20000;
        assert_non_null(put(t, &p, (int64_t)i * S / 100, &direction));
        assert_int_equal(
            direction, (uint16_t)i == 53 ? direction : FLOW_CLIENT ^ ((uint16_t)i < 53));
        if (i % 100 == 0)
            flow_table_expire(t, (int64_t)i * S / 100);
    }
    flow_table_get_counts(t, &counts);
    assert_int_equal(counts.flows, 60000);
    flow_table_close(t);
    assert_int_equal(ended, 60000);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_both_directions_are_one_flow),
        cmocka_unit_test(test_originator),
        cmocka_unit_test(test_tcp),
        cmocka_unit_test(test_new_syn_after_close_is_new_flow),
        cmocka_unit_test(test_least_recently_active_goes),
        cmocka_unit_test(test_timeouts_by_class),
        cmocka_unit_test(test_opening_ends_early),
        cmocka_unit_test(test_many_flows_come_and_go),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
