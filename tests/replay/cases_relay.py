# SPDX-License-Identifier: BSD-2-Clause
"""Who is at the other end: of a desktop reached from a rented machine, and of one that is lent out through a TURN relay (RFC 6062)."""
import socket
import struct

import craft
from stage import *  # noqa: F403

COOKIE = 0x2112A442
ALLOCATED, ATTEMPT, BIND, BOUND = 0x0103, 0x001C, 0x000B, 0x010B
PEER_ADDRESS, RELAYED_ADDRESS, CONNECTION = 0x0012, 0x0016, 0x002A
LAPTOP, RELAY, HOSTED = "10.8.0.5", "60.18.0.80", "138.201.1.1"
RENTED = {"anonymous-ip": ("GeoIP2-Anonymous-IP", {"138.201.0.0/16": {"is_anonymous": True, "is_hosting_provider": True}})}


def stun(kind, *attributes):
    """attributes: (type, value); a value of (address, port) is masked."""
    body = b""
    for name, value in attributes:
        if isinstance(value, tuple):
            address = struct.unpack("!I", socket.inet_aton(value[0]))[0]
            value = struct.pack("!HHI", 1, value[1] ^ COOKIE >> 16, address ^ COOKIE)
        body += struct.pack("!HH", name, len(value)) + value
    return struct.pack("!HHI", kind, len(body), COOKIE) + b"transaction!" + body


def vnc(server, client):
    """RFC 6143, 7.1 to 7.3, without a password."""
    init = struct.pack("!HH16xI", 640, 400, 4) + b"desk"
    said = [(server, b"RFB 003.008\n"), (client, b"RFB 003.008\n"), (server, b"\1\1"), (client, b"\1"), (server, b"\0\0\0\0"),
            (client, b"\1"), (server, init)]
    return [(side, 0.02, data) for side, data in said]


def lent(w, screen, seconds=120, peer=ASTRILL):
    """The laptop at a relay, where a peer calls; on the second connection behind STUN's messages lies VNC. screen: whose it is."""
    w.tcp(T + 60, LAPTOP, 50000, RELAY, 3478, [
        ("s", 0.1, stun(ALLOCATED, (RELAYED_ADDRESS, (RELAY, 50001)))),
        ("s", 5, stun(ATTEMPT, (CONNECTION, b"\0\0\0\7"), (PEER_ADDRESS, (peer, 40000))))], fin=False)
    w.tcp(T + 65.2, LAPTOP, 50001, RELAY, 3478, [("c", 0.01, stun(BIND, (CONNECTION, b"\0\0\0\7"))), ("s", 0.02, stun(BOUND))]
          + vnc(screen, "s" if screen == "c" else "c") + craft.driven(seconds, screen_side=screen))


ONE = dict(subject__account="one")


# The relay stands in China, which says nothing. Driving 2.5, place 4.
@case("a desktop lent out through TURN: the relay is no far end, its peer is", [
    alert("remote-control", "high", 2.5, count=1, **ONE), alert("revealed-peer", "info", 0, **ONE),
    alert("anonymiser-egress", "medium", 4, **ONE), alert("case", "high", 6.5, **ONE)],
    absent=["egress-country", "direct-exposure"])
def _(w):
    w.login(T, "one", HOME, LAPTOP, session="s1")
    lent(w, "c")


@case("a look at a desktop that somebody lends out through TURN", [alert("remote-control", "medium", 1.5, **ONE)],
      absent=["egress-country", "revealed-peer", "anonymiser-egress", "direct-exposure", "case"])
def _(w):
    w.login(T, "one", HOME, LAPTOP, session="s1")
    lent(w, "s")


@case("a peer of another relay is not the desktop's", [alert("remote-control", "medium", 1.5, **ONE)],
      absent=["revealed-peer", "anonymiser-egress", "case"])
def _(w):
    w.login(T, "one", HOME, LAPTOP, session="s1")
    w.tcp(T + 60, LAPTOP, 50010, "203.0.113.81", 3478, [
        ("s", 0.1, stun(ALLOCATED, (RELAYED_ADDRESS, ("203.0.113.81", 50001)))),
        ("s", 5, stun(ATTEMPT, (CONNECTION, b"\0\0\0\7"), (PEER_ADDRESS, (ASTRILL, 40000))))], fin=False)
    tool(w, T + 70, ANYDESK, TALK)


# Driving: 2.5 + 2/2; place 4, and for a hosted machine 2.
for far, weight, place, total in ((ASTRILL, 4, {}, 7.5), (HOSTED, 2, RENTED, 5.5)):
    @case("VNC from %s drives a laptop at home" % far, [
        alert("remote-control", "high", 2.5), alert("direct-exposure", "high", 2),
        alert("anonymiser-egress", "medium", weight, subject__site="192.168.1.0/24", count=1),
        alert("case", "high" if total > 7 else "medium", total)], databases=place)
    def _(w, far=far):
        w.tcp(T, far, 50000, "192.168.1.20", 5900, vnc("s", "c") + craft.driven(120, screen_side="s"))


@case("a laptop that works on a rented machine by VNC", [alert("remote-control", "medium", 1.5)], absent=["anonymiser-egress", "case"],
      databases=RENTED)
def _(w):
    w.login(T, "one", HOME, LAPTOP, session="s1")
    w.tcp(T + 60, LAPTOP, 50000, HOSTED, 5900, vnc("s", "c") + craft.driven(120, screen_side="s"))


# The gateway tells the logout before the last ten minutes of the session are told.
@case("a laptop that speaks only when it is driven, until its VPN ends", [
    alert("remote-control", "high", 2.5, **ONE), alert("direct-exposure", "high", 2, **ONE), alert("control-coupling", "high", 4, **ONE),
    alert("case", "high", 4 + 1.25 + 1, **ONE)])
def _(w):
    w.login(T, "one", HOME, LAPTOP, session="s1")
    moves = [second for second in range(700) if second * 7 % 10 < 4 and second % 7]
    keys, words, last = [], [], 0
    for second in moves:
        keys += [("c", second - last, b"\4\1\0\0\0\0\0a"), ("s", 0, b"\0" * 3000)]
        words += [("c", second - last, b"w" * 60), ("s", 0, b"W" * 60)]
        last = second
    start = [("c", 0.01, b"SSH-2.0-OpenSSH_9.2\r\n"), ("s", 0.01, b"SSH-2.0-OpenSSH_9.2\r\n")]
    w.tcp(T + 60, GERMANY, 50000, LAPTOP, 5900, vnc("s", "c") + keys, fin=False)
    w.tcp(T + 60.1, LAPTOP, 50001, "10.0.0.22", 22, start + words, fin=False)
    w.logout(T + 770, "one", HOME, "s1", LAPTOP)


# ICE's checks without MESSAGE-INTEGRITY: it is PRIORITY that only they have.
@case("checks with a peer in China while a relayed tool drives", [
    alert("remote-control", "high", 2.5, **ONE), alert("revealed-peer", "info", 0, **ONE), alert("egress-country", "high", 4, **ONE),
    alert("case", "high", 6.5, **ONE)])
def _(w):
    w.login(T, "one", HOME, LAPTOP, session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(120), laptop=LAPTOP)
    for n in range(3):
        w.udp(T + 90 + n, LAPTOP, 50500, CHINA, 40500, stun(0x0001, (0x0024, b"n\0\1\xff")))
        w.udp(T + 90.1 + n, CHINA, 40500, LAPTOP, 50500, stun(0x0101, (0x0020, (HOME, 50500))))
