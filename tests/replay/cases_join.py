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
