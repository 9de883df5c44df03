# SPDX-License-Identifier: Apache-2.0
"""A chat room: WebSocket over TLS, sentences of people both ways, "is typing" notices, presence and heartbeats.

Three dialects, each as its documentation frames messages: plain JSON; Socket.IO on Engine.IO 4 (the server's "2" each
25 s is answered "3"); Phoenix channels (arrays of five; the client's heartbeat each 30 s is answered).
"""

import json
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.browser import browser_websocket, serve_websockets
from lab.benign.record import Form, prose
from lab.connection_log import BENIGN, Story
from lab.conversation import Broadcast, repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform
from lab.websocket import WebSocket

_PORT = 443
_LETTERS_PER_S = (3, 9)
_SOCKET_IO_PING_S, _PHOENIX_HEARTBEAT_S = 25.0, 30.0


class Room:
    """The server, and how its page writes."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.dialect = random.choice(("plain", "socket.io", "phoenix"))
        self.path = random.choice(("/room/7", "/socket.io/?EIO=4&transport=websocket", "/socket/websocket?vsn=2.0.0"))
        self.heartbeat_s = {"socket.io": _SOCKET_IO_PING_S, "phoenix": _PHOENIX_HEARTBEAT_S}.get(
            self.dialect, random.uniform(10, 60)
        )
        self.deflate = random.random() < 0.5
        self.form = Form(random, (1, 8))
        self.median_text = log_uniform(random, 15, 90)
        self._acknowledges, self._tells_typing = random.random() < 0.7, random.random() < 0.6
        self._topic = f"room:{random_hex(random, random.choice((4, 8, 24)))}"
        # All who are in the room hear the same people.
        self._others = Broadcast(Rhythm.drawn(random, (3, 60), (HUMAN, POISSON, BURSTS)).gap, self._news)

    def message(self, event: str, payload: dict, number: int = 0) -> str:
        if self.dialect == "socket.io":
            return "42" + self.form.written([event, payload])
        if self.dialect == "phoenix":
            return self.form.written(["3", str(number), self._topic, event, payload])
        return self.form.written({"type": event, "room": self._topic} | payload)

    def heartbeat(self) -> str:
        if self.dialect == "phoenix":
            return '[null,"9","phoenix","heartbeat",{}]'
        return "2" if self.dialect == "socket.io" else '{"type":"ping"}'

    def speech(self, random: Random) -> dict:
        return self.form.values(text=prose(random, drawn_bytes(random, self.median_text, 0.9, 2, 1500)))

    async def talk(self, websocket: WebSocket) -> None:
        history = [self.speech(self.random) for _ in range(self.random.randint(0, 30))]
        websocket.send_text(self.message("history", {"messages": history}))
        parts = [self._answer(websocket)]
        if self.dialect == "socket.io":
            parts.append(repeat(lambda: self.heartbeat_s, lambda: websocket.send_text(self.heartbeat())))
        with self._others.heard_by(websocket.send_text):
            await until_first(*parts)

    def _news(self) -> str:
        event = "message"
        if self._tells_typing and self.random.random() < 0.5:
            event = self.random.choice(("typing", "presence"))
        payload = self.speech(self.random) if event == "message" else {"user": self.random.randrange(999)}
        return self.message(event, payload)

    async def _answer(self, websocket: WebSocket) -> None:
        async for payload in websocket.payloads():
            if payload == b"3":
                continue
            beat = payload == self.heartbeat().encode()
            if beat and self.dialect == "plain":
                websocket.send_text('{"type":"pong"}')
            elif beat or (self._acknowledges and b"typing" not in payload):
                answer = {"status": "ok", "response": {"id": self.random.getrandbits(40)}}
                websocket.send_text(self.message("phx_reply" if self.dialect == "phoenix" else "ack", answer))


async def open_room(place: Place) -> Room:
    room = Room(place.random)
    await serve_websockets(place, _PORT, room.talk, deflate=room.deflate)
    return room


async def chat(visit: Visit) -> None:
    async with browser_websocket(visit, _PORT, visit.service.path) as websocket:
        await take_part(visit, visit.service, websocket)


async def take_part(visit: Visit, room: Room, websocket: WebSocket) -> None:
    random = visit.random
    rhythm = Rhythm.drawn(random, (15, 300), (HUMAN, BURSTS))
    types = random.random() < 0.7
    websocket.send_text(room.message("join", {"user": random_hex(random, 24), "token": random_hex(random, 64)}))

    async def listen() -> None:
        async for payload in websocket.payloads():
            if room.dialect == "socket.io" and payload == b"2":
                websocket.send_text("3")

    async def speak() -> None:
        number = 0
        while True:
            await visit.pause(rhythm.gap())
            speech = room.speech(random)
            if types:
                websocket.send_text(room.message("typing", {}))
                await visit.pause(len(json.dumps(speech)) / random.uniform(*_LETTERS_PER_S))
            number += 1
            websocket.send_text(room.message("message", speech, number))

    parts = [listen(), speak()]
    if room.dialect != "socket.io":
        parts.append(repeat(lambda: room.heartbeat_s, lambda: websocket.send_text(room.heartbeat())))
    await until_first(*parts)


ACTIVITIES = (Activity(Story(BENIGN, "websocket-chat", "lab log: the lab's own chat room"), open_room, chat),)
