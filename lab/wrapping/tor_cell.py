# SPDX-License-Identifier: Apache-2.0
"""Cells of Tor's link protocol 4: 514 bytes each, but for those of the handshake.

tor-spec §3 (cell: circuit 4 bytes, command 1, body 509; variable: length 2 instead), §6.1 (relay cell: command 1,
recognized 2, stream 2, digest 4, length 2, data of 498 at most). Nothing is encrypted here: TLS is around it.
"""

import asyncio
import enum
from dataclasses import dataclass
from random import Random

CELL_BYTES = 514
_BODY_BYTES = 509
LARGEST_DATA = 498
_LINK_VERSIONS = b"\x00\x03\x00\x04\x00\x05"


class Command(enum.IntEnum):
    PADDING = 0
    RELAY = 3
    VERSIONS = 7
    NETINFO = 8
    RELAY_EARLY = 9
    CREATE2 = 10
    CREATED2 = 11
    PADDING_NEGOTIATE = 12
    CERTS = 129
    AUTH_CHALLENGE = 130


class Relay(enum.IntEnum):
    BEGIN = 1
    DATA = 2
    CONNECTED = 4
    SENDME = 5
    DROP = 10
    BEGIN_DIR = 13
    EXTEND2 = 14
    EXTENDED2 = 15


@dataclass(frozen=True)
class Cell:
    circuit: int
    command: int
    body: bytes

    @property
    def relay_command(self) -> int:
        return self.body[0]

    @property
    def relay_data(self) -> bytes:
        return self.body[11 : 11 + int.from_bytes(self.body[9:11], "big")]


def cell(circuit: int, command: Command, body: bytes = b"") -> bytes:
    return circuit.to_bytes(4, "big") + bytes([command]) + body.ljust(_BODY_BYTES, b"\x00")


def relay_cell(circuit: int, relay: Relay, data: bytes = b"", *, early: bool = False) -> bytes:
    body = bytes([relay, 0, 0, 0, 1, 0, 0, 0, 0]) + len(data).to_bytes(2, "big") + data
    return cell(circuit, Command.RELAY_EARLY if early else Command.RELAY, body)


def data_cells(circuit: int, data: bytes) -> bytes:
    parts = range(0, len(data), LARGEST_DATA)
    return b"".join(relay_cell(circuit, Relay.DATA, data[start : start + LARGEST_DATA]) for start in parts)


def versions_cell() -> bytes:
    """Its circuit has 2 bytes: the link's version is not agreed yet."""
    return b"\x00\x00" + bytes([Command.VERSIONS]) + len(_LINK_VERSIONS).to_bytes(2, "big") + _LINK_VERSIONS


def certificates_and_challenge(random: Random) -> bytes:
    """Two RSA and three Ed25519 certificates, as relays send, and 32 bytes to sign, which a client does not."""
    certificates = random.randbytes(random.randint(1_300, 1_500))
    challenge = random.randbytes(32) + b"\x00\x02\x00\x01\x00\x03"
    return _variable(Command.CERTS, certificates) + _variable(Command.AUTH_CHALLENGE, challenge)


def _variable(command: Command, body: bytes) -> bytes:
    return bytes(4) + bytes([command]) + len(body).to_bytes(2, "big") + body


async def read_versions(reader: asyncio.StreamReader) -> None:
    head = await reader.readexactly(5)
    await reader.readexactly(int.from_bytes(head[3:], "big"))


async def read_cell(reader: asyncio.StreamReader) -> Cell:
    """IncompleteReadError at the end."""
    head = await reader.readexactly(5)
    circuit, command = int.from_bytes(head[:4], "big"), head[4]
    length = int.from_bytes(await reader.readexactly(2), "big") if command >= 128 else _BODY_BYTES
    return Cell(circuit, command, await reader.readexactly(length))
