/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PPTP (RFC 2637): the control connection, by which both ends name themselves, and the logins of
 * the PPP within GRE version 1 beside it.
 */
#include "ppp.h"

extern const struct parser parser_pptp, parser_pptp_gre;

#define PORT 1723
#define MAGIC 0x1a2b3c4du
#define HEADER_BYTES 12
#define LENGTH_MAX 512 /* Set-Link-Info to WAN-Error-Notify: the longest has 168 */
#define TYPE_CONTROL 1
#define START_REQUEST 1
#define START_REPLY 2
#define MESSAGE_LAST 15
#define NAME_BYTES 64
#define GRE_PPP 0x880b
#define GRE_VERSION 0x0007
#define GRE_KEY 0x2000
#define GRE_SEQUENCE 0x1000
#define GRE_ACKNOWLEDGED 0x0080

static struct rd
until_nul(struct rd field)
{
    const uint8_t *nul = field.ok ? memchr(field.p, 0, rd_left(&field)) : NULL;

    if (nul != NULL)
        field.end = nul;
    return field;
}

static void
tell_start(struct rd r, bool is_reply, const struct parse_input *in, const struct parse_output *out)
{
    struct rd host, vendor;
    struct fact f;

    rd_skip(&r, 2 + 2 + 4 + 4 + 2 + 2); /* version, result, capabilities, channels, firmware */
    host = until_nul(rd_sub(&r, NAME_BYTES));
    vendor = until_nul(rd_sub(&r, NAME_BYTES));
    if (!r.ok)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_text(&f, KEY_HOST_NAME, host.p, rd_left(&host));
    fact_text(&f, KEY_MODEL, vendor.p, rd_left(&vendor));
    if (fact_has(&f, KEY_HOST_NAME) || fact_has(&f, KEY_MODEL))
        out->fact(out->context, &f);
    if (!is_reply)
        return;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "PPTP");
    out->fact(out->context, &f);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, message;
    uint16_t length = rd_u16(&r), type = rd_u16(&r), control;
    uint32_t magic = rd_u32(&r);

    control = rd_u16(&r);
    if (!r.ok)
        return PARSE_MORE;
    if (magic != MAGIC || length < HEADER_BYTES || length > LENGTH_MAX)
        return PARSE_NOT_MINE;
    message = rd_sub(&in->data, length);
    if (!message.ok)
        return PARSE_MORE;
    if (type != TYPE_CONTROL || control == 0 || control > MESSAGE_LAST)
        return PARSE_BAD;
    rd_skip(&message, HEADER_BYTES);
    if (control == START_REQUEST || control == START_REPLY)
        tell_start(message, control == START_REPLY, in, out);
    return PARSE_OK;
}

static enum parse_result
parse_gre(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data;
    uint16_t flags = rd_u16(&r);
    enum parse_result result;

    if (rd_u16(&r) != GRE_PPP || (flags & GRE_VERSION) != 1 || (flags & GRE_KEY) == 0)
        return r.ok ? PARSE_NOT_MINE : PARSE_MORE;
    rd_skip(&r, 2 + 2); /* payload length, call */
    if ((flags & GRE_SEQUENCE) != 0)
        rd_skip(&r, 4);
    if ((flags & GRE_ACKNOWLEDGED) != 0)
        rd_skip(&r, 4);
    if (!r.ok)
        return PARSE_MORE;
    if ((flags & GRE_SEQUENCE) == 0) /* an acknowledgement alone */
        return PARSE_NOT_MINE;
    result = ppp_frame(r, (struct ppp_state *)(void *)in->state, NULL, in, out);
    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data));
    return result;
}

const struct parser parser_pptp = {
    .name = "pptp",
    .transports = PARSER_TCP,
    .ports = { PORT },
    .parse = parse,
};

const struct parser parser_pptp_gre = {
    .name = "pptp-gre",
    .transports = PARSER_GRE,
    .has_state = true,
    .parse = parse_gre,
};
