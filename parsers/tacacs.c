/* SPDX-License-Identifier: BSD-2-Clause
 *
 * TACACS+ (RFC 8907): who asks a network device for a login, from where, what the server made of
 * it, and when it began and ended.
 *
 * Only where bodies are in clear (TAC_PLUS_UNENCRYPTED_FLAG), as on trusted or tunnelled links: of
 * others there is a header and no name. Records of single commands are passed over.
 */
#include "ip_address.h"
#include "login.h"
#include "parser.h"
#include "text.h"

#define HEADER 12
#define VERSION_MAJOR 0xc0
#define VERSION_MINOR_MAX 1
#define FLAG_UNENCRYPTED 0x01
#define FLAG_SINGLE_CONNECT 0x04
#define LENGTH_MAX 16384 /* of ours; the RFC has none */
#define PORT_TACACS 49
#define CONTINUE_ABORT 0x01
#define ACCOUNT_START 0x02
#define ACCOUNT_STOP 0x04
#define AUTHEN_LOGIN 1

enum type { TYPE_AUTHENTICATION = 1, TYPE_AUTHORIZATION, TYPE_ACCOUNTING };
enum authen_status { AUTHEN_PASS = 1, AUTHEN_FAIL = 2, AUTHEN_GET_USER = 4 };
enum author_status { AUTHOR_PASS_ADD = 1, AUTHOR_PASS_REPLACE, AUTHOR_FAIL = 0x10 };

