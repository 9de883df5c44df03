# SPDX-License-Identifier: Apache-2.0
"""A bot that asks for its work over HTTP or HTTPS, and posts what it found: getwork's way, as malware uses it.

Shapes: getwork and long polling of Bitcoin's first years (a POST each few seconds, an answer at once or with the next
block), dressed as a web application's calls. Answers are the whole job, 304 or 204 when there is none, JSON or base64.
"""

import asyncio
import base64
import contextlib
import enum
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.http_message import HttpMessage, http_bytes, read_message
from lab.identifier import random_hex
from lab.laboratory import ENDED
from lab.miners.blockchain import Blockchain
from lab.miners.json_rpc import Message
from lab.miners.lying_low import hidden_hash_rate
from lab.miners.monero_job import JobStyle, Template, difficulty_of
from lab.miners.random_work import RandomWork
from lab.miners.xmrig_pools import drawn_chain
from lab.rhythm import log_uniform

_SERVERS = ("nginx", "nginx/1.18.0 (Ubuntu)", "Apache/2.4.52 (Ubuntu)", "cloudflare", "LiteSpeed")
_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/109.0.0.0 Safari/537.36",
    "Mozilla/4.0 (compatible; MSIE 8.0; Windows NT 6.1)",
    "curl/7.81.0",
    "WinHTTP/1.0",
    "python-requests/2.28.1",
)
_TASK_PATHS, _RESULT_PATHS = ("/api/task", "/gate.php", "/v1/jobs", "/update"), ("/api/result", "/gate.php", "/v1/done")
_LONG_POLL_S = (25, 60)
_ANSWER_MEAN_S = 0.03
_IDLE_S, _PATIENCE_S = 130, 90
_SHARE_S = (20, 900)


class Answers(enum.Enum):
    WHOLE = enum.auto()  # the job each time
    CHANGES = enum.auto()  # nothing new: no body
    LATE = enum.auto()  # long polling


@dataclass(frozen=True)
class BotServer:
    port: int
    tls: bool
    server: str
    answers: Answers
    encoded: bool
    job: JobStyle
    chain: Blockchain
    random: Random
    task_path: str
    result_path: str
    cookies: bool
    long_poll_s: float
    period_s: float
    share_s: float
    running: list[asyncio.Task] = field(default_factory=list)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(_IDLE_S):
                request = await read_message(reader)
            await asyncio.sleep(self.random.expovariate(1 / _ANSWER_MEAN_S))
            if request.body and b"nonce" in self.decoded(request.body):
                writer.write(self._answer("200 OK", b'{"status":"ok"}'))
            else:
                writer.write(await self._task(json.loads(self.decoded(request.body))))
            if request.wants_close:
                await writer.drain()
                return

    async def _task(self, asked: Message) -> bytes:
        if self.answers is Answers.LATE and asked["seen"] == self.chain.version:
            await self._news()
        if self.answers is not Answers.WHOLE and asked["seen"] == self.chain.version:
            return self._answer("204 No Content", b"")
        return self._answer("200 OK", self._job(asked))

    async def _news(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.long_poll_s):
                async for _ in self.chain.templates():
                    return

    def _job(self, asked: Message) -> bytes:
        seeds = (random_hex(self.random, 64), random_hex(self.random, 64))
        template = Template.drawn(self.chain.height, self.random, seeds)
        difficulty = max(100, int(asked["hr"] * self.share_s))
        job = self.job.job(template, difficulty, random_hex(self.random, 16), self.random)
        return self.encoded_body(job | {"seq": self.chain.version})

    def _answer(self, status: str, body: bytes) -> bytes:
        headers = [f"Server: {self.server}", "Date: Mon, 01 Jan 2024 00:00:00 GMT"]
        headers += [f"Content-Type: {'text/html; charset=UTF-8' if self.encoded else 'application/json'}"]
        headers += [f"Content-Length: {len(body)}", "Connection: keep-alive"]
        if self.cookies:
            headers.append(f"Set-Cookie: sid={random_hex(self.random, 32)}; path=/; HttpOnly")
        return http_bytes(f"HTTP/1.1 {status}", headers, body)

    def encoded_body(self, message: Message) -> bytes:
        text = json.dumps(message, separators=(",", ":")).encode()
        return base64.b64encode(text) if self.encoded else text

    def decoded(self, body: bytes) -> bytes:
        return base64.b64decode(body) if self.encoded else body


