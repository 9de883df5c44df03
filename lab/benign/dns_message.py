# SPDX-License-Identifier: Apache-2.0
"""DNS queries as messages on a stream (RFC 1035 §4; RFC 7766 §8 for the two bytes of length before each)."""

import asyncio
import struct

A, NS, MX, TXT, AAAA, HTTPS = 1, 2, 15, 16, 28, 65
_RECURSION_DESIRED = 0x0100
_OPT, _PADDING, _TCP_KEEPALIVE = 41, 12, 11
_UDP_PAYLOAD = 1232


def query(id_: int, name: str, type_: int, *, edns: bool = True, keepalive: bool = False, block: int = 0) -> bytes:
    """`block`: padded to a multiple of so many bytes (RFC 7830; RFC 8467 asks clients for 128); needs EDNS."""
    question = _name(name) + struct.pack("!HH", type_, 1)
    message = struct.pack("!6H", id_, _RECURSION_DESIRED, 1, 0, 0, int(edns)) + question
    if not edns:
        return _framed(message)
    options = struct.pack("!HH", _TCP_KEEPALIVE, 0) if keepalive else b""
    if block:
        opt_head, option_head = 11, 4
        padding = -(len(message) + opt_head + len(options) + option_head) % block
        options += struct.pack("!HH", _PADDING, padding) + bytes(padding)
    return _framed(message + b"\0" + struct.pack("!HHIH", _OPT, _UDP_PAYLOAD, 0, len(options)) + options)


async def read_answer(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(2), "big"))


def _name(name: str) -> bytes:
    return b"".join(bytes([len(label)]) + label.encode() for label in name.split(".")) + b"\0"


def _framed(message: bytes) -> bytes:
    return len(message).to_bytes(2, "big") + message
