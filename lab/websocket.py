# SPDX-License-Identifier: Apache-2.0
"""WebSocket, RFC 6455: opening handshake and unfragmented frames, both sides."""

import asyncio
import base64
import enum
import hashlib
import os
from collections.abc import Sequence

# RFC 6455 §1.3
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Side(enum.Enum):
    CLIENT = enum.auto()  # masks what it sends (§5.3)
    SERVER = enum.auto()


class Opcode(enum.IntEnum):
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10


class WebSocket:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, side: Side) -> None:
        self._reader, self._writer, self._side = reader, writer, side

    def send(self, opcode: Opcode, payload: bytes = b"") -> None:
        mask_bit = 0x80 if self._side is Side.CLIENT else 0
        if len(payload) <= 125:
            length = bytes([mask_bit | len(payload)])
        else:
            length = bytes([mask_bit | 126]) + len(payload).to_bytes(2, "big")
        if mask_bit:
            mask = os.urandom(4)
            payload = mask + _masked(payload, mask)
        self._writer.write(bytes([0x80 | opcode]) + length + payload)

    def send_text(self, text: str) -> None:
        self.send(Opcode.TEXT, text.encode())

    async def receive(self) -> tuple[Opcode, bytes] | None:
        """The next frame, None once the other side has closed. Pings are answered here."""
        try:
            first, second = await self._reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            mask = await self._reader.readexactly(4) if second & 0x80 else b""
            payload = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        opcode = Opcode(first & 0x0F)
        if mask:
            payload = _masked(payload, mask)
        if opcode is Opcode.PING:
            self.send(Opcode.PONG, payload)
        return opcode, payload


async def open_websocket(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, request_line: str, headers: Sequence[str]
) -> WebSocket:
    """`headers` are the browser's own; those of the handshake itself are added (§4.1)."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [request_line, *headers, "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}"]
    lines += ["Sec-WebSocket-Version: 13", "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if _accept_value(key).encode() not in answer:
        raise ConnectionError("the server did not accept the WebSocket")
    return WebSocket(reader, writer, Side.CLIENT)


async def accept_websocket(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> WebSocket:
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line.split(": ", 1)[1] for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    lines += [f"Sec-WebSocket-Accept: {_accept_value(key)}", "", ""]
    writer.write("\r\n".join(lines).encode())
    return WebSocket(reader, writer, Side.SERVER)


def _accept_value(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + _ACCEPT_SUFFIX).encode()).digest()).decode()


def _masked(payload: bytes, mask: bytes) -> bytes:
    return bytes(byte ^ mask[i % 4] for i, byte in enumerate(payload))
