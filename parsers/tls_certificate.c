/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The first certificate of a TLS Certificate message (RFC 5246, 7.4.2), X.509 (RFC 5280): whose it
 * is, who issued it, which names it is good for; of a client's also who logs in with it, by the
 * user principal name that Windows writes into smart cards.
 *
 * Nothing is verified. Names in 16-bit characters (BMPString) are left out.
 */
#include "der.h"
#include "login.h"
#include "text.h"
#include "tls.h"

#define DER_OID 0x06
#define DER_UTF8 0x0c
#define DER_BMP 0x1e
#define DER_BOOLEAN 0x01
#define DER_SET 0x31
#define GENERAL_OTHER 0xa0 /* [0] otherName; [2] dNSName: RFC 5280, 4.2.1.6 */
#define GENERAL_DNS 0x82
#define COUNT_MAX 64 /* of attributes, extensions, names */
#define LENGTH_OCTETS 3

struct certificate {
    struct rd issuer, subject, names; /* names: of the subject's alternative ones, maybe empty */
};

static const uint8_t oid_common_name[] = { 0x55, 0x04, 0x03 };
static const uint8_t oid_organisation[] = { 0x55, 0x04, 0x0a };
static const uint8_t oid_alternative[] = { 0x55, 0x1d, 0x11 };
static const uint8_t oid_upn[] = { 0x2b, 0x06, 0x01, 0x04, 0x01, 0x82, 0x37, 0x14, 0x02, 0x03 };

static bool
is_same(struct rd a, const void *bytes, size_t n)
{
    return a.ok && rd_left(&a) == n && memcmp(a.p, bytes, n) == 0;
}

/* Whatever element comes next; its tag, or 0. */
static uint8_t
any_element(struct rd *r, struct rd *value)
{
    size_t length;
    uint8_t tag = der_head(r, &length);

    *value = rd_sub(r, length);
    return value->ok ? tag : 0;
}

/* Extensions ::= SEQUENCE OF SEQUENCE { OID, critical BOOLEAN OPTIONAL, OCTET STRING } */
static struct rd
alternative_names(struct rd list)
{
    for (unsigned i = 0; rd_left(&list) > 0 && i < COUNT_MAX; i++) {
        struct rd one = der_value(&list, DER_SEQUENCE), oid = der_value(&one, DER_OID), value;

        (void)der_optional(&one, DER_BOOLEAN, &value);
        value = der_value(&one, DER_OCTET_STRING);
        if (!is_same(oid, oid_alternative, sizeof oid_alternative))
            continue;
        value = der_value(&value, DER_SEQUENCE);
        return value.ok ? value : rd_of(NULL, 0);
    }
    return rd_of(NULL, 0);
}

/* tbsCertificate ::= SEQUENCE { version [0] OPTIONAL, serial, algorithm, issuer, validity, subject,
 * key, [1] and [2] OPTIONAL, extensions [3] OPTIONAL } */
static bool
read_certificate(struct rd body, struct certificate *c)
{
    struct rd list = rd_sub(&body, rd_u24(&body)), der = rd_sub(&list, rd_u24(&list)), tbs, value;

    tbs = der_value(&der, DER_SEQUENCE);
    tbs = der_value(&tbs, DER_SEQUENCE);
    (void)der_optional(&tbs, DER_CONTEXT(0), &value);
    (void)der_value(&tbs, DER_INTEGER);
    (void)der_value(&tbs, DER_SEQUENCE);
    c->issuer = der_value(&tbs, DER_SEQUENCE);
    (void)der_value(&tbs, DER_SEQUENCE);
    c->subject = der_value(&tbs, DER_SEQUENCE);
    (void)der_value(&tbs, DER_SEQUENCE);
    c->names = rd_of(NULL, 0);
    if (!tbs.ok)
        return false;
    for (unsigned i = 0; rd_left(&tbs) > 0 && i < COUNT_MAX; i++)
        if (any_element(&tbs, &value) == DER_CONTEXT(3))
            c->names = alternative_names(der_value(&value, DER_SEQUENCE));
    return true;
}

