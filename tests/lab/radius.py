# SPDX-License-Identifier: BSD-2-Clause
"""A real FreeRADIUS with its radclient: accept, reject, accounting. Truth: the server's own authentication log and detail file."""
import re

from lab import Lab, need

USERS = '''contractor1 Cleartext-Password := "one"
\tService-Type = Framed-User, Framed-IP-Address = 10.8.0.11

svc-build Cleartext-Password := "two"
\tService-Type = Framed-User, Framed-IP-Address = 10.8.0.12
'''

# What every FreeRADIUS of the lab begins with.
SERVER = '''name = radiusd
prefix = /usr
localstatedir = {folder}
logdir = {folder}
raddbdir = /etc/freeradius/3.0
confdir = {folder}
run_dir = {folder}
libdir = /usr/lib/freeradius
pidfile = {folder}/pid
log {{
    destination = files
    file = {folder}/server.log
    auth = yes
}}
client gateway {{
    ipaddr = 192.0.2.0/24
    secret = lab-secret
}}
'''
CONFIG = SERVER + '''security {{
    reject_delay = 0
    status_server = no
}}
modules {{
    files {{
        filename = {folder}/users
    }}
    pap {{
    }}
    chap {{
    }}
    detail {{
        filename = {folder}/detail
        permissions = 0644
    }}
}}
server default {{
    listen {{
        type = auth
        ipaddr = 192.0.2.1
        port = 1812
    }}
    listen {{
        type = acct
        ipaddr = 192.0.2.1
        port = 1813
    }}
    authorize {{
        files
        chap
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type CHAP {{
            chap
        }}
    }}
    accounting {{
        detail
    }}
}}
'''

REQUESTS = [  # (kind, attributes)
    ("auth", 'User-Name = "contractor1", User-Password = "one", Calling-Station-Id = "73.10.0.2", NAS-IP-Address = 192.0.2.2'),
    ("auth", 'User-Name = "contractor1", User-Password = "wrong", Calling-Station-Id = "60.18.0.5", NAS-IP-Address = 192.0.2.2'),
    ("auth", 'User-Name = "svc-build", CHAP-Password = "two", Calling-Station-Id = "68.40.7.7", NAS-IP-Address = 192.0.2.2'),
    ("auth", 'User-Name = "nobody-here", User-Password = "x", Calling-Station-Id = "91.10.1.2", NAS-IP-Address = 192.0.2.2'),
    ("acct", 'User-Name = "contractor1", Acct-Status-Type = Start, Acct-Session-Id = "A1B2", Framed-IP-Address = 10.8.0.11,'
             ' Calling-Station-Id = "73.10.0.2", NAS-IP-Address = 192.0.2.2'),
    ("acct", 'User-Name = "contractor1", Acct-Status-Type = Interim-Update, Acct-Session-Id = "A1B2", Framed-IP-Address = 10.8.0.11,'
             ' Calling-Station-Id = "73.10.0.2", NAS-IP-Address = 192.0.2.2, Acct-Session-Time = 60'),
    ("acct", 'User-Name = "contractor1", Acct-Status-Type = Stop, Acct-Session-Id = "A1B2", Framed-IP-Address = 10.8.0.11,'
             ' Calling-Station-Id = "73.10.0.2", NAS-IP-Address = 192.0.2.2, Acct-Terminate-Cause = User-Request'),
]


def expected(lab):
    """From the server's log and detail file, not from what was sent."""
    want = []
    for line in lab.read("server.log").splitlines():
        m = re.search(r"(Login OK|Login incorrect)(?: \(.*\))?: \[([^\]/]+)[^\]]*\] \(from client gateway port \d+(?: cli ([^)]+))?\)", line)
        if m:
            want.append({"kind": "login", "method": "radius", "account": m[2], "outside": m[3],
                         "result": "success" if m[1] == "Login OK" else "failure"})
    users = dict(re.findall(r"^(\S+) Cleartext.*\n.*Framed-IP-Address = (\S+)", USERS, re.M))
    for w in want:
        if w["result"] == "success":
            w["inside"] = users[w["account"]]
    for record in lab.read("detail").strip().split("\n\n"):
        field = dict(re.findall(r"^\s+(\S+) = \"?([^\"\n]*)\"?$", record, re.M))
        status = {"Start": "start", "Interim-Update": "interim", "Stop": "stop"}[field["Acct-Status-Type"]]
        want.append({"kind": "logout" if status == "stop" else "login", "method": "radius-accounting", "status": status,
                     "account": field["User-Name"], "session": field["Acct-Session-Id"], "inside": field["Framed-IP-Address"],
                     "outside": field["Calling-Station-Id"], **({} if status == "stop" else {"result": "success"})})
    assert len(want) == len(REQUESTS), (want, lab.logs())
    return want


def record():
    need("freeradius", "radclient")
    with Lab({"server": ["192.0.2.1/24"], "gateway": ["192.0.2.2/24"]}) as lab:
        lab.write("users", USERS)
        lab.write("radiusd.conf", CONFIG.format(folder=lab.folder))
        finish = lab.record("radius.pcap", expression=["udp"])
        lab.start("server", "freeradius", "-f", "-d", lab.folder, "-D", "/usr/share/freeradius", log="freeradius.log")
        lab.wait_for(lambda: "Ready to process" in lab.read("server.log"))
        for kind, attributes in REQUESTS:
            lab.run("gateway", "radclient", "-r", "1", "192.0.2.1:%d" % (1812 if kind == "auth" else 1813), kind, "lab-secret",
                    input=attributes.encode())
        path = finish()
        return open(path, "rb").read(), expected(lab)
