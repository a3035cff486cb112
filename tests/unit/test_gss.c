/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/* NTLM and what wraps it: the AUTHENTICATE message of [MS-NLMP] 4.2.2.3, bare and within SPNEGO's
 * NegTokenResp and NegTokenInit (RFC 4178, 4.2); null sessions name nobody; no field is read beyond
 * the message. */
#include "../../parsers/gss.h"
#include "ntlm_samples.h"
#include "parse_check.h"

/* A null session: flag ANONYMOUS, no names. */
#define NULL_SESSION                                                                               \
    "4e544c4d53535000030000000100010048000000000000004900000000000000480000000000000048000000"     \
    "00000000480000000000000049000000058a80e20a0063450000000f00"
#define CHALLENGE                                                                                  \
    "4e544c4d53535000020000000c000c003800000033828ae20123456789abcdef0000000000000000"             \
    "24002400440000000601b11d0000000f530065007200760065007200"                                     \
    "02000c0044006f006d00610069006e0001000c005300650072007600650072000000000000"

/* OEM names, and fields without bytes that stand at offset 0. */
#define OEM                                                                                        \
    "4e544c4d53535000030000000000000000000000000000000000000000000000000000000400040040000000"     \
    "03000300440000000000000000000000068200004a444f45504331"

/* GSS-API with an AP-REQ (RFC 4121, 4.1; RFC 4120, 5.5.1) whose ticket is for cifs. */
#define AP_REQ                                                                                     \
    "60818406092a864886f71201020201006e753073a003020105a10302010ea20703050000000000a3"             \
    "4d614b3049a003020105a10d1b0b4558414d504c452e4f5247a2223020a003020102a11930171b04"             \
    "636966731b0f6673312e6578616d706c652e6f7267a30f300da003020112a2060404deadbeefa40f"             \
    "300da003020112a2060404deadbeef"

static bool
run(const char *hex, struct parse_check *c, size_t cut)
{
    uint8_t bytes[1024], *copy;
    size_t n = parse_check_hex(bytes, sizeof bytes, hex) - cut;
    struct parse_output out = { parse_check_fact, parse_check_nested, parse_check_nested_of, c };
    struct parse_input in = { .transport = PARSE_TCP };
    bool is_proof;

    inet_pton(AF_INET6, "::ffff:198.51.100.1", &in.source);
    memset(c, 0, sizeof *c);
    copy = malloc(n);
    memcpy(copy, bytes, n);
    is_proof = gss_token(rd_of(copy, n), 7, &in, &out);
    free(copy);
    return is_proof;
}

static const struct {
    const char *name, *hex, *facts;
    bool is_proof;
} cases[] = {
    { "bare AUTHENTICATE", NTLM_AUTHENTICATE_SPECIFIED,
        "device address=198.51.100.1 host-name=COMPUTER os=Windows 5.1 build 2600; login "
        "account=User realm=Domain result=attempt method=ntlmssp device.host-name=COMPUTER",
        true },
    { "null session", NULL_SESSION, "device address=198.51.100.1 os=Windows 10.0 build 17763",
        true },
    { "OEM names behind empty fields at no place", OEM,
        "device address=198.51.100.1 host-name=PC1; login account=JDOE result=attempt "
        "method=ntlmssp device.host-name=PC1",
        true },
    { "the server of a CHALLENGE", CHALLENGE,
        "device address=198.51.100.1 host-name=Server domain=Domain os=Windows 6.1 build 7601",
        false },
    { "Kerberos", AP_REQ,
        "login realm=EXAMPLE.ORG result=attempt method=krb5-ap target=cifs/fs1.example.org", true },
    { "another mechanism", "600a06082b06010505070d09", "", false },
    { "nothing", "00", "", false },
};

static void
test_tokens(void **state)
{
    struct parse_check c;

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(run(cases[i].hex, &c, 0), cases[i].is_proof);
        if (strcmp(c.facts, cases[i].facts) != 0)
            fail_msg("%s: %s", cases[i].name, c.facts);
    }
}

/* token bytes within [2] of a NegToken; DER lengths of two octets suffice here. */
static void
wrap(char *hex, size_t room, const char *token, bool is_init)
{
    unsigned n = (unsigned)strlen(token) / 2;

    if (is_init)
        snprintf(hex, room,
            "6082%04x06062b0601050502a082%04x3082%04xa00e300c060a2b06010401823702020aa282%04x"
            "0482%04x%s",
            8 + 4 + 4 + 16 + 4 + 4 + n, 4 + 16 + 4 + 4 + n, 16 + 4 + 4 + n, 4 + n, n, token);
    else
        snprintf(hex, room, "a182%04x3082%04xa0030a0101a282%04x0482%04x%s", 4 + 5 + 4 + 4 + n,
            5 + 4 + 4 + n, 4 + n, n, token);
}

static void
test_wrapped(void **state)
{
    char hex[2048];
    struct parse_check c;

    (void)state;
    for (int is_init = 0; is_init < 2; is_init++) {
        wrap(hex, sizeof hex, NTLM_AUTHENTICATE_SPECIFIED, is_init);
        assert_true(run(hex, &c, 0));
        assert_non_null(strstr(c.facts, "account=User realm=Domain"));
        assert_int_equal(c.last.pairing, FACT_REQUEST);
        assert_int_equal(c.last.transaction, 7);
    }
}

static void
test_prefixes(void **state)
{
    char hex[2048];
    uint8_t bytes[1024];
    struct parse_check c;

    (void)state;
    wrap(hex, sizeof hex, NTLM_AUTHENTICATE_SPECIFIED, true);
    for (size_t cut = 1; cut < parse_check_hex(bytes, sizeof bytes, hex); cut++) {
        (void)run(hex, &c, cut);
        assert_int_equal(c.count, 0); /* a length that lies makes all of it void */
    }
}

static void
test_results(void **state)
{
    struct parse_check c = { 0 };
    struct parse_output out = { parse_check_fact, parse_check_nested, parse_check_nested_of, &c };

    (void)state;
    gss_result(true, 7, &out);
    gss_result(false, 8, &out);
    assert_string_equal(c.facts, "login result=success; login result=failure");
    assert_int_equal(c.last.pairing, FACT_ANSWER);
    assert_int_equal(c.last.transaction, 8);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tokens),
        cmocka_unit_test(test_wrapped),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_results),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
