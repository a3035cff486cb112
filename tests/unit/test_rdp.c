/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/rdp*.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/answer.c parsers/fact.c parsers/text.c */
/*
 * Proves that RDP tells who calls, from what computer with what keyboard, and who was let in, as
 * far as it is in clear. Messages by hand after [MS-RDPBCGR] 2.2 with values of its examples (4.1);
 * TShark 4.0 dissects them so. The NTLM message is that of [MS-NLMP] 4.2.2.3.
 */
#include "conversation.h"
#include "moments.h"
#include "ntlm_samples.h"

#define ROOM 1024

extern const struct parser parser_rdp, parser_rdp_udp;

static const char request[] =
    "0300002c27e00000000000436f6f6b69653a206d737473686173683d656c746f6e730d0a0100080000000000";

static const char request_domain[] =
    "0300002c27e00000000000436f6f6b69653a206d737473686173683d415c6a646f650d0a010008000b000000";

static const char request_route[] =
    "0300003732e00000000000436f6f6b69653a206d7374733d333634303230353232382e31353632392e303030"
    "300d0a0100080001000000";

static const char request_cut[] =
    "0300002f2ae00000000000436f6f6b69653a206d737473686173683d41646d696e697374720d0a0100080000"
    "000000";

static const char request_bare[] = "0300000b06e00000000000";

static const char confirm[] = "030000130ed000001234000200080000000000";

static const char confirm_tls[] = "030000130ed00000123400021f080001000000";

static const char confirm_nla[] = "030000130ed00000123400021f080002000000";

static const char confirm_failure[] = "030000130ed000001234000300080005000000";

static const char confirm_bare[] = "0300000b06d00000123400";

static const char initial[] =
    "0300016002f0807f658201540401010401010101ff301a020122020102020100020101020100020101020300"
    "ffff0201023019020101020101020101020101020100020101020204200201023020020300ffff020300fc17"
    "020300ffff020101020100020101020300ffff0201020481ef000500147c000180e6000800100001c0004475"
    "636180d801c0d800040008000005000401ca03aa09040000ce0e000045004c0054004f004e0053002d004400"
    "4500560032000000000000000000000004000000000000000c00000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000001ca010000000000180007000100360039003700310032002d003700380033002d00300033003500"
    "37003900370034002d0034003200370031003400000000000000000000000000000000000000000000000000";

static const char connect_korean[] =
    "0300016002f0807f658201540401010401010101ff301a020122020102020100020101020100020101020300"
    "ffff0201023019020101020101020101020101020100020101020204200201023020020300ffff020300fc17"
    "020300ffff020101020100020101020300ffff0201020481ef000500147c000180e6000800100001c0004475"
    "636180d801c0d8000c0008000005000401ca03aa120401e0614a0000500043002d0031000000000000000000"
    "0000000000000000000000000000000004000000000000000c00000069006d0065006b00720038002e006900"
    "6d00650000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000001ca0100000000001800070001000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000";

static const char connect_response[] =
    "0300002b02f0807f66210a0100020100300302012204140000000000000000000000000000000000000000";

static const char info[] =
    "0300011702f08064000603eb7081084000000000000000f37304000800080000000000000043004f00520050"
    "0000006a0064006f006500000000000000000002001200310030002e0031002e0032002e00330000000a0043"
    "003a005c007800000020feffff4300680069006e00610020005300740061006e006400610072006400200054"
    "0069006d00650000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000004300680069006e00610020005300740061006e0064006100720064002000540069006d"
    "0065000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000";

static const char info_ansi[] =
    "0300003202f08064000603eb70244000000000000000e30300000000090000000000000000434f52505c6a64"
    "6f6500000000";

static const char info_sealed[] =
    "0300011702f08064000603eb7081084800000000000000f37304000800080000000000000043004f00520050"
    "0000006a0064006f006500000000000000000002001200310030002e0031002e0032002e00330000000a0043"
    "003a005c007800000020feffff78000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000007800000000000000000000000000000000000000000000000000000000000000000000"
    "0000000000000000000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000000000";

static const char fast_path[] = "0080080000000000";

static const char credssp[] =
    "3081c0a003020106a181b83081b53081b2a081af0481ac" NTLM_AUTHENTICATE_SPECIFIED;

