# SPDX-License-Identifier: BSD-2-Clause
"""Recordings of tests/lab/abroad.py, outside of the company's gateway and behind it: a VPN that drops, and a box that forwards."""
import os

from stage import *  # noqa: F403

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")
EDGE, INSIDE = (os.path.join(FOLDER, "abroad_%s.pcap" % place) for place in ("edge", "inside"))
COMPANY = {"networks": {"inside": ["10.0.0.0/8"], "company": ["198.51.100.0/24"], "vpn-gateways": ["198.51.100.10"],
                        "vpn-pools": ["10.8.0.0/24"]}}
ROSTER = [person("contractor1", SEATTLE), person("contractor2", NEW_YORK)]
FIRST = dict(subject__account="contractor1")
# OpenVPN lets an account in once: who comes again takes the place of the session before, so that no two overlap. Of two places one
# is an exit's, which travel does not ask. Place: 7 + 4/2 + 4/2 + 1/2.
DROPPED = [alert("vpn-flap", "critical", 7, **FIRST), alert("anonymiser-egress", "medium", 4, count=1, **FIRST),
           alert("egress-country", "high", 4, count=1, **FIRST), alert("claimed-location", "low", 1, count=1, **FIRST),
           alert("case", "critical", 11.5, **FIRST)]
NEVER = ["concurrent-logins", "impossible-travel", "account-fanout", "shared-site", "remote-control", "direct-exposure", "layered-rtt",
         "path-too-long", "device-churn"]

for label, paths in (("at the edge", (EDGE,)), ("inside", (INSIDE,))):
    @case("recorded %s: a commercial VPN that drops, and a box that forwards" % label, DROPPED, absent=NEVER + ["inner-outer-rtt"],
          config=COMPANY, roster=ROSTER)
    def _(w, paths=paths):
        for path in paths:
            w.read(path)


# What is outside tells how far the box is, what is inside how far the hand. Physics alone is no case.
@case("recorded at both places: the same, and the hand behind the box", DROPPED + [
    alert("inner-outer-rtt", "high", 3, subject__account="contractor2")], absent=NEVER, config=COMPANY, roster=ROSTER)
def _(w):
    for path in (EDGE, INSIDE):
        w.read(path)
