/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How far an HTTP client is: only where its program goes on by itself (RFC 9110: the body that
 * waits for 100, 15.2.1; CONNECT, 9.3.6; a redirection, 15.4), or answers NTLM's and Negotiate's
 * challenge (RFC 4559), which nobody is asked about. A page's next request, or a first 401, waits
 * for a person.
 */
#include "http_internal.h"
#include "text.h"

#define CONTINUE 100
#define UNAUTHORIZED 401
#define PROXY_UNAUTHORIZED 407

uint32_t
http_hash(struct rd r)
{
    uint32_t hash = 0x811c9dc5; /* FNV-1a */

    while (rd_left(&r) > 0)
        hash = (hash ^ rd_u8(&r)) * 0x01000193;
    return hash | 1; /* 0 is nothing */
}

/* What is asked for, without scheme, host and fragment; `host` is empty when there is none. False
 * when it is not of this connection's scheme. */
static bool
split(struct rd url, struct rd *host, struct rd *path)
{
    struct rd before;

    *host = rd_of(NULL, 0);
    if (text_take_until(&url, "#", &before))
        url = before;
    *path = url;
    if (text_take(path, "http://")) {
        url = *path;
        if (!text_take_until(&url, "/", host))
            return false;
        path->p = url.p - 1;
    }
    url = *path;
    return text_take(&url, "/") && rd_peek(&url) != '/';
}

static bool
is_redirection(unsigned status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static enum http_wait
wait_of(const struct http_head *h, enum http_kind kind, struct http_state *s)
{
    struct rd host, path, scheme, token = h->authenticate;

    if (h->status == CONTINUE)
        return s->body[0] == HTTP_LENGTH ? HTTP_WAIT_BODY : HTTP_WAIT_NONE;
    if (kind == HTTP_CONNECT && h->status < 300)
        return HTTP_WAIT_TUNNEL;
    if ((h->status == UNAUTHORIZED || h->status == PROXY_UNAUTHORIZED) && token.ok &&
        text_take_until(&token, " ", &scheme) &&
        (text_equals_nocase(&scheme, "NTLM") || text_equals_nocase(&scheme, "Negotiate")))
        return HTTP_WAIT_PROOF;
    if (!is_redirection(h->status) || !h->location.ok || !split(h->location, &host, &path) ||
        (rd_left(&host) > 0 && http_hash(host) != s->host))
        return HTTP_WAIT_NONE;
    s->redirect = http_hash(path);
    return HTTP_WAIT_REDIRECT;
}

void
http_time_expect(const struct http_head *h, enum http_kind kind, struct http_state *s,
    const struct parse_input *in)
{
    s->waits = HTTP_WAIT_NONE;
    answer_forget(&s->answer);
    /* Of several requests on their way, none waits for the answer to another. */
    if (s->is_lost || s->is_turned || (uint16_t)(s->answered + 1) != s->asked)
        return;
    s->waits = (uint8_t)wait_of(h, kind, s);
    if (s->waits != HTTP_WAIT_NONE)
        answer_expect(&s->answer, in);
}

void
http_time_bytes(struct http_state *s, bool by_client, const struct parse_input *in,
    const struct parse_output *out)
{
    if (s->waits != HTTP_WAIT_BODY && s->waits != HTTP_WAIT_TUNNEL)
        return;
    if (by_client)
        answer_tell(
            &s->answer, "http", NULL, s->waits == HTTP_WAIT_BODY ? "continue" : "connect", in, out);
    s->waits = HTTP_WAIT_NONE; /* a server that speaks first is not waited for by all */
}

void
http_time_request(const struct http_head *h, struct http_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    uint32_t host = h->host.ok ? http_hash(h->host) : 0;
    bool is_proof = h->authorization.ok || h->proxy_authorization.ok;
    struct rd authority, path;

    if (s->waits == HTTP_WAIT_PROOF && is_proof)
        answer_tell(&s->answer, "http", NULL, "challenge", in, out);
    if (s->waits == HTTP_WAIT_REDIRECT && host == s->host && split(h->target, &authority, &path) &&
        http_hash(path) == s->redirect)
        answer_tell(&s->answer, "http", NULL, "redirect", in, out);
    s->waits = HTTP_WAIT_NONE;
    s->host = host;
}
