/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Live capture on the loopback of a network namespace of its own: what is sent is seen, fan-out
 * keeps a flow on one ring, an idle link returns, a wrong name is explained. Needs root.
 */
/* clang-format off */
/* links: sensor/capture.c sensor/capture_filter.c sensor/capture_file.c sensor/capture_classic.c sensor/capture_pcapng.c sensor/capture_walk.c sensor/capture_merge.c sensor/capture_live.c parsers/packet*.c parsers/text.c */
/* clang-format on */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "../../sensor/capture.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 9999
#define SENT 200
#define IDLE_READS 10

static char said[1024];

static void
hear(void *context, const char *line)
{
    (void)context;
    snprintf(said, sizeof(said), "%s", line);
}

static struct capture *
open_interface(const char *name, int group, bool *bad_filter)
{
    struct capture_request request = { .interface = name,
        .filter = "udp dst port 9999",
        .snaplen = 65535,
        .buffer_mib = 4,
        .fanout_group = group,
        .message = hear };

    return capture_open(&request, bad_filter);
}

static void
send_packets(void)
{
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
    int fd = socket(AF_INET, SOCK_DGRAM, 0);

    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    for (int i = 0; i < SENT; i++)
        assert_int_equal(sendto(fd, "hello", 5, 0, (struct sockaddr *)&to, sizeof(to)), 5);
    close(fd);
}

static unsigned
count_until_idle(struct capture *c)
{
    struct capture_packet batch[CAPTURE_BATCH];
    unsigned total = 0;

    for (unsigned idle = 0; idle < IDLE_READS;) {
        unsigned n = capture_read(c, batch);

        idle = n == 0 ? idle + 1 : 0;
        for (unsigned i = 0; i < n; i++)
            assert_memory_equal(batch[i].data + batch[i].captured - 5, "hello", 5);
        total += n;
    }
    assert_false(capture_at_end(c));
    return total;
}

static void
what_is_sent_is_seen(void **state)
{
    bool bad_filter;
    struct capture *c;

    if (*state == NULL)
        skip();
    c = open_interface("lo", -1, &bad_filter);
    assert_non_null(c);
    send_packets();
    assert_int_equal(count_until_idle(c), SENT);
    capture_close(c);
}

static void
fan_out_keeps_a_flow_together(void **state)
{
    bool bad_filter;
    struct capture *a, *b;
    unsigned in_a, in_b;

    if (*state == NULL)
        skip();
    a = open_interface("lo", 7, &bad_filter);
    b = open_interface("lo", 7, &bad_filter);
    assert_non_null(a);
    assert_non_null(b);
    send_packets();
    in_a = count_until_idle(a);
    in_b = count_until_idle(b);
    assert_int_equal(in_a + in_b, SENT);
    assert_true(in_a == 0 || in_b == 0);
    capture_close(a);
    capture_close(b);
}

static void
a_wrong_name_lists_the_right_ones(void **state)
{
    bool bad_filter;

    if (*state == NULL)
        skip();
    assert_null(open_interface("nope", -1, &bad_filter));
    assert_false(bad_filter);
    assert_string_equal(said, "nope: no such interface; there are: lo, and any for all of them");
}

static int
make_namespace(void **state)
{
    static int made;
    struct ifreq request = { .ifr_name = "lo" };
    int fd;

    if (unshare(CLONE_NEWNET) < 0) {
        print_message("skipped: a network namespace needs root\n");
        return 0;
    }
    fd = socket(AF_INET, SOCK_DGRAM, 0);
    request.ifr_flags = IFF_UP;
    if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
        return -1;
    close(fd);
    *state = &made;
    return 0;
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_sent_is_seen),
        cmocka_unit_test(fan_out_keeps_a_flow_together),
        cmocka_unit_test(a_wrong_name_lists_the_right_ones),
    };

    return cmocka_run_group_tests(tests, make_namespace, NULL);
}
