/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/stun*.c parsers/fact.c parsers/text.c */
/*
 * Proves that STUN tells who has which address outside, and who is behind a relay. The first three
 * messages are RFC 5769's, the others are written by hand after RFC 8656; TShark 4.0 dissects them
 * so.
 */
#include "parse_check.h"

#define ROOM 512
#define PORT_STUN 3478

extern const struct parser parser_stun, parser_stun_stream;

#define ID "2112a442 000102030405060708090a0b"

static const char check_request[] =
    "00010058 2112a442 b7e7a701bc34d686fa87dfae 80220010 5354554e207465737420636c69656e74"
    "00240004 6e0001ff 80290008 932ff9b151263b36 00060009 6576746a3a68367659202020"
    "00080014 9aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2 80280004 e57a3bcf";
static const char check_answer[] =
    "0101003c 2112a442 b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f7220"
    "00200008 0001a147e112a643 00080014 2b91f599fd9e90c38c7489f92af9ba53f06be7d7"
    "80280004 c07d4c96";
static const char check_answer_v6[] =
    "01010048 2112a442 b7e7a701bc34d686fa87dfae 8022000b 7465737420766563746f7220"
    "00200014 0002a1470113a9faa5d3f179bc25f4b5bed2b9d9"
    "00080014 a382954e4be67bf11784c97c8292c275bfe3ed41 80280004 c8fb0b4c";
static const char allocated[] =
    "01030018 " ID "00160008 0001e112e112a65c 00200008 0001dd51e721c05c";
static const char permission[] =
    "00080030 " ID "00120008 0001e0c6ea12d57b 00120008 0001e0c7ea12d57c"
    "00060005 616c696365000000 00140007 6578616d706c6500";
static const char data[] = "00170014 " ID "00120008 0001e0c6ea12d57b 00130004 41424344";
/* A Send indication to 203.0.113.57:49620 around a check, and around the answer to one of its; a
 * Data indication around an answer; answers in channels. RFC 8656, 11 and 12; the answers inside
 * say 203.0.113.57:49620 to the peer, and 192.0.2.30:49152, the client's address at the relay. */
#define CHECK_ID "2112a442 0f0e0d0c0b0a090807060504"
#define INTEGRITY "00080014 000102030405060708090a0b0c0d0e0f10111213"
#define CHECK "00010028 " CHECK_ID "00060009 6576746a3a68367659000000" INTEGRITY
#define ANSWER_TO_PEER "01010024 " CHECK_ID "00200008 0001e0c6ea12d57b" INTEGRITY
#define ANSWER_TO_CLIENT "01010024 " CHECK_ID "00200008 0001e112e112a65c" INTEGRITY
static const char sent_check[] = "0016004c " ID "00120008 0001e0c6ea12d57b 0013003c" CHECK;
static const char sent_answer[] =
    "00160048 " ID "00120008 0001e0c6ea12d57b 00130038" ANSWER_TO_PEER;
static const char got_answer[] =
    "00170048 " ID "00120008 0001e0c6ea12d57b 00130038" ANSWER_TO_CLIENT;
static const char got_other[] =
    "00170024 " ID "00120008 0001e0c6ea12d57b 00130014 01010000" CHECK_ID;
static const char channel_answer[] = "40010038 " ANSWER_TO_PEER;

static const char classic[] = "01010018 00112233445566778899aabbccddeeff 00010008 0001ea60cb00710a"
                              "00050008 00010d97c0000201";

