# SPDX-License-Identifier: BSD-2-Clause
"""A real OpenSSH sshd and ssh: keys and passwords, accepted and refused, with ciphers of each kind. Truth: sshd's own log."""
import hashlib
import re
import subprocess

from lab import Lab, need

SERVER = '''Port 22
ListenAddress 192.0.2.1
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/authorized
StrictModes no
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
LogLevel DEBUG2
'''
# What a login needs of the system, seen by this server alone: each host of the lab has mounts of its own.
START = '''mount -t tmpfs tmpfs /run && mkdir -m 755 /run/sshd
mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow
exec /usr/sbin/sshd -D -e -f {folder}/sshd_config
'''
CLIENT = ("-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null", "-o", "NumberOfPasswordPrompts=1",
          "-o", "LogLevel=ERROR", "-F", "none")
CIPHERS = (("chacha20-poly1305@openssh.com", None), ("aes256-gcm@openssh.com", None),
           ("aes128-ctr", "hmac-sha2-256-etm@openssh.com"), ("aes256-ctr", "hmac-sha2-512"))


def proposal(lines):
    """The lists of a KEXINIT as DEBUG2 logs them, as github.com/salesforce/hassh joins them; way is ctos or stoc."""
    text = "\n".join(lines)

    def of(way):
        found = [re.search(r"debug2: %s: (.*?)(?: \[preauth\])?$" % what, text, re.M)[1]
                 for what in ("KEX algorithms", "ciphers " + way, "MACs " + way, "compression " + way)]
        return hashlib.md5(";".join(found).encode()).hexdigest()
    return of


def expected(lab):
    log = lab.read("sshd.log").replace("\r", "")
    want = []
    for m in re.finditer(r"^(Accepted publickey|Accepted password|Failed password) for contractor1 from (\S+) port (\d+) ssh2", log, re.M):
        want.append({"kind": "login", "method": "ssh", "inferred": True, "source": m[2], "source-port": int(m[3]),
                     "result": "success" if m[1].startswith("Accepted") else "failure"})
    results = [w["result"] for w in want]
    # A key that is not authorised is told once a connection, as a key or a long password.
    for m in re.finditer(r"^Connection closed by authenticating user contractor1 (\S+) port (\d+)", log, re.M):
        if "Postponed publickey for contractor1 from %s port %s " % m.groups() not in log and \
                "Failed password for contractor1 from %s port %s " % m.groups() not in log:
            want.append({"kind": "login", "method": "ssh", "inferred": True, "source": m[1], "source-port": int(m[2]),
                         "result": "failure", "reason": "key or long password"})
    assert results == ["success"] + ["success", "failure"] * len(CIPHERS), (results, lab.logs())
    want.append({"kind": "banner", "what": "ssh-server", "text": re.search(r"Local version string (\S.*?)(?: \[preauth\])?$", log, re.M)[1]})
    want.append({"kind": "banner", "what": "ssh-client",
                 "text": "SSH-2.0-" + re.search(r"remote software version (\S.*?)(?: \[preauth\])?$", log, re.M)[1]})
    for part in log.split("peer client KEXINIT proposal")[1:]:
        want.append({"kind": "device", "address": "192.0.2.2", "fingerprint": {"hassh": proposal(part.splitlines()[:12])("ctos")}})
    part = log.split("local server KEXINIT proposal")[1]
    want.append({"kind": "device", "address": "192.0.2.1", "fingerprint": {"hassh-server": proposal(part.splitlines()[:12])("stoc")}})
    return [w for i, w in enumerate(want) if w not in want[:i]]


def prepare(lab):
    for name in ("host", "key", "stranger"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", lab.path(name)], check=True)
    with open(lab.path("key.pub")) as f:
        lab.write("authorized", f.read())
    digest = subprocess.run(["openssl", "passwd", "-6", "right"], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
    with open("/etc/passwd") as f:
        lab.write("passwd", f.read() + "contractor1:x:4242:65534::/tmp:/bin/sh\n")
    lab.write("shadow", "contractor1:%s:19000:0:99999:7:::\n" % digest, 0o600)
    for name in ("right", "wrong"):
        lab.write(name, "#!/bin/sh\nsleep 1.2\necho %s\n" % name, 0o755)  # as long as a person takes
    lab.write("sshd_config", SERVER.format(folder=lab.folder))


def record():
    need("sshd", "ssh", "ssh-keygen", "openssl", "setsid")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        prepare(lab)
        finish = lab.record("ssh.pcap", expression=["port", "22"])
        lab.start("server", "sh", "-c", START.format(folder=lab.folder), log="sshd.log")
        lab.wait_for(lambda: "Server listening" in lab.read("sshd.log"))

        def login(*options, password=None):
            lab.run("client", "setsid", "-w", "ssh", *CLIENT, *options, "contractor1@192.0.2.1", "true", stdin=subprocess.DEVNULL,
                    env={"PATH": "/usr/bin:/bin", "SSH_ASKPASS": lab.path(password or "wrong"), "SSH_ASKPASS_REQUIRE": "force"})
        login("-i", lab.path("key"), "-o", "PreferredAuthentications=publickey")
        login("-i", lab.path("stranger"), "-o", "PreferredAuthentications=publickey")
        for cipher, mac in CIPHERS:
            options = ["-c", cipher, "-o", "PreferredAuthentications=password"] + (["-m", mac] if mac else [])
            login(*options, password="right")
            login(*options, password="wrong")
        path = finish()
        return open(path, "rb").read(), expected(lab)
