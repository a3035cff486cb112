#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Databases for test_geoip_database.c in the shapes of MaxMind's products, over the documentation's networks and AS numbers (RFC 5737,
RFC 3849, RFC 5398), and damaged ones.

    geo_databases.py FOLDER
"""
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "replay"))
import mmdb  # noqa: E402


def country(code):
    return {"country": {"iso_code": code, "names": {"en": "Country " + code}}}


def line(connection, user=None):
    return {"traits": {"connection_type": connection, **({"user_type": user} if user else {})}}


def asn(number, organisation):
    return {"autonomous_system_number": number, "autonomous_system_organization": organisation}


DATABASES = {
    "city": ("GeoIP2-City", {
        "198.51.100.0/24": {**mmdb.city("GB", "Leeds", 53.75, -1.5, 20), "subdivisions": [{"names": {"en": "England"}}]},
        "203.0.113.0/25": {**country("BT"), "location": {"latitude": 27.5, "longitude": 90.5, "accuracy_radius": 300}},
        "2001:db8:1::/48": mmdb.city("NO", "Bergen", 60.25, 5.25, 50)}),
    "country": ("GeoIP2-Country", {
        "198.51.100.0/24": country("GB"), "203.0.113.0/25": country("IN"), "192.0.2.0/24": country("JP")}),
    "asn": ("GeoLite2-ASN", {"198.51.100.0/24": asn(64496, "Example Net"), "2001:db8:1::/48": asn(64497, "Example Six")}),
    "enterprise": ("GeoIP2-Enterprise", {
        "198.51.100.0/25": {**mmdb.city("US", "Chester", 40.5, -75.5, 20), "subdivisions": [{"names": {"en": "Ohio"}}],
                            "traits": {**asn(64498, "Example Cable"), **line("Cable/DSL", "residential")["traits"]}},
        "198.51.100.128/25": {**country("GB"), **line("Corporate", "government")}}),
    "anonymous-ip": ("GeoIP2-Anonymous-IP", {
        "192.0.2.0/28": {"is_anonymous": True, "is_anonymous_vpn": True, "is_tor_exit_node": True},
        "192.0.2.16/28": {"is_anonymous": True, "is_anonymous_vpn": True},
        "192.0.2.32/28": {"is_anonymous": True, "is_hosting_provider": True},
        "192.0.2.48/28": {"is_anonymous": True, "is_public_proxy": True}}),
    "connection-type": ("GeoIP2-Connection-Type", {
        "192.0.2.64/28": {"connection_type": "Cellular"}, "192.0.2.80/28": {"connection_type": "Cable/DSL"},
        "192.0.2.96/28": {"connection_type": "Corporate"}, "192.0.2.112/28": {"connection_type": "Satellite"}}),
    "isp": ("GeoIP2-ISP", {
        "192.0.2.64/28": asn(64499, "Example Mobile"), "192.0.2.128/28": asn(64500, "Example Hosts"),
        "192.0.2.144/28": {**asn(64501, "Example Radio"), "mobile_country_code": "001", "mobile_network_code": "01"}}),
    "residential-proxy": ("GeoIP-Residential-Proxy", {
        "203.0.113.7/32": {"provider_name": "example-proxies", "anonymizer_confidence": 90}}),
}


def damage(folder, name):
    """Cut short, and with bytes overwritten: in the tree, in the records, in the metadata."""
    with open(os.path.join(folder, name + ".mmdb"), "rb") as f:
        whole = f.read()
    marker = whole.rindex(b"MaxMind.com")
    spoilt = {"cut-%d" % part: whole[:len(whole) * part // 5] for part in range(1, 5)}
    for part in range(12):
        at = len(whole) * part // 12
        spoilt["ones-%d" % part] = whole[:at] + b"\xff" * 8 + whole[at + 8:]
    for at in range(marker + 11, len(whole), 5):
        spoilt["metadata-%d" % at] = whole[:at] + bytes([whole[at] ^ 0x5f]) + whole[at + 1:]
    for how, data in spoilt.items():
        with open(os.path.join(folder, "damaged-%s-%s.mmdb" % (name, how)), "wb") as f:
            f.write(data)


def main(folder):
    for name, (kind, records) in DATABASES.items():
        mmdb.write(os.path.join(folder, name + ".mmdb"), kind, records)
    mmdb.write(os.path.join(folder, "ipv4-only.mmdb"), "Test", {"198.51.100.0/24": {"ip": "198.51.100.0"}}, version=4)
    with open(os.path.join(folder, "text.mmdb"), "w") as f:
        f.write('[{"198.51.100.0/24": {"country": {"iso_code": "GB"}}}]\n')
    for name in ("city", "anonymous-ip"):
        damage(folder, name)


if __name__ == "__main__":
    main(sys.argv[1])
