/* SPDX-License-Identifier: BSD-2-Clause */
#include "line.h"
#include "text.h"

#define CODE_DIGITS 3

enum parse_result
line_take(struct rd *r, struct rd *line)
{
    struct rd at = *r;

    if (!text_take_until(&at, "\n", line))
        return rd_left(r) > LINE_MAX_BYTES ? PARSE_BAD : PARSE_MORE;
    if (rd_left(line) > LINE_MAX_BYTES)
        return PARSE_BAD;
    if (rd_left(line) > 0 && line->end[-1] == '\r')
        line->end--;
    *r = at;
    return PARSE_OK;
}

struct rd
line_word(struct rd *line)
{
    struct rd word;

    return text_take_until(line, " ", &word) ? word : text_take_rest(line);
}

unsigned
line_code(struct rd line, struct rd *text)
{
    struct rd digits = rd_sub(&line, CODE_DIGITS);
    uint64_t code;

    if (!digits.ok || !text_to_number(digits, &code) || rd_peek(&line) == '-')
        return 0;
    (void)text_take(&line, " ");
    *text = line;
    return (unsigned)code;
}

static uint8_t
upper(uint8_t c)
{
    return c >= 'a' && c <= 'z' ? (uint8_t)(c - 'a' + 'A') : c;
}

static enum parse_result
opens_with(struct rd r, const char *word)
{
    for (; *word != '\0'; word++) {
        if (rd_left(&r) == 0)
            return PARSE_MORE;
        if (upper(rd_u8(&r)) != (uint8_t)*word)
            return PARSE_NOT_MINE;
    }
    return PARSE_OK;
}

enum parse_result
line_opens(struct rd start, const char *const *words)
{
    enum parse_result best = PARSE_NOT_MINE;

    for (; *words != NULL && best != PARSE_OK; words++) {
        enum parse_result result = opens_with(start, *words);

        if (result != PARSE_NOT_MINE)
            best = result;
    }
    return best;
}

enum parse_result
line_parse(struct parse_input *in, const struct parse_output *out, struct line_flow *own,
    const struct line_protocol *p)
{
    struct line_message m = { .rest = in->data, .own = own, .in = in, .out = out };
    bool is_turned = own->is_turned;
    enum parse_result result;

    if (own->is_other)
        return PARSE_NOT_MINE;
    if (own->is_over) {
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
    if (!own->is_known) {
        result = p->opens(in->data, in->from_client, in);
        if (result == PARSE_NOT_MINE && in->is_midstream) {
            is_turned = true;
            result = p->opens(in->data, !in->from_client, in);
        }
        if (result != PARSE_OK)
            return result;
    }
    result = line_take(&m.rest, &m.line);
    if (result == PARSE_OK)
        result = in->from_client != is_turned ? p->command(&m) : p->reply(&m);
    if (result != PARSE_OK)
        return result;
    own->is_known = true;
    own->is_turned = is_turned;
    in->data = m.rest;
    return PARSE_OK;
}
