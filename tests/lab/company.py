# SPDX-License-Identifier: BSD-2-Clause
"""A company behind the internet, and homes that work for it: links with delays, NAT, OpenVPN that asks RADIUS, SSH, web, syslog.

    home ---- 73.10.0.2 ~~ border ---- edge: gateway, web, collector, firewall
    laptops                  ~         inside: gateway, RADIUS, work (SSH), help desk, firewall
                             ~~ any other line

`----` is a bridge, where it can be recorded: the home's LAN, edge (outside of the gateway) and inside. `~~` is a line with a delay.
What a laptop in a full tunnel wants of the internet leaves the gateway inside, and the company by the firewall.
"""
import contextlib
import os
import struct

import openvpn
import radius
import ssh
from delay import Link
from lab import Skip

BORDER, GATEWAY, FIREWALL, WEB, COLLECTOR = ("198.51.100.%d" % n for n in (1, 10, 20, 22, 9))
RADIUS, WORK, HELP_DESK = "10.1.0.5", "10.1.0.22", "10.1.0.50"
PEOPLE = {"contractor%d" % n: "10.8.0.%d" % (10 + n) for n in range(1, 10)}
NEEDS = ("openvpn", "nft", "rsyslogd", "freeradius", "sshd", "ssh", "ssh-keygen", "openssl", "curl", "ping")
PLUGIN = "/usr/lib/openvpn/radiusplugin.so"

SERVER = '''dev tun
proto udp
local {gateway}
port 1194
server 10.8.0.0 255.255.255.0
topology subnet
ca {folder}/ca.crt
cert {folder}/server.crt
key {folder}/server.key
dh none
verify-client-cert none
username-as-common-name
plugin {plugin} {folder}/radiusplugin.cnf
client-config-dir {folder}/clients
tmp-dir {folder}
status {folder}/status 1
status-version 1
push "route 10.1.0.0 255.255.255.0"
keepalive 20 120
verb 3
suppress-timestamps
log {folder}/gateway.log
'''
ASKS_RADIUS = '''NAS-Identifier=gateway
Service-Type=5
Framed-Protocol=1
NAS-Port-Type=5
NAS-IP-Address=10.1.0.2
OpenVPNConfig={folder}/server.conf
subnet=255.255.255.0
overwriteccfiles=true
server
{{
    acctport=1813
    authport=1812
    name={radius}
    retry=1
    wait=3
    sharedsecret=lab-secret
}}
'''
CLIENT = '''client
dev tun
proto udp
remote {gateway} 1194
nobind
ca {folder}/ca.crt
auth-user-pass {folder}/{name}.password
remote-cert-tls server
explicit-exit-notify 1
auth-retry none
connect-retry-max 1
'''
RSYSLOG = '''module(load="imfile")
global(workDirectory="{folder}/spool")
input(type="imfile" File="{folder}/gateway.log" Tag="openvpn[411]:" Facility="daemon" Severity="notice")
*.* action(type="omfwd" target="{collector}" port="514" protocol="udp" template="RSYSLOG_TraditionalForwardFormat")
'''
NAT = '''table ip nat {{
    chain out {{ type nat hook postrouting priority 100; oifname "{out}" masquerade; }}
    chain in {{ type nat hook prerouting priority -100; {forwards} }}
}}
'''
TCP, TUNNEL = 6, struct.pack("!H", 1194)
HEADERS, WHOLE = 66, 32  # of a conversation's packets after the first ones nobody reads more than the headers


