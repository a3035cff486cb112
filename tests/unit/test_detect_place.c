/* SPDX-License-Identifier: BSD-2-Clause
 *
 * The where-from and who-shares rules at their thresholds, just under them, and their exemptions.
 */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
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
expect(const char *name, enum config_severity severity, int score)
{
    const struct scene_alert *a = scene_find(name, NULL);

    if (a == NULL)
        fail_msg("no %s", name);
    assert_int_equal(a->severity, severity);
    assert_int_equal(a->score, score);
}

/* Scores: 100 / (1 + exp(5 - weight)), by hand: 1 -> 2, 2 -> 5, 2.5 -> 8, 3 -> 12, 4 -> 27,
 * 5 -> 50, 7 -> 88, 9 -> 98. */

static void
egress_of_a_watched_country(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", CHINA, "a");
    scene_finish();
    expect("egress-country", SEVERITY_HIGH, 27);
    assert_null(scene_find("case", NULL));
}

static void
egress_when_databases_disagree_or_relay(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", "60.18.9.9", "a");
    log_in(S, "two", "60.18.9.8", "b");
    scene_finish();
    assert_int_equal(scene_find("egress-country", "one")->score, 5);
    assert_int_equal(scene_find("egress-country", "one")->severity, SEVERITY_MEDIUM);
    assert_int_equal(scene_find("egress-country", "two")->score, 5);
}

static void
egress_claimed_by_the_roster(void **state)
{
    (void)state;
    scene_person("One", "CN", 0, 0);
    scene_open();
    log_in(0, "CORP\\one", CHINA, "a");
    scene_finish();
    assert_int_equal(scene_count, 0);
}

static void
attempts_raise_nothing(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "one", CHINA, NULL, NULL, "radius", "attempt");
    scene_login(S, "one", "175.45.176.10", NULL, NULL, "radius", "failure");
    scene_finish();
    assert_int_equal(scene_count, 0);
}

static void
dprk_login_and_flow(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", "175.45.176.10", "a");
    scene_peer(H, "175.45.176.10", "198.51.100.10", "flow", "175.45.176.10");
    scene_peer(H, "192.168.1.5", "175.45.176.9", "flow", "175.45.176.9");
    scene_finish();
    assert_int_equal(scene_find("dprk-network", "one")->score, 98);
    assert_int_equal(scene_find("dprk-network", "one")->count, 1);
    assert_non_null(scene_find("dprk-network", "192.168.1.0/24"));
    assert_int_equal(scene_documents("dprk-network"), 2);
}

static void
anonymisers_by_their_weight(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "astrill", ASTRILL, "a");
    log_in(S, "vpn", "2.26.157.5", "b");
    log_in(2 * S, "hosting", "104.131.0.9", "c");
    scene_finish();
    assert_int_equal(scene_find("anonymiser-egress", "astrill")->score, 27);
    assert_int_equal(scene_find("anonymiser-egress", "vpn")->score, 8);
    assert_int_equal(scene_find("anonymiser-egress", "hosting")->score, 5);
}

static void
flap_within_and_after_a_quarter_of_an_hour(void **state)
{
    (void)state;
    for (int late = 0; late < 2; late++) {
        scene_reset();
        scene_open();
        log_in(0, "one", ASTRILL, "a");
        scene_logout(H, "one", ASTRILL, "a");
        log_in(H + 15 * MIN + late * S, "one", CHINA, "b");
        scene_finish();
        if (late)
            assert_null(scene_find("vpn-flap", NULL));
        else
            expect("vpn-flap", SEVERITY_CRITICAL, 88);
        assert_null(scene_find("impossible-travel", NULL));
    }
}

static void
claim_once_and_on_three_days(void **state)
{
    (void)state;
    scene_person("one", "US", 47.6062, -122.3321);
    scene_open();
    for (int day = 0; day < 3; day++) {
        const char *const sessions[] = { "a", "b", "c" };

        log_in(day * DAY, "one", NEW_YORK, sessions[day]);
        scene_logout(day * DAY + H, "one", NEW_YORK, sessions[day]);
        expect("claimed-location", day < 2 ? SEVERITY_LOW : SEVERITY_HIGH, day < 2 ? 2 : 12);
    }
    scene_finish();
}

static void
claim_near_wide_or_mobile_is_kept(void **state)
{
    (void)state;
    scene_person("one", "US", 47.6062, -122.3321);
    scene_open();
    log_in(0, "one", PORTLAND, "a");
    log_in(DAY, "one", "98.110.3.4", "b");
    log_in(2 * DAY, "one", "100.20.0.1", "c");
    scene_finish();
    assert_null(scene_find("claimed-location", NULL));
}

