# SPDX-License-Identifier: Apache-2.0
"""WebSocket, RFC 6455: opening handshake and unfragmented frames, both sides; RFC 7692: compressed messages."""

import asyncio
import base64
import enum
import hashlib
import os
import zlib
from collections.abc import AsyncIterator, Sequence

# RFC 6455 §1.3
_ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
# RFC 7692 §7.2.1: what the end of a flushed block looks like, and is left out.
_FLUSHED = b"\x00\x00\xff\xff"
# A window of 4 KiB: a thousand connections stay small. Servers ask for such windows too (README of the library `ws`).
_WINDOW_BITS, _MEMORY_LEVEL = 12, 5
_DEFLATE = "permessage-deflate"
_AGREED = f"{_DEFLATE}; server_max_window_bits={_WINDOW_BITS}; client_max_window_bits={_WINDOW_BITS}"
_COMPRESSED = 0x40  # RSV1


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
    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, side: Side, *, deflate: bool = False
    ) -> None:
        self._reader, self._writer, self._side = reader, writer, side
        self._deflate = zlib.compressobj(6, zlib.DEFLATED, -_WINDOW_BITS, _MEMORY_LEVEL) if deflate else None
        self._inflate = zlib.decompressobj(-_WINDOW_BITS)

    def send(self, opcode: Opcode, payload: bytes = b"") -> None:
        first = 0x80 | opcode
        if self._deflate and opcode in (Opcode.TEXT, Opcode.BINARY):
            payload = self._deflate.compress(payload) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
            payload, first = payload.removesuffix(_FLUSHED), first | _COMPRESSED
        mask_bit = 0x80 if self._side is Side.CLIENT else 0
        if len(payload) <= 125:
            length = bytes([mask_bit | len(payload)])
        elif len(payload) <= 0xFFFF:
            length = bytes([mask_bit | 126]) + len(payload).to_bytes(2, "big")
        else:
            length = bytes([mask_bit | 127]) + len(payload).to_bytes(8, "big")
        if mask_bit:
            mask = os.urandom(4)
            payload = mask + _masked(payload, mask)
        self._writer.write(bytes([first]) + length + payload)

    def send_text(self, text: str) -> None:
        self.send(Opcode.TEXT, text.encode())

    async def receive(self) -> tuple[Opcode, bytes] | None:
        """The next frame, None once the other side has closed. Pings are answered here."""
        try:
            first, second = await self._reader.readexactly(2)
            length = second & 0x7F
            if length == 126:
                length = int.from_bytes(await self._reader.readexactly(2), "big")
            elif length == 127:
                length = int.from_bytes(await self._reader.readexactly(8), "big")
            mask = await self._reader.readexactly(4) if second & 0x80 else b""
            payload = await self._reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return None
        opcode = Opcode(first & 0x0F)
        if mask:
            payload = _masked(payload, mask)
        if first & _COMPRESSED:
            payload = self._inflate.decompress(payload + _FLUSHED)
        if opcode is Opcode.PING:
            self.send(Opcode.PONG, payload)
        return opcode, payload

    async def payloads(self) -> AsyncIterator[bytes]:
        """Texts and binary messages until the other side closes, which a server answers."""
        while frame := await self.receive():
            if frame[0] is Opcode.CLOSE:
                if self._side is Side.SERVER:
                    self.send(Opcode.CLOSE, frame[1])
                return
            if frame[0] in (Opcode.TEXT, Opcode.BINARY):
                yield frame[1]


async def open_websocket(
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    request_line: str,
    headers: Sequence[str],
    *,
    deflate: bool = False,
) -> WebSocket:
    """`headers` are the browser's own; those of the handshake itself are added (§4.1). `deflate` offers it."""
    key = base64.b64encode(os.urandom(16)).decode()
    lines = [request_line, *headers, "Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}"]
    if deflate:
        lines.append(f"Sec-WebSocket-Extensions: {_DEFLATE}; client_max_window_bits")
    lines += ["Sec-WebSocket-Version: 13", "", ""]
    writer.write("\r\n".join(lines).encode())
    answer = await reader.readuntil(b"\r\n\r\n")
    if _accept_value(key).encode() not in answer:
        raise ConnectionError("the server did not accept the WebSocket")
    return WebSocket(reader, writer, Side.CLIENT, deflate=_DEFLATE.encode() in answer)


async def accept_websocket(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, headers: Sequence[str] = (), *, deflate: bool = False
) -> WebSocket:
    """`headers` are the server's own; `deflate` agrees to compression where it is offered."""
    request = (await reader.readuntil(b"\r\n\r\n")).decode()
    key = next(line.split(": ", 1)[1] for line in request.split("\r\n") if line.lower().startswith("sec-websocket-key"))
    lines = ["HTTP/1.1 101 Switching Protocols", *headers, "Upgrade: websocket", "Connection: Upgrade"]
    deflate = deflate and _DEFLATE in request
    if deflate:
        lines.append(f"Sec-WebSocket-Extensions: {_AGREED}")
    lines += [f"Sec-WebSocket-Accept: {_accept_value(key)}", "", ""]
    writer.write("\r\n".join(lines).encode())
    return WebSocket(reader, writer, Side.SERVER, deflate=deflate)


def _accept_value(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + _ACCEPT_SUFFIX).encode()).digest()).decode()


def _masked(payload: bytes, mask: bytes) -> bytes:
    key = (mask * (len(payload) // 4 + 1))[: len(payload)]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(len(payload), "big")
