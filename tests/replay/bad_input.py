# SPDX-License-Identifier: BSD-2-Clause
"""One black-box check per failure mode: the message names the thing, the exit status is right, the rest is processed."""
import json
import os
import resource
import signal
import stat
import struct
import subprocess
import tempfile
import time

import cases
import craft
import mmdb

CHECKS = []


class Skip(Exception):
    pass


def keeper(checks):
    """A decorator that adds to checks: each gets a folder of its own, and in it a capture with one alert."""
    def check(name):
        def keep(function):
            def with_folder(binary):
                with tempfile.TemporaryDirectory() as folder:
                    good = os.path.join(folder, "good.pcap")
                    world = craft.World()
                    world.login(cases.T, "contractor1", cases.CHINA, "10.8.0.5")
                    world.write(good)
                    return function(binary, folder, good)
            checks.append((name, with_folder))
            return function
        return keep
    return check


check = keeper(CHECKS)


def verdict(r, status, words, alert=None):
    """words: what stderr must say; alert: whether the good capture's alert must still come out."""
    wrong, said = [], r.stderr.decode(errors="replace")
    if r.returncode != status:
        wrong.append("exit %d, expected %d; stderr: %s" % (r.returncode, status, said))
    wrong += ["stderr does not say %r: %r" % (word, said) for word in words if word.lower() not in said.lower()]
    if alert and b"egress-country" not in r.stdout:
        wrong.append("the good capture was not processed")
    return wrong


def run(binary, *arguments, **more):
    more.setdefault("stdout", subprocess.PIPE)
    return subprocess.run([binary, *arguments], stderr=subprocess.PIPE, timeout=60, **more)


