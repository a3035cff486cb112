# SPDX-License-Identifier: BSD-2-Clause
"""Look-alikes: honest people and ordinary noise that resemble a laptop farm, an intruder or a relay from some side.

Nothing reaches medium here, save where a comment names the rule that demands it.
"""
import struct

import craft
import mmdb
from stage import *  # noqa: F403

HERE = dict(latitude=50.11, longitude=8.68)  # the sensor: Frankfurt
LONDON, SYDNEY, TACOMA = (51.5074, -0.1278), (-33.8688, 151.2093), (47.25, -122.44)
OFFICE, MOBILE, HOME6 = "68.40.7.7", "172.56.9.9", "2601:600:8000:1"
ALL = ["dprk-network", "egress-country", "anonymiser-egress", "vpn-flap", "claimed-location", "impossible-travel", "shared-site",
       "account-fanout", "concurrent-logins", "nat-crowd", "device-churn", "remote-control", "second-tool", "ip-kvm",
       "control-coupling", "mesh-tunnel", "direct-exposure", "path-too-long", "path-too-short", "layered-rtt",
       "inner-outer-rtt", "input-lag", "marathon", "clock-shift", "steady-hand", "locale", "concurrent-calls", "bulk-egress",
       "case"]


def where(places):
    """Databases of {network: (country, city, place, kind of line)}; every network has an AS of its own."""
    city, line, asn = {}, {}, {}
    for number, (network, (country, name, place, kind)) in enumerate(sorted(places.items())):
        city[network] = mmdb.city(country, name, *place, 20)
        line[network] = {"connection_type": kind}
        asn[network] = {"autonomous_system_number": mmdb.Sized(6, 64500 + number)}
    return {"city": ("GeoLite2-City", city), "connection-type": ("GeoIP2-Connection-Type", line),
            "asn": ("GeoLite2-ASN", asn)}


WIRED, CELLULAR, CORPORATE = "Cable/DSL", "Cellular", "Corporate"
PLACES = where({"73.10.0.0/16": ("US", "Seattle", SEATTLE, WIRED), "68.40.0.0/16": ("US", "Seattle", SEATTLE, CORPORATE),
                "172.56.0.0/16": ("US", "New York", NEW_YORK, CELLULAR), "86.1.0.0/16": ("GB", "London", LONDON, WIRED),
                "1.128.0.0/16": ("AU", "Sydney", SYDNEY, WIRED)})


def day(w, at, who, outside, inside, session, hours=8, sport=51000):
    """A session of one day: a few pages of work, and its end."""
    w.login(at, who, outside, inside, session=session)
    for n in range(hours):
        w.tcp(at + 60 + n * HOUR, inside, sport + n, "203.0.113.7", 443, craft.tls_start("code.example.com") + TALK)
    w.logout(at + hours * HOUR, who, outside, session, inside)


@case("a couple in one home, five days", absent=ALL, databases=PLACES,
      roster=[person("one", SEATTLE, **{"timezone": "America/Los_Angeles"}), person("two", SEATTLE)])
def _(w):
    for n in range(5):
        day(w, T + n * DAY + 7 * HOUR, "one", HOME, "10.8.0.5", "a%d" % n)
        day(w, T + n * DAY + 7 * HOUR + 600, "two", HOME, "10.8.0.6", "b%d" % n, sport=52000)


def desks(w, outside):
    for n in range(4):
        day(w, T + n * 600, "member%d" % n, outside, "10.8.0.%d" % (5 + n), "s%d" % n, sport=51000 + n * 100)


@case("a coworking space on a corporate line, members who live around", absent=ALL, databases=PLACES,
      roster=[person("member%d" % n, home) for n, home in enumerate((SEATTLE, TACOMA, PORTLAND, (48.75, -122.48)))])
def _(w):
    desks(w, OFFICE)


# The line's kind stops shared-site alone. That the members live 3,870 km away is still claimed-location, once: low.
@case("the same, members who live far away", [alert("claimed-location", "low", 1)] * 4, databases=PLACES,
      absent=[name for name in ALL if name != "claimed-location"], roster=[person("member%d" % n, NEW_YORK) for n in range(4)])
def _(w):
    desks(w, OFFICE)


