/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The client is whoever authenticates; where both do, each is one. CHAP's algorithm is known from
 * LCP, or from MS-CHAP's response of 49 octets.
 */
#include "ppp.h"
#include "login.h"
#include <stdio.h>

#define HDLC_ADDRESS 0xff
#define HDLC_CONTROL 0x03
#define PROTOCOL_LCP 0xc021
#define PROTOCOL_PAP 0xc023
#define PROTOCOL_CHAP 0xc223
#define PROTOCOL_EAP 0xc227
#define PROTOCOL_IPCP 0x8021
#define HEADER_BYTES 4
#define CONFIGURE_REQUEST 1
#define CONFIGURE_ACK 2
#define TERMINATE_REQUEST 5
#define LCP_AUTHENTICATION 3
#define IPCP_ADDRESS 3
#define PAP_REQUEST 1
#define PAP_ACK 2
#define PAP_NAK 3
#define CHAP_RESPONSE 2
#define CHAP_SUCCESS 3
#define CHAP_FAILURE 4
#define CHAP_MD5 5
#define CHAP_MS 0x80
#define CHAP_MS2 0x81
#define CHAP_MS_BYTES 49 /* of a response: RFC 2433, 4 and RFC 2759, 4 */
#define EAP_RESPONSE 2
#define EAP_SUCCESS 3
#define EAP_FAILURE 4
#define OPTIONS_MAX 32

struct frame {
    uint8_t code, id;
    struct rd body;
    struct ppp_state *state;
    const struct fact *about;
    const struct parse_input *in;
    const struct parse_output *out;
};

static void
tell(const struct frame *p, struct fact *f, const char *result, uint32_t transaction)
{
    fact_word(f, KEY_RESULT, result);
    f->transaction = transaction;
    if (p->about != NULL)
        fact_fill(f, p->about);
    p->out->fact(p->out->context, f);
}

/* s->name is set: of n bytes, none when it did not fit, since half a name is another's. */
static void
begin_session(const struct frame *p, uint8_t n)
{
    struct ppp_state *s = p->state;

    s->client_is_originator = p->in->from_client;
    s->is_let_in = false;
    memset(s->inside, 0, sizeof s->inside);
    s->name_length = n;
}

static void
tell_attempt(const struct frame *p, struct rd name, const char *method, uint32_t transaction)
{
    size_t n = rd_left(&name) <= PPP_NAME ? rd_left(&name) : 0;
    struct fact f;

    if (!name.ok || rd_left(&name) == 0)
        return;
    memcpy(p->state->name, name.p, n);
    begin_session(p, (uint8_t)n);
    fact_begin(&f, FACT_LOGIN);
    f.pairing = FACT_REQUEST;
    login_account(&f, name);
    fact_word(&f, KEY_METHOD, method);
    if (p->in->transport != PARSE_LINK)
        fact_address(&f, KEY_OUTSIDE, &p->in->source);
    tell(p, &f, "attempt", transaction);
}

static void
tell_result(const struct frame *p, bool is_success, uint32_t transaction)
{
    struct fact f;

    p->state->is_let_in = is_success;
    fact_begin(&f, FACT_LOGIN);
    f.pairing = FACT_ANSWER;
    tell(p, &f, is_success ? "success" : "failure", transaction);
}

/* Calls take_option for each; false: a length lies. */
static bool
each_option(struct frame *p, void (*take_option)(struct frame *p, uint8_t type, struct rd value))
{
    struct rd r = p->body;

    for (unsigned i = 0; i < OPTIONS_MAX && rd_left(&r) > 0; i++) {
        uint8_t type = rd_u8(&r), length = rd_u8(&r);
        struct rd value;

        if (length < 2)
            return false;
        value = rd_sub(&r, length - 2u);
        if (!value.ok)
            return false;
        take_option(p, type, value);
    }
    return true;
}

static void
see_authentication(struct frame *p, uint8_t type, struct rd value)
{
    if (type == LCP_AUTHENTICATION && rd_u16(&value) == PROTOCOL_CHAP)
        p->state->chap = rd_u8(&value);
}

