#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
#
# Holds conf/farmwatch.yaml against the program that it configures: it must be the program's own
# dump of its defaults, detectors and all, behind its first lines.
#
#   tests/conf/shipped.sh build/farmwatch            says what differs, and fails
#   tests/conf/shipped.sh build/farmwatch --write    writes the file anew
set -eu

program=$1
file=$(dirname "$0")/../../conf/farmwatch.yaml
fresh=$(mktemp)
trap 'rm -f "$fresh"' EXIT

sed '/^# The configuration/,$d' "$file" >"$fresh"
"$program" --dump-config >>"$fresh"
if [ "${2:-}" = --write ]; then
	cat "$fresh" >"$file"
else
	diff -u "$file" "$fresh"
	"$program" -c "$file" -T
fi
