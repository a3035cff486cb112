# SPDX-License-Identifier: BSD-2-Clause
"""Two real wireguard-go, one behind the other's address; traffic in the tunnel, then a change of keys. Truth: both ends' own `wg show` and logs."""
import os
import re
import subprocess

from lab import Lab, Skip, need


def peer(lab, host, public, endpoint=None):
    lab.check(host, "wg", "set", "wg-" + host, "peer", public, "allowed-ips", "10.9.0.0/24", *(["endpoint", endpoint] if endpoint else []))


def interface(lab, host, address, listen, key, public, endpoint=None):
    """One end: its interface, its address in the tunnel, its one peer."""
    lab.start(host, "wireguard-go", "-f", "wg-" + host, log="wireguard-%s.log" % host, env={**os.environ, "LOG_LEVEL": "verbose"})
    lab.wait_for(lambda: os.path.exists("/var/run/wireguard/wg-%s.sock" % host))
    lab.check(host, "wg", "set", "wg-" + host, "listen-port", listen, "private-key", key)
    peer(lab, host, public, endpoint)
    lab.check(host, "ip", "addr", "add", address, "dev", "wg-" + host)
    lab.check(host, "ip", "link", "set", "wg-" + host, "up")


def keys(lab, name):
    private = subprocess.run(["wg", "genkey"], stdout=subprocess.PIPE, check=True).stdout
    public = subprocess.run(["wg", "pubkey"], input=private, stdout=subprocess.PIPE, check=True).stdout
    return lab.write(name + ".key", private.decode(), 0o600), public.decode().strip()


def expected(lab):
    """Whom the gateway answers, and how often the keys changed."""
    handshakes = len(re.findall(r"Received handshake response", lab.read("wireguard-home.log")))
    endpoint = lab.run("gateway", "wg", "show", "wg-gateway", "endpoints").stdout.decode().split()[1]
    assert handshakes == 2, lab.logs()
    ends = {"app": "WireGuard", "class": "vpn", "sign": "handshake", "client": endpoint.rsplit(":", 1)[0], "server": "192.0.2.1"}
    return [{"kind": "session-open", **ends}, {"kind": "session-close", "state": "connected", "rekeys": handshakes - 1, **ends},
            {"kind": "rtt", "layer": "wireguard", "end": "server"}]


def record():
    need("wireguard-go", "wg")
    if not os.path.exists("/dev/net/tun"):
        raise Skip("no /dev/net/tun")
    with Lab({"gateway": ["192.0.2.1/24"], "home": ["192.0.2.77/24"]}) as lab:
        gateway_key, gateway_public = keys(lab, "gateway")
        home_key, home_public = keys(lab, "home")
        finish = lab.record("wireguard.pcap", expression=["udp"])
        interface(lab, "gateway", "10.9.0.1/24", "41414", gateway_key, home_public)
        interface(lab, "home", "10.9.0.2/24", "41777", home_key, gateway_public, "192.0.2.1:41414")
        lab.check("home", "ping", "-c", "5", "-i", "0.05", "10.9.0.1")
        lab.check("home", "wg", "set", "wg-home", "peer", gateway_public, "remove")
        peer(lab, "home", gateway_public, "192.0.2.1:41414")
        lab.check("home", "ping", "-c", "5", "-i", "0.05", "10.9.0.1")
        want = expected(lab)
        path = finish()
        return open(path, "rb").read(), want
