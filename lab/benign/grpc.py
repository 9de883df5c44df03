# SPDX-License-Identifier: Apache-2.0
"""gRPC over one HTTP/2 connection: watches (server streaming), two-way streams, small calls; keepalive pings.

"gRPC over HTTP2": a message is a flag, a 4-byte length and the message; calls end with trailers. grpc-go sends a ping
after data to estimate the bandwidth ("gRPC-Go performance improvements", 2018); keepalive pings come each 10 s to 2 h
(grpc's keepalive guide). The receiver returns window once enough has been read.
"""

import asyncio
from collections.abc import AsyncIterator
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.http2_frame import (
    ACK,
    END_HEADERS,
    END_STREAM,
    PREFACE,
    Kind,
    frame,
    indexed_fields,
    literal_fields,
    read_frame,
)
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, POISSON, Rhythm, drawn_bytes, log_uniform

_WATCH, _BOTH, _CALLS = "watch", "both ways", "calls"
_ESTIMATE = bytes((2, 4, 16, 16, 9, 14, 7, 7))  # grpc-go's payload of bandwidth pings


def grpc_message(body: bytes) -> bytes:
    """Not compressed."""
    return b"\0" + len(body).to_bytes(4, "big") + body


class GrpcService:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.6
        self.port = random.choice((443, 50051, 9090, 8443, 2379))
        self.way = random.choice((_WATCH, _BOTH, _CALLS))
        self.request_bytes, self.reply_bytes = log_uniform(random, 8, 300), log_uniform(random, 8, 900)
        self.swing = random.choice((0.02, 0.2, 0.7))
        self.mean_s = log_uniform(random, 0.3, 45)
        self.keepalive_s = random.choice((0, 10, 20, 30, 60, 120, 300))
        self.update_after = random.choice((0, 16384, 32767))
        self.settings = frame(Kind.SETTINGS, random.randbytes(6 * random.randint(1, 5)))
        self.path = f"/{random.choice(('etcdserverpb.Watch', 'acme.v1.Feed', 'telemetry.Bus'))}/Subscribe"
        self._estimates, self._delay_s = random.random() < 0.5, log_uniform(random, 0.001, 0.2)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(PREFACE))
        writer.write(self.settings)
        end = End(self, writer, self.reply_bytes)
        streams: list[int] = []
        parts = [self._answer(reader, end, streams)]
        if self.way != _CALLS:
            rhythm = Rhythm.drawn(self.random, (self.mean_s / 2, self.mean_s * 2), (POISSON, BURSTS, CLOCK))
            parts.append(repeat(rhythm.gap, lambda: [end.say(stream) for stream in streams]))
        await until_first(*parts)

    async def _answer(self, reader: asyncio.StreamReader, end: "End", streams: list[int]) -> None:
        async for kind, stream in end.frames(reader):
            if kind is Kind.HEADERS and self.way != _CALLS:
                end.writer.write(frame(Kind.HEADERS, end.fields({":status": "200"}), flags=END_HEADERS, stream=stream))
                streams.append(stream)
            elif kind is Kind.DATA:
                if self._estimates:
                    end.writer.write(frame(Kind.PING, _ESTIMATE))
                if self.way == _CALLS:
                    await asyncio.sleep(self.random.expovariate(1 / self._delay_s))
                    end.complete(stream)


class End:
    """What both ends do alike."""

    def __init__(self, service: GrpcService, writer: asyncio.StreamWriter, median_bytes: float) -> None:
        self.writer = writer
        self._service, self._median_bytes, self._unreturned, self._known = service, median_bytes, 0, False

    def fields(self, fields: dict[str, str]) -> bytes:
        """In full the first time, later as references."""
        known, self._known = self._known, True
        return indexed_fields(len(fields)) if known else literal_fields(fields)

    def data(self) -> bytes:
        random = self._service.random
        return grpc_message(random.randbytes(drawn_bytes(random, self._median_bytes, self._service.swing, 2, 15000)))

    def say(self, stream: int) -> None:
        self.writer.write(frame(Kind.DATA, self.data(), stream=stream))

    def complete(self, stream: int) -> None:
        """Headers, message and trailers of a call in one write, as servers flush them."""
        fields = self.fields({":status": "200", "content-type": "application/grpc"})
        head = frame(Kind.HEADERS, fields, flags=END_HEADERS, stream=stream)
        trailers = frame(Kind.HEADERS, indexed_fields(2), flags=END_HEADERS | END_STREAM, stream=stream)
        self.writer.write(head + frame(Kind.DATA, self.data(), stream=stream) + trailers)

    async def frames(self, reader: asyncio.StreamReader) -> AsyncIterator[tuple[Kind, int]]:
        """Headers and data; what the connection needs for itself is answered here."""
        while True:
            kind, flags, stream, payload = await read_frame(reader)
            if kind is Kind.PING and not flags & ACK:
                self.writer.write(frame(Kind.PING, payload, flags=ACK))
            elif kind is Kind.SETTINGS and not flags & ACK:
                self.writer.write(frame(Kind.SETTINGS, flags=ACK))
            elif kind in (Kind.HEADERS, Kind.DATA):
                self._return_window(len(payload) if kind is Kind.DATA else 0)
                yield kind, stream
            elif kind is Kind.GOAWAY:
                return

    def _return_window(self, size: int) -> None:
        self._unreturned += size
        if self._unreturned > self._service.update_after:
            self.writer.write(frame(Kind.WINDOW_UPDATE, self._unreturned.to_bytes(4, "big")))
            self._unreturned = 0


async def open_grpc(place: Place) -> GrpcService:
    service = GrpcService(place.random)
    await place.serve(service.port, service.talk, tls=service.tls, protocols=("h2",))
    return service


async def call_grpc(visit: Visit) -> None:
    service: GrpcService = visit.service
    random = visit.random
    fields = {":method": "POST", ":scheme": "https", ":path": service.path, ":authority": visit.place.name}
    fields |= {"content-type": "application/grpc", "user-agent": "grpc-go/1.64.0", "te": "trailers"}
    if random.random() < 0.6:
        fields["authorization"] = f"Bearer {random_hex(random, random.randint(20, 500))}"
    rhythm = Rhythm.drawn(random, (service.mean_s / 2, service.mean_s * 3), (POISSON, BURSTS, CLOCK))
    stream = 1

    def ask() -> None:
        nonlocal stream
        head = frame(Kind.HEADERS, end.fields(fields), flags=END_HEADERS, stream=stream)
        writer.write(head + frame(Kind.DATA, end.data(), flags=END_STREAM, stream=stream))
        stream += 2

    async def listen() -> None:
        async for _ in end.frames(reader):
            pass

    async with visit.dial(service.port, tls=service.tls, protocols=("h2",)) as (reader, writer):
        end = End(service, writer, service.request_bytes)
        writer.write(PREFACE + service.settings)
        ask()
        parts = [listen()]
        if service.way == _CALLS:
            parts.append(repeat(rhythm.gap, ask, visit.pause))
        elif service.way == _BOTH:
            parts.append(repeat(rhythm.gap, lambda: end.say(1), visit.pause))
        if service.keepalive_s:
            parts.append(repeat(lambda: service.keepalive_s, lambda: writer.write(frame(Kind.PING, bytes(8)))))
        try:
            await until_first(*parts)
        finally:
            writer.write(frame(Kind.GOAWAY, bytes(8)))


ACTIVITIES = (
    Activity(Story(BENIGN, "grpc-stream", "lab log: client of the lab's own gRPC service"), open_grpc, call_grpc),
)
