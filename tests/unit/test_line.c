/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/line.c parsers/sasl.c parsers/smtp.c parsers/pop3.c parsers/imap.c parsers/ftp.c parsers/base64.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves that the protocols of lines tell who logs in and what became of it, never a password, and
 * hand the connection on when it becomes TLS's. Dialogues are written by hand after the RFCs named
 * in the parsers; those of SASL are the RFCs' own examples where they have one.
 */
#include "../../parsers/line.h"
#include "parse_check.h"

#define STEPS 12

extern const struct parser parser_smtp, parser_pop3, parser_imap, parser_ftp;

/* \0 jdoe \0 secret; jdoe; secret */
#define PLAIN "AGpkb2UAc2VjcmV0"
#define JDOE "amRvZQ=="
#define SECRET "c2VjcmV0"
#define NTLM_3                                                                                     \
    "TlRMTVNTUAADAAAAGAAYAEgAAAAYABgAYAAAAA4ADgB4AAAACAAIAIYAAAAGAAYAjgAAAA"                       \
    "AAAACUAAAABYKIogoAYUoAAAAPAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAERERERERERER"                       \
    "ERERERERERERERERERERRQBYAEEATQBQAEwARQBqAGQAbwBlAFAAQwAxAA=="

static const struct {
    const char *name;
    const struct parser *parser;
    uint16_t port;
    bool is_turned; /* picked up in its middle */
    struct step {
        char from; /* c, s */
        const char *line, *facts;
        enum parse_result result;
    } steps[STEPS];
} dialogues[] = {
    { "SMTP, AUTH PLAIN at once", &parser_smtp, 587, false,
        { { 's', "220 mail.example.com ESMTP\r\n", "", PARSE_MORE },
            { 'c', "EHLO pc1\r\n", "", PARSE_OK },
            { 's', "220 mail.example.com ESMTP\r\n", "", PARSE_OK },
            { 's', "250-mail.example.com\r\n", "", PARSE_OK },
            { 's', "250 AUTH PLAIN LOGIN\r\n", "", PARSE_OK },
            { 'c', "AUTH PLAIN " PLAIN "\r\n",
                "login account=jdoe result=attempt method=sasl-plain", PARSE_OK },
            { 's', "235 2.7.0 Authenticated\r\n", "login result=success", PARSE_OK },
            { 'c', "MAIL FROM:<jdoe@example.com>\r\n", "", PARSE_OK },
            { 'c', "AUTH PLAIN " PLAIN "\r\n", "", PARSE_OK } } },
    { "SMTP, DIGEST-MD5, a domain with its backslash escaped", &parser_smtp, 587, false,
        { { 'c', "EHLO pc1\r\n", "", PARSE_OK }, { 'c', "AUTH DIGEST-MD5\r\n", "", PARSE_OK },
            { 's', "334 bm9uY2U9Im4i\r\n", "", PARSE_OK },
            { 'c', "dXNlcm5hbWU9IkNPUlBcXGpkb2UiLHJlYWxtPSJ4Iixub25jZT0ibiI=\r\n",
                "login account=jdoe realm=CORP result=attempt method=sasl-digest-md5",
                PARSE_OK } } },
    { "SMTP, AUTH LOGIN refused, then taken", &parser_smtp, 25, false,
        { { 'c', "HELO pc1\r\n", "", PARSE_OK }, { 'c', "auth login\r\n", "", PARSE_OK },
            { 's', "334 VXNlcm5hbWU6\r\n", "", PARSE_OK },
            { 'c', JDOE "\r\n", "login account=jdoe result=attempt method=sasl-login", PARSE_OK },
            { 's', "334 UGFzc3dvcmQ6\r\n", "", PARSE_OK }, { 'c', SECRET "\r\n", "", PARSE_OK },
            { 's', "535 5.7.8 bad credentials\r\n",
                "login result=failure reason=5.7.8 bad credentials", PARSE_OK },
            { 'c', "AUTH LOGIN " JDOE "\r\n", "login account=jdoe result=attempt method=sasl-login",
                PARSE_OK },
            { 'c', SECRET "\r\n", "", PARSE_OK },
            { 's', "235 ok\r\n", "login result=success", PARSE_OK } } },
    { "SMTP, refused for no fault of the user's", &parser_smtp, 25, false,
        { { 'c', "EHLO pc1\r\n", "", PARSE_OK }, { 'c', "AUTH PLAIN =\r\n", "", PARSE_OK },
            { 'c', PLAIN "\r\n", "login account=jdoe result=attempt method=sasl-plain", PARSE_OK },
            { 's', "504 5.5.4 no such mechanism\r\n", "", PARSE_OK },
            { 'c', "AUTH OTHER abcd\r\n", "", PARSE_OK }, { 's', "235 ok\r\n", "", PARSE_OK },
            { 'c', "AUTH LOGIN\r\n", "", PARSE_OK }, { 'c', "*\r\n", "", PARSE_OK },
            { 's', "501 cancelled\r\n", "", PARSE_OK } } },
    { "SMTP, STARTTLS", &parser_smtp, 25, false,
        { { 'c', "EHLO pc1\r\n", "", PARSE_OK }, { 'c', "STARTTLS\r\n", "", PARSE_OK },
            { 's', "220 go ahead\r\n", "", PARSE_OK }, { 'c', "\x16\3\1", "", PARSE_NOT_MINE } } },
    { "SMTP, STARTTLS refused", &parser_smtp, 25, false,
        { { 'c', "EHLO pc1\r\n", "", PARSE_OK }, { 'c', "STARTTLS\r\n", "", PARSE_OK },
            { 's', "454 not now\r\n", "", PARSE_OK }, { 'c', "NOOP\r\n", "", PARSE_OK } } },
    { "SMTP, NTLM", &parser_smtp, 25, false,
        { { 'c', "EHLO pc1\r\n", "", PARSE_OK }, { 'c', "AUTH NTLM\r\n", "", PARSE_OK },
            { 'c', NTLM_3 "\r\n",
                "device address=198.51.100.1 host-name=PC1 os=Windows 10.0 build 19041; login "
                "account=jdoe realm=EXAMPLE result=attempt method=ntlmssp device.host-name=PC1",
                PARSE_OK },
            { 's', "235 ok\r\n", "login result=success", PARSE_OK } } },
    { "SMTP, picked up in its middle", &parser_smtp, 25, true,
        { { 'c', "EHLO pc1\r\n", "", PARSE_OK },
            { 'c', "AUTH PLAIN " PLAIN "\r\n",
                "login account=jdoe result=attempt method=sasl-plain", PARSE_OK },
            { 's', "235 ok\r\n", "login result=success", PARSE_OK } } },
    { "POP3, USER and PASS", &parser_pop3, 110, false,
        { { 's', "+OK ready\r\n", "", PARSE_OK }, { 'c', "CAPA\r\n", "", PARSE_OK },
            { 's', "+OK\r\n", "", PARSE_OK }, { 's', "SASL PLAIN\r\n", "", PARSE_OK },
            { 's', ".\r\n", "", PARSE_OK },
            { 'c', "USER jdoe\r\n", "login account=jdoe result=attempt method=pop3-user",
                PARSE_OK },
            { 's', "+OK\r\n", "", PARSE_OK }, { 'c', "PASS secret\r\n", "", PARSE_OK },
            { 's', "+OK 2 messages\r\n", "login result=success", PARSE_OK },
            { 's', "+OK 2 messages\r\n", "", PARSE_OK } } },
    { "POP3, all at once, refused", &parser_pop3, 1100, false,
        { { 's', "+OK ready\r\n", "", PARSE_OK },
            { 'c', "USER jdoe\r\n", "login account=jdoe result=attempt method=pop3-user",
                PARSE_OK },
            { 'c', "PASS secret\r\n", "", PARSE_OK }, { 's', "+OK\r\n", "", PARSE_OK },
            { 's', "-ERR no\r\n", "login result=failure reason=no", PARSE_OK },
            { 's', "+OK\r\n", "", PARSE_OK } } },
    { "POP3, APOP (RFC 1939, 7)", &parser_pop3, 110, false,
        { { 's', "+OK POP3 <1896.697170952@dbc.mtview.ca.us>\r\n", "", PARSE_OK },
            { 'c', "APOP mrose c4c9334bac560ecc979e58001b3e22fb\r\n",
                "login account=mrose result=attempt method=pop3-apop", PARSE_OK },
            { 's', "+OK maildrop has 1 message\r\n", "login result=success", PARSE_OK } } },
    { "POP3, AUTH CRAM-MD5, then STLS too late", &parser_pop3, 110, false,
        { { 's', "+OK\r\n", "", PARSE_OK }, { 'c', "AUTH\r\n", "", PARSE_OK },
            { 's', "+OK\r\n", "", PARSE_OK }, { 'c', "AUTH CRAM-MD5\r\n", "", PARSE_OK },
            { 's', "+ PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2UucmVzdG9uLm1jaS5uZXQ+\r\n", "", PARSE_OK },
            { 'c', "dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\r\n",
                "login account=tim result=attempt method=sasl-cram-md5", PARSE_OK },
            { 's', "-ERR no\r\n", "login result=failure reason=no", PARSE_OK },
            { 'c', "STLS\r\n", "", PARSE_OK }, { 's', "+OK\r\n", "", PARSE_OK },
            { 'c', "\x16", "", PARSE_NOT_MINE } } },
    { "IMAP, LOGIN", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK }, { 'c', "a1 CAPABILITY\r\n", "", PARSE_OK },
            { 's', "* CAPABILITY IMAP4rev1\r\n", "", PARSE_OK },
            { 's', "a1 OK done\r\n", "", PARSE_OK },
            { 'c', "a2 login jdoe secret\r\n",
                "login account=jdoe result=attempt method=imap-login", PARSE_OK },
            { 's', "a2 OK in\r\n", "login result=success", PARSE_OK },
            { 'c', "a3 LOGIN other secret\r\n", "", PARSE_OK } } },
    { "IMAP, quoted, refused", &parser_imap, 143, false,
        { { 'c', "a1 LOGIN \"j \\\"d\\\" oe\" \"sec ret\"\r\n",
              "login account=j \"d\" oe result=attempt method=imap-login", PARSE_OK },
            { 's', "a0 OK other\r\n", "", PARSE_OK },
            { 's', "a1 NO [AUTHENTICATIONFAILED] no\r\n",
                "login result=failure reason=[AUTHENTICATIONFAILED] no", PARSE_OK } } },
    { "IMAP, literals", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK }, { 'c', "a1 LOGIN {4}\r\n", "", PARSE_MORE },
            { 's', "+ go on\r\n", "", PARSE_OK },
            { 'c', "a1 LOGIN {4}\r\njdoe {6+}\r\nsecret\r\n",
                "login account=jdoe result=attempt method=imap-login", PARSE_OK },
            { 's', "a1 OK in\r\n", "login result=success", PARSE_OK } } },
    { "IMAP, the password alone a literal", &parser_imap, 143, false,
        { { 'c', "a1 LOGIN jdoe {6}\r\nsecret\r\n",
              "login account=jdoe result=attempt method=imap-login", PARSE_OK },
            { 's', "a1 BAD what\r\n", "", PARSE_OK } } },
    { "IMAP, AUTHENTICATE SCRAM (RFC 5802, 5)", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK },
            { 'c', "1 AUTHENTICATE SCRAM-SHA-1\r\n", "", PARSE_OK },
            { 's', "+ \r\n", "", PARSE_OK },
            { 'c', "biwsbj11c2VyLHI9ZnlrbytkMmxiYkZnT05Sdjlxa3hkYXdM\r\n",
                "login account=user result=attempt method=sasl-scram", PARSE_OK },
            { 's', "1 NO no\r\n", "login result=failure reason=no", PARSE_OK } } },
    { "IMAP, AUTHENTICATE XOAUTH2 at once", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK },
            { 'c',
                "1 AUTHENTICATE XOAUTH2 dXNlcj1qZG9lQGV4YW1wbGUuY29tAWF1dGg9QmVhcmVyIHgBAQ==\r\n",
                "login account=jdoe@example.com result=attempt method=sasl-oauth", PARSE_OK },
            { 's', "1 OK in\r\n", "login result=success", PARSE_OK } } },
    { "IMAP, STARTTLS", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK }, { 'c', "a STARTTLS\r\n", "", PARSE_OK },
            { 's', "a OK go\r\n", "", PARSE_OK }, { 'c', "\x16", "", PARSE_NOT_MINE } } },
    { "IMAP, LOGIN without a password", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK }, { 'c', "a1 LOGIN jdoe\r\n", "", PARSE_BAD },
            { 'c', "a1 LOGIN \"jdoe\"\r\n", "", PARSE_BAD },
            { 'c', "a1 LOGIN was not successful\r\n", "", PARSE_BAD } } },
    { "IMAP, a reply of FTP's, picked up in the middle", &parser_imap, 21, true,
        { { 'c', "230 Login successful, proceed.\r\n", "", PARSE_NOT_MINE } } },
    { "IMAP, a literal that lies", &parser_imap, 143, false,
        { { 's', "* OK ready\r\n", "", PARSE_OK },
            { 'c', "a1 LOGIN {99999999999}\r\n", "", PARSE_BAD },
            { 'c', "a1 LOGIN \"jdoe\r\n", "", PARSE_BAD } } },
    { "FTP, let in", &parser_ftp, 21, false,
        { { 's', "220 ready\r\n", "", PARSE_MORE },
            { 'c', "USER jdoe\r\n", "login account=jdoe result=attempt method=ftp-user", PARSE_OK },
            { 's', "220 ready\r\n", "", PARSE_OK }, { 's', "331 password\r\n", "", PARSE_OK },
            { 'c', "PASS secret\r\n", "", PARSE_OK }, { 's', "230-welcome\r\n", "", PARSE_OK },
            { 's', " to us\r\n", "", PARSE_OK },
            { 's', "230 in\r\n", "login result=success", PARSE_OK } } },
    { "FTP, refused, then nobody", &parser_ftp, 2121, false,
        { { 'c', "USER jdoe\r\n", "login account=jdoe result=attempt method=ftp-user", PARSE_OK },
            { 's', "530 no\r\n", "login result=failure reason=no", PARSE_OK },
            { 'c', "USER anonymous\r\n", "", PARSE_OK }, { 's', "230 in\r\n", "", PARSE_OK },
            { 'c', "USER ftp\r\n", "", PARSE_OK }, { 's', "230 in\r\n", "", PARSE_OK } } },
    { "FTP, AUTH TLS", &parser_ftp, 21, false,
        { { 'c', "AUTH TLS\r\n", "", PARSE_OK }, { 's', "234 go\r\n", "", PARSE_OK },
            { 'c', "\x16", "", PARSE_NOT_MINE } } },
    { "FTP, AUTH of another kind", &parser_ftp, 21, false,
        { { 'c', "AUTH GSSAPI\r\n", "", PARSE_OK }, { 's', "334 go\r\n", "", PARSE_OK },
            { 'c', "ADAT abcd\r\n", "", PARSE_OK } } },
};

