/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DTLS 1.0, 1.2 (RFC 4347, 6347) and 1.3 (RFC 9147, as far as it is not sealed): the hellos and the
 * first certificate each way, also in fragments. A client that was asked for a cookie says hello
 * again, which tells the same.
 *
 * The session id of a client's hello is told: AnyConnect's names the HTTPS session that it belongs
 * to. No logins by certificate: what clients show here (WebRTC) they made themselves.
 *
 * How far the client is: from the newest of the server's datagrams to its next, once. What is sent
 * again bears a record number of its own and an old message number (RFC 6347, 4.2.4; RFC 9147,
 * 5.8.1), and what was lost leaves a gap in the records': then there is no telling what is answered
 * (Karn).
 */
#include "answer.h"
#include "pieces.h"
#include "tls.h"
#include <stdio.h>

#define RECORD_CHANGE 20
#define RECORD_HANDSHAKE 22
#define RECORD_MAX 16384
#define UNIFIED_MASK 0xe0 /* the first octet of a sealed record: RFC 9147, 4 */
#define UNIFIED 0x20
#define HELLO_VERIFY_REQUEST 3
#define MESSAGE_TYPE_MAX 24
#define MESSAGE_HEADER 12
#define SESSION_HEX 65
#define KIND 'd'

/* What one end has sent in clear. */
struct way {
    uint64_t records;  /* so many in a row, the first of them 0 */
    uint64_t position; /* behind its newest piece of a message: message number, offset */
};

struct state {
    struct way way[2]; /* of the client, of the server */
    const char *how;   /* what the server's newest message asks for */
    uint16_t version;  /* agreed on; 0: not yet */
    bool is_known;
    bool is_other_way; /* the flow's originator is the server */
    bool is_mixed;     /* something came twice, late or not at all */
    bool is_timed;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct message {
    uint8_t type;
    uint16_t sequence;
    uint32_t length, offset;
    struct rd bytes; /* of the fragment */
};

static void
tell_session(const struct tls_client_hello *hello, const struct parse_output *out)
{
    char hex[SESSION_HEX];
    struct rd id = hello->session_id;
    struct fact f;

    if (rd_left(&id) == 0)
        return;
    for (size_t at = 0; rd_left(&id) > 0; at += 2)
        snprintf(hex + at, sizeof hex - at, "%02x", rd_u8(&id));
    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, "dtls-client");
    fact_word(&f, KEY_SESSION, hex);
    out->fact(out->context, &f);
}

/* The client's first words behind the server's. */
static void
time_answer(
    struct state *s, const char *how, const struct parse_input *in, const struct parse_output *out)
{
    char version[TLS_VERSION_NAME];

    if (s->is_timed || how == NULL)
        return;
    s->is_timed = true;
    if (!s->is_mixed && !s->is_other_way && in->peer_us != 0)
        answer_tell_time(out, "dtls",
            s->version == 0 ? NULL : tls_version_name(s->version, version), how,
            in->time_us - in->peer_us);
}

static bool
tell(uint8_t type, struct rd body, const struct parse_input *in, const struct parse_output *out)
{
    struct tls_client_hello client;
    struct tls_server_hello server;

    switch (type) {
    case TLS_CLIENT_HELLO:
        if (!tls_client_hello_read(body, TLS_OVER_DTLS, &client))
            return false;
        tls_client_hello_tell(&client, in, out);
        tell_session(&client, out);
        return true;
    case TLS_SERVER_HELLO:
        if (!tls_server_hello_read(body, &server))
            return false;
        tls_server_hello_tell(&server, out);
        return true;
    case TLS_CERTIFICATE:
        tls_certificate_tell(body, in, out);
        return true;
    default:
        return true;
    }
}

static bool
read_message(struct rd *r, struct message *m)
{
    m->type = rd_u8(r);
    m->length = rd_u24(r);
    m->sequence = rd_u16(r);
    m->offset = rd_u24(r);
    m->bytes = rd_sub(r, rd_u24(r));
    return m->bytes.ok && m->type <= MESSAGE_TYPE_MAX && m->offset <= m->length &&
           rd_left(&m->bytes) <= m->length - m->offset;
}

static void
hand_on(const struct message *m, const struct parse_output *out)
{
    uint8_t header[PIECES_HEADER] = { m->type, (uint8_t)(m->length >> 16),
        (uint8_t)(m->length >> 8), (uint8_t)m->length };
    struct piece p = { KIND, m->sequence, 0, rd_of(header, sizeof header) };

    if (m->type != TLS_CLIENT_HELLO && m->type != TLS_SERVER_HELLO && m->type != TLS_CERTIFICATE)
        return;
    if (m->length > PIECES_ROOM - PIECES_HEADER)
        return;
    if (m->offset == 0)
        piece_hand_on(&p, out);
    p.offset = PIECES_HEADER + m->offset;
    p.bytes = m->bytes;
    piece_hand_on(&p, out);
}

