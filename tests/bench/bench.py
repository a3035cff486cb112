#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""farmwatch against `ndpiReader -q` on the same capture: CPU time, peak memory, instructions per packet, packets per second.

    bench.py BINARY [--packets N] [--runs N] [--capture FILE]

The capture is built here: conversations of many protocols (from tests/replay, and from the Ethernet captures below
$FARMWATCH_DATA/pcap when set), copied under other addresses and interleaved in time. Times are medians of interleaved runs;
instructions are counted by callgrind on a shorter capture of the same kind.
"""
import argparse
import glob
import os
import re
import resource
import shutil
import statistics
import struct
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(here, "..", "replay"))
import cases  # noqa: E402
import craft  # noqa: E402

LARGEST = 4000  # packets of one conversation source; larger captures would drown the mix


def read_pcap(path):
    """[(seconds after the first, frame)] of a little-endian Ethernet pcap that is mostly plain IPv4; else nothing."""
    with open(path, "rb") as f:
        data = f.read()
    if data[:4] != b"\xd4\xc3\xb2\xa1" or data[20:24] != b"\1\0\0\0":
        return []
    out, at = [], 24
    while at + 16 <= len(data) and len(out) <= LARGEST:
        seconds, micro, captured, length = struct.unpack_from("<IIII", data, at)
        frame = data[at + 16:at + 16 + captured]
        if captured == length:
            out.append((seconds + micro / 1e6, frame))
        at += 16 + captured
    plain = sum(frame[12:14] == b"\x08\0" for _, frame in out)
    if not out or len(out) > LARGEST or plain < 0.9 * len(out):
        return []
    first = min(when for when, _ in out)
    return [(min(when - first, 600.0), frame) for when, frame in out]


def sources():
    found = []
    for scenario in cases.CASES:
        world = craft.World()
        scenario["build"](world)
        world.packets.sort(key=lambda p: p[0])
        first = world.packets[0][0] if world.packets else 0
        if world.packets:
            found.append([(min(when - first, 600.0), frame) for when, _, frame in world.packets])
    paths = glob.glob(os.path.join(here, "..", "replay", "captures", "*.pcap"))
    if os.environ.get("FARMWATCH_DATA"):
        paths += glob.glob(os.path.join(os.environ["FARMWATCH_DATA"], "pcap", "*.pcap"))
    return found + [packets for packets in map(read_pcap, sorted(paths)) if packets]


def build(path, wanted):
    """Writes `wanted` packets or a little more; returns how many."""
    found, packets, copy = sources(), [], 0
    while len(packets) < wanted:
        source = found[copy % len(found)]
        a, b = copy // len(found) & 0xFF, copy // len(found) >> 8 & 0xFF
        start = cases.T + copy * 0.01
        for after, frame in source:
            if frame[12:14] == b"\x08\0" and len(frame) >= 34:
                f = bytearray(frame)
                f[27] ^= a
                f[31] ^= a
                f[28] ^= b
                f[32] ^= b
                frame = bytes(f)
            packets.append((start + after, frame))
        copy += 1
    packets.sort(key=lambda p: p[0])
    with open(path, "wb", 1 << 20) as f:
        f.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
        for when, frame in packets:
            f.write(struct.pack("<IIII", int(when), int(when % 1 * 1e6), len(frame), len(frame)) + frame)
    return len(packets)


def measure(command):
    """(CPU seconds, wall seconds, peak MiB) of one run in a child of its own."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(process.pid, 0)
    process.returncode = 0
    return usage.ru_utime + usage.ru_stime, time.monotonic() - start, usage.ru_maxrss / 1024


def instructions(command, folder):
    out = os.path.join(folder, "callgrind.out")
    r = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=" + out, *command], stdout=subprocess.DEVNULL,
                       stderr=subprocess.PIPE)
    found = re.search(rb"Collected : (\d+)", r.stderr)
    return int(found[1]) if found else None


def per_packet(command_for, folder, short, long):
    """Between two lengths, so that what starting costs does not count."""
    a, b = instructions(command_for(short[0]), folder), instructions(command_for(long[0]), folder)
    return None if a is None or b is None else (b - a) / (long[1] - short[1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("--packets", type=int, default=1500000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--capture")
    a = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = tempfile.mkdtemp(prefix="farmwatch-bench.")
    try:
        capture, count = a.capture, None
        if capture is None:
            capture = os.path.join(folder, "mix.pcap")
            count = build(capture, a.packets)
        if count is None:
            count = int(re.search(rb"(\d+)\s*$", subprocess.run(["capinfos", "-TrcM", capture], stdout=subprocess.PIPE).stdout.strip())[1])
        tools = {"farmwatch": lambda c: [a.binary, "-q", "-r", c, "-j", "1", "-o", "json:/dev/null"],
                 "farmwatch, nDPI off": lambda c: [a.binary, "-q", "-r", c, "-j", "1", "-o", "json:/dev/null", "--set", "classify.enabled=false"],
                 "farmwatch -j 2": lambda c: [a.binary, "-q", "-r", c, "-j", "2", "-o", "json:/dev/null"]}
        if shutil.which("ndpiReader"):
            tools["ndpiReader -q"] = lambda c: ["ndpiReader", "-q", "-i", c]
        runs = {name: [] for name in tools}
        for _ in range(a.runs):
            for name, command in tools.items():
                runs[name].append(measure(command(capture)))
        middle = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in runs.items()}
        counted = {}
        if shutil.which("valgrind"):
            pair = []
            for wanted in (20000, 80000):
                path = os.path.join(folder, "%d.pcap" % wanted)
                pair.append((path, build(path, wanted)))
            counted = {name: per_packet(command, folder, *pair) for name, command in tools.items() if name != "farmwatch -j 2"}
        reference = middle.get("ndpiReader -q")
        print("%d packets, %.0f MiB" % (count, os.path.getsize(capture) / 1048576))
        print("%-22s %8s %8s %9s %9s %10s %7s %7s %7s" % ("", "CPU s", "wall s", "peak MiB", "kpkt/s", "instr/pkt", "CPU x", "mem x", "instr x"))
        for name, (cpu, wall, peak) in middle.items():
            ratio = ["%.2f" % (x / y) for x, y in zip((cpu, peak), (reference[0], reference[2]))] if reference else ["", ""]
            instr, base = counted.get(name), counted.get("ndpiReader -q")
            print("%-22s %8.2f %8.2f %9.0f %9.0f %10s %7s %7s %7s" % (
                name, cpu, wall, peak, count / wall / 1000, "%.0f" % instr if instr else "", *ratio,
                "%.2f" % (instr / base) if instr and base else ""))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
