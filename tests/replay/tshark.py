# SPDX-License-Identifier: BSD-2-Clause
"""What tshark reads in the committed captures, every value of it, must stand in our observations."""
import glob
import json
import os
import shutil
import subprocess
import tempfile

from bad_input import Skip

HERE = os.path.dirname(os.path.abspath(__file__))
FIELDS = {  # tshark field: (kinds of observation, key, or keys of which one holds it)
    "radius.User_Name": (("login", "logout"), "account"),
    "radius.Framed-IP-Address": (("login", "logout"), "inside"),
    "radius.Calling_Station_Id": (("login", "logout"), "outside/calling-station"),
    "kerberos.CNameString": (("login",), "account"),
    "ntlmssp.auth.username": (("login",), "account"),
    "pap.peer_id": (("login",), "account"),
    "tls.handshake.extensions_server_name": (("name",), "name"),
    "dns.qry.name": (("name",), "name"),
    "http.host": (("name",), "name"),
    "http.user_agent": (("banner",), "text"),
    "ssh.protocol": (("banner",), "text"),
    "vnc.desktop_name": (("banner",), "text"),
    "rdp.client.name": (("device",), "host-name"),
    "stun.att.ipv4": (("peer",), "address"),
    "stun.att.username": (("peer",), "account"),
}


def check(binary, capture):
    if shutil.which("tshark") is None:
        raise Skip("no tshark")
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "obs")
        subprocess.run([binary, "-q", "-r", capture, "-o", "json:/dev/null", "--observations", "json:" + out], check=True,
                       stdout=subprocess.DEVNULL, timeout=60)
        with open(out) as f:
            observed = [json.loads(line) for line in f]
    fields = [word for field in FIELDS for word in ("-e", field)]
    r = subprocess.run(["tshark", "-r", capture, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=f", *fields],
                       stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120)
    columns = list(zip(*(line.split("\t") for line in r.stdout.decode().splitlines())))
    wrong, facts = [], 0
    for (field, (kinds, key)), column in zip(FIELDS.items(), columns):
        want = {value for value in column if value}
        have = {o.get(k) for k in key.split("/") for o in observed if o["kind"] in kinds}
        facts += len(want)
        wrong += ["%s %r is in no %s" % (field, value, "/".join(kinds)) for value in sorted(want - have)]
    return wrong if facts else ["tshark found nothing to compare"]


# tshark has no field of gateway syslog or of a VPN's handshakes; LDAP's, mail's and EAP's hold the account within other text.
NOTHING = ("mail.pcap", "smtp.pcap", "ftp.pcap", "openvpn.pcap", "openvpn_wrapped.pcap", "ocserv.pcap", "ldap.pcap", "strongswan.pcap",
           "wireguard.pcap", "wired.pcap", "abroad_edge.pcap")
CHECKS = [(os.path.basename(path), lambda binary, path=path: check(binary, path))
          for path in sorted(glob.glob(os.path.join(HERE, "captures", "*.pcap")) + glob.glob(os.path.join(HERE, "demo", "*.pcap")))
          if os.path.basename(path) not in NOTHING]
