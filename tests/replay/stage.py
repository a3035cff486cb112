# SPDX-License-Identifier: BSD-2-Clause
"""What scenarios are written with: a decorator that keeps them, expectations, people, places, times.

`expect`: one entry for each alert (by its last document); keys are dotted paths into the alert. What reaches medium and stands
neither in `expect` nor in `may` (names) is a failure; names in `absent` may not appear at any severity.
Weights and scores: score = 100 / (1 + exp(5 - weight)), rounded.
"""
import craft
import mmdb

T = 1759741200  # Monday 2025-10-06 09:00:00 UTC
HOUR, DAY = 3600, 86400
HOME = "73.10.0.2"        # US access network
CHINA, RUSSIA, BRITAIN, GERMANY = "60.18.0.5", "95.24.0.1", "86.1.2.3", "91.10.1.2"
DPRK = "175.45.176.10"
ASTRILL = "104.140.119.7"
GATEWAY = "198.51.100.10"
CASES = []

SEATTLE, NEW_YORK, PORTLAND = (47.6062, -122.3321), (40.7128, -74.0060), (45.5152, -122.6784)


def cities(path):
    """A city database: what stands where in the cases that need coordinates."""
    mmdb.write(path, "GeoLite2-City", {
        "73.10.0.0/16": mmdb.city("US", "Seattle", *SEATTLE, 20),
        "68.40.0.0/16": mmdb.city("US", "New York", *NEW_YORK, 20),
        "24.16.0.0/16": mmdb.city("US", "Portland", *PORTLAND, 20),
        "98.110.0.0/16": mmdb.city("US", "Nowhere exact", 39.0, -98.0, 5000),
    })


def disagreeing(path):
    mmdb.write(path, "GeoLite2-Country", {"60.18.0.0/16": {"country": {"iso_code": "CN"}}})
    mmdb.write(path + ".city", "GeoLite2-City", {"60.18.0.0/16": mmdb.city("SG", "Singapore", 1.35, 103.8, 20)})


def case(name, expect=(), may=(), absent=(), config=None, roster=None, indicators=None, city=False, disagree=False,
         databases=None):
    """databases: {key under geoip: (database type, records)}."""
    def keep(build):
        CASES.append({"name": name, "build": build, "expect": list(expect), "may": set(may), "absent": set(absent),
                      "config": config or {}, "roster": roster, "indicators": indicators, "city": city,
                      "disagree": disagree, "databases": databases or {}})
        return build
    return keep


def alert(name, severity, weight=None, **more):
    want = {"alert": name, "severity": severity}
    if weight is not None:
        from math import exp
        want["score"] = int(100 / (1 + exp(5 - weight)) + 0.5)
    want.update({k.replace("__", "."): v for k, v in more.items()})
    return want


def person(account, home=None, country="US", **more):
    entry = {"name": "Holder of " + account, "accounts": [account], "country": country}
    if home:
        entry["home"] = {"latitude": home[0], "longitude": home[1]}
    entry.update(more)
    return entry


ANYDESK, RUSTDESK = "relay-1a2b3c4d.net.anydesk.com", "rs-ny.rustdesk.com"


def tool(w, at, name, steps, laptop="10.8.0.5", port=50000, relay="203.0.113.80"):
    w.dns(at - 0.5, laptop, "10.0.0.2", name, relay, sport=port - 10000)
    return w.tcp(at, laptop, port, relay, 443, craft.tls_start(name) + steps)


TALK = [("c", 0.2, craft.tls_record(23, b"a" * 200)), ("s", 0.2, craft.tls_record(23, b"b" * 300))] * 3
