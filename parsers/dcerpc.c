/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DCE/RPC over TCP (C706 chapter 12, [MS-RPCE]): NTLM and Kerberos in the fragments that begin an
 * association, on the endpoint mapper's port and on any other.
 *
 * The last leg of NTLM has no answer of its own: that the call behind it is answered, or refused
 * for lack of access, is how it went, and so the result is said to be inferred. Calls themselves
 * are passed over.
 */
#include "dcerpc.h"
#include "gss.h"
#include "login.h"

#define VERSION 5
#define VERSION_MINOR_MAX 1
#define DREP_LITTLE_ENDIAN 0x10
#define DREP_FLOAT_MAX 3
#define AUTH_HEAD 8 /* type, level, padding, reserved, context id: C706 13.2.6.1 */
#define FRAGMENT_MAX 15000
#define FAULT_STATUS 24 /* offset, behind hint, context, cancels: C706 12.6.4.7 */
#define FAULT_BYTES (FAULT_STATUS + 4)

enum pdu_type {
    PDU_REQUEST = 0,
    PDU_RESPONSE = 2,
    PDU_FAULT = 3,
    PDU_BIND = 11,
    PDU_BIND_ACK = 12,
    PDU_BIND_NAK = 13,
    PDU_ALTER_CONTEXT = 14,
    PDU_ALTER_CONTEXT_ANSWER = 15,
    PDU_AUTH3 = 16,
    PDU_SHUTDOWN = 17,
    PDU_CANCEL = 18,
    PDU_ORPHANED = 19
};

#define BIT(type) (UINT32_C(1) << (type))
#define TYPES_KNOWN                                                                                \
    (BIT(PDU_REQUEST) | BIT(PDU_RESPONSE) | BIT(PDU_FAULT) | TYPES_ASSOCIATION |                   \
        BIT(PDU_SHUTDOWN) | BIT(PDU_CANCEL) | BIT(PDU_ORPHANED))
#define TYPES_ASSOCIATION                                                                          \
    (BIT(PDU_BIND) | BIT(PDU_BIND_ACK) | BIT(PDU_BIND_NAK) | BIT(PDU_ALTER_CONTEXT) |              \
        BIT(PDU_ALTER_CONTEXT_ANSWER) | BIT(PDU_AUTH3))
#define TYPES_SUCCESS (BIT(PDU_RESPONSE) | BIT(PDU_ALTER_CONTEXT_ANSWER))

/* Faults that refuse the caller rather than the call: codes of [MS-ERREF] 2.2. */
static const struct {
    uint32_t status;
    const char *name;
} refusals[] = {
    { 0x00000005, "ERROR_ACCESS_DENIED" },
    { 0x00000721, "RPC_S_SEC_PKG_ERROR" },
};

struct state {
    bool is_pending; /* a proof was given and not answered yet */
    uint32_t call_id, transaction;
};

_Static_assert(sizeof(struct state) <= PARSE_STATE_BYTES, "the flow keeps no more");

static bool
is_of(uint8_t type, uint32_t types)
{
    return type < 32 && (types >> type & 1) != 0;
}

static uint32_t
read_u32(struct rd *r, bool is_little_endian)
{
    return is_little_endian ? rd_u32_le(r) : rd_u32(r);
}

static uint16_t
read_u16(struct rd *r, bool is_little_endian)
{
    return is_little_endian ? rd_u16_le(r) : rd_u16(r);
}

