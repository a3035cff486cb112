/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/smb*.c parsers/dcerpc.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that session setups of SMB 1, 2 and 3 tell who asked and what was answered, in whatever
 * pieces they come, and that all else is passed over by its length. Samples are written by hand
 * after [MS-CIFS], [MS-SMB], [MS-SMB2] and [MS-NLMP]; expected values as TShark 4.0 dissects them.
 */
#include "ntlm_samples.h"
#include "parse_check.h"

extern const struct parser parser_smb;

static const char auth[] =
    "000000f8fe534d4240000100000000000100010000000000000000000200000000000000fffe000000000000"
    "3100000000400000000000000000000000000000000000001900000101000000000000005800a00000000000"
    "00000000" SPNEGO_AUTHENTICATE;

static const char ok[] =
    "00000048fe534d4240000100000000000100010001000000000000000200000000000000fffe000000000000"
    "3100000000400000000000000000000000000000000000000900000048000000";

static const char guest[] =
    "00000048fe534d4240000100000000000100010001000000000000000200000000000000fffe000000000000"
    "3100000000400000000000000000000000000000000000000900010048000000";

static const char fail[] =
    "00000049fe534d42400001006d0000c00100010001000000000000000200000000000000fffe000000000000"
    "310000000040000000000000000000000000000000000000090000000000000000";

static const char more[] =
    "00000048fe534d4240000100160000c00100010001000000000000000200000000000000fffe000000000000"
    "3100000000400000000000000000000000000000000000000900000048000000";

static const char compound[] =
    "00000140fe534d4240000100000000000d00010000000000480000000100000000000000fffe000000000000"
    "3100000000400000000000000000000000000000000000000400000000000000fe534d424000010000000000"
    "0100010000000000000000000200000000000000fffe00000000000031000000004000000000000000000000"
    "00000000000000001900000101000000000000005800a0000000000000000000" SPNEGO_AUTHENTICATE;

static const char echo[] =
    "00000044fe534d4240000100000000000d00010000000000000000000200000000000000fffe000000000000"
    "31000000004000000000000000000000000000000000000004000000";

static const char encrypted[] =
    "00000048fd534d42000000000000000000000000000000000000000000000000000000000000000000000000"
    "000000000000000000000000aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

static const char write[] =
    "00000120fe534d4240000100000000000900010000000000000000000900000000000000fffe000000000000"
    "31000000004000000000000000000000000000000000000031007000b0000000000000000000000022222222"
    "222222222222222222222222000000000000000000000000000000000500100310000000b000940002000000"
    "d016d0160a0500007f350100" NTLM_AUTHENTICATE;

static const char writex[] =
    "000000efff534d422f000000001801c80000000000000000000000000000fffe000007000eff000000004000"
    "000000000000000800b0000000b0003f0000000000b0000500100310000000b000940002000000d016d0160a"
    "0500007f350100" NTLM_AUTHENTICATE;

static const char ntform[] =
    "000000d2ff534d4273000000001801c80000000000000000000000000000fffe000007000dff000000041132"
    "000000000000001800180000000000d400000095001111111111111111111111111111111111111111111111"
    "11222222222222222222222222222222222222222222222222006a0064006f00650000004500580041004d00"
    "50004c0045000000570069006e0064006f0077007300200035002e0031000000570069006e0064006f007700"
    "73002000320030003000300020004c0041004e0020004d0061006e0061006700650072000000";

static const char nullform[] =
    "0000005eff534d4273000000001801c80000000000000000000000000000fffe000007000dff000000041132"
    "000000000000000100000000000000d400000021000000000000570069006e0064006f007700730020003500"
    "2e003100000078000000";

static const char lanman[] =
    "00000051ff534d4273000000001801000000000000000000000000000000fffe000007000aff000000041132"
    "000000000000000500000000001a0070617373006a646f65004558414d504c4500444f53004c414e00";

static const char ext[] =
    "000000ecff534d4273000000001801c80000000000000000000000000000fffe000007000cff000000041132"
    "00000000000000940000000000d4000080b100" NTLM_AUTHENTICATE
    "00570069006e0064006f0077007300200036002e003100000078000000";

static const char ok1[] =
    "0000009cff534d4273000000009801c80000000000000000000000000000fffe0008070003ff000000000073"
    "0000570069006e0064006f007700730020005300650072007600650072002000320030003000330020003300"
    "3700390030000000570069006e0064006f007700730020005300650072007600650072002000320030003000"
    "3300200035002e00320000004500580041004d0050004c0045000000";

static const char fail1[] =
    "00000023ff534d42736d0000c09801c80000000000000000000000000000fffe00080700000000";

static const char request[] =
    "8100004420434b4644454e454346444546464346474546464343414341434143414341434100204641454444"
    "42434143414341434143414341434143414341434143414341414100";

static const char positive[] = "82000000";

