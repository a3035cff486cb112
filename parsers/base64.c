/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Six bits a character, most significant first.
 */
#include "base64.h"

#define INVALID 64

static unsigned
value_of(uint8_t c)
{
    if (c >= 'A' && c <= 'Z')
        return c - 'A' + 0u;
    if (c >= 'a' && c <= 'z')
        return c - 'a' + 26u;
    if (c >= '0' && c <= '9')
        return c - '0' + 52u;
    return c == '+' ? 62 : c == '/' ? 63 : INVALID;
}

struct rd
base64_decode(struct rd text, uint8_t *room, size_t size)
{
    const struct rd failed = { .p = room, .end = room, .ok = false };
    uint32_t bits = 0;
    unsigned count = 0;
    size_t n = 0;

    while (rd_left(&text) > 0) {
        uint8_t c = rd_u8(&text);
        unsigned value = value_of(c);

        if (c == '=') {
            while (rd_left(&text) > 0)
                if (rd_u8(&text) != '=')
                    return failed;
            break;
        }
        if (value == INVALID)
            return failed;
        bits = bits << 6 | value;
        if (++count % 4 == 1)
            continue; /* no whole octet yet */
        if (n == size)
            return failed;
        room[n++] = (uint8_t)(bits >> (6 - 2 * ((count - 1) % 4)));
    }
    return count % 4 == 1 || !text.ok ? failed : rd_of(room, n);
}
