# SPDX-License-Identifier: BSD-2-Clause
"""Captures to measure with, written packet by packet in order of time, so that their size is no matter.

mix   conversations of many protocols (the Ethernet captures below $FARMWATCH_DATA/pcap; without them, the cases and captures of
      tests/replay), copied under other addresses, interleaved: about 15 packets a flow
many  short HTTP requests, each a flow of five packets
big   20 TCP flows that carry bulk data
"""
import glob
import heapq
import os
import socket
import struct
import sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "replay"))
import cases  # noqa: E402
import craft  # noqa: E402

START = 1760000000
LARGEST = 4000     # packets of one conversation source; larger captures would drown the mix
LONGEST_S = 600.0  # a source's pauses end here
APART_S = 0.01     # between the starts of two copies
SYN, FIN, PSH, ACK = 0x02, 0x01, 0x08, 0x10


def read_pcap(path):
    """[(seconds after the first, frame)] of a little-endian Ethernet pcap that is mostly plain IPv4; else nothing."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] != b"\xd4\xc3\xb2\xa1" or data[20:24] != b"\1\0\0\0":
        return []
    out, at = [], 24
    while at + 16 <= len(data) and len(out) <= LARGEST:
        seconds, micro, captured, length = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + captured]
        if captured == length:
            out.append((seconds + micro / 1e6, frame))
        at += 16 + captured
    plain = sum(frame[12:14] == b"\x08\0" for _, frame in out)
    if not out or len(out) > LARGEST or plain < 0.9 * len(out):
        return []
    return from_zero(out)


def from_zero(packets):
    packets.sort(key=lambda p: p[0])
    first = packets[0][0]
    return [(min(when - first, LONGEST_S), frame) for when, frame in packets]


def own_cases():
    for scenario in cases.CASES:
        world = craft.World()
        scenario["build"](world)
        if world.packets:
            yield from_zero([(when, frame) for when, _, frame in world.packets])


def sources():
    data = os.environ.get("FARMWATCH_DATA")
    if data:
        paths = glob.glob(os.path.join(data, "pcap", "*.pcap"))
    else:
        paths = glob.glob(os.path.join(here, "..", "replay", "captures", "*.pcap"))
    found = [packets for packets in map(read_pcap, sorted(paths)) if packets]
    return found if data and found else list(own_cases()) + found


def moved(frame, copy):
    """The frame between other addresses: both ends' second and third octets change, each copy's in its own way."""
    if frame[12:14] != b"\x08\0" or len(frame) < 34:
        return frame
    out = bytearray(frame)
    for at in (27, 31):
        out[at] ^= copy & 0xFF
        out[at + 1] ^= copy >> 8 & 0xFF
    return out


def mix():
    """Without end. The heap holds, of each copy under way, its next packet."""
    found, under_way, copy = sources(), [], 0
    while True:
        start = START + copy * APART_S
        while under_way and under_way[0][0] <= start:
            when, number, at = under_way[0]
            source = found[number % len(found)]
            yield when, moved(source[at][1], number // len(found))
            if at + 1 < len(source):
                heapq.heapreplace(under_way, (START + number * APART_S + source[at + 1][0], number, at + 1))
            else:
                heapq.heappop(under_way)
        heapq.heappush(under_way, (start, copy, 0))
        copy += 1


def segment(source, source_port, destination, destination_port, flags, seq, ack, payload, identification):
    ip = struct.pack(">BBHHHBBHII", 0x45, 0, 40 + len(payload), identification & 0xFFFF, 0x4000, 64, 6, 0, source, destination)
    tcp = struct.pack(">HHIIBBHHH", source_port, destination_port, seq, ack, 0x50, flags, 64240, 0, 0)
    return b"\2\0\0\0\0\1\2\0\0\0\0\2\x08\0" + ip + tcp + payload


def many():
    """A client asks a server for one page. Hundred at once."""
    client, server = struct.unpack(">II", socket.inet_aton("10.0.0.0") + socket.inet_aton("198.18.0.0"))
    request = b"GET /index.html HTTP/1.1\r\nHost: www.example.com\r\nUser-Agent: bench\r\n\r\n"
    answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\n\r\n<html></html>"
    steps = ((0, SYN, b"", 0, 0), (1, SYN | ACK, b"", 0, 1), (0, ACK, b"", 1, 1), (0, PSH | ACK, request, 1, 1),
             (1, PSH | ACK | FIN, answer, 1, 1 + len(request)))
    group, when = 0, float(START)
    while True:
        for to_client, flags, payload, seq, ack in steps:
            for flow in range(group * 100, group * 100 + 100):
                ends = (client + flow % 1000003, 1024 + flow % 60000), (server + flow % 65521, 80)
                (a, b), when = (ends[::-1] if to_client else ends), when + 5e-6
                yield when, segment(*a, *b, flags, seq, ack if flags & ACK else 0, payload, flow)
        group += 1


def big():
    """20 downloads: two full segments, one acknowledgement."""
    client, server = struct.unpack(">II", socket.inet_aton("10.0.0.0") + socket.inet_aton("198.18.0.0"))
    ends = [((client + n, 40000 + n), (server + n, 9000)) for n in range(20)]
    data, when, seq = bytes(range(256)) * 5, float(START), 1
    for to_client, flags, at, ack in ((0, SYN, 0, 0), (1, SYN | ACK, 0, 1), (0, ACK, 1, 1)):
        for a, b in (e[::-1] if to_client else e for e in ends):
            when += 1e-4
            yield when, segment(*a, *b, flags, at, ack, b"", 0)
    while True:
        for a, b in ends:
            for part in (0, len(data)):
                when += 1e-5
                yield when, segment(*b, *a, ACK, seq + part & 0xFFFFFFFF, 1, data, seq // len(data))
            when += 1e-5
            yield when, segment(*a, *b, ACK, 1, seq + 2 * len(data) & 0xFFFFFFFF, b"", seq // len(data))
        seq += 2 * len(data)


SHAPES = {"mix": mix, "many": many, "big": big}


def build(path, shape, wanted):
    """Writes `wanted` packets of the shape."""
    with open(path, "wb", 1 << 20) as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for _, (when, frame) in zip(range(wanted), SHAPES[shape]()):
            f.write(struct.pack("<IIII", int(when), int(when % 1 * 1e6), len(frame), len(frame)) + frame)
