/* SPDX-License-Identifier: BSD-2-Clause
 * links: conf/cidr.c conf/list_[dnst]*.c conf/embedded.c */
/* The shipped lists: every line reads, the tools that the detectors name are there, a vendor's web
 * pages and look-alikes are told from its machinery. Host names as the vendors publish them. */
#include "../../conf/embedded.h"
#include "../../conf/list.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h> /* needs those above */

struct seen {
    unsigned asns, prefixes, dprk, transtelecom, exits, astrill, stale, lines[3];
};

static void
see(void *context, const struct list_network *n)
{
    struct seen *s = context;
    struct cidr stale;

    assert_non_null(n->kind);
    assert_true(n->source[0] != '\0');
    assert_true(n->date[0] == '2');
    s->dprk += strcmp(n->kind, "dprk") == 0;
    s->transtelecom += strcmp(n->kind, "dprk-transtelecom") == 0;
    s->exits += strcmp(n->kind, "dprk-exit") == 0;
    s->astrill += n->provider != NULL && strcmp(n->provider, "Astrill") == 0;
    assert_true(strlen(n->source) < 64); /* as a place names it */
    if (n->is_asn) {
        s->asns++;
        s->lines[0] += strcmp(n->kind, "satellite") == 0;
        s->lines[1] += strcmp(n->kind, "mobile") == 0;
        s->lines[2] += strcmp(n->kind, "relay") == 0;
        return;
    }
    s->prefixes++;
    assert_true(n->prefix.bits <= 128);
    assert_true(cidr_parse("77.94.35.0/24", &stale, NULL));
    s->stale += strncmp(n->kind, "dprk", 4) == 0 && cidr_holds(&n->prefix, &stale.address);
}

static void
every_line_of_every_list_reads(void **state)
{
    struct seen s = { 0 };
    int count = list_each_network(see, &s);

    (void)state;
    assert_int_equal(count, s.asns + s.prefixes);
    assert_true(s.prefixes > 60000);
    assert_true(s.asns > 2000);
    assert_true(s.lines[0] >= 20 && s.lines[1] >= 8 && s.lines[2] >= 25);
    assert_int_equal(s.dprk, 3);
    assert_int_equal(s.transtelecom, 9); /* four /24s and 188.43.33.249-253 */
    assert_true(s.exits >= 19);
    assert_int_equal(s.astrill, 11);
    assert_int_equal(s.stale, 0);
}

static void
ignore(void *context, const struct list_network *n)
{
    (void)context;
    (void)n;
}

static void
a_damaged_line_is_an_error_with_its_number(void **state)
{
    static const struct {
        const char *text;
        int count;
        unsigned line;
    } cases[] = {
        { "", 0, 0 },
        { "# only\n\n", 0, 0 },
        { "@kind vpn\n@source s\n192.0.2.0/24\n2001:db8::/32\nAS64496\n", 3, 0 },
        { "@kind vpn\n@source s\n192.0.2.1", 1, 0 },
        { "192.0.2.0/24\n", -1, 1 }, /* no kind */
        { "@kind vpn\n192.0.2.0/24\n", -1, 2 },
        { "@kind vpn\n@source s\n192.0.2.1/24\n", -1, 3 }, /* host bits */
        { "@kind vpn\n@source s\n192.0.2/24\n", -1, 3 },
        { "@kind vpn\n@source s\n192.0.2.0/33\n", -1, 3 },
        { "@kind vpn\n@source s\n192.0.2.256\n", -1, 3 },
        { "@kind vpn\n@source s\n192.0.2.0/24 x\n", -1, 3 },
        { "@kind vpn\n@source s\n2001:db8::1/32\n", -1, 3 },
        { "@kind vpn\n@source s\nAS0\n", -1, 3 },
        { "@kind vpn\n@source s\nAS4294967296\n", -1, 3 },
        { "@kind vpn\n@source s\nAS12x\n", -1, 3 },
        { "@kind vpn\n@colour red\n", -1, 2 },
        { "@kind a-kind-of-a-name-that-is-too-long\n", -1, 1 },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        unsigned line;

        print_message("  case %zu\n", i);
        assert_int_equal(list_parse_networks(cases[i].text, ignore, NULL, &line), cases[i].count);
        if (cases[i].count < 0)
            assert_int_equal(line, cases[i].line);
    }
}

