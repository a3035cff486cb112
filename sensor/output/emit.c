/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The steps of a walk, and how scalars are spelled in every form.
 */
#include "emit.h"
#include "../../parsers/text.h"
#include "../address.h"
#include "../timestamp.h"
#include <math.h>
#include <string.h>

#define CLEAN_SIZE 4096    /* longest text of ours or of the configuration that is kept */
#define DECIMAL_LIMIT 1e12 /* beyond it a decimal of ours is a mistake; it is held to it */
#define DECIMAL_PLACES 6
#define DIGITS_SIZE 21 /* "-9223372036854775808" and its NUL */

static void
put_key(struct emitter *e, const char *key)
{
    if (key != NULL)
        e->form->key(e, key);
}

/* Digits of value at the end of the buffer; returns where they begin. */
static char *
put_digits(char *end, uint64_t value)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    return end;
}

void
emit_close(struct emitter *e)
{
    if (e != NULL)
        e->form->close(e);
}

void
emit_begin(struct emitter *e)
{
    e->form->begin(e);
}

void
emit_end(struct emitter *e)
{
    e->form->end(e);
}

void
emit_begin_map(struct emitter *e, const char *key, enum emit_style style)
{
    put_key(e, key);
    e->form->begin_map(e, style);
}

void
emit_end_map(struct emitter *e)
{
    e->form->end_map(e);
}

void
emit_begin_list(struct emitter *e, const char *key, enum emit_style style)
{
    put_key(e, key);
    e->form->begin_list(e, style);
}

void
emit_end_list(struct emitter *e)
{
    e->form->end_list(e);
}

void
emit_clean_text(struct emitter *e, const char *key, const char *text)
{
    if (text == NULL)
        return;
    put_key(e, key);
    e->form->text(e, text, strlen(text));
}

void
emit_text(struct emitter *e, const char *key, const char *text)
{
    char clean[CLEAN_SIZE];

    if (text == NULL)
        return;
    text_clean(clean, sizeof(clean), text, strlen(text));
    emit_clean_text(e, key, clean);
}

void
emit_number(struct emitter *e, const char *key, int64_t value)
{
    char digits[DIGITS_SIZE], *end = digits + sizeof(digits), *at;
    uint64_t size = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

    at = put_digits(end, size);
    if (value < 0)
        *--at = '-';
    put_key(e, key);
    e->form->plain(e, at, (size_t)(end - at));
}

void
emit_count(struct emitter *e, const char *key, uint64_t value)
{
    char digits[DIGITS_SIZE], *end = digits + sizeof(digits), *at = put_digits(end, value);

    put_key(e, key);
    e->form->plain(e, at, (size_t)(end - at));
}

size_t
emit_print_decimal(char out[EMIT_DECIMAL_SIZE], double value, int places)
{
    char digits[EMIT_DECIMAL_SIZE], *end = digits + sizeof(digits), *at = end;
    uint64_t scaled, scale = 1;
    bool is_negative;

    if (isnan(value))
        value = 0;
    value = fmin(fmax(value, -DECIMAL_LIMIT), DECIMAL_LIMIT);
    for (places = places > DECIMAL_PLACES ? DECIMAL_PLACES : places; places > 0; places--)
        scale *= 10;
    scaled = (uint64_t)llround(fabs(value) * (double)scale);
    is_negative = value < 0 && scaled > 0;
    while (scale > 1 && scaled % 10 == 0) {
        scaled /= 10;
        scale /= 10;
    }
    if (scale > 1) {
        for (uint64_t fraction = scaled % scale, s = scale; s > 1; s /= 10, fraction /= 10)
            *--at = (char)('0' + fraction % 10);
        *--at = '.';
    }
    at = put_digits(at, scaled / scale);
    if (is_negative)
        *--at = '-';
    memcpy(out, at, (size_t)(end - at));
    out[end - at] = '\0';
    return (size_t)(end - at);
}

void
emit_decimal(struct emitter *e, const char *key, double value, int places)
{
    char text[EMIT_DECIMAL_SIZE];
    size_t n = emit_print_decimal(text, value, places);

    put_key(e, key);
    e->form->plain(e, text, n);
}

void
emit_true(struct emitter *e, const char *key)
{
    put_key(e, key);
    e->form->plain(e, "true", 4);
}

void
emit_time(struct emitter *e, const char *key, int64_t time_us)
{
    char text[TIMESTAMP_SIZE];

    timestamp_print(text, time_us);
    put_key(e, key);
    e->form->time(e, text, TIMESTAMP_LENGTH);
}

void
emit_address(struct emitter *e, const char *key, const struct in6_addr *address)
{
    char text[ADDRESS_SIZE];

    address_print(text, address);
    emit_clean_text(e, key, text);
}

void
emit_print_id(char out[EMIT_ID_SIZE], uint64_t id)
{
    static const char hex[] = "0123456789abcdef";

    for (int i = EMIT_ID_SIZE - 2; i >= 0; i--, id >>= 4)
        out[i] = hex[id & 15];
    out[EMIT_ID_SIZE - 1] = '\0';
}

void
emit_id(struct emitter *e, const char *key, uint64_t id)
{
    char text[EMIT_ID_SIZE];

    emit_print_id(text, id);
    emit_clean_text(e, key, text);
}
