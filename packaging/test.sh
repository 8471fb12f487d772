#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Installs what is missing, builds, and runs the tests, from a bare Debian 12 machine. Asks nothing.
#   packaging/test.sh          the fast tiers: what every change must pass
#   packaging/test.sh --full   adds slow tests, sanitizers, kill runs and fuzzing
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
cd "$root"
full=no
case "${1:-}" in
  "") ;;
  --full) full=yes ;;
  *) echo "usage: packaging/test.sh [--full]" >&2; exit 2 ;;
esac
started=$SECONDS
phase() { printf '\n== %s (%d s so far)\n' "$1" $((SECONDS - started)); }

phase "packages"
"$here/install.sh"

phase "build"
cmake --preset release >/dev/null
cmake --build --preset release

phase "tests"
ctest --preset release -j2 -LE full

if [ "$full" = yes ]; then
  phase "slow tests"
  ctest --preset release -L full
  for sanitizer in asan tsan; do
    phase "$sanitizer"
    cmake --preset $sanitizer >/dev/null
    cmake --build --preset $sanitizer
    ctest --preset $sanitizer -j2 -LE 'full|unsanitized'
  done
  phase "clang and clang-tidy"
  cmake --preset clang >/dev/null
  cmake --build --preset clang
  run-clang-tidy -p build/clang -quiet -j2 "$root/(app|core|ui)/.*\.cpp" >build/clang/tidy.log 2>/dev/null || {
    grep -E 'warning|error' build/clang/tidy.log >&2
    exit 1
  }
  phase "fuzz"
  tests/fuzz/run.sh 600 "$root/build/fuzz"
fi
phase "done"
