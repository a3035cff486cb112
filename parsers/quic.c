/* SPDX-License-Identifier: BSD-2-Clause
 *
 * QUIC's first flight (RFC 9000, 9001; version 2: RFC 9369; drafts 23 to 34): the client's Initial
 * packets are opened with the keys that they name themselves, and the ClientHello in their CRYPTO
 * frames is read, in whatever order the frames come.
 *
 * Nothing that the server says can be read without what was before. Google's own QUIC before TLS
 * (Q046 and older) is not read, nor a hello that a client sends again under the server's id.
 */
#include "cipher.h"
#include "pieces.h"
#include "tls.h"

#define LONG_FORM 0x80
#define LONG_HEADER 0xc0
#define TYPE_MASK 0x30
#define ID_MAX 20
#define NEGOTIATION 0    /* for a version: RFC 9000, 17.2.1 */
#define FIRST_ID_LEAST 8 /* RFC 9000, 7.2 */
#define PACKET_MAX 2048
#define SAMPLE_OFFSET 4 /* from the packet number: RFC 9001, 5.4.2 */
#define FRAMES_MAX 64
#define ACK_RANGES_MAX 64
#define KIND 'q'

enum frame { FRAME_PADDING, FRAME_PING, FRAME_ACK, FRAME_ACK_ECN, FRAME_CRYPTO = 6 };

struct version {
    uint32_t first, last;
    uint8_t type; /* of an Initial, within the first octet */
    const char *label;
    const uint8_t *salt;
};

static const uint8_t salt_1[CIPHER_SALT] = { 0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d,
    0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc, 0xbb, 0x7f, 0x0a };

static const uint8_t salt_29[CIPHER_SALT] = { 0xaf, 0xbf, 0xec, 0x28, 0x99, 0x93, 0xd2, 0x4c, 0x9e,
    0x97, 0x86, 0xf1, 0x9c, 0x61, 0x11, 0xe0, 0x43, 0x90, 0xa8, 0x99 };
static const uint8_t salt_27[CIPHER_SALT] = { 0xc3, 0xee, 0xf7, 0x12, 0xc7, 0x2e, 0xbb, 0x5a, 0x11,
    0xa7, 0xd2, 0x43, 0x2b, 0xb4, 0x63, 0x65, 0xbe, 0xf9, 0xf5, 0x02 };

static const uint8_t salt_2[CIPHER_SALT] = { 0x0d, 0xed, 0xe3, 0xde, 0xf7, 0x00, 0xa6, 0xdb, 0x81,
    0x93, 0x81, 0xbe, 0x6e, 0x26, 0x9d, 0xcb, 0xf9, 0xbd, 0x2e, 0xd9 };

static const struct version versions[] = {
    { 1, 1, 0x00, "quic", salt_1 }, { 0xff000021, 0xff000022, 0x00, "quic", salt_1 },
    { 0x6b3343cf, 0x6b3343cf, 0x10, "quicv2", salt_2 },
    { 0xff00001d, 0xff000020, 0x00, "quic", salt_29 },
    { 0xff000017, 0xff00001c, 0x00, "quic", salt_27 },
    { 0xfaceb000, 0xfaceb00f, 0x00, "quic", salt_27 }, /* Meta's */
};

struct initial {
    const struct version *version;
    struct rd id;
    size_t number_at; /* offset of the packet number */
    size_t length;    /* of the whole packet */
};

/* RFC 9000, 16 */
static uint64_t
varint(struct rd *r)
{
    uint8_t first = rd_u8(r);
    uint64_t value = first & 0x3f;

    for (unsigned more = (1u << (first >> 6)) - 1; more > 0; more--)
        value = value << 8 | rd_u8(r);
    return value;
}

/* A version that is reserved to be refused (RFC 9000, 15), with the keys that were current when
 * clients sent such. */
static const struct version reserved = { 0, 0, 0x00, "quic", salt_29 };

static const struct version *
version_of(uint32_t number)
{
    if ((number & 0x0f0f0f0f) == 0x0a0a0a0a)
        return &reserved;
    for (size_t i = 0; i < sizeof versions / sizeof versions[0]; i++)
        if (number >= versions[i].first && number <= versions[i].last)
            return &versions[i];
    return NULL;
}

/* The header up to the packet number, which is hidden. */
static enum parse_result
read_header(struct rd data, struct initial *out)
{
    struct rd r = data, source;
    uint8_t first = rd_u8(&r);
    uint32_t number = rd_u32(&r);
    uint64_t length;

    if (rd_left(&data) > 0 && (first & LONG_HEADER) != LONG_HEADER &&
        ((first & LONG_FORM) == 0 || number != NEGOTIATION))
        return PARSE_NOT_MINE;
    if (!r.ok || number == NEGOTIATION) /* the client asks again, in a version that both know */
        return PARSE_MORE;
    out->version = version_of(number);
    if (out->version == NULL || (first & TYPE_MASK) != out->version->type)
        return PARSE_NOT_MINE;
    out->id = rd_sub(&r, rd_u8(&r));
    source = rd_sub(&r, rd_u8(&r));
    length = varint(&r); /* of the token */
    if (length > PACKET_MAX)
        return r.ok ? PARSE_BAD : PARSE_MORE;
    rd_skip(&r, (size_t)length);
    length = varint(&r);
    if (!r.ok)
        return PARSE_MORE;
    out->number_at = rd_left(&data) - rd_left(&r);
    if (rd_left(&out->id) > ID_MAX || rd_left(&source) > ID_MAX ||
        length < SAMPLE_OFFSET + CIPHER_KEY || length > PACKET_MAX - out->number_at)
        return PARSE_BAD;
    if (length > rd_left(&r))
        return PARSE_MORE;
    out->length = out->number_at + (size_t)length;
    return PARSE_OK;
}

