/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/nbns.c parsers/nbdgm.c parsers/netbios.c parsers/dns_message.c parsers/fact.c parsers/text.c */
/* NetBIOS names and datagrams: messages put together by hand from RFC 1002, 4.2 and 4.4, and
 * MS-BRWS 2.2.1. The sender is 198.51.100.1. */
#include "parse_check.h"

extern const struct parser parser_nbns, parser_nbdgm;

#define SPACES8 "4341434143414341 4341434143414341"
#define SPACES4 "4341434143414341"
#define PC7 "20 4641 4544 4448" SPACES8 SPACES4 /* "PC7" and twelve spaces, in letters */
#define PC7_00 PC7 "4141 00"
#define PC7_20 PC7 "4341 00"
#define PC7_03 PC7 "4144 00"
#define PC7_1D PC7 "424e 00"
#define ANY                                                                                        \
    "20 434b"                                                                                      \
    "4141414141414141 4141414141414141 4141414141414141 414141414141"                              \
    "00"
#define PLAIN "504337 202020202020202020202020" /* "PC7" as it is */
#define ADDRESS "c0a80117"
#define DATAGRAM "0e c2f4" ADDRESS "008a"

static const struct sample {
    const char *name;
    const struct parser *parser;
    const char *hex;
    enum parse_result result;
    const char *facts;
} samples[] = {
    { "a query", &parser_nbns, "a749 0110 0001 0000 0000 0000" PC7_00 "0020 0001", PARSE_OK,
        "name what=nbns name=PC7 service=workstation" },
    { "a query for a suffix without a word", &parser_nbns,
        "a749 0110 0001 0000 0000 0000" PC7 "4342 00 0020 0001", PARSE_OK,
        "name what=nbns name=PC7 service=0x21" },
    { "a registration", &parser_nbns,
        "a749 2910 0001 0000 0000 0001" PC7_20
        "0020 0001 c00c 0020 0001 000493e0 0006 0000" ADDRESS,
        PARSE_OK,
        "name what=nbns name=PC7 service=server; device address=192.168.1.23 host-name=PC7" },
    { "a group's registration", &parser_nbns,
        "a749 2910 0001 0000 0000 0001" PC7_00
        "0020 0001 c00c 0020 0001 000493e0 0006 8000" ADDRESS,
        PARSE_OK,
        "name what=nbns name=PC7 service=workstation; device address=192.168.1.23 domain=PC7" },
    { "a user's name is no machine's", &parser_nbns,
        "a749 2910 0001 0000 0000 0001" PC7_03
        "0020 0001 c00c 0020 0001 000493e0 0006 0000" ADDRESS,
        PARSE_OK, "name what=nbns name=PC7 service=messenger" },
    { "a release", &parser_nbns,
        "a749 3110 0001 0000 0000 0001" PC7_20
        "0020 0001 c00c 0020 0001 00000000 0006 0000" ADDRESS,
        PARSE_OK, "name what=nbns name=PC7 service=server" },
    { "an answer with two addresses", &parser_nbns,
        "a749 8500 0000 0001 0000 0000" PC7_20 "0020 0001 00000000 000c 0000" ADDRESS
        "0000 0a000001",
        PARSE_OK,
        "device address=192.168.1.23 host-name=PC7; device address=10.0.0.1 host-name=PC7" },
    { "an answer that nobody has the name", &parser_nbns,
        "a749 8503 0000 0001 0000 0000" PC7_20 "0020 0001 00000000 0006 0000" ADDRESS, PARSE_OK,
        "" },
    { "node status", &parser_nbns,
        "a749 8400 0000 0001 0000 0000" ANY "0021 0001 00000000 003d 03" PLAIN "03 0400" PLAIN
        "00 0400"
        "474f 20202020202020202020202020 00 8400 02005e100001",
        PARSE_OK, "device address=198.51.100.1 mac=02:00:5e:10:00:01 host-name=PC7 domain=GO" },
    { "node status, whose length lies", &parser_nbns,
        "a749 8400 0000 0001 0000 0000" ANY "0021 0001 00000000 0013 02" PLAIN "00 0400", PARSE_OK,
        "" },
    { "asked for its status", &parser_nbns, "a749 0000 0001 0000 0000 0000" ANY "0021 0001",
        PARSE_OK, "" },
    { "a name of the DNS", &parser_nbns, "a749 0110 0001 0000 0000 0000 03777777 00 0001 0001",
        PARSE_BAD, "" },
    { "a second name that is none", &parser_nbns,
        "a749 0110 0002 0000 0000 0000" PC7_00 "0020 0001 03777777 00 0001 0001", PARSE_BAD, "" },

    { "a datagram", &parser_nbdgm, "11" DATAGRAM "0048 0000" PC7_20 PC7_00 "6162 6364", PARSE_OK,
        "device address=192.168.1.23 host-name=PC7" },
    { "an announcement", &parser_nbdgm,
        "11" DATAGRAM "00bb 0000" PC7_20 PC7_1D
        "ff534d42 25 00000000 00 0000 0000 0000000000000000 0000 0000 0000 0000 0000"
        "11 0000 2100 0000 0000 00 00 0000 e8030000 0000 0000 0000 2100 5600 03 00 0100 0100 0200"
        "3200 5c4d41494c534c4f545c42524f57534500"
        "01 03 e0930400" PLAIN "00 0a00 03100000 0f01 55aa 00",
        PARSE_OK, "device address=192.168.1.23 host-name=PC7 domain=PC7 os=Windows 10.0" },
    { "a user's name", &parser_nbdgm, "11" DATAGRAM "0044 0000" PC7_03 PC7_00, PARSE_OK, "" },
    { "an error", &parser_nbdgm, "13" DATAGRAM "82", PARSE_OK, "" },
    { "a name that is none", &parser_nbdgm, "11" DATAGRAM "0044 0000 01 41 00" PC7_20 PC7_00,
        PARSE_BAD, "" },
    { "another protocol", &parser_nbdgm, "55aa", PARSE_NOT_MINE, "" },
};

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = { .transport = PARSE_UDP };

        parse_check_tells(samples[i].parser, &in, samples[i].name, samples[i].hex,
            samples[i].result, samples[i].facts);
    }
}

static void
test_prefixes(void **state)
{
    struct parse_input in = { .transport = PARSE_UDP };

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        if (samples[i].facts[0] != '\0')
            parse_check_no_prefix_tells(samples[i].parser, in, samples[i].name, samples[i].hex);
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
