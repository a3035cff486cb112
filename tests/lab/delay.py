# SPDX-License-Identifier: BSD-2-Clause
"""A long link between two hosts of the lab: a TUN device in each, and what goes in at one end comes out at the other later.

In user space, since a kernel need not have netem. The devices do no offloading, so checksums are whole.
"""
import ctypes
import fcntl
import heapq
import itertools
import os
import select
import struct
import threading
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 1, 0x1000, 0x40000000
MTU = 1500


def tun_within(space, name):
    """The descriptor of a new device in a named network namespace. A thread of its own goes there and ends."""
    opened = []

    def enter():
        libc = ctypes.CDLL(None, use_errno=True)
        with open("/run/netns/" + space) as f:
            if libc.setns(f.fileno(), CLONE_NEWNET) != 0:
                return
        fd = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
        fcntl.ioctl(fd, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
        opened.append(fd)
    thread = threading.Thread(target=enter)
    thread.start()
    thread.join()
    if not opened:
        raise OSError("no TUN device in " + space)
    return opened[0]


class Link:
    """with Link(lab, "operator", "60.18.0.5", "home", "73.10.0.2", 0.06): each reaches the other's address, 60 ms one way."""

    def __init__(self, lab, one, address, other, to, seconds, name="far0"):
        self.seconds, self.end = seconds, os.pipe()
        self.ends = [tun_within(lab.tag + host, name) for host in (one, other)]
        for host, own, far in ((one, address, to), (other, to, address)):
            lab.run(host, "ip", "addr", "add", own + "/32", "dev", name, check=True)
            lab.run(host, "ip", "link", "set", name, "up", check=True)
            lab.run(host, "ip", "route", "add", far, "dev", name, "src", own, check=True)
        self.thread = threading.Thread(target=self.carry, daemon=True)

    def carry(self):
        waiting, order = [], itertools.count()  # (when, order, to, packet)
        while True:
            due = max(0, waiting[0][0] - time.monotonic()) if waiting else None
            ready, _, _ = select.select(self.ends + [self.end[0]], [], [], due)
            if self.end[0] in ready:
                return
            for fd in ready:
                to = self.ends[1 - self.ends.index(fd)]
                heapq.heappush(waiting, (time.monotonic() + self.seconds, next(order), to, os.read(fd, MTU)))
            while waiting and waiting[0][0] <= time.monotonic():
                os.write(waiting[0][2], heapq.heappop(waiting)[3])

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        os.close(self.end[1])
        self.thread.join()
        for fd in self.ends + [self.end[0]]:
            os.close(fd)
