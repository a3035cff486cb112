# SPDX-License-Identifier: BSD-2-Clause
"""One login from many sources, leases, accounts, look-alikes: who an alert is about, and how often it counts."""
import craft
from stage import *  # noqa: F403


@case("failed logins from many countries", absent=["dprk-network", "egress-country", "anonymiser-egress", "account-fanout",
                                                    "impossible-travel", "claimed-location", "shared-site", "case"],
      roster=[person("contractor1", SEATTLE)])
def _(w):
    for n, outside in enumerate((CHINA, RUSSIA, DPRK, GERMANY, BRITAIN, ASTRILL)):
        w.login(T + n * 60, "contractor1", outside, accept=False)
        w.login(T + n * 60 + 5, "guess%d" % n, outside, accept=False)


@case("a RADIUS exchange seen again through a proxy is one login", [alert("egress-country", "high", 4, count=1)],
      absent=["concurrent-logins", "case"])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5")
    w.login(T + 0.02, "contractor1", CHINA, "10.8.0.5", nas="10.0.0.5", server="10.0.0.6")


@case("every packet twice, as two taps make them", [alert("egress-country", "high", 4, count=1)])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5", session="s1")
    for time, sequence, data in list(w.packets):
        again = bytearray(data)
        again[22] -= 1  # TTL
        again[24:26] = b"\0\0"
        again[24:26] = craft.checksum(bytes(again[14:34])).to_bytes(2, "big")
        w.packets.append((time + 0.0003, sequence + 1000, bytes(again)))


@case("ordinary days of three people in three homes", absent=["case"],
      roster=[person("one", SEATTLE), person("two", NEW_YORK), person("three", PORTLAND)], city=True)
def _(w):
    for day in range(5):
        for n, (who, outside) in enumerate((("one", HOME), ("two", "68.40.7.7"), ("three", "24.16.0.9"))):
            at = T + day * DAY + n * 300
            w.login(at, who, outside, "10.8.0.%d" % (5 + n), session="%s%d" % (who, day))
            w.tcp(at + 20, "10.8.0.%d" % (5 + n), 51000 + day, "203.0.113.7", 443, craft.tls_start("code.example.com") + TALK)
            w.logout(at + 8 * HOUR, who, outside, "%s%d" % (who, day), "10.8.0.%d" % (5 + n))


@case("a laptop that opens RDP to a company server", absent=["remote-control"],
      config={"networks": {"inside": ["10.0.0.0/8"], "vpn-pools": ["10.8.0.0/24"]}})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 60, "10.8.0.5", 50000, "10.0.0.80", 3389, craft.rdp_start() + craft.driven(90, screen_side="s"))


# ---- gateways' syslog as the source of logins ---------------------------------------------------
def asa(user, outside, inside):
    return ("<166>Oct 06 2025 09:00:00 vpn1 : %%ASA-4-722051: Group <staff> User <%s> IP <%s> IPv4 Address <%s> "
            "IPv6 address <::> assigned to session" % (user, outside, inside))


def asa_end(user, outside):
    return ("<166>Oct 06 2025 09:00:00 vpn1 : %%ASA-4-113019: Group = staff, Username = %s, IP = %s, Session disconnected. "
            "Session Type: SSL, Duration: 0h:10m:02s, Bytes xmt: 1, Bytes rcv: 2, Reason: User Requested" % (user, outside))


GATEWAYS = {
    "Cisco ASA": asa("contractor1", CHINA, "10.8.0.5"),
    "FortiGate": '<189>date=2025-10-06 time=09:00:00 devname="FG500" logid="0101039947" type="event" subtype="vpn" '
                 'level="information" vd="root" logdesc="SSL VPN tunnel up" action="tunnel-up" tunneltype="ssl-tunnel" '
                 'tunnelid=1 remip=%s user="contractor1" tunnelip=10.8.0.5 msg="SSL tunnel established"' % CHINA,
    "GlobalProtect": "<14>Oct  6 09:00:00 vpn1 1,2025/10/06 09:00:00,012345678901,GLOBALPROTECT,0,2305,2025/10/06 09:00:00,"
                     "vsys1,gateway-connected,connected,,IPSec,contractor1,US,LAPTOP-7,%s,0.0.0.0,10.8.0.5,0.0.0.0,aa-bb,"
                     'serial,5.1.0,Windows,"Microsoft Windows 10",1,,,"",success,,0,,0,gw1,1,0x0' % CHINA,
    "OpenVPN": "<29>Oct  6 09:00:00 vpn1 openvpn[12]: contractor1/%s:1194 MULTI_sva: pool returned IPv4=10.8.0.5, "
               "IPv6=(Not enabled)" % CHINA,
    "ocserv": "<29>Oct  6 09:00:00 vpn1 ocserv[12]: main[contractor1]: %s:44444 user logged in" % CHINA,
}
for gateway, line in GATEWAYS.items():
    @case("a login told by syslog of " + gateway, [alert("egress-country", "high", 4, subject__account="contractor1", count=1)])
    def _(w, line=line):
        w.syslog(T, "10.0.0.9", "10.0.0.10", line)


