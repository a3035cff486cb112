/* SPDX-License-Identifier: BSD-2-Clause
 *
 * What round trips say, at each threshold and just below it. The sensor stands in Seattle; New York
 * is 3865.5 km away by haversine (computed apart), its address is good to 20 km. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define LAPTOP "192.168.1.5"
#define MOBILE "100.20.0.1"
#define US 1
#define MS 1000

static int
set_up(void **state)
{
    (void)state;
    scene_reset();
    scene_config.sensor.has_location = true;
    scene_config.sensor.latitude = 47.6062;
    scene_config.sensor.longitude = -122.3321;
    return 0;
}

static void
logs_in(const char *outside)
{
    scene_open();
    scene_login(0, "one", outside, LAPTOP, "s1", "radius-accounting", "success");
}

static void
sessions(unsigned count, const char *client, const char *layer, int64_t us)
{
    for (unsigned i = 0; i < count; i++)
        scene_rtt((i + 1) * S, 100 + i, client, layer, us);
}

/* Farthest 3885.5 km: 2 * 3885.5 / 100 + 40 = 117.7 ms. */
static const struct {
    const char *name, *client, *layer;
    unsigned sessions;
    int64_t us;
    enum config_link link;
    bool is_long;
} longs[] = {
    { "five sessions", NEW_YORK, "tcp", 5, 118 * MS, LINK_UNSAID, true },
    { "tunnels' handshakes", NEW_YORK, "openvpn", 5, 118 * MS, LINK_WIRED, true },
    { "four sessions", NEW_YORK, "tcp", 4, 118 * MS, LINK_UNSAID, false },
    { "as far as it may be", NEW_YORK, "tcp", 5, 117 * MS, LINK_UNSAID, false },
    { "a slow line", NEW_YORK, "tcp", 5, 300 * MS, LINK_SLOW, false },
    { "a satellite", NEW_YORK, "tcp", 5, 700 * MS, LINK_SATELLITE, false },
    { "a mobile network", MOBILE, "tcp", 5, 300 * MS, LINK_UNSAID, false },
    { "an application's answer is no handshake", NEW_YORK, "tls", 5, 300 * MS, LINK_UNSAID, false },
};

static void
too_long(void **state)
{
    for (size_t i = 0; i < sizeof longs / sizeof longs[0]; i++) {
        const struct scene_alert *a;

        set_up(state);
        scene_person("one", "US", 40.7128, -74.0060);
        scene_config.contractors[0].link = longs[i].link;
        logs_in(longs[i].client);
        sessions(longs[i].sessions, longs[i].client, longs[i].layer, longs[i].us);
        scene_finish();
        a = scene_find("path-too-long", "one");
        if ((a != NULL) != longs[i].is_long)
            fail_msg("%s", longs[i].name);
        assert_true(a == NULL || a->severity == SEVERITY_MEDIUM);
    }
}

static void
one_quick_answer_of_many(void **state)
{
    (void)state;
    logs_in(NEW_YORK);
    sessions(3, NEW_YORK, "tcp", 200 * MS);
    scene_rtt(9 * S, 99, NEW_YORK, "tcp", 70 * MS);
    sessions(6, NEW_YORK, "tcp", 200 * MS);
    scene_finish();
    assert_null(scene_find("path-too-long", NULL));
}

static void
one_flow_is_one_session(void **state)
{
    (void)state;
    logs_in(NEW_YORK);
    for (unsigned i = 0; i < 9; i++)
        scene_rtt(i * S, 7, NEW_YORK, "openvpn", 200 * MS);
    scene_finish();
    assert_null(scene_find("path-too-long", NULL));
}

static void
a_sensor_that_knows_no_place_of_its_own(void **state)
{
    (void)state;
    scene_config.sensor.has_location = false;
    logs_in(NEW_YORK);
    sessions(5, NEW_YORK, "tcp", 500 * MS);
    sessions(1, NEW_YORK, "tcp", 1 * MS);
    scene_finish();
    assert_null(scene_find("path-too-long", NULL));
    assert_null(scene_find("path-too-short", NULL));
}

