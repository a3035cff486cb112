/* SPDX-License-Identifier: BSD-2-Clause
 *
 * Single signs of what stands beside a device or how it is set: KVMs over IP, languages, IP
 * Messenger. Each with what is just not one. */
/* links: tests/unit/scene.c tests/unit/fake_*.c @analysis */
#include "scene.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h> /* needs those above */

#define LAPTOP "192.168.1.5"

struct sign {
    const char *name, *protocol;
    enum fact_kind kind;
    struct scene_value values[4];
    bool is_found;
};

static void
check(const char *detector, const struct sign *signs, size_t count, const char *claim)
{
    for (size_t i = 0; i < count; i++) {
        scene_reset();
        if (claim != NULL)
            scene_person("one", claim, 0, 0);
        scene_open();
        scene_login(0, "one", NULL, LAPTOP, NULL, "krb5-as", "success");
        scene_sign(S, LAPTOP, signs[i].protocol, signs[i].kind, signs[i].values);
        scene_finish();
        if ((scene_find(detector, NULL) != NULL) != signs[i].is_found)
            fail_msg("%s: %s, claim %s", detector, signs[i].name, claim == NULL ? "none" : claim);
    }
}
#define CHECK(detector, signs, claim) check(detector, signs, sizeof(signs) / sizeof *(signs), claim)

static void
a_kvm_names_itself(void **state)
{
    static const struct sign signs[] = {
        { "host name by DHCP", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "pikvm" } }, true },
        { "with a hyphen", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "Pi-KVM-2" } }, true },
        { "the Comet by its type", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "GL-RM1" } }, true },
        { "the Comet by its name", "http", FACT_BANNER,
            { { KEY_WHAT, "http-title" }, { KEY_TEXT, "GL.iNet Comet" } }, true },
        { "a comet", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "comet" } }, false },
        { "mDNS", "mdns", FACT_NAME, { { KEY_WHAT, "mdns" }, { KEY_NAME, "tinypilot.local" } },
            true },
        { "certificate", "tls", FACT_NAME,
            { { KEY_WHAT, "certificate" }, { KEY_NAME, "CN=localhost,O=PiKVM" } }, true },
        { "page title", "http", FACT_BANNER, { { KEY_WHAT, "http-title" }, { KEY_TEXT, "JetKVM" } },
            true },
        { "its cloud", "tls", FACT_SESSION_OPEN,
            { { KEY_APP, "JetKVM" }, { KEY_CLASS, "ip-kvm" }, { KEY_SIGN, "sni" } }, true },
        { "the vendor's web page", "dns", FACT_NAME,
            { { KEY_WHAT, "dns-question" }, { KEY_NAME, "docs.pikvm.org" } }, false },
        { "another host", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "kvm-host-1" } }, false },
        { "a maker's card and a name", "dhcp", FACT_DEVICE,
            { { KEY_HOST_NAME, "kvm-1a2b" }, { KEY_VENDOR, "Raritan Computer, Inc" } }, true },
        { "a maker's card alone", "dhcp", FACT_DEVICE,
            { { KEY_HOST_NAME, "rack-3" }, { KEY_VENDOR, "Raritan Computer, Inc" } }, false },
        { "another's card", "dhcp", FACT_DEVICE,
            { { KEY_HOST_NAME, "kvm-1a2b" }, { KEY_VENDOR, "Intel Corporate" } }, false },
        { "a browser that says so", "http", FACT_BANNER,
            { { KEY_WHAT, "http-user-agent" }, { KEY_TEXT, "PiKVM" } }, false },
    };

    (void)state;
    CHECK("ip-kvm", signs, NULL);
}

