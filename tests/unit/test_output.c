/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: tests/unit/fake_*.c sensor/output/output.c sensor/output/output_spec.c sensor/output/sink_file.c sensor/output/sink_socket.c sensor/output/spool.c sensor/output/syslog.c sensor/output/document.c sensor/output/emit.c sensor/output/json.c sensor/output/yaml.c sensor/output/buffer.c sensor/timestamp.c sensor/address.c sensor/stablehash.c conf/config_text.c parsers/fact.c parsers/text.c */
/* clang-format on */
/* Outputs end to end: every document is read back by an independent reader (libyaml's parser; a
 * reader of RFC 5424's grammar below), and every way of failing is said, counted and survived. */
#include "../../sensor/output/syslog.h"
#include "output_check.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>
#include <yaml.h>

#include <cmocka.h> /* needs those above */

static const struct geoip_place place = { .country = "NO",
    .asn = 4134,
    .organisation = "Ex \"1\"",
    .kind = GEOIP_VPN,
    .has_point = true,
    .latitude = -41.5,
    .longitude = 120.0 };
static const struct alert_evidence evidence[] = { { .what = "login",
    .value = "a: b # c",
    .protocol = "radius",
    .flow = 0x1234,
    .capture = "x.pcap",
    .packet = 7,
    .packets = { 8, 9 },
    .packet_count = 2 } };
static const char *const attack[] = { "T1219", "T1078" };
static const char *const references[] = { "advisory: 2022 [\"x\"]" };
static const struct alert_finding findings[] = { { .alert = "egress-country",
    .id = 5,
    .weight = 2.5,
    .counted = 1.25,
    .first_seen_us = 1,
    .last_seen_us = 2,
    .count = 3 } };

static struct alert
make_alert(void)
{
    static struct alert_geo geo;
    struct alert a = { .name = "case",
        .id = 0x7d3c,
        .is_update = true,
        .time_us = INT64_C(1697551402123456),
        .first_seen_us = 1000000,
        .last_seen_us = 2000000,
        .count = 3,
        .severity = SEVERITY_HIGH,
        .score = 71,
        .sensor = "edge 1",
        .subject = { .account = "yes",
            .contractor = "J. \"]\\ Doe\n<13>1 forged",
            .site = "73.10.0.2",
            .device = "0x12" },
        .summary = "one\nsentence \x1b[31m ]\" \xff",
        .evidence = evidence,
        .evidence_count = 1,
        .geo = &geo,
        .geo_count = 1,
        .attack = attack,
        .attack_count = 2,
        .references = references,
        .reference_count = 1,
        .action = "1:30",
        .findings = findings,
        .finding_count = 1,
        .capture_loss_pct = 1.5 };

    geo.place = &place;
    memcpy(&geo.address, "\0\0\0\0\0\0\0\0\0\0\xff\xff\xcb\x00\x71\x05", 16);
    return a;
}

