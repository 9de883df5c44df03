# SPDX-License-Identifier: Apache-2.0
"""A pool that speaks login / job / submit / keepalived.

Messages: xmrig/xmrig-proxy doc/STRATUM.md and doc/STRATUM_EXT.md. Retarget rule: Snipa22/nodejs-pool lib/pool.js
(difficulty = hashes since login x target time / time since login, each 60 s, used when it differs by a fifth or more;
30 s a share, 5 s for proxies; a session is dropped after 900 s of silence); others also retarget after some shares.
Templates change with the block (Monero's 120 s) and as often as the pool refreshes them. Other pools differ: each of
these numbers is drawn around that one.
Sizes with the line feed: reply 63-66, keepalive reply 71-74, error 71-100, login reply 278-381 in 2018, 450-640 today.
"""

import asyncio
from dataclasses import dataclass, field
from random import Random

from lab.conversation import Errands
from lab.identifier import DIGITS_15, HEX_16, HEX_32, HEX_8, UUID_36, IdStyle, random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.json_rpc import Envelope, Message, read_message
from lab.miners.monero_job import JobStyle, Template
from lab.miners.outage import Outages
from lab.rhythm import log_uniform

_LEAST_DIFFICULTY = 100
# Only one share in a while is really checked, which takes the pool's processor a moment; a queue there is rare.
_CHECK_MEAN_S, _QUEUE_MEAN_S, _QUEUE_PROBABILITY = 0.004, 1.2, 0.03
_EXTENSIONS = ((), ("algo",), ("keepalive",), ("algo", "keepalive"), ("algo", "nicehash", "connect"))
_STALE_TEXTS = ("Block expired", "Invalid job id", "Stale share", "Job not found")
_LOW_TEXTS = ("Low difficulty share", "Low difficulty share", "Duplicate share", "Invalid nonce")


@dataclass(frozen=True)
class PoolStyle:
    """How pools differ on the wire."""

    job: JobStyle
    session_id: IdStyle = DIGITS_15
    envelope: Envelope = Envelope()
    extensions: tuple[str, ...] = ()
    first_difficulty: int = 10_000
    share_target_s: float = 30
    retarget_s: float | None = 60  # None: the difficulty stays
    retarget_from: float = 0.2
    retarget_shares: int = 30  # or after so many
    backend_s: float = 0.0  # from the server that is dialled to the pool's own and back
    stale_grace_s: float = 0.0
    low_share: float = 0.005
    idle_s: float = 900
    stale_text: str = _STALE_TEXTS[0]
    low_text: str = _LOW_TEXTS[0]

    @staticmethod
    def drawn(random: Random, job: JobStyle | None = None) -> "PoolStyle":
        """Some pools are short of words everywhere, as the one is whose captures are public."""
        short_ids = random.random() < 0.35
        extensions = random.choice(_EXTENSIONS)
        return PoolStyle(
            job=job or JobStyle.drawn(random, short_ids=short_ids),
            session_id=HEX_8 if short_ids else random.choice((DIGITS_15, UUID_36, UUID_36, HEX_16, HEX_32)),
            envelope=Envelope.drawn(random),
            extensions=extensions,
            first_difficulty=int(log_uniform(random, 1_000, 120_000)),
            share_target_s=log_uniform(random, 6, 80),
            retarget_s=random.uniform(30, 120),
            retarget_from=random.uniform(0.1, 0.35),
            retarget_shares=random.randrange(6, 30),
            backend_s=log_uniform(random, 0.004, 0.25) if random.random() < 0.5 else 0.0,
            stale_grace_s=random.choice((0.0, 0.0, 3.0, 10.0)),
            low_share=log_uniform(random, 0.0005, 0.02),
            idle_s=random.uniform(600, 900),
            stale_text=random.choice(_STALE_TEXTS),
            low_text=random.choice(_LOW_TEXTS),
        )


