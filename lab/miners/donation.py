# SPDX-License-Identifier: Apache-2.0
"""What a miner does for its author: some minutes of each hundred through a connection of its own to another pool.

XMRig's, as commonly documented: 1 to 5 minutes of 100, from half to one and a half times the idle time after the start;
the main connection stays open and gets no shares meanwhile. A miner whose connection begins may have run for hours, so
a donation may be near.
"""

import asyncio
from random import Random

from lab.activity import Visit
from lab.miners.failover import pools_of_the_same_coin
from lab.miners.monero_miner import MoneroMiner, mine_once


async def donate(visit: Visit, miner: MoneroMiner, author: MoneroMiner, random: Random) -> None:
    """Until cancelled. `author` is the same machine under the author's name."""
    level = random.choice((1, 1, 1, 1, 2, 5))
    cycle_s = 60 * (100 - level)
    wait_s = random.uniform(0, 1.5 * cycle_s)
    pools = pools_of_the_same_coin(visit)
    place, pool = random.choice(pools[1:] or pools)
    while True:
        await asyncio.sleep(wait_s)
        with miner.resting():
            try:
                async with asyncio.timeout(60 * level):
                    await mine_once(visit, author, place, pool)
            except TimeoutError:
                pass
        wait_s = cycle_s * random.uniform(0.8, 1.2)
