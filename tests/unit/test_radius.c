/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/radius*.c parsers/eap*.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves what each RADIUS message says, that requests and answers carry the same transaction, and
 * that nothing else is taken for RADIUS. The first two samples are those of RFC 2865, 7.1; the
 * others are built by the layouts of the RFCs that their names say.
 */
#include "parse_check.h"

#define ROOM 1024

extern const struct parser parser_radius;

static const struct parse_message samples[] = {
    { "RFC 2865 7.1 Access-Request",
        "010000380f403f9473978057bd83d5cb98f4227a01066e656d6f02120dbe708d93d413ce3196e43f"
        "782a0aee0406c0a80110050600000003",
        "login account=nemo result=attempt method=radius gateway=192.168.1.16", 1, 0x100 },
    { "RFC 2865 7.1 Access-Accept",
        "0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103",
        "login result=success method=radius", 2, 0x100 },
    { "VPN gateway: domain account, caller's address and port",
        "01070044000102030405060708090a0b0c0d0e0f010b434f52505c6a646f651f133230332e302e31"
        "31332e393a353132333408060a080006200676706e310406c0000201",
        "login account=jdoe realm=CORP result=attempt method=radius outside=203"
        ".0.113.9 inside=10.8.0.6 calling-station=203.0.113.9:51234 gateway=192"
        ".0.2.1",
        1, 0x107 },
    { "a realm behind @ stays in the account",
        "01010033000102030405060708090a0b0c0d0e0f01126a646f65406578616d706c652e6f72671f0d"
        "323030313a6462383a3a39",
        "login account=jdoe@example.org result=attempt method=radius outside=20"
        "01:db8::9",
        1, 0x101 },
    { "bracketed IPv6 caller",
        "0101002d000102030405060708090a0b0c0d0e0f01066a646f651f135b323030313a6462383a3a39"
        "5d3a343433",
        "login account=jdoe result=attempt method=radius outside=2001:db8::9 ca"
        "lling-station=[2001:db8::9]:443",
        1, 0x101 },
    { "Wi-Fi: MAC and SSID",
        "01010033000102030405060708090a0b0c0d0e0f01066a646f651f1930302d31412d32422d33432d"
        "34442d35453a6775657374",
        "login account=jdoe result=attempt method=radius calling-station=00-1A-"
        "2B-3C-4D-5E:guest device.mac=00:1a:2b:3c:4d:5e",
        1, 0x101 },
    { "Cisco MAC",
        "0101002a000102030405060708090a0b0c0d0e0f01066a646f651f10303031612e326233632e3464"
        "3565",
        "login account=jdoe result=attempt method=radius calling-station=001a.2"
        "b3c.4d5e device.mac=00:1a:2b:3c:4d:5e",
        1, 0x101 },
    { "telephone", "01010027000102030405060708090a0b0c0d0e0f01066a646f651f0d3636393337393630343432",
        "login account=jdoe result=attempt method=radius calling-station=669379"
        "60442",
        1, 0x101 },
    { "EAP identity without User-Name, in two attributes",
        "01010021000102030405060708090a0b0c0d0e0f4f0902090009016a644f046f65",
        "login account=jdoe result=attempt method=radius", 1, 0x101 },
    { "EAP identity yields to User-Name",
        "01010026000102030405060708090a0b0c0d0e0f01076f757465724f0b02090009016a646f65",
        "login account=outer result=attempt method=radius", 1, 0x101 },
    { "an anonymous outer identity names nobody: RFC 7542 2.4",
        "0101002b000102030405060708090a0b0c0d0e0f0117616e6f6e796d6f7573406578616d706c652e"
        "6f7267",
        "", 0, 0x0 },
    { "a realm alone, and where from",
        "01010030000102030405060708090a0b0c0d0e0f010e406578616d706c652e6f72671f0e3230332e"
        "302e3131332e3939",
        "login realm=example.org result=attempt method=radius outside=203.0.113"
        ".99",
        1, 0x101 },
    { "an anonymous User-Name yields to the EAP identity",
        "0101002a000102030405060708090a0b0c0d0e0f010b416e6f6e796d6f75734f0b02090009016a64"
        "6f65",
        "login account=jdoe result=attempt method=radius", 1, 0x101 },
    { "addresses to be chosen are none: RFC 2865 5.8",
        "02010020000102030405060708090a0b0c0d0e0f0806fffffffe0806ffffffff",
        "login result=success method=radius", 2, 0x101 },
    { "Accept names the account, gives an address",
        "02010020000102030405060708090a0b0c0d0e0f01066a646f6508060a080006",
        "login account=jdoe result=success method=radius inside=10.8.0.6", 2, 0x101 },
    { "Reject and why", "03010022000102030405060708090a0b0c0d0e0f120e6e6f20737563682075736572",
        "login result=failure method=radius reason=no such user", 2, 0x101 },
    { "Challenge: it goes on", "0b010020000102030405060708090a0b0c0d0e0f120c456e74657220636f6465",
        "", 0, 0x0 },
    { "nobody asks", "0101001a000102030405060708090a0b0c0d0e0f060600000001", "", 0, 0x0 },
    { "accounting start",
        "04070039000102030405060708090a0b0c0d0e0f01066a646f652806000000012c05732d3108060a"
        "080006420e013230332e302e3131332e39",
        "login account=jdoe result=success method=radius-accounting outside=203"
        ".0.113.9 inside=10.8.0.6 session=s-1 status=start",
        0, 0x207 },
    { "accounting interim, IPv6",
        "04070044000102030405060708090a0b0c0d0e0f01066a646f65280600000003a81220010db80000"
        "000000000000000000065f1220010db8000000000000000000000001",
        "login account=jdoe result=success method=radius-accounting inside=2001"
        ":db8::6 status=interim gateway=2001:db8::1",
        0, 0x207 },
    { "delegated prefix",
        "0407002c000102030405060708090a0b0c0d0e0f01066a646f652806000000037b0c004020010db8"
        "00010002",
        "login account=jdoe result=success method=radius-accounting inside=2001"
        ":db8:1:2:: status=interim",
        0, 0x207 },
    { "accounting stop",
        "0407002b000102030405060708090a0b0c0d0e0f01066a646f652806000000022c05732d31310600"
        "000004",
        "logout account=jdoe method=radius-accounting session=s-1 status=stop r"
        "eason=Idle Timeout",
        0, 0x207 },
    { "accounting on: a gateway started",
        "04070020000102030405060708090a0b0c0d0e0f2806000000070406c0000201", "", 0, 0x0 },
    { "Disconnect-Request", "2809001f000102030405060708090a0b0c0d0e0f01066a646f652c05732d31",
        "logout account=jdoe method=radius session=s-1", 1, 0x309 },
    { "Disconnect-ACK", "29090014000102030405060708090a0b0c0d0e0f", "logout method=radius", 2,
        0x309 },
    { "Disconnect-NAK", "2a09001a000102030405060708090a0b0c0d0e0f6506000001f7", "", 0, 0x0 },
    { "Cisco-AVPair",
        "0101009b000102030405060708090a0b0c0d0e0f01066a646f651a2000000009011a69703a736f75"
        "7263652d69703d3230332e302e3131332e391a2c0000000901266d646d2d746c763d646576696365"
        "2d6d61633d30302d31612d32622d33632d34642d35651a3500000009012f6d646d2d746c763d6163"
        "2d757365722d6167656e743d416e79436f6e6e6563742057696e646f777320342e3130",
        "login account=jdoe result=attempt method=radius outside=203.0.113.9 so"
        "ftware.client=AnyConnect Windows 4.10 device.mac=00:1a:2b:3c:4d:5e",
        1, 0x101 },
    { "Palo Alto",
        "01010049000102030405060708090a0b0c0d0e0f01066a646f651a0c000063750606434f52501a13"
        "00006375070d3230332e302e3131332e391a1000006375090a4c4150544f502d37",
        "login account=jdoe realm=CORP result=attempt method=radius outside=203"
        ".0.113.9 device.host-name=LAPTOP-7",
        1, 0x101 },
    { "Fortinet and Microsoft",
        "02010030000102030405060708090a0b0c0d0e0f1a0c0000304402060a0800061a1000000137220a"
        "4c4150544f502d37",
        "login result=success method=radius inside=10.8.0.6 device.host-name=LA"
        "PTOP-7",
        2, 0x101 },
    { "AnyConnect by Cisco's pairs",
        "0101014f000102030405060708090a0b0c0d0e0f01066a646f651f0d3230332e302e3131332e39"
        "420d3230332e302e3131332e391a2300000009011d6d646d2d746c763d6465766963652d706c61"
        "74666f726d3d77696e1a2c0000000901266d646d2d746c763d6465766963652d6d61633d30322d"
        "30302d35652d31302d30302d30311a270000000901216d646d2d746c763d6465766963652d7479"
        "70653d4c454e4f564f20323058571a260000000901206d646d2d746c763d636f6d70757465722d"
        "6e616d653d4c4150544f502d371a3500000009012f6d646d2d746c763d61632d757365722d6167"
        "656e743d416e79436f6e6e6563742057696e646f777320342e31301a2900000009012361756469"
        "742d73657373696f6e2d69643d306130623063306430303030313030301a2100000009011b6970"
        "3a736f757263652d69703d3230332e302e3131332e3900",
        "login account=jdoe result=attempt method=radius outside=203.0.113.9 session=0a"
        "0b0c0d00001000 software.client=AnyConnect Windows 4.10 device.host-name=LAPTOP"
        "-7 device.mac=02:00:5e:10:00:01 os=win model=LENOVO 20XW",
        1, 0x101 },
    { "GlobalProtect by Palo Alto's attributes",
        "0101007f000102030405060708090a0b0c0d0e0f01066a646f651a0c000063750606434f52501a"
        "1300006375070d3230332e302e3131332e391a290000637508234d6963726f736f66742057696e"
        "646f77732031302050726f202c2036342d6269741a1000006375090a4c4150544f502d371a0d00"
        "0063750a07362e312e30",
        "login account=jdoe realm=CORP result=attempt method=radius outside=203.0.113.9"
        " software.client=6.1.0 device.host-name=LAPTOP-7 os=Microsoft Windows 10 Pro ,"
        " 64-bit",
        1, 0x101 },
    { "Windows by Microsoft's attributes",
        "01010051000102030405060708090a0b0c0d0e0f01066a646f65420d3230332e302e3131332e39"
        "1a180000013722124d535241532d302d4c4150544f502d371a1200000137230c4d535241535635"
        "2e3230",
        "login account=jdoe result=attempt method=radius outside=203.0.113.9 software.c"
        "lient=MSRASV5.20 device.host-name=LAPTOP-7",
        1, 0x101 },
    { "the domain that an Accept names",
        "02010027000102030405060708090a0b0c0d0e0f01066a646f651a0d000001370a0701434f5250",
        "login account=jdoe realm=CORP result=success method=radius", 2, 0x101 },
    { "MS-CHAPv2 carries no name of its own",
        "0101006c000102030405060708090a0b0c0d0e0f01066a646f651a18000001370b120000000000"
        "00000000000000000000001a3a0000013719340000000000000000000000000000000000000000"
        "000000000000000000000000000000000000000000000000000000000000",
        "login account=jdoe result=attempt method=radius", 1, 0x101 },
    { "EAP-MSCHAPv2 names whom an anonymous identity hides",
        "01010067000102030405060708090a0b0c0d0e0f010b616e6f6e796d6f75734f2a020900441a02"
        "09003f310000000000000000000000000000000000000000000000000000000000004f1e000000"
        "00000000000000000000000000000000434f52505c6a646f65",
        "login account=jdoe realm=CORP result=attempt method=radius", 1, 0x101 },
    { "strongSwan's calling station",
        "01010032000102030405060708090a0b0c0d0e0f01066a646f651f133230332e302e3131332e39"
        "5b343530305d2c05312d32",
        "login account=jdoe result=attempt method=radius outside=203.0.113.9 session=1-"
        "2 calling-station=203.0.113.9[4500]",
        1, 0x101 },
    { "strongSwan's calling station, IPv6",
        "0101002d000102030405060708090a0b0c0d0e0f01066a646f651f13323030313a6462383a3a39"
        "5b343530305d",
        "login account=jdoe result=attempt method=radius outside=2001:db8::9 calling-st"
        "ation=2001:db8::9[4500]",
        1, 0x101 },
    { "tunnel endpoint with a tag",
        "01010028000102030405060708090a0b0c0d0e0f01066a646f65420e013230332e302e3131332e"
        "39",
        "login account=jdoe result=attempt method=radius outside=203.0.113.9", 1, 0x101 },
    { "accounting with both families",
        "0407003d000102030405060708090a0b0c0d0e0f01066a646f652806000000012c05732d310806"
        "0a080006a81220010db8000800000000000000000006",
        "login account=jdoe result=success method=radius-accounting inside=10.8.0.6 ses"
        "sion=s-1 status=start; login account=jdoe result=success method=radius-account"
        "ing inside=2001:db8:8::6 session=s-1 status=start",
        0, 0x207 },
    { "accounting stop with both families, prefix",
        "04070037000102030405060708090a0b0c0d0e0f01066a646f652806000000022c05732d310806"
        "0a080006610c004020010db800080000",
        "logout account=jdoe method=radius-accounting inside=10.8.0.6 session=s-1 statu"
        "s=stop; logout account=jdoe method=radius-accounting inside=2001:db8:8:: sessi"
        "on=s-1 status=stop",
        0, 0x207 },
    { "a session in parts",
        "04070025000102030405060708090a0b0c0d0e0f01066a646f6528060000000132056d2d31",
        "login account=jdoe result=success method=radius-accounting session=m-1 status="
        "start",
        0, 0x207 },
    { "Fortinet's device",
        "0407003a000102030405060708090a0b0c0d0e0f01066a646f652806000000031a0c0000304402"
        "060a0800061a0e00003044170802005e100001",
        "login account=jdoe result=success method=radius-accounting inside=10.8.0.6 sta"
        "tus=interim device.mac=02:00:5e:10:00:01",
        0, 0x207 },
    { "CoA-Request says nothing of a login", "2b09001a000102030405060708090a0b0c0d0e0f01066a646f65",
        "", 0, 0x0 },
    { "an unknown attribute, and type 0",
        "01010021000102030405060708090a0b0c0d0e0ffa04fffe00037801066a646f65",
        "login account=jdoe result=attempt method=radius", 1, 0x101 },
    { "values of the wrong size are passed over",
        "0101004a000102030405060708090a0b0c0d0e0f01066a646f6508050a0800a811000000000000"
        "0000000000000000006103004202040700000000001a0400001a0a0000000901306970",
        "login account=jdoe result=attempt method=radius", 1, 0x101 },
    { "what stands before a damaged attribute",
        "0101002b000102030405060708090a0b0c0d0e0f01066a646f651f0d3230332e302e3131332e39"
        "04000102",
        "login account=jdoe result=attempt method=radius outside=203.0.113.9", 1, 0x101 },
    { "a card that calls itself by its MAC is nobody",
        "0101003b000102030405060708090a0b0c0d0e0f010e3032303035653130303030311f1330322d"
        "30302d35452d31302d30302d303106060000000a",
        "login result=attempt method=radius calling-station=02-00-5E-10-00-01 device.ma"
        "c=02:00:5e:10:00:01",
        1, 0x101 },
    { "its Accept names nobody either",
        "02010022000102030405060708090a0b0c0d0e0f010e303230303565313030303031",
        "login result=success method=radius", 2, 0x101 },
    { "an account of twelve digits",
        "0101002f000102030405060708090a0b0c0d0e0f010e3132333435363738393031321f0d323033"
        "2e302e3131332e39",
        "login account=123456789012 result=attempt method=radius outside=203.0.113.9", 1, 0x101 },
    { "another vendor's type 1",
        "01010036000102030405060708090a0b0c0d0e0f01066a646f651a1c0000372a011669703a736f75"
        "7263652d69703d362e362e362e36",
        "login account=jdoe result=attempt method=radius", 1, 0x101 },
};