@case("RADIUS and syslog of one login, 3 s apart", [alert("egress-country", "high", 4, count=1)])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5")
    w.syslog(T + 3, "10.0.0.9", "10.0.0.10", asa("contractor1", CHINA, "10.8.0.5"))


@case("syslog of another inside address 6 s later is another login", [alert("egress-country", "high", 4, count=2)])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5")
    w.syslog(T + 6, "10.0.0.9", "10.0.0.10", asa("contractor1", CHINA, "10.8.0.6"))


@case("the gateway's syslog tells the end, and ten minutes later it is China", [
    alert("anonymiser-egress", "medium", 4), alert("egress-country", "high", 4), alert("vpn-flap", "critical", 7),
    alert("case", "critical", 7 + 2 + 2)], absent=["concurrent-logins"])
def _(w):
    w.syslog(T, "10.0.0.9", "10.0.0.10", asa("contractor1", ASTRILL, "10.8.0.5"))
    w.syslog(T + 2 * HOUR, "10.0.0.9", "10.0.0.10", asa_end("contractor1", ASTRILL))
    w.syslog(T + 2 * HOUR + 600, "10.0.0.9", "10.0.0.10", asa("contractor1", CHINA, "10.8.0.6"))


def openvpn_log(w, at, words):
    w.syslog(at, "10.0.0.9", "10.0.0.10", "<29>Oct  6 09:00:00 vpn1 openvpn[12]: " + words)


# What RADIUS or a client's file gives is told behind what the pool would have given.
@case("OpenVPN's pool offers an address, another is given: one login, and its end", [
    alert("egress-country", "high", 4, count=1), alert("remote-control", "medium", 1.5, subject__account="contractor1"),
    alert("impossible-travel", "high", 3, count=1), alert("case", "high", 4 + 1.5 + 1.5)], absent=["concurrent-logins"])
def _(w):
    client = "contractor1/%s:1194" % CHINA
    openvpn_log(w, T, client + " MULTI_sva: pool returned IPv4=10.8.0.2, IPv6=(Not enabled)")
    openvpn_log(w, T + 0.01, client + " MULTI: Learn: 10.8.0.11 -> " + client)
    tool(w, T + 60, ANYDESK, TALK, laptop="10.8.0.11")
    openvpn_log(w, T + 600, client + " SIGTERM[soft,remote-exit] received, client-instance exiting")
    openvpn_log(w, T + 900, "contractor1/%s:1194 MULTI_sva: pool returned IPv4=10.8.0.3, IPv6=(Not enabled)" % HOME)


@case("the same, beside RADIUS that tells what it gives", [alert("egress-country", "high", 4, count=1)], absent=["concurrent-logins"])
def _(w):
    client = "contractor1/%s:1194" % CHINA
    w.login(T, "contractor1", CHINA, "10.8.0.11", session="s1")
    openvpn_log(w, T + 0.01, "%s:1194 [contractor1] Peer Connection Initiated with [AF_INET]%s:1194" % (CHINA, CHINA))
    openvpn_log(w, T + 0.02, client + " MULTI_sva: pool returned IPv4=10.8.0.2, IPv6=(Not enabled)")
    openvpn_log(w, T + 0.03, client + " MULTI: Learn: 10.8.0.11 -> " + client)


@case("the same, and RADIUS between the offer and what is given", [
    alert("egress-country", "high", 4, count=1), alert("remote-control", "medium", 1.5, subject__account="contractor1"),
    alert("case", "medium", 5.5)], absent=["concurrent-logins"])
