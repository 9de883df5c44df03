# SPDX-License-Identifier: Apache-2.0
"""What people do inside the wrappings that hidden miners use: chat and web pages through Tor, chat through SOCKS5.

Were only miners wrapped, a detector would learn the wrapping. Cells, padding and circuits are those of
wrapping/tor_client.py; sizes of pages are log-normal as in the public page archives.
"""

import asyncio
from collections.abc import Awaitable, Callable
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.chat import Room, take_part
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.http_message import answer, read_message, request
from lab.identifier import random_hex
from lab.rhythm import HUMAN, Rhythm, drawn_bytes, log_uniform
from lab.websocket import accept_websocket, open_websocket
from lab.wrapping.carried_stream import CarriedWriter
from lab.wrapping.socks5 import ask_for, serve_socks
from lab.wrapping.tor_client import busy_elsewhere, shake_hands
from lab.wrapping.tor_guard import Guard
from lab.wrapping.tor_link import PADDING_S, REDUCED_PADDING_S

_GUARD_PORTS, _SOCKS_PORTS = (443, 443, 9001, 8443), (1080, 1080, 3128, 10808)
_PADDING_S = (PADDING_S, PADDING_S, REDUCED_PADDING_S, None)

Use = Callable[[asyncio.StreamReader, CarriedWriter], Awaitable[None]]


class Site:
    """Pages with their objects, each an answer on the same stream."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._bytes = log_uniform(random, 4000, 40_000)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_message(reader)
            body = self.random.randbytes(drawn_bytes(self.random, self._bytes, 1.1, 200, 300_000))
            writer.write(answer("200 OK", ["Server: nginx", "Content-Type: text/html"], body))
            await writer.drain()


class PlainRoom:
    """A chat room without TLS of its own, as the last relay or the proxy reaches it."""

    def __init__(self, random: Random) -> None:
        self.room = Room(random)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await self.room.talk(await accept_websocket(reader, writer, deflate=self.room.deflate))


class Hidden:
    """A guard and what is behind it."""

    def __init__(self, random: Random, service: PlainRoom | Site) -> None:
        self.service = service
        hop_s, pads = log_uniform(random, 0.02, 0.25), random.random() < 0.9
        self.guard = Guard(service.talk, random.choice(_GUARD_PORTS), hop_s, random, pads=pads)


async def open_hidden_room(place: Place) -> Hidden:
    return await _serve(place, Hidden(place.random, PlainRoom(place.random)))


async def open_hidden_site(place: Place) -> Hidden:
    return await _serve(place, Hidden(place.random, Site(place.random)))


async def _serve(place: Place, hidden: Hidden) -> Hidden:
    await place.serve(hidden.guard.port, hidden.guard.talk, tls=True)
    return hidden


async def _through_tor(visit: Visit, use: Use) -> None:
    hidden: Hidden = visit.service
    async with visit.dial(hidden.guard.port, tls=True) as (reader, writer):
        client = await shake_hands(reader, writer, visit.random, visit.random.choice(_PADDING_S))

        async def session() -> None:
            await use(*await client.open_stream("www.example.net:443"))

        try:
            await until_first(client.feed(reader), busy_elsewhere(client, visit.random), session())
        finally:
            client.link.stop_padding()


async def chat_through_tor(visit: Visit) -> None:
    await _through_tor(visit, lambda reader, writer: _chat(visit, visit.service.service.room, reader, writer))


async def browse_through_tor(visit: Visit) -> None:
    random = visit.random
    thoughts = Rhythm(random, HUMAN, log_uniform(random, 5, 90), 1.0)
    cookie = f"Cookie: id={random_hex(random, random.randint(16, 300))}"

    async def browse(reader: asyncio.StreamReader, writer: CarriedWriter) -> None:
        while True:
            for number in range(random.randint(1, 9)):
                writer.write(request("GET", f"/{number}", "www.example.net", [cookie, "Accept: */*"]))
                await read_message(reader)
            await visit.pause(thoughts.gap())

    await _through_tor(visit, browse)


async def _chat(visit: Visit, room: Room, reader: asyncio.StreamReader, writer) -> None:
    websocket = await open_websocket(reader, writer, f"GET {room.path} HTTP/1.1", ["Host: chat.example"], deflate=True)
    await take_part(visit, room, websocket)


class SocksProxy:
    def __init__(self, random: Random) -> None:
        plain = PlainRoom(random)
        self.room, self.port = plain.room, random.choice(_SOCKS_PORTS)
        self.talk = serve_socks(plain.talk, log_uniform(random, 0.005, 0.3))


async def open_socks(place: Place) -> SocksProxy:
    proxy = SocksProxy(place.random)
    await place.serve(proxy.port, proxy.talk)
    return proxy


async def chat_through_socks(visit: Visit) -> None:
    proxy: SocksProxy = visit.service
    async with visit.dial(proxy.port) as (reader, writer):
        ends = await ask_for("chat.example", 80)(proxy, reader, writer)
        await _chat(visit, proxy.room, *ends)


ACTIVITIES = (
    Activity(
        Story(BENIGN, "tor-chat", "lab log: chat through the lab's own guard"), open_hidden_room, chat_through_tor
    ),
    Activity(
        Story(BENIGN, "tor-browsing", "lab log: pages through the lab's own guard"),
        open_hidden_site,
        browse_through_tor,
    ),
    Activity(
        Story(BENIGN, "socks-chat", "lab log: chat through the lab's own SOCKS5 proxy"), open_socks, chat_through_socks
    ),
)