static struct parse_input
datagram(uint16_t port)
{
    return (struct parse_input){ .transport = PARSE_UDP, .destination_port = port };
}

static void
test_samples_say_what_they_say(void **state)
{
    (void)state;
    parse_check_messages(&parser_radius, datagram(1812), samples, COUNT(samples));
}

static void
test_prefixes_say_nothing(void **state)
{
    static const uint16_t ports[] = { 1812, 40000 };

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        for (size_t p = 0; p < COUNT(ports); p++)
            parse_check_no_prefix_tells(
                &parser_radius, datagram(ports[p]), samples[i].name, samples[i].hex);
}

/* RFC 2865, 3: octets outside of the length are padding. Elsewhere than at home they are a sign
 * that this is not RADIUS. */
static void
test_padding_is_ignored_at_home(void **state)
{
    struct parse_input home = datagram(1645), away = datagram(40000);
    struct parse_check c;
    uint8_t bytes[ROOM] = { 0 };
    size_t n = parse_check_hex(bytes, sizeof(bytes), samples[0].hex);

    (void)state;
    assert_int_equal(parse_check_run(&parser_radius, &home, bytes, n + 7, &c), PARSE_OK);
    assert_string_equal(c.facts, samples[0].facts);
    assert_int_equal(parse_check_run(&parser_radius, &away, bytes, n + 7, &c), PARSE_NOT_MINE);
    assert_int_equal(parse_check_run(&parser_radius, &away, bytes, n, &c), PARSE_OK);
    assert_string_equal(c.facts, samples[0].facts);
}