/* Save Session Info: MCS, [security header,] share control and data headers, one of three forms. */
#define Z16 "00000000000000000000000000000000"
#define Z64 Z16 Z16 Z16 Z16
#define Z512 Z64 Z64 Z64 Z64 Z64 Z64 Z64 Z64
static const char saved_short[] =
    "0300026502f08068000203eb70825656021700ea03ea0301000001480226000000000000000a0000"
    "0043004f00520050" Z16 Z16
    "000000000000000000000000000a0000006a0064006f0065" Z64 Z64 Z64 Z64 Z64 Z64 Z64 Z16 Z16 Z16
    "00000000000000000001000000";

static const char saved_long[] =
    "0300027d02f08068000203eb70826e000000006a021700ea03ea03010000015c0226000000010000"
    "00010012000000010000000a0000000a" Z512 Z16 Z16 Z16
    "0043004f005200500000006a0064006f0065000000";

static const char saved_notify[] =
    "0300026502f08068000203eb70825656021700ea03ea030100000148022600000002" Z512 Z64 "000000";

static const char saved_lies[] =
    "0300026502f08068000203eb70825656021700ea03ea030100000148022600000000000000ff0000"
    "0043004f00520050" Z16 Z16
    "000000000000000000000000000a0000006a0064006f0065" Z64 Z64 Z64 Z64 Z64 Z64 Z64 Z16 Z16 Z16
    "00000000000000000001000000";

/* Refusals: a licensing error, Set Error Info, extended logon information with a cookie and a logon
 * error. */
static const char license_refused[] =
    "0300002202f08068000203eb7014 80000000 ff031000 02000000 01000000 04000000";
static const char license_fine[] =
    "0300002202f08068000203eb7014 80000000 ff031000 07000000 02000000 04000000";
static const char error_denied[] =
    "0300002402f08068000203eb7016 16001700ea03 ea030100 00010400 2f000000 07000000";
static const char error_idle[] =
    "0300002402f08068000203eb7016 16001700ea03 ea030100 00010400 2f000000 03000000";
static const char logon_error[] =
    "0300005602f08068000203eb7048 48001700ea03 ea030100 00013600 26000000 03000000"
    "3200 03000000 1c000000" Z16 "000000000000000000000000"
    "08000000 feffffff 00000000";
static const char logon_error_lies[] =
    "0300003202f08068000203eb7024 24001700ea03 ea030100 00011200 26000000 03000000"
    "2a00 02000000 08000000 feffffff";

struct message {
    bool from_server;
    const char *hex;
};

#define MESSAGES 8
#define S(hex)                                                                                     \
    {                                                                                              \
        true, hex                                                                                  \
    }
#define C(hex)                                                                                     \
    {                                                                                              \
        false, hex                                                                                 \
    }
#define COOKIE "login account=eltons result=attempt method=rdp-cookie"
#define CLIENT                                                                                     \
    "session-open app=RDP version=RDP 5.0; device address=198.51.100.1 host-name=ELTONS-DEV2 "     \
    "os=Windows Server 2003 build 3790 client-id=69712-783-0357974-42714; "                        \
    "locale keyboard-layout=0x0409"
#define ASKED                                                                                      \
    "login account=jdoe realm=CORP result=attempt method=rdp-info device.host-name=ELTONS-DEV2"
#define LOGGED_ON "login account=jdoe realm=CORP result=success method=rdp-info"

