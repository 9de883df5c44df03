# SPDX-License-Identifier: Apache-2.0
"""A node's news of blocks over ZeroMQ, and a miner that subscribes to them: ZMTP 3.0 with the NULL mechanism.

ZeroMQ RFC 23 (greeting of 64 bytes, of which the first 11 may leave alone; READY command; frames of a flag and a length
of 1 or 8 bytes). Topic and fields: monero-project docs of ZMQ pub/sub; xmrig/xmrig DaemonClient.cpp subscribes so.
"""

import asyncio
import json
from random import Random

from lab.conversation import Errands
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain

_GREETING = (b"\xff" + bytes(8) + b"\x7f\x03\x00NULL").ljust(64, b"\x00")
_SIGNATURE_BYTES = 11
_COMMAND = 4
_TOPIC = b"json-minimal-chain_main"


def _frame(flags: int, body: bytes) -> bytes:
    if len(body) < 256:
        return bytes([flags, len(body)]) + body
    return bytes([flags | 2]) + len(body).to_bytes(8, "big") + body


def _ready(socket_type: bytes) -> bytes:
    return _frame(_COMMAND, b"\x05READY\x0bSocket-Type" + len(socket_type).to_bytes(4, "big") + socket_type)


async def _read_frame(reader: asyncio.StreamReader) -> bytes:
    flags = (await reader.readexactly(1))[0]
    length = int.from_bytes(await reader.readexactly(8 if flags & 2 else 1), "big")
    return await reader.readexactly(length)


async def publish(
    chain: Blockchain, random: Random, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    """To one subscriber, until it leaves."""
    writer.write(_GREETING[:_SIGNATURE_BYTES])
    await reader.readexactly(_SIGNATURE_BYTES)
    writer.write(_GREETING[_SIGNATURE_BYTES:])
    await reader.readexactly(len(_GREETING) - _SIGNATURE_BYTES)
    writer.write(_ready(b"XPUB"))
    await _read_frame(reader)
    await _read_frame(reader)
    with Errands() as errands:
        errands.start(_tell_of_blocks(chain, random, writer))
        await reader.read()


async def _tell_of_blocks(chain: Blockchain, random: Random, writer: asyncio.StreamWriter) -> None:
    told = chain.height
    async for _ in chain.templates():
        if chain.height == told:
            continue
        told = chain.height
        news = {"first_height": told, "first_prev_id": random_hex(random, 64), "ids": [random_hex(random, 64)]}
        writer.write(_frame(0, _TOPIC + b":" + json.dumps(news, separators=(",", ":")).encode()))


class BlockNews:
    """A subscriber's side of the connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def subscribe(self) -> None:
        self._writer.write(_GREETING)
        await self._reader.readexactly(len(_GREETING))
        self._writer.write(_ready(b"SUB"))
        await _read_frame(self._reader)
        self._writer.write(_frame(0, b"\x01" + _TOPIC))

    async def next(self) -> None:
        await _read_frame(self._reader)
