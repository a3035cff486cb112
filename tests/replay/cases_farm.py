# SPDX-License-Identifier: BSD-2-Clause
"""The recorded laptop of tests/lab/farm.py: on the company's VPN from a home in the USA, driven by VNC from China.

The hand's 8-byte key events, the laptop's ssh to 10.1.0.1 and the screen's changes are what real servers made of them.
"""
import os

from stage import *  # noqa: F403

CAPTURE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures", "farm.pcap")
COMPANY = {"networks": {"inside": ["10.0.0.0/8"], "vpn-pools": ["10.8.0.0/24"]}}
WHO = dict(subject__account="contractor1")
DRIVEN = [alert("remote-control", "high", 2.5, **WHO), alert("direct-exposure", "high", 2, **WHO), alert("egress-country", "high", 4, **WHO)]


@case("recorded: a laptop driven by VNC, whose ssh moves with the hand",  # driving 4 + 2.5/2 + 2/2, place 4
      DRIVEN + [alert("control-coupling", "high", 4, **WHO), alert("case", "critical", 10.25, **WHO)], config=COMPANY)
def _(w):
    w.read(CAPTURE)


@case("the same recording, its ssh five seconds late: driven, not coupled",  # driving 2.5 + 2/2, place 4
      DRIVEN + [alert("case", "high", 7.5, **WHO)], absent=["control-coupling"], config=COMPANY)
def _(w):
    w.read(CAPTURE)
    w.packets = [(time + 5 * (b"\0\x16" in (data[34:36], data[36:38])), sequence, data) for time, sequence, data in w.packets]


@case("the same recording, from a help desk that the company trusts", absent=["remote-control", "control-coupling", "direct-exposure",
                                                                              "egress-country", "case"],
      config={"networks": dict(COMPANY["networks"], trusted=["60.18.0.0/24"])})
def _(w):
    w.read(CAPTURE)
