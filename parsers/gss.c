/* SPDX-License-Identifier: BSD-2-Clause
 *
 * GSS-API's framing is an APPLICATION 0 with the mechanism's OID; SPNEGO's answers come without it.
 * What SPNEGO wraps is NTLM, or GSS-API's framing again, or a bare AP-REQ.
 */
#include "gss.h"
#include "der.h"
#include "kerberos_name.h"
#include "login.h"
#include "ntlmssp.h"

#define TAG_OID 0x06
#define DEPTH_MAX 3        /* GSS-API > SPNEGO > GSS-API > Kerberos */
#define KRB5_AP_REQ 0x0100 /* RFC 4121, 4.1 */
#define AP_REQ DER_APPLICATION(14)

static const uint8_t oid_spnego[] = { 0x2b, 0x06, 0x01, 0x05, 0x05, 0x02 };
static const uint8_t oid_krb5[] = { 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x12, 0x01, 0x02, 0x02 };
static const uint8_t oid_krb5_microsoft[] = { 0x2a, 0x86, 0x48, 0x82, 0xf7, 0x12, 0x01, 0x02,
    0x02 };

static bool
is_oid(const struct rd *r, const uint8_t *oid, size_t n)
{
    return rd_left(r) == n && memcmp(r->p, oid, n) == 0;
}

/* The token within NegTokenInit or NegTokenResp: both hold it under [2]. */
static struct rd
inner_token(struct rd choice)
{
    struct rd sequence = der_value(&choice, DER_SEQUENCE), skipped, token = { 0 };

    (void)der_optional(&sequence, DER_CONTEXT(0), &skipped);
    (void)der_optional(&sequence, DER_CONTEXT(1), &skipped);
    if (!sequence.ok || !der_optional(&sequence, DER_CONTEXT(2), &token))
        return (struct rd){ 0 };
    return der_value(&token, DER_OCTET_STRING);
}

/* AP-REQ (RFC 4120, 5.5.1): pvno [0], msg-type [1], ap-options [2], ticket [3], authenticator [4].
 * The client's name is sealed in the last two; what he wants to log in to is not. */
static bool
read_ap_req(struct rd r, uint32_t transaction, const struct parse_output *out)
{
    struct rd request = der_value(&r, AP_REQ), ticket, realm;
    struct kerberos_name service;
    struct fact f;

    request = der_value(&request, DER_SEQUENCE);
    for (uint8_t i = 0; i <= 2; i++)
        (void)der_value(&request, DER_CONTEXT(i));
    ticket = der_value(&request, DER_CONTEXT(3));
    if (!request.ok || !kerberos_read_ticket(&ticket, &realm, &service))
        return false;
    login_begin_attempt(&f, "krb5-ap", transaction);
    fact_text(&f, KEY_REALM, realm.p, rd_left(&realm));
    fact_text(&f, KEY_TARGET, service.text, service.length);
    out->fact(out->context, &f);
    return true;
}

bool
gss_token(struct rd token, uint32_t transaction, const struct parse_input *in,
    const struct parse_output *out)
{
    for (unsigned depth = 0; depth < DEPTH_MAX; depth++) {
        struct rd r = token, body, oid;
        uint8_t tag = rd_peek(&token);

        if (ntlmssp_is(token))
            return ntlmssp_token(token, transaction, in, out);
        if (tag == AP_REQ)
            return read_ap_req(token, transaction, out);
        if (tag == DER_CONTEXT(0) || tag == DER_CONTEXT(1)) {
            token = inner_token(der_value(&r, tag));
        } else if (tag == DER_APPLICATION(0)) {
            body = der_value(&r, tag);
            oid = der_value(&body, TAG_OID);
            if (is_oid(&oid, oid_krb5, sizeof oid_krb5) ||
                is_oid(&oid, oid_krb5_microsoft, sizeof oid_krb5_microsoft))
                return rd_u16(&body) == KRB5_AP_REQ && read_ap_req(body, transaction, out);
            if (!is_oid(&oid, oid_spnego, sizeof oid_spnego))
                return false;
            token = body;
        } else {
            return false;
        }
        if (!token.ok)
            return false;
    }
    return false;
}

void
gss_result(bool is_success, uint32_t transaction, const struct parse_output *out)
{
    struct fact f;

    login_begin_answer(&f, transaction, is_success);
    out->fact(out->context, &f);
}