static const struct parse_message samples[] = {
    { "SMB2 NTLM", auth,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
        FACT_REQUEST, 2 },
    { "SMB2 let in", ok, "login result=success", FACT_ANSWER, 2 },
    { "SMB2 let in as a guest", guest, "login result=success status=guest", FACT_ANSWER, 2 },
    { "SMB2 refused", fail, "login result=failure status=STATUS_LOGON_FAILURE", FACT_ANSWER, 2 },
    { "SMB2 goes on", more, "", FACT_ALONE, 0 },
    { "SMB2 behind another command", compound,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
        FACT_REQUEST, 2 },
    { "SMB2 echo", echo, "", FACT_ALONE, 0 },
    { "SMB3 encrypted", encrypted, "", FACT_ALONE, 0 },
    { "SMB2 write of RPC to a pipe", write,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
        FACT_REQUEST, 0x80000002u },
    { "SMB1 write of RPC to a pipe", writex,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
        FACT_REQUEST, 0x80000002u },
    { "SMB1 NT LM 0.12", ntform,
        "login account=jdoe realm=EXAMPLE result=attempt method=smb-session-setup; "
        "device address=198.51.100.1 os=Windows 5.1",
        FACT_ALONE, 0 },
    { "SMB1 null session", nullform, "device address=198.51.100.1 os=Windows 5.1", FACT_ALONE, 0 },
    { "SMB1 LANMAN", lanman,
        "login account=jdoe realm=EXAMPLE result=attempt method=smb-session-setup; "
        "device address=198.51.100.1 os=DOS",
        FACT_ALONE, 0 },
    { "SMB1 extended security", ext,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1; "
        "device address=198.51.100.1 os=Windows 6.1",
        FACT_ALONE, 0 },
    { "SMB1 let in", ok1,
        "device address=198.51.100.1 domain=EXAMPLE os=Windows Server 2003 3790; login "
        "result=success",
        FACT_ANSWER, 7 },
    { "SMB1 refused", fail1, "login result=failure status=STATUS_LOGON_FAILURE", FACT_ANSWER, 7 },
    { "NetBIOS session request", request, "device address=198.51.100.1 host-name=PC1", FACT_ALONE,
        0 },
    { "NetBIOS positive response", positive, "", FACT_ALONE, 0 },
};

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .destination_port = 445 };
}

static void
test_samples(void **state)
{
    (void)state;
    parse_check_messages(&parser_smb, segment(), samples, COUNT(samples));
}

/* A message that is wanted waits for its end; one that is not passes over what is to come. */
static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++)
        parse_check_pieces(
            &parser_smb, segment(), samples[i].name, samples[i].hex, samples[i].facts[0] != '\0');
}

static const struct {
    const char *name, *hex;
    enum parse_result result;
    uint64_t skip;
} others[] = {
    { "nothing", "", PARSE_MORE, 0 },
    { "HTTP", "474554202f20485454502f312e310d0a", PARSE_NOT_MINE, 0 },
    { "TLS", "160301020001", PARSE_NOT_MINE, 0 },
    { "no magic", "00000040 ff534d43", PARSE_NOT_MINE, 0 },
    { "shorter than its header", "0000001f ff534d42 73", PARSE_NOT_MINE, 0 },
    { "a read of 8 MiB",
        "00800050 fe534d42 40000100 00000000 0800 0100 01000000 00000000 0900000000000000"
        "fffe0000 01000000 3100000000400000 00000000000000000000000000000000 11005000",
        PARSE_OK, 0x800050 - 68 },
    { "a session setup of 1 MiB",
        "00100000 fe534d42 40000100 00000000 0100 0100 00000000 00000000 0900000000000000"
        "fffe0000 01000000 3100000000400000 00000000000000000000000000000000 19000001",
        PARSE_OK, 0x100000 - 68 },
    { "a token beyond the message",
        "0000005a fe534d42 40000100 00000000 0100 0100 00000000 00000000 0900000000000000"
        "fffe0000 01000000 3100000000400000 00000000000000000000000000000000"
        "1900 00 01 01000000 00000000 5800 ffff 0000000000000000 4e54",
        PARSE_OK, 0 },
    { "words beyond the message",
        "00000025 ff534d42 73 00000000 18 01c8 0000 0000000000000000 0000 0000 fffe 0000 0700 0d ff"
        "000000",
        PARSE_OK, 0 },
    { "a next command that stands still",
        "00000044 fe534d42 40000100 00000000 0100 0100 00000000 01000000 0900000000000000"
        "fffe0000 01000000 3100000000400000 00000000000000000000000000000000 19000001",
        PARSE_OK, 0 },
    { "a session request that names nobody",
        "81000044 20 454143414341434143414341434143414341434143414341434143414341434141 00"
        "20 7171717171717171717171717171717171717171717171717171717171717171 0000",
        PARSE_NOT_MINE, 0 },
};

static void
test_hostile_and_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment();

        parse_check_tells(&parser_smb, &in, others[i].name, others[i].hex, others[i].result, "");
        parse_check_skips(&in, others[i].name, others[i].skip);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_hostile_and_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
