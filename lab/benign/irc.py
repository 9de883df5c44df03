# SPDX-License-Identifier: Apache-2.0
"""IRC (RFC 2812) on a real ngIRCd, in clear text or TLS by the place's draw: channels where some talk and most read.

The server asks PING after a time of silence (its PingTimeout, 120 s by default); many programs also measure their lag
with a PING of their own each 30 to 60 s.
"""

import asyncio
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.real_server import Company, dial_locally, listen_addresses, own_folder, place_certificate
from lab.benign.words import sentence, word
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import log_uniform

_PORT, _TLS_PORT = 6667, 6697
_TLS_SHARE = 0.5
_CONFIGURATION = """[Global]
  Name = {name}
  Info = {info}
  Network = {network}
  MotdPhrase = {motd}
  Listen = {listen}
  Ports = {port}
  ServerUID = root
  ServerGID = root
[Limits]
  PingTimeout = {ping}
  PongTimeout = 60
  MaxConnections = 0
  MaxConnectionsIP = 0
  MaxJoins = 0
[Options]
  DNS = no
  Ident = no
  PAM = no
  ChrootDir =
  SyslogFacility = local1
"""
_TLS = """[SSL]
  CertFile = {chain}
  KeyFile = {key}
  Ports = {port}
"""


@dataclass
class IrcServer:
    port: int
    channels: tuple[str, ...]
    company: list[Company]


async def open_irc(place: Place) -> IrcServer:
    random, folder = place.random, own_folder(place, "ngircd")
    tls = random.random() < _TLS_SHARE
    text = _CONFIGURATION.format(
        name=f"irc.{word(random)}.test",
        info=sentence(random),
        network=word(random),
        motd=sentence(random, 80, 120),
        listen=",".join(listen_addresses(place)),
        port=_PORT,
        ping=random.choice((60, 90, 120, 120, 120, 180, 240)),
    )
    if tls:
        certificate = place_certificate(place, folder)
        text += _TLS.format(chain=certificate.chain, key=certificate.key, port=_TLS_PORT)
    configuration = folder / "ngircd.conf"
    configuration.write_text(text)
    port = _TLS_PORT if tls else _PORT
    await place.start(port, ["ngircd", "--nodaemon", "--config", str(configuration)], tls=tls)
    channels = tuple(f"#{word(random)}{number}" for number in range(random.randint(1, 5)))
    server = IrcServer(port, channels, [])
    for channel in channels:
        mean_s = log_uniform(random, 4, 120)
        server.company += [Company.of(_regular(place, channel, mean_s, number)) for number in range(2)]
    return server


async def _regular(place: Place, channel: str, mean_s: float, number: int) -> None:
    """Somebody who always talks there."""
    random = place.lab.random(f"regular {number} of {channel} at {place.name}")
    async with dial_locally(place, _PORT) as (reader, writer):
        client = _IrcClient(reader, writer)
        await client.register(f"{word(random, 6)}{number}{random.randrange(99)}", random)
        client.send(f"JOIN {channel}")
        await until_first(client.receive(), _talk(client, [channel], mean_s, asyncio.sleep, random))


class _IrcClient:
    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    def send(self, line: str) -> None:
        """At most 512 bytes, RFC 2812 §2.3."""
        self._writer.write(line[:510].encode() + b"\r\n")

    async def register(self, nick: str, random: Random) -> None:
        """Until the welcome, 001."""
        if random.random() < 0.6:
            self.send("CAP LS 302")
            self.send("CAP END")
        self.send(f"NICK {nick}")
        self.send(f"USER {nick} 0 * :{sentence(random, 14, 40)}")
        while b" 001 " not in await self._read_line():
            pass

    async def receive(self) -> None:
        """Until the server closes."""
        while True:
            await self._read_line()

    async def _read_line(self) -> bytes:
        line = await self._reader.readuntil(b"\r\n")
        if line.startswith(b"PING "):
            self.send("PONG " + line[5:].decode(errors="replace").strip())
        return line


async def _talk(client: _IrcClient, channels: list[str], mean_s: float, pause, random: Random) -> None:
    """People talk in turns: some lines close together, then they read."""
    while True:
        await pause(random.expovariate(1 / mean_s))
        channel = random.choice(channels)
        for _ in range(random.choice((1, 1, 2, 4))):
            client.send(f"PRIVMSG {channel} :{sentence(random, 40, 380)}")
            await pause(random.uniform(1, 12))


async def chat(visit: Visit) -> None:
    random, server = visit.random, visit.service
    own = random.sample(server.channels, random.randint(1, len(server.channels)))
    talks_s, lag_s = log_uniform(random, 15, 2000), random.choice((0, 30, 30, 60, 120))
    async with visit.dial(server.port, tls=server.port == _TLS_PORT) as (reader, writer):
        client = _IrcClient(reader, writer)
        await client.register(f"{word(random, 6)}{random.getrandbits(14)}"[:9], random)
        client.send(f"JOIN {','.join(own)}")
        if random.random() < 0.6:
            client.send(f"MODE {own[0]}")
        if random.random() < 0.4:
            client.send(f"WHO {own[0]}")

        async def measure_lag() -> None:
            while True:
                await visit.pause(lag_s or 1e6)
                client.send(f"PING :LAG{random.getrandbits(40)}")

        try:
            await until_first(client.receive(), measure_lag(), _talk(client, own, talks_s, visit.pause, random))
        finally:
            client.send(f"QUIT :{sentence(random, 10, 60)}")


ACTIVITIES = (
    Activity(
        Story(BENIGN, "irc-chat", "lab log: IRC client at the lab's own ngIRCd"), open_irc, chat, {"ngircd": "ngircd"}
    ),
)
