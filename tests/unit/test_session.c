/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/session.c sensor/rtt.c sensor/lag.c sensor/activity.c sensor/control.c sensor/second_sign.c sensor/evidence.c sensor/flow.c sensor/flow_track.c conf/cidr.c parsers/fact.c parsers/text.c parsers/packet.c parsers/packet_ip.c parsers/packet_link.c parsers/packet_ppp.c parsers/packet_transport.c parsers/packet_tunnel.c parsers/packet_udp_tunnel.c parsers/packet_wifi.c */
/* Sessions: the states named, connected, controlled by the rule of remote-control, who controls,
 * and the second sign. Traffic is made to stand on one side of each number of the rule. */
#include "../../sensor/flow_track.h"
#include "../../sensor/second_sign.h"
#include "../../sensor/session.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define S INT64_C(1000000)
#define START (1700000000 * S)

static const struct list_tool rdp = {
    .name = "RDP", .class_name = "remote-desktop", .ndpi = "RDP"
};
static const struct list_tool anydesk = {
    .name = "AnyDesk", .class_name = "remote-tool", .ndpi = "AnyDesk"
};
static const struct list_tool openvpn = {
    .name = "OpenVPN", .class_name = "vpn", .ndpi = "OpenVPN"
};
static const struct list_tool ipsec = { .name = "IPsec", .class_name = "vpn", .ndpi = "IPsec" };

static struct fact told[64];
static unsigned told_count;

static void
on_emit(void *context, const struct emission *e)
{
    (void)context;
    if (told_count < 64)
        memcpy(&told[told_count], &e->observation.fact,
            offsetof(struct fact, bytes) + e->observation.fact.length);
    told_count++;
}

static struct emitter emitter;

static struct session_table *
open_table(uint32_t limit)
{
    emitter = (struct emitter){ .emit = on_emit };
    emitter.now.time_us = START;
    told_count = 0;
    return session_table_open(limit, &session_policy_default, NULL, &emitter);
}

static struct flow
make_flow(void)
{
    struct flow f = { .protocol = 6, .port = { 40000, 3389 }, .marks = FLOW_ESTABLISHED };

    f.address[0] =
        (struct in6_addr){ { { [10] = 0xff, [11] = 0xff, [12] = 192, [13] = 168, [15] = 9 } } };
    f.address[1] =
        (struct in6_addr){ { { [10] = 0xff, [11] = 0xff, [12] = 203, [14] = 113, [15] = 9 } } };
    f.first_us = START;
    return f;
}

static void
put(struct session_table *t, struct flow *f, unsigned direction, uint32_t bytes, int64_t time_us)
{
    f->packets[direction]++;
    f->payload_packets[direction]++;
    f->bytes[direction] += bytes;
    f->last_us = time_us;
    emitter.now.time_us = time_us;
    session_packet(t, f, direction, bytes, bytes);
}

static const struct {
    const char *name;
    unsigned seconds, screen_bytes, input_bytes, input_every;
    bool screen_from_client, is_controlled;
} rule[] = {
    { "screen out, input in", 90, 3000, 50, 2, false, true },
    { "the client's screen", 90, 3000, 50, 2, true, true },
    { "shorter than a minute", 55, 3000, 50, 1, false, false },
    { "less than 100 kB", 90, 1000, 50, 2, false, false },
    { "input packets just under 400 bytes", 90, 3000, 399, 1, false, true },
    { "as much in as out", 90, 3000, 1500, 1, false, false },
    { "a download: hardly any input", 120, 14000, 300, 10, false, false },
    { "input in a third of the seconds", 120, 3000, 50, 3, false, true },
};

