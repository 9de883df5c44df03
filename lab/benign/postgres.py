# SPDX-License-Identifier: Apache-2.0
"""Applications of a real PostgreSQL: queries of a pool, workers told of new rows by NOTIFY, replicas fed with its log.

A replica answers each ten seconds (wal_receiver_status_interval) and when asked; otherwise the server only pushes.
"""

import asyncio
import time
from dataclasses import dataclass
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign import postgres_messages as pg
from lab.benign.postgres_server import NEEDS, ROWS, Database, local_session, session, start_postgres
from lab.benign.real_server import Company
from lab.benign.words import sentence
from lab.connection_log import BENIGN, Story
from lab.conversation import until_first
from lab.rhythm import MACHINE_FORMS, Rhythm, log_uniform


async def open_pool(place: Place) -> Database:
    return await start_postgres(place)


async def open_channel(place: Place) -> Database:
    database = await start_postgres(place)
    database.company.append(Company.of(_insert_jobs(place, database, notify=True)))
    return database


async def open_primary(place: Place) -> Database:
    database = await start_postgres(place)
    database.company.append(Company.of(_insert_jobs(place, database, notify=False)))
    return database


async def _insert_jobs(place: Place, database: Database, notify: bool) -> None:
    random = place.random
    async with local_session(place) as (reader, writer):
        while True:
            await asyncio.sleep(database.news.gap())
            sql = f"INSERT INTO jobs (payload) VALUES ('{sentence(random, database.width)}')"
            if notify:
                sql += f"; NOTIFY jobs, '{random.randrange(10**6)}'"
            if random.random() < 0.02:
                sql += "; DELETE FROM jobs WHERE id < (SELECT max(id) - 500 FROM jobs)"
            writer.write(pg.query(sql))
            await pg.until_ready(reader)


@dataclass
class _Driver:
    """How a client library asks: one Query, or Parse, Bind, Describe, Execute, Sync; prepared statements are kept."""

    extended: bool
    prepares: bool
    begins: float  # share of work in a transaction of its own

    def __post_init__(self) -> None:
        self._known: dict[str, str] = {}

    @staticmethod
    def drawn(random: Random) -> "_Driver":
        return _Driver(random.random() < 0.7, random.random() < 0.5, random.choice((0.0, 0.3, 1.0)))

    def ask(self, sql: str, values: list[str]) -> bytes:
        if not self.extended:
            for number in range(len(values), 0, -1):
                sql = sql.replace(f"${number}", f"'{values[number - 1]}'")
            return pg.query(sql)
        statement, parsed = "", b""
        if not self.prepares:
            parsed = pg.parse("", sql)
        elif not (statement := self._known.get(sql, "")):
            statement = self._known[sql] = f"s{len(self._known)}"
            parsed = pg.parse(statement, sql)
        return parsed + pg.bind(statement, values) + pg.describe_portal() + pg.execute() + pg.sync()


async def query_now_and_then(visit: Visit) -> None:
    """One connection of an application's pool: a transaction when somebody needs it, a check while nobody does."""
    random, database = visit.random, visit.service
    driver, rhythm = _Driver.drawn(random), Rhythm.drawn(random, (0.3, 60), MACHINE_FORMS)
    check_s, rows = random.choice((0, 0, 15, 30, 60)), round(log_uniform(random, 1, 100))
    turn = asyncio.Lock()
    async with session(visit) as (reader, writer):

        async def ask(message: bytes) -> None:
            writer.write(message)
            await pg.until_ready(reader)

        async def work() -> None:
            while True:
                async with turn:
                    begins = random.random() < driver.begins
                    if begins:
                        await ask(pg.query("BEGIN"))
                    for _ in range(random.choice((1, 1, 2, 5))):
                        await ask(_statement(database, driver, rows, random))
                    if begins:
                        await ask(pg.query("COMMIT"))
                await visit.pause(rhythm.gap())

        async def check() -> None:
            while True:
                await visit.pause(check_s or 1e6)
                async with turn:
                    await ask(pg.query("SELECT 1"))

        await until_first(work(), check())