static struct parse_input
segment(size_t i, const struct step *step)
{
    bool from_client = (step->from == 'c') != dialogues[i].is_turned;

    return (struct parse_input){ .transport = PARSE_TCP,
        .from_client = from_client,
        .is_midstream = dialogues[i].is_turned,
        .source_port = step->from == 'c' ? 40000 : dialogues[i].port,
        .destination_port = step->from == 'c' ? dialogues[i].port : 40000 };
}

/* Every line, behind every prefix of it, at its place. */
static void
test_dialogues(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(dialogues); i++) {
        union parse_state memory = { { 0 } };

        for (size_t n = 0; n < STEPS && dialogues[i].steps[n].line != NULL; n++) {
            const struct step *step = &dialogues[i].steps[n];
            struct parse_input in = segment(i, step);
            struct parse_check_name name = parse_check_step(dialogues[i].name, n);
            size_t length = strlen(step->line), good;
            const struct line_flow *flow = (const void *)&memory;
            union parse_state before = memory;
            struct parse_check c;

            in.state = &before;
            good = parse_check_prefixes(dialogues[i].parser, in, step->line, length);
            if (!flow->is_over && strchr(step->line, '{') == NULL && good != length)
                fail_msg("%s: prefix of %zu bytes", name.text, good);
            before = memory;
            c = parse_check_bytes_tell(
                dialogues[i].parser, &in, name.text, step->line, length, step->result, step->facts);
            if (strstr(c.facts, "secret") != NULL)
                fail_msg("%s: a password", name.text);
            if (step->result == PARSE_OK)
                memory = before;
        }
    }
}

