# SPDX-License-Identifier: BSD-2-Clause
"""A real Apache, as a server and as a proxy, with curl: Basic and Digest, accepted and refused, CONNECT. Truth: the server's access log."""
import re
import subprocess

from lab import Lab, need

SERVER = '''ServerRoot {folder}
ServerName www.lab.example
DefaultRuntimeDir {folder}
ServerTokens Prod
PidFile {folder}/pid
ErrorLog {folder}/error.log
User nobody
Group nogroup
{modules}
Listen 192.0.2.1:80
Listen 192.0.2.1:3128
DocumentRoot {folder}/pages
LogFormat "%a %{{remote}}p %{{local}}p %u %>s %{{Host}}i|%{{User-Agent}}i|%{{Accept-Language}}i|%r" truth
CustomLog {folder}/access.log truth
<Directory {folder}/pages>
    Require all granted
    ForceType text/html
</Directory>
<Location /basic/>
    AuthType Basic
    AuthName lab
    AuthBasicProvider file
    AuthUserFile {folder}/basic.users
    Require valid-user
</Location>
<Location /digest/>
    AuthType Digest
    AuthName lab
    AuthDigestProvider file
    AuthUserFile {folder}/digest.users
    Require valid-user
</Location>
<VirtualHost 192.0.2.1:3128>
    ServerName proxy.lab.example
    ProxyRequests On
    AllowCONNECT 80
    CustomLog {folder}/access.log truth
    <Proxy *>
        AuthType Basic
        AuthName proxy
        AuthBasicProvider file
        AuthUserFile {folder}/basic.users
        Require valid-user
    </Proxy>
</VirtualHost>
'''
MODULES = ("mpm_event", "authn_core", "authn_file", "authz_core", "authz_user", "auth_basic", "auth_digest", "proxy", "proxy_http",
           "proxy_connect")
PAGE = "<html><head><title>Lab page</title></head><body>x</body></html>\n"
AGENT, LANGUAGE, PROXY = "lab-browser/1.0", "ko-KR,ko;q=0.9", "http://192.0.2.1:3128"
REQUESTS = (
    ("http://192.0.2.1/plain.html",),
    ("http://192.0.2.1/basic/page.html", "-u", "contractor1:right"),
    ("http://192.0.2.1/basic/page.html", "-u", "contractor2:wrong"),
    ("http://192.0.2.1/digest/page.html", "--digest", "-u", "contractor3:right"),
    ("http://192.0.2.1/digest/page.html", "--digest", "-u", "contractor4:wrong"),
    ("http://192.0.2.1/plain.html", "-x", PROXY, "-U", "contractor5:right"),
    ("http://192.0.2.1/plain.html", "-x", PROXY, "-U", "contractor6:wrong"),
    ("http://192.0.2.1/plain.html", "-x", PROXY, "-p", "-U", "contractor7:right"),
)


def expected(lab):
    want = [{"kind": "banner", "what": "http-title", "text": "Lab page"}, {"kind": "banner", "what": "http-server", "text": "Apache"}]
    for line in lab.read("access.log").splitlines():
        head, agent, language, request = line.split("|")
        address, port, at, user, status, host = head.split(" ")
        if address != "192.0.2.2":  # the proxy asks the server for what it was asked for
            continue
        flow = {"source": address, "source-port": int(port)}
        method = "http-proxy-basic" if at == "3128" else "http-digest" if "/digest/" in request else "http-basic"
        want += [{"kind": "name", "what": "http-host", "name": host}, {"kind": "banner", "what": "http-user-agent", "text": agent}]
        if language != "-":
            want.append({"kind": "locale", "language": language})
        if user != "-":
            accepted = status == "200"
            want.append({"kind": "login", "method": method, "account": user, "result": "success" if accepted else "failure", **flow,
                         **({"inferred": True} if accepted else {})})
        target = re.match(r"CONNECT (\S+) ", request)
        if target:
            want.append({"kind": "session-open", "app": "HTTP proxy", "target": target[1], **flow})
    results = sorted((w["account"], w["result"]) for w in want if w["kind"] == "login")
    assert results == [("contractor%d" % n, "failure" if n in (2, 4, 6) else "success") for n in range(1, 8)], (results, lab.logs())
    return [w for i, w in enumerate(want) if w not in want[:i]]


def record():
    need("apache2", "htpasswd", "curl")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        for page in ("plain.html", "basic/page.html", "digest/page.html"):
            lab.write("pages/" + page, PAGE)
        for number in (1, 5, 7):
            subprocess.run(["htpasswd", "-b", "-s"] + (["-c"] if number == 1 else []) + [lab.path("basic.users"), "contractor%d" % number, "right"],
                           check=True, stderr=subprocess.DEVNULL)
        digest = subprocess.run(["md5sum"], input=b"contractor3:lab:right", check=True, stdout=subprocess.PIPE).stdout.decode().split()[0]
        lab.write("digest.users", "contractor3:lab:%s\n" % digest)
        lab.write("apache.conf", SERVER.format(folder=lab.folder, modules="\n".join(
            "LoadModule %s_module /usr/lib/apache2/modules/mod_%s.so" % (m, m) for m in MODULES)))
        finish = lab.record("web.pcap", expression=["host", "192.0.2.2"])
        lab.start("server", "apache2", "-X", "-f", lab.path("apache.conf"), log="apache.log")
        lab.wait_for(lambda: lab.run("server", "ss", "-ltn").stdout.count(b"192.0.2.1:") == 2)
        for url, *options in REQUESTS:
            lab.run("client", "curl", "-s", "-o", "/dev/null", "-A", AGENT, "-H", "Accept-Language: " + LANGUAGE, *options, url)
        lab.wait_for(lambda: lab.read("access.log").count("\n") >= len(REQUESTS) + 2)
        path = finish()
        return open(path, "rb").read(), expected(lab)
