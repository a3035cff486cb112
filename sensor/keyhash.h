/* SPDX-License-Identifier: BSD-2-Clause
 *
 * A hash of bytes from the wire under a key drawn once a process: nobody outside can choose bytes
 * that meet. One multiplication for every 16 bytes, as in wyhash (Wang Yi 2019); no promise to be
 * the same on another machine or tomorrow.
 */
#ifndef SENSOR_KEYHASH_H
#define SENSOR_KEYHASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/random.h>

struct keyhash {
    uint64_t part[4];
};

/* False: the system has no randomness yet; the key is as before. */
static inline bool
keyhash_draw(struct keyhash *k, unsigned flags)
{
    struct keyhash drawn;

    if (getrandom(&drawn, sizeof drawn, flags) != (ssize_t)sizeof drawn)
        return false;
    *k = drawn;
    return true;
}

static inline uint64_t
keyhash_load64(const uint8_t *at)
{
    uint64_t v;

    memcpy(&v, at, sizeof v);
    return v;
}

static inline uint64_t
keyhash_load32(const uint8_t *at)
{
    uint32_t v;

    memcpy(&v, at, sizeof v);
    return v;
}

/* The halves of a 64 x 64 bit product. A factor of 0 would hide the other one; each is bytes under
 * a key that nobody outside of this process can know. */
static inline uint64_t
keyhash_fold(uint64_t x, uint64_t y)
{
    __extension__ unsigned __int128 product = (unsigned __int128)x * y;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t
keyhash_16(const struct keyhash *k, uint64_t h, const uint8_t *at)
{
    return keyhash_fold(keyhash_load64(at) ^ k->part[0], keyhash_load64(at + 8) ^ h);
}

/* What is left when 16 bytes or less are, by loads that overlap. */
static inline uint64_t
keyhash_tail(const struct keyhash *k, uint64_t h, const uint8_t *at, size_t n)
{
    if (n >= 8)
        return keyhash_fold(keyhash_load64(at) ^ k->part[1], keyhash_load64(at + n - 8) ^ h);
    if (n >= 4)
        return keyhash_fold(keyhash_load32(at) ^ k->part[1], keyhash_load32(at + n - 4) ^ h);
    if (n > 0)
        return keyhash_fold(
            ((uint64_t)at[0] << 16 | (uint64_t)at[n / 2] << 8 | at[n - 1]) ^ k->part[1], h);
    return h;
}

/* Goes on from h. Two chains, so that the multiplier need not wait for itself. How the bytes are
 * divided follows from n: where lengths differ, h must say so. */
static inline uint64_t
keyhash_bytes(const struct keyhash *k, uint64_t h, const uint8_t *at, size_t n)
{
    if (n > 32) {
        uint64_t other = h ^ k->part[2];
        const uint8_t *last = at + n - 32;

        for (; at < last; at += 32) {
            h = keyhash_16(k, h, at);
            other = keyhash_16(k, other, at + 16);
        }
        h = keyhash_16(k, h, last);
        return keyhash_fold(keyhash_16(k, other, last + 16) ^ k->part[3], h);
    }
    if (n > 16) {
        h = keyhash_16(k, h, at);
        at += 16;
        n -= 16;
    }
    return keyhash_tail(k, h, at, n);
}

#endif
