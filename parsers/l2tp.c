/* SPDX-License-Identifier: BSD-2-Clause
 *
 * L2TP version 2 (RFC 2661): what both ends call themselves, and the logins of the PPP within.
 * Within IPsec, as most use it, nothing is seen.
 */
#include "ppp.h"

extern const struct parser parser_l2tp;

#define PORT 1701
#define VERSION 2
#define FLAG_CONTROL 0x8000
#define FLAG_LENGTH 0x4000
#define FLAG_SEQUENCE 0x0800
#define FLAG_OFFSET 0x0200
#define FLAGS_RESERVED 0x34f0 /* must be zero: RFC 2661, 3.1 */
#define VERSION_MASK 0x000f
#define AVP_HEADER 6
#define AVP_LENGTH 0x03ff
#define AVP_HIDDEN 0x4000
#define AVP_RESERVED 0x3c00
#define AVP_MESSAGE 0
#define AVP_HOST_NAME 7
#define AVP_VENDOR_NAME 8
#define AVPS_MAX 64
#define MESSAGE_SCCRQ 1
#define MESSAGE_SCCRP 2

struct l2tp_state {
    struct ppp_state ppp;
    bool is_told;
};
_Static_assert(sizeof(struct l2tp_state) <= PARSE_STATE_BYTES, "fits");

struct control {
    uint16_t message;
    struct rd host_name, vendor_name;
};

static bool
read_avps(struct rd r, struct control *c)
{
    for (unsigned i = 0; i < AVPS_MAX && rd_left(&r) > 0; i++) {
        uint16_t head = rd_u16(&r), vendor = rd_u16(&r), type = rd_u16(&r), length;
        struct rd value;

        length = head & AVP_LENGTH;
        if (!r.ok || (head & AVP_RESERVED) != 0 || length < AVP_HEADER)
            return false;
        value = rd_sub(&r, (size_t)length - AVP_HEADER);
        if (!value.ok)
            return false;
        if (vendor != 0 || (head & AVP_HIDDEN) != 0)
            continue;
        if (type == AVP_MESSAGE)
            c->message = rd_u16(&value);
        else if (type == AVP_HOST_NAME)
            c->host_name = value;
        else if (type == AVP_VENDOR_NAME)
            c->vendor_name = value;
    }
    return true;
}

static void
tell_device(const struct control *c, const struct parse_input *in, const struct parse_output *out)
{
    struct fact f;

    if (!c->host_name.ok || rd_left(&c->host_name) == 0)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_text(&f, KEY_HOST_NAME, c->host_name.p, rd_left(&c->host_name));
    if (c->vendor_name.ok)
        fact_text(&f, KEY_MODEL, c->vendor_name.p, rd_left(&c->vendor_name));
    out->fact(out->context, &f);
}

static void
tell_session(struct l2tp_state *s, const struct parse_output *out)
{
    struct fact f;

    if (s->is_told)
        return;
    s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "L2TP");
    out->fact(out->context, &f);
}

static enum parse_result
read_control(
    struct rd r, struct l2tp_state *s, const struct parse_input *in, const struct parse_output *out)
{
    struct control c = { 0 };

    if (!read_avps(r, &c))
        return PARSE_BAD;
    if (c.message == MESSAGE_SCCRQ || c.message == MESSAGE_SCCRP)
        tell_device(&c, in, out);
    if (c.message == MESSAGE_SCCRP)
        tell_session(s, out);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct l2tp_state *s = (struct l2tp_state *)(void *)in->state;
    struct rd r = in->data, message;
    uint16_t flags = rd_u16(&r), length = 0;
    enum parse_result result;

    if (!r.ok)
        return PARSE_MORE;
    if ((flags & VERSION_MASK) != VERSION || (flags & FLAGS_RESERVED) != 0)
        return PARSE_NOT_MINE;
    if ((flags & FLAG_LENGTH) != 0) {
        length = rd_u16(&r);
        if (r.ok && length < in->wire_length && length < 6)
            return PARSE_BAD;
        message = in->data;
        message = rd_sub(&message, length);
        if (!message.ok)
            return PARSE_MORE;
        r.end = message.end;
    }
    rd_skip(&r, 2 + 2); /* tunnel, session */
    if ((flags & FLAG_SEQUENCE) != 0)
        rd_skip(&r, 2 + 2);
    if ((flags & FLAG_OFFSET) != 0)
        rd_skip(&r, rd_u16(&r));
    if (!r.ok)
        return PARSE_BAD;
    if ((flags & FLAG_CONTROL) != 0) {
        result = (flags & (FLAG_LENGTH | FLAG_SEQUENCE)) == (FLAG_LENGTH | FLAG_SEQUENCE)
                     ? read_control(r, s, in, out)
                     : PARSE_NOT_MINE;
    } else {
        result = ppp_frame(r, &s->ppp, NULL, in, out);
        if (result == PARSE_OK)
            tell_session(s, out);
    }
    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data));
    return result;
}

const struct parser parser_l2tp = {
    .name = "l2tp",
    .transports = PARSER_UDP,
    .ports = { PORT },
    .has_state = true,
    .parse = parse,
};
