/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Patterns of log lines: literals and fields, matched whole, never guessing where a field ends.
 */
#include "login.h"
#include "syslog_vendor.h"
#include "text.h"
#include <string.h>

#define LITERAL_ROOM 128 /* longer than any literal in the vendors' tables */
#define FIELD_CHARS 3    /* {x} */

/* Copies the literal at *pattern up to the next field or the end, and steps over it. */
static bool
take_literal(const char **pattern, char literal[LITERAL_ROOM])
{
    size_t n = strcspn(*pattern, "{");

    if (n >= LITERAL_ROOM)
        return false;
    memcpy(literal, *pattern, n);
    literal[n] = '\0';
    *pattern += n;
    return true;
}

/* The bytes of a field that ends at the literal, or (no literal) at the end of the text. */
static bool
take_field(struct rd *text, char field, const char *literal, struct rd *value)
{
    if (literal[0] == '\0') {
        *value = text_take_rest(text);
        return true;
    }
    if (field == 'U')
        return text_take_until_last(text, literal, value);
    if (!text_take_until(text, literal, value))
        return false;
    return field != '1' || !text_contains(*text, literal);
}

/* An address, or a way to say that none was given. Anything else is another line than it looks. */
static bool
put_inside(struct fact *f, struct rd value)
{
    static const char *const none[] = { "", "-", "::", "0.0.0.0", "N/A", "(Not enabled)" };

    if (login_address(f, KEY_INSIDE, value))
        return true;
    for (size_t i = 0; i < sizeof(none) / sizeof(*none); i++)
        if (text_equals(&value, none[i]))
            return true;
    return false;
}

static bool
put_field(struct fact *f, char field, struct rd value)
{
    static const struct {
        char field;
        enum fact_key key;
    } texts[] = { { 's', KEY_SESSION }, { 'r', KEY_REASON }, { 'h', KEY_DEVICE_HOST_NAME },
        { 'c', KEY_SOFTWARE_CLIENT } };

    value = text_trim(value);
    switch (field) {
    case 'u':
    case 'U':
    case '1':
        syslog_account(f, value);
        return rd_left(&value) > 0;
    case 'o':
        return login_address(f, KEY_OUTSIDE, value);
    case 'i':
        return put_inside(f, value);
    case 'p':
        login_calling_station(f, value);
        return fact_has(f, KEY_OUTSIDE) || fact_has(f, KEY_DEVICE_MAC);
    case 'w':
        return rd_left(&value) > 0 && !text_contains(value, " ");
    }
    for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
        if (texts[i].field == field)
            fact_text(f, texts[i].key, value.p, rd_left(&value));
    return true;
}

bool
syslog_match(struct rd text, const char *pattern, struct fact *f)
{
    struct fact filled = *f;
    char literal[LITERAL_ROOM];

    if (!take_literal(&pattern, literal) || !text_take(&text, literal))
        return false;
    while (*pattern == '{') {
        char field = pattern[1];
        struct rd value;

        pattern += FIELD_CHARS;
        if (!take_literal(&pattern, literal) || !take_field(&text, field, literal, &value) ||
            !put_field(&filled, field, value))
            return false;
    }
    if (rd_left(&text) > 0)
        return false;
    *f = filled;
    return true;
}

bool
syslog_match_any(
    struct rd text, const struct syslog_pattern *patterns, size_t count, struct fact *f)
{
    for (size_t i = 0; i < count; i++) {
        fact_begin(f, patterns[i].kind);
        if (patterns[i].result != NULL)
            fact_word(f, KEY_RESULT, patterns[i].result);
        if (syslog_match(text, patterns[i].pattern, f))
            return true;
    }
    return false;
}

void
syslog_account(struct fact *f, struct rd name)
{
    struct rd stars = name;

    while (text_take(&stars, "*"))
        ;
    if (rd_left(&stars) > 0)
        login_account(f, name);
}
