/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Optimal string alignment over three rows. A third of the word's letters may be wrong, three at
 * most: beyond that a hint is a guess. An abbreviation ("lat") is near to what it begins.
 */
#include "config_near.h"

#include <ctype.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>

#define LONGEST 64 /* no key or zone name is longer */
#define ABBREVIATION 3
#define MOST_WRONG 3

static unsigned
least(unsigned a, unsigned b)
{
    return a < b ? a : b;
}

static bool
same_letter(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static unsigned
distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    unsigned rows[3][LONGEST + 1];
    unsigned *before = rows[0], *last = rows[1], *now = rows[2];

    for (size_t j = 0; j <= b_length; j++)
        last[j] = (unsigned)j;
    for (size_t i = 1; i <= a_length; i++) {
        unsigned *spare = before;

        now[0] = (unsigned)i;
        for (size_t j = 1; j <= b_length; j++) {
            unsigned wrong = same_letter(a[i - 1], b[j - 1]) ? 0 : 1;

            now[j] = least(least(last[j], now[j - 1]) + 1, last[j - 1] + wrong);
            if (i > 1 && j > 1 && same_letter(a[i - 1], b[j - 2]) &&
                same_letter(a[i - 2], b[j - 1]))
                now[j] = least(now[j], before[j - 2] + 1);
        }
        before = last;
        last = now;
        now = spare;
    }
    return last[b_length];
}

struct config_near
config_near_of(const char *word)
{
    return (struct config_near){ .word = word, .distance = UINT_MAX };
}

void
config_near_try(struct config_near *n, const char *candidate)
{
    size_t length = strlen(n->word), other = strlen(candidate);
    unsigned allowed, d;

    if (length == 0 || length > LONGEST || other > LONGEST)
        return;
    allowed = least(MOST_WRONG, (unsigned)((length > other ? length : other) + 2) / 3);
    d = distance(n->word, length, candidate, other);
    if (length >= ABBREVIATION && strncasecmp(n->word, candidate, length) == 0)
        d = least(d, allowed);
    if (d <= allowed && d < n->distance) {
        n->best = candidate;
        n->distance = d;
    }
}
