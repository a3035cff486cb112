# SPDX-License-Identifier: BSD-2-Clause
"""The sensor on a live interface: a capture is played over veth; the alerts must be those of the replay."""
import json
import os
import subprocess
import time

from lab import Lab, need

OWN = ("time", "first-seen", "last-seen", "id", "evidence")  # what may differ: clocks, and the names of captures


def shape(documents):
    return sorted(json.dumps({k: v for k, v in d.items() if k not in OWN and not k.startswith("capture")}, sort_keys=True)
                  for d in documents if d.get("alert") != "health")


def check(binary, capture):
    """What is wrong; empty when live and replay agree."""
    need("tcpreplay")
    replay = subprocess.run([binary, "-q", "-r", capture, "-o", "json:-"], stdout=subprocess.PIPE, check=True).stdout
    with Lab({"tap": [], "wire": []}) as lab:
        out = lab.path("alerts.json")
        sensor = lab.start("tap", binary, "-i", "eth0", "-j", "2", "-o", "json:" + out, "-o", "yaml:" + lab.path("alerts.yaml"), log="sensor.log")
        lab.wait_for(lambda: "listening" in lab.read("sensor.log"))
        sent = lab.run("wire", "tcpreplay", "-q", "-i", "eth0", "--mbps=20", capture, timeout=60)
        time.sleep(1.5)
        alive = sensor.poll() is None
        sensor.terminate()
        sensor.wait(15)
        lab.processes.remove(sensor)
        live = lab.read("alerts.json")
        wrong = [] if alive else ["the sensor ended by itself: " + lab.read("sensor.log")]
        if sensor.returncode != 0:
            wrong.append("exit %d: %s" % (sensor.returncode, lab.read("sensor.log")))
        if b"Failed packets:            0" not in sent.stdout and b"Failed" in sent.stdout:
            wrong.append("tcpreplay lost packets: " + sent.stdout.decode())
        seen = {(d["alert"], d.get("severity"), json.dumps(d.get("subject"), sort_keys=True)) for d in map(json.loads, live.splitlines())}
        want = {(d["alert"], d.get("severity"), json.dumps(d.get("subject"), sort_keys=True)) for d in map(json.loads, replay.decode().splitlines())}
        if not want:
            wrong.append("the replay itself alerts on nothing: " + os.path.basename(capture))
        if want - seen:
            wrong.append("live misses %s; sensor said: %s" % (sorted(want - seen), lab.read("sensor.log")))
        if seen - want:
            wrong.append("live adds %s" % sorted(seen - want))
        return wrong