static void
every_tool_that_the_detectors_name_is_there(void **state)
{
    static const char *const names[] = { "AnyDesk", "TeamViewer", "RustDesk",
        "Chrome-Remote-Desktop", "Splashtop", "ScreenConnect", "LogMeIn", "GoToMyPC", "GoToAssist",
        "AnyViewer", "ToDesk", "SunLogin", "AweSun", "Parsec", "Jump Desktop", "JumpConnect",
        "DWService", "Getscreen", "HopToDesk", "UltraViewer", "Supremo", "Zoho-Assist", "NoMachine",
        "MeshCentral", "RemotePC", "Quick Assist", "RDP", "VNC", "SSH", "PiKVM", "TinyPilot",
        "JetKVM", "NanoKVM", "GLKVM", "BliKVM", "Raritan", "Tailscale", "ZeroTier", "NetBird",
        "Twingate", "ngrok", "cloudflared", "SoftEther", "WireGuard", "OpenVPN", "IPsec",
        "AnyConnect", "GlobalProtect", "FortiClient", "Astrill", "NordVPN", "ProtonVPN", "Mullvad",
        "ExpressVPN", "Surfshark", "Tor", "Zoom", "Teams" };

    (void)state;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        print_message("  %s\n", names[i]);
        assert_non_null(list_tool_by_name(names[i]));
    }
    assert_null(list_tool_by_name(""));
    assert_null(list_tool_by_name("AnyDes"));
}

static void
every_row_has_a_known_class_and_a_name_of_its_own(void **state)
{
    static const char *const classes[] = { "vpn", "remote-desktop", "remote-tool", "ip-kvm", "ssh",
        "mesh", "proxy", "call" };
    unsigned count;
    const struct list_tool *list = list_tools(&count);

    (void)state;
    assert_true(count > 150);
    for (unsigned i = 0; i < count; i++) {
        bool is_known = false;

        for (size_t j = 0; j < sizeof classes / sizeof *classes; j++)
            is_known = is_known || strcmp(list[i].class_name, classes[j]) == 0;
        if (!is_known || list_tool_by_name(list[i].name) != &list[i])
            fail_msg("%s: class %s", list[i].name, list[i].class_name);
        assert_true(list[i].source[0] != '\0');
    }
}

static void
host_names_are_told_apart(void **state)
{
    static const struct {
        const char *host, *tool;
        bool is_web;
    } cases[] = {
        { "relay-0a1b2c3d.net.anydesk.com", "AnyDesk", false },
        { "boot.net.anydesk.com", "AnyDesk", false },
        { "BOOT.NET.AnyDesk.COM.", "AnyDesk", false },
        { "anydesk.com", "AnyDesk", true },
        { "www.anydesk.com", "AnyDesk", true },
        { "download.anydesk.com", "AnyDesk", true },
        { "notanydesk.com", NULL, false },
        { "anydesk.com.evil.example", NULL, false },
        { "net.anydesk.com.evil.example", NULL, false },
        { "xnet.anydesk.com", "AnyDesk", true },
        { "router15.teamviewer.com", "TeamViewer", false },
        { "www.teamviewer.com", "TeamViewer", true },
        { "rs-ny.rustdesk.com", "RustDesk", false },
        { "rustdesk.com", "RustDesk", true },
        { "remotedesktop-pa.googleapis.com", "Chrome Remote Desktop", false },
        { "chromoting-host.talkgadget.google.com", "Chrome Remote Desktop", false },
        { "remotedesktop.google.com", "Chrome Remote Desktop", true },
        { "google.com", NULL, false },
        { "www.google.com", NULL, false },
        { "st-v3-univ-srs-win.api.splashtop.com", "Splashtop", false },
        { "www.splashtop.com", "Splashtop", true },
        { "instance-a1b2c3-relay.screenconnect.com", "ScreenConnect", false },
        { "www.screenconnect.com", "ScreenConnect", true },
        { "controlplane.tailscale.com", "Tailscale", false },
        { "derp12.tailscale.com", "Tailscale", false },
        { "derp12d.tailscale.com", "Tailscale", false },
        { "login.tailscale.com", "Tailscale", true },
        { "connect.us.ngrok-agent.com", "ngrok", false },
        { "region1.v2.argotunnel.com", "cloudflared", false },
        { "h2.cftunnel.com", "cloudflared", false }, /* what it asks those for, by SNI */
        { "api.jetkvm.com", "JetKVM", false },
        { "app.jetkvm.com", "JetKVM", false }, /* its cloud */
        { "jetkvm.com", "JetKVM", true },
        { "client.oray.net", "SunLogin", false },
        { "sunlogin.oray.com", "SunLogin", true }, /* the product's page */
        { "auth11.aeroadmin.com", "AeroAdmin", false },
        { "aeroadmin.com", "AeroAdmin", true },
        { "basecamp.com", NULL, false },
        { "wangwang.taobao.com", NULL, false },
        { "a1-backend-packages.s3.amazonaws.com", NULL, false },
        { "atera.pubnubapi.com", NULL, false },
        { "x.servicebus.windows.net", NULL, false },
        { "github.com", NULL, false },
        { "com", NULL, false },
        { ".", NULL, false },
        { "", NULL, false },
        { "..net.anydesk.com", "AnyDesk", false }, /* malformed, still the vendor's */
        { "relay-\xff\x01.net.anydesk.com", "AnyDesk", false },
    };
    char longest[600];

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool is_web = true;
        const struct list_tool *t = list_tool_by_domain(cases[i].host, &is_web);

        print_message("  %s\n", cases[i].host);
        if (cases[i].tool == NULL) {
            assert_null(t);
            continue;
        }
        assert_non_null(t);
        assert_string_equal(t->name, cases[i].tool);
        assert_int_equal(is_web, cases[i].is_web);
    }
    memset(longest, 'a', sizeof longest);
    memcpy(longest + sizeof longest - 17, ".net.anydesk.com", 17);
    assert_null(list_tool_by_domain(longest, &(bool){ false }));
}

