# SPDX-License-Identifier: Apache-2.0
"""A node's ports, and how XMRig asks at them.

xmrig/xmrig src/base/net/http/HttpClient.cpp: a connection for each request, headers in alphabetical order. Other solo
miners keep one connection (libcurl).
"""

import asyncio
from dataclasses import dataclass

from lab.activity import Place, Visit
from lab.http_message import HttpMessage, http_bytes, read_message
from lab.miners.json_rpc import Message, line
from lab.miners.monero_daemon import DaemonStyle, MoneroDaemon
from lab.miners.xmrig_pools import drawn_chain
from lab.miners.zmq_feed import publish

_DAEMON_PORTS = (18081, 18081, 18089, 38081, 34568, 19994)
_ANSWER_S = 20


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


async def ask_once(visit: Visit, place: Place, port: int, request: bytes) -> HttpMessage:
    async with visit.dial(port, place=place) as (reader, writer):
        writer.write(request)
        return await read_answer(reader)


async def read_answer(reader: asyncio.StreamReader) -> HttpMessage:
    async with asyncio.timeout(_ANSWER_S):
        return await read_message(reader)
