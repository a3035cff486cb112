/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/dns.c parsers/mdns.c parsers/dns_message.c parsers/fact.c parsers/text.c */
/*
 * Proves which names a message asks for and which addresses it answers with, and that names which
 * point in circles, lengths that lie and other protocols on port 53 say nothing. Messages are built
 * by the layout of RFC 1035, 4.1.
 */
#include "parse_check.h"

#define ROOM 1024
#define WWW "03777777076578616d706c6503636f6d00" /* www.example.com */

#define ASKED "name what=dns-question name=www.example.com"
#define ARPA "07696e2d61646472 046172706100" /* in-addr.arpa */
#define ZEROS8 "0130013001300130 0130013001300130"
#define NIBBLES                                                                                    \
    "0131013001300130 0130013001300130" ZEROS8 ZEROS8 "0138016201640130 0131013001300132"

extern const struct parser parser_dns, parser_mdns;

static const struct parser *
parser_of(uint16_t port)
{
    return port == 5353 ? &parser_mdns : &parser_dns;
}

static const struct {
    const char *name, *hex, *facts;
    uint16_t port;
    enum parse_transport transport;
    enum parse_result result;
} samples[] = {
    { "a question", "123401000001000000000000" WWW "00010001",
        "name what=dns-question name=www.example.com", 53, PARSE_UDP, PARSE_OK },
    { "its answer says what was asked, and the address",
        "123481800001000100000000" WWW "00010001c00c000100010000012c0004cb007150",
        ASKED "; name address=203.0.113.80 what=dns-answer name=www.example.com", 53, PARSE_UDP,
        PARSE_OK },
    { "an address has the name first asked for, behind two aliases",
        "123481800001000400000000" WWW "00010001 c00c 0005 0001 00000000 0006 03636463 c010"
        "c02d 0005 0001 00000000 0004 0165 c010 c03f 001c 0001 00000000 0010"
        "20010db8000000000000000000000001 c03f 0001 0001 00000000 0004 cb007151",
        ASKED "; name address=2001:db8::1 what=dns-answer name=www.example.com"
              "; name address=203.0.113.81 what=dns-answer name=www.example.com",
        53, PARSE_UDP, PARSE_OK },
    { "an address of what was not asked for",
        "123481800001000100000001" WWW "00010001 c010 0001 0001 00000000 0004 cb007150"
        "c00c 0001 0001 00000000 0004 cb007150",
        ASKED, 53, PARSE_UDP, PARSE_OK },
    { "an answer that is an error",
        "123481830001000100000000" WWW "00010001c00c000100010000012c0004cb007150", ASKED, 53,
        PARSE_UDP, PARSE_OK },
    { "an answer of 0.0.0.0 blocks, and of 3 octets is none",
        "123481800001000200000000" WWW "00010001c00c00010001000000000004 00000000"
        "c00c00010001000000000003cb0071",
        ASKED, 53, PARSE_UDP, PARSE_OK },
    { "the name of an address",
        "123481800001000100000000 0238300131013003323033" ARPA "000c0001"
        "c00c000c000100000000 0006 02717101 6500",
        "name what=dns-question name=80.1.0.203.in-addr.arpa"
        "; name address=203.0.1.80 what=dns-pointer name=qq.e",
        53, PARSE_UDP, PARSE_OK },
    { "a pointer of 3 numbers",
        "123481800001000100000000 0131013003323033" ARPA "000c0001"
        "c00c000c000100000000 0006 02717101 6500",
        "name what=dns-question name=1.0.203.in-addr.arpa", 53, PARSE_UDP, PARSE_OK },
    { "the name of an IPv6 address",
        "123481800001000100000000" NIBBLES "03697036046172706100 000c0001"
        "c00c000c000100000000 0006 02717101 6500",
        "name what=dns-question name=1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0"
        ".2.ip6.arpa; name address=2001:db8::1 what=dns-pointer name=qq.e",
        53, PARSE_UDP, PARSE_OK },
    { "EDNS (RFC 6891)", "123401000001000000000001" WWW "0001000100002904d0000000000000",
        "name what=dns-question name=www.example.com", 53, PARSE_UDP, PARSE_OK },
    { "case is no difference",
        "123401000001000000000000035757570165000001"
        "0001",
        "name what=dns-question name=www.e", 53, PARSE_UDP, PARSE_OK },
    { "the root",
        "12340100000100000000000000"
        "00020001",
        "name what=dns-question name=<root>", 53, PARSE_UDP, PARSE_OK },
    { "a dot within a label",
        "123401000001000000000000"
        "05612e625c63"
        "03636f6d00"
        "00010001",
        "name what=dns-question name=a.b\\c.com", 53, PARSE_UDP, PARSE_OK },
    { "mDNS, a second question that points into the first",
        "000000000002000000000000"
        "045f697070"
        "045f746370"
        "056c6f63616c00"
        "000c8001"
        "055f69707073c011"
        "000c0001",
        "name what=mdns name=_ipp._tcp.local; name what=mdns name=_ipps._tcp.local", 5353,
        PARSE_UDP, PARSE_OK },
    { "mDNS does not care for case, and tells it",
        "000000000001000000000000 0350694b056c6f63616c00 00ff0001", "name what=mdns name=PiK.local",
        5353, PARSE_UDP, PARSE_OK },
    { "a service and its host",
        "000084000000000300000003"
        "055f6874747004"
        "5f746370056c6f63616c00"
        "000c0001 00000078 0006 034b564dc00c"
        "c028 00218001 00000078 000c 0000 0000 0050 0370696b c017"
        "c028 00108001 00000078 000d 0c 6d6f64656c3d50694b564d34"
        "c040 00018001 00000078 0004 c0a80117"
        "c040 001c8001 00000078 0010 fe80000000000000 00005efffe100001"
        "c040 000d8001 00000078 000b 034152 4d 06 4c696e757831",
        "name what=mdns name=KVM._http._tcp.local; name what=mdns name=KVM._http._tcp.local"
        "; device address=192.168.1.23 host-name=pik"
        "; device address=fe80::5eff:fe10:1 host-name=pik"
        "; device address=198.51.100.1 host-name=pik os=Linux1 model=PiKVM4",
        5353, PARSE_UDP, PARSE_OK },
    { "what an asker knows already is not its own",
        "000000000000000200000000"
        "0370696b056c6f63616c00 00018001 00000078 0004 c0a80117"
        "c00c 00108001 00000078 0009 08 6d6f64656c3d5069",
        "", 5353, PARSE_UDP, PARSE_OK },
    { "mDNS is no update", "000028000001000000000000 0350694b056c6f63616c00 00ff0001", "", 5353,
        PARSE_UDP, PARSE_BAD },
    { "LLMNR", "12340000000100000000000004777061640000010001", "name what=llmnr name=wpad", 5355,
        PARSE_UDP, PARSE_OK },
    { "LLMNR, answered by the host itself",
        "123480000001000100000000 0350433700 00010001 c00c 00010001 0000001e 0004 c6336401",
        "name what=llmnr name=pc7; name address=198.51.100.1 what=llmnr name=pc7"
        "; device address=198.51.100.1 host-name=PC7",
        5355, PARSE_UDP, PARSE_OK },
    { "LLMNR, answered by another",
        "123480000001000100000000 0350433700 00010001 c00c 00010001 0000001e 0004 c6336409",
        "name what=llmnr name=pc7; name address=198.51.100.9 what=llmnr name=pc7", 5355, PARSE_UDP,
        PARSE_OK },
    { "an update (RFC 2136): the host's own address is added, an older one deleted",
        "12342800000100000002 0000 07657861 6d706c6503636f6d00 00060001"
        "03504337 c00c 000100ff 00000000 0000 c01d 0001 0001 00000258 0004 c0a80117",
        "name what=dns-update name=example.com; device address=192.168.1.23 "
        "host-name=PC7.example.com",
        53, PARSE_UDP, PARSE_OK },
    { "an update's answer", "1234a800000100000000 0000 07657861 6d706c6503636f6d00 00060001",
        "name what=dns-update name=example.com", 53, PARSE_UDP, PARSE_OK },
    { "over TCP", "0021123401000001000000000000" WWW "00010001",
        "name what=dns-question name=www.example.com", 53, PARSE_TCP, PARSE_OK },
    { "a name that points at itself", "123401000001000000000000c00c00010001", "", 53, PARSE_UDP,
        PARSE_BAD },
    { "a name that points ahead",
        "123401000001000000000000c01200010001"
        "016100",
        "", 53, PARSE_UDP, PARSE_BAD },
    { "a name that points into the header", "123401000001000000000000c00200010001", "", 53,
        PARSE_UDP, PARSE_BAD },
    { "a label of 64 bytes", "12340100000100000000000040616161", "", 53, PARSE_UDP, PARSE_BAD },
    { "an answer that is not there", "123481800001000100000000" WWW "00010001", "", 53, PARSE_UDP,
        PARSE_BAD },
    { "a notification (RFC 1996) names the zone", "123424000001000000000000" WWW "00060001",
        "name what=dns-notify name=www.example.com", 53, PARSE_UDP, PARSE_OK },
    { "an inverse question (RFC 3425)", "123408000001000000000000" WWW "00010001", "", 53,
        PARSE_UDP, PARSE_BAD },
    { "a thousand questions", "1234010003e8000000000000" WWW "00010001", "", 53, PARSE_UDP,
        PARSE_BAD },
    { "TLS on port 53", "160301012e0100012a0303aabbccddeeff00112233445566778899aabbccddeeff", "",
        53, PARSE_UDP, PARSE_BAD },
    { "a length too small for a message",
        "0004"
        "12340100",
        "", 53, PARSE_TCP, PARSE_BAD },
};

