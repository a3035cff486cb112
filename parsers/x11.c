/* SPDX-License-Identifier: BSD-2-Clause
 *
 * X11 over TCP (X Window System Protocol, chapter 8): programs of one computer on the screen of
 * another. The connection comes from the program; the hands are at its server, which has screen and
 * keyboard. Only the set-up is read: its answer tells whether the server let the program in.
 * X within SSH is not seen.
 */
#include "parser.h"
#include "text.h"

#define SETUP_REQUEST 12
#define MAJOR_VERSION 11
#define NAME_MAX 256 /* of the authorisation and its data; MIT-MAGIC-COOKIE-1 has 18 and 16 */
#define ACCEPTED 1
#define REFUSED 0
#define FURTHER 2 /* authenticate further */

struct state {
    uint8_t order; /* 'B' or 'l', as the client said; 0: nothing yet */
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static uint16_t
read_u16(struct rd *r, uint8_t order)
{
    return order == 'B' ? rd_u16(r) : rd_u16_le(r);
}

static size_t
padded(size_t n)
{
    return n + (-n & 3);
}

static enum parse_result
read_request(struct rd *r, struct state *s)
{
    struct rd start = *r;
    uint8_t order = rd_u8(r), unused = rd_u8(r);
    uint16_t major = read_u16(r, order), minor = read_u16(r, order);
    size_t name = read_u16(r, order), data = read_u16(r, order);

    rd_skip(r, 2);
    if (rd_left(&start) > 0 && order != 'B' && order != 'l')
        return PARSE_NOT_MINE;
    if (!r->ok)
        return PARSE_MORE;
    if (unused != 0 || major != MAJOR_VERSION || minor != 0 || name > NAME_MAX || data > NAME_MAX)
        return PARSE_NOT_MINE;
    rd_skip(r, padded(name) + padded(data));
    if (!r->ok)
        return PARSE_MORE;
    s->order = order;
    return PARSE_OK;
}

static enum parse_result
read_answer(
    struct parse_input *in, struct rd r, const struct state *s, const struct parse_output *out)
{
    uint8_t status = rd_u8(&r);
    uint16_t major;
    size_t length, here;
    struct fact f;

    rd_skip(&r, 1);
    major = read_u16(&r, s->order);
    rd_skip(&r, 2);
    length = (size_t)read_u16(&r, s->order) * 4;
    if (!r.ok)
        return PARSE_MORE;
    if (status > FURTHER || (status != FURTHER && major != MAJOR_VERSION))
        return PARSE_NOT_MINE;
    if (status == ACCEPTED) {
        fact_begin(&f, FACT_SESSION_OPEN);
        fact_word(&f, KEY_APP, "X11");
        fact_address(&f, KEY_CONTROLLER, &in->source);
        out->fact(out->context, &f);
    }
    here = length < rd_left(&r) ? length : rd_left(&r);
    rd_skip(&r, here);
    in->data = r;
    in->skip = length - here;
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data;
    enum parse_result result;

    if (!in->from_client)
        return s->order == 0 ? PARSE_NOT_MINE : read_answer(in, r, s, out);
    if (s->order != 0) { /* requests */
        in->data.p = in->data.end;
        return PARSE_OK;
    }
    result = read_request(&r, s);
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

const struct parser parser_x11 = {
    .name = "x11",
    .transports = PARSER_TCP,
    .ports = { 6000, 6001, 6002, 6003, 6010 },
    .has_state = true,
    .parse = parse,
};