static const struct {
    const char *name;
    const struct parser *parser;
    bool from_client;
    uint16_t port;
    const char *bytes;
} others[] = {
    { "SMTP greets like FTP, but says EHLO", &parser_ftp, true, 21, "EHLO pc1\r\n" },
    { "FTP is no SMTP", &parser_smtp, true, 25, "USER jdoe\r\n" },
    { "POP3's USER is not FTP's", &parser_ftp, true, 110, "USER jdoe\r\n" },
    { "IRC's neither", &parser_ftp, true, 6667, "USER guest 0 * :Guest\r\n" },
    { "nor POP3's", &parser_pop3, true, 6667, "USER guest\r\n" },
    { "HTTP", &parser_imap, true, 143, "GET / HTTP/1.1\r\n" },
    { "TLS", &parser_imap, true, 143, "\x16\3\1" },
    { "a reply that greets nobody", &parser_smtp, false, 25, "550 no\r\n" },
    { "Redis", &parser_pop3, false, 6379, "+PONG\r\n" },
};

static void
test_other_protocols(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = { .transport = PARSE_TCP,
            .from_client = others[i].from_client,
            .destination_port = others[i].port };

        parse_check_bytes_tell(others[i].parser, &in, others[i].name, others[i].bytes,
            strlen(others[i].bytes), PARSE_NOT_MINE, "");
    }
}

static void
test_a_line_without_end(void **state)
{
    static uint8_t bytes[16384];
    struct parse_input in = { .transport = PARSE_TCP, .from_client = true };
    struct parse_check c;

    (void)state;
    memset(bytes, 'x', sizeof bytes);
    memcpy(bytes, "EHLO ", 5);
    assert_int_equal(parse_check_run(&parser_smtp, &in, bytes, sizeof bytes, &c), PARSE_BAD);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_dialogues),
        cmocka_unit_test(test_other_protocols),
        cmocka_unit_test(test_a_line_without_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
