#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks each file of the tree: licence line, length, name, nothing left to do.

One sentence a violation, exit 1; silent and exit 0 when there is none.
"""

import re
import sys

import tree_check

SOURCE_SUFFIXES = (".h", ".cpp", ".py", ".cmake", ".proto", ".sh", "CMakeLists.txt")
MOST_LINES = 800
LICENCE = "SPDX-License-Identifier: Apache-2.0"
# Words that name no idea: a file called so collects whatever fits nowhere else.
EMPTY_WORDS = set(
    "util utils helper helpers common misc manager managers handler processor impl info".split()
)
LEFT_TO_DO = re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X|HA" r"CK)\b")


def violations(name, text):
    if text is None:
        return
    lines = text.splitlines()
    is_script = text.startswith("#!")
    if not is_script and not name.endswith(SOURCE_SUFFIXES):
        return
    licence_line = 1 if is_script else 0
    if LICENCE not in "".join(lines[licence_line : licence_line + 1]):
        yield f"{name}:{licence_line + 1} does not say '{LICENCE}'"
    if len(lines) > MOST_LINES:
        yield f"{name} has {len(lines)} lines; {MOST_LINES} is the most: split it by its ideas"
    for number, line in enumerate(lines, 1):
        match = LEFT_TO_DO.search(line)
        if match:
            yield f"{name}:{number} holds a {match[0]}: open an issue instead"


def check(root):
    for name in tree_check.project_files(root):
        empty = EMPTY_WORDS & set(re.split(r"[^a-z]+", name.lower()))
        if empty:
            yield f"{name} is named '{sorted(empty)[0]}', which says nothing: name it after its one idea"
        yield from violations(name, tree_check.read_text(root, name))


CPP = f"// {LICENCE}\n"
SCRIPT = f"#!/bin/sh\n# {LICENCE}\n"
CASES = [
    ("sound files", {"src/a.cpp": CPP, "scripts/go": SCRIPT, "README.md": "TO" "DO\n"}, []),
    ("as long as allowed", {"src/a.cpp": CPP + "\n" * 799}, []),
    ("too long", {"src/a.cpp": CPP + "\n" * 800},
     ["src/a.cpp has 801 lines; 800 is the most: split it by its ideas"]),
    ("no licence", {"src/a.h": "#pragma once\n" + CPP},
     [f"src/a.h:1 does not say '{LICENCE}'"]),
    ("an empty source", {"CMakeLists.txt": ""}, [f"CMakeLists.txt:1 does not say '{LICENCE}'"]),
    ("a script without licence", {"scripts/go": "#!/bin/sh\nexit\n"},
     [f"scripts/go:2 does not say '{LICENCE}'"]),
    ("an empty name", {"src/flow_util.h": CPP},
     ["src/flow_util.h is named 'util', which says nothing: name it after its one idea"]),
    ("an empty folder name", {"src/common/a.h": CPP},
     ["src/common/a.h is named 'common', which says nothing: name it after its one idea"]),
    ("a word within a word", {"src/utilisation.h": CPP}, []),
    ("left to do", {"src/a.cpp": CPP + "// FIX" "ME: later\n"},
     ["src/a.cpp:2 holds a FIX" "ME: open an issue instead"]),
]

if __name__ == "__main__":
    sys.exit(tree_check.main(check, CASES))
