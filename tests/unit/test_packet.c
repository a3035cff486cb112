/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/packet.c parsers/packet_ip.c parsers/packet_link.c parsers/packet_ppp.c parsers/packet_transport.c parsers/packet_tunnel.c parsers/packet_udp_tunnel.c parsers/packet_wifi.c */
/*
 * The packet decoder against TShark (packet_samples.h), at every length that a capture may have cut
 * or a sender may have lied about, and for what only this decoder says: layers, `encapsulation`,
 * the kinds of bad.
 */
#include "../../parsers/packet.h"
#include "address.h"
#include "packet_check.h"

#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

/* The frame stays in `frame`, to which the packet points. */
static enum packet_result
decode(const char *name, struct packet *p, uint8_t frame[FRAME_MAX])
{
    const struct sample *s = packet_check_sample(name);
    uint32_t n = packet_check_bytes(frame, s->hex);

    return packet_decode(p, s->link_type, frame, n, n);
}

static void
agrees_with_tshark(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        const struct sample *s = &samples[i];
        struct in6_addr source = address_of(s->source), destination = address_of(s->destination);
        uint8_t frame[FRAME_MAX];
        struct packet p;
        bool has_ports;

        if (decode(s->name, &p, frame) != PACKET_OK)
            fail_msg("%s is not decoded", s->name);
        has_ports = p.protocol == 6 || p.protocol == 17 || p.protocol == 132;
        if (memcmp(&p.source, &source, sizeof source) != 0 ||
            memcmp(&p.destination, &destination, sizeof destination) != 0 ||
            (has_ports ? p.source_port : 0) != s->source_port ||
            (has_ports ? p.destination_port : 0) != s->destination_port)
            fail_msg("%s: other ends than TShark's", s->name);
        assert_false(p.is_cut);
        assert_int_equal(p.payload_captured, p.payload_length);
    }
}

/* Each prefix lies in memory of its own size: a read past it is a sanitiser's error. */
static void
every_prefix_is_safe(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t frame[FRAME_MAX];
        uint32_t n = packet_check_bytes(frame, samples[i].hex);

        for (uint32_t cut = 0; cut < n; cut++) {
            uint8_t *prefix = malloc(cut == 0 ? 1 : cut);
            struct packet p;
            enum packet_result r;

            assert_non_null(prefix);
            memcpy(prefix, frame, cut);
            /* A capture that kept less than the wire had calls nothing bad. */
            r = packet_decode(&p, samples[i].link_type, prefix, cut, n);
            if (r != PACKET_OK && r != PACKET_CUT && r != PACKET_FRAGMENT)
                fail_msg("%s cut at %u is %s", samples[i].name, cut, packet_result_name(r));
            if (r == PACKET_OK)
                assert_true(p.payload + p.payload_captured <= prefix + cut);
            /* A wire that had no more is never said to be cut, but in a mirror's inside. */
            r = packet_decode(&p, samples[i].link_type, prefix, cut, cut);
            if (r == PACKET_CUT && p.layer_count == 0)
                fail_msg("%s of %u bytes is said cut", samples[i].name, cut);
            free(prefix);
        }
    }
}

static void
keeps_what_the_capture_cut_from_the_payload(void **state)
{
    uint8_t frame[FRAME_MAX];
    const struct sample *s = packet_check_sample("tcp");
    uint32_t n = packet_check_bytes(frame, s->hex);
    struct packet p;

    (void)state;
    assert_int_equal(packet_decode(&p, 1, frame, n - 4, n), PACKET_OK);
    assert_true(p.is_cut);
    assert_int_equal(p.ip_length, 49);
    assert_int_equal(p.ip_captured, 45);
    assert_int_equal(p.payload_length, 9);
    assert_int_equal(p.payload_captured, 5);
}

