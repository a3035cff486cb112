/* SPDX-License-Identifier: BSD-2-Clause
 *
 * RADIUS (RFC 2865, 2866, 2869, 3162, 3579, 5176, 6911): who asked for access, from where, what was
 * answered, which address was given, when the session began and ended.
 *
 * A request and its answer share the identifier; the sensor joins them. Accounting speaks for
 * itself: a start says that service was granted. A Disconnect-Request is only that; its ACK is the
 * logout. Passwords are not looked at, and authenticators cannot be checked without the secret.
 */
#include "login.h"
#include "parser.h"
#include "text.h"
#include <string.h>

extern const struct parser parser_radius;

#define HEADER_BYTES 20     /* code, identifier, length, authenticator: RFC 2865, 3 */
#define LENGTH_MAX 4096     /* RFC 2865, 3 */
#define EAP_ROOM 512        /* an identity within the EAP-Message attributes together */
#define TUNNEL_TAG_MAX 0x1f /* RFC 2868, 3.3: a greater first octet is no tag */
#define EAP_RESPONSE 2      /* RFC 3748, 4 */
#define EAP_TYPE_IDENTITY 1 /* RFC 3748, 5.1 */
#define IPV6_PREFIX_MAX 16

/* Attribute types used by name below (RFC 2865 5, RFC 2866 5, RFC 3579 3.1). */
#define ATTRIBUTE_REPLY_MESSAGE 18
#define ATTRIBUTE_VENDOR 26
#define ATTRIBUTE_STATUS_TYPE 40
#define ATTRIBUTE_TERMINATE_CAUSE 49
#define ATTRIBUTE_EAP_MESSAGE 79

#define CODE_ACCESS_REJECT 3

/* Vendors (IANA private enterprise numbers). */
#define VENDOR_NONE 0
#define VENDOR_CISCO 9
#define VENDOR_MICROSOFT 311
#define VENDOR_FORTINET 12356
#define VENDOR_PALO_ALTO 25461

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
    { CODE_ACCESS_REJECT, EXCHANGE_AUTH, FACT_LOGIN, FACT_ANSWER, "failure" },
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

/* RFC 2866, 5.10. */
static const char *const terminate_causes[] = { NULL, "User Request", "Lost Carrier",
    "Lost Service", "Idle Timeout", "Session Timeout", "Admin Reset", "Admin Reboot", "Port Error",
    "NAS Error", "NAS Request", "NAS Reboot", "Port Unneeded", "Port Preempted", "Port Suspended",
    "Service Unavailable", "Callback", "User Error", "Host Request" };

static void
read_text(struct fact *f, enum fact_key key, struct rd value)
{
    fact_text(f, key, value.p, rd_left(&value));
}

static void
read_account(struct fact *f, enum fact_key key, struct rd value)
{
    (void)key;
    login_outer_identity(f, value);
}

static void
read_calling_station(struct fact *f, enum fact_key key, struct rd value)
{
    (void)key;
    login_calling_station(f, value);
}

static void
read_address_text(struct fact *f, enum fact_key key, struct rd value)
{
    (void)login_address(f, key, value);
}

static void
read_mac(struct fact *f, enum fact_key key, struct rd value)
{
    char mac[TEXT_MAC_SIZE];

    if (text_to_mac(value, mac))
        fact_word(f, key, mac);
}

/* Addresses are set, or written for a key that holds text. */
static void
put_address(struct fact *f, enum fact_key key, const struct in6_addr *address)
{
    char text[TEXT_ADDRESS_SIZE];

    if (fact_key_type(key) == FACT_TYPE_ADDRESS) {
        fact_address(f, key, address);
    } else {
        text_from_address(text, address);
        fact_word(f, key, text);
    }
}

/* 255.255.255.255 (let the user choose) and .254 (let the NAS choose) are no addresses: RFC 2865,
 * 5.8. */
static void
read_ipv4(struct fact *f, enum fact_key key, struct rd value)
{
    struct in6_addr address = { .s6_addr = { [10] = 0xff, [11] = 0xff } };
    const uint8_t *bytes = rd_bytes(&value, 4);
    struct rd number;
    uint32_t plain;

    if (bytes == NULL || rd_left(&value) > 0)
        return;
    number = rd_of(bytes, 4);
    plain = rd_u32(&number);
    if (plain == 0 || plain >= 0xfffffffe)
        return;
    memcpy(&address.s6_addr[12], bytes, 4);
    put_address(f, key, &address);
}

static void
read_ipv6(struct fact *f, enum fact_key key, struct rd value)
{
    struct in6_addr address;
    const uint8_t *bytes = rd_bytes(&value, sizeof(address));

    if (bytes == NULL || rd_left(&value) > 0)
        return;
    memcpy(&address, bytes, sizeof(address));
    if (!IN6_IS_ADDR_UNSPECIFIED(&address))
        put_address(f, key, &address);
}

