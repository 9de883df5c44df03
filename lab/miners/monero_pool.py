# SPDX-License-Identifier: Apache-2.0
"""A Monero pool that speaks login / job / submit / keepalived over TCP.

Messages: xmrig/xmrig-proxy doc/STRATUM.md and doc/STRATUM_EXT.md. Job fields, their order and the retarget rule:
Snipa22/nodejs-pool lib/pool.js (difficulty = hashes since login x target time / time since login, each 60 s, used when
it differs by a fifth or more). Hashing blob: 76 bytes (docs of Monero's get_block_template): two version bytes, a
5-byte time, 32 bytes of previous hash, 4 of nonce, 32 of Merkle root, 1 of transaction count.
Sizes with the line feed: job 376-485 by the lengths of ids, reply 63-65, keepalive reply 71-73, error 71-80.
"""

import asyncio
import time
from dataclasses import dataclass
from random import Random

from lab.miners.blockchain import Blockchain
from lab.miners.json_lines import Message, line, random_digits, random_hex, read_message

_RETARGET_PERIOD_S = 60
_RETARGET_FROM = 0.2
# Only one share in a while is really checked, which takes the pool's processor a moment; a queue there is rare.
_CHECK_MEAN_S, _QUEUE_MEAN_S, _QUEUE_PROBABILITY = 0.004, 1.2, 0.03
_LOW_SHARE_PROBABILITY = 0.01


@dataclass(frozen=True)
class PoolStyle:
    """How pools differ on the wire."""

    session_digits: int
    job_digits: int
    hex_ids: bool
    next_seed_hash: bool
    extensions: tuple[str, ...]
    first_difficulty: int
    share_target_s: float = 30  # the software's default


class MoneroPool:
    def __init__(self, style: PoolStyle, chain: Blockchain, random: Random) -> None:
        self._style, self._chain, self._random = style, chain, random
        self._seed_hash, self._next_seed_hash = random_hex(random, 64), random_hex(random, 64)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        session = _Session(self._id(self._style.session_digits), self._style.first_difficulty)
        pushes: list[asyncio.Task] = []
        try:
            while message := await read_message(reader):
                if message["method"] == "login":
                    writer.write(line(self._login_reply(session)))
                    pushes = [
                        asyncio.create_task(self._push_templates(session, writer)),
                        asyncio.create_task(self._retarget(session, writer)),
                    ]
                elif message["method"] == "submit":
                    await asyncio.sleep(self._check_time())
                    writer.write(line(self._judge(session, message)))
                elif message["method"] == "keepalived":
                    writer.write(line(_reply(message, {"status": "KEEPALIVED"})))
        finally:
            for push in pushes:
                push.cancel()

    def _login_reply(self, session: "_Session") -> Message:
        result: Message = {"id": session.id, "job": self._job(session)}
        if self._style.extensions:
            result["extensions"] = self._style.extensions
        result["status"] = "OK"
        return _reply({"id": 1}, result)

    def _job(self, session: "_Session") -> Message:
        job_id = self._id(self._style.job_digits)
        session.heights[job_id] = self._chain.height
        job: Message = {
            "blob": self._blob(),
            "algo": "rx/0",
            "height": self._chain.height,
            "seed_hash": self._seed_hash,
        }
        if self._style.next_seed_hash:
            job["next_seed_hash"] = self._next_seed_hash
        job["job_id"] = job_id
        job["target"] = (2**32 // session.difficulty).to_bytes(4, "little").hex()
        job["id"] = session.id
        return job

    def _blob(self) -> str:
        random = self._random
        transactions = random.randrange(8, 120)
        return "1010" + random_hex(random, 10 + 64) + 8 * "0" + random_hex(random, 64) + f"{transactions:02x}"

    def _judge(self, session: "_Session", submit: Message) -> Message:
        height = session.heights.get(submit["params"]["job_id"])
        if height is None or height < self._chain.height:
            return _error(submit, "Block expired")
        if self._random.random() < _LOW_SHARE_PROBABILITY:
            return _error(submit, "Low difficulty share")
        session.hashes += session.difficulty
        return _reply(submit, {"status": "OK"})

    async def _push_templates(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        async for _ in self._chain.templates():
            self._push_job(session, writer)

    async def _retarget(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        while True:
            await asyncio.sleep(_RETARGET_PERIOD_S)
            difficulty = session.fitting_difficulty(self._style.share_target_s)
            if abs(difficulty - session.difficulty) >= _RETARGET_FROM * session.difficulty:
                session.difficulty = difficulty
                self._push_job(session, writer)

    def _push_job(self, session: "_Session", writer: asyncio.StreamWriter) -> None:
        writer.write(line({"jsonrpc": "2.0", "method": "job", "params": self._job(session)}))

    def _id(self, digits: int) -> str:
        return random_hex(self._random, digits) if self._style.hex_ids else random_digits(self._random, digits)

    def _check_time(self) -> float:
        mean = _QUEUE_MEAN_S if self._random.random() < _QUEUE_PROBABILITY else _CHECK_MEAN_S
        return self._random.expovariate(1 / mean)


class _Session:
    def __init__(self, id_: str, difficulty: int) -> None:
        self.id, self.difficulty = id_, difficulty
        self.hashes = 0
        self.heights: dict[str, int] = {}  # by job id
        self._login = time.monotonic()

    def fitting_difficulty(self, share_target_s: float) -> int:
        passed = time.monotonic() - self._login
        if self.hashes:
            return max(1000, int(self.hashes * share_target_s / passed))
        no_share_target = 2 * _RETARGET_PERIOD_S
        return max(1000, int(self.difficulty * no_share_target / max(passed, no_share_target)))


def _reply(request: Message, result: Message) -> Message:
    return {"jsonrpc": "2.0", "id": request["id"], "error": None, "result": result}


def _error(request: Message, text: str) -> Message:
    return {"jsonrpc": "2.0", "id": request["id"], "error": {"code": -1, "message": text}}
