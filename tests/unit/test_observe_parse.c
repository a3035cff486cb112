/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How parsers are run over a flow: what they remember, pass over and hand on; when a stream changes
 * hands; what a hole in it means; frames without IP. The parsers are the test's own: a message is a
 * letter, a text and a newline, and each letter belongs to one parser.
 */
/* clang-format off */
/* links: sensor/observe*.c sensor/tor.c sensor/resolved.c sensor/presence.c sensor/rtt.c sensor/lag.c sensor/activity.c sensor/locality.c sensor/address.c conf/cidr.c sensor/pair.c sensor/session.c sensor/resume.c sensor/second_sign.c sensor/hello.c sensor/control.c sensor/classify.c sensor/evidence.c sensor/stream.c sensor/flow*.c parsers/fact.c parsers/text.c parsers/tcp_syn.c parsers/packet*.c conf/list_tool.c conf/list_vendor.c conf/list_domain.c conf/list_service.c conf/embedded.c conf/cidr.c */
/* clang-format on */
#include "../../parsers/text.h"
#include "../../sensor/observe.h"
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define PORT_WORD 4001   /* W<text>: told */
#define PORT_COUNT 4002  /* C: its number in this flow is told */
#define PORT_TUNNEL 4003 /* T<text>: the text, newline included, is handed on */
#define PORT_BODY 4004   /* B<digit>: so many hundred bytes behind it belong to it; told */
#define PORT_ORDER                                                                                 \
    4005 /* O[digit]: how much disorder there was before it is told; a body as B's                 \
          */
#define PORT_MANY                                                                                  \
    4006 /* M<letter><c or s><text>: handed on as the letter's stream; - begins anew */
#define PORT_OTHER 4999 /* N<text>: told, the first; the next is another's */
#define TYPE_LINK 0x9999
#define TYPE_MANY 0x9998

static void
say(const struct parse_output *out, const char *what, const void *text, size_t n)
{
    struct fact f;

    fact_begin(&f, FACT_LOGIN);
    fact_word(&f, KEY_METHOD, what);
    fact_text(&f, KEY_ACCOUNT, text, n);
    out->fact(out->context, &f);
}

/* The text of a message that begins with `letter`. */
static enum parse_result
message(struct parse_input *in, char letter, struct rd *text)
{
    const uint8_t *end;

    if (rd_u8(&in->data) != letter)
        return PARSE_NOT_MINE;
    end = memchr(in->data.p, '\n', rd_left(&in->data));
    if (end == NULL)
        return PARSE_MORE;
    *text = rd_sub(&in->data, (size_t)(end - in->data.p));
    rd_skip(&in->data, 1);
    return PARSE_OK;
}

static enum parse_result
parse_word(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result = message(in, 'W', &text);

    if (result == PARSE_OK)
        say(out, in->is_nested ? "nested" : "word", text.p, rd_left(&text));
    return result;
}

static enum parse_result
parse_count(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result = message(in, 'C', &text);
    char number;

    if (in->state->bytes[0] < 9)
        in->state->bytes[0]++;
    if (result != PARSE_OK)
        return result;
    number = (char)('0' + in->state->bytes[0]);
    say(out, "count", &number, 1);
    return PARSE_OK;
}

static enum parse_result
parse_tunnel(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result = message(in, 'T', &text);

    if (result == PARSE_OK)
        out->nested(out->context, text.p, rd_left(&text) + 1);
    return result;
}

static enum parse_result
parse_many(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result = message(in, 'M', &text);
    struct parse_nested which = { .key = 0 };

    if (result != PARSE_OK)
        return result;
    which.key = rd_u8(&text);
    which.from_client = rd_u8(&text) == 'c';
    which.mac[5] = (uint8_t)which.key;
    if (which.key == 'A')
        inet_pton(AF_INET6, "::ffff:203.0.113.9", &which.address);
    out->nested_of(out->context, &which, text.p, rd_peek(&text) == '-' ? 0 : rd_left(&text) + 1);
    return result;
}

static enum parse_result
parse_body(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    size_t body, here;
    enum parse_result result = message(in, 'B', &text);

    if (result != PARSE_OK)
        return result;
    body = (size_t)(rd_peek(&text) - '0') * 100;
    here = body < rd_left(&in->data) ? body : rd_left(&in->data);
    rd_skip(&in->data, here);
    in->skip = body - here;
    say(out, in->after_gap ? "body-after-gap" : "body", text.p, rd_left(&text));
    return PARSE_OK;
}

