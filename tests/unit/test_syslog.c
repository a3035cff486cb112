/* SPDX-License-Identifier: BSD-2-Clause */
/* clang-format off */
/* links: parsers/syslog*.c parsers/login.c parsers/fact.c parsers/text.c */
/* clang-format on */
/*
 * Proves that each gateway's documented lines give the login or logout that they tell, in every
 * shape of header and framing, and that a name chosen by an attacker forges nothing.
 */
#include "syslog_check.h"

#define ASA "<166>Mar 21 2014 23:03:49 vpn1 : %ASA-6-"
#define OVPN "<29>Jun  1 12:00:00 vpn1 openvpn[12]: "
#define OCSERV "<29>Jun  1 12:00:00 vpn1 ocserv[12]: "
#define FORTI "<189>date=2022-05-21 time=14:06:38 devname=\"FG500\" logid=\"01010"
#define FORTI_VPN "\" type=\"event\" subtype=\"vpn\" level=\"information\" "
#define PAN "<14>Jun  1 12:00:00 vpn1 1,2020/06/01 12:00:00,012345678901,"

static const struct syslog_sample samples[] = {
    { "ASA: parent session",
        ASA "113039: Group <staff> User <jdoe> IP <203.0.113.9> AnyConnect parent session started.",
        "login account=jdoe result=success method=syslog-cisco-asa outside=203.0.113.9 "
        "gateway=vpn1" },
    { "ASA: address assigned",
        ASA "722051: Group <staff> User <CORP\\jdoe> IP <203.0.113.9> IPv4 Address <10.8.0.6> IPv6 "
            "address <::> assigned to session",
        "login account=jdoe realm=CORP result=success method=syslog-cisco-asa "
        "outside=203.0.113.9 inside=10.8.0.6 gateway=vpn1" },
    { "ASA: address assigned, capital Address",
        ASA "722051: Group <staff> User <CORP\\jdoe> IP <203.0.113.9> IPv4 Address <10.8.0.6> IPv6 "
            "Address <::> assigned to session",
        "login account=jdoe realm=CORP result=success method=syslog-cisco-asa "
        "outside=203.0.113.9 inside=10.8.0.6 gateway=vpn1" },
    { "ASA: TLS connection",
        ASA "722022: Group <staff> User <jdoe> IP <203.0.113.9> TCP SVC connection established "
            "without compression",
        "login account=jdoe result=success method=syslog-cisco-asa outside=203.0.113.9 "
        "gateway=vpn1" },
    { "ASA: refused, user hidden",
        ASA "113005: AAA user authentication Rejected : reason = AAA failure : server = 192.0.2.1 "
            ": user = ***** : user IP = 203.0.113.9",
        "login result=failure method=syslog-cisco-asa outside=203.0.113.9 reason=AAA failure "
        "gateway=vpn1" },
    { "ASA: accepted",
        ASA "113004: AAA user authentication Successful : server = 192.0.2.1 : user = jdoe",
        "login account=jdoe result=success method=syslog-cisco-asa gateway=vpn1" },
    { "ASA: session disconnected",
        ASA "113019: Group = staff, Username = jdoe, IP = 203.0.113.9, Session disconnected. "
            "Session Type: SSL, Duration: 0h:10m:02s, Bytes xmt: 1, Bytes rcv: 2, Reason: User "
            "Requested",
        "logout account=jdoe method=syslog-cisco-asa outside=203.0.113.9 reason=User Requested "
        "gateway=vpn1" },
    { "FTD, IKEv2",
        "<165>2018-06-27T12:17:46Z ftd1 : %FTD-5-751025: Local:192.0.2.1:4500 "
        "Remote:203.0.113.9:6107 Username:jdoe IKEv2 Group:staff IPv4 Address=10.8.0.6 IPv6 "
        "address=:: assigned to session",
        "login account=jdoe result=success method=syslog-cisco-asa outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=ftd1" },
    { "ASA: no time, no host",
        "<166>%ASA-6-113039: Group <staff> User <jdoe> IP <2001:db8::9> AnyConnect parent session "
        "started.",
        "login account=jdoe result=success method=syslog-cisco-asa outside=2001:db8::9 "
        "gateway=198.51.100.1" },
    { "ASA: EMBLEM",
        "<166>:Jun 27 12:17:46 UTC: %ASA-6-113039: Group <staff> User <jdoe> IP <203.0.113.9> "
        "AnyConnect parent session started.",
        "login account=jdoe result=success method=syslog-cisco-asa outside=203.0.113.9 "
        "gateway=198.51.100.1" },
    { "ASA: another message", ASA "302013: Built inbound TCP connection 1 for outside", "" },
    { "ASA: a user named like the rest of a line",
        ASA "113039: Group <staff> User <a> IP <6.6.6.6> AnyConnect parent session started.> IP "
            "<203.0.113.9> AnyConnect parent session started.",
        "login account=a> IP <6.6.6.6> AnyConnect parent session started. result=success "
        "method=syslog-cisco-asa outside=203.0.113.9 gateway=vpn1" },
    { "ASA: a user with an address in 113019",
        ASA "113019: Group = staff, Username = a, IP = 6.6.6.6, IP = 203.0.113.9, Session "
            "disconnected. Session Type: SSL, Duration: 0h, Bytes xmt: 1, Bytes rcv: 2, Reason: x",
        "logout account=a, IP = 6.6.6.6 method=syslog-cisco-asa outside=203.0.113.9 reason=x "
        "gateway=vpn1" },
    { "ASA: quoted by another program",
        "<38>Jun  1 12:00:00 host sshd[1]: Invalid user %ASA-6-113039: Group <g> User <jdoe> IP "
        "<6.6.6.6> AnyConnect parent session started.",
        "" },

    { "FortiGate: tunnel up",
        FORTI "39424" FORTI_VPN "action=\"tunnel-up\" tunneltype=\"ssl-tunnel\" tunnelid=462105151 "
              "remip=203.0.113.9 tunnelip=10.8.0.6 user=\"jdoe\" group=\"N/A\" reason=\"tunnel "
              "established\" msg=\"SSL tunnel established\"",
        "login account=jdoe result=success method=syslog-fortigate outside=203.0.113.9 "
        "inside=10.8.0.6 session=462105151 reason=tunnel established gateway=198.51.100.1" },
    { "FortiGate: tunnel up under another release's number",
        FORTI "39947" FORTI_VPN "action=\"tunnel-up\" tunneltype=\"ssl-tunnel\" tunnelid=8 "
              "remip=203.0.113.9 tunnelip=10.8.0.6 user=\"jdoe\"",
        "login account=jdoe result=success method=syslog-fortigate outside=203.0.113.9 "
        "inside=10.8.0.6 session=8 gateway=198.51.100.1" },
    { "FortiGate: login failed",
        FORTI "39426" FORTI_VPN "action=\"ssl-login-fail\" tunneltype=\"ssl-web\" tunnelid=0 "
              "remip=203.0.113.9 user=\"jdoe\" reason=\"sslvpn_login_unknown_user\"",
        "login account=jdoe result=failure method=syslog-fortigate outside=203.0.113.9 session=0 "
        "reason=sslvpn_login_unknown_user gateway=198.51.100.1" },
    { "FortiGate: IPsec with XAUTH",
        FORTI "37138" FORTI_VPN "action=\"tunnel-down\" remip=203.0.113.9 user=\"peer\" "
              "xauthuser=\"jdoe\" assignip=10.8.0.6 tunnelip=N/A tunnelid=7",
        "logout account=jdoe method=syslog-fortigate outside=203.0.113.9 inside=10.8.0.6 session=7 "
        "gateway=198.51.100.1" },
    { "FortiGate: site to site, nobody",
        FORTI "37138" FORTI_VPN "action=\"tunnel-up\" remip=203.0.113.9 user=\"N/A\" "
              "xauthuser=\"N/A\"",
        "" },
    { "FortiGate: a name with fields in it",
        FORTI "39424" FORTI_VPN "action=\"tunnel-up\" remip=203.0.113.9 tunnelip=10.8.0.6 "
              "user=\"a remip=6.6.6.6 user=admin\"",
        "login account=a remip=6.6.6.6 user=admin result=success method=syslog-fortigate "
        "outside=203.0.113.9 inside=10.8.0.6 gateway=198.51.100.1" },
    { "FortiGate: a name with a quote smuggled in",
        FORTI "39424" FORTI_VPN "action=\"tunnel-up\" remip=203.0.113.9 tunnelip=10.8.0.6 "
              "user=\"a\" remip=6.6.6.6 tunnelip=6.6.6.7 user=\"admin\"",
        "login account=a result=success method=syslog-fortigate outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=198.51.100.1" },
    { "FortiGate: an escaped quote",
        FORTI "39424" FORTI_VPN "action=\"tunnel-up\" remip=203.0.113.9 user=\"a\\\" b\"",
        "login account=a\\\" b result=success method=syslog-fortigate outside=203.0.113.9 "
        "gateway=198.51.100.1" },
    { "FortiGate: quoted by another program",
        "<38>Jun  1 12:00:00 host sshd[1]: Invalid user logid=\"0101039424\" type=\"event\" "
        "subtype=\"vpn\" action=\"tunnel-up\" remip=6.6.6.6 user=\"jdoe\"",
        "" },

    { "GlobalProtect: connected",
        PAN "GLOBALPROTECT,0,2305,2020/06/01 12:00:00,vsys1,gateway-connected,connected,,IPSec,"
            "corp\\jdoe,US,LAPTOP-7,203.0.113.9,0.0.0.0,10.8.0.6,0.0.0.0,hostid,serial,5.2.3,"
            "Windows,\"Microsoft Windows 10 Pro , 64-bit\",1,,,\"\",success,,0,,0,gw,6936960,0x0",
        "login account=jdoe realm=corp result=success method=syslog-globalprotect "
        "outside=203.0.113.9 inside=10.8.0.6 gateway=vpn1 software.client=5.2.3 "
        "device.host-name=LAPTOP-7" },
    { "GlobalProtect: refused",
        PAN "GLOBALPROTECT,0,2305,2020/06/01 12:00:00,vsys1,gateway-auth,login,Other,,jdoe,US,"
            "LAPTOP-7,203.0.113.9,0.0.0.0,0.0.0.0,0.0.0.0,hostid,serial,5.2.3,Windows,"
            "\"Windows\",1,bad password,,\"\",failure,,0,,0,gw,6936960,0x0",
        "login account=jdoe result=failure method=syslog-globalprotect outside=203.0.113.9 "
        "reason=bad password gateway=vpn1 software.client=5.2.3 device.host-name=LAPTOP-7" },
    { "GlobalProtect: logout",
        PAN "GLOBALPROTECT,0,2305,2020/06/01 12:00:00,vsys1,gateway-logout,logout,,,jdoe,US,"
            "LAPTOP-7,203.0.113.9,0.0.0.0,10.8.0.6,0.0.0.0,hostid,serial,5.2.3,Windows,"
            "\"Windows\",1,client logout,,\"\",success,,0,,0,gw,6936960,0x0",
        "logout account=jdoe method=syslog-globalprotect outside=203.0.113.9 inside=10.8.0.6 "
        "reason=client logout gateway=vpn1 software.client=5.2.3 device.host-name=LAPTOP-7" },
    { "GlobalProtect: a name with commas, quoted as PAN-OS does",
        PAN "GLOBALPROTECT,0,2305,2020/06/01 12:00:00,vsys1,gateway-auth,login,Other,,"
            "\"a,US,PC,6.6.6.6\",US,LAPTOP-7,203.0.113.9,0.0.0.0,0.0.0.0,0.0.0.0,hostid,serial,"
            "5.2.3,Windows,\"Windows\",1,,,\"\",failure,,0,,0,gw,6936960,0x0",
        "login account=a,US,PC,6.6.6.6 result=failure method=syslog-globalprotect "
        "outside=203.0.113.9 gateway=vpn1 software.client=5.2.3 device.host-name=LAPTOP-7" },
    { "GlobalProtect before 9.1: authentication",
        PAN "SYSTEM,globalprotect,0,2020/06/01 12:00:00,,globalprotectgateway-auth-succ,VPN-GW-N,"
            "0,0,general,informational,\"GlobalProtect gateway user authentication succeeded. "
            "Login from: 203.0.113.9, Source region: US, User name: jdoe, Auth type: profile, "
            "Client OS version: Microsoft Windows 10 Pro , 64-bit.\",1,0x0",
        "login account=jdoe result=success method=syslog-globalprotect outside=203.0.113.9 "
        "gateway=vpn1" },
    { "GlobalProtect before 9.1: address",
        PAN "SYSTEM,globalprotect,0,2020/06/01 12:00:00,,globalprotectgateway-config-succ,"
            "VPN-GW-N,0,0,general,informational,\"GlobalProtect gateway client configuration "
            "generated. User name: corp\\jdoe, Private IP: 10.8.0.6, Client version: 2.3.4-4, "
            "Device name: LAPTOP-7, Client OS version: Microsoft W\",1,0x0",
        "login account=jdoe realm=corp result=success method=syslog-globalprotect inside=10.8.0.6 "
        "gateway=vpn1" },
    { "GlobalProtect before 9.1: two private addresses are none",
        PAN "SYSTEM,globalprotect,0,2020/06/01 12:00:00,,globalprotectgateway-config-succ,"
            "VPN-GW-N,0,0,general,informational,\"GlobalProtect gateway client configuration "
            "generated. User name: a, Private IP: 6.6.6.6, Client version: 1, Private IP: "
            "10.8.0.6, Client version: 2.3.4-4, Device name: LAPTOP-7\",1,0x0",
        "" },
    { "GlobalProtect: quoted by another program",
        "<38>Jun  1 12:00:00 host sshd[1]: Invalid user 1,2,3,GLOBALPROTECT,0,2305,x,vsys1,"
        "gateway-connected,c,,IPSec,jdoe,US,PC,6.6.6.6,0.0.0.0,6.6.6.7,0.0.0.0,h,s,5,W,W,1,,,,"
        "success,,0,,0,gw,1,0x0",
        "" },

    { "OpenVPN: connected",
        OVPN "203.0.113.9:5000 [jdoe] Peer Connection Initiated with [AF_INET]203.0.113.9:5000",
        "login account=jdoe result=success method=syslog-openvpn outside=203.0.113.9 "
        "session=203.0.113.9:5000 gateway=vpn1" },
    { "OpenVPN: address",
        OVPN "jdoe/203.0.113.9:5000 MULTI_sva: pool returned IPv4=10.8.0.6, IPv6=(Not enabled)",
        "login account=jdoe result=success method=syslog-openvpn outside=203.0.113.9 "
        "inside=10.8.0.6 session=203.0.113.9:5000 status=offered gateway=vpn1" },
    { "OpenVPN: learn",
        OVPN "jdoe/203.0.113.9:5000 MULTI: Learn: 10.8.0.6 -> jdoe/203.0.113.9:5000",
        "login account=jdoe result=success method=syslog-openvpn outside=203.0.113.9 "
        "inside=10.8.0.6 session=203.0.113.9:5000 gateway=vpn1" },
    { "OpenVPN: learn, the prefix forgotten",
        OVPN "MULTI: Learn: 10.8.0.6 -> jdoe/203.0.113.9:5000",
        "login account=jdoe result=success method=syslog-openvpn outside=203.0.113.9 "
        "inside=10.8.0.6 session=203.0.113.9:5000 gateway=vpn1" },
    { "OpenVPN: earlier sessions dropped",
        OVPN "MULTI: new connection by client 'jdoe' will cause previous active sessions by this "
             "client to be dropped.  Remember to use the --duplicate-cn option",
        "logout account=jdoe method=syslog-openvpn status=earlier gateway=vpn1" },
    { "OpenVPN: a name like learning",
        OVPN "MULTI: Learn: 10.8.0.6 -> jdoe/203.0.113.9:5000/6.6.6.6:1 TLS: new session", "" },
    { "OpenVPN: user name",
        OVPN "203.0.113.9:5000 TLS: Username/Password authentication succeeded for username 'jdoe' "
             "[CN SET]",
        "login account=jdoe result=success method=syslog-openvpn outside=203.0.113.9 "
        "session=203.0.113.9:5000 gateway=vpn1" },
    { "OpenVPN: refused",
        OVPN "203.0.113.9:5000 TLS Auth Error: Auth Username/Password verification failed for peer",
        "login result=failure method=syslog-openvpn outside=203.0.113.9 session=203.0.113.9:5000 "
        "gateway=vpn1" },
    { "OpenVPN: left, RFC 5424",
        "<29>1 2020-06-01T12:00:00.1Z vpn1 ovpn-server 12 - [a b=\"]\\\"\"] jdoe/2001:db8::9 "
        "SIGTERM[soft,remote-exit] received, client-instance exiting",
        "logout account=jdoe method=syslog-openvpn outside=2001:db8::9 reason=remote-exit "
        "gateway=vpn1" },
    { "OpenVPN: a name like a line",
        OVPN "x/6.6.6.6:1 MULTI: Learn: 10.8.0.9 -> /203.0.113.9:5000 TLS: new session", "" },
    { "OpenVPN: a name like a line, with a pool",
        OVPN "x/6.6.6.6:1 MULTI_sva: pool returned IPv4=10.8.0.9, IPv6=/203.0.113.9:5000 peer info",
        "" },

    { "ocserv: logged in", OCSERV "main[jdoe]:203.0.113.9:5000 user logged in",
        "login account=jdoe result=success method=syslog-ocserv outside=203.0.113.9 "
        "gateway=vpn1" },
    { "ocserv: address", OCSERV "worker[jdoe]: 203.0.113.9 sending IPv4 10.8.0.6",
        "login account=jdoe result=success method=syslog-ocserv outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=vpn1" },
    { "ocserv: refused",
        OCSERV "worker[jdoe]: 203.0.113.9 worker-auth.c:1731: failed authentication for 'jdoe'",
        "login account=jdoe result=failure method=syslog-ocserv outside=203.0.113.9 "
        "gateway=vpn1" },
    { "ocserv: left",
        OCSERV "main[jdoe]:[2001:db8::9]:5000 user disconnected (reason: user disconnected, rx: "
               "483392, tx: 2330)",
        "logout account=jdoe method=syslog-ocserv outside=2001:db8::9 reason=user disconnected "
        "gateway=vpn1" },
    { "ocserv: a name like a line",
        OCSERV "main[a]:6.6.6.6:1 user logged in]:203.0.113.9:5000 user logged in",
        "login account=a]:6.6.6.6:1 user logged in result=success method=syslog-ocserv "
        "outside=203.0.113.9 gateway=vpn1" },
    { "ocserv: a name like a line, IPv6",
        OCSERV "main[a]:6.6.6.6:1 user logged in]:[2001:db8::9]:5000 user logged in",
        "login account=a]:6.6.6.6:1 user logged in result=success method=syslog-ocserv "
        "outside=2001:db8::9 gateway=vpn1" },
    { "ocserv: from another program",
        "<29>Jun  1 12:00:00 vpn1 logger: main[jdoe]:203.0.113.9:5000 user logged in", "" },

    { "RFC 5424 6.5, example 1",
        "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \xef\xbb\xbf'su root' "
        "failed for lonvick on /dev/pts/8",
        "" },
    { "RFC 3164 5.4, example 1",
        "<34>Oct 11 22:14:15 mymachine su: 'su root' failed for lonvick on /dev/pts/8", "" },
};

