# SPDX-License-Identifier: Apache-2.0
"""Runs the real binary, named by the first argument, in a folder of its own."""

import os
import subprocess
import sys
import tempfile
import unittest
from collections import namedtuple

BINARY = os.path.abspath(sys.argv.pop(1)) if len(sys.argv) > 1 else None

Ran = namedtuple("Ran", "exit_code out err")


class KanariaRuns(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def write(self, name, data):
        os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
        with open(self.path(name), "wb") as file:
            file.write(data)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def path(self, name):
        return os.path.join(self.folder, name)

    def run_kanaria(self, *arguments, stdin=b"", environment=None, **more):
        done = subprocess.run(
            [BINARY, *arguments],
            cwd=self.folder,
            input=stdin,
            stdout=more.pop("stdout", subprocess.PIPE),
            stderr=more.pop("stderr", subprocess.PIPE),
            env=dict(os.environ, **(environment or {})),
            timeout=120,
            **more,
        )
        return Ran(done.returncode, (done.stdout or b"").decode(), (done.stderr or b"").decode())

    def complains(self, sentence, *arguments, exit_code, **more):
        """Exactly one sentence on stderr, and that exit code."""
        ran = self.run_kanaria(*arguments, **more)
        self.assertEqual(ran.err, f"kanaria: {sentence}\n")
        self.assertEqual(ran.exit_code, exit_code)
        return ran

    def runs(self, *arguments, exit_code=0, **more):
        """Nothing on stderr; returns stdout."""
        ran = self.run_kanaria(*arguments, **more)
        self.assertEqual(ran.err, "")
        self.assertEqual(ran.exit_code, exit_code)
        return ran.out


def main():
    if BINARY is None:
        sys.exit(f"usage: {sys.argv[0]} KANARIA [TEST...]")
    unittest.main()
