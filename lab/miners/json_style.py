# SPDX-License-Identifier: Apache-2.0
"""How a program's JSON library writes an object: spaces, order of the keys, the version, the end of the line.

ethminer (JsonCpp) sorts keys and writes no space; cgminer and bfgminer print a text with spaces, `params` first;
pools on Node.js write keys as given. A few bytes a message, the same for all messages of one program.
"""

import json
from dataclasses import dataclass
from random import Random

from lab.miners.json_lines import Message

# Keys that come first; the others follow as given.
_ORDERS = ((), ("id",), ("jsonrpc", "id"), ("method",), ("result", "error"), ("error", "id"), ("params",))


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
