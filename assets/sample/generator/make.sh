#!/bin/sh
# SPDX-License-Identifier: GPL-3.0-or-later
# Renders the sample shot into WORK_FOLDER/out. Needs blender, g++, ffmpeg, python3-numpy and python3-opencv.
set -eu
[ $# -eq 1 ] || { echo "usage: make.sh WORK_FOLDER" >&2; exit 2; }
here=$(cd "$(dirname "$0")" && pwd)
work=$1
mkdir -p "$work/hall" "$work/rows" "$work/row0" "$work/outside"
/usr/bin/python3 "$here/sim.py" "$work/sim.npz"
hall() { blender -b --python "$here/hall.py" -- "$@"; }
hall "$work/hall" --scale 0.8 --samples 12 --layers shell
hall "$work/outside" --scale 0.5 --samples 5 --layers outside
hall "$work/rows" --scale 0.65 --samples 6 --layers row1,props,row2,row3,row4
hall "$work/row0" --scale 0.8 --samples 6 --layers row0
cp "$work"/outside/*.npz "$work"/rows/*.npz "$work"/row0/*.npz "$work/hall/"
/usr/bin/python3 "$here/draw.py" "$work/sim.npz" "$work/actor" 0:97
/usr/bin/python3 "$here/finish.py" "$work/actor" "$work/hall" "$work/out"
