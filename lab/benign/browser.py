# SPDX-License-Identifier: Apache-2.0
"""What a browser says before a WebSocket or an event stream: its headers, cookies and goodbyes. TLS, HTTP/1.1.

Headers as browsers' developer tools show them; the handshake is RFC 6455.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from random import Random

from lab.activity import Place, Visit
from lab.identifier import random_hex
from lab.websocket import Opcode, WebSocket, accept_websocket, open_websocket

_AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/17.5 Safari/605.1.15",
    "okhttp/4.12.0",
)
_SERVERS = ("Server: nginx", "Server: cloudflare", "Server: Cowboy", "Via: 1.1 vegur")
# RFC 6455 §7.4.1: going away
_GOING_AWAY = (1001).to_bytes(2, "big")
_GOODBYE_S = 2.0


def browser_headers(random: Random, host: str) -> list[str]:
    headers = [f"Host: {host}", f"User-Agent: {random.choice(_AGENTS)}", "Accept-Language: en-US,en;q=0.9"]
    headers += ["Accept-Encoding: gzip, deflate, br", f"Origin: https://{host}", "Cache-Control: no-cache"]
    if random.random() < 0.7:
        headers.append(f"Cookie: session={random_hex(random, random.randint(16, 400))}")
    return headers


async def serve_websockets(
    place: Place, port: int, talk: Callable[[WebSocket], Awaitable[None]], *, deflate: bool = False, protocol: str = ""
) -> None:
    headers = place.random.sample(_SERVERS, place.random.randint(0, 2))
    if protocol:
        headers.append(f"Sec-WebSocket-Protocol: {protocol}")

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await talk(await accept_websocket(reader, writer, headers, deflate=deflate))

    await place.serve(port, accept, tls=True, protocols=("http/1.1",))


@contextlib.asynccontextmanager
async def browser_websocket(
    visit: Visit, port: int, path: str, headers: Sequence[str] = ()
) -> AsyncIterator[WebSocket]:
    """Leaves with a close frame, and waits for its answer as browsers do."""
    async with visit.dial(port, tls=True, protocols=("http/1.1",)) as (reader, writer):
        wanted = [*browser_headers(visit.random, visit.place.name), *headers]
        websocket = await open_websocket(reader, writer, f"GET {path} HTTP/1.1", wanted, deflate=True)
        try:
            yield websocket
        finally:
            websocket.send(Opcode.CLOSE, _GOING_AWAY)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_GOODBYE_S):
                    await ignore(websocket)


async def ignore(websocket: WebSocket) -> None:
    """Reads until the other side has closed; pings are answered meanwhile."""
    async for _ in websocket.payloads():
        pass