static const struct {
    const char *name;
    struct message messages[MESSAGES];
    const char *facts;
} cases[] = {
    { "no encryption at all",
        { C(request), S(confirm), C(initial), S(connect_response), C(info), S(fast_path),
            S(saved_short) },
        COOKIE "; " CLIENT "; " ASKED "; device address=10.1.2.3 host-name=ELTONS-DEV2; "
               "locale time-zone=China Standard Time; " LOGGED_ON },
    { "low encryption: the server's side is in clear",
        { C(request), S(confirm), C(initial), S(connect_response), C(info_sealed), S(fast_path),
            S(saved_long) },
        COOKIE "; " CLIENT "; " LOGGED_ON },
    { "the server says that somebody is in, not who",
        { C(request), S(confirm), C(initial), C(info_sealed), S(saved_notify) },
        COOKIE "; " CLIENT "; login result=success method=rdp-info" },
    { "a client of code pages, with the domain before the name",
        { C(request), S(confirm), C(initial), C(info_ansi) }, COOKIE "; " CLIENT "; " ASKED },
    { "Korean keyboard and input method", { C(request), S(confirm), C(connect_korean) },
        COOKIE "; session-open app=RDP version=RDP 10.7; device address=198.51.100.1 "
               "host-name=PC-1 os=Windows 10 build 19041; locale keyboard-layout=0xe0010412 "
               "ime=imekr8.ime" },
    { "picked up behind the negotiation", { C(initial) }, CLIENT },
    { "an old client asks for nothing, an old server answers so",
        { C(request_bare), S(confirm_bare), C(initial) }, CLIENT },
    { "domain in the cookie, TLS with CredSSP agreed on", { C(request_domain), S(confirm_nla) },
        "login account=jdoe realm=A result=attempt method=rdp-cookie; session-open app=RDP" },
    { "a name of nine characters may be the beginning of one", { C(request_cut) },
        "login account=Administr result=attempt method=rdp-cookie status=prefix" },
    { "a token of a broker", { C(request_route), S(confirm_tls) },
        "session-open target=172.31.249.216:3389 app=RDP" },
    { "refused", { C(request), S(confirm_failure) },
        COOKIE "; login result=failure reason=HYBRID_REQUIRED_BY_SERVER" },
    { "no license", { C(request), S(confirm), C(initial), C(info_sealed), S(license_refused) },
        COOKIE "; " CLIENT "; login result=failure reason=ERR_NO_LICENSE" },
    { "no license is needed",
        { C(request), S(confirm), C(initial), C(info_sealed), S(license_fine) },
        COOKIE "; " CLIENT },
    { "denied", { C(request), S(confirm), C(initial), C(info_sealed), S(error_denied) },
        COOKIE "; " CLIENT "; login result=failure reason=SERVER_DENIED_CONNECTION" },
    { "an end that is no refusal",
        { C(request), S(confirm), C(initial), C(info_sealed), S(error_idle) }, COOKIE "; " CLIENT },
    { "a wrong password, then the right one",
        { C(request), S(confirm), C(initial), C(info_sealed), S(logon_error), S(saved_short) },
        COOKIE "; " CLIENT "; login result=failure reason=LOGON_FAILED_BAD_PASSWORD; " LOGGED_ON },
    { "and nobody says whose",
        { C(request), S(confirm), C(initial), C(info_sealed), S(logon_error), S(saved_notify) },
        COOKIE "; " CLIENT "; login result=failure reason=LOGON_FAILED_BAD_PASSWORD" },
    { "CredSSP without TLS", { C(request), S(confirm_nla), C(credssp) },
        COOKIE "; session-open app=RDP; device address=198.51.100.1 host-name=COMPUTER os=Windows "
               "5.1 build 2600; login account=User realm=Domain result=attempt method=ntlmssp "
               "device.host-name=COMPUTER" },
};

static const struct moments answers[] = {
    { "its own security", "rtt how=connection-confirm layer=rdp end=client value-us=50000",
        { { false, 1000, 0, request }, { true, 2000, 0, confirm }, { false, 52000, 0, initial },
            { true, 53000, 0, connect_response }, { false, 90000, 0, info } } },
    { "TLS, whose parser comes next", "rtt how=connection-confirm layer=rdp end=client value-us=1",
        { { false, 1000, 0, request }, { true, 2000, 0, confirm_tls }, { false, 2001, 0, "160301" },
            { false, 2001, 0, "160301" } } },
    { "at the same time", "",
        { { false, 1000, 0, request }, { true, 2000, 0, confirm_tls },
            { false, 2000, 0, "160301" } } },
    { "a segment that came twice in between", "",
        { { false, 1000, 0, request }, { true, 2000, 0, confirm }, { false, 52000, 1, initial } } },
    { "one way alone", "", { { false, 1000, 0, request }, { false, 52000, 0, initial } } },
    { "refused: it may ask again, or a person does", "",
        { { false, 1000, 0, request }, { true, 2000, 0, confirm_failure },
            { false, 52000, 0, request } } },
};

static void
test_time_of_the_answer(void **state)
{
    (void)state;
    moments_check(
        &parser_rdp, (struct parse_input){ .transport = PARSE_TCP }, answers, COUNT(answers));
}

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .destination_port = 3389 };
}

/* The number of messages; their bytes lie in `room`. */
static unsigned
turns_of(const struct message *messages, struct turn turns[CONVERSATION_TURNS],
    uint8_t room[MESSAGES][ROOM])
{
    unsigned i = 0;

    memset(turns, 0, CONVERSATION_TURNS * sizeof *turns);
    for (; i < MESSAGES && messages[i].hex != NULL; i++)
        turns[i] = (struct turn){ .from_server = messages[i].from_server,
            .bytes = (const char *)room[i],
            .n = parse_check_hex(room[i], ROOM, messages[i].hex) };
    return i;
}

