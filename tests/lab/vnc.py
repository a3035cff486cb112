# SPDX-License-Identifier: BSD-2-Clause
"""A real TigerVNC server with its viewer: password accepted, refused, none asked, within TLS. Truth: the server's own log."""
import os
import re
import subprocess

from lab import Lab, need

NAME = "lab desktop"
# X's local sockets lie in a folder that all namespaces share; each host of the lab has mounts of its own.
SOCKETS = "mkdir -p -m 1777 /tmp/.X11-unix && mount -t tmpfs tmpfs /tmp/.X11-unix && exec "
SERVER = SOCKETS + "Xvnc :5 -geometry 320x200 -rfbport 5900 -desktop '%s' -SecurityTypes VncAuth,TLSVnc,None -PasswordFile %s -Log '*:stderr:100'"
SCREEN = SOCKETS + "Xvfb :6 -listen tcp -nolisten unix -ac -screen 0 640x480x24"
SECURITY = {"VncAuth(2)": "VNC Authentication", "None(1)": "None", "TLSVnc (258)": "TLSVnc"}
VIEWS = (("VncAuth", "right"), ("VncAuth", "wrong"), ("None", "right"), ("TLSVnc", "right"))


def expected(lab):
    want = []
    for part in re.split(r"Connections: accepted: ", lab.read("xvnc.log"))[1:]:
        address, port = re.match(r"(\S+)::(\d+)", part).groups()
        flow = {"source": address, "source-port": int(port)}
        kind = SECURITY[re.findall(r"Client requests security type (.*)", part)[-1]]
        want.append({"kind": "session-open", "app": "VNC", "class": "remote-desktop", "version": "RFB 003.008", **flow})
        want.append({"kind": "banner", "what": "vnc-security", "text": kind})
        if kind == "VNC Authentication":
            want.append({"kind": "login", "method": "vnc", "result": "success" if "starting desktop" in part else "failure", **flow})
        if kind != "TLSVnc" and "starting desktop" in part:
            want.append({"kind": "banner", "what": "vnc", "text": NAME})
    assert [w["result"] for w in want if "result" in w] == ["success", "failure"] and len(want) >= 10, (want, lab.logs())
    return want


def record():
    need("Xvnc", "xtigervncviewer", "tigervncpasswd", "Xvfb")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        for name in ("right", "wrong"):
            digest = subprocess.run(["tigervncpasswd", "-f"], input=name.encode() + b"\n", check=True, stdout=subprocess.PIPE).stdout
            with open(lab.path(name), "wb") as f:
                f.write(digest)
        finish = lab.record("vnc.pcap", expression=["port", "5900"])
        lab.start("server", "sh", "-c", SERVER % (NAME, lab.path("right")), log="xvnc.log")
        lab.start("client", "sh", "-c", SCREEN, log="xvfb.log")
        lab.wait_for(lambda: "Listening for VNC" in lab.read("xvnc.log"))
        lab.wait_for(lambda: lab.run("client", "ss", "-ltn", "sport = 6006").stdout.count(b"LISTEN") > 0)
        environment = {"PATH": os.environ["PATH"], "DISPLAY": "127.0.0.1:6", "HOME": lab.folder}
        for number, (security, password) in enumerate(VIEWS):
            log = "viewer%d.log" % number
            viewer = lab.start("client", "xtigervncviewer", "-SecurityTypes", security, "-passwd", lab.path(password), "192.0.2.1::5900",
                               log=log, env=environment)
            lab.wait_for(lambda: re.search("Enabling continuous|Authentication failure", lab.read(log)))
            lab.stop(viewer)
            lab.wait_for(lambda: lab.read("xvnc.log").count("Connections: closed") > number)
        path = finish()
        return open(path, "rb").read(), expected(lab)
