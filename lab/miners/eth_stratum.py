# SPDX-License-Identifier: Apache-2.0
"""EthereumStratum/1.0.0, NiceHash's (`stratum2+tcp`).

Messages: nicehash/Specifications EthereumStratum_NiceHash_v1.0.0.txt; order of the greeting and ids (1 subscribe,
then 2 extranonce.subscribe and 3 authorize at once, 40 and on for shares): ethminer EthStratumClient.cpp. Computed
sizes with the line feed: subscribe about 90, subscription about 110, notify about 198 and more by the job id, submit
100-125, reply about 40. The extranonce changes when the marketplace moves the miner to another order.
"""

import asyncio
from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import random_hex
from lab.miners.eth_proxy import USUAL_HASHES_PER_S, ethereum_chain
from lab.miners.failover import mine_with_rigs
from lab.miners.json_rpc import JsonStyle, Message
from lab.miners.pool import PoolHabits, Session
from lab.miners.rig import base58_address, drawn_rig, hex_address
from lab.miners.stratum import StratumMiner, StratumPool

_PORTS = (3353, 3333, 9999, 4444, 443, 14444)
_AGENTS = (
    "ethminer/0.19.0", "PhoenixMiner/5.6d", "lolMiner 1.42", "T-Rex/0.24.8", "NBMiner/40.1", "GMiner/2.75",
    "teamredminer/0.10.2",
)  # fmt: skip


class EthStratumPool(StratumPool):
    def __init__(self, habits: PoolHabits, random: Random) -> None:
        super().__init__(habits, ethereum_chain(random), random)
        self._seed_hash = random_hex(random, 64)
        self._extranonce_digits = random.choice((4, 4, 6))
        self._order_s = random.uniform(60, 900) if random.random() < 0.5 else None

    async def open_at(self, place: Place) -> None:
        await super().open_at(place)
        if self._order_s:
            self.run_in_background(self._change_orders(self._order_s))

    def new_work(self, job_id: str) -> tuple[str, str]:
        return job_id, random_hex(self.random, 64)

    def subscription(self, session: Session) -> Any:
        session.extranonce = random_hex(self.random, self._extranonce_digits)
        return [["mining.notify", random_hex(self.random, 32), "EthereumStratum/1.0.0"], session.extranonce]

    def difficulty_push(self, session: Session) -> Message:
        return self.push("mining.set_difficulty", [round(session.difficulty.value / 2**32, 4)])

    def job(self, session: Session, clean: bool) -> list:
        job_id, header = self.work()
        return [job_id, self._seed_hash, header, clean]

    async def _change_orders(self, mean_s: float) -> None:
        while True:
            await asyncio.sleep(self.random.expovariate(1 / mean_s))
            for session in [session for session in self._sessions if session.ready]:
                session.extranonce = random_hex(self.random, self._extranonce_digits)
                session.send(self.push("mining.set_extranonce", [session.extranonce]))
                self.tell_difficulty(session)
                self.announce(session)


class EthStratumMiner(StratumMiner):
    async def greet(self) -> None:
        agent = self.random.choice(_AGENTS)
        self._first_id = self.random.choice((4, 40))
        reply = await self.ask({"id": 1, "method": "mining.subscribe", "params": [agent, "EthereumStratum/1.0.0"]})
        self._extranonce = reply["result"][1]
        if self.random.random() < 0.7:
            self.send({"id": 2, "method": "mining.extranonce.subscribe", "params": []})
        login = self.rig.first_login
        await self.ask({"id": 3, "method": "mining.authorize", "params": [login, self.rig.password]})

    def understand_other(self, method: str, params: Any) -> None:
        if method == "mining.set_extranonce":
            self._extranonce = params[0]

    def submit(self, job: list, worker: str) -> None:
        """Extranonce and the miner's part fill the nonce's 8 bytes."""
        nonce = random_hex(self.random, 16 - len(self._extranonce))
        id_ = self._first_id + self.random.randrange(6)
        self.send({"id": id_, "method": "mining.submit", "params": [self.rig.first_login, job[0], nonce]})


async def open_pool(place: Place) -> EthStratumPool:
    pool = EthStratumPool(PoolHabits.drawn(place.random, USUAL_HASHES_PER_S, _PORTS, tls_share=0.15), place.random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    random = visit.random
    user = base58_address(random, "3", 34) if random.random() < 0.6 else hex_address(random)
    style = JsonStyle(sorted=True, version=True) if random.random() < 0.4 else JsonStyle.drawn(random)
    await mine_with_rigs(visit, lambda: EthStratumMiner(visit, drawn_rig(visit, USUAL_HASHES_PER_S, user), style).mine)


ACTIVITIES = (
    Activity(
        Story(MINING, "eth-stratum1", "lab log: EthereumStratum/1.0.0 emulator at the lab's own pool; nothing hashes"),
        open_pool,
        use_pool,
    ),
)
