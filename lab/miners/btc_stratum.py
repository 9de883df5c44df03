# SPDX-License-Identifier: Apache-2.0
"""Bitcoin's Stratum v1 and its relatives' (Litecoin, Bitcoin Cash, Dogecoin, DigiByte): ASIC-, cgminer- and
bfgminer-like.

Shapes: public pool documents; BIP 310 for mining.configure (version rolling); sizes measured on
jsiwek/zeek-cryptomining's bitcoin captures: subscribe 69-75, its reply with set_difficulty and the first notify one
burst of 1448-1464, notify 1172-1374 each 30-31 s and at a block, submit 104-125, reply 36-41, set_difficulty 62,
get_transactions 82 and its error 97. A notify's size is 67 a Merkle branch (a branch for each power of two of
transactions) and the coinbase in hex, which grows with each address paid.
"""

import asyncio
import socket
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.failover import mine_at_pools
from lab.miners.json_rpc import JsonStyle, Message
from lab.miners.pool import JOB_IDS, PoolHabits, Session
from lab.miners.rig import Rig, account_name, base58_address, bech32_address, drawn_rig
from lab.miners.stratum import StratumMiner, StratumPool
from lab.rhythm import log_uniform

_USUAL_HASHES_PER_S = 1e14
_PORTS = (3333, 3334, 1800, 1314, 25, 443, 8888, 3001, 4444, 700)
_LAST_BRANCH = 12
# Bytes of a coinbase's parts: version, input and script up to the extranonce; an output; the witness commitment's.
_COINBASE_HEAD, _OUTPUT, _COMMITMENT = (42, 62), (32, 34), 47


@dataclass(frozen=True)
class BitcoinCoin:
    block_s: float
    transactions: float  # median a block


_COINS = (
    BitcoinCoin(600, 2800), BitcoinCoin(600, 2800), BitcoinCoin(600, 2500), BitcoinCoin(600, 120),
    BitcoinCoin(150, 90), BitcoinCoin(60, 25), BitcoinCoin(75, 8),
)  # fmt: skip


class BitcoinPool(StratumPool):
    def __init__(self, habits: PoolHabits, random: Random) -> None:
        self.coin = random.choice(_COINS)
        refresh_s = random.choice((20.0, 30.0, 30.0, 30.0, 45.0, 55.0, 60.0))
        chain = Blockchain(self.coin.block_s, refresh_s, random.randrange(7 * 10**5, 9 * 10**5), random)
        super().__init__(habits, chain, random)
        self._previous, self._bits = "", "17" + random_hex(random, 6)
        self._previous_height = -1
        self._head_bytes = random.randint(*_COINBASE_HEAD)
        self._tail_bytes = self._drawn_tail()
        self._extranonce2_bytes = random.choice((4, 4, 8, 8, 6))
        self._begins_empty = random.random() < 0.4
        self._knows_transactions = random.random() < 0.15
        self._early = random.random() < 0.5
        self._message = random.random() < 0.1

    def _drawn_tail(self) -> int:
        """The pool's mark, sequence, outputs, lock time. A pool without accounts pays many in the coinbase itself."""
        random = self.random
        outputs = random.choice((1, 1, 1, 1, 2, 3)) if random.random() < 0.8 else int(log_uniform(random, 4, 60))
        commitments = random.choice((1, 1, 2, 3))
        return random.randrange(5, 40) + 4 + 1 + outputs * random.randint(*_OUTPUT) + commitments * _COMMITMENT + 4

    def new_work(self, job_id: str) -> list:
        """The first template of a block may hold no transactions yet."""
        empty = self.chain.height != self._previous_height and self._begins_empty and self._previous != ""
        if self.chain.height != self._previous_height:
            self._previous, self._previous_height = random_hex(self.random, 64), self.chain.height
        if empty:
            self.run_in_background(self._fill())
        count = 0 if empty else int(self.random.lognormvariate(0, 0.5) * self.coin.transactions)
        branches = [random_hex(self.random, 64) for _ in range(min(count.bit_length(), _LAST_BRANCH))]
        head, tail = random_hex(self.random, 2 * self._head_bytes), random_hex(self.random, 2 * self._tail_bytes)
        now = f"{int(asyncio.get_running_loop().time()) + 0x66000000:08x}"
        return [job_id, self._previous, head, tail, branches, "20000000", self._bits, now]

    async def _fill(self) -> None:
        """Transactions follow the empty template."""
        await asyncio.sleep(self.random.uniform(0.5, 6))
        self._work_version = -1
        for session in [session for session in self._sessions if session.ready]:
            self.announce(session)

    def subscription(self, session: Session) -> Any:
        session.extranonce = random_hex(self.random, 8)
        ids = random_hex(self.random, self.random.choice((1, 8, 16)))
        return [[["mining.set_difficulty", ids], ["mining.notify", ids]], session.extranonce, self._extranonce2_bytes]

    def after_subscription(self, session: Session) -> None:
        if self._early:
            self.begin(session)

    def difficulty_push(self, session: Session) -> Message:
        return self.push("mining.set_difficulty", [max(1, int(session.difficulty.value / 2**32))])

    def job(self, session: Session, clean: bool) -> list:
        return [*self.work(), clean]

    def answer_other(self, session: Session, message: Message) -> None:
        method = message.get("method")
        if method == "mining.configure":
            mask = {"version-rolling": True, "version-rolling.mask": "1fffe000"}
            session.send(self.reply(message, mask))
        elif method == "mining.get_transactions" and not self._knows_transactions:
            session.send(self.refuse(message, 20, "Method 'get_transactions' not found for service 'mining'"))
        elif method == "mining.get_transactions":
            session.send(self.reply(message, []))
        else:  # mining.suggest_difficulty, mining.extranonce.subscribe
            session.send(self.reply(message, True))

    def begin(self, session: Session) -> None:
        super().begin(session)
        if self._message:
            session.send(self.push("client.show_message", [f"Welcome to {account_name(self.random)}"]))


