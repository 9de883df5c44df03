# SPDX-License-Identifier: Apache-2.0
"""XMRig alone, at a node of its owner's.

xmrig/xmrig src/base/net/stratum/DaemonClient.cpp: GET /getheight each second by default, POST getblocktemplate when it
has grown or the template is 15 s old, POST submitblock; or the node's ZeroMQ news of blocks instead of the polling.
Other solo miners poll getblocktemplate itself.
"""

import asyncio
import json
from collections.abc import Callable

from lab.activity import Activity, Visit
from lab.connection_log import MINING, Story
from lab.http_message import HttpMessage
from lab.identifier import random_hex
from lab.laboratory import ENDED
from lab.miners.json_rpc import Message
from lab.miners.node_rpc import Caller, ask_once, open_daemon, read_answer
from lab.miners.random_work import RandomWork
from lab.miners.xmrig import agent, wallet_address
from lab.miners.zmq_feed import BlockNews
from lab.rhythm import log_uniform

# A block alone: rare, but small coins and test networks have easy ones.
_BLOCK_GAP_S = (400, 400_000)
_TEMPLATE_LIFE_S = 15
_RETRY_S = 5


async def mine_alone(visit: Visit) -> None:
    """Until cancelled."""
    random = visit.random
    way = random.choice((_Solo.poll_on_one_connection, _Solo.poll_on_one_connection, _Solo.poll, _Solo.await_news))
    keeps = way is _Solo.poll_on_one_connection
    caller = Caller(f"{visit.place.name}:{visit.service.port}", agent(random), wallet_address(random), keeps)
    # The default is 1 s; a connection for each poll makes its users choose longer ones.
    period_s = random.choice((1, 1, 1, 2, 5)) if keeps else random.choice((1, 2, 5, 10))
    asks_height = not keeps or random.random() < 0.7
    solo = _Solo(visit, caller, period_s, asks_height)
    while True:
        try:
            await way(solo)
        except ENDED:
            pass
        await visit.pause(_RETRY_S)


class _Solo:
    def __init__(self, visit: Visit, caller: Caller, period_s: float, asks_height: bool) -> None:
        self._visit, self._caller = visit, caller
        self._period_s, self._asks_height = period_s, asks_height
        self._number, self._height, self._blob, self._fetched = 1, 0, "", 0.0
        self._block = RandomWork(1, visit.random)
        self._block.set_difficulty(log_uniform(visit.random, *_BLOCK_GAP_S))

    async def poll_on_one_connection(self) -> None:
        async with self._visit.dial(self._visit.service.port) as (reader, writer):

            async def ask(request: bytes) -> HttpMessage:
                writer.write(request)
                return await read_answer(reader)

            await self._poll(ask)

    async def poll(self) -> None:
        await self._poll(self._ask_once)

    async def await_news(self) -> None:
        """A connection for news, and one for each template."""
        async with self._visit.dial(self._visit.service.zmq_port) as ends:
            news = BlockNews(*ends)
            await news.subscribe()
            while True:
                await self._fetch_template(self._ask_once)
                try:
                    async with asyncio.timeout(_TEMPLATE_LIFE_S * self._visit.slowness):
                        await news.next()
                except TimeoutError:
                    await self._ask_once(self._caller.request("GET", "/getheight"))

    async def _ask_once(self, request: bytes) -> HttpMessage:
        return await ask_once(self._visit, self._visit.place, self._visit.service.port, request)

    async def _poll(self, ask: Callable) -> None:
        found = asyncio.create_task(self._block.share())
        try:
            await self._fetch_template(ask)
            while True:
                await asyncio.wait([found], timeout=self._period_s * self._visit.slowness)
                if found.done():
                    found = asyncio.create_task(self._block.share())
                    await self._call(ask, "submitblock", [self._blob])
                    await self._fetch_template(ask)
                elif not self._asks_height:
                    await self._fetch_template(ask)
                else:
                    height = json.loads((await ask(self._caller.request("GET", "/getheight"))).body)["height"]
                    outdated = asyncio.get_running_loop().time() > self._fetched + _TEMPLATE_LIFE_S
                    if height != self._height or outdated:
                        await self._fetch_template(ask)
        finally:
            found.cancel()

    async def _fetch_template(self, ask: Callable) -> None:
        params = {"wallet_address": self._caller.wallet, "extra_nonce": random_hex(self._visit.random, 16)}
        template = (await self._call(ask, "getblocktemplate", params))["result"]
        self._height, self._blob = template["height"], template["blocktemplate_blob"]
        self._fetched = asyncio.get_running_loop().time()

    async def _call(self, ask: Callable, method: str, params: Message | list) -> Message:
        self._number += 1
        return json.loads((await ask(self._caller.call(self._number, method, params))).body)


ACTIVITIES = (
    Activity(
        Story(MINING, "xmrig-daemon", "lab log: emulator that mines alone at the lab's own node; nothing hashes"),
        open_daemon,
        mine_alone,
    ),
)
