/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/arp.c parsers/ndp.c parsers/fact.c parsers/text.c */
/* ARP and neighbour discovery: who speaks tells its address and card, a probe tells nothing.
 * Messages are put together by hand from RFC 826 and RFC 4861, 4. */
#include "parse_check.h"

extern const struct parser parser_arp, parser_ndp;

#define HOST "02005e100001"
#define OTHER "02005e100002"
#define LINK_LOCAL "fe80000000000000 00005efffe100001"
#define CARD "0101" HOST   /* option: the sender's card */
#define TARGET "0201" HOST /* option: the target's card */

static const struct sample {
    const char *name;
    const struct parser *parser;
    const char *hex, *facts;
    enum parse_result result;
} samples[] = {
    { "request", &parser_arp, "0001 0800 06 04 0001" HOST "c0a80117 000000000000 c0a80101",
        "device address=192.168.1.23 mac=02:00:5e:10:00:01", PARSE_OK },
    { "reply, padded", &parser_arp, "0001 0800 06 04 0002" HOST "c0a80117" OTHER "c0a80101 0000",
        "device address=192.168.1.23 mac=02:00:5e:10:00:01", PARSE_OK },
    { "probe for a free address", &parser_arp,
        "0001 0800 06 04 0001" HOST "00000000 000000000000 c0a80117", "", PARSE_OK },
    { "a group is no card", &parser_arp,
        "0001 0800 06 04 0002 03005e100001 c0a80117" OTHER "c0a80101", "", PARSE_OK },
    { "no card at all", &parser_arp, "0001 0800 06 04 0002 000000000000 c0a80117" OTHER "c0a80101",
        "", PARSE_OK },
    { "a group is nobody's address", &parser_arp,
        "0001 0800 06 04 0002" HOST "e0000001" OTHER "c0a80101", "", PARSE_OK },
    { "reverse ARP", &parser_arp, "0001 0800 06 04 0003" HOST "00000000" HOST "00000000", "",
        PARSE_NOT_MINE },
    { "token ring", &parser_arp, "0004 0800 06 04 0001" HOST "c0a80117 000000000000 c0a80101", "",
        PARSE_NOT_MINE },
    { "lengths that do not fit", &parser_arp,
        "0001 0800 08 04 0001" HOST "c0a80117 000000000000 c0a80101", "", PARSE_BAD },

    { "neighbour solicitation", &parser_ndp, "87 00 0000 00000000" LINK_LOCAL CARD,
        "device address=2001:db8::1 mac=02:00:5e:10:00:01", PARSE_OK },
    { "without a card", &parser_ndp, "87 00 0000 00000000" LINK_LOCAL, "", PARSE_OK },
    { "neighbour advertisement", &parser_ndp, "88 00 0000 60000000" LINK_LOCAL TARGET,
        "device address=fe80::5eff:fe10:1 mac=02:00:5e:10:00:01", PARSE_OK },
    { "an advertisement's own card is not the target's", &parser_ndp,
        "88 00 0000 60000000" LINK_LOCAL CARD, "", PARSE_OK },
    { "router solicitation", &parser_ndp, "85 00 0000 00000000" CARD,
        "device address=2001:db8::1 mac=02:00:5e:10:00:01", PARSE_OK },
    { "router advertisement", &parser_ndp,
        "86 00 0000 40000708 00000000 00000000 0501 0000 000005dc" CARD,
        "device address=2001:db8::1 mac=02:00:5e:10:00:01", PARSE_OK },
    { "option without a length", &parser_ndp, "85 00 0000 00000000 0100" HOST, "", PARSE_BAD },
    { "option longer than the message", &parser_ndp, "85 00 0000 00000000 0102" HOST, "",
        PARSE_BAD },
    { "a code that is not 0", &parser_ndp, "85 01 0000 00000000" CARD, "", PARSE_BAD },
    { "echo", &parser_ndp, "80 00 0000 0001 0001 6162", "", PARSE_NOT_MINE },
};

static struct parse_check
run(const struct sample *s, const char *source, enum parse_result *result)
{
    struct parse_input in = { .transport = s->parser == &parser_arp ? PARSE_LINK : PARSE_ICMP6 };
    struct parse_check c = { .count = 0 };
    struct parse_output out = { parse_check_fact, parse_check_nested, parse_check_nested_of, &c };
    uint8_t bytes[256];

    in.data = rd_of(bytes, parse_check_hex(bytes, sizeof bytes, s->hex));
    inet_pton(AF_INET6, source, &in.source);
    *result = s->parser->parse(&in, &out);
    return c;
}

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        enum parse_result result;
        struct parse_check c = run(&samples[i], "2001:db8::1", &result);

        if (result != samples[i].result || strcmp(c.facts, samples[i].facts) != 0)
            fail_msg("%s: %d %s", samples[i].name, (int)result, c.facts);
    }
}

static void
test_unspecified_source(void **state)
{
    enum parse_result result;
    struct parse_check c;

    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++)
        if (strcmp(samples[i].name, "neighbour solicitation") == 0) {
            c = run(&samples[i], "::", &result);
            assert_int_equal(result, PARSE_OK);
            assert_int_equal(c.count, 0);
        }
}

/* A neighbour message without its options is a message, so only its fixed part is cut. */
static void
test_prefixes(void **state)
{
    struct parse_input in = { .transport = PARSE_LINK };
    uint8_t bytes[256];
    struct parse_check c;

    (void)state;
    parse_check_hex(bytes, sizeof bytes, samples[0].hex);
    assert_int_equal(parse_check_prefixes(&parser_arp, in, bytes, 28), 28);
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);

        for (size_t cut = 0; cut < n && samples[i].parser == &parser_ndp; cut++) {
            (void)parse_check_run(&parser_ndp, &in, bytes, cut, &c);
            assert_int_equal(c.count, 0);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_unspecified_source),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
