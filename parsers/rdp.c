/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RDP ([MS-RDPBCGR]) from its first byte to where it is sealed: the name in the X.224 request's
 * cookie, where its routing token points, what security is agreed on; without TLS also what the
 * client says of itself (rdp_mcs.c), who logs on (rdp_info.c), who has (rdp_logon.c) or was refused
 * (rdp_refusal.c). CredSSP without TLS is read for its NTLM or Kerberos token.
 *
 * How far the client is: from the server's X.224 confirm to what the client sends next.
 *
 * With TLS, as nearly always, all that is left is the cookie and the TLS handshake, which the
 * parsers for that get. A cookie's name of nine characters may be the beginning of a longer one.
 */
#include "der.h"
#include "gss.h"
#include "login.h"
#include "rdp_internal.h"
#include "text.h"
#include <stdio.h>

#define PORT 3389
#define TPKT_VERSION 3
#define TPKT_HEAD 4
#define TPKT_LEAST 7 /* with an X.224 data header */
#define X224_REQUEST 0xe0
#define X224_CONFIRM 0xd0
#define X224_DATA 0xf0
#define X224_DATA_LENGTH 2
#define X224_END 0x80
#define X224_FIXED 6 /* of a request or confirm, behind its length */
#define NEGOTIATION_REQUEST 1
#define NEGOTIATION_RESPONSE 2
#define NEGOTIATION_FAILURE 3
#define NEGOTIATION_LENGTH 8
#define PROTOCOL_RDP 0
#define COOKIE_CUT 9 /* characters of the cookie's name that Microsoft's client keeps */
#define MCS_CONNECT_INITIAL 0x7f
#define MESSAGES_MAX 64       /* of the client before its Client Info PDU; channels take one each */
#define LOGON_MAX 2048        /* longest TPKT of a server that may tell of a logon */
#define FAST_PATH_ACTION 0x03 /* 0 in a fast-path PDU */
#define FAST_PATH_LEAST 2
#define TS_REQUEST 0x30
#define TS_VERSION_MAX 6
#define TS_HEAD_MAX 6 /* tag and length */
#define TS_REQUEST_MAX 16000

enum rdp_step {
    STEP_START,
    STEP_REQUESTED,
    STEP_PLAIN,  /* RDP's own security or none */
    STEP_SEALED, /* TLS, or CredSSP, comes next */
    STEP_OVER
};

void
rdp_text(struct fact *f, enum fact_key key, struct rd units)
{
    char text[FACT_TEXT_MAX];

    fact_text(f, key, text, text_from_utf16le(text, sizeof(text), units));
}

void
rdp_tell_session(struct rdp_state *s, const char *version, const struct parse_output *out)
{
    struct fact f;

    if (s->is_told)
        return;
    s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "RDP");
    fact_text(&f, KEY_TARGET, s->target, strnlen(s->target, sizeof(s->target)));
    if (version != NULL)
        fact_word(&f, KEY_VERSION, version);
    out->fact(out->context, &f);
}

static void
tell_cookie(struct rd name, const struct parse_output *out)
{
    struct fact f;
    bool may_be_cut;

    name = text_trim(name);
    may_be_cut = rd_left(&name) == COOKIE_CUT;
    if (rd_left(&name) == 0)
        return;
    login_begin_attempt(&f, "rdp-cookie", RDP_COOKIE);
    login_account(&f, name);
    if (may_be_cut)
        fact_word(&f, KEY_STATUS, "prefix");
    out->fact(out->context, &f);
}

/* Address and port as little-endian numbers in decimal: "3640205228.15629.0000". */
static void
keep_route(struct rdp_state *s, struct rd token)
{
    struct rd part, port;
    uint64_t ip, n;

    if (!text_take_until(&token, ".", &part) || !text_take_until(&token, ".", &port) ||
        !text_to_number(part, &ip) || !text_to_number(port, &n) || ip > UINT32_MAX ||
        n > UINT16_MAX)
        return;
    (void)snprintf(s->target, sizeof(s->target), "%u.%u.%u.%u:%u", (unsigned)(ip & 0xff),
        (unsigned)(ip >> 8 & 0xff), (unsigned)(ip >> 16 & 0xff), (unsigned)(ip >> 24),
        (unsigned)((n & 0xff) << 8 | n >> 8));
}

