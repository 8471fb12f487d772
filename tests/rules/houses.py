#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Holds the tree to the rule between its houses: which folder may include and link what.

    houses.py TREE [BUILD_FOLDER]   exits 1 and names every forbidden arrow
    houses.py --self-test           plants forbidden arrows in a made-up tree and expects each to be found
"""
import pathlib
import re
import subprocess
import sys
import tempfile

# House -> houses it may include besides itself. The longest matching folder decides.
MAY_INCLUDE = {
    "core/base": set(),
    "core/media": {"core/base"},
    "core/draft": {"core/base", "core/media"},
    "core/render": {"core/base"},
    "inference": {"core/base"},
    "app/document": {"core/base", "core/media", "core/draft", "core/render"},
    "app/cli": {"core/base", "core/media", "core/draft", "core/render"},
    "app/worker": {"core/base", "core/media", "core/draft", "core/render"},
    "app/studio": {"core/base", "core/media", "core/draft", "core/render", "app/document", "ui"},
    "ui": {"core/base", "core/media", "core/draft", "core/render", "app/document"},
}
# Outside library -> pattern of its headers, houses that may include them.
LIBRARIES = {
    "LibTorch": (r"^(torch|ATen|c10|caffe2)/", {"inference"}),
    "Qt": (r"^(Q[A-Z]\w*|Qt\w+/.*|qcustomplot\.h)$", {"app/document", "app/studio", "ui"}),
    "Qt widgets": (r"^(QtWidgets(/.*)?|QWidget|QApplication|QMainWindow|QDialog|QLabel|QPushButton)$",
                   {"app/studio", "ui"}),
    "OpenCV": (r"^opencv2/", {"core/draft", "app/document", "app/cli", "app/worker"}),
    "FFmpeg": (r"^lib(av|sw)\w+/", {"core/media"}),
}
# Program -> libraries its link line must never name.
NEVER_LINKS = {
    "pai-studio": ["torch", "c10", "pai_inference"],
    "pai": ["torch", "c10", "pai_inference", "Qt6Widgets", "pai_ui"],
    "pai-worker": ["torch", "c10", "pai_inference", "Qt6Widgets", "pai_ui"],
    "pai-infer": ["Qt6", "avcodec", "pai_core_media", "pai_core_draft", "pai_core_render", "pai_ui", "pai_app"],
}
# Program -> shared libraries it must not load: the editor decodes nothing itself.
NEVER_LOADS = {
    "pai-studio": [r"libav\w+", r"libsw\w+", r"libopencv_(?!core)\w+", r"libOpenEXR\S*", r"libtiff", r"libgif"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]')


def house_of(path):
    """Longest house that holds a tree-relative path, or None."""
    fits = [h for h in MAY_INCLUDE if path == h or path.startswith(h + "/")]
    return max(fits, key=len) if fits else None


def forbidden_includes(tree):
    for file in sorted(p for top in ("core", "inference", "app", "ui") for p in (tree / top).rglob("*")
                       if p.suffix in (".h", ".cpp")):
        name = file.relative_to(tree).as_posix()
        house = house_of(name)
        if house is None:
            yield f"{name}: lies in no house; put it into one of {', '.join(sorted(MAY_INCLUDE))}"
            continue
        for number, line in enumerate(file.read_text(encoding="utf-8", errors="replace").splitlines(), 1):
            if not (match := INCLUDE.match(line)):
                continue
            target = match.group(1)
            other = house_of(target)
            if other and other != house and other not in MAY_INCLUDE[house]:
                yield f"{name}:{number}: {house} may not include {target}"
            for library, (pattern, houses) in LIBRARIES.items():
                if re.search(pattern, target) and house not in houses:
                    yield f"{name}:{number}: {house} may not include {library} ({target})"


def forbidden_links(ninja):
    program = None
    for line in ninja.read_text(encoding="utf-8").splitlines():
        if match := re.match(r"build bin/(\S+): CXX_EXECUTABLE_LINKER", line):
            program = match.group(1)
        elif not line.strip():
            program = None
        elif program in NEVER_LINKS and line.strip().startswith("LINK_LIBRARIES"):
            names = [pathlib.PurePosixPath(w).name for w in line.split("=", 1)[1].split()]
            for never in NEVER_LINKS[program]:
                for name in names:
                    if re.match(rf"(lib|-l)?{re.escape(never)}(?![a-z])", name):
                        yield f"{program}: links {name}"


def forbidden_loads(program, dynamic_section):
    for name in re.findall(r"NEEDED.*\[(\S+?)\.so", dynamic_section):
        if any(re.fullmatch(never, name) for never in NEVER_LOADS.get(program, [])):
            yield f"{program}: loads {name}; put what it needs of that library's users into a source of its own"


def built_loads(folder):
    for program in NEVER_LOADS:
        if (file := folder / "bin" / program).exists():
            section = subprocess.run(["readelf", "-d", file], capture_output=True, text=True, check=True).stdout
            yield from forbidden_loads(program, section)


def problems(tree, build=None):
    found = list(forbidden_includes(tree))
    return found + list(forbidden_links(build / "build.ninja")) + list(built_loads(build)) if build else found


def self_test():
    planted = {
        "core/base/a.cpp": '#include "core/media/picture.h"',
        "core/render/b.cpp": '#include "core/draft/background.h"',
        "core/media/c.h": "#include <QString>",
        "ui/d.cpp": "#include <torch/torch.h>",
        "inference/e.cpp": '#include "core/render/queue.h"',
        "app/document/f.h": "#include <QWidget>",
        "core/base/g.h": "#include <opencv2/core.hpp>",
        "core/stray/h.h": "#include <vector>",
    }
    with tempfile.TemporaryDirectory() as folder:
        tree = pathlib.Path(folder)
        for name, text in {**planted, "core/draft/fine.cpp": '#include "core/media/picture.h"'}.items():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            (tree / name).write_text(text + "\n")
        ninja = tree / "build.ninja"
        ninja.write_text("build bin/pai: CXX_EXECUTABLE_LINKER__pai_Release x.o\n"
                         "  LINK_LIBRARIES = core/base/libpai_core_base.a  /usr/lib/libtorch.so\n\n"
                         "build bin/pai-infer: CXX_EXECUTABLE_LINKER__i_Release x.o\n"
                         "  LINK_LIBRARIES = /usr/lib/libtorch.so  -lavcodec\n\n")
        found = problems(tree, tree)
    found += forbidden_loads("pai-studio", " 0x1 (NEEDED)  Shared library: [libavcodec.so.59]\n"
                                           " 0x1 (NEEDED)  Shared library: [libopencv_core.so.406]\n")
    missed = [n for n in planted if not any(p.startswith(n) for p in found)]
    missed += [p for p in ("pai: links libtorch.so", "pai-infer: links -lavcodec") if p not in found]
    missed += [n for n in ("libavcodec",) if not any(f"loads {n};" in p for p in found)]
    wrong = [p for p in found if "fine.cpp" in p or "libopencv_core" in p or p == "pai-infer: links libtorch.so"]
    for p in missed:
        print(f"not found: {p}")
    for p in wrong:
        print(f"wrongly found: {p}")
    return 1 if missed or wrong else 0


def main(argv):
    if argv == ["--self-test"]:
        return self_test()
    found = problems(pathlib.Path(argv[0]), pathlib.Path(argv[1]) if len(argv) > 1 else None)
    print("\n".join(found) if found else "every include and link line is allowed")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
