/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv) and SipHash-1-3 (Aumasson and Bernstein 2012).
 */
#include "stablehash.h"
#include <pthread.h>
#include <string.h>
#include <sys/random.h>

#define FNV_PRIME 0x100000001b3u

static uint64_t bucket_key[2];
static pthread_once_t bucket_once = PTHREAD_ONCE_INIT;

static void
draw_key(void)
{
    /* Without entropy the key stays zero: tables are slower to defend, results are the same. */
    if (getrandom(bucket_key, sizeof bucket_key, GRND_NONBLOCK) != (ssize_t)sizeof bucket_key)
        memset(bucket_key, 0, sizeof bucket_key);
}

uint64_t
stablehash_text(uint64_t hash, const char *text)
{
    for (;; text++) {
        hash = (hash ^ (uint8_t)*text) * FNV_PRIME;
        if (*text == '\0')
            return hash;
    }
}

static uint64_t
rotate(uint64_t x, unsigned by)
{
    return x << by | x >> (64 - by);
}

static void
sip_round(uint64_t v[4])
{
    v[0] += v[1];
    v[1] = rotate(v[1], 13) ^ v[0];
    v[0] = rotate(v[0], 32);
    v[2] += v[3];
    v[3] = rotate(v[3], 16) ^ v[2];
    v[0] += v[3];
    v[3] = rotate(v[3], 21) ^ v[0];
    v[2] += v[1];
    v[1] = rotate(v[1], 17) ^ v[2];
    v[2] = rotate(v[2], 32);
}

uint32_t
stablehash_bucket(const void *bytes, size_t n)
{
    const uint8_t *p = bytes;
    uint64_t v[4], word;

    pthread_once(&bucket_once, draw_key);
    v[0] = bucket_key[0] ^ 0x736f6d6570736575u;
    v[1] = bucket_key[1] ^ 0x646f72616e646f6du;
    v[2] = bucket_key[0] ^ 0x6c7967656e657261u;
    v[3] = bucket_key[1] ^ 0x7465646279746573u;
    for (size_t done = 0;; done += 8) {
        size_t left = n - done;

        word = 0;
        memcpy(&word, p + done, left < 8 ? left : 8);
        if (left < 8)
            word |= (uint64_t)(n & 0xff) << 56;
        v[3] ^= word;
        sip_round(v);
        v[0] ^= word;
        if (left < 8)
            break;
    }
    v[2] ^= 0xff;
    for (unsigned i = 0; i < 3; i++)
        sip_round(v);
    return (uint32_t)(v[0] ^ v[1] ^ v[2] ^ v[3]);
}
