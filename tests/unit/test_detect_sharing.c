/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Computers behind one address, changing devices, much that is carried away, too many calls. Each
 * at its threshold and just below it. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define LAPTOP "192.168.1.5"
#define SERVER "203.0.113.9"
#define SITE SEATTLE

static int
set_up(void **state)
{
    (void)state;
    scene_reset();
    scene_config.limits.lease_us = 60 * DAY; /* nobody renews it here */
    return 0;
}

static void
logs_in(int64_t at, const char *account, const char *outside, const char *inside)
{
    scene_login(at, account, outside, inside, account, "radius-accounting", "success");
}

/* ---- nat-crowd ---- */

#define WINDOWS "4:115+13:0:1460:mss*44,8:mss,nop,ws,nop,nop,sok:df,id+:0"
#define WINDOWS_FAR "4:110+18:0:1400:64400,8:mss,nop,ws,nop,nop,sok:df,id+:0"
#define LINUX "4:51+13:0:1460:mss*44,7:mss,sok,ts,nop,ws:df,id+:0"
#define MAC "4:51+13:0:1460:65535,6:mss,nop,ws,nop,nop,ts,sok,eol+1:df:0"

struct syn {
    int at_s;
    const char *signature;
    double ticks; /* at that time; 0: none */
};

static void
syn(const struct syn *s)
{
    char ticks[24];

    snprintf(ticks, sizeof ticks, "%lld", (long long)(uint32_t)(long long)s->ticks);
    scene_sign(s->at_s * S, SITE, "tcp", FACT_DEVICE,
        (const struct scene_value[]){ { KEY_ADDRESS, SITE }, { KEY_FINGERPRINT_TCP, s->signature },
            { KEY_TCP_TIMESTAMP, s->ticks > 0 ? ticks : NULL }, { KEY_NONE, NULL } });
}

#define AT(s, hz, start) (s), LINUX, (start) + (double)(hz) * (s)

static const struct {
    const char *name;
    unsigned accounts;
    struct syn syns[8];
    bool is_crowd;
} crowds[] = {
    { "three systems, one account", 1, { { 1, WINDOWS, 0 }, { 2, LINUX, 0 }, { 3, MAC, 0 } },
        true },
    { "three systems, three accounts", 3, { { 1, WINDOWS, 0 }, { 2, LINUX, 0 }, { 3, MAC, 0 } },
        false },
    { "two systems", 1, { { 1, WINDOWS, 0 }, { 2, LINUX, 0 }, { 3, WINDOWS_FAR, 0 } }, false },
    { "options that come and go", 1,
        { { 1, WINDOWS, 0 }, { 2, LINUX, 0 },
            { 3, "4:51+13:0:1460:mss*44,7:mss,sok,ts,nop,ws,?34,nop,nop:df,id+:0", 0 } },
        false },
    { "three clocks at once", 1,
        { { AT(1, 1000, 1e6) }, { AT(2, 1000, 5e8) }, { AT(3, 250, 7e7) }, { AT(31, 1000, 1e6) },
            { AT(32, 1000, 5e8) }, { AT(33, 250, 7e7) } },
        true },
    { "two clocks", 1,
        { { AT(1, 1000, 1e6) }, { AT(2, 1000, 5e8) }, { AT(31, 1000, 1e6) }, { AT(32, 1000, 5e8) },
            { AT(61, 1000, 1e6) } },
        false },
    { "a clock that turns over", 1,
        { { AT(1, 1000, 4294960000.0) }, { AT(2, 1000, 5e8) }, { AT(31, 1000, 4294960000.0) },
            { AT(32, 1000, 5e8) }, { 33, WINDOWS, 0 } },
        true },
    { "a host that scrambles its clock", 1,
        { { 1, MAC, 1e6 }, { 20, MAC, 3e9 }, { 40, MAC, 7e8 }, { 60, MAC, 2e9 } }, false },
    { "one host that restarts", 1,
        { { AT(1, 1000, 1e6) }, { AT(31, 1000, 1e6) }, { AT(200, 1000, 1e5) },
            { AT(231, 1000, 1e5) }, { AT(400, 1000, 2e5) }, { AT(431, 1000, 2e5) } },
        false },
};

