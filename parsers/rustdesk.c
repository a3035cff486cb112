/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RustDesk (github.com/rustdesk/hbb_common: rendezvous.proto, message.proto, the codec of its
 * streams and its packed addresses). With its rendezvous server a program registers under its
 * number and hears who calls it: the caller's own address, before any relay. The session then goes
 * over the relay or directly, and opens in clear with the signed number of the driven computer.
 *
 * Over UDP a datagram is a message; over TCP a length comes before, of one to four octets, whose
 * lowest two bits tell how many. Messages that the server's key encrypts are not read.
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

#define PORT_NAT_TEST 21115
#define PORT_RENDEZVOUS 21116
#define PORT_RELAY 21117
#define PORT_DIRECT 21118
#define FIELDS_MAX 32
#define MESSAGE_MAX 16384
#define ID_MAX 64
#define SIGNATURE 64 /* of Ed25519, before what it signs */
#define KEY_LENGTH 32
#define WIRE_VARINT 0
#define WIRE_FIXED64 1
#define WIRE_BYTES 2
#define WIRE_FIXED32 5
#define VARINT_MAX 10
#define SIGNED_ID 3 /* field of a session's message */

/* Fields of a message with the rendezvous server, and where in each stand the number and the
 * address of the other end; 0: nowhere. */
static const struct {
    uint8_t field, id, address;
    bool is_session; /* the relay is asked for, or the call is answered */
} messages[] = {
    { 6, 1, 0, false },  /* RegisterPeer */
    { 7, 0, 0, false },  /* RegisterPeerResponse */
    { 8, 1, 0, false },  /* PunchHoleRequest */
    { 9, 0, 1, false },  /* PunchHole */
    { 10, 2, 1, false }, /* PunchHoleSent */
    { 11, 0, 1, false }, /* PunchHoleResponse */
    { 12, 0, 1, false }, /* FetchLocalAddr */
    { 13, 4, 1, false }, /* LocalAddr */
    { 14, 0, 0, false }, /* ConfigUpdate */
    { 15, 1, 0, false }, /* RegisterPk */
    { 16, 0, 0, false }, /* RegisterPkResponse */
    { 17, 0, 0, false }, /* SoftwareUpdate */
    { 18, 1, 3, true },  /* RequestRelay */
    { 19, 4, 1, true },  /* RelayResponse */
    { 20, 0, 0, false }, /* TestNatRequest */
    { 21, 0, 0, false }, /* TestNatResponse */
    { 23, 1, 0, false }, /* OnlineRequest */
    { 24, 0, 0, false }, /* OnlineResponse */
    { 25, 0, 0, false }, /* KeyExchange */
    { 26, 0, 0, false }, /* HealthCheck */
};

