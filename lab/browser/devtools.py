# SPDX-License-Identifier: Apache-2.0
"""Chromium's DevTools protocol over its pipe: JSON messages, each ended by NUL (chromium --remote-debugging-pipe).

Commands: https://chromedevtools.github.io/devtools-protocol; sessions of tabs are "flat".
"""

import asyncio
import json
import os
from typing import Any

_LONGEST_MESSAGE = 1 << 24
_ANSWER_S = 30.0


class DevTools:
    """`close` ends it; commands that wait then, or whose browser ends, fail with ConnectionError."""

    def __init__(self, reader: asyncio.StreamReader, answers: asyncio.ReadTransport, command_pipe: int) -> None:
        self._reader, self._transport, self._command_pipe = reader, answers, command_pipe
        self._answers: dict[int, asyncio.Future] = {}
        self._next_id = 1
        self._receiving = asyncio.create_task(self._receive())

    @staticmethod
    async def over(command_pipe: int, answer_pipe: int) -> "DevTools":
        """Takes over both descriptors, our ends of the browser's pipes."""
        reader = asyncio.StreamReader(limit=_LONGEST_MESSAGE)
        answers, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(answer_pipe, "rb")
        )
        return DevTools(reader, answers, command_pipe)

    async def call(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        """The command's result. ConnectionError when the browser refuses it or has ended."""
        message: dict[str, Any] = {"id": self._next_id, "method": method, "params": params}
        if session:
            message["sessionId"] = session
        answer = self._answers[self._next_id] = asyncio.get_running_loop().create_future()
        self._next_id += 1
        try:
            # Commands are far below a pipe's 64 KiB, so that this does not block.
            os.write(self._command_pipe, json.dumps(message).encode() + b"\0")
            async with asyncio.timeout(_ANSWER_S):
                return await answer
        finally:
            self._answers.pop(message["id"], None)

    def close(self) -> None:
        self._receiving.cancel()
        self._transport.close()
        self._fail_all()
        if self._command_pipe >= 0:
            os.close(self._command_pipe)
            self._command_pipe = -1

    async def _receive(self) -> None:
        try:
            while True:
                self._understand(json.loads((await self._reader.readuntil(b"\0"))[:-1]))
        except (asyncio.IncompleteReadError, ConnectionError):
            self._fail_all()

    def _understand(self, message: dict[str, Any]) -> None:
        answer = self._answers.get(message.get("id", 0))
        if answer is None or answer.done():
            return
        if "error" in message:
            answer.set_exception(ConnectionError(f"Chromium: {message['error']['message']}"))
        else:
            answer.set_result(message["result"])

    def _fail_all(self) -> None:
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(ConnectionError("Chromium has ended"))
