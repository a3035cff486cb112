/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/tcp_syn.c parsers/packet*.c parsers/fact.c parsers/text.c */
/* SYN signatures: recorded from Linux over the loopback; expected is what p0f 3.09b says of the
 * same packets (raw_sig). The last two differ from recorded ones in single fields. */
#include "../../parsers/tcp_syn.h"
#include "parse_check.h"
#include <stdio.h>
#include <stdlib.h>

#define RAW_IP 101 /* LINKTYPE_RAW */

static const struct {
    const char *name, *hex, *signature;
} cases[] = {
    { "window of one segment",
        "4500003c1ce9400040061fd17f0000017f000001b9a4cbed7bb8129500000000"
        "a0c2ffd7fe3000000204ffd70402080a64539062000000000103030a",
        "4:64+0:0:65495:mss*1,10:mss,sok,ts,nop,ws:df,id+,ecn:0" },
    { "window of four segments",
        "4500003c4d2040004006ef997f0000017f000001eddca4c557b4ad7600000000"
        "a0c21450fe300000020405140402080a8fd651b80000000001030300",
        "4:64+0:0:1300:mss*4,0:mss,sok,ts,nop,ws:df,id+,ecn:0" },
    { "seventeen hops",
        "4500003cf3c140006f0619f87f0000017f000001d428cb27e951d83000000000"
        "a0c2ffd7fe3000000204ffd70402080a282c1ccd000000000103030a",
        "4:111+17:0:65495:mss*1,10:mss,sok,ts,nop,ws:df,id+,ecn:0" },
    { "IPv6 with a flow label",
        "600fe6f200280640000000000000000000000000000000010000000000000000000000000000000197a4d60b"
        "6abaf64d00000000a0c2ffc4003000000204ffc40402080a8d29810b000000000103030a",
        "6:64+0:0:65476:mss*1,10:mss,sok,ts,nop,ws:ecn,flow:0" },
    { "without time stamps and SACK",
        "4500003085f340004006b6d27f0000017f000001c85acdf193af65fd00000000"
        "70c2ffd7fe2400000204ffd70103030a",
        "4:64+0:0:65495:mss*1,10:mss,nop,ws:df,id+,ecn:0" },
    { "SYN-ACK",
        "4500003085f340004006b6d27f0000017f000001c85acdf193af65fd00000000"
        "7012ffd7fe2400000204ffd70103030a",
        NULL },
    { "the rest of the options is padding",
        "4500003085f340004006b6d27f0000017f000001c85acdf193af65fd00000000"
        "7002ffd6fe2400000204ffd700000000",
        "4:64+0:0:65495:65494,0:mss,eol+3:df,id+:0" },
};

static void
test_signatures(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        uint8_t bytes[128];
        char out[TCP_SYN_TEXT];
        struct packet p;
        struct tcp_syn s;
        size_t n = parse_check_hex(bytes, sizeof bytes, cases[i].hex);

        assert_int_equal(packet_decode(&p, RAW_IP, bytes, (uint32_t)n, (uint32_t)n), PACKET_OK);
        if (!tcp_syn_read(&p, &s)) {
            assert_null(cases[i].signature);
            continue;
        }
        tcp_syn_print(&s, out);
        if (cases[i].signature == NULL || strcmp(out, cases[i].signature) != 0)
            fail_msg("%s: %s", cases[i].name, out);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_signatures) };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
