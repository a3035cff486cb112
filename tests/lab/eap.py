# SPDX-License-Identifier: BSD-2-Clause
"""A real FreeRADIUS and eapol_test: EAP-TLS accepted and refused, PEAP and TTLS, in fragments. Truth: the server's own log and what eapol_test prints."""
import re
import subprocess

import radius
import tls
from lab import Lab, need

USERS = 'contractor1 Cleartext-Password := "one"\n'

CONFIG = radius.SERVER + '''security {{
    reject_delay = 0
}}
modules {{
    files {{
        filename = {folder}/users
    }}
    pap {{
    }}
    mschap {{
    }}
    eap {{
        default_eap_type = peap
        tls-config common {{
            private_key_file = {folder}/radius.lab.example.key
            certificate_file = {folder}/radius.lab.example.pem
            ca_file = {folder}/ca.pem
            fragment_size = 400
            tls_min_version = "1.2"
            tls_max_version = "1.2"
        }}
        tls {{
            tls = common
        }}
        ttls {{
            tls = common
            virtual_server = inner
        }}
        peap {{
            tls = common
            virtual_server = inner
        }}
        mschapv2 {{
        }}
    }}
}}
server default {{
    listen {{
        type = auth
        ipaddr = 192.0.2.1
        port = 1812
    }}
    authorize {{
        eap
    }}
    authenticate {{
        eap
    }}
}}
server inner {{
    authorize {{
        mschap
        files
        eap
        pap
    }}
    authenticate {{
        Auth-Type PAP {{
            pap
        }}
        Auth-Type MS-CHAP {{
            mschap
        }}
        eap
    }}
}}
'''

CASES = [  # name, method, MAC, whose certificate, what else the client says
    ("accepted", "TLS", "02:00:00:00:00:01", "contractor1", ""),
    ("refused", "TLS", "02:00:00:00:00:02", "stranger", ""),
    ("peap", "PEAP", "02:00:00:00:00:03", None, 'password="one" phase2="auth=MSCHAPV2" '),
    ("ttls", "TTLS", "02:00:00:00:00:04", None, 'password="one" phase2="auth=PAP" '),
    ("wrong", "TTLS", "02:00:00:00:00:05", None, 'password="two" phase2="auth=PAP" '),
]


def client(lab, method, certificate, more):
    """A network as wpa_supplicant's configuration says it."""
    lines = ["key_mgmt=IEEE8021X", "eap=" + method, "fragment_size=300", 'ca_cert="%s"' % lab.path("ca.pem")]
    lines += ['identity="%s"' % (certificate or "contractor1")]
    if certificate:
        lines += ['client_cert="%s"' % lab.path(certificate + ".pem"), 'private_key="%s"' % lab.path(certificate + ".key")]
    return "network={\n%s\n}\n" % "\n".join(lines + more.split())


def expected(lab, name, mac, certificate):
    """How the server says that it ended, and whose certificate the client was shown."""
    line = [text for text in lab.read("server.log").splitlines() if mac.replace(":", "-").upper() in text][-1]
    m = re.search(r"(Login OK|Login incorrect)(?: \(.*\))?: \[([^\]/]+)[^\]]*\]", line)
    result = "success" if m[1] == "Login OK" else "failure"
    subject = re.search(r"PEER-CERT depth=0 subject='/([^']+)'", lab.read(name + ".out"))[1]
    want = [{"kind": "login", "method": "radius", "account": m[2], "device": {"mac": mac}, "result": result},
            {"kind": "name", "what": "certificate", "name": subject}]
    # A server that refuses a certificate says so with an alert or, as this one does, only by its reject.
    if certificate:
        want.append({"kind": "login", "method": "eap-tls", "account": m[2], "device": {"mac": mac},
                     "result": "success" if result == "success" else "attempt"})
    return want


def fingerprints(path, who):
    """As tshark puts the hellos together."""
    done = subprocess.run(["tshark", "-r", path, "-Y", "tls.handshake.ja3", "-T", "fields", "-e", who,
                           "-e", "tls.handshake.ja3"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    return [{"kind": "device", "mac": mac.replace("-", ":").lower(), "fingerprint.ja3": ja3}
            for mac, ja3 in (line.split("\t") for line in done.stdout.decode().splitlines())]


def record():
    need("freeradius", "eapol_test", "openssl", "tshark")
    with Lab({"server": ["192.0.2.1/24"], "gateway": ["192.0.2.2/24"]}) as lab:
        for name, issuer in (("ca", None), ("otherca", None), ("radius.lab.example", "ca"), ("contractor1", "ca"), ("stranger", "otherca")):
            tls.make(lab, name, issuer)
        lab.write("users", USERS)
        lab.write("radiusd.conf", CONFIG.format(folder=lab.folder))
        finish = lab.record("eap.pcap", expression=["udp"])
        lab.start("server", "freeradius", "-f", "-d", lab.folder, "-D", "/usr/share/freeradius", log="freeradius.log")
        lab.wait_for(lambda: "Ready to process" in lab.read("server.log"))
        want = []
        for name, method, mac, certificate, more in CASES:
            conf = lab.write(name + ".conf", client(lab, method, certificate, more))
            done = lab.run("gateway", "eapol_test", "-c", conf, "-a", "192.0.2.1", "-s", "lab-secret", "-M", mac, "-t", "10")
            lab.write(name + ".out", done.stdout.decode(errors="replace"))
            want += expected(lab, name, mac, certificate)
        path = finish()
        hellos = fingerprints(path, "radius.Calling_Station_Id")
        assert len(hellos) == len(CASES), (hellos, lab.logs())
        return open(path, "rb").read(), want + hellos
