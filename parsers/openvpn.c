/* SPDX-License-Identifier: BSD-2-Clause
 *
 * OpenVPN's control channel (openvpn.net, "Network protocol"; openvpn's ssl_pkt.h): the two hard
 * resets, the second of which repeats the first one's session id, open the session; the TLS behind
 * them is handed on in order. Where tls-auth is in use, its HMAC of whatever length is passed over;
 * tls-crypt seals all but opcode, session id, packet number and time.
 *
 *     opcode:5 key:3 | session 8 | [HMAC n, packet 4, time 4] | count 1 | acknowledged 4 each |
 *     [peer's session 8, when count > 0] | message 4, but in an acknowledgement | TLS
 *
 * Not seen: sessions picked up in their middle, static keys, and, where a datagram of the control
 * channel overtook another, the rest of that direction's TLS.
 */
#include "openvpn_internal.h"
#include "tunnel.h"

#define APP "OpenVPN"
#define LAYER "openvpn"
#define PORT 1194
#define OPCODE_SHIFT 3
#define KEY_ID 0x07
#define RESET_LEAST 14
#define ACKNOWLEDGED_MOST 8
#define SESSION_BYTES 8
#define SEAL_BYTES 32         /* tls-crypt's tag */
#define CRYPT_RESET 54        /* a client's: header, number and time, tag, count, message */
#define CRYPT_ANSWER 66       /* with what it acknowledges */
#define RETRIES_MOST 64       /* each retry of a reset has a packet number of its own */
#define EARLY_2_6 0x0f000000u /* where clients that offer tls-crypt-v2 start to count */
#define EARLY_BEFORE 0x0a010000u
#define EARLY_MASK 0xffff0000u
#define CLOCK_OFF_S (366 * 86400)
#define MESSAGE_MOST 4096 /* on TCP, of the control channel */
#define US_PER_S 1000000

enum opcode {
    RESET_CLIENT_V1 = 1,
    RESET_SERVER_V1,
    RESET_SOFT,
    CONTROL,
    ACKNOWLEDGEMENT,
    DATA_V1,
    RESET_CLIENT_V2,
    RESET_SERVER_V2,
    DATA_V2,
    RESET_CLIENT_V3,
    CONTROL_WRAPPED_KEY,
};

struct control {
    unsigned opcode, key_id;
    uint64_t session, peer; /* peer: 0 when nothing is acknowledged */
    uint32_t packet, time, message;
    struct rd rest;
};

extern const struct parser parser_openvpn;

/* Clients of the second and third opcode use key method 2. */
static const char *
version_of(const struct openvpn_state *s)
{
    switch (s->wrapping) {
    case OPENVPN_SCRAMBLED:
        return "scrambled";
    case OPENVPN_AUTH:
        return s->opcode == RESET_CLIENT_V1 ? "key method 1, tls-auth" : "key method 2, tls-auth";
    case OPENVPN_CRYPT:
        return s->opcode == RESET_CLIENT_V3 ? "key method 2, tls-crypt-v2"
                                            : "key method 2, tls-crypt";
    default:
        return s->opcode == RESET_CLIENT_V1 ? "key method 1" : "key method 2";
    }
}

void
openvpn_tell_session(struct openvpn_state *s, const struct parse_output *out)
{
    s->is_told = true;
    tunnel_tell_session(out, APP, version_of(s));
}

static bool
is_client_reset(unsigned opcode)
{
    return opcode == RESET_CLIENT_V1 || opcode == RESET_CLIENT_V2 || opcode == RESET_CLIENT_V3;
}

static bool
is_server_reset(unsigned opcode)
{
    return opcode == RESET_SERVER_V1 || opcode == RESET_SERVER_V2;
}

static bool
is_data(unsigned opcode)
{
    return opcode == DATA_V1 || opcode == DATA_V2;
}

/* True when it fits. `mac` is the length of the HMAC, 0 when there is none. */
static bool
read_control(struct rd r, enum openvpn_wrapping wrapping, unsigned mac, struct control *c)
{
    uint8_t first = rd_u8(&r), count;

    *c = (struct control){ .opcode = first >> OPCODE_SHIFT, .key_id = first & KEY_ID };
    c->session = rd_u64(&r);
    if (wrapping != OPENVPN_PLAIN) {
        rd_skip(&r, mac);
        c->packet = rd_u32(&r);
        c->time = rd_u32(&r);
    }
    if (wrapping == OPENVPN_CRYPT) {
        rd_skip(&r, SEAL_BYTES);
        c->rest = r;
        return r.ok;
    }
    count = rd_u8(&r);
    if (count > ACKNOWLEDGED_MOST)
        return false;
    rd_skip(&r, (size_t)count * sizeof(uint32_t));
    if (count > 0)
        c->peer = rd_u64(&r);
    if (c->opcode != ACKNOWLEDGEMENT)
        c->message = rd_u32(&r);
    c->rest = r;
    return r.ok;
}

