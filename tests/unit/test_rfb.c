/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/rfb*.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that VNC tells its version, how it asked who calls and what came of it, the desktop's
 * name, and no more than that. Conversations by hand after RFC 6143 and rfbproto.
 */
#include "conversation.h"

extern const struct parser parser_rfb;

#define S FROM_SERVER
#define C FROM_CLIENT
#define SIXTEEN "0123456789abcdef"
#define OK "\0\0\0\0"
#define FAILED "\0\0\0\1"
/* 1024 x 768, 32 bits a pixel, and a name of so many bytes */
#define INIT(length) "\4\0\3\0\x20\x18\0\1\0\xff\0\xff\0\xff\x10\x08\0\0\0\0\0\0\0" length
#define OPEN "session-open app=VNC version=RFB 003.008"
#define SECURITY(name) "; banner what=vnc-security text=" name
#define LOGIN(result, method) "; login result=" result " method=" method
#define V8 S("RFB 003.008\n"), C("RFB 003.008\n")
#define NUL10 "\0\0\0\0\0\0\0\0\0\0"
#define NUL200                                                                                     \
    NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10 NUL10      \
        NUL10 NUL10 NUL10 NUL10 NUL10
#define TUNNEL "\0\0\0\0TGHTNOTUNNEL"
#define TIGHT_NONE "\0\0\0\1STDVNOAUTH__"
#define TIGHT_VNC "\0\0\0\2STDVVNCAUTH_"
#define TIGHT_UNIX "\0\0\0\x81TGHTULGNAUTH"
#define KEY64 SIXTEEN SIXTEEN SIXTEEN SIXTEEN

