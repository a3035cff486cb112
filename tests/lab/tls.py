# SPDX-License-Identifier: BSD-2-Clause
"""Real OpenSSL servers and clients: TLS 1.2 with client certificates, accepted and refused, TLS 1.3, DTLS 1.2. Truth: what s_server and s_client print."""
import re

from lab import Lab, need

CASES = [  # port, server's words, client's words, whose certificate
    (4431, ["-tls1_2", "-Verify", "1", "-verify_return_error"], ["-tls1_2", "-servername", "one.lab.example"], "contractor1"),
    (4432, ["-tls1_2", "-Verify", "1", "-verify_return_error"], ["-tls1_2", "-servername", "two.lab.example"], "stranger"),
    (4433, ["-tls1_3"], ["-tls1_3", "-servername", "three.lab.example"], None),
    (4434, ["-dtls1_2"], ["-dtls1_2", "-servername", "four.lab.example"], None),
]


def make(lab, name, issuer=None, host="server"):
    """A key and a certificate for that common name, by the issuer or by itself."""
    key, cert = lab.path(name + ".key"), lab.path(name + ".pem")
    signer = ["-CA", lab.path(issuer + ".pem"), "-CAkey", lab.path(issuer + ".key")] if issuer else []
    lab.run(host, "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30",
            "-subj", "/CN=" + name, "-keyout", key, "-out", cert, *signer)
    return ["-key", key, "-cert", cert]


def expected(lab, port, login):
    """The name asked for, the server's certificate as the client saw it, and how the login ended."""
    text = lab.read("client%d.log" % port)
    want = [{"kind": "name", "what": "sni", "name": re.search(r"-servername (\S+)", text)[1]}]
    version = re.search(r"Protocol *: (D?)TLSv([\d.]+)|New, TLSv(1\.3)", text)
    if version and not version[3] and port != 4432:
        want.append({"kind": "name", "what": "certificate", "name": "CN=" + re.search(r"subject=CN ?= ?(\S+)", text)[1]})
    if login:
        accepted = "alert" not in text
        want.append({"kind": "login", "method": "tls-client-certificate", "account": login, "result": "success" if accepted else "failure"})
    return want


def record():
    need("openssl")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        make(lab, "ca")
        make(lab, "otherca")
        server = make(lab, "server.lab.example", "ca")
        who = {"contractor1": make(lab, "contractor1", "ca"), "stranger": make(lab, "stranger", "otherca"), None: []}
        want = []
        finish = lab.record("tls.pcap", expression=["tcp", "or", "udp"])
        for port, options, asks, login in CASES:
            words = ["openssl", "s_server", "-naccept", "1", "-accept", str(port), "-CAfile", lab.path("ca.pem"), *server, *options]
            # It ends with its input, so that has to last longer than the client needs.
            lab.start("server", "sh", "-c", "sleep 3 | " + " ".join(words), log="server%d.log" % port)
            lab.wait_for(lambda p=port: "ACCEPT" in lab.read("server%d.log" % p))
            answer = lab.run("client", "openssl", "s_client", "-connect", "192.0.2.1:%d" % port, *asks, *who[login], input=b"hello\n")
            with open(lab.path("client%d.log" % port), "wb") as f:
                f.write((" ".join(asks) + "\n").encode() + answer.stdout)
            want += expected(lab, port, login)
        path = finish()
        return open(path, "rb").read(), want
