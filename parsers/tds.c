/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TDS ([MS-TDS]), Microsoft SQL Server's protocol: who logs in, by a name of the server's own or by
 * NTLM or Kerberos, from which computer, and whether the server acknowledged it.
 *
 * Only where client or server have no encryption, which is rare: else the login is inside of TLS,
 * whose handshake is handed on.
 * Logins that take more than one packet (large Kerberos tickets) are passed over.
 */
#include "gss.h"
#include "login.h"
#include "text.h"

#define HEADER 8
#define TYPE_RESULT 0x04
#define TYPE_LOGIN 0x10
#define TYPE_SSPI 0x11
#define TYPE_PRELOGIN 0x12
#define STATUS_END 0x01 /* of the message */
#define PACKET_MAX 32767
#define READ_MAX 15000
#define PRELOGIN_VERSION_BYTES 6 /* the first option, and always there: 2.2.6.5 */
#define LOGIN_NAMES 36           /* offset of the table of offsets: 2.2.6.4 */
#define LOGIN_SSPI 78            /* and of SSPI's place in it */
#define TOKENS_MAX 32
#define TLS_CHANGE 20 /* first and last type of a record: 3.2.5.1 has TLS begin in prelogins */
#define TLS_DATA 23

enum token {
    TOKEN_ERROR = 0xaa,
    TOKEN_INFO = 0xab,
    TOKEN_LOGINACK = 0xad,
    TOKEN_ENVCHANGE = 0xe3,
    TOKEN_SSPI = 0xed
};

struct state {
    bool is_known;
    bool is_pending;
    uint32_t transaction;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct header {
    uint8_t type, status;
    uint16_t length;
};

/* Types of packets in order: batch, old login, RPC, result, attention, bulk, authentication,
 * transaction, login, SSPI, prelogin: 2.2.3.1.1. */
static const uint8_t types[] = { 0x01, 0x02, 0x03, TYPE_RESULT, 0x06, 0x07, 0x08, 0x0e, TYPE_LOGIN,
    TYPE_SSPI, TYPE_PRELOGIN };

/* A text of the login, by the place of its offset and its length in characters. */
static struct rd
login_text(struct rd login, size_t place, char room[FACT_TEXT_MAX])
{
    struct rd r = login, text = login;
    uint16_t offset, characters;

    rd_skip(&r, place);
    offset = rd_u16_le(&r);
    characters = rd_u16_le(&r);
    if (!r.ok)
        return r;
    rd_skip(&text, offset);
    text = rd_sub(&text, (size_t)characters * 2);
    if (!text.ok)
        return text;
    return rd_of(room, text_from_utf16le(room, FACT_TEXT_MAX, text));
}

static struct rd
login_sspi(struct rd login)
{
    struct rd r = login;
    uint16_t offset, length;

    rd_skip(&r, LOGIN_SSPI);
    offset = rd_u16_le(&r);
    length = rd_u16_le(&r);
    rd_skip(&login, offset);
    return r.ok ? rd_sub(&login, length) : r;
}

static void
read_login(
    struct rd login, struct state *s, const struct parse_input *in, const struct parse_output *out)
{
    char host_room[FACT_TEXT_MAX], user_room[FACT_TEXT_MAX];
    struct rd host = login_text(login, LOGIN_NAMES, host_room);
    struct rd user = login_text(login, LOGIN_NAMES + 4, user_room);
    struct rd sspi = login_sspi(login);
    struct fact f;

