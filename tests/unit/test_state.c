/* SPDX-License-Identifier: BSD-2-Clause
 *
 * From memory to a state file and back: what comes back, in which order, what is left out, and a
 * write that fails. */
/* clang-format off */
/* links: tests/unit/fake_*.c sensor/address.c sensor/state.c sensor/state_db.c sensor/state_load.c sensor/state_row.c sensor/state_migrate.c sensor/output/document.c sensor/output/emit.c sensor/output/json.c sensor/output/buffer.c sensor/output/observation_read.c sensor/output/observation_name.c sensor/output/json_read.c sensor/timestamp.c sensor/account.c sensor/memory.c sensor/change.c sensor/finding.c sensor/suppress.c sensor/claim.c sensor/locality.c sensor/place.c sensor/zone.c sensor/stablehash.c geoip/distance.c geoip/countries.c conf/cidr.c parsers/fact.c parsers/text.c */
/* clang-format on */
#include "../../sensor/detect/detect.h"
#include "../../sensor/state.h"
#include "address.h"
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define REMEMBERED 24

static struct detector counting = {
    .name = "counting", .memory_version = 1, .memory_bytes = REMEMBERED
};
static struct detector other = { .name = "other" };
const struct detector *const detect_table[] = { &counting, &other };
const unsigned detect_table_count = 2;

static struct config config;
static char path[64];
static struct state *file;
static struct accounts *accounts;
static struct findings *findings;
static unsigned went;

static void
going(void *context, struct subject_state *state, struct account *a, struct site *s)
{
    (void)context;
    (void)a;
    (void)s;
    went++;
    findings_drop(findings, state, false);
}

static void
ignore_alert(void *context, const struct alert *a)
{
    (void)context;
    (void)a;
}

static void
ignore_finding(void *context, struct finding *f)
{
    (void)context;
    (void)f;
}

static struct state_of
all(int64_t now_us)
{
    return (struct state_of){ .config = &config,
        .accounts = accounts,
        .findings = findings,
        .has_time = true,
        .now_us = now_us };
}

static void
begin(void)
{
    struct state_of of;
    char error[256] = "";

    findings = findings_open(&(struct findings_request){
        .config = &config, .alert = ignore_alert, .touched = ignore_finding });
    accounts = accounts_open(&(struct accounts_request){ .config = &config, .going = going });
    file = state_open(path, true, error, sizeof error);
    assert_string_equal(error, "");
    of = all(0);
    assert_int_equal(state_load(file, &of), 0);
}

static void
end(bool saves)
{
    const struct state_of of = all(DAY_US);

    if (saves)
        assert_int_equal(state_save(file, &of, true), 0);
    state_close(file);
    accounts_close(accounts);
    findings_close(findings);
}

static void
restart(void)
{
    end(true);
    went = 0;
    begin();
}

static int
set_up(void **state)
{
    (void)state;
    memset(&config, 0, sizeof config);
    config.limits.accounts = 10;
    config.limits.sites = 10;
    config.limits.lease_us = DAY_US;
    config.detectors[0].enabled = true;
    config.detectors[1].enabled = true;
    counting.memory_version = 1;
    snprintf(path, sizeof path, "/tmp/test_state.%ld", (long)getpid());
    unlink(path);
    begin();
    return 0;
}

static int
tear_down(void **state)
{
    (void)state;
    end(false);
    unlink(path);
    return 0;
}

