# SPDX-License-Identifier: Apache-2.0
"""The server side of Coinhive's family of browser miners.

Rhythm: measured on jsiwek/zeek-cryptomining testing/Traces/coinhive.pcap: target ffffff00 (a share each 256 hashes),
new jobs 44, 92, 105, 334 and 371 s after the start, a share accepted after 0.12 s at the median and 2.3 s at most, two
requests to verify in 429 s. What another operator may choose is drawn around that.
"""

import asyncio
import contextlib
import socket
import time
from random import Random

from lab.identifier import random_digits, random_hex
from lab.miners import browser_messages as messages
from lab.miners.blockchain import Blockchain
from lab.miners.browser_messages import Library, Wire
from lab.miners.json_rpc import Message
from lab.websocket import Opcode, WebSocket, accept_websocket

_USUAL_DIFFICULTY = 256
_VERIFY_MEAN_S = 200
_RETARGET_PERIOD_S = 60
_HEADERS = (
    (),
    ("Server: nginx", "Date: Mon, 11 Jun 2018 10:00:00 GMT"),
    ("Server: cloudflare", "CF-RAY: 42907a0e6d2c9706-FRA", "Set-Cookie: __cfduid=d0123456789abcdef; HttpOnly"),
)


class BrowserPool:
    """One service's servers. Its jobs change with the chain for as long as the event loop runs."""

    def __init__(self, library: Library, random: Random) -> None:
        self.library, self._random = library, random
        self.wire = Wire(random.random() < library.base64_share)
        self.path = random.choice(("/proxy", "/proxy", "/", "/ws", f"/proxy?pool={random_hex(random, 12)}"))
        self.usual_difficulty = _USUAL_DIFFICULTY
        if not library.always_usual_target:
            self.usual_difficulty = random.choice((64, 128, 256, 256, 512, 1000, 2000))
        self._share_target_s = 0.0 if library.always_usual_target else random.choice((0.0, 0.0, 5.0, 10.0, 20.0))
        self._check_mean_s = random.uniform(0.002, 0.06)
        self._queue_mean_s, self._queue_probability = random.uniform(0.3, 1.5), random.uniform(0.0, 0.06)
        self._ping_s = random.choice((0, 0, 20, 25, 30, 60))
        self._life_mean_s = random.choice((0, 0, 900, 3600))
        self._headers = random.choice(_HEADERS)
        self._job_digits = 15 if library.always_usual_target else random.choice((15, 15, 28, 32))
        self._job_fields = {} if library.always_usual_target else _job_fields(random)
        refresh_s = random.choice((None, 30, 60, 120))
        self._chain = Blockchain(random.uniform(60, 150), refresh_s, random.randrange(1_500_000, 2_900_000), random)
        self._running = asyncio.create_task(self._chain.run())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer, self._headers)
        session = _Session(self, websocket, self.usual_difficulty)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._life_s()):
                await session.run(writer)

    def _life_s(self) -> float | None:
        """Some services end each connection some time or other."""
        return self._random.expovariate(1 / self._life_mean_s) if self._life_mean_s else None

    def job(self, difficulty: int) -> Message:
        random = self._random
        transactions = f"{random.randrange(3, 30):02x}"
        blob = "0707" + random_hex(random, 10 + 64) + 8 * "0" + random_hex(random, 64) + transactions
        digits = self._job_digits
        job_id = random_digits(random, digits) if digits == 15 else random_hex(random, digits)
        return {"job_id": job_id, "blob": blob, "target": messages.target(difficulty)} | self._job_fields

    async def new_jobs(self) -> None:
        await anext(self._chain.templates())

    def fitting_difficulty(self, hashes: int, passed_s: float) -> int | None:
        """For a service that adapts it: a power of two, None where it does not."""
        if not self._share_target_s or not hashes:
            return None
        wanted = max(16, hashes / passed_s * self._share_target_s)
        return 1 << round(wanted).bit_length() - 1

    async def check(self) -> None:
        queued = self._random.random() < self._queue_probability
        await asyncio.sleep(self._random.expovariate(1 / (self._queue_mean_s if queued else self._check_mean_s)))

    async def pings(self, websocket: WebSocket) -> None:
        while self._ping_s:
            await asyncio.sleep(self._ping_s)
            websocket.send(Opcode.PING)

    async def verifications(self, websocket: WebSocket) -> None:
        while self.library.verifies:
            await asyncio.sleep(self._random.expovariate(1 / _VERIFY_MEAN_S))
            websocket.send_text(self.wire.write("verify", messages.verify(self._random)))


class _Session:
    """One browser's connection."""

    def __init__(self, pool: BrowserPool, websocket: WebSocket, difficulty: int) -> None:
        self._pool, self._websocket, self._difficulty = pool, websocket, difficulty
        self._hashes = 0

    async def run(self, writer: asyncio.StreamWriter) -> None:
        tasks: list[asyncio.Task] = []
        try:
            async for payload in self._websocket.payloads():
                kind = self._pool.wire.read(payload)["type"]
                if kind == "auth":
                    self._greet(writer)
                    tasks = [asyncio.create_task(task) for task in self._tasks()]
                elif kind == "submit":
                    await self._accept()
        finally:
            for task in tasks:
                task.cancel()

    def _tasks(self):
        yield self._push_jobs()
        yield self._retarget()
        yield self._pool.pings(self._websocket)
        yield self._pool.verifications(self._websocket)

    def _send(self, kind: str, params: Message) -> None:
        self._websocket.send_text(self._pool.wire.write(kind, params))

    def _greet(self, writer: asyncio.StreamWriter) -> None:
        """`authed` and the first job: two TLS records in one segment, as measured."""
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
        self._send("authed", {"token": "", "hashes": 0})
        self._send("job", self._pool.job(self._difficulty))
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)

    async def _accept(self) -> None:
        await self._pool.check()
        self._hashes += self._difficulty
        self._send("hash_accepted", {"hashes": self._hashes})

    async def _push_jobs(self) -> None:
        while True:
            await self._pool.new_jobs()
            self._send("job", self._pool.job(self._difficulty))

    async def _retarget(self) -> None:
        start = time.monotonic()
        while True:
            await asyncio.sleep(_RETARGET_PERIOD_S)
            fitting = self._pool.fitting_difficulty(self._hashes, time.monotonic() - start)
            if fitting and fitting != self._difficulty:
                self._difficulty = fitting
                self._send("job", self._pool.job(fitting))


def _job_fields(random: Random) -> Message:
    """What later forks add to a job."""
    return random.choice(
        (
            {},
            {},
            {"algo": "cn", "variant": random.randrange(3)},
            {"variant": 1, "height": random.randrange(10**6, 10**7)},
            {"algo": "cn-lite", "variant": 1, "height": random.randrange(10**6, 10**7)},
        )
    )