/* Nearest 3845.5 km: 2 * 3845.5 / 200 = 38.46 ms. The roster's home has no radius: 38.66 ms. */
static const struct {
    const char *name, *client, *layer;
    int64_t us;
    bool at_home; /* the roster says New York */
    const char *who;
} shorts[] = {
    { "sooner than light", NEW_YORK, "tcp", 38 * MS, true, "the database" },
    { "as soon as light", NEW_YORK, "tcp", 39 * MS, true, NULL },
    { "where the roster says", SEATTLE, "tcp", 38 * MS, true, "the roster" },
    { "where nobody says anything else", SEATTLE, "tcp", 5 * MS, false, NULL },
    { "an answer of a program", NEW_YORK, "tls", 20 * MS, true, NULL },
};

static void
too_short(void **state)
{
    for (size_t i = 0; i < sizeof shorts / sizeof shorts[0]; i++) {
        const struct scene_alert *a;

        set_up(state);
        if (shorts[i].at_home)
            scene_person("one", "US", 40.7128, -74.0060);
        logs_in(shorts[i].client);
        sessions(1, shorts[i].client, shorts[i].layer, shorts[i].us);
        scene_finish();
        a = scene_find("path-too-short", "one");
        if ((a != NULL) != (shorts[i].who != NULL) ||
            (a != NULL && strstr(a->summary, shorts[i].who) == NULL))
            fail_msg("%s: %s", shorts[i].name, a == NULL ? "nothing" : a->summary);
    }
}

static void
nobodys_login_is_no_claim(void **state)
{
    (void)state;
    scene_open();
    sessions(1, NEW_YORK, "tcp", 1 * MS); /* anycast answers from around the corner */
    scene_finish();
    assert_null(scene_find("path-too-short", NULL));
}

static const struct {
    const char *name;
    int64_t tcp_us, answer_us;
    unsigned answers;
    bool is_layered;
} layers[] = {
    { "fifty milliseconds later", 20 * MS, 70 * MS, 5, true },
    { "a little sooner", 20 * MS, 70 * MS - US, 5, false },
    { "four answers", 20 * MS, 200 * MS, 4, false },
    { "half of a long way", 200 * MS, 300 * MS, 5, false },
    { "more than half of it", 200 * MS, 300 * MS + US, 5, true },
    { "an ordinary client", 20 * MS, 21 * MS, 20, false },
};

static void
layered(void **state)
{
    for (size_t i = 0; i < sizeof layers / sizeof layers[0]; i++) {
        const struct scene_alert *a;

        set_up(state);
        logs_in(SEATTLE);
        sessions(1, SEATTLE, "tcp", layers[i].tcp_us);
        sessions(layers[i].answers, SEATTLE, "tls", layers[i].answer_us);
        scene_finish();
        a = scene_find("layered-rtt", "one");
        if ((a != NULL) != layers[i].is_layered)
            fail_msg("%s", layers[i].name);
        assert_true(a == NULL || a->severity == SEVERITY_HIGH);
    }
}

static const struct {
    const char *name;
    int64_t outer_us, inner_us;
    unsigned samples;
    bool is_behind;
} tunnels[] = {
    { "sixty milliseconds behind", 20 * MS, 80 * MS, 5, true },
    { "a little less", 20 * MS, 80 * MS - US, 5, false },
    { "four samples", 20 * MS, 200 * MS, 4, false },
    { "the client itself", 20 * MS, 22 * MS, 9, false },
};

static void
inner_and_outer(void **state)
{
    for (size_t i = 0; i < sizeof tunnels / sizeof tunnels[0]; i++) {
        set_up(state);
        logs_in(SEATTLE);
        sessions(1, SEATTLE, "wireguard", tunnels[i].outer_us);
        sessions(tunnels[i].samples, LAPTOP, "inner", tunnels[i].inner_us);
        scene_finish();
        if ((scene_find("inner-outer-rtt", "one") != NULL) != tunnels[i].is_behind)
            fail_msg("%s", tunnels[i].name);
    }
}

