/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What opens a QUIC Initial: its keys are made of what the packet itself says (RFC 9001, 5.2), so
 * anybody may read it. The only file that knows nettle.
 */
#ifndef PARSERS_CIPHER_H
#define PARSERS_CIPHER_H

#include "rd.h"

#define CIPHER_KEY 16 /* AES-128 */
#define CIPHER_IV 12
#define CIPHER_TAG 16
#define CIPHER_SALT 20

struct cipher_keys {
    uint8_t key[CIPHER_KEY], iv[CIPHER_IV], mask[CIPHER_KEY];
};

/* Of the client, for its first destination connection id; `label` is "quic" or "quicv2". */
void cipher_initial_keys(
    const uint8_t salt[CIPHER_SALT], struct rd id, const char *label, struct cipher_keys *out);
/* One block, of what header protection is made. */
void cipher_mask(
    const struct cipher_keys *keys, const uint8_t sample[CIPHER_KEY], uint8_t out[CIPHER_KEY]);
/* AES-128-GCM in place: `n` bytes and the tag behind them; false when the tag is another. */
bool cipher_open(const struct cipher_keys *keys, const uint8_t nonce[CIPHER_IV], struct rd header,
    uint8_t *bytes, size_t n);

#endif
