/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Ways into a watched device and around the company's VPN, and the far ends that relays hide. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define LAPTOP "192.168.1.5"
#define OUTSIDER "91.10.1.2"
#define MESH "198.51.100.80"

static struct cidr gateway;

static int
set_up(void **state)
{
    (void)state;
    scene_reset();
    assert_true(cidr_parse("198.51.100.1", &gateway, NULL));
    scene_config.networks.vpn_gateways.list = &gateway;
    scene_config.networks.vpn_gateways.count = 1;
    return 0;
}

static const struct {
    const char *name, *client, *server, *class_name, *app, *says;
    bool is_exposed;
    enum config_severity severity;
} doors[] = {
    { "RDP from outside", OUTSIDER, LAPTOP, "remote-desktop", "RDP", "connected", true,
        SEVERITY_HIGH },
    { "SSH from outside to nobody knows what", OUTSIDER, LAPTOP, "ssh", "SSH", "connected", true,
        SEVERITY_LOW },
    { "a scan", OUTSIDER, LAPTOP, "remote-desktop", "RDP", "named", false, 0 },
    { "from the same home", "192.168.1.9", LAPTOP, "ssh", "SSH", "connected", false, 0 },
    { "out of the home", LAPTOP, OUTSIDER, "ssh", "SSH", "connected", false, 0 },
    { "at the company's gateway", OUTSIDER, "198.51.100.1", "ssh", "SSH", "connected", false, 0 },
    { "a relayed tool", OUTSIDER, LAPTOP, "remote-tool", "AnyDesk", "connected", false, 0 },
};

static void
doors_to_the_internet(void **state)
{
    for (size_t i = 0; i < sizeof doors / sizeof doors[0]; i++) {
        set_up(state);
        scene_open();
        scene_session(0, FACT_SESSION_OPEN, 5, doors[i].client, doors[i].server,
            doors[i].class_name, doors[i].app, doors[i].says, NULL);
        scene_session(MIN, FACT_SESSION_UPDATE, 5, doors[i].client, doors[i].server,
            doors[i].class_name, doors[i].app, doors[i].says, NULL);
        scene_finish();
        if ((scene_find("direct-exposure", "192.168.1.0/24") != NULL) != doors[i].is_exposed)
            fail_msg("%s", doors[i].name);
        if (doors[i].is_exposed) {
            assert_int_equal(scene_find("direct-exposure", NULL)->count, 1);
            assert_int_equal(scene_find("direct-exposure", NULL)->severity, doors[i].severity);
        }
    }
}

static void
ssh_into_a_contractors_laptop(void **state)
{
    (void)state;
    scene_open();
    scene_login(0, "one", SEATTLE, LAPTOP, "s1", "radius-accounting", "success");
    scene_session(MIN, FACT_SESSION_OPEN, 5, OUTSIDER, LAPTOP, "ssh", "SSH", "connected", NULL);
    scene_finish();
    assert_int_equal(scene_find("direct-exposure", "one")->severity, SEVERITY_HIGH);
}

static const struct {
    const char *name, *client, *server, *class_name, *app, *says, *controller;
    bool is_around;
} tunnels[] = {
    { "a mesh", LAPTOP, MESH, "mesh", "Tailscale", "connected", NULL, true },
    { "another VPN", LAPTOP, MESH, "vpn", "WireGuard", "connected", NULL, true },
    { "a name alone", LAPTOP, MESH, "mesh", "Tailscale", "named", NULL, false },
    { "the company's own VPN", LAPTOP, "198.51.100.1", "vpn", "OpenVPN", "connected", NULL, false },
    { "SSH that is driven from its server", LAPTOP, MESH, "ssh", "SSH", "controlled", MESH, true },
    { "SSH to somewhere", LAPTOP, MESH, "ssh", "SSH", "controlled", LAPTOP, false },
    { "of another device", "192.168.1.9", MESH, "mesh", "Tailscale", "connected", NULL, false },
    { "to the printer", LAPTOP, "192.168.1.1", "vpn", "WireGuard", "connected", NULL, false },
};

static void
run_tunnel(size_t i)
{
    scene_session(2 * MIN, FACT_SESSION_OPEN, 6, tunnels[i].client, tunnels[i].server,
        tunnels[i].class_name, tunnels[i].app, tunnels[i].says, tunnels[i].controller);
    scene_finish();
}

