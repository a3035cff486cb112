/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TLS over a stream (RFC 5246, 8446; SSLv2-compatible hellos: RFC 5246, E.2), on any port and
 * behind whatever was spoken before: the hellos, the first certificate each way before TLS 1.3, and
 * whether the server went on with a client that showed one, which is a login.
 *
 * Record by record, and a message may take several. What is sealed is not waited for. A server may
 * finish the handshake and refuse the certificate inside, so a success is inferred.
 */
#include "tls.h"
#include "answer.h"
#include "login.h"

#define RECORD_HEADER 5
#define RECORD_MAX (16384 + 2048) /* RFC 5246, 6.2.3 */
#define MESSAGE_HEADER 4
#define GATHER_MAX 16384 /* of one message that is read, when several records hold it */
#define MESSAGE_MAX (1u << 18)
#define V2_HEADER 2
#define V2_LONG 0x80 /* of the first octet: no padding follows */
#define V2_FIXED 9   /* type, version, three lengths */
#define V2_SPEC 3

enum record { RECORD_CHANGE = 20, RECORD_ALERT, RECORD_HANDSHAKE, RECORD_DATA, RECORD_HEARTBEAT };

struct way {
    uint32_t rest; /* bytes still to come of a message that is not wanted */
};

struct state {
    struct way way[2];
    bool is_known;
    bool is_other_way; /* the flow's originator is the server */
    bool is_pending;   /* a client's certificate waits for what the server says */
    bool is_timed;     /* the client has answered the server, or may have spoken on before */
    bool asks_again;   /* the server's newest hello was a HelloRetryRequest */
    uint16_t version;  /* agreed on; 0: not yet */
    uint32_t transaction;
    struct answer answer;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct reading {
    struct state *state;
    struct way *way;
    bool by_client;
    bool is_telling; /* before that, whether all is there and fits */
    const struct parse_input *in;
    const struct parse_output *out;
};

/* From the last byte of the server's first flight to the client's answer lies the way to whoever
 * speaks TLS there; the first answer is the one that nobody has to think about. */
static void
time_answer(struct state *s, uint8_t record, const struct parse_input *in, bool by_client,
    const struct parse_output *out)
{
    const char *how = "finished";
    char version[TLS_VERSION_NAME];

    if (s->is_timed || in->is_nested || s->is_other_way || s->version == 0)
        return;
    if (!by_client) {
        answer_expect(&s->answer, in);
        return;
    }
    s->is_timed = true;
    if (s->asks_again)
        how = "hello-retry";
    else if (s->version < TLS_VERSION_1_3)
        how = record == RECORD_HANDSHAKE ? "key-exchange" : "resumption";
    answer_tell(&s->answer, "tls", tls_version_name(s->version, version), how, in, out);
}

static const char *
method(const struct parse_input *in)
{
    return in->is_brought ? "eap-tls" : "tls-client-certificate";
}

static void
tell_client_certificate(const struct reading *r, struct rd body)
{
    struct fact f;

    if (!tls_certificate_login(body, &f))
        return;
    fact_word(&f, KEY_METHOD, method(r->in));
    r->state->is_pending = true;
    f.pairing = FACT_REQUEST;
    f.transaction = ++r->state->transaction;
    fact_word(&f, KEY_RESULT, "attempt");
    r->out->fact(r->out->context, &f);
}

static void
tell_result(struct state *s, const char *reason, const struct parse_input *in,
    const struct parse_output *out)
{
    struct fact f;

    if (!s->is_pending)
        return;
    s->is_pending = false;
    login_begin_answer(&f, s->transaction, reason == NULL);
    fact_word(&f, KEY_METHOD, method(in));
    if (reason == NULL)
        fact_flag(&f, KEY_INFERRED);
    else
        fact_word(&f, KEY_REASON, reason);
    out->fact(out->context, &f);
}

/* Bytes of a message that must be there before it is read. */
static size_t
needed(uint8_t type, struct rd body, size_t length)
{
    size_t n = 0;

    if (type == TLS_CLIENT_HELLO || type == TLS_SERVER_HELLO)
        return length;
    if (type == TLS_CERTIFICATE)
        n = tls_certificate_needs(body);
    return n < length ? n : length;
}

static bool
read_message(struct reading *r, uint8_t type, struct rd body)
{
    struct tls_client_hello client;
    struct tls_server_hello server;

    if (type == TLS_CLIENT_HELLO) {
        if (!r->by_client || !tls_client_hello_read(body, TLS_OVER_TCP, &client))
            return false;
        if (r->is_telling) {
            r->state->is_timed |= client.has_early_data;
            tls_client_hello_tell(&client, r->in, r->out);
        }
    } else if (type == TLS_SERVER_HELLO) {
        if (r->by_client || !tls_server_hello_read(body, &server))
            return false;
        if (r->is_telling) {
            r->state->version = server.version;
            r->state->asks_again = server.is_retry;
            tls_server_hello_tell(&server, r->out);
        }
    } else if (type == TLS_CERTIFICATE && r->is_telling) {
        tls_certificate_tell(body, r->in, r->out);
        if (r->by_client)
            tell_client_certificate(r, body);
    }
    return true;
}

/* The handshake's messages in the content of one or more records. */
static enum parse_result
walk(struct reading *r, struct rd content)
{
    uint32_t rest = r->way->rest < rd_left(&content) ? r->way->rest : (uint32_t)rd_left(&content);
    uint32_t later = r->way->rest - rest;

    rd_skip(&content, rest);
    while (rd_left(&content) > 0) {
        uint8_t type = rd_u8(&content);
        uint32_t length = rd_u24(&content);
        struct rd body;

        if (!content.ok)
            return PARSE_MORE;
        if (length > MESSAGE_MAX)
            return PARSE_BAD;
        body = rd_sub_upto(&content, length);
        if (rd_left(&body) < needed(type, body, length))
            return PARSE_MORE;
        if (!read_message(r, type, body))
            return PARSE_BAD;
        later = length - (uint32_t)rd_left(&body);
    }
    if (r->is_telling)
        r->way->rest = later;
    return PARSE_OK;
}

/* A record's type, and its content as far as it is here. */
static enum parse_result
read_record(struct rd *r, uint8_t *type, struct rd *content, size_t *missing)
{
    size_t here = rd_left(r), length;
    uint8_t major, minor;

    *type = rd_u8(r);
    major = rd_u8(r);
    minor = rd_u8(r);
    length = rd_u16(r);
    if ((here > 0 && (*type < RECORD_CHANGE || *type > RECORD_HEARTBEAT)) ||
        (here > 1 && major != 3) || (here > 2 && minor > 4))
        return PARSE_NOT_MINE;
    if (!r->ok)
        return PARSE_MORE;
    if (length > RECORD_MAX)
        return PARSE_NOT_MINE;
    *content = rd_sub_upto(r, length);
    *missing = length - rd_left(content);
    return PARSE_OK;
}

/* Messages in several records, one after another: copied, since they do not lie together. Not for
 * inlining: the room is on the stack, and hardly ever used. */
__attribute__((noinline)) static enum parse_result
gather(struct reading *reading, struct rd first, struct rd *r)
{
    uint8_t room[GATHER_MAX], type;
    struct rd content = first;
    size_t used = 0, missing;
    enum parse_result result;

    for (;;) {
        size_t n = rd_left(&content);

        if (n > sizeof room - used)
            return PARSE_BAD;
        if (n > 0)
            memcpy(room + used, content.p, n);
        used += n;
        reading->is_telling = false;
        result = walk(reading, rd_of(room, used));
        if (result != PARSE_MORE)
            break;
        result = read_record(r, &type, &content, &missing);
        if (result != PARSE_OK)
            return result == PARSE_MORE ? result : PARSE_BAD;
        if (type != RECORD_HANDSHAKE)
            return PARSE_BAD;
        if (missing > 0)
            return PARSE_MORE;
    }
    if (result == PARSE_OK) {
        reading->is_telling = true;
        (void)walk(reading, rd_of(room, used));
    }
    return result;
}

static enum parse_result
read_handshake(struct reading *reading, struct rd content, size_t missing, struct rd *r)
{
    enum parse_result result;

    if (missing > 0)
        return PARSE_MORE;
    result = walk(reading, content);
    if (result == PARSE_MORE)
        return gather(reading, content, r);
    if (result == PARSE_OK) {
        reading->is_telling = true;
        (void)walk(reading, content);
    }
    return result;
}

/* RFC 8446, 6 and RFC 5246, 7.2: those that speak of the certificate, and what else ends it. */
static const char *
alert_reason(uint8_t description)
{
    static const struct {
        uint8_t description;
        const char *name;
    } names[] = { { 40, "handshake failure" }, { 42, "bad certificate" },
        { 43, "unsupported certificate" }, { 44, "certificate revoked" },
        { 45, "certificate expired" }, { 46, "certificate unknown" }, { 48, "unknown ca" },
        { 49, "access denied" }, { 51, "decrypt error" } };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].description == description)
            return names[i].name;
    return "alert";
}

