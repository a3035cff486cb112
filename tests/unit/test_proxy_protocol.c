/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/proxy_protocol.c parsers/fact.c parsers/text.c */
/*
 * Proves that a load balancer's word for its client is told, and no other. Samples are written by
 * hand after haproxy's doc/proxy-protocol.txt; TShark 4.0 dissects them so.
 */
#include "parse_check.h"

#define ROOM 1024
#define V2 "0d0a0d0a000d0a515549540a"
#define CLIENT "peer address=192.0.2.1 how=proxy-protocol port=56324"

extern const struct parser parser_proxy_protocol;

static const struct {
    const char *name, *hex, *text; /* one of the two */
    enum parse_result result;
    const char *facts;
    size_t left;
} cases[] = {
    { "version 1", NULL, "PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\nGET", PARSE_OK, CLIENT,
        3 },
    { "version 1, IPv6", NULL, "PROXY TCP6 2001:db8::1 2001:db8::2 56324 443\r\n", PARSE_OK,
        "peer address=2001:db8::1 how=proxy-protocol port=56324", 0 },
    { "version 1, not known", NULL, "PROXY UNKNOWN whatever\r\n\x16", PARSE_OK, "", 1 },
    { "version 2", V2 "21 11 000c c0000201 c6336401 dc04 01bb 16", NULL, PARSE_OK, CLIENT, 1 },
    { "version 2, IPv6",
        V2 "21 21 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 dc04 01bb",
        NULL, PARSE_OK, "peer address=2001:db8::1 how=proxy-protocol port=56324", 0 },
    { "version 2, the name that the client asked for",
        V2 "21 11 001e c0000201 c6336401 dc04 01bb 04 0001 00 02 000b 6578616d706c652e636f6d", NULL,
        PARSE_OK, CLIENT "; name what=sni name=example.com", 0 },
    { "version 2, an extension that lies of its length",
        V2 "21 11 000f c0000201 c6336401 dc04 01bb 02 00ff", NULL, PARSE_OK, CLIENT, 0 },
    { "version 2, the balancer for itself", V2 "20 00 0000", NULL, PARSE_OK, "", 0 },
    { "version 2, a Unix socket", V2 "21 31 0001 41", NULL, PARSE_OK, "", 0 },
};

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .from_client = true };
}

static size_t
bytes_of(uint8_t bytes[ROOM], const char *hex, const char *text)
{
    if (hex != NULL)
        return parse_check_hex(bytes, ROOM, hex);
    memcpy(bytes, text, strlen(text));
    return strlen(text);
}

static void
test_headers(void **state)
{
    uint8_t bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parse_input in = segment();
        union parse_state memory = { { 0 } };
        size_t n = bytes_of(bytes, cases[i].hex, cases[i].text);
        struct parse_check c;

        in.state = &memory;
        if (parse_check_run(&parser_proxy_protocol, &in, bytes, n, &c) != cases[i].result ||
            strcmp(c.facts, cases[i].facts) != 0 || rd_left(&in.data) != cases[i].left)
            fail_msg("%s: %s", cases[i].name, c.facts);
        if (parse_check_prefixes(&parser_proxy_protocol, segment(), bytes, n - cases[i].left) !=
            n - cases[i].left)
            fail_msg("prefixes of %s", cases[i].name);
        if (parse_check_run(&parser_proxy_protocol, &in, "\x16", 1, &c) != PARSE_NOT_MINE)
            fail_msg("behind %s", cases[i].name);
    }
}

static const struct {
    const char *name, *hex, *text;
    enum parse_result result;
} others[] = {
    { "nothing", NULL, "", PARSE_NOT_MINE },
    { "HTTP", NULL, "POST / HTTP/1.1\r\n", PARSE_NOT_MINE },
    { "an address that is none", NULL, "PROXY TCP4 192.0.2 198.51.100.1 56324 443\r\n", PARSE_BAD },
    { "a port that is none", NULL, "PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n", PARSE_BAD },
    { "a family that is none", NULL, "PROXY UDP4 192.0.2.1 198.51.100.1 1 443\r\n", PARSE_BAD },
    { "longer than a header may be", NULL,
        "PROXY UNKNOWN "
        "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
        "xxxxxxxxxxxxxxxxxx\r\n",
        PARSE_BAD },
    { "version 3", V2 "31 11 000c", NULL, PARSE_BAD },
    { "a command that is none", V2 "22 11 000c", NULL, PARSE_BAD },
    { "more than anybody says", V2 "21 11 ffff", NULL, PARSE_BAD },
    { "shorter than its addresses", V2 "21 11 0004 c0000201", NULL, PARSE_BAD },
};

static void
test_other_bytes(void **state)
{
    uint8_t bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment();
        size_t n = bytes_of(bytes, others[i].hex, others[i].text);

        parse_check_bytes_tell(
            &parser_proxy_protocol, &in, others[i].name, bytes, n, others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_headers),
        cmocka_unit_test(test_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
