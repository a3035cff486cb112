/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The hellos of TLS and DTLS (RFC 8446 4.1, RFC 6347 4.2.1): which server was asked for (RFC 6066),
 * who asks by fingerprint, which version and application protocol (RFC 7301) were agreed on.
 *
 * The name within an encrypted hello (ECH) cannot be seen; the outer one is told.
 */
#include "tls.h"
#include <stdio.h>

#define RANDOM_BYTES 32
#define SESSION_ID_MAX 32
#define EXTENSIONS_MAX 256
#define HOST_NAME 0 /* type of a server name */

enum extension {
    EXTENSION_SERVER_NAME = 0,
    EXTENSION_GROUPS = 10,
    EXTENSION_POINT_FORMATS = 11,
    EXTENSION_SIGNATURES = 13,
    EXTENSION_ALPN = 16,
    EXTENSION_EARLY_DATA = 42,
    EXTENSION_VERSIONS = 43
};

/* SHA-256 of "HelloRetryRequest": RFC 8446, 4.1.3 */
static const uint8_t retry_random[RANDOM_BYTES] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
    0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
    0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c };

/* SSL 3.0 to TLS 1.3, with the drafts' numbers, and DTLS. */
static bool
is_version(uint16_t version, enum tls_carrier carrier)
{
    return version >> 8 == (carrier == TLS_OVER_DTLS ? 0xfe : 0x03);
}

static struct rd
list16(struct rd *r)
{
    return rd_sub(r, rd_u16(r));
}

static struct rd
list8(struct rd *r)
{
    return rd_sub(r, rd_u8(r));
}

static struct rd
host_name(struct rd value)
{
    struct rd list = list16(&value);

    while (rd_left(&list) > 0) {
        uint8_t type = rd_u8(&list);
        struct rd name = list16(&list);

        if (type == HOST_NAME && name.ok)
            return name;
    }
    return rd_of(NULL, 0);
}

static struct rd
first_protocol(struct rd value)
{
    struct rd list = list16(&value), name = list8(&list);

    return name.ok ? name : rd_of(NULL, 0);
}

static struct rd
or_empty(struct rd list)
{
    return list.ok ? list : rd_of(NULL, 0);
}

static void
take_extension(struct tls_client_hello *h, uint16_t type, struct rd value)
{
    switch (type) {
    case EXTENSION_SERVER_NAME:
        h->has_server_name = true;
        h->server_name = host_name(value);
        break;
    case EXTENSION_GROUPS:
        h->groups = or_empty(list16(&value));
        break;
    case EXTENSION_POINT_FORMATS:
        h->point_formats = or_empty(list8(&value));
        break;
    case EXTENSION_SIGNATURES:
        h->signatures = or_empty(list16(&value));
        break;
    case EXTENSION_ALPN:
        h->alpn = first_protocol(value);
        break;
    case EXTENSION_EARLY_DATA:
        h->has_early_data = true;
        break;
    case EXTENSION_VERSIONS:
        h->versions = or_empty(list8(&value));
        break;
    default:
        break;
    }
}

bool
tls_client_hello_read(struct rd body, enum tls_carrier carrier, struct tls_client_hello *out)
{
    struct rd none = rd_of(NULL, 0), compressions, extensions;
    struct tls_client_hello h = { .carrier = carrier,
        .version = rd_u16(&body),
        .extensions = none,
        .server_name = none,
        .alpn = none,
        .versions = none,
        .groups = none,
        .signatures = none,
        .point_formats = none };

    rd_skip(&body, RANDOM_BYTES);
    h.session_id = list8(&body);
    if (carrier == TLS_OVER_DTLS)
        (void)list8(&body);
    h.ciphers = list16(&body);
    compressions = list8(&body);
    if (!body.ok || rd_left(&compressions) == 0 || !is_version(h.version, carrier) ||
        rd_left(&h.session_id) > SESSION_ID_MAX || rd_left(&h.ciphers) < 2 ||
        rd_left(&h.ciphers) % 2 != 0)
        return false;
    if (rd_left(&body) > 0)
        h.extensions = list16(&body);
    extensions = h.extensions;
    for (unsigned i = 0; rd_left(&extensions) > 0; i++) {
        uint16_t type = rd_u16(&extensions);
        struct rd value = list16(&extensions);

        if (!value.ok || i == EXTENSIONS_MAX)
            return false;
        take_extension(&h, type, value);
    }
    if (!body.ok || rd_left(&body) > 0)
        return false;
    *out = h;
    return true;
}

