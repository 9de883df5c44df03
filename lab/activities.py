# SPDX-License-Identifier: Apache-2.0
"""Every activity by the name that scenarios and labels use: its kind.

A module of miners/ or benign/ that has a tuple ACTIVITIES is found here; nothing has to be registered.
"""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType

from lab import benign, miners
from lab.activity import Activity


def _modules() -> Iterator[ModuleType]:
    for package in (miners, benign):
        for module in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
            yield importlib.import_module(f"{package.__name__}.{module.name}")


def _activities() -> dict[str, Activity]:
    found: dict[str, Activity] = {}
    for module in _modules():
        for activity in getattr(module, "ACTIVITIES", ()):
            kind = activity.story.kind
            assert kind not in found, f"two activities are called '{kind}'"
            found[kind] = activity
    return found


ACTIVITIES = _activities()