/* The first message of a connection must be a hello: chance does not begin so. */
static enum parse_result
check_first(struct rd data, bool *is_server)
{
    struct rd r = data;
    uint8_t type, message;
    struct rd content;
    size_t missing;
    enum parse_result result = read_record(&r, &type, &content, &missing);

    if (result == PARSE_NOT_MINE || (rd_left(&data) > 0 && type != RECORD_HANDSHAKE))
        return PARSE_NOT_MINE;
    if (result != PARSE_OK || rd_left(&content) == 0)
        return result == PARSE_OK && missing == 0 ? PARSE_NOT_MINE : PARSE_MORE;
    message = rd_u8(&content);
    if (message != TLS_CLIENT_HELLO && message != TLS_SERVER_HELLO)
        return PARSE_NOT_MINE;
    *is_server = message == TLS_SERVER_HELLO;
    return rd_u8(&content) == 0 ? PARSE_OK : PARSE_NOT_MINE; /* less than 64 KB */
}

/* RFC 5246, E.2: a client that knows SSLv2 as well. It has no extensions to tell of. */
static enum parse_result
read_v2_hello(struct rd *r)
{
    uint16_t specs, id, challenge, version;
    struct rd body;
    size_t length;

    rd_skip(r, 1);
    length = rd_u8(r);
    body = *r;
    if (rd_left(&body) > 0 && rd_peek(&body) != TLS_CLIENT_HELLO)
        return PARSE_NOT_MINE;
    rd_skip(&body, 1);
    version = rd_u16(&body);
    specs = rd_u16(&body);
    id = rd_u16(&body);
    challenge = rd_u16(&body);
    if (!body.ok)
        return PARSE_MORE;
    if ((version != 2 && version >> 8 != 3) || specs == 0 || specs % V2_SPEC != 0 ||
        challenge < 16 || challenge > 32 || (size_t)V2_FIXED + specs + id + challenge != length)
        return PARSE_NOT_MINE;
    rd_skip(r, length);
    return r->ok ? PARSE_OK : PARSE_MORE;
}