/* RFC 3162, 2.3: a reserved octet, the prefix length, the octets of the prefix that matter. */
static void
read_ipv6_prefix(struct fact *f, enum fact_key key, struct rd value)
{
    struct in6_addr address = { 0 };
    size_t n;

    rd_skip(&value, 2);
    n = rd_left(&value);
    if (!value.ok || n == 0 || n > IPV6_PREFIX_MAX)
        return;
    memcpy(&address, rd_bytes(&value, n), n);
    if (!IN6_IS_ADDR_UNSPECIFIED(&address))
        put_address(f, key, &address);
}

/* RFC 2868, 3.3: an optional tag, then an address or a name. */
static void
read_tunnel_endpoint(struct fact *f, enum fact_key key, struct rd value)
{
    if (rd_peek(&value) <= TUNNEL_TAG_MAX)
        rd_skip(&value, 1);
    (void)login_address(f, key, value);
}

/* Cisco-AVPair: `name=value`, as IOS and the ASA send them. */
static void
read_cisco_pair(struct fact *f, enum fact_key key, struct rd value)
{
    static const struct {
        const char *name;
        enum fact_key key;
        void (*read)(struct fact *f, enum fact_key key, struct rd value);
    } pairs[] = {
        { "ip:source-ip=", KEY_OUTSIDE, read_address_text },
        { "client-mac-address=", KEY_DEVICE_MAC, read_mac },
        { "mdm-tlv=device-mac=", KEY_DEVICE_MAC, read_mac },
        { "mdm-tlv=ac-user-agent=", KEY_SOFTWARE_CLIENT, read_text },
    };

    (void)key;
    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        if (text_take(&value, pairs[i].name))
            pairs[i].read(f, pairs[i].key, value);
}

static void
read_terminate_cause(struct fact *f, enum fact_key key, struct rd value)
{
    uint32_t cause = rd_u32(&value);

    if (value.ok && cause < sizeof(terminate_causes) / sizeof(*terminate_causes) &&
        terminate_causes[cause] != NULL)
        fact_word(f, key, terminate_causes[cause]);
}

/* The attributes that are read, the preferred source of a key before the others. Vendors' numbers
 * are those of their published dictionaries (as FreeRADIUS 3.2 ships them). */
static const struct attribute {
    uint32_t vendor;
    uint8_t type;
    uint8_t key; /* enum fact_key */
    void (*read)(struct fact *f, enum fact_key key, struct rd value);
} attributes[] = {
    { VENDOR_NONE, 1, KEY_ACCOUNT, read_account },             /* User-Name */
    { VENDOR_PALO_ALTO, 6, KEY_REALM, read_text },             /* PaloAlto-User-Domain */
    { VENDOR_NONE, 31, KEY_OUTSIDE, read_calling_station },    /* Calling-Station-Id */
    { VENDOR_PALO_ALTO, 7, KEY_OUTSIDE, read_address_text },   /* PaloAlto-Client-Source-IP */
    { VENDOR_CISCO, 1, KEY_OUTSIDE, read_cisco_pair },         /* Cisco-AVPair */
    { VENDOR_NONE, 66, KEY_OUTSIDE, read_tunnel_endpoint },    /* Tunnel-Client-Endpoint */
    { VENDOR_NONE, 8, KEY_INSIDE, read_ipv4 },                 /* Framed-IP-Address */
    { VENDOR_FORTINET, 2, KEY_INSIDE, read_ipv4 },             /* Fortinet-Client-IP-Address */
    { VENDOR_NONE, 168, KEY_INSIDE, read_ipv6 },               /* Framed-IPv6-Address */
    { VENDOR_FORTINET, 4, KEY_INSIDE, read_ipv6 },             /* Fortinet-Client-IPv6-Address */
    { VENDOR_NONE, 97, KEY_INSIDE, read_ipv6_prefix },         /* Framed-IPv6-Prefix */
    { VENDOR_NONE, 123, KEY_INSIDE, read_ipv6_prefix },        /* Delegated-IPv6-Prefix */
    { VENDOR_NONE, 44, KEY_SESSION, read_text },               /* Acct-Session-Id */
    { VENDOR_NONE, 4, KEY_GATEWAY, read_ipv4 },                /* NAS-IP-Address */
    { VENDOR_NONE, 95, KEY_GATEWAY, read_ipv6 },               /* NAS-IPv6-Address */
    { VENDOR_NONE, 32, KEY_GATEWAY, read_text },               /* NAS-Identifier */
    { VENDOR_PALO_ALTO, 9, KEY_DEVICE_HOST_NAME, read_text },  /* PaloAlto-Client-Hostname */
    { VENDOR_MICROSOFT, 34, KEY_DEVICE_HOST_NAME, read_text }, /* MS-RAS-Client-Name */
    { VENDOR_MICROSOFT, 35, KEY_SOFTWARE_CLIENT, read_text },  /* MS-RAS-Client-Version */
    { VENDOR_PALO_ALTO, 10, KEY_SOFTWARE_CLIENT, read_text },  /* PaloAlto-...-Client-Version */
};

