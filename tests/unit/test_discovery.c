/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/lldp.c parsers/cdp.c parsers/ssdp.c parsers/http_head.c parsers/fact.c parsers/text.c */
/* What machines say of themselves to their neighbours: LLDP, CDP and SSDP. Messages are put
 * together by hand from IEEE 802.1AB, 9, Cisco's description and the UPnP Device Architecture, 1.
 */
#include "parse_check.h"

extern const struct parser parser_lldp, parser_cdp, parser_ssdp;

#define MANDATORY "0207 04 02005e100001 0402 07 31 0602 0078"
#define SNAP "aaaa03 00000c 2000"
#define HEAD SNAP "02b4 0000"
#define NAME "0001 0006 5231"

static const struct sample {
    const char *name;
    const struct parser *parser;
    const char *hex; /* SSDP: as it is */
    enum parse_result result;
    const char *facts;
} samples[] = {
    { "a switch", &parser_lldp,
        MANDATORY "0a03 737731 0c08 6c696e65310d0a32 100c 05 01 c0a8020a 02 00000001 00 0000",
        PARSE_OK, "device address=192.168.2.10 mac=02:00:5e:10:00:01 host-name=sw1 os=line1 2" },
    { "a telephone, padded", &parser_lldp,
        MANDATORY "0a02 7031 fe06 0012bb 09 4143 fe07 0012bb 0a 783732 fe04 00120f 01 0000 0000",
        PARSE_OK, "device mac=02:00:5e:10:00:01 vendor=AC host-name=p1 model=x72" },
    { "managed by IPv6", &parser_lldp,
        MANDATORY "0a02 7031 1018 11 02 20010db8000000000000000000000001 02 00000001 00 0000",
        PARSE_OK, "device address=2001:db8::1 mac=02:00:5e:10:00:01 host-name=p1" },
    { "chassis without a card: the frame's", &parser_lldp,
        "0202 07 31 0402 07 31 0602 0078 0a02 7031 0000", PARSE_OK,
        "device mac=02:00:5e:10:00:09 host-name=p1" },
    { "nothing but what must be", &parser_lldp, MANDATORY "0000", PARSE_OK, "" },
    { "another order", &parser_lldp, "0402 07 31 0207 04 02005e100001 0602 0078 0000", PARSE_BAD,
        "" },
    { "no end", &parser_lldp, MANDATORY "0a02 7031", PARSE_MORE, "" },

    { "a router", &parser_cdp,
        HEAD NAME "0005 0008 6c310a32 0006 0007 783337 0002 0011 00000001 01 01 cc 0004 0a000001",
        PARSE_OK, "device address=10.0.0.1 mac=02:00:5e:10:00:09 host-name=R1 os=l1 2 model=x37" },
    { "IPv6, behind a protocol that is none of ours", &parser_cdp,
        HEAD NAME "0002 002d 00000002 01 01 81 0004 0a000001 02 08 aaaa03 000000 86dd 0010"
                  "20010db8000000000000000000000001",
        PARSE_OK, "device address=2001:db8::1 mac=02:00:5e:10:00:09 host-name=R1" },
    { "an element that is shorter than its head", &parser_cdp, HEAD "0001 0003 5231", PARSE_BAD,
        "" },
    { "an element longer than the frame", &parser_cdp, HEAD "0001 0016 5231", PARSE_BAD, "" },
    { "spanning tree", &parser_cdp, "424203 0000 00 00 00", PARSE_NOT_MINE, "" },
    { "version 9", &parser_cdp, SNAP "09b4 0000" NAME, PARSE_BAD, "" },

    { "a search", &parser_ssdp,
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 1\r\n"
        "ST: upnp:rootdevice\r\nUSER-AGENT: Windows/10 UPnP/1.1 VLC/3\r\n\r\n",
        PARSE_OK,
        "name what=http-host name=239.255.255.250:1900; name what=ssdp name=upnp:rootdevice; "
        "banner what=http-user-agent text=Windows/10 UPnP/1.1 VLC/3" },
    { "an answer", &parser_ssdp,
        "HTTP/1.1 200 OK\r\nST: upnp:rootdevice\r\nSERVER: Linux/5.10, UPnP/1.0, Box/2.1\r\n\r\n",
        PARSE_OK,
        "name what=ssdp name=upnp:rootdevice; banner what=http-server "
        "text=Linux/5.10, UPnP/1.0, Box/2.1; device address=198.51.100.1 os=Linux/5.10 "
        "model=Box/2.1" },
    { "an announcement by one who is no UPnP device", &parser_ssdp,
        "NOTIFY * HTTP/1.1\r\nHOST: [ff02::c]:1900\r\nNT: urn:x\r\nSERVER: Box\r\n\r\n", PARSE_OK,
        "name what=http-host name=[ff02::c]:1900; name what=ssdp name=urn:x; banner "
        "what=http-server text=Box" },
    { "another method", &parser_ssdp, "GET / HTTP/1.1\r\nHost: a\r\n\r\n", PARSE_NOT_MINE, "" },
    { "no HTTP", &parser_ssdp, "\x01\x02", PARSE_NOT_MINE, "" },
};

static size_t
bytes_of(const struct sample *s, uint8_t *bytes, size_t room)
{
    if (s->parser != &parser_ssdp)
        return parse_check_hex(bytes, room, s->hex);
    memcpy(bytes, s->hex, strlen(s->hex));
    return strlen(s->hex);
}

static void
test_messages(void **state)
{
    static const uint8_t frame_mac[] = { 0x02, 0, 0x5e, 0x10, 0, 9 };

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = { .source_mac = frame_mac };
        uint8_t bytes[512];
        size_t n = bytes_of(&samples[i], bytes, sizeof bytes);

        parse_check_bytes_tell(
            samples[i].parser, &in, samples[i].name, bytes, n, samples[i].result, samples[i].facts);
    }
}

/* Where nothing but the frame's length says how many elements there are, a frame cut short says
 * nothing only when it is known to be. */
static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof samples / sizeof samples[0]; i++) {
        struct parse_input in = { .is_cut = true };
        struct parse_check c;
        uint8_t bytes[512];
        size_t n = bytes_of(&samples[i], bytes, sizeof bytes);

        if (samples[i].result != PARSE_OK || strstr(samples[i].name, "padded") != NULL)
            continue;
        for (size_t cut = 0; cut < n; cut++) {
            (void)parse_check_run(samples[i].parser, &in, bytes, cut, &c);
            if (c.count > 0)
                fail_msg("%s: %zu", samples[i].name, cut);
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
