# SPDX-License-Identifier: Apache-2.0
"""A shell in a page, and a program's stream in a WebSocket: binary messages over TLS that carry something else.

Web terminals (ttyd, xterm.js with its attach addon): a byte of kind, then keys one at a time, echoes, output in pieces.
Tunnels (wstunnel, Chisel): what another connection says, as it comes; here somebody's queries and their answers.
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

_PORT = 443
_ENTER = b"\r"


class Shell:
    """Echoes each key; answers Enter with output; a status line or a log may write by itself."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.kind, self.deflate = random.choice((b"", b"0", b"\x01")), random.random() < 0.3
        self.ping_s = random.choice((0, 5, 30, 60))
        self._output_bytes, self._watch_s = log_uniform(random, 60, 2500), random.choice((0, 0, 1, 2, 10))

    async def talk(self, websocket: WebSocket) -> None:
        parts = [self._answer(websocket)]
        if self.ping_s:
            parts.append(repeat(lambda: self.ping_s, lambda: websocket.send(Opcode.PING)))
        if self._watch_s:
            parts.append(repeat(lambda: self._watch_s, lambda: self._write(websocket, 40)))
        await until_first(*parts)

    async def _answer(self, websocket: WebSocket) -> None:
        async for payload in websocket.payloads():
            await asyncio.sleep(self.random.expovariate(1 / 0.002))
            websocket.send(Opcode.BINARY, payload)
            if payload.endswith(_ENTER):
                for _ in range(self.random.choice((1, 1, 2, 4))):
                    await asyncio.sleep(self.random.expovariate(1 / 0.05))
                    self._write(websocket, self._output_bytes)

    def _write(self, websocket: WebSocket, median: float) -> None:
        text = prose(self.random, drawn_bytes(self.random, median, 0.9, 2, 16000))
        websocket.send(Opcode.BINARY, self.kind + text.encode())


async def open_shell(place: Place) -> Shell:
    shell = Shell(place.random)
    await serve_websockets(place, _PORT, shell.talk, deflate=shell.deflate)
    return shell


async def type_commands(visit: Visit) -> None:
    shell: Shell = visit.service
    random = visit.random
    keys = Rhythm(random, HUMAN, log_uniform(random, 0.1, 0.5), 0.5)
    thoughts = Rhythm(random, HUMAN, log_uniform(random, 4, 90), 1.0)

    async def type_on(websocket: WebSocket) -> None:
        while True:
            for key in prose(random, random.randint(2, 30)).encode():
                websocket.send(Opcode.BINARY, shell.kind + bytes([key]))
                await visit.pause(keys.gap())
            websocket.send(Opcode.BINARY, shell.kind + _ENTER)
            await visit.pause(thoughts.gap())

    async with browser_websocket(visit, _PORT, "/terminal/ws") as websocket:
        await until_first(ignore(websocket), type_on(websocket))


class Tunnel:
    """Somebody's service behind the tunnel: queries are answered, and now and then it says something by itself."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.query_bytes, self.swing = log_uniform(random, 30, 400), random.uniform(0.02, 0.6)
        self.queries_s, self.forms = log_uniform(random, 1, 60), random.choice(((POISSON, HUMAN), (CLOCK,), (BURSTS,)))
        self.ping_s = random.choice((0, 25, 30, 60))
        self._answer_bytes, self._lookup_s = log_uniform(random, 20, 1500), log_uniform(random, 0.002, 0.3)
        self._events_s, self._event_bytes = random.choice((0, 5, 20, 90)), log_uniform(random, 60, 500)

    async def talk(self, websocket: WebSocket) -> None:
        parts = [self._answer(websocket)]
        if self._events_s:
            events = Rhythm.drawn(self.random, (self._events_s / 2, self._events_s * 2), (POISSON, CLOCK))
            parts.append(repeat(events.gap, lambda: self._send(websocket, self._event_bytes)))
        await until_first(*parts)

    async def _answer(self, websocket: WebSocket) -> None:
        async for _ in websocket.payloads():
            await asyncio.sleep(self.random.expovariate(1 / self._lookup_s))
            self._send(websocket, self._answer_bytes)

    def _send(self, websocket: WebSocket, median: float) -> None:
        websocket.send(Opcode.BINARY, self.random.randbytes(drawn_bytes(self.random, median, self.swing, 8, 16000)))


async def open_tunnel(place: Place) -> Tunnel:
    tunnel = Tunnel(place.random)
    await serve_websockets(place, _PORT, tunnel.talk)
    return tunnel


async def use_tunnel(visit: Visit) -> None:
    tunnel: Tunnel = visit.service
    random = visit.random
    queries = Rhythm.drawn(random, (tunnel.queries_s / 2, tunnel.queries_s * 3), tunnel.forms)

    def ask() -> None:
        websocket.send(Opcode.BINARY, random.randbytes(drawn_bytes(random, tunnel.query_bytes, tunnel.swing, 8, 8000)))

    async with browser_websocket(visit, _PORT, "/v1/events") as websocket:
        parts = [ignore(websocket), repeat(queries.gap, ask, visit.pause)]
        if tunnel.ping_s:
            parts.append(repeat(lambda: tunnel.ping_s, lambda: websocket.send(Opcode.PING)))
        await until_first(*parts)


ACTIVITIES = (
    Activity(
        Story(BENIGN, "websocket-terminal", "lab log: shell in a page of the lab's own"), open_shell, type_commands
    ),
    Activity(
        Story(BENIGN, "websocket-tunnel", "lab log: queries in the lab's own WebSocket tunnel"), open_tunnel, use_tunnel
    ),
)