/* Opens the packet in place; what it holds. */
static bool
open_packet(const struct initial *p, uint8_t *packet, struct rd *frames)
{
    struct cipher_keys keys;
    uint8_t mask[CIPHER_KEY], nonce[CIPHER_IV];
    size_t digits, body;

    cipher_initial_keys(p->version->salt, p->id, p->version->label, &keys);
    cipher_mask(&keys, packet + p->number_at + SAMPLE_OFFSET, mask);
    packet[0] ^= mask[0] & 0x0f;
    digits = (packet[0] & 0x03u) + 1;
    memcpy(nonce, keys.iv, sizeof nonce);
    for (size_t i = 0; i < digits; i++) {
        packet[p->number_at + i] ^= mask[1 + i];
        nonce[CIPHER_IV - digits + i] ^= packet[p->number_at + i];
    }
    body = p->number_at + digits;
    if (!cipher_open(
            &keys, nonce, rd_of(packet, body), packet + body, p->length - body - CIPHER_TAG))
        return false;
    *frames = rd_of(packet + body, p->length - body - CIPHER_TAG);
    return true;
}

static void
skip_ack(struct rd *r, bool has_counts)
{
    uint64_t ranges;

    (void)varint(r); /* largest */
    (void)varint(r); /* delay */
    ranges = varint(r);
    (void)varint(r); /* first range */
    for (uint64_t i = 0; r->ok && i < ranges && i < ACK_RANGES_MAX; i++) {
        (void)varint(r);
        (void)varint(r);
    }
    for (unsigned i = 0; has_counts && i < 3; i++)
        (void)varint(r);
}

/* RFC 9000, 12.5: those that an Initial may hold before it closes. */
static unsigned
read_frames(struct rd r, struct piece pieces[FRAMES_MAX])
{
    unsigned count = 0;

    while (rd_left(&r) > 0 && count < FRAMES_MAX) {
        uint64_t offset;

        switch (rd_u8(&r)) {
        case FRAME_PADDING:
        case FRAME_PING:
            break;
        case FRAME_ACK:
            skip_ack(&r, false);
            break;
        case FRAME_ACK_ECN:
            skip_ack(&r, true);
            break;
        case FRAME_CRYPTO:
            offset = varint(&r);
            pieces[count].kind = KIND;
            pieces[count].message = 0;
            pieces[count].offset = (uint32_t)offset;
            pieces[count].bytes = rd_sub(&r, (size_t)varint(&r));
            if (!pieces[count].bytes.ok || offset > PIECES_ROOM)
                return count;
            count++;
            break;
        default:
            return count;
        }
    }
    return count;
}

static enum parse_result
tell(struct rd message, const struct parse_input *in, const struct parse_output *out)
{
    struct tls_client_hello hello;

    if (rd_u8(&message) != TLS_CLIENT_HELLO)
        return PARSE_BAD;
    rd_skip(&message, PIECES_HEADER - 1);
    if (!tls_client_hello_read(message, TLS_OVER_QUIC, &hello))
        return PARSE_BAD;
    tls_client_hello_tell(&hello, in, out);
    return PARSE_OK;
}

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    uint8_t packet[PACKET_MAX], room[PIECES_ROOM];
    struct piece pieces[FRAMES_MAX];
    struct initial initial;
    struct rd r = in->data, frames;
    enum parse_result result = read_header(r, &initial);
    unsigned count;
    size_t laid, whole;

    if (result != PARSE_OK)
        return result;
    if (rd_left(&initial.id) < FIRST_ID_LEAST)
        return PARSE_NOT_MINE;
    memcpy(packet, r.p, initial.length);
    /* A version to be refused may have other keys: what the client sends next counts. */
    if (!open_packet(&initial, packet, &frames))
        return initial.version == &reserved ? PARSE_MORE : PARSE_NOT_MINE;
    count = read_frames(frames, pieces);
    laid = pieces_lay(pieces, count, room);
    whole = pieces_whole(room, laid);
    if (whole > 0 && whole <= laid) {
        result = tell(rd_of(room, whole), in, out);
        if (result != PARSE_OK)
            return result;
    } else {
        for (unsigned i = 0; i < count; i++)
            piece_hand_on(&pieces[i], out);
    }
    rd_skip(&r, initial.length);
    in->data = r;
    return PARSE_OK;
}

/* What came in several datagrams. */
static enum parse_result
parse_pieces(struct parse_input *in, const struct parse_output *out)
{
    return pieces_parse(in, out, KIND, tell);
}

const struct parser parser_quic = {
    .name = "quic",
    .transports = PARSER_UDP,
    .ports = { 443 },
    .anywhere = true,
    .settles = true,
    .parse = parse,
};

const struct parser parser_quic_pieces = {
    .name = "quic",
    .transports = PARSER_TCP,
    .anywhere = true,
    .parse = parse_pieces,
};
