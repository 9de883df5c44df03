# SPDX-License-Identifier: Apache-2.0
"""What machines tell their operators: metrics on a period, heartbeats that may bring a command, batches of log lines.

Small equal client messages, each answered within a round trip, for hours: but on a clock, and hardly anything pushed.
Forms: JSON by POST; Graphite's plain text and InfluxDB's line protocol (their documentation); Lumberjack 2, the
protocol of Elastic's Beats (go-lumber's description: window, JSON frames, acknowledgement by sequence number).
"""

import asyncio
import time
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.record import Form, prose
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.http_message import answer, read_message, request
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, POISSON, Rhythm, drawn_bytes, log_uniform

_GRAPHITE_PORT, _BEATS_PORT = 2003, 5044


class Collector:
    """Metrics: by HTTP, each answered; or as plain lines, never answered."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines = random.random() < 0.3
        self.tls = not self.lines and random.random() < 0.85
        self.port = _GRAPHITE_PORT if self.lines else random.choice((443, 8443, 4318, 8086, 9091))
        self.path, self.values = (
            random.choice(("/v1/metrics", "/api/v2/write", "/push", "/ingest")),
            random.randint(1, 40),
        )
        self.body = random.choice(("json", "influx"))
        self.period = Rhythm(
            random, CLOCK, random.choice((1, 2, 5, 10, 10, 15, 20, 30, 60)), log_uniform(random, 0.0005, 0.05)
        )
        self._status = random.choice(("204 No Content", "200 OK", "202 Accepted"))
        self._headers = random.sample(("Server: collector", "X-Request-Id: 0123456789abcdef", "Vary: Origin"), 2)
        self._answer = b'{"status":"ok"}' if self._status.startswith("20") and random.random() < 0.5 else b""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while self.lines:
            await reader.readuntil(b"\n")
        while True:
            await read_message(reader)
            body = b"" if self._status.startswith("204") else self._answer
            writer.write(answer(self._status, self._headers, body))

    def report(self, host: str, random: Random) -> bytes:
        now = int(time.time())
        if self.lines:
            return "".join(
                f"{host}.m{n}.value {random.uniform(0, 99):.4f} {now}\n" for n in range(self.values)
            ).encode()
        if self.body == "influx":
            fields = ",".join(f"f{n}={random.uniform(0, 99):.3f}" for n in range(self.values))
            return f"system,host={host} {fields} {now}000000000".encode()
        values = ",".join(f'"m{n}":{random.uniform(0, 99):.2f}' for n in range(self.values))
        return f'{{"host":"{host}","time":{now},"values":{{{values}}}}}'.encode()


async def open_collector(place: Place) -> Collector:
    collector = Collector(place.random)
    await place.serve(collector.port, collector.talk, tls=collector.tls)
    return collector


async def report_metrics(visit: Visit) -> None:
    collector: Collector = visit.service
    host = f"node-{random_hex(visit.random, visit.random.choice((4, 8, 12)))}"
    headers = ["User-Agent: agent/3.1", f"Authorization: Token {random_hex(visit.random, 40)}"]

    async with visit.dial(collector.port, tls=collector.tls) as (reader, writer):
        while True:
            report = collector.report(host, visit.random)
            if collector.lines:
                writer.write(report)
                await writer.drain()
            else:
                writer.write(request("POST", collector.path, visit.place.name, headers, report))
                await read_message(reader)
            await visit.pause(collector.period.gap())


class Exporter:
    """Tells all it knows to whoever asks: some hundred lines of text, compressed or not."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls, self.port = random.random() < 0.4, random.choice((9100, 9090, 8080, 9113, 9187))
        self.period = Rhythm(random, CLOCK, random.choice((5, 10, 15, 15, 30, 60)), log_uniform(random, 0.0002, 0.01))
        self._bytes, self._gathers_s = log_uniform(random, 800, 40_000), log_uniform(random, 0.002, 0.5)
        self._headers = ["Content-Type: text/plain; version=0.0.4; charset=utf-8"]
        self._headers += ["Content-Encoding: gzip"] if random.random() < 0.8 else []

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_message(reader)
            await asyncio.sleep(self.random.expovariate(1 / self._gathers_s))
            body = self.random.randbytes(int(self._bytes * self.random.uniform(0.97, 1.03)))
            writer.write(answer("200 OK", self._headers, body))


async def open_exporter(place: Place) -> Exporter:
    exporter = Exporter(place.random)
    await place.serve(exporter.port, exporter.talk, tls=exporter.tls)
    return exporter


