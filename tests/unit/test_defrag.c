/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/defrag.c parsers/packet.c parsers/packet_ip.c parsers/packet_link.c parsers/packet_ppp.c parsers/packet_transport.c parsers/packet_tunnel.c parsers/packet_udp_tunnel.c parsers/packet_wifi.c */
/*
 * Fragments: every order gives the same datagram, RFC 791 and RFC 8200 headers are rebuilt,
 * overlaps go as RFC 791 and RFC 5722 say, and nothing that lies, is cut, is late or is too much
 * comes out.
 */
#include "../../sensor/defrag.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define LINKTYPE_RAW 101
#define SECOND_US 1000000LL
#define PIECE 16
#define FRAME_MAX 2048

/* One fragment as it would be on the wire: `n` bytes, each `fill`, at `offset`. */
struct piece {
    uint32_t offset, n;
    bool more;
    uint8_t fill;
};

static const uint8_t ip4_header[20] = { 0x45, 0, 0, 0, 0, 7, 0, 0, 64, 17, 0, 0, 192, 0, 2, 1, 198,
    51, 100, 2 };
/* Hop-by-hop options, then the fragment header. */
static const uint8_t ip6_header[56] = { 0x60, 0, 0, 0, 0, 0, 0, 64, 0x20, 1, 0xd,
    0xb8, [23] = 1, [24] = 0x20, 1, 0xd, 0xb8, [39] = 2, [40] = 44, 0, 1, 4, 0, 0, 0,
    0, [48] = 17, [55] = 99 };

static uint32_t
write_piece(uint8_t *frame, int version, const struct piece *f, uint8_t id)
{
    uint32_t header = version == 4 ? sizeof ip4_header : sizeof ip6_header, n = header + f->n;

    memcpy(frame, version == 4 ? ip4_header : ip6_header, header);
    memset(frame + header, f->fill, f->n);
    if (version == 4) {
        frame[2] = (uint8_t)(n >> 8);
        frame[3] = (uint8_t)n;
        frame[5] = id;
        frame[6] = (uint8_t)((f->more ? 0x20 : 0) | f->offset >> 11);
        frame[7] = (uint8_t)(f->offset >> 3);
        return n;
    }
    frame[4] = (uint8_t)((n - 40) >> 8);
    frame[5] = (uint8_t)(n - 40);
    frame[50] = (uint8_t)(f->offset >> 8);
    frame[51] = (uint8_t)(f->offset | f->more);
    frame[55] = id;
    return n;
}

static bool
add(struct defrag *d, int version, struct piece f, uint8_t id, int64_t time_us, const uint8_t **ip,
    uint32_t *length)
{
    uint8_t frame[FRAME_MAX];
    uint32_t n = write_piece(frame, version, &f, id);
    struct packet p;

    assert_int_equal(packet_decode(&p, LINKTYPE_RAW, frame, n, n), PACKET_FRAGMENT);
    return defrag_add(d, &p, time_us, ip, length);
}

static struct defrag_counts
counts(const struct defrag *d)
{
    struct defrag_counts c;

    defrag_get_counts(d, &c);
    return c;
}

/* Three pieces, the last shorter than a block, in all six orders. */
static void
any_order_completes(void **state)
{
    static const struct piece pieces[3] = { { 0, PIECE, true, 1 }, { PIECE, PIECE, true, 2 },
        { 2 * PIECE, 5, false, 3 } };
    static const uint8_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 }, { 1, 2, 0 },
        { 2, 0, 1 }, { 2, 1, 0 } };
    struct defrag *d = defrag_open(4);

    (void)state;
    assert_non_null(d);
    for (int version = 4; version <= 6; version += 2) {
        for (int i = 0; i < 6; i++) {
            uint32_t header = version == 4 ? 20 : 48, length = 0;
            const uint8_t *ip = NULL;
            struct packet p = { 0 };

            assert_false(add(d, version, pieces[orders[i][0]], 1, 0, &ip, &length));
            assert_false(add(d, version, pieces[orders[i][1]], 1, 0, &ip, &length));
            assert_true(add(d, version, pieces[orders[i][2]], 1, 0, &ip, &length));
            assert_int_equal(length, header + 2 * PIECE + 5);
            assert_int_equal(ip[header], 1);
            assert_int_equal(ip[header + PIECE], 2);
            assert_int_equal(ip[length - 1], 3);
            /* The header is consistent: it decodes to the whole, and is no fragment. The UDP length
             * is the filler's. */
            assert_int_equal(packet_decode_ip(&p, ip, length, length), PACKET_BAD_TRANSPORT);
            assert_int_equal(p.ip_length, length);
            assert_int_equal(p.protocol, 17);
        }
    }
    assert_int_equal(counts(d).reassembled, 12);
    assert_int_equal(counts(d).waiting, 0);
    defrag_close(d);
}