@case("an offsite in a hotel that the company trusts", absent=ALL, databases=PLACES, config={"networks": {"trusted": ["86.1.2.0/24"]}},
      roster=[person("member%d" % n, home) for n, home in enumerate((SEATTLE, NEW_YORK, PORTLAND, TACOMA))])
def _(w):
    desks(w, BRITAIN)


@case("a commuter: home, then the train's mobile line whose exit is across the country", absent=ALL, databases=PLACES,
      roster=[person("one", SEATTLE)])
def _(w):
    for n in range(5):
        at = T + n * DAY + 7 * HOUR
        day(w, at, "one", HOME, "10.8.0.5", "home%d" % n, hours=1)
        day(w, at + HOUR + 300, "one", MOBILE, "10.8.0.6", "train%d" % n, hours=1)
        day(w, at + 3 * HOUR, "one", OFFICE, "10.8.0.7", "desk%d" % n, hours=5)


@case("out of the door: home and mobile overlap for a minute", absent=ALL, databases=PLACES, roster=[person("one", SEATTLE)])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    w.login(T + 600, "one", MOBILE, "10.8.0.6", session="s2")
    w.logout(T + 660, "one", HOME, "s1", "10.8.0.5")
    w.logout(T + 3600, "one", MOBILE, "s2", "10.8.0.6")


# concurrent-logins exempts no kind of line: two sessions that both stay are two, and alone they are no case.
@case("laptop at home and telephone on its mobile line, both for an hour", [alert("concurrent-logins", "high", 3)], databases=PLACES,
      absent=[name for name in ALL if name != "concurrent-logins"], roster=[person("one", SEATTLE)])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    w.login(T + 600, "one", MOBILE, "10.8.0.6", session="s2")
    w.logout(T + 4200, "one", HOME, "s1", "10.8.0.5")
    w.logout(T + 4200, "one", MOBILE, "s2", "10.8.0.6")


@case("a flight: Seattle, and ten and a half hours later London", [alert("claimed-location", "low", 1, count=1)], databases=PLACES,
      absent=[name for name in ALL if name != "claimed-location"], roster=[person("one", SEATTLE)])
def _(w):
    day(w, T, "one", HOME, "10.8.0.5", "s1", hours=2)
    day(w, T + 12.5 * HOUR, "one", BRITAIN, "10.8.0.5", "s2", hours=6)  # 7,730 km: 736 km/h


@case("a dual-stack home: IPv4, then two privacy addresses of its /64", absent=ALL, roster=[person("one", SEATTLE)],
      databases={"asn": ("GeoLite2-ASN", {"73.10.0.0/16": {"autonomous_system_number": mmdb.Sized(6, 64500)},
                                          "2601:600::/32": {"autonomous_system_number": mmdb.Sized(6, 64500)}}),
                 "country": ("GeoLite2-Country", {"73.10.0.0/16": {"country": {"iso_code": "US"}},
                                                  "2601:600::/32": {"country": {"iso_code": "US"}}})})
def _(w):
    outside = (HOME, HOME6 + "::5", HOME6 + ":a1b2:c3d4:e5f6:1", HOME6 + ":9:8:7:6")
    for n, address in enumerate(outside):
        w.login(T + n * 600, "one", address, "10.8.0.%d" % (5 + n), session="s%d" % n)
        w.logout(T + n * 600 + 4000, "one", address, "s%d" % n, "10.8.0.%d" % (5 + n))


@case("a help desk with its two approved tools, while the laptop works for it", absent=ALL,
      config={"policy": {"approved-tools": ["AnyDesk", "RustDesk"]}})
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(180))
    tool(w, T + 600, RUSTDESK, craft.driven(120), port=50100, relay="203.0.113.90")


VENDORS = ["www.teamviewer.com", "anydesk.com", "rustdesk.com", "parsec.app", "www.splashtop.com", "pikvm.org", "jetkvm.com",
           "tinypilotkvm.com", "tailscale.com", "www.zerotier.com", "ngrok.com", "netbird.io", "www.astrill.com"]


