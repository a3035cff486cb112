# SPDX-License-Identifier: BSD-2-Clause
"""A real coturn with its own clients: STUN, TURN over UDP and TCP, Send indications and channels. Truth: the server's own log."""
import re

from lab import Lab, need

SERVER, CLIENT, PEER = "192.0.2.1", "203.0.113.20", "198.51.100.30"

CONFIG = '''listening-ip={server}
relay-ip={server}
min-port=50000
max-port=50040
realm=turn.example.com
lt-cred-mech
user=contractor1:one
no-tls
no-dtls
no-cli
verbose
log-file={folder}/server.log
simple-log
pidfile={folder}/pid
userdb={folder}/db
'''

RUNS = [["-s"], [], ["-t"]]  # of turnutils_uclient: Send indications, channels, channels over TCP


def expected(lab):
    """From the server's log, not from what was sent."""
    log, want = lab.read("server.log"), []
    who = {s: {"realm": realm, "account": user}
           for s, realm, user in re.findall(r"session (\d+): new, realm=<([^>]*)>, username=<([^>]*)>", log)}
    for s, address, port in re.findall(r"session (\d+): peer ([\d.]+)(?::(\d+))? lifetime updated", log):
        want.append({"kind": "peer", "how": "turn-peer", "address": address, **who[s], **({"port": int(port)} if port else {})})
    for address, port in re.findall(r"Local relay addr: ([\d.]+):(\d+)", log):
        want.append({"kind": "peer", "how": "turn-relayed", "address": address, "port": int(port)})
    for address, port in re.findall(r"closed .* remote ([\d.]+):(\d+)", log):
        want.append({"kind": "peer", "how": "stun-mapped", "address": address, "port": int(port)})
    want = [w for n, w in enumerate(want) if w not in want[:n]]
    assert {w["how"] for w in want} == {"turn-peer", "turn-relayed", "stun-mapped"}, lab.logs()
    return want


def record():
    need("turnserver", "turnutils_uclient", "turnutils_peer", "turnutils_stunclient")
    with Lab({"server": [SERVER + "/24"], "client": [CLIENT + "/24"], "peer": [PEER + "/24"]}) as lab:
        lab.write("turnserver.conf", CONFIG.format(folder=lab.folder, server=SERVER))
        finish = lab.record("coturn.pcap", expression=["udp or tcp"])
        lab.start("server", "turnserver", "-c", lab.path("turnserver.conf"), log="turnserver.log")
        lab.start("peer", "turnutils_peer", "-L", PEER, "-p", "3480", log="peer.log")
        lab.wait_for(lambda: "SQLite DB connection success" in lab.read("server.log"))
        lab.run("client", "turnutils_stunclient", SERVER)
        for more in RUNS:
            lab.run("client", "turnutils_uclient", "-c", "-n", "2", "-u", "contractor1", "-w", "one", "-e", PEER, "-r", "3480", *more, SERVER)
        lab.wait_for(lambda: len(re.findall("closed .* remote", lab.read("server.log"))) >= len(RUNS))
        path = finish()
        return open(path, "rb").read(), expected(lab)