async def scrape(visit: Visit) -> None:
    """Prometheus's headers, on one connection that is kept."""
    exporter: Exporter = visit.service
    headers = [
        "User-Agent: Prometheus/2.42.0",
        "Accept: application/openmetrics-text;version=1.0.0",
        "Accept-Encoding: gzip",
    ]
    headers.append("X-Prometheus-Scrape-Timeout-Seconds: 10")
    async with visit.dial(exporter.port, tls=exporter.tls) as (reader, writer):
        while True:
            writer.write(request("GET", "/metrics", visit.place.name, headers))
            await read_message(reader)
            await visit.pause(exporter.period.gap())


class ControlPlane:
    """Agents call on a period and say how they are; now and then the answer brings a command, whose result follows."""

    PORT = 443

    def __init__(self, random: Random) -> None:
        self.random = random
        self.state, self.command = Form(random, (3, 14)), Form(random, (3, 9))
        self.period = Rhythm(random, CLOCK, random.choice((5, 10, 15, 20, 30, 60)), log_uniform(random, 0.002, 0.2))
        self.commands = random.uniform(0.005, 0.12)
        self._nothing = random.choice(("{}", '{"commands":[]}', self.command.text(commands=[])))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            asked = await read_message(reader)
            body = self._nothing
            if "/heartbeat" in asked.path and self.random.random() < self.commands:
                script = prose(self.random, drawn_bytes(self.random, 300, 0.8, 20, 8000))
                body = self.command.text(commands=[{"run": script}])
            writer.write(answer("200 OK", ["Content-Type: application/json", "Server: api"], body.encode()))


async def open_control_plane(place: Place) -> ControlPlane:
    plane = ControlPlane(place.random)
    await place.serve(ControlPlane.PORT, plane.talk, tls=True)
    return plane


async def call_home(visit: Visit) -> None:
    plane: ControlPlane = visit.service
    random = visit.random
    headers = ["User-Agent: cloud-agent/2.4", f"Authorization: Bearer {random_hex(random, random.randint(40, 600))}"]

    async def post(path: str, body: str) -> bytes:
        writer.write(request("POST", path, visit.place.name, headers, body.encode()))
        return (await read_message(reader)).body

    async with visit.dial(ControlPlane.PORT, tls=True) as (reader, writer):
        while True:
            if b'"run"' in await post("/agent/heartbeat", plane.state.text()):
                await visit.pause(random.lognormvariate(1, 1))
                await post("/agent/result", plane.command.text(output=prose(random, random.randint(20, 900))))
            await visit.pause(plane.period.gap())


def lumberjack_batch(events: list[bytes], first_number: int) -> bytes:
    """A window and its JSON frames: '2W' count, then '2J' number, length, event."""
    frames = [b"2J" + n.to_bytes(4, "big") + len(e).to_bytes(4, "big") + e for n, e in enumerate(events, first_number)]
    return b"2W" + len(events).to_bytes(4, "big") + b"".join(frames)


class LogStore:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.7
        self.event = Form(random, (4, 14))
        self.flush_s, self._delay_s = random.choice((1.0, 1.0, 3.0, 5.0)), log_uniform(random, 0.002, 0.4)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            count = int.from_bytes((await reader.readexactly(6))[2:], "big")
            for _ in range(count):
                head = await reader.readexactly(10)
                await reader.readexactly(int.from_bytes(head[6:], "big"))
            await asyncio.sleep(self.random.expovariate(1 / self._delay_s))
            writer.write(b"2A" + count.to_bytes(4, "big"))


async def open_log_store(place: Place) -> LogStore:
    store = LogStore(place.random)
    await place.serve(_BEATS_PORT, store.talk, tls=store.tls)
    return store


async def ship_logs(visit: Visit) -> None:
    """Lines come in their own rhythm and leave in batches, one batch under way at a time."""
    store: LogStore = visit.service
    random = visit.random
    lines = Rhythm.drawn(random, (0.3, 30), (POISSON, BURSTS))
    waiting: list[bytes] = []

    async def gather() -> None:
        while True:
            await visit.pause(lines.gap())
            waiting.append(store.event.text(message=prose(random, drawn_bytes(random, 90, 0.5, 10, 900))).encode())

    async def ship() -> None:
        while True:
            await asyncio.sleep(store.flush_s)
            if waiting:
                batch = lumberjack_batch(waiting[:50], 1)
                del waiting[:50]
                writer.write(batch)
                await reader.readexactly(6)

    async with visit.dial(_BEATS_PORT, tls=store.tls) as (reader, writer):
        await until_first(gather(), ship())


ACTIVITIES = (
    Activity(Story(BENIGN, "metrics-push", "lab log: the lab's own monitoring agent"), open_collector, report_metrics),
    Activity(Story(BENIGN, "metrics-scrape", "lab log: the lab's own exporter, scraped"), open_exporter, scrape),
    Activity(Story(BENIGN, "cloud-heartbeat", "lab log: the lab's own cloud agent"), open_control_plane, call_home),
    Activity(Story(BENIGN, "log-shipper", "lab log: the lab's own log shipper"), open_log_store, ship_logs),
)
