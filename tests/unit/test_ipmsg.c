/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/ipmsg.c parsers/fact.c parsers/text.c */
/*
 * Proves that IP Messenger tells its computer and its user, and nothing that is said. Samples are
 * written by hand after its protocol's draft 10 and FeiQ's extension of it.
 */
#include "parse_check.h"

#define TOLD "device address=198.51.100.1 host-name=PC-7; banner what=ipmsg-user text=jdoe"

extern const struct parser parser_ipmsg;

static const struct {
    const char *name, *text;
    enum parse_result result;
    const char *facts;
} cases[] = {
    { "here I am", "1:1700000000:jdoe:PC-7:6291457:J. Doe", PARSE_OK, TOLD },
    { "what is said", "1:1700000001:jdoe:PC-7:288:a secret: yes", PARSE_OK, TOLD },
    { "no more than a command", "1:1700000002:jdoe:PC-7:2:", PARSE_OK, TOLD },
    { "FeiQ", "1_lbt6_0#128#0200005E1000#0#0#0#4001#9:1700000003:jdoe:PC-7:6291459:J. Doe",
        PARSE_OK, TOLD },
    { "a name of another character set", "1:1:\xb0\xa2:PC-7:1:", PARSE_OK,
        "device address=198.51.100.1 host-name=PC-7; banner what=ipmsg-user text=\xef\xbf\xbd"
        "\xef\xbf\xbd" },
    { "another version", "2:1700000000:jdoe:PC-7:1:", PARSE_NOT_MINE, "" },
    { "a number that is none", "1:17x:jdoe:PC-7:1:", PARSE_NOT_MINE, "" },
    { "a command that is none", "1:17:jdoe:PC-7:one:", PARSE_NOT_MINE, "" },
    { "a command beyond 32 bits", "1:17:jdoe:PC-7:4294967296:", PARSE_NOT_MINE, "" },
    { "nobody", "1:17::PC-7:1:", PARSE_NOT_MINE, "" },
    { "cut", "1:17:jdoe:PC-7:1", PARSE_MORE, "" },
    { "nothing", "", PARSE_MORE, "" },
};

static struct parse_input
datagram(void)
{
    return (struct parse_input){ .transport = PARSE_UDP, .destination_port = 2425 };
}

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct parse_input in = datagram();

        parse_check_bytes_tell(&parser_ipmsg, &in, cases[i].name, cases[i].text,
            strlen(cases[i].text), cases[i].result, cases[i].facts);
    }
}

static void
test_prefixes(void **state)
{
    static const char text[] = "1_lbt6_0#128#0200005E1000#0#0#0#4001#9:1700000003:jdoe:PC-7:62:";

    (void)state;
    assert_int_equal(
        parse_check_prefixes(&parser_ipmsg, datagram(), text, sizeof text - 1), sizeof text - 1);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