/* A tunnel's handshake is seen before the login that it carries. */
static void
a_round_trip_waits_for_its_login(void **state)
{
    (void)state;
    scene_open();
    sessions(1, NEW_YORK, "openvpn", 1 * MS);
    scene_login(30 * S, "one", NEW_YORK, LAPTOP, "s1", "radius-accounting", "success");
    scene_finish();
    assert_non_null(scene_find("path-too-short", "one"));
}

static const struct {
    const char *name, *signature, *sender;
    bool is_tunnel;
} syns[] = {
    { "WireGuard's 1420", "4:64+0:0:1380:mss*20,7:mss,sok,ts,nop,ws:df,id+:0", SEATTLE, true },
    { "Astrill's 1293", "4:128+0:0:1253:64240,8:mss,nop,ws,nop,nop,sok:df,id+:0", SEATTLE, true },
    { "1420 over IPv6", "6:64+0:0:1360:mss*20,7:mss,sok,ts,nop,ws::0", SEATTLE, true },
    { "Ethernet", "4:64+0:0:1460:mss*20,7:mss,sok,ts,nop,ws:df,id+:0", SEATTLE, false },
    { "PPPoE", "4:64+0:0:1452:mss*20,7:mss,sok,ts,nop,ws:df,id+:0", SEATTLE, false },
    { "inside of the company's tunnel", "4:64+0:0:1380:mss*20,7:mss,sok,ts,nop,ws:df,id+:0", LAPTOP,
        false },
    { "no MSS", "4:64+0:0:*:8192,0:::0", SEATTLE, false },
    { "no signature", "4:64", SEATTLE, false },
};

static void
narrow_links(void **state)
{
    for (size_t i = 0; i < sizeof syns / sizeof syns[0]; i++) {
        const struct scene_value values[] = {
            { KEY_ADDRESS, syns[i].sender },
            { KEY_FINGERPRINT_TCP, syns[i].signature },
            { KEY_NONE, NULL },
        };
        const struct scene_alert *a;

        set_up(state);
        logs_in(SEATTLE);
        scene_sign(S, syns[i].sender, "tcp", FACT_DEVICE, values);
        scene_finish();
        a = scene_find("tunnel-mtu", NULL);
        if ((a != NULL) != syns[i].is_tunnel)
            fail_msg("%s", syns[i].name);
        assert_true(a == NULL || a->severity == SEVERITY_INFO);
    }
}

static const struct {
    const char *name;
    int64_t inputs, lag_us, peer_us;
    bool is_late;
} screens[] = {
    { "later than a quarter of a second", 100, 260 * MS, 140 * MS, true },
    { "a quarter of a second", 100, 250 * MS, 140 * MS, false },
    { "a home on a slow line", 100, 260 * MS, 150 * MS, false },
    { "few inputs", 99, 260 * MS, 140 * MS, false },
};

static void
screens_answered_late(void **state)
{
    for (size_t i = 0; i < sizeof screens / sizeof screens[0]; i++) {
        set_up(state);
        logs_in(SEATTLE);
        scene_login(S, "two", SEATTLE, "192.168.1.6", "s2", "radius-accounting", "success");
        scene_lag(MIN, 50, "192.168.1.6", "10.0.0.9", 100, screens[i].peer_us);
        scene_lag(2 * MIN, 51, LAPTOP, "10.0.0.9", screens[i].inputs, screens[i].lag_us);
        scene_finish();
        if ((scene_find("input-lag", "one") != NULL) != screens[i].is_late)
            fail_msg("%s", screens[i].name);
        assert_null(scene_find("input-lag", "two"));
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(too_long, set_up),
        cmocka_unit_test_setup(one_quick_answer_of_many, set_up),
        cmocka_unit_test_setup(one_flow_is_one_session, set_up),
        cmocka_unit_test_setup(a_sensor_that_knows_no_place_of_its_own, set_up),
        cmocka_unit_test_setup(too_short, set_up),
        cmocka_unit_test_setup(nobodys_login_is_no_claim, set_up),
        cmocka_unit_test_setup(layered, set_up),
        cmocka_unit_test_setup(inner_and_outer, set_up),
        cmocka_unit_test_setup(a_round_trip_waits_for_its_login, set_up),
        cmocka_unit_test_setup(narrow_links, set_up),
        cmocka_unit_test_setup(screens_answered_late, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
