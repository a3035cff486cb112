/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/dns.c parsers/fact.c parsers/text.c */
/*
 * Proves which names a message asks for, and that names which point in circles, lengths that lie
 * and other protocols on port 53 say nothing. Messages are built by the layout of RFC 1035, 4.1.
 */
#include "parse_check.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof(*(a)))
#define ROOM 1024
#define WWW "03777777076578616d706c6503636f6d00" /* www.example.com */

extern const struct parser parser_dns;

static const struct {
    const char *name, *hex, *facts;
    uint16_t port;
    enum parse_transport transport;
    enum parse_result result;
} samples[] = {
    { "a question", "123401000001000000000000" WWW "00010001",
        "name what=dns-question name=www.example.com", 53, PARSE_UDP, PARSE_OK },
    { "its answer says what was asked",
        "123481800001000100000000" WWW "00010001c00c000100010000012c0004cb007150",
        "name what=dns-question name=www.example.com", 53, PARSE_UDP, PARSE_OK },
    { "EDNS (RFC 6891)", "123401000001000000000001" WWW "0001000100002904d0000000000000",
        "name what=dns-question name=www.example.com", 53, PARSE_UDP, PARSE_OK },
    { "case is no difference",
        "123401000001000000000000035757570165000001"
        "0001",
        "name what=dns-question name=www.e", 53, PARSE_UDP, PARSE_OK },
    { "the root is no name",
        "12340100000100000000000000"
        "00020001",
        "", 53, PARSE_UDP, PARSE_OK },
    { "a dot within a label",
        "123401000001000000000000"
        "05612e625c63"
        "03636f6d00"
        "00010001",
        "name what=dns-question name=a\\.b\\\\c.com", 53, PARSE_UDP, PARSE_OK },
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
    { "LLMNR", "12340000000100000000000004777061640000010001", "name what=dns-question name=wpad",
        5355, PARSE_UDP, PARSE_OK },
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
    { "an update (RFC 2136) asks nothing", "123428000001000000000000" WWW "00060001", "", 53,
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

static void
test_samples_say_what_they_say(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t bytes[ROOM];
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);
        struct parse_input in = { .transport = samples[i].transport,
            .source_port = 40000,
            .destination_port = samples[i].port };
        struct parse_check c;

        if (parse_check_run(&parser_dns, &in, bytes, n, &c) != samples[i].result ||
            strcmp(c.facts, samples[i].facts) != 0)
            fail_msg("%s: %s", samples[i].name, c.facts);
    }
}

static void
test_no_prefix_says_anything(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        uint8_t bytes[ROOM];
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);
        struct parse_input in = { .transport = samples[i].transport,
            .source_port = 40000,
            .destination_port = samples[i].port };

        if (samples[i].result == PARSE_OK && parse_check_prefixes(&parser_dns, in, bytes, n) != n)
            fail_msg("%s", samples[i].name);
    }
}

/* The longest name there is: 127 labels of one byte, each of which needs a backslash. */
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
        cmocka_unit_test(test_no_prefix_says_anything),
        cmocka_unit_test(test_longest_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
