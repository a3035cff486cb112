/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/kerberos.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that Kerberos exchanges tell who asked and what was answered, and nothing else. Samples:
 * MIT krb5kdc 1.20 and kinit on loopback; expected values as TShark 4.0 dissects them.
 */
#include "parse_check.h"

#define ROOM 2048

extern const struct parser parser_kerberos;

static const char as_req[] =
    "6a81b33081b0a103020105a20302010aa31a3018300aa10402020096a2020400300aa10402020095a2020400"
    "a48187308184a00703050000000010a111300fa003020101a10830061b046a646f65a20d1b0b4558414d504c"
    "452e4f5247a320301ea003020102a11730151b066b72627467741b0b4558414d504c452e4f5247a511180f32"
    "303236313132333232313232345aa706020441218a91a81a3018020112020111020114020113020110020117"
    "02011902011a";

static const char preauth_required[] =
    "7e81e43081e1a003020105a10302011ea411180f32303236313132323232313232345aa50502030d9638a603"
    "020119a70d1b0b4558414d504c452e4f5247a811300fa003020101a10830061b046a646f65a90d1b0b455841"
    "4d504c452e4f5247aa20301ea003020102a11730151b066b72627467741b0b4558414d504c452e4f5247ab10"
    "1b0e4e45454445445f50524541555448ac51044f304d300aa10402020088a20204003025a103020113a21e04"
    "1c301a3018a003020112a1111b0f4558414d504c452e4f52476a646f653009a103020102a2020400300da104"
    "02020085a20504034d4954";

static const char as_rep[] =
    "6b82031430820310a003020105a10302010ba22930273025a103020113a21e041c301a3018a003020112a111"
    "1b0f4558414d504c452e4f52476a646f65a30d1b0b4558414d504c452e4f5247a411300fa003020101a10830"
    "061b046a646f65a58201986182019430820190a003020105a10d1b0b4558414d504c452e4f5247a220301ea0"
    "03020102a11730151b066b72627467741b0b4558414d504c452e4f5247a382015630820152a003020112a103"
    "020101a282014404820140712d90d8382a8156ee6e13a72cad592dc81c719ecbc677643e3a2a944b18a582b8"
    "e4ca8576eb2682e25af4398003ef36f703f0224692ed5dd4be904a59e123f1a1c826ef8281fd564ed8d0babf"
    "4fe9dd57fc2107a09b0e95a8d32d19ec52198170622b2c4b1dfedeeed986ea603347af9e163918e51c5fc6c9"
    "564445413edce38385af192044ea808e6751e55f0b5256985819e0f7600206c04e6c59e73a1ebff541da625a"
    "40813686deb55c14ef93d2fedcabcaba7797f2707335cd6f7a113cc84aa190fa1a61caefc60b2476e42bdfe3"
    "5ccd43b0f7679f99acb97f60c33e3ce7e162e1b11ac5589219cd53b337ad7242ad56af533979d3363b860316"
    "67483e882f50225612034c830a52494aa5eaac99f58efa3a07c7272eb42ed98b1e98573781ef3b8212704747"
    "e6cbb615277ac56e62b98c3b3b31771051c524afaecd53a682011930820115a003020112a282010c04820108"
    "92893328f2d90fae172e9d133f05223a9156aad314c91e57b7535d72d8e1c87fb48ab0a205498b44857be3ff"
    "9d4b5e324e630c77634901dbffbd7b5b84d3771f3ba592dedad6564dda4e0e546788ebf3bb9e150cb881d03d"
    "1a1f8fdd586bffe6feb8d0731a53b56cbea1890f57bad0778cbf7ab6d71a391d74ad3eaca25a2ed1c8aed6e8"
    "4742d7dfbb652ca3b679a4646cadfc8ff529f86682fbb50d5a051241d3e8a2d3fb8eb6c882b481dc8abe4622"
    "58b40037e274da271f47c465f897b45016051c487d705718a0aa051082b3bf6427bfacad7f91a78545d2f4a9"
    "c51999a3d8fe9b945dbc30331846c23dd3a42aa9b27966f57532afa4943324fc5859b6386b01756bc17d9eea";

