/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SOCKS 5 (RFC 1928; user names by RFC 1929, GSS-API by RFC 1961) and SOCKS 4, 4a (D. Koblas, Y.-D.
 * Lee): who asks for which target, and what the proxy answered. Behind its reply the connection is
 * another protocol's.
 *
 * Machines that sell their line as an exit call their broker, who then speaks first: whoever sends
 * the greeting is the SOCKS client here, whichever end opened the connection. What GSS-API seals,
 * and what UDP ASSOCIATE moves, is not read. The user id of SOCKS 4 is a claim that few servers
 * check.
 */
#include "gss.h"
#include "ip_address.h"
#include "login.h"
#include "text.h"
#include <stdio.h>

#define METHODS_MAX 12
#define METHOD_NONE 0x00
#define METHOD_GSSAPI 0x01
#define METHOD_PASSWORD 0x02
#define METHOD_ASSIGNED_LAST 0x0a /* IANA's; 0x80 and above are private */
#define METHOD_PRIVATE 0x80
#define METHOD_REFUSED 0xff
#define METHOD_UNKNOWN 0xfe /* the server has not chosen yet */
#define GSSAPI_MAX 8192
#define USER_ID_MAX 128
#define HOST_MAX 255
#define TRANSACTION 1 /* one login a connection */
#define TARGET_MAX (HOST_MAX + sizeof "[]:65535")

enum command { COMMAND_CONNECT = 1, COMMAND_BIND, COMMAND_UDP_ASSOCIATE };
enum address_type { ADDRESS_IPV4 = 1, ADDRESS_HOST = 3, ADDRESS_IPV6 };
enum gssapi { GSSAPI_TOKEN = 1, GSSAPI_PROTECTION, GSSAPI_ABORT = 0xff };
/* RFC 1928 has none of these names: what an end says next. */
enum stage { STAGE_GREETING, STAGE_LOGIN, STAGE_REQUEST, STAGE_DONE };

enum reply4 { REPLY4_GRANTED = 0x5a, REPLY4_REFUSED, REPLY4_NO_IDENT, REPLY4_OTHER_USER };

struct state {
    uint8_t version, client, server; /* of the ends, enum stage */
    uint8_t method;
    bool offers_gssapi, offers_password;
    bool is_turned;  /* the end that was called is the SOCKS client */
    bool is_pending; /* a login waits for its answer */
    uint8_t replies; /* to come: BIND has two */
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct target {
    uint8_t command;
    char text[TARGET_MAX];
    size_t length;
};

static void
tell_login(struct rd user, const char *method, const struct parse_output *out)
{
    struct fact f;

    login_begin_attempt(&f, method, TRANSACTION);
    login_account(&f, user);
    out->fact(out->context, &f);
}

static void
tell_result(struct state *s, bool is_success, const struct parse_output *out)
{
    struct fact f;

    if (!s->is_pending)
        return;
    s->is_pending = false;
    login_begin_answer(&f, TRANSACTION, is_success);
    out->fact(out->context, &f);
}

static void
tell_session(const struct state *s, const struct target *t, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "SOCKS proxy");
    fact_word(&f, KEY_VERSION, s->version == 4 ? "4" : "5");
    if (t != NULL && t->command != COMMAND_UDP_ASSOCIATE)
        fact_text(&f, KEY_TARGET, t->text, t->length);
    out->fact(out->context, &f);
}

static void
write_target(struct target *t, struct rd host, uint16_t port)
{
    size_t n = rd_left(&host);

    memcpy(t->text, host.p, n);
    t->length = n + (size_t)snprintf(t->text + n, sizeof t->text - n, ":%u", port);
}

static void
write_target_address(struct target *t, const struct in6_addr *address, uint16_t port)
{
    char text[TEXT_ADDRESS_SIZE];

    text_from_address(text, address);
    t->length = (size_t)snprintf(
        t->text, sizeof t->text, strchr(text, ':') != NULL ? "[%s]:%u" : "%s:%u", text, port);
}

/* Type, address and port of a request or reply of version 5: false when it has no such type. */
static bool
read_address(struct rd *r, struct target *t)
{
    struct in6_addr address;
    struct rd host;

    switch (rd_u8(r)) {
    case ADDRESS_IPV4:
        address = ip_read_v4(r);
        write_target_address(t, &address, rd_u16(r));
        return true;
    case ADDRESS_IPV6:
        address = ip_read_v6(r);
        write_target_address(t, &address, rd_u16(r));
        return true;
    case ADDRESS_HOST:
        host = rd_sub(r, rd_u8(r));
        if (host.ok)
            write_target(t, host, rd_u16(r));
        return true;
    default:
        return !r->ok;
    }
}

static bool
is_method(uint8_t method)
{
    return method < METHOD_ASSIGNED_LAST || (method >= METHOD_PRIVATE && method < METHOD_UNKNOWN);
}

