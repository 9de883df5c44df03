# SPDX-License-Identifier: Apache-2.0
"""A real PostgreSQL cluster with a small application's tables, and a logged-in client connection.

The application is the lab's own invention.
"""

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from random import Random

from lab.activity import Place, Visit
from lab.benign import postgres_messages as pg
from lab.benign.real_server import Company, as_user, dial_locally, listen_addresses, own_folder
from lab.benign.words import word
from lab.failure import LabFailure
from lab.laboratory import ENDED
from lab.rhythm import MACHINE_FORMS, Rhythm, log_uniform

PORT = 5432
_BINARIES = Path("/usr/lib/postgresql/15/bin")
NEEDS = {str(_BINARIES / "postgres"): "postgresql-15", "setpriv": "util-linux", "unshare": "util-linux"}
_USER = "postgres"
ROWS = 2000
_STARTING_S = 20
# The templates of new databases are two thirds of a new cluster, which lies in memory.
_SHRINK = (
    "UPDATE pg_database SET datistemplate = false",
    "DROP DATABASE template0",
    "DROP DATABASE template1",
    "CHECKPOINT",
)


@dataclass
class Database:
    """What the application does; `news`: how often somebody else changes something."""

    name: str
    table: str
    columns: int
    width: int
    news: Rhythm
    company: list[Company]

    @staticmethod
    def drawn(random: Random) -> "Database":
        width = round(log_uniform(random, 4, 300))
        news = Rhythm.drawn(random, (0.5, 60), MACHINE_FORMS)
        return Database(word(random), word(random) + "s", random.randint(2, 8), width, news, [])

    def tables(self) -> str:
        texts = ", ".join(f"repeat(md5(n::text), {self.width // 32 + 1})::varchar({self.width}) AS c{i}"
                          for i in range(self.columns))  # fmt: skip
        return (
            f"CREATE TABLE {self.table} AS SELECT n AS id, n % 50 AS owner, {texts} FROM generate_series(1, {ROWS}) n;"
            f" ALTER TABLE {self.table} ADD PRIMARY KEY (id);"
            " CREATE TABLE jobs (id bigserial PRIMARY KEY, state int DEFAULT 0, payload text)"
        )


async def start_postgres(place: Place) -> Database:
    folder = own_folder(place, "postgres", _USER)
    await asyncio.to_thread(_make_cluster, folder)
    settings = [f"listen_addresses={','.join(listen_addresses(place))}", f"unix_socket_directories={folder}"]
    settings += ["fsync=off", "shared_buffers=16MB", "max_connections=400", "max_wal_senders=60", "min_wal_size=4MB"]
    settings += ["max_wal_size=16MB", "wal_keep_size=4MB", "jit=off"]
    settings += ["dynamic_shared_memory_type=mmap"]
    # System V shared memory would outlive a killed server, an IPC namespace does not.
    command = ["unshare", "--ipc", *as_user(_USER), str(_BINARIES / "postgres")]
    command += ["-D", str(folder / "data"), "-p", str(PORT)]
    await place.start(PORT, command + [word for setting in settings for word in ("-c", setting)])
    await _lets_in(place)
    database = Database.drawn(place.random)
    async with local_session(place) as (reader, writer):
        for sql in (database.tables(), *_SHRINK):
            writer.write(pg.query(sql))
            await pg.until_ready(reader)
    return database


def _make_cluster(folder: Path) -> None:
    command = [*as_user(_USER), str(_BINARIES / "initdb"), "-D", str(folder / "data"), "-A", "trust", "--no-sync"]
    command += ["--locale=C", "-E", "UTF8", "--wal-segsize=1", "--no-instructions"]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        raise LabFailure(f"'initdb' could not make a cluster: {done.stderr.strip()}")
    with (folder / "data" / "pg_hba.conf").open("a") as file:
        for database in ("all", "replication"):
            file.write(f"host {database} all 0.0.0.0/0 trust\nhost {database} all ::/0 trust\n")


async def _lets_in(place: Place) -> None:
    """The server listens a moment before it lets anybody in."""
    for _ in range(_STARTING_S * 10):
        with contextlib.suppress(*ENDED):
            async with local_session(place):
                return
        await asyncio.sleep(0.1)
    raise LabFailure(f"'postgres' on {place.host.name} lets nobody in")


@contextlib.asynccontextmanager
async def local_session(place: Place) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Of somebody on the server itself."""
    async with dial_locally(place, PORT) as (reader, writer):
        writer.write(pg.startup(user=_USER, database="postgres"))
        await pg.until_ready(reader)
        yield reader, writer


@contextlib.asynccontextmanager
async def session(visit: Visit, **parameters: str) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Of a client, with the first bytes of its driver."""
    random = visit.random
    async with visit.dial(PORT) as (reader, writer):
        if random.random() < 0.6:
            writer.write(pg.ssl_request())
            await reader.readexactly(1)
        parameters = {"user": _USER, "database": "postgres"} | parameters
        if random.random() < 0.7:
            parameters |= {"application_name": word(random), "client_encoding": "UTF8"}
        writer.write(pg.startup(**parameters))
        await pg.until_ready(reader)
        try:
            yield reader, writer
        finally:
            writer.write(pg.terminate())
