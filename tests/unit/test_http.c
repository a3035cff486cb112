/* SPDX-License-Identifier: BSD-2-Clause */
/* links: parsers/http*.c parsers/base64.c parsers/gss.c parsers/ntlmssp.c parsers/der.c parsers/login.c parsers/answer.c parsers/fact.c parsers/text.c */
/* HTTP: conversations as the RFCs write them (RFC 7617, 2: Aladdin; RFC 7616, 3.9.1: Mufasa), and
 * what is passed over. */
#include "moments.h"

extern const struct parser parser_http;

/* What a side sends, as one piece of the stream; `skip` is what the parser passes over behind it.
 */
struct turn {
    bool from_server;
    const char *text;
    uint64_t skip;
    bool is_waiting; /* not all there: comes again, with more */
};

#define TURNS 5
#define GET "GET / HTTP/1.1\r\nHost: www.example.org:8080\r\n"
#define HOST "name address=198.51.100.2 what=http-host name=www.example.org:8080"

static const struct {
    const char *name;
    struct turn turns[TURNS];
    const char *facts;
    bool is_switched; /* what comes next is another protocol's */
} cases[] = {
    { "host and program", { { .text = GET "User-Agent: curl/7.88.1\r\n\r\n" } },
        HOST "; banner what=http-user-agent text=curl/7.88.1", false },
    { "language", { { .text = GET "Accept-Language: ko-KP,ko;q=0.9\r\n\r\n" } },
        HOST "; locale language=ko-KP,ko;q=0.9", false },
    { "absolute form goes to a proxy",
        { { .text = "GET http://a.example/ HTTP/1.1\r\nHost: a.example\r\n\r\n" } },
        "name what=http-host name=a.example", false },
    { "Basic, refused, then accepted",
        { { .text = GET "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n" },
            { .text = "GET /2 HTTP/1.1\r\nauthorization: basic "
                      "QWxhZGRpbjpvcGVuIHNlc2FtZTI=\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" } },
        HOST
        "; login account=Aladdin result=attempt method=http-basic; login result=failure; login "
        "account=Aladdin result=attempt method=http-basic; login result=success inferred=yes",
        false },
    { "what was answered is not told again",
        { { .text =
                  "GET /1 HTTP/1.1\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" },
            { .text = "GET /2 HTTP/1.1\r\nAuthorization: Basic "
                      "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" } },
        "login account=Aladdin result=attempt method=http-basic; login result=success inferred=yes",
        false },
    { "Digest, a domain with its backslash escaped",
        { { .text = "GET / HTTP/1.1\r\nAuthorization: Digest username=\"CORP\\\\j\\\"d\", "
                    "realm=\"r\"\r\n\r\n" } },
        "login account=j\"d realm=CORP result=attempt method=http-digest", false },
    { "Digest, a domain as it is",
        { { .text = "GET / HTTP/1.1\r\nAuthorization: Digest username=\"CORP\\jdoe\", "
                    "realm=\"r\"\r\n\r\n" } },
        "login account=jdoe realm=CORP result=attempt method=http-digest", false },
    { "Digest",
        { { .text = "GET /dir/index.html HTTP/1.1\r\nAuthorization: Digest username=\"Mufasa\", "
                    "realm=\"http-auth@example.org\", uri=\"/dir/index.html\", algorithm=MD5, "
                    "nc=00000001\r\n\r\n" } },
        "login account=Mufasa result=attempt method=http-digest", false },
    { "Digest with a hash for a name is nobody",
        { { .text = "GET / HTTP/1.1\r\nAuthorization: Digest username=\"488869477bf257147b\", "
                    "realm=\"a\", uri=\"/\", userhash=true\r\n\r\n" } },
        "", false },
    { "a proxy that refuses, and its 401 is not its own",
        { { .text = "GET http://a/ HTTP/1.1\r\nProxy-Authorization: Basic "
                    "QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 407 Proxy\r\nContent-Length: 0\r\n\r\n" } },
        "login account=Aladdin result=attempt method=http-proxy-basic; login result=failure",
        false },
    { "an empty name is nobody",
        { { .text = "GET / HTTP/1.1\r\nAuthorization: Basic OnNlY3JldA==\r\n\r\n" } }, "", false },
    { "damaged base64 is nobody",
        { { .text = "GET / HTTP/1.1\r\nAuthorization: Basic QWxh*\r\n\r\n" } }, "", false },
    { "a body is passed over",
        { { .text = "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc", .skip = 7 },
            { .text = GET "\r\n" } },
        HOST, false },
    { "a large one unseen",
        { { .from_server = true,
            .text = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nabc",
            .skip = 99997 } },
        "", false },
    { "chunks",
        { { .from_server = true,
            .text = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=1\r\nWiki\r\n0\r\nT: "
                    "1\r\n\r\nHTTP/1.1 204 No\r\nServer: s\r\n\r\n" } },
        "banner what=http-server text=s", false },
    { "title and server",
        { { .from_server = true,
            .text =
                "HTTP/1.0 200 OK\r\nServer: nginx\r\nContent-Type: text/html\r\n\r\n<html><head>"
                "<TITLE lang=en> PiKVM Index </TITLE>" } },
        "banner what=http-server text=nginx; banner what=http-title text=PiKVM Index", false },
    { "a title that comes later",
        { { .from_server = true,
              .text = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 41\r\n\r\n" },
            { .from_server = true, .text = "<html><head><ti", .is_waiting = true },
            { .from_server = true, .text = "<html><head><title>PiKVM Index", .is_waiting = true },
            { .from_server = true, .text = "<html><head><title>PiKVM Index</title></h" } },
        "banner what=http-title text=PiKVM Index", false },
    { "a page without a title",
        { { .from_server = true,
            .text = "HTTP/1.0 200 OK\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n"
                    "<html>HTTP/1.0 204 No\r\nServer: x\r\n\r\n" } },
        "banner what=http-server text=x", false },
    { "empty lines before a request",
        { { .text = "\r\nPOST / HTTP/1.1\r\nContent-Length: 1\r\n\r\nx\r\n" GET "\r\n" } }, HOST,
        false },
    { "chunks, by another coding's side",
        { { .text = "POST / HTTP/1.1\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n"
                    "1\r\nx\r\n0\r\n\r\n" GET "\r\n" } },
        HOST, false },
    { "the answer to HEAD has no body",
        { { .text = "HEAD / HTTP/1.1\r\n\r\n" },
            { .from_server = true,
                .text = "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nHTTP/1.1 200 OK\r\nServer: "
                        "x\r\nContent-Length: 0\r\n\r\n" } },
        "banner what=http-server text=x", false },
    { "CONNECT",
        { { .text = "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 200 Connection established\r\n\r\n" } },
        "name what=http-host name=a.example:443; session-open target=a.example:443 app=HTTP proxy",
        true },
    { "CONNECT refused",
        { { .text = "CONNECT a.example:443 HTTP/1.1\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" } },
        "session-open target=a.example:443 app=HTTP proxy", false },
    { "Upgrade",
        { { .text = "GET / HTTP/1.1\r\nUpgrade: websocket\r\n\r\n" },
            { .from_server = true, .text = "HTTP/1.1 101 Switching Protocols\r\n\r\n" } },
        "", true },
    { "SSTP",
        { { .text = "SSTP_DUPLEX_POST /sra_{BA195980-CD49-458b-9E23-C84EE0ADCD75}/ HTTP/1.1\r\n"
                    "Content-Length: 18446744073709551615\r\n\r\n" } },
        "session-open app=SSTP", false },
    { "AnyConnect's tunnel",
        { { .text = "CONNECT /CSCOSSLC/tunnel HTTP/1.1\r\nX-CSTP-Version: 1\r\n\r\n" },
            { .from_server = true,
                .text = "HTTP/1.1 200 CONNECTED\r\nX-CSTP-Version: 1\r\n\r\n" } },
        "session-open app=AnyConnect", true },
    { "GlobalProtect's tunnel",
        { { .text = "GET /ssl-tunnel-connect.sslvpn?user=jdoe&authcookie=x HTTP/1.1\r\n\r\n" } },
        "session-open app=GlobalProtect", false },
    { "GlobalProtect's log-in",
        { { .text = "POST /ssl-vpn/login.esp HTTP/1.1\r\nContent-Length: 20\r\n\r\n" },
            { .text = "prot=https&user=jdoe" } },
        "login account=jdoe result=attempt method=http-form", false },
    { "FortiGate's tunnel", { { .text = "GET /remote/sslvpn-tunnel HTTP/1.1\r\n\r\n" } },
        "session-open app=FortiClient", false },
    { "Ivanti's tunnel", { { .text = "GET / HTTP/1.1\r\nUpgrade: IF-T/TLS 1.0\r\n\r\n" } },
        "session-open app=Pulse Secure", false },
    { "Juniper's tunnel", { { .text = "POST /dana/js?prot=1&svc=4 HTTP/1.1\r\n\r\n" } },
        "session-open app=Pulse Secure", false },
    { "Ivanti's log-in page",
        { { .text = "POST /dana-na/auth/url_default/login.cgi HTTP/1.1\r\nContent-Length: 13"
                    "\r\n\r\nusername=jdoe" } },
        "login account=jdoe result=attempt method=http-form", false },
    { "SoftEther's tunnel", { { .text = "POST /vpnsvc/connect.cgi HTTP/1.1\r\n\r\n" } },
        "session-open app=SoftEther", false },
    { "a look at SoftEther's page", { { .text = "GET /vpnsvc/connect.cgi HTTP/1.1\r\n\r\n" } }, "",
        false },
    { "FortiGate's log-in page",
        { { .text = "POST /remote/logincheck HTTP/1.1\r\nContent-Length: 36\r\n\r\n" },
            { .text = "ajax=1&username=j%2edoe&credential=x" } },
        "login account=j.doe result=attempt method=http-form", false },
    { "AnyConnect's log-in",
        { { .text = "POST / HTTP/1.1\r\nUser-Agent: AnyConnect Linux 4\r\nContent-Type: "
                    "application/xml\r\nContent-Length: 65\r\n\r\n<config-auth><auth><username>"
                    "jdoe</username></auth></config-auth>" } },
        "banner what=http-user-agent text=AnyConnect Linux 4; login account=jdoe result=attempt "
        "method=http-form",
        false },
    { "another page's form is not read",
        { { .text = "POST /login HTTP/1.1\r\nContent-Length: 15\r\n\r\nusername=secret" } }, "",
        false },
};

/* Feeds one side's bytes message by message. */
static enum parse_result
feed(const struct turn *t, union parse_state *state, struct parse_check *all)
{
    struct parse_input in = { .transport = PARSE_TCP, .from_client = !t->from_server };
    size_t n = strlen(t->text), at = 0;
    enum parse_result result = PARSE_OK;
    struct parse_check c;

    while (at < n && result == PARSE_OK) {
        in.state = state;
        in.skip = 0;
        result = parse_check_run(&parser_http, &in, t->text + at, n - at, &c);
        if (result != PARSE_OK)
            break;
        at = n - rd_left(&in.data);
        parse_check_add(all, "%s%s", all->length > 0 && c.length > 0 ? "; " : "", c.facts);
    }
    assert_int_equal(in.skip, t->skip);
    return result;
}

static void
test_conversations(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        union parse_state kept = { { 0 } };
        struct parse_check c = { 0 };
        static const struct turn other = { .text = "\x16\x03\x01" };

        for (const struct turn *t = cases[i].turns; t < cases[i].turns + TURNS && t->text != NULL;
             t++)
            if (feed(t, &kept, &c) != (t->is_waiting ? PARSE_MORE : PARSE_OK))
                fail_msg("%s: refused \"%s\"", cases[i].name, t->text);
        if (strcmp(c.facts, cases[i].facts) != 0)
            fail_msg("%s: %s", cases[i].name, c.facts);
        if (cases[i].is_switched)
            assert_int_equal(feed(&other, &kept, &c), PARSE_NOT_MINE);
    }
}

