# SPDX-License-Identifier: BSD-2-Clause
"""A real Exim with a client of Python's library: AUTH PLAIN, LOGIN and CRAM-MD5, accepted and refused. Truth: the server's own log."""
import re

from lab import Lab, need

CONFIG = """primary_hostname = mail.lab.example
spool_directory = {folder}/spool
log_file_path = {folder}/spool/%s.log
pid_file_path = {folder}/spool/pid
local_interfaces = 192.0.2.1
host_lookup =
rfc1413_query_timeout = 0s
tls_advertise_hosts =
auth_advertise_hosts = *
log_selector = +smtp_no_mail
acl_smtp_rcpt = deny
begin authenticators
PLAIN:
  driver = plaintext
  public_name = PLAIN
  server_condition = ${{if eq{{$auth3}}{{${{lookup{{$auth2}}lsearch{{{folder}/users}}{{$value}}{{!}}}}}}}}
  server_set_id = $auth2
LOGIN:
  driver = plaintext
  public_name = LOGIN
  server_prompts = <| Username: | Password:
  server_condition = ${{if eq{{$auth2}}{{${{lookup{{$auth1}}lsearch{{{folder}/users}}{{$value}}{{!}}}}}}}}
  server_set_id = $auth1
CRAM:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = ${{lookup{{$auth1}}lsearch{{{folder}/users}}{{$value}}fail}}
  server_set_id = $auth1
"""
CLIENT = """
import smtplib
for mechanism in ("plain", "login", "cram_md5"):
    for user, password in (("contractor1", "one"), ("svc-build@example.com", "wrong")):
        c = smtplib.SMTP("192.0.2.1")
        c.ehlo("home.lab.example")
        c.user, c.password = user, password
        try:
            c.auth(mechanism.upper().replace("_", "-"), getattr(c, "auth_" + mechanism))
        except smtplib.SMTPAuthenticationError as error:
            print(error)
        c.quit()
"""
METHODS = {"PLAIN": "sasl-plain", "LOGIN": "sasl-login", "CRAM": "sasl-cram-md5"}
LOGINS = 6


def expected(lab):
    """From the server's log: a refusal at once, an acceptance when the connection ends."""
    want = []
    for line in lab.read("spool/main.log").splitlines():
        no = re.search(r" ([\w-]+) authenticator failed for .*535 .*\(set_id=([^)]+)\)", line)
        yes = re.search(r"no MAIL in SMTP connection from .* A=([\w-]+):(\S+)", line)
        if no or yes:
            mechanism, account = (no or yes).groups()
            want.append({"kind": "login", "method": METHODS[mechanism], "account": account, "result": "success" if yes else "failure"})
    assert len(want) == LOGINS, (want, lab.logs())
    return want


def record():
    need("exim4", "python3")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        lab.write("users", "contractor1: one\nsvc-build@example.com: two\n")
        lab.write("exim.conf", CONFIG.format(folder=lab.folder))
        lab.write("spool/none", "")
        lab.run("server", "chown", "-R", "Debian-exim", lab.path("spool"))
        lab.run("server", "chmod", "711", lab.folder)
        lab.start("server", "exim4", "-bdf", "-oX", "25", "-C", lab.path("exim.conf"), log="exim.out.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("server", "ss", "-ltn", "sport = :25").stdout)
        finish = lab.record("smtp.pcap", expression=["tcp"])
        lab.run("client", "python3", "-c", CLIENT, timeout=60)
        lab.wait_for(lambda: lab.read("spool/main.log").count("no MAIL in") >= LOGINS)
        path = finish()
        return open(path, "rb").read(), expected(lab)
