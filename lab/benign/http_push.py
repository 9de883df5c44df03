# SPDX-License-Identifier: Apache-2.0
"""News over plain HTTP: server-sent events, long polls, and a dashboard that asks on a clock.

Events: HTML standard, "Server-sent events"; chunked, RFC 9112 §7.1; comments keep a silent stream alive each 15 s or
so, as the standard advises. Long polls are answered by news or after 20-60 s (RFC 6202 §2.2, §5.5), and asked again.
"""

import asyncio
import time
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.browser import browser_headers
from lab.benign.record import Form, prose
from lab.connection_log import BENIGN, Story
from lab.conversation import Broadcast, Errands, repeat, until_first
from lab.http_message import answer, read_message, request
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform

_PORT = 443
_STREAM_HEAD = "HTTP/1.1 200 OK\r\n{headers}Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
_ANSWER_HEADERS = ("Server: nginx", "Cache-Control: no-cache", "X-Accel-Buffering: no", "Vary: Accept-Encoding")


def chunk(text: str) -> bytes:
    data = text.encode()
    return b"%x\r\n%b\r\n" % (len(data), data)


class EventStream:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.event, self.names_events = Form(random, (1, 12)), random.random() < 0.6
        self._news = Broadcast(
            Rhythm.drawn(random, (0.5, 90), (POISSON, BURSTS, CLOCK, HUMAN)).gap, lambda: chunk(self._text())
        )
        self._comment_s = random.choice((0, 5, 15, 15, 20, 30, 45))
        # Proxies and servers cut long answers; browsers then dial again (`retry`).
        self._life_s = random.choice((60, 120, 300, 900, 3600))
        # A stream of a language model: bursts of small pieces of an answer.
        self._answers_in_pieces, self._answers_s = random.random() < 0.3, log_uniform(random, 5, 90)
        self._headers = random.sample(_ANSWER_HEADERS, random.randint(1, 4))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await read_message(reader)
        headers = "".join(f"{header}\r\n" for header in self._headers)
        writer.write(
            _STREAM_HEAD.format(headers=headers).encode() + chunk(f"retry: {self.random.randrange(500, 5000)}\n\n")
        )
        with Errands() as errands:
            if self._comment_s:
                errands.start(repeat(lambda: self._comment_s, lambda: writer.write(chunk(":\n\n"))))
            if self._answers_in_pieces:
                errands.start(self._answer_in_pieces(writer))
                await until_first(self._ended(reader), self._cut())
            else:
                with self._news.heard_by(writer.write):
                    await until_first(self._ended(reader), self._cut())

    async def _ended(self, reader: asyncio.StreamReader) -> None:
        while await reader.read(1000):
            pass

    async def _cut(self) -> None:
        await asyncio.sleep(self._life_s * self.random.uniform(0.9, 1.1))

    async def _answer_in_pieces(self, writer: asyncio.StreamWriter) -> None:
        """One reader's own answers, each after a while."""
        while True:
            await asyncio.sleep(self.random.expovariate(1 / self._answers_s))
            for _ in range(self.random.randint(5, 120)):
                delta = {"content": prose(self.random, self.random.randint(1, 9))}
                event = self.event.written({"choices": [{"index": 0, "delta": delta}]})
                writer.write(chunk(f"data: {event}\n\n"))
                await asyncio.sleep(self.random.expovariate(1 / 0.06))

    def _text(self) -> str:
        name = f"id: {int(time.time() * 1000)}\nevent: update\n" if self.names_events else ""
        return f"{name}data: {self.event.text()}\n\n"


async def open_stream(place: Place) -> EventStream:
    stream = EventStream(place.random)
    await place.serve(_PORT, stream.talk, tls=True, protocols=("http/1.1",))
    return stream


async def follow(visit: Visit) -> None:
    """Until cancelled; dials again where the server has cut the stream."""
    headers = [*browser_headers(visit.random, visit.place.name)[1:], "Accept: text/event-stream"]
    while True:
        async with visit.dial(_PORT, tls=True, protocols=("http/1.1",)) as (reader, writer):
            writer.write(request("GET", f"/events/{random_hex(visit.random, 16)}", visit.place.name, headers))
            while await reader.read(65536):
                pass
        await visit.pause(visit.random.uniform(0.5, 5))