async def open_bot_server(place: Place) -> BotServer:
    random = place.random
    _, chain = drawn_chain(place)
    tls = random.random() < 0.6
    server = BotServer(
        port=random.choice((443, 443, 8443)) if tls else random.choice((80, 80, 8080)),
        tls=tls,
        server=random.choice(_SERVERS),
        answers=random.choice(tuple(Answers)),
        encoded=random.random() < 0.5,
        job=JobStyle.drawn(random),
        chain=chain,
        random=random,
        task_path=random.choice(_TASK_PATHS),
        result_path=random.choice(_RESULT_PATHS),
        cookies=random.random() < 0.3,
        long_poll_s=random.uniform(*_LONG_POLL_S),
        period_s=log_uniform(random, 3, 60),
        share_s=log_uniform(random, *_SHARE_S),
    )
    server.running.append(asyncio.create_task(chain.run()))
    await place.serve(server.port, server.talk, tls=tls)
    return server


class _Bot:
    def __init__(self, visit: Visit) -> None:
        self._visit, self._server, self._random = visit, visit.service, visit.random
        self._id, self._agent = random_hex(visit.random, 32), visit.random.choice(_AGENTS)
        self._rate = hidden_hash_rate(visit.random) / visit.slowness
        self._work = RandomWork(self._rate, visit.random)
        self._jitter = visit.random.choice((0.0, 0.05, 0.3))
        self._job: Message = {}
        self.keeps_connection = visit.random.random() < 0.75

    async def poll(self, ask: Callable[[bytes], Awaitable[HttpMessage]]) -> None:
        found = asyncio.create_task(self._work.share())
        try:
            while True:
                self._understand(await ask(self._task_request()))
                if await self._share_found(found):
                    found = asyncio.create_task(self._work.share())
                    await ask(self._result_request())
        finally:
            found.cancel()

    async def _share_found(self, found: asyncio.Task) -> bool:
        """Waits for the time of the next poll at most, with long polling hardly at all."""
        period_s = 0.2 if self._server.answers is Answers.LATE else self._server.period_s
        wait_s = period_s * self._random.uniform(1 - self._jitter, 1 + self._jitter) * self._visit.slowness
        await asyncio.wait([found], timeout=wait_s)
        return found.done()

    def _understand(self, answer: HttpMessage) -> None:
        if answer.body:
            self._job = json.loads(self._server.decoded(answer.body))
            self._work.set_difficulty(difficulty_of(self._job))

    def _task_request(self) -> bytes:
        body = self._server.encoded_body({"id": self._id, "hr": int(self._rate), "seen": self._job.get("seq", -1)})
        return self._request(self._server.task_path, body)

    def _result_request(self) -> bytes:
        nonce, result = random_hex(self._random, 8), random_hex(self._random, 64)
        found = {"id": self._id, "job": self._job["job_id"], "nonce": nonce, "hash": result}
        return self._request(self._server.result_path, self._server.encoded_body(found))

    def _request(self, path: str, body: bytes) -> bytes:
        headers = [f"Host: {self._visit.place.name}", f"User-Agent: {self._agent}", "Accept: */*"]
        headers += [] if self.keeps_connection else ["Connection: close"]
        headers += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body)}"]
        return http_bytes(f"POST {path} HTTP/1.1", headers, body)


async def ask_for_work(visit: Visit) -> None:
    """Until cancelled; on one connection as long as it lasts, or on one for each poll."""
    bot, server = _Bot(visit), visit.service

    async def ask_anew(request: bytes) -> HttpMessage:
        async with visit.dial(server.port, tls=server.tls) as (reader, writer):
            writer.write(request)
            return await _answer(reader)

    while True:
        try:
            if not bot.keeps_connection:
                await bot.poll(ask_anew)
            async with visit.dial(server.port, tls=server.tls) as (reader, writer):

                async def ask(request: bytes) -> HttpMessage:
                    writer.write(request)
                    return await _answer(reader)

                await bot.poll(ask)
        except ENDED:
            pass
        await visit.pause(visit.random.uniform(5, 30))


async def _answer(reader: asyncio.StreamReader) -> HttpMessage:
    async with asyncio.timeout(_PATIENCE_S):
        return await read_message(reader)


ACTIVITIES = (
    Activity(
        Story(MINING, "miner-http-polling", "lab log: emulator of a bot that polls the lab's own server"),
        open_bot_server,
        ask_for_work,
    ),
)
