/* SPDX-License-Identifier: BSD-2-Clause
 *
 * nettle's contexts stand on the stack: nothing is allocated.
 */
#include "cipher.h"
#include <nettle/aes.h>
#include <nettle/gcm.h>
#include <nettle/hkdf.h>
#include <nettle/hmac.h>

#define LABEL_ROOM 40

/* HKDF-Expand-Label (RFC 8446, 7.1) without context. */
static void
expand(const uint8_t secret[SHA256_DIGEST_SIZE], const char *label, const char *word, uint8_t *out,
    size_t n)
{
    uint8_t info[LABEL_ROOM] = { 0, (uint8_t)n, 0, 't', 'l', 's', '1', '3', ' ' };
    size_t a = strlen(label), b = strlen(word), at = 9;
    struct hmac_sha256_ctx hmac;

    memcpy(info + at, label, a);
    memcpy(info + at + a, word, b);
    at += a + b;
    info[2] = (uint8_t)(at - 3);
    info[at++] = 0;
    hmac_sha256_set_key(&hmac, SHA256_DIGEST_SIZE, secret);
    hkdf_expand(&hmac, (nettle_hash_update_func *)hmac_sha256_update,
        (nettle_hash_digest_func *)hmac_sha256_digest, SHA256_DIGEST_SIZE, at, info, n, out);
}

void
cipher_initial_keys(
    const uint8_t salt[CIPHER_SALT], struct rd id, const char *label, struct cipher_keys *out)
{
    uint8_t initial[SHA256_DIGEST_SIZE], client[SHA256_DIGEST_SIZE];
    struct hmac_sha256_ctx hmac;

    hmac_sha256_set_key(&hmac, CIPHER_SALT, salt);
    hmac_sha256_update(&hmac, rd_left(&id), id.p);
    hmac_sha256_digest(&hmac, sizeof initial, initial);
    expand(initial, "client in", "", client, sizeof client);
    expand(client, label, " key", out->key, sizeof out->key);
    expand(client, label, " iv", out->iv, sizeof out->iv);
    expand(client, label, " hp", out->mask, sizeof out->mask);
}

void
cipher_mask(
    const struct cipher_keys *keys, const uint8_t sample[CIPHER_KEY], uint8_t out[CIPHER_KEY])
{
    struct aes128_ctx aes;

    aes128_set_encrypt_key(&aes, keys->mask);
    aes128_encrypt(&aes, CIPHER_KEY, out, sample);
}

bool
cipher_open(const struct cipher_keys *keys, const uint8_t nonce[CIPHER_IV], struct rd header,
    uint8_t *bytes, size_t n)
{
    struct gcm_aes128_ctx gcm;
    uint8_t tag[CIPHER_TAG];

    gcm_aes128_set_key(&gcm, keys->key);
    gcm_aes128_set_iv(&gcm, CIPHER_IV, nonce);
    gcm_aes128_update(&gcm, rd_left(&header), header.p);
    gcm_aes128_decrypt(&gcm, n, bytes, bytes);
    gcm_aes128_digest(&gcm, sizeof tag, tag);
    return memcmp(tag, bytes + n, sizeof tag) == 0;
}
