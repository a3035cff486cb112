/* SPDX-License-Identifier: BSD-2-Clause
 *
 * HTTP/1 (RFC 9110, 9112): hosts asked for, programs and languages of both ends, titles of pages (a
 * KVM's page names it), logins, VPNs. Bodies are passed over, but for the start of a page and the
 * forms of VPN log-in pages. Requests and answers are counted to pair them. Behind CONNECT and
 * Upgrade the connection is another protocol's. HTTP/2 and 3 are not read.
 */
#include "http_internal.h"
#include "text.h"

extern const struct parser parser_http;

#define TITLE_WITHIN 4096 /* of a page; titles stand in its head */
#define TITLE_MAX 512
#define FORM_MAX 4096
#define CHUNK_LINE_MAX 256
#define SWITCHING 101
#define NO_CONTENT 204
#define NOT_MODIFIED 304

static void
tell_text(const struct parse_output *out, enum fact_kind kind, const char *what, enum fact_key key,
    struct rd text)
{
    struct fact f;

    if (!text.ok || rd_left(&text) == 0)
        return;
    fact_begin(&f, kind);
    if (what != NULL)
        fact_word(&f, KEY_WHAT, what);
    fact_text(&f, key, text.p, rd_left(&text));
    out->fact(out->context, &f);
}

static void
tell_host(const struct http_head *h, const struct parse_input *in, const struct parse_output *out)
{
    struct rd target = h->target;
    struct fact f;

    if (!h->host.ok || rd_left(&h->host) == 0)
        return;
    fact_begin(&f, FACT_NAME);
    fact_word(&f, KEY_WHAT, "http-host");
    fact_text(&f, KEY_NAME, h->host.p, rd_left(&h->host));
    if (text_take(&target, "/")) /* else the server is a proxy */
        fact_address(&f, KEY_ADDRESS, &in->destination);
    out->fact(out->context, &f);
}

/* Whoever connects through a proxy: where to. */
static void
tell_connect(const struct http_head *h, const struct parse_output *out)
{
    struct rd target = h->target;
    struct fact f;

    if (text_take(&target, "/")) /* a VPN's CONNECT */
        return;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "HTTP proxy");
    fact_text(&f, KEY_TARGET, h->target.p, rd_left(&h->target));
    out->fact(out->context, &f);
}

static void
begin_body(const struct http_head *h, struct http_state *s, unsigned side)
{
    if (h->is_chunked) {
        s->body[side] = HTTP_CHUNK_SIZE;
    } else if (h->has_length) {
        s->left[side] = h->length;
        s->body[side] = h->length > 0 ? HTTP_LENGTH : HTTP_HEAD;
    } else {
        s->body[side] = h->is_request ? HTTP_HEAD : HTTP_TO_CLOSE;
    }
}

static void
read_request(const struct http_head *h, struct http_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    bool is_connect = text_equals(&h->method, "CONNECT");

    http_time_request(h, s, in, out);
    tell_host(h, in, out);
    tell_text(out, FACT_BANNER, "http-user-agent", KEY_TEXT, h->user_agent);
    tell_text(out, FACT_LOCALE, NULL, KEY_LANGUAGE, h->language);
    http_auth_request(h, s, in, out);
    s->form = (uint8_t)http_vpn_request(h, s, out);
    if (is_connect)
        tell_connect(h, out);
    s->kind[s->asked % HTTP_PENDING] = is_connect                        ? HTTP_CONNECT
                                       : text_equals(&h->method, "HEAD") ? HTTP_NO_BODY
                                                                         : HTTP_PLAIN;
    s->asked++;
    begin_body(h, s, 0);
}

static void
read_response(const struct http_head *h, struct http_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    enum http_kind kind =
        s->is_lost ? HTTP_PLAIN : (enum http_kind)s->kind[s->answered % HTTP_PENDING];

    http_time_expect(h, kind, s, in);
    tell_text(out, FACT_BANNER, "http-server", KEY_TEXT, h->server);
    if (h->status == SWITCHING) {
        s->is_other = true;
        return;
    }
    if (h->status < 200) /* the final answer is to come */
        return;
    http_auth_response(h, s, in, out);
    http_vpn_response(h, s, out);
    s->answered++;
    if (kind == HTTP_CONNECT && h->status < 300) {
        s->is_other = true;
        return;
    }
    if (kind == HTTP_NO_BODY || h->status == NO_CONTENT || h->status == NOT_MODIFIED)
        return;
    begin_body(h, s, 1);
    s->wants_title = h->content_type.ok && text_contains(h->content_type, "html");
}

static bool
take_nocase(struct rd *r, const char *word)
{
    struct rd at = *r, piece = rd_sub(&at, strlen(word));

    if (!piece.ok || !text_equals_nocase(&piece, word))
        return false;
    *r = at;
    return true;
}

/* The title in what is there of a page. False: more of it (`is_whole`: there is none) may tell. */
static bool
read_title(struct rd page, bool is_whole, const struct parse_output *out)
{
    struct rd r = rd_sub_upto(&page, TITLE_WITHIN), tag, title;

    is_whole |= rd_left(&page) > 0;
    while (text_take_until(&r, "<", &tag)) {
        if (!take_nocase(&r, "title"))
            continue;
        if (!text_take_until(&r, ">", &tag) || !text_take_until(&r, "<", &title))
            return is_whole;
        if (rd_left(&title) <= TITLE_MAX)
            tell_text(out, FACT_BANNER, "http-title", KEY_TEXT, text_trim(title));
        return true;
    }
    return is_whole;
}

