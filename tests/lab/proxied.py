# SPDX-License-Identifier: BSD-2-Clause
"""A user 120 ms beyond a home whose real Dante carries TLS to the company, and a neighbour who is at home: seconds long.

The recording is the company's: it sees two homes, and how late each answers. What the rules demand of it stands in
tests/replay/cases_farm.py. Recorded on request alone (run BINARY --farm).
"""
import re
import subprocess

from delay import Link
from lab import Lab, need

SERVER, HOME, NEIGHBOUR, OPERATOR = "198.51.100.22", "73.10.0.2", "73.10.0.3", "60.18.0.5"
ONE_WAY, PAGES = 0.06, 6
DANTE = """logoutput: {folder}/sockd.log
internal: far0 port = 1080
external: eth0
clientmethod: none
socksmethod: none
user.privileged: root
user.unprivileged: nobody
client pass {{
    from: 0.0.0.0/0 to: 0.0.0.0/0
}}
socks pass {{
    from: 0.0.0.0/0 to: 0.0.0.0/0
}}
"""


def check_link(lab):
    """The link is as long as it says, both ways, and no longer than a busy machine makes it."""
    said = lab.run("operator", "ping", "-c", "5", "-i", "0.2", HOME).stdout.decode()
    least = float(re.search(r"= ([\d.]+)/", said)[1])
    assert 2000 * ONE_WAY <= least <= 2000 * ONE_WAY + 20, said


def record():
    need("danted", "curl", "openssl", "ping")
    hosts = {"company": [SERVER + "/24"], "home": [HOME + "/24"], "neighbour": [NEIGHBOUR + "/24"], "operator": []}
    with Lab(hosts) as lab, Link(lab, "operator", OPERATOR, "home", HOME, ONE_WAY):
        check_link(lab)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
                        "-subj", "/CN=work.lab.example", "-keyout", lab.path("web.key"), "-out", lab.path("web.crt")],
                       check=True, stderr=subprocess.DEVNULL)
        lab.start("company", "openssl", "s_server", "-quiet", "-www", "-accept", "443", "-cert", lab.path("web.crt"),
                  "-key", lab.path("web.key"), log="web.log")
        lab.start("home", "danted", "-f", lab.write("danted.conf", DANTE.format(folder=lab.folder)), log="danted.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("home", "ss", "-ltn", "sport = :1080").stdout)
        lab.wait_for(lambda: b"LISTEN" in lab.run("company", "ss", "-ltn", "sport = :443").stdout)
        finish = lab.record("proxied.pcap", expression=["tcp port 443"])
        ask = ("curl", "-sk", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", "--connect-to", "work.lab.example:443:" + SERVER + ":443")
        for _ in range(PAGES):
            for host, way in (("operator", ("--socks5", HOME + ":1080")), ("neighbour", ())):
                answer = lab.run(host, *ask, *way, "https://work.lab.example/").stdout
                assert answer == b"200", (host, answer, lab.logs())
        return open(finish(), "rb").read()