static enum parse_result
parse_order(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result = message(in, 'O', &text);
    char number = (char)('0' + in->disorder), body;

    if (result != PARSE_OK)
        return result;
    say(out, "disorder", &number, 1);
    body = (char)rd_peek(&text);
    if (body >= '0' && body <= '9')
        in->skip = (size_t)(body - '0') * 100;
    return PARSE_OK;
}

static enum parse_result
parse_turning(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result = message(in, 'A', &text);

    if (result == PARSE_OK)
        say(out, in->is_midstream ? "turned" : "asked", text.p, rd_left(&text));
    return result;
}

static enum parse_result
parse_once(struct parse_input *in, const struct parse_output *out)
{
    struct rd text;
    enum parse_result result;

    if (in->state->bytes[0] != 0)
        return PARSE_NOT_MINE;
    result = message(in, 'N', &text);
    in->state->bytes[0] = 1;
    if (result == PARSE_OK)
        say(out, "once", text.p, rd_left(&text));
    return result;
}

static const struct parser parsers[] = {
    { .name = "word",
        .transports = PARSER_TCP | PARSER_LINK,
        .ports = { PORT_WORD, TYPE_LINK },
        .anywhere = true,
        .parse = parse_word },
    { .name = "count",
        .transports = PARSER_TCP | PARSER_UDP,
        .ports = { PORT_COUNT },
        .has_state = true,
        .parse = parse_count },
    { .name = "tunnel",
        .transports = PARSER_TCP | PARSER_UDP,
        .ports = { PORT_TUNNEL },
        .parse = parse_tunnel },
    { .name = "body",
        .transports = PARSER_TCP,
        .ports = { PORT_BODY },
        .whole_stream = true,
        .resyncs = true,
        .parse = parse_body },
    { .name = "order", .transports = PARSER_TCP, .ports = { PORT_ORDER }, .parse = parse_order },
    { .name = "turning",
        .transports = PARSER_TCP,
        .anywhere = true,
        .turns = true,
        .parse = parse_turning },
    { .name = "many",
        .transports = PARSER_UDP | PARSER_LINK,
        .ports = { PORT_MANY, TYPE_MANY },
        .parse = parse_many },
    { .name = "once",
        .transports = PARSER_TCP,
        .anywhere = true,
        .has_state = true,
        .parse = parse_once },
};

const struct parser *const *
parser_table(unsigned *count)
{
    static const struct parser *const table[] = { &parsers[0], &parsers[1], &parsers[2],
        &parsers[3], &parsers[4], &parsers[5], &parsers[6], &parsers[7] };

    *count = sizeof table / sizeof table[0];
    return table;
}

static char told[1024];

static void
add_key(const struct fact *f, enum fact_key key)
{
    size_t n = strlen(told);
    char room[TEXT_ADDRESS_SIZE];
    const char *text = fact_get_text(f, key);
    struct in6_addr address;

    if (fact_get_address(f, key, &address)) {
        text_from_address(room, &address);
        text = room;
    }
    if (text != NULL)
        snprintf(told + n, sizeof told - n, "@%s", text);
}

static void
emit(void *context, const struct emission *e)
{
    const struct fact *f = &e->observation.fact;
    size_t n = strlen(told);

    (void)context;
    if (f->kind == FACT_LOGIN)
        snprintf(told + n, sizeof told - n, "%s%s:%s", n > 0 ? " " : "",
            fact_get_text(f, KEY_METHOD), fact_get_text(f, KEY_ACCOUNT));
    add_key(f, KEY_DEVICE_MAC);
    add_key(f, KEY_OUTSIDE);
}

static struct emitter emitter;

static struct observer *
open_observer(void)
{
    static const struct config config;
    struct observer_request request = {
        .config = &config,
        .emitter = &emitter,
        .policy = &session_policy_default,
        .classify_states = 1,
        .sessions = 4,
        .stream_bytes = 4096,
        .stream_pool_bytes = 1 << 20,
    };

    told[0] = '\0';
    emitter.emit = emit;
    return observer_open(&request);
}

/* One segment or datagram. `missing` bytes of 'x' stand behind the text on the wire; the capture
 * lacks those of a negative number. */
