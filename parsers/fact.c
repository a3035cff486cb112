/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The record of a fact and the two tables of its vocabulary.
 *
 * In bytes[] the values stand one after the other in the order in which they were added: one byte
 * of key, one of length, the value; text has a NUL behind it that the length does not count.
 * Numbers and addresses are copied in and out, so nothing needs alignment.
 */
#include "fact.h"
#include "text.h"
#include <string.h>

#define ENTRY_HEAD 2u  /* key and length */
#define MAC_GROUP 0x01 /* of the first octet: multicast and broadcast */

static const char *const kind_names[FACT_KIND_COUNT] = {
    [FACT_LOGIN] = "login",
    [FACT_LOGOUT] = "logout",
    [FACT_SESSION_OPEN] = "session-open",
    [FACT_SESSION_UPDATE] = "session-update",
    [FACT_SESSION_CLOSE] = "session-close",
    [FACT_DEVICE] = "device",
    [FACT_NAME] = "name",
    [FACT_RTT] = "rtt",
    [FACT_LOCALE] = "locale",
    [FACT_PEER] = "peer",
    [FACT_UPLOAD] = "upload",
    [FACT_BANNER] = "banner",
    [FACT_ACTIVITY] = "activity",
};

static const struct {
    const char *name;
    enum fact_type type;
} keys[KEY_COUNT] = {
    [KEY_ACCOUNT] = { "account", FACT_TYPE_TEXT },
    [KEY_REALM] = { "realm", FACT_TYPE_TEXT },
    [KEY_RESULT] = { "result", FACT_TYPE_TEXT },
    [KEY_INFERRED] = { "inferred", FACT_TYPE_FLAG },
    [KEY_METHOD] = { "method", FACT_TYPE_TEXT },
    [KEY_OUTSIDE] = { "outside", FACT_TYPE_ADDRESS },
    [KEY_INSIDE] = { "inside", FACT_TYPE_ADDRESS },
    [KEY_SESSION] = { "session", FACT_TYPE_TEXT },
    [KEY_CALLING_STATION] = { "calling-station", FACT_TYPE_TEXT },
    [KEY_STATUS] = { "status", FACT_TYPE_TEXT },
    [KEY_REASON] = { "reason", FACT_TYPE_TEXT },
    [KEY_GATEWAY] = { "gateway", FACT_TYPE_TEXT },
    [KEY_TARGET] = { "target", FACT_TYPE_TEXT },
    [KEY_APP] = { "app", FACT_TYPE_TEXT },
    [KEY_CLASS] = { "class", FACT_TYPE_TEXT },
    [KEY_STATE] = { "state", FACT_TYPE_TEXT },
    [KEY_SIGN] = { "sign", FACT_TYPE_TEXT },
    [KEY_CLIENT] = { "client", FACT_TYPE_ADDRESS },
    [KEY_SERVER] = { "server", FACT_TYPE_ADDRESS },
    [KEY_CONTROLLER] = { "controller", FACT_TYPE_ADDRESS },
    [KEY_SOFTWARE_CLIENT] = { "software.client", FACT_TYPE_TEXT },
    [KEY_SOFTWARE_SERVER] = { "software.server", FACT_TYPE_TEXT },
    [KEY_VERSION] = { "version", FACT_TYPE_TEXT },
    [KEY_ALPN] = { "alpn", FACT_TYPE_TEXT },
    [KEY_PEER_ID] = { "peer-id", FACT_TYPE_TEXT },
    [KEY_CATEGORY] = { "category", FACT_TYPE_TEXT },
    [KEY_RISKS] = { "risks", FACT_TYPE_TEXT },
    [KEY_BYTES_OUT] = { "bytes-out", FACT_TYPE_NUMBER },
    [KEY_BYTES_IN] = { "bytes-in", FACT_TYPE_NUMBER },
    [KEY_PACKETS_OUT] = { "packets-out", FACT_TYPE_NUMBER },
    [KEY_PACKETS_IN] = { "packets-in", FACT_TYPE_NUMBER },
    [KEY_DURATION_US] = { "duration-us", FACT_TYPE_NUMBER },
    [KEY_REKEYS] = { "rekeys", FACT_TYPE_NUMBER },
    [KEY_BINS_START] = { "bins.start", FACT_TYPE_NUMBER },
    [KEY_BINS_OUT] = { "bins.out", FACT_TYPE_TEXT },
    [KEY_BINS_IN] = { "bins.in", FACT_TYPE_TEXT },
    [KEY_BINS_PACKETS_OUT] = { "bins.packets-out", FACT_TYPE_TEXT },
    [KEY_BINS_PACKETS_IN] = { "bins.packets-in", FACT_TYPE_TEXT },
    [KEY_BINS_KILOBYTES] = { "bins.kilobytes", FACT_TYPE_TEXT },
    [KEY_GAPS_COUNT] = { "gaps.count", FACT_TYPE_NUMBER },
    [KEY_GAPS_MEAN_US] = { "gaps.mean-us", FACT_TYPE_NUMBER },
    [KEY_GAPS_DEVIATION_US] = { "gaps.deviation-us", FACT_TYPE_NUMBER },
    [KEY_GAPS_LONGEST_US] = { "gaps.longest-us", FACT_TYPE_NUMBER },
    [KEY_INPUT_LAG_COUNT] = { "input-lag.count", FACT_TYPE_NUMBER },
    [KEY_INPUT_LAG_P5_US] = { "input-lag.p5-us", FACT_TYPE_NUMBER },
    [KEY_ADDRESS] = { "address", FACT_TYPE_ADDRESS },
    [KEY_DEVICE_HOST_NAME] = { "device.host-name", FACT_TYPE_TEXT },
    [KEY_DEVICE_MAC] = { "device.mac", FACT_TYPE_TEXT },
    [KEY_MAC] = { "mac", FACT_TYPE_TEXT },
    [KEY_VENDOR] = { "vendor", FACT_TYPE_TEXT },
    [KEY_HOST_NAME] = { "host-name", FACT_TYPE_TEXT },
    [KEY_DOMAIN] = { "domain", FACT_TYPE_TEXT },
    [KEY_OS] = { "os", FACT_TYPE_TEXT },
    [KEY_VENDOR_CLASS] = { "vendor-class", FACT_TYPE_TEXT },
    [KEY_CLIENT_ID] = { "client-id", FACT_TYPE_TEXT },
    [KEY_MODEL] = { "model", FACT_TYPE_TEXT },
    [KEY_PREFIX_LENGTH] = { "prefix-length", FACT_TYPE_NUMBER },
    [KEY_TCP_TIMESTAMP] = { "tcp-timestamp", FACT_TYPE_NUMBER },
    [KEY_FINGERPRINT_DHCP] = { "fingerprint.dhcp", FACT_TYPE_TEXT },
    [KEY_FINGERPRINT_TCP] = { "fingerprint.tcp", FACT_TYPE_TEXT },
    [KEY_FINGERPRINT_HASSH] = { "fingerprint.hassh", FACT_TYPE_TEXT },
    [KEY_FINGERPRINT_HASSH_SERVER] = { "fingerprint.hassh-server", FACT_TYPE_TEXT },
    [KEY_FINGERPRINT_JA3] = { "fingerprint.ja3", FACT_TYPE_TEXT },
    [KEY_FINGERPRINT_JA4] = { "fingerprint.ja4", FACT_TYPE_TEXT },
    [KEY_WHAT] = { "what", FACT_TYPE_TEXT },
    [KEY_NAME] = { "name", FACT_TYPE_TEXT },
    [KEY_ISSUER] = { "issuer", FACT_TYPE_TEXT },
    [KEY_TEXT] = { "text", FACT_TYPE_TEXT },
    [KEY_HOW] = { "how", FACT_TYPE_TEXT },
    [KEY_PORT] = { "port", FACT_TYPE_NUMBER },
    [KEY_SERVICE] = { "service", FACT_TYPE_TEXT },
    [KEY_BYTES] = { "bytes", FACT_TYPE_NUMBER },
    [KEY_KEYBOARD_LAYOUT] = { "keyboard-layout", FACT_TYPE_TEXT },
    [KEY_LANGUAGE] = { "language", FACT_TYPE_TEXT },
    [KEY_IME] = { "ime", FACT_TYPE_TEXT },
    [KEY_TIME_ZONE] = { "time-zone", FACT_TYPE_TEXT },
    [KEY_LAYER] = { "layer", FACT_TYPE_TEXT },
    [KEY_END] = { "end", FACT_TYPE_TEXT },
    [KEY_VALUE_US] = { "value-us", FACT_TYPE_NUMBER },
};

