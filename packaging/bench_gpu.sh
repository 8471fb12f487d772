#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Measures the diffusion engine on a CUDA device and prints one table. Builds pai-infer alone (LibTorch, nlohmann/json, CMake, ninja).
#   packaging/bench_gpu.sh [--device cuda:0] [--write]
#   --write           also put the table into tests/bench/gpu.md
#   --program FILE    use this pai-infer instead of building one
#   --golden DIR      the values that verify is held to (tests/golden)
#   --small           sizes of seconds on a processor: shows that the script runs, says nothing of a GPU
# What is missing is skipped with a message on standard error. Ends with 1 when verify or the sanitizer finds something.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$here")
device=cuda:0 write=no program="" golden="$root/tests/golden" small=no
words="$*"
while [ $# -gt 0 ]; do
  case "$1" in
    --device) device=${2:?}; shift 2 ;;
    --program) program=${2:?}; shift 2 ;;
    --golden) golden=${2:?}; shift 2 ;;
    --write) write=yes; shift ;;
    --small) small=yes; shift ;;
    *) sed -n '3,9s/^# //p' "${BASH_SOURCE[0]}" >&2; exit 2 ;;
  esac
done
say() { printf 'bench_gpu: %s\n' "$*" >&2; }

if [ -z "$program" ]; then
  # LibTorch of a Python installation says itself where its CMake files are.
  prefix=$(python3 -c 'import torch; print(torch.utils.cmake_prefix_path)' 2>/dev/null || true)
  cmake -S "$root" -B "$root/build/infer" -G Ninja -DCMAKE_BUILD_TYPE=Release -DPAI_ONLY_INFERENCE=ON ${prefix:+-DCMAKE_PREFIX_PATH="$prefix"} >&2
  cmake --build "$root/build/infer" --target pai-infer >&2
  program=$(find "$root/build/infer" -name pai-infer -type f -perm -u+x | head -1)
fi
[ -x "$program" ] || { say "no program at '$program'"; exit 2; }

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
rows="$work/rows" failed=no
: >"$rows"

# verify TYPE: a row, and the failing tensors on standard error.
verify() {
  local out="$work/verify_$1" code=0
  "$program" verify "$golden" --device "$device" --dtype "$1" >"$out" 2>"$out.error" || code=$?
  if [ $code -ne 0 ]; then
    failed=yes
    grep '^FAIL' "$out" >&2 || cat "$out.error" >&2
    say "verify in $1 failed (exit $code)"
  fi
  printf '| verify, %s, TensorFloat-32 off | %s | all | %s |\n' "$1" "$(tail -1 "$out")" "$([ $code -eq 0 ] && echo yes || echo no)" >>"$rows"
}
# model ARGUMENTS: rows of one bench; a device without the memory for it is said and skipped.
model() {
  "$program" bench model --device "$device" "$@" >"$work/model" 2>"$work/model.error" && cat "$work/model" >>"$rows" || say "skipped: bench model $*: $(tail -1 "$work/model.error")"
}

verify fp32
verify bf16
[ $failed = no ] || { say "the times of an engine that is wrong are not taken"; exit 1; }
if [ $small = yes ]; then
  model --shape wan2.1-t2v-1.3b --width 32 --height 32 --frames 5 --layers 1 --steps 1 --repeats 1
else
  model --shape wan2.1-t2v-1.3b --width 832 --height 480 --frames 81 --steps 50
  model --shape wan2.1-t2v-1.3b --width 1280 --height 720 --frames 81
  model --shape wan2.1-t2v-14b --width 832 --height 480 --frames 81
  model --shape wan2.1-t2v-14b --width 1280 --height 720 --frames 81
fi
if [ "${device#cuda}" = "$device" ]; then
  say "skipped: compute-sanitizer, which is for CUDA devices"
elif ! command -v compute-sanitizer >/dev/null; then
  say "skipped: compute-sanitizer is not installed"
else
  result=yes
  compute-sanitizer --error-exitcode 9 "$program" verify "$golden/in_context" --device "$device" --dtype bf16 >"$work/sanitizer" 2>&1 || { result=no; failed=yes; tail -20 "$work/sanitizer" >&2; }
  printf '| compute-sanitizer, tiny model | %s | no error | %s |\n' "$(grep 'ERROR SUMMARY' "$work/sanitizer" | sed 's/^=* //')" "$result" >>"$rows"
fi

card="the processor, no GPU: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1)"
if [ "${device#cuda}" != "$device" ]; then
  card="a GPU that nvidia-smi does not tell of"
  if command -v nvidia-smi >/dev/null; then
    index=${device#cuda}; index=${index#:}
    card=$(nvidia-smi -i "${index:-0}" --query-gpu=name,driver_version,memory.total --format=csv,noheader | sed 's/, /, driver /')
  else
    say "skipped: nvidia-smi is not installed, the driver is not told"
  fi
fi
table="$work/table"
{
  printf '# The diffusion engine on %s\n\n' "$device"
  printf '%s; %s; LibTorch %s; packaging/bench_gpu.sh%s.\n' "$(date -u '+%Y-%m-%d')" "$card" "$("$program" devices --json | sed -n 's/.*"libtorch": "\([^"]*\)".*/\1/p')" "${words:+ ${words//$root\//}}"
  if [ $small = yes ]; then printf 'Small sizes: what they show is that the script runs.\n'; fi
  printf '\n| what | value | bar | met |\n| --- | --- | --- | --- |\n'
  cat "$rows"
} >"$table"
cat "$table"
if [ $write = yes ]; then cp "$table" "$root/tests/bench/gpu.md"; fi
[ $failed = no ] || exit 1