static const struct attribute terminate_cause = { VENDOR_NONE, ATTRIBUTE_TERMINATE_CAUSE,
    KEY_REASON, read_terminate_cause };
static const struct attribute reply_message = { VENDOR_NONE, ATTRIBUTE_REPLY_MESSAGE, KEY_REASON,
    read_text };

/* The next attribute; false at the end, or when its length lies (r->ok is false then). */
static bool
take_attribute(struct rd *r, uint8_t *type, struct rd *value)
{
    uint8_t length;

    if (rd_left(r) == 0)
        return false;
    *type = rd_u8(r);
    length = rd_u8(r);
    if (length < 2 || *type == 0) {
        r->ok = false;
        return false;
    }
    *value = rd_sub(r, length - 2u);
    return r->ok;
}

static bool
attributes_fit(struct rd r)
{
    struct rd value;
    uint8_t type;

    while (take_attribute(&r, &type, &value))
        ;
    return r.ok;
}

/* RFC 2865, 5.26: the vendor's number, then, as it suggests, the vendor's own type, length, value.
 */
static void
read_vendor(struct fact *f, const struct attribute *wanted, struct rd value)
{
    struct rd inner;
    uint8_t type;

    if (rd_u32(&value) != wanted->vendor)
        return;
    while (take_attribute(&value, &type, &inner))
        if (type == wanted->type)
            wanted->read(f, wanted->key, inner);
}

static void
read_attribute(struct fact *f, const struct attribute *wanted, struct rd r)
{
    struct rd value;
    uint8_t type;

    while (take_attribute(&r, &type, &value)) {
        if (wanted->vendor != VENDOR_NONE) {
            if (type == ATTRIBUTE_VENDOR)
                read_vendor(f, wanted, value);
        } else if (type == wanted->type) {
            wanted->read(f, wanted->key, value);
        }
    }
}

/* An EAP Response/Identity, put together from the EAP-Message attributes (RFC 3579, 3.1). */
static void
read_eap_identity(struct fact *f, struct rd r)
{
    uint8_t eap[EAP_ROOM], type;
    size_t n = 0;
    struct rd value, message;

    while (take_attribute(&r, &type, &value)) {
        size_t more = rd_left(&value);

        if (type != ATTRIBUTE_EAP_MESSAGE || more == 0 || n + more > sizeof(eap))
            continue;
        memcpy(eap + n, value.p, more);
        n += more;
    }
    message = rd_of(eap, n);
    if (rd_u8(&message) != EAP_RESPONSE)
        return;
    rd_skip(&message, 1);
    if (rd_u16(&message) != n || rd_u8(&message) != EAP_TYPE_IDENTITY || !message.ok)
        return;
    login_outer_identity(f, message);
}

/* The first 32-bit value of the type. */
static bool
find_number(struct rd r, uint8_t wanted, uint32_t *number)
{
    struct rd value;
    uint8_t type;

    while (take_attribute(&r, &type, &value)) {
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

static void
report(const struct code *code, uint8_t identifier, struct rd all, const struct parse_output *out)
{
    struct fact f;
    const char *status = NULL;
    enum fact_kind kind = code->kind;
    bool is_accounting = code->exchange == EXCHANGE_ACCOUNTING;

    if (is_accounting && kind != FACT_NONE)
        kind = accounting_kind(&all, &status);
    if (kind == FACT_NONE)
        return;
    fact_begin(&f, kind);
    f.pairing = code->pairing;
    f.transaction = (uint32_t)code->exchange << 8 | identifier;
    if (code->result != NULL)
        fact_word(&f, KEY_RESULT, code->result);
    else if (kind == FACT_LOGIN)
        fact_word(&f, KEY_RESULT, "success");
    fact_word(&f, KEY_METHOD, is_accounting ? "radius-accounting" : "radius");
    if (status != NULL)
        fact_word(&f, KEY_STATUS, status);
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        read_attribute(&f, &attributes[i], all);
    if (!fact_has(&f, KEY_ACCOUNT))
        read_eap_identity(&f, all);
    if (kind == FACT_LOGOUT)
        read_attribute(&f, &terminate_cause, all);
    if (code->code == CODE_ACCESS_REJECT)
        read_attribute(&f, &reply_message, all);
    if (says_something(&f))
        out->fact(out->context, &f);
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

/* On its own ports a datagram may lie; elsewhere one that does not fit exactly is something else.
 */
static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    bool is_at_home = in_ports(in->source_port) || in_ports(in->destination_port);
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
    if (!attributes_fit(all))
        return misfit;
    report(code, identifier, all, out);
    rd_skip(&in->data, rd_left(&in->data));
    return PARSE_OK;
}

const struct parser parser_radius = {
    .name = "radius",
    .transports = PARSER_UDP,
    .ports = { 1812, 1813, 1645, 1646, 3799 },
    .anywhere = true,
    .parse = parse,
};
