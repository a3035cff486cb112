/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The PROXY protocol, versions 1 and 2 (haproxy's doc/proxy-protocol.txt): a load balancer's word
 * for who its client is, before the first byte of the connection that it relays. Then the
 * connection is another protocol's.
 *
 * Behind UDP, and of Unix sockets, nothing is read.
 */
#include "ip_address.h"
#include "parser.h"
#include "text.h"

#define V1_MAX 107 /* the longest header, its CRLF included */
#define V2_COMMAND 0x0f
#define V2_VERSION 0x20
#define V2_LOCAL 0
#define V2_PROXY 1
#define V2_TCP4 0x11
#define V2_TCP6 0x21
#define V2_ADDRESSES_MAX 0x32
#define V2_MAX 4096 /* of ours: extensions are a few hundred bytes */
#define TLV_AUTHORITY 0x02
#define TLVS_MAX 32

static const char v1_start[] = "PROXY ";
static const char v2_start[] = "\r\n\r\n\0\r\nQUIT\n";

struct state {
    bool is_done;
};

static void
tell_client(const struct in6_addr *address, uint16_t port, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_PEER);
    fact_word(&f, KEY_HOW, "proxy-protocol");
    fact_address(&f, KEY_ADDRESS, address);
    fact_number(&f, KEY_PORT, port);
    out->fact(out->context, &f);
}

/* `PROXY TCP4 source destination port port`, `PROXY UNKNOWN` and whatever follows. */
static enum parse_result
read_v1(struct rd *r, const struct parse_output *out)
{
    struct rd head = rd_sub_upto(r, V1_MAX), rest, line, family, source, destination, port;
    struct in6_addr from, to;
    uint64_t from_port, to_port;

    rest = head;
    if (!text_take_until(&rest, "\r\n", &line))
        return rd_left(&head) == V1_MAX ? PARSE_BAD : PARSE_MORE;
    *r = (struct rd){ .p = rest.p, .end = r->end, .ok = true };
    (void)text_take(&line, v1_start);
    if (text_take(&line, "UNKNOWN"))
        return PARSE_OK;
    if (!text_take_until(&line, " ", &family) || !text_take_until(&line, " ", &source) ||
        !text_take_until(&line, " ", &destination) || !text_take_until(&line, " ", &port) ||
        (!text_equals(&family, "TCP4") && !text_equals(&family, "TCP6")) ||
        !text_to_address(source, &from) || !text_to_address(destination, &to) ||
        !text_to_number(port, &from_port) || !text_to_number(line, &to_port) ||
        from_port > UINT16_MAX || to_port > UINT16_MAX)
        return PARSE_BAD;
    tell_client(&from, (uint16_t)from_port, out);
    return PARSE_OK;
}

/* The host name that the client asked for, where the balancer ended its TLS. */
static void
read_tlvs(struct rd r, const struct parse_output *out)
{
    for (unsigned i = 0; i < TLVS_MAX && rd_left(&r) > 0; i++) {
        uint8_t type = rd_u8(&r);
        struct rd value = rd_sub(&r, rd_u16(&r));
        struct fact f;

        if (!value.ok || type != TLV_AUTHORITY)
            continue;
        fact_begin(&f, FACT_NAME);
        fact_word(&f, KEY_WHAT, "sni");
        fact_text(&f, KEY_NAME, value.p, rd_left(&value));
        if (fact_has(&f, KEY_NAME))
            out->fact(out->context, &f);
    }
}

static enum parse_result
read_v2(struct rd *r, const struct parse_output *out)
{
    uint8_t version, family;
    struct in6_addr from;
    uint16_t from_port, length;
    struct rd body;

    rd_skip(r, sizeof v2_start - 1);
    version = rd_u8(r);
    family = rd_u8(r);
    length = rd_u16(r);
    if (r->ok && ((version & ~V2_COMMAND) != V2_VERSION || (version & V2_COMMAND) > V2_PROXY ||
                     family > V2_ADDRESSES_MAX || length > V2_MAX))
        return PARSE_BAD;
    body = rd_sub(r, length);
    if (!r->ok)
        return PARSE_MORE;
    if ((version & V2_COMMAND) == V2_LOCAL || (family != V2_TCP4 && family != V2_TCP6))
        return PARSE_OK;
    from = family == V2_TCP4 ? ip_read_v4(&body) : ip_read_v6(&body);
    (void)(family == V2_TCP4 ? ip_read_v4(&body) : ip_read_v6(&body));
    from_port = rd_u16(&body);
    rd_skip(&body, sizeof from_port);
    if (!body.ok)
        return PARSE_BAD;
    tell_client(&from, from_port, out);
    read_tlvs(body, out);
    return PARSE_OK;
}

static bool
may_begin_with(struct rd r, const char *start, size_t n)
{
    return rd_left(&r) > 0 && memcmp(r.p, start, n < rd_left(&r) ? n : rd_left(&r)) == 0;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data;
    enum parse_result result = PARSE_NOT_MINE;

    if (s->is_done || !in->from_client)
        return PARSE_NOT_MINE;
    if (may_begin_with(r, v1_start, sizeof v1_start - 1))
        result = read_v1(&r, out);
    else if (may_begin_with(r, v2_start, sizeof v2_start - 1))
        result = read_v2(&r, out);
    if (result != PARSE_OK)
        return result;
    s->is_done = true;
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_proxy_protocol = {
    .name = "proxy-protocol",
    .transports = PARSER_TCP,
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
