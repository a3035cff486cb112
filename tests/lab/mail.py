# SPDX-License-Identifier: BSD-2-Clause
"""A real Dovecot with clients of Python's library: IMAP, POP3. Truth: the server's own log."""
import re

from lab import Lab, need

USERS = {"contractor1": "one", "svc-build": "two"}
DOVECOT = """base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
protocols = imap pop3
listen = 192.0.2.1
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5
auth_failure_delay = 0
mail_location = maildir:~/Maildir
first_valid_uid = 1
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid=nobody gid=nogroup home={folder}/mail/%u
}}
"""
CLIENT = """
import imaplib, poplib
def attempt(what):
    try:
        what()
    except Exception as error:
        print(error)
def imap(user, password, mechanism):
    c = imaplib.IMAP4("192.0.2.1")
    c.login_cram_md5(user, password) if mechanism == "cram" else c.login(user, password)
    c.logout()
def pop3(user, password):
    c = poplib.POP3("192.0.2.1")
    c.user(user); c.pass_(password); c.quit()
for user, password in (("contractor1", "one"), ("contractor1", "wrong"), ("nobody-here", "x")):
    attempt(lambda: imap(user, password, "login"))
    attempt(lambda: pop3(user, password))
attempt(lambda: imap("svc-build", "two", "cram"))
attempt(lambda: imap("svc-build", "wrong", "cram"))
"""
METHODS = {("imap", "PLAIN"): "imap-login", ("pop3", "PLAIN"): "pop3-user", ("imap", "CRAM-MD5"): "sasl-cram-md5"}
LOGINS = 8


def expected(lab):
    """From the server's log: each login, or the end of a connection without one."""
    want = []
    for line in lab.read("dovecot.log").splitlines():
        m = re.search(r"(imap|pop3)-login: Info: (Login: |.*auth failed.*?: )user=<([^>]+)>, method=([A-Z0-9-]+),", line)
        if m:
            want.append({"kind": "login", "protocol": m[1], "method": METHODS[m[1], m[4]], "account": m[3],
                         "result": "success" if m[2] == "Login: " else "failure"})
    assert len(want) == LOGINS, (want, lab.logs())
    return want


def record():
    need("dovecot", "python3")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        lab.write("users", "".join("%s:%s\n" % u for u in USERS.items()))
        lab.write("mail/none", "")
        lab.run("server", "chown", "-R", "nobody", lab.path("mail"))
        lab.write("dovecot.conf", DOVECOT.format(folder=lab.folder))
        lab.start("server", "dovecot", "-F", "-c", lab.path("dovecot.conf"), log="dovecot.out.log")
        for port in (143, 110):
            lab.wait_for(lambda: b"LISTEN" in lab.run("server", "ss", "-ltn", "sport = :%d" % port).stdout)
        finish = lab.record("mail.pcap", expression=["tcp"])
        lab.run("client", "python3", "-c", CLIENT, timeout=60)
        path = finish()
        return open(path, "rb").read(), expected(lab)