static struct parse_input
message(size_t i)
{
    return (struct parse_input){
        .transport = samples[i].transport, .source_port = 40000, .destination_port = samples[i].port
    };
}

static void
test_samples_say_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = message(i);

        parse_check_tells(parser_of(samples[i].port), &in, samples[i].name, samples[i].hex,
            samples[i].result, samples[i].facts);
    }
}

static void
test_cut_messages(void **state)
{
    static const struct {
        const char *name, *hex, *facts;
        enum parse_result result;
    } cut[] = {
        { "in its answer", "123481800001000100000000" WWW "00010001c00c000100010000", ASKED,
            PARSE_OK },
        { "in its name", "123481800001000100000000 03777777076578", "", PARSE_MORE },
        { "in its type", "123481800001000100000000" WWW "000100", "", PARSE_MORE },
        { "of another class", "123481800001000100000000" WWW "00010007c00c", "", PARSE_MORE },
        { "of two questions", "123481800002000100000000" WWW "00010001c00c00010001c00c", "",
            PARSE_MORE },
        { "an update", "123428000001000100000000" WWW "00060001c00c", "", PARSE_MORE },
    };

    (void)state;
    for (size_t i = 0; i < COUNT(cut); i++) {
        struct parse_input in = {
            .transport = PARSE_UDP, .is_cut = true, .source_port = 53, .destination_port = 40000
        };

        parse_check_tells(&parser_dns, &in, cut[i].name, cut[i].hex, cut[i].result, cut[i].facts);
    }
}

