/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Radmin 2 and 3 (port 4899, or any), by what Nmap's Radmin probe and its answers show: a message
 * is 01, four octets of length, four of a sum, and the data; both numbers are big-endian, the sum
 * is that of the data's little-endian words. Who logs in is encrypted.
 */
#include "parser.h"

#define PORT 4899
#define MESSAGE 0x01
#define LENGTH_MAX 256 /* of a connection's first messages; longer ones are encrypted */

struct state {
    bool is_asked;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static uint32_t
sum_of(struct rd data)
{
    uint32_t sum = 0;

    for (unsigned shift = 0; rd_left(&data) > 0; shift = (shift + 8) % 32)
        sum += (uint32_t)rd_u8(&data) << shift;
    return sum;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data, data;
    uint8_t type = rd_u8(&r);
    uint32_t length = rd_u32(&r), sum = rd_u32(&r);
    struct fact f;

    if (rd_left(&in->data) > 0 && type != MESSAGE)
        return PARSE_NOT_MINE;
    if (!r.ok)
        return PARSE_MORE;
    if (length == 0 || length > LENGTH_MAX || (!in->from_client && !s->is_asked))
        return PARSE_NOT_MINE;
    data = rd_sub(&r, length);
    if (!data.ok)
        return PARSE_MORE;
    if (sum_of(data) != sum)
        return PARSE_NOT_MINE;
    in->data = r;
    if (in->from_client) {
        s->is_asked = true;
        return PARSE_OK;
    }
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "Radmin");
    fact_word(&f, KEY_HOW, "direct");
    out->fact(out->context, &f);
    return PARSE_OK;
}

const struct parser parser_radmin = {
    .name = "radmin",
    .transports = PARSER_TCP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