static void
test_conversations(void **state)
{
    static uint8_t room[MESSAGES][ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct turn turns[CONVERSATION_TURNS];
        unsigned count = turns_of(cases[i].messages, turns, room);
        union parse_state kept;

        conversation_tells(&parser_rdp, segment(), cases[i].name, turns, cases[i].facts, &kept);
        for (unsigned t = 0; t < count; t++) /* passed over as it comes */
            turns[t].is_loose = cases[i].messages[t].hex == fast_path;
        conversation_no_prefix_tells(&parser_rdp, segment(), cases[i].name, turns);
    }
}

/* A logon is the answer to what the client's information asked. */
static void
test_a_logon_is_an_answer(void **state)
{
    static uint8_t room[MESSAGES][ROOM];
    static const struct message asked[MESSAGES] = { C(request), S(confirm), C(initial),
        C(info_ansi) };
    struct turn turns[CONVERSATION_TURNS], answer;
    struct parse_input in = segment();
    union parse_state kept;
    struct parse_check c;
    uint32_t transaction;
    uint8_t bytes[ROOM];

    (void)state;
    (void)turns_of(asked, turns, room);
    assert_int_equal(conversation_run(&parser_rdp, in, turns, &kept, &c), 4);
    assert_int_equal(c.last.pairing, FACT_REQUEST);
    transaction = c.last.transaction;
    answer = (struct turn){ true, (const char *)bytes, parse_check_hex(bytes, ROOM, saved_short),
        false };
    assert_int_equal(conversation_turn(&parser_rdp, &in, &answer, &kept, &c), PARSE_OK);
    assert_int_equal(c.last.pairing, FACT_ANSWER);
    assert_int_equal(c.last.transaction, transaction);
}

static const struct {
    const char *name;
    struct message messages[MESSAGES];
    enum parse_result result; /* of the last one */
} others[] = {
    { "TLS", { C("160301020001") }, PARSE_NOT_MINE },
    { "shorter than its head", { C("03000006 01e0") }, PARSE_NOT_MINE },
    { "X.224 of others: class 2", { C("0300000b 06e00000000020") }, PARSE_NOT_MINE },
    { "X.224 of others: parameters of ISO 8073", { C("0300000e 09e00000000000 c00109") },
        PARSE_NOT_MINE },
    { "a cookie with something else behind it",
        { C("0300002a 25e00000000000 436f6f6b69653a206d737473686173683d6a646f650d0a020008000b"
            "000000") },
        PARSE_NOT_MINE },
    { "a length of X.224 that lies", { C("0300000b 07e00000000000") }, PARSE_NOT_MINE },
    { "something else behind the cookie",
        { C("03000027 22e00000000000 436f6f6b69653a206d737473686173683d6a646f650d0a 0100080001") },
        PARSE_NOT_MINE },
    { "data before anything", { C("0300000c 02f080 64000603eb") }, PARSE_NOT_MINE },
    { "TLS where it was agreed on", { C(request), S(confirm_tls), C("1603010200") },
        PARSE_NOT_MINE },
    { "a connect that lies of its length",
        { C(request), S(confirm), C("0300000d 02f080 7f65 82ffff04") }, PARSE_BAD },
    { "a block shorter than its head",
        { C(request), S(confirm),
            C("0300008c02f0807f6581810401010401010101ff301a020122020102020100020101020100020101"
              "020300ffff0201023019020101020101020101020101020100020101020204200201023020020300"
              "ffff020300fc17020300ffff020101020100020101020300ffff020102041d000500147c00011500"
              "0800100001c000447563610801c0030000000000") },
        PARSE_BAD },
    { "a user's name of 64 KB",
        { C(request), S(confirm), C(initial),
            C("03000028 02f080 64000603eb70 1a 40000000 00000000 10000000 0000 ffff 0000 0000 0000 "
              "0000 0000") },
        PARSE_BAD },
    { "a domain longer than its field",
        { C(request), S(confirm), C(initial), C(info_sealed), S(saved_lies) }, PARSE_BAD },
    { "a logon error that is not all there",
        { C(request), S(confirm), C(initial), C(info_sealed), S(logon_error_lies) }, PARSE_BAD },
    { "neither TPKT nor fast-path", { C(request), S(confirm), C(initial), S("ff0303") },
        PARSE_BAD },
};

