#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs the commands of docs/*.md whose output is shown and compares it: docs_test.py KANARIA.

In a code block, `$ kanaria …` begins a command, what follows is all it prints, and a line … stands for any lines."""

import glob
import os
import re
import shlex
import shutil

from kanaria_runs import KanariaRuns, main

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
BLOCK = re.compile(r"^```\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def sessions(text):
    """(command line, shown output) of each command whose output is shown."""
    for block in BLOCK.findall(text):
        for session in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, shown = session.partition("\n")
            if command.startswith("kanaria ") and shown.strip():
                yield command, shown.rstrip("\n") + "\n"


def pattern(shown):
    return "".join("(?s:.*)" if line == "…\n" else re.escape(line) for line in shown.splitlines(keepends=True))


class DocumentedSessions(KanariaRuns):
    def test_print_what_the_pages_show(self):
        for folder in ("docs", "samples", "tests/model/exports"):
            shutil.copytree(os.path.join(ROOT, folder), self.path(folder))
        ran = 0
        for page in sorted(glob.glob(os.path.join(ROOT, "docs", "*.md"))):
            if os.path.basename(page) == "thesis-results.md":
                continue  # output of scripts/thesis on a corpus; the test thesis_quick runs that script
            with open(page, encoding="utf-8") as file:
                text = file.read()
            for command, shown in sessions(text):
                with self.subTest(page=os.path.basename(page), command=command):
                    result = self.run_kanaria(*shlex.split(command)[1:])
                    self.assertRegex(result.err + result.out, rf"\A{pattern(shown)}\Z")
                    ran += 1
        self.assertGreater(ran, 0)


if __name__ == "__main__":
    main()
