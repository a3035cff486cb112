# SPDX-License-Identifier: BSD-2-Clause
"""Two rings on one live interface: what they get together is what one ring gets.

With PACKET_FANOUT_FLAG_DEFRAG the kernel puts IPv4 fragments together before it chooses the ring (fanout_demux_hash() needs the
ports), so a datagram arrives as one packet however many fragments it came in, and one that never becomes whole does not arrive
(packet(7), ip_check_defrag() of net/ipv4/ip_fragment.c). Packets counted live are therefore fewer than those of a recording, by
exactly that; nothing else may be missing.
"""
import re
import struct
import time

import craft
from lab import Lab, need

DATAGRAMS, PIECES, PIECE, LOST, PLAIN, LOGINS = 120, 4, 1400, 15, 400, 20


def cut(world, frame, keep):
    """The datagram in an Ethernet frame comes in fragments, of which the first `keep` are seen."""
    when, _, data = frame
    header, body = bytearray(data[14:34]), data[34:]
    for n in range(keep):
        piece = body[n * PIECE:(n + 1) * PIECE]
        more = 0x2000 if (n + 1) * PIECE < len(body) else 0
        struct.pack_into("!H", header, 2, 20 + len(piece))
        struct.pack_into("!HHH", header, 6, more | n * PIECE // 8, 64 << 8 | 17, 0)
        struct.pack_into("!H", header, 10, craft.checksum(bytes(header)))
        world.packets.append((when + n * 1e-5, len(world.packets), data[:14] + bytes(header) + piece))


def traffic(path):
    world, datagram = craft.World(), craft.World()
    for n in range(LOGINS):
        world.login(0.05 * n, "contractor-%d" % n, "73.10.0.%d" % (2 + n), "10.8.0.%d" % (2 + n), session="s%d" % n)
    for n in range(PLAIN):
        world.dns(0.01 * n, "10.8.0.%d" % (2 + n % 50), "10.0.0.2", "host%d.example.com" % n, sport=20000 + n)
    for n in range(DATAGRAMS + LOST):
        datagram.packets.clear()
        datagram.udp(0.03 * n, "10.8.1.%d" % (1 + n), 30000 + n, "10.0.0.9", 40000, bytes([n]) * (PIECES * PIECE - 8))
        cut(world, datagram.packets[0], PIECES if n < DATAGRAMS else PIECES - 1)
    world.write(path)
    return len(world.packets)


def number(log, what):
    found = re.search(r"^ *(\d+)  %s" % what, log, re.M)
    return int(found[1]) if found else 0


def listen(lab, binary, rings, capture):
    """What a sensor with so many rings counts while the capture is played to it, and whose logins it tells."""
    log, observed = "sensor%d.log" % rings, "observations%d.json" % rings
    sensor = lab.start("tap", binary, "-i", "eth0", "-j", str(rings), "-o", "json:/dev/null",
                       "--observations", "json:" + lab.path(observed), "udp", log=log)
    lab.wait_for(lambda: "listening" in lab.read(log))
    lab.run("wire", "tcpreplay", "-q", "--pps", "1000", "-i", "eth0", capture, timeout=60)
    time.sleep(1)
    lab.stop(sensor)
    said = lab.read(log)
    return {"packets": number(said, "packets$"), "dropped by the kernel": number(said, "packets dropped by the kernel"),
            "put together": number(said, "datagrams put together"), "flows": number(said, "flows$"),
            "logins": len(set(re.findall(r'"account":"(contractor-\d+)"', lab.read(observed))))}


def check(binary):
    """What is wrong; empty when two rings get all that one gets."""
    need("tcpreplay")
    with Lab({"tap": [], "wire": []}) as lab:
        capture = lab.path("traffic.pcap")
        total = traffic(capture)
        fragments = DATAGRAMS * PIECES + LOST * (PIECES - 1)
        same = {"dropped by the kernel": 0, "flows": PLAIN + DATAGRAMS + 2, "logins": LOGINS}
        wanted = {1: {"packets": total, "put together": DATAGRAMS, **same},
                  2: {"packets": total - fragments + DATAGRAMS, "put together": 0, **same}}
        wrong = []
        for rings, want in wanted.items():
            got = listen(lab, binary, rings, capture)
            wrong += ["%d rings: %s: %d, not %d" % (rings, what, got[what], want[what]) for what in want if got[what] != want[what]]
        return wrong
