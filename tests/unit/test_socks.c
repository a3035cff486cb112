/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/socks.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that a SOCKS connection tells who asks for what, what the proxy made of it, and when it is
 * over. Samples are written by hand after RFC 1928, 1929, 1961 and the notes on SOCKS 4 and 4a.
 */
#include "parse_check.h"

#define STEPS 8

extern const struct parser parser_socks;

/* "jdoe", "secret" */
#define PASSWORD "01 04 6a646f65 06 736563726574"
#define CONNECT_HOST "05 01 00 03 0b 6578616d706c652e636f6d 01bb"
#define SEALED "01 03 0003 aabbcc"

/* From whom, the bytes, what is told. */
static const struct {
    const char *name;
    bool is_turned;
    struct step {
        char from; /* c, s */
        const char *hex, *facts;
        enum parse_result result;
    } steps[STEPS];
} samples[] = {
    { "a user who is let in", false,
        { { 'c', "05 02 00 02", "", PARSE_OK }, { 's', "05 02", "", PARSE_OK },
            { 'c', PASSWORD, "login account=jdoe result=attempt method=socks5", PARSE_OK },
            { 's', "01 00", "login result=success", PARSE_OK },
            { 'c', CONNECT_HOST, "session-open target=example.com:443 app=SOCKS proxy version=5",
                PARSE_OK },
            { 's', "05 00 00 01 c6336402 1f90", "", PARSE_OK },
            { 'c', "16 03 01", "", PARSE_NOT_MINE } } },
    { "a user who is not", false,
        { { 'c', "05 01 02", "", PARSE_OK }, { 's', "05 02", "", PARSE_OK },
            { 'c', PASSWORD, "login account=jdoe result=attempt method=socks5", PARSE_OK },
            { 's', "01 01", "session-open app=SOCKS proxy version=5; login result=failure",
                PARSE_OK },
            { 's', "00", "", PARSE_NOT_MINE } } },
    { "no method fits", false,
        { { 'c', "05 01 02", "", PARSE_OK },
            { 's', "05 ff", "session-open app=SOCKS proxy version=5", PARSE_OK } } },
    { "nobody's name", false,
        { { 'c', "05 01 02", "", PARSE_OK }, { 's', "05 02", "", PARSE_OK },
            { 'c', "01 00 00", "", PARSE_OK }, { 's', "01 00", "", PARSE_OK } } },
    { "everything at once", false,
        { { 'c', "05 01 02 " PASSWORD, "", PARSE_OK },
            { 'c', PASSWORD, "login account=jdoe result=attempt method=socks5", PARSE_OK },
            { 'c', CONNECT_HOST, "session-open target=example.com:443 app=SOCKS proxy version=5",
                PARSE_OK },
            { 'c', "16 03 01", "", PARSE_MORE }, { 's', "05 02", "", PARSE_OK },
            { 's', "01 00", "login result=success", PARSE_OK },
            { 's', "05 00 00 01 c6336402 1f90", "", PARSE_OK },
            { 'c', "16 03 01", "", PARSE_NOT_MINE } } },
    { "the called end asks", true,
        { { 'c', "05 01 00", "", PARSE_OK },
            { 'c', "05 01 00 04 20010db8000000000000000000000001 0050",
                "session-open target=[2001:db8::1]:80 app=SOCKS proxy version=5", PARSE_OK },
            { 's', "05 00", "", PARSE_OK }, { 's', "05 00 00 01 00000000 0000", "", PARSE_OK },
            { 's', "05", "", PARSE_NOT_MINE } } },
    { "BIND is answered twice", false,
        { { 'c', "05 01 00", "", PARSE_OK }, { 's', "05 00", "", PARSE_OK },
            { 'c', "05 02 00 01 c0000201 0015",
                "session-open target=192.0.2.1:21 app=SOCKS proxy version=5", PARSE_OK },
            { 's', "05 00 00 01 c6336402 1f90", "", PARSE_OK },
            { 's', "05 00 00 01 c0000201 0014", "", PARSE_OK },
            { 's', "32 32", "", PARSE_NOT_MINE } } },
    { "UDP has no target yet", false,
        { { 'c', "05 01 00", "", PARSE_OK }, { 's', "05 00", "", PARSE_OK },
            { 'c', "05 03 00 01 00000000 0000", "session-open app=SOCKS proxy version=5",
                PARSE_OK } } },
    { "GSS-API seals what follows", false,
        { { 'c', "05 02 01 02", "", PARSE_OK }, { 'c', SEALED, "", PARSE_MORE },
            { 's', "05 01", "", PARSE_OK }, { 'c', "01 01 0003 aabbcc", "", PARSE_OK },
            { 's', "01 01 0003 aabbcc", "", PARSE_OK }, { 'c', "01 02 0001 aa", "", PARSE_OK },
            { 's', "01 02 0001 aa", "session-open app=SOCKS proxy version=5", PARSE_OK },
            { 'c', SEALED, "", PARSE_NOT_MINE } } },
    { "GSS-API is refused", false,
        { { 'c', "05 01 01", "", PARSE_OK }, { 's', "05 01", "", PARSE_OK },
            { 'c', "01 01 0003 aabbcc", "", PARSE_OK },
            { 's', "01 ff", "session-open app=SOCKS proxy version=5", PARSE_OK } } },
    { "SOCKS 4", false,
        { { 'c', "04 01 0050 c0000201 6a646f65 00",
              "session-open target=192.0.2.1:80 app=SOCKS proxy version=4; login account=jdoe "
              "result=attempt method=socks4",
              PARSE_OK },
            { 's', "00 5a 0000 00000000", "", PARSE_OK }, { 'c', "47", "", PARSE_NOT_MINE } } },
    { "SOCKS 4 that asks who it is", false,
        { { 'c', "04 01 0050 c0000201 6a646f65 00",
              "session-open target=192.0.2.1:80 app=SOCKS proxy version=4; login account=jdoe "
              "result=attempt method=socks4",
              PARSE_OK },
            { 's', "00 5d 0000 00000000", "login result=failure", PARSE_OK } } },
    { "SOCKS 4a of a browser that names itself", false,
        { { 'c', "04 01 01bb 00000001 4d4f5a 00 6578616d706c652e636f6d 00",
            "session-open target=example.com:443 app=SOCKS proxy version=4", PARSE_OK } } },
};

