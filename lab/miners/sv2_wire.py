# SPDX-License-Identifier: Apache-2.0
"""Stratum V2's frames, plain or as large as Noise makes them.

stratum-mining/sv2-spec 03 (framing: extension type, message type, 24-bit length, little endian) and 04 (Noise NX over
secp256k1 with EllSwift: 64 bytes from the initiator, 64 + 80 + 90 from the responder; then header and payload are
sealed apart, 16 bytes more each, a payload in parts of at most 65519). Nothing is encrypted in earnest: a keystream
both ends know makes the bytes look random, the tags are random.
"""

import asyncio
from dataclasses import dataclass
from random import Random

_HEADER_BYTES, _TAG_BYTES, _LARGEST_PART = 6, 16, 65519
_INITIATOR_BYTES, _RESPONDER_BYTES = 64, 64 + (64 + 16) + (74 + 16)
_CHANNEL_MESSAGE = 0x8000


@dataclass(frozen=True)
class Frame:
    type: int
    payload: bytes
    of_channel: bool = True

    def header(self) -> bytes:
        extension = _CHANNEL_MESSAGE if self.of_channel else 0
        return extension.to_bytes(2, "little") + bytes([self.type]) + len(self.payload).to_bytes(3, "little")


class PlainWire:
    def seal(self, frame: Frame) -> bytes:
        return frame.header() + frame.payload

    async def receive(self, reader: asyncio.StreamReader) -> Frame:
        header = await reader.readexactly(_HEADER_BYTES)
        return Frame(header[2], await reader.readexactly(int.from_bytes(header[3:], "little")))


class NoiseWire:
    """One end: what it writes is sealed with one keystream, what it reads with the other."""

    def __init__(self, ephemeral: bytes, initiator: bool, random: Random) -> None:
        streams = [Random(ephemeral + side) for side in (b"initiator", b"responder")]
        self._mine, self._theirs = streams if initiator else reversed(streams)
        self._random = random

    def seal(self, frame: Frame) -> bytes:
        payload = frame.payload
        parts = [frame.header()] + [payload[at : at + _LARGEST_PART] for at in range(0, len(payload), _LARGEST_PART)]
        return b"".join(_masked(part, self._mine) + self._random.randbytes(_TAG_BYTES) for part in parts)

    async def receive(self, reader: asyncio.StreamReader) -> Frame:
        header = await self._part(reader, _HEADER_BYTES)
        left, payload = int.from_bytes(header[3:], "little"), b""
        while left > len(payload):
            payload += await self._part(reader, min(_LARGEST_PART, left - len(payload)))
        return Frame(header[2], payload)

    async def _part(self, reader: asyncio.StreamReader, length: int) -> bytes:
        sealed = await reader.readexactly(length + _TAG_BYTES)
        return _masked(sealed[:length], self._theirs)


Wire = PlainWire | NoiseWire


async def initiate(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random: Random) -> NoiseWire:
    ephemeral = random.randbytes(_INITIATOR_BYTES)
    writer.write(ephemeral)
    await reader.readexactly(_RESPONDER_BYTES)
    return NoiseWire(ephemeral, True, random)


async def respond(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random: Random) -> NoiseWire:
    ephemeral = await reader.readexactly(_INITIATOR_BYTES)
    writer.write(random.randbytes(_RESPONDER_BYTES))
    return NoiseWire(ephemeral, False, random)


def _masked(data: bytes, stream: Random) -> bytes:
    pad = int.from_bytes(stream.randbytes(len(data)), "little")
    return (int.from_bytes(data, "little") ^ pad).to_bytes(len(data), "little")
