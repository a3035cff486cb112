# SPDX-License-Identifier: BSD-2-Clause
"""A state file between runs: what two runs find is what one would have found; each way in which the file can fail."""
import calendar
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import tempfile
import time

import bad_input
import cases
import craft
from cases_session import RDP_START

QUIET = 2400  # seconds without a packet after which nothing of the packet side is under way
PAUSE = 2     # no message and its answer, or handshake, is torn apart by a cut in one
SHORT = 0.7   # nor in one of these behind a login, which comes first
LOGINS = 3    # after so many of a scenario's it is cut
# An alert is written anew by the run that goes on, whose packets have other numbers. The end of a run is a sign of life of
# what is open.
WHEN = ("update", "time", "first-seen", "last-seen", "evidence")
LASTS = re.compile(r"at least \d+ s\b")
# Not kept: what an address was looked up as, when a tool shows no name of its own; what the minutes before the cut had shown of
# a session's being controlled, when too few come after it to show it again; which peers STUN has told within the hour.
# A program that waits is told to live at the end of a run: a call's peer right behind that seems to be its.
TORN = ("a relay that shows no name has the one that was looked up", "Chrome Remote Desktop over a TURN relay, whose peer is in China",
        "the same laptop in a call: voices both ways, its camera on",
        "recorded inside: the farm's full tunnel, driven by VNC through a TURN relay", "recorded at all three places at once",
        "recorded inside: the same help desk, whose tool nobody approved")
CHECKS = []
check = bad_input.keeper(CHECKS)


