# SPDX-License-Identifier: Apache-2.0
"""A database that streams: a replica that follows the log, and a program that fetches a cursor's rows piece by piece.

PostgreSQL's documentation, "Frontend/Backend Protocol": messages are a letter and a 4-byte length that counts itself;
"Streaming Replication Protocol": XLogData ('w'), keepalives of the primary ('k'), status of the standby ('r', each 10 s
by wal_receiver_status_interval).
"""

import asyncio
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import BENIGN, Story
from lab.conversation import repeat, until_first
from lab.identifier import random_hex
from lab.rhythm import BURSTS, CLOCK, HUMAN, POISSON, Rhythm, drawn_bytes, log_uniform


def pg_message(kind: str, body: bytes = b"") -> bytes:
    return kind.encode() + (len(body) + 4).to_bytes(4, "big") + body


async def read_pg(reader: asyncio.StreamReader) -> tuple[str, bytes]:
    head = await reader.readexactly(5)
    return chr(head[0]), await reader.readexactly(int.from_bytes(head[1:], "big") - 4)


_STATUS_BYTES, _KEEPALIVE_BYTES, _LOG_HEAD_BYTES = 1 + 8 + 8 + 8 + 8 + 1, 1 + 8 + 8 + 1, 1 + 8 + 8 + 8


class Primary:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls, self.port = random.random() < 0.5, random.choice((5432, 5432, 6432))
        self.status_s, self.confirms = random.choice((1, 5, 10, 10, 10)), random.random() < 0.5
        self.change_bytes, self.change_s = log_uniform(random, 40, 2500), log_uniform(random, 0.2, 60)
        self._keepalive_s = random.choice((10, 30, 30))
        self._swing = random.uniform(0.1, 1.2)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
        writer.write(pg_message("R", bytes(4)) + pg_message("S", bytes(300)) + pg_message("Z", b"I"))
        await read_pg(reader)
        writer.write(pg_message("W", bytes(3)))
        changes = Rhythm.drawn(self.random, (self.change_s / 2, self.change_s * 2), (POISSON, BURSTS, HUMAN))
        keepalive = pg_message("d", b"k" + bytes(_KEEPALIVE_BYTES - 1))
        await until_first(
            self._read(reader),
            repeat(changes.gap, lambda: writer.write(self._change())),
            repeat(lambda: self._keepalive_s, lambda: writer.write(keepalive)),
        )

    def _change(self) -> bytes:
        size = drawn_bytes(self.random, self.change_bytes, self._swing, 24, 16000)
        return pg_message("d", b"w" + self.random.randbytes(_LOG_HEAD_BYTES - 1 + size))

    async def _read(self, reader: asyncio.StreamReader) -> None:
        while True:
            await read_pg(reader)


async def open_primary(place: Place) -> Primary:
    primary = Primary(place.random)
    await place.serve(primary.port, primary.talk, tls=primary.tls)
    return primary


def _startup(random: Random) -> bytes:
    name = random_hex(random, random.randint(8, 40)).encode()
    parameters = b"user\0replicator\0database\0shop\0application_name\0" + name
    return (len(parameters) + 10).to_bytes(4, "big") + b"\x00\x03\x00\x00" + parameters + b"\0\0"


async def replicate(visit: Visit) -> None:
    """Tells where it stands on a clock; where commits wait for replicas, after each change too."""
    primary: Primary = visit.service
    status = pg_message("d", b"r" + bytes(_STATUS_BYTES - 1))

    async def listen() -> None:
        while True:
            kind, body = await read_pg(reader)
            if primary.confirms and kind == "d" and body.startswith(b"w"):
                await visit.pause(visit.random.expovariate(1 / 0.003))
                writer.write(status)

    async with visit.dial(primary.port, tls=primary.tls) as (reader, writer):
        writer.write(_startup(visit.random))
        while (await read_pg(reader))[0] != "Z":
            pass
        writer.write(pg_message("Q", b"START_REPLICATION SLOT \"replica\" LOGICAL 0/0 (proto_version '1')\0"))
        try:
            await until_first(listen(), repeat(lambda: primary.status_s, lambda: writer.write(status)))
        finally:
            writer.write(pg_message("X"))


class Table:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.tls, self.port = random.random() < 0.5, random.choice((5432, 5432, 6432))
        self.think_s, self.form = log_uniform(random, 0.2, 25), random.choice((POISSON, HUMAN, CLOCK, BURSTS))
        self.portal_bytes = random.randint(1, 30)
        self._rows, self._row_bytes = random.choice((1, 1, 5, 20, 100)), log_uniform(random, 15, 300)
        self._lookup_s = log_uniform(random, 0.0005, 0.3)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Bind and so on come in one write with Sync, whose answer ends with ReadyForQuery."""
        await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big") - 4)
        writer.write(pg_message("R", bytes(4)) + pg_message("S", bytes(300)) + pg_message("Z", b"I"))
        while (kind := (await read_pg(reader))[0]) != "X":
            if kind == "E":
                await asyncio.sleep(self.random.expovariate(1 / self._lookup_s))
                sizes = (drawn_bytes(self.random, self._row_bytes, 0.3, 7, 2000) for _ in range(self._rows))
                rows = b"".join(pg_message("D", bytes(size)) for size in sizes)
                writer.write(rows + pg_message("s") + pg_message("Z", b"T"))


async def open_table(place: Place) -> Table:
    table = Table(place.random)
    await place.serve(table.port, table.talk, tls=table.tls)
    return table


async def fetch_rows(visit: Visit) -> None:
    table: Table = visit.service
    thoughts = Rhythm.drawn(visit.random, (table.think_s / 3, table.think_s * 3), (table.form,))
    execute = pg_message("E", bytes(table.portal_bytes + 5)) + pg_message("S")
    async with visit.dial(table.port, tls=table.tls) as (reader, writer):
        writer.write(_startup(visit.random))
        try:
            while True:
                while (await read_pg(reader))[0] != "Z":
                    pass
                await visit.pause(thoughts.gap())
                writer.write(execute)
        finally:
            writer.write(pg_message("X"))


ACTIVITIES = (
    Activity(Story(BENIGN, "replication-stream", "lab log: replica of the lab's own primary"), open_primary, replicate),
    Activity(Story(BENIGN, "database-cursor", "lab log: program at the lab's own table"), open_table, fetch_rows),
)