@case("an evening of reading vendors' pages: tools, KVMs, meshes, VPNs", absent=ALL)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    for n, name in enumerate(VENDORS):
        w.dns(T + 60 + n * 60, "10.8.0.5", "10.0.0.2", name, "203.0.113.%d" % (100 + n), sport=33000 + n)
        w.tcp(T + 61 + n * 60, "10.8.0.5", 50000 + n, "203.0.113.%d" % (100 + n), 443, craft.tls_start(name) + TALK)


@case("three accounts of one person at home", absent=ALL, roster=[dict(person("one", SEATTLE), accounts=["one", "adm-one", "svc-one"])])
def _(w):
    for n, who in enumerate(("one", "adm-one", "svc-one")):
        w.login(T + n * 60, who, HOME, "10.8.0.%d" % (5 + n), session="s%d" % n)


def page(w, at, server, title, port=50500):
    body = b"<html><head><title>%s</title></head></html>" % title
    w.tcp(at, "10.8.0.5", port, server, 80, [
        ("c", 0.01, b"GET / HTTP/1.1\r\nHost: www.example.com\r\n\r\n"),
        ("s", 0.02, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)])


@case("a review of a KVM that is read on the web", absent=ALL)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    page(w, T + 60, "203.0.113.100", b"PiKVM and JetKVM compared")


@case("a KVM's vendor shows its certificate", absent=ALL)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    hello, answer, finished = craft.tls_start("jetkvm.com")
    w.tcp(T + 60, "10.8.0.5", 50500, "203.0.113.100", 443,
          [hello, answer[:2] + (answer[2][:-51] + craft.certificate_message("jetkvm.com"),), finished] + TALK)


@case("a KVM at home shows one", [alert("ip-kvm", "high", 4)])
def _(w):
    hello, answer, finished = craft.tls_start("jetkvm")
    w.tcp(T + 60, "192.168.1.20", 50500, "192.168.1.77", 443,
          [hello, answer[:2] + (answer[2][:-51] + craft.certificate_message("JetKVM"),), finished] + TALK)


@case("a KVM's own page at home, opened in the tunnel", [alert("ip-kvm", "high", 4, subject__account="one")])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    page(w, T + 60, HOME, b"PiKVM Index")


# ---- long and lame ways -------------------------------------------------------------------------
EDGE = {"networks": {"vpn-gateways": [GATEWAY]}, "sensor": {"location": HERE}}


def knock(w, at, outside, port=40000):
    """OpenVPN's first two messages: a client's reset and the gateway's answer, a millisecond later."""
    w.udp(at, outside, port, GATEWAY, 1194, b"\x38" + b"A" * 8 + b"\0" * 5)
    w.udp(at + 0.001, GATEWAY, 1194, outside, port, b"\x40" + b"B" * 8 + b"\1" + b"\0" * 4 + b"A" * 8 + b"\0" * 4)


def tunnels(w, who, outside, rtt):
    """Six OpenVPN sessions; between the gateway's answer and the client's next word lies the way there and back."""
    for n in range(6):
        at = T + n * HOUR
        w.login(at, who, outside, "10.8.0.5", session="s%d" % n)
        knock(w, at, outside, 40000 + n)
        w.udp(at + 0.001 + rtt, outside, 40000 + n, GATEWAY, 1194, b"\x28" + b"A" * 8 + b"\1" + b"\0" * 4 + b"B" * 8)
        w.logout(at + 900, who, outside, "s%d" % n, "10.8.0.5")


@case("Sydney from Frankfurt in 340 ms: 16,500 km explain 370", absent=ALL, databases=PLACES, config=EDGE,
      roster=[person("one", SYDNEY, country="AU")])
def _(w):
    tunnels(w, "one", "1.128.3.4", 0.34)


@case("Sydney from Frankfurt in 420 ms", [alert("path-too-long", "medium", 2.5, subject__account="one")], databases=PLACES, config=EDGE,
      roster=[person("one", SYDNEY, country="AU")], absent=["case", "layered-rtt", "path-too-short"])
def _(w):
    tunnels(w, "one", "1.128.3.4", 0.42)


@case("Sydney from Frankfurt in 90 ms: light needs 165", [alert("path-too-short", "medium", 2, subject__account="one")],
      databases=PLACES, config=EDGE, roster=[person("one", SYDNEY, country="AU")], absent=["case", "path-too-long"])
