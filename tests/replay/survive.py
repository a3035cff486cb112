#!/usr/bin/env python3
# SPDX-License-Identifier: BSD-2-Clause
"""Replays every file of a folder, one run each, and once all together: no crash, no sanitizer report, no hang.

    survive.py BINARY FOLDER [--timeout SECONDS]
"""
import argparse
import concurrent.futures
import os
import subprocess
import sys


def replay(binary, paths, timeout):
    """None when it went well, else what went wrong."""
    arguments = [word for path in paths for word in ("-r", path)]
    try:
        r = subprocess.run([binary, "-q", *arguments, "-o", "json:/dev/null", "--observations", "json:/dev/null"],
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=timeout)
    except subprocess.TimeoutExpired:
        return "no end after %g s" % timeout
    said = r.stderr.decode(errors="replace")
    if r.returncode not in (0, 1) or "Sanitizer" in said or "runtime error" in said:
        return "exit %d: %s" % (r.returncode, said[:2000])
    return None


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("binary")
    parser.add_argument("folder")
    parser.add_argument("--timeout", type=float, default=60)
    a = parser.parse_args()
    files = sorted(os.path.join(root, name) for root, _, names in os.walk(a.folder) for name in names if not name.endswith(".tsv"))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, wrong in zip(files, pool.map(lambda p: replay(a.binary, [p], a.timeout), files)):
            if wrong:
                failed += 1
                print("FAIL %s: %s" % (os.path.basename(path), wrong))
    wrong = replay(a.binary, [a.folder], 20 * a.timeout)
    if wrong:
        failed += 1
        print("FAIL all together: %s" % wrong)
    print("%d passed, %d failed, 0 skipped" % (len(files) + 1 - failed, failed))
    return 1 if failed or not files else 0


if __name__ == "__main__":
    sys.exit(main())
