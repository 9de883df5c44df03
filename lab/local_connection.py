# SPDX-License-Identifier: Apache-2.0
"""A connection between two parts of the lab that no capture sees, such as a proxy's to a pool on its own side."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

from lab.laboratory import ENDED, Talk


@contextlib.asynccontextmanager
async def local_connection(talk: Talk) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """The other end is one call of `talk`."""
    ours, theirs = socket.socketpair()
    reader, writer = await asyncio.open_connection(sock=ours)
    answering = asyncio.create_task(_answer(talk, theirs))
    try:
        yield reader, writer
    finally:
        answering.cancel()
        writer.close()


async def _answer(talk: Talk, sock: socket.socket) -> None:
    reader, writer = await asyncio.open_connection(sock=sock)
    try:
        with contextlib.suppress(*ENDED):
            await talk(reader, writer)
    finally:
        writer.close()
