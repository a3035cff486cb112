/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The packet side as a whole on a capture built here: the same observations in the same order from
 * 1, 2, 3 and 4 workers, requests joined to answers, streams put in order, watched peers told once.
 * The parser is the test's own: "Q<account>" asks, "A" answers, in datagrams and, ended by a
 * newline, in streams; "X<account>" is answered by a "Y" in whichever flow.
 */
/* clang-format off */
/* links: sensor/pipeline*.c sensor/worker.c sensor/reader.c sensor/shard.c sensor/observe*.c sensor/tor.c sensor/resolved.c sensor/presence.c sensor/rtt.c sensor/lag.c sensor/activity.c sensor/locality.c sensor/address.c sensor/pair.c sensor/session.c sensor/resume.c sensor/second_sign.c sensor/hello.c sensor/control.c sensor/classify.c sensor/evidence.c sensor/stream.c sensor/queue.c sensor/flow*.c sensor/defrag.c sensor/duplicate.c sensor/capture*.c parsers/fact.c parsers/text.c parsers/tcp_syn.c parsers/packet*.c conf/list_tool.c conf/list_vendor.c conf/list_domain.c conf/list_service.c conf/embedded.c conf/cidr.c */
/* clang-format on */
#include "../../sensor/pipeline.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#define PORT 4242
#define CLIENTS 4000u
#define START_S 1700000000u
#define WATCHED_HOST 17u

static enum parse_result
parse(struct parse_input *in, const struct parse_output *out)
{
    struct fact f;
    const uint8_t *name;
    uint8_t type = rd_u8(&in->data);
    size_t n = rd_left(&in->data);
    bool is_request;

    if (memchr("QAXY", type, 4) == NULL)
        return PARSE_NOT_MINE;
    if (in->transport == PARSE_TCP) {
        const uint8_t *end = memchr(in->data.p, '\n', n);

        if (end == NULL)
            return PARSE_MORE;
        n = (size_t)(end - in->data.p);
    }
    name = rd_bytes(&in->data, n);
    if (in->transport == PARSE_TCP)
        rd_skip(&in->data, 1);
    fact_begin(&f, FACT_LOGIN);
    f.is_across = type == 'X' || type == 'Y';
    is_request = type == 'Q' || type == 'X';
    f.pairing = is_request ? FACT_REQUEST : FACT_ANSWER;
    fact_word(&f, KEY_RESULT, is_request ? "attempt" : "success");
    if (is_request)
        fact_text(&f, KEY_ACCOUNT, name, n);
    out->fact(out->context, &f);
    return PARSE_OK;
}

static const struct parser test_parser = {
    .name = "test",
    .transports = PARSER_TCP | PARSER_UDP,
    .ports = { PORT },
    .parse = parse,
};

const struct parser *const *
parser_table(unsigned *count)
{
    static const struct parser *const table[] = { &test_parser };

    *count = 1;
    return table;
}

static void
put32(FILE *to, uint32_t v)
{
    fwrite(&v, sizeof v, 1, to);
}

static unsigned packet_number;

/* One raw IPv4 packet (LINKTYPE_RAW), five milliseconds after the one before. */
static void
put_packet(FILE *to, unsigned client, bool from_client, uint8_t protocol, const uint8_t *header,
    uint8_t header_bytes, const char *text)
{
    uint8_t ip[20] = { 0x45, [8] = 64, [9] = protocol };
    uint32_t n = (uint32_t)(sizeof ip + header_bytes + strlen(text));
    uint8_t a[4] = { 10, 0, (uint8_t)(client >> 8), (uint8_t)client }, b[4] = { 10, 9, 9, 9 };

    ip[2] = (uint8_t)(n >> 8);
    ip[3] = (uint8_t)n;
    ip[4] = (uint8_t)(packet_number >> 8);
    ip[5] = (uint8_t)packet_number;
    memcpy(ip + 12, from_client ? a : b, 4);
    memcpy(ip + 16, from_client ? b : a, 4);
    put32(to, START_S + packet_number / 200);
    put32(to, packet_number % 200 * 5000);
    put32(to, n);
    put32(to, n);
    fwrite(ip, sizeof ip, 1, to);
    fwrite(header, header_bytes, 1, to);
    fwrite(text, strlen(text), 1, to);
    packet_number++;
}

static void
put_udp(FILE *to, unsigned client, bool from_client, uint16_t port, const char *text)
{
    uint8_t header[8] = { 0 };
    uint16_t source = from_client ? port : PORT, destination = from_client ? PORT : port;
    size_t n = sizeof header + strlen(text);

    header[0] = (uint8_t)(source >> 8);
    header[1] = (uint8_t)source;
    header[2] = (uint8_t)(destination >> 8);
    header[3] = (uint8_t)destination;
    header[4] = (uint8_t)(n >> 8);
    header[5] = (uint8_t)n;
    put_packet(to, client, from_client, 17, header, sizeof header, text);
}

static void
put_tcp(FILE *to, unsigned client, bool from_client, uint8_t flags, uint8_t seq, const char *text)
{
    uint8_t header[20] = { [7] = seq, [12] = 0x50, [13] = flags };
    uint16_t source = from_client ? 40001 : PORT, destination = from_client ? PORT : 40001;

    header[0] = (uint8_t)(source >> 8);
    header[1] = (uint8_t)source;
    header[2] = (uint8_t)(destination >> 8);
    header[3] = (uint8_t)destination;
    put_packet(to, client, from_client, 6, header, sizeof header, text);
}