struct state {
    bool is_known, has_id;
    bool is_relay;   /* a relay was asked for */
    bool is_session; /* what follows is encrypted */
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct field {
    uint32_t number;
    unsigned wire;
    struct rd value; /* of WIRE_BYTES */
};

static uint64_t
read_varint(struct rd *r)
{
    uint64_t value = 0;

    for (unsigned i = 0; i < VARINT_MAX; i++) {
        uint8_t octet = rd_u8(r);

        value |= (uint64_t)(octet & 0x7f) << (i * 7);
        if ((octet & 0x80) == 0)
            return value;
    }
    r->ok = false;
    return 0;
}

/* False at the end, and, with r->ok false, where it is damaged. */
static bool
next_field(struct rd *r, struct field *f)
{
    uint64_t tag;

    if (rd_left(r) == 0)
        return false;
    tag = read_varint(r);
    *f = (struct field){ .number = (uint32_t)(tag >> 3), .wire = tag & 7 };
    switch (f->wire) {
    case WIRE_VARINT:
        (void)read_varint(r);
        break;
    case WIRE_FIXED64:
        rd_skip(r, sizeof(uint64_t));
        break;
    case WIRE_FIXED32:
        rd_skip(r, sizeof(uint32_t));
        break;
    case WIRE_BYTES:
        f->value = rd_sub(r, (size_t)read_varint(r));
        break;
    default:
        r->ok = false;
    }
    r->ok = r->ok && f->number != 0;
    return r->ok;
}

/* All of it is made of fields; the values of two of them. */
static bool
read_fields(struct rd r, uint8_t first, struct rd *one, uint8_t second, struct rd *other)
{
    struct field f;

    for (unsigned i = 0; i < FIELDS_MAX && next_field(&r, &f); i++) {
        if (f.wire != WIRE_BYTES)
            continue;
        if (f.number == first)
            *one = f.value;
        else if (f.number == second)
            *other = f.value;
    }
    return r.ok && rd_left(&r) == 0;
}

/* IPv4 and port are packed, with the time as a mask, into up to 16 little-endian octets without
 * leading zeros; IPv6 stands plain before its port. */
static bool
read_address(struct rd packed, struct in6_addr *address, uint16_t *port)
{
    uint8_t octets[16] = { 0 };
    size_t n = rd_left(&packed);
    uint64_t low, high;
    uint32_t mask, ip;
    struct rd r;

    if (n == sizeof octets + 2) {
        *address = ip_read_v6(&packed);
        *port = rd_u16_le(&packed);
        return ip_is_host(address);
    }
    if (n == 0 || n > sizeof octets)
        return false;
    memcpy(octets, packed.p, n);
    r = rd_of(octets, sizeof octets);
    low = rd_u32_le(&r);
    low |= (uint64_t)rd_u32_le(&r) << 32;
    high = rd_u32_le(&r);
    mask = (uint32_t)(low >> 17);
    ip = (uint32_t)(low >> 49 | high << 15) - mask;
    *port = (uint16_t)(low - mask);
    octets[0] = (uint8_t)ip;
    octets[1] = (uint8_t)(ip >> 8);
    octets[2] = (uint8_t)(ip >> 16);
    octets[3] = (uint8_t)(ip >> 24);
    r = rd_of(octets, 4);
    *address = ip_read_v4(&r);
    return ip_is_host(address);
}

static bool
is_id(const struct rd *id)
{
    struct rd r = *id;

    if (rd_left(&r) == 0 || rd_left(&r) > ID_MAX)
        return false;
    while (rd_left(&r) > 0) {
        uint8_t c = rd_u8(&r);

        if (c <= ' ' || c > '~')
            return false;
    }
    return true;
}

static void
tell_session(const char *state, const struct in6_addr *controller, const struct rd *id,
    const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "RustDesk");
    if (state != NULL)
        fact_word(&f, KEY_STATE, state);
    fact_word(&f, KEY_HOW, controller == NULL ? "relay" : "direct");
    if (controller != NULL)
        fact_address(&f, KEY_CONTROLLER, controller);
    if (is_id(id))
        fact_text(&f, KEY_PEER_ID, id->p, rd_left(id));
    out->fact(out->context, &f);
}

static void
tell_peer(const struct rd *packed, const struct rd *id, const struct parse_output *out)
{
    struct in6_addr address;
    struct fact f;
    uint16_t port;

    if (!read_address(*packed, &address, &port))
        return;
    fact_begin(&f, FACT_PEER);
    fact_word(&f, KEY_HOW, "hole-punch");
    fact_address(&f, KEY_ADDRESS, &address);
    fact_number(&f, KEY_PORT, port);
    if (is_id(id))
        fact_text(&f, KEY_PEER_ID, id->p, rd_left(id));
    out->fact(out->context, &f);
}

/* One message with the rendezvous server or the relay: a single field, of those known. */
static enum parse_result
read_rendezvous(struct rd message, bool is_relay, struct state *s, const struct parse_output *out)
{
    struct rd id = { NULL, NULL, true }, address = id;
    struct field f;
    size_t i = 0;

    if (!next_field(&message, &f) || f.wire != WIRE_BYTES || rd_left(&message) > 0)
        return PARSE_NOT_MINE;
    while (i < sizeof messages / sizeof messages[0] && messages[i].field != f.number)
        i++;
    if (i == sizeof messages / sizeof messages[0] ||
        !read_fields(f.value, messages[i].id, &id, messages[i].address, &address))
        return PARSE_NOT_MINE;
    if (messages[i].address != 0)
        tell_peer(&address, &id, out);
    if (is_relay && messages[i].is_session) {
        s->is_relay = true;
        tell_session(NULL, NULL, &id, out);
    } else if (!s->is_known || (!s->has_id && is_id(&id))) {
        s->has_id |= is_id(&id);
        tell_session("named", NULL, &id, out);
    }
    s->is_known = true;
    return PARSE_OK;
}

