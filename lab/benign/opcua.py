# SPDX-License-Identifier: Apache-2.0
"""A client of a plant's OPC UA server: publish requests kept waiting, answered when values change or by a keep-alive.

OPC 10000-6 §7.1 (message type, chunk type, size; HEL, ACK, OPN, MSG), OPC 10000-4 §5.13 (publishing interval, keep-
alive count, two or three publish requests outstanding, acknowledged with the next). Sizes: head 24 and a request
header of about 40-60 bytes (without security), a changed value about 20-30.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.rhythm import CLOCK, POISSON, Rhythm, drawn_bytes

_PORT = 4840


def opcua_message(kind: str, body: bytes) -> bytes:
    """One final chunk; the size counts its head of 8 bytes."""
    return kind.encode() + b"F" + (len(body) + 8).to_bytes(4, "little") + body


async def read_opcua(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = await reader.readexactly(8)
    return head[:3].decode(), await reader.readexactly(int.from_bytes(head[4:], "little") - 8)


_PUBLISH, _READ = b"p", b"r"


class UaServer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.interval_s = random.choice((0.1, 0.25, 0.5, 1, 1, 2, 5, 10))
        self.outstanding = random.choice((1, 2, 2, 3))
        self.request_bytes = random.randint(70, 140)
        self._padding = random.choice((0, 0, 16))  # where messages are signed and encrypted
        self._keepalive_count = random.choice((3, 5, 10, 10, 20))
        self._items, self._value_bytes = drawn_bytes(random, 6, 0.9, 1, 60), random.randint(16, 34)
        self._changes = random.choice((0.01, 0.05, 0.3, 0.9))

    def message(self, kind: str, body: bytes) -> bytes:
        return opcua_message(kind, body + bytes(-len(body) % self._padding if self._padding else 0))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        waiting = 0

        async def listen() -> None:
            nonlocal waiting
            while True:
                kind, body = await read_opcua(reader)
                if kind == "HEL":
                    writer.write(opcua_message("ACK", bytes(20)))
                elif kind == "OPN":
                    writer.write(opcua_message("OPN", bytes(127)))
                elif body.startswith(_PUBLISH):
                    waiting += 1
                else:
                    writer.write(self.message("MSG", _READ + self.random.randbytes(self.request_bytes)))

        async def publish() -> None:
            nonlocal waiting
            silent = 0
            while True:
                await asyncio.sleep(self.interval_s)
                changed = sum(self.random.random() < self._changes for _ in range(self._items))
                silent = 0 if changed else silent + 1
                if waiting and (changed or silent >= self._keepalive_count):
                    waiting, silent = waiting - 1, 0
                    writer.write(self.message("MSG", _PUBLISH + bytes(88 + changed * self._value_bytes)))

        await until_first(listen(), publish())


async def open_ua_server(place: Place) -> UaServer:
    server = UaServer(place.random)
    await place.serve(_PORT, server.talk)
    return server


async def subscribe(visit: Visit) -> None:
    server: UaServer = visit.service
    random = visit.random
    reads = Rhythm.drawn(random, (3, 200), (CLOCK, POISSON))

    def send(service: bytes, size: int) -> None:
        writer.write(server.message("MSG", service + bytes(size)))

    async def listen() -> None:
        while True:
            _, body = await read_opcua(reader)
            if body.startswith(_PUBLISH):
                await visit.pause(random.expovariate(1 / 0.004))
                send(_PUBLISH, server.request_bytes)

    async with visit.dial(_PORT) as (reader, writer):
        for kind, size in (("HEL", 52), ("OPN", 124)):
            writer.write(opcua_message(kind, bytes(size)))
            await read_opcua(reader)
        for _ in range(3):  # session created and activated, subscription created
            send(_READ, random.randint(100, 400))
        for _ in range(server.outstanding):
            send(_PUBLISH, server.request_bytes)
        await until_first(listen(), repeat(reads.gap, lambda: send(_READ, server.request_bytes), visit.pause))


ACTIVITIES = (
    Activity(
        Story(BENIGN, "opcua-like", "lab log: client of the lab's own OPC UA-like server"), open_ua_server, subscribe
    ),
)
