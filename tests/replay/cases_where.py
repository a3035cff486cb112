# SPDX-License-Identifier: BSD-2-Clause
"""Where from: the first table of rules, each at its threshold and just under."""
import craft
from stage import *  # noqa: F403


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




@case("between two TransTelecom customers: no neighbour of the range", absent=["dprk-network"], may=["egress-country"])
def _(w):
    w.login(T, "contractor1", "188.43.33.248", "10.8.0.5")
    w.login(T + 60, "contractor2", "188.43.33.254", "10.8.0.6")


@case("the last of the five customer addresses", [alert("dprk-network", "high", 5), alert("egress-country", "high", 4),
                                                  alert("case", "high", 5 + 4 / 2)])
def _(w):
    w.login(T, "contractor1", "188.43.33.253", "10.8.0.5")


@case("a country table that says KP of an address is no DPRK network", [alert("egress-country", "high", 4)],
      absent=["dprk-network"], databases={"country": ("GeoLite2-Country", {"203.0.113.0/24": {"country": {"iso_code": "KP"}}})})
def _(w):
    w.login(T, "contractor1", "203.0.113.9", "10.8.0.5")


@case("a relay's address is believed half", [alert("egress-country", "medium", 2)], absent=["anonymiser-egress"],
      databases={"country": ("GeoLite2-Country", {"104.16.0.0/13": {"country": {"iso_code": "RU"}}})})
def _(w):
    w.login(T, "contractor1", "104.16.1.1", "10.8.0.5")  # Cloudflare


ANONYMOUS = {"anonymous-ip": ("GeoIP2-Anonymous-IP", {"73.10.0.0/24": {"is_anonymous": True, "is_residential_proxy": True},
                                                       "68.40.7.0/24": {"is_anonymous": True, "is_tor_exit_node": True}})}


@case("residential proxy and Tor, by database", [
    alert("anonymiser-egress", "medium", 2.5, subject__account="one"),
    alert("anonymiser-egress", "medium", 2.5, subject__account="two")], databases=ANONYMOUS)
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    w.login(T + 60, "two", "68.40.7.7", "10.8.0.6")


@case("an approved VPN", absent=["anonymiser-egress", "case"], config={"policy": {"approved-vpns": ["astrill"]}})
def _(w):
    w.login(T, "contractor1", ASTRILL, "10.8.0.5")


@case("the other way: China first, the VPN within 15 minutes", [
    alert("vpn-flap", "critical", 7), alert("egress-country", "high", 4), alert("anonymiser-egress", "medium", 4),
    alert("case", "critical", 7 + 2 + 2)])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5", session="s1")
    w.logout(T + HOUR, "contractor1", CHINA, "s1", "10.8.0.5")
    w.login(T + HOUR + 890, "contractor1", ASTRILL, "10.8.0.5", session="s2")


@case("the earlier session's end was never told: its last packet counts", [
    alert("egress-country", "high", 4), alert("anonymiser-egress", "medium", 4), alert("case", "high", 4 + 2)],
    absent=["vpn-flap", "impossible-travel"])
def _(w):
    w.login(T, "contractor1", ASTRILL, "10.8.0.5")
    w.login(T + HOUR, "contractor1", CHINA, "10.8.0.5")


LA = dict(timezone="America/Los_Angeles")  # midnight there is 07:00 UTC in October


@case("two days in the claimed zone, though three in UTC", [
    alert("egress-country", "high", 4, count=3), alert("claimed-location", "low", 1, count=3), alert("case", "medium", 4.5)],
    roster=[person("contractor1", SEATTLE, **LA)])
def _(w):
    for at in (T, T + DAY, T + DAY + 21 * HOUR + 1800):
        w.login(at, "contractor1", CHINA, "10.8.0.5")


@case("three days in the claimed zone", [
    alert("egress-country", "high", 4, count=3), alert("claimed-location", "high", 3, count=3), alert("case", "medium", 5.5)],
    roster=[person("contractor1", SEATTLE, **LA)])
def _(w):
    for at in (T, T + DAY, T + DAY + 22 * HOUR):
        w.login(at, "contractor1", CHINA, "10.8.0.5")


MOBILE = {"connection-type": ("GeoIP2-Connection-Type", {"68.40.0.0/16": {"connection_type": "Cellular"}})}


@case("a mobile address inside the claimed country", absent=["claimed-location", "impossible-travel"], city=True, databases=MOBILE,
      roster=[person("contractor1", SEATTLE)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5")
    w.login(T + HOUR, "contractor1", "68.40.7.7", "10.8.0.5")


@case("a mobile address in another country", [alert("claimed-location", "low", 1)], city=True, databases=MOBILE,
      roster=[person("contractor1", country="CA")])
def _(w):
    w.login(T, "contractor1", "68.40.7.7", "10.8.0.5")


@case("travel is measured from the session that ended last", [alert("impossible-travel", "high", 3, count=1)], city=True)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="long")
    w.login(T + HOUR, "contractor1", "73.10.0.3", "10.8.0.6", session="short")
    w.logout(T + HOUR + 300, "contractor1", "73.10.0.3", "short", "10.8.0.6")
    w.logout(T + 8 * HOUR, "contractor1", HOME, "long", "10.8.0.5")
    w.login(T + 9 * HOUR, "contractor1", "68.40.7.7", "10.8.0.7", session="east")


@case("the next login on an inside address does not end the earlier session then", city=True, absent=["impossible-travel"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5")
    w.login(T + 12 * HOUR, "contractor1", "68.40.7.7", "10.8.0.5")


@case("a gap of more than a day", city=True, absent=["impossible-travel"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5")
    w.login(T + 24 * HOUR + 1, "contractor1", "68.40.7.7", "10.8.0.5")