def _(w):
    client = "contractor1/%s:1194" % CHINA
    openvpn_log(w, T, client + " MULTI_sva: pool returned IPv4=10.8.0.2, IPv6=(Not enabled)")
    w.accounting(T + 0.01, "contractor1", CHINA, "s1", 1, "10.8.0.11")
    openvpn_log(w, T + 0.02, client + " MULTI: Learn: 10.8.0.11 -> " + client)
    openvpn_log(w, T + 0.03, client + " MULTI: Learn: 192.168.5.7 -> " + client)  # a host behind it
    tool(w, T + 60, ANYDESK, TALK, laptop="10.8.0.11")


# The network of the first session went; the server, which lets an account in once, waits for a keep-alive until it comes again.
@case("OpenVPN drops the session before", [alert("egress-country", "high", 4, count=1), alert("impossible-travel", "high", 3),
                                           alert("case", "medium", 5.5)], absent=["concurrent-logins"])
def _(w):
    for at, outside, inside in ((T, HOME, "10.8.0.2"), (T + 600, CHINA, "10.8.0.3")):
        client = "contractor1/%s:1194" % outside
        openvpn_log(w, at, "%s:1194 [contractor1] Peer Connection Initiated with [AF_INET]%s:1194" % (outside, outside))
        if outside == CHINA:
            openvpn_log(w, at + 0.01, "MULTI: new connection by client 'contractor1' will cause previous active sessions by this "
                                      "client to be dropped.  Remember to use the --duplicate-cn option if you want multiple clients")
        openvpn_log(w, at + 0.02, "MULTI: Learn: %s -> %s" % (inside, client))
    w.dns(T + 900, "10.8.0.3", "10.0.0.2", "code.example.com")


# ---- leases -------------------------------------------------------------------------------------
@case("the next login on an inside address takes it", [alert("remote-control", "medium", 1.5, subject__account="two")])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    w.login(T + 60, "two", "68.40.7.7", "10.8.0.5")
    tool(w, T + 120, ANYDESK, TALK)


@case("a lease ends after a day", [alert("remote-control", "medium", 1.5, subject__account=None, subject__site="10.8.0.0/24")])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    tool(w, T + 24 * HOUR + 60, ANYDESK, TALK)


@case("interim accounting renews it", [alert("remote-control", "medium", 1.5, subject__account="one", subject__site=HOME)])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    for hour in range(1, 31):
        w.accounting(T + hour * HOUR, "one", HOME, "s1", 3, "10.8.0.5")
    tool(w, T + 30 * HOUR + 60, ANYDESK, TALK)


@case("a Disconnect that names the session alone ends it", [alert("impossible-travel", "high", 3)], city=True,
      absent=["concurrent-logins"])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    w.radius(T + 600, 40, [(44, "s1")], "10.0.0.5", "10.0.0.1", 3799, 77)
    w.udp(T + 600.01, "10.0.0.1", 3799, "10.0.0.5", 40000, b"\x29\x4d\0\x14" + b"\1" * 16)
    w.login(T + 900, "one", "68.40.7.7", "10.8.0.6", session="s2")
    w.login(T + 1200, "two", HOME, "10.8.0.9", session="s3")


@case("an IPv6 address given by RADIUS ties a tool to its account", [
    alert("remote-control", "medium", 1.5, subject__account="one", subject__site=HOME)])
def _(w):
    authenticator = w.radius(T, 1, [(1, "one"), (31, HOME)], "10.0.0.1", "10.0.0.5", 1812, 9)
    w.radius(T + 0.01, 2, [(168, bytes.fromhex("fd00" + "0" * 27 + "5"))], "10.0.0.1", "10.0.0.5", 1812, 9, authenticator)
    w.tcp(T + 60, "fd00::5", 50000, "2606:4700::80", 443, craft.tls_start(ANYDESK) + TALK)


@case("behind one NAT, a tool is its own account's", [alert("remote-control", "medium", 1.5, subject__account="two")])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    w.login(T + 300, "two", HOME, "10.8.0.6")
    tool(w, T + 400, ANYDESK, TALK, laptop="10.8.0.6")


# ---- tunnels seen at the edge -------------------------------------------------------------------
EDGE = {"networks": {"vpn-gateways": [GATEWAY]}}


