# SPDX-License-Identifier: BSD-2-Clause
"""Two contractors who are abroad, a minute and a half long.

The first logs in through the exit of a commercial VPN; that drops, and OpenVPN comes back straight from China. The second one's
OpenVPN runs on a box in somebody's home, which forwards for a hand 80 ms behind it. Recorded at edge and inside. What the rules
demand stands in tests/replay/cases_abroad.py, written by hand from this page. Recorded on request alone (run BINARY --farm).
"""
import time

from company import NEEDS, Company
from delay import Link
from honest import work
from household import EXIT, EXIT_WAY
from lab import Lab, need

CHINA, HOME = "60.18.0.5", "73.10.0.2"
CHINA_WAY, HOME_WAY, ABROAD_WAY = 0.08, 0.01, 0.08
STAYS = 70  # seconds: two sessions that overlap for a minute are two
PAGES = 8


def behind(company, host, far, address, seconds):
    """A host behind another one that forwards for it, seconds away: its way out."""
    lab, name = company.lab, far + "0"
    if lab.tag + far not in lab.spaces:
        lab.add(far)
    company.lines.enter_context(Link(lab, host, address % 1, far, address % 2, seconds, name))
    company.route(far, "default", "dev", name, "src", address % 2)


def record():
    """{bridge: capture}"""
    need(*NEEDS)
    with Lab({}) as lab, Company(lab) as company:
        company.line("exit", EXIT, EXIT_WAY)
        company.nat("exit", "exit")
        company.line("box", HOME, HOME_WAY)
        company.line("china", CHINA, CHINA_WAY)
        lab.check("china", "ip", "route", "del", "default")
        behind(company, "exit", "china", "10.64.0.%d", CHINA_WAY)
        behind(company, "box", "hand", "10.65.0.%d", ABROAD_WAY)
        company.serve()
        company.record("edge", "inside")
        first = company.connect("china", "contractor1")
        work(lab, "china")
        first.kill()  # nobody tells the gateway
        first.wait()
        lab.check("china", "ip", "route", "replace", "default", "dev", "china", "src", CHINA)
        company.connect("china", "contractor1")
        work(lab, "china")
        company.connect("box", "contractor2")
        company.nat("box", "tun0")
        for _ in range(PAGES):
            work(lab, "hand")
        time.sleep(STAYS)
        work(lab, "china")
        return company.recorded()
