/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RADIUS (RFC 2865, 2866, 2869, 3162, 3579, 5176, 6911): who asked for access, from where, what was
 * answered, which address was given, when the session began and ended; and what TLS in EAP shows.
 *
 * A request and its answer share the identifier; the sensor joins them. With EAP a login takes many
 * requests, of which the first is told. Accounting speaks for
 * itself: a start says that service was granted. A Disconnect-Request is only that; its ACK is the
 * logout. Passwords are not looked at, and authenticators cannot be checked without the secret.
 */
#include "parser.h"
#include "radius_internal.h"

extern const struct parser parser_radius;

#define HEADER_BYTES 20 /* code, identifier, length, authenticator: RFC 2865, 3 */
#define LENGTH_MAX 4096 /* RFC 2865, 3 */

#define CODE_REQUEST 1
#define CODE_CHALLENGE 11
#define ATTRIBUTE_STATUS_TYPE 40 /* RFC 2866, 5.1 */

_Static_assert(sizeof(struct radius_logins) <= PARSE_STATE_BYTES, "the flow keeps no more");

/* Exchanges never share a transaction: authentication, accounting, dynamic authorisation. */
enum exchange { EXCHANGE_AUTH = 1, EXCHANGE_ACCOUNTING, EXCHANGE_DYNAMIC };

struct code {
    uint8_t code;
    uint8_t exchange;
    uint8_t kind; /* enum fact_kind; FACT_NONE: known, and says nothing about anybody */
    uint8_t pairing;
    const char *result;
};

static const struct code codes[] = {
    { 1, EXCHANGE_AUTH, FACT_LOGIN, FACT_REQUEST, "attempt" }, /* Access-Request */
    { 2, EXCHANGE_AUTH, FACT_LOGIN, FACT_ANSWER, "success" },  /* Access-Accept */
    { 3, EXCHANGE_AUTH, FACT_LOGIN, FACT_ANSWER, "failure" },  /* Access-Reject */
    { 4, EXCHANGE_ACCOUNTING, FACT_LOGIN, FACT_ALONE, NULL },  /* Accounting-Request */
    { 5, EXCHANGE_ACCOUNTING, FACT_NONE, FACT_ALONE, NULL },   /* Accounting-Response */
    { 11, EXCHANGE_AUTH, FACT_NONE, FACT_ALONE, NULL },        /* Access-Challenge: it goes on */
    { 12, EXCHANGE_AUTH, FACT_NONE, FACT_ALONE, NULL },        /* Status-Server */
    { 13, EXCHANGE_AUTH, FACT_NONE, FACT_ALONE, NULL },        /* Status-Client */
    { 40, EXCHANGE_DYNAMIC, FACT_LOGOUT, FACT_REQUEST, NULL }, /* Disconnect-Request */
    { 41, EXCHANGE_DYNAMIC, FACT_LOGOUT, FACT_ANSWER, NULL },  /* Disconnect-ACK */
    { 42, EXCHANGE_DYNAMIC, FACT_NONE, FACT_ALONE, NULL },     /* Disconnect-NAK */
    { 43, EXCHANGE_DYNAMIC, FACT_NONE, FACT_ALONE, NULL },     /* CoA-Request */
    { 44, EXCHANGE_DYNAMIC, FACT_NONE, FACT_ALONE, NULL },     /* CoA-ACK */
    { 45, EXCHANGE_DYNAMIC, FACT_NONE, FACT_ALONE, NULL },     /* CoA-NAK */
};

/* RFC 2866, 5.1. */
static const struct {
    uint32_t value;
    enum fact_kind kind;
    const char *status;
} status_types[] = {
    { 1, FACT_LOGIN, "start" },
    { 2, FACT_LOGOUT, "stop" },
    { 3, FACT_LOGIN, "interim" },
};

/* The first 32-bit value of the type. */
static bool
find_number(struct rd r, uint8_t wanted, uint32_t *number)
{
    struct rd value;
    uint8_t type;

    while (radius_take_attribute(&r, &type, &value)) {
        if (type != wanted)
            continue;
        *number = rd_u32(&value);
        return value.ok && rd_left(&value) == 0;
    }
    return false;
}

/* What an Accounting-Request says: a login, a logout, or (FACT_NONE) nothing about a session. */
static enum fact_kind
accounting_kind(const struct rd *all, const char **status)
{
    uint32_t value;

    if (find_number(*all, ATTRIBUTE_STATUS_TYPE, &value))
        for (size_t i = 0; i < sizeof(status_types) / sizeof(*status_types); i++)
            if (status_types[i].value == value) {
                *status = status_types[i].status;
                return status_types[i].kind;
            }
    return FACT_NONE;
}

/* A request that names nobody and nothing is no login. An answer's request may. */
static bool
says_something(const struct fact *f)
{
    static const uint8_t any[] = { KEY_ACCOUNT, KEY_OUTSIDE, KEY_INSIDE, KEY_SESSION,
        KEY_CALLING_STATION, KEY_DEVICE_MAC };

    if (f->pairing == FACT_ANSWER)
        return true;
    for (size_t i = 0; i < sizeof(any); i++)
        if (fact_has(f, any[i]))
            return true;
    return false;
}

