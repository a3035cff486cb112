#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
#
# Writes the network lists beside it from checkouts of their upstreams:
#
#   conf/lists/make-lists.py FOLDER      FOLDER holds x4bnet-lists_vpn, lord-alfred-ipranges,
#                                        oxl-risk-db-lists, brianhama-bad-asn-list
#
# networks-dprk.txt and tools.tsv are kept by hand. A file is a header of comments, then blocks: lines
# that begin with @ (kind, source, date, provider) hold until the next of that name, other lines are a
# prefix or an AS number.
import csv
import ipaddress
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))

UPSTREAMS = {
    "x4bnet": ("x4bnet-lists_vpn", "https://github.com/X4BNet/lists_vpn",
               "167937a76d424a1a176eccda7d929e40cedd6b40", "2026-08-22", "MIT"),
    "ipranges": ("lord-alfred-ipranges", "https://github.com/lord-alfred/ipranges",
                 "14dd971b18758c856dd47b2fc51c9376d2413c6a", "2026-08-22", "CC0-1.0"),
    "oxl": ("oxl-risk-db-lists", "https://github.com/O-X-L/risk-db-lists",
            "8b5cfb63753478321d9f9445345519c6d1cec5f9", "2025-07-05", "BSD-3-Clause"),
    "bad-asn": ("brianhama-bad-asn-list", "https://github.com/brianhama/bad-asn-list",
                "cac788be6fa162cc5eefc4658d42c5a73035da2c", "2026-03-18", "MIT"),
}

# What stands in the alerts as the list's name.
NAMES = {"x4bnet": "X4BNet lists_vpn", "ipranges": "lord-alfred ipranges",
         "oxl": "O-X-L risk-db-lists", "bad-asn": "brianhama bad-asn-list"}

# file: what it is, blocks of (upstream, input, kind, provider)
NETWORKS = {
    "networks-tor.txt": ("Tor relays", [("oxl", "ip-kind_tor.txt", "tor", None)]),
    "networks-relay.txt": ("privacy relays and CDNs: many ordinary users behind each address", [
        ("ipranges", "apple-proxy-ipv4_merged.txt", "relay", "Apple Private Relay"),
        ("ipranges", "cloudflare-ipv4.txt", "relay", "Cloudflare")]),
    "networks-vpn.txt": ("commercial VPNs", [
        ("x4bnet", "input-vpn-ips-mullvadvpn.txt", "vpn", "Mullvad"),
        ("x4bnet", "input-vpn-ips-pia.txt", "vpn", "Private Internet Access"),
        ("x4bnet", "input-vpn-ips-protonvpn.txt", "vpn", "ProtonVPN"),
        ("ipranges", "protonvpn-ipv4_merged.txt", "vpn", "ProtonVPN"),
        ("x4bnet", "output-vpn-ipv4.txt", "vpn", None),
        ("x4bnet", "output-vpn-ipv6.txt", "vpn", None)]),
    "networks-proxy.txt": ("open and residential proxies", [
        ("oxl", "ip-kind_proxy.txt", "proxy", None)]),
    "networks-hosting.txt": ("clouds and data centres", [
        ("ipranges", "amazon-ipv4_merged.txt", "hosting", "Amazon"),
        ("ipranges", "digitalocean-ipv4_merged.txt", "hosting", "DigitalOcean"),
        ("ipranges", "google-ipv4_merged.txt", "hosting", "Google"),
        ("ipranges", "linode-ipv4_merged.txt", "hosting", "Linode"),
        ("ipranges", "microsoft-ipv4_merged.txt", "hosting", "Microsoft"),
        ("ipranges", "oracle-ipv4_merged.txt", "hosting", "Oracle"),
        ("ipranges", "vultr-ipv4_merged.txt", "hosting", "Vultr"),
        ("x4bnet", "output-datacenter-ipv4.txt", "hosting", None),
        ("x4bnet", "output-datacenter-ipv6.txt", "hosting", None)]),
}