static void
reads_tcp(void **state)
{
    uint8_t frame[FRAME_MAX];
    struct packet p;
    const uint8_t kinds[] = { 2, 4, 8, 1, 3 };

    (void)state;
    assert_int_equal(decode("tcp-syn-options", &p, frame), PACKET_OK);
    assert_int_equal(p.tcp.flags, PACKET_TCP_SYN);
    assert_int_equal(p.tcp.seq, 1000);
    assert_int_equal(p.tcp.window, 512);
    assert_int_equal(p.tcp.mss, 1460);
    assert_int_equal(p.tcp.window_scale, 7);
    assert_true(p.tcp.sack_permitted);
    assert_true(p.tcp.has_timestamp);
    assert_int_equal(p.tcp.ts_value, 1);
    assert_int_equal(p.tcp.option_count, sizeof kinds);
    assert_memory_equal(p.tcp.options, kinds, sizeof kinds);

    assert_int_equal(decode("tcp-time-stamp", &p, frame), PACKET_OK);
    assert_int_equal(p.tcp.ts_value, 5);
    assert_int_equal(p.tcp.ts_echo, 6);
    assert_int_equal(p.tcp.window_scale, 0xff);
    assert_int_equal(p.tcp.mss, 0);
    assert_int_equal(p.tcp.option_count, 3);
    assert_int_equal(p.payload_length, 9);

    assert_int_equal(decode("padded-ack", &p, frame), PACKET_OK);
    assert_int_equal(p.payload_length, 0); /* the padding of the frame is none */
    assert_int_equal(decode("offloaded-length-0", &p, frame), PACKET_OK);
    assert_int_equal(p.payload_length, 9);
}

static void
reads_other_transports(void **state)
{
    uint8_t frame[FRAME_MAX];
    struct packet p;

    (void)state;
    assert_int_equal(decode("icmp-unreachable", &p, frame), PACKET_OK);
    assert_int_equal(p.protocol, 1);
    assert_int_equal(p.source_port, 3);
    assert_int_equal(p.destination_port, 1);
    assert_int_equal(decode("esp", &p, frame), PACKET_OK);
    assert_int_equal(p.spi, 0xabcd);
    assert_int_equal(decode("ah-tcp", &p, frame), PACKET_OK);
    assert_int_equal(p.spi, 0x1234);
    assert_int_equal(p.protocol, 6);
    assert_int_equal(decode("ip6-no-next", &p, frame), PACKET_OK);
    assert_int_equal(p.protocol, 59);
    assert_int_equal(p.payload_length, 0);
}