static void
nat_crowd(void **state)
{
    for (size_t i = 0; i < sizeof crowds / sizeof crowds[0]; i++) {
        static const char *const names[] = { "one", "two", "three" };

        set_up(state);
        scene_open();
        for (unsigned n = 0; n < crowds[i].accounts; n++)
            scene_login(0, names[n], SITE, NULL, names[n], "radius-accounting", "success");
        for (unsigned n = 0; n < 8 && crowds[i].syns[n].signature != NULL; n++)
            syn(&crowds[i].syns[n]);
        scene_finish();
        if ((scene_find("nat-crowd", SITE) != NULL) != crowds[i].is_crowd)
            fail_msg("%s", crowds[i].name);
    }
}

static void
hosts_before_the_login(void **state)
{
    (void)state;
    scene_open();
    for (unsigned n = 0; n < 3; n++)
        syn(&crowds[0].syns[n]);
    assert_null(scene_find("nat-crowd", NULL));
    scene_login(10 * S, "one", SITE, NULL, "s1", "radius-accounting", "success");
    scene_finish();
    assert_int_equal(scene_find("nat-crowd", SITE)->severity, SEVERITY_MEDIUM);
}

static void
programs_are_no_hosts(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "one", SITE, NULL, "s1", "radius-accounting", "success");
    for (unsigned n = 0; n < 5; n++) {
        char ja3[33];

        snprintf(ja3, sizeof ja3, "%032u", n);
        scene_sign(n * S, SITE, "tls", FACT_DEVICE,
            (const struct scene_value[]){
                { KEY_ADDRESS, SITE }, { KEY_FINGERPRINT_JA3, ja3 }, { KEY_NONE, NULL } });
    }
    scene_finish();
    assert_null(scene_find("nat-crowd", NULL));
}

/* ---- device-churn ---- */

static void
device(int64_t at, const char *inside, const char *host, const char *mac)
{
    scene_sign(at, inside, "dhcp", FACT_DEVICE,
        (const struct scene_value[]){ { KEY_ADDRESS, inside },
            { host == NULL ? KEY_FINGERPRINT_TCP : KEY_HOST_NAME, host == NULL ? MAC : host },
            { KEY_MAC, mac }, { KEY_NONE, NULL } });
}

static const struct {
    const char *name;
    const char *hosts[3], *macs[3], *expected;
    int days_between;
    bool is_churn;
} churns[] = {
    { "three host names", { "work-1", "work-2", "work-3" }, { NULL }, NULL, 1, true },
    { "one in two forms", { "work-1", "work-2", "WORK-2.home.example" }, { NULL }, NULL, 1, false },
    { "one that NetBIOS cuts", { "work-1", "contractor-laptop", "CONTRACTOR-LAPT" }, { NULL }, NULL,
        1, false },
    { "two names of one card", { "work-1", "work-2", "work-3" },
        { NULL, "00:15:5d:00:00:01", "00:15:5d:00:00:01" }, NULL, 1, false },
    { "one is the roster's", { "work-1", "work-2", "work-3" }, { NULL }, "Work-3", 1, false },
    { "more than a month", { "work-1", "work-2", "work-3" }, { NULL }, NULL, 16, false },
    { "fingerprints and made-up cards", { NULL, NULL, NULL },
        { "02:00:00:00:00:01", "06:00:00:00:00:02", "0a:00:00:00:00:03" }, NULL, 1, false },
    { "cards", { NULL, NULL, NULL },
        { "00:15:5d:00:00:01", "00:15:5d:00:00:02", "00:15:5d:00:00:03" }, NULL, 1, true },
};

static void
device_churn(void **state)
{
    static const char *expected[1];

    for (size_t i = 0; i < sizeof churns / sizeof churns[0]; i++) {
        set_up(state);
        scene_person("one", "US", 0, 0);
        if (churns[i].expected != NULL) {
            expected[0] = churns[i].expected;
            scene_config.contractors[0].devices.list = expected;
            scene_config.contractors[0].devices.count = 1;
        }
        scene_open();
        logs_in(0, "one", SEATTLE, LAPTOP);
        for (int n = 0; n < 3; n++)
            device(S + n * churns[i].days_between * DAY, LAPTOP, churns[i].hosts[n],
                churns[i].macs[n]);
        scene_finish();
        if ((scene_find("device-churn", "one") != NULL) != churns[i].is_churn)
            fail_msg("%s", churns[i].name);
    }
}

