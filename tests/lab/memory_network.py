# SPDX-License-Identifier: Apache-2.0
"""Servers and clients of an activity joined in memory: what is written is noted, and read by the other side later.

Stands in for lab.activity's Place and Visit where a test has no namespaces. There is no TLS: sizes are of the
application's own messages.
"""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass, field
from random import Random
from typing import Any

from lab.activity import Activity
from lab.laboratory import ENDED, Talk

ROUND_TRIP_S = 0.08


@dataclass(frozen=True)
class Written:
    """One write."""

    at: float
    up: bool  # from the client
    data: bytes


@dataclass
class Connection:
    opened: float
    closed: float | None = None
    writes: list[Written] = field(default_factory=list)

    def sizes(self, up: bool) -> list[int]:
        return [len(written.data) for written in self.writes if written.up == up]

    def times(self, up: bool, part: bytes = b"") -> list[float]:
        return [written.at for written in self.writes if written.up == up and part in written.data]


class _Writer:
    """The part of asyncio.StreamWriter that activities use."""

    def __init__(self, peer: asyncio.StreamReader, connection: Connection, up: bool) -> None:
        self._peer, self._connection, self._up, self._closing = peer, connection, up, False
        # None is the end.
        self._on_their_way: deque[bytes | None] = deque()

    def write(self, data: bytes) -> None:
        if not self._closing and data:
            self._connection.writes.append(Written(asyncio.get_running_loop().time(), self._up, bytes(data)))
            self._leave(bytes(data))

    def close(self) -> None:
        if not self._closing:
            self._closing = True
            self._leave(None)

    def _leave(self, data: bytes | None) -> None:
        self._on_their_way.append(data)
        asyncio.get_running_loop().call_later(ROUND_TRIP_S / 2, self._arrive)

    def _arrive(self) -> None:
        """Timers of one time come in any order; bytes do not."""
        data = self._on_their_way.popleft()
        if data is None:
            self._peer.feed_eof()
        else:
            self._peer.feed_data(data)

    def is_closing(self) -> bool:
        return self._closing

    async def drain(self) -> None:
        pass

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


@dataclass
class _Lab:
    seed: int

    def random(self, purpose: str) -> Random:
        return Random(f"{self.seed}/{purpose}")


class MemoryPlace:
    def __init__(self, name: str, seed: int) -> None:
        self.name, self.lab = name, _Lab(seed)
        self.random = self.lab.random(f"place {name}")
        self.talks: dict[int, Talk] = {}

    async def serve(self, port: int, talk: Talk, **_: Any) -> None:
        self.talks[port] = talk


class MemoryVisit:
    slowness = 1.0

    def __init__(self, places: list[MemoryPlace], services: list[Any], seed: int) -> None:
        self.place, self.service = places[0], services[0]
        self.places, self.services = places, services
        self.lab, self.random = self.place.lab, Random(f"{seed}/visit")
        self.connections: list[Connection] = []

    async def pause(self, seconds: float) -> None:
        await asyncio.sleep(seconds * self.slowness)

    @contextlib.asynccontextmanager
    async def dial(self, port: int, *, place: MemoryPlace | None = None, **_: Any):
        await asyncio.sleep(ROUND_TRIP_S)
        connection = Connection(asyncio.get_running_loop().time())
        self.connections.append(connection)
        near, far = asyncio.StreamReader(), asyncio.StreamReader()
        client, server = _Writer(far, connection, True), _Writer(near, connection, False)
        talk = asyncio.create_task(_talk((place or self.place).talks[port], far, server))
        try:
            yield near, client
        finally:
            client.close()
            connection.closed = asyncio.get_running_loop().time()
            talk.cancel()


async def _talk(talk: Talk, reader: asyncio.StreamReader, writer: _Writer) -> None:
    with contextlib.suppress(*ENDED):
        await talk(reader, writer)
    writer.close()


async def visited(activity: Activity, seconds: float, seed: int, places: int = 2) -> MemoryVisit:
    """One client's visit of that length, with servers of its own. Whatever the activity raises is raised here."""
    servers = [MemoryPlace(f"{activity.story.kind}-{number}", seed) for number in range(places)]
    services = [await activity.open(server) for server in servers]
    visit = MemoryVisit(servers, services, seed)
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await activity.use(visit)
    return visit
