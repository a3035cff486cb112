/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Text from the wire: printable UTF-8, and the reading of words, addresses and MACs.
 *
 * Well-formedness of UTF-8 follows table 3-7 of the Unicode standard (RFC 3629 has the same in
 * ABNF): no overlong forms, no surrogates, nothing above U+10FFFF.
 */
#include "text.h"
#include "wr.h"
#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#define CODE_INVALID UINT32_MAX
#define CODE_REPLACEMENT 0xfffd
#define UTF8_ROOM 4
#define MAC_DIGITS (2 * TEXT_MAC_OCTETS)
#define UNIT_ROOM 12 /* the longest unit written at once: \u{10FFFF} and a NUL */

/* How many continuation bytes follow a lead byte, and what the first of them may be. */
struct utf8_lead {
    uint8_t from, to;
    uint8_t follow;
    uint8_t mask; /* the bits of the lead that belong to the code point */
    uint8_t low, high;
};

static const struct utf8_lead utf8_leads[] = {
    { 0xc2, 0xdf, 1, 0x1f, 0x80, 0xbf },
    { 0xe0, 0xe0, 2, 0x0f, 0xa0, 0xbf },
    { 0xe1, 0xec, 2, 0x0f, 0x80, 0xbf },
    { 0xed, 0xed, 2, 0x0f, 0x80, 0x9f },
    { 0xee, 0xef, 2, 0x0f, 0x80, 0xbf },
    { 0xf0, 0xf0, 3, 0x07, 0x90, 0xbf },
    { 0xf1, 0xf3, 3, 0x07, 0x80, 0xbf },
    { 0xf4, 0xf4, 3, 0x07, 0x80, 0x8f },
};

/* Code points that are not shown as they are: they end lines, hide or reorder text, or may not
 * stand in YAML. */
static const struct {
    uint32_t from, to;
} hidden_ranges[] = {
    { 0x0080, 0x009f }, /* C1 */
    { 0x00ad, 0x00ad }, /* soft hyphen */
    { 0x061c, 0x061c }, /* Arabic letter mark */
    { 0x200b, 0x200f }, /* spaces and joiners without width, left-to-right and right-to-left mark */
    { 0x2028, 0x202e }, /* separators, embeddings and overrides */
    { 0x2060, 0x2064 }, /* joiners and operators that are not seen */
    { 0x2066, 0x2069 }, /* isolates */
    { 0xfeff, 0xfeff }, /* byte order mark */
    { 0xfffe, 0xffff }, /* non-characters */
};

/* Takes one code point, or the maximal subpart of an ill-formed one. */
static uint32_t
take_code_point(struct rd *r)
{
    uint8_t lead = rd_u8(r);
    const struct utf8_lead *l = utf8_leads;
    const struct utf8_lead *end = utf8_leads + sizeof(utf8_leads) / sizeof(*utf8_leads);
    uint8_t low, high;
    uint32_t code;

    if (lead < 0x80)
        return lead;
    while (l < end && (lead < l->from || lead > l->to))
        l++;
    if (l == end)
        return CODE_INVALID;
    code = lead & l->mask;
    low = l->low;
    high = l->high;
    for (unsigned i = 0; i < l->follow; i++) {
        uint8_t next = rd_peek(r);

        if (next < low || next > high)
            return CODE_INVALID;
        code = code << 6 | (next & 0x3fu);
        rd_skip(r, 1);
        low = 0x80;
        high = 0xbf;
    }
    return code;
}

static bool
is_hidden(uint32_t code)
{
    for (size_t i = 0; i < sizeof(hidden_ranges) / sizeof(*hidden_ranges); i++)
        if (code >= hidden_ranges[i].from && code <= hidden_ranges[i].to)
            return true;
    return false;
}

/* One unit of output: a character, U+FFFD, or an escape. Returns its length. */
static size_t
write_unit(char unit[UNIT_ROOM], uint32_t code, const uint8_t *bytes, size_t n)
{
    int written;

    if (code == CODE_INVALID)
        written = snprintf(unit, UNIT_ROOM, "\xef\xbf\xbd");
    else if (code < 0x20 || code == 0x7f)
        written = snprintf(unit, UNIT_ROOM, "\\x%02x", (unsigned)code);
    else if (is_hidden(code))
        written = snprintf(unit, UNIT_ROOM, "\\u{%04x}", (unsigned)code);
    else {
        memcpy(unit, bytes, n);
        return n;
    }
    return (size_t)written;
}

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0;
}

int
text_hex_value(uint8_t c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

/* How many of the bytes are printable ASCII, from the first on; eight at a time, a borrow
 * or a carry into the high bit tells a byte below or above the bounds. */
static size_t
plain_length(const uint8_t *b, size_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101), high = ones << 7;
    size_t at = 0;
    uint64_t word;

    for (; n - at >= sizeof word; at += sizeof word) {
        memcpy(&word, b + at, sizeof word);
        /* no byte is 0x80 or more, 0x7f, or below 0x20 */
        if (((word | (word + ones) | (word - ones * 0x20)) & high) != 0)
            break;
    }
    while (at < n && b[at] >= ' ' && b[at] < 0x7f)
        at++;
    return at;
}