static void
a_login_comes_back_with_all_that_hangs_on_it(void **state)
{
    const struct claim_source source = { .time_us = 7, .packet = 3, .capture = "a.pcap" };
    struct in6_addr outside = address_of("::ffff:60.18.0.5"),
                    inside = address_of("::ffff:10.8.0.5");
    struct account *a = accounts_touch(accounts, "JDoe", NULL, true, 5);
    struct site *s = accounts_touch_site(accounts, &outside, 6);
    struct lease *l = accounts_add_lease(accounts, a, &inside, 6);
    uint64_t serial = l->serial;

    (void)state;
    l->has_outside = true;
    l->outside = outside;
    l->open_sessions = 1;
    accounts_tie(accounts, a, s, 6, &source);
    a->away_days[a->away_day_count++] = 20000;
    restart();
    a = accounts_find(accounts, "jdoe", NULL);
    assert_string_equal(a->name, "JDoe");
    assert_true(a->is_known);
    assert_int_equal(a->last_us, 5);
    assert_int_equal(a->away_day_count, 1);
    assert_int_equal(a->away_days[0], 20000);
    s = accounts_find_site(accounts, &outside);
    assert_ptr_equal(a->sites[0].other, s);
    assert_ptr_equal(s->accounts[0].other, a);
    assert_string_equal(s->accounts[0].source.capture, "a.pcap");
    l = accounts_lease_inside(accounts, &inside);
    assert_ptr_equal(l->account, a);
    assert_ptr_equal(l->site, s);
    assert_int_equal(l->serial, serial);
    assert_string_equal(l->place.country, "CN");
    assert_int_equal(l->open_sessions, 0); /* its tunnel's flow is no longer followed */
    /* what is new has serials of its own */
    assert_true(accounts_add_lease(accounts, a, NULL, 8)->serial > serial);
}

static struct finding *
find_finding(const char *name, unsigned index)
{
    struct finding *f = accounts_find(accounts, name, NULL)->state.findings;

    while (index-- > 0)
        f = f->next;
    return f;
}

static void
findings_come_back_with_their_evidence(void **state)
{
    struct account *a = accounts_touch(accounts, "jdoe", NULL, true, 5);
    struct finding one = { .id = 11, .detector = &counting, .count = 3, .written_count = 2 };
    struct finding two = { .id = 12, .detector = &other, .severity = SEVERITY_HIGH };
    struct claim claim = { .what = "where", .value = "there", .packet_count = 1 };
    struct finding *f;

    (void)state;
    one.is_written = true;
    one.weight = 2.5;
    claim.packets[0] = 99;
    two.sites[two.site_count++] = (struct finding_site){ .serial = 5, .last_us = 6 };
    findings_restore(findings, &a->state, &one);
    f = findings_restore(findings, &a->state, &two);
    finding_add_claim(f, &claim);
    restart();
    f = find_finding("jdoe", 0);
    assert_ptr_equal(f->detector, &counting);
    assert_int_equal(f->id, 11);
    assert_true(f->weight > 2.4 && f->weight < 2.6);
    assert_true(f->is_grown);
    assert_int_equal(f->claim_count, 0);
    f = find_finding("jdoe", 1);
    assert_false(f->is_grown);
    assert_int_equal(f->severity, SEVERITY_HIGH);
    assert_int_equal(f->claim_count, 1);
    assert_string_equal(f->claims[0].value, "there");
    assert_int_equal(f->claims[0].packets[0], 99);
    assert_int_equal(f->sites[0].serial, 5);
    config.detectors[1].enabled = false;
    restart();
    assert_false(find_finding("jdoe", 0)->is_suppressed);
    assert_true(find_finding("jdoe", 1)->is_suppressed); /* counts no more */
}

static const char *
remembered(void)
{
    return subject_memory_find(&accounts_find(accounts, "jdoe", NULL)->state, "counting");
}

static void
a_detector_remembers_until_its_version_changes(void **state)
{
    struct account *a = accounts_touch(accounts, "jdoe", NULL, true, 5);
    struct in6_addr at = address_of("::ffff:192.168.1.7");
    struct device *d = accounts_touch_device(accounts, &at, 5);

    (void)state;
    strcpy(subject_memory(&a->state, "counting", REMEMBERED), "twelve");
    strcpy(device_memory(d, "counting", REMEMBERED), "seven");
    restart();
    assert_string_equal(remembered(), "twelve");
    d = accounts_find_device(accounts, &at);
    assert_string_equal((const char *)device_memory_find(d, "counting"), "seven");
    end(true);
    counting.memory_version = 2;
    begin();
    assert_null(remembered());
    restart();
    assert_null(remembered());
}