/* Of what the capture cut, no more than the whole says. */
static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t bytes[ROOM];
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);

        for (size_t cut = 0; samples[i].result == PARSE_OK && cut < 2 * n; cut++) {
            struct parse_input in = message(i);
            struct parse_check c;
            enum parse_result result;

            in.is_cut = cut % 2 == 1;
            result = parse_check_run(parser_of(samples[i].port), &in, bytes, cut / 2, &c);

            if (strncmp(c.facts, samples[i].facts, strlen(c.facts)) != 0 ||
                (!in.is_cut && (result == PARSE_OK || c.count > 0)))
                fail_msg("%s, %zu bytes: %s", samples[i].name, cut / 2, c.facts);
        }
    }
}

/* The longest name there is: 127 labels of one byte. */
static void
test_longest_name(void **state)
{
    uint8_t bytes[ROOM] = { 0x12, 0x34, 1, 0, 0, 1 };
    size_t n = 12;
    struct parse_input in = { .transport = PARSE_UDP, .destination_port = 53 };
    struct parse_check c;

    (void)state;
    for (unsigned i = 0; i < 127; i++) {
        bytes[n++] = 1;
        bytes[n++] = '.';
    }
    bytes[n++] = 0;
    n += 4;
    assert_int_equal(parse_check_run(&parser_dns, &in, bytes, n, &c), PARSE_OK);
    assert_int_equal(c.count, 1);
    bytes[12 + 126 * 2] = 2; /* one byte more */
    assert_int_equal(parse_check_run(&parser_dns, &in, bytes, n, &c), PARSE_BAD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_say_what_they_say),
        cmocka_unit_test(test_cut_messages),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_longest_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
