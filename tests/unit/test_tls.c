/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/tls.c parsers/tls_hello.c parsers/tls_fingerprint.c parsers/tls_certificate.c parsers/digest.c parsers/der.c parsers/login.c parsers/tunnel.c parsers/answer.c parsers/fact.c parsers/text.c */
/*
 * Proves what TLS tells of a server's name, of the client by fingerprint, of certificates, and that
 * a client's certificate which the server goes on with is a login. Samples are written by hand
 * after RFC 5246 and 8446; TShark 4.0 dissects them so. The JA4 is the example of its
 * specification.
 */
#include "moments.h"

extern const struct parser parser_tls;

static const char client_hello[] =
    "160301015b010001570303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
    "000000000000000000000000000000000000000000000000000000000000000000201a1a130113021303c02b"
    "c02fc02cc030cca9cca8c013c014009c009d002f0035010000ee2a2a0000001b000302000200000014001200"
    "000f7777772e6578616d706c652e636f6d003300260024001d00200000000000000000000000000000000000"
    "0000000000000000000000000000000010000e000c02683208687474702f312e314469000500030268320017"
    "0000002d000201010005000501000000000023000000120000002b0007063a3a03040303ff01000100000b00"
    "020100000a000a00084a4a001d00170018000d00120010040308040401050308050501080606015a5a000100"
    "0015002800000000000000000000000000000000000000000000000000000000000000000000000000000000";

static const char client_hello_two_records[] =
    "1603010064010001570303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f20"
    "000000000000000000000000000000000000000000000000000000000000000000201a1a130113021303c02b"
    "c02fc02cc030cca9cca8c013c014009c0016030100f79d002f0035010000ee2a2a0000001b00030200020000"
    "0014001200000f7777772e6578616d706c652e636f6d003300260024001d0020000000000000000000000000"
    "00000000000000000000000000000000000000000010000e000c02683208687474702f312e31446900050003"
    "02683200170000002d000201010005000501000000000023000000120000002b0007063a3a03040303ff0100"
    "0100000b00020100000a000a00084a4a001d00170018000d0012001004030804040105030805050108060601"
    "5a5a000100001500280000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000";

static const char server_hello[] =
    "160303003a020000360303000000000000000000000000000000000000000000000000000000000000000000"
    "c02f00000eff01000100001000050003026832";

static const char server_hello_1_3[] =
    "16030300520200004e0303000000000000000000000000000000000000000000000000000000000000000020"
    "00000000000000000000000000000000000000000000000000000000000000001301000006002b00020304";

static const char hello_retry[] =
    "16030300520200004e0303cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c20"
    "00000000000000000000000000000000000000000000000000000000000000001301000006002b00020304";

static const char client_hello_early[] =
    "160301003c010000380303000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f00"
    "0002130101 00000d 002a0000 002b0005 0403040303";

static const char key_exchange[] = "160303000c 10000008 0701020304050607";

static const char certificate[] =
    "16030302250b00021d00021a00010a308201063081eca003020102020101300a06082a8648ce3d0403023027"
    "3110300e060355040a0c074578616d706c653113301106035504030c0a4578616d706c65204341301e170d32"
    "36303130313030303030305a170d3336303130313030303030305a3039310b300906035504060c0244453110"
    "300e060355040a0c074578616d706c653118301606035504030c0f7777772e6578616d706c652e636f6d3017"
    "300a06082a8648ce3d0403020309000000000000000000a3393037300c0603551d130101ff04023000302706"
    "03551d110420301e820f7777772e6578616d706c652e636f6d820b6578616d706c652e636f6d300a06082a86"
    "48ce3d040302030900000000000000000000010a308201063081eca003020102020101300a06082a8648ce3d"
    "04030230273110300e060355040a0c074578616d706c653113301106035504030c0a4578616d706c65204341"
    "301e170d3236303130313030303030305a170d3336303130313030303030305a3039310b300906035504060c"
    "0244453110300e060355040a0c074578616d706c653118301606035504030c0f7777772e6578616d706c652e"
    "636f6d3017300a06082a8648ce3d0403020309000000000000000000a3393037300c0603551d130101ff0402"
    "300030270603551d110420301e820f7777772e6578616d706c652e636f6d820b6578616d706c652e636f6d30"
    "0a06082a8648ce3d04030203090000000000000000000e000000";

