# SPDX-License-Identifier: Apache-2.0
"""EthereumStratum/2.0.0 (EIP-1571): hello, and numbers as short hex without 0x.

Messages: EIP-1571 and ethereum-mining/ethminer EthStratumClient.cpp (ids: 0 hello, 1 subscribe, 2 authorize, 7 noop,
9 hash rate, 40 and on for shares). A difficulty is a target in mining.set; an accepted share is answered by its id
alone. Computed sizes with the line feed: hello about 120, its reply 120-150, set 60-200, notify about 135, submit
70-85, reply 9-10, hashrate 65, noop 31.
"""

from collections.abc import Coroutine
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.conversation import repeat
from lab.identifier import random_hex
from lab.miners.eth_proxy import USUAL_HASHES_PER_S, ethereum_chain
from lab.miners.failover import mine_with_rigs
from lab.miners.json_rpc import JsonStyle, Message
from lab.miners.miner import Miner
from lab.miners.pool import Pool, PoolHabits, Session, hashes_a_share, target_hex
from lab.miners.rig import Rig, drawn_rig, hex_address

_PORTS = (4444, 8008, 3333, 9999, 14445)
_NODES = ("Geth/v1.9.25-stable-e7872729/linux-amd64/go1.15.6", "OpenEthereum/v3.1.0", "Nethermind/v1.10", "pool")
_AGENTS = ("ethminer-0.19.0", "ethminer-0.18.0-alpha.1", "lolMiner-1.42", "nsfminer-1.3.14")
_NOOP = {"id": 7, "method": "mining.noop"}
_ERRORS = {"stale": (404, "Job not found"), "low": (406, "Bad nonce")}


class EthStratum2Pool(Pool):
    def __init__(self, habits: PoolHabits, random: Random) -> None:
        super().__init__(habits, ethereum_chain(random), random)
        self._epoch, self._node = random.randrange(300, 480), random.choice(_NODES)
        self._extranonce_digits = random.choice((4, 4, 6))

    def new_work(self, job_id: str) -> tuple[str, str]:
        return job_id, random_hex(self.random, 64)

    def answer(self, session: Session, message: Message) -> None:
        method, id_ = message.get("method"), message.get("id")
        if method == "mining.hello":
            session.send({"id": id_, "result": self._hello()})
        elif method == "mining.subscribe":
            session.send({"id": id_, "result": "s-" + random_hex(self.random, 10)})
        elif method == "mining.authorize":
            session.send({"id": id_, "result": "w-" + random_hex(self.random, 3)})
            session.ready = True
            session.extranonce = random_hex(self.random, self._extranonce_digits)
            session.send(self._settings(session))
            self.announce(session)
        elif method == "mining.submit":
            fault = self.fault(session, message["params"][0])
            code, text = _ERRORS.get(fault or "", (0, ""))
            session.send({"id": id_} | ({"error": {"code": code, "message": text}} if fault else {}))
            self.retarget(session)
        elif method != "mining.bye":  # mining.hashrate, mining.noop
            session.send({"id": id_})

    def announce(self, session: Session) -> None:
        job_id, header = self.work()
        clean = "1" if self.is_new_block(session) else "0"
        session.send({"method": "mining.notify", "params": [job_id, f"{self.chain.height:x}", header, clean]})

    def tell_difficulty(self, session: Session) -> None:
        """Only what has changed."""
        target = target_hex(session.difficulty.value)
        session.send({"method": "mining.set", "params": {"target": target}})

    def redirect(self, session: Session) -> None:
        session.send({"method": "mining.bye"})

    def _hello(self) -> Message:
        limits = {"resume": "0", "timeout": "b4", "maxerrors": "5"}
        return {"proto": "EthereumStratum/2.0.0", "encoding": "plain"} | limits | {"node": self._node}

    def _settings(self, session: Session) -> Message:
        first = {"epoch": f"{self._epoch:x}", "target": target_hex(session.difficulty.value)}
        return {"method": "mining.set", "params": first | {"algo": "ethash", "extranonce": session.extranonce}}


class EthStratum2Miner(Miner):
    def __init__(self, visit: Visit, rig: Rig, style: JsonStyle) -> None:
        super().__init__(visit, rig, style)
        self._extranonce = ""
        self._reports_s = self.random.choice((None, 30.0, 60.0, 60.0))
        self._noop_s = self.random.choice((None, 60.0, 90.0, 120.0))

    async def greet(self) -> None:
        hello = {"agent": self.random.choice(_AGENTS), "host": self.visit.place.name, "port": "115c"}
        await self.ask({"id": 0, "method": "mining.hello", "params": hello | {"proto": "EthereumStratum/2.0.0"}})
        await self.ask({"id": 1, "method": "mining.subscribe"})
        login = [self.rig.first_login, self.rig.password]
        self._worker = (await self.ask({"id": 2, "method": "mining.authorize", "params": login}))["result"]

    def understand(self, message: Message) -> None:
        method, params = message.get("method"), message.get("params", {})
        if method == "mining.notify":
            self.take_job(params)
        elif method == "mining.set":
            self._extranonce = params.get("extranonce") or self._extranonce
            self.take_difficulty(hashes_a_share(params["target"]))
        elif method == "mining.bye":
            raise ConnectionResetError("the pool said goodbye")

    def submit(self, job: list, worker: str) -> None:
        nonce = random_hex(self.random, 16 - len(self._extranonce))
        params = [job[0], nonce, self._worker]
        self.send({"id": 40 + self.random.randrange(6), "method": "mining.submit", "params": params})

    def timers(self) -> list[Coroutine]:
        timers = []
        if self._reports_s:
            timers.append(repeat(lambda: self._reports_s, self._report, self.visit.pause))
        if self._noop_s:
            timers.append(repeat(lambda: self._noop_s, lambda: self.send(_NOOP), self.visit.pause))
        return timers

    def say_goodbye(self) -> None:
        self.send({"id": 60, "method": "mining.bye"})

    def _report(self) -> None:
        rate = int(self.rig.hashes_per_s * self.random.uniform(0.97, 1.03))
        self.send({"id": 9, "method": "mining.hashrate", "params": [f"{rate:x}", self._worker]})


async def open_pool(place: Place) -> EthStratum2Pool:
    pool = EthStratum2Pool(PoolHabits.drawn(place.random, USUAL_HASHES_PER_S, _PORTS, tls_share=0.15), place.random)
    await pool.open_at(place)
    return pool


async def use_pool(visit: Visit) -> None:
    style = JsonStyle(sorted=True, version=visit.random.random() < 0.3)
    user = hex_address(visit.random)
    await mine_with_rigs(visit, lambda: EthStratum2Miner(visit, drawn_rig(visit, USUAL_HASHES_PER_S, user), style).mine)


ACTIVITIES = (
    Activity(
        Story(MINING, "eth-stratum2", "lab log: EthereumStratum/2.0.0 emulator at the lab's own pool; nothing hashes"),
        open_pool,
        use_pool,
    ),
)