static void
test_control_rule(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof rule / sizeof rule[0]; i++) {
        struct session_table *t = open_table(4);
        struct flow f = make_flow();
        unsigned screen = rule[i].screen_from_client ? FLOW_CLIENT : FLOW_SERVER;
        bool is_controlled = false;

        session_sign(t, &f, &rdp, SIGN_NDPI, "rdp", NULL);
        for (unsigned s = 0; s < rule[i].seconds; s++) {
            int64_t at = START + s * S;

            for (unsigned left = rule[i].screen_bytes; left > 0; left -= left < 1400 ? left : 1400)
                put(t, &f, screen, left < 1400 ? left : 1400, at);
            if (s % rule[i].input_every == 0)
                put(t, &f, !screen, rule[i].input_bytes, at + S / 2);
        }
        session_end(t, &f);
        for (unsigned n = 0; n < told_count && n < 64; n++)
            is_controlled |= fact_is(&told[n], KEY_STATE, "controlled");
        if (is_controlled != rule[i].is_controlled)
            fail_msg("%s", rule[i].name);
        session_table_close(t);
    }
}

static void
say(struct session_table *t, struct flow *f, const char *session_state, const char *how)
{
    struct fact said;

    fact_begin(&said, FACT_SESSION_OPEN);
    if (session_state != NULL)
        fact_word(&said, KEY_STATE, session_state);
    if (how != NULL)
        fact_word(&said, KEY_HOW, how);
    session_sign(t, f, &anydesk, SIGN_HANDSHAKE, "x", &said);
}

/* A parser that knows the tool tells a program that waits from a session. */
static void
test_what_parsers_say(void **state)
{
    struct session_table *t = open_table(4);
    struct flow f = make_flow(), g = make_flow();

    (void)state;
    say(t, &f, "named", "relay");
    for (unsigned n = 0; n < 10; n++) {
        put(t, &f, FLOW_CLIENT, 100, START + n * S);
        put(t, &f, FLOW_SERVER, 100, START + n * S);
    }
    say(t, &f, "named", NULL);
    assert_int_equal(told_count, 1);
    assert_true(fact_is(&told[0], KEY_STATE, "named"));
    assert_int_not_equal(f.marks & FLOW_IS_RELAYED, 0);
    say(t, &f, NULL, NULL);
    assert_int_equal(told_count, 2);
    assert_int_equal(told[1].kind, FACT_SESSION_UPDATE);
    assert_true(fact_is(&told[1], KEY_STATE, "connected"));
    say(t, &f, NULL, NULL);
    assert_int_equal(told_count, 2);
    say(t, &g, "connected", "direct");
    assert_true(fact_is(&told[2], KEY_STATE, "connected"));
    assert_true(fact_is(&told[2], KEY_HOW, "direct"));
    session_end(t, &f);
    session_end(t, &g);
    session_table_close(t);
}

static void
test_states_and_order(void **state)
{
    struct session_table *t = open_table(4);
    struct flow f = make_flow();
    int64_t bytes;

    (void)state;
    f.marks = 0;
    session_sign(t, &f, &anydesk, SIGN_SNI, "tls", NULL);
    assert_int_equal(told_count, 1);
    assert_int_equal(told[0].kind, FACT_SESSION_OPEN);
    assert_true(fact_is(&told[0], KEY_STATE, "named"));
    assert_true(fact_is(&told[0], KEY_SIGN, "sni"));
    assert_true(fact_is(&told[0], KEY_CLASS, "remote-tool"));
    session_sign(t, &f, &rdp, SIGN_NDPI, "rdp", NULL); /* the first sign stands */
    assert_int_equal(told_count, 1);
    f.marks |= FLOW_ESTABLISHED;
    for (unsigned n = 0; n < 4; n++) {
        assert_int_equal(told_count, 1);
        put(t, &f, FLOW_CLIENT, 100, START + n * S);
        put(t, &f, FLOW_SERVER, 100, START + n * S);
    }
    assert_int_equal(told_count, 2);
    assert_int_equal(told[1].kind, FACT_SESSION_UPDATE);
    assert_true(fact_is(&told[1], KEY_STATE, "connected"));
    put(t, &f, FLOW_SERVER, 100, START + 3700 * S); /* told again after an hour */
    assert_int_equal(told_count, 3);
    session_end(t, &f);
    assert_int_equal(told[3].kind, FACT_SESSION_CLOSE);
    assert_true(fact_get_number(&told[3], KEY_BYTES_OUT, &bytes));
    assert_int_equal(bytes, 400);
    session_table_close(t);
}

