# SPDX-License-Identifier: BSD-2-Clause
"""README.md against the program's own tables: every option, configuration key and detector is documented."""
import os
import re
import shutil
import subprocess
import tempfile

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")


def missing(binary, arguments, pattern):
    r = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, timeout=30, check=True)
    found = re.findall(pattern, r.stdout.decode(), re.M)
    with open(README) as f:
        words = set(re.findall(r"[\w-]+", f.read()))
    wrong = ["README.md does not name %s" % word for word in sorted(set(found)) if word not in words]
    return wrong if found else ["nothing found in the output of %s" % " ".join(arguments)]


def snippets(binary):
    """Every configuration that README.md shows passes -T."""
    conf = os.path.join(os.path.dirname(README), "conf")
    with open(README) as f:
        blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", f.read(), re.M)
    shown = [re.sub(r"^    ", "", b, flags=re.M) for b in blocks if re.match(r"\s*(sensor|networks|outputs|policy):", b)]
    wrong = [] if len(shown) >= 2 else ["only %d configurations found" % len(shown)]
    for text in shown:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(os.path.join(conf, "contractors.example.yaml"), os.path.join(folder, "contractors.yaml"))
            text = "\n".join(line for line in text.splitlines() if not line.startswith("farmwatch "))
            with open(os.path.join(folder, "farmwatch.yaml"), "w") as f:
                f.write(text.replace("/var/log/farmwatch", folder))
            r = subprocess.run([binary, "-T", "-c", os.path.join(folder, "farmwatch.yaml")], stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, timeout=30)
            if r.returncode != 0:
                wrong.append("%s\n%s" % (r.stderr.decode(), text))
    return wrong


CHECKS = [
    ("configurations shown", snippets),
    ("options", lambda binary: missing(binary, ["-h"], r"^  (-\w|--[\w-]+)")),
    ("configuration keys", lambda binary: missing(binary, ["--dump-config"], r"^[ -]*(?:# )?([a-z][a-z0-9-]+):")),
    ("detectors", lambda binary: missing(binary, ["--list-detectors"], r"^([a-z]+-?[a-z-]+) ")),
]