static const struct {
    const char *name;
    struct turn turns[CONVERSATION_TURNS];
    const char *facts;
    bool is_tls; /* what follows is another protocol's */
} cases[] = {
    { "3.8, password accepted",
        { V8, S("\2\2\1"), C("\2"), S(SIXTEEN), C(SIXTEEN), S(OK), C("\1"), S(INIT("\4") "desk") },
        OPEN SECURITY("VNC Authentication") LOGIN("success", "vnc") "; banner what=vnc text=desk",
        false },
    { "3.8, password refused",
        { V8, S("\1\2"), C("\2"), S(SIXTEEN), C(SIXTEEN), S(FAILED), S("\0\0\0\2no") },
        OPEN SECURITY("VNC Authentication") LOGIN("failure", "vnc"), false },
    { "3.8, nothing asked", { V8, S("\1\1"), C("\1"), S(OK), C("\1"), S(INIT("\1") "d") },
        OPEN SECURITY("None") "; banner what=vnc text=d", false },
    { "3.8, refused before that", { V8, S("\0"), S("\0\0\0\4full") }, OPEN, false },
    { "3.7 has no result when nothing is asked",
        { S("RFB 003.008\n"), C("RFB 003.007\n"), S("\1\1"), C("\1"), C("\1"), S(INIT("\1") "d") },
        "session-open app=VNC version=RFB 003.007" SECURITY("None") "; banner what=vnc text=d",
        false },
    { "3.3, the server decides",
        { S("RFB 003.003\n"), C("RFB 003.003\n"), S("\0\0\0\2"), S(SIXTEEN), C(SIXTEEN), S(OK),
            C("\0"), S(INIT("\0")) },
        "session-open app=VNC version=RFB 003.003" SECURITY("VNC Authentication")
            LOGIN("success", "vnc"),
        false },
    { "3.5 means 3.3", { S("RFB 003.005\n"), C("RFB 003.005\n"), S("\0\0\0\1"), C("\1") },
        "session-open app=VNC version=RFB 003.005" SECURITY("None"), false },
    { "Apple's version, its Diffie-Hellman, and its block before the name",
        { S("RFB 003.889\n"), C("RFB 003.889\n"), S("\2\x1e\x21"), C("\x1e"),
            S("\0\2\0\x10" SIXTEEN SIXTEEN), C(KEY64 KEY64 SIXTEEN), S(OK), C("\1"),
            S(INIT("\x0b") "\0\2\xbf\xfe\0\0mini1") },
        "session-open app=VNC version=RFB 003.889" SECURITY("Apple Diffie-Hellman")
            LOGIN("success", "vnc-apple") "; banner what=vnc text=mini1",
        false },
    { "MS-Logon II",
        { V8, S("\1\x71"), C("\x71"), S("01234567" SIXTEEN),
            C(KEY64 KEY64 KEY64 KEY64 KEY64 "01234567"), S(FAILED) },
        OPEN SECURITY("MS-Logon II") LOGIN("failure", "vnc-mslogon"), false },
    { "VeNCrypt Plain shows a name",
        { V8, S("\1\x13"), C("\x13"), S("\0\2"), C("\0\2"), S("\0\1\0\0\1\0"), C("\0\0\1\0"),
            C("\0\0\0\4\0\0\0\6jdoesecret"), S(OK) },
        OPEN SECURITY("Plain") "; login account=jdoe result=attempt method=vnc-plain" LOGIN(
            "success", "vnc-plain"),
        false },
    { "VeNCrypt with TLS is handed on",
        { V8, S("\1\x13"), C("\x13"), S("\0\2"), C("\0\2"), S("\0\1\0\0\1\2"), C("\0\0\1\2"),
            S("\1") },
        OPEN SECURITY("TLSVnc"), true },
    { "VeNCrypt, version refused", { V8, S("\1\x13"), C("\x13"), S("\0\2"), C("\0\2"), S("\1") },
        OPEN, false },
    { "TLS", { V8, S("\1\x12"), C("\x12") }, OPEN SECURITY("TLS"), true },
    { "RealVNC seals", { V8, S("\1\5"), C("\5"), S(SIXTEEN), C("x") }, OPEN SECURITY("RA2"),
        false },
    { "Tight without tunnels, with a password",
        { V8, S("\1\x10"), C("\x10"), S("\0\0\0\0"), S("\0\0\0\2" TIGHT_NONE TIGHT_VNC),
            C("\0\0\0\2"), S(SIXTEEN), C(SIXTEEN), S(OK), C("\1"), S(INIT("\1") "d") },
        OPEN SECURITY("VNC Authentication") LOGIN("success", "vnc") "; banner what=vnc text=d",
        false },
    { "Tight with the one tunnel that is none, nothing asked",
        { V8, S("\1\x10"), C("\x10"), S("\0\0\0\1" TUNNEL), C("\0\0\0\0"), S("\0\0\0\0"), S(OK) },
        OPEN SECURITY("None"), false },
    { "Tight's Unix login shows a name",
        { V8, S("\1\x10"), C("\x10"), S("\0\0\0\0"), S("\0\0\0\1" TIGHT_UNIX), C("\0\0\0\x81"),
            C("\0\0\0\4\0\0\0\1jdoex"), S(FAILED) },
        OPEN SECURITY("Unix Login") "; login account=jdoe result=attempt "
                                    "method=vnc-unix" LOGIN("failure", "vnc-unix"),
        false },
    { "XVP shows a name and a machine",
        { V8, S("\1\x16"), C("\x16"), C("\4\3jdoevm1"), S(SIXTEEN), C(SIXTEEN), S(OK) },
        OPEN SECURITY("XVP") "; login account=jdoe result=attempt method=vnc-xvp target=vm1" LOGIN(
            "success", "vnc-xvp"),
        false },
    { "an empty name is nobody",
        { V8, S("\1\x16"), C("\x16"), C("\0\0"), S(SIXTEEN), C(SIXTEEN), S(OK) },
        OPEN SECURITY("XVP") LOGIN("success", "vnc-xvp"), false },
    { "the server calls: a listening viewer",
        { C("RFB 003.008\n"), S("RFB 003.008\n"), C("\1\1"), S("\1"), C(OK) },
        OPEN SECURITY("None"), false },
    { "a viewer at a repeater",
        { S("RFB 000.000\n"), C("ID:1234" NUL200 NUL10 NUL10 NUL10 NUL10 "\0\0\0"), V8, S("\1\1") },
        "session-open app=UltraVNC peer-id=1234", false },
    { "a viewer at a repeater, by address",
        { S("RFB 000.000\n"), C("10.1.2.3:0" NUL200 NUL10 NUL10 NUL10 NUL10), V8 },
        "session-open target=10.1.2.3:0 app=UltraVNC", false },
    { "a machine at a repeater",
        { C("ID:1234" NUL200 NUL10 NUL10 NUL10 NUL10 "\0\0\0"), C("RFB 003.008\n"),
            S("RFB 003.008\n"), C("\1\1"), S("\1") },
        "session-open app=UltraVNC peer-id=1234" SECURITY("None"), false },
};

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .destination_port = 5900 };
}