def openvpn(w, at, outside, port=40000):
    w.udp(at, outside, port, GATEWAY, 1194, b"\x38" + b"A" * 8 + b"\0" * 5)
    w.udp(at + 0.02, GATEWAY, 1194, outside, port, b"\x40" + b"B" * 8 + b"\1" + b"\0" * 4 + b"A" * 8 + b"\0" * 4)
    for step in range(10):
        w.udp(at + 0.1 + step / 10, outside, port, GATEWAY, 1194, b"\x48\0\0\1" + b"d" * 100)
        w.udp(at + 0.15 + step / 10, GATEWAY, 1194, outside, port, b"\x48\0\0\1" + b"d" * 100)


@case("a tunnel from China without any login", [alert("egress-country", "high", 4, subject__site=CHINA, count=1)], config=EDGE)
def _(w):
    openvpn(w, T, CHINA)


@case("a tunnel from a hosting network without any login", [
    alert("anonymiser-egress", "medium", 2, subject__site="104.131.0.9")], config=EDGE)
def _(w):
    openvpn(w, T, "104.131.0.9")


@case("a tunnel and, 59 s later, its login", [alert("egress-country", "high", 4, subject__account="one", count=1)], config=EDGE)
def _(w):
    openvpn(w, T, CHINA)
    w.login(T + 59, "one", CHINA, "10.8.0.5")


@case("a tunnel, and a login 61 s later: each its own", [
    alert("egress-country", "high", 4, subject__site=CHINA, subject__account=None),
    alert("egress-country", "high", 4, subject__account="one")], config=EDGE)
def _(w):
    openvpn(w, T, CHINA)
    w.login(T + 61, "one", CHINA, "10.8.0.5")


# ---- bounds, suppression, the roster's view -----------------------------------------------------
@case("guessing of names does not push out who really logs in", [
    alert("remote-control", "medium", 1.5, subject__account="one", subject__site=HOME)],
    config={"limits": {"accounts": 100}})
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    for n in range(500):
        w.login(T + 10 + n * 0.1, "guess%d" % n, CHINA, accept=False)
    tool(w, T + 120, ANYDESK, TALK)


@case("only the roster is watched", [alert("egress-country", "high", 4, subject__account="one"),
                                     alert("claimed-location", "low", 1), alert("case", "medium", 4.5)],
      config={"policy": {"watch": "roster"}}, roster=[person("one")])
def _(w):
    w.login(T, "one", CHINA, "10.8.0.5")
    w.login(T + 60, "two", CHINA, "10.8.0.6")


@case("strangers do not make a roster's home shared", absent=["shared-site"], config={"policy": {"watch": "roster"}},
      roster=[person("one", SEATTLE)])
def _(w):
    for n, who in enumerate(("one", "two", "three")):
        w.login(T + n * 60, who, HOME, "10.8.0.%d" % (5 + n))


@case("suppressed by account", [alert("egress-country", "high", 4, subject__account="two")],
      config={"suppress": [{"account": "one", "reason": "posted there"}]})
def _(w):
    w.login(T, "one", CHINA, "10.8.0.5")
    w.login(T + 60, "two", CHINA, "10.8.0.6")


@case("suppressed by site, by network; not by the servers' network", [alert("egress-country", "high", 4, subject__account="three")],
      config={"suppress": [{"site": CHINA}, {"network": "95.24.0.0/16"}, {"network": "10.0.0.0/8"}]})
def _(w):
    w.login(T, "one", CHINA, "10.8.0.5")
    w.login(T + 60, "two", RUSSIA, "10.8.0.6")
    w.login(T + 120, "three", "60.18.99.5", "10.8.0.7")


@case("a suppression that has ended", [alert("egress-country", "high", 4)],
      config={"suppress": [{"detector": "egress-country", "network": "60.18.0.0/16", "until": "2025-10-06"}]})
def _(w):
    w.login(T, "one", CHINA, "10.8.0.5")


FLAGS = [{"name": "camera-off", "weight": 0.5, "note": "four of five meetings"}, {"name": "shipping", "weight": 1.5}]


@case("what the roster's flags add: 4 + 1/2 + 1.5 + 0.5/2", [
    alert("egress-country", "high", 4), alert("claimed-location", "low", 1), alert("case", "high", 6.25)],
    roster=[person("one", SEATTLE, flags=FLAGS)])
def _(w):
    w.login(T, "one", CHINA, "10.8.0.5")


@case("flags alone, with nothing seen", absent=["case"], roster=[person("one", SEATTLE, flags=[{"name": "big", "weight": 9}])])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
