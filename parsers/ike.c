/* SPDX-License-Identifier: BSD-2-Clause
 *
 * IKE, version 1 (RFC 2408, 2409) and 2 (RFC 7296): on UDP, behind four zero octets on port 4500
 * (RFC 3948), and on TCP (RFC 9329). A session is told when the responder accepts a proposal, or,
 * of one picked up later, when both ends have spoken of the same SPIs.
 *
 * Identities of version 2 and of main mode are encrypted, and so are most refusals; that somebody
 * logs in by EAP shows in the number of messages. Fragments (RFC 7383) are encrypted too. What
 * begins on port 500 and goes on on 4500 is two flows, joined by the initiator's SPI.
 */
#include "ike_internal.h"
#include "tunnel.h"

extern const struct parser parser_ike;

#define PORT 500
#define PORT_NAT 4500
#define HEADER_BYTES 28
#define PAYLOAD_HEADER 4
#define MARKER_BYTES 4
#define VERSION_1 0x10
#define VERSION_2 0x20
#define FLAGS_1 0x07 /* encrypted, commit, authentication only */
#define FLAG_ENCRYPTED 0x01
#define FLAGS_2 0x38 /* initiator, version, response */
#define FLAG_INITIATOR 0x08
#define EXCHANGE_1_LAST 6 /* transaction; 1 is base */
#define EXCHANGE_QUICK 32
#define EXCHANGE_GROUP 33
#define EXCHANGE_SA_INIT 34
#define EXCHANGE_AUTH 35
#define EXCHANGE_2_LAST 44 /* IANA's highest */
#define TYPE_SA_1 1
#define TYPE_SA_2 33
#define TYPE_SEALED 46
#define TYPE_SEALED_FRAGMENT 53

bool
ike_payload(struct rd *r, uint8_t *next, uint8_t *type, struct rd *body)
{
    uint16_t length;

    *type = *next;
    if (*next == 0 || *next == TYPE_SEALED || *next == TYPE_SEALED_FRAGMENT || !r->ok)
        return false;
    *next = rd_u8(r);
    rd_skip(r, 1);
    length = rd_u16(r);
    if (length < PAYLOAD_HEADER)
        r->ok = false;
    *body = rd_sub(r, r->ok ? (size_t)length - PAYLOAD_HEADER : 0);
    return r->ok && body->ok;
}

static bool
is_exchange(uint8_t version, uint8_t exchange)
{
    if (version == 2)
        return exchange >= EXCHANGE_SA_INIT && exchange <= EXCHANGE_2_LAST;
    return (exchange >= 1 && exchange <= EXCHANGE_1_LAST) || exchange == EXCHANGE_QUICK ||
           exchange == EXCHANGE_GROUP;
}

/* False when it is no header of a message of `length` octets. */
static bool
read_header(struct rd r, uint32_t length, struct ike_message *m)
{
    uint8_t version, flags;
    uint32_t said;

    *m = (struct ike_message){ 0 };
    m->spi[IKE_INITIATOR] = rd_u64(&r);
    m->spi[IKE_RESPONDER] = rd_u64(&r);
    m->next = rd_u8(&r);
    version = rd_u8(&r);
    m->exchange = rd_u8(&r);
    flags = rd_u8(&r);
    m->id = rd_u32(&r);
    said = rd_u32(&r);
    if (!r.ok || said != length || m->spi[IKE_INITIATOR] == 0 ||
        (version != VERSION_1 && version != VERSION_2))
        return false;
    m->version = version >> 4;
    m->is_encrypted = m->version == 1 && (flags & FLAG_ENCRYPTED) != 0;
    m->end = m->version == 2 && (flags & FLAG_INITIATOR) == 0 ? IKE_RESPONDER : IKE_INITIATOR;
    m->payloads = m->is_encrypted ? rd_of(r.p, 0) : r;
    if (m->is_encrypted)
        m->next = 0;
    return is_exchange(m->version, m->exchange) &&
           (flags & ~(m->version == 1 ? FLAGS_1 : FLAGS_2)) == 0;
}

