/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IP Messenger (H. Shirouzu, protocol draft 10) and what speaks it, FeiQ for one: a chat of one
 * LAN, whose messages each begin with `version:number:user:host:command:`. The name of the computer
 * and of the person logged in on it are told; what is said is not read.
 *
 * Names in other character sets than UTF-8 show as far as they are ASCII.
 */
#include "parser.h"
#include "text.h"

#define NAME_MAX_BYTES 128
#define VERSION_MAX                                                                                \
    128 /* FeiQ puts card, state and picture into it, between underscores and hashes */

/* Up to the next colon, within so many bytes. PARSE_NOT_MINE: of other bytes or longer. */
static enum parse_result
take_field(struct rd *r, size_t max, bool is_number, struct rd *field)
{
    *field = *r;
    for (size_t n = 0; n <= max; n++) {
        uint8_t c = rd_peek(r);

        if (rd_left(r) == 0)
            return PARSE_MORE;
        if (c == ':') {
            field->end = r->p;
            rd_skip(r, 1);
            return n > 0 ? PARSE_OK : PARSE_NOT_MINE;
        }
        if (c < ' ' || (is_number && (c < '0' || c > '9')))
            return PARSE_NOT_MINE;
        rd_skip(r, 1);
    }
    return PARSE_NOT_MINE;
}

/* `1`, or FeiQ's `1_lbt6_0#...#...`. */
static enum parse_result
take_version(struct rd *r)
{
    struct rd field;
    enum parse_result result;

    if (rd_left(r) > 0 && rd_peek(r) != '1')
        return PARSE_NOT_MINE;
    result = take_field(r, VERSION_MAX, false, &field);
    if (result == PARSE_OK && rd_left(&field) > 1 && !text_take(&field, "1_"))
        return PARSE_NOT_MINE;
    return result;
}

static void
tell(struct rd user, struct rd host, const struct parse_input *in, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_text(&f, KEY_HOST_NAME, host.p, rd_left(&host));
    out->fact(out->context, &f);
    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, "ipmsg-user");
    fact_text(&f, KEY_TEXT, user.p, rd_left(&user));
    out->fact(out->context, &f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, number, user, host, command;
    uint64_t value;
    enum parse_result result = take_version(&r);

    if (result == PARSE_OK)
        result = take_field(&r, sizeof "18446744073709551615", true, &number);
    if (result == PARSE_OK)
        result = take_field(&r, NAME_MAX_BYTES, false, &user);
    if (result == PARSE_OK)
        result = take_field(&r, NAME_MAX_BYTES, false, &host);
    if (result == PARSE_OK)
        result = take_field(&r, sizeof "4294967295", true, &command);
    if (result != PARSE_OK)
        return result;
    if (!text_to_number(command, &value) || value > UINT32_MAX)
        return PARSE_NOT_MINE;
    tell(user, host, in, out);
    in->data = r;
    rd_skip(&in->data, rd_left(&in->data)); /* names, or what is said */
    return PARSE_OK;
}

const struct parser parser_ipmsg = {
    .name = "ipmsg",
    .transports = PARSER_UDP | PARSER_TCP,
    .ports = { 2425 },
    .parse = parse,
};
