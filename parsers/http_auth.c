/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Credentials in HTTP's header fields: Basic (RFC 7617), Digest (RFC 7616), Negotiate and NTLM
 * (RFC 4559, [MS-NTHT]), to servers and proxies. 401 and 407 refuse them; an answer that is no
 * error is taken for acceptance, and said to be inferred. A connection that repeats what was
 * answered says nothing new.
 */
#include "base64.h"
#include "gss.h"
#include "http_internal.h"
#include "login.h"
#include "text.h"

#define BASIC_BYTES 512
#define TOKEN_BYTES 4096
#define UNAUTHORIZED 401
#define PROXY_UNAUTHORIZED 407

/* "Basic xyz": the scheme taken off, without regard to case. */
static bool
take_scheme(struct rd *value, const char *scheme)
{
    struct rd rest = *value, word;

    if (!text_take_until(&rest, " ", &word) || !text_equals_nocase(&word, scheme))
        return false;
    *value = text_trim(rest);
    return true;
}

/* The value of `name="..."` among the parameters. */
static struct rd
parameter(struct rd list, const char *name, uint8_t room[BASIC_BYTES])
{
    struct rd none = { 0 }, before, value;

    while (rd_left(&list) > 0) {
        if (!text_take_until(&list, "=", &before))
            return none;
        while (rd_left(&before) > 0 && (rd_peek(&before) == ' ' || rd_peek(&before) == ','))
            rd_skip(&before, 1);
        if (text_take(&list, "\"")) {
            if (!text_take_quoted(&list, room, BASIC_BYTES, &value))
                return none;
        } else if (!text_take_until(&list, ",", &value)) {
            value = text_take_rest(&list);
        }
        before = text_trim(before);
        if (text_equals_nocase(&before, name))
            return value;
    }
    return none;
}

static void
tell_attempt(struct rd account, const char *method, struct http_state *s,
    const struct parse_input *in, const struct parse_output *out)
{
    struct fact f;

    (void)in;
    if (!account.ok || rd_left(&account) == 0)
        return;
    login_begin_attempt(&f, method, s->asked);
    login_account(&f, account);
    if (!fact_has(&f, KEY_ACCOUNT))
        return;
    out->fact(out->context, &f);
    s->proof = (uint16_t)(s->asked + 1);
    s->is_inferred = true;
}

static void
read_credentials(struct rd value, bool is_proxy, struct http_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    uint8_t room[TOKEN_BYTES];
    uint32_t hash = http_hash(value);
    struct rd decoded, user;

    if (hash == s->auth_seen)
        return;
    s->auth_waits = hash;
    s->is_proxy_proof = is_proxy;
    if (take_scheme(&value, "Basic")) {
        decoded = base64_decode(value, room, BASIC_BYTES);
        if (decoded.ok && text_take_until(&decoded, ":", &user))
            tell_attempt(user, is_proxy ? "http-proxy-basic" : "http-basic", s, in, out);
    } else if (take_scheme(&value, "Digest")) {
        user = parameter(value, "userhash", room); /* RFC 7616, 3.4.4: then the name is a hash */
        if (!user.ok || !text_equals_nocase(&user, "true"))
            tell_attempt(parameter(value, "username", room),
                is_proxy ? "http-proxy-digest" : "http-digest", s, in, out);
    } else if (take_scheme(&value, "NTLM") || take_scheme(&value, "Negotiate")) {
        decoded = base64_decode(value, room, sizeof room);
        if (decoded.ok && gss_token(decoded, s->asked, in, out)) {
            s->proof = (uint16_t)(s->asked + 1);
            s->is_inferred = false; /* the server has checked it before it answers at all */
        }
    }
}

void
http_auth_request(const struct http_head *h, struct http_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    if (h->authorization.ok)
        read_credentials(h->authorization, false, s, in, out);
    if (h->proxy_authorization.ok)
        read_credentials(h->proxy_authorization, true, s, in, out);
}

static void
read_challenge(struct rd value, const struct parse_input *in, const struct parse_output *out)
{
    uint8_t room[TOKEN_BYTES];
    struct rd decoded;

    if (!take_scheme(&value, "NTLM") && !take_scheme(&value, "Negotiate"))
        return;
    decoded = base64_decode(value, room, sizeof room);
    if (decoded.ok)
        (void)gss_token(decoded, 0, in, out);
}

void
http_auth_response(const struct http_head *h, struct http_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    bool is_refused = h->status == (s->is_proxy_proof ? PROXY_UNAUTHORIZED : UNAUTHORIZED);
    bool is_accepted = h->status >= 200 && h->status < 400;
    struct fact f;

    if (h->authenticate.ok)
        read_challenge(h->authenticate, in, out);
    if (s->proof == 0 || s->proof != (uint16_t)(s->answered + 1) || s->is_lost ||
        (!is_refused && !is_accepted))
        return;
    s->proof = 0;
    s->auth_seen = s->auth_waits;
    if (!s->is_inferred || is_refused) {
        gss_result(is_accepted, s->answered, out);
        return;
    }
    login_begin_answer(&f, s->answered, true);
    fact_flag(&f, KEY_INFERRED);
    out->fact(out->context, &f);
}
