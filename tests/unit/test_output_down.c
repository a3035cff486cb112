/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: tests/unit/fake_*.c sensor/output/output.c sensor/output/output_spec.c sensor/output/sink_file.c sensor/output/sink_socket.c sensor/output/spool.c sensor/output/syslog.c sensor/output/document.c sensor/output/emit.c sensor/output/json.c sensor/output/yaml.c sensor/output/buffer.c sensor/timestamp.c sensor/address.c sensor/stablehash.c conf/config_text.c parsers/fact.c parsers/text.c */
/* clang-format on */
/* Peers that are deaf, gone or late, and the spool: nothing stalls, everything is said and counted,
 * and what waited on disk is sent by the next run. */
#include "../../sensor/output/spool.h"
#include "output_check.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h> /* needs those above */

#define STALL_US 250000 /* the longest that one alert may hold up the analyst */

static unsigned
count_said(const char *what)
{
    unsigned count = 0;

    for (const char *at = messages; (at = strstr(at, what)) != NULL; at++)
        count++;
    return count;
}

static const struct alert alert = { .name = "case",
    .severity = SEVERITY_HIGH,
    .time_us = INT64_C(1697551402123456),
    .sensor = "edge",
    .summary = "one sentence" };

static int64_t
clock_us(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
wait_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static void
be_patient(int fd)
{
    struct timeval patience = { .tv_sec = 5 };

    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
}

static struct sockaddr_in
bind_loopback(int fd)
{
    struct sockaddr_in address = { .sin_family = AF_INET };
    socklen_t size = sizeof(address);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, size), 0);
    getsockname(fd, (struct sockaddr *)&address, &size);
    return address;
}

static int
listen_unix(int type, const char *path)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int fd = socket(AF_UNIX, type, 0);

    unlink(path);
    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    if (type == SOCK_STREAM)
        listen(fd, 4);
    be_patient(fd);
    return fd;
}

static void
a_unix_socket_takes_datagrams_or_lines(void **state)
{
    char path[] = "/tmp/farmwatch-unix-XXXXXX", spec[64], got[4096];
    struct outputs *o;
    int fd, peer;
    ssize_t n;

    (void)state;
    assert_non_null(mkdtemp(path));
    rmdir(path);
    snprintf(spec, sizeof(spec), "syslog:unix:%s", path);
    fd = listen_unix(SOCK_DGRAM, path);
    o = open_spec(spec);
    outputs_alert(o, &alert);
    n = recv(fd, got, sizeof(got), 0);
    assert_in_range(n, 50, sizeof(got));
    assert_memory_equal(got, "<83>1 ", 6);
    assert_memory_equal(got + n - 12, "one sentence", 12);
    close(fd);
    fd = listen_unix(SOCK_DGRAM, path); /* the receiver was started anew */
    outputs_alert(o, &alert);
    assert_in_range(recv(fd, got, sizeof(got), 0), 50, sizeof(got));
    assert_int_equal(outputs_close(o), 0);
    assert_string_equal(messages, "");
    close(fd);

    fd = listen_unix(SOCK_STREAM, path);
    o = open_spec(spec);
    outputs_alert(o, &alert);
    outputs_alert(o, &alert);
    assert_int_equal(outputs_close(o), 0);
    peer = accept(fd, NULL, NULL);
    n = recv(peer, got, sizeof(got), MSG_WAITALL);
    assert_in_range(n, 100, sizeof(got));
    assert_memory_equal(got + n - 13, "one sentence\n", 13);
    assert_memory_equal(got + n / 2, "<83>1 ", 6); /* two alike */
    close(peer);
    close(fd);
    unlink(path);
}

static void
syslog_arrives_by_ipv6(void **state)
{
    struct sockaddr_in6 address = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
    int fd = socket(AF_INET6, SOCK_DGRAM, 0);
    socklen_t size = sizeof(address);
    char spec[64], got[4096];
    struct outputs *o;

    (void)state;
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) != 0)
        skip(); /* no IPv6 here */
    be_patient(fd);
    getsockname(fd, (struct sockaddr *)&address, &size);
    snprintf(spec, sizeof(spec), "syslog:udp://[::1]:%u", ntohs(address.sin6_port));
    o = open_spec(spec);
    outputs_alert(o, &alert);
    assert_in_range(recv(fd, got, sizeof(got), 0), 50, sizeof(got));
    assert_int_equal(outputs_close(o), 0);
    close(fd);
}