static void
test_prefixes(void **state)
{
    static const char request[] =
        GET "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\nUser-Agent: x\r\n\r\n";
    static const char response[] = "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n";
    struct parse_input client = { .transport = PARSE_TCP, .from_client = true };
    struct parse_input server = { .transport = PARSE_TCP };

    (void)state;
    assert_int_equal(
        parse_check_prefixes(&parser_http, client, request, strlen(request)), strlen(request));
    assert_int_equal(
        parse_check_prefixes(&parser_http, server, response, strlen(response)), strlen(response));
}

static const struct {
    const char *text;
    enum parse_result result;
} openings[] = {
    { "GET", PARSE_MORE },
    { "GET /index.html HTTP/1.1\r\n", PARSE_MORE },
    { "USER bob\r\n", PARSE_NOT_MINE },
    { "GET / RTSP/1.0\r\n\r\n", PARSE_NOT_MINE },
    { "GET / HTTP/1.0.8\r\n\r\n", PARSE_OK },
    { "GET / HTTP/1.\r\n\r\n", PARSE_NOT_MINE },
    { "GET / HTTP/1.x\r\n\r\n", PARSE_NOT_MINE },
    { "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", PARSE_NOT_MINE },
    { "SSH-2.0-x\r\n", PARSE_NOT_MINE },
    { "\x16\x03\x01", PARSE_NOT_MINE },
    { "get / HTTP/1.1\r\n\r\n", PARSE_NOT_MINE },
};

