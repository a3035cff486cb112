/* SPDX-License-Identifier: BSD-2-Clause
 *
 * NAT detection of IKE (RFC 7296, 2.23; RFC 3947, 3.2): the sender digests its SPIs with each
 * address and port that it knows for itself and for the other end. Where none of them is the one on
 * the wire, that end is behind NAT. In version 1 the digest is the SA's, told apart by its length.
 *
 * Some clients lie about their own side on purpose, to have ESP within UDP (strongSwan's `encap`).
 */
#include "digest.h"
#include "ike_internal.h"
#include "text.h"
#include <netinet/in.h>

#define TYPE_NOTIFY 41
#define TYPE_NAT_V1 20        /* RFC 3947 */
#define TYPE_NAT_V1_DRAFT 130 /* draft-ietf-ipsec-nat-t-ike-02 */
#define NAT_SOURCE 16388
#define NAT_DESTINATION 16389
#define SPI_BYTES 8
#define INPUT_BYTES (2 * SPI_BYTES + 16 + 2)
#define MD5_BYTES 16
#define SHA256_BYTES 32

enum { SOURCE, DESTINATION };

struct seen {
    bool any, fits;
};

static size_t
put_be(uint8_t *at, uint64_t value, size_t bytes)
{
    for (size_t i = 0; i < bytes; i++)
        at[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    return bytes;
}

static size_t
put_address(uint8_t *at, const struct in6_addr *a)
{
    bool is_4 = IN6_IS_ADDR_V4MAPPED(a);
    size_t n = is_4 ? 4 : 16;

    memcpy(at, a->s6_addr + (is_4 ? 12 : 0), n);
    return n;
}

static bool
is_hex_of(const char *hex, struct rd digest)
{
    for (; rd_left(&digest) > 0; hex += 2)
        if ((text_hex_value((uint8_t)hex[0]) << 4 | text_hex_value((uint8_t)hex[1])) !=
            rd_u8(&digest))
            return false;
    return true;
}

/* False for a digest of unknown length too; *is_known says so. */
static bool
is_digest_of(const uint8_t *input, size_t n, struct rd digest, bool *is_known)
{
    struct rd bytes = rd_of(input, n);
    uint8_t sha1[DIGEST_SHA1_BYTES];
    char hex[DIGEST_SHA256_HEX];

    *is_known = true;
    switch (rd_left(&digest)) {
    case DIGEST_SHA1_BYTES:
        digest_sha1(&bytes, 1, sha1);
        return memcmp(digest.p, sha1, sizeof sha1) == 0;
    case MD5_BYTES:
        digest_md5(bytes, hex);
        return is_hex_of(hex, digest);
    case SHA256_BYTES:
        digest_sha256(bytes, hex);
        return is_hex_of(hex, digest);
    default:
        *is_known = false;
        return false;
    }
}

static void
look(struct rd digest, const struct in6_addr *address, uint16_t port, const struct ike_message *m,
    struct seen *seen)
{
    uint8_t input[INPUT_BYTES];
    size_t n = put_be(input, m->spi[IKE_INITIATOR], SPI_BYTES);
    bool is_known;

    n += put_be(input + n, m->spi[IKE_RESPONDER], SPI_BYTES);
    n += put_address(input + n, address);
    n += put_be(input + n, port, sizeof port);
    seen->fits |= is_digest_of(input, n, digest, &is_known);
    seen->any |= is_known;
}

/* The digest of a notification and whose address it is of; a failed cursor when it is another. */
static struct rd
notified(struct rd body, unsigned *whose)
{
    uint8_t spi_bytes;
    uint16_t type;

    rd_skip(&body, 1); /* protocol */
    spi_bytes = rd_u8(&body);
    type = rd_u16(&body);
    rd_skip(&body, spi_bytes);
    *whose = type == NAT_SOURCE ? SOURCE : DESTINATION;
    body.ok = body.ok && (type == NAT_SOURCE || type == NAT_DESTINATION);
    return body;
}

static void
tell(const struct in6_addr *address, const struct parse_output *out)
{
    struct fact f;

    fact_begin(&f, FACT_PEER);
    fact_word(&f, KEY_HOW, "behind-nat");
    fact_address(&f, KEY_ADDRESS, address);
    out->fact(out->context, &f);
}

void
ike_tell_nat(const struct ike_message *m, struct ike_state *s, const struct parse_input *in,
    const struct parse_output *out)
{
    struct rd r = m->payloads, body;
    uint8_t next = m->next, type;
    struct seen seen[2] = { { 0 } };
    unsigned count = 0, whose;

    while (ike_payload(&r, &next, &type, &body)) {
        if (type == TYPE_NOTIFY && m->version == 2)
            body = notified(body, &whose);
        else if (m->version == 1 && (type == TYPE_NAT_V1 || type == TYPE_NAT_V1_DRAFT))
            whose = count++ == 0 ? DESTINATION : SOURCE;
        else
            continue;
        if (body.ok && whose == SOURCE)
            look(body, &in->source, in->source_port, m, &seen[SOURCE]);
        else if (body.ok)
            look(body, &in->destination, in->destination_port, m, &seen[DESTINATION]);
    }
    for (unsigned i = SOURCE; i <= DESTINATION; i++) {
        unsigned end = i == SOURCE ? m->end : !m->end;

        if (!seen[i].any || seen[i].fits || s->nat_told[end])
            continue;
        s->nat_told[end] = true;
        tell(i == SOURCE ? &in->source : &in->destination, out);
    }
}
