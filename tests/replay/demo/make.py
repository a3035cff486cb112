#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Builds farm.pcap: three working days at a company's VPN gateway, seen from a span port that carries RADIUS, the gateway's
syslog and the inside of the tunnels.

contractor-1 to -5 claim five homes in five states; all five log in from one home in the US. The laptop of contractor-2 is driven by
AnyDesk and has RustDesk as well. On the second day the VPN that contractor-3 hides behind drops: ten minutes later the same account
logs in from China. contractor-6 works from a home of their own, visits a remote-control vendor's web page, and should never be
mentioned.
"""
import os
import sys

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, ".."))
import craft  # noqa: E402

MONDAY = 1759755600  # 2025-10-06 13:00 UTC, 09:00 in New York
HOUR, DAY = 3600, 86400
FARM, ASTRILL, CHINA, HONEST = "73.10.0.2", "104.140.119.7", "60.18.0.5", "68.40.7.7"
POOL = {n: "10.8.0.%d" % (10 + n) for n in range(1, 7)}
TALK = [("c", 0.2, craft.tls_record(23, b"q" * 300)), ("s", 0.1, craft.tls_record(23, b"a" * 900))] * 3


def tool(world, at, laptop, port, name, relay, steps):
    world.dns(at - 0.4, laptop, "10.0.0.2", name, relay, sport=port - 9000)
    world.tcp(at, laptop, port, relay, 443, craft.tls_start(name) + steps)


def working_day(world, day, who, outside):
    at, session = MONDAY + day * DAY + who * 420, "%d-%d" % (day, who)
    world.login(at, "contractor-%d" % who, outside, POOL[who], session=session)
    for n, name in enumerate(("git.example.com", "mail.example.com")):
        world.tcp(at + 300 + n * 900, POOL[who], 50000 + day * 10 + n, "10.0.1.%d" % (20 + n), 443, craft.tls_start(name) + TALK)
    world.logout(at + 8 * HOUR, "contractor-%d" % who, outside, session, POOL[who])


def build():
    world = craft.World()
    for day in range(3):
        for who in (1, 2, 4, 5):
            working_day(world, day, who, FARM)
        working_day(world, day, 6, HONEST)
    working_day(world, 0, 3, FARM)
    # Day 2: the VPN drops, the same person comes back without it.
    at = MONDAY + DAY + 2 * HOUR
    world.login(at, "contractor-3", ASTRILL, POOL[3], session="1-3a")
    world.logout(at + 2 * HOUR, "contractor-3", ASTRILL, "1-3a", POOL[3])
    world.login(at + 2 * HOUR + 600, "contractor-3", CHINA, POOL[3], session="1-3b")
    world.logout(at + 5 * HOUR, "contractor-3", CHINA, "1-3b", POOL[3])
    # Day 2: what drives the laptop of contractor-2.
    at = MONDAY + DAY + 3 * HOUR
    tool(world, at, POOL[2], 52000, "relay-6e1fa0b3.net.anydesk.com", "203.0.113.80", craft.driven(110, pixel_bytes=1300))
    tool(world, at + HOUR, POOL[2], 52100, "rs-ny.rustdesk.com", "203.0.113.90", TALK)
    # contractor-6 reads about such a tool.
    at = MONDAY + DAY + 4 * HOUR
    world.dns(at, POOL[6], "10.0.0.2", "www.teamviewer.com", "203.0.113.70")
    world.tcp(at + 1, POOL[6], 52200, "203.0.113.70", 443, craft.tls_start("www.teamviewer.com") + TALK)
    return world


if __name__ == "__main__":
    build().write(os.path.join(here, "farm.pcap"))
