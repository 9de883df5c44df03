# SPDX-License-Identifier: Apache-2.0
"""What all pools here have in common: sessions, work of the current template, judged shares, vardiff, outages.

A dialect says how it answers (`answer`), what its work looks like (`new_work`) and how it tells a session
(`announce`). Replies come after a short check, now and then after a queue of 1-4 s (measured on the public Monero
captures).
"""

import asyncio
import contextlib
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from lab.activity import Place
from lab.identifier import random_digits, random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.json_rpc import JsonStyle, read_message
from lab.miners.outage import Outages
from lab.miners.vardiff import Difficulty, Vardiff
from lab.rhythm import log_uniform

_REMEMBERED_JOBS = 200
# How job ids are made, and at least how many characters they have.
JOB_IDS = (("counter", 1), ("counter", 4), ("hex", 8), ("hex", 16), ("digits", 10), ("hex", 32))


@dataclass(frozen=True)
class PoolHabits:
    """The software's and its operator's choices, the same for all miners of a pool. Difficulties in hashes a share."""

    style: JsonStyle
    port: int
    tls: bool
    first_difficulty: float
    vardiff: Vardiff | None
    check_s: float
    queue_share: float
    low_shares: float
    pays_stale: bool
    idle_s: float
    redirect_s: float | None  # mean time until it sends its miners to another connection
    spread_s: float  # mean delay of a broadcast to one of the miners
    job_id: tuple[str, int]  # one of JOB_IDS
    bursts: bool  # a reply, difficulty and first job leave in one write

    @staticmethod
    def drawn(
        random: Random,
        usual_hashes_per_s: float,
        ports: tuple[int, ...],
        tls_share: float = 0.0,
        vardiff_share: float = 0.7,
    ) -> "PoolHabits":
        """Usual miners find 1.5-20 shares a minute, at first (vardiff) or for good (fixed difficulty)."""
        vardiff = Vardiff.drawn(random) if random.random() < vardiff_share else None
        first_s = log_uniform(random, 1, 60) if vardiff else log_uniform(random, 3, 40)
        return PoolHabits(
            style=JsonStyle.drawn(random),
            port=random.choice(ports),
            tls=random.random() < tls_share,
            first_difficulty=usual_hashes_per_s * first_s,
            vardiff=vardiff,
            check_s=random.choice((0.0005, 0.002, 0.005, 0.02)) * random.uniform(0.5, 2),
            queue_share=random.choice((0, 0, 0.005, 0.03)),
            low_shares=random.choice((0, 0.002, 0.01, 0.02)),
            pays_stale=random.random() < 0.3,
            idle_s=random.choice((300, 600, 900, 3600)),
            redirect_s=random.uniform(900, 7200) if random.random() < 0.25 else None,
            spread_s=random.choice((0.001, 0.005, 0.03)),
            job_id=random.choice(JOB_IDS),
            bursts=random.random() < 0.5,
        )


