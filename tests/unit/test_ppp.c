/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/ppp.c parsers/ppp_link.c parsers/l2tp.c parsers/pptp.c parsers/eap*.c parsers/login.c parsers/fact.c parsers/text.c */
/* Logins over PPP and what carries it, put together field by field from RFC 1334 (2.2), 1994 (4),
 * 2759 (4), 1332 (3.3), 2661 (3.1, 4.4), 2637 (2.1, 4.1), 3748 (4) and IEEE 802.1X-2010 (11.3). */
#include "parse_check.h"

extern const struct parser parser_ppp, parser_l2tp, parser_pptp, parser_pptp_gre, parser_eapol;

/* user "jdoe" */
#define PAP_REQUEST "c023 01 07 000e 04 6a646f65 04 70617373"
#define PAP_ACK "c023 02 07 0005 00"
#define CHAP_RESPONSE "c223 02 03 001a 10 000102030405060708090a0b0c0d0e0f 6a646f6540"
#define CHAP_VALUE49                                                                               \
    "31 0102030405060708090a0b0c0d0e0f10 0000000000000000"                                         \
    " 0102030405060708090a0b0c0d0e0f101112131415161718 00"
#define MSCHAP_RESPONSE "c223 02 04 0040 " CHAP_VALUE49 " 434f5250 5c6a646f 6533"
#define LCP_MSCHAP1 "c021 01 01 0009 0305c22380"

#define GRE_SEQ "3001 880b 0020 0001 00000001 "

/* A message of either side; the first that has no text ends. */
struct turn {
    bool from_server;
    const char *hex;
    enum parse_result result;
};

#define TURNS 5
#define OUT "outside=198.51.100.1"