/* rdpNegReq, rdpNegRsp, rdpNegFailure: type, flags, length 8, a 32-bit word. */
static bool
take_negotiation(struct rd *r, uint8_t type, uint32_t *word)
{
    struct rd at = *r;
    bool fits = rd_u8(&at) == type;

    rd_skip(&at, 1);
    fits &= rd_u16_le(&at) == NEGOTIATION_LENGTH;
    *word = rd_u32_le(&at);
    if (!fits || !at.ok)
        return false;
    *r = at;
    return true;
}

/* [cookie or token CR LF] [negotiation] [correlation]: 2.2.1.1. Other users of X.224 put parameters
 * of ISO 8073 there. */
static enum parse_result
read_request(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    struct rd line = rd_of(NULL, 0), name;
    bool has_line = text_take_until(&r, "\r\n", &line);
    uint32_t word;

    if (rd_left(&r) > 0 && !take_negotiation(&r, NEGOTIATION_REQUEST, &word))
        return PARSE_NOT_MINE;
    name = line;
    if (text_take(&name, "Cookie: mstshash="))
        tell_cookie(name, out);
    else if (text_take(&name, "Cookie: msts="))
        keep_route(s, name);
    else if (has_line && !text_take(&name, "Cookie: ") && !text_take(&name, "tsv://"))
        return PARSE_NOT_MINE;
    s->step = STEP_REQUESTED;
    return PARSE_OK;
}

static enum parse_result
read_confirm(
    struct rd r, const struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    uint32_t word = PROTOCOL_RDP;

    if (take_negotiation(&r, NEGOTIATION_FAILURE, &word)) {
        rdp_tell_negotiation(word, out);
        s->step = STEP_OVER;
        return PARSE_OK;
    }
    if (!take_negotiation(&r, NEGOTIATION_RESPONSE, &word) &&
        (rd_left(&r) > 0 || s->step == STEP_START))
        return PARSE_NOT_MINE;
    s->step = word == PROTOCOL_RDP ? STEP_PLAIN : STEP_SEALED;
    if (s->step == STEP_SEALED)
        rdp_tell_session(s, NULL, out);
    answer_expect(&s->answer, in);
    return PARSE_OK;
}

static enum parse_result
read_server_data(struct rd r, struct rdp_state *s, const struct parse_output *out)
{
    bool is_logon = false;

    if (!rdp_read_logon(r, s, out, &is_logon))
        return PARSE_BAD;
    s->is_done[0] = is_logon;
    return PARSE_OK;
}

static enum parse_result
read_data(
    struct rd r, const struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    bool is_info = false;

    if (s->step == STEP_PLAIN && !in->from_client)
        return read_server_data(r, s, out);
    if (rd_peek(&r) == MCS_CONNECT_INITIAL) {
        if (!rdp_read_connect_initial(r, in, s, out))
            return s->step == STEP_START ? PARSE_NOT_MINE : PARSE_BAD;
        s->step = STEP_PLAIN;
        return PARSE_OK;
    }
    if (s->step != STEP_PLAIN)
        return PARSE_NOT_MINE;
    if (!rdp_read_client_info(r, in, s, out, &is_info))
        return PARSE_BAD;
    s->is_done[1] = is_info || ++s->messages > MESSAGES_MAX;
    return PARSE_OK;
}

/* One TPKT (RFC 1006, 6) with one X.224 TPDU (ISO 8073) in it. */
static enum parse_result
read_tpkt(struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    struct rd r = in->data, tpdu;
    uint8_t version = rd_u8(&r), reserved = rd_u8(&r), length, code, class_option = 0;
    uint16_t bytes = rd_u16(&r);
    enum parse_result result;

    if (version != TPKT_VERSION || (rd_left(&in->data) > 1 && reserved != 0))
        return PARSE_NOT_MINE;
    if (!r.ok)
        return PARSE_MORE;
    if (bytes < TPKT_LEAST)
        return PARSE_NOT_MINE;
    tpdu = rd_sub_upto(&r, bytes - TPKT_HEAD);
    length = rd_u8(&tpdu);
    code = rd_u8(&tpdu);
    if (tpdu.ok && code != X224_DATA && (length < X224_FIXED || length + 1 != bytes - TPKT_HEAD))
        return PARSE_NOT_MINE;
    if (tpdu.ok && code != X224_REQUEST && code != X224_CONFIRM && code != X224_DATA)
        return PARSE_NOT_MINE;
    if (rd_left(&in->data) < bytes)
        return PARSE_MORE;
    if (code == X224_DATA) {
        if (length != X224_DATA_LENGTH || rd_u8(&tpdu) != X224_END)
            return PARSE_NOT_MINE;
        result = read_data(tpdu, in, s, out);
    } else {
        rd_skip(&tpdu, X224_FIXED - 2); /* references */
        class_option = rd_u8(&tpdu);
        if (class_option != 0)
            return PARSE_NOT_MINE;
        result = code == X224_REQUEST ? read_request(tpdu, s, out) : read_confirm(tpdu, in, s, out);
    }
    if (result == PARSE_OK)
        in->data = r;
    return result;
}