static const struct {
    const char *host, *service; /* NULL: none */
} service_hosts[] = {
    { "github.com", "GitHub" },
    { "codeload.GitHub.com.", "GitHub" },
    { "notgithub.com", NULL },
    { "github.com.example.com", NULL },
    { "bucket.s3.eu-west-1.amazonaws.com", "Amazon S3" },
    { "s3.eu-west-1.amazonaws.com", "Amazon S3" },
    { "bucket.s3.amazonaws.com", "Amazon S3" },
    { "s3.a.b.amazonaws.com", NULL },
    { "ec2.eu-west-1.amazonaws.com", NULL },
    { "s3..amazonaws.com", NULL },
    { "amazonaws.com", NULL },
    { "", NULL },
    { ".", NULL },
};

static void
services_are_known_by_their_names(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof service_hosts / sizeof service_hosts[0]; i++) {
        const struct list_service *s = list_service_by_domain(service_hosts[i].host);

        if ((s == NULL) != (service_hosts[i].service == NULL) ||
            (s != NULL && strcmp(s->name, service_hosts[i].service) != 0))
            fail_msg("%s", service_hosts[i].host);
    }
}

static void
a_vendors_web_page_is_never_its_machinery(void **state)
{
    unsigned count;
    const struct list_tool *list = list_tools(&count);

    (void)state;
    for (unsigned i = 0; i < count; i++) {
        char host[300];
        bool is_web;

        size_t length = strcspn(list[i].web, ",");
        const char *page = list[i].web[0] == '=' ? list[i].web + 1 : list[i].web;

        length -= (size_t)(page - list[i].web);
        if (list[i].web[0] == '\0')
            continue;
        snprintf(host, sizeof host, "%.*s", (int)length, page);
        assert_non_null(list_tool_by_domain(host, &is_web));
        if (!is_web)
            fail_msg("%s: %s", list[i].name, host);
    }
}

static void
other_signs_find_their_tool(void **state)
{
    (void)state;
    assert_string_equal(list_tool_by_ndpi("AnyDesk")->name, "AnyDesk");
    assert_string_equal(list_tool_by_ndpi("CiscoVPN")->name, "AnyConnect");
    assert_string_equal(list_tool_by_ndpi("WireGuard")->class_name, "vpn");
    assert_null(list_tool_by_ndpi("TLS"));
    assert_null(list_tool_by_ndpi(""));
    assert_string_equal(list_tool_by_certificate("CN=AnyNet Relay, O=philandro")->name, "AnyDesk");
    assert_string_equal(list_tool_by_certificate("CN=localhost,O=PiKVM")->name, "PiKVM");
    assert_string_equal(
        list_tool_by_certificate("CN=FGT60E0000000000, O=Fortinet")->name, "FortiClient");
    assert_null(list_tool_by_certificate("CN=*.fortinet.com, O=Fortinet, Inc., C=US"));
    assert_null(list_tool_by_certificate("CN=www.example.org"));
    assert_null(list_tool_by_certificate(""));
    assert_string_equal(list_tool_by_port(true, 5938)->name, "TeamViewer");
    assert_string_equal(list_tool_by_port(false, 9993)->name, "ZeroTier");
    assert_null(list_tool_by_port(true, 443));
}

static void
tool_names_compare_as_operators_write_them(void **state)
{
    (void)state;
    assert_true(list_same_tool("Chrome Remote Desktop", "chrome-remote-desktop"));
    assert_true(list_same_tool("chromeremotedesktop ", "Chrome Remote-Desktop"));
    assert_false(list_same_tool("Chrome", "Chrome Remote Desktop"));
    assert_false(list_same_tool("", "x"));
}

static void
the_indicators_are_embedded(void **state)
{
    (void)state;
    assert_true(conf_dprk_yaml_size > 0);
    assert_int_equal(strlen(conf_dprk_yaml), conf_dprk_yaml_size);
    assert_int_equal(strlen(conf_tools_tsv), conf_tools_tsv_size);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_of_every_list_reads),
        cmocka_unit_test(a_damaged_line_is_an_error_with_its_number),
        cmocka_unit_test(every_tool_that_the_detectors_name_is_there),
        cmocka_unit_test(every_row_has_a_known_class_and_a_name_of_its_own),
        cmocka_unit_test(host_names_are_told_apart),
        cmocka_unit_test(a_vendors_web_page_is_never_its_machinery),
        cmocka_unit_test(services_are_known_by_their_names),
        cmocka_unit_test(other_signs_find_their_tool),
        cmocka_unit_test(tool_names_compare_as_operators_write_them),
        cmocka_unit_test(the_indicators_are_embedded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
