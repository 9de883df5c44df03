# SPDX-License-Identifier: Apache-2.0
"""Connections that things and phones keep for hours: push services, smart televisions, devices at a cloud's hub.

Push: heartbeats each 4-28 minutes (Google's FCM: 28 minutes on mobile networks and 15 on Wi-Fi; Apple's APNs adapts
between some minutes and half an hour), a push is acknowledged at once. Televisions and speakers: pings each 10-60 s
and commands now and then. Hubs: MQTT 3.1.1 over TLS (§2.2 remaining length, §3.12 PINGREQ of two bytes, PUBLISH and
PUBACK), keepalives of 30-1200 s (AWS IoT's and Azure's limits); telemetry rarely, and twins or shadows that are
updated.
"""

import asyncio
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.record import Form
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform


@dataclass(frozen=True)
class Range:
    ports: tuple[int, ...]
    heartbeat_s: tuple[float, float]
    pushes_s: tuple[float, float]
    push_bytes: tuple[float, float]
    reports_s: tuple[float, float]  # of the client's own making
    report_bytes: tuple[float, float]


_PHONE = Range((5228, 443, 5223), (240, 1680), (20, 900), (90, 900), (300, 3000), (30, 200))
_TELEVISION = Range((443, 8009, 8883), (10, 60), (15, 400), (60, 800), (20, 300), (100, 900))

_HEARTBEAT, _HEARTBEAT_ANSWER, _PUSH, _ACKNOWLEDGED, _REPORT = range(5)


def tagged(tag: int, body: bytes) -> bytes:
    """A tag, a length in groups of seven bits, lowest first, and the body: as FCM's protocol and MQTT write them."""
    length, rest = [], len(body)
    while rest >= 128:
        length.append(rest % 128 | 128)
        rest //= 128
    return bytes([tag, *length, rest]) + body


