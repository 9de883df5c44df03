# SPDX-License-Identifier: Apache-2.0
"""Programs that ask an Ethereum node: JSON-RPC over WebSocket, lines or HTTP; calls on timers, new heads pushed.

Methods and fields: the Ethereum JSON-RPC specification and geth's "Real-time Events" (eth_subscribe: newHeads, logs,
newPendingTransactions). A head is about 1.5 kB (its bloom filter is 512 hex digits); blocks each 12 s on Ethereum since
2022, 2-5 s on chains of the same kind. ethers polls each 4 s by default, web3.js each second.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.benign.json_channel import Channel, ChannelStyle, Message
from lab.benign.record import Form
from lab.connection_log import BENIGN, Story
from lab.conversation import Broadcast, Errands, repeat, until_first
from lab.http_message import answer, read_message, request
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, POISSON, Rhythm, log_uniform

_BLOCK_S = (12, 12, 12, 2, 3, 5)
_POLLS = ("eth_blockNumber", "eth_getBalance", "eth_call", "eth_gasPrice", "eth_getTransactionReceipt", "eth_getLogs")
_HEX_FIELDS = {"parentHash": 64, "sha3Uncles": 64, "miner": 40, "stateRoot": 64, "transactionsRoot": 64}
_HEX_FIELDS |= {"receiptsRoot": 64, "logsBloom": 512, "extraData": 44, "mixHash": 64, "nonce": 16, "hash": 64}


class Node:
    HTTP_PORT = 8545

    def __init__(self, random: Random) -> None:
        self.random = random
        self.over_http = random.random() < 0.3
        self.http_tls = random.random() < 0.6
        self.style, self.written = ChannelStyle(random), Form(random, (1, 1)).written
        # Proof of stake has slots; before it, and on some chains still, blocks come at random.
        block_form = CLOCK if random.random() < 0.8 else POISSON
        self._heads = Broadcast(Rhythm(random, block_form, random.choice(_BLOCK_S), 0.05).gap, self._head)
        self._lookup_s, self._height = log_uniform(random, 0.001, 0.2), random.randrange(10**6, 2 * 10**7)
        self._pending_s, self._logs_s = log_uniform(random, 0.2, 5), log_uniform(random, 1, 40)

    async def talk(self, channel: Channel) -> None:
        with Errands() as errands:
            async for message in channel.messages():
                await asyncio.sleep(self.random.expovariate(1 / self._lookup_s))
                channel.send(self._answer(message))
                if message["method"] == "eth_subscribe":
                    errands.start(self._publish(channel, message["params"][0]))

    async def talk_http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            body = (await read_message(reader)).body
            await asyncio.sleep(self.random.expovariate(1 / self._lookup_s))
            text = self.written({"jsonrpc": "2.0", "id": 1, "result": self._result(_method(body))})
            writer.write(answer("200 OK", ["Content-Type: application/json", "Vary: Origin"], text.encode()))

    def _answer(self, message: Message) -> str:
        result = self._result(message["method"])
        return self.written({"jsonrpc": "2.0", "id": message["id"], "result": result})

    async def _publish(self, channel: Channel, what: str) -> None:
        subscription = "0x" + random_hex(self.random, 32)

        def push(news: Any) -> None:
            params = {"subscription": subscription, "result": news}
            channel.send(self.written({"jsonrpc": "2.0", "method": "eth_subscription", "params": params}))

        if what == "newHeads":
            with self._heads.heard_by(push):
                await asyncio.Event().wait()
        elif what == "logs":
            await repeat(lambda: self.random.expovariate(1 / self._logs_s), lambda: push(self._log()))
        else:
            await repeat(lambda: self.random.expovariate(1 / self._pending_s), lambda: push(self._hex(64)))

    def _hex(self, digits: int) -> str:
        return "0x" + random_hex(self.random, digits)

    def _head(self) -> dict:
        self._height += 1
        numbers = {
            "number": hex(self._height),
            "gasUsed": hex(self.random.randrange(3 * 10**7)),
            "gasLimit": "0x1c9c380",
        }
        return {name: self._hex(digits) for name, digits in _HEX_FIELDS.items()} | numbers

    def _log(self) -> dict:
        topics = [self._hex(64) for _ in range(self.random.randint(1, 4))]
        data = self._hex(64 * self.random.choice((1, 1, 2, 5)))
        return {"address": self._hex(40), "topics": topics, "data": data, "blockHash": self._hex(64), "removed": False}

    def _result(self, method: str) -> Any:
        match method:
            case "eth_blockNumber":
                return hex(self._height)
            case "eth_getBalance" | "eth_gasPrice":
                return hex(self.random.randrange(1, 10**20))
            case "eth_call":
                return self._hex(64 * self.random.choice((1, 1, 1, 2, 3, 8)))
            case "eth_getTransactionReceipt":
                return self._log() | {"logsBloom": self._hex(512)} if self.random.random() < 0.5 else None
            case "eth_getLogs":
                return [self._log() for _ in range(self.random.choice((0, 0, 1, 3)))]
        return self._hex(32)


def _method(body: bytes) -> str:
    return next((name for name in _POLLS if name.encode() in body), "eth_subscribe")


async def open_node(place: Place) -> Node:
    node = Node(place.random)
    if node.over_http:
        await place.serve(Node.HTTP_PORT, node.talk_http, tls=node.http_tls)
    else:
        await node.style.serve(place, node.talk)
    return node


class HttpChannel:
    """Each call is a POST; answers come in its order."""

    def __init__(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visit, self._reader, self._writer = visit, reader, writer

    def send(self, text: str) -> None:
        headers = ["Content-Type: application/json", "User-Agent: ethers"]
        self._writer.write(request("POST", "/", self._visit.place.name, headers, text.encode()))

    async def messages(self) -> AsyncIterator[Message]:
        while True:
            await read_message(self._reader)
            yield {}


@contextlib.asynccontextmanager
async def _dial(visit: Visit) -> AsyncIterator[Channel]:
    node: Node = visit.service
    if node.over_http:
        async with visit.dial(Node.HTTP_PORT, tls=node.http_tls) as (reader, writer):
            yield HttpChannel(visit, reader, writer)
    else:
        async with node.style.dial(visit) as channel:
            yield channel


class Program:
    """A wallet, a bot or an indexer: polls some methods on a clock, calls others as its users want."""

    def __init__(self, visit: Visit, channel: Channel) -> None:
        random = visit.random
        self._visit, self._node, self._channel = visit, visit.service, channel
        self._polls = random.sample(_POLLS, random.randint(1, 3))
        self._poll = Rhythm(
            random, CLOCK, random.choice((1, 2, 4, 4, 5, 10, 12, 15, 30)), log_uniform(random, 0.001, 0.1)
        )
        self._calls = Rhythm.drawn(random, (3, 90), (POISSON, BURSTS))
        self._after_head = random.random() < 0.5
        self._subscriptions = random.sample(("newHeads", "logs", "newPendingTransactions"), random.choice((0, 1, 1, 2)))
        self._number = 0

    async def use(self) -> None:
        for name in self._subscriptions if not self._node.over_http else ():
            self._call("eth_subscribe", [name])
        parts = [self._listen(), repeat(self._calls.gap, lambda: self._call("eth_call"), self._visit.pause)]
        if not self._subscriptions or self._node.over_http or self._visit.random.random() < 0.5:
            parts.append(repeat(self._poll.gap, self._poll_all, self._visit.pause))
        await until_first(*parts)

    def _poll_all(self) -> None:
        for method in self._polls:
            self._call(method)

    async def _listen(self) -> None:
        async for message in self._channel.messages():
            if self._after_head and "newHeads" in self._subscriptions and message.get("method") == "eth_subscription":
                if "logsBloom" in message["params"]["result"]:
                    self._poll_all()

    def _call(self, method: str, params: list | None = None) -> None:
        self._number += 1
        params = params or self._params(method)
        self._channel.send(
            self._node.written({"jsonrpc": "2.0", "id": self._number, "method": method, "params": params})
        )

    def _params(self, method: str) -> list:
        random = self._visit.random
        match method:
            case "eth_call":
                data = "0x" + random_hex(random, 8 + 64 * random.choice((0, 1, 1, 2, 4)))
                return [{"to": "0x" + random_hex(random, 40), "data": data}, "latest"]
            case "eth_getBalance":
                return ["0x" + random_hex(random, 40), "latest"]
            case "eth_getTransactionReceipt":
                return ["0x" + random_hex(random, 64)]
            case "eth_getLogs":
                return [{"fromBlock": hex(random.randrange(10**7)), "address": "0x" + random_hex(random, 40)}]
        return []


async def ask_node(visit: Visit) -> None:
    async with _dial(visit) as channel:
        await Program(visit, channel).use()


ACTIVITIES = (
    Activity(
        Story(BENIGN, "json-rpc-node", "lab log: program at the lab's own Ethereum-like node; nothing mines"),
        open_node,
        ask_node,
    ),
)