    if (!host.ok || !user.ok)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_text(&f, KEY_HOST_NAME, host.p, rd_left(&host));
    if (fact_has(&f, KEY_HOST_NAME))
        out->fact(out->context, &f);
    s->transaction++;
    if (sspi.ok && rd_left(&sspi) > 0) {
        s->is_pending = gss_token(sspi, s->transaction, in, out);
        return;
    }
    login_begin_attempt(&f, "tds-login", s->transaction);
    login_account(&f, user);
    fact_text(&f, KEY_DEVICE_HOST_NAME, host.p, rd_left(&host));
    s->is_pending = fact_has(&f, KEY_ACCOUNT);
    if (s->is_pending)
        out->fact(out->context, &f);
}

/* ERROR: number, state, class, then the message, with its length in characters. */
static void
put_reason(struct fact *f, struct rd error)
{
    char room[FACT_TEXT_MAX];
    struct rd message;

    rd_skip(&error, 6);
    message = rd_sub(&error, (size_t)rd_u16_le(&error) * 2);
    if (message.ok)
        fact_text(f, KEY_REASON, room, text_from_utf16le(room, sizeof room, message));
}

static void
tell_result(struct state *s, const struct rd *error, const struct parse_output *out)
{
    struct fact f;

    if (!s->is_pending)
        return;
    s->is_pending = false;
    login_begin_answer(&f, s->transaction, error == NULL);
    if (error != NULL)
        put_reason(&f, *error);
    out->fact(out->context, &f);
}

/* The tokens of a login's answer all have their length in two octets. */
static void
read_result(
    struct rd r, struct state *s, const struct parse_input *in, const struct parse_output *out)
{
    for (unsigned i = 0; i < TOKENS_MAX && rd_left(&r) > 0; i++) {
        uint8_t token = rd_u8(&r);
        struct rd value = rd_sub(&r, rd_u16_le(&r));

        if (!value.ok)
            return;
        switch (token) {
        case TOKEN_SSPI:
            (void)gss_token(value, s->transaction, in, out);
            break;
        case TOKEN_LOGINACK:
            tell_result(s, NULL, out);
            break;
        case TOKEN_ERROR:
            tell_result(s, &value, out);
            break;
        case TOKEN_INFO:
        case TOKEN_ENVCHANGE:
            break;
        default:
            return;
        }
    }
}

static void
read_packet(struct rd body, const struct header *h, struct state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    switch (h->type) {
    case TYPE_LOGIN:
        read_login(body, s, in, out);
        break;
    case TYPE_SSPI:
        s->transaction++;
        s->is_pending = gss_token(body, s->transaction, in, out);
        break;
    case TYPE_RESULT:
        read_result(body, s, in, out);
        break;
    case TYPE_PRELOGIN:
        if (rd_peek(&body) >= TLS_CHANGE && rd_peek(&body) <= TLS_DATA)
            out->nested(out->context, body.p, rd_left(&body));
        break;
    default:
        break;
    }
}

/* A client that has not spoken yet does so with a prelogin, whose first option is the version, or
 * with the login itself, which repeats its length. */
static bool
may_begin(struct rd body, const struct header *h)
{
    size_t length = rd_left(&body);
    uint32_t first;

    if (h->type == TYPE_LOGIN)
        return rd_u32_le(&body) == length;
    first = rd_u24(&body);
    return h->type == TYPE_PRELOGIN && first < length && rd_u16(&body) == PRELOGIN_VERSION_BYTES;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data, body;
    struct header h = { .type = rd_u8(&r), .status = rd_u8(&r), .length = rd_u16(&r) };
    bool is_read;

    rd_skip(&r, 2); /* the server's process */
    rd_skip(&r, 1); /* packet number */
    if (rd_left(&in->data) > 0 && memchr(types, *in->data.p, sizeof types) == NULL)
        return PARSE_NOT_MINE;
    if (rd_u8(&r) != 0 && r.ok) /* window */
        return PARSE_NOT_MINE;
    if (!r.ok)
        return PARSE_MORE;
    if (h.length < HEADER || h.length > PACKET_MAX)
        return PARSE_NOT_MINE;
    is_read = (h.status & STATUS_END) != 0 && h.length <= READ_MAX;
    if (!s->is_known && (!is_read || (h.type != TYPE_LOGIN && h.type != TYPE_PRELOGIN)))
        return PARSE_NOT_MINE;
    body = rd_sub_upto(&r, (size_t)h.length - HEADER);
    if (is_read && rd_left(&body) < (size_t)h.length - HEADER)
        return PARSE_MORE;
    if (!s->is_known && !may_begin(body, &h))
        return PARSE_NOT_MINE;
    s->is_known = true;
    if (is_read)
        read_packet(body, &h, s, in, out);
    in->data = r;
    in->skip = (uint64_t)h.length - HEADER - rd_left(&body);
    return PARSE_OK;
}

const struct parser parser_tds = {
    .name = "tds",
    .transports = PARSER_TCP,
    .ports = { 1433 },
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
