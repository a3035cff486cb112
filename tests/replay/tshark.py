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
FIELDS = {  # tshark field: (kinds of observation, key)
    "radius.User_Name": (("login", "logout"), "account"),
    "radius.Framed-IP-Address": (("login", "logout"), "inside"),
    "radius.Calling_Station_Id": (("login", "logout"), "outside"),
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
    wrong, facts = [], 0
    for field, (kinds, key) in FIELDS.items():
        r = subprocess.run(["tshark", "-r", capture, "-Y", field, "-T", "fields", "-E", "occurrence=f", "-e", field],
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=120)
        want = {value for value in r.stdout.decode().splitlines() if value}
        have = {o.get(key) for o in observed if o["kind"] in kinds}
        facts += len(want)
        wrong += ["%s %r is in no %s" % (field, value, "/".join(kinds)) for value in sorted(want - have)]
    return wrong if facts else ["tshark found nothing to compare"]


CHECKS = [(os.path.basename(path), lambda binary, path=path: check(binary, path))
          for path in sorted(glob.glob(os.path.join(HERE, "captures", "*.pcap")) + glob.glob(os.path.join(HERE, "demo", "*.pcap")))
          if os.path.basename(path) not in  # no field of gateway syslog, and LDAP's holds the account within a name
          ("openvpn.pcap", "ocserv.pcap", "ldap.pcap")]
