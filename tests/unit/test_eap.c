/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/eap*.c parsers/radius*.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves which bytes of TLS are handed on out of EAP, in which direction, about whom; and that
 * nothing is behind a packet that is missing. The messages are built by RFC 3748, 4 and RFC 5216,
 * 3; those of RADIUS by RFC 3579, 3.
 */
#include "../../parsers/eap.h"
#include "parse_check.h"

#define ROOM 512
#define STEPS 8

extern const struct parser parser_eapol, parser_radius;

/* What is handed on: `new`, or the direction and the bytes. */
static char told[ROOM];
static struct parse_nested last;

static void
hand_on(void *context, const struct parse_nested *which, const uint8_t *bytes, size_t n)
{
    size_t at = strlen(told);

    (void)context;
    at += (size_t)snprintf(told + at, ROOM - at, "%s%s", at > 0 ? " " : "",
        n == 0               ? "new"
        : which->from_client ? "client:"
                             : "server:");
    for (size_t i = 0; i < n && at < ROOM - 3; i++, at += 2)
        snprintf(told + at, ROOM - at, "%02x", bytes[i]);
    last = *which;
}

static bool last_is_again;

static void
note(void *context, const struct fact *f)
{
    (void)context;
    last_is_again = f->is_again;
}

static const struct parse_output out = { .fact = note, .nested_of = hand_on };

static const struct {
    const char *name, *packets[STEPS], *told;
} conversations[] = {
    { "PEAP: hello, answer in two fragments, acknowledged",
        { "010600061920", "02060008190016aa", "0107000d19c00000000416bb17", "020700061900",
            "010800091900181920", "020800081900ddee" },
        "new client:16aa server:16bb17 server:181920 client:ddee" },
    { "the client's in fragments",
        { "010600060d20", "0206000c0dc00000000416aa", "010700060d00", "020700080d00bbcc" },
        "new client:16aa client:bbcc" },
    { "EAP-TTLS, EAP-FAST with its authority in the start",
        { "010600061520", "02060008150016aa", "010700092b21000400", "020700082b0116bb" },
        "new client:16aa new client:16bb" },
    { "TEAP with TLVs behind TLS's bytes",
        { "010600063721", "0206000f37110000000316aa010203", "01070008370116bb" },
        "new client:16aa server:16bb" },
    { "a start that is told twice, packets too",
        { "010600061920", "010600061920", "02060008190016aa", "010600061920", "02060008190016aa",
            "01070008190016bb", "01070008190016bb", "020700081900ccdd" },
        "new client:16aa new client:16aa server:16bb client:ccdd" },
    { "the server's is missing",
        { "010600061920", "02060008190016aa", "0208000819001617", "010900081900aabb" },
        "new client:16aa" },
    { "the client's is missing", { "010600061920", "0107000819001617" }, "new" },
    { "identifiers wrap", { "01ff00061920", "02ff0008190016aa", "01000008190016bb" },
        "new client:16aa server:16bb" },
    { "no start, no stream", { "02060008190016aa", "01070008190016bb" }, "" },
    { "another method is refused, the next one begins anew",
        { "010600060d20", "020600060319", "010700061920", "02070008190016aa" },
        "new new client:16aa" },
    { "identities, MS-CHAPv2 and success say nothing of TLS",
        { "0106000501", "02060009016a646f65", "0107000a1a0107000510", "03080004" }, "" },
    { "a length that lies", { "010600061920", "020600ff190016aa", "0206000319" }, "new" },
    { "no room for what the flags promise", { "010600061920", "020600081980ffff" }, "new" },
    { "more TLVs than bytes", { "010600063721", "0206000f37110000000916aa010203" }, "new" },
};

static void
packets_follow_on_one_another(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof conversations / sizeof conversations[0]; i++) {
        struct eap_tls s = { 0 };

        told[0] = '\0';
        for (unsigned k = 0; k < STEPS && conversations[i].packets[k] != NULL; k++) {
            uint8_t bytes[ROOM];
            size_t n = parse_check_hex(bytes, sizeof bytes, conversations[i].packets[k]);
            struct parse_nested which = { .key = 1 };
            char before[ROOM];

            strcpy(before, told);
            for (size_t cut = 0; cut < n; cut++) {
                struct eap_tls copy = s;

                eap_tls_packet(rd_of(bytes, cut), &copy, &which, &out);
                if (strcmp(told, before) != 0)
                    fail_msg("%s: %zu bytes of step %u: %s", conversations[i].name, cut, k, told);
            }
            eap_tls_packet(rd_of(bytes, n), &s, &which, &out);
        }
        if (strcmp(told, conversations[i].told) != 0)
            fail_msg("%s: %s", conversations[i].name, told);
    }
}

