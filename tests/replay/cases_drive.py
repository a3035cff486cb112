# SPDX-License-Identifier: BSD-2-Clause
"""What drives the laptop: tools, who controls whom, what is work."""
import struct

import craft
from stage import *  # noqa: F403


@case("a tool connected on a contractor's laptop", [
    alert("remote-control", "medium", 1.5, subject__account="contractor1")])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, TALK)


@case("the laptop is driven for two minutes", [
    alert("remote-control", "high", 2.5, subject__account="contractor1", count=1)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(120))


@case("a download over the same tool is connected, not controlled", [alert("remote-control", "medium", 1.5)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, [("s", 0.3, craft.tls_record(23, b"d" * 1300))] * 300 + TALK)


@case("an approved tool", absent=["remote-control"], config={"policy": {"approved-tools": ["any desk"]}})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(120))


@case("a visit to a vendor's web page", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.dns(T + 5, "10.8.0.5", "10.0.0.2", "www.teamviewer.com")
    w.tcp(T + 6, "10.8.0.5", 50001, "203.0.113.80", 443, craft.tls_start("www.teamviewer.com") + TALK)
    w.dns(T + 15, "10.8.0.5", "10.0.0.2", "anydesk.com", sport=33005)
    w.tcp(T + 16, "10.8.0.5", 50002, "203.0.113.81", 443, craft.tls_start("anydesk.com") + TALK)


@case("a name looked up and never used", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.dns(T + 5, "10.8.0.5", "10.0.0.2", ANYDESK)


@case("two tools on one laptop", [
    alert("remote-control", "medium", 1.5), alert("remote-control", "medium", 1.5), alert("second-tool", "high", 3)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, TALK)
    tool(w, T + 600, RUSTDESK, TALK, port=50100, relay="203.0.113.90")




def desktop(w, client, server, at=T):
    w.tcp(at, client, 50000, server, 3389, craft.rdp_start() + craft.driven(90, screen_side="s"))


@case("RDP from China drives a laptop at home", [
    alert("remote-control", "high", 2.5, subject__site="192.168.1.0/24", subject__device="192.168.1.20", count=1),
    alert("egress-country", "high", 4, subject__site="192.168.1.0/24"),
    alert("direct-exposure", "high", 2, subject__site="192.168.1.0/24"), alert("case", "high", 2.5 + 2 / 2 + 4)])
def _(w):
    desktop(w, CHINA, "192.168.1.20")


@case("a laptop that drives a computer in China is a viewer", [
    alert("remote-control", "medium", 1.5), alert("egress-country", "high", 4), alert("case", "medium", 1.5 + 4)])
def _(w):
    desktop(w, "192.168.1.20", CHINA)


@case("RDP between two private hosts of which nobody knows a login", absent=["remote-control"])
def _(w):
    desktop(w, "192.168.1.20", "192.168.1.30")


for label, networks in (("no networks given", {}), ("the pool given", {"vpn-pools": ["10.8.0.0/24"]}),
                        ("all given", {"inside": ["10.0.0.0/8"], "vpn-pools": ["10.8.0.0/24"]})):
    @case("a laptop works on a company server by RDP, " + label, absent=["remote-control"], config={"networks": networks})
    def _(w):
        w.login(T, "one", HOME, "10.8.0.5", session="s1")
        desktop(w, "10.8.0.5", "10.0.0.80", T + 60)

    @case("a company server drives a contractor's laptop, " + label, [
        alert("remote-control", "high", 2.5, subject__account="one", count=1)], config={"networks": networks})
    def _(w):
        w.login(T, "one", HOME, "10.8.0.5", session="s1")
        desktop(w, "10.0.0.80", "10.8.0.5", T + 60)


@case("the same from a trusted help desk", absent=["remote-control"], config={"networks": {"trusted": ["10.0.0.80"]}})
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    desktop(w, "10.0.0.80", "10.8.0.5", T + 60)


@case("a tool's direct connection from China", [
    alert("remote-control", "high", 2.5, count=1), alert("egress-country", "high", 4), alert("case", "high", 2.5 + 4)])
def _(w):
    w.tcp(T, CHINA, 51000, "192.168.1.20", 7070, craft.tls_start(ANYDESK) + craft.driven(120, screen_side="s"))


@case("a vendor's relay in China is no far end", [alert("remote-control", "high", 2.5)], absent=["egress-country"])
def _(w):
    tool(w, T, ANYDESK, craft.driven(120), laptop="192.168.1.20", relay=CHINA)


@case("the same the other way round: a viewer through a relay", [alert("remote-control", "medium", 1.5)], absent=["egress-country"])
def _(w):
    tool(w, T, ANYDESK, craft.driven(120, screen_side="s"), laptop="192.168.1.20", relay=CHINA)


@case("a home capture: two devices, a tool each", [
    alert("remote-control", "medium", 1.5, subject__device="192.168.1.20"),
    alert("remote-control", "medium", 1.5, subject__device="192.168.1.21"),
    alert("second-tool", "high", 3, subject__site="192.168.1.0/24")], absent=["case"])
def _(w):
    tool(w, T, ANYDESK, TALK, laptop="192.168.1.20")
    tool(w, T + 60, RUSTDESK, TALK, laptop="192.168.1.21", relay="203.0.113.90")


@case("two tools more than a week apart", [alert("remote-control", "medium", 1.5), alert("remote-control", "medium", 1.5)],
      absent=["second-tool"])
def _(w):
    tool(w, T, ANYDESK, TALK, laptop="192.168.1.20")
    tool(w, T + 7 * DAY + 60, RUSTDESK, TALK, laptop="192.168.1.20", relay="203.0.113.90")


@case("a tool that the roster approves", absent=["remote-control", "second-tool"],
      roster=[dict(person("one", SEATTLE), **{"approved-tools": ["anydesk"]})])
def _(w):
    w.login(T, "one", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, TALK)


# ---- WebRTC: neither relay nor peer is ever looked up ------------------------------------------
CHROME, WEBRTC = "remotedesktop-pa.googleapis.com", "203.0.113.95"


def waits(w, laptop):
    """The program waits for its owner, half an hour and more."""
    tool(w, T, CHROME, [("c", 20, craft.tls_record(23, b"k" * 40)), ("s", 0.02, craft.tls_record(23, b"k" * 40))] * 100, laptop=laptop)


def screen(seconds):
    """A second of DTLS: 6 kB of it go out, and in most of them three messages of input come in."""
    record = lambda size: b"\x17\xfe\xfd\0\1" + b"\0" * 6 + struct.pack("!H", size) + b"\x5a" * size
    pixels, key = record(1000), record(40)
    return ([("s", 0.2, key)] * 3 + [("c", 0.001, pixels)] * 6 + [("s", 0.394, key)]) * seconds


@case("Chrome Remote Desktop over a TURN relay, whose peer is in China", [
    alert("remote-control", "high", 2.5), alert("egress-country", "high", 4), alert("case", "high", 4 + 2.5),
    alert("revealed-peer", "info", 0)])
def _(w):
    waits(w, "192.168.1.20")
    w.turn(T + 1800, "192.168.1.20", 50700, WEBRTC, CHINA)
    w.channel(T + 1801, "192.168.1.20", 50700, WEBRTC, screen(120))


@case("the same laptop in a call: voices both ways, its camera on", [alert("remote-control", "medium", 1.5)],
      absent=["revealed-peer", "egress-country"])
def _(w):
    waits(w, "192.168.1.20")
    w.turn(T + 1800, "192.168.1.20", 50700, WEBRTC, CHINA)
    voice, picture = b"\x80\x6f" + b"\0" * 90, b"\x80\x60" + b"\0" * 1000
    w.channel(T + 1801, "192.168.1.20", 50700, WEBRTC, ([("s", 0.05, voice), ("c", 0.05, voice)] + [("c", 0.001, picture)] * 3) * 1200)


@case("a call of a laptop without such a program", absent=["remote-control", "revealed-peer", "egress-country"])
def _(w):
    w.turn(T + 1800, "192.168.1.20", 50700, WEBRTC, CHINA)
    w.channel(T + 1801, "192.168.1.20", 50700, WEBRTC, screen(120))


@case("a driven tool, whose far end a TURN relay named a moment before", [
    alert("remote-control", "high", 2.5), alert("egress-country", "high", 4), alert("case", "high", 4 + 2.5),
    alert("revealed-peer", "info", 0)])
def _(w):
    w.turn(T + 590, "192.168.1.20", 50700, WEBRTC, CHINA)
    tool(w, T + 600, ANYDESK, craft.driven(180), laptop="192.168.1.20")


@case("a tool that drives minutes after a call", [alert("remote-control", "high", 2.5)], absent=["revealed-peer", "egress-country"])
def _(w):
    w.turn(T + 400, "192.168.1.20", 50700, WEBRTC, CHINA)
    tool(w, T + 600, ANYDESK, craft.driven(180), laptop="192.168.1.20")