static const char certificate_bare[] =
    "16030300ce0b0000ca0000c70000c43081c13081a7a003020102020101300a06082a8648ce3d040302302731"
    "10300e060355040a0c074578616d706c653113301106035504030c0a4578616d706c65204341301e170d3236"
    "303130313030303030305a170d3336303130313030303030305a30003017300a06082a8648ce3d0403020309"
    "000000000000000000a32d302b300c0603551d130101ff04023000301b0603551d110414301282106f6e6c79"
    "2e6578616d706c652e636f6d300a06082a8648ce3d0403020309000000000000000000";

static const char client_upn[] =
    "16030300fa0b0000ed0000ea0000e73081e43081caa003020102020101300a06082a8648ce3d040302302731"
    "10300e060355040a0c074578616d706c653113301106035504030c0a4578616d706c65204341301e170d3236"
    "303130313030303030305a170d3336303130313030303030305a30133111300f06035504030c084a6f686e20"
    "446f653017300a06082a8648ce3d0403020309000000000000000000a33d303b300c0603551d130101ff0402"
    "3000302b0603551d1104243022a020060a2b060104018237140203a0120c106a646f65406578616d706c652e"
    "636f6d300a06082a8648ce3d0403020309000000000000000000100000050000000000";

static const char client_cn[] =
    "16030300b00b0000ac0000a90000a63081a3308189a003020102020101300a06082a8648ce3d040302302731"
    "10300e060355040a0c074578616d706c653113301106035504030c0a4578616d706c65204341301e170d3236"
    "303130313030303030305a170d3336303130313030303030305a3011310f300d06035504030c0661736d6974"
    "683017300a06082a8648ce3d0403020309000000000000000000300a06082a8648ce3d040302030900000000"
    "0000000000";

static const char client_own[] =
    "160303009b0b00009700009400009130818e3075a003020102020101300a06082a8648ce3d04030230123110"
    "300e06035504030c0770726f6772616d301e170d3236303130313030303030305a170d333630313031303030"
    "3030305a30123110300e06035504030c0770726f6772616d3017300a06082a8648ce3d040302030900000000"
    "0000000000300a06082a8648ce3d0403020309000000000000000000";

static const char client_none[] = "16030300070b000003000000";

static const char v2_hello[] =
    "802e01030100150000001000000400000500000a000009000064000062000003000000000000000000000000"
    "00000000";

static const char change[] = "140303000101";
static const char data[] = "17030300100000";
static const char refused[] = "1503030002022a";

#define HELLO                                                                                      \
    "name address=198.51.100.2 what=sni name=www.example.com; device address=198.51.100.1 "        \
    "fingerprint.ja3=d10aa3f5573ce392fb4ca0714bfb60d6 "                                            \
    "fingerprint.ja4=t13d1516h2_8daaf6152771_e5627efa2ab1"

struct step {
    bool by_server;
    const char *hex, *facts;
};

