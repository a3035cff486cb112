/* SPDX-License-Identifier: BSD-2-Clause
 *
 * SMTP and submission (RFC 5321, 6409), as far as its AUTH (RFC 4954): who logs in, and what the
 * server made of it. From the first mail on nothing is read, from STARTTLS (RFC 3207) on the
 * connection is TLS's.
 */
#include "line.h"
#include "sasl.h"
#include "text.h"

#define CODE_READY 220
#define CODE_AUTHENTICATED 235
#define CODE_CONTINUE 334
#define CODE_REFUSED_FIRST 530 /* below: the server's trouble, or a mechanism that it lacks */
#define CODE_REFUSED_LAST 599

struct state {
    struct line_flow flow;
    bool asks_tls;
    struct sasl sasl;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static enum parse_result
opens(struct rd start, bool from_client, const struct parse_input *in)
{
    static const char *const commands[] = { "EHLO ", "HELO ", "LHLO ", NULL };
    static const char *const greetings[] = { "220 ", "220-", NULL };

    (void)in;
    if (from_client)
        return line_opens(start, commands);
    return line_opens(start, greetings) == PARSE_NOT_MINE ? PARSE_NOT_MINE : PARSE_MORE;
}

static enum parse_result
command(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd line = m->line, word, mechanism;

    if (sasl_is_under_way(&s->sasl)) {
        if (text_equals(&line, "*"))
            sasl_end(&s->sasl, SASL_DROPPED, line, m->out);
        else
            sasl_response(&s->sasl, line, m->in, m->out);
        return PARSE_OK;
    }
    word = line_word(&line);
    if (text_equals_nocase(&word, "AUTH")) {
        mechanism = line_word(&line);
        sasl_begin(&s->sasl, mechanism);
        if (rd_left(&line) > 0)
            sasl_response(&s->sasl, line, m->in, m->out);
    } else if (text_equals_nocase(&word, "STARTTLS")) {
        s->asks_tls = true;
    } else if (text_equals_nocase(&word, "MAIL")) {
        s->flow.is_over = true;
    }
    return PARSE_OK;
}

static enum parse_result
reply(struct line_message *m)
{
    struct state *s = (struct state *)(void *)m->own;
    struct rd text;
    unsigned code = line_code(m->line, &text);

    if (code == 0)
        return PARSE_OK;
    if (s->asks_tls && !sasl_is_under_way(&s->sasl)) {
        s->flow.is_other = code == CODE_READY;
        s->asks_tls = false;
    } else if (code == CODE_CONTINUE) {
        sasl_challenge(&s->sasl, text, m->in, m->out);
    } else if (sasl_is_under_way(&s->sasl)) {
        sasl_end(&s->sasl,
            code == CODE_AUTHENTICATED                                ? SASL_SUCCESS
            : code >= CODE_REFUSED_FIRST && code <= CODE_REFUSED_LAST ? SASL_FAILURE
                                                                      : SASL_DROPPED,
            text, m->out);
    }
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    static const struct line_protocol protocol = { opens, command, reply };

    return line_parse(in, out, (struct line_flow *)(void *)in->state->bytes, &protocol);
}

const struct parser parser_smtp = {
    .name = "smtp",
    .transports = PARSER_TCP,
    .ports = { 25, 587 },
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