static bool
is_among_first(const struct control *c)
{
    uint32_t start = c->packet & EARLY_MASK, number = c->packet & ~EARLY_MASK;

    return number >= 1 && number <= RETRIES_MOST &&
           (start == 0 || start == EARLY_2_6 || start == EARLY_BEFORE);
}

/* Of what is sealed only this is left to go by. */
static bool
is_clock_right(const struct control *c, int64_t time_us)
{
    int64_t off_s = time_us / US_PER_S - c->time;

    return off_s < CLOCK_OFF_S && off_s > -CLOCK_OFF_S;
}

/* tls-crypt-v2: the client's key follows, its own length at its end. */
static bool
has_wrapped_key(struct rd key)
{
    size_t length = rd_left(&key);

    if (length <= sizeof(uint16_t))
        return false;
    rd_skip(&key, length - sizeof(uint16_t));
    return rd_u16(&key) == length;
}

static bool
is_sealed_reset(struct rd r, struct control *c, int64_t time_us)
{
    struct rd key = r;

    if (!read_control(r, OPENVPN_CRYPT, 0, c) || !is_among_first(c) ||
        !is_clock_right(c, time_us) || rd_left(&r) < CRYPT_RESET)
        return false;
    rd_skip(&key, CRYPT_RESET);
    return c->opcode == RESET_CLIENT_V3 ? has_wrapped_key(key) : rd_left(&key) == 0;
}

/* How the client's reset is wrapped; OPENVPN_UNKNOWN when it is none. */
static enum openvpn_wrapping
wrapping_of(struct rd r, struct control *c, uint8_t *mac, int64_t time_us)
{
    static const uint8_t macs[] = { 0, 16, 20, 28, 32, 48, 64 }; /* MD5 to SHA-512 */

    for (size_t i = 0; i < sizeof macs; i++) {
        enum openvpn_wrapping wrapping = macs[i] == 0 ? OPENVPN_PLAIN : OPENVPN_AUTH;

        if (!read_control(r, wrapping, macs[i], c) || rd_left(&c->rest) > 0 || c->peer != 0 ||
            c->message != 0 || (wrapping == OPENVPN_AUTH && !is_among_first(c)))
            continue;
        *mac = macs[i];
        return wrapping;
    }
    return is_sealed_reset(r, c, time_us) ? OPENVPN_CRYPT : OPENVPN_UNKNOWN;
}

static enum parse_result
read_client_reset(
    struct rd r, struct openvpn_state *s, struct parse_input *in, const struct parse_output *out)
{
    struct control c;
    uint8_t mac = 0;
    enum openvpn_wrapping wrapping = wrapping_of(r, &c, &mac, in->time_us);

    if (wrapping == OPENVPN_UNKNOWN || c.key_id != 0)
        return PARSE_NOT_MINE;
    if (s->wrapping == wrapping && s->session[OPENVPN_CLIENT] == c.session) {
        s->resets++; /* sent again */
        return PARSE_OK;
    }
    if (s->is_told)
        out->nested(out->context, NULL, 0);
    *s = (struct openvpn_state){ .wrapping = (uint8_t)wrapping,
        .mac = mac,
        .opcode = (uint8_t)c.opcode,
        .resets = 1,
        .is_from_client = in->from_client,
        .session = { c.session },
        .next = { 1, 1 },
        .time_us = in->time_us };
    return PARSE_OK;
}

static enum parse_result
read_server_reset(struct rd r, struct openvpn_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    struct control c;

    if (!read_control(r, s->wrapping, s->mac, &c) || c.key_id != 0 || c.message != 0)
        return PARSE_NOT_MINE;
    if (s->wrapping == OPENVPN_CRYPT
            ? rd_left(&r) < CRYPT_ANSWER || !is_among_first(&c) || !is_clock_right(&c, in->time_us)
            : c.peer != s->session[OPENVPN_CLIENT])
        return PARSE_NOT_MINE;
    if (s->is_told)
        return PARSE_OK;
    s->session[OPENVPN_SERVER] = c.session;
    openvpn_tell_session(s, out);
    if (s->resets == 1)
        tunnel_tell_rtt(out, LAYER, "server", in->time_us - s->time_us);
    s->time_us = in->time_us;
    s->is_answer_due = true;
    return PARSE_OK;
}