static const struct {
    const char *name;
    struct step steps[7];
} connections[] = {
    { "TLS 1.2, certificate of the server",
        { { false, client_hello, HELLO },
            { true, server_hello, "banner version=TLS 1.2 alpn=h2 what=tls" },
            { true, certificate,
                "name address=198.51.100.1 what=certificate name=CN=www.example.com, O=Example "
                "issuer=CN=Example CA, O=Example text=www.example.com, example.com" },
            { false, change, "" }, { true, change, "" } } },
    { "a subject without a name",
        { { false, client_hello, HELLO }, { true, certificate_bare,
                                              "name address=198.51.100.1 what=certificate "
                                              "name=only.example.com issuer=CN=Example "
                                              "CA, O=Example text=only.example.com" } } },
    { "TLS 1.3", { { false, client_hello, HELLO },
                     { true, server_hello_1_3, "banner version=TLS 1.3 what=tls" },
                     { true, change, "" }, { false, data, "" } } },
    { "TLS 1.3, asked for another key",
        { { false, client_hello, HELLO }, { true, hello_retry, "banner version=TLS 1.3 what=tls" },
            { true, change, "" }, { false, change, "" }, { false, client_hello, HELLO },
            { false, data, "" } } },
    { "hello in two records", { { false, client_hello_two_records, HELLO } } },
    { "SSLv2-compatible hello",
        { { false, v2_hello, "" },
            { true, server_hello, "banner version=TLS 1.2 alpn=h2 what=tls" } } },
    { "only the server is seen",
        { { true, server_hello, "banner version=TLS 1.2 alpn=h2 what=tls" } } },
    { "certificate of a smart card, accepted",
        { { false, client_hello, HELLO },
            { false, client_upn,
                "name address=198.51.100.1 what=certificate name=CN=John Doe issuer=CN=Example CA, "
                "O=Example; login account=jdoe@example.com result=attempt "
                "method=tls-client-certificate" },
            { false, change, "" },
            { true, change, "login result=success inferred=yes method=tls-client-certificate" } } },
    { "certificate by common name, refused",
        { { false, client_hello, HELLO },
            { false, client_cn,
                "name address=198.51.100.1 what=certificate name=CN=asmith issuer=CN=Example CA, "
                "O=Example; login account=asmith result=attempt method=tls-client-certificate" },
            { true, refused,
                "login result=failure method=tls-client-certificate reason=bad certificate" } } },
    { "certificate that a program made itself",
        { { false, client_hello, HELLO },
            { false, client_own,
                "name address=198.51.100.1 what=certificate name=CN=program issuer=CN=program" },
            { true, change, "" } } },
    { "no certificate where one was asked for",
        { { false, client_hello, HELLO }, { false, client_none, "" }, { true, change, "" } } },
};

static void
test_connections(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(connections); i++) {
        union parse_state memory = { { 0 } };
        bool is_over[2] = { false, false };

        for (const struct step *s = connections[i].steps; s->hex != NULL; s++) {
            struct parse_input in = {
                .transport = PARSE_TCP, .from_client = !s->by_server, .state = &memory
            };
            size_t n = (size_t)(s - connections[i].steps);

            parse_check_tells(&parser_tls, &in, parse_check_step(connections[i].name, n).text,
                s->hex, PARSE_OK, s->facts);
            if (is_over[s->by_server])
                fail_msg("%s: given up too early", connections[i].name);
            is_over[s->by_server] = in.skip == PARSE_SKIP_ALL;
            if (!is_over[s->by_server])
                assert_int_equal(rd_left(&in.data), 0);
        }
    }
}

static const struct moments answers[] = {
    { "TLS 1.2: the last of the server's flight counts",
        "rtt version=TLS 1.2 how=key-exchange layer=tls end=client value-us=50000",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello },
            { true, 3000, 0, certificate }, { false, 53000, 0, key_exchange } } },
    { "TLS 1.2: a session that is resumed",
        "rtt version=TLS 1.2 how=resumption layer=tls end=client value-us=50000",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello },
            { true, 3000, 0, change }, { false, 53000, 0, change } } },
    { "TLS 1.3: what is sealed is of the flight",
        "rtt version=TLS 1.3 how=finished layer=tls end=client value-us=49000",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello_1_3 },
            { true, 2500, 0, change }, { true, 4000, 0, data }, { false, 53000, 0, change } } },
    { "TLS 1.3: asked for another key, before or behind its change of ciphers",
        "rtt version=TLS 1.3 how=hello-retry layer=tls end=client value-us=51000",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, hello_retry },
            { false, 53000, 0, change }, { false, 53000, 0, client_hello } } },
    { "TLS 1.3: a client that speaks on before the server answers", "",
        { { false, 1000, 0, client_hello_early }, { true, 2000, 0, server_hello_1_3 },
            { true, 2500, 0, data }, { false, 3000, 0, data } } },
    { "a microsecond is a time, none is none",
        "rtt version=TLS 1.2 how=resumption layer=tls end=client value-us=1",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello },
            { false, 2001, 0, change } } },
    { "at the same time", "",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello },
            { false, 2000, 0, change } } },
    { "before it, where clocks step back", "",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello },
            { false, 1900, 0, change } } },
    { "the first answer alone",
        "rtt version=TLS 1.2 how=resumption layer=tls end=client value-us=51000",
        { { false, 1000, 0, client_hello }, { true, 2000, 0, server_hello },
            { false, 53000, 0, change }, { true, 54000, 0, change }, { false, 60000, 0, data } } },
    { "a segment that came twice in between", "",
        { { false, 1000, 0, client_hello }, { true, 2000, 7, server_hello },
            { false, 53000, 8, change } } },
    { "no server was heard", "",
        { { false, 1000, 0, client_hello }, { false, 53000, 0, change } } },
    { "no client was heard before", "",
        { { true, 2000, 0, server_hello }, { true, 3000, 0, change } } },
};