def run_by_nobody(binary, *arguments):
    """Without the privileges of root, who may read and write everything."""
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] if os.geteuid() == 0 else []
    try:
        r = subprocess.run([*nobody, binary, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
    except FileNotFoundError:
        raise Skip("no setpriv")
    if r.returncode == 127 or b"failed to execute" in r.stderr:
        raise Skip("the program itself cannot be run by another user here")
    return r


def write(folder, name, data):
    path = os.path.join(folder, name)
    with open(path, "wb") as f:
        f.write(data)
    return path


@check("unknown link type")
def _(binary, folder, good):
    path = write(folder, "odd.pcap", struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 147)
                 + struct.pack("<IIII", 1, 0, 4, 4) + b"abcd")
    return verdict(run(binary, "-r", path, "-r", good), 1, ["147"], True) or verdict(run(binary, "-q", "-r", path), 1, ["147"])


@check("a capture without packets")
def _(binary, folder, good):
    path = write(folder, "none.pcap", struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
    return verdict(run(binary, "-r", path), 0, ["none.pcap", "no packets"])


@check("an empty file")
def _(binary, folder, good):
    return verdict(run(binary, "-r", write(folder, "void.pcap", b""), "-r", good), 1, ["void.pcap", "empty"], True)


@check("a folder without files")
def _(binary, folder, good):
    empty = os.path.join(folder, "hollow")
    os.mkdir(empty)
    return verdict(run(binary, "-r", empty, "-r", good), 0, ["hollow", "no files"], True) \
        + verdict(run(binary, "-r", empty), 1, ["hollow", "no files"])


@check("two captures of one name")
def _(binary, folder, good):
    for name in ("monday", "tuesday"):
        os.mkdir(os.path.join(folder, name))
        write(folder, name + "/eth0.pcap", open(good, "rb").read())
    r = run(binary, "-r", good, "-r", good)
    return verdict(run(binary, "-r", folder + "/monday", "-r", folder + "/tuesday"), 0, ["named eth0.pcap"], True) \
        + verdict(r, 0, [], True) + (["one file twice is called two"] if b"named" in r.stderr else [])


@check("a file cut in the middle of a packet")
def _(binary, folder, good):
    whole = open(good, "rb").read()
    path = write(folder, "cut.pcap", whole + struct.pack("<IIII", 1759741300, 0, 90, 90) + b"\0" * 17)
    return verdict(run(binary, "-r", path), 1, ["cut.pcap", str(len(whole))], True)


@check("no capture at all")
def _(binary, folder, good):
    return verdict(run(binary, "-r", write(folder, "text.pcap", b"hello, this is text\n" * 9), "-r", good), 1, ["text.pcap"], True)


@check("a file that is not there")
def _(binary, folder, good):
    return verdict(run(binary, "-r", folder + "/absent.pcap", "-r", good), 1, ["absent.pcap", "No such file"], True)


@check("a folder that may not be read")
def _(binary, folder, good):
    closed = os.path.join(folder, "closed")
    os.mkdir(closed, 0)
    try:
        os.chmod(folder, 0o755)
        os.chmod(good, 0o644)
        return verdict(run_by_nobody(binary, "-r", closed, "-r", good), 1, ["closed", "Permission denied"], True)
    finally:
        os.chmod(closed, stat.S_IRWXU)


def config(folder, text):
    return write(folder, "farmwatch.yaml", text.encode())


@check("an unknown configuration key")
def _(binary, folder, good):
    path = config(folder, "sensor:\n  name: edge\nlimits:\n  flow: 10\n")
    return verdict(run(binary, "-c", path, "-T"), 2, ["farmwatch.yaml:4", "limits.flow", "flows"]) \
        + verdict(run(binary, "-c", path, "-r", good), 2, ["farmwatch.yaml:4"])


@check("a bad CIDR")
def _(binary, folder, good):
    path = config(folder, "networks:\n  inside: [10.0.0.0/33]\n")
    return verdict(run(binary, "-c", path, "-T"), 2, ["farmwatch.yaml:2", "10.0.0.0/33"])


@check("a wrong type")
def _(binary, folder, good):
    return verdict(run(binary, "-T", "--set", "limits.flows=many"), 2, ["limits.flows", "--set"])


@check("a good configuration")
def _(binary, folder, good):
    return verdict(run(binary, "-T", "-c", config(folder, "sensor: {name: edge}\n")), 0, [])


@check("what a start would fail on")
def _(binary, folder, good):
    path = config(folder, "sensor: {filter: port porcupine, run-as: nobody-such}\noutputs: [{type: json, path: %s/no/such/a.json}]\n" % folder)
    wrong = verdict(run(binary, "-c", path, "-T"), 2, ["porcupine", "nobody-such", "/no/such/a.json"])
    return wrong + (["-T made a file"] if os.path.exists(folder + "/no") else [])


@check("what a start would fail on by its command line and its folders")
def _(binary, folder, good):
    wrong = []
    for options, words in ((["-r", good, "port", "porcupine"], ["porcupine"]), (["-i", "nosuch0"], ["nosuch0", "no such interface"]),
                           (["--set", "sensor.interfaces=[nosuch0]"], ["nosuch0", "no such interface"]),
                           (["-o", "json:" + folder], [folder, "Is a directory"]),
                           (["--state", folder + "/no/such/state.db"], ["/no/such/state.db", "No such file"]),
                           (["-o", "syslog:udp://192.0.2.1"], ["HOST:PORT"]), (["-o", "syslog:udp://192.0.2.1:99999"], ["HOST:PORT"]),
                           (["-o", "syslog:tls://192.0.2.1:6514"], ["TLS"]), (["-o", "syslog:udp://nowhere.invalid:514"], ["nowhere.invalid"])):
        wrong += verdict(run(binary, "-T", *options), 2, words)
    return wrong


@check("a missing configuration file")
def _(binary, folder, good):
    return verdict(run(binary, "-c", folder + "/nowhere.yaml", "-r", good), 2, ["nowhere.yaml"])


@check("a missing database")
def _(binary, folder, good):
    path = config(folder, "geoip: {city: nowhere.mmdb}\n")
    return verdict(run(binary, "-c", path, "-r", good), 2, ["nowhere.mmdb"]) + verdict(run(binary, "-c", path, "-T"), 2, ["nowhere.mmdb"])


@check("a database that is old")
def _(binary, folder, good):
    now, wrong = int(time.time()), []
    for days, words in ((29, []), (40, ["new.mmdb", "40 days ago"])):
        mmdb.write(os.path.join(folder, "new.mmdb"), "GeoLite2-Country", {"60.18.0.0/16": {"country": {"iso_code": "CN"}}}, now - 86400 * days - 60)
        r = run(binary, "-r", good, "--set", "geoip.country=" + folder + "/new.mmdb")
        wrong += verdict(r, 0, words, True) + (["it says that %d days are old" % days] if not words and b"days ago" in r.stderr else [])
    return wrong


@check("a corrupt database")
def _(binary, folder, good):
    write(folder, "bad.mmdb", b"\0" * 4096)
    return verdict(run(binary, "-c", config(folder, "geoip: {city: bad.mmdb}\n"), "-r", good), 2, ["bad.mmdb"])


@check("a closed pipe")
def _(binary, folder, good):
    read, end = os.pipe()
    os.close(read)
    try:
        return verdict(run(binary, "-r", good, stdout=end), 1, ["standard output"])
    finally:
        os.close(end)


@check("a full disk")
def _(binary, folder, good):
    if not os.path.exists("/dev/full"):
        raise Skip("no /dev/full")
    with open("/dev/full", "wb") as full:
        wrong = verdict(run(binary, "-r", good, stdout=full), 1, ["No space left"])
    r = run(binary, "-r", good, "-o", "json:/dev/full", "-o", "yaml:-")
    return wrong + verdict(r, 1, ["/dev/full", "No space left"], True)


@check("a full disk under what is only printed")
def _(binary, folder, good):
    state = os.path.join(folder, "state.db")
    run(binary, "-q", "-r", good, "--state", state)
    wrong = []
    with open("/dev/full", "wb") as full:
        for options in (["-h"], ["-V"], ["--list-tools"], ["--list-detectors", "-v"], ["--dump-config"], ["--state", state, "--list", "accounts"]):
            wrong += verdict(run(binary, *options, stdout=full), 1, ["standard output", "No space left"])
    return wrong


@check("standard input, output or error closed")
def _(binary, folder, good):
    def without(number):
        return lambda: os.close(number)
    facts = os.path.join(folder, "facts.json")
    wrong = verdict(run(binary, "-r", "-", preexec_fn=without(0)), 1, ["standard input", "Bad file descriptor"])
    wrong += verdict(run(binary, "-r", good, "--observations", "json:" + facts, preexec_fn=without(1)), 1, ["standard output", "lost"])
    wrong += [] if b"alert" not in open(facts, "rb").read() else ["alerts stand in the file of the observations"]
    return wrong + verdict(run(binary, "-r", good, preexec_fn=without(2)), 0, [], True)


@check("a terminal that hangs up, or is told not to")
def _(binary, folder, good):
    wrong = []
    for ignored in (False, True):
        ends = signal.SIG_IGN if ignored else signal.SIG_DFL
        sensor = subprocess.Popen([binary, "-r", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  preexec_fn=lambda: signal.signal(signal.SIGHUP, ends))
        sensor.stdin.write(open(good, "rb").read())
        sensor.stdin.flush()
        while b"alert: egress-country" not in sensor.stdout.readline():
            pass
        sensor.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        if (sensor.poll() is None) != ignored:
            wrong.append("SIGHUP %s it" % ("ends" if ignored else "does not end"))
        said = sensor.communicate(timeout=30)[1]
        if sensor.returncode != 0 or b"packets" not in said:
            wrong.append("exit %d, said %r" % (sensor.returncode, said))
    return wrong


@check("an output that may not grow")
def _(binary, folder, good):
    def small():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))
    country = os.path.join(folder, "country.mmdb")  # else that of the program becomes a file, which is too large
    mmdb.write(country, "GeoLite2-Country", {"60.18.0.0/16": {"country": {"iso_code": "CN"}}})
    r = run(binary, "-r", good, "--set", "geoip.country=" + country, "-o", "json:" + folder + "/short.json", "-o", "yaml:-", preexec_fn=small)
    return verdict(r, 1, ["short.json", "File too large", "lost"], True)


@check("an output that cannot be opened")
def _(binary, folder, good):
    return verdict(run(binary, "-r", good, "-o", "json:" + folder + "/no/such/folder"), 2, ["/no/such/folder"])


@check("an unknown output")
def _(binary, folder, good):
    return verdict(run(binary, "-r", good, "-o", "xml:-"), 2, ["xml"])


@check("a bad filter")
def _(binary, folder, good):
    return verdict(run(binary, "-r", good, "port", "porcupine"), 2, ["porcupine"])


@check("a good filter")
def _(binary, folder, good):
    r = run(binary, "-r", good, "udp port 1813")
    return verdict(r, 0, []) + (["the filter let a login through"] if b"egress-country" in r.stdout else [])


@check("quiet says nothing when nothing is wrong")
def _(binary, folder, good):
    r = run(binary, "-q", "-r", good)
    return verdict(r, 0, [], True) + (["it said %r" % r.stderr] if r.stderr else [])


@check("captures in which nothing is understood")
def _(binary, folder, good):
    path = write(folder, "lldp.pcap", struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1)
                 + struct.pack("<IIII", 1, 0, 60, 60) + b"\xff" * 12 + b"\x88\xcc" + b"\0" * 46)
    wrong = verdict(run(binary, "-r", path), 0, ["NOTHING WAS DECODED", "link type 1 (EN10MB)", "not-ip"])
    return wrong + verdict(run(binary, "-q", "-r", path), 0, ["NOTHING WAS DECODED", "link type 1 (EN10MB)"])