@dataclass(frozen=True)
class Firmware:
    """What a miner's software adds to the trunk."""

    agent: str
    style: JsonStyle
    version_rolling: bool = False
    asks_transactions: bool = False

    @staticmethod
    def drawn(random: Random) -> "Firmware":
        cgminer = JsonStyle(spaces=True, first=("id", "method", "params"))
        bfgminer = JsonStyle(spaces=True, first=("method", "id", "params"))
        compact = JsonStyle(first=("id", "method", "params"))
        return random.choice((
            Firmware("cgminer/4.10.0", cgminer),
            Firmware("cgminer/4.12.1", cgminer, version_rolling=True),
            Firmware("bmminer/2.0.0/Antminer S19 Pro/12345", cgminer, version_rolling=True),
            Firmware("Antminer S19j Pro/Fri Jul 15 13:11:49 CST 2022", compact, version_rolling=True),
            Firmware("whatsminer/v1.1", cgminer, version_rolling=True),
            Firmware("bosminer-plus-tuner/0.2.0", compact, version_rolling=True),
            Firmware("LUXminer 2023.1.18", compact, version_rolling=True),
            Firmware("bfgminer/5.2.0", bfgminer, asks_transactions=True),
            Firmware("bfgminer/5.4.2", bfgminer, asks_transactions=True),
            Firmware("bfgminer/5.5.0", bfgminer),
        ))  # fmt: skip


def keep_alive(writer: asyncio.StreamWriter) -> None:
    """As commonly documented of cgminer, which most firmware descends from: probes after 45 s, then each 30 s."""
    if connection := writer.get_extra_info("socket"):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 45)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL, 30)


class BitcoinMiner(StratumMiner):
    def __init__(self, visit: Visit, rig: Rig, firmware: Firmware) -> None:
        super().__init__(visit, rig, firmware.style)
        self._firmware = firmware
        self._extranonce_subscribe = self.random.random() < 0.25
        self._suggests = self.random.random() < 0.2
        self._rolls = False

    async def greet(self) -> None:
        firmware = self._firmware
        keep_alive(self._writer)
        if firmware.version_rolling:
            rolling = {"version-rolling.mask": "1fffe000", "version-rolling.min-bit-count": 16}
            reply = await self.request("mining.configure", [["version-rolling"], rolling])
            self._rolls = bool(reply.get("result"))
        reply = await self.request("mining.subscribe", [firmware.agent])
        self._extranonce2_digits = 2 * reply["result"][2]
        if self._extranonce_subscribe:
            self.send(self.call("mining.extranonce.subscribe", []))
        if self._suggests:
            self.send(self.call("mining.suggest_difficulty", [2 ** self.random.randrange(10, 17)]))
        for worker in self.rig.workers:
            await self.request("mining.authorize", [self.rig.login(worker), self.rig.password])

    def take_notify(self, params: list) -> None:
        super().take_notify(params)
        if self._firmware.asks_transactions:
            asked = {"method": "mining.get_transactions", "id": f"txlist{params[0]}", "params": [params[0]]}
            self.send(asked)

    def submit(self, job: list, worker: str) -> None:
        random = self.random
        ntime = f"{int(job[7], 16) + random.randrange(60):08x}"
        extranonce2 = random_hex(random, self._extranonce2_digits)
        share = [self.rig.login(worker), job[0], extranonce2, ntime, random_hex(random, 8)]
        if self._rolls:
            share.append(f"{random.getrandbits(16) << 13:08x}")
        self.send({"params": share, "id": self.new_id(), "method": "mining.submit"})


async def open_pool(place: Place) -> BitcoinPool:
    habits = PoolHabits.drawn(place.random, _USUAL_HASHES_PER_S, _PORTS, tls_share=0.1)
    job_id = place.random.choice(JOB_IDS[:-1])
    pool = BitcoinPool(replace(habits, job_id=job_id), place.random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    """Several ASICs: a connection each, or one for all through a farm's proxy, which authorises each of them."""
    random = visit.random
    user = random.choice((account_name(random), base58_address(random, "1", 34), bech32_address(random, "bc1q", 42)))
    machines = random.randrange(2, 7) if random.random() < 0.25 else 1
    through_proxy = random.random() < 0.5
    firmware = Firmware.drawn(random)
    async with asyncio.TaskGroup() as farm:
        for _ in range(1 if through_proxy else machines):
            rig = drawn_rig(visit, _USUAL_HASHES_PER_S, user, machines if through_proxy else 1)
            farm.create_task(mine_at_pools(visit, BitcoinMiner(visit, rig, firmware).mine))


ACTIVITIES = (
    Activity(
        Story(MINING, "btc-stratum", "lab log: ASIC-, cgminer- and bfgminer-like emulator at the lab's own pool"),
        open_pool,
        use_pool,
    ),
)
