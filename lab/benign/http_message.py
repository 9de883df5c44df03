# SPDX-License-Identifier: Apache-2.0
"""HTTP/1.1 messages with Content-Length, RFC 9112."""

import asyncio
from collections.abc import Sequence


def request(method: str, path: str, host: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    return _message([f"{method} {path} HTTP/1.1", f"Host: {host}", *headers], body, bool(body))


def answer(status: str, headers: Sequence[str] = (), body: bytes = b"") -> bytes:
    return _message([f"HTTP/1.1 {status}", *headers], body, not status.startswith("204"))


async def read_message(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    """Head and body of a request or an answer."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode()
    for field in head.split("\r\n"):
        if field.lower().startswith("content-length:"):
            return head, await reader.readexactly(int(field.split(":")[1]))
    return head, b""


def _message(lines: list[str], body: bytes, tells_length: bool) -> bytes:
    if tells_length:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