struct step {
    bool from_server;
    uint32_t seq; /* 0: a datagram */
    const char *text;
    int behind;
    uint32_t ack;
    bool is_syn;
};

#define STEPS 8

static void
take_step(struct observer *o, struct flow_table *flows, const struct step *s, uint16_t port)
{
    static uint8_t bytes[4096];
    struct packet p = { .ip = bytes, .ip_version = 4, .protocol = s->seq != 0 ? 6 : 17 };
    uint32_t n = (uint32_t)strlen(s->text), behind = (uint32_t)abs(s->behind);
    unsigned direction;
    struct flow *f;

    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, s->text, n);
    p.source.s6_addr[15] = s->from_server ? 2 : 1;
    p.destination.s6_addr[15] = s->from_server ? 1 : 2;
    p.source_port = s->from_server ? port : 40000;
    p.destination_port = s->from_server ? 40000 : port;
    p.payload = bytes;
    p.payload_captured = n + (s->behind > 0 ? behind : 0);
    p.payload_length = n + behind;
    p.tcp.seq = s->seq;
    p.tcp.ack = s->ack;
    p.tcp.flags = s->is_syn ? PACKET_TCP_SYN : PACKET_TCP_ACK;
    emitter.now.packet++;
    emitter.packet = &p;
    f = flow_table_update(flows, &p, flow_hash(&p, 1), 1000000, 100, &direction);
    assert_non_null(f);
    observer_packet(o, f, direction, &p, 100);
}

static struct observer *ending;

static void
ended(void *context, struct flow *f)
{
    (void)context;
    emitter.packet = NULL;
    observer_flow_ended(ending, f);
}

