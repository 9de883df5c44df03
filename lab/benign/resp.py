# SPDX-License-Identifier: Apache-2.0
"""RESP2, the Redis serialization protocol (redis.io, "Redis serialization protocol specification")."""

import asyncio

Reply = int | bytes | str | None | list["Reply"]


def command(*words: str | bytes | int) -> bytes:
    """An array of bulk strings."""
    parts = [f"*{len(words)}\r\n".encode()]
    for word in words:
        data = word if isinstance(word, bytes) else str(word).encode()
        parts.append(b"$%d\r\n%b\r\n" % (len(data), data))
    return b"".join(parts)


async def read_reply(reader: asyncio.StreamReader) -> Reply:
    """An error is raised as ConnectionError: the lab's clients ask for nothing that may fail."""
    line = (await reader.readuntil(b"\r\n"))[:-2]
    kind, text = line[:1], line[1:]
    if kind == b"+":
        return text.decode()
    if kind == b":":
        return int(text)
    if kind == b"$":
        return None if text == b"-1" else (await reader.readexactly(int(text) + 2))[:-2]
    if kind == b"*":
        return None if text == b"-1" else [await read_reply(reader) for _ in range(int(text))]
    raise ConnectionError(f"the Redis server answered '{line.decode(errors='replace')}'")
