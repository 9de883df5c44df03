# SPDX-License-Identifier: Apache-2.0
"""A peer of a Bitcoin-like network: inventories, transactions, headers at block times, pings. Nothing mines.

Messages and sizes: the Bitcoin developer reference, "P2P Network" (a header of 24 bytes; version about 102-126 bytes of
payload; an inventory entry 36; a block header 81). Bitcoin Core pings each 2 minutes and gathers inventories at
exponential gaps (2 s to outbound, 5 s to inbound peers). Checksums are random: nobody here verifies them.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import Broadcast, repeat, until_first
from lab.rhythm import POISSON, Rhythm, drawn_bytes, log_uniform

_INVENTORY_BYTES, _HEADER_BYTES, _PING_S = 36, 81, 120.0
_TO_OUTBOUND_S, _TO_INBOUND_S = 2.0, 5.0


def message(magic: bytes, command: str, payload: bytes, checksum: bytes) -> bytes:
    return magic + command.encode().ljust(12, b"\0") + len(payload).to_bytes(4, "little") + checksum + payload


class Network:
    """One chain: its magic number, its blocks, how many transactions pass."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.magic, self.port = random.randbytes(4), random.choice((8333, 9333, 22556, 8767))
        block_s = random.choice((600, 150, 60, 60))
        self.blocks = Broadcast(lambda: random.expovariate(1 / block_s), lambda: random.random() < 0.5)
        self.transactions_per_s = log_uniform(random, 0.02, 6)
        self.transaction_bytes = log_uniform(random, 220, 500)
        self.compact = random.random() < 0.6


class Peer:
    """Either end of a connection."""

    def __init__(self, network: Network, random: Random, writer: asyncio.StreamWriter, *, dialled: bool) -> None:
        self._network, self._random, self._writer = network, random, writer
        self._dialled = dialled
        self._inventories = Rhythm(random, POISSON, _TO_OUTBOUND_S if dialled else _TO_INBOUND_S, 0)
        # Of what it is told, it knows most already from others.
        self._wanted, self._announces = random.uniform(0.02, 0.3), random.uniform(0.1, 1)

    def send(self, command: str, size: int) -> None:
        payload, checksum = self._random.randbytes(size), self._random.randbytes(4)
        self._writer.write(message(self._network.magic, command, payload, checksum))

    async def converse(self, reader: asyncio.StreamReader) -> None:
        self.send("version", self._random.randint(102, 126))
        with self._network.blocks.heard_by(self._hear_of_block):
            await until_first(
                self._answer(reader),
                repeat(self._inventories.gap, self._announce),
                repeat(lambda: _PING_S, lambda: self.send("ping", 8)),
            )

    def _announce(self) -> None:
        mean = self._network.transactions_per_s * self._inventories.mean_s * self._announces
        count = min(60, int(self._random.expovariate(1 / mean)))
        if count:
            self.send("inv", 1 + count * _INVENTORY_BYTES)
        if self._random.random() < 0.003:
            self.send("addr", 1 + 30 * self._random.randint(1, 10))

    def _hear_of_block(self, by_dialling: bool) -> None:
        """From elsewhere; of the two ends, the first to hear tells the other."""
        if by_dialling != self._dialled:
            return
        if self._network.compact:
            self.send("cmpctblock", drawn_bytes(self._random, 9000, 0.6, 300, 40000))
        else:
            self.send("headers", 1 + _HEADER_BYTES)

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        while True:
            head = await reader.readexactly(24)
            size = int.from_bytes(head[16:20], "little")
            await reader.readexactly(size)
            match head[4:16].rstrip(b"\0"):
                case b"version":
                    for command, length in (("verack", 0), ("sendheaders", 0), ("sendcmpct", 9), ("feefilter", 8)):
                        self.send(command, length)
                case b"ping":
                    self.send("pong", 8)
                case b"inv":
                    wanted = sum(self._random.random() < self._wanted for _ in range(size // _INVENTORY_BYTES))
                    if wanted:
                        self.send("getdata", 1 + wanted * _INVENTORY_BYTES)
                case b"getdata":
                    for _ in range(size // _INVENTORY_BYTES):
                        self.send("tx", drawn_bytes(self._random, self._network.transaction_bytes, 0.5, 160, 4000))


async def open_network(place: Place) -> Network:
    network = Network(place.random)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await Peer(network, Random(network.random.random()), writer, dialled=False).converse(reader)

    await place.serve(network.port, talk)
    return network


async def join_network(visit: Visit) -> None:
    network: Network = visit.service
    async with visit.dial(network.port) as (reader, writer):
        await Peer(network, visit.random, writer, dialled=True).converse(reader)


ACTIVITIES = (
    Activity(
        Story(BENIGN, "bitcoin-p2p-like", "lab log: peers of the lab's own network; nothing mines"),
        open_network,
        join_network,
    ),
)