def _statement(database: Database, driver: _Driver, rows: int, random: Random) -> bytes:
    table, id_ = database.table, str(random.randrange(1, ROWS))
    choice = random.random()
    if choice < 0.5:
        return driver.ask(f"SELECT * FROM {table} WHERE id = $1::int", [id_])
    if choice < 0.8:
        return driver.ask(f"SELECT * FROM {table} WHERE id > $1::int ORDER BY id LIMIT {rows}", [id_])
    if choice < 0.9:
        return driver.ask(f"SELECT owner, count(*) FROM {table} WHERE id < $1::int GROUP BY owner", [id_])
    text = sentence(random, database.width, database.width)
    return driver.ask(f"UPDATE {table} SET c0 = $1::text WHERE id = $2::int", [text, id_])


async def wait_for_notifications(visit: Visit) -> None:
    """LISTEN; told of a row, fetches it unless another was faster, works, marks it done."""
    random = visit.random
    only_watches, work_s = random.random() < 0.3, log_uniform(random, 0.02, 30)
    driver = _Driver.drawn(random)
    async with session(visit) as (reader, writer):

        async def ask(sql: str, values: list[str]) -> list[tuple[bytes, bytes]]:
            writer.write(driver.ask(sql, values))
            return await pg.until_ready(reader)

        await ask("LISTEN jobs", [])
        while True:
            kind, _ = await pg.read_message(reader)
            if kind != b"A" or only_watches:
                continue
            answer = await ask(
                "UPDATE jobs SET state = 1 WHERE id = (SELECT id FROM jobs WHERE state = 0 ORDER BY id LIMIT 1"
                " FOR UPDATE SKIP LOCKED) RETURNING id, payload",
                [],
            )
            if any(kind == b"D" for kind, _ in answer):
                await visit.pause(random.expovariate(1 / work_s))
                await ask("UPDATE jobs SET state = 2 WHERE id = $1::int", [pg.first_row(answer)[0]])


async def replicate(visit: Visit) -> None:
    """A physical replica from the log's present end on."""
    random = visit.random
    status_s = random.choice((1, 5, 10, 10, 10, 30))
    async with session(visit, replication="true") as (reader, writer):
        writer.write(pg.query("IDENTIFY_SYSTEM"))
        _, timeline, position, *_ = pg.first_row(await pg.until_ready(reader))
        high, low = (int(part, 16) for part in position.split("/"))
        # Streaming starts at a segment's begin, as the walreceiver's does (segments of 1 MB).
        applied = (high << 32 | low) & ~0xFFFFF
        start = f"{applied >> 32:X}/{applied & 0xFFFFFFFF:X}"
        writer.write(pg.query(f"START_REPLICATION PHYSICAL {start} TIMELINE {timeline}"))

        async def receive() -> None:
            nonlocal applied
            while True:
                kind, body = await pg.read_message(reader)
                if kind == b"d" and body[:1] == b"w":
                    applied = int.from_bytes(body[1:9], "big") + len(body) - 25
                if kind == b"d" and (body[:1] == b"w" or body[17] == 1):
                    writer.write(pg.standby_status(applied, time.time()))

        async def report() -> None:
            while True:
                await visit.pause(status_s)
                writer.write(pg.standby_status(applied, time.time()))

        await until_first(receive(), report())


_EVIDENCE = "lab log: {} of the lab's own PostgreSQL"
ACTIVITIES = (
    Activity(Story(BENIGN, "postgres-queries", _EVIDENCE.format("client")), open_pool, query_now_and_then, NEEDS),
    Activity(
        Story(BENIGN, "postgres-notify", _EVIDENCE.format("worker")), open_channel, wait_for_notifications, NEEDS
    ),
    Activity(Story(BENIGN, "postgres-replication", _EVIDENCE.format("replica")), open_primary, replicate, NEEDS),
)
