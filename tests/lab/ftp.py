# SPDX-License-Identifier: BSD-2-Clause
"""A real vsftpd with a client of Python's library: logins accepted and refused. Truth: the server's own log."""
import re
import subprocess

from lab import Lab, need

CONFIG = """listen=YES
listen_address=192.0.2.1
background=NO
anonymous_enable=NO
local_enable=YES
check_shell=NO
pam_service_name=lab-ftp
secure_chroot_dir={folder}/empty
seccomp_sandbox=NO
xferlog_enable=YES
dual_log_enable=YES
vsftpd_log_file={folder}/vsftpd.log
"""
# What a login needs of the system, seen by this server alone: each host of the lab has mounts of its own.
START = """mount -t tmpfs tmpfs /etc/pam.d && cp {folder}/pam /etc/pam.d/lab-ftp
mount --bind {folder}/passwd /etc/passwd && mount --bind {folder}/shadow /etc/shadow
exec vsftpd {folder}/vsftpd.conf
"""
CLIENT = """
import ftplib
for user, password in (("contractor1", "one"), ("contractor1", "wrong"), ("nobody-here", "x")):
    c = ftplib.FTP("192.0.2.1")
    try:
        c.login(user, password)
        c.quit()
    except ftplib.Error as error:
        print(error)
        c.close()
"""
LOGINS = 3


def expected(lab):
    want = [{"kind": "login", "protocol": "ftp", "account": user, "result": "success" if word == "OK" else "failure"}
            for user, word in re.findall(r"\[([^\]]+)\] (OK|FAIL) LOGIN: ", lab.read("vsftpd.log"))]
    assert len(want) == LOGINS, (want, lab.logs())
    return want


def record():
    need("vsftpd", "python3", "openssl")
    with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab:
        digest = subprocess.run(["openssl", "passwd", "-6", "one"], check=True, stdout=subprocess.PIPE).stdout.decode().strip()
        with open("/etc/passwd") as f:
            lab.write("passwd", f.read() + "contractor1:x:4242:65534::/tmp:/bin/sh\n")
        lab.write("shadow", "contractor1:%s:19000:0:99999:7:::\n" % digest, 0o600)
        lab.write("pam", "auth required pam_unix.so nodelay\naccount required pam_unix.so\nsession required pam_permit.so\n")
        lab.write("empty/none", "")
        lab.write("vsftpd.conf", CONFIG.format(folder=lab.folder))
        lab.start("server", "sh", "-c", START.format(folder=lab.folder), log="vsftpd.out.log")
        lab.wait_for(lambda: b"LISTEN" in lab.run("server", "ss", "-ltn", "sport = :21").stdout)
        finish = lab.record("ftp.pcap", expression=["tcp"])
        lab.run("client", "python3", "-c", CLIENT, timeout=60)
        lab.wait_for(lambda: lab.read("vsftpd.log").count(" LOGIN: ") >= LOGINS)
        path = finish()
        return open(path, "rb").read(), expected(lab)
