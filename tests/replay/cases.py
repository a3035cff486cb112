# SPDX-License-Identifier: BSD-2-Clause
"""Scenarios with the alerts that DETECTORS' rules demand of them, worked out by hand.

`expect`: one entry for each alert (by its last document); keys are dotted paths into the alert. What reaches medium and stands
neither in `expect` nor in `may` (names) is a failure; names in `absent` may not appear at any severity.
Weights and scores: score = 100 / (1 + exp(5 - weight)), rounded.
"""
import craft
import mmdb

T = 1759741200  # Monday 2025-10-06 09:00:00 UTC
HOUR, DAY = 3600, 86400
HOME = "73.10.0.2"        # US access network
CHINA, RUSSIA, BRITAIN, GERMANY = "60.18.0.5", "95.24.0.1", "86.1.2.3", "91.10.1.2"
DPRK = "175.45.176.10"
ASTRILL = "104.140.119.7"
GATEWAY = "198.51.100.10"
CASES = []

SEATTLE, NEW_YORK, PORTLAND = (47.6062, -122.3321), (40.7128, -74.0060), (45.5152, -122.6784)


def cities(path):
    """A city database: what stands where in the cases that need coordinates."""
    mmdb.write(path, "GeoLite2-City", {
        "73.10.0.0/16": mmdb.city("US", "Seattle", *SEATTLE, 20),
        "68.40.0.0/16": mmdb.city("US", "New York", *NEW_YORK, 20),
        "24.16.0.0/16": mmdb.city("US", "Portland", *PORTLAND, 20),
        "98.110.0.0/16": mmdb.city("US", "Nowhere exact", 39.0, -98.0, 5000),
    })


def disagreeing(path):
    mmdb.write(path, "GeoLite2-Country", {"60.18.0.0/16": {"country": {"iso_code": "CN"}}})
    mmdb.write(path + ".city", "GeoLite2-City", {"60.18.0.0/16": mmdb.city("SG", "Singapore", 1.35, 103.8, 20)})


def case(name, expect=(), may=(), absent=(), config=None, roster=None, indicators=None, city=False, disagree=False):
    def keep(build):
        CASES.append({"name": name, "build": build, "expect": list(expect), "may": set(may), "absent": set(absent),
                      "config": config or {}, "roster": roster, "indicators": indicators, "city": city,
                      "disagree": disagree})
        return build
    return keep


def alert(name, severity, weight=None, **more):
    want = {"alert": name, "severity": severity}
    if weight is not None:
        from math import exp
        want["score"] = int(100 / (1 + exp(5 - weight)) + 0.5)
    want.update({k.replace("__", "."): v for k, v in more.items()})
    return want


def person(account, home=None, country="US", **more):
    entry = {"name": "Holder of " + account, "accounts": [account], "country": country}
    if home:
        entry["home"] = {"latitude": home[0], "longitude": home[1]}
    entry.update(more)
    return entry


# ---- where from ---------------------------------------------------------------------------------
@case("a login from the national network of the DPRK", [
    alert("dprk-network", "critical", 9, subject__account="contractor1", count=1),
    alert("egress-country", "high", 4, subject__account="contractor1"),
    alert("case", "critical", 9 + 4 / 2, subject__account="contractor1")])
def _(w):
    w.login(T, "contractor1", DPRK, "10.8.0.5", session="s1")


@case("an established flow with that network", [
    alert("dprk-network", "critical", 9, subject__site=DPRK), alert("case", "critical", 9)])
def _(w):
    w.tcp(T, DPRK, 50000, GATEWAY, 443, craft.tls_start("vpn.example.com") + [("s", 0.1, craft.tls_record(23, b"x" * 300))])


@case("a scan from there: no payload, no alert", absent=["dprk-network", "case"])
def _(w):
    w.segment(T, DPRK, 50000, GATEWAY, 443, 1, 0, 0x02)
    w.segment(T + 0.1, GATEWAY, 443, DPRK, 50000, 1, 2, 0x12)
    w.segment(T + 0.2, DPRK, 50000, GATEWAY, 443, 2, 0, 0x04)


@case("TransTelecom customer range", [
    alert("dprk-network", "high", 5, subject__account="contractor1"), alert("egress-country", "high", 4),
    alert("case", "high", 5 + 4 / 2)])
