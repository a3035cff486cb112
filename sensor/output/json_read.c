/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The strict reader: no comments, no trailing commas, no leading zeros, no lone surrogates, no raw
 * control characters. UTF-8 is passed on as it is; fact_text() judges it.
 */
#include "json_read.h"

static void
fail(struct rd *r)
{
    r->ok = false;
    r->p = r->end;
}

static void
skip_space(struct rd *r)
{
    while (r->p < r->end && (*r->p == ' ' || *r->p == '\t' || *r->p == '\n' || *r->p == '\r'))
        r->p++;
}

static bool
take(struct rd *r, char c)
{
    if (rd_left(r) == 0 || rd_peek(r) != (uint8_t)c)
        return false;
    rd_skip(r, 1);
    return true;
}

static void
expect_word(struct rd *r, const char *word)
{
    for (; *word != '\0'; word++)
        if (!take(r, *word)) {
            fail(r);
            return;
        }
}

static uint32_t
take_hex4(struct rd *r)
{
    uint32_t value = 0;

    for (int i = 0; i < 4; i++) {
        uint8_t c = rd_u8(r);

        if (c >= '0' && c <= '9')
            value = value << 4 | (uint32_t)(c - '0');
        else if ((c | 0x20) >= 'a' && (c | 0x20) <= 'f')
            value = value << 4 | (uint32_t)((c | 0x20) - 'a' + 10);
        else
            fail(r);
    }
    return value;
}

/* Behind "\u": a code point, of one unit or a surrogate pair. */
static uint32_t
take_code_point(struct rd *r)
{
    uint32_t code = take_hex4(r), low;

    if (code >= 0xdc00 && code <= 0xdfff)
        fail(r);
    if (code < 0xd800 || code > 0xdbff)
        return code;
    expect_word(r, "\\u");
    low = take_hex4(r);
    if (low < 0xdc00 || low > 0xdfff)
        fail(r);
    return 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
}

static size_t
put_utf8(uint8_t out[4], uint32_t code)
{
    static const uint8_t leads[] = { 0, 0x00, 0xc0, 0xe0, 0xf0 };
    size_t n = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;

    for (size_t i = n - 1; i > 0; i--, code >>= 6)
        out[i] = (uint8_t)(0x80 | (code & 0x3f));
    out[0] = (uint8_t)(leads[n] | code);
    return n;
}

/* Behind a backslash: the bytes it stands for; 0 when it stands for none. */
static size_t
take_escape(struct rd *r, uint8_t out[4])
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    uint8_t c = rd_u8(r);
    const char *at;

    if (c == 'u')
        return put_utf8(out, take_code_point(r));
    at = c == 0 ? NULL : strchr(from, c);
    if (at == NULL) {
        fail(r);
        return 0;
    }
    out[0] = (uint8_t)to[at - from];
    return 1;
}

/* The bytes in front that stand for themselves: up to a quote, backslash or control character. */
static size_t
count_plain(const struct rd *r)
{
    const uint8_t *at = r->p;

    while (at < r->end && *at != '"' && *at != '\\' && *at >= 0x20)
        at++;
    return (size_t)(at - r->p);
}

/* Adds to the text; of a text that is forgotten nothing is kept. */
static void
add_text(struct rd *r, struct json_value *value, const uint8_t *bytes, size_t n)
{
    if (!r->ok || value == NULL)
        return;
    if (n > JSON_TEXT_LIMIT - value->length) {
        fail(r);
        return;
    }
    memcpy(value->text + value->length, bytes, n);
    value->length += n;
}

/* A string whose opening quote was taken. value NULL = forgotten, of any length; one that is longer
 * than JSON_TEXT_LIMIT is bad otherwise. */
static void
take_string(struct rd *r, struct json_value *value)
{
    if (value != NULL)
        value->length = 0;
    while (r->ok) {
        size_t n = count_plain(r);
        const uint8_t *plain = rd_bytes(r, n);
        uint8_t escaped[4];

        add_text(r, value, plain, n);
        if (take(r, '"'))
            break;
        expect_word(r, "\\");
        n = take_escape(r, escaped);
        add_text(r, value, escaped, n);
    }
    if (value != NULL)
        value->text[value->length] = '\0';
}

/* Digits, at least one; the count of them. */
static size_t
take_digits(struct rd *r)
{
    const uint8_t *from = r->p;

    while (r->p < r->end && *r->p >= '0' && *r->p <= '9')
        r->p++;
    if (r->p == from)
        fail(r);
    return (size_t)(r->p - from);
}

