/* SPDX-License-Identifier: BSD-2-Clause
 * links: parsers/syslog*.c parsers/login.c parsers/fact.c parsers/text.c */
/*
 * Proves what more gateways' lines tell, that relays' headers hide nothing, and that a name chosen
 * by an attacker forges nothing. Wording is the vendors'; names and addresses are made up.
 */
#include "syslog_check.h"

#define ICS "<134>1 2026-04-03T14:57:46+02:00 ics1 PulseSecure: - - - 2026-04-03 14:57:46 - ics1 - "
#define ICS_OLD "<134>Oct 19 09:10:35 ics1 Juniper: 2013-02-27 15:00:00 - ive - "
#define WELF                                                                                       \
    "<134>Oct 19 09:10:35 ics1 PulseSecure: id=firewall time=\"2025-09-29 07:44:12\" pri=6 "       \
    "fw=192.0.2.1 vpn=ICS ivs=Default Network user="
#define WELF_TAIL                                                                                  \
    " proto=auth src=203.0.113.9 dst= dstname= type=vpn op= arg=\"\" result= sent= "               \
    "rcvd= agent=\"Pulse-Secure/22.8.1 (Windows 10)\" duration= msg=\""
#define PF "<37>1 2026-07-03T22:40:38.477134-05:00 pf1 openvpn 68813 - - "
#define PHP "<134>Jul  3 19:10:30 php-fpm[99932]: /index.php: "
#define AUDIT                                                                                      \
    "<37>1 2026-08-04T10:00:00+02:00 opn1 audit 812 - [meta sequenceId=\"4\"] /index.php: "
#define CHARON "<30>1 2026-07-03T23:08:00.777042-05:00 gw1 charon 18610 - - 14[IKE] "
#define TIK "<30>Sep 23 10:16:04 tik1 "
#define SW "<134>  id=firewall sn=00401012345A time=\"2026-05-06 16:10:06\" fw=192.0.2.1 pri=6 "
#define SNARE "<14>Oct 10 10:00:00 nps1 MSWinEventLog\t1\tSecurity\t42\tSat Oct 10 10:00:00 2026\t"
#define SNARE_NPS                                                                                  \
    "\tMicrosoft-Windows-Security-Auditing\tN/A\tN/A\tSuccess Audit\tnps1\tNetwork Policy "        \
    "Server\t\tNetwork Policy Server granted access to a user.    User:   Security ID:  "          \
    "S-1-5-21-1-2-3-1120   Account Name:  "
#define SNARE_NPS_TAIL                                                                             \
    "   Fully Qualified Account Name: CORP\\jdoe    Client Machine:   Security ID:  "              \
    "S-1-0-0   Account Name:  -   Fully Qualified Account Name: -   Called Station "               \
    "Identifier:  192.0.2.1   Calling Station Identifier:  203.0.113.9    NAS:   NAS "             \
    "IPv4 Address:  192.0.2.1   NAS Identifier:  vpn1\t99"
#define RRAS "<14>Oct 10 10:00:00 ras1 MSWinEventLog\t1\tSystem\t42\tSat Oct 10 10:00:00 2026\t"
#define RRAS_INFO                                                                                  \
    "\tRemoteAccess\tN/A\tN/A\tInformation\tras1\tNone\t\t"                                        \
    "CoId={0E4C5D1A-0000-4A4B-9C3D-000000000001}: "
#define NXLOG                                                                                      \
    "<14>1 2026-10-10T10:00:00.000000+02:00 nps1 Microsoft-Windows-Security-Auditing 584 - "       \
    "[NXLOG@14506 Keywords=\"-9214364837600034816\" EventType=\"AUDIT_SUCCESS\" "
#define ISE "<181>Nov 23 12:50:01 ise1 CISE_"
#define ISE_HEAD " 0000983328 5 0 2026-11-23 12:50:01.926 -05:00 1706719405 "
#define ISE_PASSED                                                                                 \
    ISE "Passed_Authentications" ISE_HEAD "5200 NOTICE Passed-Authentication: Authentication "     \
        "succeeded, ConfigVersionId=44, Device IP Address=192.0.2.1, "
#define IAS                                                                                        \
    "<13>Oct 10 10:00:00 nps1 <Event><Timestamp data_type=\"4\">10/10/2026 10:00:00.100"           \
    "</Timestamp><Computer-Name data_type=\"1\">nps1</Computer-Name><Event-Source "                \
    "data_type=\"1\">IAS</Event-Source>"

