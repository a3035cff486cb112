/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The head of an HTTP/1 message (RFC 9112): a first line, fields, an empty line. Lines may end with
 * LF alone. Folded lines (obsolete) are read as fields without a name, so as nothing.
 */
#include "http_internal.h"
#include "text.h"

#define METHOD_MAX 32 /* SSTP_DUPLEX_POST has 16 */
#define FIRST_LINE_MAX 15000
#define MINOR_MAX 4 /* of a version, behind `HTTP/1.` */
#define FIELDS_MAX 128

/* The line at r without its end; false: not all of it is there. */
static bool
take_line(struct rd *r, struct rd *line)
{
    const uint8_t *end = rd_left(r) == 0 ? NULL : memchr(r->p, '\n', rd_left(r));

    if (end == NULL)
        return false;
    *line = rd_sub(r, (size_t)(end - r->p));
    rd_skip(r, 1);
    if (rd_left(line) > 0 && line->end[-1] == '\r')
        line->end--;
    return true;
}

static bool
is_method_char(uint8_t c)
{
    return (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
}

/* Whether bytes that are no whole line may become a request line. */
static bool
may_be_request(struct rd r)
{
    size_t n = 0;

    while (rd_left(&r) > 0 && is_method_char(rd_peek(&r)) && n++ < METHOD_MAX)
        rd_skip(&r, 1);
    return n > 0 && n <= METHOD_MAX && (rd_left(&r) == 0 || rd_peek(&r) == ' ');
}

static bool
may_be_response(struct rd r)
{
    static const char start[] = "HTTP/1.";
    size_t n = rd_left(&r) < sizeof start - 1 ? rd_left(&r) : sizeof start - 1;

    return n > 0 && memcmp(r.p, start, n) == 0;
}

/* HTTP/1.0 and 1.1; small devices also write 1.0.8 and the like. */
static bool
is_version(struct rd t)
{
    if (!text_take(&t, "HTTP/1.") || rd_left(&t) == 0 || rd_left(&t) > MINOR_MAX)
        return false;
    while (rd_left(&t) > 0) {
        uint8_t c = rd_u8(&t);

        if (c != '.' && (c < '0' || c > '9'))
            return false;
    }
    return true;
}

static bool
read_request_line(struct rd line, struct http_head *h)
{
    struct rd version = line, rest;

    if (!may_be_request(line) || !text_take_until_last(&version, " ", &rest) ||
        !is_version(version) || !text_take_until(&rest, " ", &h->method) || rd_left(&rest) == 0)
        return false;
    h->target = rest;
    h->is_request = true;
    return true;
}

static bool
read_status_line(struct rd line, struct http_head *h)
{
    struct rd version, code;
    uint64_t status;

    if (!may_be_response(line) || !text_take_until(&line, " ", &version) || !is_version(version))
        return false;
    if (!text_take_until(&line, " ", &code))
        code = line;
    if (rd_left(&code) != 3 || !text_to_number(code, &status))
        return false;
    h->status = (unsigned)status;
    return true;
}

/* RFC 9112, 6.1: of several codings the last. */
static bool
is_chunked(struct rd codings)
{
    struct rd before;

    (void)text_take_until_last(&codings, ",", &before);
    codings = text_trim(codings);
    return text_equals_nocase(&codings, "chunked");
}

static void
read_field(struct rd line, struct http_head *h)
{
    const struct {
        const char *name;
        struct rd *value;
    } wanted[] = {
        { "host", &h->host },
        { "user-agent", &h->user_agent },
        { "accept-language", &h->language },
        { "server", &h->server },
        { "authorization", &h->authorization },
        { "proxy-authorization", &h->proxy_authorization },
        { "www-authenticate", &h->authenticate },
        { "proxy-authenticate", &h->authenticate },
        { "upgrade", &h->upgrade },
        { "location", &h->location },
        { "content-type", &h->content_type },
        { "set-cookie", &h->cookie },
        { "st", &h->search_target },
        { "nt", &h->notification_type },
    };
    struct rd name, value = line;

    if (!text_take_until(&value, ":", &name))
        return;
    value = text_trim(value);
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (text_equals_nocase(&name, wanted[i].name)) {
            /* of several challenges the one with a token counts */
            if (!wanted[i].value->ok || rd_left(&value) > rd_left(wanted[i].value))
                *wanted[i].value = value;
            return;
        }
    if (text_equals_nocase(&name, "content-length"))
        h->has_length = text_to_number(value, &h->length);
    else if (text_equals_nocase(&name, "transfer-encoding"))
        h->is_chunked = is_chunked(value);
    else if (text_take(&name, "X-CSTP-"))
        h->is_cstp = true;
}

enum parse_result
http_read_head(struct rd *r, bool from_client, struct http_head *out)
{
    struct http_head h = { 0 };
    struct rd at = *r, line;
    bool may_be = from_client ? may_be_request(at) : may_be_response(at);

    if (rd_left(&at) == 0)
        return PARSE_MORE;
    /* In the middle of a connection the sides may be taken for each other. */
    may_be = may_be || may_be_response(at) || may_be_request(at);
    if (!may_be)
        return PARSE_NOT_MINE;
    if (!take_line(&at, &line))
        return rd_left(r) > FIRST_LINE_MAX ? PARSE_NOT_MINE : PARSE_MORE;
    if (!read_status_line(line, &h) && !read_request_line(line, &h))
        return PARSE_NOT_MINE;
    for (unsigned i = 0;; i++) {
        if (!take_line(&at, &line))
            return PARSE_MORE;
        if (rd_left(&line) == 0)
            break;
        if (i < FIELDS_MAX)
            read_field(line, &h);
    }
    *out = h;
    *r = at;
    return PARSE_OK;
}
