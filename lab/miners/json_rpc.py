# SPDX-License-Identifier: Apache-2.0
"""JSON-RPC as miners and pools write it: an object a line. One write, hence one segment, a message.

A program's JSON library decides on spaces, the order of keys, the version and the end of the line: ethminer (JsonCpp)
sorts keys and writes no space; cgminer and bfgminer print a text with spaces, `params` first; pools on Node.js write
keys as given. A few bytes a message, the same for all messages of one program.
"""

import asyncio
import json
from dataclasses import dataclass
from random import Random
from typing import Any

Message = dict[str, Any]

# Keys that come first; the others follow as given.
_ORDERS = ((), ("id",), ("jsonrpc", "id"), ("method",), ("result", "error"), ("error", "id"), ("params",))
_REPLY_ORDERS = (
    ("jsonrpc", "id", "error", "result"),  # nodejs-pool
    ("id", "jsonrpc", "error", "result"),  # xmrig-proxy
    ("id", "jsonrpc", "result", "error"),
)


@dataclass(frozen=True)
class JsonStyle:
    spaces: bool = False
    sorted: bool = False
    first: tuple[str, ...] = ()
    version: bool = False  # "jsonrpc":"2.0" in each message
    ending: bytes = b"\n"

    @staticmethod
    def drawn(random: Random) -> "JsonStyle":
        return JsonStyle(
            spaces=random.random() < 0.3,
            sorted=random.random() < 0.25,
            first=random.choice(_ORDERS),
            version=random.random() < 0.3,
            ending=b"\r\n" if random.random() < 0.05 else b"\n",
        )

    def line(self, message: Message) -> bytes:
        if self.version:
            message = {"jsonrpc": "2.0"} | message
        known = [key for key in self.first if key in message]
        ordered = {key: message[key] for key in [*known, *message]}
        separators = (", ", ": ") if self.spaces else (",", ":")
        return json.dumps(ordered, separators=separators, sort_keys=self.sorted).encode() + self.ending


_COMPACT = JsonStyle()


def line(message: Message) -> bytes:
    return _COMPACT.line(message)


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """None at the end of the stream."""
    try:
        text = await reader.readline()
    except ConnectionError:
        return None
    return json.loads(text) if text.endswith(b"\n") else None


@dataclass(frozen=True)
class Envelope:
    """Version 2.0 as the software of one of Monero's pools happens to write replies, refusals and notices."""

    reply_order: tuple[str, ...] = _REPLY_ORDERS[0]
    method_first: bool = False
    spaced: bool = False

    @staticmethod
    def drawn(random: Random) -> "Envelope":
        """Spaces are rare: most pools are JavaScript, C++ or Go, and compact."""
        return Envelope(random.choice(_REPLY_ORDERS), random.random() < 0.2, random.random() < 0.08)

    def reply(self, request_id: object, result: Message) -> bytes:
        return self._line({"jsonrpc": "2.0", "id": request_id, "error": None, "result": result}, self.reply_order)

    def error(self, request_id: object, text: str, code: int = -1) -> bytes:
        """Without the empty result, as the public descriptions have it."""
        refusal = {"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": text}}
        return self._line(refusal, self.reply_order)

    def notice(self, method: str, params: Message) -> bytes:
        first = ("method", "params") if self.method_first else ()
        return self._line({"jsonrpc": "2.0", "method": method, "params": params}, first)

    def _line(self, message: Message, first: tuple[str, ...]) -> bytes:
        return JsonStyle(spaces=self.spaced, first=first).line(message)
