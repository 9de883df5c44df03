# SPDX-License-Identifier: Apache-2.0
"""Somebody at a distant screen: keys and pointer one way, pieces of the screen the other.

VNC: RFC 6143, The Remote Framebuffer Protocol (KeyEvent 8 bytes, PointerEvent 6, FramebufferUpdateRequest 10; an update
is asked for each time). RDP: [MS-RDPBCGR] fast-path input and output over TLS (2-3 bytes of head; a key 2 bytes, the
pointer 7), the server sends updates unasked, up to 20-30 a second while something moves.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import HUMAN, Rhythm, drawn_bytes, log_uniform

# RFC 6143 §7.5 and §7.6
_UPDATE_REQUEST, _KEY, _POINTER = 3, 4, 5
_CLIENT_BYTES = {_UPDATE_REQUEST: 10, _KEY: 8, _POINTER: 6}


def vnc_key(down: bool, keysym: int) -> bytes:
    return bytes([_KEY, down, 0, 0]) + keysym.to_bytes(4, "big")


def vnc_pointer(buttons: int, x: int, y: int) -> bytes:
    return bytes([_POINTER, buttons]) + x.to_bytes(2, "big") + y.to_bytes(2, "big")


def vnc_update_request(incremental: bool, x: int, y: int, width: int, height: int) -> bytes:
    return bytes([_UPDATE_REQUEST, incremental]) + b"".join(value.to_bytes(2, "big") for value in (x, y, width, height))


def rdp_fast_path(events: int, body: bytes) -> bytes:
    """[MS-RDPBCGR] 2.2.8.1.2: the length is one byte below 128, else two with the first bit set; it counts the head."""
    head = bytes([events << 2])
    if len(body) + 2 < 128:
        return head + bytes([len(body) + 2]) + body
    return head + (0x8000 | (len(body) + 3)).to_bytes(2, "big") + body


class Screen:
    """What changes on it: an answer to each input, a clock or a blinking cursor, now and then a whole window."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.6
        self.blink_s = random.choice((0, 0.5, 0.53, 1.0, 60.0))
        self.pointer_gap_s = random.choice((0.015, 0.03, 0.05, 0.1))
        self._echo_bytes, self._blink_bytes = log_uniform(random, 60, 900), log_uniform(random, 30, 300)
        self._window_bytes = log_uniform(random, 3000, 40000)
        self._delay_s = log_uniform(random, 0.004, 0.06)

    def echo_bytes(self, large: bool) -> int:
        return drawn_bytes(self.random, self._window_bytes if large else self._echo_bytes, 0.7, 20, 60000)

    def blink_bytes(self) -> int:
        return drawn_bytes(self.random, self._blink_bytes, 0.1, 16, 2000)

    async def changes(self, inputs: asyncio.Event, show) -> None:
        """Calls `show` with the bytes of each change; a change takes in all inputs of the last moments."""
        while True:
            try:
                async with asyncio.timeout(self.blink_s or None):
                    await inputs.wait()
            except TimeoutError:
                await show(self.blink_bytes())
                continue
            await asyncio.sleep(self.random.expovariate(1 / self._delay_s))
            inputs.clear()
            await show(self.echo_bytes(self.random.random() < 0.04))


class Keys:
    """What a hand does: typing, pointing, pausing."""

    def __init__(self, visit: Visit) -> None:
        random = visit.random
        self._visit, self._random = visit, random
        self._typing = Rhythm(random, HUMAN, log_uniform(random, 0.1, 0.45), 0.5)
        self._thoughts = Rhythm(random, HUMAN, log_uniform(random, 2, 60), 1.0)
        self._types = random.uniform(0.2, 0.9)

    async def use(self, key, pointer) -> None:
        gap_s = self._visit.service.pointer_gap_s
        while True:
            await self._visit.pause(self._thoughts.gap())
            if self._random.random() < self._types:
                for _ in range(drawn_bytes(self._random, 15, 0.8, 1, 150)):
                    key()
                    await self._visit.pause(self._typing.gap())
            else:
                for _ in range(self._random.randint(3, 60)):
                    pointer()
                    await self._visit.pause(gap_s * self._random.uniform(0.8, 1.5))


