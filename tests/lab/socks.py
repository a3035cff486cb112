# SPDX-License-Identifier: BSD-2-Clause
"""A real Dante, curl as its client, a web server behind it: accept, reject. Truth: the proxy's own log."""
import os
import re
import subprocess

from lab import Lab, need

CONFIG = """logoutput: {folder}/sockd.log
internal: 192.0.2.1 port = 1080
external: 192.0.2.1
clientmethod: none
socksmethod: username
user.privileged: root
user.unprivileged: nobody
client pass {{
    from: 192.0.2.0/24 to: 0.0.0.0/0
    log: error
}}
socks pass {{
    from: 192.0.2.0/24 to: 0.0.0.0/0
    log: connect error
}}
"""
USERS = {"contractor1": "one", "svc-build": "two"}
REQUESTS = [("contractor1", "one"), ("contractor1", "wrong"), ("svc-build", "two"), ("nobody-here", "x")]
# `ip netns exec` has given the server a mount namespace of its own: its users are nobody else's.
START = "mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow && exec danted -f {folder}/danted.conf"


def hashed(password):
    return subprocess.run(["openssl", "passwd", "-6", password], check=True, stdout=subprocess.PIPE).stdout.decode().strip()


def expected(lab):
    """From the proxy's log: who was let in, who was not, and where to."""
    want = []
    for line in lab.read("sockd.log").splitlines():
        m = re.search(r"pass\(\d+\): tcp/connect \[: username%([^@]+)@\S+ \S+ -> \S+ (\S+)\.(\d+)$", line)
        if m:
            want += [{"kind": "login", "protocol": "socks", "method": "socks5", "account": m[1], "result": "success"},
                     {"kind": "session-open", "app": "SOCKS proxy", "target": "%s:%s" % (m[2], m[3])}]
        m = re.search(r'password authentication failed for user "([^"]+)"|could not access user "([^"]+)"', line)
        if m:
            want.append({"kind": "login", "protocol": "socks", "method": "socks5", "account": m[1] or m[2], "result": "failure"})
    assert sum(w["kind"] == "login" for w in want) == len(REQUESTS), (want, lab.logs())
    return want


def record():
    need("danted", "curl", "openssl")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"], "web": ["192.0.2.3/24"]}) as lab:
        lab.write("danted.conf", CONFIG.format(folder=lab.folder))
        names = ["root:x:0:0:root:/:/bin/false", "nobody:x:65534:65534:nobody:/:/bin/false"]
        names += ["%s:x:%d:65534::/:/bin/false" % (u, 2000 + n) for n, u in enumerate(USERS)]
        lab.write("passwd", "\n".join(names) + "\n")
        lab.write("shadow", "".join("%s:%s:19000:0:99999:7:::\n" % (u, hashed(p)) for u, p in USERS.items()), 0o600)
        lab.start("web", "python3", "-m", "http.server", "80", "--directory", os.path.dirname(lab.write("www/index.html", "")), log="web.log")
        lab.start("server", "sh", "-c", START.format(folder=lab.folder), log="danted.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("server", "ss", "-ltn", "sport = :1080").stdout)
        lab.wait_for(lambda: b"LISTEN" in lab.run("web", "ss", "-ltn", "sport = :80").stdout)
        finish = lab.record("socks.pcap", expression=["tcp"])
        for user, password in REQUESTS:
            lab.run("client", "curl", "-s", "-m", "10", "--socks5", "192.0.2.1:1080", "--proxy-user", "%s:%s" % (user, password), "-I",
                    "http://192.0.2.3/")
        path = finish()
        return open(path, "rb").read(), expected(lab)