static enum parse_result
read_greeting(struct rd *r, struct state *s)
{
    uint8_t count = rd_u8(r), before[METHODS_MAX];

    if (r->ok && (count == 0 || count > METHODS_MAX))
        return PARSE_NOT_MINE;
    for (unsigned i = 0; i < count; i++) {
        uint8_t method = rd_u8(r);

        if (r->ok && (!is_method(method) || memchr(before, method, i) != NULL))
            return PARSE_NOT_MINE;
        before[i] = method;
        s->offers_gssapi |= method == METHOD_GSSAPI;
        s->offers_password |= method == METHOD_PASSWORD;
    }
    if (!r->ok)
        return PARSE_MORE;
    if (rd_left(r) > 0 && rd_peek(r) != 5 && rd_peek(r) != 1) /* said before it was asked */
        return PARSE_NOT_MINE;
    s->method = METHOD_UNKNOWN;
    s->client = STAGE_LOGIN;
    return PARSE_OK;
}

/* A text that ends with NUL. */
static enum parse_result
read_string(struct rd *r, size_t max, struct rd *text)
{
    *text = *r;
    for (;; rd_skip(r, 1)) {
        if (rd_left(r) == 0)
            return PARSE_MORE;
        if (rd_peek(r) == 0)
            break;
        if (rd_peek(r) <= ' ' || rd_peek(r) > '~' || (size_t)(r->p - text->p) >= max)
            return PARSE_NOT_MINE;
    }
    text->end = r->p;
    rd_skip(r, 1);
    return PARSE_OK;
}

/* All that a client of version 4 says. An address 0.0.0.x stands for a name behind the user id. */
static enum parse_result
read_request4(struct rd *r, struct state *s, const struct parse_output *out)
{
    struct target t = { .command = rd_u8(r) };
    uint16_t port = rd_u16(r);
    struct rd place = *r;
    struct in6_addr address = ip_read_v4(&place);
    uint32_t ipv4 = rd_u32(r);
    struct rd user, host;
    enum parse_result result;

    if (t.command != COMMAND_CONNECT && t.command != COMMAND_BIND && t.command != 0)
        return PARSE_NOT_MINE;
    if (!r->ok)
        return PARSE_MORE;
    if (port == 0 || ipv4 == 0 || (ipv4 > 0xff && ipv4 >> 24 == 0))
        return PARSE_NOT_MINE;
    result = read_string(r, USER_ID_MAX, &user);
    if (result == PARSE_OK && ipv4 <= 0xff) {
        result = read_string(r, HOST_MAX, &host);
        if (result == PARSE_OK)
            write_target(&t, host, port);
    } else {
        write_target_address(&t, &address, port);
    }
    if (result != PARSE_OK)
        return result;
    if (rd_left(r) > 0) /* it waits for the reply */
        return PARSE_NOT_MINE;
    tell_session(s, &t, out);
    s->is_pending = rd_left(&user) > 0 && !text_equals(&user, "MOZ"); /* Firefox names itself */
    if (s->is_pending)
        tell_login(user, "socks4", out);
    s->replies = t.command == COMMAND_BIND ? 2 : 1;
    s->client = STAGE_DONE;
    s->server = STAGE_REQUEST;
    return PARSE_OK;
}

/* RFC 1961, 3: version, type, then a length and a token, which an abort has not. */
static enum parse_result
read_gssapi(struct rd *r, uint8_t *type, struct rd *token)
{
    uint16_t length = 0;

    *type = rd_u8(r);
    if (r->ok && *type != GSSAPI_TOKEN && *type != GSSAPI_PROTECTION && *type != GSSAPI_ABORT)
        return PARSE_BAD;
    if (*type != GSSAPI_ABORT)
        length = rd_u16(r);
    if (length > GSSAPI_MAX)
        return PARSE_BAD;
    *token = rd_sub(r, length);
    return r->ok ? PARSE_OK : PARSE_MORE;
}

static enum parse_result
read_login(
    struct rd *r, struct state *s, const struct parse_input *in, const struct parse_output *out)
{
    struct rd user, token;
    uint8_t type;

    if (s->method == METHOD_GSSAPI) {
        enum parse_result result = read_gssapi(r, &type, &token);

        if (result == PARSE_OK && type == GSSAPI_TOKEN)
            s->is_pending |= gss_token(token, TRANSACTION, in, out);
        return result;
    }
    user = rd_sub(r, rd_u8(r));
    rd_skip(r, rd_u8(r)); /* the password */
    if (!r->ok)
        return PARSE_MORE;
    s->is_pending = rd_left(&user) > 0;
    if (s->is_pending)
        tell_login(user, "socks5", out);
    s->client = STAGE_REQUEST;
    return PARSE_OK;
}

static enum parse_result
read_request(struct rd *r, struct state *s, const struct parse_output *out)
{
    struct target t = { .command = rd_u8(r) };

    if (r->ok && (t.command < COMMAND_CONNECT || t.command > COMMAND_UDP_ASSOCIATE))
        return PARSE_BAD;
    if (rd_u8(r) != 0 || !read_address(r, &t))
        return PARSE_BAD;
    if (!r->ok)
        return PARSE_MORE;
    tell_session(s, &t, out);
    s->replies = t.command == COMMAND_BIND ? 2 : 1;
    s->client = STAGE_DONE;
    return PARSE_OK;
}

