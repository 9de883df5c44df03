# SPDX-License-Identifier: Apache-2.0
"""The parts of one long conversation: what is sent on timers, what is answered, who ends it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any, Self


async def until_first(*parts: Coroutine[Any, Any, None]) -> None:
    """Runs all parts at once until one of them ends or fails; the others are cancelled.

    Parts wait with `asyncio.timeout`: `asyncio.wait_for` of Python 3.11 loses a cancellation that comes at the same
    moment as what it waits for, and that part would never end.
    """
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


class Errands:
    """What one side of a conversation does beside listening; none of it outlives the conversation."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task] = set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.cancel()

    def start(self, errand: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(errand)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def cancel(self) -> None:
        for task in self._tasks:
            task.cancel()


class Broadcast:
    """News that all who listen to a server hear at the same moment. Nothing happens while nobody listens."""

    def __init__(self, gap: Callable[[], float], news: Callable[[], Any]) -> None:
        self._gap, self._news = gap, news
        self._listeners: dict[object, Callable[[Any], object]] = {}
        self._task: asyncio.Task | None = None

    @contextlib.contextmanager
    def heard_by(self, listener: Callable[[Any], object]) -> Iterator[None]:
        """Calls `listener` with each piece of news, as long as the context lasts."""
        key = object()
        self._listeners[key] = listener
        if self._task is None:
            self._task = asyncio.create_task(repeat(self._gap, self._tell))
        try:
            yield
        finally:
            del self._listeners[key]
            if not self._listeners:
                self._task.cancel()
                self._task = None

    def _tell(self) -> None:
        news = self._news()
        for listener in list(self._listeners.values()):
            listener(news)
