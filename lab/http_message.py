# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 messages with a Content-Length, RFC 9112: all that the lab's emulators need."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class HttpMessage:
    head: str  # with the empty line at its end
    body: bytes = b""

    @property
    def first_line(self) -> str:
        return self.head.split("\r\n", 1)[0]

    @property
    def path(self) -> str:
        """Of a request."""
        return self.first_line.split(" ")[1]

    @property
    def wants_close(self) -> bool:
        return self.header("Connection").lower() == "close"

    def header(self, name: str) -> str:
        """Empty where there is none."""
        begin = name.lower() + ":"
        for line in self.head.split("\r\n"):
            if line.lower().startswith(begin):
                return line[len(begin) :].strip()
        return ""


async def read_head(reader: asyncio.StreamReader) -> HttpMessage:
    """Its body is left to be read. IncompleteReadError at the end of the stream."""
    return HttpMessage((await reader.readuntil(b"\r\n\r\n")).decode())


async def read_message(reader: asyncio.StreamReader) -> HttpMessage:
    """IncompleteReadError at the end of the stream."""
    head = await read_head(reader)
    return HttpMessage(head.head, await reader.readexactly(int(head.header("Content-Length") or 0)))


def request(method: str, path: str, host: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    length = [f"Content-Length: {len(body)}"] if body else []
    return http_bytes(f"{method} {path} HTTP/1.1", [f"Host: {host}", *headers, *length], body)


def answer(status: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    length = [] if status.startswith("204") else [f"Content-Length: {len(body)}"]
    return http_bytes(f"HTTP/1.1 {status}", [*headers, *length], body)


def http_bytes(first_line: str, headers: Sequence[str], body: bytes = b"") -> bytes:
    """As given: where a program has Content-Length among its headers is its own choice."""
    return "\r\n".join((first_line, *headers, "", "")).encode() + body
