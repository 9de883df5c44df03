# SPDX-License-Identifier: Apache-2.0
"""A miner of the Monero family at work on one connection: logs in, takes jobs, submits shares, keeps the line alive.

Timers: xmrig/xmrig src/base/net/stratum/Client.cpp (TCP_NODELAY; TCP keep-alive after 60 s, not on Windows; an answer
is awaited for 20 s; `keepalived` 60 s after the last line received, if the pool's extensions or the user want it).
What is said is the business of `Words`: XMRig's, xmr-stak's, a proxy's.
"""

import asyncio
import contextlib
import socket
from collections.abc import Iterator
from random import Random
from typing import Any, Protocol

from lab.activity import Place, Visit
from lab.identifier import random_hex
from lab.laboratory import ENDED
from lab.miners.failover import Persistence, fail_over
from lab.miners.json_rpc import Message, line, read_message
from lab.miners.monero_job import difficulty_of
from lab.miners.random_work import RandomWork
from lab.wrapping.carried_stream import Preamble

_ANSWER_S = 20
# A new seed needs the RandomX data set: some seconds without hashing (issue logs: 1.6-3.8 s; few threads need longer).
_DATA_SET_S = (1.6, 6.0)
# Threads look for a new job every few hundred hashes and meanwhile finish the old one's.
_SWITCH_S = 0.4


class Words(Protocol):
    keepalive_s: float | None  # None: only if the pool offers it

    def login(self) -> Message: ...

    def submit(self, session: str, job: Message, nonce: str, result: str) -> Message: ...

    def keepalive(self, session: str) -> Message: ...


class MoneroMiner:
    """Several connections one after another may be of one miner; its hash rate lives longer than they do."""

    def __init__(self, words: Words, hashes_per_s: float, random: Random, *, tcp_keepalive: bool = True) -> None:
        self.words, self.hashes_per_s = words, hashes_per_s
        self._random, self._tcp_keepalive = random, tcp_keepalive
        self._work = RandomWork(0, random)
        self._ready = False
        self._resting = 0
        self._job: Message = {}
        self._session = ""
        self._keepalive_s: float | None = None
        self._keepalive_due: asyncio.TimerHandle | None = None
        self._patience: asyncio.Timeout | None = None
        self._writer: asyncio.StreamWriter | None = None

    @contextlib.contextmanager
    def resting(self) -> Iterator[None]:
        """Connected, but its processors do something else."""
        self._resting += 1
        self._set_rate()
        try:
            yield
        finally:
            self._resting -= 1
            self._set_rate()

    def set_hash_rate(self, hashes_per_s: float) -> None:
        self.hashes_per_s = hashes_per_s
        self._set_rate()

    async def mine(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until cancelled or the pool hangs up. TimeoutError when it does not answer."""
        self._keep_tcp_alive(writer)
        self._session, self._ready, self._writer = "", False, writer
        self._work = RandomWork(0, self._random)
        submits = asyncio.create_task(self._submit_shares(writer))
        try:
            async with asyncio.timeout(None) as self._patience:
                self._send(writer, self.words.login())
                while message := await read_message(reader):
                    self._patience.reschedule(None)
                    self._understand(message)
                    self._plan_keepalive(writer)
        finally:
            self._writer = None
            submits.cancel()
            if self._keepalive_due:
                self._keepalive_due.cancel()

    @property
    def logged_in(self) -> bool:
        return bool(self._session)

    def say(self, message: Message) -> None:
        """On the connection at hand, if there is one."""
        if self._writer and self._session:
            self._send(self._writer, message)

    def _keep_tcp_alive(self, writer: asyncio.StreamWriter) -> None:
        connection = writer.get_extra_info("socket")
        if self._tcp_keepalive and connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)

    def _understand(self, message: Message) -> None:
        result = message.get("result") or {}
        if message.get("method") == "job":
            self._take(message["params"])
        elif "job" in result:
            self._session = result["id"]
            offered = "keepalive" in result.get("extensions", ())
            self._keepalive_s = self.words.keepalive_s or (60 if offered else None)
            self._take(result["job"])
            asyncio.get_running_loop().call_later(self._random.uniform(*_DATA_SET_S), self._start_hashing)
        elif message.get("error") and not self._session:
            raise ConnectionRefusedError("the pool refused the login")

    def _take(self, job: Message) -> None:
        """Shares of the job before it may still be on their way."""
        difficulty = difficulty_of(job)
        switch = self._random.expovariate(1 / _SWITCH_S) if self._job else 0.0

        def work_on_it() -> None:
            self._job = job
            self._work.set_difficulty(difficulty)

        asyncio.get_running_loop().call_later(switch, work_on_it)

    def _start_hashing(self) -> None:
        self._ready = True
        self._set_rate()

    def _set_rate(self) -> None:
        self._work.set_rate(self.hashes_per_s if self._ready and not self._resting else 0)

    async def _submit_shares(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._work.share()
            nonce, result = random_hex(self._random, 8), random_hex(self._random, 64)
            self._send(writer, self.words.submit(self._session, self._job, nonce, result))

    def _plan_keepalive(self, writer: asyncio.StreamWriter) -> None:
        if self._keepalive_due:
            self._keepalive_due.cancel()
        if self._keepalive_s and self._session:
            loop = asyncio.get_running_loop()
            self._keepalive_due = loop.call_later(self._keepalive_s, self._send_keepalive, writer)

    def _send_keepalive(self, writer: asyncio.StreamWriter) -> None:
        self._send(writer, self.words.keepalive(self._session))

    def _send(self, writer: asyncio.StreamWriter, message: Message) -> None:
        if writer.is_closing():
            return
        writer.write(line(message))
        assert self._patience
        self._patience.reschedule(asyncio.get_running_loop().time() + _ANSWER_S)


async def keep_mining(
    visit: Visit, miner: MoneroMiner, persistence: Persistence, preamble: Preamble | None = None
) -> None:
    """Until cancelled, at the visit's pools."""

    async def attempt(place: Place, pool: Any) -> bool:
        return await mine_once(visit, miner, place, pool, preamble)

    await fail_over(visit, persistence, attempt)


async def mine_once(
    visit: Visit, miner: MoneroMiner, place: Place, pool: Any, preamble: Preamble | None = None
) -> bool:
    """On one connection; whether it got as far as a job."""
    try:
        async with visit.dial(pool.port, tls=pool.tls, place=place) as (reader, writer):
            if preamble:
                reader, writer = await preamble(pool, reader, writer)
            await miner.mine(reader, writer)
    except ENDED:
        pass
    return miner.logged_in
