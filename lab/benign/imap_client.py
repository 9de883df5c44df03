# SPDX-License-Identifier: Apache-2.0
"""IMAP4rev1 as a mail program speaks it (RFC 3501), with IDLE (RFC 2177)."""

import asyncio
import re
from collections.abc import Callable

_LITERAL = re.compile(rb"\{(\d+)\}\r\n$")
_EXISTS = re.compile(rb"\* (\d+) EXISTS")


class ImapClient:
    """Each command waits for its tagged answer; `messages` is what the server last said of the mailbox's size."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, tag: Callable[[int], str]) -> None:
        self._reader, self._writer, self._tag = reader, writer, tag
        self._commands = 0
        self._idling = False
        self.messages = 0

    async def command(self, text: str) -> None:
        tag = self._send(text)
        while not (line := await self.read_line()).startswith(tag):
            pass
        if not line.startswith(tag + b" OK"):
            raise ConnectionError(f"the IMAP server answered '{line.decode(errors='replace').strip()}'")

    async def idle(self, until_s: float) -> bool:
        """True when new mail was told of before that time has passed."""
        tag, before = self._send("IDLE"), self.messages
        await self.read_line()  # the continuation
        self._idling = True
        try:
            async with asyncio.timeout(until_s):
                while self.messages <= before:
                    await self.read_line()
        except TimeoutError:
            pass
        self._stop_idling()
        while not (await self.read_line()).startswith(tag):
            pass
        return self.messages > before

    async def read_line(self) -> bytes:
        """One answer, its literals read and dropped."""
        whole = line = await self._reader.readuntil(b"\r\n")
        while literal := _LITERAL.search(line):
            await self._reader.readexactly(int(literal[1]))
            line = await self._reader.readuntil(b"\r\n")
        if exists := _EXISTS.match(whole):
            self.messages = int(exists[1])
        return whole

    def leave(self) -> None:
        if self._idling:
            self._stop_idling()
        self._send("LOGOUT")

    def _stop_idling(self) -> None:
        self._idling = False
        self._writer.write(b"DONE\r\n")

    def _send(self, text: str) -> bytes:
        self._commands += 1
        tag = self._tag(self._commands)
        self._writer.write(f"{tag} {text}\r\n".encode())
        return tag.encode()
