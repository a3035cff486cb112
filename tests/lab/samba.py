# SPDX-License-Identifier: BSD-2-Clause
"""A real smbd with smbclient: NTLM over SMB2 and SMB3, accepted and refused. Truth: smbd's own log of authentications."""
import json
import re

from lab import Lab, need

CONFIG = '''[global]
workgroup = LAB
server role = standalone server
netbios name = FILES
passdb backend = tdbsam:{folder}/passdb.tdb
map to guest = never
guest account = root
log file = {folder}/smbd.log
max log size = 0
log level = 1 auth_audit:3 auth_json_audit:3
lock directory = {folder}
state directory = {folder}
cache directory = {folder}
private dir = {folder}
pid directory = {folder}
ncalrpc dir = {folder}/ncalrpc
interfaces = 192.0.2.1/24
bind interfaces only = yes
disable spoolss = yes
load printers = no
[files]
path = {folder}/files
guest ok = no
'''
# (account, password, domain, options): the names of people must be accounts of the system
LOGINS = [
    ("games", "one", "LAB", []),
    ("games", "wrong", "LAB", []),
    ("nobody-here", "x", "ELSEWHERE", []),
    ("games", "one", "LAB", ["-m", "SMB2_02", "--client-protection=off"]),
    ("games", "one", "LAB", ["--client-protection=encrypt"]),
]
FAILED = {"NT_STATUS_WRONG_PASSWORD", "NT_STATUS_NO_SUCH_USER"}


def expected(lab):
    want = []
    for line in re.findall(r"^\s*(\{\"timestamp\".*\})\s*$", lab.read("smbd.log"), re.M):
        said = json.loads(line)
        if said["type"] != "Authentication" or said["Authentication"]["serviceDescription"] != "SMB2":
            continue
        said = said["Authentication"]
        want.append({"kind": "login", "account": said["clientAccount"], "realm": said["clientDomain"],
                     "device": {"host-name": said["workstation"]}, "result": "success" if said["status"] == "NT_STATUS_OK" else "failure"})
        assert said["status"] == "NT_STATUS_OK" or said["status"] in FAILED, said
    assert len(want) == len(LOGINS), (want, lab.logs())
    return want


def record():
    need("smbd", "smbclient", "smbpasswd")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        conf = lab.write("smb.conf", CONFIG.format(folder=lab.folder))
        lab.write("files/hello", "hello\n")
        lab.run("server", "smbpasswd", "-c", conf, "-s", "-a", "games", input=b"one\none\n")
        finish = lab.record("samba.pcap", expression=["tcp"])
        lab.start("server", "smbd", "-F", "-s", conf, log="smbd.out.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("server", "ss", "-Hltn", "sport", "445").stdout)
        for account, password, domain, options in LOGINS:
            lab.run("client", "smbclient", "-s", "/dev/null", "-n", "LAPTOP-7", "-W", domain, "-U", "%s%%%s" % (account, password), *options,
                    "-c", "ls", "//192.0.2.1/files")
        lab.wait_for(lambda: lab.read("smbd.log").count('"type": "Authentication"') >= len(LOGINS))
        path = finish()
        return open(path, "rb").read(), expected(lab)
