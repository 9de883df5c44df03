# SPDX-License-Identifier: Apache-2.0
"""JSON-RPC as miners and pools write it: one compact object a line. One write, hence one segment, a message."""

import asyncio
import json
from random import Random
from typing import Any

Message = dict[str, Any]

_COMPACT, _SPACED = (",", ":"), (", ", ": ")


def line(message: Message, *, spaced: bool = False) -> bytes:
    return json.dumps(message, separators=_SPACED if spaced else _COMPACT).encode() + b"\n"


async def read_message(reader: asyncio.StreamReader) -> Message | None:
    """None at the end of the stream."""
    try:
        text = await reader.readline()
    except ConnectionError:
        return None
    return json.loads(text) if text.endswith(b"\n") else None


def random_hex(random: Random, digits: int) -> str:
    return f"{random.getrandbits(4 * digits):0{digits}x}" if digits else ""


def random_digits(random: Random, digits: int) -> str:
    return str(random.randrange(10 ** (digits - 1), 10**digits))
