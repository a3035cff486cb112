/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How an RFB server asks who calls: the security types of RFC 6143, 7.2, and of rfbproto, each up
 * to its result or to where it is sealed. Only VeNCrypt's Plain, Tight's Unix Login and XVP show a
 * name; a password alone makes a login of nobody named.
 */
#include "login.h"
#include "rfb_internal.h"

#define CHALLENGE_BYTES 16
#define CAPABILITY_BYTES 16
#define CAPABILITIES_MAX 64
#define SUBTYPES_MAX 32
#define CREDENTIAL_MAX 1024 /* each of name and password */
#define APPLE_KEY_MAX 1024
#define APPLE_CREDENTIALS 128
#define MSLOGON_SERVER_BYTES 24  /* generator, modulus, public key */
#define MSLOGON_CLIENT_BYTES 328 /* public key, name and password, both sealed */
#define VENCRYPT_VERSION 2       /* 0.2 is the one in use; 0.1 numbers its types otherwise */
#define RESULT_MAX 2             /* too many attempts */
#define LOGIN_TRANSACTION 1

enum security {
    SECURITY_INVALID = 0,
    SECURITY_NONE = 1,
    SECURITY_VNC = 2,
    SECURITY_TIGHT = 16,
    SECURITY_TLS = 18,
    SECURITY_VENCRYPT = 19,
    SECURITY_XVP = 22,
    SECURITY_APPLE_DH = 30,
    SECURITY_MSLOGON2 = 113,
    SECURITY_PLAIN = 256, /* from here on within VeNCrypt */
    SECURITY_TLS_NONE = 257,
    SECURITY_X509_SASL = 264,
    SECURITY_UNIX_LOGIN = 0x10000 | 129 /* within Tight, where 129 means this */
};

#define TIGHT_UNIX_LOGIN 129

/* What asks for nothing, or is sealed before it ends, has no method. */
static const struct security_kind {
    uint32_t type;
    const char *name, *method;
} kinds[] = {
    { SECURITY_NONE, "None", NULL },
    { SECURITY_VNC, "VNC Authentication", "vnc" },
    { 5, "RA2", NULL },
    { 6, "RA2ne", NULL },
    { 13, "RA2r", NULL },
    { 17, "Ultra", NULL },
    { SECURITY_TLS, "TLS", NULL },
    { 20, "SASL", NULL },
    { 21, "MD5", NULL },
    { SECURITY_XVP, "XVP", "vnc-xvp" },
    { SECURITY_APPLE_DH, "Apple Diffie-Hellman", "vnc-apple" },
    { 33, "Apple RSA", NULL },
    { 35, "Apple Kerberos", NULL },
    { 36, "Apple SRP", NULL },
    { SECURITY_MSLOGON2, "MS-Logon II", "vnc-mslogon" },
    { 129, "RA2-256", NULL },
    { 130, "RA2ne-256", NULL },
    { 133, "RA2r-256", NULL },
    { SECURITY_PLAIN, "Plain", "vnc-plain" },
    { SECURITY_TLS_NONE, "TLSNone", NULL },
    { 258, "TLSVnc", NULL },
    { 259, "TLSPlain", NULL },
    { 260, "X509None", NULL },
    { 261, "X509Vnc", NULL },
    { 262, "X509Plain", NULL },
    { 263, "TLSSASL", NULL },
    { SECURITY_X509_SASL, "X509SASL", NULL },
    { SECURITY_UNIX_LOGIN, "Unix Login", "vnc-unix" },
};

static const struct security_kind *
kind_of(uint32_t type)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (kinds[i].type == type)
            return &kinds[i];
    return NULL;
}

static void
tell_security(struct rfb_reader *m)
{
    const struct security_kind *kind = kind_of(m->s->security);
    struct fact f;

    if (kind == NULL)
        return;
    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, "vnc-security");
    fact_word(&f, KEY_TEXT, kind->name);
    m->out->fact(m->out->context, &f);
}

/* The name that a client sends in clear. */
static void
tell_attempt(struct rfb_reader *m, struct rd account, struct rd target)
{
    const struct security_kind *kind = kind_of(m->s->security);
    struct fact f;

    m->s->has_account = rd_left(&account) > 0;
    if (!m->s->has_account || kind == NULL)
        return;
    login_begin_attempt(&f, kind->method, LOGIN_TRANSACTION);
    login_account(&f, account);
    fact_text(&f, KEY_TARGET, target.p, rd_left(&target));
    m->out->fact(m->out->context, &f);
}

static void
tell_result(struct rfb_reader *m, const char *result)
{
    const struct security_kind *kind = kind_of(m->s->security);
    struct fact f;

    if (kind == NULL || kind->method == NULL)
        return;
    fact_begin(&f, FACT_LOGIN);
    f.pairing = m->s->has_account ? FACT_ANSWER : FACT_ALONE;
    f.transaction = m->s->has_account ? LOGIN_TRANSACTION : 0;
    fact_word(&f, KEY_RESULT, result);
    fact_word(&f, KEY_METHOD, kind->method);
    m->out->fact(m->out->context, &f);
}

