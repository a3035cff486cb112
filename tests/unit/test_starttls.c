/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/starttls.c parsers/fact.c parsers/text.c */
/*
 * Proves that what is said before TLS is recognised, and that the connection is then handed over.
 * Samples are written by hand after the protocols' documents.
 */
#include "parse_check.h"

#define TLS "1603010005"

extern const struct parser parser_starttls;

static const struct {
    const char *name;
    struct {
        bool by_server;
        const char *hex;
    } steps[6];
    enum parse_result last;
} connections[] = {
    { "PostgreSQL", { { false, "0000000804d2162f" }, { true, "53" }, { false, TLS } },
        PARSE_NOT_MINE },
    { "PostgreSQL, GSS first",
        { { false, "0000000804d21630" }, { true, "4e" }, { false, "0000000804d2162f" },
            { true, "53" }, { false, TLS } },
        PARSE_NOT_MINE },
    { "PostgreSQL without TLS",
        { { false, "0000000804d2162f" }, { true, "4e" }, { false, "00000009000300000000" } },
        PARSE_BAD },
    { "MySQL",
        { { true, "0d0000000a382e302e3300010000000000" },
            { false,
                "20000001 05aea201 00000001 2d 0000000000000000000000000000000000000000000000" },
            { false, TLS } },
        PARSE_NOT_MINE },
    { "MySQL without TLS",
        { { true, "0d0000000a382e302e3300010000000000" }, { false, "2000000185a60300" } },
        PARSE_BAD },
    { "XMPP",
        { { false, "3c73747265616d3a73747265616d20786d6c6e733d276a61626265723a636c69656e74273e" },
            { true, "3c73747265616d3a73747265616d3e" }, { false, "3c7374617274746c732f3e" },
            { true, "3c70726f636565642f3e" }, { false, TLS } },
        PARSE_NOT_MINE },
};

static void
test_connections(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(connections); i++) {
        union parse_state memory = { { 0 } };

        for (unsigned k = 0; connections[i].steps[k].hex != NULL; k++) {
            struct parse_input in = { .transport = PARSE_TCP,
                .from_client = !connections[i].steps[k].by_server,
                .state = &memory };
            bool is_last = connections[i].steps[k + 1].hex == NULL;
            enum parse_result result = is_last ? connections[i].last : PARSE_OK;

            parse_check_tells(&parser_starttls, &in, parse_check_step(connections[i].name, k).text,
                connections[i].steps[k].hex, result, "");
            if (result == PARSE_OK)
                assert_int_equal(rd_left(&in.data), 0);
        }
    }
}

static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(connections); i++) {
        struct parse_input in = { .transport = PARSE_TCP,
            .from_client = !connections[i].steps[0].by_server };

        if (strcmp(connections[i].name, "XMPP") != 0) /* its tag has no end that is waited for */
            parse_check_no_prefix_tells(
                &parser_starttls, in, connections[i].name, connections[i].steps[0].hex);
    }
}

static void
test_other_bytes(void **state)
{
    static const char *const others[] = { "00000008000300000000", "504f5354202f", "0d0a0d0a00ff",
        "160301", "0a" };

    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = { .transport = PARSE_TCP, .from_client = true };

        parse_check_tells(&parser_starttls, &in, others[i], others[i], PARSE_NOT_MINE, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