/* The driven computer's first message: its signature, then its number and key. */
static bool
read_signed_id(struct rd message, struct rd *id)
{
    struct rd none = { NULL, NULL, true }, signed_id = none, key = none;
    struct field f;

    *id = none;
    if (!next_field(&message, &f) || f.number != SIGNED_ID || f.wire != WIRE_BYTES ||
        rd_left(&message) > 0 || !read_fields(f.value, 1, &signed_id, 0, &key) ||
        rd_left(&signed_id) <= SIGNATURE)
        return false;
    rd_skip(&signed_id, SIGNATURE);
    return read_fields(signed_id, 1, id, 2, &key) && is_id(id) && rd_left(&key) == KEY_LENGTH;
}

static bool
is_servers(uint16_t port)
{
    return port >= PORT_NAT_TEST && port <= PORT_DIRECT;
}

/* PARSE_MORE: of the length. */
static enum parse_result
read_length(struct rd *r, size_t *length)
{
    unsigned octets = (rd_peek(r) & 3u) + 1;
    uint32_t value = 0;

    if (rd_left(r) < octets)
        return PARSE_MORE;
    for (unsigned i = 0; i < octets; i++)
        value |= (uint32_t)rd_u8(r) << (i * 8);
    *length = value >> 2;
    return *length > 0 && *length <= MESSAGE_MAX ? PARSE_OK : PARSE_NOT_MINE;
}

/* The whole message, or what is there of it: PARSE_MORE. */
static enum parse_result
read_frame(struct rd *r, struct rd *message)
{
    size_t length = 0;
    enum parse_result result = read_length(r, &length);

    if (result != PARSE_OK)
        return result;
    *message = rd_sub_upto(r, length);
    return rd_left(message) < length ? PARSE_MORE : PARSE_OK;
}

static enum parse_result
parse_stream(struct parse_input *in, struct state *s, const struct parse_output *out)
{
    bool at_server = is_servers(in->source_port) || is_servers(in->destination_port);
    bool at_relay = in->source_port == PORT_RELAY || in->destination_port == PORT_RELAY;
    struct rd r = in->data, message = { NULL, NULL, true }, id;
    enum parse_result result;

    if (s->is_session) {
        in->data.p = in->data.end;
        return PARSE_OK;
    }
    result = read_frame(&r, &message);
    if (rd_left(&message) > 0 && !at_server && rd_peek(&message) != (SIGNED_ID << 3 | WIRE_BYTES))
        return PARSE_NOT_MINE;
    if (result != PARSE_OK)
        return result;
    if (read_signed_id(message, &id)) {
        tell_session("connected", s->is_relay || at_relay ? NULL : &in->destination, &id, out);
        s->is_session = true;
    } else if (!at_server) {
        return PARSE_NOT_MINE;
    } else {
        result = read_rendezvous(message, at_relay, s, out);
    }
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

static enum parse_result
parse_datagram(struct parse_input *in, struct state *s, const struct parse_output *out)
{
    enum parse_result result;

    if (!is_servers(in->source_port) && !is_servers(in->destination_port))
        return PARSE_NOT_MINE;
    if (in->is_cut || rd_left(&in->data) == 0)
        return PARSE_MORE;
    result = read_rendezvous(in->data, false, s, out);
    if (result == PARSE_OK)
        in->data.p = in->data.end;
    return result;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;

    return in->transport == PARSE_UDP ? parse_datagram(in, s, out) : parse_stream(in, s, out);
}

const struct parser parser_rustdesk = {
    .name = "rustdesk",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { PORT_NAT_TEST, PORT_RENDEZVOUS, PORT_RELAY, PORT_DIRECT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