static void
ways_around_the_vpn(void **state)
{
    for (size_t i = 0; i < sizeof tunnels / sizeof tunnels[0]; i++) {
        set_up(state);
        scene_open();
        scene_login(0, "one", SEATTLE, LAPTOP, "s1", "radius-accounting", "success");
        run_tunnel(i);
        if ((scene_find("mesh-tunnel", "one") != NULL) != tunnels[i].is_around)
            fail_msg("inside: %s", tunnels[i].name);

        set_up(state); /* in a home: the device's own tunnel tells */
        scene_open();
        scene_session(
            0, FACT_SESSION_OPEN, 5, LAPTOP, "198.51.100.1", "vpn", "OpenVPN", "connected", NULL);
        run_tunnel(i);
        if ((scene_find("mesh-tunnel", NULL) != NULL) != tunnels[i].is_around)
            fail_msg("at home: %s", tunnels[i].name);
    }
}

static void
a_device_that_is_on_no_vpn(void **state)
{
    (void)state;
    scene_open();
    run_tunnel(0);
    assert_null(scene_find("mesh-tunnel", NULL));
}

static void
a_vpn_that_is_approved(void **state)
{
    static const char *approved[] = { "tail scale" };

    (void)state;
    scene_config.policy.approved_vpns.list = approved;
    scene_config.policy.approved_vpns.count = 1;
    scene_open();
    scene_login(0, "one", SEATTLE, LAPTOP, "s1", "radius-accounting", "success");
    run_tunnel(0);
    assert_null(scene_find("mesh-tunnel", NULL));
}

static const struct {
    const char *name, *how, *peer;
    bool is_revealed, is_egress;
} peers[] = {
    { "TURN names the far end", "turn-peer", CHINA, true, true },
    { "ICE checks reach for it", "ice", NEW_YORK, true, false },
    { "the device's own address", "stun-mapped", CHINA, false, false },
    { "the relay's", "turn-relayed", CHINA, false, false },
    { "an address of the home", "ice", "192.168.1.77", false, false },
};

static void
hidden_far_ends(void **state)
{
    for (size_t i = 0; i < sizeof peers / sizeof peers[0]; i++) {
        const struct scene_alert *a;

        set_up(state);
        scene_open();
        scene_session(
            0, FACT_SESSION_OPEN, 5, LAPTOP, MESH, "remote-tool", "RustDesk", "connected", NULL);
        scene_peer(MIN, LAPTOP, MESH, peers[i].how, peers[i].peer);
        scene_finish();
        a = scene_find("revealed-peer", "192.168.1.0/24");
        if ((a != NULL) != peers[i].is_revealed ||
            (scene_find("egress-country", NULL) != NULL) != peers[i].is_egress)
            fail_msg("%s", peers[i].name);
        assert_true(a == NULL || a->severity == SEVERITY_INFO);
    }
}

static void
who_drives_a_kvm(void **state)
{
    for (int late = 0; late < 2; late++) {
        set_up(state);
        scene_open();
        scene_session(0, FACT_SESSION_OPEN, 5, LAPTOP, MESH, "ip-kvm", "JetKVM", "connected", NULL);
        scene_peer((late ? 12 : 9) * MIN, LAPTOP, MESH, "turn-peer", CHINA);
        scene_finish();
        assert_int_equal(scene_find("revealed-peer", NULL) == NULL, late);
        assert_int_equal(scene_find("egress-country", NULL) == NULL, late);
        assert_null(scene_find("remote-control", NULL));
    }
}

static const struct {
    const char *name, *how;
    int64_t before;
    bool is_revealed;
} early[] = {
    { "a caller a moment before", "hole-punch", 20 * S, true },
    { "a caller of a minute ago and more", "hole-punch", 61 * S, false },
    { "somebody's call before it", "ice", 20 * S, false },
};

static void
callers_before_their_session(void **state)
{
    for (size_t i = 0; i < sizeof early / sizeof early[0]; i++) {
        set_up(state);
        scene_open();
        scene_peer(MIN * 2 - early[i].before, LAPTOP, MESH, early[i].how, CHINA);
        scene_session(MIN * 2, FACT_SESSION_OPEN, 5, LAPTOP, MESH, "remote-tool", "RustDesk",
            "connected", NULL);
        scene_finish();
        if ((scene_find("revealed-peer", "192.168.1.0/24") != NULL) != early[i].is_revealed)
            fail_msg("%s", early[i].name);
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(doors_to_the_internet, set_up),
        cmocka_unit_test_setup(ssh_into_a_contractors_laptop, set_up),
        cmocka_unit_test_setup(ways_around_the_vpn, set_up),
        cmocka_unit_test_setup(a_device_that_is_on_no_vpn, set_up),
        cmocka_unit_test_setup(a_vpn_that_is_approved, set_up),
        cmocka_unit_test_setup(hidden_far_ends, set_up),
        cmocka_unit_test_setup(who_drives_a_kvm, set_up),
        cmocka_unit_test_setup(callers_before_their_session, set_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
