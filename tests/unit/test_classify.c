/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/classify.c */
/* What nDPI says beside the application: category and risks, on a request that is made to have
 * some; and when it is given no more packets. */
#include "../../sensor/classify.h"
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define IP_HEADER 20
#define TCP_HEADER 20
#define MOST 12

/* 10.0.0.1:40000 asks 203.0.113.1:80. */
static const uint8_t headers[IP_HEADER + TCP_HEADER] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 64, 6, 0, 0, 10,
    0, 0, 1, 203, 0, 113, 1, 0x9c, 0x40, 0, 80, 0, 0, 0, 1, 0, 0, 0, 1, 0x50, 0x18, 0xff, 0xff };

static bool
give(struct classifier *c, struct classify_flow *state, const char *payload, unsigned most)
{
    uint8_t packet[256];
    size_t length = strlen(payload);

    memcpy(packet, headers, sizeof headers);
    memcpy(packet + sizeof headers, payload, length);
    length += sizeof headers;
    packet[3] = (uint8_t)length;
    return classify_packet(c, state, packet, (uint32_t)length, 1000, most);
}

static void
test_category_and_risks(void **state)
{
    struct classifier *c = classifier_open(1);
    struct classify_flow *f = classify_begin(c, NULL, 0);
    struct classify_verdict v;
    char risks[256];

    (void)state;
    assert_non_null(f);
    give(
        c, f, "GET / HTTP/1.1\r\nHost: 203.0.113.1\r\nUser-Agent: Mozilla/5.0 (X11)\r\n\r\n", MOST);
    classify_look(f, &v);
    assert_string_equal(classify_name(c, v.app != CLASSIFY_UNKNOWN ? v.app : v.master), "http");
    assert_string_equal(classify_category(c, v.category), "Web");
    classify_risks(v.risks, risks, sizeof risks);
    assert_non_null(strstr(risks, "HTTP Numeric IP Address"));
    classify_end(c, f);
    classifier_close(c);
}

/* As `ndpiReader -h` lists them. */
static void
test_category_of_a_name(void **state)
{
    static const struct {
        const char *name, *category;
    } names[] = { { "OpenVPN", "VPN" }, { "anydesk", "RemoteAccess" }, { "RDP", "RemoteAccess" },
        { "Open", "" }, { "no protocol of anybody's, long", "" }, { "", "" } };
    struct classifier *c = classifier_open(1);

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        assert_string_equal(
            classify_category(c, classify_category_of(c, names[i].name, strlen(names[i].name))),
            names[i].category);
    classifier_close(c);
}

static void
test_no_category_and_no_risk(void **state)
{
    struct classifier *c = classifier_open(1);
    char risks[8] = "x";

    (void)state;
    assert_string_equal(classify_category(c, 0), "");
    classify_risks(0, risks, sizeof risks);
    assert_string_equal(risks, "");
    classifier_close(c);
}

/* A name that would be cut is left out, and so is its comma. */
static void
test_risks_that_do_not_fit(void **state)
{
    const uint64_t two = UINT64_C(3) << 1;
    char all[256], some[256];
    size_t first;

    (void)state;
    classify_risks(two, all, sizeof all);
    first = (size_t)(strchr(all, ',') - all);
    for (size_t room = 1; room <= strlen(all) + 1; room++) {
        size_t expected = room > strlen(all) ? strlen(all) : room > first ? first : 0;

        classify_risks(two, some, room);
        assert_int_equal(strlen(some), expected);
        assert_memory_equal(some, all, expected);
    }
}

static void
test_no_more_than_its_share(void **state)
{
    struct classifier *c = classifier_open(1);
    struct classify_flow *f = classify_begin(c, NULL, 0);

    (void)state;
    assert_false(give(c, f, "\x01\x02\x03\x04\x05\x06\x07\x08", 3));
    assert_false(give(c, f, "\x11\x12\x13\x14\x15\x16\x17\x18", 3));
    assert_true(give(c, f, "\x21\x22\x23\x24\x25\x26\x27\x28", 3));
    classify_end(c, f);
    classifier_close(c);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_category_and_risks),
        cmocka_unit_test(test_category_of_a_name),
        cmocka_unit_test(test_no_category_and_no_risk),
        cmocka_unit_test(test_risks_that_do_not_fit),
        cmocka_unit_test(test_no_more_than_its_share),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
