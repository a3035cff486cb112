/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What RADIUS attributes say of a login: one table, the standard's and vendors' side by side.
 *
 * A value that does not fit its attribute is passed over; attributes that are not in the table too.
 */
#include "eap.h"
#include "login.h"
#include "radius_internal.h"
#include "text.h"
#include <string.h>

#define TUNNEL_TAG_MAX 0x1f /* RFC 2868, 3.3: a greater first octet is no tag */
#define IPV6_PREFIX_MAX 16

/* Attribute types used by name below (RFC 2865 5, RFC 2866 5, RFC 3579 3.1). */
#define ATTRIBUTE_USER_NAME 1
#define ATTRIBUTE_REPLY_MESSAGE 18
#define ATTRIBUTE_VENDOR 26
#define ATTRIBUTE_CALLING_STATION 31
#define ATTRIBUTE_TERMINATE_CAUSE 49
#define ATTRIBUTE_EAP_MESSAGE 79

/* Vendors (IANA private enterprise numbers). */
#define VENDOR_NONE 0
#define VENDOR_CISCO 9
#define VENDOR_MICROSOFT 311
#define VENDOR_FORTINET 12356
#define VENDOR_ARUBA 14823
#define VENDOR_PALO_ALTO 25461

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

/* Six octets, not written out. */
static void
read_octets(struct fact *f, enum fact_key key, struct rd value)
{
    const uint8_t *octets = rd_bytes(&value, TEXT_MAC_OCTETS);

    if (rd_left(&value) == 0)
        fact_mac(f, key, octets);
}

/* Windows writes `MSRAS-0-NAME`: the version of its client, and the computer. */
static void
read_ras_client(struct fact *f, enum fact_key key, struct rd value)
{
    struct rd name = value, version;
    uint64_t number;

    if (!text_take(&name, "MSRAS-") || !text_take_until(&name, "-", &version) ||
        !text_to_number(version, &number))
        name = value;
    read_text(f, key, name);
}

/* RFC 2548, 2.1.6: the number of the exchange, then the text. */
static void
read_chap_domain(struct fact *f, enum fact_key key, struct rd value)
{
    rd_skip(&value, 1);
    read_text(f, key, value);
}

/* Cisco-AVPair: `name=value`, as IOS, the ASA and AnyConnect (mdm-tlv) send them; those of one key.
 */
static void
read_cisco_pair(struct fact *f, enum fact_key key, struct rd value)
{
    static const struct {
        const char *name;
        enum fact_key key;
        void (*read)(struct fact *f, enum fact_key key, struct rd value);
    } pairs[] = {
        { "ip:source-ip=", KEY_OUTSIDE, read_address_text },
        { "audit-session-id=", KEY_SESSION, read_text },
        { "client-mac-address=", KEY_DEVICE_MAC, read_mac },
        { "mdm-tlv=device-mac=", KEY_DEVICE_MAC, read_mac },
        { "mdm-tlv=device-public-mac=", KEY_DEVICE_MAC, read_mac },
        { "mdm-tlv=computer-name=", KEY_DEVICE_HOST_NAME, read_text },
        { "mdm-tlv=device-platform=", KEY_OS, read_text },
        { "mdm-tlv=device-type=", KEY_MODEL, read_text },
        { "mdm-tlv=ac-user-agent=", KEY_SOFTWARE_CLIENT, read_text },
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(*pairs); i++)
        if (pairs[i].key == key && text_take(&value, pairs[i].name)) {
            pairs[i].read(f, key, value);
            return;
        }
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
    { VENDOR_NONE, 1, KEY_ACCOUNT, read_account },           /* User-Name */
    { VENDOR_PALO_ALTO, 6, KEY_REALM, read_text },           /* PaloAlto-User-Domain */
    { VENDOR_MICROSOFT, 10, KEY_REALM, read_chap_domain },   /* MS-CHAP-Domain */
    { VENDOR_NONE, 31, KEY_OUTSIDE, read_calling_station },  /* Calling-Station-Id */
    { VENDOR_PALO_ALTO, 7, KEY_OUTSIDE, read_address_text }, /* PaloAlto-Client-Source-IP */
    { VENDOR_CISCO, 1, KEY_OUTSIDE, read_cisco_pair },       /* Cisco-AVPair */
    { VENDOR_NONE, 66, KEY_OUTSIDE, read_tunnel_endpoint },  /* Tunnel-Client-Endpoint */
    { VENDOR_NONE, 8, KEY_INSIDE, read_ipv4 },               /* Framed-IP-Address */
    { VENDOR_FORTINET, 2, KEY_INSIDE, read_ipv4 },           /* Fortinet-Client-IP-Address */
    { VENDOR_MICROSOFT, 61, KEY_INSIDE, read_ipv4 },         /* MS-User-IPv4-Address */
    { VENDOR_NONE, 168, KEY_INSIDE, read_ipv6 },             /* Framed-IPv6-Address */
    { VENDOR_MICROSOFT, 62, KEY_INSIDE, read_ipv6 },         /* MS-User-IPv6-Address */
    { VENDOR_FORTINET, 4, KEY_INSIDE, read_ipv6 },           /* Fortinet-Client-IPv6-Address */
    { VENDOR_NONE, 97, KEY_INSIDE, read_ipv6_prefix },       /* Framed-IPv6-Prefix */
    { VENDOR_NONE, 123, KEY_INSIDE, read_ipv6_prefix },      /* Delegated-IPv6-Prefix */
    { VENDOR_NONE, 44, KEY_SESSION, read_text },             /* Acct-Session-Id */
    { VENDOR_NONE, 50, KEY_SESSION, read_text },             /* Acct-Multi-Session-Id */
    { VENDOR_CISCO, 1, KEY_SESSION, read_cisco_pair },
    { VENDOR_NONE, 4, KEY_GATEWAY, read_ipv4 },                      /* NAS-IP-Address */
    { VENDOR_NONE, 95, KEY_GATEWAY, read_ipv6 },                     /* NAS-IPv6-Address */
    { VENDOR_NONE, 32, KEY_GATEWAY, read_text },                     /* NAS-Identifier */
    { VENDOR_PALO_ALTO, 9, KEY_DEVICE_HOST_NAME, read_text },        /* PaloAlto-Client-Hostname */
    { VENDOR_MICROSOFT, 34, KEY_DEVICE_HOST_NAME, read_ras_client }, /* MS-RAS-Client-Name */
    { VENDOR_MICROSOFT, 50, KEY_DEVICE_HOST_NAME, read_text },       /* MS-Machine-Name */
    { VENDOR_CISCO, 1, KEY_DEVICE_HOST_NAME, read_cisco_pair },
    { VENDOR_CISCO, 1, KEY_DEVICE_MAC, read_cisco_pair },
    { VENDOR_FORTINET, 23, KEY_DEVICE_MAC, read_octets }, /* ...-WirelessController-Device-MAC */
    { VENDOR_ARUBA, 61, KEY_DEVICE_MAC, read_mac },       /* Aruba-Device-MAC-Address */
    { VENDOR_PALO_ALTO, 8, KEY_OS, read_text },           /* PaloAlto-Client-OS */
    { VENDOR_CISCO, 1, KEY_OS, read_cisco_pair }, { VENDOR_CISCO, 1, KEY_MODEL, read_cisco_pair },
    { VENDOR_CISCO, 1, KEY_SOFTWARE_CLIENT, read_cisco_pair },
    { VENDOR_MICROSOFT, 35, KEY_SOFTWARE_CLIENT, read_text }, /* MS-RAS-Client-Version */
    { VENDOR_PALO_ALTO, 10, KEY_SOFTWARE_CLIENT, read_text }, /* PaloAlto-...-Client-Version */
};

