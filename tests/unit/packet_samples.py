#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes packet_samples.h: one packet for each thing that the decoder walks through, built from the
# RFCs, with what TShark says of it (innermost addresses, protocol and ports). Run it again after a
# change: tests/unit/packet_samples.py > tests/unit/packet_samples.h
import ipaddress
import os
import struct
import subprocess
import sys
import tempfile


def checksum(b):
    b += b"\0" * (len(b) % 2)
    s = sum(struct.unpack(">%dH" % (len(b) // 2), b))
    while s >> 16:
        s = (s & 0xFFFF) + (s >> 16)
    return ~s & 0xFFFF


def ip4(protocol, payload, source="192.0.2.1", destination="198.51.100.2", options=b"", flags=0x4000, id=7, total=None):
    n = 20 + len(options)
    head = struct.pack(">BBHHHBBH", 0x40 | n // 4, 0, n + len(payload) if total is None else total, id, flags, 64, protocol, 0)
    head += ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed + options
    return head[:10] + struct.pack(">H", checksum(head)) + head[12:] + payload


def ip6(protocol, payload, source="2001:db8::1", destination="2001:db8::2", length=None):
    return (struct.pack(">IHBB", 0x60000000, len(payload) if length is None else length, protocol, 64)
            + ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed + payload)


def tcp(payload=b"", options=b"", flags=0x18, source=40001, destination=443):
    return struct.pack(">HHIIBBHHH", source, destination, 1000, 2000, (20 + len(options)) // 4 << 4, flags, 512, 0, 0) + options + payload


def udp(payload, source=40002, destination=9999, length=None):
    return struct.pack(">HHHH", source, destination, 8 + len(payload) if length is None else length, 0) + payload


def ethernet(kind, payload):
    return bytes.fromhex("020000000002" "020000000001") + struct.pack(">H", kind) + payload


def extension(following, content=b"\x01\x04\0\0\0\0"):
    return bytes([following, (len(content) + 2) // 8 - 1]) + content


def gre(kind, payload, flags=0, extra=b""):
    return struct.pack(">HH", flags, kind) + extra + payload


DATA = b"farmwatch"
INNER = ip4(17, udp(DATA, 5000, 5001), "10.0.0.1", "10.0.0.2")
INNER6 = ip6(6, tcp(DATA, source=5002, destination=5003), "2001:db8:1::1", "2001:db8:1::2")
FRAME = ethernet(0x0800, INNER)
SYN = bytes.fromhex("020405b4" "0402" "080a0000000100000000" "01" "030307")
AH = struct.pack(">BBHIII", 6, 4, 0, 0x1234, 1, 0) + b"\0" * 8
PPP = bytes.fromhex("ff030021") + INNER
WIFI = bytes.fromhex("0801" "0000" "020000000003" "020000000001" "020000000002" "1000")
SNAP = bytes.fromhex("aaaa03000000")
TEREDO6 = ip6(58, bytes.fromhex("8000000000010001"), "2001:0:c000:201::1", "2001:db8::2")
PBB = ethernet(0x88E7, struct.pack(">I", 0x00012345) + FRAME)

samples = [
    ("tcp", 1, ethernet(0x0800, ip4(6, tcp(DATA)))),
    ("tcp-syn-options", 1, ethernet(0x0800, ip4(6, tcp(b"", SYN, 2)))),
    ("tcp-time-stamp", 1, ethernet(0x0800, ip4(6, tcp(DATA, bytes.fromhex("0101080a0000000500000006"))))),
    ("padded-ack", 1, ethernet(0x0800, ip4(6, tcp(b"", b"", 0x10))) + b"\0" * 6),
    ("offloaded-length-0", 1, ethernet(0x0800, ip4(6, tcp(DATA), total=0))),
    ("ip4-options", 1, ethernet(0x0800, ip4(17, udp(DATA), options=bytes.fromhex("94040000")))),
    ("udp", 1, ethernet(0x0800, ip4(17, udp(DATA)))),
    ("icmp-echo", 1, ethernet(0x0800, ip4(1, bytes.fromhex("0800000000010001") + DATA))),
    ("icmp-unreachable", 1, ethernet(0x0800, ip4(1, bytes.fromhex("0301000000000000") + INNER))),
    ("esp", 1, ethernet(0x0800, ip4(50, struct.pack(">II", 0xABCD, 1) + DATA))),
    ("ah-tcp", 1, ethernet(0x0800, ip4(51, AH + tcp(DATA)))),
    ("sctp", 1, ethernet(0x0800, ip4(132, struct.pack(">HHII", 36412, 38412, 1, 0) + bytes.fromhex("0b000004")))),
    ("igmp", 1, ethernet(0x0800, ip4(2, bytes.fromhex("11640000e0000001")))),
    ("ip6-tcp", 1, ethernet(0x86DD, ip6(6, tcp(DATA)))),
    ("ip6-extensions", 1, ethernet(0x86DD, ip6(0, extension(60) + extension(43) + extension(17, b"\0\0\0\0\0\0") + udp(DATA)))),
    ("ip6-atomic-fragment", 1, ethernet(0x86DD, ip6(44, struct.pack(">BBHI", 17, 0, 0, 99) + udp(DATA)))),
    ("ip6-ah", 1, ethernet(0x86DD, ip6(51, AH + tcp(DATA)))),
    ("ip6-icmp", 1, ethernet(0x86DD, ip6(58, bytes.fromhex("8000000000010001")))),
    ("ip6-no-next", 1, ethernet(0x86DD, ip6(59, b"") + b"\0" * 6)),
    ("ip6-mobility", 1, ethernet(0x86DD, ip6(135, extension(59, b"\0\0\0\0\0\0")))),
    ("raw-4", 101, INNER),
    ("raw-6", 101, INNER6),
    ("ipv4-link", 228, INNER),
    ("ipv6-link", 229, INNER6),
    ("null-little", 0, struct.pack("<I", 2) + INNER),
    ("null-big", 0, struct.pack(">I", 30) + INNER6),
    ("loop", 108, struct.pack(">I", 2) + INNER),
    ("cooked", 113, bytes.fromhex("0000000100060200000000010000" "0800") + INNER),
    ("cooked-2", 276, bytes.fromhex("86dd" "0000" "00000002" "0001" "00" "06" "0200000000010000") + INNER6),
    ("ppp", 9, PPP),
    ("ppp-compressed", 9, PPP[3:]),
    ("ppp-hdlc", 50, PPP),
    ("pppoe-link", 51, bytes.fromhex("11000007") + struct.pack(">H", len(PPP) - 2) + PPP[2:]),
    ("c-hdlc", 104, bytes.fromhex("0f000800") + INNER),
    ("wifi", 105, WIFI + SNAP + b"\x08\0" + INNER),
    ("wifi-qos", 105, b"\x88" + WIFI[1:] + b"\0\0" + SNAP + b"\x08\0" + INNER),
    ("radiotap", 127, bytes.fromhex("00000900" "02000000" "00") + WIFI + SNAP + b"\x08\0" + INNER),
    ("radiotap-padded", 127, bytes.fromhex("00001900" "030000a0" "03000080" "00000000" "0000000000000000" "20")
     + b"\x88" + WIFI[1:] + b"\0\0" + b"\0\0" + SNAP + b"\x08\0" + INNER),
    ("llc-snap", 1, ethernet(8 + len(INNER), SNAP + b"\x08\0" + INNER)),
    ("vlan", 1, ethernet(0x8100, struct.pack(">HH", 0x6064, 0x0800) + INNER)),
    ("qinq", 1, ethernet(0x88A8, struct.pack(">HHHH", 10, 0x8100, 20, 0x86DD) + INNER6)),
    ("vn-tag", 1, ethernet(0x8926, struct.pack(">IH", 0x80010002, 0x0800) + INNER)),
    ("cisco-metadata", 1, ethernet(0x8909, bytes.fromhex("010100010002") + b"\x08\0" + INNER)),
    ("pbb", 1, PBB),
    ("mpls-2", 1, ethernet(0x8847, struct.pack(">II", 100 << 12 | 64, 200 << 12 | 0x100 | 64) + INNER)),
    ("mpls-6", 1, ethernet(0x8847, struct.pack(">I", 200 << 12 | 0x100 | 64) + INNER6)),
    ("mpls-pseudowire", 1, ethernet(0x8847, struct.pack(">II", 300 << 12 | 0x100 | 64, 0) + FRAME)),
    ("pppoe", 1, ethernet(0x8864, bytes.fromhex("11000007") + struct.pack(">H", len(PPP) - 2) + PPP[2:])),
    ("ip-in-ip", 1, ethernet(0x0800, ip4(4, INNER))),
    ("6in4", 1, ethernet(0x0800, ip4(41, INNER6))),
    ("4in6", 1, ethernet(0x86DD, ip6(4, INNER))),
    ("gre", 1, ethernet(0x0800, ip4(47, gre(0x0800, INNER)))),
    ("gre-all-options", 1, ethernet(0x0800, ip4(47, gre(0x86DD, INNER6, 0xB000, struct.pack(">HHII", 0, 0, 77, 1))))),
    ("gre-bridged", 1, ethernet(0x0800, ip4(47, gre(0x6558, FRAME)))),
    ("gre-keep-alive", 1, ethernet(0x0800, ip4(47, gre(0, b"")))),
    ("pptp", 1, ethernet(0x0800, ip4(47, gre(0x880B, PPP, 0x3081, struct.pack(">HHII", len(PPP), 9, 1, 0))))),
    ("erspan-1", 1, ethernet(0x0800, ip4(47, gre(0x88BE, FRAME)))),
    ("erspan-2", 1, ethernet(0x0800, ip4(47, gre(0x88BE, struct.pack(">HHI", 0x1001, 0x0005, 0) + FRAME, 0x1000, b"\0\0\0\1")))),
    ("erspan-3", 1, ethernet(0x0800, ip4(47, gre(0x22EB, struct.pack(">HHIHH", 0x2001, 0x0006, 0, 0, 0) + FRAME, 0x1000, b"\0\0\0\1")))),
    ("vxlan", 1, ethernet(0x0800, ip4(17, udp(struct.pack(">II", 0x08000000, 42 << 8) + FRAME, 49152, 4789)))),
    ("vxlan-gpe", 1, ethernet(0x0800, ip4(17, udp(struct.pack(">II", 0x0C000002, 42 << 8) + INNER6, 49152, 4790)))),
    ("geneve", 1, ethernet(0x0800, ip4(17, udp(struct.pack(">BBHI", 2, 0, 0x6558, 42 << 8) + bytes.fromhex("0102800100000001") + FRAME, 49152, 6081)))),
    ("gtp-u", 1, ethernet(0x0800, ip4(17, udp(struct.pack(">BBHI", 0x30, 255, len(INNER), 0x11) + INNER, 2152, 2152)))),
    ("gtp-u-extension", 1, ethernet(0x0800, ip4(17, udp(struct.pack(">BBHI", 0x34, 255, len(INNER) + 8, 0x11) + bytes.fromhex("00000085" "01100900") + INNER, 2152, 2152)))),
    ("teredo", 1, ethernet(0x0800, ip4(17, udp(TEREDO6, 50000, 3544)))),
    ("teredo-indications", 1, ethernet(0x0800, ip4(17, udp(bytes.fromhex("00010000" "0000000000000001" "00" "0000" "abcd" "3fffff00") + TEREDO6, 3544, 50000)))),
    ("l2tp", 1, ethernet(0x0800, ip4(17, udp(struct.pack(">HHHH", 0x4002, 8 + len(PPP), 3, 4) + PPP, 1701, 1701)))),
    ("vxlan-in-gre", 1, ethernet(0x0800, ip4(47, gre(0x0800, ip4(17, udp(struct.pack(">II", 0x08000000, 42 << 8) + FRAME, 49152, 4789)))))),
    ("dns-from-vxlan-port", 1, ethernet(0x0800, ip4(17, udp(bytes.fromhex("0a1201000001000000000000" "0161026465" "0000010001"), 4789, 53)))),
]

FIELDS = ["frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "tcp.srcport", "tcp.dstport",
          "udp.srcport", "udp.dstport", "sctp.srcport", "sctp.dstport"]


def tshark(link, frame):
    with tempfile.NamedTemporaryFile(suffix=".pcap", delete=False) as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, link))
        f.write(struct.pack("<IIII", 1, 0, len(frame), len(frame)) + frame)
    # TShark must be told what the MPLS label 300 stands for.
    command = ["tshark", "-n", "-r", f.name, "-d", "mpls.label==300,pwethcw", "-T", "fields"]
    for name in FIELDS:
        command += ["-e", name]
    out = subprocess.run(command, capture_output=True, text=True, check=True).stdout.rstrip("\n")
    os.unlink(f.name)
    return dict(zip(FIELDS, out.split("\t")))


def innermost(said):
    """The last IP header before an ICMP that would quote another, and the ports behind it."""
    seen, last, ports = {}, None, ("0", "0")
    for token in said["frame.protocols"].split(":"):
        index = seen.get(token, 0)
        seen[token] = index + 1
        if token in ("ip", "ipv6"):
            last = (said[token + ".src"].split(",")[index], said[token + ".dst"].split(",")[index])
            ports = ("0", "0")
        if token in ("tcp", "udp", "sctp"):
            ports = tuple(said[token + end].split(",")[index] for end in (".srcport", ".dstport"))
        if token in ("icmp", "icmpv6"):
            break
    return last + ports


def main():
    print("/* SPDX-License-Identifier: BSD-2-Clause")
    print(" *")
    print(" * Written by packet_samples.py: packets, and what TShark says of them.")
    print(" */")
    print("/* clang-format off */")
    print("static const struct sample {")
    print("    const char *name;")
    print("    unsigned link_type;")
    print("    const char *source, *destination; /* innermost */")
    print("    unsigned source_port, destination_port;")
    print("    const char *hex;")
    print("} samples[] = {")
    for name, link, frame in samples:
        said = tshark(link, frame)
        source, destination, sport, dport = innermost(said)
        print("    /* %s */" % said["frame.protocols"])
        print('    { "%s", %d, "%s", "%s", %s, %s,' % (name, link, source, destination, sport, dport))
        text = frame.hex()
        print("\n".join('      "%s"' % text[i:i + 88] for i in range(0, len(text), 88)) + " },")
    print("};")


if __name__ == "__main__":
    sys.exit(main())