/* The handshake in it is told behind the login itself. */
static void
follow(const struct code *code, uint8_t identifier, struct rd all, struct radius_logins *logins,
    const struct parse_output *out)
{
    struct fact f;

    if (code->code == CODE_CHALLENGE) {
        radius_follow_challenge(logins, identifier, all, out);
    } else if (code->code == CODE_REQUEST) {
        fact_begin(&f, FACT_LOGIN);
        radius_read_attributes(&f, all, RADIUS_INSIDE_ANY);
        radius_follow_request(logins, identifier, all, &f, out);
    }
}

static void
report(const struct code *code, uint8_t identifier, struct rd all, enum radius_inside inside,
    bool is_again, const struct parse_output *out)
{
    struct fact f;
    const char *status = NULL;
    enum fact_kind kind = code->kind;
    bool is_accounting = code->exchange == EXCHANGE_ACCOUNTING;
    struct in6_addr address;

    if (is_accounting && kind != FACT_NONE)
        kind = accounting_kind(&all, &status);
    if (kind == FACT_NONE)
        return;
    fact_begin(&f, kind);
    f.pairing = code->pairing;
    f.is_again = is_again;
    f.transaction = (uint32_t)code->exchange << 8 | identifier;
    if (code->result != NULL)
        fact_word(&f, KEY_RESULT, code->result);
    else if (kind == FACT_LOGIN)
        fact_word(&f, KEY_RESULT, "success");
    fact_word(&f, KEY_METHOD, is_accounting ? "radius-accounting" : "radius");
    if (status != NULL)
        fact_word(&f, KEY_STATUS, status);
    radius_read_attributes(&f, all, inside);
    if (inside == RADIUS_INSIDE_IPV6 ? fact_has(&f, KEY_INSIDE) : says_something(&f))
        out->fact(out->context, &f);
    /* A session's second address, where no answer has to be joined. */
    if (inside == RADIUS_INSIDE_ANY && code->pairing == FACT_ALONE &&
        fact_get_address(&f, KEY_INSIDE, &address) && IN6_IS_ADDR_V4MAPPED(&address))
        report(code, identifier, all, RADIUS_INSIDE_IPV6, false, out);
}

static const struct code *
find_code(uint8_t number)
{
    for (size_t i = 0; i < sizeof(codes) / sizeof(*codes); i++)
        if (codes[i].code == number)
            return &codes[i];
    return NULL;
}

static bool
in_ports(uint16_t port)
{
    for (size_t i = 0; i < sizeof(parser_radius.ports) / sizeof(*parser_radius.ports); i++)
        if (port != 0 && parser_radius.ports[i] == port)
            return true;
    return false;
}

/* The attributes up to the first whose length lies; true when none does. */
static bool
take_fitting(struct rd *all)
{
    struct rd r = *all, value;
    uint8_t type;
    const uint8_t *end = r.p;

    while (radius_take_attribute(&r, &type, &value))
        end = r.p;
    all->end = end;
    return r.ok;
}

/* On its own ports a datagram may lie; elsewhere one that does not fit exactly is something else.
 */
static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    bool is_at_home = in_ports(in->source_port) || in_ports(in->destination_port);
    struct radius_logins *logins = (struct radius_logins *)(void *)in->state->bytes;
    enum parse_result misfit = is_at_home ? PARSE_BAD : PARSE_NOT_MINE;
    const struct code *code;
    struct rd r = in->data, all;
    uint8_t identifier;
    uint16_t length;

    code = find_code(rd_u8(&r));
    if (in->transport != PARSE_UDP || code == NULL)
        return PARSE_NOT_MINE;
    identifier = rd_u8(&r);
    length = rd_u16(&r);
    if (r.ok && (length < HEADER_BYTES || length > LENGTH_MAX))
        return misfit;
    if (!r.ok || length > rd_left(&in->data))
        return in->is_cut ? PARSE_MORE : misfit;
    /* Octets behind the length are padding: RFC 2865, 3. */
    if (!is_at_home && (length < rd_left(&in->data) || length == HEADER_BYTES))
        return PARSE_NOT_MINE;
    rd_skip(&r, HEADER_BYTES - 4);
    all = rd_sub(&r, (size_t)length - HEADER_BYTES);
    if (!take_fitting(&all) && (!is_at_home || rd_left(&all) == 0))
        return misfit;
    report(code, identifier, all, RADIUS_INSIDE_ANY,
        code->code == CODE_REQUEST && radius_is_under_way(logins, all), out);
    follow(code, identifier, all, logins, out);
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

const struct parser parser_radius = {
    .name = "radius",
    .transports = PARSER_UDP,
    .ports = { 1812, 1813, 1645, 1646, 3799, 1700 }, /* 1700: Cisco's for RFC 5176 */
    .anywhere = true,
    .has_state = true,
    .settles = true,
    .parse = parse,
};
