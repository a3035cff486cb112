# SPDX-License-Identifier: BSD-2-Clause
"""Recordings of tests/lab: the laptop of farm.py, on the company's VPN from a home in the USA and driven by VNC from China; and
the home of proxied.py, from which the company hears somebody 120 ms behind a SOCKS proxy, beside a neighbour who is at home.

The hand's key events, the laptop's ssh, the screen's changes and the late answers are what real programs made of them.
"""
import os

from stage import *  # noqa: F403

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "captures")
LAPTOP = "10.8.0.11"
CAPTURE, PROXIED = os.path.join(FOLDER, "farm.pcap"), os.path.join(FOLDER, "proxied.pcap")
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


COMPANY_WEB = {"networks": {"company": ["198.51.100.0/24"]}}


@case("recorded: TLS through a SOCKS proxy in a home, and a neighbour's", [
    alert("layered-rtt", "high", 3, subject__site=HOME, subject__account=None)], absent=["case"], config=COMPANY_WEB)
def _(w):
    w.read(PROXIED)


@case("the same recording, after a login from that home", [alert("layered-rtt", "high", 3, **WHO)], absent=["case"], config=COMPANY_WEB)
def _(w):
    w.read(PROXIED)
    w.login(w.packets[0][0] - 5, "contractor1", HOME, LAPTOP, session="s1")


@case("the same recording, one way alone", absent=["layered-rtt", "case"], config=COMPANY_WEB)
def _(w):
    w.read(PROXIED)
    w.packets = [p for p in w.packets if p[2][36:38] == b"\x01\xbb"]  # to port 443
