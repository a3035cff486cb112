/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/quic.c parsers/pieces.c parsers/cipher.c parsers/tls_hello.c parsers/tls_fingerprint.c parsers/digest.c parsers/fact.c parsers/text.c */
/*
 * Proves that a QUIC Initial is opened and its ClientHello read, by the examples of RFC 9001, A.2,
 * and RFC 9369, A.2, which are sealed here again and compared with what the RFCs print; in one
 * packet and spread over several.
 */
#include "../../parsers/cipher.h"
#include "parse_check.h"
#include <nettle/gcm.h>

#define ROOM 2048
#define PACKET 1200
#define PAYLOAD 1162
#define CRYPTO_HEAD 4

extern const struct parser parser_quic, parser_quic_pieces;

/* A CRYPTO frame with the ClientHello of both RFCs. */
static const char crypto[] =
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c000004"
    "13011302010000c000000010000e00000b6578616d706c652e636f6dff01000100000a00080006001d00170018"
    "00100007000504616c706e000500050100000000003300260024001d00209370b2c9caa47fbabaf4559fedba75"
    "3de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e040305030603020308040805080600"
    "2d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075"
    "300901100f088394c8f03e51570806048000ffff";
static const char id[] = "8394c8f03e515708";

static const struct {
    const char *name, *header, *label, *salt, *begins, *ends;
} versions[] = {
    { "version 1", "c300000001088394c8f03e5157080000449e00000002", "quic",
        "38762cf7f55934b34d179ae6a4c80cadccbb7f0a",
        "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11",
        "e221af44860018ab0856972e194cd934" },
    { "version 2", "d36b3343cf088394c8f03e5157080000449e00000002", "quicv2",
        "0dede3def700a6db819381be6e269dcbf9bd2ed9",
        "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485",
        "a18b2faa745b6fe189cf772a9f84cbfc" },
};

#define HELLO                                                                                      \
    "name address=198.51.100.2 what=sni name=example.com; device address=198.51.100.1 "            \
    "fingerprint.ja3=41bc9ae914d6cb3bd0bd0a5453ab7d7f "                                            \
    "fingerprint.ja4=q13d0211an_62ed6f6ca7ad_4d634acda6c0"

/* Seals frames, padded, as the client does: RFC 9001, 5.3 and 5.4. */
static void
seal(size_t v, const uint8_t *frames, size_t n, uint8_t packet[PACKET])
{
    struct cipher_keys keys;
    struct gcm_aes128_ctx gcm;
    uint8_t salt[CIPHER_SALT], name[8], nonce[CIPHER_IV], mask[CIPHER_KEY], plain[PAYLOAD] = { 0 };
    size_t head = parse_check_hex(packet, PACKET, versions[v].header);

    memcpy(plain, frames, n);
    parse_check_hex(salt, sizeof salt, versions[v].salt);
    parse_check_hex(name, sizeof name, id);
    cipher_initial_keys(salt, rd_of(name, sizeof name), versions[v].label, &keys);
    memcpy(nonce, keys.iv, sizeof nonce);
    nonce[CIPHER_IV - 1] ^= packet[head - 1];
    gcm_aes128_set_key(&gcm, keys.key);
    gcm_aes128_set_iv(&gcm, sizeof nonce, nonce);
    gcm_aes128_update(&gcm, head, packet);
    gcm_aes128_encrypt(&gcm, PAYLOAD, packet + head, plain);
    gcm_aes128_digest(&gcm, CIPHER_TAG, packet + head + PAYLOAD);
    cipher_mask(&keys, packet + head, mask);
    packet[0] ^= mask[0] & 0x0f;
    for (unsigned i = 0; i < 4; i++)
        packet[head - 4 + i] ^= mask[1 + i];
}

static enum parse_result
run(const uint8_t *packet, struct parse_check *c)
{
    struct parse_input in = { .transport = PARSE_UDP, .from_client = true };

    return parse_check_run(&parser_quic, &in, packet, PACKET, c);
}

static void
test_examples(void **state)
{
    uint8_t packet[PACKET], frames[ROOM], expected[32];
    struct parse_input in = { .transport = PARSE_UDP, .from_client = true };
    struct parse_check c;

    (void)state;
    for (size_t v = 0; v < COUNT(versions); v++) {
        size_t n = parse_check_hex(frames, sizeof frames, crypto);

        seal(v, frames, n, packet);
        n = parse_check_hex(expected, sizeof expected, versions[v].begins);
        assert_memory_equal(packet, expected, n);
        n = parse_check_hex(expected, sizeof expected, versions[v].ends);
        assert_memory_equal(packet + PACKET - n, expected, n);
        assert_int_equal(run(packet, &c), PARSE_OK);
        if (strcmp(c.facts, HELLO) != 0)
            fail_msg("%s: %s", versions[v].name, c.facts);
        assert_int_equal(parse_check_prefixes(&parser_quic, in, packet, PACKET), PACKET);
        packet[PACKET - 1] ^= 1;
        assert_int_equal(run(packet, &c), PARSE_NOT_MINE);
    }
}

