# SPDX-License-Identifier: Apache-2.0
"""What both sides of a Tor connection do: padding when nothing else was sent, and acknowledging what has arrived.

padding-spec §2: after 1.5 to 9.5 s without a cell sent, at random (the larger of two uniform draws), each side sends a
PADDING cell; with reduced padding the client alone, after 9 to 14 s. tor-spec §7: SENDME for each 50 DATA cells of a
stream and 100 of a circuit.
"""

import asyncio
from random import Random

from lab.wrapping.tor_cell import Command, cell

PADDING_S, REDUCED_PADDING_S = (1.5, 9.5), (9.0, 14.0)
_STREAM_SENDME, _CIRCUIT_SENDME = 50, 100


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


def sendmes(received_cells: int) -> int:
    """How many are due after the cell with this number: a stream's and a circuit's."""
    return (received_cells % _STREAM_SENDME == 0) + (received_cells % _CIRCUIT_SENDME == 0)
