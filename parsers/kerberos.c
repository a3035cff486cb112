/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Kerberos 5 (RFC 4120): who asked the key distribution centre for a ticket, and was given one.
 *
 * An AS-REQ is an attempt, an AS-REP its success, a KRB-ERROR about krbtgt or kadmin its failure
 * unless the error only continues the exchange. A TGS-REP shows whose ticket was honoured, and for
 * which service; an error about a service counts when it names a client. Names are as on the wire.
 * With FAST (RFC 6113) the request's true client may stand inside of the armour; the answer names
 * it. Tickets and encrypted parts are not looked at.
 */
#include "kerberos_name.h"
#include "login.h"
#include "parser.h"
#include "text.h"

#define MESSAGE_MAX (128 * 1024) /* tickets with large group lists stay below 64 KiB */
#define ADDRESSES_MAX 16
#define ADDRESS_NETBIOS 20 /* RFC 4120, 7.5.3 */

enum message_type {
    MESSAGE_AS_REQ = 10,
    MESSAGE_AS_REP = 11,
    MESSAGE_TGS_REQ = 12,
    MESSAGE_TGS_REP = 13,
    MESSAGE_ERROR = 30
};

/* RFC 4120, 7.5.9; RFC 4556 (60s and 70s), RFC 6113 (90s). */
static const struct {
    int32_t code;
    bool goes_on; /* the exchange continues: no result */
    const char *name;
} errors[] = {
    { 1, false, "KDC_ERR_NAME_EXP" },
    { 2, false, "KDC_ERR_SERVICE_EXP" },
    { 3, false, "KDC_ERR_BAD_PVNO" },
    { 6, false, "KDC_ERR_C_PRINCIPAL_UNKNOWN" },
    { 7, false, "KDC_ERR_S_PRINCIPAL_UNKNOWN" },
    { 8, false, "KDC_ERR_PRINCIPAL_NOT_UNIQUE" },
    { 9, false, "KDC_ERR_NULL_KEY" },
    { 10, false, "KDC_ERR_CANNOT_POSTDATE" },
    { 11, false, "KDC_ERR_NEVER_VALID" },
    { 12, false, "KDC_ERR_POLICY" },
    { 13, false, "KDC_ERR_BADOPTION" },
    { 14, false, "KDC_ERR_ETYPE_NOSUPP" },
    { 15, false, "KDC_ERR_SUMTYPE_NOSUPP" },
    { 16, false, "KDC_ERR_PADATA_TYPE_NOSUPP" },
    { 17, false, "KDC_ERR_TRTYPE_NOSUPP" },
    { 18, false, "KDC_ERR_CLIENT_REVOKED" },
    { 19, false, "KDC_ERR_SERVICE_REVOKED" },
    { 20, false, "KDC_ERR_TGT_REVOKED" },
    { 21, false, "KDC_ERR_CLIENT_NOTYET" },
    { 22, false, "KDC_ERR_SERVICE_NOTYET" },
    { 23, false, "KDC_ERR_KEY_EXPIRED" },
    { 24, false, "KDC_ERR_PREAUTH_FAILED" },
    { 25, true, "KDC_ERR_PREAUTH_REQUIRED" },
    { 26, false, "KDC_ERR_SERVER_NOMATCH" },
    { 27, false, "KDC_ERR_MUST_USE_USER2USER" },
    { 28, false, "KDC_ERR_PATH_NOT_ACCEPTED" },
    { 29, false, "KDC_ERR_SVC_UNAVAILABLE" },
    { 31, false, "KRB_AP_ERR_BAD_INTEGRITY" },
    { 32, false, "KRB_AP_ERR_TKT_EXPIRED" },
    { 37, false, "KRB_AP_ERR_SKEW" },
    { 52, true, "KRB_ERR_RESPONSE_TOO_BIG" },
    { 60, false, "KRB_ERR_GENERIC" },
    { 62, false, "KDC_ERR_CLIENT_NOT_TRUSTED" },
    { 64, false, "KDC_ERR_INVALID_SIG" },
    { 65, true, "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED" },
    { 68, true, "KDC_ERR_WRONG_REALM" },
    { 70, false, "KDC_ERR_CANT_VERIFY_CERTIFICATE" },
    { 71, false, "KDC_ERR_INVALID_CERTIFICATE" },
    { 72, false, "KDC_ERR_REVOKED_CERTIFICATE" },
    { 75, false, "KDC_ERR_CLIENT_NAME_MISMATCH" },
    { 90, true, "KDC_ERR_PREAUTH_EXPIRED" },
    { 91, true, "KDC_ERR_MORE_PREAUTH_DATA_REQUIRED" },
    { 93, false, "KDC_ERR_UNKNOWN_CRITICAL_FAST_OPTIONS" },
};