/* Seattle to New York: 3,875 km less 40 km of radii; 800 km/h take 4.79 hours. */
static void
travel_just_too_fast_and_just_slow_enough(void **state)
{
    (void)state;
    for (int slow = 0; slow < 2; slow++) {
        scene_reset();
        scene_open();
        log_in(0, "one", SEATTLE, "a");
        scene_logout(MIN, "one", SEATTLE, "a");
        log_in(MIN + (slow ? 49 * H / 10 : 47 * H / 10), "one", NEW_YORK, "b");
        scene_finish();
        if (slow)
            assert_null(scene_find("impossible-travel", NULL));
        else
            expect("impossible-travel", SEVERITY_HIGH, 12);
    }
}

static void
overlap_is_concurrent_alone(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", SEATTLE, "a");
    log_in(10 * MIN, "one", NEW_YORK, "b");
    scene_logout(11 * MIN + S, "one", SEATTLE, "a");
    scene_finish();
    expect("concurrent-logins", SEVERITY_HIGH, 12);
    assert_int_equal(scene_find("concurrent-logins", NULL)->count, 1);
    assert_null(scene_find("impossible-travel", NULL));
}

static void
overlap_of_a_minute_is_a_reconnect(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", SEATTLE, "a");
    log_in(10 * MIN, "one", PORTLAND, "b");
    scene_logout(11 * MIN, "one", SEATTLE, "a");
    scene_finish();
    assert_null(scene_find("concurrent-logins", NULL));
}

static void
fanout_over_countries(void **state)
{
    const char *const places[] = { SEATTLE, "91.10.1.2", "86.1.2.3" };

    (void)state;
    for (int n = 2; n <= 3; n++) {
        scene_reset();
        scene_open();
        for (int i = 0; i < n; i++) {
            log_in(i * 11 * H, "one", places[i], places[i]);
            scene_logout(i * 11 * H + MIN, "one", places[i], places[i]);
        }
        scene_finish();
        if (n == 3)
            expect("account-fanout", SEVERITY_HIGH, 8);
        else
            assert_null(scene_find("account-fanout", NULL));
    }
}

static void
site_shared_by_three(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", SEATTLE, "a");
    log_in(H, "two", SEATTLE, "b");
    assert_null(scene_find("shared-site", NULL));
    log_in(2 * H, "three", SEATTLE, "c");
    scene_finish();
    expect("shared-site", SEVERITY_HIGH, 27);
    assert_string_equal(scene_find("shared-site", NULL)->subject, SEATTLE);
}

static void
site_shared_after_the_window_or_in_hosting(void **state)
{
    (void)state;
    scene_open();
    log_in(0, "one", SEATTLE, "a");
    log_in(H, "two", SEATTLE, "b");
    log_in(7 * DAY + S, "three", SEATTLE, "c");
    for (int i = 0; i < 3; i++) {
        const char *const who[] = { "x", "y", "z" };

        log_in(8 * DAY + i * H, who[i], "104.131.0.9", who[i]);
    }
    scene_finish();
    assert_null(scene_find("shared-site", NULL));
}

static void
trusted_networks_are_exempt(void **state)
{
    struct cidr trusted;

    (void)state;
    assert_true(cidr_parse("60.18.0.0/16", &trusted, NULL));
    scene_config.networks.trusted.list = &trusted;
    scene_config.networks.trusted.count = 1;
    scene_open();
    log_in(0, "one", CHINA, "a");
    scene_finish();
    assert_int_equal(scene_count, 0);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(egress_of_a_watched_country, set_up),
        cmocka_unit_test_setup(egress_when_databases_disagree_or_relay, set_up),
        cmocka_unit_test_setup(egress_claimed_by_the_roster, set_up),
        cmocka_unit_test_setup(attempts_raise_nothing, set_up),
        cmocka_unit_test_setup(dprk_login_and_flow, set_up),
        cmocka_unit_test_setup(anonymisers_by_their_weight, set_up),
        cmocka_unit_test_setup(flap_within_and_after_a_quarter_of_an_hour, set_up),
        cmocka_unit_test_setup(claim_once_and_on_three_days, set_up),
        cmocka_unit_test_setup(claim_near_wide_or_mobile_is_kept, set_up),
        cmocka_unit_test_setup(travel_just_too_fast_and_just_slow_enough, set_up),
        cmocka_unit_test_setup(overlap_is_concurrent_alone, set_up),
        cmocka_unit_test_setup(overlap_of_a_minute_is_a_reconnect, set_up),
        cmocka_unit_test_setup(fanout_over_countries, set_up),
        cmocka_unit_test_setup(site_shared_by_three, set_up),
        cmocka_unit_test_setup(site_shared_after_the_window_or_in_hosting, set_up),
        cmocka_unit_test_setup(trusted_networks_are_exempt, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
