/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/dcerpc.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that an association tells who began it, that the outcome comes from the call behind the
 * last step, and that calls are passed over. Samples are written by hand after C706 chapter 12,
 * [MS-RPCE] and [MS-NLMP]; TShark 4.0 dissects them so.
 */
#include "ntlm_samples.h"
#include "parse_check.h"

extern const struct parser parser_dcerpc;

static const char bindp[] =
    "05000b03100000007800280002000000d016d016000000000100000000000100045d888aeb1cc9119fe80800"
    "2b1048600200000033057171babe37498319b5dbef9ccc36010000000a0500007f3501004e544c4d53535000"
    "01000000978208e2000000000000000000000000000000000a00614a0000000f";

static const char bindack[] =
    "05000c0310000000b600720002000000d016d0163412000004003133350000000100000000000000045d888a"
    "eb1cc9119fe808002b104860020000000a0500007f3501004e544c4d53535000020000000000000038000000"
    "158289e2010101010101010100000000000000003a003a00380000000a0063450000000f02000e0045005800"
    "41004d0050004c00450001000600440043003100040016006500780061006d0070006c0065002e006f007200"
    "670000000000";

static const char auth3p[] =
    "0500100310000000b000940002000000d016d0160a0500007f350100" NTLM_AUTHENTICATE;

static const char req[] = "05000003100000001c00000002000000040000000000000061626364";

static const char denied[] = "0500030310000000200000000200000020000000000000000500000000000000";

static const char rsp[] = "05000203100000001c00000002000000040000000000000061626364";

static const char alter[] =
    "05000e0310000000f000a00003000000d016d016000000000100000000000100045d888aeb1cc9119fe80800"
    "2b1048600200000033057171babe37498319b5dbef9ccc3601000000090500007f350100" SPNEGO_AUTHENTICATE;

static const char alterok[] =
    "05000f03100000004900090003000000d016d016341200000000000001000000000000000000000000000000"
    "000000000000000000000000090500007f350100a1073005a0030a0100";

static const char rng[] = "0500030310000000200000000200000020000000000000000200011c00000000";

static const char big[] =
    "050010030000000000b000940000000216d016d00a05000000000001" NTLM_AUTHENTICATE;

static const char nak[] = "05000d031000000015000000020000000800010500";

/* One connection; both directions, in order. */
static const struct parse_sample samples[] = {
    { "bind", bindp, "device address=198.51.100.1 os=Windows 10.0 build 19041" },
    { "bind_ack with the challenge", bindack,
        "device address=198.51.100.1 host-name=DC1 domain=EXAMPLE os=Windows 10.0 build "
        "17763" },
    { "auth3", auth3p,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1" },
    { "request", req, "" },
    { "refused", denied, "login result=failure inferred=yes status=ERROR_ACCESS_DENIED" },
    { "auth3 again", auth3p,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1" },
    { "response", rsp, "login result=success inferred=yes" },
    { "a second response", rsp, "" },
    { "alter_context with SPNEGO", alter,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1" },
    { "alter_context_resp", alterok, "login result=success inferred=yes" },
    { "auth3, once more", auth3p,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1" },
    { "the call fails, not the caller", rng, "login result=success inferred=yes" },
    { "auth3, big-endian", big,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1" },
    { "bind_nak", nak, "login result=failure inferred=yes status=bind_nak" },
};

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .destination_port = 135 };
}

static void
test_a_connection(void **state)
{
    (void)state;
    parse_check_connection(&parser_dcerpc, segment(), samples, COUNT(samples));
}

static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        parse_check_pieces(&parser_dcerpc, segment(), samples[i].name, samples[i].hex, false);
}

static const struct {
    const char *name, *hex;
    enum parse_result result;
    uint64_t skip;
} others[] = {
    { "SOCKS 5", "0501 00", PARSE_MORE, 0 },
    { "version 4", "0400 0b03 10000000 4800 0000 01000000", PARSE_NOT_MINE, 0 },
    { "reserved octets of the data representation", "0500 0b03 10000100 4800 0000 01000000",
        PARSE_NOT_MINE, 0 },
    { "no such type", "0500 0603 10000000 4800 0000 01000000", PARSE_NOT_MINE, 0 },
    { "shorter than its header", "0500 0003 10000000 0f00 0000 01000000", PARSE_NOT_MINE, 0 },
    { "token longer than the fragment", "0500 0b03 10000000 4800 3800 01000000", PARSE_NOT_MINE,
        0 },
    { "a request of 64 KiB", "0500 0003 10000000 ffff 1000 01000000", PARSE_OK, 0xffff - 16 },
    { "a bind of 64 KiB", "0500 0b03 10000000 ffff 1000 01000000", PARSE_OK, 0xffff - 16 },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment();

        parse_check_tells(&parser_dcerpc, &in, others[i].name, others[i].hex, others[i].result, "");
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
