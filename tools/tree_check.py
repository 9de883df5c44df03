#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What every check of the tree shares: the project's files, the command line, the self-test.

A check is a function from a root folder to sentences, one a violation. Its self-test plants small
trees, violations beside clean ones, and compares all the sentences.

As a program: prints the project's files that match one of the patterns, 0-terminated.
"""

import fnmatch
import os
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED_FOLDERS = {"build", ".git", ".cache", "__pycache__"}


def project_files(root):
    """Sorted paths relative to `root`: what git tracks or would add; without git, all but builds."""
    listed = subprocess.run(
        ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode == 0:
        names = set(os.fsdecode(listed.stdout).split("\0")) - {""}
    else:
        names = set()
        for folder, subfolders, files in os.walk(root):
            subfolders[:] = [name for name in subfolders if name not in SKIPPED_FOLDERS]
            names.update(os.path.relpath(os.path.join(folder, name), root) for name in files)
    return sorted(name for name in names if os.path.isfile(os.path.join(root, name)))


def read_text(root, name):
    """The file's text, or None if it is not UTF-8 text."""
    content = Path(root, name).read_bytes()
    if b"\0" in content:
        return None
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _self_test(check, cases):
    failures = 0
    for title, files, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            found = list(check(Path(folder)))
        if found != expected:
            failures += 1
            print(f"self-test: {title}:\n  expected {expected}\n  found    {found}")
    print(f"self-test: {len(cases) - failures} of {len(cases)} planted trees judged right")
    return 1 if failures else 0


def main(check, cases):
    """Exit code of `TOOL [ROOT]` and `TOOL --self-test`."""
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        return _self_test(check, cases)
    if len(arguments) > 1 or (arguments and not os.path.isdir(arguments[0])):
        print(f"Usage: {sys.argv[0]} [ROOT | --self-test]", file=sys.stderr)
        return 2
    root = Path(arguments[0]) if arguments else Path(__file__).resolve().parent.parent
    sentences = list(check(root))
    for sentence in sentences:
        print(sentence)
    return 1 if sentences else 0


if __name__ == "__main__":
    for matching in project_files(Path(__file__).resolve().parent.parent):
        if any(fnmatch.fnmatch(matching, pattern) for pattern in sys.argv[1:]):
            sys.stdout.write(matching + "\0")
