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
from lab.laboratory import ENDED, Talk
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
<<<<<<< HEAD
=======
class Guard:
    """The relay that is dialled, with the circuit's other relays and the target behind it."""

    target: Talk
    port: int
    hop_s: float  # from relay to relay and back
    random: Random
    tls: bool = True
    pads: bool = True

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_versions(reader)
        writer.write(versions_cell() + certificates_and_challenge(self.random) + cell(0, Command.NETINFO))
        circuits: dict[int, _CircuitAtGuard] = {}
        link = Link(writer, self.random, _PADDING_S if self.pads else None)
        try:
            while True:
                received = await read_cell(reader)
                if received.command == Command.PADDING_NEGOTIATE:
                    link.stop_padding()
                elif received.circuit:
                    if received.circuit not in circuits:
                        circuits[received.circuit] = _CircuitAtGuard(self, link, received.circuit)
                    circuits[received.circuit].take(received)
        finally:
            link.stop_padding()
            for circuit in circuits.values():
                circuit.close()


class Link:
    """One side of a connection: what it sends, and padding when it has not for a while."""

    def __init__(self, writer: asyncio.StreamWriter, random: Random, padding_s: tuple[float, float] | None) -> None:
        self.writer = writer
        self._random, self._padding_s = random, padding_s
        self._due: asyncio.TimerHandle | None = None
        self._plan_padding()

    def send(self, cells: bytes) -> None:
        if not self.writer.is_closing():
            self.writer.write(cells)
        self._plan_padding()

    def stop_padding(self) -> None:
        self._padding_s = None
        self._plan_padding()

    def _plan_padding(self) -> None:
        if self._due:
            self._due.cancel()
        if self._padding_s and not self.writer.is_closing():
            wait_s = max(self._random.uniform(*self._padding_s), self._random.uniform(*self._padding_s))
            self._due = asyncio.get_running_loop().call_later(wait_s, self.send, cell(0, Command.PADDING))


class _CircuitAtGuard:
    """Answers as the relay would at which each cell ends, that many hops later. Order is kept."""

    def __init__(self, guard: Guard, link: Link, number: int) -> None:
        self._guard, self._link, self._number = guard, link, number
        self._hops = 0
        self._arrived: asyncio.Queue[Cell] = asyncio.Queue()
        self._target_reader = asyncio.StreamReader()
        self._tasks = [asyncio.create_task(self._relay())]
        self._data_cells = 0

    def take(self, received: Cell) -> None:
        self._arrived.put_nowait(received)

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def _relay(self) -> None:
        while True:
            received = await self._arrived.get()
            if received.command == Command.CREATE2:
                self._hops = 1
                self._link.send(cell(self._number, Command.CREATED2, bytes(_CREATED_BYTES)))
            else:
                await asyncio.sleep(self._guard.hop_s * self._hops * self._guard.random.uniform(0.8, 1.4))
                self._answer(received)

    def _answer(self, received: Cell) -> None:
        relay = received.relay_command
        if relay == Relay.EXTEND2:
            self._hops += 1
            self._send(Relay.EXTENDED2, bytes(_CREATED_BYTES))
        elif relay == Relay.BEGIN:
            self._send(Relay.CONNECTED, bytes(8))
            self._tasks.append(asyncio.create_task(self._reach()))
        elif relay == Relay.BEGIN_DIR:
            self._send(Relay.CONNECTED)
            self._tasks.append(asyncio.create_task(self._send_directory()))
        elif relay == Relay.DATA:
            self._target_reader.feed_data(received.relay_data)
            self._data_cells += 1
            for _ in range(_sendmes(self._data_cells)):
                self._send(Relay.SENDME)

    async def _reach(self) -> None:
        writer = CarriedWriter(self._link.writer, lambda data: self._link.send(data_cells(self._number, data)))
        try:
            await self._guard.target(self._target_reader, writer)
        except ENDED:
            pass
        self._link.writer.close()

    async def _send_directory(self) -> None:
        random = self._guard.random
        left = int(log_uniform(random, *_DIRECTORY_BYTES))
        while left > 0:
            part = min(left, 498 * random.randint(1, _CELLS_OF_A_WRITE))
            self._link.send(data_cells(self._number, bytes(part)))
            left -= part
            await asyncio.sleep(random.expovariate(1 / 0.01))

    def _send(self, relay: Relay, data: bytes = b"") -> None:
        self._link.send(relay_cell(self._number, relay, data))


def _sendmes(received_cells: int) -> int:
    """How many are due after the cell with this number: a stream's and a circuit's."""
    return (received_cells % _STREAM_SENDME == 0) + (received_cells % _CIRCUIT_SENDME == 0)


@dataclass
>>>>>>> w7
class Client:
    """Tor's side of a client's machine, once for each connection."""

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
    guard = Guard(pool.talk, random.choice(_PORTS), log_uniform(random, 0.02, 0.25), random, pads=random.random() < 0.9)
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
