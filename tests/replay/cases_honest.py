# SPDX-License-Identifier: BSD-2-Clause
"""Recordings of tests/lab/honest.py, outside of the company's gateway and behind it: each of these people looks like somebody else.

Nothing reaches medium here, save where a comment names the rule that demands it.
"""
import os
import socket

from cases_alike import ALL, CELLULAR, CORPORATE, LONDON, SYDNEY, TACOMA, WIRED, where
from stage import *  # noqa: F403

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")
EDGE, INSIDE = (os.path.join(FOLDER, "honest_%s.pcap" % place) for place in ("edge", "inside"))
HOTEL = "86.1.2.3"
# The company is in Seattle, since its people there are 20 ms away.
PLACES = where({"73.10.0.0/16": ("US", "Seattle", SEATTLE, WIRED), "68.40.0.0/16": ("US", "Seattle", SEATTLE, CORPORATE),
                "24.16.0.0/16": ("US", "Portland", PORTLAND, WIRED), "172.56.0.0/16": ("US", "New York", NEW_YORK, CELLULAR),
                "86.1.0.0/16": ("GB", "London", LONDON, WIRED), "1.128.0.0/16": ("AU", "Sydney", SYDNEY, WIRED)})
HOMES = (SEATTLE, SEATTLE, SEATTLE, TACOMA, PORTLAND, PORTLAND, SEATTLE)
ROSTER = [person("contractor%d" % (n + 1), home) for n, home in enumerate(HOMES)] + [person("contractor8", SYDNEY, country="AU")]


def company(trusted=(), **policy):
    networks = {"inside": ["10.0.0.0/8"], "company": ["198.51.100.0/24"], "vpn-gateways": ["198.51.100.10"], "vpn-pools": ["10.8.0.0/24"],
                "trusted": list(trusted)}
    return {"networks": networks, "sensor": {"location": dict(latitude=SEATTLE[0], longitude=SEATTLE[1])}, "policy": policy}


def read(w, *paths):
    """The flight to London takes half a day, which no recording can."""
    for path in paths:
        w.read(path)
    marks = socket.inet_aton(HOTEL), HOTEL.encode()
    w.packets = [(time + 12.5 * HOUR * any(mark in data for mark in marks), sequence, data) for time, sequence, data in w.packets]


def only(w, is_kept):
    """One way of every conversation: of those packets alone whose source says so."""
    w.packets = [p for p in w.packets if is_kept(socket.inet_ntoa(p[2][26:30]))]


APPROVED = company(**{"approved-tools": ["VNC"]})
# A trip to London is claimed-location, once: low.
TRIP = [alert("claimed-location", "low", 1, subject__account="contractor7", count=1)]
BUT_TRIP = [name for name in ALL if name != "claimed-location"]

for label, paths in (("at the edge", (EDGE,)), ("inside", (INSIDE,)), ("at both places at once", (EDGE, INSIDE))):
    @case("recorded %s: a couple, a coworking space, a commuter, a traveller, a far-away home, a help desk, guessed passwords, a scan"
          % label, TRIP, absent=BUT_TRIP, config=APPROVED, databases=PLACES, roster=ROSTER)
    def _(w, paths=paths):
        read(w, *paths)


@case("recorded inside: the same help desk, which the company trusts", TRIP, absent=BUT_TRIP, config=company(trusted=["10.1.0.50"]),
      databases=PLACES, roster=ROSTER)
def _(w):
    read(w, INSIDE)


# A company's computer that drives a laptop by what nobody approved is remote-control.
@case("recorded inside: the same help desk, whose tool nobody approved", TRIP + [
    alert("remote-control", "high", 2.5, subject__account="contractor1")], config=company(), databases=PLACES, roster=ROSTER,
    absent=[name for name in BUT_TRIP if name != "remote-control"])
def _(w):
    read(w, INSIDE)


# Syslog goes one way by itself, so the trip shows in what leaves the company.
for label, path, mine, expected in (("what leaves the company", EDGE, "198.51.100.", TRIP), ("what the gateway sends", INSIDE, "10.1.0.2", None)):
    @case("recorded, and only %s" % label, expected or [], may=["claimed-location"], absent=BUT_TRIP, config=company(), databases=PLACES,
          roster=ROSTER)
    def _(w, path=path, mine=mine):
        read(w, path)
        only(w, lambda source: source.startswith(mine))


@case("recorded, and only what comes to the company", absent=ALL, config=company(), databases=PLACES, roster=ROSTER)
def _(w):
    read(w, EDGE)
    only(w, lambda source: not source.startswith("198.51.100."))