async def open_vnc(place: Place) -> Screen:
    screen = Screen(place.random)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inputs, asked = asyncio.Event(), asyncio.Event()
        writer.write(b"RFB 003.008\n")
        await reader.readexactly(12)
        writer.write(bytes(24) + b"desktop")

        async def listen() -> None:
            while True:
                kind = (await reader.readexactly(1))[0]
                await reader.readexactly(_CLIENT_BYTES[kind] - 1)
                (asked if kind == _UPDATE_REQUEST else inputs).set()

        async def show(size: int) -> None:
            await asked.wait()
            asked.clear()
            # One rectangle: 4 bytes, then its place, its encoding and its length.
            writer.write(b"\0\0\0\1" + bytes(12) + size.to_bytes(4, "big") + screen.random.randbytes(size))
            await writer.drain()

        await until_first(listen(), screen.changes(inputs, show))

    await place.serve(5900, talk, tls=screen.tls)
    return screen


async def use_vnc(visit: Visit) -> None:
    random = visit.random

    async with visit.dial(5900, tls=visit.service.tls) as (reader, writer):
        await reader.readexactly(12)
        writer.write(b"RFB 003.008\n")
        await reader.readexactly(24 + len(b"desktop"))

        async def watch() -> None:
            while True:
                writer.write(vnc_update_request(True, 0, 0, 1920, 1080))
                head = await reader.readexactly(20)
                await reader.readexactly(int.from_bytes(head[16:], "big"))

        def key() -> None:
            keysym = random.randrange(0x61, 0x7B)
            writer.write(vnc_key(True, keysym))
            writer.write(vnc_key(False, keysym))

        hand = Keys(visit).use(
            key, lambda: writer.write(vnc_pointer(0, random.randrange(1920), random.randrange(1080)))
        )
        await until_first(watch(), hand)


async def _read_fast_path(reader: asyncio.StreamReader) -> None:
    head = await reader.readexactly(2)
    if head[1] < 128:
        await reader.readexactly(head[1] - 2)
    else:
        low = await reader.readexactly(1)
        await reader.readexactly((head[1] & 0x7F) * 256 + low[0] - 3)


async def open_rdp(place: Place) -> Screen:
    screen = Screen(place.random)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        inputs = asyncio.Event()

        async def listen() -> None:
            while True:
                await _read_fast_path(reader)
                inputs.set()

        async def show(size: int) -> None:
            """Updates of at most 16 kB, as servers cut them."""
            for start in range(0, size, 16000):
                writer.write(rdp_fast_path(0, screen.random.randbytes(min(16000, size - start))))
            await writer.drain()

        await until_first(listen(), screen.changes(inputs, show))

    await place.serve(3389, talk, tls=True)
    return screen


async def use_rdp(visit: Visit) -> None:
    random = visit.random

    async def watch() -> None:
        while True:
            await _read_fast_path(reader)

    async with visit.dial(3389, tls=True) as (reader, writer):
        for size in (420, 12, 8, 380, 450):
            writer.write(rdp_fast_path(1, bytes(size)))
        hand = Keys(visit).use(
            lambda: writer.write(rdp_fast_path(random.choice((1, 1, 2)), bytes(random.choice((2, 2, 4))))),
            lambda: writer.write(rdp_fast_path(1, bytes(7))),
        )
        await until_first(watch(), hand)


ACTIVITIES = (
    Activity(Story(BENIGN, "vnc-like", "lab log: somebody at the lab's own VNC-like screen"), open_vnc, use_vnc),
    Activity(Story(BENIGN, "rdp-like", "lab log: somebody at the lab's own RDP-like screen"), open_rdp, use_rdp),
)
