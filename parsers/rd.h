/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bounds-checked cursor that every parser reads through.
 *
 * A short read latches ok = false, parks the cursor at the end and returns zero or NULL; every
 * later read is inert. A parser may therefore read a whole structure and check `ok` once, before it
 * commits. A length field becomes a sub-cursor at once (rd_sub), so that what lies inside can only
 * see its own bytes. Integers are big-endian unless the name ends in _le.
 */
#ifndef PARSERS_RD_H
#define PARSERS_RD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct rd {
    const uint8_t *p;   /* next byte */
    const uint8_t *end; /* one past the last */
    bool ok;            /* false once a read did not fit */
};

static inline struct rd
rd_of(const void *bytes, size_t n)
{
    /* No bytes may be nowhere, and of NULL there is no offset, not even 0. */
    const uint8_t *p = bytes == NULL ? (const uint8_t *)"" : bytes;

    return (struct rd){ .p = p, .end = p + n, .ok = true };
}

/* Bytes left; 0 after a failed read. */
static inline size_t
rd_left(const struct rd *r)
{
    return (size_t)(r->end - r->p);
}

/* n bytes, or NULL and ok = false. */
static inline const uint8_t *
rd_bytes(struct rd *r, size_t n)
{
    const uint8_t *at = r->p;

    if (!r->ok || n > (size_t)(r->end - r->p)) {
        r->ok = false;
        r->p = r->end;
        return NULL;
    }
    r->p += n;
    return at;
}

static inline void
rd_skip(struct rd *r, size_t n)
{
    (void)rd_bytes(r, n);
}

/* The next n bytes as a cursor of their own; an empty, failed one when they are not there. */
static inline struct rd
rd_sub(struct rd *r, size_t n)
{
    const uint8_t *at = rd_bytes(r, n);

    return (struct rd){ .p = at, .end = at == NULL ? NULL : at + n, .ok = at != NULL };
}

/* Up to n bytes as a cursor of their own: what a capture cut short still holds. */
static inline struct rd
rd_sub_upto(struct rd *r, size_t n)
{
    return rd_sub(r, n < rd_left(r) ? n : rd_left(r));
}

static inline uint8_t
rd_u8(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 1);

    return b == NULL ? 0 : b[0];
}

/* The next byte without taking it; 0 at the end (does not latch). */
static inline uint8_t
rd_peek(const struct rd *r)
{
    return r->ok && r->p < r->end ? *r->p : 0;
}

static inline uint16_t
rd_u16(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 2);

    return (uint16_t)(b == NULL ? 0 : b[0] << 8 | b[1]);
}

static inline uint32_t
rd_u24(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 3);

    return b == NULL ? 0 : (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];
}

static inline uint32_t
rd_u32(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 4);

    return b == NULL ? 0 : (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

static inline uint64_t
rd_u64(struct rd *r)
{
    uint64_t high = rd_u32(r);

    return high << 32 | rd_u32(r);
}

static inline uint16_t
rd_u16_le(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 2);

    return (uint16_t)(b == NULL ? 0 : b[1] << 8 | b[0]);
}

static inline uint32_t
rd_u32_le(struct rd *r)
{
    const uint8_t *b = rd_bytes(r, 4);

    return b == NULL ? 0 : (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

#endif