static void
test_hostile_and_other_bytes(void **state)
{
    static uint8_t room[MESSAGES][ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment();
        struct turn turns[CONVERSATION_TURNS];
        unsigned last = turns_of(others[i].messages, turns, room) - 1;
        union parse_state kept;
        struct parse_check c;
        enum parse_result result;

        if (conversation_run(&parser_rdp, in, turns, &kept, &c) != last)
            fail_msg("%s: not the last message is refused", others[i].name);
        in.from_client = !turns[last].from_server;
        in.state = &kept;
        result = parse_check_run(&parser_rdp, &in, turns[last].bytes, turns[last].n, &c);
        if (result != others[i].result || c.count > 0)
            fail_msg("%s: %d %s", others[i].name, (int)result, c.facts);
    }
}

/* ---- over UDP ---- */

#define UDP_MTU 1232

static struct turn
datagram(uint8_t room[UDP_MTU], const char *hex, bool from_server)
{
    memset(room, 0, UDP_MTU);
    (void)parse_check_hex(room, UDP_MTU, hex);
    return (struct turn){ from_server, (const char *)room, UDP_MTU, false };
}

/* snSourceAck, receive window, flags, then the initial sequence number and both MTUs:
 * [MS-RDPEUDP] 2.2.2.1, 2.2.2.5 */
#define SYN "ffffffff 0040 0001 00000064 04d0 04d0"
#define SYN_ACK "00000064 0040 0005 000003e8 04d0 04d0"

static const struct {
    const char *name, *request, *answer, *facts;
    enum parse_result result; /* of the last one there is */
} handshakes[] = {
    { "both", SYN, SYN_ACK, "session-open app=RDP version=RDP-UDP", PARSE_OK },
    { "lossy, version 2", "ffffffff 0040 1201 00000064 04d0 04d0",
        "00000064 0040 1005 000003e8 04d0 04d0", "session-open app=RDP version=RDP-UDP", PARSE_OK },
    { "nobody answers", SYN, NULL, "", PARSE_OK },
    { "an answer to something else", SYN, "00000065 0040 0005 000003e8 04d0 04d0", "",
        PARSE_NOT_MINE },
    { "flags that a SYN has not", "ffffffff 0040 0041 00000064 04d0 04d0", NULL, "",
        PARSE_NOT_MINE },
    { "an MTU that is none", "ffffffff 0040 0001 00000064 0200 04d0", NULL, "", PARSE_NOT_MINE },
    { "a first one that acknowledges", "00000000 0040 0001 00000064 04d0 04d0", NULL, "",
        PARSE_NOT_MINE },
};

static void
test_over_udp(void **state)
{
    uint8_t room[2][UDP_MTU];

    (void)state;
    for (size_t i = 0; i < COUNT(handshakes); i++) {
        struct parse_input in = { .transport = PARSE_UDP, .destination_port = 3389 };
        union parse_state kept = { { 0 } };
        struct parse_check c = { 0 };
        struct turn first = datagram(room[0], handshakes[i].request, false);
        enum parse_result result = conversation_turn(&parser_rdp_udp, &in, &first, &kept, &c);

        if (handshakes[i].answer != NULL) {
            struct turn answer = datagram(room[1], handshakes[i].answer, true);

            result = conversation_turn(&parser_rdp_udp, &in, &answer, &kept, &c);
        }
        if (result != handshakes[i].result || strcmp(c.facts, handshakes[i].facts) != 0)
            fail_msg("%s: %s", handshakes[i].name, c.facts);
    }
}

static void
test_udp_beginnings(void **state)
{
    struct parse_input in = { .transport = PARSE_UDP, .destination_port = 3389 };
    uint8_t room[UDP_MTU];
    struct turn whole = datagram(room, SYN, false);

    (void)state;
    /* a datagram shorter than the least MTU is no SYN */
    assert_int_equal(parse_check_prefixes(&parser_rdp_udp, in, whole.bytes, 1131), 1131);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversations),
        cmocka_unit_test(test_time_of_the_answer),
        cmocka_unit_test(test_a_logon_is_an_answer),
        cmocka_unit_test(test_hostile_and_other_bytes),
        cmocka_unit_test(test_over_udp),
        cmocka_unit_test(test_udp_beginnings),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
