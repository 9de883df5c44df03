# SPDX-License-Identifier: Apache-2.0
"""A miner's list of pools: dial again after a pause, after some tries the next pool, later back to the first.

Pauses and tries: ethminer's --retry-delay, --retry-max and --failover-timeout (minutes), cgminer's and bfgminer's
failover (back to the first pool once it answers), XMRig's retries (5) and retry-pause (5 s).
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from lab.activity import Place, Visit
from lab.laboratory import ENDED, Talk

_GOOD_LIFE_S = 30.0
_FARMS, _STARTS_WITHIN_S = 0.12, 20.0


class Redirected(ConnectionError):
    """The pool asked to dial again (`client.reconnect`)."""

    def __init__(self, wait_s: float) -> None:
        super().__init__("the pool asks for another connection")
        self.wait_s = wait_s


@dataclass(frozen=True)
class Persistence:
    pause_s: float
    tries: int
    return_s: float  # this long at a later pool, then the first again

    @staticmethod
    def drawn(random: Random) -> "Persistence":
        return Persistence(
            pause_s=random.choice((0.5, 3, 5, 5, 10, 15, 30)) * random.uniform(0.9, 1.1),
            tries=random.choice((1, 2, 3, 5, 5, 10)),
            return_s=random.uniform(60, 900),
        )


async def mine_with_rigs(visit: Visit, make: Callable[[], Talk]) -> None:
    """Until cancelled. Most people have one rig; of several behind one address each has a connection of its own."""
    count = visit.random.randrange(2, 5) if visit.random.random() < _FARMS else 1
    async with asyncio.TaskGroup() as rigs:
        for number in range(count):
            rigs.create_task(_start_rig(visit, make(), number and visit.random.uniform(0, _STARTS_WITHIN_S)))


async def _start_rig(visit: Visit, mine: Talk, after_s: float) -> None:
    await visit.pause(after_s)
    await mine_at_pools(visit, mine)


async def mine_at_pools(visit: Visit, mine: Talk) -> None:
    """Until cancelled. `mine` gets each new connection; it returns or raises when that one is over.

    The pools' services have `habits`, which say where they listen.
    """
    persistence = Persistence.drawn(visit.random)
    pools = pools_of_the_same_coin(visit)
    at, failures = 0, 0
    loop = asyncio.get_running_loop()
    while True:
        began = loop.time()
        pause_s = persistence.pause_s
        limit = asyncio.timeout(persistence.return_s if at else None)
        try:
            place, habits = pools[at][0], pools[at][1].habits
            async with visit.dial(habits.port, tls=habits.tls, place=place) as (reader, writer), limit:
                await mine(reader, writer)
        except Redirected as redirected:
            pause_s = redirected.wait_s
        except ENDED:
            pass
        failures = 0 if loop.time() - began > _GOOD_LIFE_S else failures + 1
        if limit.expired():
            at = 0
            continue
        if failures >= persistence.tries:
            at, failures = (at + 1) % len(pools), 0
        await visit.pause(pause_s)


def pools_of_the_same_coin(visit: Visit) -> list[tuple[Place, Any]]:
    coin = getattr(visit.service, "coin", None)
    pools = zip(visit.places or (visit.place,), visit.services or (visit.service,))
    return [(place, pool) for place, pool in pools if getattr(pool, "coin", None) == coin]


async def every(visit: Visit, period_s: float, act: Callable[[], None]) -> None:
    """A timer of the client's own."""
    while True:
        await visit.pause(period_s)
        act()
