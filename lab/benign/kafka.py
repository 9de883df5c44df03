# SPDX-License-Identifier: Apache-2.0
"""A consumer of a Kafka topic: fetches that wait for records, commits, heartbeats of its group, on one connection.

Apache Kafka, "Protocol guide" (4-byte length, api key and version, correlation id, client id) and "Consumer configs":
fetch.max.wait.ms 500, auto.commit.interval.ms 5000, heartbeat.interval.ms 3000. Real consumers use one more connection
for their group; here the coordinator is the same broker.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, POISSON, Rhythm, drawn_bytes, log_uniform

FETCH, METADATA, COMMIT, JOIN, HEARTBEAT, API_VERSIONS = 1, 3, 8, 11, 12, 18
# Fetches are told from other answers by this bit of their correlation number.
_FETCHES = 0x40000000


def kafka_request(api: int, version: int, correlation: int, client: str, body: bytes) -> bytes:
    head = api.to_bytes(2, "big") + version.to_bytes(2, "big") + correlation.to_bytes(4, "big")
    return _sized(head + len(client).to_bytes(2, "big") + client.encode() + body)


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


async def read_kafka(reader: asyncio.StreamReader) -> bytes:
    return await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))


class Topic:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.5
        self.port = random.choice((9092, 9093, 9094))
        self.partitions = random.randint(1, 6)
        self.wait_s = random.choice((0.5, 0.5, 0.5, 0.1, 1.0, 5.0))
        self.heartbeat_s, self.commit_s = random.choice((3.0, 3.0, 1.0, 10.0)), random.choice((5.0, 5.0, 1.0, 0, 60.0))
        self._record_bytes, self._records_s = log_uniform(random, 40, 900), log_uniform(random, 0.1, 60)
        self._head_bytes = random.randint(24, 60)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        span = (self._records_s / 2, self._records_s * 2)
        arrivals = Rhythm.drawn(self.random, span, (POISSON, BURSTS, CLOCK))
        loop = asyncio.get_running_loop()
        next_record = loop.time() + arrivals.gap()
        with Errands() as errands:
            while True:
                request = await read_kafka(reader)
                api = int.from_bytes(request[:2], "big")
                if api != FETCH:
                    writer.write(_sized(request[4:8] + bytes(self._answer_bytes(api))))
                    continue
                wait_s = max(0.0, min(self.wait_s, next_record - loop.time()))
                records = 0
                while next_record <= loop.time() + wait_s:
                    records += 1
                    next_record += max(0.001, arrivals.gap())
                errands.start(self._answer_fetch(writer, request[4:8], wait_s, records))

    def _answer_bytes(self, api: int) -> int:
        sizes = {METADATA: 90 + 40 * self.partitions, API_VERSIONS: 350, JOIN: 180, COMMIT: 12 + 6 * self.partitions}
        return sizes.get(api, 6)

    async def _answer_fetch(
        self, writer: asyncio.StreamWriter, correlation: bytes, wait_s: float, records: int
    ) -> None:
        """The broker answers when records have come, or when the longest wait is over."""
        await asyncio.sleep(wait_s)
        sizes = (drawn_bytes(self.random, self._record_bytes, 0.4, 10, 4000) for _ in range(min(records, 20)))
        body = self._head_bytes + 30 * self.partitions + (61 + sum(sizes) if records else 0)
        writer.write(_sized(correlation + bytes(body)))


async def open_topic(place: Place) -> Topic:
    topic = Topic(place.random)
    await place.serve(topic.port, topic.talk, tls=topic.tls)
    return topic


class Consumer:
    def __init__(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        random = visit.random
        self._visit, self._topic, self._reader, self._writer = visit, visit.service, reader, writer
        self._client = random.choice(("consumer-1", "rdkafka", f"app-{random_hex(random, 16)}"))
        self._member_bytes, self._number, self._fetched = random.randint(60, 110), 0, asyncio.Event()

    async def consume(self) -> None:
        topic = self._topic
        for api, size in ((API_VERSIONS, 20), (METADATA, 40), (JOIN, 130)):
            self._ask(api, size)
            await read_kafka(self._reader)
        heartbeats = repeat(lambda: topic.heartbeat_s, lambda: self._ask(HEARTBEAT, self._member_bytes))
        parts = [self._listen(), self._fetch(), heartbeats]
        if topic.commit_s:
            size = self._member_bytes + 30 * topic.partitions
            parts.append(repeat(lambda: topic.commit_s, lambda: self._ask(COMMIT, size)))
        await until_first(*parts)

    def _ask(self, api: int, size: int) -> None:
        self._number += 1
        correlation = _FETCHES | self._number if api == FETCH else self._number
        self._writer.write(kafka_request(api, 7, correlation, self._client, bytes(size)))

    async def _listen(self) -> None:
        while True:
            if int.from_bytes((await read_kafka(self._reader))[:4], "big") & _FETCHES:
                self._fetched.set()

    async def _fetch(self) -> None:
        """The next fetch leaves as soon as the last one is answered."""
        while True:
            self._fetched.clear()
            self._ask(FETCH, 40 + 28 * self._topic.partitions)
            await self._fetched.wait()
            await self._visit.pause(self._visit.random.expovariate(1 / 0.005))


async def consume(visit: Visit) -> None:
    topic: Topic = visit.service
    async with visit.dial(topic.port, tls=topic.tls) as (reader, writer):
        await Consumer(visit, reader, writer).consume()


ACTIVITIES = (
    Activity(Story(BENIGN, "kafka-consumer", "lab log: consumer of the lab's own topic"), open_topic, consume),
)
