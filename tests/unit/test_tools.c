/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/teamviewer.c parsers/citrix.c parsers/nomachine.c parsers/radmin.c parsers/x11.c parsers/zerotier.c parsers/tunnel.c parsers/fact.c parsers/text.c */
/*
 * Proves that the hellos of TeamViewer, Citrix, NoMachine, Radmin and X11 are sessions of theirs,
 * and that nothing else is. Samples are written by hand after the descriptions that each parser
 * names.
 */
#include "parse_check.h"

extern const struct parser parser_teamviewer, parser_citrix, parser_nomachine, parser_radmin;
extern const struct parser parser_x11, parser_zerotier;

#define TV_IDENTIFY_1                                                                              \
    "17240a2000 58b46f1d 00000000 48008001000000000000014800000000000000000000000000"
#define ZT_KEY                                                                                     \
    "0000000000000000000000000000000000000000000000000000000000000000"                             \
    "0000000000000000000000000000000000000000000000000000000000000000"
#define ZT_HELLO(source, flags, version, identity)                                                 \
    "0102030405060708 62f865ae71" source flags "1122334455667788 01" version                       \
    "01 0e 0002 0000018f00000000" identity "00" ZT_KEY
#define UDP_HEADER "0000000000000000000003"

/* Messages of flows, in order: who sends ('c' and 's'; 'C': the first of a flow). */
static const struct {
    const char *name;
    const struct parser *parser;
    char from;
    uint16_t port;
    enum parse_transport transport;
    const char *hex;
    enum parse_result result;
    const char *facts;
    uint64_t skip;
} flow[] = {
    { "TeamViewer pings", &parser_teamviewer, 'C', 5938, PARSE_TCP, "1724100400 00000000", PARSE_OK,
        "session-open app=TeamViewer state=named", 0 },
    { "and is answered", &parser_teamviewer, 's', 5938, PARSE_TCP, "1724110400 00000000", PARSE_OK,
        "", 0 },
    { "identifies itself, bits rotated", &parser_teamviewer, 'c', 5938, PARSE_TCP, TV_IDENTIFY_1,
        PARSE_OK, "session-open app=TeamViewer state=named peer-id=987654321", 0 },
    { "the newer form; more is to come", &parser_teamviewer, 's', 5938, PARSE_TCP,
        "11303c00 00010000 01000000 00000000 1b000000 18000000 4142", PARSE_OK, "", 254 },
    { "a session is requested", &parser_teamviewer, 'c', 5938, PARSE_TCP,
        "11300b00 04000000"
        "02000000 01000000 1b000000 18000000 00000000",
        PARSE_OK, "session-open app=TeamViewer", 0 },
    { "and goes on", &parser_teamviewer, 'c', 5938, PARSE_TCP, "17245a0200 4142", PARSE_OK, "", 0 },
    { "no command", &parser_teamviewer, 's', 5938, PARSE_TCP, "1724090000", PARSE_NOT_MINE, "", 0 },
    { "on another port", &parser_teamviewer, 'C', 443, PARSE_TCP, "1724100400 00000000", PARSE_OK,
        "session-open app=TeamViewer state=named", 0 },
    { "on another port, not its beginning", &parser_teamviewer, 'C', 443, PARSE_TCP,
        "17245a0200 4142", PARSE_NOT_MINE, "", 0 },
    { "TLS", &parser_teamviewer, 'C', 5938, PARSE_TCP, "1603010005", PARSE_NOT_MINE, "", 0 },
    { "UDP between two ends", &parser_teamviewer, 'C', 9, PARSE_UDP,
        UDP_HEADER "1724470400 00000000", PARSE_OK,
        "session-open app=TeamViewer state=named how=direct", 0 },
    { "and back", &parser_teamviewer, 's', 9, PARSE_UDP, UDP_HEADER "1724470400 00000000", PARSE_OK,
        "session-open app=TeamViewer state=connected how=direct", 0 },
    { "and on", &parser_teamviewer, 's', 9, PARSE_UDP, UDP_HEADER "1724700200 0000 1724", PARSE_OK,
        "", 0 },
    { "UDP to a router", &parser_teamviewer, 'C', 5938, PARSE_UDP, UDP_HEADER "1724470400 00000000",
        PARSE_OK, "session-open app=TeamViewer state=named how=relay", 0 },
    { "UDP whose length lies", &parser_teamviewer, 'C', 9, PARSE_UDP,
        UDP_HEADER "1724470500 00000000", PARSE_NOT_MINE, "", 0 },
    { "UDP with bytes left", &parser_teamviewer, 'C', 9, PARSE_UDP,
        UDP_HEADER "1724470300 00000000", PARSE_NOT_MINE, "", 0 },

    { "ICA", &parser_citrix, 'C', 1494, PARSE_TCP, "7f7f49434100", PARSE_OK, "", 0 },
    { "ICA's other end", &parser_citrix, 's', 1494, PARSE_TCP, "7f7f49434100 000f", PARSE_OK,
        "session-open app=Citrix", 0 },
    { "ICA goes on", &parser_citrix, 'c', 1494, PARSE_TCP, "0102", PARSE_OK, "", 0 },
    { "CGP", &parser_citrix, 'C', 2598, PARSE_TCP, "1a4347502f3031", PARSE_OK, "", 0 },
    { "CGP's other end", &parser_citrix, 's', 2598, PARSE_TCP, "1a4347502f3031 00000000", PARSE_OK,
        "session-open app=Citrix", 0 },
    { "ICA answered by something else", &parser_citrix, 'C', 1494, PARSE_TCP, "7f7f49434100",
        PARSE_OK, "", 0 },
    { "... by TLS", &parser_citrix, 's', 1494, PARSE_TCP, "15030100", PARSE_NOT_MINE, "", 0 },
    { "CGP of another version", &parser_citrix, 'C', 2598, PARSE_TCP, "1a4347502f3032",
        PARSE_NOT_MINE, "", 0 },

    { "NX", &parser_nomachine, 'C', 4000, PARSE_TCP, "4e5853482d382e31302e310a", PARSE_OK, "", 0 },
    { "NX's server", &parser_nomachine, 's', 4000, PARSE_TCP, "4e58442d382e380a", PARSE_OK,
        "session-open app=NoMachine software.client=8.10.1 software.server=8.8", 0 },
    { "TLS behind it", &parser_nomachine, 'c', 4000, PARSE_TCP, "160301", PARSE_NOT_MINE, "", 0 },
    { "SSH", &parser_nomachine, 'C', 4000, PARSE_TCP, "5353482d322e30", PARSE_NOT_MINE, "", 0 },
    { "NX without a version", &parser_nomachine, 'C', 4000, PARSE_TCP, "4e5853482d0a", PARSE_BAD,
        "", 0 },
    { "NX with words", &parser_nomachine, 'C', 4000, PARSE_TCP, "4e5853482d620a", PARSE_BAD, "",
        0 },

    { "Radmin", &parser_radmin, 'C', 4899, PARSE_TCP, "01 00000001 00000008 08", PARSE_OK, "", 0 },
    { "Radmin's server", &parser_radmin, 's', 4899, PARSE_TCP,
        "01 00000008 00000212 08020000 0a000000", PARSE_OK, "session-open app=Radmin how=direct",
        0 },
    { "a sum that lies", &parser_radmin, 'C', 4899, PARSE_TCP, "01 00000001 00000009 08",
        PARSE_NOT_MINE, "", 0 },
    { "too long", &parser_radmin, 'C', 4899, PARSE_TCP, "01 00010000 00000008 08", PARSE_NOT_MINE,
        "", 0 },
    { "a server that was not asked", &parser_radmin, 'S', 4899, PARSE_TCP,
        "01 00000001 00000008 08", PARSE_NOT_MINE, "", 0 },

    { "X11", &parser_x11, 'C', 6000, PARSE_TCP,
        "6c00 0b00 0000 0500 0300 0000 4142434445000000 01020300", PARSE_OK, "", 0 },
    { "X11's server", &parser_x11, 's', 6000, PARSE_TCP, "0100 0b00 0000 0200 00000000", PARSE_OK,
        "session-open app=X11 controller=198.51.100.1", 4 },
    { "X11's requests", &parser_x11, 'c', 6000, PARSE_TCP, "62000500", PARSE_OK, "", 0 },
    { "X11, the other byte order", &parser_x11, 'C', 6000, PARSE_TCP,
        "4200 000b 0000 0000 0000 0000", PARSE_OK, "", 0 },
    { "X11 refuses", &parser_x11, 's', 6000, PARSE_TCP, "0003 000b 0000 0001 41424300", PARSE_OK,
        "", 0 },
    { "X10", &parser_x11, 'C', 6000, PARSE_TCP, "6c00 0a00 0000 0000 0000 0000", PARSE_NOT_MINE, "",
        0 },
    { "X11 with a long name", &parser_x11, 'C', 6000, PARSE_TCP, "6c00 0b00 0000 ffff 0000 0000",
        PARSE_NOT_MINE, "", 0 },
    { "X11's server first", &parser_x11, 'S', 6000, PARSE_TCP, "0100 0b00 0000 0000",
        PARSE_NOT_MINE, "", 0 },
    { "ZeroTier says hello", &parser_zerotier, 'C', 9993, PARSE_UDP,
        ZT_HELLO("aabbccddee", "00", "0d", "aabbccddee"), PARSE_OK, "", 0 },
    { "and again", &parser_zerotier, 'c', 9993, PARSE_UDP,
        ZT_HELLO("aabbccddee", "00", "0d", "aabbccddee"), PARSE_OK, "", 0 },
    { "its peer", &parser_zerotier, 's', 9993, PARSE_UDP,
        "1112131415161718 aabbccddee 62f865ae71 08 1122334455667788 5c 00", PARSE_OK,
        "session-open app=ZeroTier", 0 },
    { "and on", &parser_zerotier, 's', 9993, PARSE_UDP,
        "1112131415161719 aabbccddee 62f865ae71 08 1122334455667788 5d 00", PARSE_OK, "", 0 },
    { "ZeroTier answered by another", &parser_zerotier, 'C', 9, PARSE_UDP,
        ZT_HELLO("aabbccddee", "02", "0d", "aabbccddee"), PARSE_OK, "", 0 },
    { "... of no such address", &parser_zerotier, 's', 9, PARSE_UDP,
        "1112131415161718 aabbccddee 62f865ae72 08 1122334455667788 5c 00", PARSE_NOT_MINE, "", 0 },
    { "somebody else's identity", &parser_zerotier, 'C', 9993, PARSE_UDP,
        ZT_HELLO("aabbccddee", "00", "0d", "aabbccddef"), PARSE_NOT_MINE, "", 0 },
    { "a version yet to come", &parser_zerotier, 'C', 9993, PARSE_UDP,
        ZT_HELLO("aabbccddee", "00", "20", "aabbccddee"), PARSE_NOT_MINE, "", 0 },
    { "an encrypted hello", &parser_zerotier, 'C', 9993, PARSE_UDP,
        ZT_HELLO("aabbccddee", "08", "0d", "aabbccddee"), PARSE_NOT_MINE, "", 0 },
    { "ZeroTier in its middle", &parser_zerotier, 'C', 9993, PARSE_UDP,
        "1112131415161718 aabbccddee 62f865ae71 08 1122334455667788 5c 00", PARSE_NOT_MINE, "", 0 },
};

static void
test_flows(void **state)
{
    union parse_state memory, before;

    (void)state;
    for (size_t i = 0; i < COUNT(flow); i++) {
        struct parse_input in = { .transport = flow[i].transport,
            .destination_port = flow[i].port,
            .from_client = flow[i].from == 'c' || flow[i].from == 'C' };

        if (flow[i].from == 'C' || flow[i].from == 'S') {
            memset(&memory, 0, sizeof memory);
            if (flow[i].result == PARSE_OK && flow[i].skip == 0)
                parse_check_no_prefix_tells(flow[i].parser, in, flow[i].name, flow[i].hex);
        }
        before = memory;
        in.state = &memory;
        parse_check_tells(
            flow[i].parser, &in, flow[i].name, flow[i].hex, flow[i].result, flow[i].facts);
        parse_check_skips(&in, flow[i].name, flow[i].skip);
        if (flow[i].result != PARSE_OK)
            memory = before;
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_flows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