/* Bytes that an entry takes, its head and NUL included. */
static size_t
entry_size(const uint8_t *entry)
{
    return ENTRY_HEAD + entry[1] + (keys[entry[0]].type == FACT_TYPE_TEXT ? 1u : 0u);
}

_Static_assert(KEY_COUNT <= 128, "a bit for each key");

bool
fact_has(const struct fact *f, enum fact_key key)
{
    return (f->has[key / 64] >> key % 64 & 1) != 0;
}

/* The entry of the key, or NULL. */
static const uint8_t *
find_entry(const struct fact *f, enum fact_key key)
{
    const uint8_t *at = f->bytes, *end = f->bytes + f->length;

    if (!fact_has(f, key))
        return NULL;
    for (; at < end; at += entry_size(at))
        if (*at == key)
            return at;
    return NULL;
}

/* Appends an entry of a key that is not there yet. */
static void
add_entry(struct fact *f, enum fact_key key, enum fact_type type, const void *value, size_t n)
{
    uint8_t *at = f->bytes + f->length;
    size_t nul = type == FACT_TYPE_TEXT ? 1 : 0;

    if (key <= KEY_NONE || key >= KEY_COUNT || keys[key].type != type || fact_has(f, key))
        return;
    if (f->length + ENTRY_HEAD + n + nul > sizeof(f->bytes)) {
        f->overflowed = true;
        return;
    }
    f->has[key / 64] |= UINT64_C(1) << key % 64;
    at[0] = (uint8_t)key;
    at[1] = (uint8_t)n;
    if (n > 0)
        memcpy(at + ENTRY_HEAD, value, n);
    if (nul > 0)
        at[ENTRY_HEAD + n] = '\0';
    f->length = (uint16_t)(f->length + entry_size(at));
}

