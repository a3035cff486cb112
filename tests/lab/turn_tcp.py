# SPDX-License-Identifier: BSD-2-Clause
"""A TURN client that lends a local TCP server to whoever connects to its relayed address (RFC 8656, RFC 6062).

    turn_tcp.py RELAY USER PASSWORD REALM PEER LOCAL-PORT

Prints the relayed address, then serves until it is ended. Only PEER may connect. Neither side checks the other's messages beyond need.
"""
import hashlib
import hmac
import os
import socket
import struct
import sys
import threading
import time

COOKIE, TCP, HOUR = 0x2112A442, 6, 3600
ALLOCATE, PERMIT, BIND, ATTEMPT, ERROR = 0x0003, 0x0008, 0x000B, 0x001C, 0x0110
USERNAME, INTEGRITY, LIFETIME, PEER_ADDRESS, REALM, NONCE, RELAYED, TRANSPORT, CONNECTION = (
    0x0006, 0x0008, 0x000D, 0x0012, 0x0014, 0x0015, 0x0016, 0x0019, 0x002A)
PERMIT_AGAIN = 240  # a permission lasts five minutes


def attribute(kind, value):
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def read_exactly(s, count):
    data = b""
    while len(data) < count:
        more = s.recv(count - len(data))
        if not more:
            raise EOFError
        data += more
    return data


def receive(s):
    """(type, {attribute: value}) of the next message."""
    kind, length, _ = struct.unpack("!HHI12x", read_exactly(s, 20))
    body, found, at = read_exactly(s, length), {}, 0
    while at < length:
        name, size = struct.unpack_from("!HH", body, at)
        found[name] = body[at + 4:at + 4 + size]
        at += 4 + size + -size % 4
    return kind, found


def address_of(value):
    port, address = struct.unpack("!2xHI", value)
    return socket.inet_ntoa(struct.pack("!I", address ^ COOKIE)), port ^ COOKIE >> 16


def masked(address):
    return struct.pack("!HHI", 1, COOKIE >> 16, struct.unpack("!I", socket.inet_aton(address))[0] ^ COOKIE)


class Client:
    def __init__(self, relay, user, password, realm):
        self.relay, self.user, self.realm = relay, user.encode(), realm.encode()
        self.key, self.nonces = hashlib.md5(("%s:%s:%s" % (user, realm, password)).encode()).digest(), {}

    def connect(self):
        return socket.create_connection((self.relay, 3478))

    def send(self, s, method, attributes):
        nonce = self.nonces.get(s)
        if nonce:
            attributes += attribute(USERNAME, self.user) + attribute(REALM, self.realm) + attribute(NONCE, nonce)
        head = struct.pack("!HHI", method, len(attributes) + (24 if nonce else 0), COOKIE) + os.urandom(12)
        if nonce:
            attributes += attribute(INTEGRITY, hmac.new(self.key, head + attributes, hashlib.sha1).digest())
        s.sendall(head + attributes)

    def ask(self, s, method, attributes=b""):
        """The first answer brings the nonce; then once more."""
        for _ in range(2):
            self.send(s, method, attributes)
            kind, found = receive(s)
            if not kind & ERROR == ERROR:
                return found
            self.nonces[s] = found.get(NONCE)
        raise RuntimeError("refused: %r" % found)


def carry(one, other):
    try:
        while data := one.recv(65536):
            other.sendall(data)
    finally:
        for s in (one, other):
            s.close()


def serve(client, control, connection, port):
    s, local = client.connect(), socket.create_connection(("127.0.0.1", port))
    for end in (s, local):
        end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    client.nonces[s] = client.nonces[control]  # coturn wants it at once
    client.ask(s, BIND, attribute(CONNECTION, connection))
    for ends in ((s, local), (local, s)):
        threading.Thread(target=carry, args=ends, daemon=True).start()


def main(relay, user, password, realm, peer, port):
    client = Client(relay, user, password, realm)
    control = client.connect()
    found = client.ask(control, ALLOCATE, attribute(TRANSPORT, bytes([TCP, 0, 0, 0])) + attribute(LIFETIME, struct.pack("!I", HOUR)))
    permit = attribute(PEER_ADDRESS, masked(peer))
    client.ask(control, PERMIT, permit)
    print("relayed %s %d" % address_of(found[RELAYED]), flush=True)

    def stay():
        while True:
            time.sleep(PERMIT_AGAIN)
            client.send(control, PERMIT, permit)
    threading.Thread(target=stay, daemon=True).start()
    while True:
        kind, found = receive(control)
        if kind == ATTEMPT:
            serve(client, control, found[CONNECTION], int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
