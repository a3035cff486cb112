# SPDX-License-Identifier: BSD-2-Clause
"""Hosts in network namespaces on a bridge or several, real servers in them, and a recording of what crosses.

Nothing leaves the namespaces. Every process started here is ended here, by its own id.
"""
import os
import shutil
import signal
import subprocess
import tempfile
import time


class Skip(Exception):
    """A server or a right is missing: said, not hidden."""


def need(*programs):
    missing = [p for p in programs if shutil.which(p, path=os.environ["PATH"] + ":/usr/sbin:/sbin") is None]
    if missing:
        raise Skip("not installed: " + " ".join(missing))
    if os.geteuid() != 0:
        raise Skip("network namespaces need root")


class Lab:
    """with Lab({"server": ["192.0.2.1/24"], "client": ["192.0.2.2/24"]}) as lab: ..."""

    def __init__(self, hosts):
        need("ip", "tcpdump")
        self.hosts, self.tag, self.processes, self.spaces = hosts, "fw%d" % os.getpid(), [], []
        self.folder = tempfile.mkdtemp(prefix="farmwatch-lab.")
        os.chmod(self.folder, 0o755)

    def __enter__(self):
        try:
            self.net = self.add("net")
            self.segment("br0", self.hosts, "eth0")
            for name in self.hosts:
                self._ip("-n", self.tag + name, "route", "add", "default", "dev", "eth0")
        except subprocess.CalledProcessError as error:
            self.__exit__()
            raise Skip("no network namespaces here: %s" % error.stderr.decode().strip())
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(5)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
        for space in reversed(self.spaces):
            subprocess.run(["ip", "netns", "del", space], stderr=subprocess.DEVNULL)
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, name):
        """A host that no segment holds yet. Returns its namespace."""
        space = self.tag + name
        self.spaces.append(space)
        self._ip("netns", "add", space)
        self._ip("-n", space, "link", "set", "lo", "up")
        return space

    def segment(self, bridge, hosts, device=None):
        """A bridge to record at, and hosts on it: {name: addresses}. Their device has its name, when no other is given, and sends
        packets as long as on a wire."""
        device = device or bridge
        self._ip("-n", self.net, "link", "add", bridge, "type", "bridge")
        self._ip("-n", self.net, "link", "set", bridge, "up", "promisc", "on")
        for number, (name, addresses) in enumerate(hosts.items()):
            space, port = self.tag + name, "%s.%d" % (bridge, number)
            if space not in self.spaces:
                self.add(name)
            self._ip("link", "add", device, "netns", space, "type", "veth", "peer", "name", port, "netns", self.net)
            self._ip("-n", self.net, "link", "set", port, "master", bridge, "up")
            self._ip("-n", space, "link", "set", device, "up", "gso_max_segs", "1")
            for address in addresses:
                self._ip("-n", space, "addr", "add", address, "dev", device)

    @staticmethod
    def _ip(*words):
        subprocess.run(["ip", *words], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text, mode=0o644):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "w") as f:
            f.write(text)
        os.chmod(self.path(name), mode)
        return self.path(name)

    def read(self, name):
        try:
            with open(self.path(name), errors="replace") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def command(self, host, words):
        return ["ip", "netns", "exec", self.tag + host, *words]

    def run(self, host, *words, **more):
        more.setdefault("timeout", 30)
        return subprocess.run(self.command(host, words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **more)

    def check(self, host, *words):
        """run() that must succeed."""
        done = self.run(host, *words)
        if done.returncode != 0:
            raise RuntimeError("%s: %s" % (" ".join(words), done.stdout.decode(errors="replace").strip()))

    def start(self, host, *words, log, **more):
        out = open(self.path(log), "wb")
        process = subprocess.Popen(self.command(host, words), stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, **more)
        out.close()
        self.processes.append(process)
        return process

    def stop(self, process):
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        self.processes.remove(process)

    def wait_for(self, what, seconds=15):
        """Until what() is true; a time-out is a failure of the lab."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            if what():
                return
            time.sleep(0.05)
        raise RuntimeError("waited %g s in vain; logs:\n%s" % (seconds, self.logs()))

    def logs(self):
        out = []
        for name in sorted(os.listdir(self.folder)):
            if name.endswith(".log"):
                out.append("--- %s\n%s" % (name, self.read(name)[-3000:]))
        return "\n".join(out)

    def record(self, name, host="net", interface="br0", expression=()):
        """Starts tcpdump; returns a function that ends it and gives the file's path."""
        path = self.path(name)
        process = self.start(host, "tcpdump", "-i", interface, "-U", "--immediate-mode", "-s", "0", "-Z", "root", "-w", path, *expression, log=name + ".tcpdump.log")
        self.wait_for(lambda: "listening on" in self.read(name + ".tcpdump.log"))

        def finish():
            time.sleep(0.3)
            self.stop(process)
            return path
        return finish
