# SPDX-License-Identifier: Apache-2.0
"""A market ticker: WebSocket over TLS, prices pushed all the time, a client that hardly speaks.

Like mining in that the server pushes small messages of nearly equal size for as long as the page is open. Forms of the
messages: public WebSocket documentation of Binance (objects of one-letter keys, ping frames each 20 s to 3 minutes),
Bitfinex (arrays, a heartbeat each 15 s), Kraken and Coinbase (long names, heartbeats as a subscription).
"""

import json
import time
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.browser import browser_websocket, ignore, serve_websockets
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.rhythm import BURSTS, CLOCK, POISSON, Rhythm, log_uniform
from lab.websocket import Opcode, WebSocket

_PORT = 443
_STYLES = ("letters", "array", "names")


class Market:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.symbols = ["".join(random.choices("ABCDEFGHKLMNRSTX", k=random.randint(2, 4))) + "EUR" for _ in range(40)]
        self.style = random.choice(_STYLES)
        self.channels = random.sample(("trade", "ticker", "depth", "candle"), random.randint(1, 3))
        self.path = random.choice(("/ws", "/ws/2", "/stream?streams=", "/v2"))
        self.deflate = random.random() < 0.25
        self.ping_s = random.choice((0, 20, 30, 60, 180))
        self.heartbeat_s = random.choice((0, 0, 1, 15, 15))
        self.client_ping_s = random.choice((0, 0, 10, 20, 30))
        self._places = random.randint(2, 8)
        self._depth_levels = random.choice((1, 3, 5, 10, 20))
        self._mean_s = log_uniform(random, 0.08, 4)
        self._forms = random.choice(((POISSON, BURSTS), (CLOCK,)))

    async def talk(self, websocket: WebSocket) -> None:
        subscribed: list[str] = []
        pushes = Rhythm.drawn(self.random, (self._mean_s / 2, self._mean_s * 2), self._forms)

        def push() -> None:
            if subscribed:
                websocket.send_text(self._news(self.random.choice(subscribed)))

        parts = [self._answer(websocket, subscribed), repeat(pushes.gap, push)]
        if self.ping_s:
            parts.append(repeat(lambda: self.ping_s, lambda: websocket.send(Opcode.PING, self._stamp())))
        if self.heartbeat_s:
            parts.append(repeat(lambda: self.heartbeat_s, lambda: websocket.send_text(self._heartbeat())))
        await until_first(*parts)

    async def _answer(self, websocket: WebSocket, subscribed: list[str]) -> None:
        async for payload in websocket.payloads():
            message = json.loads(payload)
            if message["method"] == "ping":
                websocket.send_text(json.dumps({"method": "pong", "id": message["id"]}))
                continue
            subscribed[:] = message["params"]
            for symbol in subscribed if self.style == "array" else [""]:
                websocket.send_text(
                    json.dumps({"result": None, "id": message["id"]} | ({"s": symbol} if symbol else {}))
                )
            if "depth" in self.channels:
                websocket.send_text(self._depth(subscribed[0], self.random.choice((25, 100))))

    def _stamp(self) -> bytes:
        return str(int(time.time() * 1000)).encode() if self.style == "letters" else b""

    def _heartbeat(self) -> str:
        return f'[{self.random.randrange(10**5)},"hb"]' if self.style == "array" else '{"event":"heartbeat"}'

    def _number(self) -> str:
        return f"{self.random.lognormvariate(4, 1.5):.{self._places}f}"

    def _news(self, symbol: str) -> str:
        channel = self.random.choice(self.channels)
        if channel == "depth":
            return self._depth(symbol, self.random.randint(1, self._depth_levels))
        now, number = int(time.time() * 1000), self.random.randrange(10**9)
        values = [self._number() for _ in range({"trade": 2, "ticker": 8, "candle": 6}[channel])]
        return self._written(channel, symbol, [number, now, *values])

    def _depth(self, symbol: str, levels: int) -> str:
        book = [[self._number(), self._number()] for _ in range(levels)]
        return self._written("depth", symbol, [self.random.randrange(10**9), book[::2], book[1::2]])

    def _written(self, channel: str, symbol: str, values: list) -> str:
        if self.style == "array":
            return json.dumps([len(symbol) * 7919, channel[:2], values], separators=(",", ":"))
        if self.style == "letters":
            return json.dumps({"e": channel, "s": symbol} | dict(zip("tEpqbaBAwohl", values)), separators=(",", ":"))
        names = ("sequence", "time", "price", "size", "open", "high", "low", "close", "bid", "ask")
        return json.dumps({"type": channel, "product_id": symbol} | dict(zip(names, values)))


async def open_market(place: Place) -> Market:
    market = Market(place.random)
    await serve_websockets(place, _PORT, market.talk, deflate=market.deflate)
    return market


async def watch_market(visit: Visit) -> None:
    market: Market = visit.service
    random = visit.random
    changes = Rhythm.drawn(random, (40, 2000), (POISSON,))
    number = 0

    def subscribe() -> None:
        nonlocal number
        number += 1
        symbols = random.sample(market.symbols, random.randint(1, 8))
        websocket.send_text(json.dumps({"method": "SUBSCRIBE", "params": symbols, "id": number}))

    def ping() -> None:
        websocket.send_text(json.dumps({"method": "ping", "id": random.randrange(10**6)}))

    async with browser_websocket(visit, _PORT, market.path) as websocket:
        subscribe()
        parts = [ignore(websocket), repeat(changes.gap, subscribe, visit.pause)]
        if market.client_ping_s:
            parts.append(repeat(lambda: market.client_ping_s, ping))
        await until_first(*parts)


ACTIVITIES = (
    Activity(Story(BENIGN, "websocket-ticker", "lab log: the lab's own market ticker"), open_market, watch_market),
)
