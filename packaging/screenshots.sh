#!/usr/bin/env bash
# SPDX-License-Identifier: GPL-3.0-or-later
# Writes pictures of every panel and dialog into assets/screenshots at 100 % and 200 %, under Xvfb, in 256 colours (pngquant).
#   packaging/screenshots.sh [PROJECT]    of that project, else of the sample shot; through the real workers
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
build=${PAI_BUILD:-$root/build/release}
out=${PAI_SCREENSHOTS:-$root/assets/screenshots}
cmake --build "$build" --target pai_screenshots pai-worker
run() { xvfb-run -a -s "-screen 0 3840x2160x24" env QT_QPA_PLATFORM=xcb "$@"; }
run "$build/tests/pai_screenshots" "$out" "$@"
run env QT_SCALE_FACTOR=2 PAI_SCREENSHOT_SUFFIX=@2x "$build/tests/pai_screenshots" "$out" "$@"
find "$out" -name '*.png' -exec pngquant --force --ext .png {} +
