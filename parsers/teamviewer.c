/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TeamViewer's own protocol, as far as its public dissectors know it (Awake Security's of 2018 and
 * nDPI's): whether the program only waits for calls or a session runs, and its number.
 *
 * A command is 17 24, its code, two octets of length and the data; since version 12 also 11 30, the
 * code, a zero, four octets of length, four words (packet, answered packet, class, offset) and the
 * data; lengths are little-endian. Data is rotated to the right by one bit over its whole length.
 * Over UDP, between the two ends themselves unless on port 5938, eleven octets come before. What
 * the program sends through TLS or HTTP on other ports is not seen; data is encrypted.
 */
#include "parser.h"
#include <stdio.h>

#define PORT 5938
#define MAGIC_1 0x1724
#define MAGIC_2 0x1130
#define HEADER_2_REST 16 /* the four words */
#define UDP_HEADER 11
#define COMMAND_FIRST 10
#define COMMAND_LAST 127
#define IDENTIFY_LENGTH 32
#define ID_BYTES 4
#define ID_LEAST 100000000u /* numbers of machines have nine or ten digits */

enum command {
    COMMAND_IDENTIFY = 10,
    COMMAND_REQUEST_CONNECT = 11,
    COMMAND_PING = 16,
    COMMAND_PING_OK = 17,
    COMMAND_CONNECT_TO_WAITING_THREAD = 22,
    COMMAND_SESSION_MODE = 23,
    COMMAND_ACCEPT_ROUTING_SESSION = 47,
    COMMAND_DATA_FIRST = 90, /* data, encryption and authentication of a session */
    COMMAND_DATA_LAST = 109,
};

struct state {
    bool is_known, is_session, has_id;
    bool has_spoken[2]; /* UDP */
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct message {
    uint8_t command;
    size_t length;
    struct rd data; /* what is here of it */
};

static bool
is_of_session(uint8_t command)
{
    return command == COMMAND_REQUEST_CONNECT || command == COMMAND_SESSION_MODE ||
           command == COMMAND_CONNECT_TO_WAITING_THREAD ||
           command == COMMAND_ACCEPT_ROUTING_SESSION ||
           (command >= COMMAND_DATA_FIRST && command <= COMMAND_DATA_LAST);
}

/* False when it is another protocol's; *r fails where the bytes end early. */
static bool
read_header(struct rd *r, struct message *m)
{
    uint16_t magic = rd_u16(r);

    m->command = rd_u8(r);
    if (magic == MAGIC_1) {
        m->length = rd_u16_le(r);
    } else {
        if (rd_u8(r) != 0)
            return false;
        m->length = rd_u32_le(r);
        rd_skip(r, HEADER_2_REST);
    }
    return !r->ok || ((magic == MAGIC_1 || magic == MAGIC_2) && m->command >= COMMAND_FIRST &&
                         m->command <= COMMAND_LAST);
}

/* The bytes may be a command's first ones. */
static bool
may_be_magic(struct rd r)
{
    uint8_t first = rd_u8(&r), second = rd_u8(&r);

    return (first == MAGIC_1 >> 8 && (!r.ok || second == (MAGIC_1 & 0xff))) ||
           (first == MAGIC_2 >> 8 && (!r.ok || second == (MAGIC_2 & 0xff)));
}

/* How a connection to port 5938 or any other begins. */
static bool
is_opening(const struct message *m)
{
    return (m->command == COMMAND_IDENTIFY && m->length == IDENTIFY_LENGTH) ||
           ((m->command == COMMAND_PING || m->command == COMMAND_PING_OK) && m->length == ID_BYTES);
}

/* The number of the machine that identifies itself; 0: it has none yet. */
static uint32_t
read_id(struct rd data)
{
    uint8_t octets[ID_BYTES];

    for (unsigned i = 0; i < ID_BYTES; i++)
        octets[i] = (uint8_t)(rd_u8(&data) << 1 | rd_peek(&data) >> 7);
    data = rd_of(octets, sizeof octets);
    return rd_u32_le(&data);
}

static void
tell(const char *state, const char *how, uint32_t id, const struct parse_output *out)
{
    struct fact f;
    char text[16];

    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "TeamViewer");
    if (state != NULL)
        fact_word(&f, KEY_STATE, state);
    if (how != NULL)
        fact_word(&f, KEY_HOW, how);
    if (id >= ID_LEAST) {
        snprintf(text, sizeof text, "%u", id);
        fact_word(&f, KEY_PEER_ID, text);
    }
    out->fact(out->context, &f);
}

static void
see_command(const struct message *m, struct state *s, const struct parse_output *out)
{
    bool is_new = !s->is_known || (is_of_session(m->command) && !s->is_session);
    uint32_t id = 0;

    s->is_known = true;
    s->is_session |= is_of_session(m->command);
    if (m->command == COMMAND_IDENTIFY && m->length == IDENTIFY_LENGTH && !s->has_id)
        id = read_id(m->data);
    if (!is_new && id < ID_LEAST)
        return;
    s->has_id |= id >= ID_LEAST;
    tell(s->is_session ? NULL : "named", NULL, id, out);
}

static enum parse_result
parse_stream(struct parse_input *in, struct rd r, struct state *s, const struct parse_output *out)
{
    struct message m;

    if (!may_be_magic(r) && rd_left(&r) > 0)
        return PARSE_NOT_MINE;
    if (!read_header(&r, &m))
        return PARSE_NOT_MINE;
    if (!r.ok)
        return PARSE_MORE;
    if (!s->is_known && in->source_port != PORT && in->destination_port != PORT && !is_opening(&m))
        return PARSE_NOT_MINE;
    m.data = rd_sub_upto(&r, m.length);
    if (is_opening(&m) && rd_left(&m.data) < m.length)
        return PARSE_MORE;
    see_command(&m, s, out);
    in->data = r;
    in->skip = m.length - rd_left(&m.data);
    return PARSE_OK;
}

/* Strict: the length of its one command, or of its first, agrees with the datagram's. */
static enum parse_result
parse_datagram(struct parse_input *in, struct rd r, struct state *s, const struct parse_output *out)
{
    bool is_router = in->source_port == PORT || in->destination_port == PORT;
    struct message m;

    rd_skip(&r, UDP_HEADER);
    if (rd_left(&r) > 0 && !may_be_magic(r))
        return PARSE_NOT_MINE;
    if (!read_header(&r, &m) || (r.ok && m.length > rd_left(&r) && !in->is_cut))
        return PARSE_NOT_MINE;
    if (!r.ok || m.length > rd_left(&r))
        return PARSE_MORE;
    if (!s->is_known && !is_router && m.length != rd_left(&r))
        return PARSE_NOT_MINE;
    if (!s->is_known || (!is_router && !s->is_session && s->has_spoken[!in->from_client])) {
        s->is_session = !is_router && s->is_known;
        tell(s->is_session ? "connected" : "named", is_router ? "relay" : "direct", 0, out);
    }
    s->is_known = true;
    s->has_spoken[in->from_client] = true;
    in->data.p = in->data.end;
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;

    return in->transport == PARSE_UDP ? parse_datagram(in, in->data, s, out)
                                      : parse_stream(in, in->data, s, out);
}

const struct parser parser_teamviewer = {
    .name = "teamviewer",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