/* Both ends change keys: their messages are numbered anew. */
static void
begin_key(unsigned key_id, struct openvpn_state *s, const struct parse_output *out)
{
    if (s->key_id == key_id)
        return; /* the other end's word for it */
    s->key_id = (uint8_t)key_id;
    s->rekeys++;
    s->next[0] = s->next[1] = 1;
    s->is_lost[0] = s->is_lost[1] = false;
    out->nested(out->context, NULL, 0);
    tunnel_tell_rekeys(out, APP, s->rekeys);
}

static enum parse_result
read_known(
    struct rd r, struct openvpn_state *s, struct parse_input *in, const struct parse_output *out)
{
    unsigned end = in->from_client == s->is_from_client ? OPENVPN_CLIENT : OPENVPN_SERVER;
    struct control c;

    if (!read_control(r, s->wrapping, s->mac, &c))
        return PARSE_MORE;
    if (c.session != s->session[end])
        return PARSE_NOT_MINE;
    if (end == OPENVPN_CLIENT && s->is_answer_due) {
        s->is_answer_due = false;
        tunnel_tell_rtt(out, LAYER, "client", in->time_us - s->time_us);
    }
    if (c.opcode == RESET_SOFT)
        begin_key(c.key_id, s, out);
    if (s->wrapping == OPENVPN_CRYPT || c.opcode != CONTROL || c.key_id != s->key_id)
        return PARSE_OK;
    if (in->is_cut)
        s->is_lost[end] = true;
    if (s->is_lost[end] || c.message != s->next[end])
        return PARSE_OK;
    s->next[end]++;
    if (rd_left(&c.rest) > 0)
        out->nested(out->context, c.rest.p, rd_left(&c.rest));
    return PARSE_OK;
}

static enum parse_result
read_message(
    struct rd r, struct openvpn_state *s, struct parse_input *in, const struct parse_output *out)
{
    unsigned opcode = (unsigned)rd_peek(&r) >> OPCODE_SHIFT;
    enum parse_result result = PARSE_NOT_MINE;

    if (is_client_reset(opcode) && rd_left(&r) >= RESET_LEAST)
        result = read_client_reset(r, s, in, out);
    if (result == PARSE_OK)
        return result;
    if (s->wrapping == OPENVPN_UNKNOWN || s->wrapping == OPENVPN_SCRAMBLED)
        return openvpn_scrambled(r, s, in, out);
    if (is_server_reset(opcode) && in->from_client != s->is_from_client)
        return read_server_reset(r, s, in, out);
    if (!s->is_told)
        return PARSE_NOT_MINE;
    if (is_data(opcode))
        return PARSE_OK;
    if (opcode < RESET_SOFT || opcode > CONTROL_WRAPPED_KEY)
        return PARSE_BAD;
    return read_known(r, s, in, out);
}

/* Two octets of length come before each message on TCP. */
static enum parse_result
parse_stream(struct openvpn_state *s, struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, message;
    size_t length = rd_u16(&r);
    unsigned opcode = (unsigned)rd_peek(&r) >> OPCODE_SHIFT;
    enum parse_result result;

    if (rd_left(&r) == 0)
        return PARSE_MORE;
    if (length == 0)
        return s->is_told ? PARSE_BAD : PARSE_NOT_MINE;
    if (s->is_told && is_data(opcode)) {
        message = rd_sub_upto(&r, length);
        in->skip = length - rd_left(&message);
        in->data = r;
        return PARSE_OK;
    }
    if (length < RESET_LEAST || length > MESSAGE_MOST ||
        (s->wrapping == OPENVPN_UNKNOWN && !is_client_reset(opcode)))
        return s->is_told ? PARSE_BAD : PARSE_NOT_MINE;
    message = rd_sub(&r, length);
    if (!message.ok)
        return PARSE_MORE;
    result = read_message(message, s, in, out);
    if (result == PARSE_OK)
        in->data = r;
    return result == PARSE_MORE ? PARSE_BAD : result;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct openvpn_state *s = (struct openvpn_state *)(void *)in->state->bytes;
    enum parse_result result;

    if (in->transport == PARSE_TCP)
        return parse_stream(s, in, out);
    if (rd_left(&in->data) == 0)
        return PARSE_MORE;
    result = read_message(in->data, s, in, out);
    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data));
    return result;
}

const struct parser parser_openvpn = {
    .name = "openvpn",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