static void
networks_of_homes_count(void **state)
{
    static const char *const outside[] = { SEATTLE, NEW_YORK, ASTRILL, "100.20.0.1", "98.110.3.4" };

    (void)state;
    scene_open();
    for (int n = 0; n < 5; n++) {
        assert_null(scene_find("device-churn", NULL));
        scene_login(n * DAY, "one", outside[n], LAPTOP, "s", "radius-accounting", "success");
    }
    scene_finish();
    assert_int_equal(scene_find("device-churn", "one")->count, 1);
}

static const struct {
    const char *name, *first, *second;
    bool is_shared;
} owners[] = {
    { "one computer", "LAPTOP-7H2K", "laptop-7h2k", true },
    { "a name that many have", "MacBook-Pro-2", "macbook-pro-2", false },
    { "two computers", "LAPTOP-7H2K", "LAPTOP-7H2L", false },
};

static void
another_accounts_device(void **state)
{
    for (size_t i = 0; i < sizeof owners / sizeof owners[0]; i++) {
        set_up(state);
        scene_open();
        logs_in(0, "one", SEATTLE, LAPTOP);
        logs_in(S, "two", NEW_YORK, "192.168.1.6");
        device(2 * S, LAPTOP, owners[i].first, NULL);
        device(3 * S, "192.168.1.6", owners[i].second, NULL);
        scene_finish();
        if ((scene_find("device-churn", "two") != NULL) != owners[i].is_shared)
            fail_msg("%s", owners[i].name);
        assert_null(scene_find("device-churn", "one"));
    }
}

/* ---- bulk-egress ---- */

static void
upload(int64_t at, const char *service, const char *bytes)
{
    scene_sign(at, LAPTOP, "tls", FACT_UPLOAD,
        (const struct scene_value[]){
            { KEY_SERVICE, service }, { KEY_BYTES, bytes }, { KEY_NONE, NULL } });
}

static const struct {
    const char *name;
    int days; /* with ten megabytes, or what is said */
    const char *usual, *last;
    int64_t start, end; /* of the contract, in days from the last; 0 = not said */
    bool is_bulk;
} bulks[] = {
    { "a gigabyte and a byte", 0, "", "1000000001", 0, 0, true },
    { "a gigabyte", 0, "", "1000000000", 0, 0, false },
    { "six times the usual, above the floor", 10, "20000000", "100000001", 0, 0, true },
    { "five times the usual", 10, "40000000", "200000000", 0, 0, false },
    { "much more than usual, below the floor", 10, "1000000", "100000000", 0, 0, false },
    { "no history yet", 6, "1000000", "200000000", 0, 0, false },
    { "half of it in the first days", 0, "", "500000001", -13, 0, true },
    { "when the first days are over", 0, "", "500000001", -14, 0, false },
    { "half of it in the last days", 0, "", "500000001", 0, 13, true },
    { "before the last days", 0, "", "500000001", 0, 14, false },
};

static void
bulk_egress(void **state)
{
    int64_t day_s = SCENE_START / DAY * 86400;

    for (size_t i = 0; i < sizeof bulks / sizeof bulks[0]; i++) {
        int days = bulks[i].days;

        set_up(state);
        scene_person("one", "US", 0, 0);
        if (bulks[i].start != 0)
            scene_config.contractors[0].start = day_s + bulks[i].start * 86400;
        if (bulks[i].end != 0)
            scene_config.contractors[0].end = day_s + bulks[i].end * 86400;
        scene_open();
        logs_in(0, "one", SEATTLE, LAPTOP);
        for (int n = 0; n < days; n++)
            upload(S + n * DAY, "GitHub", bulks[i].usual);
        upload(S + days * DAY, "Dropbox", bulks[i].last);
        scene_finish();
        if ((scene_find("bulk-egress", "one") != NULL) != bulks[i].is_bulk)
            fail_msg("%s", bulks[i].name);
    }
}

