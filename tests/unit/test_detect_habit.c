/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Hours of work: a row without a pause, a clock of another zone, a hand that never rests. Each at
 * its threshold and just below it. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define LAPTOP "192.168.1.5"
#define SERVER "192.168.7.7"
#define WINDOW (10 * MIN)

static int
set_up(void **state)
{
    (void)state;
    scene_reset();
    scene_config.limits.lease_us = 30 * DAY; /* nobody renews it here */
    return 0;
}

static void
logs_in(void)
{
    scene_open();
    scene_login(0, "one", SEATTLE, LAPTOP, "s1", "radius-accounting", "success");
}

/* One interactive minute by `packets` web packets of the laptop. */
static void
works(int64_t minute, unsigned packets)
{
    struct activity a = { 0 };

    for (unsigned i = 0; i < packets; i++)
        activity_add_packet(&a, 0, 100, SCENE_START + minute * MIN);
    scene_activity(minute * MIN + WINDOW, LAPTOP, &a);
}

static const struct {
    const char *name;
    unsigned step, last, packets; /* a minute of so many packets each `step` minutes */
    int severity;                 /* -1: none */
} rows[] = {
    { "a day and a night", 1, 1439, 6, SEVERITY_MEDIUM },
    { "a minute less", 1, 1438, 6, SEVERITY_INFO },
    { "pauses of fifteen minutes", 16, 1440, 6, SEVERITY_MEDIUM },
    { "pauses of sixteen", 17, 2900, 6, -1 },
    { "sixteen hours", 1, 959, 6, SEVERITY_INFO },
    { "a minute less than sixteen hours", 1, 958, 6, -1 },
    { "keep-alives", 1, 2000, 5, -1 },
};

static void
marathon(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct scene_alert *a;

        set_up(state);
        logs_in();
        for (unsigned minute = 0; minute <= rows[i].last; minute += rows[i].step)
            works(minute, rows[i].packets);
        scene_finish();
        a = scene_find("marathon", "one");
        if ((a == NULL ? -1 : (int)a->severity) != rows[i].severity)
            fail_msg("%s: severity %d", rows[i].name, a == NULL ? -1 : (int)a->severity);
        assert_true(a == NULL || a->count == 1);
    }
}

static void
a_devices_web_packets_add_up(void **state)
{
    (void)state;
    logs_in();
    for (unsigned minute = 0; minute < 1440; minute++) {
        works(minute, 3);
        works(minute, 3);
    }
    scene_finish();
    assert_int_equal(scene_find("marathon", "one")->severity, SEVERITY_MEDIUM);
}

static const struct {
    const char *name;
    unsigned out, in, bytes; /* packets, and bytes of each */
    bool is_work;
} tunnels[] = {
    { "thirty packets and 20 kB", 10, 20, 667, true },
    { "29 packets", 10, 19, 2000, false },
    { "less than 20 kB", 10, 20, 650, false },
};

static void
a_tunnel_counts_by_packets_and_bytes(void **state)
{
    for (size_t i = 0; i < sizeof tunnels / sizeof tunnels[0]; i++) {
        set_up(state);
        logs_in();
        scene_session(MIN / 2, FACT_SESSION_OPEN, 7, SEATTLE, "10.0.0.1", "vpn", "OpenVPN",
            "connected", NULL);
        for (unsigned minute = 0; minute < 1440; minute += 10) {
            struct activity a = { 0 };

            for (unsigned m = 0; m < ACTIVITY_MINUTES; m++) {
                int64_t at = SCENE_START + (minute + m) * MIN;

                for (unsigned n = 0; n < tunnels[i].out; n++)
                    activity_add(&a, 0, tunnels[i].bytes, at);
                for (unsigned n = 0; n < tunnels[i].in; n++)
                    activity_add(&a, 1, tunnels[i].bytes, at);
            }
            scene_session_activity(minute * MIN + WINDOW, 7, SEATTLE, "10.0.0.1", "vpn", &a);
        }
        scene_finish();
        if ((scene_find("marathon", "one") != NULL) != tunnels[i].is_work)
            fail_msg("%s", tunnels[i].name);
    }
}

