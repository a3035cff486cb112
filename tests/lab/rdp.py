# SPDX-License-Identifier: BSD-2-Clause
"""A real xrdp with FreeRDP and a Korean keyboard: RDP's own security without and with encryption, and TLS. Truth: the server's own log."""
import os
import re
import subprocess

from lab import Lab, need

CONFIG = '''[Globals]
ini_version=1
fork=false
port=tcp://{address}:3389
security_layer={security}
crypt_level={encryption}
certificate={folder}/certificate
key_file={folder}/key
ssl_protocols=TLSv1.2, TLSv1.3
allow_channels=true
max_bpp=32
[Logging]
LogFile={folder}/{name}.server.log
LogLevel=DEBUG
EnableSyslog=false
[Xvnc]
name=Xvnc
lib=libvnc.so
username=ask
password=ask
ip=127.0.0.1
port=-1
'''
# Each host of the lab has mounts of its own: sockets and process files stay there.
SERVER = "mount -t tmpfs tmpfs /run && mkdir -p /run/xrdp/sockdir && exec xrdp -n -c "
SCREEN = "mkdir -p -m 1777 /tmp/.X11-unix && mount -t tmpfs tmpfs /tmp/.X11-unix && exec Xvfb :6 -listen tcp -nolisten unix -ac -screen 0 640x480x24"
SERVERS = (("none", "192.0.2.1", "rdp"), ("low", "192.0.2.3", "rdp"), ("tls", "192.0.2.4", "tls"))  # by their encryption
ACCOUNT, DOMAIN, COMPUTER, KEYBOARD = "contractor1", "CORP", "FARM-PC-7", "0x00000412"


def expected(lab):
    want = []
    for name, address, _ in SERVERS:
        log = lab.read(name + ".server.log")
        flow = {"source": "192.0.2.2", "destination": address}
        computer = re.search(r"Connected client computer name: (\S+)", log)[1]
        keyboard = re.search(r"keylayout:\[(0x\w+)\]", log)[1]
        account = re.search(r"Client supplied username: (\S+)", log)
        assert (computer, keyboard) == (COMPUTER, KEYBOARD), lab.logs()
        want.append({"kind": "session-close", "app": "RDP", **flow})
        want.append({"kind": "login", "method": "rdp-cookie", "account": ACCOUNT, "result": "attempt", **flow})
        if name == "tls":  # sealed before the client says who it is
            continue
        want.append({"kind": "device", "address": "192.0.2.2", "host-name": computer})
        want.append({"kind": "locale", "keyboard-layout": "0x%04x" % int(keyboard, 0)})
        if name == "none":
            want.append({"kind": "login", "method": "rdp-info", "account": account[1], "result": "attempt",
                         "realm": re.search(r"Client supplied domain: (\S+)", log)[1], "device": {"host-name": computer}, **flow})
    return want


def record():
    need("xrdp", "xfreerdp", "Xvfb", "openssl")
    with Lab({"client": ["192.0.2.2/24"], **{name: [address + "/24"] for name, address, _ in SERVERS}}) as lab:
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", lab.path("key"), "-out", lab.path("certificate"),
                        "-subj", "/CN=rdp.lab.example", "-days", "3650"], check=True, stderr=subprocess.DEVNULL)
        finish = lab.record("rdp.pcap", expression=["port", "3389"])
        lab.start("client", "sh", "-c", SCREEN, log="xvfb.log")
        lab.wait_for(lambda: lab.run("client", "ss", "-ltn", "sport = 6006").stdout.count(b"LISTEN") > 0)
        for name, address, security in SERVERS:
            lab.write(name + ".ini", CONFIG.format(name=name, address=address, security=security, folder=lab.folder,
                                                   encryption="high" if name == "tls" else name))
            lab.start(name, "sh", "-c", SERVER + lab.path(name + ".ini"), log=name + ".log")
            lab.wait_for(lambda: lab.run(name, "ss", "-ltn", "sport = 3389").stdout.count(b"LISTEN") > 0)
            client = lab.start("client", "xfreerdp", "/v:" + address, "/u:" + ACCOUNT, "/d:" + DOMAIN, "/p:x", "/sec:" + security,
                               "/kbd:" + KEYBOARD, "/client-hostname:" + COMPUTER, "/cert:ignore", "/size:320x200", log=name + ".client.log",
                               env={"PATH": os.environ["PATH"], "DISPLAY": "127.0.0.1:6", "HOME": lab.folder})
            last = "keylayout:" if name == "low" else "Client supplied directory"  # the server does not get along with this client's 40 bits
            lab.wait_for(lambda: last in lab.read(name + ".server.log"))
            if client.poll() is None:
                lab.stop(client)
        path = finish()
        return open(path, "rb").read(), expected(lab)