#define REQUEST 1
#define CHALLENGE 11
#define IDENTITY 1

/* A RADIUS message with EAP-Message attributes of at most `most` bytes each. */
static size_t
radius(uint8_t *to, uint8_t code, uint8_t id, const char *station, const char *eap, uint8_t most)
{
    uint8_t packet[ROOM];
    size_t n = parse_check_hex(packet, sizeof packet, eap), at = 20, used = 0;

    memset(to, 0, at);
    to[0] = code;
    to[1] = id;
    if (station != NULL) {
        to[at++] = 31;
        to[at++] = (uint8_t)(2 + strlen(station));
        memcpy(to + at, station, strlen(station));
        at += strlen(station);
    }
    if (packet[4] != IDENTITY && code == REQUEST) { /* State, which the challenge gave */
        memcpy(to + at, "\x18\3s", 3);
        at += 3;
    }
    while (used < n) {
        size_t part = n - used < most ? n - used : most;

        to[at++] = 79;
        to[at++] = (uint8_t)(2 + part);
        memcpy(to + at, packet + used, part);
        at += part;
        used += part;
    }
    to[2] = (uint8_t)(at >> 8);
    to[3] = (uint8_t)at;
    return at;
}

struct message {
    uint8_t code, id;
    const char *station, *eap, *told;
};

static void
say(union parse_state *kept, const struct message *m)
{
    uint8_t bytes[ROOM];
    struct parse_input in = { .transport = PARSE_UDP, .destination_port = 1812, .state = kept };
    size_t n = radius(bytes, m->code, m->id, m->station, m->eap, 3);

    told[0] = '\0';
    in.data = rd_of(bytes, n);
    assert_int_equal(parser_radius.parse(&in, &out), PARSE_OK);
    if (strcmp(told, m->told) != 0)
        fail_msg("%u %u %s: %s", m->code, m->id, m->eap, told);
}

/* Two logins through one gateway, at the same time. */
static void
radius_tells_logins_apart(void **state)
{
    static const char wifi[] = "02-00-00-00-00-01", vpn[] = "203.0.113.9";
    static const struct message messages[] = {
        { REQUEST, 1, wifi, "02050009016a646f65", "" },
        { REQUEST, 2, vpn, "02050009016a646f65", "" },
        { CHALLENGE, 2, NULL, "010600061920", "new" },
        { CHALLENGE, 1, NULL, "010600061920", "new" },
        { REQUEST, 3, wifi, "02060008190016aa", "client:16aa" },
        { REQUEST, 4, vpn, "02060008190016bb", "client:16bb" },
        { CHALLENGE, 3, NULL, "010700081900aaaa", "server:aaaa" },
        { CHALLENGE, 4, NULL, "010700081900bbbb", "server:bbbb" },
        { CHALLENGE, 9, NULL, "010800081900cccc", "" },
        { REQUEST, 3, vpn, "020700081900dddd", "client:dddd" },
        { CHALLENGE, 3, NULL, "010800081900eeee", "server:eeee" },
    };
    union parse_state kept = { { 0 } };
    uint32_t keys[2] = { 0 };
    struct in6_addr caller;

    (void)state;
    inet_pton(AF_INET6, "::ffff:203.0.113.9", &caller);
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        say(&kept, &messages[i]);
        if (messages[i].code == REQUEST)
            assert_int_equal(last_is_again, i > 1);
        if (messages[i].station == wifi && i > 1) {
            assert_memory_equal(last.mac, "\2\0\0\0\0\1", 6);
            assert_true(IN6_IS_ADDR_UNSPECIFIED(&last.address));
            keys[0] = last.key;
        } else if (messages[i].station == vpn && i > 1) {
            assert_memory_equal(&last.address, &caller, sizeof caller);
            keys[1] = last.key;
        }
    }
    assert_int_not_equal(keys[0], 0);
    assert_int_not_equal(keys[0], keys[1]);
    assert_int_equal(last.key, keys[1]);
}

