/* SPDX-License-Identifier: BSD-2-Clause
 *
 * DER: definite lengths and low tag numbers only, which is all that Kerberos uses (RFC 4120, 5.1).
 */
#include "der.h"

#define TAG_NUMBER_MASK 0x1f
#define LENGTH_LONG 0x80
#define LENGTH_OCTETS_MAX 4

uint8_t
der_head(struct rd *r, size_t *length)
{
    uint8_t tag = rd_u8(r), first = rd_u8(r);
    size_t octets, n = 0;

    *length = 0;
    if ((tag & TAG_NUMBER_MASK) == TAG_NUMBER_MASK)
        r->ok = false;
    if (first < LENGTH_LONG) {
        n = first;
    } else {
        octets = first & ~(unsigned)LENGTH_LONG;
        if (octets == 0 || octets > LENGTH_OCTETS_MAX)
            r->ok = false;
        for (size_t i = 0; r->ok && i < octets; i++)
            n = n << 8 | rd_u8(r);
    }
    if (!r->ok)
        return 0;
    *length = n;
    return tag;
}

struct rd
der_value(struct rd *r, uint8_t tag)
{
    size_t length;

    if (der_head(r, &length) != tag)
        r->ok = false;
    return rd_sub(r, length);
}

bool
der_optional(struct rd *r, uint8_t tag, struct rd *value)
{
    if (!r->ok || rd_left(r) == 0 || rd_peek(r) != tag)
        return false;
    *value = der_value(r, tag);
    return r->ok;
}

int32_t
der_integer(struct rd *r)
{
    struct rd value = der_value(r, DER_INTEGER);
    size_t n = rd_left(&value);
    uint32_t bits;

    if (!value.ok || n == 0 || n > sizeof(bits)) {
        r->ok = false;
        return 0;
    }
    bits = rd_peek(&value) & 0x80 ? UINT32_MAX : 0;
    while (rd_left(&value) > 0)
        bits = bits << 8 | rd_u8(&value);
    return (int32_t)bits;
}