/* Every scalar of every document, one a line; a text (quoted, or plain by its letters) as it is. */
static unsigned
flatten(const char *path, char *out, size_t size)
{
    yaml_parser_t parser;
    yaml_event_t event;
    FILE *file = fopen(path, "r");
    unsigned documents = 0;
    bool at_end = false;

    out[0] = '\0';
    yaml_parser_initialize(&parser);
    yaml_parser_set_input_file(&parser, file);
    while (!at_end) {
        assert_true(yaml_parser_parse(&parser, &event));
        at_end = event.type == YAML_STREAM_END_EVENT;
        documents += event.type == YAML_DOCUMENT_START_EVENT;
        if (event.type == YAML_SCALAR_EVENT) {
            bool is_quoted = event.data.scalar.style != YAML_PLAIN_SCALAR_STYLE;
            size_t used = strlen(out);

            snprintf(out + used, size - used, "%s%s%s\n", is_quoted ? "'" : "",
                (const char *)event.data.scalar.value, is_quoted ? "'" : "");
        }
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    fclose(file);
    return documents;
}

static void
yaml_is_read_back_as_it_was(void **state)
{
    char path[] = "/tmp/farmwatch-yaml-XXXXXX", spec[64], text[8192];
    struct outputs *o;
    struct alert a = make_alert();

    (void)state;
    close(mkstemp(path));
    snprintf(spec, sizeof(spec), "yaml:%s", path);
    o = open_spec(spec);
    assert_non_null(o);
    outputs_alert(o, &a);
    outputs_alert(o, &a);
    assert_int_equal(outputs_close(o), 0);
    assert_int_equal(flatten(path, text, sizeof(text)), 2);
    assert_non_null(strstr(text, "alert\ncase\nid\n'0000000000007d3c'\nupdate\ntrue\ntime\n"
                                 "2023-10-17T14:03:22.123456Z\nfirst-seen\n"));
    assert_non_null(strstr(text, "account\n'yes'\n"));
    assert_non_null(strstr(text, "device\n'0x12'\n"));
    assert_non_null(strstr(text, "action\n'1:30'\n"));
    assert_non_null(strstr(text, "Doe\\x0a<13>1 forged"));
    assert_non_null(strstr(text, "weight\n2.5\ncounted\n1.25\n"));
    assert_non_null(strstr(text, "latitude\n-41.5\nlongitude\n120\n"));
    assert_non_null(strstr(text, "capture-loss\n1.5\n"));
    unlink(path);
}

static void
json_is_one_line_an_alert(void **state)
{
    char path[] = "/tmp/farmwatch-json-XXXXXX", spec[64], text[8192], line[4096];
    struct alert a = make_alert();
    struct outputs *o;
    FILE *file;

    (void)state;
    close(mkstemp(path));
    snprintf(spec, sizeof(spec), "json:%s", path);
    o = open_spec(spec);
    outputs_alert(o, &a);
    assert_int_equal(outputs_close(o), 0);
    assert_int_equal(flatten(path, text, sizeof(text)), 1); /* JSON is YAML to libyaml */
    assert_non_null(strstr(text, "'account'\n'yes'\n"));
    file = fopen(path, "r");
    assert_non_null(fgets(line, sizeof(line), file));
    assert_int_equal(line[strlen(line) - 1], '\n');
    assert_null(fgets(text, sizeof(text), file));
    fclose(file);
    unlink(path);
}

/* A reader of RFC 5424's SD-ELEMENT: returns where it ends, NULL when it breaks the grammar. */
static const char *
read_element(const char *p, const char *end, unsigned *params)
{
    if (p == end || *p++ != '[')
        return NULL;
    while (p < end && *p != ' ' && *p != ']')
        p++;
    while (p < end && *p == ' ') {
        while (p < end && *p != '=')
            p++;
        if (end - p < 2 || *++p != '"')
            return NULL;
        for (p++; p < end && *p != '"'; p++) {
            if (*p == ']' || *p == '\n')
                return NULL;
            if (*p == '\\' && (++p == end || strchr("\"\\]", *p) == NULL))
                return NULL;
        }
        p++;
        ++*params;
    }
    return p < end && *p == ']' ? p + 1 : NULL;
}

static void
syslog_keeps_grammar_and_cap(void **state)
{
    char out[SYSLOG_LIMIT], action[6000];
    struct alert a = make_alert();

    (void)state;
    for (size_t n = 0; n < sizeof(action) - 4; n += 97) {
        static const char head[] = "<83>1 2023-10-17T14:03:22.123456Z edge1 farmwatch 42 case ";
        unsigned params = 0;
        const char *at;
        size_t length;

        for (size_t i = 0; i < n; i++)
            action[i] = "\xc3\xa9\"]\\x"[i % 6];
        action[n] = '\0';
        a.action = a.summary = a.subject.contractor = action;
        length = syslog_format(out, &a, 42);
        assert_in_range(length, 100, SYSLOG_LIMIT);
        assert_memory_equal(out, head, strlen(head));
        at = read_element(out + strlen(head), out + length, &params);
        assert_non_null(at);
        assert_in_range(params, 7, 40);
        assert_memory_equal(at, " \xef\xbb\xbf", 4);
        assert_in_range(syslog_format_cef(out, &a, 42), 100, SYSLOG_LIMIT);
    }
}

static int
listen_on(int type, char spec[64])
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    struct timeval patience = { .tv_sec = 5 };
    socklen_t size = sizeof(address);
    int fd = socket(AF_INET, type, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    if (type == SOCK_STREAM)
        listen(fd, 4);
    getsockname(fd, (struct sockaddr *)&address, &size);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    snprintf(spec, 64, "syslog:%s://127.0.0.1:%u", type == SOCK_STREAM ? "tcp" : "udp",
        ntohs(address.sin_port));
    return fd;
}

static void
syslog_arrives_by_udp_and_tcp(void **state)
{
    char spec[64], got[8192];
    struct alert a = make_alert();
    struct outputs *o;
    int fd = listen_on(SOCK_DGRAM, spec), peer;
    ssize_t n;
    size_t used = 0;
    long counted;
    char *end;

    (void)state;
    o = open_spec(spec);
    outputs_alert(o, &a);
    n = recv(fd, got, sizeof(got), 0);
    assert_in_range(n, 100, SYSLOG_LIMIT);
    assert_memory_equal(got, "<83>1 ", 6);
    assert_int_equal(outputs_close(o), 0);
    close(fd);

    fd = listen_on(SOCK_STREAM, spec);
    o = open_spec(spec);
    outputs_alert(o, &a);
    outputs_alert(o, &a);
    assert_int_equal(outputs_close(o), 0);
    peer = accept(fd, NULL, NULL);
    while ((n = recv(peer, got + used, sizeof(got) - used, 0)) > 0)
        used += (size_t)n;
    counted = strtol(got, &end, 10);
    assert_memory_equal(end, " <83>1 ", 7);
    assert_int_equal(used, 2 * ((size_t)(end - got) + 1 + (size_t)counted));
    close(peer);
    close(fd);
}

static void
alerts_wait_for_a_server_that_is_down(void **state)
{
    char spec[64], got[4096];
    struct alert a = make_alert();
    struct outputs *o;
    int fd = listen_on(SOCK_STREAM, spec), back;
    struct sockaddr_in address;
    socklen_t size = sizeof(address);

    (void)state;
    getsockname(fd, (struct sockaddr *)&address, &size);
    close(fd);
    o = open_spec(spec);
    outputs_alert(o, &a);
    outputs_alert(o, &a);
    assert_non_null(strstr(messages, "Connection refused; alerts wait"));
    assert_null(strstr(strstr(messages, "refused") + 1, "refused")); /* said once */
    back = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(back, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    assert_int_equal(bind(back, (struct sockaddr *)&address, size), 0);
    listen(back, 4);
    assert_int_equal(outputs_close(o), 0); /* the last try reaches it */
    fd = accept(back, NULL, NULL);
    assert_true(recv(fd, got, sizeof(got), 0) > 100);
    assert_non_null(strstr(messages, "2 alerts that waited were written"));
    close(fd);
    close(back);

    o = open_spec(spec);
    outputs_alert(o, &a);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "lost 1 alerts"));
}