/* RFC 1071: the sum over a header with its checksum is all ones. */
static void
ip4_checksum_is_right(void **state)
{
    struct defrag *d = defrag_open(1);
    const uint8_t *ip = NULL;
    uint32_t length = 0, sum = 0;

    (void)state;
    assert_false(add(d, 4, (struct piece){ 0, 8, true, 1 }, 1, 0, &ip, &length));
    assert_true(add(d, 4, (struct piece){ 8, 8, false, 1 }, 1, 0, &ip, &length));
    for (int i = 0; i < 20; i += 2)
        sum += (uint32_t)ip[i] << 8 | ip[i + 1];
    assert_int_equal((sum & 0xffff) + (sum >> 16), 0xffff);
    defrag_close(d);
}

struct story {
    const char *what;
    int version;
    struct piece pieces[4];
    bool completes;
    uint8_t at_8; /* the payload's byte 8 when it does */
    struct defrag_counts counts;
};

static void
overlaps_and_lies(void **state)
{
    static const struct story stories[] = {
        { "v4 overlap: the first wins", 4,
            { { 0, 16, true, 1 }, { 8, 16, true, 2 }, { 24, 8, false, 3 } }, true, 1,
            { .reassembled = 1, .overlapping = 1 } },
        { "v6 overlap: dropped", 6, { { 0, 16, true, 1 }, { 8, 16, true, 2 }, { 24, 8, false, 3 } },
            false, 0, { .overlapping = 1, .waiting = 1 } },
        { "v6 repeated exactly: ignored", 6,
            { { 0, 16, true, 1 }, { 0, 16, true, 1 }, { 16, 8, false, 3 } }, true, 1,
            { .reassembled = 1 } },
        { "v6 repeated with other bytes: dropped", 6,
            { { 0, 16, true, 1 }, { 0, 16, true, 9 }, { 16, 8, false, 3 } }, false, 0,
            { .overlapping = 1, .waiting = 1 } },
        { "not a multiple of 8", 4, { { 0, 12, true, 1 }, { 16, 8, false, 1 } }, false, 0,
            { .bad = 1, .waiting = 1 } },
        { "two ends", 4, { { 16, 8, false, 1 }, { 24, 8, false, 1 }, { 0, 16, true, 1 } }, false, 0,
            { .bad = 1, .waiting = 1 } },
        { "beyond its end", 4, { { 8, 8, false, 1 }, { 16, 8, true, 1 }, { 0, 8, true, 1 } }, false,
            0, { .bad = 1, .waiting = 1 } },
        { "end inside what came", 4, { { 0, 32, true, 1 }, { 8, 8, false, 1 } }, false, 0,
            { .bad = 1, .waiting = 1 } },
        { "past 65535 bytes", 4, { { 65528, 8, false, 1 }, { 0, 8, true, 1 } }, false, 0,
            { .bad = 1, .waiting = 1 } },
        { "a hole", 4, { { 0, 8, true, 1 }, { 16, 8, false, 1 } }, false, 0, { .waiting = 1 } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof stories / sizeof stories[0]; i++) {
        const struct story *s = &stories[i];
        struct defrag *d = defrag_open(4);
        struct defrag_counts c;
        const uint8_t *ip = NULL;
        uint32_t length = 0;
        bool is_whole = false;

        for (int j = 0; j < 4 && s->pieces[j].n > 0; j++)
            is_whole |= add(d, s->version, s->pieces[j], 1, j, &ip, &length);
        if (is_whole != s->completes)
            fail_msg("%s", s->what);
        if (is_whole)
            assert_int_equal(ip[(s->version == 4 ? 20 : 48) + 8], s->at_8);
        c = counts(d);
        if (memcmp(&c, &s->counts, sizeof c) != 0)
            fail_msg("%s: other counts", s->what);
        defrag_close(d);
    }
}

static void
cut_fragments_give_nothing(void **state)
{
    struct defrag *d = defrag_open(4);
    const struct piece first = { 0, 16, true, 1 };
    const uint8_t *ip = NULL;
    uint8_t frame[FRAME_MAX];
    uint32_t length = 0, n = write_piece(frame, 4, &first, 1);
    struct packet p;

    (void)state;
    assert_int_equal(packet_decode(&p, LINKTYPE_RAW, frame, n - 4, n), PACKET_FRAGMENT);
    assert_false(defrag_add(d, &p, 0, &ip, &length));
    assert_false(add(d, 4, first, 1, 0, &ip, &length));
    assert_false(add(d, 4, (struct piece){ 16, 8, false, 1 }, 1, 0, &ip, &length));
    assert_int_equal(counts(d).cut, 1);
    defrag_close(d);
}

static void
late_fragments_start_anew(void **state)
{
    static const struct {
        int version;
        int64_t timeout_us;
    } rows[] = { { 4, 30 * SECOND_US }, { 6, 60 * SECOND_US } };

    (void)state;
    for (int i = 0; i < 2; i++) {
        struct defrag *d = defrag_open(4);
        const struct piece first = { 0, 8, true, 1 }, last = { 8, 8, false, 1 };
        const uint8_t *ip = NULL;
        uint32_t length = 0;

        assert_false(add(d, rows[i].version, first, 1, 0, &ip, &length));
        assert_true(add(d, rows[i].version, last, 1, rows[i].timeout_us, &ip, &length));
        assert_false(add(d, rows[i].version, first, 1, 0, &ip, &length));
        assert_false(add(d, rows[i].version, last, 1, rows[i].timeout_us + 1, &ip, &length));
        assert_int_equal(counts(d).timed_out, 1);
        assert_int_equal(counts(d).waiting, 1);
        /* Times at both ends of what a file can hold. */
        assert_false(add(d, rows[i].version, first, 2, INT64_MIN, &ip, &length));
        assert_false(add(d, rows[i].version, first, 3, INT64_MAX, &ip, &length));
        defrag_close(d);
    }
}

/* At either bound the oldest goes: of three datagrams in room for two, the second and third live.
 */
static void
the_oldest_goes(void **state)
{
    struct defrag *d = defrag_open(2);
    const struct piece first = { 0, 8, true, 1 }, last = { 8, 8, false, 1 };
    const uint8_t *ip = NULL;
    uint32_t length = 0;

    (void)state;
    for (uint8_t id = 1; id <= 3; id++)
        assert_false(add(d, 4, first, id, id, &ip, &length));
    assert_int_equal(counts(d).evicted, 1);
    assert_true(add(d, 4, last, 2, 4, &ip, &length));
    assert_true(add(d, 4, last, 3, 4, &ip, &length));
    assert_false(add(d, 4, last, 1, 4, &ip, &length));
    defrag_close(d);
}

static void
bytes_are_bounded(void **state)
{
    struct defrag *d = defrag_open(8);
    const uint8_t *ip = NULL;
    uint32_t length = 0;

    (void)state;
    /* Each asks for 64 KiB by one piece near the end; the budget holds two. */
    for (uint8_t id = 1; id <= 8; id++)
        assert_false(add(d, 4, (struct piece){ 60000, 8, true, 1 }, id, id, &ip, &length));
    assert_int_equal(counts(d).waiting, 2);
    assert_int_equal(counts(d).evicted, 6);
    defrag_close(d);
}

static void
none_allowed_keeps_none(void **state)
{
    struct defrag *d = defrag_open(0);
    const uint8_t *ip = NULL;
    uint32_t length = 0;

    (void)state;
    assert_false(add(d, 4, (struct piece){ 0, 8, true, 1 }, 1, 0, &ip, &length));
    assert_false(add(d, 4, (struct piece){ 8, 8, false, 1 }, 1, 0, &ip, &length));
    assert_int_equal(counts(d).evicted, 2);
    defrag_close(d);
    defrag_close(NULL);
}

/* Equal identifications in two VLANs, or with two protocols, are two datagrams. */
static void
keys_hold_encapsulation_and_protocol(void **state)
{
    struct defrag *d = defrag_open(4);
    const struct piece pieces[2] = { { 0, 8, true, 1 }, { 8, 8, false, 1 } };
    const uint8_t *ip = NULL;
    uint8_t frame[FRAME_MAX];
    uint32_t length = 0, n = write_piece(frame, 4, &pieces[1], 1);
    struct packet p;

    (void)state;
    assert_false(add(d, 4, pieces[0], 1, 0, &ip, &length));
    assert_int_equal(packet_decode(&p, LINKTYPE_RAW, frame, n, n), PACKET_FRAGMENT);
    p.encapsulation = 5;
    assert_false(defrag_add(d, &p, 0, &ip, &length));
    p.encapsulation = 0;
    p.fragment.next_header = 6;
    assert_false(defrag_add(d, &p, 0, &ip, &length));
    p.fragment.next_header = 17;
    assert_true(defrag_add(d, &p, 0, &ip, &length));
    defrag_close(d);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_order_completes),
        cmocka_unit_test(ip4_checksum_is_right),
        cmocka_unit_test(overlaps_and_lies),
        cmocka_unit_test(cut_fragments_give_nothing),
        cmocka_unit_test(late_fragments_start_anew),
        cmocka_unit_test(the_oldest_goes),
        cmocka_unit_test(bytes_are_bounded),
        cmocka_unit_test(none_allowed_keeps_none),
        cmocka_unit_test(keys_hold_encapsulation_and_protocol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