static enum parse_result
read_known(struct reading *reading, struct parse_input *in)
{
    struct state *s = reading->state;
    struct rd r = in->data, content;
    uint8_t type;
    size_t missing;
    enum parse_result result = read_record(&r, &type, &content, &missing);

    if (result != PARSE_OK)
        return result == PARSE_MORE ? result : PARSE_BAD;
    if (type == RECORD_HANDSHAKE) {
        result = read_handshake(reading, content, missing, &r);
        if (result != PARSE_OK)
            return result;
        in->data = r;
        return PARSE_OK;
    }
    if (type == RECORD_ALERT && missing > 0)
        return PARSE_MORE;
    if (type == RECORD_ALERT && !reading->by_client && rd_left(&content) == 2) {
        rd_skip(&content, 1); /* level */
        tell_result(s, alert_reason(rd_u8(&content)), in, reading->out);
    } else if (type == RECORD_CHANGE || type == RECORD_DATA) {
        if (!reading->by_client)
            tell_result(s, NULL, in, reading->out);
        if (reading->by_client ? !s->asks_again : s->is_timed || in->is_nested)
            in->skip = PARSE_SKIP_ALL; /* the rest is sealed */
    }
    in->data = r;
    if (in->skip == 0)
        in->skip = missing;
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    bool is_server = false;
    enum parse_result result;
    struct reading reading = { .state = s, .in = in, .out = out };
    struct rd v2 = in->data;
    uint8_t record = rd_peek(&in->data);

    if (!s->is_known) {
        if (rd_peek(&in->data) == V2_LONG) {
            result = read_v2_hello(&v2);
            if (result != PARSE_OK)
                return result;
            s->is_known = true;
            s->is_other_way = !in->from_client;
            in->data = v2;
            return PARSE_OK;
        }
        result = check_first(in->data, &is_server);
        if (result != PARSE_OK)
            return result;
        s->is_other_way = in->from_client == is_server;
    }
    reading.by_client = in->from_client != s->is_other_way;
    reading.way = &s->way[in->from_client];
    result = read_known(&reading, in);
    if (result == PARSE_OK) {
        s->is_known = true;
        time_answer(s, record, in, reading.by_client, out);
    } else if (result == PARSE_BAD && !s->is_known)
        return PARSE_NOT_MINE;
    return result;
}

const struct parser parser_tls = {
    .name = "tls",
    .transports = PARSER_TCP,
    .ports = { 443, 465, 636, 853, 989, 990, 993, 995, 5061, 5671, 8443 },
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