static const char preauth_failed[] =
    "7e81e43081e1a003020105a10302011ea411180f32303236313132323232313232345aa50502030d963aa603"
    "020118a70d1b0b4558414d504c452e4f5247a811300fa003020101a10830061b046a646f65a90d1b0b455841"
    "4d504c452e4f5247aa20301ea003020102a11730151b066b72627467741b0b4558414d504c452e4f5247ab10"
    "1b0e505245415554485f4641494c4544ac51044f304d300aa10402020088a20204003025a103020113a21e04"
    "1c301a3018a003020112a1111b0f4558414d504c452e4f52476a646f653009a103020102a2020400300da104"
    "02020085a20504034d4954";

static const char unknown_principal[] =
    "7e8195308192a003020105a10302011ea411180f32303236313132323232313232345aa50502030d963ba603"
    "020106a70d1b0b4558414d504c452e4f5247a8133011a003020101a10a30081b066e6f626f6479a90d1b0b45"
    "58414d504c452e4f5247aa20301ea003020102a11730151b066b72627467741b0b4558414d504c452e4f5247"
    "ab121b10434c49454e545f4e4f545f464f554e44";

/* RFC 4120 by hand: cname ENTERPRISE (10) j@x, realm R, addresses {IPv4, NetBIOS "PC1"}. */
static const char enterprise[] =
    "6a8198308195a103020105a20302010aa48188308185a00703050040000000a110300ea00302010aa1073005"
    "1b036a4078a2031b0152a3163014a003020102a10d300b1b066b72627467741b0152a511180f323033373039"
    "31333032343830355aa703020101a8053003020112a92c302a300da003020102a1060404c00002013019a003"
    "020114a112041050433120202020202020202020202020";

/* The first component WELLKNOWN, the second ANONYMOUS (RFC 8062). */
static const char anonymous[] =
    "6a783076a103020105a20302010aa46a3068a00703050040000000a121301fa00302010ba11830161b095745"
    "4c4c4b4e4f574e1b09414e4f4e594d4f5553a2031b0152a3163014a003020102a10d300b1b066b7262746774"
    "1b0152a511180f32303337303931333032343830355aa703020101a8053003020112";

/* RFC 4120 by hand: a ticket for cifs/fs1.example.org, given to jdoe; refused to him; refused. */
static const char tgs_rep[] =
    "6d818f30818ca003020105a10302010da30d1b0b4558414d504c452e4f5247a411300fa003020101a1083006"
    "1b046a646f65a54d614b3049a003020105a10d1b0b4558414d504c452e4f5247a2223020a003020102a11930"
    "171b04636966731b0f6673312e6578616d706c652e6f7267a30f300da003020112a2060404deadbeefa60f30"
    "0da003020112a2060404deadbeef";

static const char tgs_refused[] =
    "7e7e307ca003020105a10302011ea411180f32303236313132333232313232345aa503020101a60302010ca7"
    "0d1b0b4558414d504c452e4f5247a811300fa003020101a10830061b046a646f65a90d1b0b4558414d504c45"
    "2e4f5247aa223020a003020102a11930171b04636966731b0f6673312e6578616d706c652e6f7267";

static const char tgs_unknown[] =
    "7e5c305aa003020105a10302011ea411180f32303236313132333232313232345aa503020101a603020107a9"
    "0d1b0b4558414d504c452e4f5247aa223020a003020102a11930171b04636966731b0f6673312e6578616d70"
    "6c652e6f7267";