static void
test_time_of_the_answer(void **state)
{
    (void)state;
    moments_check(
        &parser_tls, (struct parse_input){ .transport = PARSE_TCP }, answers, COUNT(answers));
}

/* The first message of a connection may be mirrored: who is the client is known by the hello. */
static void
test_other_way(void **state)
{
    union parse_state memory = { { 0 } };
    struct parse_input in = { .transport = PARSE_TCP, .from_client = false, .state = &memory };

    (void)state;
    parse_check_tells(&parser_tls, &in, "client_hello", client_hello, PARSE_OK, HELLO);
}

static void
test_prefixes(void **state)
{
    struct parse_input in = { .transport = PARSE_TCP, .from_client = true };

    (void)state;
    parse_check_no_prefix_tells(&parser_tls, in, "one record", client_hello);
    parse_check_no_prefix_tells(&parser_tls, in, "two records", client_hello_two_records);
}

/* The hello's type stands in one record with the first of its length, all else in the next. */
static void
test_header_in_two_records(void **state)
{
    struct parse_input in = { .transport = PARSE_TCP, .from_client = true };
    char hex[sizeof client_hello + 16];

    (void)state;
    snprintf(hex, sizeof hex,
        "16030100020100"
        "1603010159%s",
        client_hello + strlen("160301015b0100"));
    parse_check_no_prefix_tells(&parser_tls, in, "header in two records", hex);
    parse_check_tells(&parser_tls, &in, "header in two records", hex, PARSE_OK, HELLO);
}

static const struct {
    const char *name, *hex;
    bool is_known;
    enum parse_result result;
} others[] = {
    { "nothing", "", false, PARSE_MORE },
    { "HTTP", "474554202f", false, PARSE_NOT_MINE },
    { "application data first", "1703030010", false, PARSE_NOT_MINE },
    { "a version of nobody", "1604010005", false, PARSE_NOT_MINE },
    { "an empty record", "1603010000", false, PARSE_NOT_MINE },
    { "a record that is too long", "16030148010100", false, PARSE_NOT_MINE },
    { "no hello in it", "160301000801000004 03030000", false, PARSE_NOT_MINE },
    { "the first octet of SSLv2", "80", false, PARSE_MORE },
    { "SSLv2 up to its lengths", "802e0103010015000000", false, PARSE_MORE },
    { "SSLv2 up to its ciphers", "802e010301001500000010000001", false, PARSE_MORE },
    { "SSLv2 that lies of its lengths", "802e01030100160000001000", false, PARSE_NOT_MINE },
    { "not TLS any more", "0a0b0c0d0e", true, PARSE_BAD },
    { "a message that lies of its length", "16030300050bffffff00", true, PARSE_BAD },
    { "a certificate that lies of its length", "160303000a0b000006000003ffffff", true, PARSE_OK },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        union parse_state memory = { { 0 } };
        struct parse_input in = { .transport = PARSE_TCP, .from_client = true, .state = &memory };

        if (others[i].is_known)
            parse_check_tells(&parser_tls, &in, "client_hello", client_hello, PARSE_OK, HELLO);
        parse_check_tells(&parser_tls, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_time_of_the_answer),
        cmocka_unit_test(test_other_way),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_header_in_two_records),
        cmocka_unit_test(test_hostile_and_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
