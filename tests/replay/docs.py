# SPDX-License-Identifier: BSD-2-Clause
"""README.md against the program's own tables: every option, configuration key and detector is documented."""
import os
import re
import subprocess

README = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "README.md")


def missing(binary, arguments, pattern):
    r = subprocess.run([binary, *arguments], stdout=subprocess.PIPE, timeout=30, check=True)
    found = re.findall(pattern, r.stdout.decode(), re.M)
    with open(README) as f:
        words = set(re.findall(r"[\w-]+", f.read()))
    wrong = ["README.md does not name %s" % word for word in sorted(set(found)) if word not in words]
    return wrong if found else ["nothing found in the output of %s" % " ".join(arguments)]


CHECKS = [
    ("options", lambda binary: missing(binary, ["-h"], r"^  (-\w|--[\w-]+)")),
    ("configuration keys", lambda binary: missing(binary, ["--dump-config"], r"^[ -]*(?:# )?([a-z][a-z0-9-]+):")),
    ("detectors", lambda binary: missing(binary, ["--list-detectors"], r"^([a-z]+-?[a-z-]+) ")),
]
