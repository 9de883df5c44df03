#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""lab.programs: which build's program is taken."""

import os
import sys
import tempfile
import unittest
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from lab import programs  # noqa: E402
from lab.failure import LabFailure  # noqa: E402


class ProgramsTest(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name).resolve()
        for patched in (patch.object(programs, "_BUILDS", self.folder), patch.dict(os.environ)):
            patched.start()
            self.addCleanup(patched.stop)
        os.environ.pop("KANARIA_BUILD", None)

    def make(self, build, mode=0o755):
        program = self.folder / build / "kanaria"
        program.parent.mkdir(exist_ok=True)
        program.touch(mode)
        return program

    def assert_absent(self, sentence="lab needs 'kanaria': build it with scripts/build release"):
        with self.assertRaises(LabFailure) as raised:
            programs.built("kanaria")
        self.assertEqual(str(raised.exception), sentence)

    def test_release_goes_before_dev(self):
        dev = self.make("dev")
        self.assertEqual(programs.built("kanaria"), dev)
        release = self.make("release")
        self.assertEqual(programs.built("kanaria"), release)

    def test_a_build_that_is_named_is_the_only_one(self):
        self.make("release")
        os.environ["KANARIA_BUILD"] = named = str(self.folder / "mine")
        self.assert_absent(f"the folder '{named}', which KANARIA_BUILD names, has no program 'kanaria'")
        mine = self.make("mine")
        self.assertEqual(programs.built("kanaria"), mine)

    def test_what_is_not_built_is_said(self):
        self.assert_absent()
        self.make("release", mode=0o644)
        self.assert_absent()


if __name__ == "__main__":
    unittest.main()