/* What a client says while the server has not chosen goes by the method that it must be for. */
static enum parse_result
read_client(
    struct rd *r, struct state *s, const struct parse_input *in, const struct parse_output *out)
{
    uint8_t version = rd_u8(r);

    if (!r->ok)
        return PARSE_MORE;
    if (s->client == STAGE_GREETING) {
        s->version = version;
        s->is_turned = !in->from_client;
        return version == 5   ? read_greeting(r, s)
               : version == 4 ? read_request4(r, s, out)
                              : PARSE_NOT_MINE;
    }
    if (s->client == STAGE_DONE)
        return s->server == STAGE_DONE ? PARSE_NOT_MINE : PARSE_MORE;
    if (version == 5)
        return read_request(r, s, out);
    if (version != 1 || s->client != STAGE_LOGIN)
        return PARSE_BAD;
    if (s->method == METHOD_UNKNOWN && (s->offers_gssapi || !s->offers_password))
        return PARSE_MORE;
    return read_login(r, s, in, out);
}

static enum parse_result
read_method(struct rd *r, struct state *s, const struct parse_output *out)
{
    uint8_t method = rd_u8(r);

    if (!r->ok)
        return PARSE_MORE;
    if ((method == METHOD_GSSAPI && !s->offers_gssapi) ||
        (method == METHOD_PASSWORD && !s->offers_password))
        return PARSE_NOT_MINE;
    s->method = method;
    s->server = method == METHOD_NONE ? STAGE_REQUEST : STAGE_LOGIN;
    if (method == METHOD_NONE && s->client == STAGE_LOGIN)
        s->client = STAGE_REQUEST;
    if (method != METHOD_NONE && method != METHOD_GSSAPI && method != METHOD_PASSWORD) {
        tell_session(s, NULL, out); /* refused, or a method that hides what follows */
        s->client = s->server = STAGE_DONE;
    }
    return PARSE_OK;
}

static enum parse_result
read_login_answer(
    struct rd *r, struct state *s, const struct parse_input *in, const struct parse_output *out)
{
    struct rd token = { 0 };
    uint8_t status;

    if (s->method == METHOD_GSSAPI) {
        enum parse_result result = read_gssapi(r, &status, &token);

        if (result != PARSE_OK)
            return result;
        if (status == GSSAPI_TOKEN) {
            (void)gss_token(token, TRANSACTION, in, out);
            return PARSE_OK;
        }
        tell_session(s, NULL, out);
        tell_result(s, status == GSSAPI_PROTECTION, out);
        s->client = s->server = STAGE_DONE; /* the request is sealed */
        return PARSE_OK;
    }
    status = rd_u8(r);
    if (!r->ok)
        return PARSE_MORE;
    if (status != 0)
        tell_session(s, NULL, out); /* there will be no request */
    tell_result(s, status == 0, out);
    s->server = status == 0 ? STAGE_REQUEST : STAGE_DONE;
    return PARSE_OK;
}

static enum parse_result
read_reply(struct rd *r, struct state *s, const struct parse_output *out)
{
    struct target bound = { 0 };
    uint8_t code = rd_u8(r);
    bool is_granted = s->version == 4 ? code == REPLY4_GRANTED : code == 0;

    if (s->version == 4) {
        if (r->ok && (code < REPLY4_GRANTED || code > REPLY4_OTHER_USER))
            return PARSE_BAD;
        rd_skip(r, sizeof(uint16_t) + sizeof(uint32_t));
    } else if (rd_u8(r) != 0 || !read_address(r, &bound)) {
        return PARSE_BAD;
    }
    if (!r->ok)
        return PARSE_MORE;
    if (s->version == 4 && (code == REPLY4_NO_IDENT || code == REPLY4_OTHER_USER))
        tell_result(s, false, out); /* else nobody asked who it is */
    if (s->replies > 0)
        s->replies--;
    if (!is_granted || s->replies == 0)
        s->server = s->client = STAGE_DONE;
    return PARSE_OK;
}

static enum parse_result
read_server(
    struct rd *r, struct state *s, const struct parse_input *in, const struct parse_output *out)
{
    uint8_t version;

    if (s->server == STAGE_DONE)
        return PARSE_NOT_MINE;
    version = rd_u8(r);
    if (!r->ok)
        return PARSE_MORE;
    if (version != (s->version == 4 ? 0 : s->server == STAGE_LOGIN ? 1 : 5))
        return PARSE_NOT_MINE;
    switch ((enum stage)s->server) {
    case STAGE_GREETING:
        return read_method(r, s, out);
    case STAGE_LOGIN:
        return read_login_answer(r, s, in, out);
    default:
        return read_reply(r, s, out);
    }
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes, next = *s;
    struct rd r = in->data;
    bool is_client = s->client == STAGE_GREETING || in->from_client != s->is_turned;
    enum parse_result result =
        is_client ? read_client(&r, &next, in, out) : read_server(&r, &next, in, out);

    if (result != PARSE_OK)
        return result;
    *s = next;
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_socks = {
    .name = "socks",
    .transports = PARSER_TCP,
    .ports = { 1080, 9050 },
    .anywhere = true,
    .turns = true,
    .has_state = true,
    .parse = parse,
};
