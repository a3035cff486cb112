/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/openvpn*.c parsers/tunnel.c parsers/fact.c parsers/text.c */
/*
 * Proves that a session of OpenVPN is told when both resets fit, however they are wrapped, that its
 * TLS is handed on in order, and that what looks alike is not taken for it. Samples are written by
 * a script after openvpn's ssl_pkt.h; TShark 4.0 dissects those that are not scrambled so.
 */
#include "parse_check.h"

#define ROOM 1024
#define START_US INT64_C(1701600000000000) /* near the clock of the samples */
#define STEP_US 1000

extern const struct parser parser_openvpn;

/* One session after another; each begins where `session` changes. */
static const struct step {
    const char *session, *name;
    enum parse_transport transport;
    bool from_client;
    const char *hex, *facts, *nested;
    enum parse_result result;
} steps[] = {
    { "plain", "reset", PARSE_UDP, true, "38daf8b15b19bdeefe0000000000", "", "", PARSE_OK },
    { "plain", "answered", PARSE_UDP, false, "40529cd0d256fcb4000100000000daf8b15b19bdeefe00000000",
        "session-open app=OpenVPN version=key method 2; rtt layer=openvpn end=server value-us=1000",
        "", PARSE_OK },
    { "plain", "acknowledged", PARSE_UDP, true, "28daf8b15b19bdeefe0100000000529cd0d256fcb400",
        "rtt layer=openvpn end=client value-us=1000", "", PARSE_OK },
    { "plain", "TLS", PARSE_UDP, true, "20daf8b15b19bdeefe0000000001160301", "", "160301",
        PARSE_OK },
    { "plain", "the same again", PARSE_UDP, true, "20daf8b15b19bdeefe0000000001160301", "", "",
        PARSE_OK },
    { "plain", "one that overtook", PARSE_UDP, true, "20daf8b15b19bdeefe000000000399", "", "",
        PARSE_OK },
    { "plain", "what goes on", PARSE_UDP, true, "20daf8b15b19bdeefe00000000020005", "", "0005",
        PARSE_OK },
    { "plain", "the other way", PARSE_UDP, false,
        "20529cd0d256fcb4000100000000daf8b15b19bdeefe00000001160303", "", "160303", PARSE_OK },
    { "plain", "data", PARSE_UDP, true, "48000001deadbeef", "", "", PARSE_OK },
    { "plain", "of another session", PARSE_UDP, false, "20daf8b15b19bdeefe000000000299", "", "",
        PARSE_NOT_MINE },
    { "plain", "no opcode", PARSE_UDP, false, "f80000000000000000000000000000000000000000", "", "",
        PARSE_BAD },
    { "plain", "too much acknowledged", PARSE_UDP, true,
        "20daf8b15b19bdeefe090000000000000000000000000000000000000000000000000000000000000000"
        "00000000000000000000000000000000000000000000000000000000",
        "", "", PARSE_MORE },
    { "plain", "keys change", PARSE_UDP, false, "19529cd0d256fcb4000000000000",
        "session-update app=OpenVPN rekeys=1", "", PARSE_OK },
    { "plain", "so be it", PARSE_UDP, true, "19daf8b15b19bdeefe0000000000", "", "", PARSE_OK },
    { "plain", "TLS anew", PARSE_UDP, true, "21daf8b15b19bdeefe000000000116", "", "16", PARSE_OK },
    { "plain", "TLS of the old key", PARSE_UDP, true, "20daf8b15b19bdeefe000000000317", "", "",
        PARSE_OK },
    { "TCP", "reset", PARSE_TCP, true, "000e38daf8b15b19bdeefe0000000000", "", "", PARSE_OK },
    { "TCP", "answered", PARSE_TCP, false,
        "001a40529cd0d256fcb4000100000000daf8b15b19bdeefe00000000",
        "session-open app=OpenVPN version=key method 2; rtt layer=openvpn end=server value-us=1000",
        "", PARSE_OK },
    { "TCP", "TLS", PARSE_TCP, true, "001120daf8b15b19bdeefe0000000001160301",
        "rtt layer=openvpn end=client value-us=1000", "160301", PARSE_OK },
    { "TCP", "no length", PARSE_TCP, true, "00000000", "", "", PARSE_BAD },
    { "TCP", "a length that lies", PARSE_TCP, true, "ffff20daf8b15b19bdeefe0000000001160301", "",
        "", PARSE_BAD },
    { "TCP", "half a message", PARSE_TCP, true, "001120daf8b15b19bdeefe", "", "", PARSE_MORE },
    { "tls-auth, MD5", "reset", PARSE_UDP, true,
        "38daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000001656b00000000000000", "", "",
        PARSE_OK },
    { "tls-auth, MD5", "answered", PARSE_UDP, false,
        "40529cd0d256fcb400aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000001656b00000100000000daf8b15b"
        "19bdeefe00000000",
        "session-open app=OpenVPN version=key method 2, tls-auth; rtt layer=openvpn end=server "
        "value-us=1000",
        "", PARSE_OK },
    { "tls-auth, MD5", "TLS", PARSE_UDP, true,
        "20daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000003656b00000000000001160301",
        "rtt layer=openvpn end=client value-us=1000", "160301", PARSE_OK },
    { "tls-auth, SHA-1", "reset", PARSE_UDP, true,
        "38daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000001656b00000000000000", "",
        "", PARSE_OK },
    { "tls-auth, SHA-1", "reset again", PARSE_UDP, true,
        "38daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000002656b00000000000000", "",
        "", PARSE_OK },
    { "tls-auth, SHA-1", "answered", PARSE_UDP, false,
        "40529cd0d256fcb400aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000001656b00000100000000"
        "daf8b15b19bdeefe00000000",
        "session-open app=OpenVPN version=key method 2, tls-auth", "", PARSE_OK },
    { "tls-auth, SHA-1", "TLS", PARSE_UDP, true,
        "20daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000003656b00000000000001"
        "160301",
        "rtt layer=openvpn end=client value-us=1000", "160301", PARSE_OK },
    { "tls-auth, SHA-256", "reset", PARSE_UDP, true,
        "38daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00"
        "000001656b00000000000000",
        "", "", PARSE_OK },
    { "tls-auth, SHA-256", "answered", PARSE_UDP, false,
        "40529cd0d256fcb400aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00"
        "000001656b00000100000000daf8b15b19bdeefe00000000",
        "session-open app=OpenVPN version=key method 2, tls-auth; rtt layer=openvpn end=server "
        "value-us=1000",
        "", PARSE_OK },
    { "tls-auth, SHA-256", "TLS", PARSE_UDP, true,
        "20daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00"
        "000003656b00000000000001160301",
        "rtt layer=openvpn end=client value-us=1000", "160301", PARSE_OK },
    { "tls-auth, SHA-512", "reset", PARSE_UDP, true,
        "38daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000001656b0000000000"
        "0000",
        "", "", PARSE_OK },
    { "tls-auth, SHA-512", "answered", PARSE_UDP, false,
        "40529cd0d256fcb400aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000001656b0000010000"
        "0000daf8b15b19bdeefe00000000",
        "session-open app=OpenVPN version=key method 2, tls-auth; rtt layer=openvpn end=server "
        "value-us=1000",
        "", PARSE_OK },
    { "tls-auth, SHA-512", "TLS", PARSE_UDP, true,
        "20daf8b15b19bdeefeaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
        "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa00000003656b0000000000"
        "0001160301",
        "rtt layer=openvpn end=client value-us=1000", "160301", PARSE_OK },
    { "tls-crypt", "reset", PARSE_UDP, true,
        "38daf8b15b19bdeefe00000001656b0000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccc",
        "", "", PARSE_OK },
    { "tls-crypt", "answered", PARSE_UDP, false,
        "40529cd0d256fcb40000000001656b0000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccc",
        "session-open app=OpenVPN version=key method 2, tls-crypt; rtt layer=openvpn end=server "
        "value-us=1000",
        "", PARSE_OK },
    { "tls-crypt", "sealed", PARSE_UDP, true,
        "20daf8b15b19bdeefe00000002656b0000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccc",
        "rtt layer=openvpn end=client value-us=1000", "", PARSE_OK },
    { "tls-crypt-v2", "reset", PARSE_UDP, true,
        "50daf8b15b19bdeefe0f000001656b0000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "ccccccccccccccccccccccccdddddddddddddddddddddddddddddddddddddddddddddddddddddddddddd"
        "dddddddddddddddddddd002a",
        "", "", PARSE_OK },
    { "tls-crypt-v2", "answered", PARSE_UDP, false,
        "40529cd0d256fcb40000000001656b0000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc",
        "session-open app=OpenVPN version=key method 2, tls-crypt-v2; rtt layer=openvpn end=server "
        "value-us=1000",
        "", PARSE_OK },
    { "tls-crypt-v2", "with the key again", PARSE_UDP, true,
        "58daf8b15b19bdeefe0f000002656b0000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccc",
        "rtt layer=openvpn end=client value-us=1000", "", PARSE_OK },
    { "a clock that is years off", "sealed", PARSE_UDP, true,
        "38daf8b15b19bdeefe0000000110000000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccc",
        "", "", PARSE_OK },
    { "a clock that is years off", "answered", PARSE_UDP, false,
        "40529cd0d256fcb4000000000110000000cccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccccccccccccccccccccccccccccccccc",
        "", "", PARSE_OK },
    { "another session answered", "reset", PARSE_UDP, true, "38daf8b15b19bdeefe0000000000", "", "",
        PARSE_OK },
    { "another session answered", "answered", PARSE_UDP, false,
        "40529cd0d256fcb4000100000000000000000000000000000000", "", "", PARSE_NOT_MINE },
    { "key method 1", "reset", PARSE_UDP, true, "08daf8b15b19bdeefe0000000000", "", "", PARSE_OK },
    { "key method 1", "answered", PARSE_UDP, false,
        "10529cd0d256fcb4000100000000daf8b15b19bdeefe00000000",
        "session-open app=OpenVPN version=key method 1; rtt layer=openvpn end=server value-us=1000",
        "", PARSE_OK },
    { "scrambled: xormask", "reset", PARSE_UDP, true, "54bb9a9c3678ce859261622d6d61", "", "",
        PARSE_OK },
    { "scrambled: xormask", "answered", PARSE_UDP, false,
        "2c33fefdbf378fdf6c60622d6d61a993dd3a7b90839f736b6c61", "", "", PARSE_OK },
    { "scrambled: xormask", "acknowledged", PARSE_UDP, true,
        "44bb9a9c3678ce859260622d6d6121f7bcb334d1d961",
        "session-open app=OpenVPN version=scrambled", "", PARSE_OK },
    { "scrambled: xormask", "data", PARSE_UDP, false, "2461622cb3cccd84", "", "", PARSE_OK },
    { "scrambled: reverse, and masked", "reset", PARSE_UDP, true, "5461622d6d618d85d178399c95bb",
        "", "", PARSE_OK },
    { "scrambled: reverse, and masked", "answered", PARSE_UDP, false,
        "2c61622d6d9f9dd6753ad3d5b761736b6c6062999137a1bbf033", "", "", PARSE_OK },
    { "scrambled: reverse, and masked", "acknowledged", PARSE_UDP, true,
        "4461d6d13bb3a3f73e61622d6d608d85d178399c95bb",
        "session-open app=OpenVPN version=scrambled", "", PARSE_OK },
    { "scrambled: reverse, and masked", "data", PARSE_UDP, false, "248edc80b360736b", "", "",
        PARSE_OK },
    { "scrambled: obfuscate", "reset", PARSE_UDP, true, "546d6c25636d8385df7437949bb7", "", "",
        PARSE_OK },
    { "scrambled: obfuscate", "answered", PARSE_UDP, false,
        "2c7978317f8f8fca6f22c9c9b5617177767878858327b3a7ea2b", "", "", PARSE_OK },
    { "scrambled: obfuscate", "acknowledged", PARSE_UDP, true,
        "4475c0c12da7b5ef3865642d6b648b9dc76c2f8c83af",
        "session-open app=OpenVPN version=scrambled", "", PARSE_OK },
    { "scrambled: obfuscate", "data", PARSE_UDP, false, "2484d882b3627761", "", "", PARSE_OK },
    { "scrambled: tls-auth", "reset", PARSE_UDP, true,
        "54bb9a9c3678ce8592cbc887c7cbd9c1c6cbc887c7cbd9c1c6cbc887c761736b6d04092d6d61736b6c61", "",
        "", PARSE_OK },
    { "scrambled: tls-auth", "answered", PARSE_UDP, false,
        "2c33fefdbf378fdf6ccbc887c7cbd9c1c6cbc887c7cbd9c1c6cbc887c761736b6d04092d6d60736b6c61"
        "b8d5dc3a6ad6829f622d6d61",
        "", "", PARSE_OK },
    { "scrambled: tls-auth", "TLS at once", PARSE_UDP, true,
        "4cbb9a9c3678ce8592cbc887c7cbd9c1c6cbc887c7cbd9c1c6cbc887c761736b6e04092d6d61736b6c60"
        "622d6d61736b6c61622d6d61736b6c61622d6d61736b6c61622d6d61736b6c61622d6d61736b6c61",
        "session-open app=OpenVPN version=scrambled", "", PARSE_OK },
    { "scrambled: tls-crypt", "reset", PARSE_UDP, true,
        "54bb9a9c3678ce859261622d6c04186b6cadaee1a1adbfa7a0adaee1a1adbfa7a0adaee1a1adbfa7a0ad"
        "aee1a1adbfa7a0adaee1a1ad",
        "", "", PARSE_OK },
    { "scrambled: tls-crypt", "answered", PARSE_UDP, false,
        "2c33fefdbf378fdf6c61622d6c04186b6cadaee1a1adbfa7a0adaee1a1adbfa7a0adaee1a1adbfa7a0ad"
        "aee1a1adbfa7a0adaee1a1adbfa7a0adaee1a1adbfa7a0ad",
        "", "", PARSE_OK },
    { "scrambled: tls-crypt", "acknowledged", PARSE_UDP, true,
        "44bb9a9c3678ce859261622d6f04186b6cadaee1a1adbfa7a0adaee1a1adbfa7a0adaee1a1adbfa7a0ad"
        "aee1a1adbfa7a0adaee1a1adbfa7a0adaee1a1ad",
        "session-open app=OpenVPN version=scrambled", "", PARSE_OK },
    { "like it", "first", PARSE_UDP, true, "54bb9a9c3678ce859261622d6d61", "", "", PARSE_OK },
    { "like it", "another length", PARSE_UDP, false,
        "2c33fefdbf378fdf6c60622d6d61a993dd3a7b90839f736b6c6178", "", "", PARSE_NOT_MINE },
    { "like it", "another opcode", PARSE_UDP, false,
        "2d33fefdbf378fdf6c60622d6d61a993dd3a7b90839f736b6c61", "", "", PARSE_NOT_MINE },
    { "like it", "answered", PARSE_UDP, false,
        "2c33fefdbf378fdf6c60622d6d61a993dd3a7b90839f736b6c61", "", "", PARSE_OK },
    { "like it", "no acknowledgement", PARSE_UDP, true,
        "44bb9a9c3678ce859260622d6d6121f7bcb334d1d96178", "", "", PARSE_NOT_MINE },
};

