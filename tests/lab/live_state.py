# SPDX-License-Identifier: BSD-2-Clause
"""A live sensor that gave up root and is killed: what it knew a second ago is in its state file, and the next one goes on."""
import json
import signal
import subprocess
import time

import craft
from cases_session import RDP_START
from lab import Lab, need

CHINA = "60.18.0.5"
GERMANY = "91.10.1.2"


def heard(path, number):
    """A login, and that part of one long session of RDP."""
    world = craft.World()
    world.tcp(0, GERMANY, 50000, "10.8.0.9", 3389, RDP_START + craft.driven(12, screen_side="s"), fin=False)
    world.packets = [p for p in world.packets if (p[0] >= 3) == (number > 1) and p[0] < 6]
    world.login(0.1 if number == 1 else 3.1, "contractor-9", CHINA, "10.8.0.9", session="s%d" % number)
    world.write(path)


def flows(text):
    return {o["flow"] for o in map(json.loads, text.splitlines()) if o["kind"].startswith("session-") and o.get("app") == "RDP"}


def watch(lab, binary, state, number):
    log, out = "sensor%d.log" % number, lab.path("alerts%d.json" % number)
    sensor = lab.start("tap", binary, "-i", "eth0", "--state", state, "--set", "sensor.run-as=nobody", "-o", "json:" + out,
                       "--observations", "json:" + lab.path("told%d.json" % number), log=log)
    lab.wait_for(lambda: "listening" in lab.read(log))
    capture = lab.path("login%d.pcap" % number)
    heard(capture, number)
    lab.run("wire", "tcpreplay", "-q", "-i", "eth0", capture, timeout=60)
    time.sleep(3)  # an alert of the first is there by then; the second knows it already, and tells its update at the end
    return sensor


def stored(binary, state):
    r = subprocess.run([binary, "--state", state, "--list", "accounts", "-o", "json:-"], stdout=subprocess.PIPE,
                       stderr=subprocess.STDOUT)
    return r.stdout.decode()


def check(binary):
    """What is wrong; empty when nothing is."""
    need("tcpreplay")
    with Lab({"tap": [], "wire": []}) as lab:
        state, wrong = lab.path("state.db"), []
        first = watch(lab, binary, state, 1)
        first.send_signal(signal.SIGKILL)
        first.wait(15)
        lab.processes.remove(first)
        if "contractor-9" not in stored(binary, state):
            wrong.append("a killed sensor left %s; it said %s" % (stored(binary, state), lab.read("sensor1.log")))
        time.sleep(5)  # sooner it were a copy of the first login
        second = watch(lab, binary, state, 2)
        second.terminate()
        second.wait(15)
        lab.processes.remove(second)
        if second.returncode != 0:
            wrong.append("exit %d: %s" % (second.returncode, lab.read("sensor2.log")))
        documents = [json.loads(line) for line in lab.read("alerts1.json").splitlines() + lab.read("alerts2.json").splitlines()]
        egress = [d for d in documents if d["alert"] == "egress-country"]
        if len({d["id"] for d in egress}) != 1 or not egress[-1].get("update") or egress[-1]["count"] != 2:
            wrong.append("not one finding seen twice: %s" % egress)
        told = [flows(lab.read("told%d.json" % number)) for number in (1, 2)]
        if len(told[0]) != 1 or told[0] != told[1]:
            wrong.append("the open session does not go on: %s" % told)
        return wrong
