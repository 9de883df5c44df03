# SPDX-License-Identifier: Apache-2.0
"""Bitcoin work over HTTP, as pools and nodes gave it before Stratum: getwork or getblocktemplate, and long polling.

Bitcoin wiki pages "Getwork", "Getblocktemplate" (BIP 22, BIP 23) and "Long polling": a getwork answer is some 600
bytes of JSON (data 256 hex digits, hash1 128, midstate and target 64), a template names all its transactions in hex,
kilobytes to hundreds of kilobytes; a long poll is answered at the next block or template.
"""

import asyncio
import json
from dataclasses import dataclass
from random import Random

from lab.activity import Place
from lab.http_message import HttpMessage, http_bytes, read_message
from lab.identifier import random_digits, random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.json_rpc import Message
from lab.miners.outage import Outages
from lab.miners.pool import PoolHabits
from lab.rhythm import log_uniform

LONG_POLL_PATH = "/LP"
_LONGEST_POLL_S = 900.0
_SERVERS = ("bitcoin-json-rpc/v0.8.6-beta", "Twisted/12.0.0", "nginx", "ecoinpool/0.3.13", "eloipool")


@dataclass(frozen=True)
class HttpWorkStyle:
    templates: bool  # getblocktemplate, otherwise getwork
    transactions: float  # mean of a template
    transaction_bytes: float
    server: str
    keeps_connection: bool
    idle_s: float
    rolls_time: bool

    @staticmethod
    def drawn(random: Random) -> "HttpWorkStyle":
        return HttpWorkStyle(
            templates=random.random() < 0.4,
            transactions=log_uniform(random, 2, 200),
            transaction_bytes=log_uniform(random, 220, 500),
            server=random.choice(_SERVERS),
            keeps_connection=random.random() < 0.8,
            idle_s=random.choice((15, 30, 60, 120)),
            rolls_time=random.random() < 0.7,
        )


class HttpWorkPool:
    def __init__(self, habits: PoolHabits, style: HttpWorkStyle, random: Random) -> None:
        self.habits, self.style, self._random = habits, style, random
        block_s, refresh_s = random.choice((600, 600, 150)), random.choice((None, 30.0, 60.0, 90.0))
        self._chain = Blockchain(block_s, refresh_s if style.templates else None, 250_000, random)
        self._outages = Outages(random)
        self._tasks: list[asyncio.Task] = []

    async def open_at(self, place: Place) -> None:
        self._tasks += [asyncio.create_task(self._chain.run()), asyncio.create_task(self._outages.run())]
        await place.serve(self.habits.port, self.talk, tls=self.habits.tls)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._outages.connection(writer):
            while True:
                async with asyncio.timeout(self.style.idle_s):
                    request = await read_message(reader)
                if _waits_for_news(request) and not await self._news_before_end(reader):
                    return
                writer.write(self._response(await self._answer(request)))
                await writer.drain()
                if not self.style.keeps_connection:
                    return

    async def _answer(self, request: HttpMessage) -> Message:
        message = json.loads(request.body) if request.body else {"id": 0, "method": "getwork", "params": []}
        asked = message["params"][0] if message["params"] else {}
        await asyncio.sleep(self._random.expovariate(1 / self.habits.check_s))
        error = None
        if message["method"] == "submitblock" or (message["method"] == "getwork" and isinstance(asked, str)):
            refused = self._random.random() < self.habits.low_shares
            # BIP 22: null is "accepted", a text the reason against.
            result = ("high-hash" if refused else None) if message["method"] == "submitblock" else not refused
        elif message["method"] == "getwork" and not self.style.templates:
            result = self._work()
        elif message["method"] == "getblocktemplate" and self.style.templates:
            result = self._template()
        else:
            result, error = None, {"code": -32601, "message": "Method not found"}
        return {"result": result, "error": error, "id": message["id"]}

    async def _news_before_end(self, reader: asyncio.StreamReader) -> bool:
        """The long poll is answered late rather than never; a client that leaves ends the wait."""
        waits = [asyncio.create_task(self._news()), asyncio.create_task(reader.read(1))]
        try:
            await asyncio.wait(waits, timeout=_LONGEST_POLL_S, return_when=asyncio.FIRST_COMPLETED)
            return not waits[1].done()
        finally:
            for wait in waits:
                wait.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _news(self) -> None:
        async for _ in self._chain.templates():
            return

    def _work(self) -> Message:
        digits = {"midstate": 64, "data": 256, "hash1": 128, "target": 64}
        return {name: random_hex(self._random, count) for name, count in digits.items()}

    def _template(self) -> Message:
        random = self._random
        count = int(random.lognormvariate(0, 0.5) * self.style.transactions)
        return {
            "version": 2,
            "previousblockhash": random_hex(random, 64),
            "transactions": [self._transaction() for _ in range(count)],
            "coinbaseaux": {"flags": "062f503253482f"},
            "coinbasevalue": int(random_digits(random, 10)),
            "longpollid": random_hex(random, 64) + random_digits(random, 4),
            "target": random_hex(random, 64),
            "mintime": 1380000000,
            "mutable": ["time", "transactions", "prevblock"],
            "noncerange": "00000000ffffffff",
            "sigoplimit": 20000,
            "sizelimit": 1000000,
            "curtime": 1380000000 + random.randrange(10**7),
            "bits": random_hex(random, 8),
            "height": self._chain.height,
        }

    def _transaction(self) -> Message:
        length = int(self._random.lognormvariate(0, 0.5) * self.style.transaction_bytes)
        data, id_ = random_hex(self._random, 2 * length), random_hex(self._random, 64)
        return {"data": data, "hash": id_, "depends": [], "fee": self._random.randrange(10**5), "sigops": 2}

    def _response(self, message: Message) -> bytes:
        body = json.dumps(message).encode() + b"\n"
        headers = [f"Server: {self.style.server}", "Content-Type: application/json", f"Content-Length: {len(body)}"]
        headers.append("Connection: keep-alive" if self.style.keeps_connection else "Connection: close")
        headers.append(f"X-Long-Polling: {LONG_POLL_PATH}")
        if self.style.rolls_time:
            headers.append("X-Roll-NTime: expire=60")
        return http_bytes("HTTP/1.1 200 OK", headers, body)


def _waits_for_news(request: HttpMessage) -> bool:
    return request.path == LONG_POLL_PATH or b"longpollid" in request.body
