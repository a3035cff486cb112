# SPDX-License-Identifier: BSD-2-Clause
"""802.1X on a cable, by a real hostapd and wpa_supplicant: EAP-TLS accepted and refused, PEAP, in fragments. Truth: what both of them log."""
import re

import eap
import tls
from lab import Lab, need

SWITCH = """interface=eth0
driver=wired
ieee8021x=1
eap_server=1
eap_user_file={folder}/users
ca_cert={folder}/ca.pem
server_cert={folder}/switch.lab.example.pem
private_key={folder}/switch.lab.example.key
fragment_size=300
{group}
"""
USERS = """* TLS,PEAP
"contractor1" MSCHAPV2 "one" [2]
"""
CASES = [  # name, method, MAC, whose certificate, what else the client says
    ("accepted", "TLS", "02:00:00:00:00:11", "contractor1", ""),
    ("refused", "TLS", "02:00:00:00:00:12", "stranger", ""),
    ("peap", "PEAP", "02:00:00:00:00:13", None, 'password="one" phase2="auth=MSCHAPV2" '),
]


def expected(lab, name, mac, certificate):
    log = lab.read("hostapd-%s.log" % name)
    accepted = re.search(r"STA %s IEEE 802\.1X: authenticated - EAP type: \d+" % mac, log) is not None
    assert accepted or re.search(r"CTRL-EVENT-EAP-FAILURE %s|STA %s IEEE 802\.1X: authentication failed" % (mac, mac), log), lab.logs()
    subject = re.search(r"PEER-CERT depth=0 subject='/([^']+)'", lab.read("supplicant-%s.log" % name))[1]
    want = [{"kind": "login", "method": "eap-identity", "account": certificate or "contractor1", "device": {"mac": mac},
             "result": "success" if accepted else "failure"},
            {"kind": "name", "what": "certificate", "name": subject}]
    # It refuses a certificate by EAP's failure alone, without an alert.
    if certificate:
        want.append({"kind": "login", "method": "eap-tls", "account": certificate, "device": {"mac": mac},
                     "result": "success" if accepted else "attempt"})
    return want


def record():
    need("hostapd", "wpa_supplicant", "openssl", "tshark")
    with Lab({"switch": [], "laptop": []}) as lab:
        lab._ip("-n", lab.net, "link", "set", "br0", "type", "bridge", "group_fwd_mask", "8")  # that of 802.1X
        for name, issuer in (("ca", None), ("otherca", None), ("switch.lab.example", "ca"), ("contractor1", "ca"), ("stranger", "otherca")):
            tls.make(lab, name, issuer, "switch")
        lab.write("users", USERS)
        finish = lab.record("wired.pcap", expression=["ether", "proto", "0x888e"])
        want = []
        for name, method, mac, certificate, more in CASES:
            lab.write("hostapd.conf", SWITCH.format(folder=lab.folder, group="" if certificate else "use_pae_group_addr=1"))
            lab.check("laptop", "ip", "link", "set", "eth0", "address", mac)
            switch = lab.start("switch", "hostapd", lab.path("hostapd.conf"), log="hostapd-%s.log" % name)
            lab.wait_for(lambda n=name: "AP-ENABLED" in lab.read("hostapd-%s.log" % n))
            conf = lab.write(name + ".conf", "ap_scan=0\n" + eap.client(lab, method, certificate, more))
            laptop = lab.start("laptop", "wpa_supplicant", "-D", "wired", "-i", "eth0", "-c", conf, log="supplicant-%s.log" % name)
            lab.wait_for(lambda n=name: re.search("CTRL-EVENT-EAP-(SUCCESS|FAILURE)", lab.read("supplicant-%s.log" % n)))
            lab.stop(laptop)
            lab.stop(switch)
            want += expected(lab, name, mac, certificate)
        path = finish()
        hellos = eap.fingerprints(path, "eth.src")
        assert len(hellos) >= len(CASES), (hellos, lab.logs())
        return open(path, "rb").read(), want + hellos
