/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Remote control: states, roles, exemptions, the far end; and indicators. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define LAPTOP "192.168.1.5"
#define RELAY "198.51.100.80"

static int
set_up(void **state)
{
    (void)state;
    scene_reset();
    return 0;
}

static void
tool(int64_t at, uint64_t flow, const char *app, const char *says, const char *controller)
{
    scene_session(at, FACT_SESSION_OPEN, flow, LAPTOP, RELAY, "remote-tool", app, says, controller);
}

static void
named_connected_controlled(void **state)
{
    (void)state;
    scene_open();
    tool(0, 1, "AnyDesk", "named", NULL);
    assert_int_equal(scene_count, 0);
    tool(S, 1, "AnyDesk", "connected", NULL);
    assert_int_equal(scene_find("remote-control", "192.168.1.0/24")->severity, SEVERITY_MEDIUM);
    assert_int_equal(scene_find("remote-control", NULL)->score, 3); /* w 1.5 */
    tool(MIN, 1, "AnyDesk", "controlled", NULL);
    scene_finish();
    assert_int_equal(scene_find("remote-control", NULL)->severity, SEVERITY_HIGH);
    assert_int_equal(scene_find("remote-control", NULL)->score, 8); /* w 2.5 */
    assert_int_equal(scene_find("remote-control", NULL)->count, 1);
    assert_int_equal(scene_documents("remote-control"), 2);
}

static void
approved_without_case_space_and_hyphen(void **state)
{
    static const char *approved[] = { "any-Desk" };

    (void)state;
    scene_config.policy.approved_tools.list = approved;
    scene_config.policy.approved_tools.count = 1;
    scene_open();
    tool(0, 1, "AnyDesk", "controlled", NULL);
    scene_finish();
    assert_int_equal(scene_count, 0);
}

static void
a_session_inside_a_login_belongs_to_its_account(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "one", SEATTLE, LAPTOP, "s1", "radius-accounting", "success");
    tool(MIN, 1, "AnyDesk", "connected", NULL);
    scene_finish();
    assert_non_null(scene_find("remote-control", "one"));
}

static void
viewers_of_company_servers_are_at_work(void **state)
{
    struct cidr company;

    (void)state;
    assert_true(cidr_parse("198.51.100.0/24", &company, NULL));
    scene_config.networks.company.list = &company;
    scene_config.networks.company.count = 1;
    scene_open();
    scene_session(
        0, FACT_SESSION_OPEN, 1, LAPTOP, RELAY, "remote-desktop", "RDP", "controlled", NULL);
    scene_session(S, FACT_SESSION_OPEN, 2, LAPTOP, "192.168.1.9", "remote-desktop", "VNC",
        "controlled", NULL);
    scene_finish();
    assert_int_equal(scene_count, 0);
}

static void
who_drives_from_abroad_is_egress(void **state)
{
    (void)state;
    scene_open();
    tool(0, 1, "AnyDesk", "controlled", CHINA);
    scene_finish();
    assert_int_equal(scene_find("egress-country", "192.168.1.0/24")->score, 27);
    assert_non_null(strstr(scene_find("case", NULL)->summary, "Remote-controlled from abroad"));
}

static void
a_hidden_peer_needs_a_relayed_control_session(void **state)
{
    (void)state;
    scene_open();
    scene_peer(0, LAPTOP, RELAY, "turn-peer", CHINA);
    assert_int_equal(scene_count, 0);
    tool(MIN, 1, "AnyDesk", "connected", NULL);
    scene_peer(2 * MIN, LAPTOP, RELAY, "turn-peer", CHINA);
    scene_finish();
    assert_non_null(scene_find("egress-country", "192.168.1.0/24"));
}

static void
two_tools_within_a_week(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        scene_reset();
        scene_open();
        tool(0, 1, "AnyDesk", "connected", NULL);
        tool(7 * DAY + late * S, 2, "RustDesk", "connected", NULL);
        scene_finish();
        assert_int_equal(scene_documents("second-tool"), late ? 0 : 1);
    }
}

static void
indicators_by_label_confidence_and_expiry(void **state)
{
    static const char *bad[] = { "bad.example" }, *old[] = { "old.example" },
                      *rumour[] = { "rumour.example" };
    static struct config_indicator entries[] = {
        { .name = "bad",
            .confidence = CONFIDENCE_REPORTED,
            .severity = SEVERITY_MEDIUM,
            .weight = 3,
            .domains = { bad, 1 } },
        { .name = "old",
            .confidence = CONFIDENCE_CONFIRMED,
            .severity = SEVERITY_HIGH,
            .weight = 5,
            .expires = 1735689600 /* 2025-01-01 */,
            .domains = { old, 1 } },
        { .name = "rumour",
            .confidence = CONFIDENCE_UNVERIFIED,
            .severity = SEVERITY_CRITICAL,
            .weight = 5,
            .domains = { rumour, 1 } },
    };

    (void)state;
    scene_config.indicators = entries;
    scene_config.indicator_count = 3;
    scene_open();
    scene_name(0, LAPTOP, "dns-question", "notbad.example");
    scene_name(S, LAPTOP, "dns-question", "bad.example.com");
    scene_name(2 * S, LAPTOP, "sni", "www.old.example");
    assert_int_equal(scene_count, 0);
    scene_name(3 * S, LAPTOP, "dns-question", "Mail.BAD.example.");
    assert_int_equal(scene_find("indicator", NULL)->severity, SEVERITY_MEDIUM);
    scene_name(4 * S, LAPTOP, "http-host", "rumour.example:8080");
    scene_finish();
    assert_int_equal(scene_find("indicator", NULL)->severity, SEVERITY_MEDIUM);
    assert_int_equal(scene_find("indicator", NULL)->score, 50);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(named_connected_controlled, set_up),
        cmocka_unit_test_setup(approved_without_case_space_and_hyphen, set_up),
        cmocka_unit_test_setup(a_session_inside_a_login_belongs_to_its_account, set_up),
        cmocka_unit_test_setup(viewers_of_company_servers_are_at_work, set_up),
        cmocka_unit_test_setup(who_drives_from_abroad_is_egress, set_up),
        cmocka_unit_test_setup(a_hidden_peer_needs_a_relayed_control_session, set_up),
        cmocka_unit_test_setup(two_tools_within_a_week, set_up),
        cmocka_unit_test_setup(indicators_by_label_confidence_and_expiry, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
