# SPDX-License-Identifier: Apache-2.0
"""A FIX session with a broker: heartbeats each 10-60 s, market data, orders and their execution reports.

FIX 4.2/4.4 specification: tag=value fields, BodyLength (9) and CheckSum (10, sum of all bytes modulo 256); Logon (A),
Heartbeat (0), TestRequest (1), NewOrderSingle (D), ExecutionReport (8), MarketDataIncrementalRefresh (X), Logout (5).
"""

import asyncio
import time
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, HUMAN, POISSON, Rhythm, log_uniform

_SEPARATOR = "\x01"


def fix_message(version: str, fields: list[tuple[int, str]]) -> bytes:
    """`fields` without BeginString, BodyLength and CheckSum."""
    body = "".join(f"{tag}={value}{_SEPARATOR}" for tag, value in fields)
    text = f"8={version}{_SEPARATOR}9={len(body)}{_SEPARATOR}{body}".encode()
    return text + f"10={sum(text) % 256:03}{_SEPARATOR}".encode()


async def read_fix(reader: asyncio.StreamReader) -> dict[str, str]:
    head = await reader.readuntil(b"\x019=")
    length = await reader.readuntil(b"\x01")
    body = await reader.readexactly(int(length[:-1]) + len("10=000\x01"))
    fields = (head + length + body).decode().split(_SEPARATOR)
    return dict(field.split("=", 1) for field in fields if "=" in field)


class Session:
    """One end's numbering and names."""

    def __init__(self, broker: "Broker", writer: asyncio.StreamWriter, sender: str, target: str) -> None:
        self._broker, self._writer, self._names, self._number = broker, writer, (sender, target), 0

    def send(self, kind: str, *fields: tuple[int, str]) -> None:
        self._number += 1
        now = time.time()
        stamp = time.strftime("%Y%m%d-%H:%M:%S", time.gmtime(now)) + f".{int(now * 1000) % 1000:03}"
        head = [(35, kind), (34, str(self._number)), (49, self._names[0]), (52, stamp), (56, self._names[1])]
        self._writer.write(fix_message(self._broker.version, [*head, *fields]))


class Broker:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.version = random.choice(("FIX.4.2", "FIX.4.4"))
        self.tls, self.port = random.random() < 0.6, random.choice((9878, 5201, 4000, 7001))
        self.heartbeat_s = random.choice((10, 20, 30, 30, 30, 60))
        self.name = random_hex(random, random.choice((4, 8, 12))).upper()
        self.market_data = random.random() < 0.6
        self._updates_s, self._depth = log_uniform(random, 0.2, 8), random.choice((1, 1, 2, 5))
        self._delay_s, self._fill_s = log_uniform(random, 0.001, 0.05), log_uniform(random, 0.01, 60)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        logon = await read_fix(reader)
        session = Session(self, writer, self.name, logon["49"])
        session.send("A", (98, "0"), (108, str(self.heartbeat_s)))
        updates = Rhythm.drawn(self.random, (self._updates_s / 2, self._updates_s * 2), (POISSON, BURSTS))
        with Errands() as errands:
            errands.start(repeat(lambda: self.heartbeat_s, lambda: session.send("0")))
            while (message := await read_fix(reader))["35"] != "5":
                if message["35"] == "V":
                    errands.start(repeat(updates.gap, lambda: self._publish(session)))
                elif message["35"] == "D":
                    errands.start(self._execute(session, message))
                elif message["35"] == "1":
                    session.send("0", (112, message["112"]))
        session.send("5")

    def _publish(self, session: Session) -> None:
        entries = self.random.randint(1, self._depth)
        fields = [(262, "1"), (268, str(entries))]
        for _ in range(entries):
            price, size = f"{self.random.uniform(10, 500):.4f}", str(self.random.randrange(1, 90) * 100)
            fields += [(279, "1"), (269, self.random.choice("01")), (55, "AAA"), (270, price), (271, size)]
        session.send("X", *fields)

    async def _execute(self, session: Session, order: dict[str, str]) -> None:
        """New, perhaps some partial fills, filled."""
        await asyncio.sleep(self.random.expovariate(1 / self._delay_s))
        for state in ("0", *("1" * self.random.choice((0, 0, 0, 1, 2))), "2"):
            report = [(37, random_hex(self.random, 16)), (17, random_hex(self.random, 12)), (150, state), (39, state)]
            session.send(
                "8", *report, (11, order["11"]), (55, order["55"]), (54, order["54"]), (14, "100"), (6, "21.5")
            )
            await asyncio.sleep(self.random.expovariate(1 / self._fill_s))


async def open_broker(place: Place) -> Broker:
    broker = Broker(place.random)
    await place.serve(broker.port, broker.talk, tls=broker.tls)
    return broker


async def trade(visit: Visit) -> None:
    broker: Broker = visit.service
    random = visit.random
    orders = Rhythm.drawn(random, (3, 180), (HUMAN, POISSON, BURSTS))

    async def listen() -> None:
        while (await read_fix(reader))["35"] != "5":
            pass

    def order() -> None:
        identity = (11, random_hex(random, 12))
        price = (44, f"{random.uniform(10, 500):.2f}")
        session.send("D", identity, (55, "AAA"), (54, random.choice("12")), (38, "100"), (40, "2"), price, (59, "0"))

    async with visit.dial(broker.port, tls=broker.tls) as (reader, writer):
        session = Session(broker, writer, random_hex(random, 8).upper(), broker.name)
        session.send("A", (98, "0"), (108, str(broker.heartbeat_s)), (141, "Y"))
        if broker.market_data:
            session.send(
                "V", (262, "1"), (263, "1"), (264, "1"), (267, "2"), (269, "0"), (269, "1"), (146, "1"), (55, "AAA")
            )
        try:
            await until_first(
                listen(),
                repeat(orders.gap, order, visit.pause),
                repeat(lambda: broker.heartbeat_s, lambda: session.send("0")),
            )
        finally:
            session.send("5")


ACTIVITIES = (Activity(Story(BENIGN, "stock-fix", "lab log: trader at the lab's own broker"), open_broker, trade),)