static void
git_over_ssh_is_known_by_the_look_up(void **state)
{
    for (unsigned i = 0; i < 2; i++) {
        set_up(state);
        scene_open();
        logs_in(0, "one", SEATTLE, LAPTOP);
        scene_sign(S, LAPTOP, "dns", FACT_NAME,
            (const struct scene_value[]){ { KEY_WHAT, "dns-answer" },
                { KEY_NAME, i == 0 ? "github.com" : "build.example.com" }, { KEY_ADDRESS, SERVER },
                { KEY_NONE, NULL } });
        for (unsigned hour = 1; hour < 3; hour++) {
            char bytes[24];

            snprintf(bytes, sizeof bytes, "%u", hour * 600000000);
            scene_app_bytes(hour * H, 9, LAPTOP, SERVER, "ssh", "SSH", bytes);
        }
        scene_finish();
        assert_int_equal(scene_find("bulk-egress", "one") != NULL, i == 0);
    }
}

/* ---- concurrent-calls ---- */

static void
call(int64_t at_minute, unsigned minutes, const char *device_at, const char *app, unsigned packets)
{
    uint64_t flow = (uint64_t)device_at[strlen(device_at) - 1] * 256 + (uint64_t)app[0];

    for (unsigned from = 0; from < minutes; from += 10) {
        struct activity a = { 0 };

        for (unsigned m = from; m < from + 10 && m < minutes; m++)
            for (unsigned way = 0; way < 2; way++)
                for (unsigned n = 0; n < packets; n++)
                    activity_add_packet(&a, way, 100, SCENE_START + (at_minute + m) * MIN);
        scene_app_activity((at_minute + from + 10) * MIN, flow, device_at, SERVER, "call", app, &a);
    }
}

static const struct {
    const char *name;
    struct {
        const char *device, *app;
        int from, minutes;
        unsigned packets;
    } calls[2];
    bool of_account, of_site;
} calls[] = {
    { "two services at once", { { LAPTOP, "Zoom", 0, 10, 60 }, { LAPTOP, "Teams", 7, 3, 60 } },
        true, false },
    { "two minutes of both", { { LAPTOP, "Zoom", 0, 9, 60 }, { LAPTOP, "Teams", 7, 3, 60 } }, false,
        false },
    { "signalling beside a call", { { LAPTOP, "Zoom", 0, 10, 60 }, { LAPTOP, "Teams", 0, 10, 59 } },
        false, false },
    { "one after the other", { { LAPTOP, "Zoom", 0, 10, 60 }, { LAPTOP, "Teams", 10, 10, 60 } },
        false, false },
    { "six hours and a minute", { { LAPTOP, "Zoom", 0, 361, 60 } }, true, false },
    { "six hours", { { LAPTOP, "Zoom", 0, 360, 60 } }, false, false },
    { "one service on two devices",
        { { LAPTOP, "Zoom", 0, 10, 60 }, { "192.168.1.6", "Zoom", 0, 10, 60 } }, false, true },
    { "two services on two devices",
        { { LAPTOP, "Zoom", 0, 10, 60 }, { "192.168.1.6", "Teams", 0, 10, 60 } }, false, false },
    { "two devices of two homes",
        { { LAPTOP, "Zoom", 0, 10, 60 }, { "192.168.9.6", "Zoom", 0, 10, 60 } }, false, false },
};

static void
concurrent_calls(void **state)
{
    for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++) {
        set_up(state);
        scene_open();
        logs_in(0, "one", SEATTLE, LAPTOP);
        logs_in(0, "two", SEATTLE, "192.168.1.6");
        logs_in(0, "three", NEW_YORK, "192.168.9.6");
        for (unsigned n = 0; n < 2 && calls[i].calls[n].device != NULL; n++)
            call(calls[i].calls[n].from, (unsigned)calls[i].calls[n].minutes,
                calls[i].calls[n].device, calls[i].calls[n].app, calls[i].calls[n].packets);
        scene_finish();
        if ((scene_find("concurrent-calls", "one") != NULL) != calls[i].of_account ||
            (scene_find("concurrent-calls", SEATTLE) != NULL) != calls[i].of_site)
            fail_msg("%s", calls[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(nat_crowd, set_up),
        cmocka_unit_test_setup(hosts_before_the_login, set_up),
        cmocka_unit_test_setup(programs_are_no_hosts, set_up),
        cmocka_unit_test_setup(device_churn, set_up),
        cmocka_unit_test_setup(networks_of_homes_count, set_up),
        cmocka_unit_test_setup(another_accounts_device, set_up),
        cmocka_unit_test_setup(bulk_egress, set_up),
        cmocka_unit_test_setup(git_over_ssh_is_known_by_the_look_up, set_up),
        cmocka_unit_test_setup(concurrent_calls, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
