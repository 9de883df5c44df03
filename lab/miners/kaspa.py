# SPDX-License-Identifier: Apache-2.0
"""Kaspa: a block a second or ten, and so the densest jobs of all dialects.

Messages: onemorebsmith/kaspa-stratum-bridge src/gostratum and src/kaspastratum (new work at most each 500 ms, jobs as
four 64-bit numbers or, for BzMiner and IceRiver, one string of 80 hex digits); IceRiver "Kaspa Common Stratum
Protocol". Computed sizes with the line feed: subscription about 60, authorize about 130, notify 140-170, submit about
110-150, reply 36-40.
"""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.failover import mine_with_rigs
from lab.miners.json_rpc import JsonStyle, Message
from lab.miners.pool import PoolHabits, Session
from lab.miners.rig import Rig, bech32_address, drawn_rig
from lab.miners.stratum import StratumMiner, StratumPool

_USUAL_HASHES_PER_S = 1e12
_PORTS = (5555, 5555, 4444, 1206, 13094, 443)
_BIG_JOB_AGENTS = ("BzMiner-v21.0.3", "IceRiverMiner-v1.1", "KS3/1.0", "iceriver/KS5L")
_AGENTS = (
    "lolMiner 1.88", "SRBMiner-MULTI/2.4.1", "GMiner/3.44", "rigel/1.9.1", "teamredminer/0.10.14", "bmminer/2.0.0",
)  # fmt: skip


class KaspaPool(StratumPool):
    def __init__(self, habits: PoolHabits, random: Random) -> None:
        block_s = random.choice((0.1, 1.0, 1.0, 1.0))
        super().__init__(habits, Blockchain(block_s, None, random.randrange(10**7, 10**8), random), random)
        # The bridge's minimum; other pools let more jobs through.
        self._shortest_s = random.choice((0.1, 0.25, 0.5, 0.5, 0.5, 1.0))
        self._extranonce_digits = random.choice((0, 4, 4, 6))
        self._set_extranonce = random.choice(("set_extranonce", "mining.set_extranonce"))

    def subscription(self, session: Session) -> Any:
        return [True, "EthereumStratum/1.0.0"]

    def begin(self, session: Session) -> None:
        if self._extranonce_digits:
            session.extranonce = random_hex(self.random, self._extranonce_digits)
            session.send(self.push(self._set_extranonce, [session.extranonce]))
        super().begin(session)

    def difficulty_push(self, session: Session) -> Message:
        return self.push("mining.set_difficulty", [round(session.difficulty.value / 2**32, 2)])

    def new_work(self, job_id: str) -> tuple[str, str, int]:
        return job_id, random_hex(self.random, 64), 1_700_000_000_000 + self.random.randrange(10**11)

    def job(self, session: Session, clean: bool) -> list:
        job_id, header, milliseconds = self.work()
        if session.big_jobs:
            return [job_id, header + milliseconds.to_bytes(8, "little").hex()]
        numbers = [int(header[place : place + 16], 16) for place in range(0, 64, 16)]
        return [job_id, numbers, milliseconds]

    def answer(self, session: Session, message: Message) -> None:
        if message.get("method") == "mining.subscribe":
            session.big_jobs = message["params"][0] in _BIG_JOB_AGENTS
        super().answer(session, message)

    async def _push(self, session: Session) -> None:
        async for _ in self.chain.templates():
            if session.ready and not self._outages.silent:
                self.retarget(session)
                self.announce(session)
            await asyncio.sleep(self._shortest_s)


class KaspaMiner(StratumMiner):
    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle, agent: str) -> None:
        super().__init__(visit, rig, style)
        self._agent = agent

    async def greet(self) -> None:
        self._extranonce = ""
        await self.request("mining.subscribe", [self._agent, "EthereumStratum/1.0.0"])
        await self.request("mining.authorize", [self.rig.first_login, self.rig.password])

    def understand_other(self, method: str, params: Any) -> None:
        if method.endswith("set_extranonce"):
            self._extranonce = params[0]

    def submit(self, job: list, worker: str) -> None:
        nonce = self._extranonce + random_hex(self.random, 16 - len(self._extranonce))
        self.send(self.call("mining.submit", [self.rig.first_login, job[0], "0x" + nonce]))


async def open_pool(place: Place) -> KaspaPool:
    habits = PoolHabits.drawn(place.random, _USUAL_HASHES_PER_S, _PORTS, tls_share=0.1)
    # Blocks are a graph: a share for a job of some seconds ago is still good.
    pool = KaspaPool(replace(habits, pays_stale=True), place.random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    random = visit.random
    user, style = bech32_address(random, "kaspa:", 67), JsonStyle.drawn(random)
    agent = random.choice(_BIG_JOB_AGENTS + _AGENTS)
    await mine_with_rigs(
        visit, lambda: KaspaMiner(visit, drawn_rig(visit, _USUAL_HASHES_PER_S, user), style, agent).mine
    )


ACTIVITIES = (
    Activity(
        Story(MINING, "kaspa-stratum", "lab log: Kaspa emulator at the lab's own pool; nothing hashes"),
        open_pool,
        use_pool,
    ),
)
