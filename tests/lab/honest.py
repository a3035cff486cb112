# SPDX-License-Identifier: BSD-2-Clause
"""Honest people and ordinary noise at the same company, two minutes long, each of which resembles something from some side.

A couple in one home, one of whom a help desk drives by VNC and who reads a vendor's page; three members of a coworking space; a
commuter who goes from home to the train; a traveller, in Seattle and then in London; one far away in Sydney. Passwords of two of them
guessed at the gateway from four countries, and a scan. Recorded at edge and inside. That nothing comes of it stands in
tests/replay/cases_honest.py, written by hand from this page. Recorded on request alone (run BINARY --farm).
"""
import subprocess
import sys
import time

import household
from company import GATEWAY, NEEDS, WEB, WORK, Company
from lab import Lab, need

COUPLE, SPACE, FLAT, TRAIN, HOUSE, HOTEL, SYDNEY, VENDOR, SCANNER = (
    "73.10.0.2", "68.40.7.7", "24.16.0.9", "172.56.9.9", "73.10.44.4", "86.1.2.3", "1.128.3.4", "203.0.113.80", "60.18.0.77")
GUESSERS = ("60.18.0.5", "95.24.0.1", "91.10.1.2", "86.9.9.9")
DRIVEN = 90  # seconds: a tool that is not approved would be called controlled after sixty
PORTS = (21, 22, 23, 80, 443, 1194, 3389, 5900, 8443)
SCAN = '''
import socket, sys
for address in sys.argv[2:]:
    for port in map(int, sys.argv[1].split(",")):
        s = socket.socket()
        s.settimeout(0.5)
        try:
            s.connect((address, port))
        except OSError:
            pass
        s.close()
'''


def work(lab, host):
    """A moment's ssh to the company."""
    import ssh
    lab.run(host, "ssh", *ssh.CLIENT, "-i", lab.path("key"), "contractor1@" + WORK, "true", stdin=subprocess.DEVNULL)


def leave(lab, client):
    gone = lab.read("gateway.log").count("client-instance exiting")
    lab.stop(client)
    lab.wait_for(lambda: lab.read("gateway.log").count("client-instance exiting") > gone)


def day(company, host, who, pages=1):
    """Comes, works, goes."""
    client = company.connect(host, who)
    work(company.lab, host)
    for _ in range(pages):
        company.page(host)
    leave(company.lab, client)


def guess(company):
    """Wrong passwords for people who are at work, from everywhere: the handshake is whole, the login refused."""
    lab = company.lab
    for address in GUESSERS:
        lab.check("guesser", "ip", "route", "replace", "default", "dev", "guesser", "src", address)
        for who in ("contractor1", "contractor6"):
            company.connect("guesser", who, password="wrong").wait(10)


def connect_lines(company):
    company.home("couple", COUPLE, 0.01, ("his", "hers"))
    company.home("space", SPACE, 0.006, ("desk1", "desk2", "desk3"))
    for host, address, seconds in (("flat", FLAT, 0.008), ("train", TRAIN, 0.03), ("house", HOUSE, 0.01), ("hotel", HOTEL, 0.06),
                                   ("sydney", SYDNEY, 0.12), ("vendor", VENDOR, 0.01), ("scanner", SCANNER, 0.08),
                                   ("guesser", GUESSERS[0], 0.08)):
        company.line(host, address, seconds)
    for address in GUESSERS[1:]:
        company.lab.check("guesser", "ip", "addr", "add", address + "/32", "dev", "guesser")
        company.route("border", address, "dev", "guesser")


def record():
    """{bridge: capture}"""
    need(*NEEDS, "Xvnc", "xterm")
    with Lab({}) as lab, Company(lab) as company:
        connect_lines(company)
        company.serve()
        company.serve_web("vendor")
        company.record("edge", "inside")
        his = company.connect("his", "contractor1", "--redirect-gateway", "def1")
        hers = company.connect("hers", "contractor2")
        household.desktop(lab, "his", 5)
        support = household.hand(lab, "desk", "10.8.0.11", 5900, 1, seconds=DRIVEN)
        company.page("his", "www.teamviewer.com", VENDOR)
        company.page("hers")
        work(lab, "hers")
        members = [company.connect("desk%d" % n, "contractor%d" % (2 + n)) for n in (1, 2, 3)]
        for n in (1, 2, 3):
            work(lab, "desk%d" % n)
            company.page("desk%d" % n)
        day(company, "flat", "contractor6")
        day(company, "train", "contractor6")
        day(company, "house", "contractor7")
        day(company, "hotel", "contractor7")
        for _ in range(6):
            day(company, "sydney", "contractor8")
        guess(company)
        lab.check("scanner", sys.executable, "-c", SCAN, ",".join(map(str, PORTS)), GATEWAY, WEB, COUPLE, SPACE)
        assert support.wait(DRIVEN + 60) == 0, lab.logs()
        for client in (his, hers, *members):
            leave(lab, client)
        time.sleep(1)  # accounting's stop
        return company.recorded()
