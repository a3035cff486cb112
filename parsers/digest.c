/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Nettle's contexts stand on the stack: nothing is allocated.
 */
#include "digest.h"
#include "wr.h"
#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

static void
put_hex(const uint8_t *bytes, size_t n, char *hex)
{
    struct wr w = wr_of(hex, 2 * n + 1);

    for (size_t i = 0; i < n; i++)
        wr_hex(&w, bytes[i], 2);
}

void
digest_md5_joined(const struct rd *parts, size_t count, char separator, char hex[DIGEST_MD5_HEX])
{
    uint8_t sum[MD5_DIGEST_SIZE], between = (uint8_t)separator;
    struct md5_ctx context;

    md5_init(&context);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            md5_update(&context, 1, &between);
        if (rd_left(&parts[i]) > 0)
            md5_update(&context, rd_left(&parts[i]), parts[i].p);
    }
    md5_digest(&context, sizeof sum, sum);
    put_hex(sum, sizeof sum, hex);
}

void
digest_md5(struct rd bytes, char hex[DIGEST_MD5_HEX])
{
    digest_md5_joined(&bytes, 1, '\0', hex);
}

void
digest_sha256(struct rd bytes, char hex[DIGEST_SHA256_HEX])
{
    uint8_t sum[SHA256_DIGEST_SIZE];
    struct sha256_ctx context;

    sha256_init(&context);
    if (rd_left(&bytes) > 0)
        sha256_update(&context, rd_left(&bytes), bytes.p);
    sha256_digest(&context, sizeof sum, sum);
    put_hex(sum, sizeof sum, hex);
}

void
digest_sha1(const struct rd *parts, size_t count, uint8_t out[DIGEST_SHA1_BYTES])
{
    struct sha1_ctx context;

    sha1_init(&context);
    for (size_t i = 0; i < count; i++)
        if (rd_left(&parts[i]) > 0)
            sha1_update(&context, rd_left(&parts[i]), parts[i].p);
    sha1_digest(&context, DIGEST_SHA1_BYTES, out);
}