/* HostAddresses (RFC 4120, 5.2.5): only the NetBIOS name says more than the packet. */
static void
read_addresses(struct fact *f, struct rd *field)
{
    struct rd all = der_value(field, DER_SEQUENCE);
    unsigned count = 0;

    while (all.ok && rd_left(&all) > 0 && count++ < ADDRESSES_MAX) {
        struct rd one = der_value(&all, DER_SEQUENCE);
        struct rd type = der_value(&one, DER_CONTEXT(0));
        struct rd address = der_value(&one, DER_CONTEXT(1));
        int32_t kind = der_integer(&type);

        address = text_trim(der_value(&address, DER_OCTET_STRING));
        if (!type.ok || !address.ok)
            field->ok = false;
        else if (kind == ADDRESS_NETBIOS)
            fact_text(f, KEY_DEVICE_HOST_NAME, address.p, rd_left(&address));
    }
    field->ok = field->ok && all.ok;
}

/* Anonymous clients (RFC 8062) are nobody. */
static bool
put_client(struct fact *f, const struct kerberos_name *name, const struct rd *realm)
{
    static const char anonymous[] = "WELLKNOWN/ANONYMOUS";

    if (name->length == 0 ||
        (name->length == sizeof(anonymous) - 1 && memcmp(name->text, anonymous, name->length) == 0))
        return false;
    fact_text(f, KEY_ACCOUNT, name->text, name->length);
    fact_text(f, KEY_REALM, realm->p, rd_left(realm));
    return true;
}

static bool
is_login_service(const struct kerberos_name *name)
{
    struct rd text = rd_of(name->text, name->length);

    return text_take(&text, "krbtgt/") || text_take(&text, "kadmin/");
}

/* What the ticket is for, unless it is only for getting others. */
static void
put_service(struct fact *f, const struct kerberos_name *service)
{
    if (!is_login_service(service))
        fact_text(f, KEY_TARGET, service->text, service->length);
}

/* The NetBIOS name among the addresses is the client's own (RFC 4120, 5.2.5). */
static void
tell_device(const struct fact *login, const struct parse_input *in, const struct parse_output *out)
{
    const char *name = fact_get_text(login, KEY_DEVICE_HOST_NAME);
    struct fact f;

    if (name == NULL)
        return;
    fact_begin(&f, FACT_DEVICE);
    fact_address(&f, KEY_ADDRESS, &in->source);
    fact_word(&f, KEY_HOST_NAME, name);
    out->fact(out->context, &f);
}

/* KDC-REQ-BODY: kdc-options [0], cname [1] OPTIONAL, realm [2], ... etype [8], addresses [9] */
static bool
read_as_request(struct rd message, struct fact *f, bool *is_login)
{
    struct rd body, field, realm;
    struct kerberos_name name = { .length = 0 };

    (void)der_optional(&message, DER_CONTEXT(3), &field); /* padata */
    body = der_value(&message, DER_CONTEXT(4));
    body = der_value(&body, DER_SEQUENCE);
    (void)der_value(&body, DER_CONTEXT(0));
    if (der_optional(&body, DER_CONTEXT(1), &field)) {
        kerberos_read_name(&field, &name);
        body.ok = body.ok && field.ok;
    }
    field = der_value(&body, DER_CONTEXT(2));
    realm = kerberos_string(&field);
    for (uint8_t i = 3; i <= 8; i++)
        (void)der_optional(&body, DER_CONTEXT(i), &field);
    *is_login = body.ok && realm.ok && put_client(f, &name, &realm);
    if (der_optional(&body, DER_CONTEXT(9), &field)) {
        read_addresses(f, &field);
        body.ok = body.ok && field.ok;
    }
    return body.ok && realm.ok;
}