static void
a_full_disk_is_said_and_counted(void **state)
{
    struct alert a = make_alert();
    struct observation ob = { .has_flow = true };
    const char *specs[] = { "yaml:/dev/full" };
    struct outputs_request request = { .specs = specs,
        .spec_count = 1,
        .replay = true,
        .observations = "json:/dev/full",
        .message = keep_message };
    struct outputs *o;

    (void)state;
    messages[0] = '\0';
    o = outputs_open(&request); /* a device takes both */
    outputs_alert(o, &a);
    outputs_alert(o, &a);
    fact_begin(&ob.fact, FACT_LOGIN);
    outputs_observation(o, &ob);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "/dev/full: No space left on device"));
    assert_non_null(strstr(messages, "lost 2 alerts and 0 observations"));
    assert_non_null(strstr(messages, "lost 0 alerts and 1 observations"));
}

static void
one_file_takes_one_output_however_it_is_spelled(void **state)
{
    char folder[] = "/tmp/farmwatch-same-XXXXXX", specs[4][96], path[64], other[64];
    const char *list[] = { specs[0] };
    struct outputs_request request = {
        .specs = list, .spec_count = 1, .replay = true, .message = keep_message
    };

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/a", folder);
    snprintf(other, sizeof(other), "%s/b", folder);
    snprintf(specs[0], sizeof(*specs), "yaml:%s", path);
    snprintf(specs[1], sizeof(*specs), "json:%s", path);
    snprintf(specs[2], sizeof(*specs), "json:%s/./a", folder);
    snprintf(specs[3], sizeof(*specs), "json:%s", other);
    for (int exists = 0; exists < 2; exists++) {
        for (int i = 1; i < 4; i++) {
            bool is_refused = i < 3 || exists == 1; /* b is a link to a from then on */

            request.observations = specs[i];
            messages[0] = '\0';
            assert_int_equal(outputs_check(&request), !is_refused);
            assert_int_equal(strstr(messages, "same file") != NULL, is_refused);
        }
        close(open(path, O_CREAT | O_WRONLY, 0600));
        assert_int_equal(link(path, other) == 0, exists == 0);
    }
    unlink(path);
    unlink(other);
    rmdir(folder);
}