bool
tls_server_hello_read(struct rd body, struct tls_server_hello *out)
{
    struct tls_server_hello h = { .version = rd_u16(&body), .alpn = rd_of(NULL, 0) };
    struct rd extensions = rd_of(NULL, 0), session_id;
    const uint8_t *random = rd_bytes(&body, RANDOM_BYTES);

    if (!is_version(h.version, TLS_OVER_TCP) && !is_version(h.version, TLS_OVER_DTLS))
        return false;
    h.is_retry = random != NULL && memcmp(random, retry_random, RANDOM_BYTES) == 0;
    session_id = list8(&body);
    rd_skip(&body, 3); /* cipher suite, compression method */
    if (!body.ok || rd_left(&session_id) > SESSION_ID_MAX)
        return false;
    if (rd_left(&body) > 0)
        extensions = list16(&body);
    for (unsigned i = 0; rd_left(&extensions) > 0; i++) {
        uint16_t type = rd_u16(&extensions);
        struct rd value = list16(&extensions);

        if (!value.ok || i == EXTENSIONS_MAX)
            return false;
        if (type == EXTENSION_VERSIONS && rd_left(&value) == 2)
            h.version = rd_u16(&value);
        else if (type == EXTENSION_ALPN)
            h.alpn = first_protocol(value);
    }
    if (!body.ok || rd_left(&body) > 0)
        return false;
    *out = h;
    return true;
}

void
tls_end_tell(struct fact *f, const struct in6_addr *address)
{
    if (!IN6_IS_ADDR_UNSPECIFIED(address))
        fact_address(f, KEY_ADDRESS, address);
}

void
tls_client_hello_tell(const struct tls_client_hello *hello, const struct parse_input *in,
    const struct parse_output *out)
{
    char ja3[TLS_JA3_HEX], ja4[TLS_JA4_SIZE];
    struct fact f;

    fact_begin(&f, FACT_NAME);
    fact_word(&f, KEY_WHAT, "sni");
    fact_text(&f, KEY_NAME, hello->server_name.p, rd_left(&hello->server_name));
    tls_end_tell(&f, &in->destination);
    if (fact_has(&f, KEY_NAME))
        out->fact(out->context, &f);
    fact_begin(&f, FACT_DEVICE);
    tls_end_tell(&f, &in->source);
    if (!fact_has(&f, KEY_ADDRESS))
        fact_mac(&f, KEY_MAC, in->source_mac);
    tls_fingerprint_ja3(hello, ja3);
    fact_word(&f, KEY_FINGERPRINT_JA3, ja3);
    tls_fingerprint_ja4(hello, ja4);
    fact_word(&f, KEY_FINGERPRINT_JA4, ja4);
    out->fact(out->context, &f);
}

const char *
tls_version_name(uint16_t version, char room[TLS_VERSION_NAME])
{
    static const struct {
        uint16_t version;
        const char *name;
    } names[] = { { 0x0300, "SSL 3.0" }, { 0x0301, "TLS 1.0" }, { 0x0302, "TLS 1.1" },
        { 0x0303, "TLS 1.2" }, { TLS_VERSION_1_3, "TLS 1.3" }, { 0xfeff, "DTLS 1.0" },
        { 0xfefd, "DTLS 1.2" }, { DTLS_VERSION_1_3, "DTLS 1.3" } };

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].version == version)
            return names[i].name;
    snprintf(room, TLS_VERSION_NAME, "TLS %04x", version);
    return room;
}

void
tls_server_hello_tell(const struct tls_server_hello *hello, const struct parse_output *out)
{
    char room[TLS_VERSION_NAME];
    struct fact f;

    fact_begin(&f, FACT_BANNER);
    fact_word(&f, KEY_WHAT, "tls");
    fact_word(&f, KEY_VERSION, tls_version_name(hello->version, room));
    fact_text(&f, KEY_ALPN, hello->alpn.p, rd_left(&hello->alpn));
    out->fact(out->context, &f);
}
