# SPDX-License-Identifier: Apache-2.0
"""The parts of one long conversation: what is sent on timers, what is answered, who ends it."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any


async def until_first(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs all parts at once until one of them ends or fails; the others are cancelled."""
    tasks = [asyncio.create_task(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def repeat(
    gap: Callable[[], float],
    act: Callable[[], object],
    pause: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """A gap, the act, the next gap, until cancelled. Clients give their visit's `pause`."""
    while True:
        await pause(gap())
        act()


class Answers:
    """Requests under way: the client that awaits an answer, and the reader that hands it over by its number."""

    def __init__(self) -> None:
        self._waiting: dict[object, asyncio.Future] = {}

    async def of(self, number: object) -> Any:
        future = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        try:
            return await future
        finally:
            self._waiting.pop(number, None)

    def arrived(self, number: object, answer: Any = None) -> None:
        """An answer that nobody awaits is dropped."""
        future = self._waiting.get(number)
        if future and not future.done():
            future.set_result(answer)
