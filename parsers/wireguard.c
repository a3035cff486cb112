/* SPDX-License-Identifier: BSD-2-Clause
 *
 * WireGuard (wireguard.com/protocol, "The handshake"): types of fixed length, three zero octets
 * behind the type. The session is told when the response names the index that the initiation chose;
 * each further pair is a change of keys. Of a tunnel picked up in its middle both ends must have
 * sent data, each to one index, with counters that rise. Who initiated answers the response at once
 * with what waits to be sent, or a keepalive ("Timers"): its first message of data is timed.
 *
 * A tunnel whose end moves to another address is another flow; a lone cookie proves nothing.
 */
#include "tunnel.h"

extern const struct parser parser_wireguard;

#define APP "WireGuard"
#define LAYER "wireguard"
#define PORT 51820
#define INITIATION 0x01000000u
#define RESPONSE 0x02000000u
#define COOKIE 0x03000000u
#define DATA 0x04000000u
#define INITIATION_BYTES 148
#define RESPONSE_BYTES 92
#define COOKIE_BYTES 64
#define DATA_LEAST 32 /* nothing but header and tag: a keepalive */
#define BLOCK 16      /* what is sent is padded to it, but for what fills the MTU */
#define RUN_LEAST 4
#define COUNTER_STEP 4096 /* lost, or by another way */

struct wireguard_state {
    uint32_t offered[2]; /* index of an initiation without its response, by who sent it; 0: none */
    int64_t offered_us[2];
    uint8_t offers[2];  /* initiations since the last response */
    uint32_t answer[2]; /* index of a response that is yet to be confirmed, by who initiated */
    int64_t answer_us[2];
    bool is_told;
    uint32_t rekeys;
    struct {
        uint32_t index;
        uint8_t length; /* RUN_LEAST at most */
        uint64_t counter;
    } run[2]; /* of data, until the session is told */
};

_Static_assert(sizeof(struct wireguard_state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static void
tell_session(struct wireguard_state *s, const struct parse_output *out)
{
    s->is_told = true;
    tunnel_tell_session(out, APP, NULL);
}

static enum parse_result
read_initiation(uint32_t sender, struct wireguard_state *s, const struct parse_input *in)
{
    unsigned side = in->from_client;

    if (sender == 0)
        return PARSE_NOT_MINE;
    s->offered[side] = sender;
    s->offered_us[side] = in->time_us;
    if (s->offers[side] < UINT8_MAX)
        s->offers[side]++;
    return PARSE_OK;
}

static enum parse_result
read_response(uint32_t sender, uint32_t receiver, struct wireguard_state *s,
    const struct parse_input *in, const struct parse_output *out)
{
    unsigned other = !in->from_client;

    if (receiver == 0 || receiver != s->offered[other])
        return PARSE_NOT_MINE;
    if (s->is_told)
        tunnel_tell_rekeys(out, APP, ++s->rekeys);
    else
        tell_session(s, out);
    if (s->offers[other] == 1) /* else it may answer an earlier one */
        tunnel_tell_rtt(
            out, LAYER, other ? "server" : "client", in->time_us - s->offered_us[other]);
    s->offered[other] = 0;
    s->offers[other] = 0;
    s->answer[other] = sender;
    s->answer_us[other] = in->time_us;
    return PARSE_OK;
}

static uint64_t
counter_of(struct rd *r)
{
    uint64_t low = rd_u32_le(r);

    return (uint64_t)rd_u32_le(r) << 32 | low;
}

/* A later message than the first may have waited for something to send. */
static void
confirm(uint32_t receiver, uint64_t counter, struct wireguard_state *s,
    const struct parse_input *in, const struct parse_output *out)
{
    unsigned side = in->from_client;

    if (receiver != s->answer[side])
        return;
    if (counter == 0)
        tunnel_tell_rtt(out, LAYER, side ? "client" : "server", in->time_us - s->answer_us[side]);
    s->answer[side] = 0;
}

/* Fields of one end that chance does not fill: one index, and a counter that rises. */
static enum parse_result
read_data(uint32_t receiver, struct rd r, struct wireguard_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    unsigned side = in->from_client;
    uint64_t counter = counter_of(&r);
    bool goes_on;

    if (receiver == 0 || !r.ok)
        return PARSE_NOT_MINE;
    confirm(receiver, counter, s, in, out);
    if (s->is_told)
        return PARSE_OK;
    if (in->wire_length % BLOCK != 0)
        return s->run[side].length > 0 ? PARSE_OK : PARSE_NOT_MINE;
    goes_on = s->run[side].length > 0 && s->run[side].index == receiver &&
              counter > s->run[side].counter && counter - s->run[side].counter <= COUNTER_STEP;
    s->run[side].length = goes_on ? (uint8_t)(s->run[side].length + 1) : 1;
    s->run[side].index = receiver;
    s->run[side].counter = counter;
    if (s->run[side].length < RUN_LEAST)
        return PARSE_OK;
    s->run[side].length = RUN_LEAST;
    if (s->run[!side].length == RUN_LEAST && s->run[!side].index != receiver)
        tell_session(s, out);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct wireguard_state *s = (struct wireguard_state *)(void *)in->state->bytes;
    struct rd r = in->data;
    uint32_t type = rd_u32(&r), index = rd_u32(&r);
    enum parse_result result = PARSE_NOT_MINE;

    if (!r.ok)
        return PARSE_NOT_MINE;
    if (type == INITIATION && in->wire_length == INITIATION_BYTES)
        result = read_initiation(index, s, in);
    else if (type == RESPONSE && in->wire_length == RESPONSE_BYTES)
        result = read_response(index, rd_u32(&r), s, in, out);
    else if (type == COOKIE && in->wire_length == COOKIE_BYTES)
        result = index == s->offered[!in->from_client] && index != 0 ? PARSE_OK : PARSE_NOT_MINE;
    else if (type == DATA && in->wire_length >= DATA_LEAST)
        result = read_data(index, r, s, in, out);
    if (!r.ok)
        return PARSE_MORE;
    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data));
    return result;
}

const struct parser parser_wireguard = {
    .name = "wireguard",
    .transports = PARSER_UDP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
