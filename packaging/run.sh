#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# From a bare Debian 12 machine to a rendered shot: installs what is missing, builds, renders the sample shot to out/,
# says what it made and how long it took, and opens the editor on the sample project when there is a display.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cd "$root"
[ $# -eq 0 ] || { echo "usage: packaging/run.sh" >&2; exit 2; }
started=$SECONDS

"$here/install.sh"
cmake --preset release >/dev/null
cmake --build --preset release --target pai pai-worker pai-infer pai-studio
echo "built in $((SECONDS - started)) s: build/release/bin/"

mkdir -p out
project=out/sample/sample.pai
result=out/sample.mp4
# The editor opens a copy, so that the sample in the repository stays as it is.
mkdir -p out/sample
[ -e "$project" ] || build/release/bin/pai project apply assets/sample/sample.manifest.json --project "$project"
rendering=$SECONDS
build/release/bin/pai render "$project" --engine draft --out "$result"
took=$((SECONDS - rendering))
frames=$(build/release/bin/pai probe "$result" --json | python3 -c 'import json,sys; print(json.load(sys.stdin)["frames"])')
echo
echo "made $result: $frames frames in $took s ($((SECONDS - started)) s in all)"
echo "its record: $result.json"

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  echo "opening the editor on $project"
  exec build/release/bin/pai-studio "$project"
fi
echo "no display here; on one, open it with: build/release/bin/pai-studio $project"