static struct syslog_samples all = { samples, COUNT(samples) };

static const struct {
    const char *name, *bytes;
    enum parse_transport transport;
    enum parse_result result;
} others[] = {
    { "empty datagram", "", PARSE_UDP, PARSE_NOT_MINE },
    { "no priority", "hello", PARSE_UDP, PARSE_NOT_MINE },
    { "priority above 191", "<192>x", PARSE_UDP, PARSE_NOT_MINE },
    { "priority of four digits", "<0001>x", PARSE_UDP, PARSE_NOT_MINE },
    { "priority without a number", "<>x", PARSE_UDP, PARSE_NOT_MINE },
    { "XML", "<?xml version=\"1.0\"?>", PARSE_UDP, PARSE_NOT_MINE },
    { "TLS", "\x16\x03\x01", PARSE_TCP, PARSE_NOT_MINE },
    { "count too large", "99999 <1>x", PARSE_TCP, PARSE_NOT_MINE },
    { "count without a priority", "12 hello", PARSE_TCP, PARSE_NOT_MINE },
    { "only a priority", "<0>", PARSE_UDP, PARSE_OK },
};

static void
test_others_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(others); i++) {
        struct parse_input in = syslog_check_input(others[i].transport);

        parse_check_bytes_tell(&parser_syslog, &in, others[i].name, others[i].bytes,
            strlen(others[i].bytes), others[i].result, "");
    }
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(syslog_lines_say_what_they_say, &all),
        cmocka_unit_test_prestate(syslog_cut_datagrams_say_nothing, &all),
        cmocka_unit_test_prestate(syslog_streams_in_both_framings, &all),
        cmocka_unit_test(test_others_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
