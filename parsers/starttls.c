/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What is said before TLS begins, in protocols that are read for nothing else: PostgreSQL's
 * SSLRequest and GSSENCRequest (protocol 3.0, "Message Formats"), MySQL's greeting and SSL request
 * (Protocol::SSLRequest), XMPP's <starttls/> (RFC 6120, 5). Then the connection is another
 * protocol's, and the other parsers are asked again.
 *
 * MySQL and PostgreSQL without TLS are given up; nothing is told.
 */
#include "parser.h"
#include "text.h"

#define POSTGRES_BYTES 8
#define POSTGRES_SSL 80877103u
#define POSTGRES_GSS 80877104u
#define MYSQL_HEADER 4
#define MYSQL_PROTOCOL 10
#define MYSQL_GREETING_MAX 512
#define MYSQL_SSL_BYTES 32
#define MYSQL_CLIENT_SSL 0x0800u
#define TLS_HANDSHAKE 22

enum step { STEP_START, STEP_POSTGRES, STEP_MYSQL, STEP_XMPP, STEP_OVER };

struct state {
    uint8_t step;
};

static enum parse_result
read_postgres(struct rd *r)
{
    uint32_t length = rd_u32(r), code = rd_u32(r);

    if (!r->ok)
        return PARSE_MORE;
    return length == POSTGRES_BYTES && (code == POSTGRES_SSL || code == POSTGRES_GSS)
               ? PARSE_OK
               : PARSE_NOT_MINE;
}

/* int<3> length, int<1> sequence; then protocol 10, the server's version and its NUL ... */
static enum parse_result
read_greeting(struct rd *r)
{
    uint32_t length = (uint32_t)rd_u16_le(r) | (uint32_t)rd_u8(r) << 16;
    uint8_t sequence = rd_u8(r), protocol = rd_u8(r), c;
    struct rd version;

    if (!r->ok)
        return PARSE_MORE;
    if (sequence != 0 || protocol != MYSQL_PROTOCOL || length > MYSQL_GREETING_MAX || length < 2)
        return PARSE_NOT_MINE;
    if (rd_left(r) < length - 1)
        return PARSE_MORE;
    version = rd_sub(r, length - 1);
    do {
        c = rd_u8(&version);
        if (!version.ok || (c != 0 && (c < ' ' || c > '~')))
            return PARSE_NOT_MINE;
    } while (c != 0);
    return PARSE_OK;
}

static enum parse_result
read_ssl_request(struct rd *r)
{
    uint32_t length = (uint32_t)rd_u16_le(r) | (uint32_t)rd_u8(r) << 16;
    uint8_t sequence = rd_u8(r);
    uint16_t flags = rd_u16_le(r);

    if (!r->ok)
        return PARSE_MORE;
    if (length != MYSQL_SSL_BYTES || sequence != 1 || (flags & MYSQL_CLIENT_SSL) == 0)
        return PARSE_BAD;
    rd_skip(r, MYSQL_SSL_BYTES - sizeof flags);
    return r->ok ? PARSE_OK : PARSE_MORE;
}

/* The opening tag of a stream, behind an XML declaration or not. */
static enum parse_result
read_stream_tag(struct rd *r)
{
    struct rd all = text_take_rest(r);

    if (rd_peek(&all) != '<' && rd_left(&all) > 0)
        return PARSE_NOT_MINE;
    if (text_contains(all, "<stream:stream") && text_contains(all, "jabber:"))
        return PARSE_OK;
    return rd_left(&all) < 512 ? PARSE_MORE : PARSE_NOT_MINE;
}

static enum parse_result
read_first(struct rd *r, const struct parse_input *in, uint8_t *step)
{
    static const struct {
        uint8_t first;
        uint8_t step;
        enum parse_result (*read)(struct rd *);
    } kinds[] = {
        { 0x00, STEP_POSTGRES, read_postgres },
        { '<', STEP_XMPP, read_stream_tag },
    };
    uint8_t first = rd_peek(r);

    if (rd_left(r) == 0)
        return PARSE_MORE;
    for (size_t i = 0; in->from_client && i < sizeof kinds / sizeof kinds[0]; i++)
        if (first == kinds[i].first) {
            *step = kinds[i].step;
            return kinds[i].read(r);
        }
    *step = STEP_MYSQL;
    return in->from_client ? PARSE_NOT_MINE : read_greeting(r);
}

/* The server's answer to PostgreSQL's request is one letter. */
static enum parse_result
read_next(struct rd *r, const struct parse_input *in, const struct state *s)
{
    uint8_t first = rd_peek(r);

    if (rd_left(r) == 0)
        return PARSE_MORE;
    if (s->step == STEP_OVER || first == TLS_HANDSHAKE)
        return PARSE_NOT_MINE;
    if (s->step == STEP_XMPP) {
        (void)text_take_rest(r);
        return PARSE_OK;
    }
    if (s->step == STEP_MYSQL)
        return in->from_client ? read_ssl_request(r) : PARSE_BAD;
    if (in->from_client)
        return read_postgres(r) == PARSE_OK ? PARSE_OK : PARSE_BAD;
    first = rd_u8(r);
    return first == 'S' || first == 'N' || first == 'G' ? PARSE_OK : PARSE_BAD;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data;
    uint8_t step = s->step;
    enum parse_result result =
        step == STEP_START ? read_first(&r, in, &step) : read_next(&r, in, s);

    (void)out;
    if (result != PARSE_OK)
        return result;
    s->step = step == STEP_MYSQL && in->from_client ? STEP_OVER : step;
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_starttls = {
    .name = "starttls",
    .transports = PARSER_TCP,
    .ports = { 3306, 5222, 5269, 5432 },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
