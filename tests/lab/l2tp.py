# SPDX-License-Identifier: BSD-2-Clause
"""A real xl2tpd with pppd: PAP, CHAP, MS-CHAPv2 and EAP over L2TP, accepted and refused. Truth: the log of the server's pppd.

pppd needs PPP in the kernel. Where there is none, the laboratory runs once more in a kernel that has it, User-mode Linux.
"""
import json
import os
import re
import subprocess
import sys
import tempfile

from lab import Lab, Skip, need

LNS = '''[global]
listen-addr = 192.0.2.1
access control = no
[lns default]
ip range = 10.8.0.10-10.8.0.20
local ip = 10.8.0.1
name = lns
require authentication = yes
length bit = yes
pppoptfile = {folder}/options.lns
'''
LNS_OPTIONS = "auth\nnoccp\nnodefaultroute\nlogfile {folder}/pppd.log\nlcp-max-configure 4\nmaxfail 1\n"
LAC = '''[global]
listen-addr = 192.0.2.77
[lac lab]
lns = 192.0.2.1
autodial = yes
redial = no
length bit = yes
pppoptfile = {folder}/options.lac
'''
LAC_OPTIONS = "noauth\nnoccp\nnodefaultroute\nuser {account}\npassword {password}\nlogfile {folder}/pppd-lac.log\nmaxconnect 1\n{refuse}"
SECRETS = "contractor1 * one *\ncontractor2 * two *\n"
METHODS = {"PAP": ("eap", "chap", "mschap", "mschap-v2"), "CHAP": ("eap", "pap", "mschap", "mschap-v2"),
           "MS-CHAPv2": ("eap", "pap", "chap", "mschap"), "EAP": ("pap", "chap", "mschap", "mschap-v2")}
LOGINS = [("contractor1", "one", "PAP"), ("contractor1", "wrong", "PAP"), ("contractor1", "one", "CHAP"), ("contractor2", "wrong", "CHAP"),
          ("contractor2", "two", "MS-CHAPv2"), ("contractor1", "wrong", "MS-CHAPv2"),
          ("contractor1", "one", "EAP"), ("contractor2", "wrong", "EAP")]


# pppd tells its script who the peer is that it authenticated; the client, which asks nobody, has no peer.
SCRIPT = '#!/bin/sh\n[ -z "$PEERNAME" ] || echo "$PEERNAME {verb} $IPREMOTE" >>{folder}/peers.log\n'


def expected(lab):
    want = [{"kind": "login", "result": "success", "account": account, "inside": inside}
            for account, inside in re.findall(r"^(\S+) has (\S+)$", lab.read("peers.log"), re.M)]
    want += [{"kind": "logout", "account": account, "inside": inside}
             for account, inside in re.findall(r"^(\S+) had (\S+)$", lab.read("peers.log"), re.M)]
    want += [{"kind": "login", "result": "failure", "account": a or b}
             for a, b in re.findall(r"PAP peer authentication failed for (\S+)|Peer (\S+) failed CHAP", lab.read("pppd.log"))]
    # EAP's refusal is only told to the peer: a session that named one and was given no address.
    want += [{"kind": "login", "result": "failure", "account": named[1]} for session in lab.read("pppd.log").split("Using interface")
             for named in [re.search(r'EAP: unauthenticated peer name "(\S+)"', session)] if named and "remote IP" not in session]
    assert len(want) == len(LOGINS) + 4, (want, lab.logs())
    return want


def login(lab, account, password, method):
    refuse = "".join("refuse-%s\n" % m for m in METHODS[method])
    lab.write("options.lac", LAC_OPTIONS.format(folder=lab.folder, account=account, password=password, refuse=refuse))
    before = lab.read("pppd.log").count("Connection terminated")
    lac = lab.start("home", "xl2tpd", "-D", "-c", lab.write("lac.conf", LAC.format(folder=lab.folder)), "-p", lab.path("lac.pid"),
                    "-C", lab.path("lac.control"), log="lac.log")
    lab.wait_for(lambda: lab.read("pppd.log").count("Connection terminated") > before, 30)
    lab.stop(lac)


def record_here():
    """In a mount namespace or a guest of its own: /etc/ppp is hidden."""
    with Lab({"gateway": ["192.0.2.1/24"], "home": ["192.0.2.77/24"]}) as lab:
        lab.write("ppp/pap-secrets", SECRETS, 0o600)
        lab.write("ppp/chap-secrets", SECRETS, 0o600)
        lab.write("ppp/options", "")
        lab.write("ppp/ip-up", SCRIPT.format(verb="has", folder=lab.folder), 0o755)
        lab.write("ppp/ip-down", SCRIPT.format(verb="had", folder=lab.folder), 0o755)
        subprocess.run(["mount", "--bind", lab.path("ppp"), "/etc/ppp"], check=True)
        lab.write("options.lns", LNS_OPTIONS.format(folder=lab.folder))
        finish = lab.record("l2tp.pcap", expression=["udp", "port", "1701"])
        lab.start("gateway", "xl2tpd", "-D", "-c", lab.write("lns.conf", LNS.format(folder=lab.folder)), "-p", lab.path("lns.pid"),
                  "-C", lab.path("lns.control"), log="lns.log")
        lab.wait_for(lambda: "Listening on IP address" in lab.read("lns.log"))
        for each in LOGINS:
            login(lab, *each)
        path = finish()
        return open(path, "rb").read(), expected(lab)


INIT = '''#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev; mkdir -p /dev/pts; mount -t devpts pts /dev/pts; mount -t tmpfs tmp /run
ip link set lo up
for m in ppp_generic ppp_async bridge veth; do modprobe -d {folder} $m; done
python3 -B {program} {folder} >>{folder}/guest.log 2>&1
echo o >/proc/sysrq-trigger
sleep 9
'''


def guest(folder):
    """The command that runs the laboratory in User-mode Linux; the host's files are the guest's."""
    try:
        need("linux.uml", "modprobe", "python3")
    except Skip as why:
        raise Skip("no PPP in this kernel (no /dev/ppp), and %s" % why)
    os.makedirs(folder + "/lib")
    os.symlink("/usr/lib/uml/modules", folder + "/lib/modules")
    with open(folder + "/init", "w") as f:
        f.write(INIT.format(folder=folder, program=os.path.abspath(__file__)))
    os.chmod(folder + "/init", 0o755)
    return ["linux.uml", "mem=256M", "rootfstype=hostfs", "rootflags=/", "rw", "init=" + folder + "/init", "con=null", "quiet"]


def record():
    need("xl2tpd", "pppd", "unshare")
    with tempfile.TemporaryDirectory(prefix="farmwatch-lab.") as folder:
        here = ["unshare", "-m", sys.executable, "-B", os.path.abspath(__file__), folder]
        with open(folder + "/guest.log", "wb") as log:
            subprocess.run(here if os.path.exists("/dev/ppp") else guest(folder), stdin=subprocess.DEVNULL, stdout=log,
                           stderr=subprocess.STDOUT, timeout=200)
        try:
            with open(folder + "/l2tp.pcap", "rb") as capture, open(folder + "/l2tp.json") as want:
                return capture.read(), json.load(want)
        except FileNotFoundError:
            with open(folder + "/guest.log") as log:
                raise RuntimeError(log.read())


if __name__ == "__main__":
    data, expectation = record_here()
    with open(sys.argv[1] + "/l2tp.pcap", "wb") as f:
        f.write(data)
    with open(sys.argv[1] + "/l2tp.json", "w") as f:
        json.dump(expectation, f)
