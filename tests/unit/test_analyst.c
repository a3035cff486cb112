/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Accounts, one login from several sources, whose session it is, updates, bounds, order. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "../../sensor/account.h"
#include "../../sensor/detect/detect.h"
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
accounts_compare_by_policy(void **state)
{
    static const struct {
        const char *name, *realm, *ignore, *keep;
    } cases[] = {
        { "JDoe", NULL, "jdoe", "jdoe" },
        { "CORP\\JDoe", NULL, "jdoe", "jdoe@corp" },
        { "jdoe@corp", NULL, "jdoe", "jdoe@corp" },
        { "jdoe", "CORP", "jdoe", "jdoe@corp" },
        { "jdoe.", NULL, "jdoe.", "jdoe." },
        { "jd\xc3\x96"
          "e",
            NULL,
            "jd\xc3\x96"
            "e",
            "jd\xc3\x96"
            "e" }, /* no folding beyond ASCII */
        { "@corp", NULL, "@corp", "@corp" },
        { "CORP\\", NULL, "corp\\", "corp\\" },
    };
    struct config config = { 0 };
    char key[ACCOUNT_KEY];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        config.policy.keep_realms = false;
        account_key(&config, cases[i].name, cases[i].realm, key);
        assert_string_equal(key, cases[i].ignore);
        config.policy.keep_realms = true;
        account_key(&config, cases[i].name, cases[i].realm, key);
        assert_string_equal(key, cases[i].keep);
    }
}

static uint64_t
logins(void)
{
    struct analyst_summary s;

    analyst_get_summary(scene_analyst(), &s);
    return s.logins;
}

static void
copies_within_five_seconds_are_one_login(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "one", CHINA, NULL, NULL, "radius", "success");
    scene_login(S / 100, "one", CHINA, NULL, NULL, "radius", "success");
    scene_login(S, "ONE@corp", CHINA, "10.8.0.5", "s1", "radius-accounting", "success");
    scene_login(5 * S, "one", CHINA, "10.8.0.5", NULL, "syslog-cisco-asa", "success");
    assert_int_equal(logins(), 1);
    scene_login(6 * S, "one", CHINA, "10.8.0.6", NULL, "syslog-cisco-asa", "success");
    assert_int_equal(logins(), 2);
    scene_finish();
    assert_int_equal(scene_find("egress-country", "one")->count, 2);
}

static void
a_logout_is_the_end_and_its_copy_ends_nothing(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "one", SEATTLE, NULL, "s1", "radius-accounting", "success");
    scene_logout(H, "one", SEATTLE, "s1");
    scene_login(H + S, "one", SEATTLE, NULL, "s2", "radius-accounting", "success");
    scene_logout(H + 2 * S, "one", SEATTLE, "s1");
    assert_int_equal(logins(), 2);
    /* s2 is still open: a session from elsewhere overlaps it. */
    scene_login(2 * H, "one", NEW_YORK, NULL, "s3", "radius-accounting", "success");
    scene_name(2 * H + 2 * MIN, "192.168.7.7", "dns-question", "example.com");
    scene_finish();
    assert_non_null(scene_find("concurrent-logins", "one"));
}

static void
a_computer_is_no_person(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "LAPTOP-7$", NULL, "192.168.7.7", NULL, "krb5-as", "success");
    scene_login(0, "host/laptop-7.example.com", SEATTLE, NULL, NULL, "radius", "success");
    scene_login(0, "pre-logon", SEATTLE, NULL, NULL, "syslog-globalprotect", "success");
    assert_int_equal(logins(), 0);
    scene_login(S, "one", NULL, "192.168.7.7", NULL, "krb5-as", "success");
    assert_int_equal(logins(), 1);
    scene_finish();
}

static void
a_login_in_the_tunnel_tells_whose_address_it_is(void **state)
{
    static struct cidr pool;
    const char *why;

    (void)state;
    assert_true(cidr_parse("10.8.0.0/16", &pool, &why));
    scene_config.networks.vpn_pools.list = &pool;
    scene_config.networks.vpn_pools.count = 1;
    scene_open();
    scene_login(0, "one", NULL, "10.8.0.5", NULL, "krb5-as", "success");
    scene_session(S, FACT_SESSION_OPEN, 1, "10.8.0.5", "203.0.113.9", "remote-tool", "AnyDesk",
        "connected", NULL);
    scene_finish();
    assert_non_null(scene_find("remote-control", "one"));
}

static void
a_tunnel_waits_a_minute_for_its_login(void **state)
{
    (void)state;
    scene_open();
    scene_session(
        0, FACT_SESSION_OPEN, 1, CHINA, "192.168.1.1", "vpn", "OpenVPN", "connected", NULL);
    scene_login(50 * S, "one", CHINA, NULL, "s1", "radius-accounting", "success");
    scene_finish();
    assert_int_equal(scene_find("egress-country", "one")->count, 1);
    assert_null(scene_find("egress-country", CHINA));

    scene_reset();
    scene_open();
    scene_session(
        0, FACT_SESSION_OPEN, 1, CHINA, "192.168.1.1", "vpn", "OpenVPN", "connected", NULL);
    scene_login(61 * S, "one", CHINA, NULL, "s1", "radius-accounting", "success");
    scene_finish();
    assert_non_null(scene_find("egress-country", CHINA));
}