enum parse_result
dcerpc_head(struct rd r, struct dcerpc_pdu *pdu)
{
    size_t left = rd_left(&r);
    uint8_t version = rd_u8(&r), minor = rd_u8(&r), drep, real;

    if (left > 0 && (version != VERSION || minor > VERSION_MINOR_MAX))
        return PARSE_NOT_MINE;
    if (left < DCERPC_HEADER)
        return PARSE_MORE;
    pdu->type = rd_u8(&r);
    rd_skip(&r, 1); /* flags: all may be set */
    drep = rd_u8(&r);
    real = rd_u8(&r);
    if (rd_u16(&r) != 0 || (drep != 0 && drep != DREP_LITTLE_ENDIAN) || real > DREP_FLOAT_MAX ||
        !is_of(pdu->type, TYPES_KNOWN))
        return PARSE_NOT_MINE;
    pdu->is_little_endian = drep != 0;
    pdu->length = read_u16(&r, pdu->is_little_endian);
    pdu->auth_length = read_u16(&r, pdu->is_little_endian);
    pdu->call_id = read_u32(&r, pdu->is_little_endian);
    if (pdu->length < DCERPC_HEADER ||
        (pdu->auth_length > 0 && pdu->length < DCERPC_HEADER + AUTH_HEAD + pdu->auth_length))
        return PARSE_NOT_MINE;
    return PARSE_OK;
}

bool
dcerpc_token(struct rd fragment, const struct dcerpc_pdu *pdu, struct rd *token)
{
    fragment = rd_sub(&fragment, pdu->length);
    if (pdu->auth_length == 0 || !is_of(pdu->type, TYPES_ASSOCIATION))
        return false;
    rd_skip(&fragment, (size_t)pdu->length - pdu->auth_length);
    *token = rd_sub(&fragment, pdu->auth_length);
    return token->ok;
}

static void
tell_result(struct state *s, const char *refusal, const struct parse_output *out)
{
    struct fact f;

    s->is_pending = false;
    login_begin_answer(&f, s->transaction, refusal == NULL);
    fact_flag(&f, KEY_INFERRED);
    if (refusal != NULL)
        fact_word(&f, KEY_STATUS, refusal);
    out->fact(out->context, &f);
}

/* NULL when it was the call that failed, which shows that the caller was let in. */
static const char *
refusal_of(struct rd fragment, const struct dcerpc_pdu *pdu)
{
    uint32_t status;

    rd_skip(&fragment, FAULT_STATUS);
    status = read_u32(&fragment, pdu->is_little_endian);
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
        if (refusals[i].status == status)
            return refusals[i].name;
    return NULL;
}

static void
read_fragment(struct rd fragment, const struct dcerpc_pdu *pdu, struct state *s,
    const struct parse_input *in, const struct parse_output *out)
{
    struct rd token;

    if (dcerpc_token(fragment, pdu, &token) && gss_token(token, s->transaction + 1, in, out)) {
        s->transaction++;
        s->call_id = pdu->call_id;
        s->is_pending = true;
    } else if (s->is_pending && pdu->call_id >= s->call_id) {
        if (pdu->type == PDU_FAULT)
            tell_result(s, refusal_of(fragment, pdu), out);
        else if (pdu->type == PDU_BIND_NAK)
            tell_result(s, "bind_nak", out);
        else if (is_of(pdu->type, TYPES_SUCCESS))
            tell_result(s, NULL, out);
    }
}

/* Octets of a fragment that are read; what is behind them is passed over. */
static uint16_t
wanted_of(const struct dcerpc_pdu *pdu)
{
    if (is_of(pdu->type, TYPES_ASSOCIATION) && pdu->length <= FRAGMENT_MAX)
        return pdu->length;
    if (pdu->type == PDU_FAULT && pdu->length > FAULT_BYTES)
        return FAULT_BYTES;
    return DCERPC_HEADER;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct state *s = (struct state *)(void *)in->state->bytes;
    struct rd r = in->data, fragment;
    struct dcerpc_pdu pdu;
    enum parse_result result = dcerpc_head(r, &pdu);

    if (result != PARSE_OK)
        return result;
    if (rd_left(&r) < wanted_of(&pdu))
        return PARSE_MORE;
    fragment = rd_sub_upto(&r, pdu.length);
    read_fragment(fragment, &pdu, s, in, out);
    in->data = r;
    in->skip = pdu.length - rd_left(&fragment);
    return PARSE_OK;
}

const struct parser parser_dcerpc = {
    .name = "dcerpc",
    .transports = PARSER_TCP,
    .ports = { 135 },
    .anywhere = true,
    .whole_stream = true,
    .has_state = true,
    .resyncs = true,
    .settles = true,
    .parse = parse,
};