/* `left` bytes of a body, of which some are here. */
static void
pass_over(struct parse_input *in, struct http_state *s, unsigned side, enum http_body next)
{
    size_t here = rd_left(&in->data);

    if (here > s->left[side])
        here = (size_t)s->left[side];
    rd_skip(&in->data, here);
    in->skip = s->left[side] - here;
    if (in->skip > UINT32_MAX / 4) { /* the rest is passed over in parts */
        s->left[side] = in->skip - UINT32_MAX / 4;
        in->skip = UINT32_MAX / 4;
        return;
    }
    s->left[side] = 0;
    s->body[side] = (uint8_t)next;
}

static enum parse_result
read_length(struct parse_input *in, struct http_state *s, unsigned side, enum http_body next,
    const struct parse_output *out)
{
    struct rd body = in->data;

    if (side == 0 && s->form != HTTP_FORM_NONE && s->left[0] <= FORM_MAX) {
        if (rd_left(&body) < s->left[0])
            return PARSE_MORE;
        http_vpn_form((enum http_form)s->form, rd_sub(&body, (size_t)s->left[0]), s, out);
        s->form = HTTP_FORM_NONE;
    } else if (side == 1 && s->wants_title) {
        bool is_whole = s->left[1] <= rd_left(&body);

        if (!read_title(is_whole ? rd_sub(&body, (size_t)s->left[1]) : body, is_whole, out))
            return PARSE_MORE;
        s->wants_title = false;
    }
    pass_over(in, s, side, next);
    return PARSE_OK;
}

/* RFC 9112, 7.1: the size in hexadecimal digits, then extensions. */
static enum parse_result
read_chunk_size(struct parse_input *in, struct http_state *s, unsigned side)
{
    struct rd line;
    uint64_t size = 0;
    unsigned digits = 0;

    if (!text_take_until(&in->data, "\n", &line))
        return rd_left(&in->data) > CHUNK_LINE_MAX ? PARSE_BAD : PARSE_MORE;
    for (; rd_left(&line) > 0; digits++) {
        uint8_t c = rd_peek(&line) | 0x20;
        unsigned value = c >= '0' && c <= '9' ? c - '0' + 0u : c - 'a' + 10u;

        if (value > 15)
            break;
        if (digits == 15)
            return PARSE_BAD;
        size = size << 4 | value;
        rd_skip(&line, 1);
    }
    if (digits == 0)
        return PARSE_BAD;
    s->left[side] = size + 2; /* its CRLF */
    s->body[side] = size > 0 ? HTTP_CHUNK : HTTP_TRAILER;
    return PARSE_OK;
}

/* Fields behind the last chunk, mostly none, then an empty line. */
static enum parse_result
read_trailer(struct parse_input *in, struct http_state *s, unsigned side)
{
    struct rd line;

    if (!text_take_until(&in->data, "\n", &line))
        return rd_left(&in->data) > CHUNK_LINE_MAX ? PARSE_BAD : PARSE_MORE;
    line = text_trim(line);
    if (rd_left(&line) == 0)
        s->body[side] = HTTP_HEAD;
    return PARSE_OK;
}

static enum parse_result
read_body(
    struct parse_input *in, struct http_state *s, unsigned side, const struct parse_output *out)
{
    switch ((enum http_body)s->body[side]) {
    case HTTP_LENGTH:
        return read_length(in, s, side, HTTP_HEAD, out);
    case HTTP_CHUNK:
        return read_length(in, s, side, HTTP_CHUNK_SIZE, out);
    case HTTP_CHUNK_SIZE:
        return read_chunk_size(in, s, side);
    case HTTP_TRAILER:
        return read_trailer(in, s, side);
    default: /* to the end of the connection */
        if (side == 1 && s->wants_title && !read_title(in->data, false, out))
            return PARSE_MORE;
        s->wants_title = false;
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
}

/* Behind a form's body some clients send one more: RFC 9112, 2.2. */
static void
skip_empty_lines(struct rd *r)
{
    while (rd_left(r) > 0 && (rd_peek(r) == '\r' || rd_peek(r) == '\n'))
        rd_skip(r, 1);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct http_state *s = (struct http_state *)(void *)in->state;
    unsigned side = in->from_client != s->is_turned ? 0 : 1;
    struct http_head h;
    struct rd r = in->data;
    enum parse_result result;

    if (s->is_other || s->body[0] != HTTP_HEAD)
        http_time_bytes(s, side == 0, in, out);
    if (s->is_other)
        return PARSE_NOT_MINE;
    if (in->after_gap) {
        s->is_lost = true;
        s->body[side] = HTTP_HEAD;
    }
    if (s->body[side] != HTTP_HEAD) {
        result = read_body(in, s, side, out);
        if (result == PARSE_OK)
            return PARSE_OK;
        in->data = r;
        return result;
    }
    skip_empty_lines(&r);
    result = http_read_head(&r, side == 0, &h);
    if (result != PARSE_OK)
        return result;
    if (in->is_midstream && !s->is_begun && h.is_request != in->from_client)
        s->is_turned = true;
    else if (h.is_request != (side == 0))
        return PARSE_NOT_MINE; /* an echo */
    s->is_lost |= in->is_midstream && !s->is_begun && !h.is_request;
    s->is_begun = true;
    if (h.is_request)
        read_request(&h, s, in, out);
    else
        read_response(&h, s, in, out);
    in->data = r;
    return PARSE_OK;
}

const struct parser parser_http = {
    .name = "http",
    .transports = PARSER_TCP,
    .ports = { 80, 8080, 8000, 3128, 8888, 5985 },
    .anywhere = true,
    .whole_stream = true,
    .has_state = true,
    .resyncs = true,
    .settles = true,
    .parse = parse,
};
