# SPDX-License-Identifier: Apache-2.0
"""A market ticker: WebSocket over TLS, prices pushed all the time, a client that hardly speaks.

Like mining in that the server pushes small messages of nearly equal size for as long as the page is open.
"""

import asyncio
import contextlib
import json

from lab.certificate import server_tls
from lab.connection_log import BENIGN, Story
from lab.laboratory import Laboratory
from lab.network import Host
from lab.websocket import Opcode, accept_websocket, open_websocket

_PORT = 443
_PUSH_MEAN_S = 2.6
_PING_PERIOD_S = 20
_CHANGE_OF_SYMBOLS_S = (60, 200)
_STORY = Story(BENIGN, "websocket-ticker", "lab log: the lab's own market ticker")


async def serve_ticker(lab: Laboratory, host: Host, name: str) -> None:
    random = lab.random(name)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)

        async def push() -> None:
            price, number = 100.0, random.randrange(10**8)
            while True:
                await asyncio.sleep(random.expovariate(1 / _PUSH_MEAN_S))
                price *= random.lognormvariate(0, 0.001)
                number += random.randrange(1, 40)
                trade = {
                    "e": "trade",
                    "s": random.choice(("AAAEUR", "BBBEUR")),
                    "n": number,
                    "p": f"{price:.4f}",
                }
                websocket.send_text(json.dumps(trade | {"q": f"{random.expovariate(0.5):.6f}"}))

        async def ping() -> None:
            while True:
                await asyncio.sleep(_PING_PERIOD_S)
                websocket.send(Opcode.PING)

        tasks = [asyncio.create_task(push()), asyncio.create_task(ping())]
        try:
            while frame := await websocket.receive():
                if frame[0] is Opcode.TEXT:
                    websocket.send_text(json.dumps({"result": None, "id": json.loads(frame[1])["id"]}))
                elif frame[0] is Opcode.CLOSE:
                    websocket.send(Opcode.CLOSE)
                    return
        finally:
            for task in tasks:
                task.cancel()

    await lab.serve(host, _PORT, talk, server_tls(lab.authority.certificate(name)))


async def watch_ticker(lab: Laboratory, client: Host, server: Host, name: str) -> None:
    """Until cancelled."""
    random = lab.random(f"watch {client.name}")
    async with lab.dial(client, server, _PORT, _STORY, server_name=name) as (reader, writer):
        websocket = await open_websocket(
            reader, writer, "GET /ws HTTP/1.1", [f"Host: {name}", f"Origin: https://{name}"]
        )

        async def choose_symbols() -> None:
            number = 1
            while True:
                symbols = random.sample(("aaaeur@trade", "bbbeur@trade", "ccceur@trade"), 2)
                websocket.send_text(json.dumps({"method": "SUBSCRIBE", "params": symbols, "id": number}))
                number += 1
                await asyncio.sleep(random.uniform(*_CHANGE_OF_SYMBOLS_S))

        choices = asyncio.create_task(choose_symbols())
        try:
            while await websocket.receive():
                pass
        finally:
            choices.cancel()
            websocket.send(Opcode.CLOSE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(websocket.receive(), 1)