/* KDC-REP: pvno [0], msg-type [1], padata [2] OPTIONAL, crealm [3], cname [4], ticket [5] ... */
static bool
read_reply(struct rd message, struct fact *f, bool *is_login)
{
    struct rd field, realm, ticket, ticket_realm;
    struct kerberos_name name, service;

    (void)der_optional(&message, DER_CONTEXT(2), &field);
    field = der_value(&message, DER_CONTEXT(3));
    realm = kerberos_string(&field);
    field = der_value(&message, DER_CONTEXT(4));
    kerberos_read_name(&field, &name);
    ticket = der_value(&message, DER_CONTEXT(5));
    if (!message.ok || !realm.ok || !field.ok ||
        !kerberos_read_ticket(&ticket, &ticket_realm, &service))
        return false;
    *is_login = put_client(f, &name, &realm);
    put_service(f, &service);
    return true;
}

/* False when the error is no result of a login. */
static bool
put_error(struct fact *f, int32_t code)
{
    for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
        if (errors[i].code == code) {
            fact_word(f, KEY_STATUS, errors[i].name);
            return !errors[i].goes_on;
        }
    return true;
}

/* KRB-ERROR: ... error-code [6], crealm [7] OPT, cname [8] OPT, realm [9], sname [10], e-text [11]
 */
static bool
read_error(struct rd message, struct fact *f, bool *is_login)
{
    struct rd field, realm = { .ok = true };
    struct kerberos_name client = { .length = 0 }, service;
    int32_t code;

    for (uint8_t i = 2; i <= 5; i++)
        (void)der_optional(&message, DER_CONTEXT(i), &field);
    field = der_value(&message, DER_CONTEXT(6));
    code = der_integer(&field);
    message.ok = message.ok && field.ok;
    if (der_optional(&message, DER_CONTEXT(7), &field))
        realm = kerberos_string(&field);
    if (der_optional(&message, DER_CONTEXT(8), &field)) {
        kerberos_read_name(&field, &client);
        message.ok = message.ok && field.ok;
    }
    field = der_value(&message, DER_CONTEXT(9));
    (void)kerberos_string(&field);
    message.ok = message.ok && field.ok;
    field = der_value(&message, DER_CONTEXT(10));
    kerberos_read_name(&field, &service);
    if (!message.ok || !field.ok || !realm.ok)
        return false;
    *is_login = put_error(f, code);
    if (!put_client(f, &client, &realm) && !is_login_service(&service))
        *is_login = false;
    if (!is_login_service(&service)) {
        f->pairing = FACT_ALONE;
        fact_word(f, KEY_METHOD, "krb5-tgs");
        put_service(f, &service);
    }
    if (der_optional(&message, DER_CONTEXT(11), &field)) {
        struct rd text = kerberos_string(&field);

        fact_text(f, KEY_REASON, text.p, rd_left(&text));
    }
    return message.ok;
}

static bool
read_nothing(struct rd message, struct fact *f, bool *is_login)
{
    (void)f;
    *is_login = false;
    return message.ok;
}

