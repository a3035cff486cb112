/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/ldap*.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that binds tell who presented himself and what was answered, that a bind of several steps
 * is one login, and that all else is passed over by its length. Samples are written by hand after
 * RFC 4511, 4513 to 4514, 2195, 2831, 4616, 5802 and [MS-ADTS]; TShark 4.0 dissects them so.
 */
#include "ntlm_samples.h"
#include "parse_check.h"

extern const struct parser parser_ldap;

static const char dn[] =
    "303802010260330201030426434e3d4a616e6520446f652c4f553d53746166662c44433d6578616d706c652c"
    "44433d6f72678006736563726574";

static const char uid[] =
    "302e0201026029020103041c7569643d6a646f652c6f753d70656f706c652c6f3d4578616d706c6580067365"
    "63726574";

static const char esc[] =
    "3033020102602e0201030421636e3d446f655c2c204a616e655c32625c43335c41392c64633d6578616d706c"
    "658006736563726574";

static const char upn[] =
    "3022020102601d02010304106a646f65406578616d706c652e6f72678006736563726574";

static const char down[] = "301e0201026019020103040c4558414d504c455c6a646f658006736563726574";

static const char other[] =
    "3032020102602d02010304206d61696c3d6a646f65406578616d706c652e6f72672c64633d6578616d706c65"
    "8006736563726574";

static const char win[] =
    "30840000002602010a60840000001d02010304106a646f65406578616d706c652e6f72678006736563726574";

static const char anon[] = "300c020101600702010304008000";

static const char unauth[] = "301f020101601a0201030413636e3d61646d696e2c64633d6578616d706c658000";

static const char plain[] =
    "3021020103601c0201030400a3150405504c41494e040c006a646f6500736563726574";

static const char digest[] =
    "3081890201046081830201030400a37c040a4449474553542d4d4435046e757365726e616d653d226a646f65"
    "222c7265616c6d3d226578616d706c652e6f7267222c6e6f6e63653d2278222c6e633d30303030303030312c"
    "636e6f6e63653d2279222c6469676573742d7572693d226c6461702f646331222c726573706f6e73653d302c"
    "716f703d61757468";

static const char cram[] =
    "303d02010560380201030400a33104084352414d2d4d443504256a646f652062393133613630326337656461"
    "37613439356234653665373333346433383930";

static const char scram[] =
    "303d02010660380201030400a331040d534352414d2d5348412d32353604206e2c2c6e3d6a646f652c723d72"
    "4f70724e476677456265525767624e456b714f";

static const char scram2[] =
    "304c02010760470201030400a340040d534352414d2d5348412d323536042f633d626977732c723d724f7072"
    "4e476677456265525767624e456b714f2c703d64487a625a617057496b346a55684e";

static const char spnego[] =
    "3081bd0201086081b70201030400a381af040a4753532d53504e45474f0481a0" SPNEGO_AUTHENTICATE;

static const char sicily[] = "3081a202010960819c02010304008b8194" NTLM_AUTHENTICATE;

static const char ok[] = "300c02010261070a010004000400";

static const char bad[] =
    "3063020102615e0a01310400045738303039303330383a204c6461704572723a20445349442d304330393033"
    "41392c20636f6d6d656e743a204163636570745365637572697479436f6e74657874206572726f722c206461"
    "7461203532652c207631646231";

static const char goon[] = "301c02010661170a010e04000400870e723d782c733d792c693d34303936";

static const char unbind[] = "30050201034200";

static const char search[] =
    "303602010b6331041164633d6578616d706c652c64633d6f72670a01020a0100020100020100010100870b6f"
    "626a656374436c6173733000";

static const char starttls[] = "301d02010c77188016312e332e362e312e342e312e313436362e3230303337";

static const char cldap[] =
    "3068020101636304000a01000a0100020100020100010100a044a3180409446e73446f6d61696e040b657861"
    "6d706c652e6f7267a30b0404486f73740403504331a30c04045573657204046a646f65a30d04054e74566572"
    "040416000020300a04084e65746c6f676f6e";

static const char rootdse[] =
    "3025020101632004000a01000a0100020100020100010100870b6f626a656374436c6173733000";

static const char scram_ok[] = "300c02010761070a010004000400";

