#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""What the parsers' fuzz targets start from: the payloads in the captures of tests/replay.

    seeds.py FOLDER

Writes to FOLDER each datagram and the start of each TCP stream that looks new, behind the octet that fuzz_parser.h reads (transport,
direction, port), and prints their names, separated by commas, in an order that is always the same.
"""
import glob
import os
import struct
import sys

TCP, FROM_CLIENT, OWN_PORT, ANSWERED = 1, 4, 8, 64  # bits of the first octet
START = 2000  # octets of a stream
ALIKE = 32    # payloads of one port whose lengths, divided by this, and octets behind the first two (a number, often) agree are one


def frames(path):
    """Ethernet frames of a little-endian pcap; nothing of another file."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] != b"\xd4\xc3\xb2\xa1" or data[20:24] != b"\1\0\0\0":
        return
    at = 24
    while at + 16 <= len(data):
        size, = struct.unpack_from("<I", data, at + 8)
        yield data[at + 16:at + 16 + size]
        at += 16 + size


def transport(frame):
    """(protocol, the two addresses, segment) of IPv4 without fragments, else None."""
    if frame[12:14] != b"\x08\0" or len(frame) < 34 or struct.unpack_from(">H", frame, 20)[0] & 0x3fff:
        return None
    header, length = (frame[14] & 15) * 4, struct.unpack_from(">H", frame, 16)[0]
    return frame[23], frame[26:34], frame[14 + header:14 + length]


def payloads(path):
    """(first octet, server's port, payload)."""
    streams = {}
    for found in filter(None, map(transport, frames(path))):
        protocol, addresses, segment = found
        if protocol not in (6, 17) or len(segment) < 8:
            continue
        source, destination = struct.unpack_from(">HH", segment)
        way = OWN_PORT | (FROM_CLIENT if destination < source else 0)
        if protocol == 17:
            yield way, min(source, destination), segment[8:]
        elif len(segment) >= 20:
            key = addresses, source, destination, way
            streams[key] = (streams.get(key, b"") + segment[(segment[12] >> 4) * 4:])[:START]
    for (_, source, destination, way), data in streams.items():
        for flags in (0, ANSWERED):
            yield TCP | way | flags, min(source, destination), data


def main():
    here, folder, seen = os.path.dirname(os.path.abspath(__file__)), sys.argv[1], set()
    for path in sorted(glob.glob(os.path.join(here, "..", "replay", "*", "*.pcap"))):
        for flags, port, data in payloads(path):
            look = flags, port, data[2:5], len(data) // ALIKE
            if data and look not in seen:
                with open(os.path.join(folder, "%05d" % len(seen)), "wb") as f:
                    f.write(bytes((flags,)) + data)
                seen.add(look)
    print(",".join(os.path.join(folder, "%05d" % i) for i in range(len(seen))))


main()