/* A CRYPTO frame with the hello's bytes from..to. */
static size_t
frame(uint8_t *out, const uint8_t *hello, size_t from, size_t to)
{
    uint8_t head[] = { 0x06, 0x40, (uint8_t)from, 0x40, (uint8_t)(to - from) };

    memcpy(out, head, sizeof head);
    memcpy(out + sizeof head, hello + from, to - from);
    return sizeof head + to - from;
}

static void
test_shuffled_frames(void **state)
{
    uint8_t packet[PACKET], frames[ROOM], bytes[ROOM];
    struct parse_check c;
    size_t n = parse_check_hex(bytes, sizeof bytes, crypto) - CRYPTO_HEAD, used = 0;
    const uint8_t *hello = bytes + CRYPTO_HEAD;

    (void)state;
    used += frame(frames + used, hello, 100, n);
    frames[used++] = 0x01; /* PING */
    used += frame(frames + used, hello, 0, 60);
    used += frame(frames + used, hello, 50, 120); /* overlaps both */
    seal(0, frames, used, packet);
    assert_int_equal(run(packet, &c), PARSE_OK);
    assert_string_equal(c.facts, HELLO);
}

static void
test_several_packets(void **state)
{
    uint8_t packet[PACKET], frames[ROOM], bytes[ROOM], stream[ROOM];
    struct parse_input nested = { .is_nested = true };
    struct parse_check c;
    size_t n = parse_check_hex(bytes, sizeof bytes, crypto) - CRYPTO_HEAD, used;
    const uint8_t *hello = bytes + CRYPTO_HEAD;

    (void)state;
    seal(0, frames, frame(frames, hello, 90, n), packet);
    assert_int_equal(run(packet, &c), PARSE_OK);
    assert_int_equal(c.count, 0);
    used = c.nested_length;
    memcpy(stream, c.nested, used);
    assert_int_equal(parse_check_run(&parser_quic_pieces, &nested, stream, used, &c), PARSE_MORE);
    seal(0, frames, frame(frames, hello, 0, 90), packet);
    assert_int_equal(run(packet, &c), PARSE_OK);
    memcpy(stream + used, c.nested, c.nested_length);
    used += c.nested_length;
    assert_int_equal(parse_check_run(&parser_quic_pieces, &nested, stream, used, &c), PARSE_OK);
    assert_string_equal(c.facts, HELLO);
    nested.is_nested = false; /* a connection that begins with our mark is none of it */
    assert_int_equal(
        parse_check_run(&parser_quic_pieces, &nested, stream, used, &c), PARSE_NOT_MINE);
}

static const struct {
    const char *name, *hex;
    enum parse_result result;
} others[] = {
    { "short header", "4001020304050607", PARSE_NOT_MINE },
    { "version negotiation, where most of the first octet is arbitrary",
        "800000000008010203040506070800", PARSE_MORE },
    { "a short header of version 0", "400000000008010203040506070800", PARSE_NOT_MINE },
    { "version negotiation", "c00000000008010203040506070800", PARSE_MORE },
    { "a version to be refused, under unknown keys",
        "c01a2a3a4a 08 0102030405060708 00 00 14 0001020304050607 08090a0b0c0d0e0f 10111213",
        PARSE_MORE },
    { "the same in version 1",
        "c000000001 08 0102030405060708 00 00 14 0001020304050607 08090a0b0c0d0e0f 10111213",
        PARSE_NOT_MINE },
    { "a handshake packet", "e000000001080102030405060708000000", PARSE_NOT_MINE },
    { "a token that lies of its length", "c000000001080102030405060708 00 bfffffff", PARSE_BAD },
    { "a packet too short to be sealed", "c000000001080102030405060708 00 00 04 01020304",
        PARSE_BAD },
};

static void
test_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = { .transport = PARSE_UDP };

        parse_check_tells(&parser_quic, &in, others[i].name, others[i].hex, others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_examples),
        cmocka_unit_test(test_shuffled_frames),
        cmocka_unit_test(test_several_packets),
        cmocka_unit_test(test_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
