/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/tacacs.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that TACACS+ in clear tells who logs in on a device, from where, and what was answered,
 * and that single commands tell nothing. Samples are written by a script after RFC 8907; TShark 4.0
 * dissects them so.
 */
#include "parse_check.h"

#define ROOM 1024
#define SESSION 0x11223344u
#define FROM " gateway=198.51.100.1"

extern const struct parser parser_tacacs;

static const char start[] =
    "c0010101112233440000001901010101040409006a646f65747479313139322e302e322e37";

static const char start_nobody[] =
    "c001010111223344000000150101010100040900747479313139322e302e322e37";

static const char get_user[] = "c0010201112233440000000f040000090000557365726e616d653a";

static const char continue_[] = "c0010301112233440000000900040000006a646f65";

static const char get_pass[] = "c0010401112233440000000f05010009000050617373776f72643a";

static const char password[] = "c0010501112233440000000b0006000000736563726574";

static const char pass[] = "c00106011122334400000006010000000000";

static const char fail[] = "c001060111223344000000080200000200006e6f";

static const char author[] =
    "c0020101112233440000002c06010101040409020d046a646f65747479313139322e302e322e377365727669"
    "63653d7368656c6c636d642a";

static const char author_cmd[] =
    "c0020101112233440000003006010101040409020d086a646f65747479313139322e302e322e377365727669"
    "63653d7368656c6c636d643d73686f77";

static const char author_ok[] = "c002020111223344000000120101000000000b707269762d6c766c3d3135";

static const char author_no[] = "c00202011122334400000006100000000000";

static const char acct_start[] =
    "c0030101112233440000003f0206010101040409030a0b0d6a646f65747479313139322e302e322e37746173"
    "6b5f69643d3132736572766963653d707070616464723d31302e302e302e39";

static const char acct_stop[] =
    "c003010111223344000000330406010101040409020a0d6a646f65747479313139322e302e322e377461736b"
    "5f69643d3132736572766963653d7368656c6c";

static const char acct_watch[] =
    "c003010111223344000000230806010101040407010a6a646f6574747931636f6e736f6c657461736b5f6964"
    "3d3132";

static const char acct_ok[] = "c003020111223344000000050000000001";

static const char sealed[] = "c0010100112233440000001000000000000000000000000000000000";

/* One connection, in order; answers have even numbers. */
static const struct {
    const char *name, *hex, *facts;
} samples[] = {
    { "a user known at once", start,
        "login account=jdoe result=attempt method=tacacs outside=192.0.2.7" FROM },
    { "refused", fail, "login result=failure reason=no" },
    { "a user to be asked for", start_nobody, "" },
    { "asked for", get_user, "" },
    { "named", continue_,
        "login account=jdoe result=attempt method=tacacs outside=192.0.2.7" FROM },
    { "the password asked for", get_pass, "" },
    { "given", password, "" },
    { "accepted", pass, "login result=success" },
    { "a session wanted", author,
        "login account=jdoe result=attempt method=tacacs-authorization outside=192.0.2.7" FROM },
    { "allowed", author_ok, "login result=success" },
    { "not allowed", author_no, "login result=failure" },
    { "a command", author_cmd, "" },
    { "a session began", acct_start,
        "login account=jdoe result=success method=tacacs-accounting outside=192.0.2.7 "
        "inside=10.0.0.9 session=12 status=start" FROM },
    { "recorded", acct_ok, "" },
    { "it lives", acct_watch,
        "login account=jdoe result=success method=tacacs-accounting session=12 "
        "calling-station=console status=interim" FROM },
    { "it ended", acct_stop,
        "logout account=jdoe method=tacacs-accounting outside=192.0.2.7 session=12 "
        "status=stop" FROM },
    { "sealed", sealed, "" },
};

static struct parse_input
segment(const char *hex)
{
    uint8_t head[3] = { 0 };

    (void)parse_check_hex(head, sizeof head, hex);
    return (struct parse_input){ .transport = PARSE_TCP, .from_client = (head[2] & 1) != 0 };
}

static void
test_a_connection(void **state)
{
    union parse_state memory = { { 0 } };

    (void)state;
    for (size_t i = 0; i < COUNT(samples); i++) {
        struct parse_input in = segment(samples[i].hex);
        struct parse_check c;

        in.state = &memory;
        c = parse_check_reads(
            &parser_tacacs, &in, samples[i].name, samples[i].hex, samples[i].facts);
        if (c.count > 0)
            assert_int_equal(c.last.transaction, SESSION);
    }
}

static void
test_prefixes(void **state)
{
    (void)state;
    for (size_t i = 0; i + 1 < COUNT(samples); i++) { /* the last one's body is not waited for */
        union parse_state memory = { { 0 } };
        struct parse_input in = segment(samples[i].hex);

        memory.bytes[0] = 1; /* the connection is known */
        in.state = &memory;
        parse_check_no_prefix_tells(&parser_tacacs, in, samples[i].name, samples[i].hex);
    }
}

/* Each octet of a body that is a length, raised: it lies. */
static void
test_lengths_that_lie(void **state)
{
    static const struct {
        const char *hex;
        size_t at;
    } lengths[] = { { start, 16 }, { start, 17 }, { start, 18 }, { start, 19 }, { get_user, 15 },
        { get_user, 17 }, { continue_, 13 }, { continue_, 15 }, { author, 19 }, { author, 20 },
        { author_ok, 13 }, { author_ok, 18 }, { acct_start, 17 }, { acct_start, 20 } };
    uint8_t bytes[ROOM];

    (void)state;
    for (size_t i = 0; i < COUNT(lengths); i++) {
        union parse_state memory = { { 0 } };
        size_t n = parse_check_hex(bytes, sizeof bytes, lengths[i].hex);
        struct parse_input in = segment(lengths[i].hex);
        struct parse_check c;

        memory.bytes[0] = 1;
        in.state = &memory;
        bytes[lengths[i].at]++;
        if (parse_check_run(&parser_tacacs, &in, bytes, n, &c) != PARSE_BAD || c.count > 0)
            fail_msg("%zu", i);
    }
}

static const struct {
    const char *name, *hex;
} others[] = {
    { "TLS", "16 03 01 00" },
    { "another type", "c0 04 01 01 11223344 00000000" },
    { "another flag", "c0 01 01 02 11223344 00000000" },
    { "an answer first", "c0 01 02 01 11223344 00000006" },
    { "longer than anybody says", "c0 01 01 01 11223344 00100000" },
};

static void
test_other_bytes(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = segment(others[i].hex);

        parse_check_tells(&parser_tacacs, &in, others[i].name, others[i].hex, PARSE_NOT_MINE, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_a_connection),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_lengths_that_lie),
        cmocka_unit_test(test_other_bytes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
