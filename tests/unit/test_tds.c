/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/tds.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that a login to SQL Server tells who asked, from which computer, and what was answered.
 * Samples are written by hand after [MS-TDS] 2.2; TShark 4.0 dissects them so.
 */
#include "ntlm_samples.h"
#include "parse_check.h"

extern const struct parser parser_tds;

static const char pre[] =
    "1201002f0000010000001a00060100200001020021000103002200040400260001ff0e000c9e000002000100"
    "000000";

static const char lsql[] =
    "1001009000000100880000000400007400100000070000006400000000000000e00300000000000012040000"
    "5e0003006400020068000600740003007a000300800000008000040088000000880000000200000000018800"
    "00008800000088000000000000005000430031007300610092a5f3a593a582a5f3a5e2a56100700070006400"
    "630031004f00440042004300";

static const char bad[] =
    "0401006200000100aa4a0018480000010e1b004c006f00670069006e0020006600610069006c006500640020"
    "0066006f00720020007500730065007200200027007300610027002e00034400430031000001000000fd0200"
    "00000000000000000000";

static const char lneg[] =
    "1001012000000100180100000400007400100000070000006400000000000000e08300000000000012040000"
    "5e0003006400000064000000640003006a000300700000007000040078000000780000000200000000017800"
    "a0001801000018010000000000005000430031006100700070006400"
    "630031004f00440042004300" SPNEGO_AUTHENTICATE;

static const char ack[] =
    "0401006000000100e30f0001066d006100730074006500720000ad36000174000004164d006900630072006f"
    "0073006f00660074002000530051004c002000530065007200760065007200000000000f00105dfd00000000"
    "0000000000000000";

static const char sspi[] = "1101009c00000100" NTLM_AUTHENTICATE;

/* One connection; both directions, in order. */
static const struct parse_sample samples[] = {
    { "prelogin", pre, "" },
    { "login of the server's own kind", lsql,
        "device address=198.51.100.1 host-name=PC1; login account=sa result=attempt "
        "method=tds-login device.host-name=PC1" },
    { "refused", bad, "login result=failure reason=Login failed for user 'sa'." },
    { "login with SPNEGO", lneg,
        "device address=198.51.100.1 host-name=PC1; device address=198.51.100.1 host-name=PC1 "
        "os=Windows 10.0 build 19041; login account=jdoe realm=EXAMPLE result=attempt "
        "method=ntlmssp device.host-name=PC1" },
    { "acknowledged", ack, "login result=success" },
    { "nothing is asked", ack, "" },
    { "NTLM in a message of its own", sspi,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login account=jdoe "
        "realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1" },
    { "acknowledged again", ack, "login result=success" },
};

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .destination_port = 1433 };
}

static void
test_a_connection(void **state)
{
    (void)state;
    parse_check_connection(&parser_tds, segment(), samples, COUNT(samples));
}

static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2; i++) /* those that may come first */
        parse_check_no_prefix_tells(&parser_tds, segment(), samples[i].name, samples[i].hex);
}

static const struct {
    const char *name, *hex;
    bool is_known; /* the flow has been TDS before */
    enum parse_result result;
    uint64_t skip;
} others[] = {
    { "nothing", "", false, PARSE_MORE, 0 },
    { "TLS", "160301020001", false, PARSE_NOT_MINE, 0 },
    { "TLS behind the prelogin", "1703030200 010203", true, PARSE_NOT_MINE, 0 },
    { "a result before a login", "0401000a 0000 0100 fd00", false, PARSE_NOT_MINE, 0 },
    { "shorter than its header", "12010007 0000 0100", false, PARSE_NOT_MINE, 0 },
    { "a first option of another size", "1201000f 0000 0100 0000060007 ff00", false, PARSE_NOT_MINE,
        0 },
    { "a login that lies of its length", "10010010 0000 0100 ff000000 00000000", false,
        PARSE_NOT_MINE, 0 },
    { "a login without names", "10010010 0000 0100 08000000 00000000", false, PARSE_OK, 0 },
    { "a token that lies of its length", "0401000c 0000 0100 adffff00", true, PARSE_OK, 0 },
    { "a batch of 32 KB", "01017fff 0000 0100", true, PARSE_OK, 0x7fff - 8 },
    { "the first of several packets", "11001000 0000 0100 4e544c4d", true, PARSE_OK, 0x1000 - 12 },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment();
        union parse_state memory = { { 0 } };

        in.state = &memory;
        if (others[i].is_known)
            parse_check_reads(&parser_tds, &in, "prelogin", pre, "");
        parse_check_tells(&parser_tds, &in, others[i].name, others[i].hex, others[i].result, "");
        parse_check_skips(&in, others[i].name, others[i].skip);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_connection),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_hostile_and_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