/* The digits as a negative number, since that range is the larger; false when it does not fit. */
static bool
read_integer(const uint8_t *from, const uint8_t *end, bool is_negative, int64_t *out)
{
    int64_t value = 0;

    for (; from < end; from++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_sub_overflow(value, *from - '0', &value))
            return false;
    if (!is_negative && value == INT64_MIN)
        return false;
    *out = is_negative ? value : -value;
    return true;
}

static enum json_kind
take_number(struct rd *r, int64_t *integer)
{
    bool is_negative = take(r, '-'), is_integer = true;
    const uint8_t *from = r->p;
    size_t n = take_digits(r);
    const uint8_t *end = r->p;

    if (!r->ok || (n > 1 && *from == '0')) {
        fail(r);
        return JSON_OTHER;
    }
    if (take(r, '.')) {
        is_integer = false;
        take_digits(r);
    }
    if (take(r, 'e') || take(r, 'E')) {
        is_integer = false;
        if (!take(r, '-'))
            (void)take(r, '+');
        take_digits(r);
    }
    return is_integer && read_integer(from, end, is_negative, integer) ? JSON_INTEGER : JSON_OTHER;
}

static void skip_value(struct rd *r, unsigned depth);

static void
skip_members(struct rd *r, unsigned depth)
{
    for (bool is_first = true; r->ok; is_first = false) {
        skip_space(r);
        if (take(r, '}'))
            return;
        if (!is_first)
            expect_word(r, ",");
        skip_space(r);
        expect_word(r, "\"");
        take_string(r, NULL);
        skip_space(r);
        expect_word(r, ":");
        skip_value(r, depth);
    }
}

static void
skip_items(struct rd *r, unsigned depth)
{
    for (bool is_first = true; r->ok; is_first = false) {
        skip_space(r);
        if (take(r, ']')) {
            return;
        }
        if (!is_first)
            expect_word(r, ",");
        skip_value(r, depth);
    }
}

static void
skip_value(struct rd *r, unsigned depth)
{
    int64_t ignored;

    skip_space(r);
    if (depth == 0)
        fail(r);
    else if (take(r, '{'))
        skip_members(r, depth - 1);
    else if (take(r, '['))
        skip_items(r, depth - 1);
    else if (take(r, '"'))
        take_string(r, NULL);
    else if (rd_peek(r) == 't')
        expect_word(r, "true");
    else if (rd_peek(r) == 'f')
        expect_word(r, "false");
    else if (rd_peek(r) == 'n')
        expect_word(r, "null");
    else
        (void)take_number(r, &ignored);
}

bool
json_begin(struct rd *r)
{
    skip_space(r);
    if (!take(r, '{'))
        fail(r);
    return r->ok;
}

bool
json_next_key(struct rd *r, bool *is_first, struct json_value *key)
{
    skip_space(r);
    if (!r->ok || take(r, '}'))
        return false;
    if (!*is_first)
        expect_word(r, ",");
    *is_first = false;
    skip_space(r);
    expect_word(r, "\"");
    take_string(r, key);
    skip_space(r);
    expect_word(r, ":");
    return r->ok;
}

void
json_take_value(struct rd *r, struct json_value *value)
{
    skip_space(r);
    value->length = 0;
    value->text[0] = '\0';
    value->integer = 0;
    switch (rd_peek(r)) {
    case '"':
        rd_skip(r, 1);
        value->kind = JSON_TEXT;
        take_string(r, value);
        break;
    case '{':
        rd_skip(r, 1);
        value->kind = JSON_MAP;
        break;
    case '[':
        value->kind = JSON_OTHER;
        skip_value(r, JSON_DEPTH_LIMIT);
        break;
    case 't':
        value->kind = JSON_TRUE;
        expect_word(r, "true");
        break;
    case 'f':
        value->kind = JSON_FALSE;
        expect_word(r, "false");
        break;
    case 'n':
        value->kind = JSON_NULL;
        expect_word(r, "null");
        break;
    default:
        value->kind = take_number(r, &value->integer);
        break;
    }
}

void
json_skip_map(struct rd *r)
{
    skip_members(r, JSON_DEPTH_LIMIT);
}

bool
json_at_end(struct rd *r)
{
    skip_space(r);
    return r->ok && rd_left(r) == 0;
}
