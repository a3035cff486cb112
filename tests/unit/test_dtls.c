/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/dtls.c parsers/pieces.c parsers/tls_hello.c parsers/tls_fingerprint.c parsers/tls_certificate.c parsers/digest.c parsers/der.c parsers/login.c parsers/answer.c parsers/fact.c parsers/text.c */
/*
 * Proves what DTLS tells, whole and in fragments. Samples are written by hand after RFC 6347;
 * TShark 4.0 dissects them so.
 */
#include "moments.h"

#define ROOM 2048

extern const struct parser parser_dtls, parser_dtls_pieces;

static const char dtls_hello[] =
    "16fefd0000000000000000008e010000820000000000000082fefd0000000000000000000000000000000000"
    "00000000000000000000000000000020000102030405060708090a0b0c0d0e0f101112131415161718191a1b"
    "1c1d1e1f000006c02bc02fc0140100003200000014001200000f76706e2e6578616d706c652e636f6d000a00"
    "060004001d0017000b00020100000d0006000404030804";

static const char dtls_fragment_1[] =
    "16fefd0000000000000000004801000082000000000000003cfefd0000000000000000000000000000000000"
    "00000000000000000000000000000020000102030405060708090a0b0c0d0e0f101112131415161718";

static const char dtls_fragment_2[] =
    "16fefd0000000000000000005201000082000000003c000046191a1b1c1d1e1f000006c02bc02fc014010000"
    "3200000014001200000f76706e2e6578616d706c652e636f6d000a00060004001d0017000b00020100000d00"
    "06000404030804";

static const char dtls_verify[] =
    "16feff00000000000000000023030000170000000000000017feff1400000000000000000000000000000000"
    "00000000";

static const char dtls_server[] =
    "16fefd0000000000000000014e020000260001000000000026fefd0000000000000000000000000000000000"
    "00000000000000000000000000000000c02f000b000110000200000000011000010d00010a308201063081ec"
    "a003020102020101300a06082a8648ce3d04030230273110300e060355040a0c074578616d706c6531133011"
    "06035504030c0a4578616d706c65204341301e170d3236303130313030303030305a170d3336303130313030"
    "303030305a3039310b300906035504060c0244453110300e060355040a0c074578616d706c65311830160603"
    "5504030c0f7777772e6578616d706c652e636f6d3017300a06082a8648ce3d04030203090000000000000000"
    "00a3393037300c0603551d130101ff0402300030270603551d110420301e820f7777772e6578616d706c652e"
    "636f6d820b6578616d706c652e636f6d300a06082a8648ce3d0403020309000000000000000000";

#define HELLO                                                                                      \
    "name address=198.51.100.2 what=sni name=vpn.example.com; device address=198.51.100.1 "        \
    "fingerprint.ja3=1889f423ba7590c788a8be300bbd1bfa "                                            \
    "fingerprint.ja4=dd2d030400_ff4ce7863c44_876bcc86782c; banner "                                \
    "session=000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f what=dtls-client"

static const struct {
    const char *name, *hex, *facts;
} messages[] = {
    { "hello", dtls_hello, HELLO },
    { "cookie", dtls_verify, "" },
    { "server's hello and certificate in one record", dtls_server,
        "banner version=DTLS 1.2 what=tls; name address=198.51.100.1 what=certificate "
        "name=CN=www.example.com, O=Example issuer=CN=Example CA, O=Example text=www.example.com, "
        "example.com" },
};

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(messages); i++) {
        struct parse_input in = { .transport = PARSE_UDP };

        parse_check_tells(
            &parser_dtls, &in, messages[i].name, messages[i].hex, PARSE_OK, messages[i].facts);
        parse_check_no_prefix_tells(&parser_dtls, in, messages[i].name, messages[i].hex);
    }
}

/* In either order, and once more between. */
static void
test_fragments(void **state)
{
    static const char *const orders[][4] = { { dtls_fragment_1, dtls_fragment_2 },
        { dtls_fragment_2, dtls_fragment_1 },
        { dtls_fragment_1, dtls_fragment_1, dtls_fragment_2 } };
    uint8_t bytes[ROOM], stream[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(orders); i++) {
        struct parse_input in = { .transport = PARSE_UDP }, nested = { .is_nested = true };
        struct parse_check c;
        size_t used = 0;

        for (unsigned k = 0; orders[i][k] != NULL; k++) {
            size_t n = parse_check_hex(bytes, sizeof bytes, orders[i][k]);

            if (used > 0)
                assert_int_equal(
                    parse_check_run(&parser_dtls_pieces, &nested, stream, used, &c), PARSE_MORE);
            assert_int_equal(parse_check_run(&parser_dtls, &in, bytes, n, &c), PARSE_OK);
            assert_int_equal(c.count, 0);
            memcpy(stream + used, c.nested, c.nested_length);
            used += c.nested_length;
        }
        assert_int_equal(parse_check_run(&parser_dtls_pieces, &nested, stream, used, &c), PARSE_OK);
        assert_string_equal(c.facts, HELLO);
        assert_int_equal(rd_left(&nested.data), 0);
        assert_int_equal(parse_check_prefixes(&parser_dtls_pieces, nested, stream, used), used);
    }
}

/* Record numbers and message numbers as RFC 6347, 4.2 counts them. */
static const char ask[] =
    "16fefd000000000000000000360100002a000000000000002afefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f00000002c02f0100";

static const char ask_again[] =
    "16fefd000000000000000100360100002a000000000000002afefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f00000002c02f0100";

static const char verify[] = "16feff00000000000000000012030000060000000000000006feff03aabbcc";

static const char verify_again[] = "16feff00000000000000010012030000060000000000000006feff03aabbcc";

