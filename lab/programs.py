# SPDX-License-Identifier: Apache-2.0
"""Where the project's own built programs are.

The folder is that of the environment variable KANARIA_BUILD, otherwise build/release, otherwise build/dev.
"""

import os
from pathlib import Path

from lab.failure import LabFailure

_BUILDS = Path(__file__).resolve().parent.parent / "build"


def built(name: str) -> Path:
    """The program of that name, such as 'kanaria' or 'kanaria-lab-path'."""
    chosen = os.environ.get("KANARIA_BUILD")
    for folder in [Path(chosen).resolve()] if chosen else [_BUILDS / "release", _BUILDS / "dev"]:
        if os.access(folder / name, os.X_OK):
            return folder / name
    if chosen:
        raise LabFailure(f"the folder '{chosen}', which KANARIA_BUILD names, has no program '{name}'")
    raise LabFailure(f"lab needs '{name}': build it with scripts/build release")
