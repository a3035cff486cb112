# SPDX-License-Identifier: BSD-2-Clause
"""Writes small MaxMind DB files (MaxMind DB format specification 2.0): IPv6 or IPv4 tree, 32-bit records, for tests that need
places which no free database has."""
import ipaddress
import struct


def _control(kind, size, payload):
    extended = b"" if kind < 8 else bytes([kind - 7])
    top = (kind if kind < 8 else 0) << 5
    if size < 29:
        return bytes([top | size]) + extended + payload
    if size < 29 + 256:
        return bytes([top | 29]) + extended + bytes([size - 29]) + payload
    return bytes([top | 30]) + extended + struct.pack("!H", size - 285) + payload


class Sized(int):
    """An integer of a fixed type of the format: 5 = uint16, 6 = uint32, 9 = uint64."""

    def __new__(cls, kind, value):
        made = super().__new__(cls, value)
        made.kind = kind
        return made


def encode(value):
    if isinstance(value, bool):
        return _control(14, int(value), b"")
    if isinstance(value, str):
        return _control(2, len(value.encode()), value.encode())
    if isinstance(value, float):
        return _control(3, 8, struct.pack("!d", value))
    if isinstance(value, int):
        body = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _control(getattr(value, "kind", 6), len(body), body)
    if isinstance(value, dict):
        return _control(7, len(value), b"".join(encode(k) + encode(v) for k, v in value.items()))
    return _control(11, len(value), b"".join(encode(v) for v in value))


def write(path, database_type, records, build_epoch=1759708800, version=6):
    """records: {prefix text: dict}. IPv4 stands at ::/96 of an IPv6 tree, as the format has it."""
    width = 128 if version == 6 else 32
    nodes = [[None, None]]  # each side: None, ("node", i) or ("data", offset)
    data, offsets = b"", {}
    for prefix, record in records.items():
        network = ipaddress.ip_network(prefix)
        bits = int(network.network_address)
        length = network.prefixlen + (width - 32 if network.version == 4 else 0)
        body = encode(record)
        if body not in offsets:
            offsets[body] = len(data)
            data += body
        at = 0
        for depth in range(length):
            side = bits >> (width - 1 - depth) & 1
            if depth == length - 1:
                nodes[at][side] = ("data", offsets[body])
            else:
                if nodes[at][side] is None:
                    nodes.append([None, None])
                    nodes[at][side] = ("node", len(nodes) - 1)
                at = nodes[at][side][1]
    count = len(nodes)
    tree = b""
    for node in nodes:
        for side in node:
            number = count if side is None else side[1] if side[0] == "node" else count + 16 + side[1]
            tree += struct.pack("!I", number)
    metadata = encode({"binary_format_major_version": Sized(5, 2), "binary_format_minor_version": Sized(5, 0),
                       "build_epoch": Sized(9, build_epoch),
                       "database_type": database_type, "description": {"en": "farmwatch test"}, "ip_version": Sized(5, version),
                       "languages": ["en"], "node_count": Sized(6, count),
                       "record_size": Sized(5, 32)})
    with open(path, "wb") as f:
        f.write(tree + b"\0" * 16 + data + b"\xab\xcd\xefMaxMind.com" + metadata)


def city(country, name, latitude, longitude, radius):
    return {"country": {"iso_code": country}, "city": {"names": {"en": name}},
            "location": {"latitude": float(latitude), "longitude": float(longitude), "accuracy_radius": Sized(5, radius)}}
