# SPDX-License-Identifier: Apache-2.0
"""XMRig and a node: mining alone by polling it, or at a pool that lets miners choose their template (self-select).

xmrig/xmrig src/base/net/stratum/DaemonClient.cpp (GET /getheight each second by default, POST getblocktemplate when it
has grown or the template is 15 s old, POST submitblock; or the node's ZeroMQ news of blocks), SelfSelectClient.cpp (after each job of the pool: the node's template, sent to the pool as
block_template) and src/base/net/http/HttpClient.cpp (a connection for each request, headers in alphabetical order).
Other solo miners poll getblocktemplate itself and keep one connection (libcurl).
"""

import asyncio
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.laboratory import ENDED
from lab.miners.http_exchange import HttpMessage, http_bytes, read_http
from lab.miners.json_lines import Message, line, random_hex
from lab.miners.mining_session import Persistence, keep_mining
from lab.miners.monero_daemon import DaemonStyle, MoneroDaemon
from lab.miners.monero_job import JobStyle
from lab.miners.monero_miner import MoneroMiner
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.random_work import RandomWork
from lab.miners.xmrig import XmrigWords, agent, hash_rate, wallet_address
from lab.miners.xmrig_pools import drawn_chain, open_pool
from lab.miners.zmq_feed import BlockNews, publish
from lab.rhythm import log_uniform

_DAEMON_PORTS = (18081, 18081, 18089, 38081, 34568, 19994)
_SELF_SELECT_FIELDS = ("pool_wallet", "extra_nonce", "target", "job_id", "id")
# A block alone: rare, but small coins and test networks have easy ones.
_BLOCK_GAP_S = (400, 400_000)
_ANSWER_S, _RETRY_S = 20, 5
_TEMPLATE_LIFE_S = 15


@dataclass(frozen=True)
class DaemonPort:
    daemon: MoneroDaemon
    port: int
    zmq_port: int
    running: asyncio.Task | None


@dataclass(frozen=True)
class Caller:
    """How a client asks a node."""

    host: str
    agent: str
    wallet: str
    keeps_connection: bool

    def request(self, method: str, path: str, body: bytes = b"") -> bytes:
        headers = [] if self.keeps_connection else ["Connection: close"]
        headers += [f"Content-Length: {len(body)}"] if body else []
        headers += [f"Host: {self.host}", f"User-Agent: {self.agent}"]
        return http_bytes(f"{method} {path} HTTP/1.1", headers, body)

    def call(self, number: int, method: str, params: Message | list) -> bytes:
        body = line({"id": number, "jsonrpc": "2.0", "method": method, "params": params})[:-1]
        return self.request("POST", "/json_rpc", body)


async def open_daemon(place: Place, daemon: MoneroDaemon | None = None) -> DaemonPort:
    random = place.random
    port = random.choice(_DAEMON_PORTS)
    zmq_port = port + random.choice((1, 2, 3))
    running = None
    if daemon is None:
        daemon = MoneroDaemon(DaemonStyle.drawn(random), drawn_chain(place)[1], random)
        running = asyncio.create_task(daemon.chain.run())

    async def publish_blocks(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await publish(daemon.chain, random, reader, writer)

    await place.serve(port, daemon.talk)
    await place.serve(zmq_port, publish_blocks)
    return DaemonPort(daemon, port, zmq_port, running)


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
                return await _answer(reader)

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
                    await asyncio.wait_for(news.next(), _TEMPLATE_LIFE_S * self._visit.slowness)
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


async def ask_once(visit: Visit, place: Place, port: int, request: bytes) -> HttpMessage:
    async with visit.dial(port, place=place) as (reader, writer):
        writer.write(request)
        return await _answer(reader)


async def _answer(reader: asyncio.StreamReader) -> HttpMessage:
    answer = await asyncio.wait_for(read_http(reader), _ANSWER_S)
    if answer is None:
        raise ConnectionResetError
    return answer


class SelfSelectPool(MoneroPool):
    """Beside it, on another port, a node. A job names the pool's wallet instead of a blob."""

    node: DaemonPort


async def open_self_select(place: Place) -> MoneroPool:
    random = place.random
    _, chain = drawn_chain(place)
    job = replace(JobStyle.drawn(random), fields=_SELF_SELECT_FIELDS)
    style = PoolStyle.drawn(random, job)
    pool = await open_pool(place, style, chain, tls=random.random() < 0.3)
    daemon = MoneroDaemon(DaemonStyle.drawn(random), chain, random)
    pool.node = await open_daemon(place, daemon)
    return pool


class SelfSelectMiner(MoneroMiner):
    """Works on the node's template, once the pool has agreed to it."""

    def __init__(self, visit: Visit, words: XmrigWords, hashes_per_s: float, random: Random) -> None:
        super().__init__(words, hashes_per_s, random)
        self._visit = visit
        others = list(zip(visit.places, visit.services))
        # The node is a server of its own where there is another one.
        self._node_place, node_pool = random.choice(others[1:] or [(visit.place, visit.service)])
        self._node = node_pool.node
        self._caller = Caller(self._node_place.name, words.agent, words.user, False)
        self._fetches: set[asyncio.Task] = set()

    def _take(self, job: Message) -> None:
        fetch = asyncio.create_task(self._choose_template(job))
        self._fetches.add(fetch)
        fetch.add_done_callback(self._fetches.discard)

    async def _choose_template(self, job: Message) -> None:
        number = len(self._fetches) + 1
        params = {"wallet_address": job["pool_wallet"], "extra_nonce": job["extra_nonce"]}
        request = self._caller.call(number, "getblocktemplate", params)
        try:
            answer = await ask_once(self._visit, self._node_place, self._node.port, request)
        except ENDED:
            return
        template = json.loads(answer.body)["result"]
        self.say(self.words.block_template(self._session, job, template))
        super()._take(job)


async def use_self_select(visit: Visit) -> None:
    random = visit.random
    rate = hash_rate(random) / visit.slowness
    words = replace(XmrigWords.drawn(random), extra_login=(("mode", "self-select"),))
    await keep_mining(visit, SelfSelectMiner(visit, words, rate, random), Persistence.drawn(random))


ACTIVITIES = (
    Activity(
        Story(MINING, "xmrig-daemon", "lab log: emulator that mines alone at the lab's own node; nothing hashes"),
        open_daemon,
        mine_alone,
    ),
    Activity(
        Story(MINING, "xmrig-self-select", "lab log: XMRig-like emulator with the lab's own pool and node"),
        open_self_select,
        use_self_select,
    ),
)
