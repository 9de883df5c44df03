# SPDX-License-Identifier: Apache-2.0
"""Sensors and screens on a real MQTT broker (mosquitto), one kind each in clear text and one of both through TLS.

Clients behave as Eclipse Paho's: a PINGREQ when nothing was sent for a keep-alive period (3.1.1 §3.1.2.10; libraries'
defaults are 15 to 60 s, cloud services allow up to 1200 s), a PUBACK for each message of QoS 1.
"""

import asyncio
import contextlib
import json
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign import mqtt_packets as mqtt
from lab.benign.real_server import (
    Company, dial_locally, listen_addresses, own_folder, place_certificate, tls_environment,
)  # fmt: skip
from lab.benign.sizes import Sizes
from lab.benign.words import word
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import MACHINE_FORMS, Rhythm, log_uniform

_PORT, _TLS_PORT = 1883, 8883
_KEEPALIVES_S = (15, 20, 30, 30, 45, 60, 60, 60, 90, 120, 180, 240, 300)


@dataclass
class Broker:
    """What the site's devices have in common: their topics and how they write a reading."""

    port: int
    prefix: str
    fields: tuple[str, ...]
    digits: int
    style: str  # json, text or binary
    binary_bytes: int
    commands: Rhythm | None  # what the site sends to each of its sensors
    company: list[Company]

    @staticmethod
    def drawn(port: int, random: Random) -> "Broker":
        fields = tuple(word(random) for _ in range(random.randint(1, 9)))
        prefix = "/".join(word(random) for _ in range(random.randint(1, 4)))
        style = random.choice(("json", "json", "json", "text", "binary"))
        commands = Rhythm.drawn(random, (10, 600), MACHINE_FORMS) if random.random() < 0.4 else None
        return Broker(port, prefix, fields, random.randint(0, 4), style, random.randint(4, 240), commands, [])

    def reading(self, device: str, random: Random) -> bytes:
        values = {name: round(random.gauss(40, 15), self.digits) for name in self.fields}
        if self.style == "binary":
            return random.randbytes(self.binary_bytes)
        if self.style == "text":
            return " ".join(str(value) for value in values.values()).encode()
        return json.dumps({"device": device, "ts": random.randrange(10**9, 2 * 10**9), **values}).encode()


async def open_clear(place: Place) -> Broker:
    return await _open(place, _PORT)


async def open_tls(place: Place) -> Broker:
    return await _open(place, _TLS_PORT)


async def _open(place: Place, port: int) -> Broker:
    folder = own_folder(place, "mosquitto")
    lines = ["user root", "per_listener_settings false", "allow_anonymous true", "persistence false", "log_dest none"]
    lines += [f"set_tcp_nodelay {'true' if place.random.random() < 0.6 else 'false'}", "max_queued_messages 200"]
    lines += [f"listener {_PORT} {address}" for address in listen_addresses(place)]
    if port == _TLS_PORT:
        certificate = place_certificate(place, folder)
        for address in listen_addresses(place):
            lines += [f"listener {port} {address}", f"certfile {certificate.chain}", f"keyfile {certificate.key}"]
    configuration = folder / "mosquitto.conf"
    configuration.write_text("\n".join([*lines, ""]))
    command = ["mosquitto", "-c", str(configuration)]
    await place.start(port, command, tls=port == _TLS_PORT, env=tls_environment(place, folder))
    broker = Broker.drawn(port, place.random)
    broker.company.append(Company.of(_site(place, broker)))
    return broker


async def _site(place: Place, broker: Broker) -> None:
    """Devices beside the lab's clients, and the commands that sensors get."""
    random = place.random
    rhythm = Rhythm.drawn(random, (0.2, 15), MACHINE_FORMS)
    async with dial_locally(place, _PORT) as (reader, writer):
        writer.write(mqtt.connect(mqtt.Login("site", 0)))
        await mqtt.read_packet(reader)
        acts = [_publish_all(writer, broker, rhythm, random)]
        if broker.commands:
            acts.append(_command_all(writer, broker, broker.commands, random))
        await until_first(*acts)


async def _publish_all(writer: asyncio.StreamWriter, broker: Broker, rhythm: Rhythm, random: Random) -> None:
    number = 1
    while True:
        await asyncio.sleep(rhythm.gap())
        device, number = f"d{random.randrange(12)}", number % 65535 + 1
        topic = f"{broker.prefix}/{device}/state"
        writer.write(mqtt.publish(topic, broker.reading(device, random), mqtt.VERSION_3_1_1, number))
        await writer.drain()


async def _command_all(writer: asyncio.StreamWriter, broker: Broker, rhythm: Rhythm, random: Random) -> None:
    while True:
        await asyncio.sleep(rhythm.gap())
        command = json.dumps({"set": word(random), "value": random.randrange(100)}).encode()
        writer.write(mqtt.publish(f"{broker.prefix}/all/command", command, mqtt.VERSION_3_1_1, 1))
        await writer.drain()


