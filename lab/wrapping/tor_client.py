# SPDX-License-Identifier: Apache-2.0
"""Tor's side of a client's machine: a circuit of three relays for one stream, spare ones, directory documents.

tor-spec §4 (VERSIONS, NETINFO), §5 (CREATE2, then EXTEND2 in RELAY_EARLY cells), §6 (BEGIN, BEGIN_DIR, DATA).
"""

import asyncio
from dataclasses import dataclass, field
from random import Random

from lab.laboratory import ENDED
from lab.wrapping.carried_stream import CarriedWriter, Ends
from lab.wrapping.tor_cell import (
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
from lab.wrapping.tor_link import PADDING_S, Link, sendmes

_HOPS = 3


@dataclass
class Client:
    """Once for each connection."""

    link: Link
    random: Random
    stream_circuit: int
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
        if number == self.stream_circuit:
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

    async def open_stream(self, target: str) -> Ends:
        """Through a circuit of its own, to `target` as "name:port"."""
        number = self.stream_circuit
        await self.build(number)
        await self.begin(number, Relay.BEGIN, target.encode() + b"\x00")
        writer = CarriedWriter(self.link.writer, lambda data: self.link.send(data_cells(number, data)))
        return self.reader, writer


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
