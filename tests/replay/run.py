#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Black-box replays: every scenario of cases.py, every recorded capture with its expected values, every kind of bad input.

    run.py BINARY [-k WORD] [-v]

For each scenario: the alerts are what the rules demand; -j 1, 2 and 4 give the same bytes; --analyse of the observations
gives the same alerts; evidence names packets that exist. Ends with `N passed, N failed, N skipped`.
"""
import argparse
import itertools
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import bad_input  # noqa: E402
import cases  # noqa: E402
import craft  # noqa: E402
import docs  # noqa: E402
import mmdb  # noqa: E402
import state_file  # noqa: E402
import tshark  # noqa: E402

LOUD = ("medium", "high", "critical")


def run(binary, *arguments, **more):
    return subprocess.run([binary, "-q", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=120, **more)


def dig(value, path):
    for part in path.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    return value


def matches(alert, want):
    return all(dig(alert, path) == value for path, value in want.items())


def judge(case, last):
    """What is wrong with the last documents (by id) of one scenario; empty when nothing is."""
    wrong, free = [], list(last)
    for want in case["expect"]:
        hit = next((a for a in free if matches(a, want)), None)
        if hit is None:
            near = [{k: dig(a, k) for k in want} for a in last if a["alert"] == want["alert"]]
            wrong.append("expected %s, got %s" % (want, near or [a["alert"] for a in last]))
        else:
            free.remove(hit)
    for alert in free:
        if alert["alert"] in case["absent"]:
            wrong.append("must not be there: %s %s: %s" % (alert["severity"], alert["alert"], alert["summary"]))
        elif alert["severity"] in LOUD and alert["alert"] not in case["may"]:
            wrong.append("not expected: %s %s: %s" % (alert["severity"], alert["alert"], alert["summary"]))
    return wrong


def lines(data):
    return [json.loads(line) for line in data.decode().splitlines()]


def same_whatever(binary, capture, options, folder, alerts):
    """Workers and the way through stored observations change nothing."""
    wrong, observed = [], None
    for workers in ("1", "2", "4"):
        path = os.path.join(folder, "obs" + workers)
        r = run(binary, "-r", capture, "-j", workers, "-o", "json:-", "--observations", "json:" + path, *options)
        data = open(path, "rb").read() if os.path.exists(path) else None
        observed = data if observed is None else observed
        if r.stdout != alerts:
            wrong.append("-j %s gives other alerts" % workers)
        if data != observed:
            wrong.append("-j %s gives other observations" % workers)
    r = run(binary, "--analyse", os.path.join(folder, "obs1"), "-o", "json:-", *options)
    if r.stdout != alerts:
        wrong.append("--analyse gives other alerts")
    return wrong


def options_of(case, folder):
    config = dict(case["config"])
    if case["roster"]:
        with open(os.path.join(folder, "roster.yaml"), "w") as f:
            json.dump({"contractors": case["roster"]}, f)
        config["roster"] = "roster.yaml"
    if case["indicators"]:
        with open(os.path.join(folder, "indicators.yaml"), "w") as f:
            json.dump({"indicators": case["indicators"]}, f)
        config["indicators"] = ["indicators.yaml"]
    if case["city"]:
        cases.cities(os.path.join(folder, "city.mmdb"))
        config["geoip"] = {"city": "city.mmdb"}
    if case["disagree"]:
        cases.disagreeing(os.path.join(folder, "country.mmdb"))
        config["geoip"] = {"country": "country.mmdb", "city": "country.mmdb.city"}
    for key, (kind, records) in case["databases"].items():
        mmdb.write(os.path.join(folder, key + ".mmdb"), kind, records)
        config.setdefault("geoip", {})[key] = key + ".mmdb"
    with open(os.path.join(folder, "farmwatch.yaml"), "w") as f:
        json.dump(config, f)  # JSON is YAML
    return ["-c", os.path.join(folder, "farmwatch.yaml")]


def scenario(binary, case, verbose):
    with tempfile.TemporaryDirectory() as folder:
        world = craft.World()
        case["build"](world)
        capture = os.path.join(folder, "case.pcap")
        world.write(capture)
        options = options_of(case, folder)
        r = run(binary, "-r", capture, "-o", "json:-", *options)
        if r.returncode != 0:
            return ["exit %d: %s" % (r.returncode, r.stderr.decode(errors="replace"))]
        documents = lines(r.stdout)
        last = {a["id"]: a for a in documents}
        if verbose:
            for a in last.values():
                print("    %s %s w? score %s: %s" % (a["severity"], a["alert"], a.get("score"), a.get("summary")))
        wrong = judge(case, list(last.values()))
        count = len(world.packets)
        for a in documents:
            for e in a.get("evidence", []):
                source = e.get("source", {})
                if not 1 <= source.get("packet", 1) <= count or source.get("capture", "case.pcap") != "case.pcap":
                    wrong.append("evidence names a packet that is not there: %s" % source)
        return wrong + same_whatever(binary, capture, options, folder, r.stdout)


def recorded(binary, name, where=os.path.join(here, "captures")):
    """NAME.pcap against NAME.expect: JSON lines, each a part of some observation; and no other login."""
    capture = os.path.join(where, name + ".pcap")
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        out = os.path.join(folder, "obs")
        r = run(binary, "-r", capture, "-o", "json:" + os.path.join(folder, "alerts"), "--observations", "json:" + out)
        if r.returncode != 0:
            return ["exit %d: %s" % (r.returncode, r.stderr.decode(errors="replace"))]
        observed = lines(open(out, "rb").read())
        with open(os.path.join(where, name + ".expect")) as f:
            wanted = [json.loads(line) for line in f if line.strip() and not line.startswith("#")]
        for want in wanted:
            if not any(matches(o, want) for o in observed):
                wrong.append("no observation has %s" % want)
        listed = {(w["kind"], w.get("account"), w.get("result")) for w in wanted}
        for o in observed:
            if o["kind"] in ("login", "logout") and o.get("result") != "attempt" \
                    and (o["kind"], o.get("account"), o.get("result")) not in listed:
                wrong.append("not in the server's log: %s" % {k: o.get(k) for k in ("kind", "account", "result", "method")})
        alerts = run(binary, "-r", capture, "-o", "json:-").stdout
        return wrong + same_whatever(binary, capture, [], folder, alerts)


JOBS = []


def judge_job(index):
    """(what is wrong, why it was skipped) of one job."""
    try:
        return JOBS[index][1](), None
    except bad_input.Skip as why:
        return [], str(why)
    except Exception as error:  # a broken replay is a failure of that one
        return ["%s: %s" % (type(error).__name__, error)], None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("-k", default="")
    parser.add_argument("-v", action="store_true")
    parser.add_argument("--every-cut", action="store_true", help="of a scenario in two runs, not one of each kind")
    a = parser.parse_args()
    binary = os.path.abspath(a.binary)
    jobs = [(c["name"], lambda c=c: scenario(binary, c, a.v)) for c in cases.CASES]
    folder = os.path.join(here, "captures")
    if os.path.isdir(folder):
        jobs += [("recorded: " + f[:-7], lambda f=f: recorded(binary, f[:-7])) for f in sorted(os.listdir(folder)) if f.endswith(".expect")]
    jobs += [("tshark: " + name, lambda check=check: check(binary)) for name, check in tshark.CHECKS]
    jobs += [("README: " + name, lambda check=check: check(binary)) for name, check in docs.CHECKS]
    jobs += [("state: " + name, lambda check=check: check(binary)) for name, check in state_file.splits(options_of, a.every_cut)]
    # These watch clocks, sockets and full disks: each has the machine for itself.
    alone = [("state: " + name, lambda check=check: check(binary)) for name, check in state_file.CHECKS]
    alone += [("bad input: " + name, lambda check=check: check(binary)) for name, check in bad_input.CHECKS]
    JOBS.extend(job for job in jobs + alone if a.k in job[0])
    together = sum(a.k in name for name, _ in jobs)
    passed = failed = skipped = 0
    with multiprocessing.get_context("fork").Pool(os.cpu_count()) as pool:
        results = itertools.chain(pool.imap(judge_job, range(together)), map(judge_job, range(together, len(JOBS))))
        for (name, _), (wrong, skip) in zip(JOBS, results):
            if skip is not None:
                skipped += 1
                print("SKIP %s: %s" % (name, skip))
                continue
            passed, failed = passed + (not wrong), failed + bool(wrong)
            if wrong or a.v:
                print("%s %s" % ("FAIL" if wrong else "ok  ", name))
            for line in wrong:
                print("     " + line)
    print("%d passed, %d failed, %d skipped" % (passed, failed, skipped))
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
