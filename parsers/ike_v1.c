/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What version 1 of IKE (RFC 2407 to 2409) shows in clear: the initiator's identity in aggressive
 * mode, which is a group's name where XAUTH (draft-beaulieu-ike-xauth-02) asks for the person's
 * later; the method of authentication that the responder chose; notifications that are not yet
 * encrypted. Distinguished names and addresses are no accounts. With XAUTH nobody knows who was let
 * in, so how it ends is not told.
 */
#include "ike_internal.h"
#include "login.h"
#include "text.h"

#define TYPE_SA 1
#define TYPE_PROPOSAL 2
#define TYPE_TRANSFORM 3
#define TYPE_IDENTITY 5
#define TYPE_NOTIFY 11
#define EXCHANGE_TRANSACTION 6 /* XAUTH, or an address asked for */
#define ID_FQDN 2
#define ID_USER_FQDN 3
#define ID_KEY 11
#define SITUATION_BYTES 8 /* DOI and SIT_IDENTITY_ONLY */
#define PROPOSAL_BYTES 3  /* number, protocol, then the SPI's length */
#define ATTRIBUTE_SHORT 0x8000
#define ATTRIBUTE_METHOD 3
#define ATTRIBUTES_MOST 32
#define METHOD_XAUTH_FIRST 65001
#define METHOD_XAUTH_LAST 65010
#define METHOD_HYBRID_FIRST 64221 /* draft-zegman-ike-hybrid-auth-01: XAUTH too */
#define METHOD_HYBRID_LAST 64226

/* RFC 2408, 3.14.1: those that say no to who somebody is. */
static const struct {
    uint16_t type;
    const char *name;
} refusals[] = {
    { 18, "INVALID-ID-INFORMATION" },
    { 20, "INVALID-CERTIFICATE" },
    { 22, "INVALID-CERT-AUTHORITY" },
    { 23, "INVALID-HASH-INFORMATION" },
    { 24, "AUTHENTICATION-FAILED" },
    { 25, "INVALID-SIGNATURE" },
};

static bool
is_text(struct rd r)
{
    bool any = rd_left(&r) > 0;

    while (rd_left(&r) > 0) {
        uint8_t c = rd_u8(&r);

        if (c < ' ' || c > '~')
            return false;
    }
    return any;
}

/* By what the two flows of an SA have in common. */
static void
tell_login(struct fact *f, enum fact_pairing pairing, const struct ike_state *s,
    const struct parse_output *out)
{
    uint64_t spi = s->spi[IKE_INITIATOR];

    f->pairing = (uint8_t)pairing;
    f->transaction = (uint32_t)(spi ^ spi >> 32);
    f->is_across = true;
    out->fact(out->context, f);
}

static void
tell_identity(struct rd body, struct ike_state *s, const struct parse_output *out)
{
    uint8_t type = rd_u8(&body);
    struct fact f;

    rd_skip(&body, 3); /* protocol and port */
    if (!body.ok || (type != ID_FQDN && type != ID_USER_FQDN && type != ID_KEY) || !is_text(body))
        return;
    fact_begin(&f, FACT_LOGIN);
    login_account(&f, body);
    fact_word(&f, KEY_RESULT, "attempt");
    fact_word(&f, KEY_METHOD, "ike-id");
    if (fact_has(&f, KEY_ACCOUNT))
        tell_login(&f, FACT_REQUEST, s, out);
}

static void
tell_end(const char *reason, struct ike_state *s, const struct parse_output *out)
{
    struct fact f;

    if (s->is_ended || (s->exchange != 0 && s->exchange != IKE_AGGRESSIVE))
        return;
    s->is_ended = true;
    fact_begin(&f, FACT_LOGIN);
    fact_word(&f, KEY_RESULT, reason == NULL ? "success" : "failure");
    if (reason == NULL)
        fact_flag(&f, KEY_INFERRED);
    else
        fact_word(&f, KEY_REASON, reason);
    tell_login(&f, FACT_ANSWER, s, out);
}

static void
read_notify(struct rd body, struct ike_state *s, const struct parse_output *out)
{
    uint16_t type;

    rd_skip(&body, 4 + 1 + 1); /* DOI, protocol, the SPI's length */
    type = rd_u16(&body);
    if (!body.ok)
        return;
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].type == type) {
            tell_end(refusals[i].name, s, out);
            return;
        }
}

/* The method in the first transform of the first proposal, all that a responder sends; 0 when it
 * is not there. */
static uint16_t
method_of(struct rd sa)
{
    struct rd proposal, transform;
    uint8_t next = TYPE_PROPOSAL, type, spi_bytes;

    rd_skip(&sa, SITUATION_BYTES);
    if (!ike_payload(&sa, &next, &type, &proposal))
        return 0;
    rd_skip(&proposal, PROPOSAL_BYTES - 1);
    spi_bytes = rd_u8(&proposal);
    rd_skip(&proposal, 1u + spi_bytes); /* count of transforms */
    next = TYPE_TRANSFORM;
    if (!ike_payload(&proposal, &next, &type, &transform))
        return 0;
    rd_skip(&transform, 4); /* number, transform, reserved */
    for (unsigned i = 0; i < ATTRIBUTES_MOST && rd_left(&transform) > 0; i++) {
        uint16_t kind = rd_u16(&transform), value = rd_u16(&transform);

        if (kind == (ATTRIBUTE_SHORT | ATTRIBUTE_METHOD) && transform.ok)
            return value;
        if ((kind & ATTRIBUTE_SHORT) == 0)
            rd_skip(&transform, value);
    }
    return 0;
}

void
ike_v1_payloads(const struct ike_message *m, struct ike_state *s, const struct parse_output *out)
{
    struct rd r = m->payloads, body;
    uint8_t next = m->next, type;

    s->is_ended |= m->exchange == EXCHANGE_TRANSACTION;
    while (ike_payload(&r, &next, &type, &body)) {
        if (type == TYPE_IDENTITY && m->end == IKE_INITIATOR && s->exchange != 0)
            tell_identity(body, s, out);
        else if (type == TYPE_NOTIFY)
            read_notify(body, s, out);
        else if (type == TYPE_SA && m->end == IKE_RESPONDER) {
            uint16_t method = method_of(body);

            s->is_xauth = (method >= METHOD_XAUTH_FIRST && method <= METHOD_XAUTH_LAST) ||
                          (method >= METHOD_HYBRID_FIRST && method <= METHOD_HYBRID_LAST);
            s->is_ended |= s->is_xauth;
        }
    }
}

void
ike_v1_accepted(struct ike_state *s, const struct parse_output *out)
{
    tell_end(NULL, s, out);
}
