# SPDX-License-Identifier: BSD-2-Clause
"""Who shares: sites, accounts, sessions at once."""
import craft
import mmdb
from stage import *  # noqa: F403


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




@case("two who claim homes 40 km apart", absent=["shared-site", "case"], city=True,
      roster=[person("one", SEATTLE), person("two", (47.25, -122.44))])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5")
    w.login(T + 60, "two", HOME, "10.8.0.6")


@case("seven accounts: half more for each beyond three", [
    alert("shared-site", "high", 6, subject__site=HOME), alert("case", "high", 6, subject__site=HOME)])
def _(w):
    for n in range(7):
        w.login(T + n * 60, "contractor%d" % n, HOME, "10.8.0.%d" % (5 + n))


@case("the third account comes when the first is a week gone", absent=["shared-site"])
def _(w):
    for n, at in enumerate((T, T + 4 * DAY, T + 7 * DAY + 1)):
        w.login(at, "contractor%d" % n, HOME, "10.8.0.%d" % (5 + n))


@case("one IPv6 /64 is one home", [alert("shared-site", "high", 4, subject__site="2601:600:8000:1::/64")])
def _(w):
    for n in range(3):
        w.login(T + n * 60, "contractor%d" % n, "2601:600:8000:1::%d" % (5 + n), "10.8.0.%d" % (5 + n))


@case("three IPv6 /64 are three homes", absent=["shared-site"])
def _(w):
    for n in range(3):
        w.login(T + n * 60, "contractor%d" % n, "2601:600:8000:%d::5" % n, "10.8.0.%d" % (5 + n))


LINES = {"connection-type": ("GeoIP2-Connection-Type", {"73.10.0.0/16": {"connection_type": "Cellular"},
                                                         "68.40.0.0/16": {"connection_type": "Corporate"}})}


@case("mobile, corporate, CGNAT and trusted space is no home", absent=["shared-site", "case"], databases=LINES,
      config={"networks": {"trusted": ["24.16.0.0/16"]}})
def _(w):
    for k, outside in enumerate((HOME, "68.40.7.7", "100.64.3.4", "24.16.0.9")):
        for n in range(3):
            w.login(T + k * HOUR + n * 60, "user%d-%d" % (k, n), outside, "10.8.%d.%d" % (k, 5 + n))


@case("three spellings of a name by realm are one account, two look-alikes are others", [
    alert("shared-site", "high", 4, subject__accounts=["jdoe", "jdoe.", "jdo\u0435"])])
def _(w):
    for n, name in enumerate(("jdoe", "JDOE", "CORP\\jdoe", "jdoe@corp.example", "jdo\u0435", "jdoe.")):
        w.login(T + n * 60, name, HOME, "10.8.0.%d" % (5 + n))


@case("the same where realms are kept", [
    alert("shared-site", "high", 4, subject__accounts=["CORP\\jdoe", "jdoe", "jdoe@corp.example"])],
    config={"policy": {"realms": "keep"}})
def _(w):
    for n, name in enumerate(("jdoe", "JDOE", "CORP\\jdoe", "jdoe@corp.example")):
        w.login(T + n * 60, name, HOME, "10.8.0.%d" % (5 + n))


@case("hosting counts as a network, not as a country", [alert("anonymiser-egress", "medium", 2)], absent=["account-fanout"])
def _(w):
    for n, outside in enumerate((HOME, GERMANY, "104.131.0.9")):
        w.login(T + n * 11 * HOUR, "contractor1", outside, "10.8.0.5")


NETWORKS = {"asn": ("GeoLite2-ASN", {"73.%d.0.0/16" % n: {"autonomous_system_number": mmdb.Sized(6, 64500 + n)}
                                     for n in range(10, 15)})}


@case("five networks of one country in a day", [alert("account-fanout", "high", 2.5)], databases=NETWORKS, may=["device-churn"])
def _(w):
    for n in range(10, 15):
        w.login(T + n * HOUR, "contractor1", "73.%d.0.2" % n, "10.8.0.5")


@case("four networks", may=["device-churn"], absent=["account-fanout"], databases=NETWORKS)
def _(w):
    for n in (10, 11, 12, 13, 10):
        w.login(T + n * HOUR, "contractor1", "73.%d.0.2" % n, "10.8.0.5")


@case("61 seconds at once, in two networks of one city", [alert("concurrent-logins", "high", 3, count=1)], databases=NETWORKS)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.login(T + 600, "contractor1", "73.11.0.2", "10.8.0.6", session="s2")
    w.logout(T + 661, "contractor1", HOME, "s1", "10.8.0.5")
    w.logout(T + 900, "contractor1", "73.11.0.2", "s2", "10.8.0.6")


def renewed(w, time, outside, session, inside, until):
    """A session that interim records renew every ten minutes; its end is lost."""
    w.login(time, "contractor1", outside, inside, session=session)
    for after in range(600, until + 1, 600):
        w.accounting(time + after, "contractor1", outside, session, 3, inside)


@case("the end of a session that interim records renewed is lost, and half an hour later one begins elsewhere in the city",
      absent=["concurrent-logins", "impossible-travel"], databases=NETWORKS, city=True)
def _(w):
    renewed(w, T, HOME, "s1", "10.8.0.5", 3600)
    renewed(w, T + 3600 + 1800, "73.11.0.2", "s2", "10.8.0.6", 3600)


@case("the same, hours away by air", [alert("impossible-travel", "high", 3, count=1)], absent=["concurrent-logins"], city=True)
def _(w):
    renewed(w, T, HOME, "s1", "10.8.0.5", 3600)
    renewed(w, T + 3600 + 900, "68.40.7.7", "s2", "10.8.0.6", 3600)


@case("interim records go on beside another session", [alert("concurrent-logins", "high", 3, count=1)],
      absent=["impossible-travel"], city=True)
def _(w):
    renewed(w, T, HOME, "s1", "10.8.0.5", 7200)
    renewed(w, T + 3600 + 60, "68.40.7.7", "s2", "10.8.0.6", 3600)


@case("two addresses of one network and city", city=True, absent=["concurrent-logins"], databases=NETWORKS)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.login(T + 600, "contractor1", "73.10.9.9", "10.8.0.6", session="s2")
    w.logout(T + 900, "contractor1", HOME, "s1", "10.8.0.5")
    w.logout(T + 990, "contractor1", "73.10.9.9", "s2", "10.8.0.6")
