# SPDX-License-Identifier: Apache-2.0
"""Objects in JSON, both ways, as a service of one's own would frame them: lines, 4-byte lengths, or WebSocket texts.

The lab's own invention, after the three usual framings.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from random import Random
from typing import Any, Protocol

from lab.activity import Place, Visit
from lab.benign.browser import browser_websocket, serve_websockets
from lab.websocket import WebSocket

Message = dict[str, Any]


class Channel(Protocol):
    def send(self, text: str) -> None: ...

    def messages(self) -> AsyncIterator[Message]:
        """Until the other side leaves."""
        ...


class StreamChannel:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, lengths: bool) -> None:
        self._reader, self._writer, self._lengths = reader, writer, lengths

    def send(self, text: str) -> None:
        data = text.encode()
        self._writer.write(len(data).to_bytes(4, "big") + data if self._lengths else data + b"\n")

    async def messages(self) -> AsyncIterator[Message]:
        with contextlib.suppress(asyncio.IncompleteReadError):
            while True:
                if self._lengths:
                    length = int.from_bytes(await self._reader.readexactly(4), "big")
                    yield json.loads(await self._reader.readexactly(length))
                else:
                    yield json.loads(await self._reader.readuntil(b"\n"))


class WebSocketChannel:
    def __init__(self, websocket: WebSocket) -> None:
        self._websocket = websocket

    def send(self, text: str) -> None:
        self._websocket.send_text(text)

    async def messages(self) -> AsyncIterator[Message]:
        async for payload in self._websocket.payloads():
            yield json.loads(payload)


class ChannelStyle:
    """How one service listens; the same for all its clients."""

    def __init__(self, random: Random) -> None:
        self._framing = random.choice(("lines", "lengths", "lengths", "websocket"))
        self._tls = random.random() < 0.6
        self._port = 443 if self._framing == "websocket" else random.choice((random.randint(1500, 9999), 443, 8443))
        self._deflate = random.random() < 0.3

    async def serve(self, place: Place, talk: Callable[[Channel], Awaitable[None]]) -> None:
        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await talk(StreamChannel(reader, writer, lengths=self._framing == "lengths"))

        if self._framing == "websocket":
            await serve_websockets(place, self._port, lambda w: talk(WebSocketChannel(w)), deflate=self._deflate)
        else:
            await place.serve(self._port, accept, tls=self._tls)

    @contextlib.asynccontextmanager
    async def dial(self, visit: Visit) -> AsyncIterator[Channel]:
        if self._framing == "websocket":
            async with browser_websocket(visit, self._port, "/agent") as websocket:
                yield WebSocketChannel(websocket)
        else:
            async with visit.dial(self._port, tls=self._tls) as (reader, writer):
                yield StreamChannel(reader, writer, lengths=self._framing == "lengths")