static struct parse_input
segment(bool from_client)
{
    return (struct parse_input){ .transport = PARSE_TCP, .from_client = from_client };
}

/* Every message, behind every prefix of it, at its place in the connection. */
static void
test_connections(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        union parse_state memory = { { 0 } };

        for (size_t n = 0; n < STEPS && samples[i].steps[n].hex != NULL; n++) {
            const struct step *step = &samples[i].steps[n];
            struct parse_input in = segment((step->from == 'c') != samples[i].is_turned);
            struct parse_check_name name = parse_check_step(samples[i].name, n);
            union parse_state before = memory;

            in.state = &before;
            if (n > 0 && step->result == PARSE_OK)
                parse_check_no_prefix_tells(&parser_socks, in, name.text, step->hex);
            in.state = &memory;
            parse_check_tells(&parser_socks, &in, name.text, step->hex, step->result, step->facts);
        }
    }
}

static const struct {
    const char *name, *hex;
    enum parse_result result;
} others[] = {
    { "nothing", "", PARSE_MORE },
    { "TLS", "16 03 01", PARSE_NOT_MINE },
    { "DCE/RPC", "05 00 0b 03", PARSE_NOT_MINE },
    { "no methods", "05 00", PARSE_NOT_MINE },
    { "a method that nobody has", "05 01 40", PARSE_NOT_MINE },
    { "a method twice", "05 02 00 00", PARSE_NOT_MINE },
    { "more methods than there are", "05 40", PARSE_NOT_MINE },
    { "something else behind the greeting", "05 01 00 47", PARSE_NOT_MINE },
    { "SOCKS 4 of another command", "04 03 0050", PARSE_NOT_MINE },
    { "SOCKS 4 without a port", "04 01 0000 c0000201 00", PARSE_NOT_MINE },
    { "SOCKS 4 to nowhere", "04 01 0050 00000000 00", PARSE_NOT_MINE },
    { "TDS", "04 01 0060 00000100 e30f", PARSE_NOT_MINE },
    { "SOCKS 4 with more than a request", "04 01 0050 c0000201 00 47", PARSE_NOT_MINE },
};

static void
test_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment(true);

        parse_check_tells(&parser_socks, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

/* What a connection begins with is awaited to its end. */
static void
test_first_prefixes(void **state)
{
    (void)state;
    parse_check_no_prefix_tells(&parser_socks, segment(true), "greeting", "05 02 00 02");
    parse_check_no_prefix_tells(
        &parser_socks, segment(true), "SOCKS 4", "04 01 0050 c0000201 6a646f65 00");
    parse_check_no_prefix_tells(&parser_socks, segment(true), "SOCKS 4a",
        "04 01 01bb 00000001 4d4f5a 00 6578616d706c652e636f6d 00");
}

static const struct {
    const char *name, *hex; /* behind a greeting that offers a password, chosen by the server */
    bool from_client;
    enum parse_result result;
} damaged[] = {
    { "a request of another command", "05 09 00 01", true, PARSE_BAD },
    { "an address of another type", "05 01 00 02 00", true, PARSE_BAD },
    { "neither a login nor a request", "07", true, PARSE_BAD },
    { "an answer of another version", "05 00", false, PARSE_NOT_MINE },
};

static void
test_damaged_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(damaged); i++) {
        union parse_state memory = { { 0 } };
        struct parse_input in = segment(true);

        in.state = &memory;
        parse_check_tells(&parser_socks, &in, "greeting", "05 01 02", PARSE_OK, "");
        in.from_client = false;
        parse_check_tells(&parser_socks, &in, "its answer", "05 02", PARSE_OK, "");
        in.from_client = damaged[i].from_client;
        parse_check_tells(
            &parser_socks, &in, damaged[i].name, damaged[i].hex, damaged[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_connections),
        cmocka_unit_test(test_first_prefixes),
        cmocka_unit_test(test_other_bytes),
        cmocka_unit_test(test_damaged_messages),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