static const struct parse_message samples[] = {
    { "distinguished name", dn,
        "login account=Jane Doe realm=example.org result=attempt method=ldap-bind", FACT_REQUEST,
        2 },
    { "uid, no domain components", uid,
        "login account=jdoe realm=ou=people,o=Example result=attempt method=ldap-bind",
        FACT_REQUEST, 2 },
    { "escaped comma, plus and octets", esc,
        "login account=Doe, Jane+\xc3\xa9"
        " realm=example result=attempt method=ldap-bind",
        FACT_REQUEST, 2 },
    { "user principal name", upn, "login account=jdoe@example.org result=attempt method=ldap-bind",
        FACT_REQUEST, 2 },
    { "down-level name", down, "login account=jdoe realm=EXAMPLE result=attempt method=ldap-bind",
        FACT_REQUEST, 2 },
    { "first attribute no name of a person", other,
        "login account=mail=jdoe@example.org,dc=example result=attempt method=ldap-bind",
        FACT_REQUEST, 2 },
    { "lengths in four octets, as Windows writes them", win,
        "login account=jdoe@example.org result=attempt method=ldap-bind", FACT_REQUEST, 10 },
    { "anonymous", anon, "", FACT_ALONE, 0 },
    { "a name without a password", unauth,
        "login account=admin realm=example result=attempt method=ldap-bind "
        "status=unauthenticated",
        FACT_ALONE, 1 },
    { "PLAIN", plain, "login account=jdoe result=attempt method=ldap-bind", FACT_REQUEST, 3 },
    { "DIGEST-MD5", digest, "login account=jdoe realm=example.org result=attempt method=ldap-bind",
        FACT_REQUEST, 4 },
    { "CRAM-MD5", cram, "login account=jdoe result=attempt method=ldap-bind", FACT_REQUEST, 5 },
    { "SCRAM, first", scram, "login account=jdoe result=attempt method=ldap-bind", FACT_REQUEST,
        6 },
    { "SCRAM, last", scram2, "", FACT_ALONE, 0 },
    { "GSS-SPNEGO with NTLM", spnego,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
        FACT_REQUEST, 8 },
    { "NTLM in a way of its own", sicily,
        "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
        "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
        FACT_REQUEST, 9 },
    { "success", ok, "login result=success", FACT_ANSWER, 2 },
    { "invalid credentials", bad,
        "login result=failure status=invalidCredentials reason=80090308: LdapErr: "
        "DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1",
        FACT_ANSWER, 2 },
    { "goes on", goon, "", FACT_ALONE, 0 },
};

static struct parse_input
segment(void)
{
    return (struct parse_input){ .transport = PARSE_TCP, .destination_port = 389 };
}

static void
test_samples(void **state)
{
    (void)state;
    parse_check_messages(&parser_ldap, segment(), samples, COUNT(samples));
    for (size_t i = 0; i < COUNT(samples); i++)
        parse_check_no_prefix_tells(&parser_ldap, segment(), samples[i].name, samples[i].hex);
}

/* The result of the last step is about who was named in the first. */
static void
test_a_bind_of_several_steps(void **state)
{
    static const struct parse_sample steps[] = {
        { "SCRAM, first", scram, "login account=jdoe result=attempt method=ldap-bind" },
        { "goes on", goon, "" },
        { "SCRAM, last", scram2, "" },
        { "success", scram_ok, "login result=success" },
    };
    union parse_state memory = { { 0 } };
    struct parse_check c;

    (void)state;
    for (size_t i = 0; i < COUNT(steps); i++) {
        struct parse_input in = segment();

        in.state = &memory;
        c = parse_check_reads(&parser_ldap, &in, steps[i].name, steps[i].hex, steps[i].facts);
    }
    assert_int_equal(c.last.pairing, FACT_ANSWER);
    assert_int_equal(c.last.transaction, 6);
}

static const struct {
    const char *name, *hex;
    enum parse_transport transport;
    enum parse_result result;
    const char *facts;
    uint64_t skip;
} others[] = {
    { "search", search, PARSE_TCP, PARSE_OK, "", 0 },
    { "unbind", unbind, PARSE_TCP, PARSE_OK, "", 0 },
    { "StartTLS", starttls, PARSE_TCP, PARSE_OK, "", 0 },
    { "TLS behind it", "160301020001", PARSE_TCP, PARSE_NOT_MINE, "", 0 },
    { "sealed by Kerberos", "0000004c 0504", PARSE_TCP, PARSE_NOT_MINE, "", 0 },
    { "an entry of 1 MiB", "3084 00100000 0202 0102 6484 000ffff0 0400", PARSE_TCP, PARSE_OK, "",
        0x100006 - 18 },
    { "a bind of 1 MiB", "3084 00100000 0202 0102 6084 000ffff0 0201", PARSE_TCP, PARSE_OK, "",
        0x100006 - 18 },
    { "indefinite length", "3080 0201 0160 0000 0000 0000 0000 0000 0000 0000", PARSE_TCP,
        PARSE_NOT_MINE, "", 0 },
    { "operation longer than its message", "300c 020102 6010 020103 0400 8000", PARSE_TCP,
        PARSE_NOT_MINE, "", 0 },
    { "SNMP", "3026 020101 0406 7075626c6963 a019 0204 00000001 0201 00 0201 00", PARSE_TCP,
        PARSE_NOT_MINE, "", 0 },
    { "name longer than the bind", "300c 020102 6007 020103 04ff 8000", PARSE_TCP, PARSE_OK, "",
        0 },
    { "looking for a domain controller", cldap, PARSE_UDP, PARSE_OK,
        "device address=198.51.100.1 host-name=PC1 domain=example.org", 0 },
    { "asking what a server is", rootdse, PARSE_UDP, PARSE_OK, "", 0 },
    { "a datagram that lies", "3070 020101 6300", PARSE_UDP, PARSE_BAD, "", 0 },
};

static void
test_others(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment();

        in.transport = others[i].transport;
        parse_check_tells(
            &parser_ldap, &in, others[i].name, others[i].hex, others[i].result, others[i].facts);
        parse_check_skips(&in, others[i].name, others[i].skip);
        if (others[i].facts[0] != '\0')
            parse_check_no_prefix_tells(&parser_ldap, in, others[i].name, others[i].hex);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),
        cmocka_unit_test(test_a_bind_of_several_steps),
        cmocka_unit_test(test_others),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
