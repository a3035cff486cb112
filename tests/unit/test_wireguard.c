/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/wireguard.c parsers/tunnel.c parsers/fact.c parsers/text.c */
/*
 * Proves that WireGuard is told by indices that answer each other, or by data both ways whose
 * counters rise, and by nothing less. Samples are heads after wireguard.com/protocol; what follows
 * is zeros.
 */
#include "parse_check.h"

#define ROOM 1500
#define STEP_US 1000

extern const struct parser parser_wireguard;

/* One session after another; each begins where `session` changes. */
static const struct {
    const char *session, *name;
    bool from_client;
    const char *head;
    size_t length;
    const char *facts;
    enum parse_result result;
} steps[] = {
    { "handshake", "initiation", true, "0100000011111111", 148, "", PARSE_OK },
    { "handshake", "response", false, "020000002222222211111111", 92,
        "session-open app=WireGuard; rtt layer=wireguard end=server value-us=1000", PARSE_OK },
    { "handshake", "data", true, "04000000222222220000000000000000", 96,
        "rtt layer=wireguard end=client value-us=1000", PARSE_OK },
    { "handshake", "more", true, "04000000222222220100000000000000", 96, "", PARSE_OK },
    { "handshake", "initiation by the other end", false, "0100000033333333", 148, "", PARSE_OK },
    { "handshake", "response", true, "020000004444444433333333", 92,
        "session-update app=WireGuard rekeys=1; rtt layer=wireguard end=client value-us=1000",
        PARSE_OK },
    { "handshake", "the same response", true, "020000004444444433333333", 92, "", PARSE_NOT_MINE },
    { "handshake", "no index", true, "04000000000000000900000000000000", 96, "", PARSE_NOT_MINE },
    { "sent again", "initiation", true, "0100000011111111", 148, "", PARSE_OK },
    { "sent again", "cookie", false, "0300000011111111", 64, "", PARSE_OK },
    { "sent again", "a cookie for another", false, "0300000022222222", 64, "", PARSE_NOT_MINE },
    { "sent again", "initiation", true, "0100000055555555", 148, "", PARSE_OK },
    { "sent again", "response to the first", false, "020000002222222211111111", 92, "",
        PARSE_NOT_MINE },
    { "sent again", "response", false, "020000002222222255555555", 92, "session-open app=WireGuard",
        PARSE_OK },
    { "confirmed late", "initiation", true, "0100000011111111", 148, "", PARSE_OK },
    { "confirmed late", "response", false, "020000002222222211111111", 92,
        "session-open app=WireGuard; rtt layer=wireguard end=server value-us=1000", PARSE_OK },
    { "confirmed late", "to another", true, "04000000333333330000000000000000", 96, "", PARSE_OK },
    { "confirmed late", "the second", true, "04000000222222220100000000000000", 96, "", PARSE_OK },
    { "confirmed late", "the first", true, "04000000222222220000000000000000", 96, "", PARSE_OK },
    { "in the middle", "out", true, "04000000222222226400000000000000", 96, "", PARSE_OK },
    { "in the middle", "in", false, "04000000111111118403000000000000", 1424, "", PARSE_OK },
    { "in the middle", "out", true, "04000000222222226500000000000000", 96, "", PARSE_OK },
    { "in the middle", "in", false, "04000000111111118603000000000000", 1424, "", PARSE_OK },
    { "in the middle", "out", true, "04000000222222226600000000000000", 96, "", PARSE_OK },
    { "in the middle", "in", false, "04000000111111118803000000000000", 1424, "", PARSE_OK },
    { "in the middle", "out", true, "04000000222222226700000000000000", 96, "", PARSE_OK },
    { "in the middle", "in", false, "04000000111111118a03000000000000", 1424,
        "session-open app=WireGuard", PARSE_OK },
    { "one way", "out", true, "04000000222222226400000000000000", 96, "", PARSE_OK },
    { "one way", "out", true, "04000000222222226500000000000000", 96, "", PARSE_OK },
    { "one way", "out", true, "04000000222222226600000000000000", 96, "", PARSE_OK },
    { "one way", "out", true, "04000000222222226700000000000000", 96, "", PARSE_OK },
    { "one way", "out", true, "04000000222222226800000000000000", 96, "", PARSE_OK },
    { "one way", "out", true, "04000000222222226900000000000000", 96, "", PARSE_OK },
    { "a game", "out", true, "04000000222222220500000000000000", 96, "", PARSE_OK },
    { "a game", "in", false, "04000000222222220000000000000000", 96, "", PARSE_OK },
    { "a game", "out", true, "04000000222222220500000000000000", 96, "", PARSE_OK },
    { "a game", "in", false, "04000000222222230000000000100000", 96, "", PARSE_OK },
    { "a game", "out", true, "04000000222222220500000000000000", 96, "", PARSE_OK },
    { "a game", "in", false, "04000000222222240000000000200000", 96, "", PARSE_OK },
    { "a game", "out", true, "04000000222222220500000000000000", 96, "", PARSE_OK },
    { "a game", "in", false, "04000000222222250000000000300000", 96, "", PARSE_OK },
    { "a game", "out", true, "04000000222222220500000000000000", 96, "", PARSE_OK },
    { "a game", "in", false, "04000000222222260000000000400000", 96, "", PARSE_OK },
    { "data like a game", "out", true, "04000000222222220000000000000000", 69, "", PARSE_NOT_MINE },
    { "data like a game", "out", true, "04000000222222220100000000000000", 69, "", PARSE_NOT_MINE },
    { "data like a game", "out", true, "04000000222222220200000000000000", 69, "", PARSE_NOT_MINE },
    { "data like a game", "out", true, "04000000222222220300000000000000", 69, "", PARSE_NOT_MINE },
    { "data like a game", "out", true, "04000000222222220400000000000000", 69, "", PARSE_NOT_MINE },
    { "DNS", "DNS", true, "12340100000100000000", 40, "", PARSE_NOT_MINE },
    { "a wrong length", "a wrong length", true, "0100000011111111", 147, "", PARSE_NOT_MINE },
    { "no zeros", "no zeros", true, "0100010011111111", 148, "", PARSE_NOT_MINE },
    { "a response to nothing", "a response to nothing", true, "020000002222222211111111", 92, "",
        PARSE_NOT_MINE },
    { "a cookie to nothing", "a cookie to nothing", true, "0300000011111111", 64, "",
        PARSE_NOT_MINE },
    { "short", "short", true, "010000", 3, "", PARSE_NOT_MINE },
    { "no index", "no index", true, "0100000000000000", 148, "", PARSE_NOT_MINE },
};

static void
test_sessions(void **state)
{
    union parse_state memory = { { 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct parse_input in = { .transport = PARSE_UDP,
            .from_client = steps[i].from_client,
            .time_us = (int64_t)(i + 1) * STEP_US,
            .state = &memory };
        uint8_t bytes[ROOM] = { 0 };

        if (i > 0 && strcmp(steps[i].session, steps[i - 1].session) != 0)
            memset(&memory, 0, sizeof memory);
        parse_check_hex(bytes, sizeof bytes, steps[i].head);
        parse_check_bytes_tell(&parser_wireguard, &in,
            parse_check_of(steps[i].session, steps[i].name).text, bytes, steps[i].length,
            steps[i].result, steps[i].facts);
    }
}

static void
test_prefixes(void **state)
{
    struct parse_input in = { .transport = PARSE_UDP, .from_client = true };
    uint8_t bytes[ROOM] = { 0 };

    (void)state;
    parse_check_hex(bytes, sizeof bytes, steps[0].head);
    assert_int_equal(
        parse_check_prefixes(&parser_wireguard, in, bytes, steps[0].length), steps[0].length);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
