# SPDX-License-Identifier: BSD-2-Clause
"""Sessions: who drives whom, names and numbers that make a session, what a look-up shows."""
import craft
import mmdb
from stage import *  # noqa: F403

RDP_REQUEST = b"\x03\0\0\x29\x24\xe0\0\0\0\0\0Cookie: mstshash=one\r\n\x01\0\x08\0\x03\0\0\0"
RDP_CONFIRM = b"\x03\0\0\x13\x0e\xd0\0\0\x12\x34\0\x02\x0f\x08\0\x02\0\0\0"
RDP_START = [("c", 0.01, RDP_REQUEST), ("s", 0.01, RDP_CONFIRM)] + craft.tls_start("rdp")
CHROME = "remotedesktop-pa.googleapis.com"


class Evidence:
    """Equals a list of evidence in which one piece is of this kind and holds this text."""
    def __init__(self, what, text):
        self.what, self.text = what, text

    def __eq__(self, evidence):
        return any(e["what"] == self.what and self.text in e["value"] for e in evidence or ())

    def __repr__(self):
        return "%s: %s" % (self.what, self.text)


@case("RDP from outside drives the laptop", [
    alert("remote-control", "high", 2.5, subject__account="contractor1")],
    may=["direct-exposure"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 60, GERMANY, 50000, "10.8.0.5", 3389, RDP_START + craft.driven(90, screen_side="s"))


@case("RDP on a port that is not its own: nDPI's opinion is evidence", [
    alert("remote-control", "high", 2.5, evidence=Evidence("risks", "Known Protocol on Non Standard Port"))],
    may=["direct-exposure"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 60, GERMANY, 50000, "10.8.0.5", 13389, RDP_START + craft.driven(90, screen_side="s"))


@case("Chrome Remote Desktop through its relay: no far end is known", [
    alert("remote-control", "high", 2.5, subject__account="contractor1", geo=None)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, CHROME, craft.driven(90))


@case("a session shorter than the configured least is connected, not controlled",
      [alert("remote-control", "medium", 1.5)],
      config={"detectors": {"remote-control": {"min-duration": "3m"}}})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(120))


def nameless(seconds):
    """Bytes of no known protocol."""
    return [(side, wait, bytes(b ^ 0x9d for b in data)) for side, wait, data in craft.driven(seconds)]


@case("a relay that shows no name has the one that was looked up", [
    alert("remote-control", "high", 2.5, subject__account="contractor1", evidence=Evidence("connected", "RustDesk, named by dns"))])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    for n in range(8):  # the flows stand in different shards
        w.dns(T + 50 + n, "10.8.0.5", "10.0.0.2", RUSTDESK, "203.0.113.80", sport=33000 + n)
    w.tcp(T + 60, "10.8.0.5", 50000, "203.0.113.80", 21117, nameless(90))


@case("what somebody else looked up, or this one long ago, or a page's address", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.dns(T + 1, "10.8.0.5", "10.0.0.2", RUSTDESK, "203.0.113.80")
    w.dns(T + 3700, "10.8.0.6", "10.0.0.2", RUSTDESK, "203.0.113.80")
    w.dns(T + 3701, "10.8.0.5", "10.0.0.2", "www.example.com", "203.0.113.81")
    w.tcp(T + 3720, "10.8.0.5", 50000, "203.0.113.80", 21117, nameless(60))
    w.tcp(T + 3721, "10.8.0.5", 50001, "203.0.113.81", 21117, nameless(60))


@case("the second name asked for in one flow is read as well", [alert("indicator", "medium", 3)],
      indicators=[{"name": "front company", "source": "test", "date": "2025-01-01", "confidence": "reported",
                   "domains": ["bad.example"]}])
def _(w):
    w.dns(T, "10.8.0.5", "10.0.0.2", "www.example.com")
    w.dns(T + 1, "10.8.0.5", "10.0.0.2", "mail.bad.example")


@case("a vendor's other page, by HTTP and by SNI", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 6, "10.8.0.5", 50001, "203.0.113.80", 443, craft.tls_start("community.teamviewer.com") + TALK)
    get = b"GET / HTTP/1.1\r\nHost: www.teamviewer.com\r\nUser-Agent: test\r\n\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\n\r\npage"
    w.tcp(T + 9, "10.8.0.5", 50002, "203.0.113.80", 80, [("c", 0.1, get), ("s", 0.1, page)] * 4)


@case("VNC from outside drives the laptop", [alert("remote-control", "high", 2.5, subject__account="contractor1")],
      may=["direct-exposure"])
def _(w):
    version = b"RFB 003.008\n"
    start = [("s", 0.01, version), ("c", 0.01, version), ("s", 0.01, b"\x01\x01"), ("c", 0.01, b"\x01"),
             ("s", 0.01, b"\0\0\0\0"), ("c", 0.01, b"\x01")]
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 60, GERMANY, 50000, "10.8.0.5", 5900, start + craft.driven(90, screen_side="s"))


@case("the laptop drives a company server by RDP: at work", absent=["remote-control"],
      config={"networks": {"inside": ["10.0.0.0/8"], "vpn-pools": ["10.8.0.0/24"]}})
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    w.tcp(T + 60, "10.8.0.5", 50000, "10.0.0.80", 3389, RDP_START + craft.driven(90, screen_side="s"))


# ---- what kind of network an AS is ----

@case("a CDN's relay and a satellite, by their AS alone", [
    alert("egress-country", "medium", 2, subject__account="one", evidence=Evidence("outside address", "network: relay by registered name")),
    alert("egress-country", "high", 4, subject__account="two", evidence=Evidence("outside address", "network: satellite by registered name")),
    alert("egress-country", "high", 4, subject__account="three", evidence=Evidence("outside address", "network: unknown"))],
      absent=["anonymiser-egress"], config={"policy": {"watched-countries": ["US"]}},
      databases={"asn": ("GeoLite2-ASN", {"73.10.0.0/16": {"autonomous_system_number": mmdb.Sized(6, 13335)},
                                          "68.40.0.0/16": {"autonomous_system_number": mmdb.Sized(6, 14593)},
                                          "67.160.0.0/16": {"autonomous_system_number": mmdb.Sized(6, 64500)}})})
def _(w):
    for n, (who, outside) in enumerate((("one", HOME), ("two", "68.40.7.7"), ("three", "67.160.0.9"))):
        w.login(T + 60 * n, who, outside, "10.8.0.%d" % (5 + n))


# ---- TLS with a gateway of the company, whose inside nobody reads ----

AT_GATEWAY = {"networks": {"vpn-gateways": [GATEWAY]}}


def tls_tunnel(w, at, outside, seconds, each=1200, **more):
    """Every 6 s a message each way."""
    traffic = [("c", 5.5, craft.tls_record(23, b"a" * each)), ("s", 0.5, craft.tls_record(23, b"b" * each))]
    w.tcp(at, outside, 50000, GATEWAY, 443, craft.tls_start("vpn.example.com") + traffic * int(seconds / 6), **more)


@case("two logins whose TLS tunnels run at once", [alert("concurrent-logins", "high", 3, subject__account="contractor1")],
      config=AT_GATEWAY, city=True)
def _(w):
    for n, outside in enumerate((HOME, "68.40.7.7")):
        w.login(T + 600 * n, "contractor1", outside, "10.8.0.%d" % (5 + n))
        tls_tunnel(w, T + 600 * n + 2, outside, 1800)


@case("a tunnel that fell silent when the next one began is no session at once", config=AT_GATEWAY, city=True,
      absent=["concurrent-logins"])
def _(w):
    for n, outside in enumerate((HOME, "68.40.7.7")):
        w.login(T + 600 * n, "contractor1", outside, "10.8.0.%d" % (5 + n))
        tls_tunnel(w, T + 600 * n + 2, outside, 1800 * n or 620, fin=n > 0)


@case("a tunnel ends, whose Accounting-Stop is lost; two hours later the account is in another state", config=AT_GATEWAY, city=True,
      absent=["concurrent-logins"], expect=[alert("impossible-travel", "high", 3)])
def _(w):
    for n, outside in enumerate((HOME, "68.40.7.7")):
        w.login(T + 3 * HOUR * n, "contractor1", outside, "10.8.0.%d" % (5 + n), session="s%d" % n)
        tls_tunnel(w, T + 3 * HOUR * n + 2, outside, 3600)


@case("a TLS tunnel from China, without its login", [alert("egress-country", "high", 4, subject__site=CHINA)], config=AT_GATEWAY)
def _(w):
    tls_tunnel(w, T, CHINA, 300)


@case("a look at the gateway's page from China", absent=["egress-country"], config=AT_GATEWAY)
def _(w):
    tls_tunnel(w, T, CHINA, 30)


@case("a scanner that holds a TLS connection from China", absent=["egress-country"], config=AT_GATEWAY)
def _(w):
    tls_tunnel(w, T, CHINA, 300, each=40)


def ssh(w, at, outside, turns, port=50000):
    """SSH whose ciphers tell nothing of the outcome by their sizes."""
    hellos = [("s", 0.02, b"SSH-2.0-OpenSSH_9.2\r\n"), ("c", 0.02, b"SSH-2.0-libssh2_1.11\r\n")]
    sealed = [("c", 0.3, b"\x9d" * 100), ("s", 0.3, b"\x5c" * 60)]
    w.tcp(at, outside, port, "198.51.100.20", 22, hellos + sealed * turns)


@case("guesses of passwords over SSH from China", absent=["egress-country"], config={"networks": {"company": ["198.51.100.0/24"]}})
def _(w):
    for n in range(20):
        ssh(w, T + 10 * n, CHINA, 6, 50000 + n)


@case("work over SSH from China", [alert("egress-country", "high", 4, subject__site=CHINA)],
      config={"networks": {"company": ["198.51.100.0/24"]}})
def _(w):
    ssh(w, T, CHINA, 80)


@case("driven under a name of the vendor's that people visit as well", [
    alert("remote-control", "high", 2.5, subject__account="contractor1", geo=None)])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, "assist.zoho.com", craft.driven(90))


@case("a film on a vendor's page, and an hour of reading there", absent=["remote-control"])
def _(w):
    w.login(T, "contractor1", HOME, "10.8.0.5", session="s1")
    tool(w, T + 60, "www.teamviewer.com", craft.driven(90, screen_side="s"))
    tool(w, T + 300, "www.anydesk.com", TALK * 30, port=50001)


class First(Evidence):
    """The same of the first piece."""
    def __eq__(self, evidence):
        return super().__eq__((evidence or ())[:1])


@case("what makes it grave stands first, and the case quotes it", [
    alert("remote-control", "high", 2.5, evidence=First("controlled", "AnyDesk")), alert("egress-country", "high", 4),
    alert("case", "high", 6.5, evidence=Evidence("remote-control: controlled", "AnyDesk"))])
def _(w):
    w.login(T, "contractor1", CHINA, "10.8.0.5", session="s1")
    tool(w, T + 60, ANYDESK, craft.driven(90))
