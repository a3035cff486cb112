# SPDX-License-Identifier: BSD-2-Clause
"""A real rsyslog receives our alerts by UDP, TCP and unix socket; what its RFC 5424 parser read equals the alerts' JSON."""
import json
import os
import re
import time

from lab import Lab, need

CONFIG = '''module(load="imudp")
module(load="imtcp")
module(load="imuxsock" sysSock.use="off")
module(load="mmpstrucdata")
global(workDirectory="{folder}/spool" maxMessageSize="8k")
template(name="row" type="list") {{
  property(name="app-name") constant(value="\\t") property(name="msgid") constant(value="\\t") property(name="hostname")
  constant(value="\\t") property(name="syslogseverity-text") constant(value="\\t") property(name="structured-data")
  constant(value="\\t") property(name="msg") constant(value="\\n")
}}
ruleset(name="udp") {{ action(type="omfile" file="{folder}/udp.rows" template="row") }}
ruleset(name="tcp") {{ action(type="omfile" file="{folder}/tcp.rows" template="row") }}
ruleset(name="unix") {{ action(type="omfile" file="{folder}/unix.rows" template="row") }}
input(type="imudp" address="127.0.0.1" port="5514" ruleset="udp")
input(type="imtcp" address="127.0.0.1" port="5514" ruleset="tcp")
input(type="imuxsock" socket="{folder}/log.sock" createPath="on" useSpecialParser="off" parseHostname="on" ruleset="unix")
'''


def check(binary, capture):
    need("rsyslogd")
    wrong = []
    with Lab({"host": []}) as lab:
        os.mkdir(lab.path("spool"))
        lab.start("host", "rsyslogd", "-n", "-iNONE", "-f", lab.write("rsyslog.conf", CONFIG.format(folder=lab.folder)), log="rsyslogd.log")
        lab.wait_for(lambda: os.path.exists(lab.path("log.sock")))
        time.sleep(0.3)
        ran = lab.run("host", binary, "-q", "-r", capture, "-o", "json:" + lab.path("alerts.json"), "-o", "syslog:udp://127.0.0.1:5514",
                      "-o", "syslog:tcp://127.0.0.1:5514", "-o", "syslog:unix:" + lab.path("log.sock"))
        if ran.returncode != 0:
            wrong.append("exit %d: %s" % (ran.returncode, ran.stdout.decode()))
        alerts = [json.loads(line) for line in lab.read("alerts.json").splitlines()]
        alerts = [a for a in alerts if a["severity"] in ("medium", "high", "critical")]
        if not alerts:
            wrong.append("nothing to send")
        for way in ("udp", "tcp", "unix"):
            try:
                lab.wait_for(lambda: len(lab.read(way + ".rows").splitlines()) >= len(alerts), 5)
            except RuntimeError:
                wrong.append("%s: rsyslog received %d of %d" % (way, len(lab.read(way + ".rows").splitlines()), len(alerts)))
                continue
            for alert, row in zip(alerts, lab.read(way + ".rows").splitlines()):
                app, msgid, _, severity, data, text = row.split("\t", 5)
                field = dict(re.findall(r'([\w-]+)="((?:[^"\\\]]|\\.)*)"', data))
                got = (app, msgid, field.get("id"), field.get("severity"), field.get("account"))
                want = ("farmwatch", alert["alert"], alert["id"], alert["severity"], alert["subject"].get("account"))
                if got != want:
                    wrong.append("%s: got %s, expected %s" % (way, got, want))
                if alert["summary"][:60] not in text:
                    wrong.append("%s: the message is not the summary: %r" % (way, text[:120]))
    return wrong
