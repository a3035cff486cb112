/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DTLS 1.0, 1.2 (RFC 4347, 6347) and 1.3 (RFC 9147, as far as it is not sealed): the hellos and the
 * first certificate each way, also in fragments. A client that was asked for a cookie says hello
 * again, which tells the same.
 *
 * The session id of a client's hello is told: AnyConnect's names the HTTPS session that it belongs
 * to. No logins by certificate: what clients show here (WebRTC) they made themselves.
 */
#include "pieces.h"
#include "tls.h"
#include <stdio.h>

#define RECORD_HANDSHAKE 22
#define RECORD_MAX 16384
#define MESSAGE_TYPE_MAX 24
#define MESSAGE_HEADER 12
#define SESSION_HEX 65
#define KIND 'd'

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

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, record;
    uint8_t type = rd_u8(&r);
    uint16_t version = rd_u16(&r), epoch = rd_u16(&r), length;
    struct message m;

    if (rd_left(&in->data) > 0 && type != RECORD_HANDSHAKE)
        return PARSE_NOT_MINE;
    if (r.ok && (epoch != 0 || version < 0xfefc || version > 0xfeff))
        return PARSE_NOT_MINE;
    rd_skip(&r, 6); /* sequence */
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
    while (rd_left(&record) > 0) {
        (void)read_message(&record, &m);
        if (rd_left(&m.bytes) == m.length)
            (void)tell(m.type, m.bytes, in, out);
        else
            hand_on(&m, out);
    }
    in->data = r;
    return PARSE_OK;
}

static enum parse_result
parse_pieces(struct parse_input *in, const struct parse_output *out)
{
    uint8_t room[PIECES_ROOM];
    struct parse_input copy = *in;
    struct rd message;
    enum parse_result result = pieces_join(&copy, KIND, room, &message);
    uint8_t type;

    if (result == PARSE_OK && rd_left(&message) > 0) {
        type = rd_u8(&message);
        rd_skip(&message, PIECES_HEADER - 1);
        if (!tell(type, message, in, out))
            return PARSE_BAD;
    }
    if (result == PARSE_OK)
        in->data = copy.data;
    return result;
}

const struct parser parser_dtls = {
    .name = "dtls",
    .transports = PARSER_UDP,
    .anywhere = true,
    .shares = true,
    .parse = parse,
};

const struct parser parser_dtls_pieces = {
    .name = "dtls",
    .transports = PARSER_TCP,
    .anywhere = true,
    .parse = parse_pieces,
};
