# SPDX-License-Identifier: Apache-2.0
"""An event loop whose clock jumps to the next timer: hours of waiting pass in moments, in their order."""

import asyncio
import selectors
from collections.abc import Coroutine
from typing import Any


class _JumpingSelector(selectors.SelectSelector):
    """Nothing but timers ever becomes ready."""

    now = 0.0

    def select(self, timeout: float | None = None) -> list:
        if timeout is None:
            raise RuntimeError("everything waits, and no timer is left")
        self.now += max(0.0, timeout)
        return []


class _VirtualTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        self._clock = _JumpingSelector()
        super().__init__(self._clock)

    def time(self) -> float:
        return self._clock.now


def run(main: Coroutine[Any, Any, Any], seconds: float | None = None) -> Any:
    """Its result; None if it is still busy after `seconds` and was cancelled."""
    with asyncio.Runner(loop_factory=_VirtualTimeLoop) as runner:
        return runner.run(_limited(main, seconds))


async def _limited(main: Coroutine[Any, Any, Any], seconds: float | None) -> Any:
    try:
        async with asyncio.timeout(seconds):
            return await main
    except TimeoutError:
        return None
