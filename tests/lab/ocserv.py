# SPDX-License-Identifier: BSD-2-Clause
"""A real ocserv with openconnect, TLS and DTLS; its syslog goes by a real rsyslog to a collector, by UDP as of old and by TCP as of RFC 5424.

Truth: what ocserv logged: who logged in from where, which address was given, who was refused, who left.
"""
import base64
import hashlib
import os
import re
import subprocess

from lab import Lab, Skip, need
from openvpn import certificates

SERVER = '''auth = "plain[passwd={folder}/passwd]"
tcp-port = 443
udp-port = 443
run-as-user = root
run-as-group = root
socket-file = {folder}/ocserv.socket
use-occtl = false
server-cert = {folder}/server.crt
server-key = {folder}/server.key
isolate-workers = false
max-clients = 8
max-same-clients = 2
device = vpns
ipv4-network = 10.8.0.0/24
cisco-client-compat = true
dtls-legacy = true
ping-leases = false
log-level = 2
'''
RSYSLOG = '''module(load="imuxsock" SysSock.Use="off")
input(type="imuxsock" Socket="{folder}/log" UseSysTimeStamp="off")
global(workDirectory="{folder}/spool")
template(name="message" type="string" string="%msg%\\n")
*.* action(type="omfile" file="{folder}/ocserv-syslog.log" template="message")
*.* action(type="omfwd" target="192.0.2.9" port="514" protocol="udp" template="RSYSLOG_TraditionalForwardFormat")
*.* action(type="omfwd" target="192.0.2.9" port="601" protocol="tcp" TCP_Framing="octet-counted" template="RSYSLOG_SyslogProtocol23Format")
'''
COLLECTOR = '''module(load="imtcp")
global(workDirectory="{folder}/spool2")
input(type="imtcp" port="601" SupportOctetCountedFraming="on")
*.* action(type="omfile" file="{folder}/collected.log")
'''
# The C library logs to /dev/log: a /dev of its own has it where this rsyslog listens.
OWN_DEV = '''mkdir {folder}/dev && mount -t tmpfs none {folder}/dev && mkdir {folder}/dev/net &&
cp -a /dev/null /dev/zero /dev/random /dev/urandom {folder}/dev/ && cp -a /dev/net/tun {folder}/dev/net/ &&
ln -s {folder}/log {folder}/dev/log && mount --bind {folder}/dev /dev && exec ocserv -f -c {folder}/ocserv.conf'''
USERS = {"contractor1": b"one", "contractor2": b"two"}


def pin(lab):
    key = subprocess.run(["openssl", "x509", "-in", lab.path("server.crt"), "-pubkey", "-noout"], stdout=subprocess.PIPE, check=True)
    der = subprocess.run(["openssl", "pkey", "-pubin", "-outform", "der"], input=key.stdout, stdout=subprocess.PIPE, check=True)
    return "pin-sha256:" + base64.b64encode(hashlib.sha256(der.stdout).digest()).decode()


def connect(lab, account, password, log):
    answers = lab.write(log + ".answers", (password + "\n") * 3)  # ocserv asks three times before it refuses
    return lab.start("home", "sh", "-c", "exec openconnect --protocol=anyconnect --servercert %s --user %s --script /bin/true"
                     " 192.0.2.1 <%s" % (pin(lab), account, answers), log=log)


def expected(lab):
    text, want = lab.read("ocserv-syslog.log"), []
    for account, outside in re.findall(r"main\[(\w+)\]:([\d.]+):\d+ user logged in", text):
        want.append({"kind": "login", "result": "success", "account": account, "outside": outside})
    for account, outside, inside in re.findall(r"worker\[(\w+)\]: ([\d.]+) sending IPv4 ([\d.]+)", text):
        want.append({"kind": "login", "result": "success", "account": account, "outside": outside, "inside": inside})
    for outside, account in re.findall(r"worker\[\w+\]: ([\d.]+) .*failed authentication for '(\w+)'", text):
        want.append({"kind": "login", "result": "failure", "account": account, "outside": outside})
    for account, outside in re.findall(r"main\[(\w+)\]:([\d.]+):\d+ user disconnected", text):
        want.append({"kind": "logout", "account": account, "outside": outside})
    for w in want:
        w["method"] = "syslog-ocserv"
    want = [dict(w, transport=transport) for w in want for transport in ("udp", "tcp")]
    assert {(w["kind"], w.get("result")) for w in want} == {("login", "success"), ("login", "failure"), ("logout", None)}, lab.logs()
    return want


def record():
    need("ocserv", "ocpasswd", "openconnect", "rsyslogd", "openssl", "unshare")
    if not os.path.exists("/dev/net/tun"):
        raise Skip("no /dev/net/tun")
    with Lab({"gateway": ["192.0.2.1/24"], "home": ["192.0.2.77/24"], "collector": ["192.0.2.9/24"]}) as lab:
        certificates(lab)
        os.mkdir(lab.path("spool"))
        for account, password in USERS.items():
            lab.run("gateway", "ocpasswd", "-c", lab.path("passwd"), account, input=password + b"\n" + password + b"\n")
        lab.write("ocserv.conf", SERVER.format(folder=lab.folder))
        finish = lab.record("ocserv.pcap")
        os.mkdir(lab.path("spool2"))
        lab.start("collector", "rsyslogd", "-n", "-iNONE", "-f", lab.write("collector.conf", COLLECTOR.format(folder=lab.folder)), log="collector.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("collector", "ss", "-Hltn", "sport", "601").stdout)
        lab.start("gateway", "rsyslogd", "-n", "-iNONE", "-f", lab.write("rsyslog.conf", RSYSLOG.format(folder=lab.folder)), log="rsyslogd.log")
        lab.wait_for(lambda: os.path.exists(lab.path("log")))
        lab.start("gateway", "unshare", "-m", "sh", "-c", OWN_DEV.format(folder=lab.folder), log="ocserv.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("gateway", "ss", "-Hltn", "sport", "443").stdout)
        refused = connect(lab, "contractor2", "wrong", "refused.log")
        refused.wait(20)
        client = connect(lab, "contractor1", "one", "client.log")
        lab.wait_for(lambda: "Established DTLS" in lab.read("client.log"))
        lab.stop(client)
        lab.wait_for(lambda: "(reason: user disconnected" in lab.read("collected.log"))
        path = finish()
        return open(path, "rb").read(), expected(lab)
