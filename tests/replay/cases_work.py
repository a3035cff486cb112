# SPDX-License-Identifier: BSD-2-Clause
"""Who works, and when: a laptop's own traffic against the input of a session that drives it."""
import craft
from stage import *  # noqa: F403

SERVER = "10.1.0.1"  # the company's, inside


def moves(seed, seconds, share=0.4):
    """Seconds in which a hand moves, in no order: the bits of a linear congruential generator (Knuth's MMIX)."""
    chosen, x = [], seed
    for second in range(seconds):
        x = (x * 6364136223846793005 + 1442695040888963407) % 2 ** 64
        if (x >> 33) % 1000 < share * 1000:
            chosen.append(second)
    return chosen


def script(steps):
    """(seconds after the start, side, bytes) as the steps of a tcp() script; what comes at once is 0.3 ms apart there."""
    now, out = 0.0, []
    for at, side, data in sorted(steps):
        out.append((side, at - now, data))
        now = at + 0.0003
    return out


def drive(w, at, seconds, name=ANYDESK):
    """A relayed session: the laptop's screen each second, input in the seconds chosen."""
    screen = [(s + 0.1, "c", craft.tls_record(23, b"\x5a" * 1300)) for s in range(max(seconds) + 1)]
    hand = [(s + 0.2, "s", craft.tls_record(23, b"\xa5" * 60)) for s in seconds]
    tool(w, at, name, script(screen + hand))


def work(w, at, seconds, later=0.35):
    """SSH from the laptop to the company in the seconds chosen."""
    banner = [("c", 0.01, b"SSH-2.0-OpenSSH_9.2\r\n"), ("s", 0.01, b"SSH-2.0-OpenSSH_9.2\r\n")]
    keys = [(s + later, "c", b"\x17" * 36) for s in seconds] + [(s + later + 0.02, "s", b"\x18" * 36) for s in seconds]
    w.tcp(at, "10.8.0.5", 50900, SERVER, 22, banner + script(keys))


def both(w, minutes, hand, own, **more):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    drive(w, T + 60, hand(int(minutes * 60)), **more)
    work(w, T + 60, own(int(minutes * 60)))


COUPLED = [alert("control-coupling", "high", 4, subject__account="contractor1")]


@case("the laptop works only while the other end of a tool moves", COUPLED, may=["remote-control", "case"])
def _(w):
    both(w, 12, lambda n: moves(1, n), lambda n: moves(1, n))


@case("the same a second later", COUPLED, may=["remote-control", "case"])
def _(w):
    both(w, 12, lambda n: moves(1, n), lambda n: [s + 1 for s in moves(1, n)])


@case("two seconds later is somebody else's doing", may=["remote-control"], absent=["control-coupling"])
def _(w):
    both(w, 12, lambda n: moves(1, n), lambda n: [s + 2 for s in moves(1, n)])


@case("nine minutes are too few", may=["remote-control"], absent=["control-coupling"])
def _(w):
    both(w, 9, lambda n: moves(1, n), lambda n: moves(1, n))


@case("ten minutes are enough", COUPLED, may=["remote-control", "case"])
def _(w):
    both(w, 10.2, lambda n: moves(1, n), lambda n: moves(1, n))


@case("two hands", may=["remote-control"], absent=["control-coupling"])
def _(w):
    both(w, 12, lambda n: moves(1, n), lambda n: moves(2, n))


@case("a laptop that always talks", may=["remote-control"], absent=["control-coupling"])
def _(w):
    both(w, 12, lambda n: moves(1, n), lambda n: list(range(n)))


@case("fewer than thirty seconds of input", may=["remote-control"], absent=["control-coupling"])
def _(w):
    both(w, 12, lambda n: moves(1, n)[:28] + [n - 1], lambda n: moves(1, n)[:28] + [n - 1])


@case("work through a tool that is approved", absent=["control-coupling", "remote-control"],
      config={"policy": {"approved-tools": ["anydesk"]}})
def _(w):
    both(w, 12, lambda n: moves(1, n), lambda n: moves(1, n))
