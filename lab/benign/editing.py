# SPDX-License-Identifier: Apache-2.0
"""Two to six people in one document: WebSocket over TLS, small operations both ways, acknowledgements, cursors.

Forms: Etherpad's "HTTP API/Easysync" (changesets as text, one under way at a time, ACCEPT_COMMIT, NEW_CHANGES), ShareDB
(JSON operations with versions, acknowledged), Yjs's y-websocket (binary updates of some 20-60 bytes, awareness each
15 s, nothing acknowledged).
"""

import json
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.browser import browser_websocket, ignore, serve_websockets
from lab.benign.record import prose
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, Rhythm, drawn_bytes, log_uniform
from lab.websocket import Opcode, WebSocket

_PORT = 443
_YJS_AWARENESS_S = 15.0


class Document:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.dialect = random.choice(("etherpad", "sharedb", "yjs"))
        self.deflate = random.random() < 0.4
        self.others = random.randint(1, 5)
        self.flush_s = random.choice((0.05, 0.1, 0.25, 0.5, 1.0))
        self.cursors = random.random() < 0.7
        self._bytes = drawn_bytes(random, 9000, 0.8, 600, 60_000)
        self._version = random.randrange(10, 9000)

    def send(self, websocket: WebSocket, event: str, characters: int, random: Random) -> None:
        if self.dialect == "yjs":
            size = characters + (random.randint(18, 30) if event == "change" else random.randint(60, 110))
            websocket.send(Opcode.BINARY, random.randbytes(size))
            return
        self._version += event == "change"
        body: dict = {"v": self._version, "src": random_hex(random, 32)}
        if event == "change":
            body["op"] = [random.randrange(self._bytes), {"i": prose(random, characters)}]
        elif event == "cursor":
            body["range"] = {"index": random.randrange(self._bytes), "length": random.choice((0, 0, characters))}
        if self.dialect == "etherpad":
            message = {"type": "COLLABROOM", "component": "pad", "data": {"type": event.upper(), "data": body}}
            websocket.send_text("42/pad," + json.dumps(["message", message], separators=(",", ":")))
        else:
            websocket.send_text(json.dumps({"a": event[:2], "c": "docs", "d": "report"} | body, separators=(",", ":")))

    def acknowledge(self, websocket: WebSocket) -> None:
        if self.dialect == "etherpad":
            message = {"type": "COLLABROOM", "data": {"type": "ACCEPT_COMMIT", "newRev": self._version}}
            websocket.send_text("42/pad," + json.dumps(["message", message], separators=(",", ":")))
        elif self.dialect == "sharedb":
            websocket.send_text(json.dumps({"a": "op", "c": "docs", "d": "report", "v": self._version, "seq": 1}))

    async def talk(self, websocket: WebSocket) -> None:
        websocket.send_text(prose(self.random, self._bytes))
        typists = [write(self, websocket, Random(self.random.random()), pause_s=(20, 200)) for _ in range(self.others)]
        parts = [self._answer(websocket), *typists]
        if self.dialect == "yjs":
            parts.append(repeat(lambda: _YJS_AWARENESS_S, lambda: self.send(websocket, "awareness", 0, self.random)))
        await until_first(*parts)

    async def _answer(self, websocket: WebSocket) -> None:
        async for payload in websocket.payloads():
            if b"cursor" not in payload.lower():
                self.acknowledge(websocket)


async def write(
    document: Document, websocket: WebSocket, random: Random, pause_s: tuple[float, float], slowness: float = 1.0
) -> None:
    """One person: a burst of keys, gathered for each flush, then a thought; until cancelled."""
    thoughts = Rhythm.drawn(random, pause_s, (HUMAN, BURSTS))
    keys_per_s = log_uniform(random, 1.5, 8)
    flushes = Rhythm(random, CLOCK, max(document.flush_s, 1 / keys_per_s) * slowness, 0.15)
    while True:
        for _ in range(drawn_bytes(random, 25, 0.9, 2, 200)):
            keys = max(1, round(random.gauss(keys_per_s * flushes.mean_s, 0.7)))
            document.send(websocket, "change", keys, random)
            await flushes.sleep()
        if document.cursors:
            for _ in range(random.randint(0, 6)):
                document.send(websocket, "cursor", random.randint(1, 60), random)
                await flushes.sleep()
        await thoughts.sleep(slowness)


async def open_document(place: Place) -> Document:
    document = Document(place.random)
    await serve_websockets(place, _PORT, document.talk, deflate=document.deflate)
    return document


async def edit(visit: Visit) -> None:
    document: Document = visit.service
    random = visit.random
    async with browser_websocket(visit, _PORT, f"/doc/{random_hex(random, 20)}") as websocket:
        await until_first(ignore(websocket), write(document, websocket, random, (5, 120), visit.slowness))


ACTIVITIES = (
    Activity(Story(BENIGN, "websocket-editing", "lab log: people in the lab's own document"), open_document, edit),
)
