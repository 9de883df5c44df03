# SPDX-License-Identifier: Apache-2.0
"""Which captures of the corpus (environment variable KANARIA_CORPUS) a comparison takes."""

import itertools
import os
from pathlib import Path


def root() -> Path | None:
    folder = os.environ.get("KANARIA_CORPUS")
    return Path(folder) if folder else None


def mining(root_: Path) -> list[Path]:
    return captures_in(root_ / "mining")


def captures_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if ".pcap" in path.name)


def spread(root_: Path, with_odd: bool) -> list[Path]:
    """Captures so ordered that any first N come from as many sources as can be: mining, odd (link
    layers, tunnels and damage) and each folder of benign.
    """
    folders = [root_ / "mining", *([root_ / "odd"] if with_odd else [])]
    folders += sorted((root_ / "benign").iterdir())
    rounds = itertools.zip_longest(*(captures_in(folder) for folder in folders))
    return [path for round_ in rounds for path in round_ if path is not None]
