# SPDX-License-Identifier: Apache-2.0
"""Peers that keep folders alike, and peers of a swarm: what one has, the other hears of; what it lacks, it asks for.

Folders: Syncthing's Block Exchange Protocol v1 over TLS (2-byte head length, 4-byte message length; cluster config
and index at the start, index updates, requests of blocks of 128 KiB or less, pings after 90 s of silence). Swarms:
BEP 3, the BitTorrent protocol (handshake of 68 bytes, have 9, request 17, piece 13 and 16 KiB, keepalives after 2
minutes of silence), without encryption. Both run here in their quiet hours: much news, little data.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform

_INDEX, _UPDATE, _REQUEST, _RESPONSE, _PING = range(1, 6)
_HAVE, _WANT, _PIECE = 4, 6, 7  # BEP 3: have, request, piece
_HANDSHAKE_BYTES, _BLOCK_BYTES, _KEEPALIVE_S = 68, 16384, 120.0


def bep_message(kind: int, body: bytes) -> bytes:
    """Head (a protocol buffer with the type) and message, each with its length."""
    return b"\x00\x02\x08" + bytes([kind]) + len(body).to_bytes(4, "big") + body


def swarm_message(kind: int, body: bytes) -> bytes:
    return (len(body) + 1).to_bytes(4, "big") + bytes([kind]) + body


class Folder:
    """Shared by both ends; each has changes of its own."""

    PORT = 22000

    def __init__(self, random: Random) -> None:
        self.random = random
        self.index_bytes, self.update_bytes = log_uniform(random, 800, 60_000), log_uniform(random, 90, 900)
        self.file_bytes, self.changes_s = log_uniform(random, 300, 40_000), log_uniform(random, 15, 600)
        self.ping_s = random.choice((90, 90, 45))


class FolderPeer:
    def __init__(self, folder: Folder, random: Random, writer: asyncio.StreamWriter) -> None:
        self._folder, self._random, self._writer = folder, random, writer

    async def converse(self, reader: asyncio.StreamReader) -> None:
        self._send(_INDEX, self._folder.index_bytes)
        span = (self._folder.changes_s / 2, self._folder.changes_s * 2)
        changes = Rhythm.drawn(self._random, span, (HUMAN, BURSTS, POISSON))
        await until_first(
            self._answer(reader),
            repeat(changes.gap, lambda: self._send(_UPDATE, self._folder.update_bytes)),
            repeat(lambda: self._folder.ping_s, lambda: self._writer.write(bep_message(_PING, b""))),
        )

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        while True:
            head = await reader.readexactly(8)
            await reader.readexactly(int.from_bytes(head[4:], "big"))
            if head[3] == _UPDATE:
                self._writer.write(bep_message(_REQUEST, self._random.randbytes(self._random.randint(60, 120))))
            elif head[3] == _REQUEST:
                self._send(_RESPONSE, self._folder.file_bytes)

    def _send(self, kind: int, median: float) -> None:
        size = drawn_bytes(self._random, median, 0.6, 30, 131_072)
        self._writer.write(bep_message(kind, self._random.randbytes(size)))


async def open_folder(place: Place) -> Folder:
    folder = Folder(place.random)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await FolderPeer(folder, Random(folder.random.random()), writer).converse(reader)

    await place.serve(Folder.PORT, talk, tls=True)
    return folder


async def share_folder(visit: Visit) -> None:
    async with visit.dial(Folder.PORT, tls=True) as (reader, writer):
        await FolderPeer(visit.service, visit.random, writer).converse(reader)


class Swarm:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.port = random.randint(6881, 6999)
        self.pieces, self.haves_s = random.randint(200, 9000), log_uniform(random, 0.5, 40)
        self.requests_s = log_uniform(random, 20, 900)


class SwarmPeer:
    def __init__(self, swarm: Swarm, random: Random, writer: asyncio.StreamWriter) -> None:
        self._swarm, self._random, self._writer = swarm, random, writer

    async def converse(self, reader: asyncio.StreamReader) -> None:
        self._writer.write(b"\x13BitTorrent protocol" + self._random.randbytes(_HANDSHAKE_BYTES - 20))
        await reader.readexactly(_HANDSHAKE_BYTES)
        self._writer.write(swarm_message(5, self._random.randbytes((self._swarm.pieces + 7) // 8)))
        haves = Rhythm.drawn(self._random, (self._swarm.haves_s / 2, self._swarm.haves_s * 2), (POISSON, BURSTS, CLOCK))
        requests = Rhythm(self._random, POISSON, self._swarm.requests_s, 0)
        await until_first(
            self._answer(reader),
            repeat(haves.gap, lambda: self._writer.write(swarm_message(_HAVE, self._random.randbytes(4)))),
            repeat(requests.gap, self._ask),
            repeat(lambda: _KEEPALIVE_S, lambda: self._writer.write(bytes(4))),
        )

    def _ask(self) -> None:
        for _ in range(self._random.randint(1, 5)):
            self._writer.write(swarm_message(_WANT, self._random.randbytes(12)))

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        while True:
            length = int.from_bytes(await reader.readexactly(4), "big")
            if length and (await reader.readexactly(length))[0] == _WANT:
                self._writer.write(swarm_message(_PIECE, self._random.randbytes(8 + _BLOCK_BYTES)))


async def open_swarm(place: Place) -> Swarm:
    swarm = Swarm(place.random)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await SwarmPeer(swarm, Random(swarm.random.random()), writer).converse(reader)

    await place.serve(swarm.port, talk)
    return swarm


async def join_swarm(visit: Visit) -> None:
    async with visit.dial(visit.service.port) as (reader, writer):
        await SwarmPeer(visit.service, visit.random, writer).converse(reader)


ACTIVITIES = (
    Activity(Story(BENIGN, "file-sync", "lab log: peers of the lab's own folder"), open_folder, share_folder),
    Activity(Story(BENIGN, "swarm-peer-like", "lab log: peers of the lab's own swarm"), open_swarm, join_swarm),
)