static void
test_sessions(void **state)
{
    union parse_state memory = { { 0 } };
    uint8_t nested[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct parse_input in = { .transport = steps[i].transport,
            .from_client = steps[i].from_client,
            .time_us = START_US + (int64_t)i * STEP_US,
            .state = &memory };
        struct parse_check_name name = parse_check_of(steps[i].session, steps[i].name);
        struct parse_check c;
        size_t carried = parse_check_hex(nested, sizeof nested, steps[i].nested);

        if (i > 0 && strcmp(steps[i].session, steps[i - 1].session) != 0)
            memset(&memory, 0, sizeof memory);
        c = parse_check_tells(
            &parser_openvpn, &in, name.text, steps[i].hex, steps[i].result, steps[i].facts);
        if (c.nested_length != carried || memcmp(c.nested, nested, carried) != 0)
            fail_msg("%s: %zu bytes within", name.text, c.nested_length);
        if (steps[i].result == PARSE_OK)
            assert_int_equal(rd_left(&in.data), 0);
    }
}

/* What opens a session; of datagrams each prefix could be another's whole one. */
static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct parse_input in = { .transport = steps[i].transport,
            .from_client = false, /* nothing is kept of what may be scrambled */
            .time_us = START_US };

        if (strcmp(steps[i].name, "reset") == 0)
            parse_check_no_prefix_tells(&parser_openvpn, in, steps[i].session, steps[i].hex);
    }
}