static const struct syslog_sample samples[] = {
    { "Ivanti: tunnel",
        ICS
        "[203.0.113.9] Default Network::jdoe(Staff)[Users][30f317948f] - VPN Tunneling: Session "
        "started for user  (session: sida7be) with IPv4 address 10.8.0.6, hostname LAPTOP-7",
        "login account=jdoe result=success method=syslog-ivanti outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=ics1 device.host-name=LAPTOP-7" },
    { "Ivanti: agent login",
        ICS
        "[203.0.113.9] jdoe(Staff)[Users] - Agent login succeeded for jdoe/Staff (session:sid74) "
        "from 203.0.113.9 with Pulse-Secure/9.1.13 (Windows 10) Pulse/9.1.13.",
        "login account=jdoe result=success method=syslog-ivanti outside=203.0.113.9 "
        "gateway=ics1" },
    { "Ivanti: session and MAC",
        ICS "[203.0.113.9] Default Network::jdoe(Staff)[Users][5f93] - Session created for user: "
            "[jdoe/Staff] from [203.0.113.9] with primary auth-server type: [LDAP Server], "
            "secondary auth-server user: [jdoe], mac-address: [02-00-5e-10-00-0c].",
        "login account=jdoe result=success method=syslog-ivanti outside=203.0.113.9 "
        "calling-station=02-00-5e-10-00-0c gateway=ics1 device.mac=02:00:5e:10:00:0c" },
    { "Ivanti: refused",
        ICS "[203.0.113.9] jdoe(Staff)[] - Login failed using auth server Local (Local "
            "Authentication). Reason: Failed",
        "login account=jdoe result=failure method=syslog-ivanti outside=203.0.113.9 reason=Failed "
        "gateway=ics1" },
    { "Ivanti: a first factor is no login",
        ICS "[203.0.113.9] jdoe(Staff)[] - Primary authentication successful for jdoe/Staff from "
            "203.0.113.9",
        "" },
    { "Ivanti: logout", ICS "[203.0.113.9] jdoe()[] - Logout from 203.0.113.9 (session:sid0855)",
        "logout account=jdoe method=syslog-ivanti outside=203.0.113.9 gateway=ics1" },
    { "Ivanti: timed out",
        ICS
        "[203.0.113.9] jdoe(Staff)[Users] - Session timed out for jdoe/Staff (session:sid8c) due "
        "to inactivity (last access at 13:43:32 2026/04/03). Idle session identified during "
        "routine system scan.",
        "logout account=jdoe method=syslog-ivanti outside=203.0.113.9 reason=inactivity "
        "gateway=ics1" },
    { "Juniper: tunnel ended",
        ICS_OLD
        "[203.0.113.9] jdoe@example.org(Staff)[Users, More - Users] - VPN Tunneling: Session "
        "ended for user with IP 10.8.0.6",
        "logout account=jdoe@example.org method=syslog-ivanti outside=203.0.113.9 inside=10.8.0.6 "
        "gateway=ics1" },
    { "Ivanti: a name like a line",
        ICS "[203.0.113.9] x(Staff)[] - Login succeeded for admin/Staff from 6.6.6.6(Staff)[] - "
            "Login failed. Reason: Wrong Password",
        "" },
    { "Ivanti: a name like an address and a system",
        ICS "[203.0.113.9] [6.6.6.6] x::admin(Staff)[] - Login failed. Reason: Wrong Password",
        "login account=[6.6.6.6] x::admin result=failure method=syslog-ivanti "
        "outside=203.0.113.9 reason=Wrong Password gateway=ics1" },
    { "Ivanti, WELF",
        WELF "CORP\\jdoe realm=\"Staff\" roles=\"Users\" sessionID=\"11\"" WELF_TAIL
             "AUT24414: Agent login succeeded for jdoe/Staff (session:sid1) from 203.0.113.9.\"",
        "login account=jdoe realm=CORP result=success method=syslog-ivanti outside=203.0.113.9 "
        "gateway=ics1" },
    { "Ivanti, WELF: tunnel",
        WELF "jdoe realm=\"Staff\" roles=\"Users\"" WELF_TAIL
             "NWC23464: VPN Tunneling: Session started for user with IP 10.8.0.6, hostname "
             "LAPTOP-7\"",
        "login account=jdoe result=success method=syslog-ivanti outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=ics1 device.host-name=LAPTOP-7" },
    { "Ivanti, WELF: refused",
        WELF "jdoe realm=\"Staff\" roles=\"\"" WELF_TAIL
             "AUT23457: Login failed using auth server RSA (ACE Server).  Reason: Failed\"",
        "login account=jdoe result=failure method=syslog-ivanti outside=203.0.113.9 reason=Failed "
        "gateway=ics1" },
    { "Ivanti, WELF: a name with fields in it",
        WELF "a realm=\"Staff\" src=6.6.6.6 user=admin realm=\"Staff\" roles=\"\"" WELF_TAIL
             "AUT23457: Login failed using auth server RSA (ACE Server).  Reason: Failed\"",
        "" },
    { "Ivanti, WELF: software with a message in it",
        "<134>Oct 19 09:10:35 ics1 PulseSecure: id=firewall time=\"x\" vpn=i user=jdoe realm=\"S\" "
        "roles=\"\" src=203.0.113.9 dst= agent=\"\" msg=\"AUT24414: Login succeeded for jdoe/S "
        "from "
        "6.6.6.6\" duration= msg=\"AUT23457: Login failed using x. Reason: Failed\"",
        "" },
    { "Ivanti: from another program",
        "<134>Oct 19 09:10:35 h sshd: 2013-02-27 15:00:00 - ive - [6.6.6.6] jdoe(S)[] - Login "
        "failed. Reason: x",
        "" },

    { "pfSense: OpenVPN let in", PF "user 'jdoe' authenticated",
        "login account=jdoe result=success method=syslog-pfsense gateway=pf1" },
    { "pfSense: OpenVPN refused", PF "user 'jdoe' could not authenticate.",
        "login account=jdoe result=failure method=syslog-pfsense gateway=pf1" },
    { "pfSense: OpenVPN connected",
        PF "openvpn server 'ovpns1' user 'jdoe' address '203.0.113.9:11111' - connected",
        "login account=jdoe result=success method=syslog-pfsense outside=203.0.113.9 "
        "gateway=pf1" },
    { "pfSense: OpenVPN left",
        PF "openvpn server 'ovpns1' user 'jdoe' address '203.0.113.9' - disconnected",
        "logout account=jdoe method=syslog-pfsense outside=203.0.113.9 gateway=pf1" },
    { "OPNsense: OpenVPN let in",
        "<37>1 2023-10-06T13:19:18+02:00 opn1 openvpn 19838 - [meta sequenceId=\"23\"] user 'jdoe' "
        "authenticated using 'Local Database' CSO [CN]:/var/etc/openvpn-csc/1/jdoe",
        "login account=jdoe result=success method=syslog-pfsense gateway=opn1" },
    { "OPNsense: OpenVPN let in, no overrides",
        "<37>1 2023-10-06T13:19:18+02:00 opn1 openvpn 19838 - [meta sequenceId=\"23\"] user 'jdoe' "
        "authenticated using 'Local Database'",
        "login account=jdoe result=success method=syslog-pfsense gateway=opn1" },
    { "pfSense: a refused name like a success",
        PF "user 'admin' authenticated using 'x' CSO [y]:' could not authenticate.",
        "login account=admin' authenticated using 'x' CSO [y]: result=failure "
        "method=syslog-pfsense gateway=pf1" },
    { "pfSense: a name with an address",
        PF
        "openvpn server 'ovpns1' user 'a' address '6.6.6.6' - connected' address '203.0.113.9' - "
        "connected",
        "login account=a' address '6.6.6.6' - connected result=success method=syslog-pfsense "
        "outside=203.0.113.9 gateway=pf1" },
    { "pfSense: the firewall itself",
        PHP "Successful login for user 'admin' from: 203.0.113.9 (Local Database)",
        "login account=admin result=success method=syslog-pfsense outside=203.0.113.9 "
        "gateway=198.51.100.1" },
    { "pfSense: the firewall itself, refused",
        PHP "webConfigurator authentication error for user 'a' from: 6.6.6.6' from: 203.0.113.9",
        "login account=a' from: 6.6.6.6 result=failure method=syslog-pfsense outside=203.0.113.9 "
        "gateway=198.51.100.1" },
    { "OPNsense: the firewall itself", AUDIT "Successful login for user 'root' from: 2001:db8::9",
        "login account=root result=success method=syslog-pfsense outside=2001:db8::9 "
        "gateway=opn1" },
    { "OPNsense: the firewall itself, refused",
        AUDIT "Web GUI authentication error for 'root' from 2001:db8::9",
        "login account=root result=failure method=syslog-pfsense outside=2001:db8::9 "
        "gateway=opn1" },
    { "pfSense: a filter line is no login",
        "<134>Jul  3 19:10:30 filterlog[45]: 5,,,1000000103,em0,match,block,in,4,0x0,,64,0,0,DF,6,"
        "tcp,60,203.0.113.9,192.0.2.1,51515,22,0,S,1,,64240,,mss",
        "" },

    { "strongSwan: established",
        CHARON "<ra|7> IKE_SA ra[7] established between "
               "192.0.2.1[gw.example.org]...203.0.113.9[jdoe@example.org]",
        "login account=jdoe@example.org result=success method=syslog-strongswan "
        "outside=203.0.113.9 gateway=gw1" },
    { "strongSwan: a gateway's name, an address, a certificate are no accounts",
        CHARON "IKE_SA net[7] established between 192.0.2.1[gw]...203.0.113.9[moon.example.org]",
        "" },
    { "strongSwan: an address is no account",
        CHARON "IKE_SA ra[7] established between 192.0.2.1[gw]...203.0.113.9[192.168.1.5]", "" },
    { "strongSwan: a certificate is no account",
        CHARON "IKE_SA ra[7] established between 192.0.2.1[gw]...203.0.113.9[C=XX, O=Lab, CN=x@y]",
        "" },
    { "strongSwan: address given", CHARON "<ra|7> assigning virtual IP 10.8.0.6 to peer 'jdoe'",
        "login account=jdoe result=success method=syslog-strongswan inside=10.8.0.6 gateway=gw1" },
    { "strongSwan: EAP identity", CHARON "received EAP identity 'CORP\\jdoe'",
        "login account=jdoe realm=CORP result=attempt method=syslog-strongswan gateway=gw1" },
    { "strongSwan: an anonymous identity", CHARON "received EAP identity 'anonymous@example.org'",
        "" },
    { "strongSwan: XAUTH", CHARON "XAuth authentication of 'jdoe' successful",
        "login account=jdoe result=success method=syslog-strongswan gateway=gw1" },
    { "strongSwan: XAUTH as a client", CHARON "XAuth authentication of 'jdoe' (myself) successful",
        "" },
    { "strongSwan: gone",
        CHARON "deleting IKE_SA ra[7] between "
               "192.0.2.1[gw.example.org]...2001:db8::9[jdoe]",
        "logout account=jdoe method=syslog-strongswan outside=2001:db8::9 gateway=gw1" },
    { "strongSwan: gone, IPv4",
        CHARON "deleting IKE_SA ra[7] between 192.0.2.1[gw.example.org]...203.0.113.9[jdoe]",
        "logout account=jdoe method=syslog-strongswan outside=203.0.113.9 gateway=gw1" },
    { "strongSwan: an identity like two ends",
        CHARON "IKE_SA ra[7] established between 192.0.2.1[gw]...203.0.113.9[a]...6.6.6.6[admin]",
        "" },
    { "strongSwan: an identity like a line",
        CHARON "received EAP identity 'x' IKE_SA ra[7] established'",
        "login account=x' IKE_SA ra[7] established result=attempt method=syslog-strongswan "
        "gateway=gw1" },

    { "RouterOS: L2TP user", TIK "l2tp,ppp,info,account jdoe logged in, 10.8.0.6",
        "login account=jdoe result=success method=syslog-mikrotik inside=10.8.0.6 gateway=tik1" },
    { "RouterOS: L2TP user and where from",
        TIK "l2tp,ppp,info,account jdoe logged in, 10.8.0.6 from 203.0.113.9",
        "login account=jdoe result=success method=syslog-mikrotik outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=tik1" },
    { "RouterOS: PPPoE user",
        TIK "pppoe,ppp,info,account jdoe logged in, 10.8.0.6 from 02:00:5E:10:00:03",
        "login account=jdoe result=success method=syslog-mikrotik inside=10.8.0.6 "
        "calling-station=02:00:5E:10:00:03 gateway=tik1 device.mac=02:00:5e:10:00:03" },
    { "RouterOS: OpenVPN user", TIK "ovpn,info,account jdoe logged in, 10.8.0.6 from 203.0.113.9",
        "login account=jdoe result=success method=syslog-mikrotik outside=203.0.113.9 "
        "inside=10.8.0.6 gateway=tik1" },
    { "RouterOS: gone", TIK "sstp,ppp,info,account jdoe logged out, 143 115036 112418 106 92",
        "logout account=jdoe method=syslog-mikrotik gateway=tik1" },
    { "RouterOS: refused", TIK "pppoe,ppp,error <0010>: user jdoe authentication failed",
        "login account=jdoe result=failure method=syslog-mikrotik gateway=tik1" },
    { "RouterOS: the router itself, no header",
        "<134>system,info,account user admin logged in from 203.0.113.9 via winbox",
        "login account=admin result=success method=syslog-mikrotik outside=203.0.113.9 "
        "gateway=198.51.100.1" },
    { "RouterOS: the router itself, refused",
        TIK "system,error,critical login failure for user admin from 203.0.113.9 via ssh",
        "login account=admin result=failure method=syslog-mikrotik outside=203.0.113.9 "
        "gateway=tik1" },
    { "RouterOS: the router itself, left",
        TIK "system,info,account user admin logged out from 203.0.113.9 via winbox",
        "logout account=admin method=syslog-mikrotik outside=203.0.113.9 gateway=tik1" },
    { "RouterOS: a name with an address",
        TIK "system,error,critical login failure for user a from 6.6.6.6 via ssh from 203.0.113.9 "
            "via ssh",
        "login account=a from 6.6.6.6 via ssh result=failure method=syslog-mikrotik "
        "outside=203.0.113.9 gateway=tik1" },
    { "RouterOS: a PPP name like a line",
        TIK "l2tp,ppp,info,account admin logged in, 10.8.0.9 from 6.6.6.6 logged in, 10.8.0.6",
        "login account=admin logged in, 10.8.0.9 from 6.6.6.6 result=success "
        "method=syslog-mikrotik inside=10.8.0.6 gateway=tik1" },
    { "RouterOS: no topics", TIK "user admin logged in from 203.0.113.9 via winbox", "" },

    { "SonicWall: SSL VPN",
        SW "c=32 gcat=3 m=1080 msg=\"SSL VPN zone remote user login allowed\" n=1 "
           "src=203.0.113.9:51234:X1 dst=192.0.2.1:443:X0 usr=\"jdoe\" appName='General HTTPS'",
        "login account=jdoe result=success method=syslog-sonicwall outside=203.0.113.9 "
        "gateway=198.51.100.1" },
    { "SonicWall: refused, user first",
        SW "c=32 m=33 msg=\"User login denied due to bad credentials\" sess=\"Web\" n=1 "
           "usr=\"CORP\\jdoe\" src=203.0.113.9::X1 dst=192.0.2.1:4433:X1 proto=tcp/4433",
        "login account=jdoe realm=CORP result=failure method=syslog-sonicwall outside=203.0.113.9 "
        "reason=User login denied due to bad credentials gateway=198.51.100.1" },
    { "SonicWall: IPv6, and a name of the firewall's in id=",
        "<134>Apr 27 10:24:23 sw1 id=NSA3600 sn=00401012345A time=\"2026-04-27 10:24:23\" "
        "fw=192.0.2.1 pri=6 c=16 m=237 msg=\"VPN zone remote user login allowed\" n=11 "
        "usr=\"jdoe\" src=:1234:X1 srcV6=2001:db8::9 dst=192.0.2.1",
        "login account=jdoe result=success method=syslog-sonicwall outside=2001:db8::9 "
        "gateway=sw1" },
    { "SonicWall: logged out",
        SW "c=16 m=24 msg=\"User logged out - user disconnect detected\" n=3 usr=\"jdoe\" "
           "src=203.0.113.9",
        "logout account=jdoe method=syslog-sonicwall outside=203.0.113.9 reason=User logged out - "
        "user disconnect detected gateway=198.51.100.1" },
    { "SonicWall: traffic of a user is no login",
        SW "c=1024 m=1153 msg=\"SSL VPN Traffic\" n=1 usr=\"jdoe\" src=10.8.0.6:3080:X6", "" },
    { "SonicWall: a name with a quote smuggled in",
        SW "c=32 m=1080 msg=\"SSL VPN zone remote user login allowed\" n=1 usr=\"a\" src=6.6.6.6 "
           "x=\"\" src=203.0.113.9:51234:X1",
        "" },
    { "SonicWall: a name with fields in it",
        SW "c=32 m=1080 msg=\"SSL VPN zone remote user login allowed\" n=1 usr=\"a src=6.6.6.6\" "
           "src=203.0.113.9:51234:X1",
        "login account=a src=6.6.6.6 result=success method=syslog-sonicwall outside=203.0.113.9 "
        "gateway=198.51.100.1" },

    { "NPS by Snare: granted",
        SNARE "6272" SNARE_NPS "CORP\\jdoe   Account Domain:  CORP" SNARE_NPS_TAIL,
        "login account=jdoe realm=CORP result=success method=syslog-nps outside=203.0.113.9 "
        "gateway=nps1" },
    { "NPS by Snare: a name like a label",
        SNARE "6272" SNARE_NPS
              "a  Account Domain: X Account Name: admin   Account Domain:  CORP" SNARE_NPS_TAIL,
        "" },
    { "NPS by Snare: another event", SNARE "4624" SNARE_NPS "jdoe" SNARE_NPS_TAIL, "" },
    { "NPS by NXLog: denied",
        NXLOG "EventID=\"6273\" SubjectUserSid=\"S-1-0-0\" SubjectUserName=\"CORP\\\\jdoe\" "
              "SubjectDomainName=\"CORP\" FullyQualifiedSubjectUserName=\"CORP\\\\jdoe\" "
              "CalledStationID=\"-\" CallingStationID=\"203.0.113.9\" NASIPv4Address=\"192.0.2.1\" "
              "ReasonCode=\"16\" Reason=\"Authentication failed due to a user credentials "
              "mismatch.\"] Network Policy Server denied access to a user.",
        "login account=jdoe realm=CORP result=failure method=syslog-nps outside=203.0.113.9 "
        "reason=Authentication failed due to a user credentials mismatch. gateway=nps1" },
    { "NPS by NXLog: a name like a field",
        NXLOG "EventID=\"6272\" SubjectUserName=\"a\\\" CallingStationID=\\\"6.6.6.6\" "
              "CallingStationID=\"203.0.113.9\"] Network Policy Server granted access to a user.",
        "login account=a\" CallingStationID=\"6.6.6.6 result=success method=syslog-nps "
        "outside=203.0.113.9 gateway=nps1" },
    { "NPS's log file: accepted",
        IAS "<SAM-Account-Name data_type=\"1\">CORP\\o&apos;doe</SAM-Account-Name><Class "
            "data_type=\"1\">311 1 192.0.2.1 10/10/2026 1</Class><Calling-Station-Id "
            "data_type=\"1\">203.0.113.9</Calling-Station-Id><Packet-Type data_type=\"0\">2"
            "</Packet-Type><Reason-Code data_type=\"0\">0</Reason-Code></Event>",
        "login account=o'doe realm=CORP result=success method=syslog-nps outside=203.0.113.9 "
        "gateway=nps1" },
    { "NPS's log file: accounting",
        IAS "<Acct-Status-Type data_type=\"0\">2</Acct-Status-Type><User-Name data_type=\"1\">jdoe"
            "</User-Name><Tunnel-Client-Endpt data_type=\"1\">203.0.113.9</Tunnel-Client-Endpt>"
            "<Framed-IP-Address data_type=\"3\">10.8.0.6</Framed-IP-Address><Acct-Session-Id "
            "data_type=\"1\">26EC</Acct-Session-Id><Packet-Type data_type=\"0\">4</Packet-Type>"
            "</Event>",
        "logout account=jdoe method=syslog-nps outside=203.0.113.9 inside=10.8.0.6 session=26EC "
        "status=stop gateway=nps1" },
    { "NPS's log file: a request is answered elsewhere",
        IAS "<User-Name data_type=\"1\">jdoe</User-Name><Packet-Type data_type=\"0\">1"
            "</Packet-Type></Event>",
        "" },

    { "NPS's log file, for databases: accounting",
        "<13>Oct 10 10:00:00 nps1 \"NPS1\",\"IAS\",10/10/2026,10:00:00,4,\"CORP\\jdoe\",,"
        "\"192.0.2.1\",\"203.0.113.9\",,\"10.8.0.6\",\"vpn1\",\"192.0.2.1\",,0,\"192.0.2.1\","
        "\"vpn1\",,,5,,"
        "1,2,,,0,\"311 1 192.0.2.3 10/10/2026 1\",,,,,1,0,,,\"26EC\",1,,,,,,,,,,,,,,,,,,,,,,,,",
        "login account=jdoe realm=CORP result=success method=syslog-nps outside=203.0.113.9 "
        "inside=10.8.0.6 session=26EC status=start gateway=nps1" },
    { "NPS's log file, for databases: refused",
        "<13>Oct 10 10:00:00 nps1 "
        "\"RasBox\",\"RAS\",10/22/2006,09:13:09,3,,\"DOMAIN\\user\",,,,,,,,,,,,,,"
        ",,,4,,36,\"311 1 07/31/2006 21:35:14 749\",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,\"0x00\",,,",
        "login account=user realm=DOMAIN result=failure method=syslog-nps gateway=nps1" },
    { "NPS's log file, for databases: a directory's name is no account",
        "<13>Oct 10 10:00:00 nps1 "
        "\"CLIENTCOMP\",\"IAS\",03/07/2008,13:04:33,2,,\"npsdc/Users/client\",,,,,,"
        ",,9,\"10.10.10.10\",\"npsclient\",,,,,,2,1,\"Allow access\",0,\"311 1 "
        "10.10.10.11\",,,,,,,,,,,,,,,,,,"
        ",,,,,,,,,,,,,,,",
        "" },
    { "NPS's log file, for databases: a name like a cell",
        "<13>Oct 10 10:00:00 nps1 "
        "\"NPS1\",\"IAS\",10/10/2026,10:00:00,3,\"a\"\",,,,\"\"6.6.6.6\",,,"
        "\"203.0.113.9\",,,,,,,,,,,,,,,,,,,,,,,,,,,,,,",
        "login account=a\"\",,,,\"\"6.6.6.6 result=failure method=syslog-nps outside=203.0.113.9 "
        "gateway=nps1" },

    { "ISE: passed",
        ISE_PASSED
        "UserName=jdoe@example.org, Protocol=Radius, RequestLatency=10301, "
        "User-Name=jdoe@example.org, NAS-IP-Address=192.0.2.1, Calling-Station-ID="
        "203.0.113.9, NAS-Port-Type=Virtual, Tunnel-Client-Endpoint=(tag=0) 203.0.113.9, "
        "cisco-av-pair=mdm-tlv=device-platform=win, cisco-av-pair=mdm-tlv=device-type="
        "Maker\\, Inc. Virtual,",
        "login account=jdoe@example.org result=success method=syslog-cisco-ise "
        "outside=203.0.113.9 gateway=ise1" },
    { "ISE: failed",
        ISE "Failed_Attempts" ISE_HEAD "5400 NOTICE Failed-Attempt: Authentication failed, "
            "ConfigVersionId=12, UserName=CORP\\\\jdoe, Calling-Station-ID=203.0.113.9, "
            "FailureReason=22040 Wrong password or invalid shared secret",
        "login account=jdoe realm=CORP result=failure method=syslog-cisco-ise outside=203.0.113.9 "
        "reason=22040 Wrong password or invalid shared secret gateway=ise1" },
    { "ISE: an exchange that was given up is no result",
        ISE "Failed_Attempts" ISE_HEAD "5440 NOTICE RADIUS: Endpoint abandoned EAP session and "
            "started new, ConfigVersionId=74, UserName=jdoe, Calling-Station-ID=203.0.113.9",
        "" },
    { "ISE: accounting",
        ISE
        "RADIUS_Accounting 0002391460 1 0 2026-07-30 11:50:34.267 +02:00 0023023046 3001 NOTICE "
        "Radius-Accounting: RADIUS Accounting stop request, ConfigVersionId=83, User-Name=jdoe, "
        "Framed-IP-Address=10.8.0.6, Calling-Station-ID=203.0.113.9, Acct-Status-Type=Stop, "
        "Acct-Session-Id=00000070, cisco-av-pair=vlan-id=1330",
        "logout account=jdoe method=syslog-cisco-ise outside=203.0.113.9 inside=10.8.0.6 "
        "session=00000070 status=stop gateway=ise1" },
    { "ISE: a later segment",
        ISE "Passed_Authentications 0000983328 5 1  cisco-av-pair=mdm-tlv=device-uid-global=2C, "
            "User-Name=jdoe, Calling-Station-ID=203.0.113.9",
        "" },
    { "ISE: a card is nobody",
        ISE_PASSED "UserName=02-00-5e-10-00-01, User-Name=02005e100001, Service-Type=Call Check, "
                   "Calling-Station-ID=02-00-5E-10-00-01",
        "" },
    { "ISE: a name with attributes in it, escaped",
        ISE_PASSED "User-Name=a\\, Calling-Station-ID=6.6.6.6, Calling-Station-ID=203.0.113.9",
        "login account=a, Calling-Station-ID=6.6.6.6 result=success method=syslog-cisco-ise "
        "outside=203.0.113.9 gateway=ise1" },
    { "ISE: a name with attributes in it, not escaped",
        ISE_PASSED "User-Name=a, Calling-Station-ID=6.6.6.6, Calling-Station-ID=203.0.113.9", "" },

    { "RRAS: address given",
        RRAS "20274" RRAS_INFO
             "The user CORP\\jdoe connected on port VPN2-127 has been assigned address 10.8.0.6\t7",
        "login account=jdoe realm=CORP result=success method=syslog-rras inside=10.8.0.6 "
        "gateway=ras1" },
    { "RRAS: refused",
        RRAS "20271" RRAS_INFO "The user jdoe connected from 203.0.113.9 but failed an "
             "authentication attempt due to the following reason: The account is locked.\t7",
        "login account=jdoe result=failure method=syslog-rras outside=203.0.113.9 reason=The "
        "account is locked. gateway=ras1" },
    { "RRAS: gone",
        RRAS
        "20272" RRAS_INFO
        "The user CORP\\jdoe connected on port VPN2-127 on 10/10/2026 at 9:00 AM and "
        "disconnected on 10/10/2026 at 9:10 AM.  The user was active for 10 minutes 2 seconds. "
        " 100 bytes were sent and 200 bytes were received. The reason for disconnecting was "
        "user request. The tunnel used was WAN Miniport (IKEv2). The quarantine state was .\t7",
        "logout account=jdoe realm=CORP method=syslog-rras reason=user request gateway=ras1" },
    { "RRAS, tabs escaped by a relay",
        "<14>Oct 10 10:00:00 ras1 MSWinEventLog#0111#011System#01142#011Sat Oct 10 10:00:00 2026"
        "#01120250#011RemoteAccess#011N/A#011N/A#011Information#011ras1#011None#011#011CoId={0}: "
        "The user jdoe has connected and has been successfully authenticated on port VPN2-1.#0117",
        "login account=jdoe result=success method=syslog-rras gateway=ras1" },
    { "RRAS: a name with an address",
        RRAS "20271" RRAS_INFO
             "The user a connected from 6.6.6.6 but failed connected from 203.0.113.9 but failed "
             "an authentication attempt due to the following reason: x\t7",
        "" },

    { "relay: RFC 5424 within RFC 3164",
        "<13>Oct 19 09:16:53 relay1 1 2021-10-19T09:16:53+02:00 192.0.2.5 PulseSecure: - - - "
        "2021-10-19 09:16:53 - ics1 - [203.0.113.9] jdoe(Staff)[] - Logout from 203.0.113.9",
        "logout account=jdoe method=syslog-ivanti outside=203.0.113.9 gateway=192.0.2.5" },
    { "relay: a whole message, priority and all",
        "<13>Oct 19 09:16:53 relay1 <166>Mar 21 2014 23:03:49 vpn1 : %ASA-6-113039: Group <staff> "
        "User <jdoe> IP <203.0.113.9> AnyConnect parent session started.",
        "login account=jdoe result=success method=syslog-cisco-asa outside=203.0.113.9 "
        "gateway=vpn1" },
    { "relay: only a time more, the relay's host stays",
        "<29>1 2026-06-01T12:00:00Z vpn1 - - - - Jun  1 12:00:00 ocserv[12]: "
        "main[jdoe]:203.0.113.9:5000 user logged in",
        "login account=jdoe result=success method=syslog-ocserv outside=203.0.113.9 "
        "gateway=vpn1" },
    { "RFC 5424 with a mark of UTF-8 and structured data",
        "<29>1 2026-06-01T12:00:00.123456+02:00 vpn1 ocserv 12 ID47 [a@1 b=\"\\\"]\"][c@2 d=\"e\"] "
        "\xef\xbb\xbfmain[jos\xc3\xa9]:203.0.113.9:5000 user logged in",
        "login account=jos\xc3\xa9 result=success method=syslog-ocserv outside=203.0.113.9 "
        "gateway=vpn1" },
};

