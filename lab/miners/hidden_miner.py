# SPDX-License-Identifier: Apache-2.0
"""Miners as malware runs them: TLS on port 443 with pushes of equal size and few submits, or inside a WebSocket.

The messages are XMRig's; bots speak them to a proxy of their owner's. Equal sizes come from spaces before the line
feed, which JSON ignores. Tunnels of stratum in WebSocket exist in public as text and as binary frames (ws proxies of
browser miners; wstunnel and websocat wrap any stream in binary frames); some are encoded or deflated besides.
"""

import asyncio
import base64
import zlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.miners.failover import Persistence
from lab.miners.lying_low import hidden_hash_rate, hidden_words, lie_low
from lab.miners.monero_miner import MoneroMiner, keep_mining
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.xmrig_pools import drawn_chain
from lab.rhythm import log_uniform
from lab.websocket import Opcode, WebSocket, accept_websocket, open_websocket
from lab.wrapping.carried_stream import CarriedWriter, Ends, Preamble

_PORT = 443
_FEW_SHARES_S = (25, 1_200)
_BUCKETS = (1, 1, 32, 64, 128, 256, 512)
_PATHS = ("/ws", "/socket", "/api/v2/stream", "/", "/live", "/cdn/push", "/proxy")
_USER_AGENTS = (
    "Go-http-client/1.1",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36",
    "Python/3.10 websockets/10.4",
)


@dataclass(frozen=True)
class Cover:
    """What a place's bots and their server agree on."""

    host: str
    pool: MoneroPool
    bucket_bytes: int = 1
    wrapping: "Wrapping | None" = None
    path: str = "/"
    ping_s: float = 0.0  # 0: never

    # As `keep_mining` wants them of a pool.
    port: int = _PORT
    tls: bool = True


@dataclass(frozen=True)
class Wrapping:
    """A message of stratum as a WebSocket frame's payload."""

    opcode: Opcode
    encode: Callable[[bytes], bytes]
    decode: Callable[[bytes], bytes]


_WRAPPINGS = (
    Wrapping(Opcode.TEXT, bytes, bytes),
    Wrapping(Opcode.BINARY, bytes, bytes),
    Wrapping(Opcode.BINARY, zlib.compress, zlib.decompress),
    Wrapping(Opcode.TEXT, base64.b64encode, base64.b64decode),
)


def _hidden_pool(place: Place) -> MoneroPool:
    _, chain = drawn_chain(place, (15, 60))
    style = PoolStyle.drawn(place.random)
    # Their job and session ids are of one length, and a bot's difficulty is its owner's choice.
    style = replace(style, retarget_s=None if place.random.random() < 0.7 else style.retarget_s)
    pool = MoneroPool(style, chain, place.random, _PORT, True)
    pool.start()
    return pool


async def open_tls_443(place: Place) -> Cover:
    cover = Cover(place.name, _hidden_pool(place), place.random.choice(_BUCKETS))

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await cover.pool.talk(reader, _padding_writer(writer, cover.bucket_bytes))

    await place.serve(_PORT, talk, tls=True)
    return cover


async def use_tls_443(visit: Visit) -> None:
    async def pad(cover: Cover, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ends:
        return reader, _padding_writer(writer, cover.bucket_bytes)

    await _mine_hidden(visit, pad)


def _padding_writer(writer: asyncio.StreamWriter, bucket_bytes: int) -> CarriedWriter:
    def send(message: bytes) -> None:
        length = -(-len(message) // bucket_bytes) * bucket_bytes
        writer.write(message[:-1].ljust(length - 1) + b"\n")

    return CarriedWriter(writer, send)


async def open_tunnel(place: Place) -> Cover:
    random = place.random
    ping_s = random.choice((0.0, 20.0, 30.0, 54.0))
    cover = Cover(place.name, _hidden_pool(place), 1, random.choice(_WRAPPINGS), random.choice(_PATHS), ping_s)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)
        inner = _Tunnel(websocket, cover.wrapping, writer)
        ping = asyncio.create_task(_ping(websocket, cover.ping_s, random))
        try:
            await cover.pool.talk(inner.reader, inner.writer)
        finally:
            ping.cancel()
            inner.close()

    await place.serve(_PORT, talk, tls=True)
    return cover


async def use_tunnel(visit: Visit) -> None:
    agent, says_origin = visit.random.choice(_USER_AGENTS), visit.random.random() < 0.5
    tunnels: list[_Tunnel] = []

    async def tunnel(cover: Cover, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ends:
        headers = [f"Host: {cover.host}", f"User-Agent: {agent}"]
        headers += [f"Origin: https://{cover.host}"] if says_origin else []
        websocket = await open_websocket(reader, writer, f"GET {cover.path} HTTP/1.1", headers)
        tunnels[:] = [_Tunnel(websocket, cover.wrapping, writer)]
        return tunnels[0].reader, tunnels[0].writer

    try:
        await _mine_hidden(visit, tunnel)
    finally:
        for last in tunnels:
            last.close()


class _Tunnel:
    def __init__(self, websocket: WebSocket, wrapping: Wrapping, carrier: asyncio.StreamWriter) -> None:
        self.reader = asyncio.StreamReader()
        self.writer = CarriedWriter(carrier, lambda data: websocket.send(wrapping.opcode, wrapping.encode(data)))
        self._pump = asyncio.create_task(self._feed(websocket, wrapping))

    def close(self) -> None:
        self._pump.cancel()

    async def _feed(self, websocket: WebSocket, wrapping: Wrapping) -> None:
        async for payload in websocket.payloads():
            self.reader.feed_data(wrapping.decode(payload))
        self.reader.feed_eof()


async def _ping(websocket: WebSocket, period_s: float, random: Random) -> None:
    while period_s:
        await asyncio.sleep(period_s)
        websocket.send(Opcode.PING, random.randbytes(4))


async def _mine_hidden(visit: Visit, preamble: Preamble) -> None:
    random = visit.random
    rate = hidden_hash_rate(random) / visit.slowness
    words = hidden_words(random, rate * log_uniform(random, *_FEW_SHARES_S))
    miner = MoneroMiner(words, rate, random, tcp_keepalive=random.random() < 0.5)
    persistence = Persistence(random.choice((5, 10, 30, 60)), random.choice((1, 3)))
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(keep_mining(visit, miner, persistence, preamble))
        tasks.create_task(lie_low(miner, random))


ACTIVITIES = (
    Activity(
        Story(MINING, "miner-tls-443", "lab log: malware-like emulator over TLS at the lab's own server"),
        open_tls_443,
        use_tls_443,
    ),
    Activity(
        Story(MINING, "miner-websocket-tunnel", "lab log: emulator of stratum in WebSocket at the lab's own server"),
        open_tunnel,
        use_tunnel,
    ),
)
