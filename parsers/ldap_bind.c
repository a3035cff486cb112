/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Who binds, by any of the ways of RFC 4511, 4.2, the SASL mechanisms that name somebody in clear,
 * and Microsoft's own ([MS-ADTS] 5.1.1.1.3). A distinguished name gives its first value as the
 * account when that is a person's (cn, uid), its domain components as the realm. A name without a
 * password is presented, but nobody is logged in by it (RFC 4513, 5.1.2).
 */
#include "der.h"
#include "gss.h"
#include "ldap_internal.h"
#include "login.h"
#include "text.h"

#define CHOICE_SIMPLE 0x80
#define CHOICE_SASL 0xa3
#define CHOICE_SICILY_NEGOTIATE 0x8a
#define CHOICE_SICILY_RESPONSE 0x8b
#define SERVER_CREDENTIALS 0x87
#define REFERRAL DER_CONTEXT(3)
#define NAME_ROOM FACT_TEXT_MAX
#define RDNS_MAX 32

#define RESULT_SUCCESS 0
#define RESULT_REFERRAL 10
#define RESULT_SASL_BIND_IN_PROGRESS 14

/* RFC 4511, appendix A. */
static const struct {
    uint32_t code;
    const char *name;
} results[] = {
    { 1, "operationsError" },
    { 2, "protocolError" },
    { 7, "authMethodNotSupported" },
    { 8, "strongerAuthRequired" },
    { 13, "confidentialityRequired" },
    { 32, "noSuchObject" },
    { 34, "invalidDNSyntax" },
    { 48, "inappropriateAuthentication" },
    { 49, "invalidCredentials" },
    { 50, "insufficientAccessRights" },
    { 51, "busy" },
    { 52, "unavailable" },
    { 53, "unwillingToPerform" },
    { 80, "other" },
};

static int
hex_digit(uint8_t c)
{
    static const char digits[] = "0123456789abcdef";
    const char *at = c == 0 ? NULL : strchr(digits, c | 0x20);

    return at == NULL ? -1 : (int)(at - digits);
}

/* One attribute and its value of a distinguished name in the form of RFC 4514, up to the `,` or
 * `+` behind it; the value unescaped into room. */
static bool
take_rdn(struct rd *dn, struct rd *attribute, struct rd *value, char room[NAME_ROOM])
{
    size_t n = 0;

    if (!text_take_until(dn, "=", attribute))
        return false;
    *attribute = text_trim(*attribute);
    while (rd_left(dn) > 0 && rd_peek(dn) != ',' && rd_peek(dn) != '+' && rd_peek(dn) != ';') {
        uint8_t c = rd_u8(dn);

        if (c == '\\' && rd_left(dn) > 0) {
            struct rd pair = *dn;
            int high = hex_digit(rd_u8(&pair)), low = hex_digit(rd_u8(&pair));

            c = rd_u8(dn);
            if (pair.ok && high >= 0 && low >= 0) {
                c = (uint8_t)(high << 4 | low);
                rd_skip(dn, 1);
            }
        }
        if (n < NAME_ROOM)
            room[n++] = (char)c;
    }
    if (rd_left(dn) > 0)
        rd_skip(dn, 1);
    *value = text_trim(rd_of(room, n));
    return true;
}

/* dc=example,dc=org as example.org; what is left of the name when it has none. */
static void
put_domain(struct fact *f, struct rd rest)
{
    char domain[NAME_ROOM], room[NAME_ROOM];
    struct rd dn = rest, attribute, value;
    size_t n = 0;

    for (unsigned i = 0; i < RDNS_MAX && take_rdn(&dn, &attribute, &value, room); i++) {
        if (!text_equals_nocase(&attribute, "dc") || n + 1 + rd_left(&value) > sizeof domain)
            continue;
        if (n > 0)
            domain[n++] = '.';
        if (rd_left(&value) > 0)
            memcpy(domain + n, value.p, rd_left(&value));
        n += rd_left(&value);
    }
    rest = n > 0 ? rd_of(domain, n) : text_trim(rest);
    fact_text(f, KEY_REALM, rest.p, rd_left(&rest));
}

static void
put_name(struct fact *f, struct rd name)
{
    static const char *const persons[] = { "cn", "uid", "userid", "sAMAccountName" };
    char room[NAME_ROOM];
    struct rd dn = name, attribute, value;

    if (take_rdn(&dn, &attribute, &value, room))
        for (size_t i = 0; i < sizeof persons / sizeof persons[0]; i++)
            if (rd_left(&value) > 0 && text_equals_nocase(&attribute, persons[i])) {
                fact_text(f, KEY_ACCOUNT, value.p, rd_left(&value));
                put_domain(f, dn);
                return;
            }
    if (!text_equals_nocase(&name, "anonymous"))
        login_account(f, name);
}

static bool
tell_login(const struct fact *f, const struct parse_output *out)
{
    if (!fact_has(f, KEY_ACCOUNT))
        return false;
    out->fact(out->context, f);
    return true;
}

static bool
read_simple(struct rd name, struct rd password, uint32_t id, const struct parse_output *out)
{
    struct fact f;

    login_begin_attempt(&f, "ldap-bind", id);
    put_name(&f, name);
    if (rd_left(&password) > 0)
        return tell_login(&f, out);
    f.pairing = FACT_ALONE;
    fact_word(&f, KEY_STATUS, "unauthenticated");
    (void)tell_login(&f, out);
    return false;
}