def _(w):
    tunnels(w, "one", "1.128.3.4", 0.09)


@case("650 ms from a home whose link is said to be wired", [alert("path-too-long", "medium", 2.5)], databases=PLACES, config=EDGE,
      roster=[person("one", SEATTLE, link="wired")], absent=["case"])
def _(w):
    tunnels(w, "one", HOME, 0.65)


for link in ("satellite", "slow", "mobile"):
    @case("650 ms from a home whose link the roster calls " + link, absent=ALL, databases=PLACES, config=EDGE,
          roster=[person("one", SEATTLE, link=link)])
    def _(w):
        tunnels(w, "one", HOME, 0.65)


@case("half of every conversation: a one-way capture, even from the DPRK", absent=ALL, config=EDGE)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 60, DPRK, 50000, GATEWAY, 443, craft.tls_start("vpn.example.com") + TALK)
    w.tcp(T + 80, GERMANY, 50000, "10.8.0.5", 3389, craft.rdp_start() + craft.driven(90, screen_side="s"))
    for n in range(6):
        w.tcp(T + 200 + n * 60, HOME, 40000 + n, GATEWAY, 443, craft.tls_start("vpn.example.com") + TALK, rtt=0.3)
    one_way = (b"\xaf\x2d\xb0\x0a", b"\x5b\x0a\x01\x02", b"\x49\x0a\x00\x02")  # 175.45.176.10, 91.10.1.2, 73.10.0.2
    w.packets = [p for p in w.packets if p[2][30:34] not in one_way]


# ---- the noise of the internet ------------------------------------------------------------------
@case("a scan: SYN, SYN-ACK, RST, or nobody there", absent=ALL)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    for n, source in enumerate((CHINA, RUSSIA, DPRK, GERMANY, ASTRILL) * 4):
        port = (22, 3389, 5900, 443)[n % 4]
        for target in (GATEWAY, HOME, "192.168.1.20", "10.8.0.5"):
            at = T + 60 + n
            w.segment(at, source, 50000 + n, target, port, 1, 0, 0x02)
            if n % 2:
                w.segment(at + 0.1, target, port, source, 50000 + n, 1, 2, 0x12)
                w.segment(at + 0.2, source, 50000 + n, target, port, 2, 0, 0x04)
            else:
                w.segment(at + 0.1, target, port, source, 50000 + n, 0, 2, 0x14)


def ssh_packet(body):
    """RFC 4253, 6, before keys are taken into use."""
    padding = 8 - (5 + len(body)) % 8 + (8 if 8 - (5 + len(body)) % 8 < 4 else 0)
    return struct.pack("!IB", 1 + len(body) + padding, padding) + body + b"\0" * padding


def ssh(w, at, source, port, server, passwords):
    """A login by SSH as the lengths show it under chacha20-poly1305: method none, then passwords; `passwords` says which are right; None: the
    client leaves once keys are agreed on."""
    version = b"SSH-2.0-OpenSSH_9.2\r\n"
    lists = (b"curve25519-sha256", b"ssh-ed25519") + (b"chacha20-poly1305@openssh.com",) * 2 + (b"hmac-sha2-256",) * 2 \
        + (b"none",) * 2 + (b"",) * 2
    offer = ssh_packet(b"\x14" + b"\0" * 16 + b"".join(struct.pack("!I", len(x)) + x for x in lists) + b"\0" * 5)
    key, new = b"\0\0\0\x20" + b"k" * 32, ssh_packet(b"\x15")
    steps = [("c", 0.01, version), ("s", 0.01, version), ("c", 0.01, offer), ("s", 0.01, offer), ("c", 0.01, ssh_packet(b"\x1e" + key)),
             ("s", 0.01, ssh_packet(b"\x1f" + key * 3) + new), ("c", 0.01, new), ("c", 0.01, b"\x81" * 44), ("s", 0.02, b"\x82" * 44),
             ("c", 0.02, b"\x83" * 68), ("s", 0.02, b"\x84" * 52)]
    if passwords is None:
        steps = steps[:7]
    for is_right in passwords or ():
        steps += [("c", 2, b"\x85" * 148), ("s", 2, b"\x86" * (28 if is_right else 52))]
    w.tcp(at, source, port, server, 22, steps)


