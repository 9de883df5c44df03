# SPDX-License-Identifier: Apache-2.0
"""Equihash coins (Zcash and relatives), ZIP 301: a share carries its whole solution.

Messages: zcash/zips zip-0301.rst. Sizes measured on nDPI's mining.pcapng (EWBF): subscribe 98, reply 62, authorize
93-95, reply 38, set_target 119, extranonce.subscribe 60, notify 310, submit 2876 in two segments of 1448 and 1430,
reply 25. Solutions: 200,9 has 1344 bytes and a length of 3; 144,5 has 100 bytes, 192,7 400 and 125,4 52 (docs of
lolMiner and miniZ name the coins). Block times: Zcash 75 s since Blossom, most others 150 s, Flux 120 s, Komodo 60 s.
"""

import time
from dataclasses import dataclass
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

_PORTS = (3333, 3357, 6633, 9999, 20570, 14443, 443, 2142)
_AGENTS = (
    "EWBF's Cuda miner 0.3.4b", "miniZ/2.0c", "lolMiner 1.78", "GMiner/3.44", "DSTM 0.6.2", "optiminer/1.7",
    "Bminer/16.4", "antminer-z15/1.0", "nheqminer/0.5c",
)  # fmt: skip


@dataclass(frozen=True)
class EquihashCoin:
    """`solution_bytes` with the length before it (a Bitcoin "compact size" of 1 or 3 bytes)."""

    address: str  # how it begins
    solution_bytes: int
    block_s: float
    usual_solutions_per_s: float


_ZCASH = (
    EquihashCoin("t1", 1344 + 3, 75, 2000), EquihashCoin("t1", 1344 + 3, 75, 140e3),
    EquihashCoin("zn", 1344 + 3, 150, 5000), EquihashCoin("R", 1344 + 3, 60, 20e3),
)  # fmt: skip
_OTHERS = (
    EquihashCoin("G", 100 + 1, 600, 300), EquihashCoin("s1", 100 + 1, 150, 200), EquihashCoin("cZ", 100 + 1, 120, 250),
    EquihashCoin("t1", 400 + 3, 120, 60), EquihashCoin("t1", 52 + 1, 120, 150),
)  # fmt: skip


class EquihashPool(StratumPool):
    def __init__(self, habits: PoolHabits, coin: EquihashCoin, random: Random) -> None:
        refresh_s = random.choice((None, 20.0, 30.0, 55.0, 60.0))
        super().__init__(habits, Blockchain(coin.block_s, refresh_s, random.randrange(10**6), random), random)
        self.coin = coin
        self._nonce1_digits = random.choice((8, 8, 10, 16, 24))
        self._session_digits = random.choice((None, 8, 32))
        self._bits = "1c" + random_hex(random, 6)

    def subscription(self, session: Session) -> Any:
        session.extranonce = random_hex(self.random, self._nonce1_digits)
        id_ = random_hex(self.random, self._session_digits) if self._session_digits else None
        return [id_, session.extranonce]

    def difficulty_push(self, session: Session) -> Message:
        return self.push("mining.set_target", [target_hex(session.difficulty.value)])

    def new_work(self, job_id: str) -> list:
        hashes = [random_hex(self.random, 64) for _ in range(3)]
        now = int(time.time()).to_bytes(4, "little").hex()
        return [job_id, "04000000", *hashes, now, self._bits]

    def job(self, session: Session, clean: bool) -> list:
        return [*self.work(), clean]


class EquihashMiner(StratumMiner):
    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        super().__init__(visit, rig, style)
        self._agent = self.random.choice(_AGENTS)
        self._subscribes_extranonce = self.random.random() < 0.6

    async def greet(self) -> None:
        habits = self.visit.service.habits
        where = [self.visit.place.name, str(habits.port) if self.random.random() < 0.5 else habits.port]
        reply = await self.request("mining.subscribe", [self._agent, None, *where])
        self._nonce2_digits = 64 - len(reply["result"][1])
        await self.request("mining.authorize", [self.rig.first_login, self.rig.password])
        if self._subscribes_extranonce:
            self.send(self.call("mining.extranonce.subscribe", []))

    def understand_other(self, method: str, params: Any) -> None:
        if method == "mining.set_target":
            self.take_difficulty(hashes_a_share(params[0]))

    def submit(self, job: list, worker: str) -> None:
        random = self.random
        nonce2 = random_hex(random, self._nonce2_digits)
        solution = random_hex(random, 2 * self.visit.service.coin.solution_bytes)
        params = [self.rig.first_login, job[0], job[5], nonce2, solution]
        self.send(self.call("mining.submit", params))


async def _open(place: Place, coin: EquihashCoin) -> EquihashPool:
    # Two Equihash solutions a nonce on average are counted as the coin's hash rate, Sol/s.
    habits = PoolHabits.drawn(place.random, coin.usual_solutions_per_s, _PORTS, tls_share=0.15)
    pool = EquihashPool(habits, coin, place.random)
    await pool.open_at(place)
    return pool


async def open_zcash(place: Place) -> EquihashPool:
    return await _open(place, place.random.choice(_ZCASH))


async def open_other(place: Place) -> EquihashPool:
    return await _open(place, place.random.choice(_OTHERS))


async def use_pool(visit: Visit) -> None:
    coin = visit.service.coin
    user, style = base58_address(visit.random, coin.address, 35), JsonStyle.drawn(visit.random)
    await mine_with_rigs(
        visit, lambda: EquihashMiner(visit, drawn_rig(visit, coin.usual_solutions_per_s, user), style).mine
    )


_EVIDENCE = "lab log: Equihash {} emulator at the lab's own pool; nothing hashes"

ACTIVITIES = (
    Activity(Story(MINING, "zcash-stratum", _EVIDENCE.format("200,9")), open_zcash, use_pool),
    Activity(Story(MINING, "equihash-144", _EVIDENCE.format("144,5, 192,7 or 125,4")), open_other, use_pool),
)
