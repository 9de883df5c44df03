# SPDX-License-Identifier: Apache-2.0
"""A miner's list of pools: dial again after a pause, after some tries the next pool, later back to the first.

Pauses and tries: ethminer's --retry-delay, --retry-max and --failover-timeout (minutes), cgminer's and bfgminer's
failover (back to the first pool once it answers), XMRig's retries (5) and retry-pause (5 s), as commonly documented of
each.
"""

import asyncio
from collections.abc import Awaitable, Callable
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


# Does its work at one pool until that is over; whether it was of use.
Attempt = Callable[[Place, Any], Awaitable[bool]]


@dataclass(frozen=True)
class Persistence:
    pause_s: float = 5
    tries: int = 5
    # So long at a later pool, then the first again. None: after each attempt that was of use.
    return_s: float | None = None

    @staticmethod
    def drawn(random: Random) -> "Persistence":
        return Persistence(
            pause_s=random.choice((0.5, 3, 5, 5, 10, 15, 30)) * random.uniform(0.9, 1.1),
            tries=random.choice((1, 2, 3, 5, 5, 10)),
            return_s=random.uniform(60, 900),
        )

    @staticmethod
    def like_xmrig(random: Random) -> "Persistence":
        """Its defaults, as its users change them."""
        return Persistence(random.choice((5, 5, 5, 3, 10, 20)), random.choice((5, 5, 2, 1)))


async def fail_over(visit: Visit, persistence: Persistence, attempt: Attempt) -> None:
    """Attempt after attempt, until cancelled."""
    pools = pools_of_the_same_coin(visit)
    at, failures = 0, 0
    while True:
        pause_s = persistence.pause_s
        at_later_pool = asyncio.timeout(persistence.return_s if at else None)
        try:
            async with at_later_pool:
                worked = await attempt(*pools[at])
        except Redirected as redirected:
            worked, pause_s = True, redirected.wait_s
        except TimeoutError:
            at, failures = 0, 0
            continue
        failures = 0 if worked else failures + 1
        if worked and persistence.return_s is None:
            at = 0
        elif failures >= persistence.tries:
            at, failures = (at + 1) % len(pools), 0
        await visit.pause(pause_s)


async def mine_at_pools(visit: Visit, mine: Talk) -> None:
    """Until cancelled. `mine` gets each new connection; it returns or raises when that one is over.

    The pools' services have `habits`, which say where they listen.
    """

    async def attempt(place: Place, pool: Any) -> bool:
        began = asyncio.get_running_loop().time()
        try:
            async with visit.dial(pool.habits.port, tls=pool.habits.tls, place=place) as ends:
                await mine(*ends)
        except Redirected:
            raise
        except ENDED:
            pass
        return asyncio.get_running_loop().time() - began > _GOOD_LIFE_S

    await fail_over(visit, Persistence.drawn(visit.random), attempt)


async def mine_with_rigs(visit: Visit, make: Callable[[], Talk]) -> None:
    """Until cancelled. Most people have one rig; of several behind one address each has a connection of its own."""
    count = visit.random.randrange(2, 5) if visit.random.random() < _FARMS else 1
    async with asyncio.TaskGroup() as rigs:
        for number in range(count):
            rigs.create_task(_start_rig(visit, make(), number and visit.random.uniform(0, _STARTS_WITHIN_S)))


async def _start_rig(visit: Visit, mine: Talk, after_s: float) -> None:
    await visit.pause(after_s)
    await mine_at_pools(visit, mine)


def pools_of_the_same_coin(visit: Visit) -> list[tuple[Place, Any]]:
    """The visit's own first."""
    coin = getattr(visit.service, "coin", None)
    pools = zip(visit.places or (visit.place,), visit.services or (visit.service,))
    return [(place, pool) for place, pool in pools if getattr(pool, "coin", None) == coin]