static void
a_dead_udp_port_is_said_once_and_counted(void **state)
{
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = bind_loopback(fd);
    char spec[64], got[4096];
    struct outputs *o;

    (void)state;
    close(fd);
    snprintf(spec, sizeof(spec), "syslog:udp://127.0.0.1:%u", ntohs(address.sin_port));
    o = open_spec(spec);
    for (int i = 0; i < 3; i++)
        outputs_alert(o, &alert); /* the first is gone, the others wait */
    wait_ms(1050);
    outputs_idle(o); /* still dead: the one that is tried is not lost */
    assert_int_equal(count_said("Connection refused"), 1);
    assert_int_equal(count_said("were written"), 0);
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    be_patient(fd);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "2 alerts that waited were written"));
    assert_non_null(strstr(messages, "lost 1 alerts and 0"));
    for (int i = 0; i < 2; i++)
        assert_in_range(recv(fd, got, sizeof(got), 0), 50, sizeof(got));
    close(fd);

    o = open_spec(spec);
    outputs_alert(o, &alert);
    assert_int_equal(outputs_close(o), 1); /* the only one, and nobody there */
    assert_non_null(strstr(messages, "Connection refused"));
    assert_non_null(strstr(messages, "lost 1 alerts"));
}

/* A full queue of connections answers nothing, as a firewall that drops does. */
static void
a_deaf_peer_stalls_nothing(void **state)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), fillers[8], peer;
    struct sockaddr_in address = bind_loopback(fd);
    char spec[64], got[4096];
    int64_t before, longest = 0;
    struct outputs *o;

    (void)state;
    listen(fd, 0);
    be_patient(fd);
    for (int i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
    }
    snprintf(spec, sizeof(spec), "syslog:tcp://127.0.0.1:%u", ntohs(address.sin_port));
    o = open_spec(spec);
    for (int i = 0; i < 5; i++) {
        before = clock_us();
        outputs_alert(o, &alert);
        outputs_idle(o);
        if (clock_us() - before > longest)
            longest = clock_us() - before;
        wait_ms(60);
    }
    assert_in_range(longest, 0, STALL_US);
    assert_string_equal(messages, ""); /* a connection under way is no failure yet */
    for (int i = 0; i < 8; i++)
        close(fillers[i]);
    fcntl(fd, F_SETFL, O_NONBLOCK);
    for (int i = 0; i < 100 && strstr(messages, "5 alerts that waited") == NULL; i++) {
        peer = accept(fd, NULL, NULL);
        wait_ms(50);
        outputs_idle(o);
        if (peer >= 0 && recv(peer, got, sizeof(got), MSG_DONTWAIT) <= 0)
            close(peer);
    }
    assert_non_null(strstr(messages, "5 alerts that waited were written"));
    assert_int_equal(outputs_close(o), 0);
    close(fd);
}

static void
a_peer_that_never_answers_is_given_up_at_the_end(void **state)
{
    int fd = socket(AF_INET, SOCK_STREAM, 0), fillers[8];
    struct sockaddr_in address = bind_loopback(fd);
    char spec[64];
    struct outputs *o;

    (void)state;
    listen(fd, 0);
    for (int i = 0; i < 8; i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(fillers[i], (struct sockaddr *)&address, sizeof(address));
    }
    snprintf(spec, sizeof(spec), "syslog:tcp://127.0.0.1:%u", ntohs(address.sin_port));
    o = open_spec(spec);
    outputs_alert(o, &alert);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "Connection timed out"));
    assert_non_null(strstr(messages, "lost 1 alerts"));
    for (int i = 0; i < 8; i++)
        close(fillers[i]);
    close(fd);
}

/* The one spool beside the state file; its path. */
static void
find_spool(const char *folder, char *path, size_t size)
{
    char command[128];
    FILE *found;

    snprintf(command, sizeof(command), "ls %s/state.spool-*", folder);
    found = popen(command, "r");
    assert_non_null(fgets(path, (int)size, found));
    path[strcspn(path, "\n")] = '\0';
    assert_int_equal(fgetc(found), EOF);
    pclose(found);
}

static void
what_waits_on_disk_is_sent_by_the_next_run(void **state)
{
    char folder[] = "/tmp/farmwatch-spool-XXXXXX", state_path[64], url[64], got[8192], spool[128];
    struct config_output one = { .type = OUTPUT_SYSLOG, .what = OUTPUT_ALERTS, .url = url };
    struct config config = { .outputs = &one, .output_count = 1, .state_path = state_path };
    struct outputs_request request = { .config = &config, .message = keep_message };
    int fd = socket(AF_INET, SOCK_STREAM, 0), peer;
    struct sockaddr_in address = bind_loopback(fd);
    struct outputs *o;
    struct stat status;

    (void)state;
    close(fd);
    assert_non_null(mkdtemp(folder));
    snprintf(state_path, sizeof(state_path), "%s/state", folder);
    snprintf(url, sizeof(url), "tcp://127.0.0.1:%u", ntohs(address.sin_port));
    messages[0] = '\0';
    o = outputs_open(&request); /* down at the start */
    outputs_alert(o, &alert);
    outputs_alert(o, &alert);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "2 alerts wait on disk for the next start"));
    find_spool(folder, spool, sizeof(spool));
    assert_int_equal(stat(spool, &status), 0);
    assert_int_equal(status.st_mode & 0777, 0600);

    fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
    assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
    listen(fd, 4);
    messages[0] = '\0';
    o = outputs_open(&request);
    outputs_idle(o);
    assert_non_null(strstr(messages, "2 alerts that waited were written"));
    assert_int_equal(outputs_close(o), 0);
    peer = accept(fd, NULL, NULL);
    be_patient(peer);
    assert_in_range(recv(peer, got, sizeof(got), MSG_WAITALL), 100, sizeof(got));
    close(peer);
    close(fd);
    unlink(spool);
    rmdir(folder);
}

