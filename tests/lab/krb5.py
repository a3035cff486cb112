# SPDX-License-Identifier: BSD-2-Clause
"""A real MIT KDC with kinit, over UDP and TCP: success, wrong password, unknown principal. Truth: the KDC's own log."""
import re

from lab import Lab, need

REALM = "LAB.EXAMPLE"
CLIENT = '''[libdefaults]
    default_realm = %s
    dns_lookup_kdc = false
    dns_canonicalize_hostname = false
    udp_preference_limit = {limit}
[realms]
    %s = {{
        kdc = 192.0.2.1
    }}
''' % (REALM, REALM)
SERVER = '''[kdcdefaults]
    kdc_listen = 192.0.2.1:88
    kdc_tcp_listen = 192.0.2.1:88
[realms]
    %s = {{
        database_name = {folder}/principal
        key_stash_file = {folder}/stash
        acl_file = {folder}/acl
        default_principal_flags = +preauth
    }}
[logging]
    kdc = FILE:{folder}/kdc.log
''' % REALM
ERRORS = {"PREAUTH_FAILED": "failure", "CLIENT_NOT_FOUND": "failure"}


def expected(lab):
    """AS_REQ lines: 'ISSUE: ... contractor1@LAB.EXAMPLE for krbtgt/...' or 'PREAUTH_FAILED: ...'; NEEDED_PREAUTH is no result."""
    want = []
    for line in lab.read("kdc.log").splitlines():
        m = re.search(r"AS_REQ \(.*?\) (\S+): (\w+): .*?(\S+)@(\S+) for krbtgt/", line)
        if not m or m[2] == "NEEDED_PREAUTH":
            continue
        want.append({"kind": "login", "method": "krb5-as", "account": m[3], "realm": m[4],
                     "result": "success" if m[2] == "ISSUE" else ERRORS[m[2]]})
    assert sorted((w["account"], w["result"]) for w in want) == [
        ("contractor1", "failure"), ("contractor1", "success"), ("contractor2", "success"), ("nobody-here", "failure")], lab.logs()
    return want


def record():
    need("krb5kdc", "kdb5_util", "kadmin.local", "kinit")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.20/24"]}) as lab:
        lab.write("kdc.conf", SERVER.format(folder=lab.folder))
        udp = lab.write("udp.conf", CLIENT.format(limit=1465))
        tcp = lab.write("tcp.conf", CLIENT.format(limit=1))
        server = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "KRB5_KDC_PROFILE": lab.path("kdc.conf"), "KRB5_CONFIG": udp}
        lab.run("server", "kdb5_util", "create", "-s", "-P", "lab", "-r", REALM, env=server)
        for name in ("contractor1", "contractor2"):
            lab.run("server", "kadmin.local", "-r", REALM, "addprinc", "-pw", name, name, env=server)
        finish = lab.record("krb5.pcap", expression=["port", "88"])
        lab.start("server", "krb5kdc", "-n", "-r", REALM, log="krb5kdc.log", env=server)
        lab.wait_for(lambda: "commencing operation" in lab.read("kdc.log"))
        for config, name, password in ((udp, "contractor1", "contractor1"), (udp, "contractor1", "wrong"), (udp, "nobody-here", "x"),
                                       (tcp, "contractor2", "contractor2")):
            lab.run("client", "kinit", "-c", "FILE:" + lab.path("cache"), name, input=password.encode() + b"\n",
                    env={"PATH": "/usr/bin:/bin", "KRB5_CONFIG": config})
        path = finish()
        return open(path, "rb").read(), expected(lab)
