# SPDX-License-Identifier: Apache-2.0
"""What a miner does when its pool is gone, and when it works for its author.

Reconnecting: xmrig/xmrig Client.cpp and FailoverStrategy.cpp (a pause of 5 s, 5 tries, then the next pool of the list;
defaults that users change). Donation: DonateStrategy.cpp (1 to 5 minutes of 100 through a connection of its own to
another pool, from half to one and a half times the idle time after the start; the main connection stays open and gets
no shares meanwhile). A miner whose connection begins may have run for hours, so a donation may be near.
"""

import asyncio
from dataclasses import dataclass
from random import Random
from typing import Any

from lab.activity import Place, Visit
from lab.laboratory import ENDED
from lab.miners.monero_miner import MoneroMiner
from lab.wrapping.carried_stream import Preamble


@dataclass(frozen=True)
class Persistence:
    pause_s: float = 5
    tries: int = 5

    @staticmethod
    def drawn(random: Random) -> "Persistence":
        return Persistence(random.choice((5, 5, 5, 3, 10, 20)), random.choice((5, 5, 2, 1)))


async def keep_mining(
    visit: Visit, miner: MoneroMiner, persistence: Persistence, preamble: Preamble | None = None
) -> None:
    """Until cancelled. The pools of the list are tried in turn, the first one again after each that worked."""
    pools = pools_of(visit)
    tried, failures = 0, 0
    while True:
        place, pool = pools[tried % len(pools)]
        worked = await _mine_once(visit, miner, place, pool, preamble)
        failures = 0 if worked else failures + 1
        if worked:
            tried = 0
        elif failures % persistence.tries == 0:
            tried += 1
        await visit.pause(persistence.pause_s)


async def _mine_once(
    visit: Visit, miner: MoneroMiner, place: Place, pool: Any, preamble: Preamble | None
) -> bool:
    """Whether it got as far as a job."""
    try:
        async with visit.dial(pool.port, tls=pool.tls, place=place) as (reader, writer):
            if preamble:
                reader, writer = await preamble(pool, reader, writer)
            await miner.mine(reader, writer)
    except ENDED:
        pass
    return miner.logged_in


def pools_of(visit: Visit) -> list[tuple[Place, Any]]:
    """The visit's own first."""
    if visit.places:
        return list(zip(visit.places, visit.services))
    return [(visit.place, visit.service)]


async def donate(visit: Visit, miner: MoneroMiner, author: MoneroMiner, random: Random) -> None:
    """Until cancelled. `author` is the same machine under the author's name."""
    level = random.choice((1, 1, 1, 1, 2, 5))
    cycle_s = 60 * (100 - level)
    wait_s = random.uniform(0, 1.5 * cycle_s)
    pools = pools_of(visit)
    place, pool = random.choice(pools[1:] or pools)
    while True:
        await asyncio.sleep(wait_s)
        with miner.resting():
            try:
                async with asyncio.timeout(60 * level):
                    await _mine_once(visit, author, place, pool, None)
            except TimeoutError:
                pass
        wait_s = cycle_s * random.uniform(0.8, 1.2)
