# SPDX-License-Identifier: Apache-2.0
"""A consumer at an AMQP broker: deliveries pushed, acknowledged after work, perhaps answered; heartbeats both ways.

AMQP 0-9-1 specification, §2.3 (frames: type, channel, size, payload, end 0xCE), §1.8 (basic.qos, consume, deliver,
ack). RabbitMQ's heartbeats: each half of the negotiated timeout, 60 s by default.
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.record import Form
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, log_uniform

PROTOCOL_HEADER = b"AMQP\x00\x00\x09\x01"
METHOD, HEADER, BODY, HEARTBEAT = 1, 2, 3, 8
_END = b"\xce"

# Class and method: §1.4 - §1.8 of the specification's reference.
START, START_OK, TUNE, TUNE_OK = (10, 10), (10, 11), (10, 30), (10, 31)
OPEN, OPEN_OK, CHANNEL_OPEN, CHANNEL_OPEN_OK = (10, 40), (10, 41), (20, 10), (20, 11)
QOS, QOS_OK, CONSUME, CONSUME_OK = (60, 10), (60, 11), (60, 20), (60, 21)
PUBLISH, DELIVER, ACKNOWLEDGE, CLOSE = (60, 40), (60, 60), (60, 80), (10, 50)
_ANSWERS = {START_OK: (TUNE, 8), OPEN: (OPEN_OK, 1), CHANNEL_OPEN: (CHANNEL_OPEN_OK, 4), QOS: (QOS_OK, 0)}
_NEXT = {START: (START_OK, 320), OPEN_OK: (CHANNEL_OPEN, 1), CHANNEL_OPEN_OK: (QOS, 7), QOS_OK: (CONSUME, 30)}


def amqp_frame(kind: int, channel: int, payload: bytes) -> bytes:
    return bytes([kind]) + channel.to_bytes(2, "big") + len(payload).to_bytes(4, "big") + payload + _END


def method(name: tuple[int, int], arguments: bytes) -> bytes:
    channel = 0 if name[0] == 10 else 1
    return amqp_frame(METHOD, channel, name[0].to_bytes(2, "big") + name[1].to_bytes(2, "big") + arguments)


def content(name: tuple[int, int], arguments: bytes, properties: bytes, body: bytes) -> bytes:
    """Method, header and body frames, which brokers and clients flush together."""
    header = b"\x00\x3c\x00\x00" + len(body).to_bytes(8, "big") + properties
    return method(name, arguments) + amqp_frame(HEADER, 1, header) + amqp_frame(BODY, 1, body)


async def read_amqp(reader: asyncio.StreamReader) -> tuple[int, tuple[int, int]]:
    """Type of the frame and the method's name, which means nothing for other types."""
    head = await reader.readexactly(7)
    payload = await reader.readexactly(int.from_bytes(head[3:], "big") + 1)
    return head[0], (int.from_bytes(payload[:2], "big"), int.from_bytes(payload[2:4], "big"))


class Broker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls = random.random() < 0.5
        self.port = 5671 if self.tls else 5672
        self.timeout_s = random.choice((10, 20, 30, 60, 60))
        self.order, self.reply = Form(random, (2, 14)), Form(random, (1, 8))
        self.replies, self.work_s = random.random() < 0.4, log_uniform(random, 0.01, 40)
        self.properties, self.tag_bytes = random.randbytes(random.randint(2, 90)), random.randint(18, 60)
        self._prefetch, self._arrivals_s = random.choice((1, 1, 10, 50)), log_uniform(random, 0.4, 60)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(len(PROTOCOL_HEADER))
        writer.write(method(START, self.random.randbytes(self.random.randint(420, 500))))
        unacknowledged = asyncio.Semaphore(self._prefetch)
        await until_first(self._answer(reader, writer, unacknowledged), heartbeats(self, writer))

    async def _answer(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, unacknowledged: asyncio.Semaphore
    ) -> None:
        with Errands() as errands:
            while True:
                kind, name = await read_amqp(reader)
                if kind != METHOD:
                    continue
                if name in _ANSWERS:
                    answer, size = _ANSWERS[name]
                    writer.write(method(answer, bytes(size)))
                elif name == CONSUME:
                    writer.write(method(CONSUME_OK, bytes(self.tag_bytes)))
                    errands.start(self._deliver(writer, unacknowledged))
                elif name == ACKNOWLEDGE:
                    unacknowledged.release()

    async def _deliver(self, writer: asyncio.StreamWriter, unacknowledged: asyncio.Semaphore) -> None:
        """Never more than the prefetch count under way."""
        span = (self._arrivals_s / 2, self._arrivals_s * 2)
        arrivals = Rhythm.drawn(self.random, span, (POISSON, BURSTS, HUMAN, CLOCK))
        while True:
            await arrivals.sleep()
            await unacknowledged.acquire()
            arguments = bytes(self.tag_bytes + 8 + 1 + 14)
            writer.write(content(DELIVER, arguments, self.properties, self.order.text().encode()))


async def heartbeats(broker: Broker, writer: asyncio.StreamWriter) -> None:
    await repeat(lambda: broker.timeout_s / 2, lambda: writer.write(amqp_frame(HEARTBEAT, 0, b"")))


async def open_broker(place: Place) -> Broker:
    broker = Broker(place.random)
    await place.serve(broker.port, broker.talk, tls=broker.tls)
    return broker


async def consume(visit: Visit) -> None:
    broker: Broker = visit.service
    random = visit.random
    work = Rhythm(random, random.choice((POISSON, HUMAN)), broker.work_s * log_uniform(random, 0.3, 3), 0.8)
    orders: asyncio.Queue[None] = asyncio.Queue()

    async def listen() -> None:
        while True:
            kind, name = await read_amqp(reader)
            if kind != METHOD:
                continue
            if name == TUNE:
                writer.write(method(TUNE_OK, bytes(8)))
                writer.write(method(OPEN, b"\x01/\x00\x00"))
            elif name in _NEXT:
                following, size = _NEXT[name]
                writer.write(method(following, bytes(size)))
            elif name == DELIVER:
                orders.put_nowait(None)

    async def labour() -> None:
        while True:
            await orders.get()
            await visit.pause(work.gap())
            if broker.replies:
                reply = broker.reply.text(correlation=random_hex(random, 32)).encode()
                writer.write(content(PUBLISH, bytes(30), broker.properties, reply))
            writer.write(method(ACKNOWLEDGE, bytes(9)))

    async with visit.dial(broker.port, tls=broker.tls) as (reader, writer):
        writer.write(PROTOCOL_HEADER)
        try:
            await until_first(listen(), labour(), heartbeats(broker, writer))
        finally:
            writer.write(method(CLOSE, b"\x00\xc8\x07Goodbye" + bytes(4)))


ACTIVITIES = (
    Activity(Story(BENIGN, "amqp-consumer", "lab log: consumer at the lab's own AMQP broker"), open_broker, consume),
)