static const struct {
    const char *name;
    enum parse_transport transport;
    const char *hex;
    enum parse_result result;
} others[] = {
    { "nothing", PARSE_UDP, "", PARSE_MORE },
    { "nothing", PARSE_TCP, "", PARSE_MORE },
    { "a query of DNS", PARSE_UDP, "123401000001000000000000036e73310000000000000000000000000000",
        PARSE_NOT_MINE },
    { "STUN", PARSE_UDP, "000100002112a44200112233445566778899aabb", PARSE_NOT_MINE },
    { "TLS", PARSE_TCP, "16030100f1010000", PARSE_NOT_MINE },
    { "a reset with something behind it", PARSE_UDP, "38daf8b15b19bdeefe0000000000ff",
        PARSE_NOT_MINE },
    { "a reset of another key", PARSE_UDP, "39daf8b15b19bdeefe000000000000", PARSE_NOT_MINE },
    { "data", PARSE_UDP, "48000001deadbeef", PARSE_NOT_MINE },
    { "a server that speaks first", PARSE_UDP,
        "40529cd0d256fcb4000100000000daf8b15b19bdeefe00000000", PARSE_NOT_MINE },
    { "DNS over TCP", PARSE_TCP, "001c123401000001000000000000036e7331", PARSE_NOT_MINE },
    { "a wrapped key that lies of its length", PARSE_UDP,
        "50daf8b15b19bdeefe0f000001656b0000cccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
        "cccccccccccccccccc000000000000000000000000000000000000000000000000000000000000000000000000"
        "00000000",
        PARSE_NOT_MINE },
};