static const struct {
    const char *name, *hex;
} lies[] = {
    { "length below the header", "01000013000102030405060708090a0b0c0d0e0f" },
    { "length above the limit", "01001001000102030405060708090a0b0c0d0e0f" },
    { "nothing before an attribute of length 0",
        "01000018000102030405060708090a0b0c0d0e0f01006162" },
    { "attribute of length 1", "01000018000102030405060708090a0b0c0d0e0f01016162" },
    { "attribute beyond the end", "01000018000102030405060708090a0b0c0d0e0f01056162" },
    { "half an attribute", "01000015000102030405060708090a0b0c0d0e0f01" },
};

static void
test_lies_are_bad_at_home_and_foreign_elsewhere(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lies); i++) {
        struct parse_input home = datagram(1812), away = datagram(40000);

        parse_check_tells(&parser_radius, &home, lies[i].name, lies[i].hex, PARSE_BAD, "");
        parse_check_tells(&parser_radius, &away, lies[i].name, lies[i].hex, PARSE_NOT_MINE, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples_say_what_they_say),
        cmocka_unit_test(test_prefixes_say_nothing),
        cmocka_unit_test(test_padding_is_ignored_at_home),
        cmocka_unit_test(test_lies_are_bad_at_home_and_foreign_elsewhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
