# SPDX-License-Identifier: Apache-2.0
"""A line on standard error that says how far each scenario is: each second on a terminal, else once a minute."""

import asyncio
import sys
import time
from collections.abc import Mapping

_TERMINAL_PERIOD_S = 1
_FILE_PERIOD_S = 60


async def show_progress(seconds: Mapping[str, float]) -> None:
    """Until cancelled. `seconds`: how long each scenario takes."""
    on_terminal = sys.stderr.isatty()
    start = time.monotonic()
    try:
        while True:
            passed = time.monotonic() - start
            parts = [f"{name} {_clock(min(passed, whole))}/{_clock(whole)}" for name, whole in seconds.items()]
            print("  ".join(parts), end="\r" if on_terminal else "\n", file=sys.stderr, flush=True)
            await asyncio.sleep(_TERMINAL_PERIOD_S if on_terminal else _FILE_PERIOD_S)
    finally:
        if on_terminal:
            print(file=sys.stderr)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
