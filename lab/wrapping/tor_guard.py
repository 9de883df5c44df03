# SPDX-License-Identifier: Apache-2.0
"""The relay that a Tor client dials, with the rest of its circuits and a service behind them.

tor-spec §4 (VERSIONS, CERTS, AUTH_CHALLENGE, NETINFO), §5 (CREATED2, EXTENDED2), §6 (CONNECTED, DATA).
"""

import asyncio
from dataclasses import dataclass
from random import Random

from lab.laboratory import ENDED, Talk
from lab.rhythm import log_uniform
from lab.wrapping.carried_stream import CarriedWriter
from lab.wrapping.tor_cell import (
    LARGEST_DATA,
    Cell,
    Command,
    Relay,
    cell,
    certificates_and_challenge,
    data_cells,
    read_cell,
    read_versions,
    relay_cell,
    versions_cell,
)
from lab.wrapping.tor_link import PADDING_S, Link, sendmes

_CREATED_BYTES = 66  # ntor: length, public key, authentication
# A consensus difference of some hours, or a whole consensus.
_DIRECTORY_BYTES = (20_000, 700_000)
# Cells of one write: Tor fills a TLS record with what waits, up to some 4 kB.
_CELLS_OF_A_WRITE = 8


@dataclass
class Guard:
    """The relay that is dialled, the circuits' other relays, and what they lead to: a pool, or any other service."""

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
        link = Link(writer, self.random, PADDING_S if self.pads else None)
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
            self._tasks.append(asyncio.create_task(self._serve()))
        elif relay == Relay.BEGIN_DIR:
            self._send(Relay.CONNECTED)
            self._tasks.append(asyncio.create_task(self._send_directory()))
        elif relay == Relay.DATA:
            self._target_reader.feed_data(received.relay_data)
            self._data_cells += 1
            for _ in range(sendmes(self._data_cells)):
                self._send(Relay.SENDME)

    async def _serve(self) -> None:
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
            part = min(left, LARGEST_DATA * random.randint(1, _CELLS_OF_A_WRITE))
            self._link.send(data_cells(self._number, bytes(part)))
            left -= part
            await asyncio.sleep(random.expovariate(1 / 0.01))

    def _send(self, relay: Relay, data: bytes = b"") -> None:
        self._link.send(relay_cell(self._number, relay, data))
