/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/hello.c */
/* First payloads each way, as real clients and servers sent them (OpenVPN 2.6, strongSwan, mstsc,
 * Citrix, wireguard-tools), and games and messengers that look alike. */
#include "../../sensor/flow_track.h"
#include "../../sensor/hello.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#define TCP FLOW_PROTOCOL_TCP
#define UDP FLOW_PROTOCOL_UDP

static const struct {
    const char *name;
    uint8_t protocol;
    const char *client, *server;
    uint32_t client_length, server_length; /* on the wire */
    const char *says;
} cases[] = {
    { "OpenVPN 2.6", UDP, "38daf8b15b19bdeefe0000000000",
        "40529cd0d256fcb4000100000000daf8b15b19bdeefe00000000", 14, 26, "openvpn" },
    { "OpenVPN, another's session id", UDP, "38daf8b15b19bdeefe0000000000",
        "40529cd0d256fcb4000100000000aaaaaaaaaaaaaaaa00000000", 14, 26, NULL },
    { "OpenVPN over TCP", TCP, "000e38daf8b15b19bdeefe0000000000",
        "001a40529cd0d256fcb4000100000000daf8b15b19bdeefe00000000", 16, 28, "openvpn" },
    { "OpenVPN over TCP, a length that lies", TCP, "000f38daf8b15b19bdeefe0000000000",
        "001a40529cd0d256fcb4000100000000daf8b15b19bdeefe00000000", 16, 28, NULL },
    { "WireGuard", UDP, "01000000316618ac09ad0e1ccda196d9", "0200000002ca1a00316618ac0a000533", 148,
        92, "wireguard" },
    { "WireGuard, asked for a cookie", UDP, "01000000316618ac09ad0e1ccda196d9",
        "03000000316618ac0a00053300000000", 148, 64, "wireguard" },
    { "a game of data-like datagrams", UDP, "04000000a1f57415bf29e6de395315ec",
        "10000000d3287b425bcb515dc9155509", 69, 359, NULL },
    { "IKEv1 main mode", UDP, "e47a591fd057587f00000000000000000110020000000000000000a80d00003c",
        "e47a591fd057587fa00b8ef0902bb8ec01100200000000000000006c0d00003c", 168, 108, "ipsec" },
    { "IKEv2 behind NAT", UDP,
        "00000000b64ef32131a4895286babd39048869552e202308000000010000032c23000310",
        "00000000b64ef32131a4895286babd39048869552e20232000000001000000cc240000b0", 816, 208,
        "ipsec" },
    { "IKE with a length that lies", UDP,
        "e47a591fd057587f00000000000000000110020000000000000000a90d00003c",
        "e47a591fd057587fa00b8ef0902bb8ec01100200000000000000006c0d00003c", 168, 108, NULL },
    { "RDP over UDP", UDP, "ffffffff004018010b127f1504d004d0", "0b127f15004010050f94ea0b04d004d0",
        1232, 1232, "rdp" },
    { "ICA", TCP, "7f7f49434100", "7f7f49434100", 6, 6, "citrix" },
    { "TLS", TCP, "16030100f1010000", "160303007a020000", 246, 1400, NULL },
    { "DNS", UDP, "1234010000010000000000000365", "1234818000010001000000000365", 40, 56, NULL },
    { "a cut packet", UDP, "e47a591fd057587f", "e47a591fd057587f", 168, 108, NULL },
};

static size_t
unhex(uint8_t *out, size_t room, const char *hex)
{
    size_t n = 0;
    unsigned byte;

    while (n < room && sscanf(hex + 2 * n, "%2x", &byte) == 1)
        out[n++] = (uint8_t)byte;
    return n;
}

static void
give(struct flow *f, unsigned direction, const char *hex, uint32_t length)
{
    uint8_t bytes[64];
    struct packet p = { .payload = bytes, .payload_length = length };

    p.payload_captured = (uint32_t)unhex(bytes, sizeof bytes, hex);
    f->payload_packets[direction]++;
    f->first_word[direction] =
        (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
    hello_read(f, direction, &p);
}

static void
test_hellos(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct flow f = { .protocol = cases[i].protocol };
        const char *says;

        give(&f, FLOW_CLIENT, cases[i].client, cases[i].client_length);
        if (hello_protocol(&f) != NULL)
            fail_msg("%s: one end alone", cases[i].name);
        give(&f, FLOW_SERVER, cases[i].server, cases[i].server_length);
        says = hello_protocol(&f);
        if ((says == NULL) != (cases[i].says == NULL) ||
            (says != NULL && strcmp(says, cases[i].says) != 0))
            fail_msg("%s: %s", cases[i].name, says == NULL ? "nothing" : says);
    }
}

static void
test_only_the_first_payload_counts(void **state)
{
    struct flow f = { .protocol = UDP };

    (void)state;
    give(&f, FLOW_CLIENT, "00010203", 4);
    give(&f, FLOW_CLIENT, cases[0].client, cases[0].client_length);
    give(&f, FLOW_SERVER, cases[0].server, cases[0].server_length);
    assert_null(hello_protocol(&f));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_hellos),
        cmocka_unit_test(test_only_the_first_payload_counts),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
