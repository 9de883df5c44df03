# SPDX-License-Identifier: Apache-2.0
"""A chat room: WebSocket over TLS, sentences of people both ways, "is typing" notices and a heartbeat each 30 s."""

import asyncio
import contextlib
import json
from random import Random

from lab.certificate import server_tls
from lab.connection_log import BENIGN, Story
from lab.laboratory import Laboratory
from lab.network import Host
from lab.websocket import Opcode, WebSocket, accept_websocket, open_websocket

_PORT = 443
_HEARTBEAT_S = 30
_OTHERS_MEAN_S, _OWN_MEAN_S = 14, 40
_LETTERS = "etaoin shrdlu"
_STORY = Story(BENIGN, "websocket-chat", "lab log: the lab's own chat room")


async def serve_chat(lab: Laboratory, host: Host, name: str) -> None:
    random = lab.random(name)

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)
        others = asyncio.create_task(_speak(websocket, random, _OTHERS_MEAN_S))
        try:
            while frame := await websocket.receive():
                if frame[0] is Opcode.TEXT and b"typing" not in frame[1]:
                    websocket.send_text(json.dumps({"type": "ack", "id": random.getrandbits(40)}))
                elif frame[0] is Opcode.CLOSE:
                    websocket.send(Opcode.CLOSE)
                    return
        finally:
            others.cancel()

    await lab.serve(host, _PORT, talk, server_tls(lab.authority.certificate(name)))


async def chat(lab: Laboratory, client: Host, server: Host, name: str) -> None:
    """Until cancelled."""
    random = lab.random(f"chat {client.name}")
    async with lab.dial(client, server, _PORT, _STORY, server_name=name) as (reader, writer):
        websocket = await open_websocket(
            reader, writer, "GET /room/7 HTTP/1.1", [f"Host: {name}", f"Origin: https://{name}"]
        )

        async def heartbeat() -> None:
            while True:
                await asyncio.sleep(_HEARTBEAT_S)
                websocket.send_text('{"type":"heartbeat"}')

        tasks = [
            asyncio.create_task(heartbeat()),
            asyncio.create_task(_speak(websocket, random, _OWN_MEAN_S)),
        ]
        try:
            while await websocket.receive():
                pass
        finally:
            for task in tasks:
                task.cancel()
            websocket.send(Opcode.CLOSE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(websocket.receive(), 1)


async def _speak(websocket: WebSocket, random: Random, mean_s: float) -> None:
    while True:
        await asyncio.sleep(random.expovariate(1 / mean_s))
        websocket.send_text('{"type":"typing","room":7}')
        await asyncio.sleep(random.uniform(1, 6))
        words = "".join(random.choices(_LETTERS, k=min(600, int(random.lognormvariate(3.6, 0.9)) + 2)))
        websocket.send_text(json.dumps({"type": "message", "room": 7, "from": random.randrange(999), "text": words}))
