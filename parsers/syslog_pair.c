/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Log lines of key=value pairs (WELF and its kin), parted by spaces or commas, and of
 * comma-separated values.
 */
#include "syslog_vendor.h"
#include "text.h"

#define PAIRS_MAX 128 /* a line has around thirty */

/* Up to the quote that no backslash precedes. */
static bool
take_quoted(struct rd *r, uint8_t quote, struct rd *value)
{
    const uint8_t *from = r->p;

    for (;;) {
        uint8_t c = rd_u8(r);

        if (!r->ok)
            return false;
        if (c == '\\')
            rd_skip(r, 1);
        else if (c == quote)
            break;
    }
    *value = rd_of(from, (size_t)(r->p - 1 - from));
    return rd_left(r) == 0 || rd_peek(r) == ' ' || rd_peek(r) == ',';
}

bool
syslog_take_pair(struct rd *r, struct rd *key, struct rd *value)
{
    bool is_taken = true;

    *r = text_trim(*r);
    if (!text_take_until(r, "=", key))
        return false;
    if (text_take(r, "\""))
        is_taken = take_quoted(r, '"', value);
    else if (text_take(r, "'"))
        is_taken = take_quoted(r, '\'', value);
    else if (!text_take_until(r, " ", value))
        *value = text_take_rest(r);
    (void)text_take(r, ",");
    return is_taken;
}

static bool
says_nothing(const struct rd *value)
{
    return rd_left(value) == 0 || text_equals(value, "N/A") || text_equals(value, "(null)");
}

bool
syslog_read_pairs(struct rd r, const char *const names[], struct rd values[], size_t count)
{
    struct rd key, value;
    bool is_plain = true;

    for (size_t i = 0; i < count; i++)
        values[i] = (struct rd){ NULL, NULL, true };
    for (unsigned n = 0; n < PAIRS_MAX && syslog_take_pair(&r, &key, &value); n++)
        for (size_t i = 0; i < count; i++) {
            if (!text_equals(&key, names[i]) || says_nothing(&value))
                continue;
            is_plain &= values[i].p == NULL;
            if (values[i].p == NULL)
                values[i] = value;
        }
    return is_plain;
}

bool
syslog_take_cell(struct rd *r, struct rd *value)
{
    const uint8_t *from;

    if (!text_take(r, "\"")) {
        if (!text_take_until(r, ",", value))
            *value = text_take_rest(r);
        return true;
    }
    from = r->p;
    for (;;) {
        uint8_t c = rd_u8(r);

        if (!r->ok)
            return false;
        if (c == '"' && !text_take(r, "\""))
            break;
    }
    *value = rd_of(from, (size_t)(r->p - 1 - from));
    return text_take(r, ",") || rd_left(r) == 0;
}