static const struct message {
    uint8_t type;        /* msg-type, and the number of the application tag */
    uint8_t version_tag; /* pvno is [1] in requests, [0] in the others; msg-type follows it */
    uint8_t pairing;
    const char *method, *result;
    bool (*read)(struct rd message, struct fact *f, bool *is_login);
} messages[] = {
    { MESSAGE_AS_REQ, 1, FACT_REQUEST, "krb5-as", "attempt", read_as_request },
    { MESSAGE_AS_REP, 0, FACT_ANSWER, "krb5-as", "success", read_reply },
    { MESSAGE_TGS_REQ, 1, FACT_ALONE, "krb5-tgs", "attempt", read_nothing },
    { MESSAGE_TGS_REP, 0, FACT_ALONE, "krb5-tgs", "success", read_reply },
    { MESSAGE_ERROR, 0, FACT_ANSWER, "krb5-as", "failure", read_error },
};

static const struct message *
find_message(uint8_t tag)
{
    for (size_t i = 0; i < sizeof(messages) / sizeof(*messages); i++)
        if (DER_APPLICATION(messages[i].type) == tag)
            return &messages[i];
    return NULL;
}

/* One message that is all there. */
static enum parse_result
read_message(struct rd r, const struct parse_input *in, const struct parse_output *out)
{
    const struct message *m = find_message(rd_peek(&r));
    struct rd body, field;
    struct fact f;
    bool is_login = false;
    int32_t version, type;

    if (m == NULL)
        return PARSE_NOT_MINE;
    body = der_value(&r, DER_APPLICATION(m->type));
    if (!body.ok || rd_left(&r) > 0)
        return PARSE_BAD;
    body = der_value(&body, DER_SEQUENCE);
    field = der_value(&body, DER_CONTEXT(m->version_tag));
    version = der_integer(&field);
    field = der_value(&body, DER_CONTEXT(m->version_tag + 1));
    type = der_integer(&field);
    if (!body.ok || !field.ok || version != KERBEROS_VERSION || type != m->type)
        return PARSE_BAD;
    fact_begin(&f, FACT_LOGIN);
    f.pairing = m->pairing;
    fact_word(&f, KEY_RESULT, m->result);
    if (!m->read(body, &f, &is_login))
        return PARSE_BAD;
    fact_word(&f, KEY_METHOD, m->method); /* unless reading found another */
    if (is_login)
        out->fact(out->context, &f);
    tell_device(&f, in, out);
    return PARSE_OK;
}

/* Whether what is there can be the beginning of a message of `length` bytes (0: not said yet). */
static enum parse_result
check_start(struct rd r, size_t length)
{
    size_t value_length, head_length;
    struct rd start = r;

    if (rd_left(&r) == 0)
        return PARSE_MORE;
    if (find_message(rd_peek(&r)) == NULL)
        return PARSE_NOT_MINE;
    (void)der_head(&r, &value_length);
    if (!r.ok)
        return rd_left(&start) < 2 + sizeof(uint32_t) ? PARSE_MORE : PARSE_NOT_MINE;
    head_length = (size_t)(r.p - start.p);
    return value_length + head_length == length ? PARSE_OK : PARSE_NOT_MINE;
}

/* Over TCP four octets of length stand before each message; the high bit is 0 (RFC 4120, 7.2.2). */
static enum parse_result
parse_stream(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, message;
    enum parse_result start;
    uint32_t length;

    length = rd_u32(&r);
    if (!r.ok)
        return PARSE_MORE;
    if (length == 0 || length > MESSAGE_MAX)
        return PARSE_NOT_MINE;
    start = check_start(r, length);
    if (start != PARSE_OK)
        return start;
    message = rd_sub(&r, length);
    if (!message.ok)
        return PARSE_MORE;
    in->data = r;
    return read_message(message, in, out);
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rd message = in->data;
    enum parse_result result;

    if (in->transport == PARSE_TCP)
        return parse_stream(in, out);
    if (find_message(rd_peek(&message)) == NULL)
        return PARSE_NOT_MINE;
    if (in->is_cut)
        return PARSE_MORE;
    result = check_start(message, rd_left(&message));
    if (result != PARSE_OK)
        return result;
    rd_skip(&in->data, rd_left(&in->data));
    return read_message(message, in, out);
}

const struct parser parser_kerberos = {
    .name = "kerberos",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { 88, 750 },
    .anywhere = true,
    .settles = true,
    .parse = parse,
};