static const char ask_cookie[] =
    "16fefd000000000000000100390100002d000100000000002dfefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f0003aabbcc0002c02f0100";

static const char ask_cookie_third[] =
    "16fefd000000000000000200390100002d000100000000002dfefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f0003aabbcc0002c02f0100";

static const char serve[] =
    "16fefd00000000000000000032020000260000000000000026fefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f00c02f00";

static const char serve_again[] =
    "16fefd00000000000000020032020000260000000000000026fefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f00c02f00";

static const char done[] = "16fefd0000000000000001000c0e0000000001000000000000";

static const char exchange[] = "16fefd000000000000000100141000000800010000000000080701020304050607";

static const char exchange_again[] =
    "16fefd000000000000000200141000000800010000000000080701020304050607";

static const char exchange_piece[] = "16fefd0000000000000001001010000008000100000000000407010203";

static const char change_cipher[] = "14fefd0000000000000001000101";

static const char serve_1_3[] =
    "16fefd0000000000000000003a0200002e000000000000002efefd000102030405060708090a0b0c0d0e0f10"
    "1112131415161718191a1b1c1d1e1f001301000006002b0002fefc";

static const char retry_1_3[] =
    "16fefd0000000000000000003a0200002e000000000000002efefdcf21ad74e59a6111be1d8c021e65b891c2"
    "a211167abb8c5e079e09e2c8a8339c001301000006002b0002fefc";

static const char sealed_1_3[] = "2e000100100102030405060708090a0b0c0d0e0f10";

#define RTT(words) "rtt " words " layer=dtls end=client value-us=50000"

static const struct moments answers[] = {
    { "a cookie", RTT("how=cookie"),
        { { false, 1000, 0, ask }, { true, 2000, 0, verify }, { false, 52000, 0, ask_cookie },
            { true, 53000, 0, serve }, { false, 70000, 0, exchange } } },
    { "no cookie", RTT("version=DTLS 1.2 how=key-exchange"),
        { { false, 1000, 0, ask }, { true, 1500, 0, serve }, { true, 2000, 0, done },
            { false, 52000, 0, exchange } } },
    { "an answer in pieces", RTT("version=DTLS 1.2 how=key-exchange"),
        { { false, 1000, 0, ask }, { true, 2000, 0, serve }, { false, 52000, 0, exchange_piece },
            { false, 60000, 0, exchange } } },
    { "a session that is resumed", RTT("version=DTLS 1.2 how=resumption"),
        { { false, 1000, 0, ask }, { true, 2000, 0, serve }, { false, 52000, 0, change_cipher } } },
    { "1.3: what is sealed", RTT("version=DTLS 1.3 how=finished"),
        { { false, 1000, 0, ask }, { true, 1500, 0, serve_1_3 }, { true, 2000, 0, sealed_1_3 },
            { false, 52000, 0, sealed_1_3 }, { false, 60000, 0, sealed_1_3 } } },
    { "1.3: asked for another key", RTT("version=DTLS 1.3 how=hello-retry"),
        { { false, 1000, 0, ask }, { true, 2000, 0, retry_1_3 },
            { false, 52000, 0, ask_cookie } } },
    { "the question came twice", "",
        { { false, 1000, 0, ask }, { false, 1900, 0, ask_again }, { true, 2000, 0, verify },
            { false, 52000, 0, ask_cookie_third } } },
    { "the cookie came twice", "",
        { { false, 1000, 0, ask }, { true, 2000, 0, verify }, { true, 3000, 0, verify_again },
            { false, 52000, 0, ask_cookie } } },
    { "the server's flight came twice", "",
        { { false, 1000, 0, ask }, { true, 1500, 0, serve }, { true, 2000, 0, done },
            { true, 3000, 0, serve_again }, { false, 52000, 0, exchange } } },
    { "the client's first answer was lost before it got here", "",
        { { false, 1000, 0, ask }, { true, 2000, 0, serve },
            { false, 52000, 0, exchange_again } } },
    { "at the same time", "",
        { { false, 1000, 0, ask }, { true, 2000, 0, verify }, { false, 2000, 0, ask_cookie } } },
    { "the server's way alone", "", { { true, 1500, 0, serve }, { true, 2000, 0, done } } },
    { "the client's way alone", "", { { false, 1000, 0, ask }, { false, 52000, 0, ask_cookie } } },
    { "whoever called is the server", "",
        { { true, 1000, 0, ask }, { false, 2000, 0, verify }, { true, 52000, 0, ask_cookie } } },
};

static void
test_time_of_the_answer(void **state)
{
    (void)state;
    moments_check(
        &parser_dtls, (struct parse_input){ .transport = PARSE_UDP }, answers, COUNT(answers));
}

static const struct {
    const char *name, *hex;
    enum parse_result result;
} others[] = {
    { "STUN", "000100002112a442", PARSE_NOT_MINE },
    { "application data", "17fefd000100000000000100020102", PARSE_NOT_MINE },
    { "sealed", "16fefd00010000000000010018", PARSE_NOT_MINE },
    { "TLS", "16030100050100000100", PARSE_NOT_MINE },
    { "a fragment beyond its message",
        "16fefd0000 000000000000 000d 01000001 0000 000001 000001 00", PARSE_NOT_MINE },
    { "a hello that is none", "16fefd0000 000000000000 000d 01000001 0000 000000 000001 00",
        PARSE_NOT_MINE },
};

static void
test_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = { .transport = PARSE_UDP };

        parse_check_tells(&parser_dtls, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_fragments),
        cmocka_unit_test(test_time_of_the_answer),
        cmocka_unit_test(test_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
