# SPDX-License-Identifier: Apache-2.0
"""Browsers that mine at an ordinary Monero pool through a WebSocket-to-Stratum proxy, seen from either side of it.

proxied-browser and deepminer-wss: the proxy is outside, the router sees browsers at the proxy. bridge-to-pool: the
proxy is a host of the network, the router sees its pool connections, one for each browser; they go with the pages.
How many visitors a page has, and how long they stay, is the lab's own invention; messages: stratum_bridge.py.
"""

import asyncio
import contextlib
import dataclasses
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.conversation import until_first
from lab.identifier import random_hex
from lab.laboratory import ENDED
from lab.local_connection import local_connection
from lab.miners import browser_messages as messages
from lab.miners.blockchain import Blockchain
from lab.miners.browser_messages import Library, Wire
from lab.miners.browser_miner import BrowserMiner, mine_in_browser, open_page_socket
from lab.miners.coinhive import PORT, visit_pages
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.stratum_bridge import BridgeStyle, StratumBridge
from lab.websocket import accept_websocket

_POOL_PORTS, _POOL_TLS_PORTS = (3333, 4444, 5555, 7777, 80), (443, 9000, 14433)
# A browser finds few hashes: the proxy's operator asks the pool for its lowest port.
_FIRST_DIFFICULTIES = (300, 500, 1000, 1000, 2000, 5000)
_TO_POOL_S = (0.001, 0.12)
_BROWSERS_MEDIAN, _BROWSERS_SIGMA, _MOST_BROWSERS = 4, 0.8, 24
_STAY_MEDIAN_S, _STAY_SIGMA = 500, 1.0
_EMPTY_S = (1.0, 90.0)


def _pool(random: Random) -> MoneroPool:
    chain = Blockchain(120, random.choice((None, 30, 60, 90)), random.randrange(1_500_000, 3_300_000), random)
    style = dataclasses.replace(PoolStyle.drawn(random), first_difficulty=random.choice(_FIRST_DIFFICULTIES))
    pool = MoneroPool(style, chain, random)
    pool.start()
    return pool


class Proxy:
    """As its browsers see it. The pool is on the proxy's side of the router."""

    def __init__(self, library: Library, random: Random, *, deepminer: bool) -> None:
        self.library, self._random = library, random
        self.wire = Wire()
        self.path = random.choice(("/proxy", "/proxy", "/", f"/{random_hex(random, 8)}"))
        self.style = BridgeStyle.drawn(random, deepminer=deepminer)
        self._to_pool_s = random.uniform(*_TO_POOL_S)
        self._pool = _pool(random)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)
        async with local_connection(self._distant_pool) as pool:
            await StratumBridge(self.style, self.wire, websocket, pool, self._random).run()

    async def _distant_pool(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._to_pool_s)
        await self._pool.talk(reader, writer)


async def open_proxy(place: Place) -> Proxy:
    library = place.random.choice((messages.COINHIVE, messages.CRYPTO_LOOT, messages.COINIMP))
    return await _serve(place, Proxy(library, place.random, deepminer=False))


async def open_deepminer(place: Place) -> Proxy:
    return await _serve(place, Proxy(messages.DEEPMINER, place.random, deepminer=True))


async def _serve(place: Place, proxy: Proxy) -> Proxy:
    await place.serve(PORT, proxy.talk, tls=True)
    return proxy


@dataclass(frozen=True)
class _LowPool:
    port: int
    tls: bool


async def open_low_pool(place: Place) -> _LowPool:
    tls = place.random.random() < 0.4
    port = place.random.choice(_POOL_TLS_PORTS if tls else _POOL_PORTS)
    await place.serve(port, _pool(place.random).talk, tls=tls)
    return _LowPool(port, tls)


async def run_bridge(visit: Visit) -> None:
    """Until cancelled: pages of a small site are open in some browsers at any time."""
    deepminer = visit.random.random() < 0.6
    style = BridgeStyle.drawn(visit.random, deepminer=deepminer)
    library = messages.DEEPMINER if deepminer else messages.COINHIVE
    count = 1 + int(visit.random.lognormvariate(0, _BROWSERS_SIGMA) * _BROWSERS_MEDIAN)
    browsers = range(min(count, _MOST_BROWSERS))
    await until_first(*(_browsers_one_after_another(visit, style, library) for _ in browsers))


async def _browsers_one_after_another(visit: Visit, style: BridgeStyle, library: Library) -> None:
    while True:
        await visit.pause(visit.random.uniform(*_EMPTY_S) * visit.random.random() ** 2)
        miner = BrowserMiner.drawn("miner.example", visit.random)
        stay_s = visit.random.lognormvariate(0, _STAY_SIGMA) * _STAY_MEDIAN_S
        with contextlib.suppress(*ENDED):
            async with asyncio.timeout(stay_s), local_connection(_bridged(visit, style)) as (reader, writer):
                websocket = await open_page_socket(miner, "/proxy", reader, writer)
                key = style.wallet[: library.key_characters]
                await mine_in_browser(miner, library, Wire(), websocket, key, visit.random, visit.slowness)


def _bridged(visit: Visit, style: BridgeStyle):
    """The proxy's answer to one browser: a connection to the pool, which the router sees."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)
        async with visit.dial(visit.service.port, tls=visit.service.tls) as pool:
            await StratumBridge(style, Wire(), websocket, pool, visit.random).run()

    return talk


def _story(kind: str, what: str) -> Story:
    return Story(MINING, kind, f"lab log: {what}; nothing hashes")


_DEEPMINER = _story("deepminer-wss", "deepMiner-like emulator at the lab's own bridge to a pool")
_PROXIED = _story("proxied-browser", "browser emulator at the lab's own WebSocket-to-Stratum proxy")
_BRIDGE = _story("bridge-to-pool", "the lab's own WebSocket-to-Stratum proxy at its own pool")

ACTIVITIES = (
    Activity(_DEEPMINER, open_deepminer, visit_pages),
    Activity(_PROXIED, open_proxy, visit_pages),
    Activity(_BRIDGE, open_low_pool, run_bridge),
)