/* Name ::= SEQUENCE OF SET OF SEQUENCE { OID, string }: the first of that kind. */
static bool
attribute(struct rd name, const uint8_t *oid, size_t n, struct rd *value)
{
    for (unsigned i = 0; rd_left(&name) > 0 && i < COUNT_MAX; i++) {
        struct rd set = der_value(&name, DER_SET), pair = der_value(&set, DER_SEQUENCE);

        if (is_same(der_value(&pair, DER_OID), oid, n)) {
            uint8_t tag = any_element(&pair, value);

            return tag != 0 && tag != DER_BMP && rd_left(value) > 0;
        }
    }
    return false;
}

static size_t
append(char *room, size_t at, const char *mark, struct rd text)
{
    struct rd first = text_of(mark);
    size_t n = rd_left(&first), m = rd_left(&text);

    if (n + m > FACT_TEXT_MAX - at)
        return at;
    if (n > 0)
        memcpy(room + at, first.p, n);
    if (m > 0)
        memcpy(room + at + n, text.p, m);
    return at + n + m;
}

/* "CN=www.example.com, O=Example" */
static size_t
distinguished(struct rd name, char room[FACT_TEXT_MAX])
{
    struct rd value;
    size_t at = 0;

    if (attribute(name, oid_common_name, sizeof oid_common_name, &value))
        at = append(room, at, "CN=", value);
    if (attribute(name, oid_organisation, sizeof oid_organisation, &value))
        at = append(room, at, at > 0 ? ", O=" : "O=", value);
    return at;
}

static size_t
host_names(struct rd names, char room[FACT_TEXT_MAX], struct rd *first)
{
    size_t at = 0;

    *first = rd_of(NULL, 0);
    for (unsigned i = 0; rd_left(&names) > 0 && i < COUNT_MAX; i++) {
        struct rd value;

        if (any_element(&names, &value) != GENERAL_DNS || rd_left(&value) == 0)
            continue;
        if (at == 0)
            *first = value;
        at = append(room, at, at > 0 ? ", " : "", value);
    }
    return at;
}

size_t
tls_certificate_needs(struct rd body)
{
    size_t n;

    if (rd_left(&body) < LENGTH_OCTETS || rd_u24(&body) == 0)
        return LENGTH_OCTETS;
    n = rd_u24(&body);
    return 2 * LENGTH_OCTETS + n;
}

void
tls_certificate_tell(struct rd body, const struct parse_input *in, const struct parse_output *out)
{
    char room[FACT_TEXT_MAX];
    struct certificate c;
    struct rd first;
    struct fact f;
    size_t n;

    if (!read_certificate(body, &c))
        return;
    fact_begin(&f, FACT_NAME);
    fact_word(&f, KEY_WHAT, "certificate");
    tls_end_tell(&f, &in->source);
    fact_text(&f, KEY_NAME, room, distinguished(c.subject, room));
    fact_text(&f, KEY_ISSUER, room, distinguished(c.issuer, room));
    n = host_names(c.names, room, &first);
    fact_text(&f, KEY_TEXT, room, n);
    fact_text(&f, KEY_NAME, first.p, rd_left(&first)); /* of a subject without a name */
    if (fact_has(&f, KEY_NAME))
        out->fact(out->context, &f);
}

/* OtherName ::= [0] { OID, [0] { UTF8String } } */
static bool
principal_name(struct rd names, struct rd *text)
{
    for (unsigned i = 0; rd_left(&names) > 0 && i < COUNT_MAX; i++) {
        struct rd value;

        if (any_element(&names, &value) != GENERAL_OTHER ||
            !is_same(der_value(&value, DER_OID), oid_upn, sizeof oid_upn))
            continue;
        value = der_value(&value, DER_CONTEXT(0));
        *text = der_value(&value, DER_UTF8);
        return text->ok && rd_left(text) > 0;
    }
    return false;
}

bool
tls_certificate_login(struct rd body, struct fact *f)
{
    struct certificate c;
    struct rd text;

    if (!read_certificate(body, &c) || is_same(c.subject, c.issuer.p, rd_left(&c.issuer)))
        return false;
    if (!principal_name(c.names, &text) &&
        !attribute(c.subject, oid_common_name, sizeof oid_common_name, &text))
        return false;
    fact_begin(f, FACT_LOGIN);
    login_account(f, text);
    return fact_has(f, KEY_ACCOUNT);
}
