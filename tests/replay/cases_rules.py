# SPDX-License-Identifier: BSD-2-Clause
"""A capture for each rule of which no other scenario has one, and what is next to it but none."""
import random
import struct

import craft
from stage import *  # noqa: F403

NETWORKS = {"networks": {"vpn-pools": ["10.8.0.0/16"], "vpn-gateways": [GATEWAY], "company": ["198.51.100.0/24"]}}
LAPTOP, SERVER, STRANGER = "10.8.0.5", "198.51.100.20", "203.0.113.7"


def at_work(w):
    w.login(T, "contractor1", HOME, LAPTOP, session="s1")


# ---- a KVM over IP, in a capture of the home ----------------------------------------------------
KVM = [alert("ip-kvm", "high", 4, subject__site="192.168.1.0/24")]
BOX = "192.168.1.9"


def page(w, title):
    body = b"<html><head><title>%s</title></head></html>" % title
    w.tcp(T, "192.168.1.5", 50000, BOX, 80, [
        ("c", 0.01, b"GET / HTTP/1.1\r\nHost: " + BOX.encode() + b"\r\n\r\n"),
        ("s", 0.01, b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d\r\n\r\n" % len(body) + body)])


@case("a KVM's web page in the home", KVM)
def _(w):
    page(w, b"PiKVM Login")


@case("the web page of a printer", absent=["ip-kvm"])
def _(w):
    page(w, b"Printer")


@case("a KVM names itself by mDNS", KVM)
def _(w):
    labels = b"".join(bytes([len(part)]) + part for part in (b"jetkvm-1a2b", b"local")) + b"\0"
    w.udp(T, BOX, 5353, "224.0.0.251", 5353, struct.pack("!6H", 0, 0x8400, 0, 1, 0, 0) + labels
          + struct.pack("!HHIH", 1, 0x8001, 120, 4) + bytes(int(part) for part in BOX.split(".")))


@case("a look-up of a KVM vendor's page", absent=["ip-kvm"])
def _(w):
    w.dns(T, "192.168.1.5", "192.168.1.1", "pikvm.org")
    w.dns(T + 1, "192.168.1.5", "192.168.1.1", "www.jetkvm.com")


# ---- a way around the company's VPN -------------------------------------------------------------
def wireguard(w, at, client, server, seconds=10):
    """Handshake and data of the protocol's section 5.4, with random bytes for what is encrypted."""
    noise = random.Random(1).randbytes
    first = b"\1\0\0\0" + noise(144)
    answer = b"\2\0\0\0" + noise(4) + first[4:8] + noise(80)
    w.udp(at, client, 40000, server, 51820, first)
    w.udp(at + 0.03, server, 51820, client, 40000, answer)
    for n in range(seconds):
        w.udp(at + 0.1 + n, client, 40000, server, 51820, b"\4\0\0\0" + answer[4:8] + struct.pack("<Q", n) + noise(112))
        w.udp(at + 0.2 + n, server, 51820, client, 40000, b"\4\0\0\0" + first[4:8] + struct.pack("<Q", n) + noise(400))


AROUND = [alert("mesh-tunnel", "medium", 1.5, subject__account="contractor1")]


@case("WireGuard out of a laptop that is on the company's VPN", AROUND, config=NETWORKS)
def _(w):
    at_work(w)
    wireguard(w, T + 60, LAPTOP, STRANGER)


@case("the same, with no network configured", AROUND)
def _(w):
    at_work(w)
    wireguard(w, T + 60, LAPTOP, STRANGER)


@case("WireGuard out of a home, with no network configured: the company's VPN", absent=["mesh-tunnel"])
def _(w):
    wireguard(w, T, "192.168.1.5", STRANGER)


for name in ("derp3.tailscale.com", "connect.us.ngrok-agent.com", "tunnel.eu.ngrok.com", "region1.v2.argotunnel.com"):
    @case("a mesh: " + name, AROUND, config=NETWORKS)
    def _(w, name=name):
        at_work(w)
        tool(w, T + 60, name, TALK)


@case("a look at a mesh vendor's page", absent=["mesh-tunnel"], config=NETWORKS)
def _(w):
    at_work(w)
    tool(w, T + 60, "tailscale.com", TALK)


# ---- in from outside ----------------------------------------------------------------------------
@case("VNC from outside, accepted in a home", [alert("direct-exposure", "high", 2, subject__site="192.168.1.0/24")],
      may=["remote-control", "case"])
def _(w):
    steps = [("s", 0.01, b"RFB 003.008\n"), ("c", 0.01, b"RFB 003.008\n"), ("s", 0.01, b"\1\1"), ("c", 0.01, b"\1"),
             ("s", 0.01, bytes(4)), ("c", 0.01, b"\1"),
             ("s", 0.01, struct.pack("!HH", 800, 600) + b"\x20\x18\0\1\0\xff\0\xff\0\xff\x10\x08\0\0\0\0\0\0\0\4DESK")]
    for _ in range(20):
        steps += [("c", 0.5, b"\3\1\0\0\0\0\3\x20\2\x58"), ("s", 0.5, b"\0\0\0\1" + struct.pack("!HHHHI", 0, 0, 9, 9, 0) + bytes(324))]
    w.tcp(T, BRITAIN, 50000, "192.168.1.5", 5900, steps)


@case("RDP from outside, refused", absent=["direct-exposure"], config=NETWORKS)
def _(w):
    at_work(w)
    w.segment(T + 60, BRITAIN, 50000, HOME, 3389, 1, 0, 0x02)
    w.segment(T + 60.1, HOME, 3389, BRITAIN, 50000, 1, 2, 0x14)


# ---- hours, and whose they are ------------------------------------------------------------------
def work(w, at, hours, per_minute=7):
    """Web traffic to the company: per_minute packets of the client and as many answers."""
    steps = craft.tls_start("app.example.com")
    for _ in range(int(hours * 60) * per_minute):
        steps += [("c", 60 / per_minute, craft.tls_record(23, bytes(120))), ("s", 0, craft.tls_record(23, bytes(300)))]
    w.tcp(at, LAPTOP, 50001, SERVER, 443, steps)


# A lease that nobody renews: the laptop goes on speaking from its address.
LONG = {**NETWORKS, "limits": {"lease": "1h"}, "detectors": {"marathon": {"min-duration": "3h", "info-duration": "2h"}}}


@case("work without a pause, longer than a lease that nobody renews", [
    alert("marathon", "medium", 1.5, subject__account="contractor1")], config=LONG)
def _(w):
    at_work(w)
    work(w, T + 60, 3.2)


@case("the same, with a pause that the lease does not outlive", absent=["marathon"], config=LONG)
def _(w):
    at_work(w)
    work(w, T + 60, 1.6)
    work(w, T + 60 + 2 * HOUR, 1.5)


STEADY = {**NETWORKS, "detectors": {"steady-hand": {"min-duration": "1h"}}}


def desktop(w, gaps):
    steps = craft.rdp_start()
    for gap in gaps:
        steps += [("c", gap, craft.tls_record(23, bytes(60))), ("s", 0, craft.tls_record(23, bytes(300)))]
    w.tcp(T + 60, LAPTOP, 50001, SERVER, 3389, steps)


@case("a machine's input to a remote desktop", [alert("steady-hand", "low", 1, subject__account="contractor1")], config=STEADY)
def _(w):
    at_work(w)
    desktop(w, [5] * 800)


@case("a hand's input to a remote desktop", absent=["steady-hand"], config=STEADY)
def _(w):
    at_work(w)
    hand = random.Random(1)
    desktop(w, [hand.expovariate(1 / 5) for _ in range(800)])


# ---- small signs --------------------------------------------------------------------------------
@case("IP Messenger on a laptop", [alert("ipmsg", "low", 1, subject__account="contractor1")], config=NETWORKS)
def _(w):
    at_work(w)
    w.udp(T + 60, LAPTOP, 2425, "10.8.0.9", 2425, b"1:100:user:HOST:32:hello\0")


def speaks(w, language):
    w.tcp(T + 60, LAPTOP, 50000, STRANGER, 80, [
        ("c", 0.01, b"GET / HTTP/1.1\r\nHost: www.example.com\r\nAccept-Language: " + language + b"\r\n\r\n"),
        ("s", 0.02, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")])


@case("a browser in the Korean of the north, nothing claimed", [alert("locale", "medium", 2, subject__account="contractor1")])
def _(w):
    at_work(w)
    speaks(w, b"ko-KP,ko;q=0.9")


@case("a browser in Chinese, the roster claims the US", [alert("locale", "medium", 2, subject__account="contractor1")],
      roster=[person("contractor1", SEATTLE)])
def _(w):
    at_work(w)
    speaks(w, b"zh-CN,zh;q=0.9")


@case("a browser in Chinese, nothing claimed", absent=["locale"])
def _(w):
    at_work(w)
    speaks(w, b"zh-CN,zh;q=0.9")


def narrow(w, client, mss):
    w.segment(T + 5, client, 40000, GATEWAY, 443, 1, 0, 0x02, options=struct.pack("!BBH", 2, 4, mss))
    w.segment(T + 5.02, GATEWAY, 443, client, 40000, 5, 2, 0x12, options=struct.pack("!BBH", 2, 4, 1460))
    w.segment(T + 5.03, client, 40000, GATEWAY, 443, 2, 6, 0x18, b"x" * 50)


@case("a client behind a tunnel's MTU", [alert("tunnel-mtu", "info", 0.5, subject__account="contractor1")], config=NETWORKS)
def _(w):
    at_work(w)
    narrow(w, HOME, 1293 - 40)


@case("a client behind PPPoE, and one inside the pool", absent=["tunnel-mtu"], config=NETWORKS)
def _(w):
    at_work(w)
    narrow(w, HOME, 1492 - 40)
    narrow(w, LAPTOP, 1420 - 40)