static const struct {
    const char *name, *hex, *facts;
    uint16_t port;
} samples[] = {
    { "RFC 5769, 2.1: a check", check_request, "banner what=stun-client text=STUN test client", 9 },
    { "RFC 5769, 2.2: its answer", check_answer,
        "banner what=stun-server text=test vector; peer address=198.51.100.1 how=ice port=50000; "
        "peer address=192.0.2.1 how=stun-mapped port=32853",
        9 },
    { "RFC 5769, 2.3: over IPv6", check_answer_v6,
        "banner what=stun-server text=test vector; peer address=198.51.100.1 how=ice port=50000; "
        "peer address=2001:db8:1234:5678:11:2233:4455:6677 how=stun-mapped port=32853",
        9 },
    { "an address at the relay", allocated,
        "peer address=192.0.2.30 how=turn-relayed port=49152; peer address=198.51.100.30 "
        "how=stun-mapped port=64579",
        PORT_STUN },
    { "two peers, and for whom", permission,
        "peer account=alice realm=example address=203.0.113.57 how=turn-peer port=49620; "
        "peer account=alice realm=example address=203.0.113.62 how=turn-peer port=49621",
        PORT_STUN },
    { "data from a peer", data, "peer address=203.0.113.57 how=turn-peer port=49620", PORT_STUN },
    { "a check through the relay", sent_check,
        "peer session=evtj:h6vY address=203.0.113.57 how=turn-peer port=49620", PORT_STUN },
    { "the client's answer through it", sent_answer,
        "peer address=203.0.113.57 how=turn-peer port=49620; peer address=203.0.113.57 how=ice "
        "port=49620",
        PORT_STUN },
    { "the peer's answer through it", got_answer,
        "peer address=203.0.113.57 how=turn-peer port=49620; peer address=192.0.2.30 "
        "how=turn-relayed port=49152; peer address=203.0.113.57 how=ice port=49620",
        PORT_STUN },
    { "an answer that is no check's", got_other,
        "peer address=203.0.113.57 how=turn-peer port=49620", PORT_STUN },
    { "RFC 3489", classic, "peer address=203.0.113.10 how=stun-mapped port=60000", PORT_STUN },
    { "a keep-alive", "00110000 " ID, "", 9 },
};

static struct parse_input
datagram(uint16_t port)
{
    return (struct parse_input){
        .transport = PARSE_UDP, .source_port = 50000, .destination_port = port
    };
}

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = datagram(samples[i].port),
                           tcp = { .transport = PARSE_TCP, .source_port = 50000 };
        uint8_t bytes[ROOM];
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);
        struct parse_check c;

        parse_check_no_prefix_tells(&parser_stun, in, samples[i].name, samples[i].hex);
        parse_check_reads(&parser_stun, &in, samples[i].name, samples[i].hex, samples[i].facts);
        if (i + 2 < COUNT(samples) &&
            (parse_check_run(&parser_stun_stream, &tcp, bytes, n, &c) != PARSE_OK ||
                parse_check_prefixes(&parser_stun_stream, tcp, bytes, n) != n))
            fail_msg("%s: over TCP", samples[i].name);
    }
}

/* It names both ends, with and without MESSAGE-INTEGRITY; a server's client never does. */
static void
test_check_of_one_who_spoke(void **state)
{
    static const char plain[] = "00010008 " ID "00240004 6e0001ff";
    static const char of_client[] = "00010000 " ID;
    uint8_t bytes[ROOM];
    struct parse_input in = datagram(9);
    struct parse_check c;

    (void)state;
    in.peer_us = 1;
    (void)parse_check_run(
        &parser_stun, &in, bytes, parse_check_hex(bytes, sizeof bytes, plain), &c);
    assert_string_equal(c.facts, "peer address=198.51.100.1 how=ice port=50000; "
                                 "peer address=198.51.100.2 how=ice port=9");
    in = datagram(9);
    in.peer_us = 1;
    (void)parse_check_run(
        &parser_stun, &in, bytes, parse_check_hex(bytes, sizeof bytes, of_client), &c);
    assert_string_equal(c.facts, "");
}

