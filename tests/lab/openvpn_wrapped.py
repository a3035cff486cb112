# SPDX-License-Identifier: BSD-2-Clause
"""A real OpenVPN whose control channel is wrapped: tls-auth over TCP and UDP, tls-crypt, tls-crypt-v2. Truth: the servers' logs."""
import os
import re
import subprocess

import openvpn
from lab import Lab, Skip, need

WAYS = [  # name, transport, the server's option, the client's, what the session is called
    ("auth-tcp", "tcp", "auth SHA1\ntls-auth {folder}/ta.key 0", "auth SHA1\ntls-auth {folder}/ta.key 1", "tls-auth"),
    ("auth-udp", "udp", "auth SHA512\ntls-auth {folder}/ta.key 0", "auth SHA512\ntls-auth {folder}/ta.key 1", "tls-auth"),
    ("crypt", "udp", "tls-crypt {folder}/ta.key", "tls-crypt {folder}/ta.key", "tls-crypt"),
    ("crypt-v2", "udp", "tls-crypt-v2 {folder}/server.v2", "tls-crypt-v2 {folder}/client.v2", "tls-crypt-v2"),
]


def settings(text, transport, port, more, lab):
    text = text.replace("proto udp", "proto " + transport).replace("port 1194", "port %d" % port).replace("192.0.2.1 1194", "192.0.2.1 %d" % port)
    text = text.replace("explicit-exit-notify 1\n", "").replace("log {folder}/openvpn-server.log\n", "")
    return (text + more + "\n").format(folder=lab.folder)


def openvpn_keys(lab):
    def make(*words):
        subprocess.run(["openvpn", *words], cwd=lab.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    make("--genkey", "tls-auth", "ta.key")
    make("--genkey", "tls-crypt-v2-server", "server.v2")
    make("--tls-crypt-v2", "server.v2", "--genkey", "tls-crypt-v2-client", "client.v2")


def record():
    need("openvpn", "openssl")
    if not os.path.exists("/dev/net/tun"):
        raise Skip("no /dev/net/tun")
    want = []
    with Lab({"gateway": ["192.0.2.1/24"], "home": ["192.0.2.77/24"]}) as lab:
        openvpn.certificates(lab)
        openvpn_keys(lab)
        finish = lab.record("openvpn_wrapped.pcap", expression=["udp", "or", "tcp"])
        for number, (name, transport, server, client, called) in enumerate(WAYS):
            port, log = 2194 + number, "server-%s.log" % name
            serving = lab.start("gateway", "openvpn", "--config", lab.write(name + "-server.conf", settings(openvpn.SERVER, transport, port, server, lab)), log=log)
            lab.wait_for(lambda: "Initialization Sequence Completed" in lab.read(log))
            going = lab.start("home", "openvpn", "--config", lab.write(name + "-client.conf", settings(openvpn.CLIENT, transport, port, client, lab)),
                              log="client-%s.log" % name)
            lab.wait_for(lambda: "Initialization Sequence Completed" in lab.read("client-%s.log" % name))
            lab.stop(going)
            lab.stop(serving)
            who = re.search(r"\[(\S+)\] Peer Connection Initiated with \[AF_INET\]([\d.]+):", lab.read(log))
            assert who, lab.logs()
            want.append({"kind": "session-open", "app": "OpenVPN", "class": "vpn", "sign": "handshake", "client": who[2], "server": "192.0.2.1",
                         "destination-port": port, "version": "key method 2, " + called})
        path = finish()
        return open(path, "rb").read(), want
