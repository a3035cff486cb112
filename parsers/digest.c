/* SPDX-License-Identifier: BSD-2-Clause
 *
 * libmd's contexts stand on the stack: nothing is allocated.
 */
#include "digest.h"
#include <md5.h>
#include <sha.h>
#include <sha2.h>

static void
put_hex(const uint8_t *bytes, size_t n, char *hex)
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    hex[2 * n] = '\0';
}

void
digest_md5_joined(const struct rd *parts, size_t count, char separator, char hex[DIGEST_MD5_HEX])
{
    uint8_t sum[MD5_DIGEST_LENGTH], between = (uint8_t)separator;
    MD5_CTX context;

    MD5Init(&context);
    for (size_t i = 0; i < count; i++) {
        if (i > 0)
            MD5Update(&context, &between, 1);
        if (rd_left(&parts[i]) > 0)
            MD5Update(&context, parts[i].p, rd_left(&parts[i]));
    }
    MD5Final(sum, &context);
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
    uint8_t sum[SHA256_DIGEST_LENGTH];
    SHA2_CTX context;

    SHA256Init(&context);
    if (rd_left(&bytes) > 0)
        SHA256Update(&context, bytes.p, rd_left(&bytes));
    SHA256Final(sum, &context);
    put_hex(sum, sizeof sum, hex);
}

void
digest_sha1(const struct rd *parts, size_t count, uint8_t out[DIGEST_SHA1_BYTES])
{
    SHA1_CTX context;

    SHA1Init(&context);
    for (size_t i = 0; i < count; i++)
        if (rd_left(&parts[i]) > 0)
            SHA1Update(&context, parts[i].p, rd_left(&parts[i]));
    SHA1Final(out, &context);
}
