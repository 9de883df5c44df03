# SPDX-License-Identifier: Apache-2.0
"""Games: a browser game over WebSocket, an online role-playing game over TCP with its lobby, and the chat beside it.

Rates and sizes: browser games send inputs and snapshots at fixed ticks (5-30 a second; developers' pages on tick
rates); role-playing games over TCP send some 2-10 small packets a second, most payloads of clients below 64 bytes
(Chen, Huang, Huang, Lei, "Game traffic analysis: an MMORPG perspective", Computer Networks 50, 2006).
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.browser import browser_websocket, ignore, serve_websockets
from lab.benign.record import prose
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform
from lab.websocket import Opcode, WebSocket


class Arena:
    """Rounds of a browser game; between them nothing but pings and the list of players."""

    PORT = 443

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tick = Rhythm(random, CLOCK, 1 / random.choice((5, 8, 10, 15, 20)), random.uniform(0.01, 0.2))
        self.input_bytes, self._snapshot_bytes = random.randint(3, 24), log_uniform(random, 20, 220)
        self._swing = random.uniform(0.05, 0.6)
        self._round_s, self._break_s = log_uniform(random, 60, 400), random.uniform(5, 40)

    async def talk(self, websocket: WebSocket) -> None:
        websocket.send(Opcode.BINARY, self.random.randbytes(drawn_bytes(self.random, 4000, 0.7, 300, 60000)))
        await until_first(ignore(websocket), self._rounds(websocket))

    async def _rounds(self, websocket: WebSocket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            end = loop.time() + self._round_s * self.random.uniform(0.6, 1.4)
            while loop.time() < end:
                size = drawn_bytes(self.random, self._snapshot_bytes, self._swing, 6, 1300)
                websocket.send(Opcode.BINARY, self.random.randbytes(size))
                await self.tick.sleep()
            websocket.send_text(
                '{"state":"scores","players":[' + ",".join(["1200"] * self.random.randint(2, 30)) + "]}"
            )
            await asyncio.sleep(self._break_s * self.random.uniform(0.5, 1.5))


async def open_arena(place: Place) -> Arena:
    arena = Arena(place.random)
    await serve_websockets(place, Arena.PORT, arena.talk)
    return arena


async def play_in_browser(visit: Visit) -> None:
    arena: Arena = visit.service
    random = visit.random
    acting, resting = log_uniform(random, 2, 30), log_uniform(random, 0.5, 15)

    async def act(websocket: WebSocket) -> None:
        while True:
            for _ in range(int(random.expovariate(1 / acting) / arena.tick.mean_s) + 1):
                websocket.send(Opcode.BINARY, random.randbytes(arena.input_bytes + random.choice((0, 0, 0, 1, 4))))
                await arena.tick.sleep(visit.slowness)
            await visit.pause(random.expovariate(1 / resting))

    async with browser_websocket(visit, Arena.PORT, "/play") as websocket:
        await until_first(ignore(websocket), act(websocket))


def packet(opcode: int, body: bytes) -> bytes:
    """Length of all that follows (2 bytes, little endian), opcode (2 bytes), body."""
    return (len(body) + 2).to_bytes(2, "little") + opcode.to_bytes(2, "little") + body


async def read_packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    length = int.from_bytes(await reader.readexactly(2), "little")
    data = await reader.readexactly(length)
    return int.from_bytes(data[:2], "little"), data[2:]


_KEEPALIVE, _MOVE, _SPEAK, _WORLD, _PRESENCE = range(1, 6)


class World:
    """A server of a role-playing game: ticks while somebody is near, else little."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.port, self.tls = random.randint(3000, 9000), random.random() < 0.3
        self.keepalive_s = random.choice((5, 10, 15, 20, 30))
        self.move_bytes = random.randint(10, 48)
        self.move_s = 1 / random.uniform(4, 10)
        self.median_speech = random.randint(15, 60)
        self._tick_s, self._entity_bytes = random.choice((0.1, 0.2, 0.25, 0.5)), random.randint(12, 30)
        self._speech = log_uniform(random, 2, 40)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(packet(_WORLD, self.random.randbytes(drawn_bytes(self.random, 3000, 0.6, 400, 20000))))
        await until_first(self._answer(reader, writer), self._ticks(writer))

    async def talk_of_chat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        speeches = Rhythm.drawn(self.random, (self._speech / 2, self._speech * 2), (POISSON, BURSTS, HUMAN))
        await until_first(self._answer(reader, writer), repeat(speeches.gap, lambda: self._speak(writer)))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            opcode, body = await read_packet(reader)
            if opcode in (_KEEPALIVE, _SPEAK):
                writer.write(packet(opcode, body[:8] if opcode == _KEEPALIVE else body))

    async def _ticks(self, writer: asyncio.StreamWriter) -> None:
        """A few neighbours who come and go; each tick tells of those who moved."""
        near = self.random.randint(0, 8)
        while True:
            await asyncio.sleep(self._tick_s * self.random.uniform(0.95, 1.05))
            if self.random.random() < 0.02:
                near = self.random.choice((0, 0, 1, 2, 4, 8, 15))
            moved = sum(self.random.random() < 0.4 for _ in range(near))
            if moved:
                writer.write(packet(_WORLD, self.random.randbytes(moved * self._entity_bytes + 4)))

    def _speak(self, writer: asyncio.StreamWriter) -> None:
        if self.random.random() < 0.15:
            writer.write(packet(_PRESENCE, self.random.randbytes(self.random.randint(10, 24))))
        else:
            writer.write(packet(_SPEAK, self.speech(self.random)))

    def speech(self, random: Random) -> bytes:
        return random.randbytes(12) + prose(random, drawn_bytes(random, self.median_speech, 0.8, 2, 250)).encode()