OFFICE_SSH = "198.51.100.22"
COMPANY = {"networks": {"vpn-gateways": [GATEWAY], "company": ["198.51.100.0/24"]}}


@case("passwords guessed at the company's SSH from everywhere", absent=ALL, config=COMPANY)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    for n, source in enumerate((CHINA, RUSSIA, GERMANY, BRITAIN, ASTRILL) * 3):
        ssh(w, T + 60 + n * 20, source, 40000 + n, OFFICE_SSH, (False, False, False))


@case("the same, and one of them is right", [alert("egress-country", "high", 4, subject__site=RUSSIA)], config=COMPANY,
      absent=["anonymiser-egress", "case"])
def _(w):
    for n, source in enumerate((CHINA, RUSSIA, GERMANY, BRITAIN, ASTRILL) * 3):
        ssh(w, T + 60 + n * 20, source, 40000 + n, OFFICE_SSH, (False, False, n == 6))


@case("keys agreed on with the company's SSH from everywhere, and no login tried", absent=ALL, config=COMPANY)
def _(w):
    for n, source in enumerate((CHINA, RUSSIA, GERMANY, ASTRILL) * 3):
        ssh(w, T + 60 + n * 20, source, 40000 + n, OFFICE_SSH, None)


@case("failed logins of a real account from everywhere, then its holder at home", absent=ALL, databases=PLACES,
      roster=[person("one", SEATTLE)])
def _(w):
    for n, outside in enumerate((CHINA, RUSSIA, DPRK, GERMANY, BRITAIN, ASTRILL, MOBILE) * 5):
        w.login(T + n * 30, "one", outside, accept=False)
    day(w, T + 2 * HOUR, "one", HOME, "10.8.0.5", "s1")


# ---- days and nights ----------------------------------------------------------------------------
def shifts(w, first, days, minutes):
    """SSH into the company, eight payload packets each minute."""
    for n in range(days):
        at = first + n * DAY
        w.login(at - 60, "one", HOME, "10.8.0.5", session="n%d" % n)
        version = b"SSH-2.0-OpenSSH_9.2\r\n"
        keys = [("c", 7.4, b"\x17" * 36), ("s", 0.01, b"\x18" * 36)] * (8 * minutes)
        w.tcp(at, "10.8.0.5", 50000 + n, "10.0.0.22", 22, [("c", 0.01, version), ("s", 0.01, version)] + keys)
        w.logout(at + 62 * minutes, "one", HOME, "n%d" % n, "10.8.0.5")


NIGHT = T - 4 * HOUR  # 05:00 UTC: 22:00 in Seattle


@case("an honest night worker whose hours the roster knows", absent=ALL,
      roster=[person("one", SEATTLE, timezone="America/Los_Angeles", hours="22:00-06:00")])
def _(w):
    shifts(w, NIGHT, 6, 120)


@case("the same nights, hours unknown", [alert("clock-shift", "medium", 2, subject__account="one")], absent=["case", "marathon"],
      roster=[person("one", SEATTLE, timezone="America/Los_Angeles")])
def _(w):
    shifts(w, NIGHT, 6, 120)


@case("a VPN parked over a night and a day: keep-alives alone", absent=ALL, config={"networks": {"vpn-gateways": [GATEWAY]}})
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    knock(w, T, HOME)
    for n in range(26 * 60 * 2):  # each 30 s, both ways
        w.udp(T + 1 + n * 30, HOME, 40000, GATEWAY, 1194, b"\x48\0\0\1" + b"k" * 40)
        w.udp(T + 1.1 + n * 30, GATEWAY, 1194, HOME, 40000, b"\x48\0\0\1" + b"k" * 40)
        if n % 120 == 0:  # each hour
            w.accounting(T + 2 + n * 30, "one", HOME, "s1", 3, "10.8.0.5")


@case("a backup to a place of the company's own", absent=ALL,
      config=COMPANY)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    steps = craft.tls_start("backup.example.com") + [("c", 0.05, craft.tls_record(23, b"z" * 16000))] * 200
    w.tcp(T + 60, "10.8.0.5", 50000, "198.51.100.40", 443, steps)
