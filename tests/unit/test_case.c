/* SPDX-License-Identifier: BSD-2-Clause
 *
 * How findings add up: the arithmetic, and the examples that the rules work out. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "../../sensor/case.h"
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

static int
set_up(void **state)
{
    (void)state;
    scene_reset();
    return 0;
}

static void
log_in(int64_t at, const char *account, const char *outside, const char *session)
{
    scene_login(at, account, outside, NULL, session, "radius-accounting", "success");
}

static void
halving_within_a_family_and_merging_of_one_detector(void **state)
{
    struct case_part parts[] = {
        { .name = "claimed-location", .family = FAMILY_PLACE, .weight = 1 },
        { .name = "remote-control", .family = FAMILY_DRIVING, .weight = 1.5 },
        { .name = "egress-country", .family = FAMILY_PLACE, .weight = 4 },
        { .name = "remote-control", .family = FAMILY_DRIVING, .weight = 2.5 },
    };
    unsigned count = 4;

    (void)state;
    assert_true(case_sum(parts, &count) * 2 == 14); /* 4 + 1/2 + 2.5 */
    assert_int_equal(count, 3);
}

static void
driven_coupled_and_peer(void **state)
{
    struct case_part parts[] = {
        { .name = "remote-control", .family = FAMILY_DRIVING, .weight = 2.5 },
        { .name = "control-coupling", .family = FAMILY_DRIVING, .weight = 4 },
        { .name = "egress-country", .family = FAMILY_PLACE, .weight = 4 },
    };
    unsigned count = 3;

    (void)state;
    assert_int_equal(finding_score(case_sum(parts, &count)), 99);
}

static void
one_strong_sign_is_no_case_and_a_dprk_network_is(void **state)
{
    (void)state;
    assert_true(finding_score(4) < 30);
    assert_true(finding_score(9) >= 95);
}

static void
shenyang_once_and_on_three_days(void **state)
{
    const char *const sessions[] = { "a", "b", "c" };

    (void)state;
    scene_person("one", "US", 47.6062, -122.3321);
    scene_open();
    log_in(0, "one", CHINA, "a");
    assert_int_equal(scene_find("case", "one")->score, 38);
    assert_int_equal(scene_find("case", "one")->severity, SEVERITY_MEDIUM);
    scene_logout(H, "one", CHINA, "a");
    for (int day = 1; day < 3; day++) {
        log_in(day * DAY, "one", CHINA, sessions[day]);
        scene_logout(day * DAY + H, "one", CHINA, sessions[day]);
    }
    scene_finish();
    assert_int_equal(scene_find("case", "one")->score, 62);
    assert_true(scene_find("case", "one")->is_update);
    assert_int_equal(scene_find("egress-country", "one")->count, 3);
}

static void
five_accounts_at_one_home(void **state)
{
    static const double homes[][2] = { { 25.76, -80.19 }, { 42.36, -71.06 }, { 29.76, -95.37 },
        { 39.74, -104.99 }, { 33.45, -112.07 } };
    static const char *const who[] = { "a", "b", "c", "d", "e" };

    (void)state;
    for (int i = 0; i < 5; i++)
        scene_person(who[i], "US", homes[i][0], homes[i][1]);
    scene_open();
    for (int day = 0; day < 3; day++)
        for (int i = 0; i < 5; i++) {
            char session[32];

            snprintf(session, sizeof session, "%d-%d", day, i);
            log_in(day * DAY + i * 10 * MIN, who[i], SEATTLE, session);
            scene_logout(day * DAY + i * 10 * MIN + MIN, who[i], SEATTLE, session);
        }
    scene_finish();
    assert_int_equal(scene_find("case", SEATTLE)->score, 95);
    assert_int_equal(scene_find("case", SEATTLE)->severity, SEVERITY_CRITICAL);
    assert_non_null(strstr(scene_find("case", SEATTLE)->summary, "Laptop farm"));
    for (int i = 0; i < 5; i++)
        assert_int_equal(scene_find("case", who[i])->score, 62);
}

static void
flags_of_the_roster_add_to_a_case(void **state)
{
    static struct config_flag flag = { .name = "camera off", .weight = 2 };

    (void)state;
    scene_person("one", "", 0, 0);
    scene_config.contractors[0].flags = &flag;
    scene_config.contractors[0].flag_count = 1;
    scene_person("two", "", 0, 0);
    scene_config.contractors[1].flags = &flag;
    scene_config.contractors[1].flag_count = 1;
    scene_open();
    log_in(0, "one", CHINA, "a");
    log_in(S, "two", SEATTLE, "b");
    scene_finish();
    assert_int_equal(scene_find("case", "one")->score, 73); /* 4 + 2 */
    assert_null(scene_find("case", "two"));
}

static void
a_suppressed_finding_neither_shows_nor_counts(void **state)
{
    static struct config_suppress entry = { .detector = "egress-country", .account = "ONE" };

    (void)state;
    scene_config.suppress = &entry;
    scene_config.suppress_count = 1;
    scene_person("one", "US", 47.6062, -122.3321);
    scene_open();
    log_in(0, "one", CHINA, "a");
    scene_finish();
    assert_null(scene_find("egress-country", NULL));
    assert_null(scene_find("case", NULL));
    assert_non_null(scene_find("claimed-location", "one"));
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(halving_within_a_family_and_merging_of_one_detector),
        cmocka_unit_test(driven_coupled_and_peer),
        cmocka_unit_test(one_strong_sign_is_no_case_and_a_dprk_network_is),
        cmocka_unit_test_setup(shenyang_once_and_on_three_days, set_up),
        cmocka_unit_test_setup(five_accounts_at_one_home, set_up),
        cmocka_unit_test_setup(flags_of_the_roster_add_to_a_case, set_up),
        cmocka_unit_test_setup(a_suppressed_finding_neither_shows_nor_counts, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
