/* SPDX-License-Identifier: BSD-2-Clause
 *
 * PLAIN (RFC 4616), LOGIN (draft-murchison-sasl-login), CRAM-MD5 (RFC 2195), DIGEST-MD5 (RFC 2831),
 * SCRAM (RFC 5802), OAUTHBEARER (RFC 7628) and XOAUTH2 (Google's), GSSAPI (RFC 4752), GSS-SPNEGO
 * and NTLM ([MS-SMTPNTLM]). Passwords and digests are passed over.
 */
#include "sasl.h"
#include "base64.h"
#include "gss.h"
#include "login.h"
#include "text.h"

#define NAME_BYTES FACT_TEXT_MAX
#define TOKEN_BYTES 9216 /* of a line in base64 */

/* What does not stand in the token as it is said goes to room. */
typedef struct rd read_name(struct rd token, uint8_t room[NAME_BYTES]);

/* authzid NUL authcid NUL password */
static struct rd
read_plain(struct rd token, uint8_t room[NAME_BYTES])
{
    const uint8_t *first = rd_left(&token) == 0 ? NULL : memchr(token.p, 0, rd_left(&token));
    const uint8_t *second;
    struct rd none = { 0 };

    (void)room;
    if (first == NULL)
        return none;
    rd_skip(&token, (size_t)(first - token.p) + 1);
    second = rd_left(&token) == 0 ? NULL : memchr(token.p, 0, rd_left(&token));
    return second == NULL ? none : rd_sub(&token, (size_t)(second - token.p));
}

static struct rd
read_login(struct rd token, uint8_t room[NAME_BYTES])
{
    (void)room;
    return token;
}

static struct rd
read_cram(struct rd token, uint8_t room[NAME_BYTES])
{
    struct rd name = { 0 };

    (void)room;
    return text_take_until_last(&token, " ", &name) ? name : (struct rd){ 0 };
}

static struct rd
read_digest(struct rd token, uint8_t room[NAME_BYTES])
{
    struct rd before, name;

    if (text_take_until(&token, "username=\"", &before) &&
        text_take_quoted(&token, room, NAME_BYTES, &name))
        return name;
    return (struct rd){ 0 };
}

/* A GS2 header, then n=name,r=nonce. */
static struct rd
read_scram(struct rd token, uint8_t room[NAME_BYTES])
{
    struct rd before, name;

    (void)room;
    if (text_take_until(&token, ",", &before) && text_take_until(&token, ",", &before) &&
        text_take(&token, "n=") && text_take_until(&token, ",", &name))
        return name;
    return (struct rd){ 0 };
}

/* user=name ^A auth=Bearer ..., or n,a=name, ^A ... */
static struct rd
read_oauth(struct rd token, uint8_t room[NAME_BYTES])
{
    struct rd name;

    (void)room;
    if (text_take(&token, "user=") && text_take_until(&token, "\1", &name))
        return name;
    if (text_take(&token, "n,a=") && text_take_until(&token, ",", &name))
        return name;
    return (struct rd){ 0 };
}

static const struct mechanism {
    const char *name, *method;
    read_name *read; /* NULL: a GSS-API token */
} mechanisms[] = {
    { "", "", NULL }, /* none */
    { "PLAIN", "sasl-plain", read_plain },
    { "LOGIN", "sasl-login", read_login },
    { "CRAM-MD5", "sasl-cram-md5", read_cram },
    { "DIGEST-MD5", "sasl-digest-md5", read_digest },
    { "SCRAM-SHA-1", "sasl-scram", read_scram },
    { "SCRAM-SHA-1-PLUS", "sasl-scram", read_scram },
    { "SCRAM-SHA-256", "sasl-scram", read_scram },
    { "SCRAM-SHA-256-PLUS", "sasl-scram", read_scram },
    { "XOAUTH2", "sasl-oauth", read_oauth },
    { "OAUTHBEARER", "sasl-oauth", read_oauth },
    { "NTLM", "", NULL },
    { "GSSAPI", "", NULL },
    { "GSS-SPNEGO", "", NULL },
    { "another", "", NULL },
};
#define MECHANISMS (sizeof mechanisms / sizeof mechanisms[0])

void
sasl_begin(struct sasl *s, struct rd mechanism)
{
    uint8_t i = 1;

    while (i < MECHANISMS - 1 && !text_equals_nocase(&mechanism, mechanisms[i].name))
        i++;
    *s = (struct sasl){ .mechanism = i, .transaction = s->transaction + 1 };
}

bool
sasl_is_under_way(const struct sasl *s)
{
    return s->mechanism != 0;
}

static bool
tell_attempt(
    const struct sasl *s, struct rd user, const char *method, const struct parse_output *out)
{
    struct fact f;

    login_begin_attempt(&f, method, s->transaction);
    login_outer_identity(&f, user);
    if (!fact_has(&f, KEY_ACCOUNT))
        return false;
    out->fact(out->context, &f);
    return true;
}

void
sasl_login(struct sasl *s, struct rd user, const char *method, const struct parse_output *out)
{
    *s = (struct sasl){ .transaction = s->transaction + 1 };
    s->is_named = tell_attempt(s, user, method, out);
}

void
sasl_response(
    struct sasl *s, struct rd base64, const struct parse_input *in, const struct parse_output *out)
{
    const struct mechanism *m = &mechanisms[s->mechanism < MECHANISMS ? s->mechanism : 0];
    uint8_t room[TOKEN_BYTES], name[NAME_BYTES];
    struct rd token, user;

    if (s->mechanism == 0 || s->mechanism >= MECHANISMS - 1)
        return;
    if (text_equals(&base64, "="))
        rd_skip(&base64, 1); /* RFC 4954, 4: nothing at all */
    token = base64_decode(text_trim(base64), room, sizeof room);
    if (!token.ok || rd_left(&token) == 0)
        return;
    if (m->read == NULL) {
        s->is_named |= gss_token(token, s->transaction, in, out);
    } else if (!s->is_answered) {
        s->is_answered = true;
        user = m->read(token, name);
        s->is_named = user.ok && rd_left(&user) > 0 && tell_attempt(s, user, m->method, out);
    }
}

void
sasl_challenge(
    struct sasl *s, struct rd base64, const struct parse_input *in, const struct parse_output *out)
{
    uint8_t room[TOKEN_BYTES];
    struct rd token;

    if (s->mechanism == 0 || s->mechanism >= MECHANISMS - 1 ||
        mechanisms[s->mechanism].read != NULL)
        return;
    token = base64_decode(text_trim(base64), room, sizeof room);
    if (token.ok && rd_left(&token) > 0)
        (void)gss_token(token, s->transaction, in, out);
}

void
sasl_end(struct sasl *s, enum sasl_end end, struct rd reason, const struct parse_output *out)
{
    struct fact f;

    s->mechanism = 0;
    if (!s->is_named || end == SASL_DROPPED) {
        s->is_named = false;
        return;
    }
    s->is_named = false;
    login_begin_answer(&f, s->transaction, end == SASL_SUCCESS);
    if (end == SASL_FAILURE)
        fact_text(&f, KEY_REASON, reason.p, rd_left(&reason));
    out->fact(out->context, &f);
}