/* user0 was seen last. */
static void
eight_users(void)
{
    char name[32];

    for (int i = 0; i < 8; i++) {
        snprintf(name, sizeof name, "user%d", i);
        accounts_touch(accounts, name, NULL, true, i);
    }
    accounts_touch(accounts, "user0", NULL, true, 9);
}

static void
what_went_does_not_come_back(void **state)
{
    (void)state;
    eight_users();
    restart();
    assert_int_equal(accounts_count(accounts), 8);
    accounts_age(accounts, 180 * DAY_US + 3); /* user1 and user2 are older than that */
    assert_int_equal(went, 2);
    restart();
    assert_int_equal(accounts_count(accounts), 6);
    assert_null(accounts_find(accounts, "user2", NULL));
    assert_non_null(accounts_find(accounts, "user0", NULL));
    assert_string_equal(accounts_first(accounts)->name, "user3");
}

static void
a_table_made_smaller_keeps_the_most_recent(void **state)
{
    (void)state;
    eight_users();
    config.limits.accounts = 2;
    restart();
    assert_int_equal(accounts_count(accounts), 2);
    assert_non_null(accounts_find(accounts, "user7", NULL));
    assert_non_null(accounts_find(accounts, "user0", NULL));
    config.limits.accounts = 10;
    restart();
    assert_int_equal(accounts_count(accounts), 2);
}

static void
a_flood_of_names_pushes_out_nobody_who_logged_in_before(void **state)
{
    char name[32];

    (void)state;
    accounts_touch(accounts, "real", NULL, true, 1);
    restart();
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "guess%d", i);
        accounts_touch(accounts, name, NULL, false, 2 + i);
    }
    assert_non_null(accounts_find(accounts, "real", NULL));
    restart();
    assert_int_equal(accounts_count(accounts), 1); /* mere attempts are not kept */
    assert_non_null(accounts_find(accounts, "real", NULL));
}

static void
a_write_that_failed_is_made_good(void **state)
{
    const struct rlimit none = { 4096, RLIM_INFINITY }, room = { RLIM_INFINITY, RLIM_INFINITY };
    const struct state_of of = all(DAY_US);

    (void)state;
    signal(SIGXFSZ, SIG_IGN);
    accounts_touch(accounts, "one", NULL, true, 1);
    setrlimit(RLIMIT_FSIZE, &none);
    assert_int_equal(state_save(file, &of, false), -1);
    assert_non_null(strstr(state_error(file), path));
    accounts_touch(accounts, "two", NULL, true, 2);
    assert_int_equal(state_save(file, &of, false), -1);
    setrlimit(RLIMIT_FSIZE, &room);
    assert_int_equal(state_save(file, &of, false), 0);
    end(false);
    begin();
    assert_int_equal(accounts_count(accounts), 2);
}

static void
accounts_compare_by_the_policy_of_the_day(void **state)
{
    (void)state;
    config.policy.keep_realms = true;
    accounts_touch(accounts, "jdoe@corp", NULL, true, 1);
    accounts_touch(accounts, "jdoe@home", NULL, true, 2);
    restart();
    assert_int_equal(accounts_count(accounts), 2);
    end(true);
    config.policy.keep_realms = false;
    begin();
    assert_int_equal(accounts_count(accounts), 1); /* both are jdoe: as first seen */
    assert_string_equal(accounts_find(accounts, "jdoe", NULL)->name, "jdoe@corp");
}

int
main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(a_login_comes_back_with_all_that_hangs_on_it),
        TEST(findings_come_back_with_their_evidence),
        TEST(a_detector_remembers_until_its_version_changes),
        TEST(what_went_does_not_come_back),
        TEST(a_table_made_smaller_keeps_the_most_recent),
        TEST(a_flood_of_names_pushes_out_nobody_who_logged_in_before),
        TEST(a_write_that_failed_is_made_good),
        TEST(accounts_compare_by_the_policy_of_the_day),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