/* The messages of one record, that must fit before any is told. */
static bool
fits(struct rd record)
{
    struct tls_client_hello client;
    struct message m;

    if (rd_left(&record) == 0)
        return false;
    while (rd_left(&record) > 0) {
        if (!read_message(&record, &m))
            return false;
        if (m.type == TLS_CLIENT_HELLO && rd_left(&m.bytes) == m.length &&
            !tls_client_hello_read(m.bytes, TLS_OVER_DTLS, &client))
            return false;
    }
    return true;
}

/* Whether the record and its message go on where that end's last ones ended. */
static void
follow_record(struct state *s, struct way *w, uint64_t number)
{
    s->is_mixed |= number != w->records;
    w->records = number + 1;
}

static void
follow_message(struct state *s, struct way *w, const struct message *m)
{
    uint64_t start = (uint64_t)m->sequence << 32 | m->offset;
    size_t n = rd_left(&m->bytes);

    s->is_mixed |= start < w->position;
    w->position = m->offset + n == m->length ? (m->sequence + UINT64_C(1)) << 32 : start + n;
}

static void
see_server(struct state *s, const struct message *m)
{
    struct tls_server_hello hello;
    struct rd body = m->bytes;

    if (m->type == HELLO_VERIFY_REQUEST) {
        s->how = "cookie";
    } else if (m->type == TLS_SERVER_HELLO && rd_left(&body) == m->length &&
               tls_server_hello_read(body, &hello)) {
        s->version = hello.version;
        s->how = hello.is_retry                      ? "hello-retry"
                 : hello.version == DTLS_VERSION_1_3 ? "finished"
                                                     : "key-exchange";
    }
}

static void
read_record(struct state *s, struct rd record, uint64_t number, const struct parse_input *in,
    const struct parse_output *out)
{
    bool by_client = in->from_client != s->is_other_way;
    struct way *w = &s->way[by_client ? 0 : 1];
    struct message m;

    follow_record(s, w, number);
    while (rd_left(&record) > 0) {
        (void)read_message(&record, &m);
        follow_message(s, w, &m);
        if (!by_client)
            see_server(s, &m);
        if (rd_left(&m.bytes) == m.length)
            (void)tell(m.type, m.bytes, in, out);
        else
            hand_on(&m, out);
    }
    if (by_client)
        time_answer(s, s->how, in, out);
}

/* The client's first word of a session that is resumed, or in a handshake whose rest is sealed: it
 * is read for its time alone. */
static bool
is_sealed_answer(const struct state *s, uint8_t type, uint16_t epoch, bool from_client)
{
    if (!s->is_known || s->is_timed || s->version == 0 || from_client == s->is_other_way)
        return false;
    return s->version == DTLS_VERSION_1_3 ? (type & UNIFIED_MASK) == UNIFIED
                                          : type == RECORD_CHANGE && epoch == 0;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data, record;
    uint8_t type = rd_u8(&r);
    uint16_t version = rd_u16(&r), epoch = rd_u16(&r), length;
    uint64_t number;

    if (is_sealed_answer(s, type, epoch, in->from_client)) {
        time_answer(s, type == RECORD_CHANGE ? "resumption" : s->how, in, out);
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
    if (rd_left(&in->data) > 0 && type != RECORD_HANDSHAKE)
        return PARSE_NOT_MINE;
    if (r.ok && (epoch != 0 || version < 0xfefc || version > 0xfeff))
        return PARSE_NOT_MINE;
    number = (uint64_t)rd_u16(&r) << 32;
    number |= rd_u32(&r);
    length = rd_u16(&r);
    if (!r.ok)
        return PARSE_MORE;
    if (length < MESSAGE_HEADER || length > RECORD_MAX)
        return PARSE_NOT_MINE;
    record = rd_sub(&r, length);
    if (!record.ok)
        return PARSE_MORE;
    if (!fits(record))
        return PARSE_NOT_MINE;
    if (!s->is_known) {
        s->is_known = true;
        s->is_other_way = in->from_client != (rd_peek(&record) == TLS_CLIENT_HELLO);
    }
    read_record(s, record, number, in, out);
    in->data = r;
    return PARSE_OK;
}

static enum parse_result
tell_whole(struct rd message, const struct parse_input *in, const struct parse_output *out)
{
    uint8_t type = rd_u8(&message);

    rd_skip(&message, PIECES_HEADER - 1);
    return tell(type, message, in, out) ? PARSE_OK : PARSE_BAD;
}

static enum parse_result
parse_pieces(struct parse_input *in, const struct parse_output *out)
{
    return pieces_parse(in, out, KIND, tell_whole);
}

const struct parser parser_dtls = {
    .name = "dtls",
    .transports = PARSER_UDP,
    .anywhere = true,
    .has_state = true,
    .shares = true,
    .parse = parse,
};

const struct parser parser_dtls_pieces = {
    .name = "dtls",
    .transports = PARSER_TCP,
    .anywhere = true,
    .parse = parse_pieces,
};