@check("usage")
def _(binary, folder, good):
    return verdict(run(binary), 2, ["-r"]) + verdict(run(binary, "--nonsense"), 2, ["--nonsense"]) \
        + verdict(run(binary, "-r"), 2, ["-r"]) + verdict(run(binary, "-i", "lo", "-i", "lo"), 2, ["lo", "twice"]) \
        + verdict(run(binary, "-r", good, "-j", "65"), 2, ["-j", "64"])


@check("observations with damaged lines")
def _(binary, folder, good):
    out = os.path.join(folder, "o.json")
    run(binary, "-q", "-r", good, "--observations", "json:" + out)
    damaged = write(folder, "d.json", b"{\"kind\":\n" + open(out, "rb").read() + b"[1,2]\n")
    return verdict(run(binary, "--analyse", damaged), 1, ["d.json", "1"], True) \
        + verdict(run(binary, "--analyse", folder + "/absent.json"), 1, ["absent.json", "No such file"])


# ---- captures and names that are odd, not damaged ----------------------------------------------
def alerts(r):
    """The last document of each finding: name -> [(accounts, count)]."""
    last = {a["id"]: a for a in map(json.loads, r.stdout.decode().splitlines())}
    out = {}
    for a in last.values():
        out.setdefault(a["alert"], []).append((a["subject"].get("account", ""), a["count"]))
    return {name: sorted(found) for name, found in out.items()}


