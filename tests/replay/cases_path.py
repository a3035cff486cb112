# SPDX-License-Identifier: BSD-2-Clause
"""How far somebody is, by TCP's handshake and by the program behind it. Round trips are made by the times of the packets."""
import craft
from stage import *  # noqa: F403

SERVER = "198.51.100.20"
COMPANY = {"networks": {"company": ["198.51.100.0/24"]}}
SENSOR = {"sensor": {"location": {"latitude": 47.6062, "longitude": -122.3321}}}


def visits(w, outside, tcp, answer, count=5, at=T + 10, twice=False, sealed=0):
    """TLS connections to the company; the client's TCP answers after `tcp` seconds, its TLS after `answer`. `sealed`: bytes of
    the server's flight that are encrypted, as a certificate in TLS 1.3 is."""
    for i in range(count):
        start, port = at + 10 * i, 50000 + i
        c, s = 1000, 9000
        mss = bytes((2, 4, 5, 180))
        w.segment(start, outside, port, SERVER, 443, c, 0, 0x02, options=mss)
        w.segment(start + 0.001, SERVER, 443, outside, port, s, c + 1, 0x12, options=mss)
        w.segment(start + 0.001 + tcp, outside, port, SERVER, 443, c + 1, s + 1, 0x10)
        hello, flight = craft.client_hello("git.example.com"), craft.server_hello() + craft.tls_record(23, b"\0" * sealed)
        seal = craft.tls_record(20, b"\1") + craft.tls_record(22, b"\0" * 40)
        now = start + 0.002 + tcp
        w.segment(now, outside, port, SERVER, 443, c + 1, s + 1, 0x18, hello)
        for part in range(0, len(flight), 1400):
            w.segment(now + 0.001, SERVER, 443, outside, port, s + 1 + part, c + 1 + len(hello), 0x18, flight[part:part + 1400])
        if twice:
            w.segment(now + 0.3, SERVER, 443, outside, port, s + 1, c + 1 + len(hello), 0x18, flight)
        w.segment(now + 0.001 + answer, outside, port, SERVER, 443, c + 1 + len(hello), s + 1 + len(flight), 0x18, seal)


@case("a program behind a home's proxy", [alert("layered-rtt", "high", 3, subject__account="contractor1")], config=COMPANY)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.02, 0.18)


@case("a program behind a proxy, told a flight of several segments", [
    alert("layered-rtt", "high", 3, subject__account="contractor1")], config=COMPANY)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.02, 0.18, sealed=4000)


@case("a program behind a proxy, with no network configured", [alert("layered-rtt", "high", 3, subject__account="contractor1")])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.02, 0.18)


@case("a program behind a proxy whom nobody knows, with no network configured", absent=["layered-rtt"])
def _(w):
    visits(w, HOME, 0.02, 0.18)


@case("a program that answers as soon as its TCP", absent=["layered-rtt"], config=COMPANY)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.02, 0.03)


def desktops(w, outside, tcp, answer, count=6, at=T + 10):
    """Connections to the company's RDP server, each with its confirm answered after `answer` seconds."""
    request, confirm = (payload for _, _, payload in craft.rdp_start()[:2])
    for i in range(count):
        now, port, c, s = at + 30 * i, 50000 + i, 1000, 9000
        w.segment(now, outside, port, SERVER, 3389, c, 0, 0x02)
        w.segment(now + 0.001, SERVER, 3389, outside, port, s, c + 1, 0x12)
        now += 0.001 + tcp
        w.segment(now, outside, port, SERVER, 3389, c + 1, s + 1, 0x10)
        w.segment(now, outside, port, SERVER, 3389, c + 1, s + 1, 0x18, request)
        w.segment(now + 0.001, SERVER, 3389, outside, port, s + 1, c + 1 + len(request), 0x18, confirm)
        w.segment(now + 0.001 + answer, outside, port, SERVER, 3389, c + 1 + len(request), s + 1 + len(confirm), 0x18,
                  craft.client_hello("rdp"))


@case("a desktop's client that asks for the password before it answers", absent=["layered-rtt", "path-too-long"], city=True,
      config={**COMPANY, **SENSOR})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    desktops(w, HOME, 0.02, 3)


@case("four answers are too few", absent=["layered-rtt"], config=COMPANY)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.02, 0.18, count=4)


@case("answers to what was sent twice do not count", absent=["layered-rtt"], config=COMPANY)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.02, 0.5, twice=True)


@case("a visitor of the company's page who is nobody's account", may=["layered-rtt"], config=COMPANY)
def _(w):
    visits(w, HOME, 0.02, 0.03)


@case("New York answers in 5 ms", [alert("path-too-short", "medium", 2, subject__account="contractor1")], city=True,
      config={**COMPANY, **SENSOR})
def _(w):
    w.login(T, "contractor1", "68.40.7.7", "10.8.0.5", session="s1")
    visits(w, "68.40.7.7", 0.005, 0.006)


@case("Seattle answers in 150 ms", [alert("path-too-long", "medium", 2.5, subject__account="contractor1")], city=True,
      config={**COMPANY, **SENSOR})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.15, 0.16)


@case("a slow line that the roster knows of", absent=["path-too-long"], city=True, config={**COMPANY, **SENSOR},
      roster=[person("contractor1", SEATTLE, link="slow")])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    visits(w, HOME, 0.15, 0.16)