class Session:
    """One connection of a pool. JSON lines, unless a dialect has another kind."""

    def __init__(self, habits: PoolHabits, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._style, self._reader, self._writer = habits.style, reader, writer
        self.difficulty = Difficulty(habits.first_difficulty, habits.vardiff, asyncio.get_running_loop().time())
        self.ready = False  # logged in: gets new work
        self.told_height: int | None = None
        self.extranonce = ""
        self.big_jobs = False  # Kaspa: how this miner wants its jobs
        self._held: list[bytes] | None = None

    async def receive(self) -> Any:
        """None at the end."""
        return await read_message(self._reader)

    def send(self, message: Any) -> None:
        self.write(self._style.line(message))

    def write(self, written: bytes) -> None:
        if self._held is None:
            self._leave(written)
        else:
            self._held.append(written)

    @contextlib.contextmanager
    def burst(self, wanted: bool) -> Iterator[None]:
        """What is sent within leaves in one write."""
        self._held = [] if wanted else None
        yield
        if self._held:
            self._leave(b"".join(self._held))
        self._held = None

    def _leave(self, written: bytes) -> None:
        if not self._writer.is_closing():
            self._writer.write(written)


class Pool:
    def __init__(self, habits: PoolHabits, chain: Blockchain, random: Random) -> None:
        self.habits, self.chain, self.random = habits, chain, random
        # A dictionary, as it keeps the order of arrival: same seed, same run.
        self._sessions: dict[Session, None] = {}
        self._heights: dict[str, int] = {}  # of jobs by their id
        self._work: Any = None
        self._work_version = -1
        self._jobs_made = random.randrange(1, 60000)
        self._outages = Outages(random)
        self._tasks: list[asyncio.Task] = []

    async def begin_session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Any:
        return Session(self.habits, reader, writer)

    def answer(self, session: Any, message: Any) -> None:
        raise NotImplementedError

    def new_work(self, job_id: str) -> Any:
        raise NotImplementedError

    def announce(self, session: Session) -> None:
        """Writes the current work."""
        raise NotImplementedError

    def redirect(self, session: Any) -> None:
        """Asks the miner to dial again, where the dialect can say so."""

    async def open_at(self, place: Place) -> None:
        self.run_in_background(self.chain.run())
        self.run_in_background(self._outages.run())
        if self.habits.redirect_s:
            self.run_in_background(self._redirect_all(self.habits.redirect_s))
        await place.serve(self.habits.port, self.talk, tls=self.habits.tls)

    def run_in_background(self, work: Coroutine) -> None:
        self._tasks.append(asyncio.create_task(work))

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with self._outages.connection(writer):
            await self._talk(await self.begin_session(reader, writer))

    async def _talk(self, session: Any) -> None:
        self._sessions[session] = None
        pushes = asyncio.create_task(self._push(session))
        try:
            while True:
                async with asyncio.timeout(self.habits.idle_s):
                    message = await session.receive()
                if message is None:
                    return
                await asyncio.sleep(self._check_time(message))
                if not self._outages.silent:
                    self.answer(session, message)
        finally:
            pushes.cancel()
            del self._sessions[session]

    def work(self) -> Any:
        """Made once a template."""
        if self._work_version != self.chain.version:
            job_id = self._new_job_id()
            self._work, self._work_version = self.new_work(job_id), self.chain.version
            self._heights[job_id] = self.chain.height
            while len(self._heights) > _REMEMBERED_JOBS:
                del self._heights[next(iter(self._heights))]
        return self._work

    def is_new_block(self, session: Session) -> bool:
        """For the message about to be sent: whether older work is worthless."""
        new = session.told_height != self.chain.height
        session.told_height = self.chain.height
        return new

    def fault(self, session: Session, job_id: str) -> str | None:
        """Judges a share: "stale", "low", or None and it counts."""
        height = self._heights.get(job_id)
        if height is None or (height < self.chain.height and not self.habits.pays_stale):
            return "stale"
        if self.random.random() < self.habits.low_shares:
            return "low"
        session.difficulty.count_share()
        return None

    def tell_difficulty(self, session: Session) -> None:
        """The software's own message, if the dialect has one apart from work."""

    def retarget(self, session: Session) -> None:
        if session.ready and session.difficulty.retargeted(asyncio.get_running_loop().time()):
            self.tell_difficulty(session)

    async def _push(self, session: Session) -> None:
        async for _ in self.chain.templates():
            await asyncio.sleep(self.random.expovariate(1 / self.habits.spread_s))
            if session.ready and not self._outages.silent:
                self.retarget(session)
                self.announce(session)

    async def _redirect_all(self, mean_s: float) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(1 / mean_s))
            for session in list(self._sessions):
                if session.ready:
                    self.redirect(session)

    def is_share(self, message: Any) -> bool:
        return "submit" in str(message.get("method")).lower()

    def _check_time(self, message: Any) -> float:
        if self.is_share(message) and self.random.random() < self.habits.queue_share:
            return self.random.uniform(1, 4)
        return self.random.expovariate(1 / self.habits.check_s)

    def _new_job_id(self) -> str:
        kind, length = self.habits.job_id
        self._jobs_made += 1
        if kind == "counter":
            return f"{self._jobs_made:0{length}x}"
        return random_hex(self.random, length) if kind == "hex" else random_digits(self.random, length)


def target_hex(difficulty: float) -> str:
    """256 bits: a hash below it is found once in `difficulty` hashes."""
    return f"{2**256 // max(2, int(difficulty)):064x}"


def hashes_a_share(target: str) -> float:
    return 2**256 / max(1, int(target, 16))
