# SPDX-License-Identifier: BSD-2-Clause
"""What drives the laptop: tools, who controls whom, what is work."""
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


