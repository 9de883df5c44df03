# SPDX-License-Identifier: Apache-2.0
"""A server's bad moments: it restarts (all connections end, and for some seconds new ones at once), or falls silent.

How often and for how long is the lab's own invention.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from random import Random

from lab.rhythm import log_uniform


_MEAN_GAP_S = (1_200, 15_000)
_RESTART_S, _SILENCE_S = (0.3, 25), (25, 90)
_SILENCE_SHARE = 0.2


class Outages:
    def __init__(self, random: Random) -> None:
        self.silent = False
        self._down = False
        self._random = random
        self._mean_gap_s = log_uniform(random, *_MEAN_GAP_S)
        self._open: set[asyncio.StreamWriter] = set()

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            await asyncio.sleep(self._random.expovariate(1 / self._mean_gap_s))
            if self._random.random() < _SILENCE_SHARE:
                self.silent = True
                await asyncio.sleep(self._random.uniform(*_SILENCE_S))
                self.silent = False
            else:
                await self._restart()

    async def _restart(self) -> None:
        self._down = True
        for writer in list(self._open):
            writer.close()
        await asyncio.sleep(self._random.uniform(*_RESTART_S))
        self._down = False

    @contextlib.asynccontextmanager
    async def connection(self, writer: asyncio.StreamWriter) -> AsyncIterator[None]:
        if self._down:
            raise ConnectionAbortedError
        self._open.add(writer)
        try:
            yield
        finally:
            self._open.discard(writer)
