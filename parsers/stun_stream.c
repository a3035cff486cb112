/* SPDX-License-Identifier: BSD-2-Clause
 *
 * STUN and TURN over TCP: messages with ChannelData in between (RFC 8656, 12.5), or each message in
 * a frame (RFC 4571) with media in others.
 */
#include "stun_internal.h"

#define CHECK_MAX 1500 /* checks are small: others are not waited for */

enum framing { FRAMING_UNKNOWN, FRAMING_BARE, FRAMING_RFC4571 };

struct state {
    uint8_t framing;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

/* What belongs to the message and is not read: some of it may not have come yet. */
static enum parse_result
pass_over(struct parse_input *in, struct rd r, size_t length)
{
    size_t here = length < rd_left(&r) ? length : rd_left(&r);

    rd_skip(&r, here);
    in->data = r;
    in->skip = length - here;
    return PARSE_OK;
}

/* A frame holds a STUN message or media. Only STUN shows that these are frames. */
static enum parse_result
read_frame(struct parse_input *in, struct state *s, const struct parse_output *out)
{
    struct rd r = in->data, frame, head;
    size_t length = rd_u16(&r);
    enum parse_result result;

    if (!r.ok)
        return PARSE_MORE;
    if (length < STUN_HEADER || !stun_has_cookie(r)) {
        if (s->framing == FRAMING_UNKNOWN)
            return PARSE_NOT_MINE;
        return pass_over(in, r, length);
    }
    frame = rd_sub(&r, length);
    if (!frame.ok)
        return PARSE_MORE;
    head = frame;
    rd_skip(&head, sizeof(uint16_t));
    if (STUN_HEADER + (size_t)rd_u16(&head) != length)
        return PARSE_BAD;
    result = stun_message(&frame, in, out);
    if (result == PARSE_OK) {
        s->framing = FRAMING_RFC4571;
        in->data = r;
    }
    return result;
}

static enum parse_result
read_channel_data(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, behind, carried;
    size_t length;

    rd_skip(&r, 2); /* the channel */
    length = rd_u16(&r);
    if (!r.ok)
        return PARSE_MORE;
    behind = r;
    carried = rd_sub_upto(&behind, length);
    if (length >= STUN_HEADER && length <= CHECK_MAX && stun_has_cookie(carried)) {
        if (rd_left(&carried) < length)
            return PARSE_MORE;
        (void)stun_carried(carried, in->from_client, out);
    }
    return pass_over(in, r, length + (-length & 3));
}

static enum parse_result
parse_stream(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data;
    enum parse_result result;

    if (s->framing == FRAMING_RFC4571)
        return read_frame(in, s, out);
    if (s->framing == FRAMING_BARE && stun_is_channel(r))
        return read_channel_data(in, out);
    if (!stun_has_cookie(r))
        return s->framing == FRAMING_UNKNOWN ? read_frame(in, s, out) : PARSE_NOT_MINE;
    result = stun_message(&r, in, out);
    if (result == PARSE_OK) {
        s->framing = FRAMING_BARE;
        in->data = r;
    }
    return result;
}

const struct parser parser_stun_stream = {
    .name = "stun",
    .transports = PARSER_TCP,
    .ports = { STUN_PORT },
    .anywhere = true,
    .has_state = true,
    .relays = true, /* RFC 6062, 4.4: a connection that is bound to a peer's */
    .parse = parse_stream,
};