/* The session of whoever was let in ends; said once, whoever ends it. */
static void
tell_logout(const struct frame *p)
{
    struct in6_addr inside = { { { [10] = 0xff, [11] = 0xff } } };
    struct ppp_state *s = p->state;
    bool is_of_client = p->in->from_client == s->client_is_originator;
    static const uint8_t none[sizeof s->inside];
    struct fact f;

    if (!s->is_let_in || s->name_length == 0)
        return;
    s->is_let_in = false;
    fact_begin(&f, FACT_LOGOUT);
    login_account(&f, rd_of(s->name, s->name_length));
    fact_word(&f, KEY_METHOD, "lcp");
    if (p->in->transport != PARSE_LINK)
        fact_address(&f, KEY_OUTSIDE, is_of_client ? &p->in->source : &p->in->destination);
    if (memcmp(s->inside, none, sizeof none) != 0) {
        memcpy(inside.s6_addr + 12, s->inside, sizeof s->inside);
        fact_address(&f, KEY_INSIDE, &inside);
    }
    if (p->about != NULL)
        fact_fill(&f, p->about);
    p->out->fact(p->out->context, &f);
}

static enum parse_result
read_lcp(struct frame *p)
{
    if (p->code == TERMINATE_REQUEST)
        tell_logout(p);
    if (p->code == CONFIGURE_REQUEST && !each_option(p, see_authentication))
        return PARSE_BAD;
    return PARSE_OK;
}

static enum parse_result
read_pap(struct frame *p)
{
    struct rd name;

    if (p->code == PAP_REQUEST) {
        name = rd_sub(&p->body, rd_u8(&p->body));
        rd_skip(&p->body, rd_u8(&p->body)); /* the password */
        if (!p->body.ok)
            return PARSE_BAD;
        tell_attempt(p, name, "pap", p->id);
    } else if (p->code == PAP_ACK || p->code == PAP_NAK) {
        tell_result(p, p->code == PAP_ACK, p->id);
    } else {
        return PARSE_BAD;
    }
    return PARSE_OK;
}

static const char *
chap_method(const struct ppp_state *s, uint8_t value_bytes)
{
    if (value_bytes != CHAP_MS_BYTES || s->chap == CHAP_MD5)
        return "chap";
    return s->chap == CHAP_MS ? "mschap" : "mschapv2";
}

/* Both ends may ask each other: identifiers are told apart by who asked, where that is known. */
static enum parse_result
read_chap(struct frame *p)
{
    bool is_answer = p->code == CHAP_SUCCESS || p->code == CHAP_FAILURE;
    bool is_originator = p->in->transport != PARSE_LINK && p->in->from_client != is_answer;
    uint32_t transaction = p->id | (is_originator ? 0x100u : 0u);
    uint8_t bytes;

    if (is_answer) {
        tell_result(p, p->code == CHAP_SUCCESS, transaction);
    } else if (p->code == CHAP_RESPONSE) {
        bytes = rd_u8(&p->body);
        rd_skip(&p->body, bytes);
        if (!p->body.ok)
            return PARSE_BAD;
        tell_attempt(p, p->body, chap_method(p->state, bytes), transaction);
    }
    return PARSE_OK;
}

static void
see_address(struct frame *p, uint8_t type, struct rd value)
{
    struct in6_addr inside = { { { [10] = 0xff, [11] = 0xff } } };
    struct ppp_state *s = p->state;
    const uint8_t *bytes = rd_bytes(&value, 4);
    struct fact f;

    if (type != IPCP_ADDRESS || bytes == NULL || !s->is_let_in || s->name_length == 0 ||
        p->in->from_client == s->client_is_originator)
        return;
    memcpy(s->inside, bytes, sizeof s->inside);
    memcpy(inside.s6_addr + 12, bytes, sizeof s->inside);
    fact_begin(&f, FACT_LOGIN);
    login_account(&f, rd_of(s->name, s->name_length));
    fact_word(&f, KEY_METHOD, "ipcp");
    fact_address(&f, KEY_OUTSIDE, &p->in->destination);
    fact_address(&f, KEY_INSIDE, &inside);
    tell(p, &f, "success", 0);
}