class Company:
    """with Lab({}) as lab, Company(lab) as company: ..."""

    def __init__(self, lab):
        self.lab, self.lines, self.recordings = lab, contextlib.ExitStack(), {}

    def __enter__(self):
        lab = self.lab
        for path in (PLUGIN, "/dev/net/tun"):
            if not os.path.exists(path):
                raise Skip("no " + path)
        lab.segment("edge", {"border": [BORDER + "/24"], "gateway": [GATEWAY + "/24"], "firewall": [FIREWALL + "/24"],
                             "web": [WEB + "/24"], "collector": [COLLECTOR + "/24"]})
        lab.segment("inside", {"gateway": ["10.1.0.2/24"], "firewall": ["10.1.0.1/24"], "radius": [RADIUS + "/24"],
                               "work": [WORK + "/24"], "desk": [HELP_DESK + "/24"]})
        for host in ("gateway", "firewall", "web", "collector"):
            self.route(host, "default", "via", BORDER)
        for host in ("firewall", "radius", "work", "desk"):
            self.route(host, "10.8.0.0/24", "via", "10.1.0.2")
        lab.check("gateway", "ip", "rule", "add", "from", "10.8.0.0/24", "lookup", "100")
        self.route("gateway", "default", "via", "10.1.0.1", "table", "100")
        self.route("gateway", "10.1.0.0/24", "dev", "inside", "table", "100")
        for host in ("border", "gateway"):
            self.forward(host)
        self.nat("firewall", "edge")
        return self

    def __exit__(self, *_):
        self.lines.close()

    def route(self, host, *words):
        self.lab.check(host, "ip", "route", "add", *words)

    def forward(self, host):
        self.lab.check(host, "sh", "-c", "echo 1 > /proc/sys/net/ipv4/ip_forward")

    def nat(self, host, out, forwards=""):
        self.forward(host)
        self.lab.check(host, "nft", "-f", self.lab.write(host + ".nft", NAT.format(out=out, forwards=forwards)))

    def line(self, host, address, seconds):
        """From a host that is made here, unless it exists, to the border: seconds one way."""
        if self.lab.tag + host not in self.lab.spaces:
            self.lab.add(host)
        self.lines.enter_context(Link(self.lab, "border", BORDER, host, address, seconds, host))
        self.route(host, "default", "dev", host, "src", address)

    def home(self, name, address, seconds, laptops, forwards=""):
        """Laptops behind a NAT: 192.168.1.21 and on."""
        self.lab.segment(name + "lan", {name: ["192.168.1.1/24"], **{h: ["192.168.1.%d/24" % (21 + n)] for n, h in enumerate(laptops)}})
        self.line(name, address, seconds)
        self.nat(name, name, forwards)
        for laptop in laptops:
            self.route(laptop, "default", "via", "192.168.1.1")

    def serve(self):
        lab = self.lab
        openvpn.certificates(lab)
        ssh.prepare(lab)
        for name in ("spool", "clients"):
            os.mkdir(lab.path(name))
        lab.write("gateway.log", "")
        lab.write("status", "")
        lab.write("radiusplugin.cnf", ASKS_RADIUS.format(folder=lab.folder, radius=RADIUS))
        lab.write("server.conf", SERVER.format(folder=lab.folder, gateway=GATEWAY, plugin=PLUGIN))
        lab.write("users", "".join('%s Cleartext-Password := "%s"\n\tFramed-IP-Address = %s\n\n' % (who, who[::-1], inside)
                                   for who, inside in PEOPLE.items()))
        config = radius.CONFIG.replace("192.0.2.1", RADIUS).replace("192.0.2.0", "10.1.0.0")
        lab.write("radiusd.conf", config.format(folder=lab.folder))
        lab.write("sshd_config", ssh.SERVER.format(folder=lab.folder).replace("192.0.2.1", WORK))
        lab.start("radius", "freeradius", "-f", "-d", lab.folder, "-D", "/usr/share/freeradius", log="freeradius.log")
        lab.start("work", "sh", "-c", ssh.START.format(folder=lab.folder), log="sshd.log")
        lab.wait_for(lambda: "Ready to process" in lab.read("server.log") and "Server listening" in lab.read("sshd.log"))
        self.serve_web("web")
        lab.start("gateway", "rsyslogd", "-n", "-iNONE", "-f",
                  lab.write("rsyslog.conf", RSYSLOG.format(folder=lab.folder, collector=COLLECTOR)), log="rsyslogd.log")
        lab.start("gateway", "openvpn", "--config", lab.path("server.conf"), log="openvpn.log")
        lab.wait_for(lambda: "Initialization Sequence Completed" in lab.read("gateway.log"))

    def serve_web(self, host):
        key, certificate = self.lab.path("server.key"), self.lab.path("server.crt")
        self.lab.start(host, "openssl", "s_server", "-quiet", "-www", "-accept", "443", "-cert", certificate, "-key", key,
                       log=host + ".web.log")
        self.lab.wait_for(lambda: b"LISTEN" in self.lab.run(host, "ss", "-ltn", "sport = :443").stdout)

    def connect(self, host, who, *more, password=None):
        """OpenVPN's client, up and running; more: its options. With a password of its own it is expected to fail."""
        lab, log = self.lab, "%s.%s.vpn.log" % (host, who)
        name = who + "." + host
        lab.write(name + ".password", "%s\n%s\n" % (who, password or who[::-1]), 0o600)
        config = lab.write(name + ".ovpn", CLIENT.format(folder=lab.folder, gateway=GATEWAY, name=name))
        client = lab.start(host, "openvpn", "--config", config, *more, log=log)
        lab.wait_for(lambda: ("AUTH_FAILED" if password else "Initialization Sequence Completed") in lab.read(log), 30)
        return client

    def page(self, host, name="work.lab.example", server=WEB):
        answer = self.lab.run(host, "curl", "-sk", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}", "--connect-to",
                              "%s:443:%s:443" % (name, server), "https://%s/" % name).stdout
        assert answer == b"200", (host, answer)

    def record(self, *bridges):
        """Records at these bridges."""
        for bridge in bridges:
            self.recordings[bridge] = self.lab.record(bridge + ".pcap", interface=bridge, expression=["udp or tcp"])

    def recorded(self):
        """{bridge: its capture}"""
        found = {}
        for bridge, finish in self.recordings.items():
            with open(finish(), "rb") as f:
                found[bridge] = shortened(f.read())
        return found


def shortened(data):
    """A little-endian pcap file of Ethernet and IPv4; of each TCP connection and tunnel the first packets whole, then headers."""
    out, seen, at = [data[:24]], {}, 24
    while at < len(data):
        seconds, micro, caught, length = struct.unpack_from("<IIII", data, at)
        packet = data[at + 16:at + 16 + caught]
        ends = frozenset((packet[26:30] + packet[34:36], packet[30:34] + packet[36:38]))
        seen[ends] = seen.get(ends, 0) + 1
        is_long = packet[23] == TCP or TUNNEL in (packet[34:36], packet[36:38])
        kept = packet[:HEADERS] if is_long and seen[ends] > WHOLE else packet
        out.append(struct.pack("<IIII", seconds, micro, len(kept), length) + kept)
        at += 16 + caught
    return b"".join(out)