static const struct sample {
    const char *name, *hex, *facts;
    uint8_t pairing;
} samples[] = {
    { "AS-REQ", as_req, "login account=jdoe realm=EXAMPLE.ORG result=attempt method=krb5-as",
        FACT_REQUEST },
    { "AS-REP", as_rep, "login account=jdoe realm=EXAMPLE.ORG result=success method=krb5-as",
        FACT_ANSWER },
    { "pre-authentication is asked for, which is no result", preauth_required, "", 0 },
    { "wrong password", preauth_failed,
        "login account=jdoe realm=EXAMPLE.ORG result=failure method=krb5-as "
        "status=KDC_ERR_PREAUTH_FAILED reason=PREAUTH_FAILED",
        FACT_ANSWER },
    { "unknown account", unknown_principal,
        "login account=nobody realm=EXAMPLE.ORG result=failure method=krb5-as "
        "status=KDC_ERR_C_PRINCIPAL_UNKNOWN reason=CLIENT_NOT_FOUND",
        FACT_ANSWER },
    { "enterprise name and NetBIOS address", enterprise,
        "login account=j@x realm=R result=attempt method=krb5-as device.host-name=PC1; "
        "device address=198.51.100.1 host-name=PC1",
        FACT_ALONE },
    { "anonymous", anonymous, "", 0 },
    { "TGS-REP", tgs_rep,
        "login account=jdoe realm=EXAMPLE.ORG result=success method=krb5-tgs "
        "target=cifs/fs1.example.org",
        FACT_ALONE },
    { "refused service", tgs_refused,
        "login account=jdoe realm=EXAMPLE.ORG result=failure method=krb5-tgs "
        "status=KDC_ERR_POLICY target=cifs/fs1.example.org",
        FACT_ALONE },
    { "unknown service, of nobody in particular", tgs_unknown, "", 0 },
};

static struct parse_input
datagram(void)
{
    return (struct parse_input){ .transport = PARSE_UDP, .destination_port = 88 };
}

static void
test_samples_say_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = datagram();
        struct parse_check c = parse_check_reads(
            &parser_kerberos, &in, samples[i].name, samples[i].hex, samples[i].facts);

        if (c.last.pairing != samples[i].pairing)
            fail_msg("%s: pairing %u", samples[i].name, c.last.pairing);
    }
}

/* Four octets of length before each message, and a second message behind it. */
static void
test_streams_are_read_message_by_message(void **state)
{
    uint8_t bytes[2 * ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = { .transport = PARSE_TCP, .destination_port = 88 };
        struct parse_check c;
        size_t n = parse_check_hex(bytes + 4, ROOM, samples[i].hex);

        bytes[0] = bytes[1] = 0;
        bytes[2] = (uint8_t)(n >> 8);
        bytes[3] = (uint8_t)n;
        memcpy(bytes + 4 + n, bytes, 4 + n);
        assert_int_equal(parse_check_prefixes(&parser_kerberos, in, bytes, 4 + n), 4 + n);
        in.is_cut = false;
        assert_int_equal(parse_check_run(&parser_kerberos, &in, bytes, 8 + 2 * n, &c), PARSE_OK);
        assert_string_equal(c.facts, samples[i].facts);
        assert_int_equal(rd_left(&in.data), 4 + n);
    }
}

static void
test_prefixes_say_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        parse_check_no_prefix_tells(&parser_kerberos, datagram(), samples[i].name, samples[i].hex);
}

static const struct {
    const char *name, *hex;
    enum parse_transport transport;
    enum parse_result result;
} others[] = {
    { "empty", "", PARSE_UDP, PARSE_NOT_MINE },
    { "DNS", "1234 0100 0001 0000 0000 0000", PARSE_UDP, PARSE_NOT_MINE },
    { "HTTP", "474554202f20485454502f312e310d0a", PARSE_TCP, PARSE_NOT_MINE },
    { "high bit of the length", "80000010 6a0e", PARSE_TCP, PARSE_NOT_MINE },
    { "indefinite length", "6a80 3000 0000", PARSE_UDP, PARSE_NOT_MINE },
    { "length beyond the datagram", "6a7f 3000", PARSE_UDP, PARSE_NOT_MINE },
    { "version 4", "6a0c 300a a103020104 a20302010a", PARSE_UDP, PARSE_BAD },
    { "type against tag", "6a0c 300a a103020105 a20302010b", PARSE_UDP, PARSE_BAD },
    { "no body", "6a0c 300a a103020105 a20302010a", PARSE_UDP, PARSE_BAD },
};

static void
test_others_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = { .transport = others[i].transport, .destination_port = 88 };

        parse_check_tells(
            &parser_kerberos, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_say_what_they_say),
        cmocka_unit_test(test_streams_are_read_message_by_message),
        cmocka_unit_test(test_prefixes_say_nothing),
        cmocka_unit_test(test_others_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