async def read_tagged(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    tag = (await reader.readexactly(1))[0]
    length = shift = 0
    while True:
        group = (await reader.readexactly(1))[0]
        length |= (group & 127) << shift
        shift += 7
        if group < 128:
            return tag, await reader.readexactly(length)


class PushService:
    def __init__(self, random: Random, span: Range) -> None:
        self.random = random
        self.port = random.choice(span.ports)
        self.heartbeat = Rhythm(random, CLOCK, log_uniform(random, *span.heartbeat_s), random.uniform(0.001, 0.05))
        self.acknowledged, self.reports_answered = random.random() < 0.8, random.random() < 0.5
        self.heartbeat_bytes, self.acknowledgement_bytes = random.randint(0, 30), random.randint(2, 70)
        self.reports_s, self.report_bytes = (
            log_uniform(random, *span.reports_s),
            log_uniform(random, *span.report_bytes),
        )
        self._pushes_s, self._push_bytes = log_uniform(random, *span.pushes_s), log_uniform(random, *span.push_bytes)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pushes = Rhythm.drawn(self.random, (self._pushes_s / 2, self._pushes_s * 2), (POISSON, BURSTS, HUMAN))
        await until_first(self._answer(reader, writer), repeat(pushes.gap, lambda: writer.write(self._push())))

    def _push(self) -> bytes:
        return tagged(_PUSH, self.random.randbytes(drawn_bytes(self.random, self._push_bytes, 0.6, 20, 4000)))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            tag, _ = await read_tagged(reader)
            if tag == _HEARTBEAT:
                writer.write(tagged(_HEARTBEAT_ANSWER, bytes(self.heartbeat_bytes)))
            elif tag == _REPORT and self.reports_answered:
                writer.write(tagged(_ACKNOWLEDGED, bytes(self.acknowledgement_bytes)))


async def open_push_service(place: Place) -> PushService:
    return await _serve(place, PushService(place.random, _PHONE))


async def open_television_service(place: Place) -> PushService:
    return await _serve(place, PushService(place.random, _TELEVISION))


async def _serve(place: Place, service: PushService) -> PushService:
    await place.serve(service.port, service.talk, tls=True)
    return service


async def stay_reachable(visit: Visit) -> None:
    service: PushService = visit.service
    random = visit.random
    reports = Rhythm.drawn(random, (service.reports_s / 2, service.reports_s * 2), (POISSON, BURSTS, HUMAN))

    async def listen() -> None:
        while True:
            tag, _ = await read_tagged(reader)
            if tag == _PUSH and service.acknowledged:
                await visit.pause(random.expovariate(1 / 0.05))
                writer.write(tagged(_ACKNOWLEDGED, bytes(service.acknowledgement_bytes)))

    def report() -> None:
        writer.write(tagged(_REPORT, random.randbytes(drawn_bytes(random, service.report_bytes, 0.6, 10, 3000))))

    async with visit.dial(service.port, tls=True) as (reader, writer):
        writer.write(tagged(_REPORT, random.randbytes(random.randint(150, 600))))
        beats = repeat(service.heartbeat.gap, lambda: writer.write(tagged(_HEARTBEAT, bytes(service.heartbeat_bytes))))
        await until_first(listen(), beats, repeat(reports.gap, report, visit.pause))


CONNECT, CONNACK, PUBLISH_ONCE, PUBACK, PINGREQ, PINGRESP, DISCONNECT = 0x10, 0x20, 0x32, 0x40, 0xC0, 0xD0, 0xE0


def mqtt_publish(topic: str, packet: int, body: bytes) -> bytes:
    """QoS 1."""
    return tagged(PUBLISH_ONCE, len(topic).to_bytes(2, "big") + topic.encode() + packet.to_bytes(2, "big") + body)


def packet_of(publication: bytes) -> bytes:
    """Its packet identifier, behind the topic."""
    start = 2 + int.from_bytes(publication[:2], "big")
    return publication[start : start + 2]


class Hub:
    PORT = 8883

    def __init__(self, random: Random) -> None:
        self.random = random
        self.keepalive_s = random.choice((30, 45, 60, 60, 120, 240, 300, 1200))
        self.state, self.events_s = Form(random, (2, 10)), log_uniform(random, 5, 600)
        self.topic_digits = random.randint(8, 60)
        self._commands_s, self._command = log_uniform(random, 30, 900), Form(random, (1, 8))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        commands = Rhythm.drawn(self.random, (self._commands_s / 2, self._commands_s * 2), (POISSON, HUMAN))
        topic = "$devices/" + "t" * self.topic_digits

        async def answer() -> None:
            while True:
                tag, body = await read_tagged(reader)
                if tag == PINGREQ:
                    writer.write(tagged(PINGRESP, b""))
                elif tag == CONNECT:
                    writer.write(tagged(CONNACK, b"\0\0"))
                elif tag == PUBLISH_ONCE:
                    writer.write(tagged(PUBACK, packet_of(body)))

        def command() -> None:
            writer.write(mqtt_publish(topic, self.random.randrange(1, 65536), self._command.text().encode()))

        await until_first(answer(), repeat(commands.gap, command))


async def open_hub(place: Place) -> Hub:
    hub = Hub(place.random)
    await place.serve(Hub.PORT, hub.talk, tls=True)
    return hub


class Device:
    def __init__(self, visit: Visit, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._visit, self._hub, self._reader, self._writer = visit, visit.service, reader, writer
        self._topic = "devices/" + "t" * self._hub.topic_digits
        self._loop = asyncio.get_running_loop()
        self._spoke = self._loop.time()

    async def live(self) -> None:
        random, hub = self._visit.random, self._hub
        events = Rhythm.drawn(random, (hub.events_s / 2, hub.events_s * 2), (POISSON, CLOCK, BURSTS, HUMAN))
        name = random.randbytes(random.randint(20, 200))
        self._writer.write(tagged(CONNECT, b"\0\4MQTT\4\2" + hub.keepalive_s.to_bytes(2, "big") + name))
        try:
            await until_first(self._listen(), self._keep_alive(), repeat(events.gap, self._report, self._visit.pause))
        finally:
            self._writer.write(tagged(DISCONNECT, b""))

    async def _listen(self) -> None:
        while True:
            tag, body = await read_tagged(self._reader)
            if tag == PUBLISH_ONCE:
                self._writer.write(tagged(PUBACK, packet_of(body)))

    def _report(self) -> None:
        self._spoke = self._loop.time()
        packet = self._visit.random.randrange(1, 65536)
        self._writer.write(mqtt_publish(self._topic, packet, self._hub.state.text().encode()))

    async def _keep_alive(self) -> None:
        """A ping only where nothing else was sent for that long (§3.1.2.10)."""
        while True:
            await asyncio.sleep(max(0.1, self._spoke + self._hub.keepalive_s - self._loop.time()))
            if self._loop.time() >= self._spoke + self._hub.keepalive_s:
                self._spoke = self._loop.time()
                self._writer.write(tagged(PINGREQ, b""))


async def be_device(visit: Visit) -> None:
    async with visit.dial(Hub.PORT, tls=True) as (reader, writer):
        await Device(visit, reader, writer).live()


ACTIVITIES = (
    Activity(
        Story(BENIGN, "push-service", "lab log: phone at the lab's own push service"), open_push_service, stay_reachable
    ),
    Activity(
        Story(BENIGN, "smart-tv", "lab log: television at the lab's own service"),
        open_television_service,
        stay_reachable,
    ),
    Activity(Story(BENIGN, "iot-hub-tls", "lab log: device at the lab's own hub"), open_hub, be_device),
)