def expect(r, status=0, words=(), **names):
    """names: what must have come out of each detector, written with underscores; an empty list is silence."""
    wrong = verdict(r, status, words)
    if not wrong:
        found = alerts(r)
        wrong = ["%s: expected %s, got %s" % (name, want, found.get(name.replace("_", "-"), []))
                 for name, want in names.items() if found.get(name.replace("_", "-"), []) != want]
    return wrong


def capture(folder, name, build, order=None):
    world = craft.World()
    build(world)
    path = os.path.join(folder, name)
    world.write(path, in_order=order)
    return path


def flap(w):
    w.login(cases.T, "contractor1", cases.ASTRILL, "10.8.0.5", session="s1")
    w.logout(cases.T + 3600, "contractor1", cases.ASTRILL, "s1", "10.8.0.5")
    w.login(cases.T + 4200, "contractor1", cases.CHINA, "10.8.0.5", session="s2")


FLAP = dict(vpn_flap=[("contractor1", 1)], egress_country=[("contractor1", 1)], anonymiser_egress=[("contractor1", 1)])


@check("the clock steps back an hour, and two hours, within a capture")
def _(binary, folder, good):
    def build(w):
        for hour, account, outside in ((2, "one", cases.CHINA), (1, "two", cases.CHINA), (0, "three", cases.HOME), (3, "two", cases.CHINA)):
            w.login(cases.T + hour * 3600, account, outside, "10.8.0.%d" % (5 + len(account)))
    path = capture(folder, "back.pcap", build, lambda p: p[1])
    return expect(run(binary, "-v", "-r", path, "-o", "json:-"), words=["earlier than one before"],
                  egress_country=[("one", 1), ("two", 2)], case=[])


