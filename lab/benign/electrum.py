# SPDX-License-Identifier: Apache-2.0
"""A wallet at an Electrum server: JSON-RPC lines over TLS or TCP, subscriptions, news at block times. Nothing mines.

Methods, arguments and sizes: "Electrum Protocol 1.4" of ElectrumX's documentation (a header is 160 hex digits; a script
hash and a transaction's identity are 64; server.ping keeps a connection alive). Blocks come at exponential gaps.
"""

import asyncio
import json
from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.benign.record import prose
from lab.connection_log import BENIGN, Story
from lab.conversation import Broadcast, repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, log_uniform

# Target times of the coins that such servers know: Bitcoin, Bitcoin Cash, Litecoin, Dogecoin, Vertcoin, DigiByte.
_BLOCK_S = (600, 600, 150, 60, 150, 15)


class ElectrumServer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.7
        self.port = random.choice((50002, 443, 60002)) if self.tls else random.choice((50001, 60001))
        self._separators = random.choice(((",", ":"), (", ", ": ")))
        self._names_version = random.random() < 0.8
        block_s = random.choice(_BLOCK_S)
        self._blocks = Broadcast(lambda: random.expovariate(1 / block_s), self._next_header)
        self._height = random.randrange(10**5, 10**6)
        self._touches_s, self._lookup_s = log_uniform(random, 20, 900), log_uniform(random, 0.001, 0.1)

    def line(self, message: dict) -> bytes:
        head = {"jsonrpc": "2.0"} if self._names_version else {}
        return json.dumps(head | message, separators=self._separators).encode() + b"\n"

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        watched: list[str] = []
        touches = Rhythm.drawn(self.random, (self._touches_s / 3, self._touches_s * 3), (POISSON, BURSTS))

        def touch() -> None:
            if watched:
                params = [self.random.choice(watched), random_hex(self.random, 64)]
                writer.write(self.line({"method": "blockchain.scripthash.subscribe", "params": params}))

        def block(header: dict) -> None:
            writer.write(self.line({"method": "blockchain.headers.subscribe", "params": [header]}))

        with self._blocks.heard_by(block):
            await until_first(self._answer(reader, writer, watched), repeat(touches.gap, touch))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, watched: list[str]) -> None:
        while True:
            request = json.loads(await reader.readuntil(b"\n"))
            await asyncio.sleep(self.random.expovariate(1 / self._lookup_s))
            result = self._result(request["method"].removeprefix("blockchain."), request["params"], watched)
            writer.write(self.line({"result": result, "id": request["id"]}))

    def _next_header(self) -> dict:
        self._height += 1
        return self._header()

    def _header(self) -> dict:
        return {"hex": random_hex(self.random, 160), "height": self._height}

    def _result(self, method: str, params: list, watched: list[str]) -> Any:
        random = self.random
        match method:
            case "scripthash.subscribe":
                watched.append(params[0])
                return random_hex(random, 64) if random.random() < 0.3 else None
            case "scripthash.get_history" | "scripthash.listunspent":
                count = min(60, int(random.lognormvariate(0.7, 1)))
                return [{"tx_hash": random_hex(random, 64), "height": random.randrange(10**6)} for _ in range(count)]
            case "transaction.get":
                return random_hex(random, 2 * random.randint(190, 900))
            case "scripthash.get_balance":
                return {"confirmed": random.randrange(10**9), "unconfirmed": 0}
            case "headers.subscribe":
                return self._header()
            case "estimatefee":
                return round(random.uniform(0.00001, 0.001), 8)
            case "mempool.get_fee_histogram":
                return [[random.randrange(1, 300), random.randrange(10**6)] for _ in range(random.randint(3, 30))]
            case "server.banner":
                return prose(random, 400)
            case "server.version":
                return ["ElectrumX 1.16.0", "1.4"]
        return None


async def open_electrum_server(place: Place) -> ElectrumServer:
    server = ElectrumServer(place.random)
    await place.serve(server.port, server.talk, tls=server.tls)
    return server


class Wallet:
    def __init__(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visit, self._server, self._reader, self._writer = visit, visit.service, reader, writer
        self._addresses = [random_hex(visit.random, 64) for _ in range(int(log_uniform(visit.random, 2, 80)))]
        self._number = 0

    async def use(self) -> None:
        """Greets, subscribes to everything it owns, then lives on timers and on its owner's curiosity."""
        random = self._visit.random
        pings = Rhythm(random, CLOCK, random.choice((30, 60, 120, 300)), 0.02)
        fees = Rhythm(random, CLOCK, random.choice((60, 120, 300)), 0.02)
        looks = Rhythm.drawn(random, (15, 200), (HUMAN, BURSTS))
        self._call("server.version", ["4.5.5", "1.4"])
        for method in ("server.banner", "blockchain.headers.subscribe", "mempool.get_fee_histogram"):
            self._call(method)
        for address in self._addresses:
            self._call("blockchain.scripthash.subscribe", [address])
        await until_first(
            self._listen(),
            repeat(pings.gap, lambda: self._call("server.ping")),
            repeat(fees.gap, lambda: self._call("blockchain.estimatefee", [random.choice((2, 5, 10, 25))])),
            repeat(looks.gap, self._look, self._visit.pause),
        )

    def _call(self, method: str, params: list | None = None) -> None:
        self._writer.write(self._server.line({"method": method, "params": params or [], "id": self._number}))
        self._number += 1

    def _look(self) -> None:
        """What the owner opens: a balance, a history, a transaction."""
        name = self._visit.random.choice(("get_history", "get_balance", "listunspent"))
        self._call(f"blockchain.scripthash.{name}", [self._visit.random.choice(self._addresses)])
        if self._visit.random.random() < 0.3:
            self._call("blockchain.transaction.get", [random_hex(self._visit.random, 64)])

    async def _listen(self) -> None:
        """News of an address are followed by its history, as wallets do."""
        while True:
            message = json.loads(await self._reader.readuntil(b"\n"))
            if message.get("method") == "blockchain.scripthash.subscribe":
                self._call("blockchain.scripthash.get_history", message["params"][:1])


async def hold_wallet(visit: Visit) -> None:
    server: ElectrumServer = visit.service
    async with visit.dial(server.port, tls=server.tls) as (reader, writer):
        await Wallet(visit, reader, writer).use()


ACTIVITIES = (
    Activity(
        Story(BENIGN, "json-rpc-wallet", "lab log: wallet at the lab's own Electrum-like server; nothing mines"),
        open_electrum_server,
        hold_wallet,
    ),
)
