/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/ike*.c parsers/tunnel.c parsers/digest.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that what IKE shows in clear is told: who asks, whose software it is, who is behind NAT,
 * and the session once a proposal is accepted. Samples are written by a script after RFC 2408,
 * 2409, 3947, 7296 and 9329; TShark 4.0 dissects them so.
 */
#include "parse_check.h"

#define ROOM 1024
#define STEP_US 1000
#define PORT 500

extern const struct parser parser_ike;

/* One session after another; each begins where `session` changes. The initiator is the client. */
static const struct step {
    const char *session, *name;
    enum parse_transport transport;
    bool from_client;
    const char *hex, *facts;
    enum parse_result result;
} steps[] = {
    { "aggressive mode", "first", PARSE_UDP, true,
        "112233445566778800000000000000000110040000000000000000ad0400002c00000001000000010000"
        "002001010001000000180101000080010007800200028003fde9800400020a0000140000000000000000"
        "00000000000000000500000c00000000000000000d0000110b1101f473746166662d76706e0d00001412"
        "f5f28c457168a9702d9fe274cc01000d00000c09002689dfd6b71200000014afcad71368a1f1c96b8696"
        "fc77570100",
        "banner what=ike-client text=Cisco Unity, XAUTH, DPD; login account=staff-vpn "
        "result=attempt method=ike-id",
        PARSE_OK },
    { "aggressive mode", "second", PARSE_UDP, false,
        "112233445566778899aabbccddeeff010110040000000000000000be0400002c00000001000000010000"
        "002001010001000000180101000080010007800200028003fde9800400020a0000140000000000000000"
        "00000000000000000500000c000000000000000008000016021101f467772e6578616d706c652e636f6d"
        "0d00001800000000000000000000000000000000000000000d000014882fe56d6fd20dbc2251613b2ebe"
        "5beb00000014afcad71368a1f1c96b8696fc77570100",
        "banner what=ike-server text=strongSwan, DPD; session-open app=IPsec "
        "software.server=strongSwan version=IKEv1 aggressive mode, XAUTH",
        PARSE_OK },
    { "aggressive mode", "third, encrypted", PARSE_UDP, true,
        "112233445566778899aabbccddeeff0108100401000000000000003c000102030405060708090a0b0c0d"
        "0e0f101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "aggressive mode", "XAUTH", PARSE_UDP, false,
        "112233445566778899aabbccddeeff0108100601000000070000003c000102030405060708090a0b0c0d"
        "0e0f101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "aggressive mode", "quick mode", PARSE_UDP, true,
        "112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c0d"
        "0e0f101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "aggressive mode", "quick mode by the other end", PARSE_UDP, false,
        "112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c0d"
        "0e0f101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "aggressive mode", "quick mode again", PARSE_UDP, false,
        "112233445566778899aabbccddeeff01081020010000000b0000003c000102030405060708090a0b0c0d"
        "0e0f101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "aggressive mode, no XAUTH", "first", PARSE_UDP, true,
        "1122334455667788000000000000000001100400000000000000006c0a00002c00000001000000010000"
        "0020010100010000001801010000800100078002000280030001800400020500000c0000000000000000"
        "00000018031101f46a646f65406578616d706c652e636f6d",
        "login account=jdoe@example.com result=attempt method=ike-id", PARSE_OK },
    { "aggressive mode, no XAUTH", "second", PARSE_UDP, false,
        "112233445566778899aabbccddeeff01011004000000000000000048000000"
        "2c000000010000000100000020010100010000001801010000800100078002000280030001"
        "80040002",
        "session-open app=IPsec version=IKEv1 aggressive mode", PARSE_OK },
    { "aggressive mode, no XAUTH", "quick mode", PARSE_UDP, true,
        "112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "aggressive mode, no XAUTH", "quick mode by the other end", PARSE_UDP, false,
        "112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "login result=success inferred=yes", PARSE_OK },
    { "gone on on port 4500", "third, encrypted", PARSE_UDP, true,
        "00000000112233445566778899aabbccddeeff0108100401000000000000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "gone on on port 4500", "quick mode", PARSE_UDP, true,
        "00000000112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "gone on on port 4500", "quick mode by the other end", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "session-open app=IPsec version=IKEv1; login result=success inferred=yes", PARSE_OK },
    { "gone on on port 4500", "quick mode again", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff01081020010000000b0000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "XAUTH on port 4500", "asked", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff0108100601000000070000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "XAUTH on port 4500", "quick mode", PARSE_UDP, true,
        "00000000112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "session-open app=IPsec version=IKEv1", PARSE_OK },
    { "XAUTH on port 4500", "quick mode by the other end", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff0108102001000000090000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "refused on port 4500", "third, encrypted", PARSE_UDP, true,
        "00000000112233445566778899aabbccddeeff0108100401000000000000003c000102030405060708090a0b0c"
        "0d0e0f"
        "101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "refused on port 4500", "notification", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff010b1005000000000000000028"
        "0000000c0000000101000018",
        "login result=failure reason=AUTHENTICATION-FAILED; session-open app=IPsec version=IKEv1",
        PARSE_OK },
    { "refused", "first", PARSE_UDP, true,
        "1122334455667788000000000000000001100400000000000000006c0a00002c00000001000000010000"
        "0020010100010000001801010000800100078002000280030001800400020500000c0000000000000000"
        "00000018031101f46a646f65406578616d706c652e636f6d",
        "login account=jdoe@example.com result=attempt method=ike-id", PARSE_OK },
    { "refused", "notification", PARSE_UDP, false,
        "112233445566778899aabbccddeeff010b10050000000000000000280000000c0000000101000018",
        "login result=failure reason=AUTHENTICATION-FAILED", PARSE_OK },
    { "refused for its proposal", "first", PARSE_UDP, true,
        "1122334455667788000000000000000001100400000000000000006c0a00002c00000001000000010000"
        "0020010100010000001801010000800100078002000280030001800400020500000c0000000000000000"
        "00000018031101f46a646f65406578616d706c652e636f6d",
        "login account=jdoe@example.com result=attempt method=ike-id", PARSE_OK },
    { "refused for its proposal", "notification", PARSE_UDP, false,
        "112233445566778899aabbccddeeff010b10050000000000000000280000000c000000010100000e", "",
        PARSE_OK },
    { "identities that are no accounts", "an address", PARSE_UDP, true,
        "112233445566778800000000000000000110040000000000000000540500002c00000001000000010000"
        "0020010100010000001801010000800100078002000280030001800400020000000c011101f4c6336401",
        "", PARSE_OK },
    { "a key that is no text", "", PARSE_UDP, true,
        "112233445566778800000000000000000110040000000000000000530500002c00000001000000010000"
        "0020010100010000001801010000800100078002000280030001800400020000000b0b1101f40102ff",
        "", PARSE_OK },
    { "main mode", "first", PARSE_UDP, true,
        "112233445566778800000000000000000110020000000000000000980d00002c00000001000000010000"
        "0020010100010000001801010000800100078002000280030001800400020d0000144a131c8107035845"
        "5c5728f20e95452f0d000014afcad71368a1f1c96b8696fc775701000d000014afcad71368a1f1c96b86"
        "96fc775701000000001400000000000000000000000000000000",
        "banner what=ike-client text=NAT-T RFC 3947, DPD", PARSE_OK },
    { "main mode", "second", PARSE_UDP, false,
        "112233445566778899aabbccddeeff0101100200000000000000005c0d00002c00000001000000010000"
        "002001010001000000180101000080010007800200028003000180040002000000144a131c8107035845"
        "5c5728f20e95452f",
        "banner what=ike-server text=NAT-T RFC 3947; session-open app=IPsec version=IKEv1 main "
        "mode; rtt layer=ike end=server value-us=1000",
        PARSE_OK },
    { "main mode", "third", PARSE_UDP, true,
        "112233445566778899aabbccddeeff0104100200000000000000006c0a00001400000000000000000000"
        "0000000000001400000c00000000000000001400001812b49f57a6b371f7320eaae900a8c44f2129d7b9"
        "00000018e02a6692008784733466ec6069b04315ce3b9364",
        "peer address=198.51.100.1 how=behind-nat", PARSE_OK },
    { "main mode", "fourth", PARSE_UDP, false,
        "112233445566778899aabbccddeeff0104100200000000000000006c0a00001400000000000000000000"
        "0000000000001400000c000000000000000014000018a1cbb30baffc1014e9ea6b209e1d668eab7cd999"
        "0000001812b49f57a6b371f7320eaae900a8c44f2129d7b9",
        "", PARSE_OK },
    { "main mode, SHA-256 and MD5", "first", PARSE_UDP, true,
        "112233445566778800000000000000000110020000000000000000480000002c00000001000000010000"
        "002001010001000000180101000080010007800200028003000180040002",
        "", PARSE_OK },
    { "main mode, SHA-256 and MD5", "third", PARSE_UDP, true,
        "112233445566778899aabbccddeeff0182100200000000000000006482000024389620e4f74fbaf7ea43"
        "cd2658d6dfbd7ab68189acbf6ec98d22e46becff3a61000000245d05f69107b382ccd35771121ac88651"
        "704480d5f53028ba7dee21e171d1098e",
        "", PARSE_OK },
    { "main mode, SHA-256 and MD5", "fourth", PARSE_UDP, false,
        "112233445566778899aabbccddeeff0182100200000000000000004482000014c7b772c03bc5cdb34fd5"
        "35fa8f69299b000000140b24c1d5ce9442eaa2796ced44912641",
        "", PARSE_OK },
    { "version 2", "first", PARSE_UDP, true,
        "112233445566778800000000000000002120220800000000000000c8220000300000002c010100040300"
        "000c0100000c800e00800300000802000002030000080300000200000008040000022800001800000000"
        "0000000000000000000000000000000029000014000000000000000000000000000000002900001c0000"
        "4004e8b93d3cda5a343d27e7586416fcc1c1885a73882b00001c0000400544ace55afc12388b204cfaf2"
        "57d2c09f3b84fc55000000181e2b516905991c7d7c96fcbfb587e46100000009",
        "banner what=ike-client text=Microsoft Windows 8 or later; peer address=198.51.100.1 "
        "how=behind-nat",
        PARSE_OK },
    { "version 2", "second", PARSE_UDP, false,
        "112233445566778899aabbccddeeff012120222000000000000000c5220000300000002c010100040300"
        "000c0100000c800e00800300000802000002030000080300000200000008040000022800001800000000"
        "0000000000000000000000000000000029000014000000000000000000000000000000002900001c0000"
        "400412b49f57a6b371f7320eaae900a8c44f2129d7b92b00001c00004005a1cbb30baffc1014e9ea6b20"
        "9e1d668eab7cd99900000015464c455856504e2d535550504f52544544",
        "banner what=ike-server text=Cisco FlexVPN; session-open app=IPsec "
        "software.client=Microsoft Windows 8 or later software.server=Cisco FlexVPN version=IKEv2; "
        "rtt layer=ike end=server value-us=1000",
        PARSE_OK },
    { "version 2", "authentication", PARSE_UDP, true,
        "112233445566778899aabbccddeeff012e20230800000001000000442300002800000000000000000000"
        "0000000000000000000000000000000000000000000000000000",
        "", PARSE_OK },
    { "version 2", "a fragment of its answer", PARSE_UDP, false,
        "112233445566778899aabbccddeeff013520232000000001000000442300002800000000000000000000"
        "0000000000000000000000000000000000000000000000000000",
        "", PARSE_OK },
    { "version 2", "EAP", PARSE_UDP, true,
        "112233445566778899aabbccddeeff012e20230800000002000000442300002800000000000000000000"
        "0000000000000000000000000000000000000000000000000000",
        "banner what=ike-authentication text=EAP", PARSE_OK },
    { "version 2", "EAP goes on", PARSE_UDP, true,
        "112233445566778899aabbccddeeff012e20230800000003000000442300002800000000000000000000"
        "0000000000000000000000000000000000000000000000000000",
        "", PARSE_OK },
    { "version 2", "ESP", PARSE_UDP, true, "c0ffee01000000015566778899aabbccddeeff00", "",
        PARSE_OK },
    { "asked for a cookie", "first", PARSE_UDP, true,
        "11223344556677880000000000000000212022080000000000000060280000300000002c010100040300"
        "000c0100000c800e00800300000802000002030000080300000200000008040000020000001400000000"
        "000000000000000000000000",
        "", PARSE_OK },
    { "asked for a cookie", "cookie", PARSE_UDP, false,
        "1122334455667788000000000000000029202220000000000000002c0000001000004006000000000000"
        "0000",
        "", PARSE_OK },
    { "asked for a cookie", "with it", PARSE_UDP, true,
        "112233445566778800000000000000002920220800000000000000702100001000004006000000000000"
        "0000280000300000002c010100040300000c0100000c800e008003000008020000020300000803000002"
        "00000008040000020000001400000000000000000000000000000000",
        "", PARSE_OK },
    { "asked for a cookie", "answer", PARSE_UDP, false,
        "112233445566778899aabbccddeeff01212022200000000000000060280000300000002c010100040300"
        "000c0100000c800e00800300000802000002030000080300000200000008040000020000001400000000"
        "000000000000000000000000",
        "session-open app=IPsec version=IKEv2", PARSE_OK },
    { "refused, version 2", "first", PARSE_UDP, true,
        "11223344556677880000000000000000212022080000000000000060280000300000002c010100040300"
        "000c0100000c800e00800300000802000002030000080300000200000008040000020000001400000000"
        "000000000000000000000000",
        "", PARSE_OK },
    { "refused, version 2", "no proposal chosen", PARSE_UDP, false,
        "112233445566778899aabbccddeeff01292022200000000000000024000000080000000e", "", PARSE_OK },
    { "in the middle, behind a marker", "one end", PARSE_UDP, true,
        "00000000112233445566778899aabbccddeeff012e202308000000050000004423000028000000000000"
        "000000000000000000000000000000000000000000000000000000000000",
        "", PARSE_OK },
    { "in the middle, behind a marker", "the other", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff012e202320000000050000004423000028000000000000"
        "000000000000000000000000000000000000000000000000000000000000",
        "session-open app=IPsec version=IKEv2", PARSE_OK },
    { "version 1 in the middle", "one end", PARSE_UDP, true,
        "00000000112233445566778899aabbccddeeff0108102001000000050000003c00010203040506070809"
        "0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "", PARSE_OK },
    { "version 1 in the middle", "the other", PARSE_UDP, false,
        "00000000112233445566778899aabbccddeeff0108102001000000050000003c00010203040506070809"
        "0a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "session-open app=IPsec version=IKEv1; login result=success inferred=yes", PARSE_OK },
    { "over TCP", "prefix", PARSE_TCP, true, "494b45544350", "", PARSE_OK },
    { "over TCP", "first", PARSE_TCP, true,
        "00660000000011223344556677880000000000000000212022080000000000000060280000300000002c"
        "010100040300000c0100000c800e00800300000802000002030000080300000200000008040000020000"
        "001400000000000000000000000000000000",
        "", PARSE_OK },
    { "over TCP", "second", PARSE_TCP, false,
        "006600000000112233445566778899aabbccddeeff01212022200000000000000060280000300000002c"
        "010100040300000c0100000c800e00800300000802000002030000080300000200000008040000020000"
        "001400000000000000000000000000000000",
        "session-open app=IPsec version=IKEv2; rtt layer=ike end=server value-us=1000", PARSE_OK },
    { "over TCP", "ESP", PARSE_TCP, true, "000ec0ffee010000000155667788", "", PARSE_OK },
    { "over TCP", "half", PARSE_TCP, true, "0066000000001122334455667788000000000000", "",
        PARSE_MORE },
    { "over TCP", "no length", PARSE_TCP, true, "000100000000", "", PARSE_BAD },
    { "not over TCP", "a request", PARSE_TCP, true, "474554202f20485454502f312e310d0a0d0a", "",
        PARSE_NOT_MINE },
    { "not over TCP: some of it", "prefix", PARSE_TCP, true, "494b45", "", PARSE_MORE },
    { "not over TCP: by a server", "prefix", PARSE_TCP, false, "494b45544350", "", PARSE_NOT_MINE },
    { "a payload that lies of its length", "a payload that lies of its length", PARSE_UDP, true,
        "112233445566778800000000000000002120220800000000000000210000ffff00", "", PARSE_BAD },
    { "a payload shorter than its header", "a payload shorter than its header", PARSE_UDP, true,
        "1122334455667788000000000000000021202208000000000000002000000003", "", PARSE_BAD },
    { "too many payloads", "too many payloads", PARSE_UDP, true,
        "112233445566778800000000000000002b20220800000000000001202b0000042b0000042b0000042b00"
        "00042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
        "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b00"
        "00042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
        "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b00"
        "00042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b0000042b000004"
        "2b0000042b0000042b0000042b0000042b0000042b0000042b0000042b00000400000004",
        "", PARSE_BAD },
    { "a length that lies", "a length that lies", PARSE_UDP, true,
        "1122334455667788000000000000000021202208000000000000004c000000300000002c010100040300"
        "000c0100000c800e008003000008020000020300000803000002000000080400000278",
        "", PARSE_NOT_MINE },
    { "no exchange of this version", "no exchange of this version", PARSE_UDP, true,
        "1122334455667788000000000000000021200408000000000000004c000000300000002c010100040300"
        "000c0100000c800e0080030000080200000203000008030000020000000804000002",
        "", PARSE_NOT_MINE },
    { "no SPI", "no SPI", PARSE_UDP, true,
        "0000000000000000000000000000000021202208000000000000004c000000300000002c010100040300"
        "000c0100000c800e0080030000080200000203000008030000020000000804000002",
        "", PARSE_NOT_MINE },
    { "flags of neither", "flags of neither", PARSE_UDP, true,
        "11223344556677880000000000000000212022ff000000000000004c000000300000002c010100040300"
        "000c0100000c800e0080030000080200000203000008030000020000000804000002",
        "", PARSE_NOT_MINE },
    { "version 3", "version 3", PARSE_UDP, true,
        "1122334455667788000000000000000021302208000000000000004c000000300000002c010100040300"
        "000c0100000c800e0080030000080200000203000008030000020000000804000002",
        "", PARSE_NOT_MINE },
    { "a keepalive", "a keepalive", PARSE_UDP, true, "ff", "", PARSE_NOT_MINE },
    { "ESP alone", "ESP alone", PARSE_UDP, true,
        "c0ffee010000000100000000000000000000000000000000000000000000000000000000000000000000"
        "000000000000",
        "", PARSE_NOT_MINE },
    { "a marker alone", "a marker alone", PARSE_UDP, true, "00000000", "", PARSE_NOT_MINE },
};

/* Both ends have one address each, whoever speaks. */
static struct parse_input
message(const struct step *step)
{
    const char *const ends[] = { "::ffff:198.51.100.2", "::ffff:198.51.100.1" };
    struct parse_input in = { .transport = step->transport,
        .from_client = step->from_client,
        .source_port = PORT,
        .destination_port = PORT };

    inet_pton(AF_INET6, ends[in.from_client], &in.source);
    inet_pton(AF_INET6, ends[!in.from_client], &in.destination);
    return in;
}

static void
test_sessions(void **state)
{
    union parse_state memory = { { 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct parse_input in = message(&steps[i]);

        in.time_us = (int64_t)(i + 1) * STEP_US;
        in.state = &memory;
        if (i > 0 && strcmp(steps[i].session, steps[i - 1].session) != 0)
            memset(&memory, 0, sizeof memory);
        parse_check_tells(&parser_ike, &in, parse_check_of(steps[i].session, steps[i].name).text,
            steps[i].hex, steps[i].result, steps[i].facts);
        if (steps[i].result == PARSE_OK)
            assert_int_equal(rd_left(&in.data), 0);
    }
}

static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct parse_input in = { .transport = steps[i].transport,
            .from_client = steps[i].from_client };

        if (steps[i].transport == PARSE_UDP && steps[i].result == PARSE_OK)
            parse_check_no_prefix_tells(&parser_ike, in,
                parse_check_of(steps[i].session, steps[i].name).text, steps[i].hex);
    }
}

/* The capture kept a datagram's head alone: no facts of half a message. */
static void
test_a_cut_message(void **state)
{
    uint8_t bytes[ROOM];
    struct parse_output out;
    struct parse_check c = { .count = 0 };
    union parse_state memory = { { 0 } };
    size_t n = parse_check_hex(bytes, sizeof bytes, steps[0].hex);

    (void)state;
    out = (struct parse_output){ parse_check_fact, parse_check_nested, parse_check_nested_of, &c };
    for (size_t kept = 1; kept < n; kept++) {
        struct parse_input in = { .transport = PARSE_UDP,
            .from_client = true,
            .is_cut = true,
            .data = rd_of(bytes, kept),
            .wire_length = (uint32_t)n,
            .state = &memory };

        if (parser_ike.parse(&in, &out) == PARSE_OK || c.count > 0)
            fail_msg("%zu", kept);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sessions),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_a_cut_message),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
