#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks that each header of src/ and lab/ compiles alone, by the compiler in CXX (default c++).

Include paths and definitions come from build/dev/compile_commands.json where it is there.
One sentence a violation, exit 1; silent and exit 0 when there is none.
"""

import json
import os
import re
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import tree_check

SEARCH_OPTIONS = ("-I", "-isystem", "-D")
# Headers of src/ are included by their path from there, those of lab/ by their path from the top.
FOLDERS = ("src/", "lab/")
AT_ONCE = 2


def search_flags(root):
    """The -I, -isystem and -D options under which src/ and lab/ are built, in order, each once."""
    flags = {f"-I{root / 'src'}": None, f"-I{root}": None}
    commands = root / "build" / "dev" / "compile_commands.json"
    entries = json.loads(commands.read_text(encoding="utf-8")) if commands.exists() else []
    for entry in entries:
        if not any(Path(entry["file"]).is_relative_to(root / folder) for folder in FOLDERS):
            continue
        words = iter(shlex.split(entry["command"]))
        for word in words:
            if word in SEARCH_OPTIONS:
                word = f"{word}{next(words)}"
            if word.startswith(SEARCH_OPTIONS):
                flags[word] = None
    return list(flags)


def violation(root, flags, name):
    command = [os.environ.get("CXX", "c++"), "-std=c++20", "-fsyntax-only", "-x", "c++", *flags, "-"]
    include = f'#include "{name.removeprefix("src/")}"\n'
    compiled = subprocess.run(
        command,
        input=include,
        cwd=root,
        env={**os.environ, "LC_ALL": "C"},
        capture_output=True,
        text=True,
        check=False,
    )
    if compiled.returncode == 0:
        return None
    # "FILE:LINE:COLUMN: error: TEXT"; compilers differ on the column.
    error = re.search(r"([^\s:]+:\d+)(?::\d+)?: (?:fatal )?error: (.+)", compiled.stderr)
    said = f"{error[1]}: {error[2]}" if error else compiled.stderr.strip()
    return f"{name} does not compile alone: {said.replace(f'{root}/', '')}"


def check(root):
    headers = [
        name
        for name in tree_check.project_files(root)
        if name.startswith(FOLDERS) and name.endswith(".h")
    ]
    flags = search_flags(root)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        said = pool.map(lambda name: violation(root, flags, name), headers)
        yield from filter(None, said)


CASES = [
    ("a header that stands alone", {
        "src/base/a.h": "#pragma once\nstruct A {};\n",
        "src/flow/b.h": '#pragma once\n#include "base/a.h"\ninline A made() { return {}; }\n'}, []),
    ("a header that needs another first", {
        "src/flow/b.h": '#pragma once\n#ifndef A_CAME_FIRST\n#pragma GCC error "include a.h"\n#endif\n'},
     ["src/flow/b.h does not compile alone: src/flow/b.h:3: include a.h"]),
    ("headers of the lab", {
        "src/base/a.h": "#pragma once\nstruct A {};\n",
        "lab/path/b.h": '#pragma once\n#include "base/a.h"\ninline A made() { return {}; }\n',
        "lab/path/c.h": '#pragma once\n#include "lab/path/b.h"\n#pragma GCC error "after b.h"\n'},
     ["lab/path/c.h does not compile alone: lab/path/c.h:3: after b.h"]),
]

if __name__ == "__main__":
    sys.exit(tree_check.main(check, CASES))
