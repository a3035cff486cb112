/* SPDX-License-Identifier: BSD-2-Clause */
/* links: sensor/resolved.c conf/cidr.c conf/list_network.c conf/list_tool.c conf/list_domain.c conf/embedded.c */
/* What a client was told by the DNS holds for that client, that address and an hour. */
#include "../../sensor/resolved.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define MINUTE INT64_C(60000000)
#define START (INT64_C(28333333) * MINUTE)

static const struct in6_addr pc = { { { 0xfe, 0x80, [15] = 1 } } };
static const struct in6_addr other = { { { 0xfe, 0x80, [15] = 2 } } };
static const struct in6_addr relay = { { { 0x20, 0x01, [15] = 9 } } };

static void
test_who_where_when(void **state)
{
    struct resolved *r = resolved_open();
    unsigned count;
    const struct list_tool *tools = list_tools(&count), *last = &tools[count - 1];

    (void)state;
    assert_null(resolved_find(r, &pc, &relay, START));
    resolved_learn(r, &pc, &relay, last, START);
    assert_ptr_equal(resolved_find(r, &pc, &relay, START), last);
    assert_ptr_equal(resolved_find(r, &pc, &relay, START + 60 * MINUTE), last);
    assert_null(resolved_find(r, &pc, &relay, START + 61 * MINUTE));
    assert_null(resolved_find(r, &other, &relay, START));
    assert_null(resolved_find(r, &pc, &other, START));
    assert_null(resolved_find(r, &relay, &pc, START));
    resolved_learn(r, &pc, &relay, tools, START + 61 * MINUTE);
    assert_ptr_equal(resolved_find(r, &pc, &relay, START + 62 * MINUTE), tools);
    resolved_close(r);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who_where_when),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
