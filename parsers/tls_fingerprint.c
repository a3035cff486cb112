/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Fingerprints of a TLS client by its ClientHello: JA3 (Althouse, Atkinson, Atkins 2017) and JA4
 * (FoxIO's JA4.md; plain JA4 only). Values reserved to test servers (GREASE, RFC 8701) are left
 * out of both.
 *
 *   JA3  MD5 of "version,ciphers,extensions,groups,point formats", decimal, as sent
 *   JA4  t13d1516h2_8daaf6152771_e5627efa2ab1: carrier, highest version, name or address, counts of
 *        ciphers and extensions, ends of the first ALPN; ciphers sorted; extensions sorted without
 *        name and ALPN, then signature algorithms as sent
 */
#include "digest.h"
#include "tls.h"
#include "wr.h"

#define VALUES_MAX 512
#define JA3_ROOM (4 * VALUES_MAX * 6) /* five digits and a mark each */
#define JA4_ROOM (2 * VALUES_MAX * 5)
#define JA4_HASH 12
#define JA4_COUNT_MAX 99
#define EXTENSION_SERVER_NAME 0x0000
#define EXTENSION_ALPN 0x0010

struct values {
    uint16_t of[VALUES_MAX];
    unsigned count;
};

static bool
is_grease(uint16_t value)
{
    return (value & 0x0f0f) == 0x0a0a && value >> 8 == (value & 0xff);
}

static void
add(struct values *v, uint16_t value)
{
    if (!is_grease(value) && v->count < VALUES_MAX)
        v->of[v->count++] = value;
}

static void
take_list(struct values *v, struct rd list)
{
    v->count = 0;
    while (rd_left(&list) >= 2)
        add(v, rd_u16(&list));
}

static void
take_extensions(struct values *v, struct rd list)
{
    v->count = 0;
    while (rd_left(&list) > 0) {
        add(v, rd_u16(&list));
        rd_skip(&list, rd_u16(&list));
    }
}

static void
take_octets(struct values *v, struct rd list)
{
    v->count = 0;
    while (rd_left(&list) > 0 && v->count < VALUES_MAX)
        v->of[v->count++] = rd_u8(&list);
}

static void
put_decimal(struct wr *w, uint16_t value)
{
    wr_decimal(w, value);
}

static void
put_hex(struct wr *w, uint16_t value)
{
    wr_hex(w, value, 4);
}

static void
put_list(struct wr *w, const struct values *v, char mark, void (*put)(struct wr *, uint16_t))
{
    for (unsigned i = 0; i < v->count; i++) {
        if (i > 0)
            wr_char(w, mark);
        put(w, v->of[i]);
    }
}

void
tls_fingerprint_ja3(const struct tls_client_hello *hello, char hex[TLS_JA3_HEX])
{
    char room[JA3_ROOM];
    struct wr w = wr_of(room, sizeof room);
    struct values v;

    _Static_assert(TLS_JA3_HEX == DIGEST_MD5_HEX, "JA3 is an MD5");
    wr_decimal(&w, hello->version);
    wr_char(&w, ',');
    take_list(&v, hello->ciphers);
    put_list(&w, &v, '-', put_decimal);
    wr_char(&w, ',');
    take_extensions(&v, hello->extensions);
    put_list(&w, &v, '-', put_decimal);
    wr_char(&w, ',');
    take_list(&v, hello->groups);
    put_list(&w, &v, '-', put_decimal);
    wr_char(&w, ',');
    take_octets(&v, hello->point_formats);
    put_list(&w, &v, '-', put_decimal);
    digest_md5(rd_of(room, (size_t)(w.at - room)), hex);
}

/* Shell's sort: lists are short, and at their longest still no burden. */
static void
sort(struct values *v)
{
    static const unsigned gaps[] = { 132, 57, 23, 10, 4, 1 };

    for (size_t g = 0; g < sizeof gaps / sizeof gaps[0]; g++)
        for (unsigned i = gaps[g]; i < v->count; i++) {
            uint16_t value = v->of[i];
            unsigned at = i;

            for (; at >= gaps[g] && v->of[at - gaps[g]] > value; at -= gaps[g])
                v->of[at] = v->of[at - gaps[g]];
            v->of[at] = value;
        }
}

static void
put_hash(char out[JA4_HASH + 1], const struct wr *w, const char *room)
{
    char hex[DIGEST_SHA256_HEX];
    size_t n = (size_t)(w->at - room);

    memset(out, '0', JA4_HASH);
    out[JA4_HASH] = '\0';
    if (n == 0)
        return;
    digest_sha256(rd_of(room, n), hex);
    memcpy(out, hex, JA4_HASH);
}

static const char *
ja4_version(const struct tls_client_hello *hello)
{
    static const struct {
        uint16_t version;
        char name[3];
    } names[] = { { 0x0304, "13" }, { 0x0303, "12" }, { 0x0302, "11" }, { 0x0301, "10" },
        { 0x0300, "s3" }, { 0x0002, "s2" }, { 0xfeff, "d1" }, { 0xfefd, "d2" },
        { DTLS_VERSION_1_3, "d3" } };
    uint16_t version = hello->version;
    struct values v;

    take_list(&v, hello->versions);
    for (unsigned i = 0; i < v.count; i++) {
        bool is_higher = hello->carrier == TLS_OVER_DTLS ? v.of[i] < version : v.of[i] > version;

        if (i == 0 || is_higher)
            version = v.of[i];
    }
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (names[i].version == version)
            return names[i].name;
    return "00";
}

static bool
is_alphanumeric(uint8_t c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* First and last character; of its hexadecimal digits when either is no letter or digit. */
static void
ja4_alpn(struct rd name, char out[3])
{
    static const char digits[] = "0123456789abcdef";
    size_t n = rd_left(&name);
    uint8_t first = rd_u8(&name), last = first;

    if (n > 1) {
        rd_skip(&name, n - 2);
        last = rd_u8(&name);
    }
    out[0] = out[1] = '0';
    out[2] = '\0';
    if (n == 0)
        return;
    if (is_alphanumeric(first) && is_alphanumeric(last)) {
        out[0] = (char)first;
        out[1] = (char)last;
    } else {
        out[0] = digits[first >> 4];
        out[1] = digits[last & 15];
    }
}

static void
put_two_digits(struct wr *w, unsigned count)
{
    count = count < JA4_COUNT_MAX ? count : JA4_COUNT_MAX;
    wr_decimal(w, count / 10);
    wr_decimal(w, count % 10);
}

void
tls_fingerprint_ja4(const struct tls_client_hello *hello, char out[TLS_JA4_SIZE])
{
    char room[JA4_ROOM], alpn[3], ciphers[JA4_HASH + 1], extensions[JA4_HASH + 1];
    struct wr w = wr_of(room, sizeof room);
    struct values v, sent;
    unsigned cipher_count;

    take_list(&v, hello->ciphers);
    cipher_count = v.count;
    sort(&v);
    put_list(&w, &v, ',', put_hex);
    put_hash(ciphers, &w, room);

    take_extensions(&sent, hello->extensions);
    v.count = 0;
    for (unsigned i = 0; i < sent.count; i++)
        if (sent.of[i] != EXTENSION_SERVER_NAME && sent.of[i] != EXTENSION_ALPN)
            add(&v, sent.of[i]);
    sort(&v);
    w = wr_of(room, sizeof room);
    put_list(&w, &v, ',', put_hex);
    take_list(&v, hello->signatures);
    if (v.count > 0)
        wr_char(&w, '_');
    put_list(&w, &v, ',', put_hex);
    put_hash(extensions, &w, room);

    ja4_alpn(hello->alpn, alpn);
    w = wr_of(out, TLS_JA4_SIZE);
    wr_char(&w, (char)hello->carrier);
    wr_word(&w, ja4_version(hello));
    wr_char(&w, hello->has_server_name ? 'd' : 'i');
    put_two_digits(&w, cipher_count);
    put_two_digits(&w, sent.count);
    wr_word(&w, alpn);
    wr_char(&w, '_');
    wr_word(&w, ciphers);
    wr_char(&w, '_');
    wr_word(&w, extensions);
}