static const struct attribute terminate_cause = { VENDOR_NONE, ATTRIBUTE_TERMINATE_CAUSE,
    KEY_REASON, read_terminate_cause };
static const struct attribute reply_message = { VENDOR_NONE, ATTRIBUTE_REPLY_MESSAGE, KEY_REASON,
    read_text };

/* The next attribute; false at the end, or when its length lies (r->ok is false then). */
bool
radius_take_attribute(struct rd *r, uint8_t *type, struct rd *value)
{
    uint8_t length;

    if (rd_left(r) == 0)
        return false;
    *type = rd_u8(r);
    length = rd_u8(r);
    if (length < 2) {
        r->ok = false;
        return false;
    }
    *value = rd_sub(r, length - 2u);
    return r->ok;
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
    while (radius_take_attribute(&value, &type, &inner))
        if (type == wanted->type)
            wanted->read(f, wanted->key, inner);
}

static void
read_attribute(struct fact *f, const struct attribute *wanted, struct rd r)
{
    struct rd value;
    uint8_t type;

    while (radius_take_attribute(&r, &type, &value)) {
        if (wanted->vendor != VENDOR_NONE) {
            if (type == ATTRIBUTE_VENDOR)
                read_vendor(f, wanted, value);
        } else if (type == wanted->type) {
            wanted->read(f, wanted->key, value);
        }
    }
}

struct rd
radius_eap_packet(struct rd all, uint8_t room[RADIUS_EAP_ROOM])
{
    struct rd value;
    size_t n = 0;
    uint8_t type;

    while (radius_take_attribute(&all, &type, &value)) {
        size_t more = rd_left(&value);

        if (type != ATTRIBUTE_EAP_MESSAGE || more == 0 || n + more > RADIUS_EAP_ROOM)
            continue;
        memcpy(room + n, value.p, more);
        n += more;
    }
    return rd_of(room, n);
}

static void
read_eap_name(struct fact *f, struct rd r)
{
    uint8_t room[RADIUS_EAP_ROOM];

    (void)eap_name(radius_eap_packet(r, room), f);
}

/* An answer may repeat the name without the station: there the request's is the better one. */
static bool
is_card(const struct fact *f, struct rd r)
{
    struct rd value, name = { NULL, NULL, true }, station = name;
    char mac[TEXT_MAC_SIZE];
    uint8_t type;

    while (radius_take_attribute(&r, &type, &value)) {
        if (type == ATTRIBUTE_USER_NAME)
            name = value;
        else if (type == ATTRIBUTE_CALLING_STATION)
            station = value;
    }
    return login_is_card(name, station) || (f->pairing == FACT_ANSWER && text_to_mac(name, mac));
}

void
radius_read_attributes(struct fact *f, struct rd all, enum radius_inside inside)
{
    bool has_name = !is_card(f, all);

    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++) {
        const struct attribute *a = &attributes[i];

        if ((a->key != KEY_ACCOUNT || has_name) &&
            (a->key != KEY_INSIDE || a->read != read_ipv4 || inside != RADIUS_INSIDE_IPV6))
            read_attribute(f, a, all);
    }
    if (has_name && !fact_has(f, KEY_ACCOUNT))
        read_eap_name(f, all);
    if (f->kind == FACT_LOGOUT)
        read_attribute(f, &terminate_cause, all);
    if (fact_is(f, KEY_RESULT, "failure"))
        read_attribute(f, &reply_message, all);
}
