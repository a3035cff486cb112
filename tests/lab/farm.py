# SPDX-License-Identifier: BSD-2-Clause
"""A driven laptop, eleven minutes long: a real VNC server, an xterm in it with a real ssh to the company, a login by real RADIUS.

The laptop is on the company's VPN (10.8.0.11); a viewer in China types in some seconds and rests in the others. What the rules
demand of the recording stands in tests/replay/cases_farm.py, written by hand. Recorded on request alone (run BINARY --farm).
"""
import os
import random
import socket
import struct
import subprocess
import sys
import threading
import time

SECONDS, SHARE = 630, 0.4  # control-coupling wants ten minutes
LAPTOP, OPERATOR, COMPANY = "10.8.0.11", "60.18.0.5", "10.1.0.1"
SNAPLEN = "112"            # the screen's pixels say nothing
# RFC 6143
SET_ENCODINGS_RAW, UPDATE_REQUEST = b"\x02\0\0\1" + struct.pack("!i", 0), 3
KEY_EVENT, POINTER_EVENT, RETURN = 4, 5, 0xFF0D


class Viewer:
    """Speaks RFB 3.8 without a password, draws nothing, asks for the next change when one has come."""

    def __init__(self, address, port=5900):
        self.s = socket.create_connection((address, port))
        self.s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.s.sendall(self.take(12))
        self.take(self.take(1)[0])
        self.s.sendall(b"\x01")
        assert self.take(4) == b"\0\0\0\0"
        self.s.sendall(b"\x01")
        self.width, self.height = struct.unpack("!HH", self.take(4))
        self.take(16)
        self.take(struct.unpack("!I", self.take(4))[0])
        self.s.sendall(SET_ENCODINGS_RAW)
        threading.Thread(target=self.watch, daemon=True).start()
        self.ask(False)

    def take(self, count):
        data = b""
        while len(data) < count:
            more = self.s.recv(count - len(data))
            if not more:
                raise EOFError
            data += more
        return data

    def ask(self, changes_alone):
        self.s.sendall(struct.pack("!BBHHHH", UPDATE_REQUEST, changes_alone, 0, 0, self.width, self.height))

    def watch(self):
        while True:
            if self.take(1) != b"\0":
                continue  # a bell
            for _ in range(struct.unpack("!xH", self.take(3))[0]):
                _, _, width, height, _ = struct.unpack("!HHHHi", self.take(12))
                self.take(width * height * 4)
            self.ask(True)

    def point(self):
        self.s.sendall(struct.pack("!BBHH", POINTER_EVENT, 0, self.width // 2, self.height // 2))

    def type(self, key):
        self.s.sendall(b"".join(struct.pack("!BBxxI", KEY_EVENT, down, key) for down in (1, 0)))


def drive(address):
    viewer, hand = Viewer(address), random.Random(1)
    start, typed = time.monotonic(), 0
    viewer.point()
    for second in range(SECONDS):
        time.sleep(max(0, start + second + 0.2 - time.monotonic()))
        if hand.random() < SHARE:
            typed += 1
            viewer.type(RETURN if typed % 9 == 0 else ord("a") + typed % 26)


def record():
    import radius
    import ssh
    import vnc
    from lab import Lab, need
    need("Xvnc", "xterm", "sshd", "ssh", "ssh-keygen", "openssl", "freeradius", "radclient")
    hosts = {"radius": ["192.0.2.1/24"], "gateway": ["192.0.2.2/24"], "laptop": [LAPTOP + "/24"], "operator": [OPERATOR + "/24"],
             "company": [COMPANY + "/24"]}
    with Lab(hosts) as lab:
        ssh.prepare(lab)
        lab.write("sshd_config", ssh.SERVER.format(folder=lab.folder).replace("192.0.2.1", COMPANY))
        lab.write("users", radius.USERS)
        lab.write("radiusd.conf", radius.CONFIG.format(folder=lab.folder))
        lab.start("radius", "freeradius", "-f", "-d", lab.folder, "-D", "/usr/share/freeradius", log="freeradius.log")
        lab.start("company", "sh", "-c", ssh.START.format(folder=lab.folder), log="sshd.log")
        lab.start("laptop", "sh", "-c", vnc.SOCKETS + "Xvnc :5 -nolock -listen tcp -ac -geometry 640x400 -rfbport 5900 -SecurityTypes None",
                  log="xvnc.log")
        lab.wait_for(lambda: "Ready to process" in lab.read("server.log") and "Server listening" in lab.read("sshd.log"))
        lab.wait_for(lambda: lab.run("laptop", "ss", "-ltn", "sport = 6005").stdout.count(b"LISTEN") > 0)
        finish = lab.record("farm.pcap", expression=["-s", SNAPLEN, "udp or tcp"])
        who = 'User-Name = "contractor1", Calling-Station-Id = "73.10.0.2", NAS-IP-Address = 192.0.2.2'
        for port, kind, more in ((1812, "auth", 'User-Password = "one"'),
                                 (1813, "acct", 'Acct-Status-Type = Start, Acct-Session-Id = "F1", Framed-IP-Address = ' + LAPTOP)):
            lab.run("gateway", "radclient", "-r", "1", "192.0.2.1:%d" % port, kind, "lab-secret", input=(who + ", " + more).encode())
        lab.start("laptop", "xterm", "-geometry", "100x28+0+0", "-e", "ssh", *ssh.CLIENT, "-tt", "-i", lab.path("key"),
                  "contractor1@" + COMPANY, "cat", log="xterm.log",
                  env={"PATH": os.environ["PATH"], "DISPLAY": "127.0.0.1:5", "HOME": lab.folder})
        lab.wait_for(lambda: "Accepted publickey" in lab.read("sshd.log"))
        result = lab.run("operator", sys.executable, os.path.abspath(__file__), LAPTOP, timeout=SECONDS + 60)
        assert result.returncode == 0, (result.stdout.decode(), lab.logs())
        return open(finish(), "rb").read()


if __name__ == "__main__":
    drive(sys.argv[1])
