# SPDX-License-Identifier: Apache-2.0
"""A stream of bytes inside another protocol's messages, with the ends that miners and pools expect."""

import asyncio
from collections.abc import Callable
from typing import Any


class CarriedWriter:
    """Of asyncio.StreamWriter what miners and pools use; each write is one call of `send`."""

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
