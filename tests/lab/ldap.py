# SPDX-License-Identifier: BSD-2-Clause
"""A real OpenLDAP server with ldapsearch: simple binds and SASL, accepted and refused. Truth: slapd's own statistics log."""
import re

from lab import Lab, need

CONFIG = '''include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
pidfile {folder}/slapd.pid
argsfile {folder}/slapd.args
modulepath /usr/lib/ldap
moduleload back_mdb
password-hash {{CLEARTEXT}}
sasl-host server.lab.example
sasl-secprops none
authz-regexp uid=([^,]*),cn=[^,]*,cn=auth uid=$1,ou=people,dc=lab,dc=example
database mdb
suffix dc=lab,dc=example
directory {folder}/db
'''
PEOPLE = '''dn: dc=lab,dc=example
objectClass: dcObject
objectClass: organization
dc: lab
o: Lab

dn: ou=people,dc=lab,dc=example
objectClass: organizationalUnit
ou: people

dn: uid=contractor1,ou=people,dc=lab,dc=example
objectClass: inetOrgPerson
uid: contractor1
cn: contractor1
sn: One
userPassword: one
'''
DN = "uid=%s,ou=people,dc=lab,dc=example"
BINDS = [
    ["-x", "-D", DN % "contractor1", "-w", "one"],
    ["-x", "-D", DN % "contractor1", "-w", "wrong"],
    ["-x", "-D", DN % "nobody-here", "-w", "x"],
    ["-O", "none", "-Y", "PLAIN", "-U", "contractor1", "-w", "one"],
    ["-O", "none", "-Y", "PLAIN", "-U", "contractor1", "-w", "wrong"],
    ["-Y", "SCRAM-SHA-1", "-U", "contractor1", "-w", "one"],
    ["-Y", "DIGEST-MD5", "-U", "contractor1", "-w", "one"],
    ["-x"],  # nobody
]


def expected(lab):
    """Each bind and its result; that of a refused SASL bind names nobody in the log, so that nothing is expected of it."""
    want, names = [], {}
    for line in lab.read("slapd.log").splitlines():
        m = re.search(r"conn=(\d+) op=(\d+) (BIND|RESULT) (.*)", line)
        if not m:
            continue
        operation = m[1], m[2]
        if m[3] == "BIND":
            name = re.search(r'authcid="([^"@]+)|dn="uid=([^,"]+)', m[4])
            if name and operation not in names:
                names[operation] = name[1] or name[2]
        elif m[4].startswith("tag=97") and operation in names and " err=14 " not in m[4]:
            want.append({"kind": "login", "account": names[operation], "result": "success" if " err=0 " in m[4] else "failure"})
    assert len(want) >= 6, (want, lab.logs())
    return want


def record():
    need("slapd", "slapadd", "ldapsearch")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        conf = lab.write("slapd.conf", CONFIG.format(folder=lab.folder))
        lab.write("db/empty", "")
        lab.run("server", "slapadd", "-f", conf, "-l", lab.write("people.ldif", PEOPLE))
        finish = lab.record("ldap.pcap", expression=["tcp"])
        lab.start("server", "slapd", "-d", "stats", "-f", conf, "-h", "ldap://192.0.2.1", log="slapd.log")
        lab.wait_for(lambda: "slapd starting" in lab.read("slapd.log"))
        for bind in BINDS:
            lab.run("client", "ldapsearch", "-H", "ldap://192.0.2.1", "-N", *bind, "-b", "dc=lab,dc=example", "-s", "base")
        path = finish()
        return open(path, "rb").read(), expected(lab)