static const struct {
    const char *name;
    uint16_t port;
    struct step steps[STEPS];
    const char *told;
} cases[] = {
    { "a parser remembers what it was chosen for", PORT_COUNT,
        { { .text = "C\n" }, { .text = "C\n", .from_server = true }, { .text = "C\n" } },
        "count:1 count:2 count:3" },
    { "on a stream too, and nothing of half a message", PORT_COUNT,
        { { .seq = 1, .text = "C" }, { .seq = 2, .text = "\n" }, { .seq = 3, .text = "C\nC\n" } },
        "count:1 count:2 count:3" },
    { "a stream that became another protocol's is read by whoever knows it", PORT_COUNT,
        { { .seq = 1, .text = "C\n" }, { .seq = 3, .text = "Wuser\n" },
            { .seq = 1, .text = "Wback\n", .from_server = true } },
        "count:1 word:user word:back" },
    { "not back to one that does not know it anywhere", PORT_COUNT,
        { { .seq = 1, .text = "C\n" }, { .seq = 3, .text = "Wuser\n" },
            { .seq = 9, .text = "C\n" } },
        "count:1 word:user" },
    { "a protocol within itself begins anew", PORT_OTHER,
        { { .seq = 1, .text = "None\n" }, { .seq = 6, .text = "Ntwo\n" } }, "once:one once:two" },
    { "what datagrams carry is a stream of its own", PORT_TUNNEL,
        { { .text = "TWone\n" }, { .text = "TWtwo\n", .from_server = true } },
        "nested:one nested:two" },
    { "several streams are kept apart, with whose they are", PORT_MANY,
        { { .text = "MacWo\n" }, { .text = "MBcWtwo\n" }, { .text = "MasWback\n" },
            { .text = "MAcWthree\n", .from_server = true } },
        "nested:o@00:00:00:00:00:61 nested:two@00:00:00:00:00:42 "
        "nested:back@00:00:00:00:00:61 nested:three@00:00:00:00:00:41@203.0.113.9" },
    { "one begins anew, the others go on", PORT_MANY,
        { { .text = "Macxx\n" }, { .text = "Mbcxx\n" }, { .text = "Mac-\n" },
            { .text = "MacWone\n" }, { .text = "MbcWtwo\n" } },
        "nested:one@00:00:00:00:00:61" },
    { "what a stream carries, too", PORT_TUNNEL,
        { { .seq = 1, .text = "TWo" }, { .seq = 4, .text = "ne\nTWtwo\n" } },
        "nested:one nested:two" },
    { "data in a SYN (TCP Fast Open) stand behind it", PORT_WORD,
        { { .seq = 1, .text = "Wus", .is_syn = true }, { .seq = 5, .text = "er\n" } },
        "word:user" },
    { "bodies are passed over", PORT_BODY,
        { { .seq = 1, .text = "B1\n", .behind = 60 }, { .seq = 64, .text = "", .behind = 40 },
            { .seq = 104, .text = "B0\n" } },
        "body:1 body:0" },
    { "and may be missing from the capture", PORT_BODY,
        { { .seq = 1, .text = "B1\n", .behind = -100 }, { .seq = 104, .text = "B0\n" } },
        "body:1 body:0" },
    { "behind a hole that the receiver does not have it waits", PORT_BODY,
        { { .seq = 1, .text = "B0\n" }, { .seq = 9, .text = "B0\n" },
            { .seq = 1, .text = "", .from_server = true, .ack = 4 } },
        "body:0" },
    { "behind one that the capture missed it finds the next message", PORT_BODY,
        { { .seq = 1, .text = "B0\n" }, { .seq = 9, .text = "xx" }, { .seq = 11, .text = "B0\n" },
            { .seq = 1, .text = "", .from_server = true, .ack = 14 } },
        "body:0 body-after-gap:0" },
    { "others stop there", PORT_COUNT,
        { { .seq = 1, .text = "C\n" }, { .seq = 9, .text = "C\n" },
            { .seq = 1, .text = "", .from_server = true, .ack = 11 } },
        "count:1" },
    { "in the middle of a connection it waits for a message", PORT_BODY,
        { { .seq = 70, .text = "xxxx" }, { .seq = 74, .text = "B0\n" } }, "body:0" },
    { "on either side", PORT_BODY,
        { { .seq = 70, .text = "B0\n" }, { .seq = 9, .text = "xxxx", .from_server = true },
            { .seq = 73, .text = "B0\n" }, { .seq = 13, .text = "B0\n", .from_server = true } },
        "body:0 body:0 body:0" },
    { "a port is no reason to believe other bytes", PORT_BODY, { { .seq = 70, .text = "Wuser\n" } },
        "word:user" },
    { "segments in order are no disorder", PORT_ORDER,
        { { .seq = 1, .text = "Oa\n" }, { .seq = 4, .text = "O" }, { .seq = 5, .text = "b\n" } },
        "disorder:0 disorder:0" },
    { "one that came twice is, seen from either side", PORT_ORDER,
        { { .seq = 1, .text = "Oa\n" }, { .seq = 1, .text = "Oa\n" },
            { .seq = 1, .text = "Ob\n", .from_server = true } },
        "disorder:0 disorder:1" },
    { "so is one that came early", PORT_ORDER,
        { { .seq = 1, .text = "Oa\n" }, { .seq = 7, .text = "Oc\n" },
            { .seq = 4, .text = "Ob\n" } },
        "disorder:0 disorder:1 disorder:1" },
    { "and one that overlaps", PORT_ORDER,
        { { .seq = 1, .text = "Oa\n" }, { .seq = 3, .text = "\nOb\n" } }, "disorder:0 disorder:1" },
    { "bodies in several segments are no disorder", PORT_ORDER,
        { { .seq = 1, .text = "O1\n" }, { .seq = 4, .text = "", .behind = 60 },
            { .seq = 64, .text = "", .behind = 40 }, { .seq = 104, .text = "Ob\n" } },
        "disorder:0 disorder:0" },
    { "nor with the next message behind them", PORT_ORDER,
        { { .seq = 1, .text = "O1\n" }, { .seq = 4, .text = "", .behind = 100 },
            { .seq = 104, .text = "O1\n" }, { .seq = 107, .text = "", .behind = -100 },
            { .seq = 207, .text = "Oc\n" } },
        "disorder:0 disorder:0 disorder:0" },
    { "what came twice counts once where a stream's start ends", PORT_ORDER,
        { { .seq = 1, .text = "O9\n" }, { .seq = 4, .text = "", .behind = 900 },
            { .seq = 4, .text = "", .behind = 900 }, { .seq = 4, .text = "", .behind = 900 },
            { .seq = 4, .text = "", .behind = 900 }, { .seq = 4, .text = "", .behind = 900 },
            { .seq = 904, .text = "O\n" }, { .seq = 906, .text = "O\n" } },
        "disorder:0 disorder:4 disorder:4" },
    { "but one of theirs that came twice is", PORT_ORDER,
        { { .seq = 1, .text = "O1\n" }, { .seq = 4, .text = "", .behind = 60 },
            { .seq = 4, .text = "", .behind = 60 }, { .seq = 64, .text = "", .behind = 40 },
            { .seq = 104, .text = "Ob\n" } },
        "disorder:0 disorder:1" },
    { "the called end may ask, behind whatever the caller said", PORT_OTHER,
        { { .seq = 1, .text = "xxx" },
            { .seq = 1, .text = "Auser\n", .from_server = true, .ack = 4 },
            { .seq = 4, .text = "Aback\n" } },
        "turned:user turned:back" },
    { "in its first bytes", PORT_OTHER,
        { { .seq = 1, .text = "xxx" }, { .seq = 1, .text = "xx", .from_server = true, .ack = 4 },
            { .seq = 3, .text = "Auser\n", .from_server = true, .ack = 4 } },
        "" },
    { "and others may not", PORT_OTHER,
        { { .seq = 1, .text = "xxx" },
            { .seq = 1, .text = "Wuser\n", .from_server = true, .ack = 4 } },
        "" },
    { "known anywhere", PORT_OTHER, { { .seq = 1, .text = "Wuser\n" } }, "word:user" },
    { "known on its port only", PORT_OTHER, { { .text = "C\n" } }, "" },
};