static void
read_entry(const uint8_t *entry, struct fact_value *value)
{
    memset(value, 0, sizeof(*value));
    value->key = entry[0];
    value->type = keys[entry[0]].type;
    switch (value->type) {
    case FACT_TYPE_TEXT:
        value->text = (const char *)entry + ENTRY_HEAD;
        break;
    case FACT_TYPE_NUMBER:
        memcpy(&value->number, entry + ENTRY_HEAD, sizeof(value->number));
        break;
    case FACT_TYPE_ADDRESS:
        memcpy(&value->address, entry + ENTRY_HEAD, sizeof(value->address));
        break;
    case FACT_TYPE_FLAG:
        break;
    }
}

/* Reads the key's value when it is there and of that type. */
static bool
get_value(const struct fact *f, enum fact_key key, enum fact_type type, struct fact_value *value)
{
    const uint8_t *entry = find_entry(f, key);

    if (entry == NULL || keys[key].type != type)
        return false;
    read_entry(entry, value);
    return true;
}

void
fact_begin(struct fact *f, enum fact_kind kind)
{
    memset(f, 0, sizeof(*f));
    f->kind = (uint8_t)kind;
}

void
fact_text(struct fact *f, enum fact_key key, const void *bytes, size_t n)
{
    char clean[FACT_TEXT_MAX + 1];
    size_t length;

    if (bytes == NULL || n == 0)
        return;
    length = text_clean(clean, sizeof(clean), bytes, n);
    if (length > 0)
        add_entry(f, key, FACT_TYPE_TEXT, clean, length);
}