/* Whether all payloads lie within; *has_sa when one of them is a proposal. */
static bool
payloads_fit(const struct ike_message *m, bool *has_sa)
{
    struct rd r = m->payloads, body;
    uint8_t next = m->next, type;
    unsigned count = 0;

    *has_sa = false;
    while (ike_payload(&r, &next, &type, &body)) {
        *has_sa |= type == TYPE_SA_1 || type == TYPE_SA_2;
        if (++count > IKE_PAYLOADS_MOST)
            return false;
    }
    return r.ok;
}

/* A message of an SA that the state does not know yet. Version 1 does not say who sent it: the
 * first message has no responder's SPI, and of a later one it is a guess. */
static void
begin(const struct ike_message *m, struct ike_state *s, const struct parse_input *in)
{
    bool is_first = m->spi[IKE_RESPONDER] == 0;

    *s = (struct ike_state){ .spi = { m->spi[IKE_INITIATOR], m->spi[IKE_RESPONDER] },
        .version = m->version,
        .exchange = is_first ? m->exchange : 0,
        .initiator_is_client =
            is_first || m->version == 2 ? in->from_client == (m->end == IKE_INITIATOR) : true,
        .is_told = s->is_told,
        .is_stream = s->is_stream };
}

static const char *
version_of(const struct ike_state *s)
{
    if (s->version == 2)
        return "IKEv2";
    if (s->exchange == 0)
        return "IKEv1";
    if (s->exchange == IKE_AGGRESSIVE)
        return s->is_xauth ? "IKEv1 aggressive mode, XAUTH" : "IKEv1 aggressive mode";
    return s->is_xauth ? "IKEv1 main mode, XAUTH" : "IKEv1 main mode";
}

static void
tell_session(struct ike_state *s, const struct parse_output *out)
{
    bool is_reversed = !s->initiator_is_client;
    const char *client = ike_vendor_name(s->software[is_reversed]);
    const char *server = ike_vendor_name(s->software[!is_reversed]);
    struct fact f;

    s->is_told = true;
    fact_begin(&f, FACT_SESSION_OPEN);
    fact_word(&f, KEY_APP, "IPsec");
    fact_word(&f, KEY_VERSION, version_of(s));
    if (client != NULL)
        fact_word(&f, KEY_SOFTWARE_CLIENT, client);
    if (server != NULL)
        fact_word(&f, KEY_SOFTWARE_SERVER, server);
    out->fact(out->context, &f);
}

static void
tell_vendors(const struct ike_message *m, struct ike_state *s, const struct parse_output *out)
{
    struct fact f;

    if (ike_vendor_list(m, &f, &s->software[m->end]))
        out->fact(out->context, &f);
}

/* RFC 7296, 2.16: with EAP the exchange takes more than one request. */
static void
tell_eap(const struct ike_message *m, struct ike_state *s, const struct parse_output *out)
{
    struct fact f;

    if (m->exchange != EXCHANGE_AUTH || m->version != 2 || s->is_eap_told)
        return;
    if (s->first_auth == 0)
        s->first_auth = m->id;
    if (m->id <= s->first_auth)
        return;
    s->is_eap_told = true;
    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, "ike-authentication");
    fact_word(&f, KEY_TEXT, "EAP");
    out->fact(out->context, &f);
}

/* A responder's first words. */
static void
accept_sa(const struct ike_message *m, struct ike_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    if (!s->is_told)
        tell_session(s, out);
    if (s->requests == 1 && s->exchange != IKE_AGGRESSIVE) /* which takes reckoning */
        tunnel_tell_rtt(
            out, "ike", in->from_client ? "client" : "server", in->time_us - s->request_us);
    s->requests = 0;
    s->spi[IKE_RESPONDER] = m->spi[IKE_RESPONDER];
}

