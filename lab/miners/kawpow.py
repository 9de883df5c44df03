# SPDX-License-Identifier: Apache-2.0
"""KawPow (Ravencoin and relatives).

Messages: RavenCommunity/kawpow-stratum-pool lib/stratum.js, xmrig/xmrig src/base/net/stratum/EthStratumClient.cpp,
nicehash/Specifications KawPow. A job names its target itself, and mining.set_target comes before. Computed sizes with
the line feed: subscription 40-60, set_target about 110, notify 280-300, submit about 250, reply 36-40. Blocks each 60
s.
"""

from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.failover import mine_with_rigs
from lab.miners.json_rpc import JsonStyle, Message
from lab.miners.pool import PoolHabits, Session, hashes_a_share, target_hex
from lab.miners.rig import Rig, base58_address, drawn_rig
from lab.miners.stratum import StratumMiner, StratumPool

_USUAL_HASHES_PER_S = 8e7
_PORTS = (3333, 6060, 3636, 12222, 10001, 443, 8888)
_AGENTS = (
    "T-Rex/0.26.8", "kawpowminer/1.2.4", "NBMiner/42.3", "GMiner/3.44", "teamredminer/0.10.14", "XMRig/6.21.0",
    "WildRig/0.40.5", "nanominer/3.9.2", "BzMiner-v21.0.3",
)  # fmt: skip


class KawPowPool(StratumPool):
    def __init__(self, habits: PoolHabits, random: Random) -> None:
        refresh_s = random.choice((None, None, 10.0, 20.0, 30.0, 55.0))
        super().__init__(habits, Blockchain(60, refresh_s, random.randrange(2 * 10**6, 4 * 10**6), random), random)
        self._seed_hash, self._bits = random_hex(random, 64), "1b00" + random_hex(random, 4)
        self._prefix_digits = random.choice((4, 6, 6))

    def subscription(self, session: Session) -> Any:
        session.extranonce = random_hex(self.random, self._prefix_digits)
        return [None, session.extranonce]

    def difficulty_push(self, session: Session) -> Message:
        return self.push("mining.set_target", [target_hex(session.difficulty.value)])

    def new_work(self, job_id: str) -> tuple[str, str]:
        return job_id, random_hex(self.random, 64)

    def job(self, session: Session, clean: bool) -> list:
        job_id, header = self.work()
        target = target_hex(session.difficulty.value)
        return [job_id, header, self._seed_hash, target, clean, self.chain.height, self._bits]


class KawPowMiner(StratumMiner):
    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        super().__init__(visit, rig, style)
        agent = self.random.choice(_AGENTS)
        self._subscribe = [agent, "EthereumStratum/1.0.0"] if self.random.random() < 0.3 else [agent]
        self._subscribes_extranonce = self.random.random() < 0.4

    async def greet(self) -> None:
        reply = await self.request("mining.subscribe", self._subscribe)
        self._prefix = reply["result"][1]
        if self._subscribes_extranonce:
            self.send(self.call("mining.extranonce.subscribe", []))
        await self.request("mining.authorize", [self.rig.first_login, self.rig.password])

    def take_notify(self, params: list) -> None:
        self.take_job(params)
        self.take_difficulty(hashes_a_share(params[3]))

    def submit(self, job: list, worker: str) -> None:
        nonce = "0x" + self._prefix + random_hex(self.random, 16 - len(self._prefix))
        mix = "0x" + random_hex(self.random, 64)
        params = [self.rig.first_login, job[0], nonce, "0x" + job[1], mix]
        self.send(self.call("mining.submit", params))


async def open_pool(place: Place) -> KawPowPool:
    pool = KawPowPool(PoolHabits.drawn(place.random, _USUAL_HASHES_PER_S, _PORTS, tls_share=0.15), place.random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    user, style = base58_address(visit.random, "R", 34), JsonStyle.drawn(visit.random)
    await mine_with_rigs(visit, lambda: KawPowMiner(visit, drawn_rig(visit, _USUAL_HASHES_PER_S, user), style).mine)


ACTIVITIES = (
    Activity(
        Story(MINING, "kawpow-stratum", "lab log: KawPow emulator at the lab's own pool; nothing hashes"),
        open_pool,
        use_pool,
    ),
)
