# SPDX-License-Identifier: Apache-2.0
"""Mining through Tor: XMRig's messages in fixed cells to a guard, the pool behind two more relays.

tor-spec §5 (CREATE2, then EXTEND2 in RELAY_EARLY cells) and §6 (BEGIN, BEGIN_DIR, DATA). Besides its own circuit a
client builds spare ones, and fetches directory documents.
"""

import asyncio
from dataclasses import dataclass, field, replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.laboratory import ENDED
from lab.miners.carried_stream import CarriedWriter
from lab.miners.lying_low import hidden_hash_rate, hidden_words, lie_low
from lab.miners.mining_session import Ends, Persistence, keep_mining
from lab.miners.monero_miner import MoneroMiner
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.tor_cell import (
    Cell,
    Command,
    Relay,
    cell,
    data_cells,
    read_cell,
    read_versions,
    relay_cell,
    versions_cell,
)
from lab.miners.tor_guard import Guard
from lab.miners.tor_link import PADDING_S, REDUCED_PADDING_S, Link, sendmes
from lab.miners.xmrig_pools import drawn_chain
from lab.rhythm import log_uniform

_PORTS = (443, 443, 9001, 9001, 9002, 8443)
_HOPS = 3
_SHARE_S = (5, 400)


@dataclass
class Client:
    """Tor's side of a miner's machine, once for each connection."""

    link: Link
    random: Random
    mining_circuit: int
    reader: asyncio.StreamReader = field(default_factory=asyncio.StreamReader)
    waiting: dict[int, asyncio.Queue[Cell]] = field(default_factory=dict)
    received_cells: dict[int, int] = field(default_factory=dict)

    async def feed(self, carrier: asyncio.StreamReader) -> None:
        try:
            while True:
                received = await read_cell(carrier)
                if received.command == Command.RELAY and received.relay_command == Relay.DATA:
                    self._take_data(received)
                elif received.circuit in self.waiting:
                    self.waiting[received.circuit].put_nowait(received)
        except ENDED:
            self.reader.feed_eof()
            self.link.stop_padding()

    def _take_data(self, received: Cell) -> None:
        number = received.circuit
        if number == self.mining_circuit:
            self.reader.feed_data(received.relay_data)
        self.received_cells[number] = self.received_cells.get(number, 0) + 1
        for _ in range(sendmes(self.received_cells[number])):
            self.link.send(relay_cell(number, Relay.SENDME))

    async def build(self, number: int) -> None:
        answers = self.waiting[number] = asyncio.Queue()
        self.link.send(cell(number, Command.CREATE2, self.random.randbytes(88)))
        await answers.get()
        for _ in range(_HOPS - 1):
            self.link.send(relay_cell(number, Relay.EXTEND2, self.random.randbytes(180), early=True))
            await answers.get()

    async def begin(self, number: int, relay: Relay, target: bytes = b"") -> None:
        self.link.send(relay_cell(number, relay, target))
        await self.waiting[number].get()


async def open_guard(place: Place) -> Guard:
    random = place.random
    _, chain = drawn_chain(place)
    style = replace(PoolStyle.drawn(random), backend_s=random.uniform(0.01, 0.1))
    pool = MoneroPool(style, chain, random)
    pool.start()
    guard = Guard(pool, random.choice(_PORTS), log_uniform(random, 0.02, 0.25), random, pads=random.random() < 0.9)
    await place.serve(guard.port, guard.talk, tls=True)
    return guard


async def mine_through_tor(visit: Visit) -> None:
    random = visit.random
    rate = hidden_hash_rate(random) / visit.slowness
    asked = rate * log_uniform(random, *_SHARE_S) if random.random() < 0.6 else None
    miner = MoneroMiner(hidden_words(random, asked), rate, random, tcp_keepalive=False)
    padding_s = random.choices((PADDING_S, REDUCED_PADDING_S, None), (7, 2, 1))[0]
    # Of the latest connection.
    background: list[asyncio.Task] = []

    async def connect(_: Guard, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ends:
        _end(background)
        client = await shake_hands(reader, writer, random, padding_s)
        number = client.mining_circuit
        background.append(asyncio.create_task(client.feed(reader)))
        background.append(asyncio.create_task(busy_elsewhere(client, random)))
        await client.build(number)
        await client.begin(number, Relay.BEGIN, b"pool.example.net:3333\x00")
        return client.reader, CarriedWriter(writer, lambda data: client.link.send(data_cells(number, data)))

    try:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep_mining(visit, miner, Persistence(random.choice((5, 10, 30)), 2), connect))
            tasks.create_task(lie_low(miner, random))
    finally:
        _end(background)


async def shake_hands(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    random: Random,
    padding_s: tuple[float, float] | None,
) -> Client:
    writer.write(versions_cell())
    await read_versions(reader)
    while (await read_cell(reader)).command != Command.NETINFO:
        pass
    writer.write(cell(0, Command.NETINFO))
    client = Client(Link(writer, random, padding_s), random, _circuit_number(random))
    if padding_s != PADDING_S:
        client.link.send(cell(0, Command.PADDING_NEGOTIATE, b"\x00\x01"))
    return client


def _circuit_number(random: Random) -> int:
    """The side that dialled sets the highest bit (tor-spec §5.1.1)."""
    return random.getrandbits(31) | 1 << 31


def _end(tasks: list[asyncio.Task]) -> None:
    for task in tasks:
        task.cancel()
    tasks.clear()


async def busy_elsewhere(client: Client, random: Random) -> None:
    """Directory documents at the start, if those on disk are old, and circuits that nobody may ever use."""
    number = _circuit_number(random)
    if random.random() < 0.5:
        answers = client.waiting[number] = asyncio.Queue()
        client.link.send(cell(number, Command.CREATE2, random.randbytes(88)))
        await answers.get()
        await client.begin(number, Relay.BEGIN_DIR)
    while True:
        for _ in range(random.randrange(0, 3)):
            number += 1
            await client.build(number)
        await asyncio.sleep(random.expovariate(1 / 900))


ACTIVITIES = (
    Activity(
        Story(MINING, "miner-tor-cells", "lab log: emulator of mining in Tor cells at the lab's own guard"),
        open_guard,
        mine_through_tor,
    ),
)
