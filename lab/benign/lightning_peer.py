# SPDX-License-Identifier: Apache-2.0
"""A peer of a Lightning-like payment network: Noise messages over TCP, gossip, pings, payments. Nothing mines.

BOLT 8 (acts of 50, 50 and 66 bytes; then each message is 18 bytes of encrypted length and the message with 16 bytes
of tag), BOLT 1 (init, ping, pong), BOLT 7 (channel_announcement 430 bytes and more, channel_update 138,
node_announcement some 150-300; gossip is gathered and flushed each 60 s), BOLT 2 (update_add_htlc 1452 bytes,
commitment_signed 100 and 64 for each payment under way, revoke_and_ack 99, update_fulfill_htlc 74). Nothing is
encrypted here: the bytes are random.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.rhythm import BURSTS, CLOCK, POISSON, Rhythm, log_uniform

_PORT = 9735
_ACTS = (50, 50, 66)
_LENGTH_BYTES, _TAG_BYTES = 18, 16
_CHANNEL_UPDATE, _CHANNEL_ANNOUNCEMENT = 138, 432
_ADD, _REVOKE, _FULFILL = 1452, 99, 74
_INIT, _PING, _PONG, _GOSSIP, _PAYMENT, _COMMIT, _ANSWER = range(7)


class Network:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.gossip = Rhythm(random, CLOCK, random.choice((60, 60, 30, 90)), 0.02)
        self.updates = log_uniform(random, 0.3, 30)
        self.pings = random.choice((30, 60, 60, 120))
        self.payments_s = log_uniform(random, 10, 900)


class Peer:
    """Either end. The first byte says what a message is: what it would be encrypted nobody sees."""

    def __init__(self, network: Network, random: Random, writer: asyncio.StreamWriter) -> None:
        self._network, self._random, self._writer = network, random, writer
        self._gossips = random.random() < 0.7

    def send(self, kind: int, size: int) -> None:
        """One write: encrypted length and message."""
        length = size + _TAG_BYTES
        head = length.to_bytes(2, "big") + self._random.randbytes(_LENGTH_BYTES - 2)
        self._writer.write(head + bytes([kind]) + self._random.randbytes(length - 1))

    async def converse(self, reader: asyncio.StreamReader) -> None:
        self.send(_INIT, self._random.randint(20, 90))
        payments = Rhythm.drawn(
            self._random, (self._network.payments_s / 2, self._network.payments_s * 2), (POISSON, BURSTS)
        )
        pings = Rhythm(self._random, CLOCK, self._network.pings, 0.02)
        parts = [self._answer(reader), repeat(payments.gap, self._pay)]
        parts.append(repeat(pings.gap, lambda: self.send(_PING, 6 + self._random.choice((0, 0, 32, 128)))))
        if self._gossips:
            parts.append(repeat(self._network.gossip.gap, self._tell))
        await until_first(*parts)

    def _tell(self) -> None:
        for _ in range(int(self._random.expovariate(1 / self._network.updates))):
            kinds = (
                _CHANNEL_UPDATE,
                _CHANNEL_UPDATE,
                _CHANNEL_UPDATE,
                _CHANNEL_ANNOUNCEMENT,
                self._random.randint(150, 300),
            )
            self.send(_GOSSIP, self._random.choice(kinds))

    def _pay(self) -> None:
        self.send(_PAYMENT, _ADD)
        self.send(_COMMIT, 100 + 64 * self._random.randint(0, 2))

    async def _answer(self, reader: asyncio.StreamReader) -> None:
        with Errands() as errands:
            while True:
                head = await reader.readexactly(_LENGTH_BYTES)
                kind = (await reader.readexactly(int.from_bytes(head[:2], "big")))[0]
                if kind == _PING:
                    self.send(_PONG, 4 + self._random.choice((0, 0, 32)))
                elif kind == _COMMIT:
                    errands.start(self._settle())

    async def _settle(self) -> None:
        """Revoked at once; the payment is fulfilled once the rest of its way has been."""
        self.send(_ANSWER, _REVOKE)
        await asyncio.sleep(self._random.lognormvariate(0, 1))
        self.send(_ANSWER, _FULFILL)


async def open_network(place: Place) -> Network:
    network = Network(place.random)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        random = Random(network.random.random())
        await reader.readexactly(_ACTS[0])
        writer.write(random.randbytes(_ACTS[1]))
        await reader.readexactly(_ACTS[2])
        await Peer(network, random, writer).converse(reader)

    await place.serve(_PORT, talk)
    return network


async def join_network(visit: Visit) -> None:
    async with visit.dial(_PORT) as (reader, writer):
        writer.write(visit.random.randbytes(_ACTS[0]))
        await reader.readexactly(_ACTS[1])
        writer.write(visit.random.randbytes(_ACTS[2]))
        await Peer(visit.service, visit.random, writer).converse(reader)


ACTIVITIES = (
    Activity(
        Story(BENIGN, "lightning-peer-like", "lab log: peers of the lab's own payment network; nothing mines"),
        open_network,
        join_network,
    ),
)