class Mailbox:
    """Answers a poll when there is news, or when it has waited long enough."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.news = Form(random, (2, 12))
        self.waits_s = random.choice((20, 25, 30, 50, 60))
        self._mean_s = log_uniform(random, 2, 200)
        self._empty = random.choice((("204 No Content", b""), ("200 OK", b"[]"), ("200 OK", b'{"events":[],"next":0}')))
        self._headers = random.sample(_ANSWER_HEADERS, random.randint(1, 4))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        news = Rhythm.drawn(self.random, (self._mean_s / 2, self._mean_s * 2), (POISSON, BURSTS, HUMAN))
        while True:
            await read_message(reader)
            wait_s = news.gap()
            await asyncio.sleep(min(wait_s, self.waits_s))
            status, body = self._empty
            if wait_s < self.waits_s:
                status, body = (
                    "200 OK",
                    f"[{','.join(self.news.text() for _ in range(self.random.choice((1, 1, 1, 2, 4))))}]".encode(),
                )
            writer.write(answer(status, self._headers, body))


async def open_mailbox(place: Place) -> Mailbox:
    mailbox = Mailbox(place.random)
    await place.serve(_PORT, mailbox.talk, tls=True, protocols=("http/1.1",))
    return mailbox


async def poll(visit: Visit) -> None:
    headers = browser_headers(visit.random, visit.place.name)[1:]
    posts = visit.random.random() < 0.3
    async with visit.dial(_PORT, tls=True, protocols=("http/1.1",)) as (reader, writer):
        offset = visit.random.randrange(10**6)
        while True:
            body = f'{{"offset":{offset},"timeout":{visit.service.waits_s}}}'.encode() if posts else b""
            path = "/getUpdates" if posts else f"/poll?since={offset}"
            writer.write(request("POST" if posts else "GET", path, visit.place.name, headers, body))
            news = (await read_message(reader)).body
            offset += len(news) > 30
            await visit.pause(visit.random.expovariate(1 / 0.02))


class Reports:
    """A dashboard's API asked again and again by a page that nobody closes."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.rows, self.count = Form(random, (2, 9)), drawn_bytes(random, 5, 0.9, 1, 40)
        self.period = Rhythm(random, CLOCK, random.choice((2, 3, 5, 10, 15, 30, 60)), log_uniform(random, 0.001, 0.1))
        self.unchanged = random.choice((0.0, 0.0, 0.5, 0.9))
        self._headers = random.sample(_ANSWER_HEADERS, random.randint(1, 4))
        self._lookup_s = log_uniform(random, 0.003, 0.3)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            await read_message(reader)
            await asyncio.sleep(self.random.expovariate(1 / self._lookup_s))
            if self.random.random() < self.unchanged:
                writer.write(answer("304 Not Modified", self._headers))
                continue
            rows = ",".join(self.rows.text() for _ in range(self.count))
            writer.write(answer("200 OK", self._headers, f"[{rows}]".encode()))


async def open_reports(place: Place) -> Reports:
    reports = Reports(place.random)
    await place.serve(_PORT, reports.talk, tls=True, protocols=("http/1.1",))
    return reports


async def watch_reports(visit: Visit) -> None:
    headers = [*browser_headers(visit.random, visit.place.name)[1:], f"If-None-Match: {random_hex(visit.random, 16)}"]
    async with visit.dial(_PORT, tls=True, protocols=("http/1.1",)) as (reader, writer):
        while True:
            writer.write(request("GET", "/api/status", visit.place.name, headers))
            await read_message(reader)
            await visit.pause(visit.service.period.gap())


ACTIVITIES = (
    Activity(Story(BENIGN, "server-sent-events", "lab log: the lab's own event stream"), open_stream, follow),
    Activity(Story(BENIGN, "long-polling", "lab log: long polls at the lab's own mailbox"), open_mailbox, poll),
    Activity(Story(BENIGN, "http-polling", "lab log: the lab's own dashboard, polled"), open_reports, watch_reports),
)
