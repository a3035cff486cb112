/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Citrix: ICA, of which both ends begin with 7f 7f "ICA" 00 (port 1494), and CGP, which carries it
 * over connections that break (session reliability, port 2598) and begins with 1a "CGP/01". As in
 * nDPI's and Nmap's descriptions; who logs in is encrypted or in Citrix's own encoding.
 */
#include "parser.h"

#define PORT_ICA 1494
#define PORT_CGP 2598

struct state {
    bool has_spoken[2];
    bool is_told;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static const struct {
    uint8_t bytes[8];
    size_t length;
} hellos[] = {
    { { 0x7f, 0x7f, 'I', 'C', 'A', 0 }, 6 },
    { { 0x1a, 'C', 'G', 'P', '/', '0', '1' }, 7 },
};

/* PARSE_OK when the bytes begin with one of the hellos. */
static enum parse_result
read_hello(struct rd r)
{
    for (size_t i = 0; i < sizeof hellos / sizeof hellos[0]; i++) {
        struct rd left = r;
        size_t same = 0;

        while (same < hellos[i].length && rd_left(&left) > 0 &&
               rd_peek(&left) == hellos[i].bytes[same]) {
            rd_skip(&left, 1);
            same++;
        }
        if (same == hellos[i].length)
            return PARSE_OK;
        if (rd_left(&left) == 0)
            return PARSE_MORE;
    }
    return PARSE_NOT_MINE;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    enum parse_result result = PARSE_OK;
    struct fact f;

    if (!s->has_spoken[in->from_client])
        result = read_hello(in->data);
    if (result != PARSE_OK)
        return result;
    s->has_spoken[in->from_client] = true;
    in->data.p = in->data.end;
    if (s->is_told || !s->has_spoken[!in->from_client])
        return PARSE_OK;
    s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "Citrix");
    out->fact(out->context, &f);
    return PARSE_OK;
}

const struct parser parser_citrix = {
    .name = "citrix",
    .transports = PARSER_TCP,
    .ports = { PORT_ICA, PORT_CGP },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