size_t
text_clean(char *out, size_t room, const void *bytes, size_t n)
{
    const uint8_t *b = bytes;
    struct rd r;
    size_t length = 0;

    while (n > 0 && b[n - 1] == 0)
        n--;
    out[0] = '\0';
    if (n == 0)
        return 0;
    length = plain_length(b, n < room - 1 ? n : room - 1); /* nearly always all of it */
    memcpy(out, b, length);
    r = rd_of(b + length, n - length);
    while (rd_left(&r) > 0) {
        const uint8_t *at = r.p;
        char unit[UNIT_ROOM];
        size_t unit_length;
        uint32_t code = take_code_point(&r);
        unit_length = write_unit(unit, code, at, (size_t)(r.p - at));
        if (length + unit_length >= room)
            break;
        memcpy(out + length, unit, unit_length);
        length += unit_length;
    }
    out[length] = '\0';
    return length;
}

/* Takes one code point; CODE_INVALID for a surrogate without its other half. */
static uint32_t
take_utf16le(struct rd *r)
{
    uint32_t code = rd_u16_le(r);
    struct rd ahead = *r;
    uint32_t low = rd_u16_le(&ahead);

    if (code < 0xd800 || code > 0xdfff)
        return code;
    if (code > 0xdbff || !ahead.ok || low < 0xdc00 || low > 0xdfff)
        return CODE_INVALID;
    *r = ahead;
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

/* The code point as UTF-8; its length. */
static size_t
put_utf8(char out[UTF8_ROOM], uint32_t code)
{
    static const uint8_t marks[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = n; i-- > 1; code >>= 6)
        out[i] = (char)(0x80 | (code & 0x3f));
    out[0] = (char)(marks[n] | code);
    return n;
}

size_t
text_from_utf16le(char *out, size_t room, struct rd units)
{
    size_t length = 0, n;

    while (rd_left(&units) >= sizeof(uint16_t)) {
        uint32_t code = take_utf16le(&units);
        char unit[UTF8_ROOM];

        if (code == 0)
            break;
        n = put_utf8(unit, code == CODE_INVALID ? CODE_REPLACEMENT : code);
        if (n > room - length)
            break;
        memcpy(out + length, unit, n);
        length += n;
    }
    return length;
}

struct rd
text_of(const char *word)
{
    return rd_of(word, strlen(word));
}

bool
text_equals(const struct rd *t, const char *word)
{
    size_t n = strlen(word);

    return t->ok && rd_left(t) == n && memcmp(t->p, word, n) == 0;
}

bool
text_equals_nocase(const struct rd *t, const char *word)
{
    size_t n = strlen(word);

    return t->ok && rd_left(t) == n && strncasecmp((const char *)t->p, word, n) == 0;
}

bool
text_take(struct rd *t, const char *word)
{
    size_t n = strlen(word);

    if (!t->ok || rd_left(t) < n || memcmp(t->p, word, n) != 0)
        return false;
    rd_skip(t, n);
    return true;
}

bool
text_take_until(struct rd *t, const char *mark, struct rd *piece)
{
    const uint8_t *at;

    if (!t->ok || rd_left(t) == 0)
        return false;
    at = memmem(t->p, rd_left(t), mark, strlen(mark));
    if (at == NULL)
        return false;
    *piece = rd_sub(t, (size_t)(at - t->p));
    rd_skip(t, strlen(mark));
    return true;
}

bool
text_take_until_last(struct rd *t, const char *mark, struct rd *piece)
{
    struct rd scan = *t, skipped;
    const uint8_t *last = NULL;

    while (text_take_until(&scan, mark, &skipped)) {
        last = skipped.end;
        scan.p = last + 1; /* marks may overlap */
    }
    if (last == NULL)
        return false;
    *piece = rd_sub(t, (size_t)(last - t->p));
    rd_skip(t, strlen(mark));
    return true;
}

bool
text_take_quoted(struct rd *t, uint8_t *room, size_t size, struct rd *piece)
{
    struct rd at = *t;

    for (size_t n = 0; rd_left(&at) > 0; n++) {
        uint8_t c = rd_u8(&at);

        if (c == '"') {
            *piece = rd_of(room, n);
            *t = at;
            return true;
        }
        if (n == size)
            return false;
        if (c == '\\' && (rd_peek(&at) == '"' || rd_peek(&at) == '\\'))
            c = rd_u8(&at);
        room[n] = c;
    }
    return false;
}

struct rd
text_take_rest(struct rd *t)
{
    return rd_sub(t, rd_left(t));
}

struct rd
text_trim(struct rd t)
{
    while (rd_left(&t) > 0 && is_space(*t.p))
        t.p++;
    while (rd_left(&t) > 0 && is_space(t.end[-1]))
        t.end--;
    return t;
}

bool
text_contains(struct rd t, const char *word)
{
    struct rd skipped;

    return text_take_until(&t, word, &skipped);
}

bool
text_to_address(struct rd t, struct in6_addr *address)
{
    char buffer[TEXT_ADDRESS_SIZE];
    struct in_addr v4;
    struct in6_addr v6;
    struct rd zoned = t, plain;

    if (rd_left(&t) > 2 && *t.p == '[' && t.end[-1] == ']') {
        t.p++;
        t.end--;
        zoned = t;
    }
    if (text_take_until(&zoned, "%", &plain))
        t = plain;
    if (!t.ok || rd_left(&t) < 2 || rd_left(&t) >= sizeof(buffer))
        return false;
    memcpy(buffer, t.p, rd_left(&t));
    buffer[rd_left(&t)] = '\0';
    if (strlen(buffer) != rd_left(&t))
        return false;
    if (inet_pton(AF_INET, buffer, &v4) == 1) {
        memset(&v6, 0, sizeof(v6));
        v6.s6_addr[10] = v6.s6_addr[11] = 0xff;
        memcpy(&v6.s6_addr[12], &v4, sizeof(v4));
    } else if (inet_pton(AF_INET6, buffer, &v6) != 1) {
        return false;
    }
    *address = v6;
    return true;
}

bool
text_to_endpoint(struct rd t, struct in6_addr *address)
{
    struct rd left = t, host;
    uint64_t port;

    if (text_to_address(t, address))
        return true;
    if (text_take_until(&left, "(", &host)) {
        if (!text_take_until(&left, ")", &t) || rd_left(&left) > 0)
            return false;
    } else if (rd_peek(&t) != '[' && text_take_until(&left, "[", &host)) {
        if (!text_take_until(&left, "]", &t) || rd_left(&left) > 0)
            return false;
    } else if (text_take_until(&left, "/", &host) || text_take_until_last(&left, ":", &host)) {
        t = left;
    } else {
        return false;
    }
    if (!text_to_number(t, &port) || port > UINT16_MAX)
        return false;
    return text_to_address(host, address);
}

bool
text_to_number(struct rd t, uint64_t *number)
{
    uint64_t value = 0;

    if (!t.ok || rd_left(&t) == 0 || rd_left(&t) > 18) /* 18 digits fit in 64 bits, signed too */
        return false;
    while (rd_left(&t) > 0) {
        uint8_t c = rd_u8(&t);

        if (c < '0' || c > '9')
            return false;
        value = value * 10 + (uint64_t)(c - '0');
    }
    *number = value;
    return true;
}

bool
text_to_octets(struct rd t, uint8_t octets[TEXT_MAC_OCTETS])
{
    /* The notations by where the separator stands: after how many digits, and which. */
    static const struct {
        unsigned group;
        uint8_t separator;
    } notations[] = { { 2, ':' }, { 2, '-' }, { 2, '.' }, { 2, ' ' }, { 4, '.' }, { 4, '-' },
        { 4, ':' }, { 6, '-' }, { 6, ':' }, { MAC_DIGITS, 0 } };

    if (!t.ok)
        return false;
    for (size_t i = 0; i < sizeof(notations) / sizeof(*notations); i++) {
        struct rd r = t;
        unsigned digits = 0;

        memset(octets, 0, TEXT_MAC_OCTETS);
        while (digits < MAC_DIGITS) {
            int value;

            if (digits > 0 && digits % notations[i].group == 0 &&
                rd_u8(&r) != notations[i].separator)
                break;
            value = text_hex_value(rd_u8(&r));
            if (!r.ok || value < 0)
                break;
            octets[digits / 2] = (uint8_t)(octets[digits / 2] << 4 | value);
            digits++;
        }
        if (digits == MAC_DIGITS && r.ok && rd_left(&r) == 0)
            return true;
    }
    return false;
}

bool
text_to_mac(struct rd t, char out[TEXT_MAC_SIZE])
{
    uint8_t octets[TEXT_MAC_OCTETS];

    if (!text_to_octets(t, octets))
        return false;
    text_from_mac(out, octets);
    return true;
}

void
text_from_mac(char out[TEXT_MAC_SIZE], const uint8_t octets[TEXT_MAC_OCTETS])
{
    struct wr w = wr_of(out, TEXT_MAC_SIZE);

    for (unsigned i = 0; i < TEXT_MAC_OCTETS; i++) {
        wr_word(&w, i > 0 ? ":" : "");
        wr_hex(&w, octets[i], 2);
    }
}

void
text_from_address(char out[TEXT_ADDRESS_SIZE], const struct in6_addr *address)
{
    if (IN6_IS_ADDR_V4MAPPED(address))
        inet_ntop(AF_INET, &address->s6_addr[12], out, TEXT_ADDRESS_SIZE);
    else
        inet_ntop(AF_INET6, address, out, TEXT_ADDRESS_SIZE);
}
