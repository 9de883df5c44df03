# SPDX-License-Identifier: Apache-2.0
"""A line on standard error that says how far a run is: each second on a terminal, else once a minute."""

import asyncio
import sys
import time
from collections.abc import Callable

_TERMINAL_PERIOD_S = 1
_FILE_PERIOD_S = 60


async def show_progress(seconds: float, state: Callable[[], str]) -> None:
    """Until cancelled. `seconds`: how long the run takes; `state`: what else there is to say."""
    on_terminal = sys.stderr.isatty()
    start = time.monotonic()
    try:
        while True:
            passed = min(time.monotonic() - start, seconds)
            print(
                f"{_clock(passed)} of {_clock(seconds)}  {state()}  ",
                end="\r" if on_terminal else "\n",
                file=sys.stderr,
                flush=True,
            )
            await asyncio.sleep(_TERMINAL_PERIOD_S if on_terminal else _FILE_PERIOD_S)
    finally:
        if on_terminal:
            print(file=sys.stderr)


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