static void
write_capture(const char *path)
{
    FILE *to = fopen(path, "wb");
    char text[32];

    assert_non_null(to);
    packet_number = 0;
    put32(to, 0xa1b2c3d4);
    put32(to, 2 | 4 << 16);
    put32(to, 0);
    put32(to, 0);
    put32(to, 65535);
    put32(to, 101);
    for (unsigned i = 0; i < CLIENTS; i++) {
        snprintf(text, sizeof text, "Quser%u", i);
        put_udp(to, i, true, 40000, text);
        if (i % 100 == 0) { /* a line in two segments, the second first */
            put_tcp(to, i, true, PACKET_TCP_ACK, 20, "");
            put_tcp(to, i, true, PACKET_TCP_ACK, 21, "Qst");
            put_tcp(to, i, true, PACKET_TCP_ACK, 27, "am\n");
            put_tcp(to, i, true, PACKET_TCP_ACK, 24, "re-");
        }
        put_udp(to, i, false, 40000, "A");
        if (i % 50 == 0)
            put_udp(to, i, true, 40000, "Qsecond");
        if (i % 200 == 0)
            put_udp(to, i, true, 40000, "Xacross");
        if (i % 400 == 0)
            put_udp(to, i, false, 40002, "Y");
    }
    assert_int_equal(fclose(to), 0);
}

struct result {
    uint64_t hash, count, logins, successes, streamed, peers, last_order;
    bool is_ordered;
};

static void
observe(void *context, const struct observation *o)
{
    struct result *r = context;
    const uint8_t *at = (const uint8_t *)o;
    size_t head = offsetof(struct observation, fact.bytes);

    for (size_t i = 0; i < offsetof(struct observation, fact); i++)
        r->hash = (r->hash ^ at[i]) * 0x100000001b3u;
    for (size_t i = head; i < head + o->fact.length; i++)
        r->hash = (r->hash ^ at[i]) * 0x100000001b3u;
    r->is_ordered &= o->order >= r->last_order;
    r->last_order = o->order;
    r->count++;
    r->logins += o->fact.kind == FACT_LOGIN;
    r->successes += fact_is(&o->fact, KEY_RESULT, "success") && fact_has(&o->fact, KEY_ACCOUNT);
    r->streamed += fact_is(&o->fact, KEY_ACCOUNT, "stre-am");
    r->peers += o->fact.kind == FACT_PEER;
}

static bool
is_watched(void *context, const struct in6_addr *address)
{
    (void)context;
    return address->s6_addr[13] == 0 && address->s6_addr[14] == 0 &&
           address->s6_addr[15] == WATCHED_HOST;
}

static void
run(const char *path, unsigned workers, struct result *r, struct pipeline_summary *summary)
{
    static struct config config;
    struct pipeline_request request = {
        .config = &config,
        .paths = &path,
        .path_count = 1,
        .workers = workers,
        .observe = observe,
        .context = r,
        .is_watched = is_watched,
    };

    config.limits.flows = 3000; /* fewer than there are: eviction must repeat, too */
    config.limits.flow_memory_mib = 64;
    config.limits.stream_bytes = 4096;
    config.limits.fragments = 16;
    config.limits.tcp_us = config.limits.udp_us = 10000000;
    config.limits.tcp_closing_us = config.limits.icmp_us = 10000000;
    config.classify_enabled = true;
    *r = (struct result){ .is_ordered = true };
    assert_int_equal(pipeline_run(&request, summary), 0);
}

static void
test_any_number_of_workers(void **state)
{
    char path[] = "/tmp/farmwatch-test-XXXXXX";
    int fd = mkstemp(path);
    struct result first, r;
    struct pipeline_summary summary, again;

    (void)state;
    assert_true(fd >= 0);
    close(fd);
    write_capture(path);
    run(path, 1, &first, &summary);
    assert_true(first.is_ordered);
    assert_int_equal(summary.packets, packet_number);
    assert_int_equal(summary.flows, CLIENTS + CLIENTS / 100 + CLIENTS / 400);
    assert_int_equal(summary.unpaired, 0);
    assert_int_equal(first.successes, CLIENTS + CLIENTS / 400);
    assert_int_equal(first.streamed, CLIENTS / 100);
    assert_int_equal(
        first.logins, 2 * CLIENTS + CLIENTS / 50 + CLIENTS / 100 + CLIENTS / 200 + CLIENTS / 400);
    assert_int_equal(first.peers, 1);
    for (unsigned workers = 2; workers <= 4; workers++) {
        run(path, workers, &r, &again);
        assert_int_equal(r.count, first.count);
        assert_true(r.hash == first.hash);
        assert_memory_equal(&again, &summary, sizeof summary);
    }
    unlink(path);
}

static void
test_nothing_to_read(void **state)
{
    struct result r;
    const char *path = "/nonexistent/capture.pcap";
    struct config config = { .limits = { .flows = 10, .flow_memory_mib = 1 } };
    struct pipeline_request request = {
        .config = &config, .paths = &path, .path_count = 1, .observe = observe, .context = &r
    };
    struct pipeline_summary summary;

    (void)state;
    assert_int_not_equal(pipeline_run(&request, &summary), 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_number_of_workers),
        cmocka_unit_test(test_nothing_to_read),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