/* TSRequest ::= SEQUENCE { version [0] INTEGER, negoTokens [1] SEQUENCE OF SEQUENCE { [0] OCTET
 * STRING } OPTIONAL, ... }: [MS-CSSP] 2.2.1 */
static enum parse_result
read_credssp(struct parse_input *in, const struct parse_output *out)
{
    struct rd r = in->data, message, field, token;
    size_t length;
    int32_t version;

    (void)der_head(&r, &length);
    if (!r.ok)
        return rd_left(&in->data) < TS_HEAD_MAX ? PARSE_MORE : PARSE_NOT_MINE;
    if (length > TS_REQUEST_MAX)
        return PARSE_NOT_MINE;
    message = rd_sub(&r, length);
    if (!message.ok)
        return PARSE_MORE;
    field = der_value(&message, DER_CONTEXT(0));
    version = der_integer(&field);
    if (!field.ok || version < 1 || version > TS_VERSION_MAX)
        return PARSE_NOT_MINE;
    if (der_optional(&message, DER_CONTEXT(1), &field)) {
        token = der_value(&field, DER_SEQUENCE);
        token = der_value(&token, DER_SEQUENCE);
        token = der_value(&token, DER_CONTEXT(0));
        token = der_value(&token, DER_OCTET_STRING);
        if (!token.ok)
            return PARSE_BAD;
        (void)gss_token(token, 0, in, out);
    }
    in->data = r;
    return PARSE_OK;
}

/* Without TLS: a PDU of the server's that cannot tell of a logon, by its length or as fast-path
 * ([MS-RDPBCGR] 2.2.9.1.2), is passed over. */
static enum parse_result
read_server(struct parse_input *in, struct rdp_state *s, const struct parse_output *out)
{
    struct rd r = in->data;
    uint8_t first = rd_u8(&r), second = rd_u8(&r);
    size_t length, here = rd_left(&in->data);

    if (first == TPKT_VERSION) {
        length = rd_u16(&r);
        if (!r.ok || length <= LOGON_MAX)
            return read_tpkt(in, s, out);
    } else {
        length = second < 0x80 ? second : (size_t)(second & 0x7f) << 8 | rd_u8(&r);
        if (!r.ok)
            return PARSE_MORE;
        if ((first & FAST_PATH_ACTION) != 0 || length < FAST_PATH_LEAST)
            return PARSE_BAD;
    }
    in->skip = length > here ? length - here : 0;
    rd_skip(&in->data, length > here ? here : length);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct rdp_state *s = (struct rdp_state *)in->state;

    if (rd_left(&in->data) == 0)
        return PARSE_MORE;
    if (in->from_client) /* it goes on at once: with its MCS Connect Initial, or TLS */
        answer_tell(&s->answer, "rdp", NULL, "connection-confirm", in, out);
    else
        answer_forget(&s->answer);
    if (s->step == STEP_OVER || s->is_done[in->from_client]) {
        rd_skip(&in->data, rd_left(&in->data));
        return PARSE_OK;
    }
    if (s->step == STEP_SEALED && rd_peek(&in->data) == TS_REQUEST)
        return read_credssp(in, out);
    if (s->step == STEP_SEALED)
        return PARSE_NOT_MINE;
    if (s->step == STEP_PLAIN && !in->from_client)
        return read_server(in, s, out);
    return read_tpkt(in, s, out);
}

const struct parser parser_rdp = {
    .name = "rdp",
    .transports = PARSER_TCP,
    .ports = { PORT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