static void
test_conversations(void **state)
{
    static const struct turn hello = C("\x16\3\1");

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parse_input in = segment();
        union parse_state kept;
        struct parse_check c = { 0 };

        conversation_tells(&parser_rfb, in, cases[i].name, cases[i].turns, cases[i].facts, &kept);
        if (cases[i].is_tls)
            assert_int_equal(
                conversation_turn(&parser_rfb, &in, &hello, &kept, &c), PARSE_NOT_MINE);
    }
}

/* What is sealed or of no interest is taken in any piece. */
static bool
is_loose_from(const char *facts, unsigned turn, unsigned count)
{
    return turn + 2 >= count && (strstr(facts, "RA2") != NULL || strstr(facts, "failure") != NULL ||
                                    strcmp(facts, OPEN) == 0);
}

static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct turn turns[CONVERSATION_TURNS];
        unsigned count = conversation_length(cases[i].turns);

        memcpy(turns, cases[i].turns, sizeof turns);
        for (unsigned t = 0; t < count; t++)
            turns[t].is_loose = is_loose_from(cases[i].facts, t, count);
        conversation_no_prefix_tells(&parser_rfb, segment(), cases[i].name, turns);
    }
}

static const struct {
    const char *name;
    struct turn turns[CONVERSATION_TURNS];
    enum parse_result result; /* of the last one */
} others[] = {
    { "HTTP", { C("GET / HTTP/1.1\r\n") }, PARSE_NOT_MINE },
    { "half a word", { S("RFB") }, PARSE_MORE },
    { "no version", { S("RFB 3.8\n     ") }, PARSE_NOT_MINE },
    { "no numbers", { S("RFB 0x3.008\n") }, PARSE_NOT_MINE },
    { "identity without a number", { C("ID:12a4" NUL200 NUL10 NUL10 NUL10 NUL10 "\0\0\0") },
        PARSE_NOT_MINE },
    { "an identity that a server says", { S("ID:1234") }, PARSE_NOT_MINE },
    { "the client's version is none", { S("RFB 003.008\n"), C("hello, world") }, PARSE_BAD },
    { "the server speaks out of turn", { S("RFB 003.008\n"), S("RFB 003.008\n") }, PARSE_BAD },
    { "a result that is none", { V8, S("\1\2"), C("\2"), S(SIXTEEN), C(SIXTEEN), S("\0\0\1\0") },
        PARSE_BAD },
    { "too many capabilities", { V8, S("\1\x10"), C("\x10"), S("\0\0\1\0") }, PARSE_BAD },
    { "too many subtypes",
        { V8, S("\1\x13"), C("\x13"), S("\0\2"), C("\0\2"), S("\0\xff\0\0\0\0") }, PARSE_BAD },
    { "a name of 16 MB",
        { V8, S("\1\1"), C("\1"), S(OK), C("\1"),
            S("\4\0\3\0\x20\x18\0\1\0\xff\0\xff\0\xff\x10\x08\0\0\0\0\1\0\0\0") },
        PARSE_BAD },
    { "a user's name of 16 MB",
        { V8, S("\1\x13"), C("\x13"), S("\0\2"), C("\0\2"), S("\0\1\0\0\1\0"), C("\0\0\1\0"),
            C("\1\0\0\0\0\0\0\6jdoe") },
        PARSE_BAD },
    { "a key of 64 KB", { V8, S("\1\x1e"), C("\x1e"), S("\0\2\xff\xff" SIXTEEN) }, PARSE_BAD },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_check c = conversation_ends(
            &parser_rfb, segment(), others[i].name, others[i].turns, others[i].result);

        if (strstr(c.facts, "login") != NULL)
            fail_msg("%s: %s", others[i].name, c.facts);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversations),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_hostile_and_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