/* RFC 4616: authorisation, NUL, name, NUL, password. */
static bool
sasl_plain(struct fact *f, struct rd t)
{
    const uint8_t *nul = memchr(t.p, 0, rd_left(&t)), *end;

    if (nul == NULL)
        return false;
    rd_skip(&t, (size_t)(nul - t.p) + 1);
    end = rd_left(&t) > 0 ? memchr(t.p, 0, rd_left(&t)) : NULL;
    if (end == NULL)
        return false;
    login_account(f, rd_sub(&t, (size_t)(end - t.p)));
    return true;
}

/* RFC 2831, 2.1.2: username="x",realm="y",... */
static bool
sasl_digest(struct fact *f, struct rd t)
{
    struct rd realm = t, skipped, name;
    uint8_t room[NAME_ROOM];

    if (!text_take_until(&t, "username=\"", &skipped) ||
        !text_take_quoted(&t, room, sizeof room, &name))
        return false;
    login_account(f, name);
    if (text_take_until(&realm, "realm=\"", &skipped) &&
        text_take_quoted(&realm, room, sizeof room, &name))
        fact_text(f, KEY_REALM, name.p, rd_left(&name));
    return true;
}

/* RFC 2195, 2: the name, a space, a digest. */
static bool
sasl_cram(struct fact *f, struct rd t)
{
    struct rd name;

    if (!text_take_until_last(&t, " ", &name))
        return false;
    login_account(f, name);
    return true;
}

/* RFC 5802, 7: n,,n=user,r=nonce. What comes next has no `,n=`. */
static bool
sasl_scram(struct fact *f, struct rd t)
{
    struct rd name;

    if (!text_take_until(&t, ",n=", &name) || !text_take_until(&t, ",r=", &name))
        return false;
    login_account(f, name);
    return true;
}

static const struct mechanism {
    const char *name;
    bool (*read)(struct fact *f, struct rd credentials); /* NULL: a GSS token */
} mechanisms[] = {
    { "GSS-SPNEGO", NULL },
    { "GSSAPI", NULL },
    { "NTLM", NULL },
    { "PLAIN", sasl_plain },
    { "DIGEST-MD5", sasl_digest },
    { "CRAM-MD5", sasl_cram },
    { "SCRAM-SHA-1", sasl_scram },
    { "SCRAM-SHA-256", sasl_scram },
    { "SCRAM-SHA-512", sasl_scram },
};

static bool
read_sasl(struct rd r, uint32_t id, const struct parse_input *in, const struct parse_output *out)
{
    struct rd name = der_value(&r, DER_OCTET_STRING), credentials;
    struct fact f;

    if (!der_optional(&r, DER_OCTET_STRING, &credentials) || rd_left(&credentials) == 0)
        return false;
    for (size_t i = 0; i < sizeof mechanisms / sizeof mechanisms[0]; i++) {
        if (!text_equals_nocase(&name, mechanisms[i].name))
            continue;
        if (mechanisms[i].read == NULL)
            return gss_token(credentials, id, in, out);
        login_begin_attempt(&f, "ldap-bind", id);
        return mechanisms[i].read(&f, credentials) && tell_login(&f, out);
    }
    return false;
}

void
ldap_read_bind(struct rd r, uint32_t id, struct ldap_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    struct rd name, choice;
    uint8_t tag;
    size_t length;
    bool is_proof = false;

    (void)der_integer(&r); /* the version */
    name = der_value(&r, DER_OCTET_STRING);
    tag = der_head(&r, &length);
    choice = rd_sub(&r, length);
    if (!choice.ok)
        return;
    if (tag == CHOICE_SIMPLE)
        is_proof = read_simple(name, choice, id, out);
    else if (tag == CHOICE_SASL)
        is_proof = read_sasl(choice, id, in, out);
    else if (tag == CHOICE_SICILY_NEGOTIATE || tag == CHOICE_SICILY_RESPONSE)
        is_proof = gss_token(choice, id, in, out);
    s->leg = id;
    if (is_proof) {
        s->has_proof = true;
        s->proof = id;
    } else if (tag != CHOICE_SASL) {
        s->has_proof = false;
    }
}

static void
tell_result(uint32_t code, struct rd diagnosis, uint32_t id, const struct parse_output *out)
{
    struct fact f;

    login_begin_answer(&f, id, code == RESULT_SUCCESS);
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        if (results[i].code == code)
            fact_word(&f, KEY_STATUS, results[i].name);
    if (code != RESULT_SUCCESS)
        fact_text(&f, KEY_REASON, diagnosis.p, rd_left(&diagnosis));
    out->fact(out->context, &f);
}

void
ldap_read_bind_answer(struct rd r, uint32_t id, struct ldap_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    struct rd code_octets = der_value(&r, LDAP_ENUMERATED);
    struct rd matched = der_value(&r, DER_OCTET_STRING);
    struct rd diagnosis = der_value(&r, DER_OCTET_STRING), skipped, credentials = { 0 };
    uint32_t code = 0;

    if (!r.ok || rd_left(&code_octets) == 0 || rd_left(&code_octets) > sizeof code)
        return;
    while (rd_left(&code_octets) > 0)
        code = code << 8 | rd_u8(&code_octets);
    (void)der_optional(&r, REFERRAL, &skipped);
    if (der_optional(&r, SERVER_CREDENTIALS, &credentials))
        (void)gss_token(credentials, id, in, out);
    else
        (void)gss_token(matched, id, in, out); /* [MS-ADTS]: where its own way puts them */
    if (code == RESULT_SASL_BIND_IN_PROGRESS || code == RESULT_REFERRAL)
        return;
    tell_result(code, diagnosis, s->has_proof && id == s->leg ? s->proof : id, out);
    s->has_proof = false;
}
