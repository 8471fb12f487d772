#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# run.sh SECONDS [BUILD]: builds the fuzz targets and runs each for SECONDS with the corpus as seeds; fails on the first finding.
set -eu
seconds=${1:?usage: tests/fuzz/run.sh SECONDS [BUILD FOLDER]}
root=$(cd "$(dirname "$0")/../.." && pwd)
build=${2:-$root/build/fuzz}
[ -f "$build/build.ninja" ] || cmake -S "$root" --preset fuzz -B "$build" >/dev/null
ninja -C "$build" fuzzers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
data=$root/tests/data
for name in project prompt safetensors tokenizer job image; do
  mkdir -p "$work/$name" "$work/seeds_$name"
  case $name in
    project) cp "$data"/corpus/project_json/* "$root"/tests/fuzz/seeds/project* "$work/seeds_$name" ;;
    prompt) cp "$data"/corpus/prompt_json/* "$work/seeds_$name" ;;
    safetensors) cp "$data"/corpus/safetensors/* "$work/seeds_$name" ;;
    tokenizer) cp "$data"/corpus/sentencepiece/* "$data"/tokenizer/s*.model "$work/seeds_$name" ;;
    image) cp "$data"/corpus/image/* "$root"/tests/fuzz/images/* "$work/seeds_$name" ;;
    job) cp "$root"/tests/fuzz/seeds/* "$work/seeds_$name" ;;
  esac
  echo "fuzzing $name for $seconds s"
  (cd "$work" && "$build/bin/fuzz_$name" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=1024 -max_len=65536 \
    -print_final_stats=1 "$work/$name" "$work/seeds_$name") 2>"$work/$name.log" || {
    tail -40 "$work/$name.log" >&2
    mkdir -p "$build/findings" && cp "$work"/crash-* "$work"/timeout-* "$work"/oom-* "$build/findings/" 2>/dev/null || true
    echo "fuzz_$name: found something, see $build/findings" >&2
    exit 1
  }
  grep -E 'number_of_executed_units|peak_rss_mb' "$work/$name.log"
done