/* Work from one hour to another of UTC on some days; SCENE_START is 09:00. */
static void
works_days(unsigned days, int from_hour, int to_hour)
{
    for (unsigned day = 0; day < days; day++)
        for (int minute = from_hour * 60; minute < to_hour * 60; minute++)
            works((int64_t)day * 1440 + minute - 9 * 60, 6);
}

static const struct {
    const char *name;
    unsigned days;
    int from, to; /* hours of UTC; New York is four behind, and a day from 9 to 18 there is 13-22 */
    int hours_from, hours_to;
    const char *offset; /* NULL: nothing is found */
} clocks[] = {
    { "five nights, which are days in China", 5, 25, 34, -1, -1, "UTC+8" },
    { "three nights, which touch four days there", 3, 25, 34, -1, -1, NULL },
    { "four, which touch five", 4, 25, 34, -1, -1, "UTC+8" },
    { "four days", 4, 13, 22, 1, 2, NULL },
    { "days", 5, 13, 22, -1, -1, NULL },
    { "nights, as the roster has it", 5, 25, 34, 21 * 60, 6 * 60, NULL },
    { "five hours later", 5, 18, 27, 9 * 60, 14 * 60, "UTC-9" },
    { "four hours later", 5, 17, 26, 9 * 60, 14 * 60, NULL },
    { "five hours later, a third outside of the hours", 5, 18, 27, -1, -1, NULL },
    { "a short day fits many zones: the nearest is named", 5, 26, 28, -1, -1, "UTC-10" },
};

static void
clock_shift(void **state)
{
    for (size_t i = 0; i < sizeof clocks / sizeof clocks[0]; i++) {
        const struct scene_alert *a;

        set_up(state);
        scene_person("one", "US", 40.7, -74);
        scene_config.contractors[0].timezone = "America/New_York";
        scene_config.contractors[0].hours_from = clocks[i].hours_from;
        scene_config.contractors[0].hours_to = clocks[i].hours_to;
        logs_in();
        works_days(clocks[i].days, clocks[i].from, clocks[i].to);
        scene_finish();
        a = scene_find("clock-shift", "one");
        if ((a != NULL) != (clocks[i].offset != NULL) ||
            (a != NULL && strstr(a->summary, clocks[i].offset) == NULL))
            fail_msg("%s: %s", clocks[i].name, a == NULL ? "nothing" : a->summary);
        assert_true(a == NULL || a->severity == SEVERITY_MEDIUM);
    }
}

static const struct {
    const char *name;
    unsigned windows, pause_at; /* of ten minutes; a pause before one of them, 0: none */
    int64_t even_us, odd_us;    /* gaps in turn */
    bool is_found;
} hands[] = {
    { "eight hours and ten minutes", 49, 0, 8 * S, 8 * S, true },
    { "eight hours", 48, 0, 8 * S, 8 * S, false },
    { "nearly even", 49, 0, 9 * S, 7 * S, true }, /* a variation of 1/8 */
    { "uneven", 49, 0, 10 * S, 6 * S, false },    /* of 1/4 */
    { "a pause at noon", 49, 25, 8 * S, 8 * S, false },
};

static void
steady_hand(void **state)
{
    for (size_t i = 0; i < sizeof hands / sizeof hands[0]; i++) {
        int64_t now = SCENE_START;
        struct activity a = { 0 };
        bool is_even = false;

        set_up(state);
        scene_open();
        for (unsigned window = 0; window < hands[i].windows; window++) {
            int64_t end = SCENE_START + (window + 1) * WINDOW;

            if (window > 0 && window == hands[i].pause_at)
                now += WINDOW + 2 * S;
            for (; now < end; now += is_even ? hands[i].even_us : hands[i].odd_us) {
                activity_add(&a, 0, 60, now);
                is_even = !is_even;
            }
            scene_session_activity(end - SCENE_START, 9, LAPTOP, SERVER, "remote-desktop", &a);
            activity_turn(&a);
        }
        scene_finish();
        if ((scene_find("steady-hand", NULL) != NULL) != hands[i].is_found)
            fail_msg("%s", hands[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(marathon, set_up),
        cmocka_unit_test_setup(a_devices_web_packets_add_up, set_up),
        cmocka_unit_test_setup(a_tunnel_counts_by_packets_and_bytes, set_up),
        cmocka_unit_test_setup(clock_shift, set_up),
        cmocka_unit_test_setup(steady_hand, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
