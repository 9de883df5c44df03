# SPDX-License-Identifier: Apache-2.0
"""Ethereum's eth-proxy dialect (`stratum1+tcp`): ethminer-like and Claymore-like miners, and their pool.

Messages: ethereum-mining/ethminer libpoolprotocols/stratum/EthStratumClient.cpp (keys sorted, ids 1, 5, 40 and on, 9),
its reports of the hash rate as commonly documented (each 60 s); Claymore's in the comments of nDPI's mining.c and, as
commonly documented, btcpool's (spaces behind separators, getWork each 10.0 s, hash rate each 20 s). Sizes with the line
feed, measured on public captures: login 125-174, login reply 39, getWork 44 or 81, work 243-248 in reply and as push,
submitWork 205-261, submit reply 39-40, submitHashrate 148 or, padded to 32 bytes, about 200. 63 works in 296 s: a block
each 13 s and updates between.
"""

import asyncio
import contextlib
from collections.abc import Coroutine
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.conversation import repeat
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.failover import mine_at_pools, mine_with_rigs
from lab.miners.json_rpc import JsonStyle, Message, line, read_message
from lab.miners.miner import Miner
from lab.miners.pool import Pool, PoolHabits, Session, hashes_a_share, target_hex
from lab.miners.rig import Rig, account_name, drawn_rig, hex_address

USUAL_HASHES_PER_S = 4e8
_PORTS = (4444, 3333, 8008, 9999, 14444, 5005, 2020, 80, 443)
_TLS_PORTS = (5555, 443, 9443, 14433, 4433)
_PROBE_S = 1.0
_PLAIN = JsonStyle()


def ethereum_chain(random: Random) -> Blockchain:
    """Ethereum's 13-15 s and its relatives'; a node offers a new template every few seconds, if the pool asks it."""
    mean_s = random.choice((13.0, 13.3, 14.5, 15.0))
    refresh_s = random.choice((None, 2.0, 5.0, 8.0, 10.0))
    return Blockchain(mean_s, refresh_s, random.randrange(10**7, 2 * 10**7), random)


class EthProxyPool(Pool):
    def __init__(self, habits: PoolHabits, pushes: bool, random: Random) -> None:
        super().__init__(habits, ethereum_chain(random), random)
        self._pushes = pushes
        self._seed_hash = "0x" + random_hex(random, 64)
        self._sends_height = random.random() < 0.3
        self._answers_hash_rate = random.random() < 0.85
        self._version = {"jsonrpc": "2.0"} if random.random() < 0.9 else {}
        self._push_id = random.choice((0, 0, 0, None))

    def new_work(self, job_id: str) -> str:
        """A header hash is its own job id."""
        header = "0x" + random_hex(self.random, 64)
        self._heights[header] = self.chain.height
        return header

    def answer(self, session: Session, message: Message) -> None:
        method = message.get("method")
        if method == "eth_getWork":
            session.send(self._work_message(message["id"], session))
            session.ready = self._pushes
        elif method == "eth_submitWork":
            fault = self.fault(session, message["params"][1])
            session.send(self._reply(message, {"result": fault is None}))
        elif method == "eth_submitLogin" or (method == "eth_submitHashrate" and self._answers_hash_rate):
            session.send(self._reply(message, {"result": True}))
        elif method != "eth_submitHashrate":
            error = {"error": {"code": -32601, "message": "Method not found"}}
            session.send(self._reply(message, error))

    def announce(self, session: Session) -> None:
        session.send(self._work_message(self._push_id, session))

    def _work_message(self, id_: object, session: Session) -> Message:
        work = [self.work(), self._seed_hash, "0x" + target_hex(session.difficulty.value)]
        if self._sends_height:
            work.append(f"0x{self.chain.height:x}")
        return {"id": id_} | self._version | {"result": work}

    def _reply(self, request: Message, outcome: Message) -> Message:
        return {"id": request.get("id")} | self._version | outcome


class EthProxyMiner(Miner):
    """Work comes in replies as in pushes: whatever has a list as its result."""

    def understand(self, message: Message) -> None:
        if isinstance(work := message.get("result"), list):
            self.take_job(work[0])
            self.take_difficulty(hashes_a_share(work[2]))

    def _solution(self, header: str) -> list[str]:
        return ["0x" + random_hex(self.random, 16), header, "0x" + random_hex(self.random, 64)]

    def _told_rate(self) -> int:
        return int(self.rig.hashes_per_s * self.random.uniform(0.97, 1.03))


class Ethminer(EthProxyMiner):
    """Asks once, then waits for pushes. Other miners of this kind differ in the order of keys and what they add."""

    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        super().__init__(visit, rig, style)
        self._version = {"jsonrpc": "2.0"} if self.random.random() < 0.3 else {}
        self._first_id = self.random.choice((4, 40, 40))
        self._worker_in_submit = self.random.random() < 0.8
        self._reports_s = self.random.choice((None, None, 10, 30, 60, 60))
        self._id = "0x" + random_hex(self.random, 64)

    async def greet(self) -> None:
        rig = self.rig
        worker = rig.workers[0]
        account = rig.user if self.random.random() < 0.6 else rig.login(worker)
        params = [account] if rig.password == "x" else [account, rig.password]
        named = {"worker": worker} if worker else {}
        await self.ask({"id": 1, "jsonrpc": "2.0", "method": "eth_submitLogin", "params": params} | named)
        self.send({"id": 5} | self._version | {"method": "eth_getWork", "params": []})

    def submit(self, job: str, worker: str) -> None:
        id_ = self._first_id + self.random.randrange(6)
        message = {"id": id_} | self._version | {"method": "eth_submitWork", "params": self._solution(job)}
        self.send(message | ({"worker": worker} if worker and self._worker_in_submit else {}))

    def timers(self) -> list[Coroutine]:
        return [repeat(lambda: self._reports_s, self._report, self.visit.pause)] if self._reports_s else []

    def _report(self) -> None:
        params = [f"0x{self._told_rate():064x}", self._id]
        named = {"worker": self.rig.workers[0]} if self.rig.workers[0] else {}
        self.send({"id": 9, "jsonrpc": "2.0", "method": "eth_submitHashrate", "params": params} | named)