static void
test_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = {
            .transport = others[i].transport, .from_client = true, .time_us = START_US
        };

        parse_check_tells(
            &parser_openvpn, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

static void
test_data_over_tcp_is_passed_over(void **state)
{
    union parse_state memory = { { 0 } };
    struct parse_check c;
    uint8_t bytes[ROOM];
    struct parse_input in = { .transport = PARSE_TCP, .time_us = START_US, .state = &memory };

    (void)state;
    for (size_t i = 0, seen = 0; seen < 2; i++)
        if (strcmp(steps[i].session, "TCP") == 0) {
            in.from_client = steps[i].from_client;
            assert_int_equal(parse_check_run(&parser_openvpn, &in, bytes,
                                 parse_check_hex(bytes, sizeof bytes, steps[i].hex), &c),
                PARSE_OK);
            seen++;
        }
    parse_check_tells(&parser_openvpn, &in, "data", "0500 48000001 deadbeef", PARSE_OK, "");
    parse_check_skips(&in, "data", 0x500 - 8);
}

static void
test_a_cut_datagram_ends_the_tls(void **state)
{
    union parse_state memory = { { 0 } };
    struct parse_check c;
    uint8_t bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < 7; i++) {
        struct parse_input in = { .transport = PARSE_UDP,
            .from_client = steps[i].from_client,
            .time_us = START_US,
            .is_cut = i == 3,
            .state = &memory };

        assert_int_equal(parse_check_run(&parser_openvpn, &in, bytes,
                             parse_check_hex(bytes, sizeof bytes, steps[i].hex), &c),
            PARSE_OK);
        assert_int_equal(c.nested_length, 0);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_other_bytes),
        cmocka_unit_test(test_data_over_tcp_is_passed_over),
        cmocka_unit_test(test_a_cut_datagram_ends_the_tls),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
