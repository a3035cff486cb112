/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/duplicate.c parsers/packet.c parsers/packet_ip.c parsers/packet_link.c parsers/packet_ppp.c parsers/packet_transport.c parsers/packet_tunnel.c parsers/packet_udp_tunnel.c parsers/packet_wifi.c */
/*
 * What is a copy and what is not: each byte of a packet either may differ or may not, and the
 * window is held to the microsecond.
 */
#include "../../sensor/duplicate.h"
#include "packet_check.h"

#include <stdint.h>
#include <stdio.h>

#define WINDOW_US 1000
#define ETHERNET_HEADER 14

static uint32_t
load(const char *name, uint8_t frame[FRAME_MAX])
{
    return packet_check_bytes(frame, packet_check_sample(name)->hex);
}

static bool
is_copy(struct duplicate *d, const uint8_t *frame, uint32_t n, int64_t time_us)
{
    struct packet p;

    (void)packet_decode(&p, 1, frame, n, n);
    return duplicate_is_copy(d, &p, time_us);
}

static void
the_window_is_held(void **state)
{
    struct duplicate *d = duplicate_open(WINDOW_US);
    uint8_t frame[FRAME_MAX];
    uint32_t n = load("tcp", frame);

    (void)state;
    assert_non_null(d);
    assert_false(is_copy(d, frame, n, 5000));
    assert_true(is_copy(d, frame, n, 5000));
    assert_true(is_copy(d, frame, n, 6000)); /* of the original, not of the copy before */
    assert_true(is_copy(d, frame, n, 4000)); /* another tap's clock may be behind */
    assert_false(is_copy(d, frame, n, 6001));
    assert_true(is_copy(d, frame, n, 7001));
    assert_false(is_copy(d, frame, n, INT64_MIN));
    assert_false(is_copy(d, frame, n, INT64_MAX));
    duplicate_close(d);
}

static void
no_window_no_copies(void **state)
{
    struct duplicate *d = duplicate_open(0);
    uint8_t frame[FRAME_MAX];
    uint32_t n = load("tcp", frame);

    (void)state;
    assert_false(is_copy(d, frame, n, 0));
    assert_false(is_copy(d, frame, n, 0));
    duplicate_close(d);
    duplicate_close(NULL);
}

/* Every single byte of the frame changed: offsets from the IP header that may differ are listed,
 * and so may the link header. */
static void
each_byte_counts_but_ttl_and_checksums(void **state)
{
    static const struct {
        const char *name;
        int may_differ[6]; /* ends with 0, which is not one of them */
    } rows[] = {
        { "tcp", { 8, 10, 11, 20 + 16, 20 + 17, 0 } },
        { "udp", { 8, 10, 11, 20 + 6, 20 + 7, 0 } },
        { "icmp-echo", { 8, 10, 11, 20 + 2, 20 + 3, 0 } },
        { "esp", { 8, 10, 11, 0 } },
        { "ip6-tcp", { 7, 40 + 16, 40 + 17, 0 } },
        { "ip6-extensions", { 7, 64 + 6, 64 + 7, 0 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t frame[FRAME_MAX];
        uint32_t n = load(rows[i].name, frame);

        for (uint32_t at = 0; at < n; at++) {
            struct duplicate *d;
            struct packet p;
            bool may_differ = at < 12; /* both MACs */
            bool is_one;

            for (int j = 0; rows[i].may_differ[j] != 0; j++)
                may_differ |= at == ETHERNET_HEADER + (uint32_t)rows[i].may_differ[j];
            d = duplicate_open(WINDOW_US);
            assert_false(is_copy(d, frame, n, 0));
            frame[at] ^= 0x40;
            (void)packet_decode(&p, 1, frame, n, n);
            is_one = p.ip != NULL && duplicate_is_copy(d, &p, 1);
            frame[at] ^= 0x40;
            if (is_one != may_differ)
                fail_msg("%s: byte %u", rows[i].name, at);
            duplicate_close(d);
        }
    }
}

/* A mirrored VLAN or a mirror's tunnel around the same packet; a cut copy is another capture's. */
static void
what_stands_around_does_not_count(void **state)
{
    static const char *const same[] = { "vlan", "pppoe", "gre", "vxlan", "erspan-2", "mpls-2" };
    struct duplicate *d = duplicate_open(WINDOW_US);
    uint8_t frame[FRAME_MAX];
    uint32_t n = load("llc-snap", frame);
    struct packet p;

    (void)state;
    assert_false(is_copy(d, frame, n, 0));
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        n = load(same[i], frame);
        if (!is_copy(d, frame, n, 0))
            fail_msg("%s", same[i]);
    }
    assert_int_equal(packet_decode(&p, 1, frame, n - 4, n), PACKET_OK);
    assert_false(duplicate_is_copy(d, &p, 0));
    duplicate_close(d);
}

/* 4096 packets within the window, then all again. The table is set-associative: of a crowd as dense
 * as this it may forget a few, never more than 1 in 10, and never takes one for another. */
static void
remembers_a_crowd(void **state)
{
    struct duplicate *d = duplicate_open(WINDOW_US);
    uint8_t frame[FRAME_MAX];
    uint32_t n = load("tcp", frame), copies = 0;

    (void)state;
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < DUPLICATE_PACKETS; i++) {
            bool is_one;

            frame[ETHERNET_HEADER + 24] = (uint8_t)(i >> 8); /* sequence number */
            frame[ETHERNET_HEADER + 25] = (uint8_t)i;
            is_one = is_copy(d, frame, n, round * 500);
            assert_false(round == 0 && is_one);
            copies += is_one;
        }
    }
    assert_in_range(copies, DUPLICATE_PACKETS * 9 / 10, DUPLICATE_PACKETS);
    duplicate_close(d);
}

static void
without_ip_never(void **state)
{
    struct duplicate *d = duplicate_open(WINDOW_US);
    uint8_t frame[FRAME_MAX];
    uint32_t n = load("udp", frame);

    (void)state;
    frame[13] = 0x06; /* ARP */
    assert_false(is_copy(d, frame, n, 0));
    assert_false(is_copy(d, frame, n, 0));
    duplicate_close(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_window_is_held),
        cmocka_unit_test(no_window_no_copies),
        cmocka_unit_test(each_byte_counts_but_ttl_and_checksums),
        cmocka_unit_test(what_stands_around_does_not_count),
        cmocka_unit_test(remembers_a_crowd),
        cmocka_unit_test(without_ip_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
