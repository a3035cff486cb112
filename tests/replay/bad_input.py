# SPDX-License-Identifier: BSD-2-Clause
"""One black-box check per failure mode: the message names the thing, the exit status is right, the rest is processed."""
import os
import stat
import struct
import subprocess
import tempfile

import cases
import craft

CHECKS = []


class Skip(Exception):
    pass


def check(name):
    def keep(function):
        def with_folder(binary):
            with tempfile.TemporaryDirectory() as folder:
                good = os.path.join(folder, "good.pcap")
                world = craft.World()
                world.login(cases.T, "contractor1", cases.CHINA, "10.8.0.5")
                world.write(good)
                return function(binary, folder, good)
        CHECKS.append((name, with_folder))
        return function
    return keep


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
        if os.geteuid() != 0:
            return verdict(run(binary, "-r", closed, "-r", good), 1, ["closed", "Permission denied"], True)
        os.chmod(folder, 0o755)
        os.chmod(good, 0o644)
        try:
            r = subprocess.run(["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", binary, "-r", closed, "-r", good],
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)
        except FileNotFoundError:
            raise Skip("no setpriv")
        if b"Permission denied" in r.stderr and b"closed" not in r.stderr:
            raise Skip("the program itself cannot be run by another user here")
        return verdict(r, 1, ["closed", "Permission denied"], True)
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


@check("a missing configuration file")
def _(binary, folder, good):
    return verdict(run(binary, "-c", folder + "/nowhere.yaml", "-r", good), 2, ["nowhere.yaml"])


@check("a missing database")
def _(binary, folder, good):
    path = config(folder, "geoip: {city: nowhere.mmdb}\n")
    return verdict(run(binary, "-c", path, "-r", good), 2, ["nowhere.mmdb"]) + verdict(run(binary, "-c", path, "-T"), 2, ["nowhere.mmdb"])


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


@check("usage")
def _(binary, folder, good):
    return verdict(run(binary), 2, ["-r"]) + verdict(run(binary, "--nonsense"), 2, ["--nonsense"]) \
        + verdict(run(binary, "-r"), 2, ["-r"])


@check("observations with damaged lines")
def _(binary, folder, good):
    out = os.path.join(folder, "o.json")
    run(binary, "-q", "-r", good, "--observations", "json:" + out)
    damaged = write(folder, "d.json", b"{\"kind\":\n" + open(out, "rb").read() + b"[1,2]\n")
    return verdict(run(binary, "--analyse", damaged), 1, ["d.json", "1"], True)
