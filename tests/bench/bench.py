#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""farmwatch against `ndpiReader -q` and a bare libpcap loop on the same capture: CPU and wall time, peak memory, instructions.

    bench.py BINARY [--shape mix|many|big] [--packets N] [--runs N] [--capture FILE] [--keep FILE]

The capture is built by traffic.py, or given. Times are medians of interleaved runs. Instructions are counted by callgrind on two
shorter captures of the shape and divided by the difference in packets, so that start-up does not count.
"""
import argparse
import os
import re
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
import traffic  # noqa: E402

SHORT = {"mix": (60000, 300000), "many": (20000, 80000), "big": (60000, 240000)}  # packets under callgrind
COUNT, NDPI = "pcap_next_ex count", "ndpiReader -q"


def build(path, shape, wanted):
    """In a child: the kernel counts what this process holds as the first memory of each program that it starts."""
    child = os.fork()
    if child == 0:
        try:
            traffic.build(path, shape, wanted)
        except BaseException as e:
            print(e, file=sys.stderr)
            os._exit(1)
        os._exit(0)
    if os.waitpid(child, 0)[1] != 0:
        sys.exit("cannot build " + path)


def measure(command):
    """(CPU seconds, wall seconds, peak MiB) of one run in a child of its own. Less than this script's own 20 MiB cannot be told."""
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


def count_tool(folder):
    """The loop of count.c, when there is a compiler and libpcap's headers."""
    binary = os.path.join(folder, "count")
    built = subprocess.run([os.environ.get("CC", "cc"), "-O2", "-o", binary, os.path.join(here, "count.c"), "-lpcap"])
    return binary if built.returncode == 0 else None


def commands(binary, folder):
    own = [binary, "-q", "-o", "json:/dev/null"]
    found = {"farmwatch": lambda c: [*own, "-j", "1", "-r", c],
             "farmwatch -j 2": lambda c: [*own, "-j", "2", "-r", c],
             "farmwatch, nDPI off": lambda c: [*own, "-j", "1", "--set", "classify.enabled=false", "-r", c]}
    count = count_tool(folder)
    if count:
        found[COUNT] = lambda c: [count, c]
    if shutil.which("ndpiReader"):
        found[NDPI] = lambda c: ["ndpiReader", "-q", "-i", c]
    return found


def count_instructions(tools, shape, folder):
    """{tool: instructions per packet}; none without valgrind."""
    if not shutil.which("valgrind"):
        return {}
    short, long = SHORT[shape]
    paths = [os.path.join(folder, "%d.pcap" % n) for n in (short, long)]
    for path, wanted in zip(paths, (short, long)):
        build(path, shape, wanted)
    counted = {}
    for name, command in tools.items():
        if name == "farmwatch -j 2":
            continue
        a, b = (instructions(command(path), folder) for path in paths)
        if a is not None and b is not None:
            counted[name] = (b - a) / (long - short)
    return counted


def ratio(x, y):
    return "%.2f" % (x / y) if x and y else ""


def show(middle, counted, packets):
    heads = ("", "CPU s", "wall s", "peak MiB", "kpkt/s", "instr/pkt", "CPU/nDPI", "mem/nDPI", "instr/nDPI", "instr/count")
    print("%-20s" % heads[0] + "".join("%12s" % h for h in heads[1:]))
    base = middle.get(NDPI, (None, None, None))
    for name, (cpu, wall, peak) in middle.items():
        instr = counted.get(name)
        cells = ("%.2f" % cpu, "%.2f" % wall, "%.0f" % peak, "%.0f" % (packets / wall / 1000), "%.0f" % instr if instr else "",
                 ratio(cpu, base[0]), ratio(peak, base[2]), ratio(instr, counted.get(NDPI)), ratio(instr, counted.get(COUNT)))
        print("%-20s" % name + "".join("%12s" % c for c in cells))
    print("-j 2 takes %s of the wall time of -j 1" % ratio(middle["farmwatch -j 2"][1], middle["farmwatch"][1]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binary")
    parser.add_argument("--shape", choices=traffic.SHAPES, default="mix")
    parser.add_argument("--packets", type=int, default=1500000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--capture", help="measure this file; instructions are still counted on the shape")
    parser.add_argument("--keep", help="build the capture here and leave it")
    a = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    folder = tempfile.mkdtemp(prefix="farmwatch-bench.")
    try:
        capture, packets = a.capture or a.keep or os.path.join(folder, "capture.pcap"), a.packets
        if a.capture is None:
            build(capture, a.shape, a.packets)
        tools = commands(os.path.abspath(a.binary), folder)
        if COUNT in tools:
            packets = int(subprocess.run(tools[COUNT](capture), stdout=subprocess.PIPE).stdout.split()[0])
        print("%s: %d packets, %.0f MiB" % (a.shape, packets, os.path.getsize(capture) / 1048576))
        runs = {name: [] for name in tools}
        for _ in range(a.runs):
            for name, command in tools.items():
                runs[name].append(measure(command(capture)))
        middle = {name: [statistics.median(column) for column in zip(*rows)] for name, rows in runs.items()}
        show(middle, count_instructions(tools, a.shape, folder), packets)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
