# SPDX-License-Identifier: Apache-2.0
"""HTTP/2 frames (RFC 9113 §4.1, §6) and header blocks of literal fields (RFC 7541 §6.2), as gRPC needs them."""

import asyncio
import enum
from collections.abc import Mapping

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


class Kind(enum.IntEnum):
    DATA = 0
    HEADERS = 1
    SETTINGS = 4
    PING = 6
    GOAWAY = 7
    WINDOW_UPDATE = 8


END_STREAM = ACK = 0x1
END_HEADERS = 0x4


def frame(kind: Kind, payload: bytes = b"", *, flags: int = 0, stream: int = 0) -> bytes:
    return len(payload).to_bytes(3, "big") + bytes([kind, flags]) + stream.to_bytes(4, "big") + payload


async def read_frame(reader: asyncio.StreamReader) -> tuple[Kind, int, int, bytes]:
    """Kind, flags, stream, payload."""
    head = await reader.readexactly(9)
    payload = await reader.readexactly(int.from_bytes(head[:3], "big"))
    return Kind(head[3]), head[4], int.from_bytes(head[5:], "big"), payload


def literal_fields(fields: Mapping[str, str]) -> bytes:
    """With indexing, names and values without Huffman code: the first time a peer sees them."""
    return b"".join(b"\x40" + _string(name) + _string(value) for name, value in fields.items())


def indexed_fields(count: int) -> bytes:
    """References to fields of the dynamic table, whose entries begin at 62 (RFC 7541 §2.3.3)."""
    return bytes(0x80 | (62 + number) for number in range(count))


def _string(text: str) -> bytes:
    length = bytes([len(text)]) if len(text) < 127 else bytes([127]) + _rest(len(text) - 127)
    return length + text.encode()


def _rest(value: int) -> bytes:
    """The continuation of an integer (RFC 7541 §5.1)."""
    parts = []
    while value >= 128:
        parts.append(value % 128 + 128)
        value //= 128
    return bytes([*parts, value])