/* In files of at most 1 MiB, of which `keep` older ones stay. */
static void
write_long_alerts(const char *path, unsigned keep, int count)
{
    struct config_output one = {
        .type = OUTPUT_YAML, .what = OUTPUT_ALERTS, .path = path, .rotate_mib = 1, .keep = keep
    };
    struct config config = { .outputs = &one, .output_count = 1 };
    struct outputs_request request = { .config = &config, .replay = true, .message = keep_message };
    struct alert a = make_alert();
    static char filler[4000];
    struct outputs *o;

    memset(filler, 'x', sizeof(filler) - 1);
    a.summary = filler;
    messages[0] = '\0';
    o = outputs_open(&request);
    for (int i = 0; i < count; i++)
        outputs_alert(o, &a);
    assert_int_equal(outputs_close(o), 0);
}

static void
files_rotate_between_documents(void **state)
{
    char folder[] = "/tmp/farmwatch-rotate-XXXXXX", path[64], name[80], text[8192];
    struct stat status;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/alerts.yaml", folder);
    write_long_alerts(path, 2, 1000);
    for (int i = 0; i < 4; i++) {
        snprintf(name, sizeof(name), i == 0 ? "%s" : "%s.%d", path, i);
        assert_int_equal(stat(name, &status), i < 3 ? 0 : -1);
        if (i < 3) {
            assert_true(status.st_size <= 1 << 20);
            assert_true(flatten(name, text, sizeof(text)) > 0);
        }
        unlink(name);
    }
    rmdir(folder);
}

/* As in a folder that a user without privileges cannot write. */
static void
a_file_that_cannot_be_rotated_grows_on(void **state)
{
    char folder[] = "/tmp/farmwatch-rotate-XXXXXX", path[64], older[80];
    struct stat status;

    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/alerts.yaml", folder);
    snprintf(older, sizeof(older), "%s.1", path);
    assert_int_equal(mkdir(older, 0700), 0); /* no file can take its place */
    write_long_alerts(path, 1, 600);
    assert_int_equal(stat(path, &status), 0);
    assert_in_range(status.st_size, 2 << 20, 4 << 20);
    assert_non_null(strstr(messages, "cannot be rotated: Is a directory; it grows on"));
    unlink(path);
    rmdir(older);
    rmdir(folder);
}

static void
wrong_specifications_are_refused(void **state)
{
    static const struct {
        const char *spec, *said;
    } bad[] = { { "xml:/tmp/x", "expected yaml[:PATH]" }, { "yaml:", "behind the colon" },
        { "yaml:/tmp", "Is a directory" }, { "json:/nowhere/x", "No such file" },
        { "syslog", "expected syslog:udp" }, { "syslog:http://x", "expected syslog:udp://" },
        { "syslog:udp://x", "HOST:PORT" }, { "syslog:udp://::1:514", "brackets" },
        { "syslog:tls://h:6514", "not built" }, { "syslog:unix:", "unix:PATH" },
        { "syslog:udp://h:99999", "HOST:PORT" } };

    (void)state;
    for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
        assert_null(open_spec(bad[i].spec));
        if (strstr(messages, bad[i].said) == NULL)
            fail_msg("%s: %s", bad[i].spec, messages);
    }
}

static void
a_closed_pipe_loses_alerts_but_ends_nothing(void **state)
{
    struct alert a = make_alert();
    int ends[2], kept = dup(STDOUT_FILENO);
    struct outputs *o = open_spec("yaml");

    (void)state;
    fflush(stdout);
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    dup2(ends[1], STDOUT_FILENO);
    outputs_alert(o, &a);
    outputs_alert(o, &a);
    dup2(kept, STDOUT_FILENO);
    close(kept);
    close(ends[1]);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "nothing more is written"));
    assert_non_null(strstr(messages, "lost 2 alerts"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(yaml_is_read_back_as_it_was),
        cmocka_unit_test(json_is_one_line_an_alert),
        cmocka_unit_test(syslog_keeps_grammar_and_cap),
        cmocka_unit_test(syslog_arrives_by_udp_and_tcp),
        cmocka_unit_test(alerts_wait_for_a_server_that_is_down),
        cmocka_unit_test(a_full_disk_is_said_and_counted),
        cmocka_unit_test(one_file_takes_one_output_however_it_is_spelled),
        cmocka_unit_test(files_rotate_between_documents),
        cmocka_unit_test(a_file_that_cannot_be_rotated_grows_on),
        cmocka_unit_test(wrong_specifications_are_refused),
        cmocka_unit_test(a_closed_pipe_loses_alerts_but_ends_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
