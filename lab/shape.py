# SPDX-License-Identifier: Apache-2.0
"""What an evader does to a connection, the same for miners and for everybody else: both ends must speak it.

A shaped connection carries frames inside its TLS or TCP: two lengths (2 bytes each), payload, padding. A dummy is a
frame without payload. The names are those of a scenario's [shapes.NAME] table.
"""

import asyncio
import contextlib
from collections import deque
from dataclasses import dataclass
from random import Random
from typing import Any

_HEAD_BYTES = 4
_LARGEST_PAYLOAD = 0xFFFF
_READ_BYTES = 65536
# What a dummy carries where nothing is padded: as much as a small message.
_DUMMY_BYTES = (40, 260)


@dataclass(frozen=True)
class Shape:
    """All times in seconds, all sizes in bytes; 0 switches a measure off."""

    pad_up_to: int = 0  # a random number of bytes is added to each write
    pad_to_multiple: int = 0  # or as many as reach the next multiple
    dummies: float = 0.0  # dummy writes for each real one, at random times within `dummy_within_s` of it
    dummy_within_s: float = 8.0
    delay_s: float = 0.0  # mean of an exponential wait before each write; order is kept
    split: float = 0.0  # share of the writes that leave in two parts
    split_pause_s: float = 0.03
    merge_s: float = 0.0  # writes of so short a time leave together
    reconnect_s: float = 0.0  # mean life of a connection before the client dials again
    slowness: float = 1.0  # the client's own pauses are this much longer
    tunnel: bool = False  # inside a TLS connection to a relay; goes with none of the measures above

    @property
    def framed(self) -> bool:
        return self != Shape(reconnect_s=self.reconnect_s, slowness=self.slowness, tunnel=self.tunnel)


UNSHAPED = Shape()


class ShapedWriter:
    """The part of asyncio.StreamWriter the lab uses, before a real one."""

    def __init__(self, writer: asyncio.StreamWriter, shape: Shape, random: Random) -> None:
        self._writer, self._shape, self._random = writer, shape, random
        # A dummy is an empty write, None the end.
        self._queue: deque[bytes | None] = deque()
        self._written = asyncio.Event()
        self._sender = asyncio.create_task(self._send())
        self._dummies: set[asyncio.Task] = set()

    def write(self, data: bytes) -> None:
        for start in range(0, len(data), _LARGEST_PAYLOAD):
            self._put(bytes(data[start : start + _LARGEST_PAYLOAD]))

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._writer.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._writer.is_closing()

    async def drain(self) -> None:
        await self._writer.drain()

    def close(self) -> None:
        for dummy in self._dummies:
            dummy.cancel()
        self._put(None)

    def abandon(self) -> None:
        """Nothing is written any more: the writer below may close."""
        for task in (self._sender, *self._dummies):
            task.cancel()

    async def wait_closed(self) -> None:
        await self._sender
        await self._writer.wait_closed()

    def _put(self, data: bytes | None) -> None:
        self._queue.append(data)
        self._written.set()

    async def _get(self) -> bytes | None:
        while not self._queue:
            self._written.clear()
            await self._written.wait()
        return self._queue.popleft()

    async def _send(self) -> None:
        with contextlib.suppress(ConnectionError):
            while (data := await self._get()) is not None:
                await self._wait()
                await self._leave(data + self._waiting_writes() if data else data)
                if data:
                    self._plan_dummies()
        self._writer.close()

    def _waiting_writes(self) -> bytes:
        """What has been written meanwhile, if writes are merged."""
        parts: list[bytes] = []
        while self._shape.merge_s and self._queue and self._queue[0]:
            parts.append(self._queue.popleft() or b"")
        return b"".join(parts)

    async def _wait(self) -> None:
        if self._shape.merge_s:
            await asyncio.sleep(self._shape.merge_s)
        if self._shape.delay_s:
            await asyncio.sleep(self._random.expovariate(1 / self._shape.delay_s))

    async def _leave(self, data: bytes) -> None:
        for start in range(0, max(1, len(data)), _LARGEST_PAYLOAD):
            frame = self._frame(data[start : start + _LARGEST_PAYLOAD])
            if self._random.random() < self._shape.split:
                cut = self._random.randrange(1, len(frame))
                self._writer.write(frame[:cut])
                await asyncio.sleep(self._shape.split_pause_s)
                frame = frame[cut:]
            self._writer.write(frame)

    def _frame(self, payload: bytes) -> bytes:
        padding = 0
        if self._shape.pad_up_to:
            padding = self._random.randrange(self._shape.pad_up_to + 1)
        elif self._shape.pad_to_multiple:
            padding = -(len(payload) + _HEAD_BYTES) % self._shape.pad_to_multiple
        if not payload and not padding:
            padding = self._random.randint(*_DUMMY_BYTES)
        return len(payload).to_bytes(2, "big") + padding.to_bytes(2, "big") + payload + bytes(padding)

    def _plan_dummies(self) -> None:
        wanted = self._shape.dummies
        while wanted > 0:
            if self._random.random() < wanted:
                dummy = asyncio.create_task(self._send_dummy())
                self._dummies.add(dummy)
                dummy.add_done_callback(self._dummies.discard)
            wanted -= 1

    async def _send_dummy(self) -> None:
        await asyncio.sleep(self._random.uniform(0, self._shape.dummy_within_s))
        self._put(b"")


async def unshape(reader: asyncio.StreamReader, plain: asyncio.StreamReader) -> None:
    """Feeds the payloads of the frames read to `plain`, until the end of the stream."""
    try:
        while True:
            head = await reader.readexactly(_HEAD_BYTES)
            payload = await reader.readexactly(int.from_bytes(head[:2], "big"))
            await reader.readexactly(int.from_bytes(head[2:], "big"))
            if payload:
                plain.feed_data(payload)
    except (asyncio.IncompleteReadError, ConnectionError):
        plain.feed_eof()


@contextlib.asynccontextmanager
async def shaped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, shape: Shape, random: Random):
    """The same connection as its user sees it: (reader, writer)."""
    if not shape.framed:
        yield reader, writer
        return
    plain = asyncio.StreamReader()
    pump = asyncio.create_task(unshape(reader, plain))
    shaped_writer = ShapedWriter(writer, shape, random)
    try:
        yield plain, shaped_writer
    finally:
        pump.cancel()
        shaped_writer.abandon()


async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Until the end of the stream, which is passed on."""
    with contextlib.suppress(ConnectionError):
        while data := await reader.read(_READ_BYTES):
            writer.write(data)
            await writer.drain()
    writer.close()
