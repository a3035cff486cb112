/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FTP's control connection (RFC 959): who logs in, and what the server made of it. From AUTH TLS
 * (RFC 4217) on the connection is TLS's. `anonymous` and `ftp` (RFC 1635) are nobody, and not told.
 */
#include "line.h"
#include "sasl.h"
#include "text.h"

#define CODE_LOGGED_IN 230
#define CODE_LOGGED_IN_SECURE 232 /* RFC 2228 */
#define CODE_SECURITY 234
#define CODE_INVALID_USER 430
#define CODE_NOT_LOGGED_IN 530
#define CODE_SECURITY_FIRST 334 /* of RFC 2228: AUTH goes on */
#define PORT_FTP 21
#define PORT_POP3 110

struct state {
    struct line_flow flow;
    bool asks_tls;
    struct sasl login;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

/* A client that opens with USER may be POP3's on that one's port, or IRC's, which says more. */
static bool
is_user_elsewhere(struct rd start, const struct parse_input *in)
{
    static const char *const user[] = { "USER ", NULL };
    struct rd line;

    if (in->destination_port == PORT_FTP || line_opens(start, user) != PARSE_OK ||
        line_take(&start, &line) != PARSE_OK)
        return false;
    (void)line_word(&line);
    (void)line_word(&line);
    return in->destination_port == PORT_POP3 || rd_left(&line) > 0;
}

static enum parse_result
opens(struct rd start, bool from_client, const struct parse_input *in)
{
    static const char *const commands[] = { "USER ", "AUTH ", "FEAT\r", "FEAT\n", "HOST ", "OPTS ",
        "CLNT ", "SYST\r", "SYST\n", NULL };
    static const char *const greetings[] = { "220 ", "220-", "120 ", NULL };

    if (from_client)
        return is_user_elsewhere(start, in) ? PARSE_NOT_MINE : line_opens(start, commands);
    return line_opens(start, greetings) == PARSE_NOT_MINE ? PARSE_NOT_MINE : PARSE_MORE;
}

static enum parse_result
command(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd line = m->line, word = line_word(&line), what;

    if (text_equals_nocase(&word, "USER")) {
        what = text_trim(line);
        if (text_equals_nocase(&what, "ftp"))
            rd_skip(&what, rd_left(&what));
        sasl_login(&s->login, what, "ftp-user", m->out);
    } else if (text_equals_nocase(&word, "AUTH")) {
        what = text_trim(line);
        s->asks_tls = text_equals_nocase(&what, "TLS") || text_equals_nocase(&what, "SSL") ||
                      text_equals_nocase(&what, "TLS-C") || text_equals_nocase(&what, "TLS-P");
    }
    return PARSE_OK;
}

static enum parse_result
reply(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd text;

    switch (line_code(m->line, &text)) {
    case CODE_SECURITY:
    case CODE_SECURITY_FIRST:
        s->flow.is_other = s->asks_tls;
        break;
    case CODE_LOGGED_IN:
    case CODE_LOGGED_IN_SECURE:
        sasl_end(&s->login, SASL_SUCCESS, text, m->out);
        break;
    case CODE_NOT_LOGGED_IN:
    case CODE_INVALID_USER:
        sasl_end(&s->login, SASL_FAILURE, text, m->out);
        break;
    default:
        break;
    }
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    static const struct line_protocol protocol = { opens, command, reply };

    return line_parse(in, out, (struct line_flow *)(void *)in->state->bytes, &protocol);
}

const struct parser parser_ftp = {
    .name = "ftp",
    .transports = PARSER_TCP,
    .ports = { PORT_FTP },
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