static void
test_openings(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        struct parse_input in = { .transport = PARSE_TCP, .from_client = true };
        struct parse_check c;

        if (parse_check_run(&parser_http, &in, openings[i].text, strlen(openings[i].text), &c) !=
            openings[i].result)
            fail_msg("%s", openings[i].text);
    }
}

#define RTT(how) "rtt how=" how " layer=http end=client value-us=50000"
#define ASK "GET /a HTTP/1.1\r\nHost: h.example\r\n\r\n"
#define SENT(to) "HTTP/1.1 302 Found\r\nLocation: " to "\r\nContent-Length: 0\r\n\r\n"
#define FOLLOW "GET /b?c=d HTTP/1.1\r\nHost: h.example\r\n\r\n"
#define TO "CONNECT h.example:443 HTTP/1.1\r\nHost: h.example:443\r\n\r\n"
#define PROOF(token) "GET /a HTTP/1.1\r\nHost: h.example\r\nAuthorization: " token "\r\n\r\n"
#define CHALLENGE(token)                                                                           \
    "HTTP/1.1 401 No\r\nWWW-Authenticate: " token "\r\nContent-Length: 0\r\n\r\n"

static const struct moments answers[] = {
    { "through a proxy", RTT("connect"),
        { { false, 1000, 0, TO }, { true, 2000, 0, "HTTP/1.1 200 OK\r\n\r\n" },
            { false, 52000, 0, "160301" } } },
    { "through a proxy, to a server that speaks first", "",
        { { false, 1000, 0, TO }, { true, 2000, 0, "HTTP/1.1 200 OK\r\n\r\n" },
            { true, 3000, 0, "SSH-2.0-x\r\n" }, { false, 52000, 0, "SSH-2.0-y\r\n" } } },
    { "a proxy that refuses", "",
        { { false, 1000, 0, TO }, { true, 2000, 0, "HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n" },
            { false, 52000, 0, TO } } },
    { "a proxy that wants NTLM", RTT("challenge"),
        { { false, 1000, 0, TO },
            { true, 2000, 0,
                "HTTP/1.1 407 No\r\nProxy-Authenticate: NTLM AAAA\r\nContent-Length: 0\r\n\r\n" },
            { false, 52000, 0,
                "CONNECT h.example:443 HTTP/1.1\r\nProxy-Authorization: NTLM AAAA\r\n\r\n" } } },
    { "NTLM", RTT("challenge"),
        { { false, 1000, 0, PROOF("NTLM AAAA") }, { true, 2000, 0, CHALLENGE("NTLM AAAA") },
            { false, 52000, 0, PROOF("NTLM AAAA") } } },
    { "a first 401 asks a person", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, CHALLENGE("NTLM") },
            { false, 52000, 0, PROOF("NTLM AAAA") } } },
    { "Basic and Digest too", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, CHALLENGE("Digest nonce=\"a\"") },
            { false, 52000, 0, PROOF("Digest username=\"\"") } } },
    { "sent elsewhere on the same server", RTT("redirect"),
        { { false, 1000, 0, ASK }, { true, 2000, 0, SENT("/b?c=d#e") },
            { false, 52000, 0, FOLLOW } } },
    { "by its whole name", RTT("redirect"),
        { { false, 1000, 0, ASK }, { true, 2000, 0, SENT("http://h.example/b?c=d") },
            { false, 52000, 0, FOLLOW } } },
    { "the end of the answer's body counts", RTT("redirect"),
        { { false, 1000, 0, ASK },
            { true, 1500, 0,
                "HTTP/1.1 302 Found\r\nLocation: /b?c=d\r\nTransfer-Encoding: chunked\r\n\r\n" },
            { true, 2000, 0, "0\r\n\r\n" }, { false, 52000, 0, FOLLOW } } },
    { "a connection of another scheme", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, SENT("https://h.example/b?c=d") },
            { false, 52000, 0, FOLLOW } } },
    { "another server", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, SENT("http://i.example/b?c=d") },
            { false, 52000, 0, FOLLOW } } },
    { "another server without a scheme", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, SENT("//i.example/b?c=d") },
            { false, 52000, 0, FOLLOW } } },
    { "something else is asked for", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, SENT("/b?c=e") },
            { false, 52000, 0, FOLLOW } } },
    { "a person's next page", "",
        { { false, 1000, 0, ASK }, { true, 2000, 0, "HTTP/1.1 204 x\r\n\r\n" },
            { false, 52000, 0, FOLLOW } } },
    { "asked for before the answer came", "",
        { { false, 1000, 0, ASK FOLLOW }, { true, 2000, 0, SENT("/b?c=d") },
            { false, 52000, 0, FOLLOW } } },
    { "a body that waits", RTT("continue"),
        { { false, 1000, 0, "PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n" },
            { true, 2000, 0, "HTTP/1.1 100 Continue\r\n\r\n" }, { false, 52000, 0, "616263" } } },
    { "a body that did not", "",
        { { false, 1000, 0, "PUT /a HTTP/1.1\r\nContent-Length: 3\r\n\r\n" },
            { false, 1500, 0, "616263" }, { true, 2000, 0, "HTTP/1.1 100 Continue\r\n\r\n" },
            { true, 2000, 0, "HTTP/1.1 204 x\r\n\r\n" }, { false, 52000, 0, ASK } } },
    { "a segment that came twice in between", "",
        { { false, 1000, 0, TO }, { true, 2000, 0, "HTTP/1.1 200 OK\r\n\r\n" },
            { false, 52000, 1, "160301" } } },
    { "at the same time", "",
        { { false, 1000, 0, TO }, { true, 2000, 0, "HTTP/1.1 200 OK\r\n\r\n" },
            { false, 2000, 0, "160301" } } },
    { "one way alone", "", { { false, 1000, 0, TO }, { false, 52000, 0, "160301" } } },
};

static void
test_time_of_the_answer(void **state)
{
    (void)state;
    moments_check(
        &parser_http, (struct parse_input){ .transport = PARSE_TCP }, answers, COUNT(answers));
}

/* In the middle of a connection whoever asks is the client, whatever the flow says. */
static void
test_midstream(void **state)
{
    union parse_state kept = { { 0 } };
    struct parse_input in = { .transport = PARSE_TCP, .is_midstream = true, .state = &kept };
    struct parse_check c;

    (void)state;
    assert_int_equal(parse_check_run(&parser_http, &in, GET "\r\n", strlen(GET) + 2, &c), PARSE_OK);
    assert_string_equal(c.facts, HOST);
    in.from_client = true;
    assert_int_equal(
        parse_check_run(&parser_http, &in, "HTTP/1.1 204 x\r\n\r\n", 18, &c), PARSE_OK);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_conversations),
        cmocka_unit_test(test_prefixes),
        cmocka_unit_test(test_openings),
        cmocka_unit_test(test_time_of_the_answer),
        cmocka_unit_test(test_midstream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