class Claymore(EthProxyMiner):
    """Asks for work and tells its hash rate on timers of its own; spaces behind separators but in submits."""

    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        super().__init__(visit, rig, style)
        # Most as measured; forks and relatives have other periods.
        self._poll_s = self.random.choice((10.0, 10.0, 10.0, 5.0, 3.0, 15.0))
        self._report_s = self.random.choice((20.0, 20.0, 20.0, 10.0, 30.0, 60.0))
        self._id = "0x" + random_hex(self.random, 64)
        self._spaced = JsonStyle(spaces=self.random.random() < 0.8)
        self._compact = JsonStyle()

    async def greet(self) -> None:
        rig = self.rig
        login = {"worker": "eth1.0", "jsonrpc": "2.0", "params": [rig.first_login, rig.password], "id": 2}
        self._write(self._spaced, login | {"method": "eth_submitLogin"})
        await self.reply_to(2)
        self._ask_for_work()
        self._report()

    def submit(self, job: str, worker: str) -> None:
        self._write(self._compact, {"id": 4, "method": "eth_submitWork", "params": self._solution(job)})

    def timers(self) -> list[Coroutine]:
        return [
            repeat(lambda: self._poll_s, self._ask_for_work, self.visit.pause),
            repeat(lambda: self._report_s, self._report, self.visit.pause),
        ]

    def _ask_for_work(self) -> None:
        self._write(self._spaced, {"worker": "", "jsonrpc": "2.0", "params": [], "id": 3, "method": "eth_getWork"})

    def _report(self) -> None:
        report = {"id": 6, "jsonrpc": "2.0", "method": "eth_submitHashrate"}
        self._write(self._compact, report | {"params": [f"0x{self._told_rate():x}", self._id]})

    def _write(self, style: JsonStyle, message: Message) -> None:
        self.write(style.line(message))


async def open_pool(place: Place, tls: bool, pushes: bool) -> EthProxyPool:
    random = place.random
    # Pools of Ethereum had one difficulty for all: vardiff is the exception.
    ports = _TLS_PORTS if tls else _PORTS
    habits = PoolHabits.drawn(random, USUAL_HASHES_PER_S, ports, tls_share=float(tls), vardiff_share=0.15)
    pool = EthProxyPool(habits, pushes, random)
    await pool.open_at(place)
    return pool


async def open_polled(place: Place) -> EthProxyPool:
    """Most pools push although the miner polls, as in the measured capture."""
    return await open_pool(place, tls=False, pushes=place.random.random() < 0.7)


async def open_pushing(place: Place) -> EthProxyPool:
    return await open_pool(place, tls=False, pushes=True)


async def open_tls(place: Place) -> EthProxyPool:
    return await open_pool(place, tls=True, pushes=True)


async def use_polled(visit: Visit) -> None:
    user = _user(visit)
    await mine_with_rigs(visit, lambda: Claymore(visit, drawn_rig(visit, USUAL_HASHES_PER_S, user), _PLAIN).mine)


async def use_pushing(visit: Visit) -> None:
    like_ethminer = visit.random.random() < 0.6
    style = JsonStyle(sorted=True) if like_ethminer else JsonStyle.drawn(visit.random)
    if visit.random.random() < 0.15:
        await _probe(visit)
    user = _user(visit)
    # A farm's proxy names the rig in each submit of its one connection.
    workers = visit.random.randrange(2, 9) if visit.random.random() < 0.12 else 1
    if workers > 1:
        await mine_at_pools(visit, Ethminer(visit, drawn_rig(visit, USUAL_HASHES_PER_S, user, workers), style).mine)
    await mine_with_rigs(visit, lambda: Ethminer(visit, drawn_rig(visit, USUAL_HASHES_PER_S, user), style).mine)


async def _probe(visit: Visit) -> None:
    """ethminer told no flavour tries the others first, each on a connection of its own, for a second."""
    habits = visit.service.habits
    for method in ("mining.hello", "mining.subscribe"):
        params = {"agent": "ethminer-0.19.0", "host": visit.place.name, "port": f"{habits.port:x}"}
        with contextlib.suppress(TimeoutError, ConnectionError):
            async with visit.dial(habits.port, tls=habits.tls) as (reader, writer), asyncio.timeout(_PROBE_S):
                writer.write(line({"id": 0, "jsonrpc": "2.0", "method": method, "params": params}))
                await read_message(reader)


def _user(visit: Visit) -> str:
    return hex_address(visit.random) if visit.random.random() < 0.85 else account_name(visit.random)


_EVIDENCE = "lab log: {}-like emulator at the lab's own pool; nothing hashes"

ACTIVITIES = (
    Activity(Story(MINING, "eth-proxy-polled", _EVIDENCE.format("Claymore")), open_polled, use_polled),
    Activity(Story(MINING, "eth-proxy-pushed", _EVIDENCE.format("ethminer")), open_pushing, use_pushing),
    Activity(Story(MINING, "eth-tls", _EVIDENCE.format("ethminer over TLS")), open_tls, use_pushing),
)
