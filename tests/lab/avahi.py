# SPDX-License-Identifier: BSD-2-Clause
"""A real avahi-daemon that publishes a host and a web page as a KVM over IP does, asked by dig. Truth: the daemon's own log."""
import re

from lab import Lab, need

CONFIG = '''[server]
host-name=pikvm
domain-name=local
use-ipv4=yes
use-ipv6=yes
allow-interfaces=eth0
enable-dbus=no
[publish]
publish-hinfo=yes
publish-workstation=no
'''

SERVICE = '''<?xml version="1.0" standalone='no'?>
<!DOCTYPE service-group SYSTEM "avahi-service.dtd">
<service-group>
  <name>PiKVM Web</name>
  <service>
    <type>_https._tcp</type>
    <port>443</port>
    <txt-record>model=PiKVM V4</txt-record>
  </service>
</service-group>
'''


def expected(lab):
    log = lab.read("avahi.log")
    host = re.search(r"Host name is (\S+)\.local", log)[1]
    want = [{"kind": "device", "protocol": "mdns", "address": a, "host-name": host}
            for a in sorted(set(re.findall(r"Registering new address record for (\S+) on eth0", log)))]
    want += [{"kind": "device", "protocol": "mdns", "os": os} for os in re.findall(r"HINFO record with values '\w+'/'(\w+)'", log)]
    assert re.search(r'Service "PiKVM Web" .* successfully established', log), log
    want.append({"kind": "device", "protocol": "mdns", "model": "PiKVM V4"})
    for name in ("PiKVM Web._https._tcp.local", "pikvm.local"):
        want.append({"kind": "name", "what": "mdns", "name": name})
    return want


def record():
    need("avahi-daemon", "dig")
    with Lab({"kvm": ["192.168.1.20/24"], "client": ["192.168.1.2/24"]}) as lab:
        lab.write("avahi.conf", CONFIG)
        finish = lab.record("avahi.pcap", expression=["udp"])
        lab.write("services/web.service", SERVICE)
        lab.start("kvm", "unshare", "--mount", "sh", "-c",
                  "mount --bind %s /etc/avahi/services && mount -t tmpfs none /run && exec avahi-daemon -f %s --no-drop-root --no-chroot --no-rlimits"
                  % (lab.path("services"), lab.path("avahi.conf")), log="avahi.log")
        lab.wait_for(lambda: "successfully established" in lab.read("avahi.log"), 30)
        lab.run("client", "dig", "+tries=1", "+time=2", "-p", "5353", "@192.168.1.20", "pikvm.local", "A")
        path = finish()
        return open(path, "rb").read(), expected(lab)
