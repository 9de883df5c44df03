# SPDX-License-Identifier: Apache-2.0
"""New blocks at exponential gaps, and refreshed templates of the same block in between, as a pool's node sees them.

Exponential: each hash meets the target with one small probability, as in random_work.py.
"""

import asyncio
from collections.abc import AsyncIterator
from random import Random


class Blockchain:
    """`height` grows with each block, `version` with each block and template.

    Pools of one coin see the same blocks: give them equal `blocks`, from which nothing but the blocks' gaps is drawn.
    """

    def __init__(
        self, mean_block_s: float, refresh_s: float | None, height: int, random: Random, blocks: Random | None = None
    ) -> None:
        self.height, self.version = height, 0
        self._mean_block_s, self._refresh_s, self._random = mean_block_s, refresh_s, random
        self._blocks = blocks or random
        self._news = asyncio.Event()

    async def run(self) -> None:
        """Until cancelled. A template is refreshed when it is `refresh_s` old, within a tenth."""
        next_block = self._blocks.expovariate(1 / self._mean_block_s)
        while True:
            next_refresh = self._refresh_s * self._random.uniform(0.95, 1.15) if self._refresh_s else float("inf")
            wait = min(next_block, next_refresh)
            await asyncio.sleep(wait)
            if wait == next_block:
                self.height += 1
                next_block = self._blocks.expovariate(1 / self._mean_block_s)
            else:
                next_block -= wait
            self.version += 1
            self._news.set()
            self._news = asyncio.Event()

    async def templates(self) -> AsyncIterator[None]:
        """Yields at each new template."""
        while True:
            await self._news.wait()
            yield