def run(binary, *arguments, **more):
    return subprocess.run([binary, "-q", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60, **more)


def verdict(r, status, words):
    said = r.stderr.decode(errors="replace")
    wrong = ["does not say %r: %s" % (word, said.strip()) for word in words if word not in said]
    return wrong + (["exit %d: %s" % (r.returncode, said.strip())] if r.returncode != status else [])


def last_documents(*outputs):
    return {a["id"]: a for data in outputs for a in map(json.loads, data.decode().splitlines())}


def without_when(value):
    if isinstance(value, list):
        return [without_when(v) for v in value]
    if isinstance(value, dict):
        return {k: without_when(v) for k, v in value.items() if k not in WHEN}
    return LASTS.sub("some time", value) if isinstance(value, str) else value


def differences(whole, parts):
    wrong = []
    for key in sorted(set(whole) | set(parts)):
        one, two = without_when(whole.get(key, {})), without_when(parts.get(key, {}))
        wrong += ["%s: %s: %s in one run, %s in two" % ((one or two)["alert"], field, one.get(field), two.get(field))
                  for field in sorted(set(one) | set(two)) if one.get(field) != two.get(field)]
    return wrong


def cuts_of(world, every, number):
    """Where it is quiet; in its midst, be sessions open or not; right behind a login. All of them, or one of each kind."""
    times = sorted(p[0] for p in world.packets)
    quiet = [b for a, b in zip(times, times[1:]) if b - a >= QUIET]
    pauses = [i for i in range(1, len(times)) if times[i] - times[i - 1] >= PAUSE]
    midst = [times[min(pauses, key=lambda i: abs(i - len(times) * part // 4))] for part in (1, 2, 3)] if pauses else []
    logins = [b for login in sorted(world.logins)[:LOGINS] for b in
              [b for a, b in zip(times, times[1:]) if a >= login and b - a >= SHORT][:1]]
    chosen = [quiet[:2], midst, logins] if every else [k[number % len(k):][:1] for k in (quiet[:2], midst, logins) if k]
    return [(cut, cut in quiet) for cut in sorted({cut for kind in chosen for cut in kind})]


def stored(state, output):
    """What the run said and stored: what it made at its end of that which waits is not, so that the next one may judge
    otherwise."""
    db = sqlite3.connect(state)
    known = {"%016x" % (row[0] & (1 << 64) - 1) for row in db.execute("SELECT id FROM finding")}
    db.close()
    return {k: a for k, a in last_documents(output).items() if a["alert"] == "case" or k in known}


def cut_in_two(binary, folder, world, cut, options):
    names = [os.path.join(folder, half + ".pcap") for half in "ab"]
    state = os.path.join(folder, "state%d" % (cut * 1000000))
    for name, late in zip(names, (False, True)):
        half = craft.World()
        half.wire = world.wire
        half.packets = [p for p in world.packets if (p[0] >= cut) == late]
        half.write(name)
    first = run(binary, "-r", names[0], "-o", "json:-", "--state", state, "-j", "1", *options)
    wrong = verdict(first, 0, [])
    parts = {} if wrong else stored(state, first.stdout)
    second = run(binary, "-r", names[1], "-o", "json:-", "--state", state, "-j", "2", *options)
    return {**parts, **last_documents(second.stdout)}, wrong + verdict(second, 0, []), (names[0], state)


def split(binary, case, options_of, number, every):
    """One scenario, cut in two: two runs with a state file against one without."""
    world = craft.World()
    case["build"](world)
    wrong = []
    with tempfile.TemporaryDirectory() as folder:
        options = options_of(case, folder)
        capture = os.path.join(folder, "whole.pcap")
        world.write(capture)
        whole = last_documents(run(binary, "-r", capture, "-o", "json:-", *options).stdout)
        for cut, is_quiet in cuts_of(world, every, number):
            if not is_quiet and case["name"] in TORN:
                continue
            parts, failed, (first, state) = cut_in_two(binary, folder, world, cut, options)
            wrong += failed + ["cut at %.2f: %s" % (cut, d) for d in differences(whole, parts)]
            again = run(binary, "-r", first, "-o", "json:-", "--state", state, *options)
            if again.stdout:
                wrong.append("cut at %.2f: the first half counts twice: %s" % (cut, again.stdout.decode()[:200]))
    return wrong


def splits(options_of, every):
    return [("in two: " + c["name"], lambda binary, c=c, i=i: split(binary, c, options_of, i, every)) for i, c in enumerate(cases.CASES)]


@check("an update stays one")
def _(binary, folder, good):
    state = os.path.join(folder, "s.db")
    later = os.path.join(folder, "later.pcap")
    world = craft.World()
    world.login(cases.T + cases.DAY, "CONTRACTOR1", cases.CHINA, "10.8.0.5")
    world.write(later)
    first = last_documents(run(binary, "-r", good, "--state", state, "-o", "json:-").stdout)
    r = run(binary, "-r", later, "--state", state, "-o", "json:-")
    documents = [json.loads(line) for line in r.stdout.decode().splitlines()]
    egress = [a for a in documents if a["alert"] == "egress-country"]
    wrong = verdict(r, 0, [])
    if len(egress) != 1 or egress[0]["id"] not in first or not egress[0].get("update") or egress[0]["count"] != 2:
        wrong.append("not one update of the first run's finding: %s" % documents)
    elif egress[0]["subject"]["account"] != "contractor1":
        wrong.append("not as first seen: %s" % egress[0]["subject"])
    if os.stat(state).st_mode & 0o077:
        wrong.append("others can read it: %o" % os.stat(state).st_mode)
    return wrong + (["left beside it: %s" % os.listdir(folder)] if os.path.exists(state + "-wal") else [])


@check("a replay without --state leaves the configured file alone")
def _(binary, folder, good):
    state = os.path.join(folder, "s.db")
    r = run(binary, "-r", good, "--set", "state=" + state)
    return verdict(r, 0, []) + (["it was made"] if os.path.exists(state) else [])


def refused(binary, folder, good, content, words):
    """The file is named, so is what to do, and it is as it was."""
    state = os.path.join(folder, "s.db")
    with open(state, "wb") as f:
        f.write(content)
    wrong = verdict(run(binary, "-r", good, "--state", state), 2, ["s.db", *words])
    with open(state, "rb") as f:
        return wrong + (["it was changed"] if f.read() != content else [])


def state_of(binary, folder, good):
    state = os.path.join(folder, "made.db")
    run(binary, "-r", good, "--state", state)
    with open(state, "rb") as f:
        return f.read()


@check("no database at all")
def _(binary, folder, good):
    return refused(binary, folder, good, b"accounts: none\n" * 300, ["move it away"])


@check("a damaged one")
def _(binary, folder, good):
    content = state_of(binary, folder, good)
    return refused(binary, folder, good, content[:4096] + b"\xa5" * 4096 + content[8192:], ["damaged", "move it away"]) \
        + refused(binary, folder, good, content[:len(content) // 2 + 100], ["damaged", "move it away"])


@check("that of a newer version")
def _(binary, folder, good):
    state_of(binary, folder, good)
    path = os.path.join(folder, "made.db")
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with open(path, "rb") as f:
        return refused(binary, folder, good, f.read(), ["newer", "99"])


def older(folder):
    path = os.path.join(folder, "v1.db")
    with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "state_v1.sql")) as f:
        sql = f.read()
    db = sqlite3.connect(path)
    db.executescript(sql)
    db.close()
    return path


def schema(path):
    db = sqlite3.connect(path)
    found = dict(db.execute("SELECT name, sql FROM sqlite_master")), db.execute("PRAGMA user_version").fetchone()[0]
    db.close()
    return found


@check("that of an older version is brought up to date, and goes on")
def _(binary, folder, good):
    path, wrong = older(folder), []
    world = craft.World()
    world.login(cases.T + cases.DAY, "contractor1", cases.CHINA, "10.8.0.5")
    later = os.path.join(folder, "later.pcap")
    world.write(later)
    r, _ = listed(binary, path, "accounts")
    wrong += verdict(r, 2, ["v1.db", "older", "run a sensor"])
    r = run(binary, "-r", later, "--state", path, "-o", "json:-")
    wrong += verdict(r, 0, [])
    found = [(a["id"], a["count"], a.get("update"), a["subject"]["account"]) for a in last_documents(r.stdout).values()
             if a["alert"] == "egress-country"]
    if found != [("e8db6d4336f18b67", 2, True, "Contractor1")]:
        wrong.append("it does not go on: %s" % found)
    state_of(binary, folder, good)
    if schema(path) != schema(os.path.join(folder, "made.db")):
        wrong.append("it is not as a new one: %s" % (schema(path),))
    return wrong


@check("a step that fails leaves the older file as it was")
def _(binary, folder, good):
    path = older(folder)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE waiting (taken)")
    db.commit()
    db.close()
    before = schema(path)
    wrong = verdict(run(binary, "-r", good, "--state", path), 2, ["v1.db"])
    return wrong + ([] if schema(path) == before else ["it was changed: %s" % (schema(path),)])


@check("another program's database")
def _(binary, folder, good):
    path = os.path.join(folder, "theirs.db")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE bookmarks (url TEXT)")
    db.close()
    with open(path, "rb") as f:
        return refused(binary, folder, good, f.read(), ["another program"])


@check("no folder for it, or a folder in its place")
def _(binary, folder, good):
    return verdict(run(binary, "-r", good, "--state", os.path.join(folder, "no", "s.db")), 2, ["no/s.db", "folder"]) \
        + verdict(run(binary, "-r", good, "--state", folder), 2, [folder])


@check("it may not be written")
def _(binary, folder, good):
    state_of(binary, folder, good)
    path = os.path.join(folder, "made.db")
    os.chmod(path, 0o444)
    os.chmod(folder, 0o755)
    if os.geteuid() != 0:
        return verdict(run(binary, "-r", good, "--state", path), 2, ["made.db", "write"])
    if subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", binary, "-V"], stdout=subprocess.DEVNULL,
                      stderr=subprocess.DEVNULL).returncode != 0:
        raise bad_input.Skip("nobody else may run the program here")
    r = subprocess.run(["setpriv", "--reuid=65534", "--clear-groups", binary, "-q", "-r", good, "--state", path],
                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    return verdict(r, 2, ["made.db", "write"])


@check("another program holds it")
def _(binary, folder, good):
    state_of(binary, folder, good)
    path = os.path.join(folder, "made.db")
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    try:
        return verdict(run(binary, "-r", good, "--state", path), 2, ["made.db", "locked"])
    finally:
        db.close()


def observations(binary, folder, capture):
    path = os.path.join(folder, "o.json")
    run(binary, "-r", capture, "-o", "json:/dev/null", "--observations", "json:" + path)
    with open(path, "rb") as f:
        return f.read().splitlines(keepends=True)


def feed(binary, state, out, *arguments):
    return subprocess.Popen([binary, "-q", "--analyse", "-", "--state", state, "-o", "json:" + out, *arguments],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def wait_for(path):
    until = time.monotonic() + 20
    while not os.path.exists(path) and time.monotonic() < until:
        time.sleep(0.02)


@check("another farmwatch uses it")
def _(binary, folder, good):
    state = os.path.join(folder, "s.db")
    first = feed(binary, state, os.path.join(folder, "out"))
    wait_for(state + "-wal")
    wrong = verdict(run(binary, "-r", good, "--state", state), 2, ["s.db", "another farmwatch"])
    first.communicate()
    return wrong + verdict(run(binary, "-r", good, "--state", state), 0, [])


def is_stored(state, text):
    wanted = calendar.timegm(time.strptime(text[:19], "%Y-%m-%dT%H:%M:%S"))
    if not os.path.exists(state + "-wal"):
        return False
    db = sqlite3.connect(state)
    try:
        return db.execute("SELECT count(*) FROM meta WHERE clock_us >= ?", (wanted * 1000000,)).fetchone()[0] > 0
    except sqlite3.OperationalError:  # it is being made
        return False
    finally:
        db.close()


@check("killed, it goes on from its last second")
def _(binary, folder, good):
    capture = os.path.join(folder, "days.pcap")
    world = craft.World()
    for day in range(4):
        world.login(cases.T + day * cases.DAY, "contractor1", cases.CHINA, "10.8.0.5")
    world.write(capture)
    lines, state, wrong = observations(binary, folder, capture), os.path.join(folder, "s.db"), []
    half = len(lines) // 2
    first = feed(binary, state, os.path.join(folder, "out1"))
    for line in lines[:half]:
        first.stdin.write(line)
    until = time.monotonic() + 30
    while not is_stored(state, json.loads(lines[half - 1])["time"]) and time.monotonic() < until:
        first.stdin.write(lines[half - 1])  # a copy, which is no further login; what came before it is a second old at last
        first.stdin.flush()
        time.sleep(0.3)
    first.send_signal(signal.SIGKILL)
    first.communicate()
    second = feed(binary, state, os.path.join(folder, "out2"))
    said = second.communicate(b"".join(lines[half:]))[1]
    if second.returncode != 0:
        return ["exit %d after the kill: %s" % (second.returncode, said.decode())]
    whole = last_documents(run(binary, "-r", capture, "-o", "json:-").stdout)
    with open(os.path.join(folder, "out2"), "rb") as f:
        parts = last_documents(f.read())
    for key, document in parts.items():
        if document["count"] != whole[key]["count"]:
            wrong.append("%s: count %s, not %s" % (document["alert"], document["count"], whole[key]["count"]))
    return wrong + ([] if parts else ["nothing was updated"])


@check("the disk is full")
def _(binary, folder, good):
    def no_room():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, 100000))
    capture, state = os.path.join(folder, "many.pcap"), os.path.join(folder, "s.db")
    world = craft.World()
    for i in range(200):
        world.login(cases.T + 60 * i, "contractor%d" % i, cases.CHINA, "10.8.1.%d" % i)
    world.write(capture)
    country = os.path.join(folder, "country.mmdb")  # else that of the program becomes a file, which is too large
    cases.disagreeing(country)
    r = run(binary, "-r", capture, "--state", state, "-o", "json:-", "--set", "geoip.country=" + country, preexec_fn=no_room, restore_signals=False)
    wrong = verdict(r, 1, ["s.db", "cannot be written"])
    if len(last_documents(r.stdout)) < 400:
        wrong.append("alerts are missing")
    return wrong + verdict(run(binary, "-r", capture, "--state", state), 0, [])


def two_runs(binary, folder, world, cut, *options):
    """Alerts and observations of both, and what is stored after the first."""
    state, found = os.path.join(folder, "s.db"), []
    for number, late in enumerate((False, True)):
        capture, told = os.path.join(folder, "part%d.pcap" % number), os.path.join(folder, "told%d" % number)
        half = craft.World()
        half.wire = world.wire
        half.packets = [p for p in world.packets if (p[0] >= cut) == late]
        half.write(capture)
        r = run(binary, "-r", capture, "--state", state, "-o", "json:-", "--observations", "json:" + told, *options)
        if r.returncode != 0:
            raise RuntimeError(r.stderr.decode())
        with open(told) as f:
            found.append((list(last_documents(r.stdout).values()), [json.loads(line) for line in f], rows_of(state)))
    return found


def rows_of(state):
    db = sqlite3.connect(state)
    rows = {t: db.execute("SELECT count(*) FROM " + t).fetchone()[0] for t in ("session", "waiting", "finding")}
    db.close()
    return rows


def driven_for(minutes):
    world = craft.World()
    world.login(cases.T, "contractor1", cases.HOME, "10.8.0.5", session="s1")
    world.tcp(cases.T + 60, cases.GERMANY, 50000, "10.8.0.5", 3389, RDP_START + craft.driven(minutes * 60, screen_side="s"))
    return world


@check("an open session goes on under its id")
def _(binary, folder, good):
    parts = two_runs(binary, folder, driven_for(12), cases.T + 420)
    sessions = [[o for o in part[1] if o["kind"].startswith("session-") and o["flow"]] for part in parts]
    told = [[o["kind"] for o in part] for part in sessions]
    wrong = ["the first run tells %s" % told[0]] if told[0][0] != "session-open" or "session-close" in told[0] else []
    wrong += ["the second tells %s" % told[1]] if "session-open" in told[1] or told[1][-1] != "session-close" else []
    if len({o["flow"] for part in sessions for o in part}) != 1:
        wrong.append("not one flow: %s" % sessions)
    closed = sessions[1][-1]
    if closed["bytes-in"] < 12 * 60 * 6000 or closed["duration-us"] < 12 * 60 * 990000:
        wrong.append("not its totals: %s" % closed)
    control = [a for part in parts for a in part[0] if a["alert"] == "remote-control"]
    if any(a["count"] != 1 or a["id"] != control[0]["id"] for a in control) or control[0]["severity"] != "high":
        wrong.append("not one session: %s" % control)
    return wrong + (["kept: %s, %s" % (parts[0][2], parts[1][2])] if (parts[0][2]["session"], parts[1][2]["session"]) != (1, 0) else [])


@check("one that does not come again ends")
def _(binary, folder, good):
    world = driven_for(8)
    world.packets = [p for p in world.packets if p[0] < cases.T + 300]
    for day in (1, 2):
        world.login(cases.T + day * cases.DAY, "contractor1", cases.HOME, "10.8.0.5")
    parts = two_runs(binary, folder, world, cases.T + 600)
    return ["kept: %s, %s" % (parts[0][2], parts[1][2])] if (parts[0][2]["session"], parts[1][2]["session"]) != (1, 0) else []


@check("what waits for its login is judged by the run that sees it")
def _(binary, folder, good):
    world = craft.World()
    world.tcp(cases.T, cases.DPRK, 40000, "198.51.100.10", 443, craft.tls_start("vpn.example.com"))
    world.login(cases.T + 10, "contractor1", cases.DPRK, "10.8.0.5")
    first, second = two_runs(binary, folder, world, cases.T + 5, "--set", "networks.vpn-gateways=[198.51.100.10]")
    subjects = [[(a["alert"], a["subject"].get("account")) for a in part[0] if a["alert"] != "case"] for part in (first, second)]
    wrong = []
    if ("dprk-network", None) not in subjects[0]:
        wrong.append("the first run says nothing at its end: %s" % subjects[0])
    if first[2]["finding"] != 0 or first[2]["waiting"] == 0:
        wrong.append("it stored %s" % first[2])
    if ("dprk-network", "contractor1") not in subjects[1] or any(who is None for _, who in subjects[1]):
        wrong.append("the second says %s" % subjects[1])
    return wrong


def telling(folder):
    """A capture that makes a case of two findings."""
    path = os.path.join(folder, "good.pcap")
    world = craft.World()
    world.login(cases.T, "contractor1", cases.DPRK, "10.8.0.5")
    world.login(cases.T + cases.HOUR, "contractor1", cases.CHINA, "10.8.0.6")
    world.write(path)
    return path


def listed(binary, state, what, *arguments):
    r = run(binary, "--state", state, "--list", what, *arguments)
    return r, r.stdout.decode()


@check("what is known is listed, while a sensor runs too")
def _(binary, folder, good):
    state, good, wrong = os.path.join(folder, "s.db"), telling(folder), []
    alerts = [json.loads(line) for line in run(binary, "-r", good, "--state", state, "-o", "json:-").stdout.decode().splitlines()]
    case = [a for a in alerts if a["alert"] == "case"][-1]
    holder = feed(binary, state, os.path.join(folder, "out"))
    wait_for(state + "-wal")
    for what, words in (("cases", ["SCORE", case["id"], "contractor1"]), ("accounts", ["contractor1", "10.8.0.6", "CN", "KP"]),
                        ("sites", [cases.CHINA, "CN", "contractor1"]), ("devices", ["ADDRESS", "VENDOR"])):
        r, text = listed(binary, state, what)
        wrong += verdict(r, 0, []) + ["--list %s does not say %s: %s" % (what, w, text) for w in words if w not in text]
        heading, *rows = text.splitlines()
        starts = [i for i in range(2, len(heading)) if heading[i - 2:i] == "  " and heading[i] != " "]
        if not all(row[i - 2:i] == "  " for row in rows for i in starts):
            wrong.append("--list %s is not aligned: %s" % (what, text))
        r, text = listed(binary, state, what, "-o", "json:-")
        rows = [json.loads(line) for line in text.splitlines()]
        if what == "cases" and (len(rows) != 1 or rows[0]["score"] != case["score"] or rows[0]["severity"] != case["severity"]):
            wrong.append("--list cases says %s of %s" % (rows, case))
    holder.communicate()
    return wrong + verdict(listed(binary, state, "people")[0], 2, ["people", "devices"]) \
        + verdict(listed(binary, state + ".none", "cases")[0], 2, ["s.db.none"]) \
        + verdict(run(binary, "--list", "cases"), 2, ["--state"]) \
        + verdict(run(binary, "--list", "cases", "-r", good), 2, ["--list"])


@check("what is known is listed from where nothing can be written")
def _(binary, folder, good):
    closed = os.path.join(folder, "closed 100%?#")
    os.mkdir(closed)
    state = os.path.join(closed, "s.db")
    run(binary, "-r", telling(folder), "--state", state)
    os.chmod(state, 0o444)
    os.chmod(closed, 0o555)
    os.chmod(folder, 0o755)
    try:
        r = bad_input.run_by_nobody(binary, "--state", state, "--list", "accounts")
        before = sorted(os.listdir(closed))
        return verdict(r, 0, []) + ([] if b"contractor1" in r.stdout else ["it says %s" % r.stdout]) \
            + (["it left %s" % before] if before != ["s.db"] else [])
    finally:
        os.chmod(closed, 0o755)


@check("an alert is explained, from the file and after a replay")
def _(binary, folder, good):
    state, good, wrong = os.path.join(folder, "s.db"), telling(folder), []
    alerts = [json.loads(line) for line in run(binary, "-r", good, "--state", state, "-o", "json:-").stdout.decode().splitlines()]
    for a in alerts:
        words = [a["id"], a["alert"], a["summary"], "= %d" % a["score"], "in force", "good.pcap"]
        words += ["policy.watched-countries: [CN, RU, KP]"] if a["alert"] == "egress-country" else []
        words += [f["id"] for f in a.get("findings", [])]
        words += ["packet %d" % e["source"]["packet"] for e in a["evidence"]]
        r, again = run(binary, "--state", state, "--explain", a["id"]), run(binary, "-r", good, "--explain", a["id"])
        text = r.stdout.decode()
        wrong += verdict(r, 0, []) + ["it does not say %r: %s" % (word, text) for word in words if word not in text]
        if again.stdout != r.stdout:
            wrong.append("after a replay it is %s" % again.stdout.decode())
    r = run(binary, "--state", state, "--explain", alerts[0]["id"][:8] + "00000000")
    return wrong + verdict(r, 1, [alerts[0]["id"]]) + verdict(run(binary, "--explain", "0"), 2, ["--state"]) \
        + (["said of an unknown one: %s" % r.stdout.decode()] if r.stdout else [])