def _(w):
    w.login(T, "contractor1", "188.43.136.5", "10.8.0.5")


@case("a reported exit host within 180 days", [alert("dprk-network", "medium", 3)], may=["anonymiser-egress", "case"])
def _(w):
    w.login(1790845200, "contractor1", "50.7.159.34", "10.8.0.5")  # 2026-10-01


@case("a reported exit host that has aged out", absent=["dprk-network"], may=["anonymiser-egress"])
def _(w):
    w.login(1811840400, "contractor1", "50.7.159.34", "10.8.0.5")  # 2027-06-01


@case("one login from China, nothing claimed", [alert("egress-country", "high", 4, subject__account="contractor1", count=1)],
      absent=["case", "dprk-network"])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5", session="s1")


@case("one login from Shenyang, claimed Seattle", [
    alert("egress-country", "high", 4), alert("claimed-location", "low", 1), alert("case", "medium", 4.5)],
    roster=[person("contractor1", SEATTLE)])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5", session="s1")


@case("the same on three days", [
    alert("egress-country", "high", 4, count=3), alert("claimed-location", "high", 3), alert("case", "medium", 5.5)],
    roster=[person("contractor1", SEATTLE)])
def _(w):
    for day in range(3):
        w.login(T + day * DAY, "contractor1", CHINA, "10.8.0.5", session="s%d" % day)
        w.logout(T + day * DAY + HOUR, "contractor1", CHINA, "s%d" % day, "10.8.0.5")


@case("a contractor who claims China logs in from there", absent=["egress-country", "claimed-location", "case"],
      roster=[person("contractor1", country="CN")])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5", session="s1")


@case("two databases disagree on the country: one step lower, half the weight",
      [alert("egress-country", "medium", 2)], disagree=True)
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5")


@case("trusted networks are exempt", absent=["egress-country", "dprk-network", "case"],
      config={"networks": {"trusted": ["60.18.0.0/16"]}})
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5")


@case("outside of the allowed countries", [alert("egress-country", "high", 4, subject__account="contractor1")],
      config={"policy": {"allowed-countries": ["US"]}})
def _(w):
    w.login(T, "contractor1", GERMANY, "10.8.0.5")
    w.login(T + 10, "contractor2", HOME, "10.8.0.6")


@case("anonymisers: Astrill, another VPN, hosting", [
    alert("anonymiser-egress", "medium", 4, subject__account="astrill-user"),
    alert("anonymiser-egress", "medium", 2.5, subject__account="vpn-user"),
    alert("anonymiser-egress", "medium", 2, subject__account="hosting-user")])
def _(w):
    w.login(T, "astrill-user", ASTRILL, "10.8.0.5")
    w.login(T + 10, "vpn-user", "2.26.157.5", "10.8.0.6")
    w.login(T + 20, "hosting-user", "104.131.0.9", "10.8.0.7")


def flap(w, gap):
    w.login(T, "contractor1", ASTRILL, "10.8.0.5", session="s1")
    w.logout(T + HOUR, "contractor1", ASTRILL, "s1", "10.8.0.5")
    w.login(T + HOUR + gap, "contractor1", CHINA, "10.8.0.5", session="s2")


@case("the VPN drops, and ten minutes later the address is Chinese", [
    alert("vpn-flap", "critical", 7, subject__account="contractor1"), alert("egress-country", "high", 4),
    alert("anonymiser-egress", "medium", 4), alert("case", "critical", 7 + 2 + 2)], absent=["impossible-travel"])
def _(w):
    flap(w, 600)


@case("sixteen minutes later is no flap", [
    alert("egress-country", "high", 4), alert("anonymiser-egress", "medium", 4), alert("case", "high", 4 + 2)],
    absent=["vpn-flap"])
def _(w):
    flap(w, 960)


@case("within 500 km of home is home", absent=["claimed-location"], city=True, roster=[person("contractor1", SEATTLE)])
def _(w):
    w.login(T, "contractor1", "24.16.0.9", "10.8.0.5")  # Portland, 233 km


@case("a business trip is low", [alert("claimed-location", "low", 1)], absent=["case"], city=True,
      roster=[person("contractor1", SEATTLE)])
def _(w):
    w.login(T, "contractor1", "68.40.7.7", "10.8.0.5")  # New York, 3,870 km