@check("a clock that steps back does not turn back who was where")
def _(binary, folder, good):
    def build(w):  # a corrected clock: in the order of the capture there is no hour between them
        w.login(cases.T + 3600, "one", cases.HOME, "10.8.0.5", session="s1")
        w.logout(cases.T + 3660, "one", cases.HOME, "s1", "10.8.0.5")
        w.login(cases.T, "one", cases.HOME, "10.8.0.5", session="s2")
        w.logout(cases.T + 60, "one", cases.HOME, "s2", "10.8.0.5")
    path = capture(folder, "corrected.pcap", build, lambda p: p[1])
    return expect(run(binary, "-r", path, "-o", "json:-"), concurrent_logins=[], impossible_travel=[], account_fanout=[], case=[])


@check("two captures named out of order, and cut where a session runs")
def _(binary, folder, good):
    def part(first, last):
        def build(w):
            flap(w)
            w.packets = [p for p in w.packets if first <= p[0] - cases.T < last]
        return build
    early, late = capture(folder, "z-early.pcap", part(0, 3600), None), capture(folder, "a-late.pcap", part(3600, 9999), None)
    outs = [run(binary, "-q", *names, "-o", "json:-") for names in (("-r", late, "-r", early), ("-r", early, "-r", late))]
    return expect(outs[0], **FLAP) + expect(outs[1], **FLAP) \
        + (["the order of names changes what comes out"] if alerts(outs[0]) != alerts(outs[1]) else [])


@check("two taps that see the same packets, in two captures, count once")
def _(binary, folder, good):
    def second(w):  # behind a router, and by a clock 0.4 ms ahead
        flap(w)
        for n, (time, sequence, data) in enumerate(w.packets):
            again = bytearray(data)
            again[0:12] = b"\x02\0\0\0\0\x07\x02\0\0\0\0\x08"
            again[22] -= 1  # TTL
            again[24:26] = b"\0\0"
            again[24:26] = craft.checksum(bytes(again[14:34])).to_bytes(2, "big")
            w.packets[n] = (time + 0.0004, sequence, bytes(again))
    names = [capture(folder, "tap1.pcap", flap), capture(folder, "tap2.pcap", second)]
    return expect(run(binary, "-v", "-r", names[0], "-r", names[1], "-o", "json:-"), words=["copies of others"], concurrent_logins=[], **FLAP)


@check("accounts that look alike: only ASCII case and the realm fold")
def _(binary, folder, good):
    people = ("jdoe", "JDoe", "CORP\\JDOE", "jdoe@corp.example",       # one
              "jdoe.", "jdo\u0435", "\uff4adoe", "jd\u00f6e", "jdo\u0308e", "JD\u00d6E", "j doe", "jdoe\u200b")
    def build(w):
        for n, name in enumerate(people):
            w.login(cases.T + n * 60, name, cases.CHINA, "10.8.0.%d" % (5 + n))
    found = alerts(run(binary, "-q", "-r", capture(folder, "alike.pcap", build), "-o", "json:-")).get("egress-country", [])
    wrong = [] if sorted(count for _, count in found) == [1] * 8 + [4] else ["counts are %s" % found]
    wrong += [] if ("jdoe\\u{200b}", 1) in found else ["a space without width does not show: %s" % found]
    return wrong + ([] if ("jdoe", 4) in found else ["jdoe's four spellings are not one: %s" % found])


@check("five thousand invented accounts that fail: the real ones stay")
def _(binary, folder, good):
    def build(w):
        w.login(cases.T, "contractor1", cases.ASTRILL, "10.8.0.5", session="s1")
        w.login(cases.T + 1, "contractor2", cases.HOME, "10.8.0.6", session="s2")
        for n in range(5000):
            w.login(cases.T + 10 + n * 0.2, "x%08x" % (n * 2654435761 % 2 ** 32), cases.RUSSIA, accept=False)
        w.logout(cases.T + 3600, "contractor1", cases.ASTRILL, "s1", "10.8.0.5")
        w.login(cases.T + 4200, "contractor1", cases.CHINA, "10.8.0.5", session="s3")
    path = capture(folder, "flood.pcap", build)
    return expect(run(binary, "-q", "-r", path, "-o", "json:-", "--set", "limits.accounts=100"), **FLAP)
