/* SPDX-License-Identifier: BSD-2-Clause
 *
 * FNV-1a (Fowler, Noll, Vo; draft-eastlake-fnv) and keyhash.h.
 */
#include "stablehash.h"
#include "keyhash.h"
#include <pthread.h>

#define FNV_PRIME 0x100000001b3u

static struct keyhash bucket_key;
static pthread_once_t bucket_once = PTHREAD_ONCE_INIT;

static void
draw_key(void)
{
    /* Without randomness the key stays zero: tables are slower to defend, results are the same. */
    (void)keyhash_draw(&bucket_key, GRND_NONBLOCK);
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

uint32_t
stablehash_bucket(const void *bytes, size_t n)
{
    pthread_once(&bucket_once, draw_key);
    return (uint32_t)keyhash_bytes(&bucket_key, n, bytes, n);
}
