# SPDX-License-Identifier: Apache-2.0
"""A light stand-in for a browser on a page that mines: messages of Coinhive's library without a browser, for numbers.

Measured on a public capture (see coinhive.py): a ping of 4 bytes after some minutes, close frames without a code. Hash
rates: 8-60 hashes/s and thread were usual for CryptoNight in JavaScript; phones less.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

from lab.identifier import random_hex
from lab.miners import browser_messages as messages
from lab.miners.browser_messages import Library, Wire
from lab.miners.json_rpc import Message
from lab.miners.random_work import RandomWork
from lab.websocket import Opcode, WebSocket, open_websocket

_PING_AFTER_S = (150, 240)
_CLOSE_WAIT_S = 1.0
# The visitor's other programs take their part of the processor.
_RATE_CHANGES_MEAN_S, _RATE_SHARE = 60, (0.5, 1.05)
_STAY_MEDIAN_S, _STAY_SIGMA, _STAYS_TO_THE_END = 600, 1.2, 0.4
# Status 1001, "going away" (RFC 6455 §7.4.1).
_GOING_AWAY = (1001).to_bytes(2, "big")
_AGENTS = (
    "Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:61.0) Gecko/20100101 Firefox/61.0",
    "Mozilla/5.0 (Windows NT 6.1; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/67.0.3396.87 Safari/537.36",
    "Mozilla/5.0 (Linux; Android 8.0.0; SM-G960F Build/R16NW) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/62.0.3202.84 Mobile Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 11_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/11.0 "
    "Mobile/15E148 Safari/604.1",
)
_LANGUAGES = ("en-US,en;q=0.5", "en-US,en;q=0.9", "de-DE,de;q=0.9,en-US;q=0.8,en;q=0.7", "uk-UA,uk;q=0.8,ru;q=0.6")


@dataclass(frozen=True)
class BrowserMiner:
    threads: int
    hashes_per_s_and_thread: float
    throttle: float  # share of the time it sleeps
    headers: Sequence[str]
    pings: bool
    goodbye: bytes  # payload of its close frame

    @property
    def hashes_per_s(self) -> float:
        return self.threads * self.hashes_per_s_and_thread * (1 - self.throttle)

    @staticmethod
    def drawn(host: str, random: Random) -> "BrowserMiner":
        firefox = random.random() < 0.4
        return BrowserMiner(
            threads=random.choice((1, 2, 2, 4, 4, 4, 6, 8, 8, 12, 16)),
            hashes_per_s_and_thread=min(80.0, max(1.5, random.lognormvariate(2.6, 0.7))),
            throttle=random.choice((0.0, 0.0, 0.1, 0.2, 0.3, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9)),
            headers=_headers(host, firefox, random),
            pings=firefox and random.random() < 0.5,
            goodbye=b"" if random.random() < 0.4 else _GOING_AWAY,
        )


async def mine_in_browser(
    miner: BrowserMiner, library: Library, wire: Wire, websocket: WebSocket, key: str, random: Random, slowness: float
) -> None:
    """Until cancelled or the server hangs up; then the page is closed: a close frame, answered, and the end of TLS."""
    websocket.send_text(wire.write("auth", messages.auth(library, key, random)))
    hashes_per_s = miner.hashes_per_s / slowness
    work = RandomWork(hashes_per_s, random)
    job: Message = {}

    async def submit() -> None:
        while True:
            await work.share()
            websocket.send_text(wire.write("submit", messages.submit(library, job["job_id"], random)))

    tasks = [asyncio.create_task(submit()), asyncio.create_task(_share_processor(work, hashes_per_s, random))]
    if miner.pings:
        tasks.append(asyncio.create_task(_ping_once(websocket, random)))
    try:
        async for payload in websocket.payloads():
            message = wire.read(payload)
            if message["type"] == "job":
                job.update(message["params"])
                work.set_difficulty(messages.difficulty(job["target"]))
            elif message["type"] == "verify":
                await asyncio.sleep(1 / miner.hashes_per_s_and_thread)
                websocket.send_text(wire.write("verified", messages.verified(message["params"], random)))
    finally:
        for task in tasks:
            task.cancel()
        await leave_page(websocket, miner)


async def _share_processor(work: RandomWork, hashes_per_s: float, random: Random) -> None:
    """Other pages and programs take their part of it."""
    while True:
        await asyncio.sleep(random.expovariate(1 / _RATE_CHANGES_MEAN_S))
        work.set_rate(hashes_per_s * random.uniform(*_RATE_SHARE))


async def _ping_once(websocket: WebSocket, random: Random) -> None:
    await asyncio.sleep(random.uniform(*_PING_AFTER_S))
    websocket.send(Opcode.PING, random.randbytes(4))


async def leave_page(websocket: WebSocket, miner: BrowserMiner) -> None:
    websocket.send(Opcode.CLOSE, miner.goodbye)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(_CLOSE_WAIT_S):
            await _until_closed(websocket)


def stay_s(random: Random) -> float | None:
    """How long a page is open: people leave most pages soon and stay on few (videos, streams) for hours."""
    if random.random() < _STAYS_TO_THE_END:
        return None
    return random.lognormvariate(0, _STAY_SIGMA) * _STAY_MEDIAN_S


async def open_page_socket(miner: BrowserMiner, path: str, reader, writer) -> WebSocket:
    return await open_websocket(reader, writer, f"GET {path} HTTP/1.1", miner.headers)


def _headers(host: str, firefox: bool, random: Random) -> list[str]:
    agent = random.choice(_AGENTS[:2] if firefox else _AGENTS[2:])
    headers = [f"Host: {host}", f"User-Agent: {agent}"]
    if firefox:
        headers.append("Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
    headers += [
        f"Accept-Language: {random.choice(_LANGUAGES)}",
        "Accept-Encoding: gzip, deflate, br",
        f"Origin: https://{'x' * random.randrange(6, 30)}.example",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
        "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits",
    ]
    if random.random() < 0.5:
        headers.append(f"Cookie: __cfduid={random_hex(random, 43)}; id={random_hex(random, random.randrange(8, 120))}")
    return headers


async def _until_closed(websocket: WebSocket) -> None:
    while await websocket.receive():
        pass
