# SPDX-License-Identifier: Apache-2.0
"""A monitoring agent: the same few hundred bytes of JSON posted on a timer over one TLS connection, HTTP/1.1.

Equal client messages, each answered within a round trip by a small one, for hours: but on a clock, and nothing pushed.
"""

import asyncio
import json

from lab.certificate import server_tls
from lab.connection_log import BENIGN, Story
from lab.laboratory import Laboratory
from lab.network import Host

_PORT = 8443
_STORY = Story(BENIGN, "telemetry-tls", "lab log: the lab's own monitoring agent")
_ANSWER = b"HTTP/1.1 204 No Content\r\nServer: collector\r\nConnection: keep-alive\r\n\r\n"


async def serve_collector(lab: Laboratory, host: Host, name: str) -> None:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(line for line in head.split("\r\n") if line.startswith("Content-Length"))
            await reader.readexactly(int(length.split(":")[1]))
            writer.write(_ANSWER)

    await lab.serve(host, _PORT, talk, server_tls(lab.authority.certificate(name)))


async def report_metrics(lab: Laboratory, client: Host, server: Host, name: str, period_s: float) -> None:
    """Until cancelled."""
    random = lab.random(f"metrics {client.name}")
    async with lab.dial(client, server, _PORT, _STORY, server_name=name) as (reader, writer):
        while True:
            values = {key: round(random.uniform(10, 99), 2) for key in ("cpu", "memory", "disk", "network")}
            body = json.dumps({"host": client.name, "uptime": random.randrange(10**6, 10**7), "values": values})
            head = f"POST /v1/metrics HTTP/1.1\r\nHost: {name}\r\nContent-Type: application/json\r\nContent-Length: "
            writer.write(f"{head}{len(body)}\r\n\r\n{body}".encode())
            await reader.readuntil(b"\r\n\r\n")
            await asyncio.sleep(period_s)
