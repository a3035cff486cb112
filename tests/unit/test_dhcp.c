/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/dhcp.c parsers/dhcp_option.c parsers/fact.c parsers/text.c */
/* DHCP: messages put together field by field from RFC 2131 (figure 1) and RFC 2132; an address is
 * told only when it is the device's own. */
#include "parse_check.h"

extern const struct parser parser_dhcp;

struct sample {
    const char *name;
    uint8_t op;
    const char *client, *assigned; /* hexadecimal, four octets */
    const char *options;           /* behind the magic cookie */
    enum parse_result result;
    const char *facts;
};

#define OPTIONS_AT 240 /* behind the magic cookie */
#define PARAMETERS "370401031c06"

static const struct sample samples[] = {
    { "DISCOVER", 1, "00000000", "00000000", "350101 0c084c4150544f502d37" PARAMETERS "ff",
        PARSE_OK, "device mac=02:00:5e:10:00:01 host-name=LAPTOP-7 fingerprint.dhcp=1,3,28,6" },
    { "REQUEST with the address that was offered", 1, "00000000", "00000000",
        "350103 3204c0a80117 3d0701 02005e100001 3c084d53465420352e30 0c03706331ff", PARSE_OK,
        "device address=192.168.1.23 mac=02:00:5e:10:00:01 host-name=pc1 vendor-class=MSFT 5.0 "
        "client-id=0102005e100001" },
    { "renewal", 1, "c0a80117", "00000000", "350103ff0000", PARSE_OK,
        "device address=192.168.1.23 mac=02:00:5e:10:00:01" },
    { "an offer is not yet an address", 2, "00000000", "c0a80117", "350102 0104ffffff00ff",
        PARSE_OK, "device mac=02:00:5e:10:00:01 prefix-length=24" },
    { "ACK", 2, "00000000", "c0a80117", "350105 0104ffff0000ff", PARSE_OK,
        "device address=192.168.1.23 mac=02:00:5e:10:00:01 prefix-length=16" },
    { "a mask with a hole says nothing", 2, "00000000", "c0a80117", "350105 0104ff00ff00ff",
        PARSE_OK, "device address=192.168.1.23 mac=02:00:5e:10:00:01" },
    { "client FQDN as text", 1, "c0a80117", "00000000", "350108 5109 010000 70632e6c616eff",
        PARSE_OK, "device address=192.168.1.23 mac=02:00:5e:10:00:01 host-name=pc.lan" },
    { "client FQDN as labels", 1, "c0a80117", "00000000", "350108 510b 050000 02706303 6c616e00ff",
        PARSE_OK, "device address=192.168.1.23 mac=02:00:5e:10:00:01 host-name=pc.lan" },
    { "a question about another's lease (RFC 4388)", 1, "c0a80117", "00000000", "35010aff",
        PARSE_OK, "" },
    { "an option longer than the message", 1, "c0a80117", "00000000", "350103 0cff61ff", PARSE_BAD,
        "" },
    { "no end", 1, "c0a80117", "00000000", "350103", PARSE_OK,
        "device address=192.168.1.23 mac=02:00:5e:10:00:01" },
    { "a name in two parts (RFC 3396)", 1, "00000000", "00000000",
        "350101 0c054c4150544f 3c0141 0c03502d37ff", PARSE_OK,
        "device mac=02:00:5e:10:00:01 host-name=LAPTOP-7 vendor-class=A" },
    { "options in the fields for names", 1, "00000000", "00000000", "350101 340103ff", PARSE_OK,
        "device mac=02:00:5e:10:00:01 host-name=pc1 vendor-class=B" },
    { "the same option twice", 1, "00000000", "00000000", "350101 0c03706331 0c03706331ff",
        PARSE_OK, "device mac=02:00:5e:10:00:01 host-name=pc1" },
};

static size_t
build(uint8_t *bytes, size_t room, const struct sample *s)
{
    char hex[1024];
    size_t n;

    snprintf(hex, sizeof hex, "%02x010600 11223344 0000 0000 %s %s 00000000 00000000 02005e100001",
        s->op, s->client, s->assigned);
    n = parse_check_hex(bytes, room, hex);
    memset(bytes + n, 0, 10 + 192);
    n += 10;
    (void)parse_check_hex(bytes + n, room - n, "0c03706331ff");
    (void)parse_check_hex(bytes + n + 64, room - n - 64, "3c0142ff");
    n += 192;
    n += parse_check_hex(bytes + n, room - n, "63825363");
    return n + parse_check_hex(bytes + n, room - n, s->options);
}

static void
test_messages(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = { .transport = PARSE_UDP };
        uint8_t bytes[600];
        size_t n = build(bytes, sizeof bytes, &samples[i]);

        parse_check_bytes_tell(
            &parser_dhcp, &in, samples[i].name, bytes, n, samples[i].result, samples[i].facts);
    }
}

/* Without its end option a message may be whole; then only the capture says that it is not. */
static void
test_prefixes(void **state)
{
    struct parse_check c;
    uint8_t bytes[600];
    size_t n = build(bytes, sizeof bytes, &samples[1]);

    (void)state;
    for (size_t i = 0; i < n; i++)
        for (int cut = 0; cut < 2; cut++) {
            struct parse_input in = { .transport = PARSE_UDP, .is_cut = cut == 1 };
            enum parse_result result = parse_check_run(&parser_dhcp, &in, bytes, i, &c);

            if ((cut == 1 || i < OPTIONS_AT) && (result == PARSE_OK || c.count > 0))
                fail_msg("%zu bytes: %s", i, c.facts);
        }
}

static void
test_another_protocol(void **state)
{
    struct parse_input in = { .transport = PARSE_UDP };
    struct parse_check c;
    uint8_t bytes[600];
    size_t n = build(bytes, sizeof bytes, &samples[0]);

    (void)state;
    bytes[236] ^= 1; /* the cookie */
    assert_int_equal(parse_check_run(&parser_dhcp, &in, bytes, n, &c), PARSE_NOT_MINE);
    bytes[236] ^= 1;
    bytes[0] = 3; /* neither request nor reply */
    assert_int_equal(parse_check_run(&parser_dhcp, &in, bytes, n, &c), PARSE_BAD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_messages),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_another_protocol),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