/* The step that a type begins with; what is sealed from here on is over. */
static const struct {
    uint32_t type;
    uint8_t step;
} begins[] = {
    { SECURITY_VNC, STEP_CHALLENGE },
    { SECURITY_TIGHT, STEP_TUNNELS },
    { SECURITY_TLS, STEP_TLS },
    { SECURITY_VENCRYPT, STEP_VENCRYPT_VERSION },
    { SECURITY_XVP, STEP_XVP },
    { SECURITY_APPLE_DH, STEP_APPLE_KEY },
    { SECURITY_MSLOGON2, STEP_MSLOGON_KEY },
    { SECURITY_PLAIN, STEP_PLAIN },
    { SECURITY_UNIX_LOGIN, STEP_PLAIN },
};

static void
begin_security(struct rfb_reader *m, uint32_t type)
{
    struct rfb_state *s = m->s;

    s->security = type;
    s->step = STEP_OVER;
    if (type == SECURITY_NONE)
        s->step = s->minor >= 8 ? STEP_RESULT : STEP_CLIENT_INIT;
    else if (type >= SECURITY_TLS_NONE && type <= SECURITY_X509_SASL)
        s->step = STEP_SUBTYPE_GRANTED;
    for (size_t i = 0; i < sizeof(begins) / sizeof(*begins); i++)
        if (begins[i].type == type)
            s->step = begins[i].step;
    tell_security(m);
}

