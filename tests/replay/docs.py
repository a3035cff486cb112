# SPDX-License-Identifier: BSD-2-Clause
"""README.md against the program's own tables: every option, configuration key and detector is documented."""
import json
import os
import re
import shutil
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
README = os.path.join(HERE, "..", "..", "README.md")
DEMO = ["-c", os.path.join(HERE, "demo", "farmwatch.yaml"), "-r", os.path.join(HERE, "demo", "farm.pcap")]


def missing(binary, arguments, pattern):
    r = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, timeout=30, check=True)
    found = re.findall(pattern, r.stdout.decode(), re.M)
    with open(README) as f:
        words = set(re.findall(r"[\w-]+", f.read()))
    wrong = ["README.md does not name %s" % word for word in sorted(set(found)) if word not in words]
    return wrong if found else ["nothing found in the output of %s" % " ".join(arguments)]


def blocks():
    """The indented passages of README.md, without their indentation."""
    with open(README) as f:
        shown = re.findall(r"(?:^    .*\n|^\n(?=    ))+", f.read(), re.M)
    return [re.sub(r"^    ", "", b, flags=re.M) for b in shown]


def transcript(binary):
    """What README.md shows of `make demo` is what it prints."""
    r = subprocess.run([binary, *DEMO], stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=30)
    said = subprocess.run([binary, "-q", *DEMO, "-o", "json:-"], stdout=subprocess.PIPE, timeout=30).stdout.decode()
    last = {a["id"]: a for a in map(json.loads, said.splitlines())}
    found = "".join("%-9s %-20s %4d  %s\n" % (a["severity"], a["alert"], a["score"], a["summary"]) for a in last.values())
    summary = "".join(line + "\n" for line in r.stderr.decode().splitlines() if not line.startswith("farmwatch:"))
    shown = [b.lstrip("\n") for b in blocks()]
    alert = next(b for b in shown if b.startswith("---\n"))
    return ["README.md does not show %s:\n%s" % (name, text) for name, text in (("what was found", found), ("the summary", summary))
            if text not in shown] + ([] if alert in r.stdout.decode() else ["README.md shows an alert that the demo does not write"])


def kinds(binary):
    with open(os.path.join(HERE, "..", "..", "parsers", "fact.c")) as f:
        names = re.findall(r'^    \[FACT_\w+\] = "([\w-]+)",$', f.read(), re.M)
    with open(README) as f:
        text = f.read()
    return ["README.md does not tell of `%s`" % name for name in names if "`%s`" % name not in text] if names else ["no kinds found"]


def snippets(binary):
    """Every configuration that README.md shows passes -T."""
    conf = os.path.join(os.path.dirname(README), "conf")
    shown = [b for b in blocks() if re.match(r"\s*(sensor|networks|outputs|policy):", b)]
    wrong = [] if len(shown) >= 2 else ["only %d configurations found" % len(shown)]
    for text in shown:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(conf, "contractors.example.yaml"), os.path.join(folder, "contractors.yaml"))
            text = "\n".join(line for line in text.splitlines() if not line.startswith("farmwatch "))
            with open(os.path.join(folder, "farmwatch.yaml"), "w") as f:
                f.write(text.replace("/var/log/farmwatch", folder).replace("siem.example.com", "127.0.0.1"))
            r = subprocess.run([binary, "-T", "-c", os.path.join(folder, "farmwatch.yaml")], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, timeout=30)
            if r.returncode != 0:
                wrong.append("%s\n%s" % (r.stderr.decode(), text))
    return wrong


CHECKS = [
    ("transcript", transcript),
    ("kinds of observations", kinds),
    ("configurations shown", snippets),
    ("options", lambda binary: missing(binary, ["-h"], r"^  (-\w|--[\w-]+)")),
    ("configuration keys", lambda binary: missing(binary, ["--dump-config"], r"^[ -]*(?:# )?([a-z][a-z0-9-]+):")),
    ("detectors", lambda binary: missing(binary, ["--list-detectors"], r"^([a-z]+-?[a-z-]+) ")),
]
