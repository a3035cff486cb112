# SPDX-License-Identifier: BSD-2-Clause
"""Two real strongSwan, ESP by their kernel-libipsec: IKEv1 in aggressive mode with PSK and XAUTH (once with a wrong secret), or PSK alone, in main mode, and IKEv2 with EAP. Truth: both daemons' logs."""
import os
import re

from lab import Lab, Skip, need

PLUGINS = ("random nonce openssl aes sha1 sha2 md4 md5 hmac kdf kernel-libipsec kernel-netlink socket-default vici updown xauth-generic unity"
           " eap-identity eap-mschapv2 attr pem pkcs1 x509 pubkey constraints")
DAEMON = '''charon-systemd {{
    load = {plugins}
    i_dont_care_about_security_and_use_aggressive_mode_psk = yes
    send_vendor_id = yes
    cisco_unity = yes
    plugins {{
        vici {{
            socket = unix://{folder}/{host}.vici
        }}
    }}
    filelog {{
        log {{
            path = {folder}/charon-{host}.log
            default = 1
            ike = 2
            flush_line = yes
        }}
    }}
}}
'''
GATEWAY = "192.0.2.1"
# name, version, aggressive, how the client proves who it is, the server's way
WAYS = {
    "aggressive": ("1", "yes", ["auth = psk\nid = keyid:staff-vpn", "auth = xauth\nxauth_id = jdoe"], ["auth = psk\nid = gw.example.com"]),
    "wrong": ("1", "yes", ["auth = psk\nid = visitor@example.com"], ["auth = psk\nid = gw.example.com"]),
    "alone": ("1", "yes", ["auth = psk\nid = asmith@example.com"], ["auth = psk\nid = gw.example.com"]),
    "main": ("1", "no", ["auth = psk\nid = 192.0.2.79"], ["auth = psk\nid = 192.0.2.1"]),
    "eap": ("2", "no", ["auth = eap-mschapv2\nid = jdoe\neap_id = jdoe"], ["auth = psk\nid = gw.example.com"]),
}
SECRETS = '''secrets {{
    ike-gateway {{
        secret = "{psk}"
    }}
    ike-visitor {{
        id = visitor@example.com
        secret = "{visitor}"
    }}
    xauth-jdoe {{
        id = jdoe
        secret = "one"
    }}
    eap-jdoe {{
        id = jdoe
        secret = "one"
    }}
}}
'''


HOMES = {name: "192.0.2.%d" % (77 + i) for i, name in enumerate(WAYS)}  # a flow of its own for each


def connection(name, host):
    version, aggressive, client, server = WAYS[name]
    mine, theirs = (client, server) if host == "home" else (server, client)
    here, there = (HOMES[name], GATEWAY) if host == "home" else (GATEWAY, HOMES[name])
    inside = ("10.9.2.0/24", "10.9.1.0/24") if host == "home" else ("10.9.1.0/24", "10.9.2.0/24")
    rounds = "".join("%s-%d {\n%s\n}\n" % (side, i, text if side == "local" else text.replace("xauth_id = jdoe", ""))
                     for side, texts in (("local", mine), ("remote", theirs)) for i, text in enumerate(texts))
    return """%s {
version = %s
aggressive = %s
proposals = aes128-sha256-modp2048
local_addrs = %s
remote_addrs = %s
%schildren {
%s {
esp_proposals = aes128-sha256
local_ts = %s
remote_ts = %s
}
}
}
""" % (name, version, aggressive, here, there, rounds, name, *inside)


def control(lab, host, *words):
    environment = {**os.environ, "STRONGSWAN_CONF": lab.path(host + ".strongswan.conf"), "SWANCTL_DIR": lab.path(host + ".swanctl")}
    return lab.run(host, "swanctl", *words, "--uri", "unix://" + lab.path(host + ".vici"), env=environment)


def daemon(lab, host, visitor):
    conf = lab.write(host + ".strongswan.conf", DAEMON.format(plugins=PLUGINS, folder=lab.folder, host=host))
    lab.write(host + ".swanctl/swanctl.conf",
              "connections {\n%s}\n%s" % ("".join(connection(n, host) for n in WAYS), SECRETS.format(psk="lab-psk", visitor=visitor)))
    lab.start(host, "charon-systemd", log="daemon-%s.log" % host, env={**os.environ, "STRONGSWAN_CONF": conf})
    lab.wait_for(lambda: os.path.exists(lab.path(host + ".vici")))
    assert control(lab, host, "--load-all").returncode == 0, lab.logs()


def expected(lab):
    """Who asked, by the gateway's log; who was taken to be behind NAT (libipsec feigns it on purpose), by both."""
    gateway, home = lab.read("charon-gateway.log"), lab.read("charon-home.log")
    assert len(re.findall(r"IKE_SA \S+ established", gateway)) == 4 and "does not match HASH" in home, lab.logs()
    want = [{"kind": "login", "method": "ike-id", "result": "attempt", "account": who, "source": outside}
            for outside, who in re.findall(r"looking for \S+(?: key)? peer configs matching [\d.]+\.\.\.([\d.]+)\[(.*?)\]", gateway)
            if outside in (HOMES["aggressive"], HOMES["wrong"], HOMES["alone"])]
    # It begins on port 500 and ends on 4500.
    want += [{"kind": "login", "method": "ike-id", "result": "success", "inferred": True, "account": who, "source": outside, "source-port": 4500}
             for outside, who in re.findall(r"IKE_SA alone\[\d+\] established between [\d.]+\[.*?\]\.\.\.([\d.]+)\[(.*?)\]", gateway)]
    for outside, how in re.findall(r"([\d.]+) is initiating an? (?:(\S+) Mode )?IKE_SA", gateway):
        version = "IKEv1 %s mode" % how.lower() if how else "IKEv2"
        if "looking for XAuthInitPSK peer configs matching %s...%s[" % (GATEWAY, outside) in gateway:
            version += ", XAUTH"
        want.append({"kind": "session-open", "app": "IPsec", "class": "vpn", "client": outside, "server": GATEWAY, "version": version,
                     "software": {"client": "strongSwan", "server": "strongSwan"}})
    assert len(want) == 9, (want, lab.logs())
    if "remote host is behind NAT" in home:
        want.append({"kind": "peer", "how": "behind-nat", "address": GATEWAY})
    if "server requested EAP_MSCHAPV2 authentication" in home:
        want.append({"kind": "banner", "what": "ike-authentication", "text": "EAP", "source": HOMES["eap"]})
    return want


def record():
    need("charon-systemd", "swanctl")
    if not os.path.exists("/dev/net/tun"):
        raise Skip("no /dev/net/tun")
    with Lab({"gateway": [GATEWAY + "/24", "10.9.1.1/24"], "home": [a + "/24" for a in HOMES.values()] + ["10.9.2.1/24"]}) as lab:
        finish = lab.record("strongswan.pcap", expression=["udp", "or", "esp"])
        daemon(lab, "gateway", "right")
        daemon(lab, "home", "wrong")
        for name in WAYS:
            control(lab, "home", "--initiate", "--child", name, "--timeout", "8")
            lab.run("home", "ping", "-c", "3", "-i", "0.05", "-I", "10.9.2.1", "10.9.1.1")
            control(lab, "home", "--terminate", "--ike", name, "--timeout", "3")
        path = finish()
        return open(path, "rb").read(), expected(lab)
