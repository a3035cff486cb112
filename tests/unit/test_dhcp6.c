/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/dhcp6.c parsers/dhcp_option.c parsers/fact.c parsers/text.c */
/* DHCPv6: messages put together by hand from RFC 8415, 8 and 21; an address is told only when the
 * device has it or asks for it, and a card only when it is the device's own. */
#include "parse_check.h"

extern const struct parser parser_dhcp6;

#define DUID "0001 000a 0003 0001 02005e100001"
#define ID "client-id=0003000102005e100001"
#define ADDRESS "20010db8000000000000000000000023"
#define IA(valid) "0003 0028 00000001 00000000 00000000 0005 0018" ADDRESS "00000064" valid
#define ORO "0006 0006 0017 0018 0027"
#define CLASS "0010 000a 00000137 0004 4d534654"
#define FQDN "0027 0008 00 02 7063 03 6c616e"
#define CLIENT "fe80000000000000 00005efffe100001"
#define RELAYED                                                                                    \
    "0c 00" ADDRESS CLIENT "004f 0008 0001 02005e100001 0009 0028 01 112233" DUID ORO FQDN
#define OF_RELAYED                                                                                 \
    "device address=fe80::5eff:fe10:1 mac=02:00:5e:10:00:01 host-name=pc.lan " ID                  \
    " fingerprint.dhcp=23,24,39"
#define SOLICIT "01 112233" DUID ORO CLASS FQDN

static const struct sample {
    const char *name, *source, *hex;
    enum parse_result result;
    const char *facts;
} samples[] = {
    { "SOLICIT", "fe80::1", SOLICIT, PARSE_OK,
        "device address=fe80::1 mac=02:00:5e:10:00:09 host-name=pc.lan vendor-class=MSFT " ID
        " fingerprint.dhcp=23,24,39" },
    { "what a SOLICIT wishes for is not its own", "fe80::1", "01 112233" DUID IA("00000064"),
        PARSE_OK, "device address=fe80::1 mac=02:00:5e:10:00:09 " ID },
    { "REQUEST", "fe80::1", "03 112233" DUID IA("00000064"), PARSE_OK,
        "device address=2001:db8::23 mac=02:00:5e:10:00:09 " ID },
    { "from an address behind a router", "2001:db8::1", "05 112233" DUID IA("00000064"), PARSE_OK,
        "device address=2001:db8::23 " ID },
    { "an offer is not yet an address", "fe80::2", "02 112233" DUID IA("00000064"), PARSE_OK, "" },
    { "REPLY", "fe80::2", "07 112233" DUID IA("00000064") FQDN, PARSE_OK,
        "device address=2001:db8::23 host-name=pc.lan " ID },
    { "REPLY that takes the address away", "fe80::2", "07 112233" DUID IA("00000000"), PARSE_OK,
        "device address=2001:db8::99 " ID },
    { "RELEASE", "fe80::1", "08 112233" DUID IA("00000064"), PARSE_OK, "" },
    { "relayed, with the client's card", "2001:db8:2::5", RELAYED, PARSE_OK, OF_RELAYED },
    { "relayed twice", "2001:db8:2::5", "0c 01" ADDRESS ADDRESS "0009 005a" RELAYED, PARSE_OK,
        OF_RELAYED },
    { "a relay that carries nothing", "2001:db8::5", "0c 00" ADDRESS CLIENT, PARSE_BAD, "" },
    { "an option longer than the message", "fe80::1", "01 112233 0001 0010 0003", PARSE_BAD, "" },
    { "a type that is none", "fe80::1", "00 112233" DUID, PARSE_BAD, "" },
};

static enum parse_result
run(const struct sample *s, size_t cut, struct parse_check *c)
{
    static const uint8_t mac[] = { 0x02, 0, 0x5e, 0x10, 0, 9 };
    struct parse_input in = { .transport = PARSE_UDP, .source_mac = mac, .is_cut = cut > 0 };
    uint8_t bytes[512];
    size_t n = parse_check_hex(bytes, sizeof bytes, s->hex) - cut;

    inet_pton(AF_INET6, s->source, &in.source);
    inet_pton(AF_INET6, "2001:db8::99", &in.destination);
    return parse_check_run(&parser_dhcp6, &in, bytes, n, c);
}

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct parse_check c;
        enum parse_result result = run(&samples[i], 0, &c);

        if (result != samples[i].result || strcmp(c.facts, samples[i].facts) != 0)
            fail_msg("%s: %d %s", samples[i].name, (int)result, c.facts);
    }
}

/* Where one option ends, only the datagram's length says that others follow. */
static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        uint8_t bytes[512];
        size_t n = parse_check_hex(bytes, sizeof bytes, samples[i].hex);

        for (size_t cut = 1; cut <= n; cut++) {
            struct parse_check c;

            assert_int_equal(run(&samples[i], cut, &c), PARSE_MORE);
            assert_int_equal(c.count, 0);
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_prefixes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