/* Of more than it remembers the oldest is forgotten. */
static void
radius_forgets_the_oldest(void **state)
{
    union parse_state kept = { { 0 } };
    char station[16];

    (void)state;
    for (unsigned i = 0; i < 13; i++) {
        struct message m = { REQUEST, (uint8_t)i, station, "02050009016a646f65", "" };

        snprintf(station, sizeof station, "203.0.113.%u", i);
        say(&kept, &m);
    }
    say(&kept, &(struct message){ CHALLENGE, 0, NULL, "010600061920", "" });
    say(&kept, &(struct message){ CHALLENGE, 1, NULL, "010600061920", "new" });
    say(&kept, &(struct message){ CHALLENGE, 12, NULL, "010600061920", "new" });
}

#define CARD "\2\0\0\0\0\7"
#define OTHER "\2\0\0\0\0\10"
#define SWITCH "\2\0\0\0\0\1"
#define GROUP "\1\200\302\0\0\3"

static const struct {
    const char *name;
    struct {
        const char *from, *to, *eap;
        unsigned seconds;
    } frames[STEPS];
    const char *told, *card; /* of the last one */
} cables[] = {
    { "both to the group",
        { { SWITCH, GROUP, "010600061920", 0 }, { CARD, GROUP, "02060008190016aa", 0 },
            { SWITCH, GROUP, "01070008190016bb", 0 } },
        "new client:16aa server:16bb", CARD },
    { "the switch to the card",
        { { SWITCH, CARD, "010600061920", 0 }, { CARD, GROUP, "02060008190016aa", 0 },
            { SWITCH, CARD, "01070008190016bb", 0 } },
        "new client:16aa server:16bb", CARD },
    { "another card meanwhile",
        { { SWITCH, CARD, "010600061920", 0 }, { SWITCH, OTHER, "010600061920", 1 },
            { OTHER, GROUP, "02060008190016cc", 1 }, { CARD, GROUP, "02060008190016aa", 1 } },
        "new client:16aa", CARD },
    { "another card later",
        { { SWITCH, CARD, "010600061920", 0 }, { CARD, GROUP, "02060008190016aa", 0 },
            { SWITCH, OTHER, "010700061920", 40 }, { OTHER, GROUP, "02070008190016cc", 41 } },
        "new client:16aa new client:16cc", OTHER },
    { "another card once the first was let in",
        { { SWITCH, CARD, "010600061920", 0 }, { CARD, GROUP, "02060008190016aa", 0 },
            { SWITCH, CARD, "03070004", 1 }, { SWITCH, OTHER, "010700061920", 2 },
            { OTHER, GROUP, "02070008190016cc", 2 } },
        "new client:16aa new client:16cc", OTHER },
    { "another card, to the group",
        { { SWITCH, GROUP, "010600061920", 0 }, { CARD, GROUP, "02060008190016aa", 0 },
            { SWITCH, GROUP, "010700061920", 1 }, { OTHER, GROUP, "02070008190016cc", 1 } },
        "new client:16aa new client:16cc", OTHER },
};

static void
eapol_follows_a_card(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cables / sizeof cables[0]; i++) {
        union parse_state kept = { { 0 } };

        told[0] = '\0';
        for (unsigned k = 0; k < STEPS && cables[i].frames[k].eap != NULL; k++) {
            uint8_t bytes[ROOM] = { 1, 0 };
            size_t n = parse_check_hex(bytes + 4, sizeof bytes - 4, cables[i].frames[k].eap);
            struct parse_input in = { .transport = PARSE_LINK,
                .source_mac = (const uint8_t *)cables[i].frames[k].from,
                .destination_mac = (const uint8_t *)cables[i].frames[k].to,
                .time_us = (int64_t)(cables[i].frames[k].seconds + 1) * 1000000,
                .state = &kept };

            bytes[3] = (uint8_t)n;
            in.data = rd_of(bytes, n + 4);
            assert_int_equal(parser_eapol.parse(&in, &out), PARSE_OK);
        }
        if (strcmp(told, cables[i].told) != 0)
            fail_msg("%s: %s", cables[i].name, told);
        if (memcmp(last.mac, cables[i].card, sizeof last.mac) != 0)
            fail_msg("%s: another card", cables[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_follow_on_one_another),
        cmocka_unit_test(radius_tells_logins_apart),
        cmocka_unit_test(radius_forgets_the_oldest),
        cmocka_unit_test(eapol_follows_a_card),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