struct state {
    bool is_known;
    bool has_place; /* of the session that has not named its user yet */
    bool asks_user;
    uint32_t session;
    struct in6_addr place;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

struct header {
    uint8_t version, type, sequence, flags;
    uint32_t session, length;
};

struct message {
    const struct header *h;
    struct state *state;
    const struct parse_input *in;
    const struct parse_output *out;
};

/* What requests of all types hold. */
struct who {
    struct rd user, place;
    struct rd lengths, arguments; /* of them an octet each; then all of them */
};

static void
begin_login(struct fact *f, enum fact_kind kind, const char *method, const struct message *m)
{
    char gateway[TEXT_ADDRESS_SIZE];

    text_from_address(gateway, &m->in->source);
    fact_begin(f, kind);
    f->transaction = m->h->session;
    fact_word(f, KEY_METHOD, method);
    fact_word(f, KEY_GATEWAY, gateway);
}

static void
begin_attempt(struct fact *f, const char *method, struct rd user, const struct message *m)
{
    begin_login(f, FACT_LOGIN, method, m);
    f->pairing = FACT_REQUEST;
    login_account(f, user);
    fact_word(f, KEY_RESULT, "attempt");
}

static void
tell_if_named(const struct fact *f, const struct message *m)
{
    if (fact_has(f, KEY_ACCOUNT))
        m->out->fact(m->out->context, f);
}

static void
tell_answer(bool is_success, struct rd said, const struct message *m)
{
    struct fact f;

    login_begin_answer(&f, m->h->session, is_success);
    if (!is_success)
        fact_lines(&f, KEY_REASON, said.p, rd_left(&said));
    m->out->fact(m->out->context, &f);
}

/* Four octets of privilege, type and service are read by then. */
static bool
read_who(struct rd *r, bool has_arguments, struct who *w)
{
    uint8_t user = rd_u8(r), port = rd_u8(r), place = rd_u8(r), last = rd_u8(r);
    struct rd counted;

    w->lengths = rd_sub(r, has_arguments ? last : 0);
    w->user = rd_sub(r, user);
    rd_skip(r, port); /* tty7 */
    w->place = rd_sub(r, place);
    w->arguments = *r;
    counted = w->lengths;
    if (!has_arguments)
        rd_skip(r, last);
    while (rd_left(&counted) > 0)
        rd_skip(r, rd_u8(&counted));
    return r->ok && rd_left(r) == 0;
}

/* The value of `name=value` or `name*value`; empty when there is none. */
static struct rd
argument(const struct who *w, const char *name)
{
    struct rd lengths = w->lengths, list = w->arguments, none = { 0 };

    while (rd_left(&lengths) > 0) {
        struct rd one = rd_sub(&list, rd_u8(&lengths));

        if (text_take(&one, name) && (text_take(&one, "=") || text_take(&one, "*")))
            return one;
    }
    return none;
}

static enum parse_result
read_start(struct rd body, const struct message *m)
{
    uint8_t action = rd_u8(&body);
    struct who w;
    struct fact f;

    rd_skip(&body, 3);
    if (!read_who(&body, false, &w))
        return PARSE_BAD;
    m->state->session = m->h->session;
    m->state->asks_user = false;
    m->state->has_place = text_to_address(text_trim(w.place), &m->state->place);
    if (action != AUTHEN_LOGIN)
        return PARSE_OK;
    begin_attempt(&f, "tacacs", w.user, m);
    login_calling_station(&f, w.place);
    tell_if_named(&f, m);
    return PARSE_OK;
}

static enum parse_result
read_continue(struct rd body, const struct message *m)
{
    uint16_t length = rd_u16(&body), data = rd_u16(&body);
    uint8_t flags = rd_u8(&body);
    struct rd user = rd_sub(&body, length);
    struct fact f;

    rd_skip(&body, data);
    if (!body.ok || rd_left(&body) > 0)
        return PARSE_BAD;
    if (!m->state->asks_user || m->state->session != m->h->session || (flags & CONTINUE_ABORT) != 0)
        return PARSE_OK;
    m->state->asks_user = false;
    begin_attempt(&f, "tacacs", user, m);
    if (m->state->has_place)
        fact_address(&f, KEY_OUTSIDE, &m->state->place);
    tell_if_named(&f, m);
    return PARSE_OK;
}

static enum parse_result
read_authentication_reply(struct rd body, const struct message *m)
{
    uint8_t status = rd_u8(&body);
    uint16_t length, data;
    struct rd said;

    rd_skip(&body, 1); /* flags */
    length = rd_u16(&body);
    data = rd_u16(&body);
    said = rd_sub(&body, length);
    rd_skip(&body, data);
    if (!body.ok || rd_left(&body) > 0)
        return PARSE_BAD;
    if (status == AUTHEN_PASS || status == AUTHEN_FAIL)
        tell_answer(status == AUTHEN_PASS, said, m);
    m->state->asks_user = status == AUTHEN_GET_USER && m->state->session == m->h->session;
    return PARSE_OK;
}

/* Whether it is about one command within a session. */
static bool
is_command(const struct who *w)
{
    struct rd command = argument(w, "cmd");

    return rd_left(&command) > 0;
}

static void
put_session(struct fact *f, const struct who *w)
{
    struct rd task = argument(w, "task_id"), inside = argument(w, "addr");

    fact_text(f, KEY_SESSION, task.p, rd_left(&task));
    (void)login_address(f, KEY_INSIDE, inside);
}

static enum parse_result
read_authorization(struct rd body, const struct message *m)
{
    struct who w;
    struct fact f;

    rd_skip(&body, 4);
    if (!read_who(&body, true, &w))
        return PARSE_BAD;
    if (is_command(&w))
        return PARSE_OK;
    begin_attempt(&f, "tacacs-authorization", w.user, m);
    login_calling_station(&f, w.place);
    put_session(&f, &w);
    tell_if_named(&f, m);
    return PARSE_OK;
}

static enum parse_result
read_authorization_reply(struct rd body, const struct message *m)
{
    uint8_t status = rd_u8(&body), count = rd_u8(&body);
    uint16_t length = rd_u16(&body), data = rd_u16(&body);
    struct rd lengths = rd_sub(&body, count), said = rd_sub(&body, length);

    rd_skip(&body, data);
    while (rd_left(&lengths) > 0)
        rd_skip(&body, rd_u8(&lengths));
    if (!body.ok || rd_left(&body) > 0)
        return PARSE_BAD;
    if (status == AUTHOR_PASS_ADD || status == AUTHOR_PASS_REPLACE || status == AUTHOR_FAIL)
        tell_answer(status != AUTHOR_FAIL, said, m);
    return PARSE_OK;
}

static enum parse_result
read_accounting(struct rd body, const struct message *m)
{
    uint8_t flags = rd_u8(&body);
    bool is_stop = (flags & ACCOUNT_STOP) != 0;
    struct who w;
    struct fact f;

    rd_skip(&body, 4);
    if (!read_who(&body, true, &w))
        return PARSE_BAD;
    if (is_command(&w))
        return PARSE_OK;
    begin_login(&f, is_stop ? FACT_LOGOUT : FACT_LOGIN, "tacacs-accounting", m);
    login_account(&f, w.user);
    if (!is_stop)
        fact_word(&f, KEY_RESULT, "success");
    login_calling_station(&f, w.place);
    put_session(&f, &w);
    fact_word(&f, KEY_STATUS,
        is_stop                        ? "stop"
        : (flags & ACCOUNT_START) != 0 ? "start"
                                       : "interim");
    tell_if_named(&f, m);
    return PARSE_OK;
}

static enum parse_result
read_body(struct rd body, const struct message *m)
{
    bool is_request = (m->h->sequence & 1) != 0; /* 4.1: clients have the odd numbers */

    switch ((enum type)m->h->type) {
    case TYPE_AUTHENTICATION:
        return !is_request           ? read_authentication_reply(body, m)
               : m->h->sequence == 1 ? read_start(body, m)
                                     : read_continue(body, m);
    case TYPE_AUTHORIZATION:
        return is_request ? read_authorization(body, m) : read_authorization_reply(body, m);
    default:
        return is_request ? read_accounting(body, m) : PARSE_OK;
    }
}

static bool
may_be(const struct header *h)
{
    return (h->version & ~VERSION_MINOR_MAX) == VERSION_MAJOR && h->type >= TYPE_AUTHENTICATION &&
           h->type <= TYPE_ACCOUNTING && h->sequence != 0 &&
           (h->flags & ~(FLAG_UNENCRYPTED | FLAG_SINGLE_CONNECT)) == 0 && h->length <= LENGTH_MAX;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data, body;
    struct header h = {
        .version = rd_u8(&r), .type = rd_u8(&r), .sequence = rd_u8(&r), .flags = rd_u8(&r)
    };
    struct message m = { &h, s, in, out };
    enum parse_result result = PARSE_OK;

    if (rd_left(&in->data) > 0 && (*in->data.p & ~VERSION_MINOR_MAX) != VERSION_MAJOR)
        return PARSE_NOT_MINE;
    h.session = rd_u32(&r);
    h.length = rd_u32(&r);
    if (!r.ok)
        return PARSE_MORE;
    if (!may_be(&h) || (!s->is_known && !in->is_midstream && (!in->from_client || h.sequence != 1)))
        return s->is_known ? PARSE_BAD : PARSE_NOT_MINE;
    body = rd_sub_upto(&r, h.length);
    if ((h.flags & FLAG_UNENCRYPTED) != 0) {
        if (rd_left(&body) < h.length)
            return PARSE_MORE;
        result = read_body(body, &m);
    }
    if (result != PARSE_OK)
        return result;
    s->is_known = true;
    in->data = r;
    in->skip = h.length - rd_left(&body);
    return PARSE_OK;
}

const struct parser parser_tacacs = {
    .name = "tacacs",
    .transports = PARSER_TCP,
    .ports = { PORT_TACACS },
    .has_state = true,
    .settles = true,
    .parse = parse,
};