static void
test_flows(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct observer *o = open_observer();
        struct flow_table_request request = {
            .limit = 4, .timeouts.us = { 1, 1, 1, 1 }, .ended = ended
        };
        struct flow_table *flows = flow_table_open(&request);

        ending = o;
        for (const struct step *s = cases[i].steps; s < cases[i].steps + STEPS && s->text != NULL;
             s++)
            take_step(o, flows, s, cases[i].port);
        if (strcmp(told, cases[i].told) != 0)
            fail_msg("%s: told \"%s\"", cases[i].name, told);
        flow_table_close(flows);
        observer_close(o);
    }
}

static void
test_link(void **state)
{
    static const uint8_t frame[] = "Wlan\n";
    struct packet p = { .ether_type = TYPE_LINK };
    struct observer *o = open_observer();

    (void)state;
    p.link_payload = rd_of(frame, sizeof frame - 1);
    emitter.packet = &p;
    observer_link(o, &p);
    p.ether_type = TYPE_LINK + 1; /* nobody's */
    observer_link(o, &p);
    assert_string_equal(told, "word:lan");
    observer_close(o);
}

/* Between two cards several streams too; of more than sixteen the oldest is forgotten. */
static void
test_link_streams(void **state)
{
    static const uint8_t here[] = { 2, 0, 0, 0, 0, 1 }, there[] = { 2, 0, 0, 0, 0, 2 };
    struct observer *o = open_observer();

    (void)state;
    for (unsigned i = 0; i < 40; i++) {
        struct packet p = { .ether_type = TYPE_MANY, .source_mac = here, .destination_mac = there };
        char frame[] = "M?cxx\n";

        frame[1] = (char)('a' + i % 20);
        p.link_payload = rd_of(frame, sizeof frame - 1);
        emitter.packet = &p;
        observer_link(o, &p);
    }
    assert_string_equal(told, "");
    for (unsigned i = 0; i < 2; i++) {
        struct packet p = { .ether_type = TYPE_MANY, .source_mac = here, .destination_mac = there };
        char frame[] = "M?cWuser\n"; /* t is known, and no stream of words; a was forgotten */

        frame[1] = "ta"[i];
        p.link_payload = rd_of(frame, sizeof frame - 1);
        emitter.packet = &p;
        observer_link(o, &p);
    }
    assert_string_equal(told, "nested:user@00:00:00:00:00:61");
    for (unsigned i = 0; i < 200; i++) { /* other cards take the place */
        uint8_t other[] = { 2, 0, 0, 0, 1, (uint8_t)i };
        struct packet p = { .ether_type = TYPE_MANY, .source_mac = here, .destination_mac = other };

        p.link_payload = rd_of("Mbcxx\n", 6);
        emitter.packet = &p;
        observer_link(o, &p);
    }
    observer_close(o);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flows),
        cmocka_unit_test(test_link),
        cmocka_unit_test(test_link_streams),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
