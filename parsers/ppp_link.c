/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PPP on the link itself: a serial line, or PPPoE (RFC 2516), whose session the decoder has taken
 * off. Nobody's addresses are known there yet.
 */
#include "ppp.h"

extern const struct parser parser_ppp;

#define ETHERTYPE_PPP 0x880b

_Static_assert(sizeof(struct ppp_state) <= PARSE_STATE_BYTES, "fits");

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    enum parse_result result =
        ppp_frame(in->data, (struct ppp_state *)(void *)in->state, NULL, in, out);

    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data)); /* frames are padded */
    return result;
}

const struct parser parser_ppp = {
    .name = "ppp",
    .transports = PARSER_LINK,
    .ports = { ETHERTYPE_PPP },
    .has_state = true,
    .parse = parse,
};
