# SPDX-License-Identifier: Apache-2.0
"""SOCKS5 without authentication (RFC 1928): a client's request, and a proxy that has its target within."""

import asyncio

from lab.laboratory import Talk
from lab.wrapping.carried_stream import Ends, Preamble

_GREETING = b"\x05\x01\x00"
_NO_AUTHENTICATION = b"\x05\x00"
_CONNECT_TO_NAME = b"\x05\x01\x00\x03"
# Succeeded, bound to 0.0.0.0:0, as most proxies say.
_SUCCEEDED = b"\x05\x00\x00\x01" + bytes(6)


def ask_for(name: str, port: int) -> Preamble:
    async def ask(_: object, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Ends:
        writer.write(_GREETING)
        if await reader.readexactly(2) != _NO_AUTHENTICATION:
            raise ConnectionRefusedError("the SOCKS proxy wants more than the client has")
        writer.write(_CONNECT_TO_NAME + bytes([len(name)]) + name.encode() + port.to_bytes(2, "big"))
        if (await reader.readexactly(len(_SUCCEEDED)))[1] != 0:
            raise ConnectionRefusedError("the SOCKS proxy did not reach its target")
        return reader, writer

    return ask


def serve_socks(target: Talk, connect_s: float) -> Talk:
    """`connect_s`: how long the proxy takes to reach its target."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(_GREETING))
        writer.write(_NO_AUTHENTICATION)
        await reader.readexactly(len(_CONNECT_TO_NAME))
        name_length = (await reader.readexactly(1))[0]
        await reader.readexactly(name_length + 2)
        await asyncio.sleep(connect_s)
        writer.write(_SUCCEEDED)
        await target(reader, writer)

    return talk
