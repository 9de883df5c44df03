# SPDX-License-Identifier: Apache-2.0
"""PostgreSQL's frontend/backend protocol 3.0 (PostgreSQL 15 documentation, chapter 55: "Message Formats")."""

import asyncio
import struct

_PROTOCOL_3_0 = 196608
_SSL_REQUEST = 80877103
# Seconds from the Unix epoch to the protocol's, 2000-01-01.
_EPOCH_S = 946684800


def startup(**parameters: str) -> bytes:
    """`replication="true"` asks for a walsender."""
    body = b"".join(_text(name) + _text(value) for name, value in parameters.items()) + b"\0"
    return struct.pack("!II", len(body) + 8, _PROTOCOL_3_0) + body


def ssl_request() -> bytes:
    """What libpq sends first unless told otherwise (sslmode=prefer); answered by one byte, N without TLS."""
    return struct.pack("!II", 8, _SSL_REQUEST)


def query(sql: str) -> bytes:
    return _message(b"Q", _text(sql))


def parse(statement: str, sql: str) -> bytes:
    return _message(b"P", _text(statement) + _text(sql) + struct.pack("!H", 0))


def bind(statement: str, values: list[str]) -> bytes:
    """Values and results as text, the unnamed portal."""
    parameters = b"".join(struct.pack("!I", len(value.encode())) + value.encode() for value in values)
    return _message(b"B", b"\0" + _text(statement) + struct.pack("!HH", 0, len(values)) + parameters + b"\0\0")


def describe_portal() -> bytes:
    return _message(b"D", b"P\0")


def execute() -> bytes:
    """All rows of the unnamed portal."""
    return _message(b"E", b"\0" + struct.pack("!I", 0))


def sync() -> bytes:
    return _message(b"S", b"")


def terminate() -> bytes:
    return _message(b"X", b"")


def standby_status(position: int, now_s: float) -> bytes:
    """A replica tells what it has written, flushed and applied (§55.4), in a CopyData message."""
    microseconds = int((now_s - _EPOCH_S) * 1_000_000)
    return _message(b"d", b"r" + struct.pack("!QQQqB", position, position, position, microseconds, 0))


async def read_message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Type and body; an ErrorResponse is raised as ConnectionError."""
    kind, length = struct.unpack("!cI", await reader.readexactly(5))
    body = await reader.readexactly(length - 4)
    if kind == b"E":
        fields = {field[:1]: field[1:].decode() for field in body.split(b"\0") if field}
        raise ConnectionError(f"the PostgreSQL server said '{fields.get(b'M', '')}'")
    return kind, body


async def until_ready(reader: asyncio.StreamReader) -> list[tuple[bytes, bytes]]:
    """All messages of an answer up to ReadyForQuery."""
    messages = []
    while not messages or messages[-1][0] != b"Z":
        messages.append(await read_message(reader))
    return messages


def first_row(messages: list[tuple[bytes, bytes]]) -> list[str]:
    """Columns of the first DataRow, as text; empty for NULL."""
    body = next(body for kind, body in messages if kind == b"D")
    columns, offset = [], 2
    for _ in range(int.from_bytes(body[:2], "big")):
        length = max(0, struct.unpack_from("!i", body, offset)[0])
        columns.append(body[offset + 4 : offset + 4 + length].decode())
        offset += 4 + length
    return columns


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!I", len(body) + 4) + body


def _text(text: str) -> bytes:
    return text.encode() + b"\0"