static const struct {
    const char *name, *hex;
    uint16_t port;
    enum parse_result result;
} others[] = {
    { "nothing", "", PORT_STUN, PARSE_MORE },
    { "ChannelData", "40000004 41424344", PORT_STUN, PARSE_NOT_MINE },
    { "ChannelData with no check in it", "40000014 01010000" CHECK_ID, 9, PARSE_NOT_MINE },
    { "ChannelData that is too long", "40010038 " ANSWER_TO_PEER "00000000", 9, PARSE_NOT_MINE },
    { "RTP", "8000 0001 00000000 00000000 00000000 00000000", 9, PARSE_NOT_MINE },
    { "another cookie", "00010000 2112a443 000102030405060708090a0b", 9, PARSE_NOT_MINE },
    { "RFC 3489 on another port", "00010000 00112233445566778899aabbccddeeff", 9, PARSE_NOT_MINE },
    { "RFC 3489 of another kind", "00030000 00112233445566778899aabbccddeeff", PORT_STUN,
        PARSE_NOT_MINE },
    { "a length of three", "00010003 " ID "000000", 9, PARSE_NOT_MINE },
    { "shorter than the datagram", "00010000 " ID "00000000", 9, PARSE_NOT_MINE },
    { "an attribute longer than the message", "00010004 " ID "80220001", 9, PARSE_BAD },
    { "an attribute that is cut", "00010008 " ID "80220008 41414141", 9, PARSE_BAD },
    { "an address of six octets", "0101000c " ID "00200006 0001a147e1120000", 9, PARSE_BAD },
    { "an address of no family", "0101000c " ID "00200008 0003a147e112a643", 9, PARSE_BAD },
    { "IPv6 in four octets", "0101000c " ID "00200008 0002a147e112a643", 9, PARSE_BAD },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = datagram(others[i].port);

        parse_check_tells(&parser_stun, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

/* One connection after the other; what a message leaves of the bytes, or skips. */
static const struct {
    const char *name, *hex;
    bool is_new;
    enum parse_result result;
    unsigned facts;
    uint64_t skip;
} stream[] = {
    { "another protocol", "16030100 01020304 05060708", true, PARSE_NOT_MINE, 0, 0 },
    { "ChannelData before a message", "40000004 41424344 00000000", true, PARSE_NOT_MINE, 0, 0 },
    { "an allocation", allocated, true, PARSE_OK, 2, 0 },
    { "ChannelData", "40000005 4142434445000000", false, PARSE_OK, 0, 0 },
    { "ChannelData, more to come", "40000401 4142434445000000", false, PARSE_OK, 0, 0x404 - 8 },
    { "the peer's answer in ChannelData", "40010038 " ANSWER_TO_CLIENT, false, PARSE_OK, 1, 0 },
    { "the same, cut", "40010038 01010024 2112a442", false, PARSE_MORE, 0, 0 },
    { "ChannelData, its header cut", "4000", false, PARSE_MORE, 0, 0 },
    { "data from a peer", data, false, PARSE_OK, 1, 0 },
    { "another protocol's bytes", "16030100 01020304 05060708", false, PARSE_NOT_MINE, 0, 0 },
    { "a frame of media", "000c 80000001 00000000 00000000", true, PARSE_NOT_MINE, 0, 0 },
    { "a frame", "0014 00110000 " ID, true, PARSE_OK, 0, 0 },
    { "media in a frame, more to come", "000c 80000001", false, PARSE_OK, 0, 8 },
    { "a message longer than its frame", "0014 00110004 " ID "80220000", false, PARSE_BAD, 0, 0 },
    { "a message shorter than its frame", "0024 0101000c " ID "00200008 0001dd51e721c05c 00000000",
        false, PARSE_BAD, 0, 0 },
    { "a frame that is cut", "0014 00110000 2112", false, PARSE_MORE, 0, 0 },
};

static void
test_streams(void **state)
{
    union parse_state memory = { { 0 } }, before;
    uint8_t bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(stream); i++) {
        struct parse_input in = { .transport = PARSE_TCP, .state = &memory };
        struct parse_check c;
        size_t n = parse_check_hex(bytes, sizeof bytes, stream[i].hex);
        enum parse_result result;

        if (stream[i].is_new)
            memset(&memory, 0, sizeof memory);
        before = memory;
        result = parse_check_run(&parser_stun_stream, &in, bytes, n, &c);
        if (result != stream[i].result || c.count != stream[i].facts || in.skip != stream[i].skip)
            fail_msg("%s: %d, skip %llu", stream[i].name, (int)result, (unsigned long long)in.skip);
        if (result != PARSE_OK)
            memory = before;
        else
            assert_int_equal(rd_left(&in.data), 0);
    }
}

/* Over UDP a channel has no other sign; who speaks says whose address is in it. */
static void
test_channels(void **state)
{
    uint8_t bytes[ROOM];
    size_t n = parse_check_hex(bytes, sizeof bytes, channel_answer);

    (void)state;
    for (unsigned by_client = 0; by_client < 2; by_client++) {
        struct parse_input in = datagram(PORT_STUN);
        struct parse_check c;

        in.from_client = by_client == 1;
        assert_int_equal(parse_check_run(&parser_stun, &in, bytes, n, &c), PARSE_OK);
        assert_string_equal(c.facts, by_client
                                         ? "peer address=203.0.113.57 how=ice port=49620"
                                         : "peer address=203.0.113.57 how=turn-relayed port=49620");
        assert_int_equal(parse_check_prefixes(&parser_stun, in, bytes, n), n);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_check_of_one_who_spoke),
        cmocka_unit_test(test_hostile_and_other_bytes),
        cmocka_unit_test(test_streams),
        cmocka_unit_test(test_channels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
