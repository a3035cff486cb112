# SPDX-License-Identifier: BSD-2-Clause
"""The sensor on a live interface: a few seconds of traffic are played over veth at their own pace; the alerts must be those of the
replay."""
import json
import subprocess
import time

import craft
import live_state
from lab import Lab, need

CHINA, HOME, DPRK, GATEWAY = "60.18.0.5", "73.10.0.2", "175.45.176.10", "198.51.100.10"


def traffic(path):
    """Five seconds: a login from China, three accounts from one home, an established flow with the DPRK, a scan from there."""
    world = craft.World()
    world.login(0.1, "contractor-9", CHINA, "10.8.0.9", session="s9")
    for n in range(3):
        world.login(0.5 + n, "contractor-%d" % n, HOME, "10.8.0.%d" % (11 + n), session="s%d" % n)
    world.tcp(1.0, DPRK, 50000, GATEWAY, 443, craft.tls_start("vpn.example.com") + [("s", 0.2, craft.tls_record(23, b"x" * 200))])
    world.segment(2.0, "175.45.177.9", 50001, GATEWAY, 22, 1, 0, 0x02)
    for second in range(50):
        world.dns(second * 0.1, "10.8.0.11", "10.0.0.2", "host%d.example.com" % second, sport=20000 + second)
    world.write(path)


def said(documents):
    return {(d["alert"], d.get("severity"), json.dumps(d.get("subject"), sort_keys=True)) for d in map(json.loads, documents)}


def as_replayed(binary):
    """What is wrong; empty when live and replay agree."""
    need("tcpreplay")
    with Lab({"tap": [], "wire": []}) as lab:
        capture = lab.path("traffic.pcap")
        traffic(capture)
        replay = subprocess.run([binary, "-q", "-r", capture, "-o", "json:-"], stdout=subprocess.PIPE, check=True).stdout
        out = lab.path("alerts.json")
        sensor = lab.start("tap", binary, "-i", "eth0", "-j", "2", "-o", "json:" + out, log="sensor.log")
        lab.wait_for(lambda: "listening" in lab.read("sensor.log"))
        lab.run("wire", "tcpreplay", "-q", "-i", "eth0", capture, timeout=60)
        want = said(replay.decode().splitlines())
        try:
            lab.wait_for(lambda: said(lab.read("alerts.json").splitlines()) >= want, 10)
        except RuntimeError:
            pass  # what is missing is told below
        time.sleep(0.5)
        alive = sensor.poll() is None
        sensor.terminate()
        sensor.wait(15)
        lab.processes.remove(sensor)
        seen = said(lab.read("alerts.json").splitlines())
        wrong = [] if alive else ["the sensor ended by itself: " + lab.read("sensor.log")]
        if sensor.returncode != 0:
            wrong.append("exit %d: %s" % (sensor.returncode, lab.read("sensor.log")))
        if not want:
            wrong.append("the replay itself alerts on nothing")
        if want - seen:
            wrong.append("live misses %s; sensor said: %s" % (sorted(want - seen), lab.read("sensor.log")))
        if seen - want:
            wrong.append("live adds %s" % sorted(seen - want))
        return wrong


def check(binary):
    return as_replayed(binary) + live_state.check(binary)
