/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The bounded writer that short texts of our own are put together with: fingerprints, lists of
 * numbers, MACs. What printf() would do too, at a tenth of its cost.
 *
 * What does not fit is left out, character by character; the text always ends with a NUL.
 */
#ifndef PARSERS_WR_H
#define PARSERS_WR_H

#include <stddef.h>
#include <stdint.h>

struct wr {
    char *at;  /* the NUL */
    char *end; /* the last byte there is */
};

/* Of `size` bytes, at least 1. */
static inline struct wr
wr_of(char *room, size_t size)
{
    *room = '\0';
    return (struct wr){ .at = room, .end = room + size - 1 };
}

static inline void
wr_char(struct wr *w, char c)
{
    if (w->at < w->end) {
        *w->at++ = c;
        *w->at = '\0';
    }
}

static inline void
wr_word(struct wr *w, const char *word)
{
    while (*word != '\0')
        wr_char(w, *word++);
}

static inline void
wr_decimal(struct wr *w, uint64_t value)
{
    char digits[20];
    unsigned n = 0;

    do {
        digits[n++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (n > 0)
        wr_char(w, digits[--n]);
}

/* The lowest `digits` hexadecimal digits of the value, in lower case. */
static inline void
wr_hex(struct wr *w, uint64_t value, unsigned digits)
{
    while (digits-- > 0)
        wr_char(w, "0123456789abcdef"[value >> (digits * 4) & 15]);
}

#endif