# An AS is put into the first file that has it: VPN holders host too, and so do universities.
ASNS = {
    "asn-vpn.txt": ("AS numbers of VPN providers and of those who carry them", [
        ("x4bnet", "input-vpn-ASN.txt", "vpn"), ("oxl", "asn-kind_vpn.csv", "vpn")]),
    "asn-education.txt": ("AS numbers of universities and research networks", [
        ("oxl", "asn-kind_education.csv", "education")]),
    "asn-hosting.txt": ("AS numbers of hosting companies", [
        ("oxl", "asn-kind_hosting.csv", "hosting"), ("bad-asn", "bad-asn-list.csv", "hosting"),
        ("x4bnet", "input-datacenter-ASN.txt", "hosting")]),
}
# Lists of hosting companies name some access providers, behind whom people live. Who is an access provider by this list is a
# hosting company only where the same upstream says so too.
ACCESS = ("oxl", "asn-kind_isp.csv")


# RFC 5737 and RFC 3849: in examples and test networks, never anybody's. One upstream lists them.
DOCUMENTATION = [ipaddress.ip_network(n) for n in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32")]


def read_lines(folder, upstream, name):
    path = os.path.join(folder, UPSTREAMS[upstream][0], name)
    with open(path, encoding="utf-8", newline="") as f:
        return f.read().splitlines()


def read_networks(folder, upstream, name):
    networks = {ipaddress.ip_network(line.strip(), strict=False)
                for line in read_lines(folder, upstream, name) if line.strip()}
    networks = {n for n in networks if not any(n.version == d.version and n.overlaps(d) for d in DOCUMENTATION)}
    return [n for version in (4, 6)
            for n in ipaddress.collapse_addresses(n for n in networks if n.version == version)]


def read_asns(folder, upstream, name):
    lines = read_lines(folder, upstream, name)
    if name.endswith(".csv"):
        first = (row[0] for row in csv.reader(lines[1:]) if row)
    else:
        first = (line.split("#")[0] for line in lines)
    texts = (t.strip().upper().removeprefix("AS") for t in first)
    return sorted({int(t) for t in texts if t})


def network_text(network):
    whole = network.prefixlen == network.max_prefixlen
    return str(network.network_address) if whole else str(network)


def write_list(name, title, blocks):
    """blocks: (upstream, kind, provider, lines)"""
    with open(os.path.join(HERE, name), "w", encoding="utf-8") as f:
        f.write("# %s\n# Written by make-lists.py from:\n" % title)
        for upstream in sorted({b[0] for b in blocks}):
            _, url, commit, date, licence = UPSTREAMS[upstream]
            f.write("#   %s\n#     commit %s of %s, licence %s (LICENSES)\n" %
                    (url, commit, date, licence))
        for upstream, kind, provider, lines in blocks:
            f.write("@kind %s\n@source %s\n@date %s\n@provider %s\n" % (
                kind, NAMES[upstream], UPSTREAMS[upstream][3], provider or ""))
            f.writelines(line + "\n" for line in lines)


def main():
    folder = sys.argv[1]
    for name, (title, inputs) in NETWORKS.items():
        blocks = []
        seen = set()
        for upstream, source, kind, provider in inputs:
            networks = [n for n in read_networks(folder, upstream, source) if n not in seen]
            seen.update(networks)
            blocks.append((upstream, kind, provider, [network_text(n) for n in networks]))
        write_list(name, title, blocks)
    seen, access = set(), set(read_asns(folder, *ACCESS))
    for name, (title, inputs) in ASNS.items():
        blocks = []
        for upstream, source, kind in inputs:
            asns = [a for a in read_asns(folder, upstream, source)
                    if a not in seen and (kind != "hosting" or upstream == ACCESS[0] or a not in access)]
            seen.update(asns)
            blocks.append((upstream, kind, None, ["AS%d" % a for a in asns]))
        write_list(name, title, blocks)


if __name__ == "__main__":
    main()