@case("an accuracy radius that reaches home is no claim", absent=["claimed-location"], city=True,
      roster=[person("contractor1", SEATTLE)])
def _(w):
    w.login(T, "contractor1", "98.110.3.4", "10.8.0.5")


def travel(w, gap):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.logout(T + 600, "contractor1", HOME, "s1", "10.8.0.5")
    w.login(T + 600 + gap, "contractor1", "68.40.7.7", "10.8.0.5", session="s2")


@case("Seattle to New York in an hour", [alert("impossible-travel", "high", 3, subject__account="contractor1")], city=True,
      absent=["concurrent-logins"])
def _(w):
    travel(w, HOUR)


@case("Seattle to New York in six hours: 640 km/h, a plausible flight", city=True, absent=["impossible-travel"])
def _(w):
    travel(w, 6 * HOUR)


INDICATORS = [{"name": "front company", "source": "test", "date": "2025-01-01", "confidence": "reported",
               "domains": ["bad.example"]},
              {"name": "old", "source": "test", "date": "2024-01-01", "confidence": "confirmed", "expires": "2025-01-01",
               "domains": ["old.example"]},
              {"name": "rumour", "source": "test", "date": "2025-01-01", "confidence": "unverified", "severity": "critical",
               "weight": 5, "domains": ["rumour.example"]}]


@case("a name below an indicator's domain, by DNS", [alert("indicator", "medium", 3)], indicators=INDICATORS)
def _(w):
    w.dns(T, "10.8.0.5", "10.0.0.2", "mail.bad.example")


@case("by SNI; an unverified entry never exceeds medium but keeps its weight",
      [alert("indicator", "medium", 5), alert("case", "medium", 5)], indicators=INDICATORS)
def _(w):
    w.tcp(T, "10.8.0.5", 50000, "203.0.113.80", 443, craft.tls_start("rumour.example"))


@case("another label, another domain, an expired entry", indicators=INDICATORS, absent=["indicator"])
def _(w):
    w.dns(T, "10.8.0.5", "10.0.0.2", "notbad.example")
    w.dns(T + 1, "10.8.0.5", "10.0.0.2", "bad.example.com", sport=33001)
    w.dns(T + 2, "10.8.0.5", "10.0.0.2", "www.old.example", sport=33002)


# ---- who shares ---------------------------------------------------------------------------------
@case("three accounts from one home", [alert("shared-site", "high", 4, subject__site=HOME)], absent=["case"])
def _(w):
    for n in range(3):
        w.login(T + n * HOUR, "contractor%d" % n, HOME, "10.8.0.%d" % (5 + n), session="s%d" % n)


@case("a couple in one home", absent=["shared-site", "case"],
      roster=[person("one", SEATTLE), person("two", SEATTLE)])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    w.login(T + 60, "two", HOME, "10.8.0.6")


@case("two accounts that claim homes 230 km apart", [alert("shared-site", "high", 4)], city=True,
      roster=[person("one", SEATTLE), person("two", PORTLAND)])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    w.login(T + 60, "two", HOME, "10.8.0.6")


@case("three who all claim this one home: one step lower", [alert("shared-site", "medium", 2)], city=True,
      roster=[person("one", SEATTLE), person("two", SEATTLE), person("three", SEATTLE)])
def _(w):
    for n, who in enumerate(("one", "two", "three")):
        w.login(T + n * 60, who, HOME, "10.8.0.%d" % (5 + n))


@case("three accounts from hosting space are no home", may=["anonymiser-egress"], absent=["shared-site"])
def _(w):
    for n in range(3):
        w.login(T + n * HOUR, "contractor%d" % n, "104.131.0.9", "10.8.0.%d" % (5 + n))


FAR = [(25.76, -80.19), (42.36, -71.06), (29.76, -95.37), (39.74, -104.99), (33.45, -112.07)]


@case("five accounts at one home that claim five others, on three days",
      [alert("shared-site", "high", 5, subject__site=HOME), alert("case", "critical", 8, subject__site=HOME)]
      + [alert("claimed-location", "high", 3, subject__account="contractor%d" % n) for n in range(5)]
      + [alert("case", "medium", 5.5, subject__account="contractor%d" % n) for n in range(5)],
      city=True, roster=[person("contractor%d" % n, FAR[n]) for n in range(5)])