static void
a_finding_is_written_once_then_hourly_then_at_the_end(void **state)
{
    (void)state;
    scene_open();
    for (int i = 0; i < 9; i++) {
        scene_login(i * 20 * MIN, "one", CHINA, NULL, NULL, "radius", "success");
    }
    assert_int_equal(scene_documents("egress-country"), 3);
    assert_int_equal(scene_find("egress-country", "one")->count, 7);
    scene_finish();
    assert_int_equal(scene_documents("egress-country"), 4);
    assert_int_equal(scene_find("egress-country", "one")->count, 9);
    assert_int_equal(scene_alerts[0].id, scene_find("egress-country", "one")->id);
}

static void
a_flood_of_attempts_evicts_no_account_that_logged_in(void **state)
{
    struct analyst_summary s;
    char name[32];

    (void)state;
    scene_config.limits.accounts = 10;
    scene_open();
    scene_login(0, "real", CHINA, NULL, NULL, "radius", "success");
    for (int i = 0; i < 1000; i++) {
        snprintf(name, sizeof name, "guess%d", i);
        scene_login(i * S, name, "91.10.1.2", NULL, NULL, "radius", "failure");
    }
    scene_login(H, "real", CHINA, NULL, NULL, "radius", "success");
    analyst_get_summary(scene_analyst(), &s);
    assert_int_equal(s.accounts, 10);
    assert_int_equal(s.evicted, 991);
    scene_finish();
    assert_int_equal(scene_find("egress-country", NULL)->count, 2);
    assert_int_equal(scene_documents("egress-country"), 2); /* the second an hour later */
}

/* Each login waits a minute to be held against its account's others: of a flood the oldest are held
 * early, and lost by none. */
static void
a_flood_of_logins_waits_in_bounds(void **state)
{
    struct analyst_summary s;
    char name[32], outside[32];

    (void)state;
    scene_config.limits.accounts = 10000;
    scene_config.limits.sites = 10000;
    scene_open();
    for (int i = 0; i < 5000; i++) {
        snprintf(name, sizeof name, "user%d", i);
        snprintf(outside, sizeof outside, "99.%d.%d.1", i / 250, i % 250);
        scene_login(i, name, outside, NULL, NULL, "radius", "success");
    }
    scene_login(5001, "user0", SEATTLE, NULL, NULL, "radius", "success");
    analyst_get_summary(scene_analyst(), &s);
    assert_int_equal(s.logins, 5001);
    scene_finish();
}

static void
the_clock_never_runs_back(void **state)
{
    struct analyst_summary s;

    (void)state;
    scene_open();
    scene_login(H, "one", SEATTLE, NULL, NULL, "radius", "success");
    scene_login(0, "two", SEATTLE, NULL, NULL, "radius", "success");
    analyst_get_summary(scene_analyst(), &s);
    assert_int_equal(s.clock_steps_back, 1);
    scene_finish();
}

static void
a_detector_that_remembers_says_how_much(void **state)
{
    (void)state;
    for (unsigned i = 0; i < detect_table_count; i++) {
        const struct detector *d = detect_table[i];

        assert_int_equal(d->memory_version > 0, d->memory_bytes > 0);
        assert_true(d->memory_bytes <= MEMORY_BLOCK_MOST);
    }
}

/* Marks what the table tells of. */
/* NOLINTNEXTLINE(misc-no-recursion): as deep as structs nest */
static void
cover(uint8_t *bytes, const struct memory_field *fields)
{
    for (const struct memory_field *f = fields; f->count > 0; f++)
        for (unsigned i = 0; i < f->count; i++) {
            uint8_t *at = bytes + f->offset + i * f->size;

            assert_true(!f->is_number || f->size == 2 || f->size == 4 || f->size == 8);
            if (f->parts != NULL)
                cover(at, f->parts);
            else
                memset(at, 1, f->size);
        }
}

/* Between what it tells of there is nothing but what the compiler leaves free for alignment. */
static void
a_detector_says_what_its_memory_is_made_of(void **state)
{
    static uint8_t bytes[MEMORY_BLOCK_MOST];

    (void)state;
    for (unsigned i = 0; i < detect_table_count; i++) {
        const struct detector *d = detect_table[i];
        size_t hole = 0;

        if (d->memory_bytes == 0)
            continue;
        assert_non_null(d->memory_fields);
        memset(bytes, 0, sizeof bytes);
        cover(bytes, d->memory_fields);
        for (size_t at = 0; at <= d->memory_bytes; at++) {
            if (at < d->memory_bytes && bytes[at] == 0) {
                hole++;
                continue;
            }
            if (hole >= 8 || (hole >= 4 && at % 8 != 0) || (hole > 0 && at % 2 != 0))
                fail_msg("%s: %zu octets before %zu", d->name, hole, at);
            hole = 0;
        }
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_compare_by_policy),
        cmocka_unit_test_setup(copies_within_five_seconds_are_one_login, set_up),
        cmocka_unit_test_setup(a_logout_is_the_end_and_its_copy_ends_nothing, set_up),
        cmocka_unit_test_setup(a_computer_is_no_person, set_up),
        cmocka_unit_test_setup(a_login_in_the_tunnel_tells_whose_address_it_is, set_up),
        cmocka_unit_test_setup(a_tunnel_waits_a_minute_for_its_login, set_up),
        cmocka_unit_test_setup(a_finding_is_written_once_then_hourly_then_at_the_end, set_up),
        cmocka_unit_test_setup(a_flood_of_attempts_evicts_no_account_that_logged_in, set_up),
        cmocka_unit_test_setup(a_flood_of_logins_waits_in_bounds, set_up),
        cmocka_unit_test_setup(the_clock_never_runs_back, set_up),
        cmocka_unit_test(a_detector_that_remembers_says_how_much),
        cmocka_unit_test(a_detector_says_what_its_memory_is_made_of),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
