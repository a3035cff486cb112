# SPDX-License-Identifier: BSD-2-Clause
"""Builds small captures packet by packet, with right lengths and checksums, from the standard library alone.

A `World` collects packets in any order and writes them sorted by time. Addresses are text; times are Unix seconds.
"""
import hashlib
import ipaddress
import socket
import struct

SECRET = b"lab-secret"


def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class World:
    def __init__(self):
        self.packets = []  # (time, sequence, bytes)
        self.wire = {}     # sequence: length on the wire, of packets that a capture cut
        self.ident = 0
        self.radius_id = 0
        self.logins = []  # when somebody was let in, or not

    # ---- layers ---------------------------------------------------------------------------------
    def frame(self, time, payload, ether_type=0x0800, vlan=None):
        tag = b"" if vlan is None else struct.pack("!HH", 0x8100, vlan)
        head = b"\x02\0\0\0\0\x01\x02\0\0\0\0\x02" + tag + struct.pack("!H", ether_type)
        self.packets.append((time, len(self.packets), head + payload))

    def ip(self, time, source, destination, protocol, body, vlan=None, ttl=64):
        a, b = ipaddress.ip_address(source), ipaddress.ip_address(destination)
        self.ident = (self.ident + 1) & 0xFFFF
        if a.version == 4:
            head = struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(body), self.ident, 0x4000, ttl,
                               protocol, 0, a.packed, b.packed)
            head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
            self.frame(time, head + body, 0x0800, vlan)
        else:
            head = struct.pack("!IHBB16s16s", 0x60000000, len(body), protocol, ttl, a.packed, b.packed)
            self.frame(time, head + body, 0x86DD, vlan)

    def pseudo(self, source, destination, protocol, length):
        a, b = ipaddress.ip_address(source).packed, ipaddress.ip_address(destination).packed
        return a + b + (struct.pack("!BBH", 0, protocol, length) if len(a) == 4 else struct.pack("!II", length, protocol))

    def udp(self, time, source, sport, destination, dport, data, **more):
        length = 8 + len(data)
        head = struct.pack("!HHHH", sport, dport, length, 0)
        total = checksum(self.pseudo(source, destination, 17, length) + head + data) or 0xFFFF
        self.ip(time, source, destination, 17, head[:6] + struct.pack("!H", total) + data, **more)

    def segment(self, time, source, sport, destination, dport, seq, ack, flags, data=b"", options=b"", **more):
        offset = (20 + len(options)) // 4
        head = struct.pack("!HHIIBBHHH", sport, dport, seq & 0xFFFFFFFF, ack & 0xFFFFFFFF, offset << 4, flags, 64240, 0, 0)
        body = head + options + data
        total = checksum(self.pseudo(source, destination, 6, len(body)) + body)
        self.ip(time, source, destination, 6, body[:16] + struct.pack("!H", total) + body[18:], **more)

    def tcp(self, time, client, cport, server, sport, script=(), rtt=0.02, fin=True, **more):
        """A whole connection. script: (side 'c' or 's', seconds after the previous step, bytes). Returns its end."""
        c, s = 1000, 9000
        mss = struct.pack("!BBH", 2, 4, 1460)
        self.segment(time, client, cport, server, sport, c, 0, 0x02, options=mss, **more)
        self.segment(time + rtt, server, sport, client, cport, s, c + 1, 0x12, options=mss, **more)
        self.segment(time + rtt * 1.1, client, cport, server, sport, c + 1, s + 1, 0x10, **more)
        c, s, now = c + 1, s + 1, time + rtt * 1.1
        for side, after, data in script:
            now += after
            for at in range(0, len(data), 1400):
                part = data[at:at + 1400]
                if side == "c":
                    self.segment(now, client, cport, server, sport, c, s, 0x18, part, **more)
                    c += len(part)
                    self.segment(now + rtt / 2, server, sport, client, cport, s, c, 0x10, **more)
                else:
                    self.segment(now, server, sport, client, cport, s, c, 0x18, part, **more)
                    s += len(part)
                    self.segment(now + rtt / 20, client, cport, server, sport, c, s, 0x10, **more)
                now += 0.0003
        now += rtt
        if fin:
            self.segment(now + 0.01, client, cport, server, sport, c, s, 0x11, **more)
            self.segment(now + 0.02, server, sport, client, cport, s, c + 1, 0x11, **more)
            self.segment(now + 0.03, client, cport, server, sport, c + 1, s + 1, 0x10, **more)
        return now + 0.03

    # ---- RADIUS (RFC 2865, 2866) ----------------------------------------------------------------
    @staticmethod
    def attributes(pairs):
        out = b""
        for kind, value in pairs:
            if isinstance(value, str):
                value = value.encode()
            elif isinstance(value, int):
                value = struct.pack("!I", value)
            out += struct.pack("!BB", kind, 2 + len(value)) + value
        return out

    def radius(self, time, code, pairs, nas, server, port, identifier, request_authenticator=None):
        body = self.attributes(pairs)
        head = struct.pack("!BBH", code, identifier, 20 + len(body))
        if code == 1:
            authenticator = hashlib.md5(b"%f %d" % (time, identifier)).digest()
        else:
            seed = request_authenticator or b"\0" * 16
            authenticator = hashlib.md5(head + seed + body + SECRET).digest()
        data = head + authenticator + body
        ends = (nas, 40000, server, port)
        if code in (2, 3, 5, 11):
            ends = (server, port, nas, 40000)
        self.udp(time, ends[0], ends[1], ends[2], ends[3], data)
        return authenticator

    def login(self, time, account, outside, inside=None, accept=True, session=None, nas="10.0.0.1",
              server="10.0.0.5", calling=None):
        """Access-Request and its answer 5 ms later; with a session id, accounting's start as well."""
        self.radius_id = (self.radius_id + 1) & 0xFF
        self.logins.append(time + 0.005)
        pairs = [(1, account), (2, b"\0" * 16), (4, socket.inet_aton("198.51.100.10")), (6, 2),
                 (31, calling or outside)]
        if session:
            pairs.append((44, session))
        authenticator = self.radius(time, 1, pairs, nas, server, 1812, self.radius_id)
        answer = [(6, 2), (8, socket.inet_aton(inside))] if accept and inside else []
        self.radius(time + 0.005, 2 if accept else 3, answer, nas, server, 1812, self.radius_id, authenticator)
        if accept and session:
            self.accounting(time + 0.01, account, outside, session, 1, inside, nas, server)

    def accounting(self, time, account, outside, session, status, inside=None, nas="10.0.0.1", server="10.0.0.5"):
        """status: 1 start, 2 stop, 3 interim."""
        self.radius_id = (self.radius_id + 1) & 0xFF
        pairs = [(1, account), (40, status), (44, session), (31, outside), (4, socket.inet_aton("198.51.100.10"))]
        if inside:
            pairs.append((8, socket.inet_aton(inside)))
        authenticator = self.radius(time, 4, pairs, nas, server, 1813, self.radius_id)
        self.radius(time + 0.004, 5, [], nas, server, 1813, self.radius_id, authenticator)

    def logout(self, time, account, outside, session, inside=None):
        self.accounting(time, account, outside, session, 2, inside)

    # ---- names ----------------------------------------------------------------------------------
    def dns(self, time, client, server, name, answer="203.0.113.80", sport=33000):
        labels = b"".join(bytes([len(part)]) + part.encode() for part in name.split(".")) + b"\0"
        question = labels + struct.pack("!HH", 1, 1)
        self.udp(time, client, sport, server, 53, struct.pack("!6H", 0x1234, 0x0100, 1, 0, 0, 0) + question)
        self.udp(time + 0.01, server, 53, client, sport, struct.pack("!6H", 0x1234, 0x8180, 1, 1, 0, 0) + question
                 + struct.pack("!HHHIH", 0xC00C, 1, 1, 300, 4) + socket.inet_aton(answer))

    def syslog(self, time, host, collector, text):
        self.udp(time, host, 514, collector, 514, text.encode())

    def turn(self, time, client, cport, relay, peer):
        """Allocation, permission and channel 0x4000 through a TURN relay on port 3478 (RFC 8656): the steps that name a peer."""
        user = stun_attribute(6, b"lab") + stun_attribute(20, b"example.com") + stun_attribute(21, b"nonce") + stun_attribute(8, b"\0" * 20)
        steps = [(0x003, stun_attribute(0x19, b"\x11\0\0\0") + user, stun_address(0x16, relay, 49160)),
                 (0x008, stun_address(0x12, peer, 52000) + user, b""),
                 (0x009, stun_attribute(0x0C, b"\x40\0\0\0") + stun_address(0x12, peer, 52000) + user, b"")]
        for n, (method, request, answer) in enumerate(steps):
            for kind, body, at, ends in ((method, request, 0, (client, cport, relay, 3478)),
                                         (method | 0x100, answer, 0.02, (relay, 3478, client, cport))):
                self.udp(time + n * 0.05 + at, *ends, struct.pack("!HHI", kind, len(body), 0x2112A442) + bytes([n]) * 12 + body)

    def channel(self, time, client, cport, relay, steps):
        """(side, seconds after the step before, data), each in a message of TURN's channel 0x4000."""
        for side, after, data in steps:
            time += after
            ends = (client, cport, relay, 3478) if side == "c" else (relay, 3478, client, cport)
            self.udp(time, *ends, struct.pack("!HH", 0x4000, len(data)) + data + b"\0" * (-len(data) % 4))

    # ---- files ----------------------------------------------------------------------------------
    def read(self, path):
        """Adds the packets of a little-endian pcap file, with the lengths that they had on the wire."""
        with open(path, "rb") as f:
            data = f.read()
        at = 24
        while at < len(data):
            seconds, micro, caught, length = struct.unpack_from("<IIII", data, at)
            self.wire[len(self.packets)] = length
            self.packets.append((seconds + micro / 1000000, len(self.packets), data[at + 16:at + 16 + caught]))
            at += 16 + caught

    def write(self, path, link_type=1, in_order=None):
        """in_order: the key to sort packets by; time and sequence, when None."""
        with open(path, "wb") as f:
            f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, link_type))
            for time, sequence, data in sorted(self.packets, key=in_order or (lambda p: (p[0], p[1]))):
                micro = int(round(time * 1000000))
                length = self.wire.get(sequence, len(data))
                f.write(struct.pack("<IIII", micro // 1000000, micro % 1000000, len(data), length) + data)


def stun_attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def stun_address(kind, address, port):
    """An XOR-ed address of STUN (RFC 8489, 14.2)."""
    plain = struct.pack("!HI", port, int.from_bytes(socket.inet_aton(address), "big"))
    return stun_attribute(kind, b"\0\1" + bytes(a ^ b for a, b in zip(plain, b"\x21\x12\x21\x12\xa4\x42")))


def client_hello(name, versions=(0x0303,)):
    """A TLS 1.2 ClientHello (RFC 5246) with server_name (RFC 6066) and a few usual extensions."""
    host = name.encode()
    sni = struct.pack("!HBH", len(host) + 3, 0, len(host)) + host
    groups = struct.pack("!HHHH", 6, 29, 23, 24)
    signatures = struct.pack("!HHHH", 6, 0x0403, 0x0804, 0x0401)
    extensions = b"".join(struct.pack("!HH", kind, len(body)) + body
                          for kind, body in ((0, sni), (10, groups), (11, b"\1\0"), (13, signatures)))
    ciphers = struct.pack("!4H", 0xC02F, 0xC030, 0xC02B, 0x009C)
    body = struct.pack("!H", versions[0]) + hashlib.sha256(host).digest() + b"\0" + struct.pack("!H", len(ciphers)) + ciphers \
        + b"\1\0" + struct.pack("!H", len(extensions)) + extensions
    return tls_record(22, b"\1" + struct.pack("!I", len(body))[1:] + body, 0x0301)


def server_hello():
    """ServerHello, ChangeCipherSpec and an encrypted Finished, as in a resumed TLS 1.2 session."""
    body = struct.pack("!H", 0x0303) + hashlib.sha256(b"server").digest() + b"\0" + struct.pack("!HB", 0xC02F, 0)
    return tls_record(22, b"\2" + struct.pack("!I", len(body))[1:] + body) + tls_record(20, b"\1") + tls_record(22, b"\0" * 40)


def der(tag, *parts):
    body = b"".join(parts)
    size = bytes([len(body)]) if len(body) < 128 else b"\x82" + struct.pack("!H", len(body))
    return bytes([tag]) + size + body


def certificate(common_name):
    """X.509 (RFC 5280) of that subject and issuer, with a key and a signature of nothing."""
    name = der(0x30, der(0x31, der(0x30, der(6, b"\x55\4\3"), der(12, common_name.encode()))))
    rsa = der(0x30, der(6, bytes.fromhex("2a864886f70d010101")), b"\5\0")
    dates = der(0x30, der(0x17, b"240101000000Z"), der(0x17, b"340101000000Z"))
    key = der(0x30, rsa, der(3, b"\0", der(0x30, der(2, b"\0" + b"\xaa" * 64), der(2, b"\1\0\1"))))
    return der(0x30, der(0x30, der(0xA0, der(2, b"\2")), der(2, b"\1"), rsa, name, dates, name, key), rsa, der(3, b"\0" * 65))


def certificate_message(common_name):
    """The message of TLS 1.2 (RFC 5246, 7.4.2)."""
    sized = lambda data: struct.pack("!I", len(data))[1:] + data
    return tls_record(22, b"\x0b" + sized(sized(sized(certificate(common_name)))))


def tls_record(kind, body, version=0x0303):
    return struct.pack("!BHH", kind, version, len(body)) + body


def tls_start(name):
    """The first steps of a tcp() script."""
    return [("c", 0.001, client_hello(name)), ("s", 0.03, server_hello()),
            ("c", 0.001, tls_record(20, b"\1") + tls_record(22, b"\0" * 40))]


def rdp_start(user="one"):
    """Connection request and confirm of [MS-RDPBCGR] 2.2.1.1 and 2.2.1.2 that choose TLS, and its hellos."""
    cookie = b"Cookie: mstshash=" + user.encode() + b"\r\n"
    request = b"\xe0\0\0\0\0\0" + cookie + b"\x01\0\x08\0\x03\0\0\0"
    confirm = b"\xd0\0\0\x12\x34\0\x02\x0f\x08\0\x01\0\0\0"
    frames = [struct.pack("!BBHB", 3, 0, 5 + len(body), len(body)) + body for body in (request, confirm)]
    return [("c", 0.01, frames[0]), ("s", 0.01, frames[1])] + tls_start("rdp")


def driven(seconds, screen_side="c", pixel_bytes=6000, input_bytes=60, busy=0.6):
    """A controlled machine: each second it sends its screen, and in `busy` of the seconds it gets input."""
    other = "s" if screen_side == "c" else "c"
    steps = []
    for second in range(int(seconds)):
        steps.append((screen_side, 0.5, tls_record(23, b"\x5a" * pixel_bytes)))
        keyed = (second * 7) % 10 < busy * 10
        steps.append((other, 0.49, tls_record(23, b"\xa5" * input_bytes)) if keyed else (screen_side, 0.49, b""))
    return steps