static void
remembers_layers(void **state)
{
    static const struct {
        const char *name;
        uint8_t count;
        struct packet_layer layers[3];
    } rows[] = {
        { "tcp", 0, { { 0, 0 } } },
        { "vlan", 1, { { LAYER_VLAN, 100 } } },
        { "qinq", 2, { { LAYER_VLAN, 10 }, { LAYER_VLAN, 20 } } },
        { "pbb", 1, { { LAYER_PBB, 0x12345 } } },
        { "mpls-2", 1, { { LAYER_MPLS, 200 } } },
        { "pppoe", 1, { { LAYER_PPPOE, 7 } } },
        { "ip-in-ip", 1, { { LAYER_IPIP, 0 } } },
        { "6in4", 1, { { LAYER_6IN4, 0 } } },
        { "4in6", 1, { { LAYER_IPIP, 0 } } },
        { "gre-all-options", 1, { { LAYER_GRE, 77 } } },
        { "gre-keep-alive", 0, { { 0, 0 } } },
        { "pptp", 2, { { LAYER_GRE, 9 }, { LAYER_PPP, 0 } } },
        { "erspan-1", 2, { { LAYER_GRE, 0 }, { LAYER_ERSPAN, 0 } } },
        { "erspan-2", 2, { { LAYER_GRE, 0 }, { LAYER_ERSPAN, 5 } } },
        { "erspan-3", 2, { { LAYER_GRE, 0 }, { LAYER_ERSPAN, 6 } } },
        { "vxlan", 1, { { LAYER_VXLAN, 42 } } },
        { "vxlan-gpe", 1, { { LAYER_VXLAN, 42 } } },
        { "geneve", 1, { { LAYER_GENEVE, 42 } } },
        { "gtp-u-extension", 1, { { LAYER_GTPU, 0x11 } } },
        { "teredo-indications", 1, { { LAYER_TEREDO, 0 } } },
        { "l2tp", 1, { { LAYER_L2TP, 4 } } },
        { "ah-tcp", 1, { { LAYER_AH, 0x1234 } } },
        { "vxlan-in-gre", 2, { { LAYER_GRE, 0 }, { LAYER_VXLAN, 42 } } },
        { "dns-from-vxlan-port", 0, { { 0, 0 } } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct in6_addr outer = address_of("192.0.2.1");
        uint8_t frame[FRAME_MAX];
        struct packet p;

        assert_int_equal(decode(rows[i].name, &p, frame), PACKET_OK);
        if (p.layer_count != rows[i].count)
            fail_msg("%s has %u layers", rows[i].name, p.layer_count);
        for (uint8_t j = 0; j < rows[i].count; j++)
            if (p.layers[j].kind != rows[i].layers[j].kind ||
                p.layers[j].id != rows[i].layers[j].id)
                fail_msg("%s: layer %u is %s %u", rows[i].name, j,
                    packet_layer_name(p.layers[j].kind), p.layers[j].id);
        if (strcmp(rows[i].name, "vxlan-in-gre") == 0)
            assert_memory_equal(&p.outer_source, &outer, sizeof outer);
    }
}

/* Puts `to` in place of the only `from` in a sample's bytes. */
static uint32_t
encapsulation_with(const char *name, const char *from, const char *to)
{
    uint8_t frame[FRAME_MAX], old[FRAME_MAX], new[FRAME_MAX];
    const struct sample *s = packet_check_sample(name);
    uint32_t n = packet_check_bytes(frame, s->hex), size = packet_check_bytes(old, from);
    uint8_t *at = memmem(frame, n, old, size);
    struct packet p;

    assert_int_equal(packet_check_bytes(new, to), size);
    assert_non_null(at);
    memcpy(at, new, size);
    assert_int_equal(packet_decode(&p, s->link_type, frame, n, n), PACKET_OK);
    return p.encapsulation;
}

#define OUTER "c0000201c6336402"
#define OUTER_BACK "c6336402c0000201"
#define OUTER_OTHER "c0000201c6336403"

static void
encapsulation_tells_tunnels_apart_but_not_directions(void **state)
{
    static const struct {
        const char *name, *from, *to;
        bool is_same;
    } rows[] = {
        { "gre", OUTER, OUTER_BACK, true },
        { "gre", OUTER, OUTER_OTHER, false },
        { "gre-all-options", "0000004d", "0000004e", false }, /* key */
        { "vxlan", OUTER, OUTER_BACK, true },
        { "vxlan", "00002a00", "00002b00", false }, /* network */
        { "geneve", "00002a00", "00002b00", false },
        { "gtp-u", OUTER, OUTER_BACK, true },
        { "gtp-u", "00000011", "00000012", true }, /* each direction has its own */
        { "gtp-u", OUTER, OUTER_OTHER, false },
        { "pptp", "00090000", "000a0000", true }, /* call */
        { "l2tp", "00030004", "00050006", true },
        { "mpls-6", "000c8140", "000c9140", true }, /* label */
        { "vlan", "6064", "6065", false },
        { "vlan", "6064", "4064", true }, /* priority */
        { "pppoe", "11000007", "11000008", false },
        { "ip-in-ip", OUTER, OUTER_BACK, true },
        { "ip-in-ip", OUTER, OUTER_OTHER, false },
        { "erspan-2", OUTER, OUTER_OTHER, true }, /* where a mirror stands */
        { "erspan-2", "10010005", "10010006", false },
        { "ah-tcp", "00001234", "00001235", true },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint32_t before = encapsulation_with(rows[i].name, rows[i].from, rows[i].from);
        uint32_t after = encapsulation_with(rows[i].name, rows[i].from, rows[i].to);

        if ((before == after) != rows[i].is_same)
            fail_msg("%s: %s for %s", rows[i].name, rows[i].to, rows[i].from);
        if ((before == 0) !=
            (strcmp(rows[i].name, "ah-tcp") == 0 || strncmp(rows[i].name, "mpls", 4) == 0))
            fail_msg("%s: %u", rows[i].name, before);
    }
}

/* One change to a good packet, and what it is then. */
static void
says_what_is_bad(void **state)
{
    static const struct {
        const char *what, *name, *from, *to;
        enum packet_result result;
    } rows[] = {
        { "version", "udp", "08004500", "08007500", PACKET_BAD_IP_VERSION },
        { "header of 16 bytes", "udp", "08004500", "08004400", PACKET_BAD_IP_HEADER },
        { "total length beyond the wire", "udp", "45000025", "45000026", PACKET_BAD_IP_HEADER },
        { "total length inside the header", "udp", "45000025", "45000013", PACKET_BAD_IP_HEADER },
        { "UDP length beyond the packet", "udp", "9c42270f0011", "9c42270f0012",
            PACKET_BAD_TRANSPORT },
        { "UDP length below its header", "udp", "9c42270f0011", "9c42270f0007",
            PACKET_BAD_TRANSPORT },
        { "UDP length 0", "udp", "9c42270f0011", "9c42270f0000", PACKET_OK },
        { "TCP data offset 4", "tcp", "5018", "4018", PACKET_BAD_TRANSPORT },
        { "TCP data offset 15", "tcp", "5018", "f018", PACKET_BAD_TRANSPORT },
        { "IPv6 payload beyond the wire", "ip6-tcp", "60000000001d", "60000000001e",
            PACKET_BAD_IP_HEADER },
        { "IPv6 extension beyond the packet", "ip6-extensions", "3c00010400000000",
            "3cff010400000000", PACKET_BAD_EXTENSION },
        { "IPv6 jumbogram", "ip6-extensions", "600000000029", "600000000000",
            PACKET_BAD_IP_HEADER },
        { "AH of 8 bytes", "ah-tcp", "06040000", "06000000", PACKET_BAD_EXTENSION },
        { "PPPoE length", "pppoe", "1100000700", "11000007ff", PACKET_BAD_LINK },
        { "PPPoE discovery code", "pppoe", "11000007", "11090007", PACKET_BAD_LINK },
        { "GRE version 2", "gre", "00000800450000", "00020800450000", PACKET_BAD_TUNNEL },
        { "ERSPAN version", "erspan-2", "10010005", "30010005", PACKET_BAD_TUNNEL },
        { "no IP in IP", "ip-in-ip", "45000025", "55000025", PACKET_BAD_IP_VERSION },
        { "VXLAN without its flag", "vxlan", "08000000", "00000000", PACKET_OK },
        { "GTP control", "gtp-u", "30ff", "3001", PACKET_OK },
        { "GENEVE version 1", "geneve", "02006558", "42006558", PACKET_OK },
        { "ARP", "udp", "08004500", "08064500", PACKET_NOT_IP },
        { "VLAN without IP", "vlan", "60640800", "606488cc", PACKET_NOT_IP },
        { "type that is neither type nor length", "udp", "08004500", "05f04500", PACKET_BAD_LINK },
        { "encrypted Wi-Fi", "wifi", "08010000", "08410000", PACKET_NOT_IP },
        { "first of two fragments", "udp", "00074000", "00072000", PACKET_FRAGMENT },
        { "IPv6 fragment", "ip6-atomic-fragment", "1100000000000063", "1100000900000063",
            PACKET_FRAGMENT },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t frame[FRAME_MAX], old[FRAME_MAX], new[FRAME_MAX];
        const struct sample *s = packet_check_sample(rows[i].name);
        uint32_t n = packet_check_bytes(frame, s->hex),
                 size = packet_check_bytes(old, rows[i].from);
        uint8_t *at = memmem(frame, n, old, size);
        struct packet p;
        enum packet_result r;

        if (at == NULL)
            fail_msg("%s: not in the sample", rows[i].what);
        (void)packet_check_bytes(new, rows[i].to);
        memcpy(at, new, size);
        r = packet_decode(&p, s->link_type, frame, n, n);
        if (r != rows[i].result)
            fail_msg("%s: %s", rows[i].what, packet_result_name(r));
        if (r == PACKET_OK)
            assert_int_equal(p.layer_count, 0);
    }
}

static void
tells_a_fragment(void **state)
{
    uint8_t frame[FRAME_MAX];
    const struct sample *s = packet_check_sample("ip6-atomic-fragment");
    uint32_t n = packet_check_bytes(frame, s->hex);
    struct packet p;

    (void)state;
    frame[14 + 40 + 3] = 0x09; /* offset 8, more */
    assert_int_equal(packet_decode(&p, 1, frame, n, n), PACKET_FRAGMENT);
    assert_int_equal(p.fragment.id, 99);
    assert_int_equal(p.fragment.offset, 8);
    assert_true(p.fragment.more);
    assert_int_equal(p.fragment.next_header, 17);
    assert_int_equal(p.fragment.length, 17);
    assert_int_equal(p.fragment.captured, 17);
    assert_int_equal(p.fragment.unfragmentable_length, 40);
    assert_int_equal(p.fragment.next_header_at, 6);
}

static void
stops_at_too_many_layers(void **state)
{
    uint8_t frame[FRAME_MAX] = { 0 };
    uint32_t n = 14;
    struct packet p;

    (void)state;
    frame[12] = 0x81;
    for (int i = 0; i < PACKET_LAYERS + 1; i++, n += 4) {
        frame[n + 1] = 1;
        frame[n + 2] = 0x81;
    }
    assert_int_equal(packet_decode(&p, 1, frame, n, n), PACKET_TOO_DEEP);
    assert_int_equal(p.layer_count, PACKET_LAYERS);
}

static void
says_which_link_types_it_knows(void **state)
{
    static const uint32_t known[] = { 0, 1, 9, 12, 14, 50, 51, 101, 104, 105, 108, 113, 127, 166,
        228, 229, 239, 276 };
    struct packet p;

    (void)state;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        assert_true(packet_knows_link_type(known[i]));
    assert_false(packet_knows_link_type(147));
    assert_int_equal(packet_decode(&p, 147, (const uint8_t *)"", 0, 0), PACKET_UNKNOWN_LINK);
    assert_null(p.ip);
}

static void
names_everything(void **state)
{
    (void)state;
    for (int i = 0; i < PACKET_RESULT_COUNT; i++)
        assert_non_null(packet_result_name((enum packet_result)i));
    for (int i = 0; i < LAYER_KIND_COUNT; i++)
        assert_non_null(packet_layer_name((enum packet_layer_kind)i));
    assert_string_equal(packet_result_name(PACKET_BAD_IP_HEADER), "bad-ip-header");
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_tshark),
        cmocka_unit_test(every_prefix_is_safe),
        cmocka_unit_test(keeps_what_the_capture_cut_from_the_payload),
        cmocka_unit_test(reads_tcp),
        cmocka_unit_test(reads_other_transports),
        cmocka_unit_test(remembers_layers),
        cmocka_unit_test(encapsulation_tells_tunnels_apart_but_not_directions),
        cmocka_unit_test(says_what_is_bad),
        cmocka_unit_test(tells_a_fragment),
        cmocka_unit_test(stops_at_too_many_layers),
        cmocka_unit_test(says_which_link_types_it_knows),
        cmocka_unit_test(names_everything),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
