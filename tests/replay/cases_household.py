# SPDX-License-Identifier: BSD-2-Clause
"""Recordings of tests/lab/household.py, of one farm from three places: outside of the company's gateway, behind it, and in the home.

Three contractors, who claim three homes, log in from one. The first one's laptop has a full tunnel and is driven by VNC through a
TURN relay, the second one's by VNC straight into the home; both from behind the same exit of a commercial VPN. The third one types.
"""
import os

from stage import *  # noqa: F403

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")
EDGE, INSIDE, HOMELAN = (os.path.join(FOLDER, "household_%s.pcap" % place) for place in ("edge", "inside", "homelan"))
PUBLIC = {"company": ["198.51.100.0/24"], "vpn-gateways": ["198.51.100.10"]}
COMPANY = {"networks": dict(PUBLIC, **{"inside": ["10.0.0.0/8"], "vpn-pools": ["10.8.0.0/24"]})}
ROSTER = [person("contractor1", SEATTLE), person("contractor2", NEW_YORK), person("contractor3", PORTLAND)]
NEVER = ["egress-country", "claimed-location", "concurrent-logins", "nat-crowd", "device-churn", "second-tool", "mesh-tunnel",
         "inner-outer-rtt", "layered-rtt", "path-too-long", "path-too-short", "ip-kvm", "locale"]

SHARED = alert("shared-site", "high", 4, subject__site=HOME)
FIRST, LAN = dict(subject__account="contractor1"), {"subject__site": "192.168.1.0/24"}
# Who drives laptop 1 shows himself to the relay; where he comes from weighs as Astrill does. Driving: 4 + 2.5/2, place 4, physics
# 1.5, and half of the site's sharing of 4.
RELAYED = [alert("remote-control", "high", 2.5, **FIRST), alert("control-coupling", "high", 4, **FIRST),
           alert("revealed-peer", "info", 0, **FIRST), alert("anonymiser-egress", "medium", 4, **FIRST),
           alert("case", "critical", 5.25 + 4 + 1.5 + 2, **FIRST)]
# Only the third answers his screen as fast as the home's line allows.
LATE = [alert("input-lag", "medium", 1.5, subject__account=who) for who in ("contractor1", "contractor2")]
# The site's case: its own sharing, and the strongest of each family that its accounts earned.
FARM = alert("case", "critical", 4 + 4 + 4 + 1.5, subject__site=HOME, subject__account=None)
# Driving: 4 + 2.5/2 + 2/2; place 4.
EXPOSED = [alert("remote-control", "high", 2.5, subject__device="192.168.1.22", **LAN), alert("control-coupling", "high", 4, **LAN),
           alert("direct-exposure", "high", 2, **LAN), alert("anonymiser-egress", "medium", 4, **LAN),
           alert("case", "critical", 6.25 + 4, **LAN)]


@case("recorded at the edge: a farm's three laptops, of which the gateway's syslog tells", [SHARED],  # 4 alone is no case
      absent=NEVER + ["remote-control", "control-coupling", "direct-exposure", "anonymiser-egress", "input-lag", "case"],
      config=COMPANY, roster=ROSTER)
def _(w):
    w.read(EDGE)


@case("recorded inside: the farm's full tunnel, driven by VNC through a TURN relay", [SHARED, FARM] + RELAYED + LATE,
      absent=NEVER + ["direct-exposure"], config=COMPANY, roster=ROSTER)
def _(w):
    w.read(INSIDE)


@case("recorded in the home: the farm's open VNC, which the tunnel beside it follows", EXPOSED, absent=NEVER + ["shared-site", "input-lag"],
      config={"networks": PUBLIC})
def _(w):
    w.read(HOMELAN)


@case("recorded at all three places at once", [SHARED, FARM] + RELAYED + LATE + EXPOSED, absent=NEVER, config=COMPANY, roster=ROSTER)
def _(w):
    for path in (EDGE, INSIDE, HOMELAN):
        w.read(path)


@case("recorded in the home, and only what leaves it", absent=NEVER + ["remote-control", "control-coupling", "direct-exposure",
                                                                       "anonymiser-egress", "case"], config={"networks": PUBLIC})
def _(w):
    w.read(HOMELAN)
    w.packets = [p for p in w.packets if p[2][26:28] == b"\xc0\xa8"]