void
fact_lines(struct fact *f, enum fact_key key, const void *bytes, size_t n)
{
    char line[FACT_TEXT_MAX];
    size_t length = 0;

    for (struct rd r = rd_of(bytes, n); rd_left(&r) > 0 && length < sizeof line;) {
        char c = (char)rd_u8(&r);

        if (c != '\r' && c != '\n')
            line[length++] = c;
        else if (length > 0 && line[length - 1] != ' ')
            line[length++] = ' ';
    }
    while (length > 0 && line[length - 1] == ' ')
        length--;
    fact_text(f, key, line, length);
}

void
fact_word(struct fact *f, enum fact_key key, const char *word)
{
    fact_text(f, key, word, strlen(word));
}

void
fact_number(struct fact *f, enum fact_key key, int64_t value)
{
    add_entry(f, key, FACT_TYPE_NUMBER, &value, sizeof(value));
}

void
fact_address(struct fact *f, enum fact_key key, const struct in6_addr *address)
{
    add_entry(f, key, FACT_TYPE_ADDRESS, address, sizeof(*address));
}

void
fact_flag(struct fact *f, enum fact_key key)
{
    add_entry(f, key, FACT_TYPE_FLAG, NULL, 0);
}

void
fact_mac(struct fact *f, enum fact_key key, const uint8_t *octets)
{
    static const uint8_t none[TEXT_MAC_OCTETS];
    char text[TEXT_MAC_SIZE];

    if (octets == NULL || (octets[0] & MAC_GROUP) != 0 || memcmp(octets, none, sizeof none) == 0)
        return;
    text_from_mac(text, octets);
    fact_word(f, key, text);
}

const char *
fact_get_text(const struct fact *f, enum fact_key key)
{
    struct fact_value value;

    return get_value(f, key, FACT_TYPE_TEXT, &value) ? value.text : NULL;
}

bool
fact_get_number(const struct fact *f, enum fact_key key, int64_t *number)
{
    struct fact_value value;

    if (!get_value(f, key, FACT_TYPE_NUMBER, &value))
        return false;
    *number = value.number;
    return true;
}

bool
fact_get_address(const struct fact *f, enum fact_key key, struct in6_addr *address)
{
    struct fact_value value;

    if (!get_value(f, key, FACT_TYPE_ADDRESS, &value))
        return false;
    *address = value.address;
    return true;
}

bool
fact_is(const struct fact *f, enum fact_key key, const char *word)
{
    const char *text = fact_get_text(f, key);

    return text != NULL && strcmp(text, word) == 0;
}

void
fact_fill(struct fact *to, const struct fact *from)
{
    const uint8_t *at = from->bytes, *end = from->bytes + from->length;

    for (; at < end; at += entry_size(at))
        add_entry(to, at[0], keys[at[0]].type, at + ENTRY_HEAD, at[1]);
}

bool
fact_next(const struct fact *f, unsigned *cursor, struct fact_value *value)
{
    const uint8_t *at = f->bytes, *end = f->bytes + f->length;
    const uint8_t *next = NULL;

    for (; at < end; at += entry_size(at))
        if (*at > *cursor && (next == NULL || *at < *next))
            next = at;
    if (next == NULL)
        return false;
    read_entry(next, value);
    *cursor = *next;
    return true;
}

const char *
fact_kind_name(enum fact_kind kind)
{
    return kind > FACT_NONE && kind < FACT_KIND_COUNT ? kind_names[kind] : NULL;
}

enum fact_kind
fact_kind_of(const char *name)
{
    for (int kind = FACT_NONE + 1; kind < FACT_KIND_COUNT; kind++)
        if (strcmp(kind_names[kind], name) == 0)
            return (enum fact_kind)kind;
    return FACT_NONE;
}

const char *
fact_key_name(enum fact_key key)
{
    return key > KEY_NONE && key < KEY_COUNT ? keys[key].name : NULL;
}

enum fact_key
fact_key_of(const char *name)
{
    for (int key = KEY_NONE + 1; key < KEY_COUNT; key++)
        if (strcmp(keys[key].name, name) == 0)
            return (enum fact_key)key;
    return KEY_NONE;
}

enum fact_type
fact_key_type(enum fact_key key)
{
    return key > KEY_NONE && key < KEY_COUNT ? keys[key].type : FACT_TYPE_FLAG;
}
