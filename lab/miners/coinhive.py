# SPDX-License-Identifier: Apache-2.0
"""Browser miners of Coinhive's family, as light emulators: JSON in WebSocket text frames over TLS.

Sizes and rhythm: measured on jsiwek/zeek-cryptomining testing/Traces/coinhive.pcap. On the wire with TLS 1.2 AES-GCM
(29 bytes a record): request 558, answer 158, auth 216 (opt-in), authed 81, job 267, submit 199, hash_accepted 79-81,
verify 341, verified 182, ping 39, pong 35, close 35 and 31. Crypto-Loot is the same library under another name with
keys of 44 characters, so its auth is 12 longer; CoinIMP's keys have 64. Messages in base64 stand for the services'
later obfuscation, which no public source describes. A library dials again 3 s after its connection ended.
"""

import asyncio
import contextlib

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.laboratory import ENDED
from lab.miners import browser_messages as messages
from lab.miners.browser_messages import Library
from lab.miners.browser_miner import BrowserMiner, mine_in_browser, open_page_socket, stay_s
from lab.miners.browser_pool import BrowserPool

PORT = 443
_RECONNECT_S = 3.0
_BETWEEN_PAGES_S = (0.5, 8.0)


def _opener(library: Library):
    async def open_pool(place: Place) -> BrowserPool:
        pool = BrowserPool(library, place.random)
        await place.serve(PORT, pool.talk, tls=True)
        return pool

    return open_pool


async def visit_pages(visit: Visit) -> None:
    """Page after page of one site, each mines with the site's key while it is open."""
    miner = BrowserMiner.drawn(visit.place.name, visit.random)
    key = messages.site_key(visit.service.library, visit.random)
    while True:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(stay_s(visit.random)):
                await _mine_on_page(visit, miner, key)
        await visit.pause(visit.random.uniform(*_BETWEEN_PAGES_S))


async def _mine_on_page(visit: Visit, miner: BrowserMiner, key: str) -> None:
    pool: BrowserPool = visit.service
    while True:
        with contextlib.suppress(*ENDED):
            async with visit.dial(PORT, tls=True, protocols=("http/1.1",)) as (reader, writer):
                websocket = await open_page_socket(miner, pool.path, reader, writer)
                await mine_in_browser(miner, pool.library, pool.wire, websocket, key, visit.random, visit.slowness)
        await visit.pause(_RECONNECT_S)


def _activity(kind: str, library: Library, name: str) -> Activity:
    evidence = f"lab log: {name}-like emulator at the lab's own server; nothing hashes"
    return Activity(Story(MINING, kind, evidence), _opener(library), visit_pages)


ACTIVITIES = (
    _activity("coinhive-wss", messages.COINHIVE, "Coinhive"),
    _activity("coinhive-opt-in-wss", messages.COINHIVE_OPT_IN, "AuthedMine"),
    _activity("crypto-loot-wss", messages.CRYPTO_LOOT, "Crypto-Loot"),
    _activity("coinimp-wss", messages.COINIMP, "CoinIMP"),
)