/* What the server acknowledges is the client's address. */
static enum parse_result
read_ipcp(struct frame *p)
{
    if (p->code == CONFIGURE_ACK && p->in->transport != PARSE_LINK && !each_option(p, see_address))
        return PARSE_BAD;
    return PARSE_OK;
}

/* Whoever answers is the client; what EAP says of it, it says of the session too. */
static enum parse_result
read_eap(struct frame *p, struct rd frame)
{
    struct ppp_state *s = p->state;
    uint8_t code = rd_peek(&frame);
    const char *account, *realm;
    struct parse_nested which = { .key = 1 };
    enum parse_result result;
    struct rd packet = frame;
    struct fact about, name;
    int n;

    fact_begin(&name, FACT_LOGIN);
    if (eap_name(frame, &name)) {
        account = fact_get_text(&name, KEY_ACCOUNT);
        realm = fact_get_text(&name, KEY_REALM);
        n = account == NULL ? 0
                            : snprintf(s->name, PPP_NAME, "%s%s%s", realm == NULL ? "" : realm,
                                  realm == NULL ? "" : "\\", account);
        begin_session(p, n < PPP_NAME ? (uint8_t)n : 0);
    }
    if (code == EAP_SUCCESS || code == EAP_FAILURE)
        s->is_let_in = code == EAP_SUCCESS;
    fact_begin(&about, FACT_LOGIN);
    if (p->in->transport != PARSE_LINK)
        fact_address(
            &about, KEY_OUTSIDE, code == EAP_RESPONSE ? &p->in->source : &p->in->destination);
    if (p->about != NULL)
        fact_fill(&about, p->about);
    result = eap_packet(&frame, 0, &about, p->out);
    (void)fact_get_address(&about, KEY_OUTSIDE, &which.address);
    if (result == PARSE_OK)
        (void)eap_tls_packet(packet, &s->tls, &which, p->out);
    return result;
}

static const struct {
    uint16_t protocol;
    enum parse_result (*read)(struct frame *p);
} readers[] = {
    { PROTOCOL_LCP, read_lcp },
    { PROTOCOL_PAP, read_pap },
    { PROTOCOL_CHAP, read_chap },
    { PROTOCOL_IPCP, read_ipcp },
};

/* A protocol field whose first octet is odd has but one (RFC 1661, 6.5). */
static uint16_t
read_protocol(struct rd *r)
{
    uint16_t protocol;

    if (rd_peek(r) == HDLC_ADDRESS)
        rd_skip(r, 2);
    protocol = rd_u8(r);
    if ((protocol & 1) == 0)
        protocol = (uint16_t)(protocol << 8 | rd_u8(r));
    return protocol;
}

enum parse_result
ppp_frame(struct rd frame, struct ppp_state *s, const struct fact *about,
    const struct parse_input *in, const struct parse_output *out)
{
    struct frame p = { .state = s, .about = about, .in = in, .out = out };
    uint16_t protocol = read_protocol(&frame), length;
    size_t i = 0;

    if (!frame.ok)
        return PARSE_MORE;
    if (protocol == PROTOCOL_EAP)
        return read_eap(&p, frame);
    while (i < sizeof readers / sizeof readers[0] && readers[i].protocol != protocol)
        i++;
    if (i == sizeof readers / sizeof readers[0])
        return PARSE_NOT_MINE;
    p.code = rd_u8(&frame);
    p.id = rd_u8(&frame);
    length = rd_u16(&frame);
    if (!frame.ok)
        return PARSE_MORE;
    if (length < HEADER_BYTES)
        return PARSE_BAD;
    p.body = rd_sub(&frame, (size_t)length - HEADER_BYTES);
    return p.body.ok ? readers[i].read(&p) : PARSE_MORE;
}
