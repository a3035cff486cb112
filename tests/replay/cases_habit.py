# SPDX-License-Identifier: BSD-2-Clause
"""What is behind one address, on whose devices people work, what they carry away, and how many calls they sit in."""
import struct

import craft
from stage import *  # noqa: F403

# Options of SYNs: Windows, macOS and Linux as p0f's database has their layouts (mss, nop, ws, sok, ts, eol).
MSS, NOP, SACK = b"\2\4\5\xb4", b"\1", b"\4\2"


def windows(ticks):
    return MSS + NOP + b"\3\3\x08" + NOP + NOP + SACK


def stamp(ticks):
    return b"\x08\x0a" + struct.pack("!II", int(ticks) & 0xFFFFFFFF, 0)


def linux(ticks):
    return MSS + SACK + stamp(ticks) + NOP + b"\3\3\x07"


def mac(ticks):
    return MSS + NOP + b"\3\3\x06" + NOP + NOP + stamp(ticks) + SACK + b"\0\0"


def connect(w, at, port, options, ticks=1, ttl=51, outside=HOME):
    w.segment(at, outside, port, GATEWAY, 443, 1000, 0, 0x02, options=options(ticks), ttl=ttl)
    w.segment(at + 0.02, GATEWAY, 443, outside, port, 9000, 1001, 0x12, options=MSS)
    w.segment(at + 0.04, outside, port, GATEWAY, 443, 1001, 9001, 0x10, ttl=ttl)


CROWD = [alert("nat-crowd", "medium", 2, subject__site=HOME)]
ONE_HOME = {"networks": {"vpn-gateways": [GATEWAY]}}


@case("three systems reach the gateway from the home of one account", CROWD, config=ONE_HOME)
def _(w):
    connect(w, T, 40001, windows, ttl=115)
    w.login(T + 1, "contractor1", HOME, "10.8.0.5", session="s1")
    connect(w, T + 60, 40002, linux)
    connect(w, T + 120, 40003, mac)


@case("three clocks of one system", CROWD, config=ONE_HOME)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    for n, start in enumerate((1e6, 5e8, 3e9)):
        for k in range(3):
            at = 10 + 20 * k + n
            connect(w, T + at, 41000 + 10 * n + k, linux, start + 1000 * at)


@case("two clocks, and programs of many fingerprints", absent=["nat-crowd"], config=ONE_HOME)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    for n, start in enumerate((1e6, 5e8)):
        for k in range(3):
            at = 10 + 20 * k + n
            connect(w, T + at, 41000 + 10 * n + k, linux, start + 1000 * at)


@case("three computers under one account", [alert("device-churn", "medium", 1, subject__account="contractor1")])
def _(w):
    for n in range(3):
        w.login(T + n * DAY, "contractor1", HOME, "10.8.0.5", session="s%d" % n)
        dhcp(w, T + n * DAY + 60, "10.8.0.5", "WORK-%d" % (n + 1), n + 1)


@case("two computers under one account", absent=["device-churn"])
def _(w):
    for n in range(3):
        w.login(T + n * DAY, "contractor1", HOME, "10.8.0.5", session="s%d" % n)
        dhcp(w, T + n * DAY + 60, "10.8.0.5", "WORK-%d" % (n % 2 + 1), n % 2 + 1)


def dhcp(w, at, address, host, n):
    """A DHCPREQUEST that renews a lease (RFC 2131, 4.3.2), and its answer."""
    card = b"\x00\x15\x5d\0\0" + bytes([n])
    inside = bytes(int(part) for part in address.split("."))
    name = bytes([12, len(host)]) + host.encode()
    for kind, op, ends in ((3, 1, (address, 68, "10.8.0.1", 67)), (5, 2, ("10.8.0.1", 67, address, 68))):
        fixed = struct.pack("!BBBBIHH", op, 1, 6, 0, 0x1000 + n, 0, 0) + inside + (inside if op == 2 else bytes(4)) + bytes(8)
        data = fixed + card + bytes(10 + 64 + 128) + b"\x63\x82\x53\x63" + bytes([53, 1, kind]) + name + b"\xff"
        w.udp(at + 0.01 * op, *ends, data)


SMALL = {"detectors": {"bulk-egress": {"max-megabytes": 1}}}


def push(w, at, name, megabytes):
    steps = [("c", 0.01, craft.tls_record(23, b"\x5a" * 14000)) for _ in range(int(megabytes * 1e6 / 14000))]
    w.tcp(at, "10.8.0.5", 50000, "203.0.113.80", 443, craft.tls_start(name) + steps)


@case("more than a day's code goes to a code host", [
    alert("bulk-egress", "medium", 1.5, subject__account="contractor1")], config=SMALL)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    push(w, T + 60, "github.com", 1.2)


@case("less of it", absent=["bulk-egress"], config=SMALL)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    push(w, T + 60, "github.com", 0.8)


@case("as much to somewhere else", absent=["bulk-egress"], config=SMALL)
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    push(w, T + 60, "www.example.com", 1.2)


def meet(w, at, minutes, device, server, port, sport, first=b"\x80\x6f"):
    """RTP both ways, two packets a second; Zoom wraps it."""
    for n in range(int(minutes * 120)):
        body = first + struct.pack("!HII", n & 0xFFFF, n * 960, sport) + b"\x5a" * 100
        w.udp(at + n * 0.5, device, sport, server, port, body)
        w.udp(at + n * 0.5 + 0.02, server, port, device, sport, body)


@case("two calls at once on one device", [alert("concurrent-calls", "low", 1.5, subject__account="contractor1")])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    meet(w, T + 60, 9, "10.8.0.5", "203.0.113.90", 8801, 50001, first=b"\x05\0")
    meet(w, T + 120, 8, "10.8.0.5", "203.0.113.91", 19305, 50002)


@case("audio and video of one call", absent=["concurrent-calls"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    meet(w, T + 60, 9, "10.8.0.5", "203.0.113.91", 19305, 50001)
    meet(w, T + 120, 8, "10.8.0.5", "203.0.113.91", 19305, 50002)


@case("two devices of one home in one service's calls", [alert("concurrent-calls", "low", 1.5, subject__site=HOME)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.login(T + 1, "contractor2", HOME, "10.8.0.6", session="s2")
    meet(w, T + 60, 9, "10.8.0.5", "203.0.113.91", 19305, 50001)
    meet(w, T + 120, 8, "10.8.0.6", "203.0.113.92", 19305, 50002)


@case("the name of a computer that a gateway let in is Korean", [alert("locale", "medium", 2, subject__account="contractor1")],
      roster=[person("contractor1")])
def _(w):
    w.syslog(T, "198.51.100.10", "10.0.0.9", "<14>Oct  6 09:00:00 vpn1 1,2025/10/06 09:00:00,012345678901,GLOBALPROTECT,0,2305,"
             "2025/10/06 09:00:00,vsys1,gateway-connected,connected,,SSL,contractor1,US,\uae40\ucca0\uc218-PC,%s,0.0.0.0,10.8.0.5,"
             "0.0.0.0,id,SER,5.2.4,Windows,Windows 10,1,,,,success,,0,,0,GW,1,0x0" % HOME)
