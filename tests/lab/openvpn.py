# SPDX-License-Identifier: BSD-2-Clause
"""A real OpenVPN over TUN; its log goes by a real rsyslog to a collector, so that gateway syslog is on the wire.

Truth: the server's log: who connected from where, which pool address was returned, when the instance ended.
"""
import os
import re
import subprocess

from lab import Lab, Skip, need

SERVER = '''dev tun
proto udp
local 192.0.2.1
port 1194
server 10.8.0.0 255.255.255.0
topology subnet
ca {folder}/ca.crt
cert {folder}/server.crt
key {folder}/server.key
dh none
verb 3
suppress-timestamps
log {folder}/openvpn-server.log
'''
CLIENT = '''client
dev tun
proto udp
remote 192.0.2.1 1194
nobind
ca {folder}/ca.crt
cert {folder}/contractor1.crt
key {folder}/contractor1.key
remote-cert-tls server
explicit-exit-notify 1
'''
RSYSLOG = '''module(load="imfile")
global(workDirectory="{folder}/spool")
input(type="imfile" File="{folder}/openvpn-server.log" Tag="openvpn[411]:" Facility="daemon" Severity="notice")
*.* action(type="omfwd" target="192.0.2.9" port="514" protocol="udp" template="RSYSLOG_TraditionalForwardFormat")
'''


def certificates(lab):
    def openssl(*words):
        subprocess.run(["openssl", *words], cwd=lab.folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", "/CN=lab",
            "-keyout", "ca.key", "-out", "ca.crt")
    for name, use in (("server", "serverAuth"), ("contractor1", "clientAuth")):
        lab.write(name + ".ext", "extendedKeyUsage=%s\nkeyUsage=digitalSignature,keyAgreement\n" % use)
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=" + name,
                "-keyout", name + ".key", "-out", name + ".csr")
        openssl("x509", "-req", "-in", name + ".csr", "-CA", "ca.crt", "-CAkey", "ca.key", "-days", "30", "-extfile", name + ".ext",
                "-out", name + ".crt")


def expected(lab):
    text = lab.read("openvpn-server.log")
    up = re.search(r"\[(\S+)\] Peer Connection Initiated with \[AF_INET\]([\d.]+):", text)
    pool = re.search(r"pool returned IPv4=([\d.]+)", text)
    assert up and pool and "client-instance exiting" in text, lab.logs()
    who = {"account": up[1], "outside": up[2], "method": "syslog-openvpn"}
    return [{"kind": "login", "result": "success", **who}, {"kind": "login", "inside": pool[1], **who}, {"kind": "logout", **who},
            {"kind": "session-open", "app": "OpenVPN", "class": "vpn", "client": up[2], "server": "192.0.2.1"}]


def record():
    need("openvpn", "rsyslogd", "openssl")
    if not os.path.exists("/dev/net/tun"):
        raise Skip("no /dev/net/tun")
    with Lab({"gateway": ["192.0.2.1/24"], "home": ["192.0.2.77/24"], "collector": ["192.0.2.9/24"]}) as lab:
        certificates(lab)
        os.mkdir(lab.path("spool"))
        lab.write("openvpn-server.log", "")
        finish = lab.record("openvpn.pcap", expression=["udp"])
        lab.start("gateway", "rsyslogd", "-n", "-iNONE", "-f", lab.write("rsyslog.conf", RSYSLOG.format(folder=lab.folder)), log="rsyslogd.log")
        lab.start("gateway", "openvpn", "--config", lab.write("server.conf", SERVER.format(folder=lab.folder)), log="server.log")
        lab.wait_for(lambda: "Initialization Sequence Completed" in lab.read("openvpn-server.log"))
        client = lab.start("home", "openvpn", "--config", lab.write("client.conf", CLIENT.format(folder=lab.folder)), log="client.log")
        lab.wait_for(lambda: "Initialization Sequence Completed" in lab.read("client.log"))
        lab.run("home", "ping", "-c", "5", "-i", "0.05", "10.8.0.1")
        lab.stop(client)
        lab.wait_for(lambda: "client-instance exiting" in lab.read("openvpn-server.log"))
        path = finish()
        return open(path, "rb").read(), expected(lab)
