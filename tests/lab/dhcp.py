# SPDX-License-Identifier: BSD-2-Clause
"""A real dnsmasq that leases addresses to dhclient, IPv4 and IPv6, and answers its look-ups. Truth: the server's leases and log."""
import re

from lab import Lab, need

CONFIG = '''port=53
no-resolv
no-hosts
no-daemon
log-dhcp
log-queries
user=root
interface=eth0
bind-interfaces
domain=lab.test
dhcp-authoritative
dhcp-range=192.0.2.50,192.0.2.90,255.255.255.0,1h
dhcp-range=2001:db8:1::50,2001:db8:1::90,64,1h
dhcp-leasefile={folder}/leases
pid-file={folder}/dnsmasq.pid
host-record=relay.lab.test,198.51.100.7,2001:db8:2::7
cname=alias.lab.test,second.lab.test
cname=second.lab.test,relay.lab.test
'''

CLIENT = '''send host-name "LAPTOP-7";
send vendor-class-identifier "MSFT 5.0";
send fqdn.fqdn "laptop-7.lab.test.";
send fqdn.encoded on;
request subnet-mask, routers, domain-name-servers, domain-name;
also request dhcp6.name-servers, dhcp6.domain-search;
'''

SCRIPT = '''#!/bin/sh
case $reason in
    BOUND) ip addr add "$new_ip_address/24" dev "$interface" ;;
    BOUND6) ip addr add "$new_ip6_address/64" dev "$interface" nodad ;;
    PREINIT6) ip link set "$interface" up ;;
esac
'''

ASKED = [("alias.lab.test", "A"), ("relay.lab.test", "AAAA"), ("nobody.lab.test", "A")]


def expected(lab):
    """From the lease file and the query log, not from what was sent."""
    want = []
    log = lab.read("dnsmasq.log")
    host = re.search(r"client provides name: (\S+)", log)[1]
    for line in lab.read("leases").splitlines():
        part = line.split()
        if len(part) != 5:
            continue  # the server's own DUID
        if ":" in part[2]:
            want.append({"kind": "device", "protocol": "dhcpv6", "address": part[2], "host-name": host,
                         "client-id": part[4].replace(":", "")})
        else:
            want.append({"kind": "device", "protocol": "dhcp", "mac": part[1], "address": part[2], "host-name": host})
    want += [{"kind": "device", "protocol": "dhcp", "vendor-class": m} for m in
             sorted(set(re.findall(r"vendor class: (.*)", log)))]
    asked = None
    for kind, name, address in re.findall(r"(query\[\w+\]|config) (\S+) (?:from|is) (\S+)", log):
        if kind.startswith("query"):
            asked = name
            want.append({"kind": "name", "what": "dns-question", "name": name})
        elif re.match(r"[0-9a-f.:]+$", address):
            want.append({"kind": "name", "what": "dns-answer", "name": asked, "address": address})
    assert len(want) == 2 + 1 + len(ASKED) + 2, (want, lab.logs())
    return want


def record():
    need("dnsmasq", "dhclient", "dig")
    with Lab({"server": ["192.0.2.1/24", "2001:db8:1::1/64"], "client": []}) as lab:
        lab.write("dnsmasq.conf", CONFIG.format(folder=lab.folder))
        lab.write("dhclient.conf", CLIENT)
        script = lab.write("script", SCRIPT, 0o755)
        finish = lab.record("dhcp.pcap", expression=["udp"])
        lab.start("server", "dnsmasq", "-C", lab.path("dnsmasq.conf"), log="dnsmasq.log")
        lab.wait_for(lambda: "DHCP, IP range" in lab.read("dnsmasq.log"))
        lab.wait_for(lambda: b"tentative" not in lab.run("client", "ip", "addr", "show", "eth0").stdout)
        for family in ("-4", "-6"):
            lab.start("client", "dhclient", family, "-d", "-cf", lab.path("dhclient.conf"), "-sf", script, "-lf", lab.path("lease" + family),
                      "-pf", lab.path("pid" + family), "eth0", log="dhclient%s.log" % family)
        lab.wait_for(lambda: len([x for x in lab.read("leases").splitlines() if len(x.split()) == 5]) == 2, 30)
        lab.wait_for(lambda: b"192.0.2." in lab.run("client", "ip", "addr", "show", "eth0").stdout)
        for name, kind in ASKED:
            lab.run("client", "dig", "+tries=1", "@192.0.2.1", name, kind)
        path = finish()
        return open(path, "rb").read(), expected(lab)
