/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/rustdesk.c parsers/fact.c parsers/text.c */
/*
 * Proves that RustDesk tells its number, who calls, and when a session begins. Samples are made by
 * a script after rendezvous.proto and message.proto.
 */
#include "parse_check.h"

#define RENDEZVOUS 21116
#define RELAY 21117

extern const struct parser parser_rustdesk;

#define PUNCH_HOLE "4a220a0b1f911be05b17b1e13d8a01121172656c61792e6578616d706c652e636f6d1801"
#define SIGNED_ID                                                                                  \
    "c5011a6f0a6d000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f2021222324252627" \
    "28292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f0a0931323334353637383912201111111111111111"   \
    "111111111111111111111111111111111111111111111111"

static const struct {
    const char *name, *hex, *facts;
    enum parse_transport transport;
    uint16_t port;
    bool is_new; /* a flow of its own */
} samples[] = {
    { "a program registers", "320d0a093132333435363738391003",
        "session-open app=RustDesk state=named peer-id=123456789 how=relay", PARSE_UDP, RENDEZVOUS,
        true },
    { "the server's answer", "3a020801", "", PARSE_UDP, RENDEZVOUS, false },
    { "somebody calls", PUNCH_HOLE, "peer address=203.0.113.57 how=hole-punch port=41234",
        PARSE_UDP, RENDEZVOUS, false },
    { "the program answers",
        "522d0a0b1f911be05b17b1e13d8a0112093132333435363738391a1172656c61792e6578616d706c652e636f6d"
        "2002",
        "peer peer-id=123456789 address=203.0.113.57 how=hole-punch port=41234", PARSE_UDP,
        RENDEZVOUS, false },
    { "somebody calls by IPv6", "62140a1220010db80000000000000000000000077e52",
        "peer address=2001:db8::7 how=hole-punch port=21118", PARSE_UDP, RENDEZVOUS, false },
    { "a viewer asks for a number", "5042120a0939383736353433323110011a036b6579",
        "session-open app=RustDesk state=named peer-id=987654321 how=relay", PARSE_TCP, RENDEZVOUS,
        true },
    { "a relay is asked for",
        "b09201290a093938373635343332311209336630612d75756964221172656c61792e6578616d706c652e636f6"
        "d",
        "session-open app=RustDesk peer-id=987654321 how=relay", PARSE_TCP, RELAY, true },
    { "a session over the relay", SIGNED_ID,
        "session-open app=RustDesk state=connected peer-id=123456789 how=relay", PARSE_TCP, RELAY,
        false },
    { "what is encrypted", "ffffffffff", "", PARSE_TCP, RELAY, false },
    { "a direct session", SIGNED_ID,
        "session-open app=RustDesk state=connected controller=198.51.100.2 peer-id=123456789 "
        "how=direct",
        PARSE_TCP, 9, true },
};

static void
test_messages(void **state)
{
    union parse_state memory = { { 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = { .transport = samples[i].transport,
            .destination_port = samples[i].port };

        if (samples[i].is_new) {
            memset(&memory, 0, sizeof memory);
            parse_check_no_prefix_tells(&parser_rustdesk, in, samples[i].name, samples[i].hex);
        }
        in.state = &memory;
        parse_check_reads(&parser_rustdesk, &in, samples[i].name, samples[i].hex, samples[i].facts);
    }
}

static const struct {
    const char *name, *hex;
    enum parse_transport transport;
    uint16_t port;
    enum parse_result result;
} others[] = {
    { "nothing", "", PARSE_TCP, RENDEZVOUS, PARSE_MORE },
    { "another port", "3a020801", PARSE_UDP, 9, PARSE_NOT_MINE },
    { "HTTP", "474554202f20485454502f312e31", PARSE_TCP, 80, PARSE_NOT_MINE },
    { "an empty message", "00", PARSE_TCP, RENDEZVOUS, PARSE_NOT_MINE },
    { "a field that is not known", "f2010208 01", PARSE_UDP, RENDEZVOUS, PARSE_NOT_MINE },
    { "two fields", "3a020801 3a020801", PARSE_UDP, RENDEZVOUS, PARSE_NOT_MINE },
    { "a field of number 0", "02020801", PARSE_UDP, RENDEZVOUS, PARSE_NOT_MINE },
    { "a field longer than the message", "3a030801", PARSE_UDP, RENDEZVOUS, PARSE_NOT_MINE },
    { "a field within that is too long", "320c0a0a3132333435363738391003", PARSE_UDP, RENDEZVOUS,
        PARSE_NOT_MINE },
    { "a number that never ends", "ffffffffffffffffffffffff", PARSE_UDP, RENDEZVOUS,
        PARSE_NOT_MINE },
    { "a wire type that does not exist", "33020801", PARSE_UDP, RENDEZVOUS, PARSE_NOT_MINE },
    { "a session's first message, its number unsigned", "2c1a090a0731323334353637", PARSE_TCP, 9,
        PARSE_NOT_MINE },
    { "another message on any port", "103a020801", PARSE_TCP, 9, PARSE_NOT_MINE },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = { .transport = others[i].transport,
            .destination_port = others[i].port };

        parse_check_tells(
            &parser_rustdesk, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_hostile_and_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