/* Told by its addresses of IPv4 and of the link, in either order. */
static void
a_kvm_of_two_addresses_is_one(void **state)
{
    static const struct {
        const char *address, *mac, *host;
    } signs[][2] = {
        { { "192.168.1.7", "02:00:00:00:00:07", "pikvm" }, { "fe80::7", NULL, "pikvm" } },
        { { "fe80::7", NULL, "pikvm" }, { "192.168.1.7", "02:00:00:00:00:07", "pikvm" } },
        { { "192.168.1.7", "02:00:00:00:00:07", "pikvm" },
            { "fe80::7", "02:00:00:00:00:07", "pikvm-2" } },
    };

    (void)state;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        scene_reset();
        scene_open();
        for (unsigned k = 0; k < 2; k++) {
            const struct scene_value values[] = { { KEY_ADDRESS, signs[i][k].address },
                { KEY_HOST_NAME, signs[i][k].host }, { KEY_MAC, signs[i][k].mac },
                { KEY_NONE, NULL } };

            scene_sign(k, signs[i][k].address, "mdns", FACT_DEVICE, values);
        }
        assert_int_equal(scene_documents("ip-kvm"), 1);
        scene_finish();
    }
}

/* Two of one name in two homes are two. */
static void
kvms_of_two_homes_are_two(void **state)
{
    static const struct scene_value name[] = { { KEY_HOST_NAME, "pikvm" }, { KEY_NONE, NULL } };

    (void)state;
    scene_reset();
    scene_open();
    scene_sign(0, "192.168.1.7", "dhcp", FACT_DEVICE, name);
    scene_sign(1, "192.168.5.7", "dhcp", FACT_DEVICE, name);
    assert_int_equal(scene_documents("ip-kvm"), 2);
    scene_finish();
}

static void
a_language_against_the_claim(void **state)
{
    static const struct sign signs[] = {
        { "Korean keyboard", "rdp", FACT_LOCALE, { { KEY_KEYBOARD_LAYOUT, "0x00000412" } }, true },
        { "Chinese keyboard", "rdp", FACT_LOCALE, { { KEY_KEYBOARD_LAYOUT, "0x0804" } }, true },
        { "Traditional Chinese, too", "rdp", FACT_LOCALE, { { KEY_KEYBOARD_LAYOUT, "0x0404" } },
            true },
        { "Russian browser", "http", FACT_LOCALE, { { KEY_LANGUAGE, "ru-RU,ru;q=0.9" } }, true },
        { "Hangul host name", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "\xea\xb9\x80-PC" } }, true },
        { "American keyboard", "rdp", FACT_LOCALE, { { KEY_KEYBOARD_LAYOUT, "0x0409" } }, false },
        { "Spanish keyboard", "rdp", FACT_LOCALE, { { KEY_KEYBOARD_LAYOUT, "0x080a" } }, false },
        { "Korean as a second language", "http", FACT_LOCALE,
            { { KEY_LANGUAGE, "en-US,ko;q=0.5" } }, false },
        { "Romansh is not Russian", "http", FACT_LOCALE, { { KEY_LANGUAGE, "rm" } }, false },
        { "accents are no script", "dhcp", FACT_DEVICE, { { KEY_HOST_NAME, "ren\xc3\xa9" } },
            false },
    };
    static const struct sign always[] = {
        { "North Korean", "http", FACT_LOCALE, { { KEY_LANGUAGE, "en-US,ko-KP;q=0.5" } }, true },
    };
    static const struct sign korean[] = {
        { "at home", "rdp", FACT_LOCALE, { { KEY_KEYBOARD_LAYOUT, "0x0412" } }, false },
    };

    (void)state;
    CHECK("locale", signs, "US");
    CHECK("locale", always, "US");
    CHECK("locale", always, NULL);
    CHECK("locale", korean, "KR");
    CHECK("locale", korean, NULL); /* nobody claims anything */
}

static void
ip_messenger(void **state)
{
    static const struct sign signs[] = {
        { "a message", "ipmsg", FACT_BANNER, { { KEY_WHAT, "ipmsg" }, { KEY_TEXT, "user1" } },
            true },
        { "another protocol", "dns", FACT_NAME,
            { { KEY_WHAT, "dns-question" }, { KEY_NAME, "ipmsg.org" } }, false },
    };

    (void)state;
    CHECK("ipmsg", signs, NULL);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kvm_names_itself),
        cmocka_unit_test(a_kvm_of_two_addresses_is_one),
        cmocka_unit_test(kvms_of_two_homes_are_two),
        cmocka_unit_test(a_language_against_the_claim),
        cmocka_unit_test(ip_messenger),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
