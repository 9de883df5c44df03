#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Which packages of the lab know which: what is benign knows no miner, and what both go through knows neither."""

import ast
import unittest
from pathlib import Path

_LAB = Path(__file__).resolve().parent.parent.parent / "lab"


def imported_by(package: str) -> set[str]:
    """Modules by their full names."""
    names = set()
    for file in (_LAB / package).glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
            elif isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
    return names


class Packages(unittest.TestCase):
    def assert_knows_nothing_of(self, package: str, other: str) -> None:
        imported = imported_by(package)
        self.assertIn("lab.laboratory", imported)
        self.assertEqual([], sorted(name for name in imported if f"{name}.".startswith(f"lab.{other}.")))

    def test_benign_traffic_knows_no_miner(self) -> None:
        self.assert_knows_nothing_of("benign", "miners")

    def test_wrapping_knows_nothing_of_what_it_wraps(self) -> None:
        for other in ("miners", "benign"):
            self.assert_knows_nothing_of("wrapping", other)


if __name__ == "__main__":
    unittest.main()
