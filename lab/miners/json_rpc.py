# SPDX-License-Identifier: Apache-2.0
"""JSON-RPC 2.0 as one server's software happens to write it: order of keys, spaces, words of refusal."""

from dataclasses import dataclass
from random import Random

from lab.miners.json_lines import Message, line

_REPLY_ORDERS = (
    ("jsonrpc", "id", "error", "result"),  # nodejs-pool
    ("id", "jsonrpc", "error", "result"),  # xmrig-proxy
    ("id", "jsonrpc", "result", "error"),
)


@dataclass(frozen=True)
class Envelope:
    reply_order: tuple[str, ...] = _REPLY_ORDERS[0]
    method_first: bool = False
    spaced: bool = False

    @staticmethod
    def drawn(random: Random) -> "Envelope":
        """Spaces are rare: most pools are JavaScript, C++ or Go, and compact."""
        return Envelope(random.choice(_REPLY_ORDERS), random.random() < 0.2, random.random() < 0.08)

    def reply(self, request_id: object, result: Message) -> bytes:
        return self._ordered({"jsonrpc": "2.0", "id": request_id, "error": None, "result": result})

    def error(self, request_id: object, text: str, code: int = -1) -> bytes:
        """Without the empty result, as the public descriptions have it."""
        return self._ordered({"jsonrpc": "2.0", "id": request_id, "error": {"code": code, "message": text}})

    def notice(self, method: str, params: Message) -> bytes:
        if self.method_first:
            return line({"method": method, "params": params, "jsonrpc": "2.0"}, spaced=self.spaced)
        return line({"jsonrpc": "2.0", "method": method, "params": params}, spaced=self.spaced)

    def _ordered(self, fields: Message) -> bytes:
        return line({key: fields[key] for key in self.reply_order if key in fields}, spaced=self.spaced)