static const struct {
    const char *name;
    const struct parser *parser;
    struct turn turns[TURNS];
    const char *facts;
} cases[] = {
    { "PAP", &parser_pptp_gre,
        { { .hex = GRE_SEQ PAP_REQUEST }, { true, GRE_SEQ PAP_ACK, PARSE_OK } },
        "login account=jdoe result=attempt method=pap " OUT "; login result=success" },
    { "PAP with address and control field", &parser_pptp_gre,
        { { .hex = GRE_SEQ "ff03 c023 03 07 0005 00" } }, "login result=failure" },
    { "CHAP, one algorithm unknown: sixteen octets are MD5", &parser_pptp_gre,
        { { .hex = GRE_SEQ CHAP_RESPONSE }, { true, GRE_SEQ "c223 04 03 0004", PARSE_OK } },
        "login account=jdoe@ result=attempt method=chap " OUT "; login result=failure" },
    { "MS-CHAPv2 by its length", &parser_pptp_gre, { { .hex = GRE_SEQ MSCHAP_RESPONSE } },
        "login account=jdoe3 realm=CORP result=attempt method=mschapv2 " OUT },
    { "MS-CHAP by what LCP asked for", &parser_pptp_gre,
        { { true, GRE_SEQ LCP_MSCHAP1, PARSE_OK }, { .hex = GRE_SEQ MSCHAP_RESPONSE } },
        "login account=jdoe3 realm=CORP result=attempt method=mschap " OUT },
    { "the address that the server acknowledges", &parser_pptp_gre,
        { { .hex = GRE_SEQ PAP_REQUEST }, { true, GRE_SEQ PAP_ACK, PARSE_OK },
            { true, GRE_SEQ "8021 02 01 000a 0306 0a080005", PARSE_OK } },
        "login account=jdoe result=attempt method=pap " OUT "; login result=success; login "
        "account=jdoe result=success method=ipcp outside=198.51.100.2 inside=10.8.0.5" },
    { "the end of the session, once", &parser_pptp_gre,
        { { .hex = GRE_SEQ PAP_REQUEST }, { true, GRE_SEQ PAP_ACK, PARSE_OK },
            { true, GRE_SEQ "8021 02 01 000a 0306 0a080005", PARSE_OK },
            { .hex = GRE_SEQ "c021 05 02 0004" }, { true, GRE_SEQ "c021 05 03 0004", PARSE_OK } },
        "login account=jdoe result=attempt method=pap " OUT "; login result=success; login "
        "account=jdoe result=success method=ipcp outside=198.51.100.2 inside=10.8.0.5; logout "
        "account=jdoe method=lcp " OUT " inside=10.8.0.5" },
    { "the end of what nobody was let into", &parser_pptp_gre,
        { { .hex = GRE_SEQ PAP_REQUEST }, { .hex = GRE_SEQ "c021 05 02 0004" } },
        "login account=jdoe result=attempt method=pap " OUT },
    { "not the one that the client does", &parser_pptp_gre,
        { { .hex = GRE_SEQ PAP_REQUEST }, { true, GRE_SEQ PAP_ACK, PARSE_OK },
            { .hex = GRE_SEQ "8021 02 01 000a 0306 0a080005" } },
        "login account=jdoe result=attempt method=pap " OUT "; login result=success" },
    { "nor before it is let in", &parser_pptp_gre,
        { { .hex = GRE_SEQ PAP_REQUEST },
            { true, GRE_SEQ "8021 02 01 000a 0306 0a080005", PARSE_OK } },
        "login account=jdoe result=attempt method=pap " OUT },
    { "EAP in PPP", &parser_pptp_gre,
        { { .hex = GRE_SEQ "c227 02 01 0009 01 6a646f65" },
            { true, GRE_SEQ "c227 03 01 0004", PARSE_OK } },
        "login account=jdoe result=attempt method=eap-identity " OUT "; login result=success "
        "outside=198.51.100.2" },
    { "EAP in PPP, the address and the end", &parser_pptp_gre,
        { { .hex = GRE_SEQ "c227 02 01 000e 01 434f52505c6a646f65" },
            { true, GRE_SEQ "c227 03 01 0004", PARSE_OK },
            { true, GRE_SEQ "8021 02 01 000a 0306 0a080005", PARSE_OK },
            { .hex = GRE_SEQ "c021 05 02 0004" } },
        "login account=jdoe realm=CORP result=attempt method=eap-identity " OUT
        "; login result=success outside=198.51.100.2; login account=jdoe realm=CORP result=success "
        "method=ipcp outside=198.51.100.2 inside=10.8.0.5; logout account=jdoe realm=CORP "
        "method=lcp " OUT " inside=10.8.0.5" },
    { "a length that lies", &parser_pptp_gre, { { false, GRE_SEQ "c023 01 07 0003", PARSE_BAD } },
        "" },
    { "a name longer than its frame", &parser_pptp_gre,
        { { false, GRE_SEQ "c023 01 07 0006 ff 00", PARSE_BAD } }, "" },
    { "traffic", &parser_pptp_gre, { { false, GRE_SEQ "0021 4500", PARSE_NOT_MINE } }, "" },
    { "an acknowledgement alone", &parser_pptp_gre,
        { { false, "2081 880b 0000 0001 00000001", PARSE_NOT_MINE } }, "" },
    { "GRE that carries something else", &parser_pptp_gre,
        { { false, "3001 0800 0000 0001 00000001 4500", PARSE_NOT_MINE } }, "" },

    { "on the link nobody's address is known", &parser_ppp,
        { { .hex = "c223 02 03 0018 10 000102030405060708090a0b0c0d0e0f 523031" },
            { .hex = "c223 03 03 0004" } },
        "login account=R01 result=attempt method=chap; login result=success" },

    { "L2TP: who speaks", &parser_l2tp,
        { { .hex = "c802 0024 0000 0000 0000 0000 8008 0000 0000 0001 8010 0000 0007 "
                   "6c6170746f702d312e61" },
            { true, "c802 001d 0001 0000 0000 0001 8008 0000 0000 0002 8009 0000 0007 6c6e73",
                PARSE_OK } },
        "device address=198.51.100.1 host-name=laptop-1.a; device address=198.51.100.1 "
        "host-name=lns; session-open app=L2TP" },
    { "L2TP: PPP within", &parser_l2tp,
        { { .hex = "4002 0018 0001 0001 " PAP_REQUEST },
            { true, "0002 0001 0001 " PAP_ACK, PARSE_OK } },
        "login account=jdoe result=attempt method=pap " OUT "; session-open app=L2TP; login "
        "result=success" },
    { "L2TP: another version", &parser_l2tp, { { false, "c803 0000 0000", PARSE_NOT_MINE } }, "" },
    { "L2TP: an AVP longer than its message", &parser_l2tp,
        { { false, "c802 0014 0000 0000 0000 0000 80ff 0000 0000 0001", PARSE_BAD } }, "" },
    { "L2TP: a hidden name stays hidden", &parser_l2tp,
        { { .hex = "c802 001d 0000 0000 0000 0000 8008 0000 0000 0001 c009 0000 0007 6c6e73" } },
        "" },

    { "802.1X", &parser_eapol,
        { { .hex = "01 00 0009 02 01 0009 01 6a646f65 0000" },
            { true, "01 00 0004 03 01 0004", PARSE_OK } },
        "login account=jdoe result=attempt method=eap-identity; login result=success" },
    { "802.1X: an outer identity is nobody", &parser_eapol,
        { { .hex = "01 00 0016 02 01 0016 01 616e6f6e796d6f757340636f7270 2e6578" } },
        "login realm=corp.ex result=attempt method=eap-identity" },
    { "802.1X: MS-CHAPv2 within EAP", &parser_eapol,
        { { .hex = "02 00 003f 02 01 003f 1a 02 01 003a " CHAP_VALUE49 " 6a646f65" } },
        "login account=jdoe result=attempt method=eap-mschapv2" },
    { "802.1X: a key frame", &parser_eapol, { { .hex = "02 03 0002 0000" } }, "" },
    { "802.1X: EAP longer than the frame", &parser_eapol,
        { { false, "01 00 0004 02 01 0009", PARSE_BAD } }, "" },
};

