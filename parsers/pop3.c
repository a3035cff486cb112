/* SPDX-License-Identifier: BSD-2-Clause
 *
 * POP3 (RFC 1939), as far as its login: USER and PASS, APOP, AUTH (RFC 5034), and what the server
 * made of it. Commands and answers are counted, since clients need not wait (RFC 2449, 6.6). From
 * STLS (RFC 2595) on the connection is TLS's.
 */
#include "line.h"
#include "sasl.h"
#include "text.h"

#define PORT_POP3 110

struct state {
    struct line_flow flow;
    bool has_greeted;
    uint16_t asked, answered;  /* commands, +OK and -ERR */
    uint16_t user, proof, tls; /* which command was USER; PASS, APOP or AUTH; STLS; 0: none */
    struct sasl login;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static enum parse_result
opens(struct rd start, bool from_client, const struct parse_input *in)
{
    static const char *const commands[] = { "USER ", "APOP ", "AUTH ", "AUTH\r", "CAPA\r", "STLS\r",
        NULL };
    static const char *const greetings[] = { "+OK ", "+OK\r", "+OK\n", NULL };

    if (!from_client)
        return line_opens(start, greetings);
    return in->destination_port == PORT_POP3 || in->source_port == PORT_POP3
               ? line_opens(start, commands)
               : PARSE_NOT_MINE;
}

static void
read_auth(struct state *s, struct rd line, const struct line_message *m)
{
    struct rd mechanism = line_word(&line);

    if (rd_left(&mechanism) == 0)
        return; /* which ones are there? */
    sasl_begin(&s->login, mechanism);
    s->proof = s->asked;
    if (rd_left(&line) > 0)
        sasl_response(&s->login, line, m->in, m->out);
}

static enum parse_result
command(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd line = m->line, word;

    if (sasl_is_under_way(&s->login)) {
        if (!text_equals(&line, "*"))
            sasl_response(&s->login, line, m->in, m->out);
        return PARSE_OK; /* of a cancelled one the server's -ERR tells */
    }
    if (!s->flow.is_known)
        s->has_greeted = true; /* and we did not see it */
    s->asked++;
    word = line_word(&line);
    if (text_equals_nocase(&word, "USER")) {
        sasl_login(&s->login, text_trim(line), "pop3-user", m->out);
        s->user = s->asked;
        s->proof = 0;
    } else if (text_equals_nocase(&word, "PASS")) {
        s->proof = s->asked;
    } else if (text_equals_nocase(&word, "APOP")) {
        sasl_login(&s->login, line_word(&line), "pop3-apop", m->out);
        s->user = 0;
        s->proof = s->asked;
    } else if (text_equals_nocase(&word, "AUTH")) {
        read_auth(s, line, m);
    } else if (text_equals_nocase(&word, "STLS")) {
        s->tls = s->asked;
    }
    return PARSE_OK;
}

static void
read_status(struct state *s, bool is_ok, struct rd text, const struct parse_output *out)
{
    if (!s->has_greeted) {
        s->has_greeted = true;
        return;
    }
    if (s->answered == s->asked)
        return; /* to nothing that we saw */
    s->answered++;
    if (s->answered == s->tls)
        s->flow.is_other = is_ok;
    if (s->answered == s->proof) {
        sasl_end(&s->login, is_ok ? SASL_SUCCESS : SASL_FAILURE, text, out);
        s->flow.is_over = is_ok;
    } else if (s->answered == s->user && !is_ok) {
        sasl_end(&s->login, SASL_FAILURE, text, out);
    }
}

static enum parse_result
reply(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd line = m->line;

    if (text_take(&line, "+OK"))
        read_status(s, true, text_trim(line), m->out);
    else if (text_take(&line, "-ERR"))
        read_status(s, false, text_trim(line), m->out);
    else if (text_take(&line, "+ "))
        sasl_challenge(&s->login, line, m->in, m->out);
    return PARSE_OK; /* else a line of a list */
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    static const struct line_protocol protocol = { opens, command, reply };

    return line_parse(in, out, (struct line_flow *)(void *)in->state->bytes, &protocol);
}

const struct parser parser_pop3 = {
    .name = "pop3",
    .transports = PARSER_TCP,
    .ports = { PORT_POP3 },
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