static struct syslog_samples all = { samples, COUNT(samples) };

/* Messages of one connection, one call each; what each says. */
static void
check_connection(const char *bytes, const char *const says[])
{
    union parse_state state = { { 0 } };
    size_t at = 0, n = strlen(bytes);

    for (; *says != NULL; says++) {
        struct parse_input in = syslog_check_input(PARSE_TCP);
        struct parse_check c;

        in.state = &state;
        assert_int_equal(parse_check_run(&parser_syslog, &in, bytes + at, n - at, &c), PARSE_OK);
        assert_string_equal(c.facts, *says);
        at = n - rd_left(&in.data);
    }
    assert_int_equal(at, n);
}

#define ACCOUNT "<30>l2tp,ppp,info,account jdoe logged in, 10.8.0.6"
#define SAYS                                                                                       \
    "login account=jdoe result=success method=syslog-mikrotik inside=10.8.0.6 "                    \
    "gateway=198.51.100.1"

static void
test_lines_of_one_message_are_passed_over(void **state)
{
    static const char *const says[] = { SAYS, "", "", SAYS, NULL };

    (void)state;
    check_connection(ACCOUNT "\n  at line two\n12 more\n" ACCOUNT "\n", says);
}

static void
test_line_ends_beside_the_count(void **state)
{
    static const char *const says[] = { SAYS, SAYS, NULL };

    (void)state;
    check_connection("50 " ACCOUNT "\n50 " ACCOUNT, says);
}

int
main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_prestate(syslog_lines_say_what_they_say, &all),
        cmocka_unit_test_prestate(syslog_cut_datagrams_say_nothing, &all),
        cmocka_unit_test_prestate(syslog_streams_in_both_framings, &all),
        cmocka_unit_test(test_lines_of_one_message_are_passed_over),
        cmocka_unit_test(test_line_ends_beside_the_count),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