static void
read_known(const struct ike_message *m, bool has_sa, struct ike_state *s,
    const struct parse_input *in, const struct parse_output *out)
{
    bool is_answer = m->end == IKE_RESPONDER && has_sa && s->exchange == m->exchange;

    tell_vendors(m, s, out);
    if (m->version == 1)
        ike_v1_payloads(m, s, out);
    if (m->spi[IKE_RESPONDER] == 0 && m->end == IKE_INITIATOR && s->requests < UINT8_MAX) {
        s->requests++;
        s->request_us = in->time_us;
    }
    if (is_answer && m->spi[IKE_RESPONDER] != 0)
        accept_sa(m, s, in, out);
    if (m->exchange == EXCHANGE_SA_INIT || m->version == 1)
        ike_tell_nat(m, s, in, out);
    if (m->spi[IKE_RESPONDER] == 0 || m->spi[IKE_RESPONDER] != s->spi[IKE_RESPONDER])
        return;
    s->has_sent[m->end] = true;
    if (s->has_sent[0] && s->has_sent[1] && !s->is_told)
        tell_session(s, out);
    tell_eap(m, s, out);
    s->has_quick[m->end] |= m->exchange == EXCHANGE_QUICK;
    if (s->has_quick[0] && s->has_quick[1])
        ike_v1_accepted(s, out);
}

static enum parse_result
read_message(struct rd r, uint32_t length, struct ike_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    struct ike_message m;
    bool has_sa;

    if (!read_header(r, length, &m))
        return PARSE_NOT_MINE;
    if (!payloads_fit(&m, &has_sa))
        return in->is_cut ? PARSE_MORE : PARSE_BAD;
    if (s->version != m.version || s->spi[IKE_INITIATOR] != m.spi[IKE_INITIATOR])
        begin(&m, s, in);
    m.end = in->from_client == s->initiator_is_client ? IKE_INITIATOR : IKE_RESPONDER;
    read_known(&m, has_sa, s, in, out);
    return PARSE_OK;
}

/* RFC 9329: its originator begins with six letters; then messages and ESP, each behind its length,
 * which counts itself. */
static enum parse_result
parse_stream(struct ike_state *s, struct parse_input *in, const struct parse_output *out)
{
    static const char prefix[] = "IKETCP";
    struct rd r = in->data, message;
    size_t given = rd_left(&r), length;
    enum parse_result result = PARSE_OK;

    if (!s->is_stream) {
        size_t n = given < sizeof prefix - 1 ? given : sizeof prefix - 1;

        if (!in->from_client || memcmp(r.p, prefix, n) != 0)
            return PARSE_NOT_MINE;
        if (n < sizeof prefix - 1)
            return PARSE_MORE;
        s->is_stream = true;
        rd_skip(&in->data, n);
        return PARSE_OK;
    }
    length = rd_u16(&r);
    if (!r.ok)
        return PARSE_MORE;
    if (length <= sizeof(uint16_t))
        return PARSE_BAD;
    message = rd_sub(&r, length - sizeof(uint16_t));
    if (!message.ok)
        return PARSE_MORE;
    if (rd_u32(&message) == 0 && message.ok)
        result = read_message(message, (uint32_t)rd_left(&message), s, in, out);
    if (result == PARSE_OK)
        in->data = r;
    return result == PARSE_OK ? PARSE_OK : PARSE_BAD;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct ike_state *s = (struct ike_state *)(void *)in->state->bytes;
    struct rd r = in->data, marker = r;
    uint32_t length = in->wire_length, first;
    enum parse_result result;

    if (rd_left(&r) == 0)
        return PARSE_MORE;
    if (in->transport == PARSE_TCP)
        return parse_stream(s, in, out);
    first = rd_u32(&marker);
    if (first == 0 && marker.ok && length >= MARKER_BYTES) {
        r = marker;
        length -= MARKER_BYTES;
    }
    result = length < HEADER_BYTES ? PARSE_NOT_MINE : read_message(r, length, s, in, out);
    if (result == PARSE_NOT_MINE && s->is_told && first != 0 && marker.ok)
        result = PARSE_OK; /* ESP */
    if (result == PARSE_OK)
        rd_skip(&in->data, rd_left(&in->data));
    return result;
}

const struct parser parser_ike = {
    .name = "ike",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { PORT, PORT_NAT },
    .anywhere = true,
    .has_state = true,
    .parse = parse,
};
