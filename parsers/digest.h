/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Digests that fingerprints are made of: MD5 (RFC 1321; JA3, HASSH), SHA-256 (FIPS 180-4; JA4) and
 * SHA-1 (NAT detection of IKEv2). None of them protects anything here. The only file that knows
 * libmd.
 */
#ifndef PARSERS_DIGEST_H
#define PARSERS_DIGEST_H

#include "rd.h"

#define DIGEST_MD5_HEX 33 /* with the NUL */
#define DIGEST_SHA256_HEX 65
#define DIGEST_SHA1_BYTES 20

/* Of all bytes, as lower-case hexadecimal digits. */
void digest_md5(struct rd bytes, char hex[DIGEST_MD5_HEX]);
void digest_sha256(struct rd bytes, char hex[DIGEST_SHA256_HEX]);
/* Of the parts one after another, with `separator` between them. */
void digest_md5_joined(
    const struct rd *parts, size_t count, char separator, char hex[DIGEST_MD5_HEX]);
/* Of the parts one after another. */
void digest_sha1(const struct rd *parts, size_t count, uint8_t out[DIGEST_SHA1_BYTES]);

#endif
