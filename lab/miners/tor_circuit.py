# SPDX-License-Identifier: Apache-2.0
"""Mining through Tor: XMRig's messages in fixed cells to a guard, the pool behind two more relays.

Cells are those of wrapping/; who mines so, and how fast, is the lab's own invention.
"""

import asyncio
from dataclasses import replace

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.miners.failover import Persistence
from lab.miners.lying_low import hidden_hash_rate, hidden_words, lie_low
from lab.miners.monero_miner import MoneroMiner, keep_mining
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.xmrig_pools import drawn_chain
from lab.rhythm import log_uniform
from lab.wrapping.carried_stream import Ends
from lab.wrapping.tor_client import busy_elsewhere, shake_hands
from lab.wrapping.tor_guard import Guard
from lab.wrapping.tor_link import PADDING_S, REDUCED_PADDING_S

_PORTS = (443, 443, 9001, 9001, 9002, 8443)
_SHARE_S = (5, 400)


async def open_guard(place: Place) -> Guard:
    random = place.random
    _, chain = drawn_chain(place)
    style = replace(PoolStyle.drawn(random), backend_s=random.uniform(0.01, 0.1))
    pool = MoneroPool(style, chain, random)
    pool.start()
    guard = Guard(pool.talk, random.choice(_PORTS), log_uniform(random, 0.02, 0.25), random, pads=random.random() < 0.9)
    await place.serve(guard.port, guard.talk, tls=True)
    return guard


async def mine_through_tor(visit: Visit) -> None:
    random = visit.random
    rate = hidden_hash_rate(random) / visit.slowness
    asked = rate * log_uniform(random, *_SHARE_S) if random.random() < 0.6 else None
    miner = MoneroMiner(hidden_words(random, asked), rate, random, tcp_keepalive=False)
    padding_s = random.choices((PADDING_S, REDUCED_PADDING_S, None), (7, 2, 1))[0]
    # Of the latest connection.
    background: list[asyncio.Task] = []

    async def connect(_: Guard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ends:
        _end(background)
        client = await shake_hands(reader, writer, random, padding_s)
        background.append(asyncio.create_task(client.feed(reader)))
        background.append(asyncio.create_task(busy_elsewhere(client, random)))
        return await client.open_stream("pool.example.net:3333")

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_mining(visit, miner, Persistence(random.choice((5, 10, 30)), 2), connect))
            tasks.create_task(lie_low(miner, random))
    finally:
        _end(background)


def _end(tasks: list[asyncio.Task]) -> None:
    for task in tasks:
        task.cancel()
    tasks.clear()


ACTIVITIES = (
    Activity(
        Story(MINING, "miner-tor-cells", "lab log: emulator of mining in Tor cells at the lab's own guard"),
        open_guard,
        mine_through_tor,
    ),
)