class Client:
    """One MQTT connection, once it is accepted."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, login: mqtt.Login) -> None:
        self._reader, self._writer, self._login = reader, writer, login
        self._written = asyncio.get_running_loop().time()
        self._next_id = 0

    async def log_in(self) -> None:
        self._send(mqtt.connect(self._login))
        await mqtt.read_packet(self._reader)

    def publish(self, topic: str, message: bytes, qos: int) -> None:
        self._send(mqtt.publish(topic, message, self._login.version, self._new_id() if qos else None))

    def subscribe(self, topics: list[str], qos: int) -> None:
        self._send(mqtt.subscribe(self._new_id(), topics, qos, self._login.version))

    async def receive(self) -> None:
        """Until the broker closes; acknowledges what wants it."""
        while True:
            kind, flags, body = await mqtt.read_packet(self._reader)
            if kind == mqtt.PUBLISH and (packet_id := mqtt.published_id(flags, body)) is not None:
                self._send(mqtt.puback(packet_id))

    async def keep_alive(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(max(0.05, self._written + self._login.keepalive_s - loop.time()))
            if loop.time() >= self._written + self._login.keepalive_s:
                self._send(mqtt.pingreq())

    def leave(self) -> None:
        self._send(mqtt.disconnect())

    def _new_id(self) -> int:
        self._next_id = self._next_id % 65535 + 1
        return self._next_id

    def _send(self, packet: bytes) -> None:
        self._written = asyncio.get_running_loop().time()
        self._writer.write(packet)


def _login(visit: Visit) -> mqtt.Login:
    random = visit.random
    name = random.choice(("mqttjs_", "paho", "esp-", "auto-", "")) + f"{random.getrandbits(64):x}"
    user = word(random) if random.random() < 0.5 else None
    will = (f"{visit.service.prefix}/{name}/status", b"offline") if random.random() < 0.4 else None
    version = mqtt.VERSION_5 if random.random() < 0.3 else mqtt.VERSION_3_1_1
    return mqtt.Login(name, random.choice(_KEEPALIVES_S), version, user, f"{random.getrandbits(80):x}", will)


@contextlib.asynccontextmanager
async def _logged_in(visit: Visit):
    login = _login(visit)
    async with visit.dial(visit.service.port, tls=visit.service.port == _TLS_PORT) as (reader, writer):
        client = Client(reader, writer, login)
        await client.log_in()
        try:
            yield client, login.client_id
        finally:
            client.leave()


async def be_sensor(visit: Visit) -> None:
    """A reading at its times, until cancelled."""
    broker, random = visit.service, visit.random
    rhythm, qos = Rhythm.drawn(random, (0.8, 120), MACHINE_FORMS), random.randint(0, 1)
    extra = Sizes.drawn(random, 1, 400, 1400)
    padded = random.random() < 0.2
    async with _logged_in(visit) as (client, name):
        if broker.commands:
            client.subscribe([f"{broker.prefix}/all/command"], qos)

        async def measure() -> None:
            await visit.pause(random.uniform(0, rhythm.mean_s))
            while True:
                note = b" " + random.randbytes(extra.draw(random)) if padded else b""
                client.publish(f"{broker.prefix}/{name}/state", broker.reading(name, random) + note, qos)
                await visit.pause(rhythm.gap())

        await until_first(client.receive(), client.keep_alive(), measure())


async def be_screen(visit: Visit) -> None:
    """Shows the readings of all or some devices, until cancelled; a few screens also switch something."""
    broker, random = visit.service, visit.random
    some = random.sample(range(12), random.randint(1, 6))
    topics = [f"{broker.prefix}/#"] if random.random() < 0.5 else [f"{broker.prefix}/d{n}/state" for n in some]
    qos = random.randint(0, 1)
    clicks_s = log_uniform(random, 20, 600) if random.random() < 0.4 else 1e6
    async with _logged_in(visit) as (client, _):
        client.subscribe(topics, qos)

        async def click() -> None:
            while True:
                await visit.pause(random.expovariate(1 / clicks_s))
                client.publish(f"{broker.prefix}/d{random.choice(some)}/set", b'{"state":"TOGGLE"}', qos)

        await until_first(client.receive(), client.keep_alive(), click())


async def be_either(visit: Visit) -> None:
    await (be_sensor if visit.random.random() < 0.65 else be_screen)(visit)


_NEEDS = {"mosquitto": "mosquitto"}
_EVIDENCE = "lab log: MQTT {} at the lab's own mosquitto"
ACTIVITIES = (
    Activity(Story(BENIGN, "mqtt-sensor", _EVIDENCE.format("sensor")), open_clear, be_sensor, _NEEDS),
    Activity(Story(BENIGN, "mqtt-screen", _EVIDENCE.format("screen")), open_clear, be_screen, _NEEDS),
    Activity(Story(BENIGN, "mqtt-tls", _EVIDENCE.format("client over TLS")), open_tls, be_either, _NEEDS),
)