async def open_world(place: Place) -> World:
    world = World(place.random)
    await place.serve(world.port, world.talk, tls=world.tls)
    return world


async def open_game_chat(place: Place) -> World:
    world = World(place.random)
    await place.serve(world.port, world.talk_of_chat, tls=world.tls)
    return world


async def _ignore_packets(reader: asyncio.StreamReader) -> None:
    while True:
        await read_packet(reader)


async def play(visit: Visit) -> None:
    world: World = visit.service
    random = visit.random
    walking_s, standing_s = log_uniform(random, 2, 60), log_uniform(random, 3, 90)

    async def walk() -> None:
        while True:
            for _ in range(int(random.expovariate(1 / walking_s) / world.move_s) + 1):
                writer.write(packet(_MOVE, random.randbytes(world.move_bytes)))
                await visit.pause(world.move_s * random.uniform(0.8, 1.2))
            await visit.pause(random.expovariate(1 / standing_s))

    async with visit.dial(world.port, tls=world.tls) as (reader, writer):
        writer.write(packet(_PRESENCE, random.randbytes(random.randint(60, 300))))
        keep_alive = repeat(lambda: world.keepalive_s, lambda: writer.write(packet(_KEEPALIVE, random.randbytes(8))))
        await until_first(_ignore_packets(reader), walk(), keep_alive)


async def chat_in_game(visit: Visit) -> None:
    world: World = visit.service
    random = visit.random
    speeches = Rhythm.drawn(random, (10, 200), (HUMAN, BURSTS))
    async with visit.dial(world.port, tls=world.tls) as (reader, writer):
        writer.write(packet(_PRESENCE, random.randbytes(random.randint(60, 300))))
        await until_first(
            _ignore_packets(reader),
            repeat(speeches.gap, lambda: writer.write(packet(_SPEAK, world.speech(random))), visit.pause),
            repeat(lambda: world.keepalive_s, lambda: writer.write(packet(_KEEPALIVE, random.randbytes(8)))),
        )


ACTIVITIES = (
    Activity(Story(BENIGN, "websocket-game", "lab log: the lab's own browser game"), open_arena, play_in_browser),
    Activity(Story(BENIGN, "game-lobby", "lab log: player of the lab's own role-playing game"), open_world, play),
    Activity(Story(BENIGN, "game-chat", "lab log: the lab's own game's chat"), open_game_chat, chat_in_game),
)
