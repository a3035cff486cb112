/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IMAP (RFC 9051, 3501), as far as its login: LOGIN, AUTHENTICATE (with SASL-IR, RFC 4959), and
 * what the server made of it. From STARTTLS on the connection is TLS's. Commands other than LOGIN
 * that hold literals before a login end the reading.
 */
#include "line.h"
#include "sasl.h"
#include "text.h"

#define TAG_MAX 32
#define NAME_MAX_BYTES 512
#define LITERAL_MAX 1024

struct state {
    struct line_flow flow;
    bool asks_tls;
    uint8_t tag_length;
    uint8_t tag[TAG_MAX]; /* of the command whose end tells */
    struct sasl login;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static bool
is_tag_char(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == '_' || c == '$' || c == '#';
}

/* Three digits: in the middle of a connection a reply of FTP's or SMTP's (230 Login successful). */
static bool
is_reply_code(struct rd tag)
{
    struct rd text;

    return line_code(tag, &text) != 0 && rd_left(&text) == 0;
}

static enum parse_result
opens(struct rd start, bool from_client, const struct parse_input *in)
{
    static const char *const commands[] = { "LOGIN ", "AUTHENTICATE ", "CAPABILITY\r",
        "CAPABILITY\n", "STARTTLS\r", "ID (", "ID NIL", NULL };
    static const char *const greetings[] = { "* OK", "* PREAUTH", NULL };
    struct rd tag = start;
    size_t n = 0;

    if (!from_client)
        return line_opens(start, greetings);
    while (rd_left(&start) > 0 && is_tag_char(rd_peek(&start)) && n++ < TAG_MAX)
        rd_skip(&start, 1);
    if (n == 0 || n > TAG_MAX)
        return PARSE_NOT_MINE;
    if (rd_left(&start) == 0)
        return PARSE_MORE;
    tag.end = start.p;
    if (in->is_midstream && is_reply_code(tag))
        return PARSE_NOT_MINE;
    return rd_u8(&start) == ' ' ? line_opens(start, commands) : PARSE_NOT_MINE;
}

/* `{n}` or `{n+}` at the end of a line: n octets follow it. */
static bool
ends_in_literal(struct rd line, uint64_t *length)
{
    struct rd before, digits;

    if (rd_left(&line) < 3 || line.end[-1] != '}' || !text_take_until_last(&line, "{", &before))
        return false;
    line.end--;
    digits = line;
    if (rd_left(&digits) > 1 && (digits.end[-1] == '+' || digits.end[-1] == '-'))
        digits.end--;
    return text_to_number(digits, length);
}

/* Exactly one more argument, the password. */
static bool
is_password(struct rd line)
{
    struct rd first;

    return rd_left(&line) > 0 && (rd_peek(&line) == '"' || !text_take_until(&line, " ", &first));
}

/* LOGIN's user name, which may stand in octets behind the line; what comes behind that, the
 * password, is taken as well. PARSE_BAD: it is none. */
static enum parse_result
read_login(struct line_message *m, struct rd line, uint8_t room[NAME_MAX_BYTES], struct rd *user)
{
    struct rd rest = m->rest, literal;
    enum parse_result result = PARSE_OK;
    uint64_t length;
    bool has_user = false;

    if (text_take(&line, "\"")) {
        if (!text_take_quoted(&line, room, NAME_MAX_BYTES, user))
            return PARSE_BAD;
        (void)text_take(&line, " ");
        has_user = true;
    } else if (rd_peek(&line) != '{') {
        *user = line_word(&line);
        has_user = true;
    }
    if (has_user && !is_password(line))
        return PARSE_BAD;
    while (ends_in_literal(line, &length)) {
        if (length > LITERAL_MAX)
            return PARSE_BAD;
        literal = rd_sub(&rest, (size_t)length);
        if (!literal.ok)
            return PARSE_MORE;
        if (!has_user)
            *user = literal;
        has_user = true;
        result = line_take(&rest, &line);
        if (result != PARSE_OK)
            return result;
    }
    m->rest = rest;
    return has_user ? PARSE_OK : PARSE_BAD;
}

static void
remember_tag(struct state *s, struct rd tag)
{
    s->tag_length = 0;
    if (rd_left(&tag) > TAG_MAX)
        return;
    s->tag_length = (uint8_t)rd_left(&tag);
    memcpy(s->tag, tag.p, s->tag_length);
}

static enum parse_result
command(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd line = m->line, tag, word, user;
    uint8_t room[NAME_MAX_BYTES];
    uint64_t length;
    enum parse_result result = PARSE_OK;

    if (sasl_is_under_way(&s->login)) {
        if (!text_equals(&line, "*"))
            sasl_response(&s->login, line, m->in, m->out);
        return PARSE_OK; /* of a cancelled one the server's BAD tells */
    }
    tag = line_word(&line);
    word = line_word(&line);
    if (text_equals_nocase(&word, "LOGIN")) {
        result = read_login(m, line, room, &user);
        if (result != PARSE_OK)
            return result;
        sasl_login(&s->login, user, "imap-login", m->out);
        remember_tag(s, tag);
    } else if (text_equals_nocase(&word, "AUTHENTICATE")) {
        sasl_begin(&s->login, line_word(&line));
        remember_tag(s, tag);
        if (rd_left(&line) > 0)
            sasl_response(&s->login, line, m->in, m->out);
    } else if (text_equals_nocase(&word, "STARTTLS")) {
        s->asks_tls = true;
        remember_tag(s, tag);
    } else if (ends_in_literal(line, &length)) {
        s->flow.is_over = true;
    }
    return PARSE_OK;
}

static enum parse_result
reply(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd line = m->line, tag;
    bool is_ok, is_no;

    if (text_take(&line, "+")) {
        sasl_challenge(&s->login, line, m->in, m->out);
        return PARSE_OK;
    }
    if (text_take(&line, "* PREAUTH"))
        s->flow.is_over = true;
    tag = line_word(&line);
    if (s->tag_length == 0 || rd_left(&tag) != s->tag_length ||
        memcmp(tag.p, s->tag, s->tag_length) != 0)
        return PARSE_OK;
    s->tag_length = 0;
    tag = line_word(&line);
    is_ok = text_equals_nocase(&tag, "OK");
    is_no = text_equals_nocase(&tag, "NO");
    if (s->asks_tls) {
        s->asks_tls = false;
        s->flow.is_other = is_ok;
        return PARSE_OK;
    }
    sasl_end(&s->login, is_ok ? SASL_SUCCESS : is_no ? SASL_FAILURE : SASL_DROPPED, line, m->out);
    s->flow.is_over = is_ok;
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    static const struct line_protocol protocol = { opens, command, reply };

    return line_parse(in, out, (struct line_flow *)(void *)in->state->bytes, &protocol);
}

const struct parser parser_imap = {
    .name = "imap",
    .transports = PARSER_TCP,
    .ports = { 143 },
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
