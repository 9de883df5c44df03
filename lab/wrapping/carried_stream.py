# SPDX-License-Identifier: Apache-2.0
"""A stream of bytes inside another protocol's messages, with the ends that programs expect. The lab's own."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Ends = tuple[asyncio.StreamReader, asyncio.StreamWriter]
# What is said before the stream begins, such as the request to a SOCKS proxy. Its first argument is what the place
# offers, which has a `port` and `tls`.
Preamble = Callable[[Any, asyncio.StreamReader, asyncio.StreamWriter], Awaitable[Ends]]


class CarriedWriter:
    """Of asyncio.StreamWriter what programs use here; each write is one call of `send`."""

    def __init__(self, carrier: asyncio.StreamWriter, send: Callable[[bytes], None]) -> None:
        self._carrier, self._send = carrier, send

    def write(self, data: bytes) -> None:
        self._send(data)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return self._carrier.get_extra_info(name, default)

    def is_closing(self) -> bool:
        return self._carrier.is_closing()

    def close(self) -> None:
        self._carrier.close()

    async def drain(self) -> None:
        await self._carrier.drain()