static enum parse_result
read_type(struct rfb_reader *m)
{
    uint32_t type = rd_u32(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    begin_security(m, type);
    return PARSE_OK;
}

static enum parse_result
read_types(struct rfb_reader *m)
{
    uint8_t count = rd_u8(&m->r);

    rd_skip(&m->r, count);
    if (!m->r.ok)
        return PARSE_MORE;
    m->s->step = count == 0 ? STEP_OVER : STEP_CHOICE; /* 0: the reason follows */
    return PARSE_OK;
}

static enum parse_result
read_choice(struct rfb_reader *m)
{
    uint8_t type = rd_u8(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    begin_security(m, type);
    return PARSE_OK;
}

static enum parse_result
read_challenge(struct rfb_reader *m)
{
    return rfb_pass(m, CHALLENGE_BYTES, STEP_RESPONSE);
}

static enum parse_result
read_response(struct rfb_reader *m)
{
    return rfb_pass(m, CHALLENGE_BYTES, STEP_RESULT);
}

/* A count and so many capabilities. */
static enum parse_result
read_capabilities(struct rfb_reader *m, enum rfb_step some, enum rfb_step none)
{
    uint32_t count = rd_u32(&m->r);

    if (m->r.ok && count > CAPABILITIES_MAX)
        return PARSE_BAD;
    return rfb_pass(m, (size_t)count * CAPABILITY_BYTES, count > 0 ? some : none);
}

static enum parse_result
read_tunnels(struct rfb_reader *m)
{
    return read_capabilities(m, STEP_TUNNEL_CHOICE, STEP_TIGHT_TYPES);
}

static enum parse_result
read_tunnel_choice(struct rfb_reader *m)
{
    uint32_t tunnel = rd_u32(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    m->s->step = tunnel == 0 ? STEP_TIGHT_TYPES : STEP_OVER;
    return PARSE_OK;
}

static enum parse_result
read_tight_types(struct rfb_reader *m)
{
    enum parse_result result =
        read_capabilities(m, STEP_TIGHT_CHOICE, m->s->minor >= 8 ? STEP_RESULT : STEP_CLIENT_INIT);

    if (result == PARSE_OK && m->s->step != STEP_TIGHT_CHOICE) {
        m->s->security = SECURITY_NONE;
        tell_security(m);
    }
    return result;
}

static enum parse_result
read_tight_choice(struct rfb_reader *m)
{
    uint32_t type = rd_u32(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    begin_security(m, type == TIGHT_UNIX_LOGIN ? SECURITY_UNIX_LOGIN : type);
    return PARSE_OK;
}

static enum parse_result
read_vencrypt_version(struct rfb_reader *m)
{
    return rfb_pass(m, 2, STEP_VENCRYPT_ANSWER);
}

static enum parse_result
read_vencrypt_answer(struct rfb_reader *m)
{
    uint16_t version = rd_u16(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    m->s->step = version == VENCRYPT_VERSION ? STEP_SUBTYPES : STEP_OVER;
    return PARSE_OK;
}

static enum parse_result
read_subtypes(struct rfb_reader *m)
{
    uint8_t refused = rd_u8(&m->r), count;

    if (!m->r.ok)
        return PARSE_MORE;
    if (refused != 0) {
        m->s->step = STEP_OVER;
        return PARSE_OK;
    }
    count = rd_u8(&m->r);
    if (m->r.ok && count > SUBTYPES_MAX)
        return PARSE_BAD;
    return rfb_pass(m, count * sizeof(uint32_t), STEP_SUBTYPE_CHOICE);
}

/* One byte, 1, before TLS begins. */
static enum parse_result
read_subtype_granted(struct rfb_reader *m)
{
    uint8_t granted = rd_u8(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    m->s->step = granted == 1 ? STEP_TLS : STEP_OVER;
    return PARSE_OK;
}

static enum parse_result
read_plain(struct rfb_reader *m)
{
    uint32_t name_bytes = rd_u32(&m->r), password_bytes = rd_u32(&m->r);
    struct rd name;

    if (m->r.ok && (name_bytes > CREDENTIAL_MAX || password_bytes > CREDENTIAL_MAX))
        return PARSE_BAD;
    name = rd_sub(&m->r, name_bytes);
    rd_skip(&m->r, password_bytes);
    if (!m->r.ok)
        return PARSE_MORE;
    tell_attempt(m, name, rd_of("", 0));
    m->s->step = STEP_RESULT;
    return PARSE_OK;
}

static enum parse_result
read_xvp(struct rfb_reader *m)
{
    uint8_t name_bytes = rd_u8(&m->r), target_bytes = rd_u8(&m->r);
    struct rd name = rd_sub(&m->r, name_bytes), target = rd_sub(&m->r, target_bytes);

    if (!m->r.ok)
        return PARSE_MORE;
    tell_attempt(m, name, target);
    m->s->step = STEP_CHALLENGE;
    return PARSE_OK;
}

static enum parse_result
read_apple_key(struct rfb_reader *m)
{
    rd_skip(&m->r, 2); /* generator */
    m->s->key_bytes = rd_u16(&m->r);
    if (m->r.ok && m->s->key_bytes > APPLE_KEY_MAX)
        return PARSE_BAD;
    return rfb_pass(m, 2u * m->s->key_bytes, STEP_APPLE_CREDENTIALS);
}

static enum parse_result
read_apple_credentials(struct rfb_reader *m)
{
    return rfb_pass(m, APPLE_CREDENTIALS + (size_t)m->s->key_bytes, STEP_RESULT);
}

static enum parse_result
read_mslogon_key(struct rfb_reader *m)
{
    return rfb_pass(m, MSLOGON_SERVER_BYTES, STEP_MSLOGON_CREDENTIALS);
}

static enum parse_result
read_mslogon_credentials(struct rfb_reader *m)
{
    return rfb_pass(m, MSLOGON_CLIENT_BYTES, STEP_RESULT);
}

static enum parse_result
read_result(struct rfb_reader *m)
{
    uint32_t status = rd_u32(&m->r);

    if (!m->r.ok)
        return PARSE_MORE;
    if (status > RESULT_MAX)
        return PARSE_BAD;
    tell_result(m, status == 0 ? "success" : "failure");
    m->s->step = status == 0 ? STEP_CLIENT_INIT : STEP_OVER;
    return PARSE_OK;
}

/* Only the steps that are this file's. */
static const struct {
    bool from_server;
    enum parse_result (*read)(struct rfb_reader *m);
} steps[STEP_OVER] = {
    [STEP_TYPE] = { true, read_type },
    [STEP_TYPES] = { true, read_types },
    [STEP_CHOICE] = { false, read_choice },
    [STEP_CHALLENGE] = { true, read_challenge },
    [STEP_RESPONSE] = { false, read_response },
    [STEP_TUNNELS] = { true, read_tunnels },
    [STEP_TUNNEL_CHOICE] = { false, read_tunnel_choice },
    [STEP_TIGHT_TYPES] = { true, read_tight_types },
    [STEP_TIGHT_CHOICE] = { false, read_tight_choice },
    [STEP_VENCRYPT_VERSION] = { true, read_vencrypt_version },
    [STEP_VENCRYPT_ANSWER] = { false, read_vencrypt_answer },
    [STEP_SUBTYPES] = { true, read_subtypes },
    [STEP_SUBTYPE_CHOICE] = { false, read_type },
    [STEP_SUBTYPE_GRANTED] = { true, read_subtype_granted },
    [STEP_PLAIN] = { false, read_plain },
    [STEP_XVP] = { false, read_xvp },
    [STEP_APPLE_KEY] = { true, read_apple_key },
    [STEP_APPLE_CREDENTIALS] = { false, read_apple_credentials },
    [STEP_MSLOGON_KEY] = { true, read_mslogon_key },
    [STEP_MSLOGON_CREDENTIALS] = { false, read_mslogon_credentials },
    [STEP_RESULT] = { true, read_result },
};

bool
rfb_security_from_server(enum rfb_step step)
{
    return steps[step].from_server;
}

enum parse_result
rfb_security_read(struct rfb_reader *m)
{
    return steps[m->s->step].read(m);
}