static void
test_turns(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        union parse_state kept = { { 0 } };
        struct parse_check all = { 0 }, c;

        for (const struct turn *t = cases[i].turns; t < cases[i].turns + TURNS && t->hex != NULL;
             t++) {
            struct parse_input in = { .from_client = !t->from_server, .state = &kept };
            uint8_t bytes[256];
            size_t n = parse_check_hex(bytes, sizeof bytes, t->hex);

            in.transport = cases[i].parser == &parser_l2tp       ? PARSE_UDP
                           : cases[i].parser == &parser_pptp_gre ? PARSE_GRE
                                                                 : PARSE_LINK;
            if (parse_check_run(cases[i].parser, &in, bytes, n, &c) != t->result)
                fail_msg("%s: %s", cases[i].name, t->hex);
            parse_check_add(&all, "%s%s", all.length > 0 && c.length > 0 ? "; " : "", c.facts);
        }
        if (strcmp(all.facts, cases[i].facts) != 0)
            fail_msg("%s: %s", cases[i].name, all.facts);
    }
}

/* Start-Control-Connection-Request and -Reply: 156 octets, names of 64 each. */
static size_t
start_message(uint8_t bytes[156], uint8_t type, const char *host, const char *vendor)
{
    memset(bytes, 0, 156);
    (void)parse_check_hex(bytes, 12, "009c 0001 1a2b3c4d 0001 0000");
    bytes[9] = type;
    memcpy(bytes + 28, host, strlen(host));
    memcpy(bytes + 92, vendor, strlen(vendor));
    return 156;
}

static void
test_pptp(void **state)
{
    struct parse_input in = { .transport = PARSE_TCP, .from_client = true };
    struct parse_check c;
    uint8_t bytes[156];
    size_t n = start_message(bytes, 1, "pc1", "Microsoft Windows NT");

    (void)state;
    assert_int_equal(parse_check_run(&parser_pptp, &in, bytes, n, &c), PARSE_OK);
    assert_string_equal(
        c.facts, "device address=198.51.100.1 host-name=pc1 model=Microsoft Windows NT");
    assert_int_equal(parse_check_prefixes(&parser_pptp, in, bytes, n), n);
    n = start_message(bytes, 2, "gate", "");
    assert_int_equal(parse_check_run(&parser_pptp, &in, bytes, n, &c), PARSE_OK);
    assert_string_equal(
        c.facts, "device address=198.51.100.1 host-name=gate; session-open app=PPTP");
    bytes[4] = 0; /* the magic cookie */
    assert_int_equal(parse_check_run(&parser_pptp, &in, bytes, n, &c), PARSE_NOT_MINE);
}

static void
test_prefixes(void **state)
{
    static const struct {
        const struct parser *parser;
        enum parse_transport transport;
        const char *hex;
    } samples[] = {
        { &parser_ppp, PARSE_LINK, PAP_REQUEST },
        { &parser_ppp, PARSE_LINK, MSCHAP_RESPONSE },
        { &parser_l2tp, PARSE_UDP, "4002 0018 0001 0001 " PAP_REQUEST },
        { &parser_l2tp, PARSE_UDP,
            "c802 001d 0001 0000 0000 0001 8008 0000 0000 0002 8009 0000 0007 6c6e73" },
        { &parser_pptp_gre, PARSE_GRE, GRE_SEQ PAP_REQUEST },
        { &parser_eapol, PARSE_LINK, "01 00 0009 02 01 0009 01 6a646f65" },
    };

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct parse_input in = { .transport = samples[i].transport };

        parse_check_no_prefix_tells(samples[i].parser, in, samples[i].hex, samples[i].hex);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_turns),
        cmocka_unit_test(test_pptp),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
