# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 messages with a Content-Length, RFC 9112: all that a miner's polling needs."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class HttpMessage:
    first_line: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)  # names in lower case

    @property
    def path(self) -> str:
        """Of a request."""
        return self.first_line.split(" ")[1]

    @property
    def wants_close(self) -> bool:
        return self.headers.get("connection", "").lower() == "close"


async def read_http(reader: asyncio.StreamReader) -> HttpMessage | None:
    """None at the end of the stream."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
    except asyncio.IncompleteReadError:
        return None
    first_line, *lines = head[:-4].split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return HttpMessage(first_line, body, headers)


def http_bytes(first_line: str, headers: Sequence[str], body: bytes = b"") -> bytes:
    return "\r\n".join((first_line, *headers, "", "")).encode() + body