class MoneroPool:
    """`port` and `tls`: how it is dialled."""

    def __init__(
        self, style: PoolStyle, chain: Blockchain, random: Random, port: int = 3333, tls: bool = False
    ) -> None:
        self.port, self.tls = port, tls
        self.style, self._chain, self._random = style, chain, random
        self._seeds = (random_hex(random, 64), random_hex(random, 64))
        self._template = Template.drawn(chain.height, random, self._seeds)
        self._version, self._height_since = chain.version, -1e9
        self._outages = Outages(random)
        self._running: list[asyncio.Task] = []

    def start(self) -> None:
        """Blocks and outages come until the event loop ends."""
        self._running = [asyncio.create_task(self._chain.run()), asyncio.create_task(self._outages.run())]

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self.style.session_id.draw(self._random), self.style.first_difficulty)
        with Errands() as errands:
            async with self._outages.connection(writer):
                while True:
                    async with asyncio.timeout(self.style.idle_s):
                        message = await read_message(reader)
                    if message is None:
                        return
                    if self._outages.silent:
                        continue
                    # A share that waits for its check holds up no other message.
                    errands.start(self._answer(session, message, writer))
                    if message["method"] == "login":
                        errands.start(self._push_templates(session, writer))
                        errands.start(self._retarget(session, writer))

    async def _answer(self, session: "_Session", message: Message, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self.style.backend_s)
        envelope, id_ = self.style.envelope, message.get("id", 0)
        if message["method"] == "login":
            session.fix_difficulty(message["params"])
            writer.write(self._login_reply(session, id_))
        elif message["method"] == "submit":
            await asyncio.sleep(self._check_time())
            writer.write(self._judge(session, message))
            if session.shares >= self.style.retarget_shares:
                self._set_difficulty(session, writer)
        elif message["method"] == "keepalived":
            writer.write(envelope.reply(id_, {"status": "KEEPALIVED"}))
        elif message["method"] == "block_template":
            writer.write(envelope.reply(id_, {"status": "OK"}))

    def _login_reply(self, session: "_Session", id_: object) -> bytes:
        result: Message = {"id": session.id, "job": self._job(session)}
        if self.style.extensions:
            result["extensions"] = self.style.extensions
        result["status"] = "OK"
        return self.style.envelope.reply(id_, result)

    def _job(self, session: "_Session") -> Message:
        if self._version != self._chain.version:
            if self._template.height != self._chain.height:
                self._height_since = _now()
            self._template = Template.drawn(self._chain.height, self._random, self._seeds)
            self._version = self._chain.version
        job = self.style.job.job(self._template, session.difficulty, session.id, self._random)
        session.note_job(job["job_id"], self._chain.height)
        return job

    def _judge(self, session: "_Session", submit: Message) -> bytes:
        height = session.heights.get(submit["params"]["job_id"])
        expired = height is None or height < self._chain.height
        if expired and _now() > self._height_since + self.style.stale_grace_s:
            return self.style.envelope.error(submit["id"], self.style.stale_text)
        if self._random.random() < self.style.low_share:
            return self.style.envelope.error(submit["id"], self.style.low_text)
        session.hashes += session.difficulty
        session.shares += 1
        return self.style.envelope.reply(submit["id"], {"status": "OK"})

    async def _push_templates(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        async for _ in self._chain.templates():
            self._push_job(session, writer)

    async def _retarget(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        while self.style.retarget_s:
            await asyncio.sleep(self.style.retarget_s)
            self._set_difficulty(session, writer)

    def _set_difficulty(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        """With a job of its own, if it is another one."""
        session.shares = 0
        if session.fixed or not self.style.retarget_s:
            return
        difficulty = session.fitting_difficulty(self.style.share_target_s)
        if abs(difficulty - session.difficulty) >= self.style.retarget_from * session.difficulty:
            session.difficulty = difficulty
            self._push_job(session, writer)

    def _push_job(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        if not self._outages.silent and not writer.is_closing():
            writer.write(self.style.envelope.notice("job", self._job(session)))

    def _check_time(self) -> float:
        mean = _QUEUE_MEAN_S if self._random.random() < _QUEUE_PROBABILITY else _CHECK_MEAN_S
        return self._random.expovariate(1 / mean)


@dataclass
class _Session:
    id: str
    difficulty: int
    fixed: bool = False
    hashes: int = 0
    shares: int = 0  # since the last look at the difficulty
    heights: dict[str, int] = field(default_factory=dict)  # by job id, the latest few
    login: float = field(default_factory=lambda: _now())

    def fix_difficulty(self, login: Message) -> None:
        """Asked for as ADDRESS+DIFFICULTY, the commonest way."""
        asked = str(login.get("login", "")).partition("+")[2]
        if asked.isdecimal():
            self.difficulty, self.fixed = max(_LEAST_DIFFICULTY, int(asked)), True

    def note_job(self, job_id: str, height: int) -> None:
        self.heights[job_id] = height
        if len(self.heights) > 4:
            del self.heights[next(iter(self.heights))]

    def fitting_difficulty(self, share_target_s: float) -> int:
        passed = max(1.0, _now() - self.login)
        if self.hashes:
            return max(_LEAST_DIFFICULTY, int(self.hashes * share_target_s / passed))
        no_share_target = 4 * share_target_s
        return max(_LEAST_DIFFICULTY, int(self.difficulty * no_share_target / max(passed, no_share_target)))


def _now() -> float:
    return asyncio.get_running_loop().time()
