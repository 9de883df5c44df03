# SPDX-License-Identifier: Apache-2.0
"""Coins whose jobs have other fields and words but the same conversation: a table of them, one drawn for each pool.

nicehash/Specifications (Alephium, Kadena, Octopus, FishHash, Grin and Beam texts; a marketplace's own subscribe
carries a time and an HMAC since 2024), nervosnetwork/ckb docs/stratum_v1.md, Conflux-Chain/conflux-doc
docs/stratum.md. Sizes follow from the fields: Alephium's jobs are some 850 bytes, Kadena's 690 (286 bytes of header
in hex), Grin's 620, the others' 200-260; shares 110-430. Blocks: Alephium 4 s and Kadena 1.5 s over all chains,
Octopus 0.5 s at the tips (pools tell about each second), Beam and Grin 60 s, CKB 10 s, Iron Fish 60 s.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.failover import mine_with_rigs
from lab.miners.json_rpc import JsonStyle, Message
from lab.miners.pool import PoolHabits, Session, hashes_a_share, target_hex
from lab.miners.rig import Rig, account_name, base58_address, bech32_address, drawn_rig, hex_address
from lab.miners.stratum import StratumMiner, StratumPool

_USUAL_HASHES_PER_S = 1e9
_PORTS = (3333, 20032, 3390, 443, 9999, 17230, 3360)
_AGENTS = ("lolMiner 1.88", "SRBMiner-MULTI/2.4.1", "BzMiner-v21.0.3", "GMiner/3.44", "NiceHash/1.0.0", "NBMiner/42.3")
_MARKETPLACE = "NiceHash/1.0.0"
# What a field of a job or a share is: hex of so many digits, or one of these.
_JOB, _LOGIN, _NONCE, _CLEAN, _HEIGHT = "job", "login", "nonce", "clean", "height"

Field = int | str


@dataclass(frozen=True)
class Words:
    """A coin's job and share. With `names`, the fields are an object's, otherwise a list's."""

    block_s: float
    address: Callable[[Random], str]
    notify: tuple[Field, ...]
    submit: tuple[Field, ...]
    nonce_digits: int = 16
    notify_names: tuple[str, ...] = ()
    submit_names: tuple[str, ...] = ()
    notify_method: str = "mining.notify"
    prefix: str = ""  # of hex fields


_ALEPHIUM = Words(
    4, lambda random: base58_address(random, "1", 45),
    (_JOB, 1, 1, 604, 64, 64), (_LOGIN, _JOB, 1, 1, _NONCE), 48,
    ("jobId", "fromGroup", "toGroup", "headerBlob", "txsBlob", "targetBlob"),
    ("worker", "jobId", "fromGroup", "toGroup", "nonce"),
)  # fmt: skip
_KADENA = Words(1.5, lambda random: "k:" + random_hex(random, 64), (_JOB, 572, 64, _CLEAN), (_LOGIN, _JOB, _NONCE))
_OCTOPUS = Words(
    1, lambda random: bech32_address(random, "cfx:aa", 46), (_JOB, _HEIGHT, 64, 64), (_LOGIN, _JOB, _NONCE, 64),
    prefix="0x",
)  # fmt: skip
_CKB = Words(
    10, lambda random: bech32_address(random, "ckb1q", 97), (_JOB, 64, _HEIGHT, 64, _CLEAN), (_LOGIN, _JOB, _NONCE), 24
)  # fmt: skip
_IRON_FISH = Words(
    60, lambda random: random_hex(random, 64), (_JOB, 360), (_JOB, _NONCE), 16, ("miningRequestId", "header"),
    ("miningRequestId", "randomness"),
)  # fmt: skip
_GRIN = Words(
    60, lambda random: account_name(random) + "@example.org", (1, _HEIGHT, _JOB, 476, _CLEAN),
    (6, _HEIGHT, _JOB, _NONCE, 420), 16, ("difficulty", "height", "job_id", "pre_pow", "cleanjob"),
    ("edge_bits", "height", "job_id", "nonce", "pow"), "job",
)  # fmt: skip
_BEAM = Words(
    60, hex_address, (_JOB, _HEIGHT, 64, 8), (_JOB, _NONCE, 208), 16, ("id", "height", "input", "difficulty"),
    ("id", "nonce", "output"), "job",
)  # fmt: skip
_COINS = (_ALEPHIUM, _ALEPHIUM, _KADENA, _OCTOPUS, _CKB, _CKB, _IRON_FISH, _GRIN, _BEAM)