def _(w):
    for day in range(3):
        for n in range(5):
            at = T + day * DAY + n * 600
            w.login(at, "contractor%d" % n, HOME, "10.8.0.%d" % (5 + n), session="d%dn%d" % (day, n))
            w.logout(at + 8 * HOUR, "contractor%d" % n, HOME, "d%dn%d" % (day, n), "10.8.0.%d" % (5 + n))


@case("one account from three countries in a day", [alert("account-fanout", "high", 2.5, subject__account="contractor1")],
      may=["impossible-travel", "case"])
def _(w):
    for n, outside in enumerate((HOME, GERMANY, BRITAIN)):
        w.login(T + n * 7 * HOUR, "contractor1", outside, "10.8.0.5", session="s%d" % n)
        w.logout(T + n * 7 * HOUR + 600, "contractor1", outside, "s%d" % n, "10.8.0.5")


@case("one account from two countries in a day", may=["impossible-travel"], absent=["account-fanout", "case"])
def _(w):
    for n, outside in enumerate((HOME, GERMANY)):
        w.login(T + n * 11 * HOUR, "contractor1", outside, "10.8.0.5", session="s%d" % n)
        w.logout(T + n * 11 * HOUR + 600, "contractor1", outside, "s%d" % n, "10.8.0.5")


@case("one account in two places at once", [alert("concurrent-logins", "high", 3, subject__account="contractor1")],
      absent=["impossible-travel"], city=True)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.login(T + 600, "contractor1", "68.40.7.7", "10.8.0.6", session="s2")
    w.logout(T + 1200, "contractor1", HOME, "s1", "10.8.0.5")
    w.logout(T + 1300, "contractor1", "68.40.7.7", "s2", "10.8.0.6")


@case("an overlap of 30 seconds is a reconnect", city=True, absent=["concurrent-logins"], may=["impossible-travel"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.login(T + 600, "contractor1", "24.16.0.9", "10.8.0.6", session="s2")
    w.logout(T + 630, "contractor1", HOME, "s1", "10.8.0.5")
    w.logout(T + 1300, "contractor1", "24.16.0.9", "s2", "10.8.0.6")


# ---- what drives the laptop ---------------------------------------------------------------------
ANYDESK, RUSTDESK = "relay-1a2b3c4d.net.anydesk.com", "rs-ny.rustdesk.com"


def tool(w, at, name, steps, laptop="10.8.0.5", port=50000, relay="203.0.113.80"):
    w.dns(at - 0.5, laptop, "10.0.0.2", name, relay, sport=port - 10000)
    return w.tcp(at, laptop, port, relay, 443, craft.tls_start(name) + steps)


TALK = [("c", 0.2, craft.tls_record(23, b"a" * 200)), ("s", 0.2, craft.tls_record(23, b"b" * 300))] * 3


@case("a tool connected on a contractor's laptop", [
    alert("remote-control", "medium", 1.5, subject__account="contractor1")])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, TALK)


@case("the laptop is driven for two minutes", [
    alert("remote-control", "high", 2.5, subject__account="contractor1", count=1)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(120))


@case("a download over the same tool is connected, not controlled", [alert("remote-control", "medium", 1.5)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, [("s", 0.3, craft.tls_record(23, b"d" * 1300))] * 300 + TALK)


@case("an approved tool", absent=["remote-control"], config={"policy": {"approved-tools": ["any desk"]}})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(120))


@case("a visit to a vendor's web page", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.dns(T + 5, "10.8.0.5", "10.0.0.2", "www.teamviewer.com")
    w.tcp(T + 6, "10.8.0.5", 50001, "203.0.113.80", 443, craft.tls_start("www.teamviewer.com") + TALK)
    w.dns(T + 15, "10.8.0.5", "10.0.0.2", "anydesk.com", sport=33005)
    w.tcp(T + 16, "10.8.0.5", 50002, "203.0.113.81", 443, craft.tls_start("anydesk.com") + TALK)


@case("a name looked up and never used", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.dns(T + 5, "10.8.0.5", "10.0.0.2", ANYDESK)


@case("two tools on one laptop", [
    alert("remote-control", "medium", 1.5), alert("remote-control", "medium", 1.5), alert("second-tool", "high", 3)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, TALK)
    tool(w, T + 600, RUSTDESK, TALK, port=50100, relay="203.0.113.90")


# ---- look-alikes --------------------------------------------------------------------------------
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