/* A relay is no controller; a viewer of one's own is. */
static void
test_controller(void **state)
{
    static const struct {
        const char *name;
        const struct list_tool *tool;
        enum session_sign sign;
        bool screen_from_client, has_controller;
        uint8_t controller; /* last octet but three */
    } cases[] = {
        { "RDP: the client drives", &rdp, SIGN_NDPI, false, true, 192 },
        { "tool by name, screen out: the relay hides it", &anydesk, SIGN_SNI, true, false, 0 },
        { "tool by name, screen in: the local viewer", &anydesk, SIGN_SNI, false, true, 192 },
        { "tool by nDPI to a public server: maybe a relay", &anydesk, SIGN_NDPI, true, false, 0 },
        { "the vendor's certificate: a relay", &anydesk, SIGN_CERTIFICATE, true, false, 0 },
        { "the program's certificate: the peer", &anydesk, SIGN_PEER_CERTIFICATE, true, true, 203 },
        { "VNC turned round: the server drives", &rdp, SIGN_NDPI, true, true, 203 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct session_table *t = open_table(4);
        struct flow f = make_flow();
        unsigned screen = cases[i].screen_from_client ? FLOW_CLIENT : FLOW_SERVER;
        struct in6_addr controller = { 0 };
        bool has_controller = false;

        session_sign(t, &f, cases[i].tool, cases[i].sign, "x", NULL);
        for (unsigned s = 0; s < 100; s++) {
            put(t, &f, screen, 1400, START + s * S);
            put(t, &f, screen, 1400, START + s * S);
            put(t, &f, !screen, 40, START + s * S);
        }
        for (unsigned n = 0; n < told_count && n < 64; n++)
            has_controller |= fact_get_address(&told[n], KEY_CONTROLLER, &controller);
        if (has_controller != cases[i].has_controller ||
            controller.s6_addr[12] != cases[i].controller)
            fail_msg("%s", cases[i].name);
        session_end(t, &f);
        session_table_close(t);
    }
}

static void
test_second_sign(void **state)
{
    static const struct {
        const char *name;
        const struct list_tool *tool;
        uint8_t protocol;
        uint16_t port;
        unsigned answers;
        bool is_seen;
    } cases[] = {
        { "OpenVPN's port", &openvpn, FLOW_PROTOCOL_UDP, 1194, 1, true },
        { "one way only", &openvpn, FLOW_PROTOCOL_UDP, 1194, 0, false },
        { "a game", &openvpn, FLOW_PROTOCOL_UDP, 4000, 1, false },
        { "ESP both ways", &ipsec, 50, 0, 1, true },
        { "ESP one way", &ipsec, 50, 0, 0, false },
        { "ESP within UDP", &ipsec, FLOW_PROTOCOL_UDP, 4500, 1, true },
        { "IPsec on another port", &ipsec, FLOW_PROTOCOL_UDP, 4000, 1, false },
        { "a tool that is not doubted", &anydesk, FLOW_PROTOCOL_TCP, 4000, 0, true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow f = make_flow();

        f.protocol = cases[i].protocol;
        f.port[1] = cases[i].port;
        f.payload_packets[0] = 1;
        f.payload_packets[1] = cases[i].answers;
        if (second_sign_seen(cases[i].tool, &f, NULL) != cases[i].is_seen)
            fail_msg("%s", cases[i].name);
    }
}

static void
test_asked_once_an_hour(void **state)
{
    struct session_table *t = open_table(4);
    struct flow f = make_flow();

    (void)state;
    session_asked(t, &f, &anydesk);
    session_asked(t, &f, &anydesk);
    assert_int_equal(told_count, 1);
    assert_true(fact_is(&told[0], KEY_STATE, "named"));
    emitter.now.time_us += 3601 * S;
    session_asked(t, &f, &anydesk);
    assert_int_equal(told_count, 2);
    session_table_close(t);
}

static void
say_category(void *context, const struct flow *f, struct fact *fact)
{
    (void)context;
    if (f->ndpi_category != 0)
        fact_word(fact, KEY_CATEGORY, "RemoteAccess");
}

/* What becomes known of the flow later stands in what is told later. */
static void
test_described(void **state)
{
    struct session_table *t = open_table(1);
    struct flow f = make_flow();

    (void)state;
    session_table_describe(t, say_category, NULL);
    session_sign(t, &f, &rdp, SIGN_SNI, "rdp", NULL);
    f.ndpi_category = 1;
    session_end(t, &f);
    assert_int_equal(told_count, 2);
    assert_false(fact_has(&told[0], KEY_CATEGORY));
    assert_true(fact_is(&told[1], KEY_CATEGORY, "RemoteAccess"));
    session_table_close(t);
}

/* At the limit the least recently active session is told as closed and gives way. */
static void
test_limit(void **state)
{
    struct session_table *t = open_table(2);
    struct flow a = make_flow(), b = make_flow(), c = make_flow();

    (void)state;
    session_sign(t, &a, &rdp, SIGN_NDPI, "rdp", NULL);
    session_sign(t, &b, &rdp, SIGN_NDPI, "rdp", NULL);
    put(t, &a, FLOW_CLIENT, 100, START + S);
    put(t, &b, FLOW_CLIENT, 100, START + 2 * S);
    put(t, &a, FLOW_CLIENT, 100, START + 3 * S);
    told_count = 0;
    session_sign(t, &c, &anydesk, SIGN_SNI, "tls", NULL);
    assert_non_null(a.session);
    assert_null(b.session);
    assert_non_null(c.session);
    assert_int_equal(told_count, 2);
    assert_int_equal(told[0].kind, FACT_SESSION_CLOSE);
    assert_true(fact_is(&told[0], KEY_APP, "RDP"));
    assert_int_equal(told[1].kind, FACT_SESSION_OPEN);
    assert_int_equal(session_table_evicted(t), 1);
    session_end(t, &a);
    session_end(t, &b);
    session_end(t, &c);
    assert_int_equal(told_count, 4);
    session_table_close(t);
}

/* Each number of the rule moves the verdict on traffic that the default rule calls controlled. */
static void
test_policy(void **state)
{
    static const struct {
        const char *name;
        struct control_policy policy;
        bool is_controlled;
    } cases[] = {
        { "the default", CONTROL_POLICY_DEFAULT, true },
        { "a longer span", { 300 * S, 120 * S, 100000, 5, 0.3, 400 }, false },
        { "more bytes", { 300 * S, 60 * S, 1000000, 5, 0.3, 400 }, false },
        { "a greater ratio", { 300 * S, 60 * S, 100000, 200, 0.3, 400 }, false },
        { "more bins", { 300 * S, 60 * S, 100000, 5, 0.7, 400 }, false },
        { "smaller input", { 300 * S, 60 * S, 100000, 5, 0.3, 50 }, false },
        { "a window of one minute", { 60 * S, 50 * S, 100000, 5, 0.3, 400 }, true },
        { "a window too short for its span", { 50 * S, 60 * S, 100000, 5, 0.3, 400 }, false },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct control c;
        enum control_screen screen = CONTROL_NONE;

        control_begin(&c, &cases[i].policy, START);
        for (unsigned s = 0; s < 90 && screen == CONTROL_NONE; s++) {
            screen = control_add(&c, &cases[i].policy, FLOW_SERVER, 3000, START + s * S);
            if (screen == CONTROL_NONE && s % 2 == 0)
                screen = control_add(&c, &cases[i].policy, FLOW_CLIENT, 50, START + s * S + S / 2);
        }
        if (screen == CONTROL_NONE)
            screen = control_look(&c, &cases[i].policy);
        if ((screen == CONTROL_SCREEN_FROM_SERVER) != cases[i].is_controlled)
            fail_msg("%s", cases[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_control_rule),
        cmocka_unit_test(test_what_parsers_say),
        cmocka_unit_test(test_states_and_order),
        cmocka_unit_test(test_controller),
        cmocka_unit_test(test_second_sign),
        cmocka_unit_test(test_asked_once_an_hour),
        cmocka_unit_test(test_described),
        cmocka_unit_test(test_limit),
        cmocka_unit_test(test_policy),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