class OtherPool(StratumPool):
    def __init__(self, habits: PoolHabits, coin: Words, random: Random) -> None:
        refresh_s = random.choice((None, 10.0, 30.0)) if coin.block_s > 5 else None
        super().__init__(habits, Blockchain(coin.block_s, refresh_s, random.randrange(10**6, 10**8), random), random)
        self.coin = coin
        self._extranonce_digits = random.choice((0, 2, 4))
        self._tells_target = random.random() < 0.5

    def subscription(self, session: Session) -> Any:
        session.extranonce = random_hex(self.random, self._extranonce_digits) if self._extranonce_digits else ""
        return [None, session.extranonce, (self.coin.nonce_digits - self._extranonce_digits) // 2]

    def difficulty_push(self, session: Session) -> Message:
        if self._tells_target:
            return self.push("mining.set_target", [target_hex(session.difficulty.value)])
        return self.push("mining.set_difficulty", [round(session.difficulty.value / 2**32, 4)])

    def new_work(self, job_id: str) -> tuple[str, list[str]]:
        digits = [field if isinstance(field, int) else 0 for field in self.coin.notify]
        return job_id, [self.coin.prefix + random_hex(self.random, count) if count else "" for count in digits]

    def job(self, session: Session, clean: bool) -> Any:
        job_id, drawn = self.work()
        known: dict[Field, Any] = {_JOB: job_id, _CLEAN: clean, _HEIGHT: self.chain.height}
        values = [known.get(field, hex_) for field, hex_ in zip(self.coin.notify, drawn)]
        if self.coin.notify_names:
            named = dict(zip(self.coin.notify_names, values))
            return [named] if self.coin.notify_method == "mining.notify" else named
        return values

    def announce(self, session: Session) -> None:
        session.send(self.push(self.coin.notify_method, self.job(session, self.is_new_block(session))))

    def submitted_job(self, message: Message) -> str:
        return _field(message["params"], self.coin.submit_names, self.coin.submit.index(_JOB))


class OtherMiner(StratumMiner):
    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        super().__init__(visit, rig, style)
        self._coin: Words = visit.service.coin
        self._agent = self.random.choice(_AGENTS)

    async def greet(self) -> None:
        words: list[Any] = [self._agent]
        if self._agent == _MARKETPLACE:
            words += [str(int(time.time() * 1000)), random_hex(self.random, 64)]
        reply = await self.request("mining.subscribe", words)
        self._nonce_digits = self._coin.nonce_digits - len(reply["result"][1])
        await self.request("mining.authorize", [self.rig.first_login, self.rig.password])

    def understand(self, message: Message) -> None:
        if message.get("method") == self._coin.notify_method:
            self.take_notify(message["params"])
        else:
            super().understand(message)

    def understand_other(self, method: str, params: Any) -> None:
        if method == "mining.set_target":
            self.take_difficulty(hashes_a_share(params[0]))

    def take_notify(self, params: Any) -> None:
        coin = self._coin
        if coin.notify_names and isinstance(params, list):
            params = params[0]
        self.take_job(_field(params, coin.notify_names, coin.notify.index(_JOB)))

    def submit(self, job: str, worker: str) -> None:
        coin = self._coin
        login, nonce = self.rig.first_login, random_hex(self.random, self._nonce_digits)
        known: dict[Field, Any] = {_LOGIN: login, _JOB: job, _NONCE: coin.prefix + nonce, _HEIGHT: 2_000_000}
        share = [
            coin.prefix + random_hex(self.random, field) if isinstance(field, int) else known[field]
            for field in coin.submit
        ]
        params = dict(zip(coin.submit_names, share)) if coin.submit_names else share
        self.send(self.call("mining.submit", params))


def _field(params: Any, names: tuple[str, ...], place: int) -> Any:
    return params[names[place]] if names else params[place]


async def open_pool(place: Place) -> OtherPool:
    random = place.random
    habits = PoolHabits.drawn(random, _USUAL_HASHES_PER_S, _PORTS, tls_share=0.3)
    coin = random.choice(_COINS)
    if coin.block_s < 5:  # many chains or a graph: a block makes few jobs worthless
        habits = replace(habits, pays_stale=True)
    pool = OtherPool(habits, coin, random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    user, style = visit.service.coin.address(visit.random), JsonStyle.drawn(visit.random)
    await mine_with_rigs(visit, lambda: OtherMiner(visit, drawn_rig(visit, _USUAL_HASHES_PER_S, user), style).mine)


ACTIVITIES = (
    Activity(
        Story(MINING, "nicehash-other", "lab log: emulator of Alephium, CKB, Kadena and others at the lab's own pool"),
        open_pool,
        use_pool,
    ),
)