static void
a_spool_that_cannot_be_opened_is_said(void **state)
{
    struct config_output one = { .type = OUTPUT_YAML, .what = OUTPUT_ALERTS, .path = "/dev/null" };
    struct config config = {
        .outputs = &one, .output_count = 1, .state_path = "/nowhere/farmwatch/state"
    };
    struct outputs_request request = { .config = &config, .message = keep_message };
    struct outputs *o;

    (void)state;
    messages[0] = '\0';
    o = outputs_open(&request);
    assert_non_null(o);
    assert_non_null(strstr(messages, "wait in memory only: /nowhere/farmwatch/state.spool-"));
    assert_non_null(strstr(messages, "No such file"));
    assert_int_equal(outputs_close(o), 0);
}

static void
a_full_spool_keeps_the_oldest(void **state)
{
    static char big[SPOOL_MEMORY_BYTES / 4];
    struct spool *s = spool_open(NULL);
    struct buffer b = { 0 };

    (void)state;
    for (char c = 'a'; c < 'd'; c++) {
        memset(big, c, sizeof(big));
        assert_true(spool_add(s, big, sizeof(big)));
    }
    memset(big, 'd', sizeof(big));
    assert_false(spool_add(s, big, sizeof(big)));
    assert_int_equal(errno, ENOSPC);
    assert_int_equal(spool_get_count(s), 3);
    for (char c = 'a'; c < 'd'; c++) {
        assert_true(spool_peek(s, &b));
        assert_int_equal(b.length, sizeof(big));
        assert_int_equal(b.data[0], c);
        spool_drop(s);
    }
    assert_false(spool_peek(s, &b));
    assert_true(spool_add(s, big, sizeof(big))); /* room again */
    spool_close(s);
    buffer_free(&b);
}

static void
alerts_past_a_full_spool_are_said_once_and_counted(void **state)
{
    static char text[4000];
    struct alert a = alert;
    struct outputs *o = open_spec("yaml:/dev/full");

    (void)state;
    memset(text, 'x', sizeof(text) - 1);
    a.summary = text;
    for (int i = 0; i < 400; i++) /* more than SPOOL_MEMORY_BYTES */
        outputs_alert(o, &a);
    assert_int_equal(count_said("no room for more alerts"), 1);
    assert_int_equal(outputs_close(o), 1);
    assert_non_null(strstr(messages, "lost 400 alerts"));
}

static void
a_torn_spool_is_taken_up_to_its_last_whole_document(void **state)
{
    char path[] = "/tmp/farmwatch-torn-XXXXXX";
    struct buffer b = { 0 };
    struct spool *s;
    struct stat status;

    (void)state;
    close(mkstemp(path));
    s = spool_open(path);
    assert_true(spool_add(s, "first", 5));
    assert_true(spool_add(s, "second", 6));
    assert_true(spool_add(s, "third", 5));
    spool_drop(s);
    spool_close(s);
    assert_int_equal(stat(path, &status), 0);
    assert_int_equal(truncate(path, status.st_size - 2), 0);
    s = spool_open(path);
    assert_int_equal(spool_get_count(s), 1);
    assert_true(spool_peek(s, &b));
    assert_int_equal(b.length, 6);
    assert_memory_equal(b.data, "second", 6);
    spool_close(s);
    buffer_free(&b);
    unlink(path);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_unix_socket_takes_datagrams_or_lines),
        cmocka_unit_test(syslog_arrives_by_ipv6),
        cmocka_unit_test(a_dead_udp_port_is_said_once_and_counted),
        cmocka_unit_test(a_deaf_peer_stalls_nothing),
        cmocka_unit_test(a_peer_that_never_answers_is_given_up_at_the_end),
        cmocka_unit_test(what_waits_on_disk_is_sent_by_the_next_run),
        cmocka_unit_test(a_spool_that_cannot_be_opened_is_said),
        cmocka_unit_test(a_full_spool_keeps_the_oldest),
        cmocka_unit_test(alerts_past_a_full_spool_are_said_once_and_counted),
        cmocka_unit_test(a_torn_spool_is_taken_up_to_its_last_whole_document),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
