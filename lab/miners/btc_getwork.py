# SPDX-License-Identifier: Apache-2.0
"""A miner of Bitcoin's first years: work and shares as HTTP requests, one of them kept waiting for the next block.

Headers and bodies as cgminer and bfgminer write them (libcurl, `X-Mining-Extensions`). Measured on
jsiwek/zeek-cryptomining's bitcoin captures: header 273-278 bytes and body 44-235 as two writes; bfgminer tries
getblocktemplate, then getwork. New work when the old is used up: 2^32 hashes, or 60 s where the time may be rolled.
"""

import asyncio
import base64
import contextlib
import json
from dataclasses import replace
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.conversation import until_first
from lab.http_message import read_message
from lab.identifier import random_hex
from lab.laboratory import ENDED
from lab.miners.failover import Persistence, fail_over
from lab.miners.http_work_pool import LONG_POLL_PATH, HttpWorkPool, HttpWorkStyle
from lab.miners.json_rpc import Message
from lab.miners.pool import PoolHabits
from lab.miners.random_work import RandomWork
from lab.miners.rig import Rig, account_name, drawn_rig

_USUAL_HASHES_PER_S = 4e8
_PORTS = (8332, 8337, 8344, 9332, 80, 8080)
_AGENTS = ("bfgminer/5.2.0", "cgminer 2.7.5", "cgminer 2.11.4", "bfgminer/3.2.0", "cpuminer 2.3.2", "phoenix/v2.0.0")
_ANSWER_S = 60.0
_LONG_POLL_S = 3600.0
_ROLLED_S = 60.0


class Requests:
    """One libcurl handle: a connection, used again while the server keeps it. One or two writes a request."""

    def __init__(self, visit: Visit, place: Place, pool: HttpWorkPool, rig: Rig, agent: str, in_two: bool) -> None:
        self._visit, self._place, self._pool, self._in_two = visit, place, pool, in_two
        user = base64.b64encode(f"{rig.first_login}:{rig.password}".encode()).decode()
        self._head = (
            f"POST %s HTTP/1.1\r\nAuthorization: Basic {user}\r\nHost: {place.name}:{pool.habits.port}\r\n"
            f"Accept-Encoding: deflate, gzip\r\nContent-type: application/json\r\nUser-Agent: {agent}\r\n"
            "X-Mining-Extensions: longpoll midstate rollntime submitold\r\nContent-Length: %d\r\n\r\n"
        )
        self._connection = contextlib.AsyncExitStack()
        self._ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, message: Message, path: str = "/", answer_s: float = _ANSWER_S) -> Message:
        reader, writer = await self._connected()
        body = json.dumps(message).encode()
        head = (self._head % (path, len(body))).encode()
        for part in (head, body) if self._in_two else (head + body,):
            writer.write(part)
        async with asyncio.timeout(answer_s):
            answer = await read_message(reader)
        if answer.wants_close:
            await self.close()
        return json.loads(answer.body)

    async def close(self) -> None:
        self._ends = None
        await self._connection.aclose()

    async def _connected(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._ends and self._ends[0].at_eof():
            await self.close()
        if self._ends is None:
            habits = self._pool.habits
            dialled = self._visit.dial(habits.port, tls=habits.tls, place=self._place)
            self._ends = await self._connection.enter_async_context(dialled)
        return self._ends


class HttpMiner:
    def __init__(self, visit: Visit, rig: Rig, place: Place, pool: HttpWorkPool, agent: str, in_two: bool) -> None:
        self._visit, self._rig, self._pool, self._random = visit, rig, pool, visit.random
        self._work, self._polls, self._shares = (
            Requests(visit, place, pool, rig, agent, in_two) for _ in range(3)
        )  # fmt: skip
        self._tries_template = agent.startswith("bfgminer")
        self._method = "getblocktemplate" if pool.style.templates else "getwork"
        self._long_poll_id = ""

    async def mine(self) -> None:
        """Until cancelled or a connection fails."""
        try:
            if self._tries_template and self._method == "getwork":
                await self._work.call(self._request("getblocktemplate"))
            await self._fetch()
            await until_first(self._fetch_again(), self._long_poll(), self._submit())
        finally:
            for requests in (self._work, self._polls, self._shares):
                await requests.close()

    async def _fetch(self) -> None:
        self._take(await self._work.call(self._request(self._method)))

    def _take(self, reply: Message) -> None:
        self._long_poll_id = (reply["result"] or {}).get("longpollid", "")

    async def _fetch_again(self) -> None:
        used_up_s = 2**32 / self._rig.hashes_per_s
        period_s = _ROLLED_S if self._pool.style.rolls_time else min(_ROLLED_S, max(1.0, used_up_s))
        while True:
            await self._visit.pause(period_s * self._random.uniform(0.9, 1.1))
            await self._fetch()

    async def _long_poll(self) -> None:
        while True:
            path = "/" if self._pool.style.templates else LONG_POLL_PATH
            # Its answer is work as any other.
            self._take(await self._polls.call(self._request(self._method, self._long_poll_id), path, _LONG_POLL_S))

    async def _submit(self) -> None:
        work = RandomWork(self._rig.hashes_per_s, self._random)
        work.set_difficulty(self._pool.habits.first_difficulty)
        digits = 160 + 2 * self._random.randrange(150, 260) if self._pool.style.templates else 256
        method = "submitblock" if self._pool.style.templates else "getwork"
        while True:
            await work.share()
            await self._shares.call({"method": method, "params": [random_hex(self._random, digits)], "id": 1})

    def _request(self, method: str, long_poll_id: str = "") -> Message:
        if method == "getwork":
            return {"method": "getwork", "params": [], "id": 0}
        asked: dict[str, Any] = {"capabilities": ["coinbasetxn", "workid", "coinbase/append"], "maxversion": 3}
        if long_poll_id:
            asked["longpollid"] = long_poll_id
        return {"id": 0, "method": method, "params": [asked]}


async def open_pool(place: Place) -> HttpWorkPool:
    random = place.random
    habits = PoolHabits.drawn(random, _USUAL_HASHES_PER_S, _PORTS)
    pool = HttpWorkPool(habits, HttpWorkStyle.drawn(random), random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    """Until cancelled, with the pools of the list in turn."""
    random = visit.random
    rig = drawn_rig(visit, _USUAL_HASHES_PER_S, account_name(random))
    agent, in_two = random.choice(_AGENTS), random.random() < 0.6
    persistence = replace(Persistence.drawn(random), return_s=None)

    async def attempt(place: Place, pool: HttpWorkPool) -> bool:
        """A connection that ends counts against its pool, however long it was of use."""
        with contextlib.suppress(*ENDED):
            await HttpMiner(visit, rig, place, pool, agent, in_two).mine()
        return False

    await fail_over(visit, persistence, attempt)


ACTIVITIES = (
    Activity(
        Story(MINING, "btc-getwork-http", "lab log: emulator of getwork and getblocktemplate at the lab's own server"),
        open_pool,
        use_pool,
    ),
)
