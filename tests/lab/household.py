# SPDX-License-Identifier: BSD-2-Clause
"""A laptop farm, eleven minutes long: three laptops behind one NAT on the company's OpenVPN, two of them driven from abroad.

Laptop 1 sends all through the company (full tunnel); its VNC is lent out over a TCP allocation of a real coturn. Laptop 2 has a split
tunnel; its VNC is forwarded by the home's router. The operator drives both from behind the exit of a commercial VPN, 75 ms away, and
waits for the screen before acting on it. Laptop 3's owner types at home. On each runs an xterm with a real ssh to the company.
Recorded at edge, inside and on the home's LAN. What the rules demand of each stands in tests/replay/cases_household.py, written by
hand from this page. Recorded on request alone (run BINARY --farm).
"""
import os
import random
import re
import sys
import threading
import time

import farm

HOME, EXIT, RELAY, TUNNEL = "73.10.0.2", "104.140.119.7", "203.0.113.80", ("10.64.0.1", "10.64.0.2")
HOME_WAY, EXIT_WAY, RELAY_WAY, ABROAD_WAY = 0.01, 0.01, 0.005, 0.075  # seconds one way
LAPTOPS = ("laptop1", "laptop2", "laptop3")
FORWARDED = 5902
SECONDS, SHARE, PAIRS = 630, 0.4, 4  # control-coupling wants ten minutes; each fourth key is followed by another
LOOKS, TYPES_AHEAD = 0.12, 0.1       # a glance; two keys typed without one
DESKTOP = "Xvnc :{display} -nolock -listen tcp -ac -geometry 320x200 -rfbport 5900 -SecurityTypes None"
TURN = '''listening-ip={relay}
relay-ip={relay}
min-port=50000
max-port=50040
realm=turn.example.com
lt-cred-mech
user=lender:one
no-tls
no-dtls
no-cli
log-file={folder}/turn.log
simple-log
pidfile={folder}/turn.pid
userdb={folder}/turn.db
'''


class Eye(farm.Viewer):
    """Sees when the screen changes."""

    def __init__(self, *where):
        self.changed = threading.Event()
        super().__init__(*where)

    def ask(self, changes_alone):
        self.changed.set()
        super().ask(changes_alone)


def drive(address, port, seed, looks, seconds):
    eye, hand = Eye(address, port), random.Random(seed)
    start, typed = time.monotonic(), 0

    def key():
        nonlocal typed
        typed += 1
        eye.changed.clear()
        eye.type(ord("a") + typed % 26)  # no line ends: a screen that scrolls is long, and says no more
    eye.point()
    for second in range(seconds):
        time.sleep(max(0, start + second + 0.1 - time.monotonic()))
        if hand.random() < SHARE:
            key()
            if typed % PAIRS == 0:
                if looks:
                    eye.changed.wait(0.6)
                time.sleep(LOOKS if looks else TYPES_AHEAD)
                key()


def desktop(lab, laptop, display):
    """A screen, and on it a terminal at work for the company."""
    import company
    import ssh
    import vnc
    lab.start(laptop, "sh", "-c", vnc.SOCKETS + DESKTOP.format(display=display), log=laptop + ".xvnc.log")
    lab.wait_for(lambda: lab.run(laptop, "ss", "-ltn", "sport = :%d" % (6000 + display)).stdout.count(b"LISTEN") > 0)
    here = lab.read("sshd.log").count("Accepted publickey")
    lab.start(laptop, "xterm", "-geometry", "48x12+0+0", "-e", "ssh", *ssh.CLIENT, "-tt", "-i", lab.path("key"),
              "contractor1@" + company.WORK, "cat", log=laptop + ".xterm.log",
              env={"PATH": os.environ["PATH"], "DISPLAY": "127.0.0.1:%d" % display, "HOME": lab.folder})
    lab.wait_for(lambda: lab.read("sshd.log").count("Accepted publickey") > here)


def lend(lab):
    """Laptop 1's screen at the relay; returns the port there."""
    lab.write("turnserver.conf", TURN.format(folder=lab.folder, relay=RELAY))
    lab.start("relay", "turnserver", "-c", lab.path("turnserver.conf"), log="turnserver.log")
    lab.wait_for(lambda: b"LISTEN" in lab.run("relay", "ss", "-ltn", "sport = :3478").stdout)
    client = os.path.join(os.path.dirname(os.path.abspath(__file__)), "turn_tcp.py")
    lab.start("laptop1", sys.executable, client, RELAY, "lender", "one", "turn.example.com", EXIT, "5900", log="lend.log")
    lab.wait_for(lambda: "relayed" in lab.read("lend.log"))
    return re.search(r"relayed \S+ (\d+)", lab.read("lend.log"))[1]


def hand(lab, host, address, port, seed, looks="looks", seconds=SECONDS):
    """A person at a viewer on that host."""
    return lab.start(host, sys.executable, os.path.abspath(__file__), address, str(port), str(seed), looks, str(seconds),
                     log="hand%d.log" % seed)


def check_links(lab):
    """Home and operator are as far as they say, there and back."""
    for host, way in (("home", 2 * HOME_WAY), ("operator", 2 * (ABROAD_WAY + EXIT_WAY))):
        said = lab.run(host, "ping", "-c", "5", "-i", "0.2", "198.51.100.22").stdout.decode()
        least = float(re.search(r"= ([\d.]+)/", said)[1]) / 1000
        assert way <= least <= way + 0.02, said


def record():
    """{bridge: capture}"""
    from company import NEEDS, PEOPLE, Company
    from delay import Link
    from lab import Lab, need
    need(*NEEDS, "Xvnc", "xterm", "turnserver")
    with Lab({}) as lab, Company(lab) as company:
        company.home("home", HOME, HOME_WAY, LAPTOPS, 'iifname "home" tcp dport %d dnat to 192.168.1.22:5900;' % FORWARDED)
        company.line("exit", EXIT, EXIT_WAY)
        company.line("relay", RELAY, RELAY_WAY)
        lab.add("operator")
        company.lines.enter_context(Link(lab, "exit", TUNNEL[0], "operator", TUNNEL[1], ABROAD_WAY, "vpn0"))
        company.route("operator", "default", "dev", "vpn0")
        company.nat("exit", "exit")
        check_links(lab)
        company.serve()
        company.record("edge", "inside", "homelan")
        clients = []
        for number, (laptop, who) in enumerate(zip(LAPTOPS, PEOPLE)):
            clients.append(company.connect(laptop, who, *(["--redirect-gateway", "def1"] if laptop == "laptop1" else [])))
            desktop(lab, laptop, 5 + number)
        for laptop in LAPTOPS[1:]:
            company.page(laptop)
        hands = [hand(lab, "operator", RELAY, lend(lab), 1), hand(lab, "operator", HOME, FORWARDED, 2),
                 hand(lab, "laptop3", "127.0.0.1", 5900, 3, looks="")]
        for process in hands:
            assert process.wait(SECONDS + 60) == 0, lab.logs()
        for client in clients:
            lab.stop(client)
        lab.wait_for(lambda: lab.read("gateway.log").count("client-instance exiting") == len(clients))
        time.sleep(1)  # accounting's stop
        return company.recorded()


if __name__ == "__main__":
    drive(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), bool(sys.argv[4]), int(sys.argv[5]))
