# SPDX-License-Identifier: Apache-2.0
"""Pages that wait for news over WebSocket: notifications (rare pushes, pings) and GraphQL subscriptions.

GraphQL: the graphql-transport-ws protocol of the library graphql-ws (connection_init, connection_ack, subscribe, next,
complete, ping, pong) or its elder subscriptions-transport-ws (start, data, a "ka" of the server on a timer).
"""

import json
import uuid
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.browser import browser_websocket, ignore, serve_websockets
from lab.benign.record import Form, prose
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, log_uniform
from lab.websocket import Opcode, WebSocket

_PORT = 443


class NewsServer:
    """Pings as frames or as messages, of the server or of the page."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.deflate = random.random() < 0.3
        self.greeting, self.news = Form(random, (3, 14)), Form(random, (3, 14))
        self.pings = random.choice(("server frame", "server text", "client text", "none"))
        self.ping = Rhythm(random, CLOCK, random.choice((10, 15, 25, 30, 45, 55, 60, 120)), random.uniform(0, 0.03))
        self.acknowledged = random.random() < 0.4
        self._mean_s = log_uniform(random, 8, 240)

    async def talk(self, websocket: WebSocket) -> None:
        websocket.send_text(self.greeting.text(type="hello"))
        news = Rhythm.drawn(self.random, (self._mean_s / 3, self._mean_s * 3), (POISSON, HUMAN, BURSTS))
        parts = [self._answer(websocket), repeat(news.gap, lambda: websocket.send_text(self.news.text(type="news")))]
        if self.pings == "server frame":
            parts.append(repeat(self.ping.gap, lambda: websocket.send(Opcode.PING)))
        elif self.pings == "server text":
            parts.append(repeat(self.ping.gap, lambda: websocket.send_text('{"type":"ping"}')))
        await until_first(*parts)

    async def _answer(self, websocket: WebSocket) -> None:
        async for payload in websocket.payloads():
            if b'"ping"' in payload:
                websocket.send_text('{"type":"pong"}')


async def open_news(place: Place) -> NewsServer:
    server = NewsServer(place.random)
    await serve_websockets(place, _PORT, server.talk, deflate=server.deflate)
    return server


async def wait_for_news(visit: Visit) -> None:
    server: NewsServer = visit.service
    reads_at_once = visit.random.random() < 0.5

    async def listen(websocket: WebSocket) -> None:
        async for payload in websocket.payloads():
            if b'"ping"' in payload:
                websocket.send_text('{"type":"pong"}')
            elif server.acknowledged and b'"news"' in payload:
                if not reads_at_once:
                    await visit.pause(visit.random.lognormvariate(0.5, 1))
                websocket.send_text(json.dumps({"type": "ack", "id": json.loads(payload).get("id", "")}))

    async with browser_websocket(visit, _PORT, "/notifications") as websocket:
        websocket.send_text(json.dumps({"type": "auth", "token": random_hex(visit.random, 64)}))
        parts = [listen(websocket)]
        if server.pings == "client text":
            parts.append(repeat(server.ping.gap, lambda: websocket.send_text('{"type":"ping"}')))
        await until_first(*parts)


class GraphQl:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.elder = random.random() < 0.3
        self.protocol = "graphql-ws" if self.elder else "graphql-transport-ws"
        self.deflate = random.random() < 0.2
        self.subscriptions = random.randint(1, 6)
        self.queries = [prose(random, random.randint(80, 900)) for _ in range(self.subscriptions)]
        self.ids_are_numbers = random.random() < 0.5
        self._forms = [Form(random, (2, 16)) for _ in range(self.subscriptions)]
        self._means_s = [log_uniform(random, 1, 90) for _ in range(self.subscriptions)]
        self._keepalive_s = random.choice((5, 10, 12, 15, 20, 30))

    async def talk(self, websocket: WebSocket) -> None:
        await until_first(
            self._answer(websocket), repeat(lambda: self._keepalive_s, lambda: websocket.send_text(self._keepalive()))
        )

    def _keepalive(self) -> str:
        return '{"type":"ka"}' if self.elder else '{"type":"ping"}'

    async def _answer(self, websocket: WebSocket) -> None:
        subscribed: list[str] = []
        async for payload in websocket.payloads():
            message = json.loads(payload)
            if message["type"] == "connection_init":
                websocket.send_text('{"type":"connection_ack"}')
            elif message["type"] in ("subscribe", "start"):
                subscribed.append(message["id"])
                if len(subscribed) == self.subscriptions:
                    feeds = [self._feed(websocket, id_, number) for number, id_ in enumerate(subscribed)]
                    await until_first(ignore(websocket), *feeds)

    async def _feed(self, websocket: WebSocket, id_: str, number: int) -> None:
        mean_s = self._means_s[number]
        rhythm = Rhythm.drawn(self.random, (mean_s / 2, mean_s * 2), (POISSON, BURSTS, CLOCK))
        kind = "data" if self.elder else "next"

        def push() -> None:
            data = {"data": {f"field{number}": self._forms[number].values(__typename="Node")}}
            websocket.send_text(self._forms[0].written({"id": id_, "type": kind, "payload": data}))

        await repeat(rhythm.gap, push)


async def open_graphql(place: Place) -> GraphQl:
    server = GraphQl(place.random)
    await serve_websockets(place, _PORT, server.talk, deflate=server.deflate, protocol=server.protocol)
    return server


async def subscribe(visit: Visit) -> None:
    server: GraphQl = visit.service
    asked = [f"Sec-WebSocket-Protocol: {server.protocol}"]
    async with browser_websocket(visit, _PORT, "/graphql", asked) as websocket:
        websocket.send_text(json.dumps({"type": "connection_init", "payload": {"token": random_hex(visit.random, 80)}}))
        for number, query in enumerate(server.queries):
            await visit.pause(visit.random.expovariate(3))
            id_ = str(number + 1) if server.ids_are_numbers else str(uuid.UUID(int=visit.random.getrandbits(128)))
            message = {"id": id_, "type": "start" if server.elder else "subscribe"}
            payload = {"query": query, "variables": {"id": visit.random.randrange(10**6)}}
            websocket.send_text(json.dumps(message | {"payload": payload}))
        async for payload in websocket.payloads():
            if payload == b'{"type":"ping"}':
                websocket.send_text('{"type":"pong"}')


ACTIVITIES = (
    Activity(
        Story(BENIGN, "websocket-notifications", "lab log: the lab's own notification service"),
        open_news,
        wait_for_news,
    ),
    Activity(
        Story(BENIGN, "websocket-graphql", "lab log: the lab's own GraphQL subscriptions"), open_graphql, subscribe
    ),
)
