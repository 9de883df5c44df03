# SPDX-License-Identifier: Apache-2.0
"""xmr-stak at a pool of its years, 2017 to 2019.

Messages as commonly documented ("method" first, each request has the number 1, no keepalive; an answer is awaited for
10 s; extensions "backend", "hashcount" and "algo" lengthen the submit). Sizes with the line feed: login 215-275, submit
183 or 194 by id lengths, job 242-310, reply 63-66 (nDPI's public capture: 183, 253, 63).
"""

from dataclasses import dataclass, replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import DIGITS_15
from lab.miners.blockchain import Blockchain
from lab.miners.failover import Persistence
from lab.miners.json_rpc import Message
from lab.miners.monero_job import JobStyle
from lab.miners.monero_miner import MoneroMiner, keep_mining
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.xmrig import rig_name, wallet_address
from lab.miners.xmrig_pools import open_pool
from lab.rhythm import log_uniform

_EXTENSIONS = ((), (), (), ("algo",), ("backend", "hashcount"), ("algo", "backend", "hashcount", "motd"))
_BACKENDS = ("cpu", "amd", "nvidia", "cpu-nvidia", "amd-cpu")


@dataclass
class StakWords:
    user: str
    password: str
    agent: str
    rig: str
    backend: str
    extensions: tuple[str, ...]
    hashes: int = 0
    keepalive_s: float | None = None

    @staticmethod
    def drawn(random: Random, extensions: tuple[str, ...]) -> "StakWords":
        version = f"{random.choice((1, 2, 2, 2))}.{random.randrange(0, 11)}.{random.randrange(9)}"
        backend = random.choice(_BACKENDS)
        agent = f"xmr-stak/{version}/{random.getrandbits(28):07x}/master/{random.choice(('win', 'lin', 'mac'))}"
        agent += f"/{backend}/{random.choice((0, 10, 20))}"
        password = random.choice(("x", "", rig_name(random)))
        rig = rig_name(random) if random.random() < 0.3 else ""
        return StakWords(wallet_address(random), password, agent, rig, backend, extensions)

    def login(self) -> Message:
        return _request("login", {"login": self.user, "pass": self.password, "rigid": self.rig, "agent": self.agent})

    def submit(self, session: str, job: Message, nonce: str, result: str) -> Message:
        params: Message = {"id": session, "job_id": job["job_id"], "nonce": nonce, "result": result}
        self.hashes += int(nonce, 16) % 100_000
        if "backend" in self.extensions:
            params["backend"] = self.backend
        if "hashcount" in self.extensions:
            params |= {"hashcount": self.hashes, "hashcount_total": self.hashes}
        if "algo" in self.extensions:
            params["algo"] = "cryptonight_v8"
        return _request("submit", params)

    def keepalive(self, session: str) -> Message:
        return _request("keepalived", {"id": session})


def _request(method: str, params: Message) -> Message:
    return {"method": method, "params": params, "id": 1}


async def open_old_pool(place: Place) -> MoneroPool:
    random = place.random
    style = PoolStyle.drawn(random, JobStyle.older(random))
    style = replace(style, extensions=random.choice(_EXTENSIONS))
    if random.random() < 0.6:
        style = replace(style, session_id=DIGITS_15)
    refresh_s = log_uniform(random, 20, 60) if random.random() < 0.5 else None
    chain = Blockchain(120, refresh_s, 1_700_000, random, place.lab.random("blocks of cn"))
    return await open_pool(place, style, chain, tls=random.random() < 0.15)


async def use_old_pool(visit: Visit) -> None:
    random = visit.random
    words = StakWords.drawn(random, visit.service.style.extensions)
    # CryptoNight on a few cores or some graphics cards.
    miner = MoneroMiner(words, log_uniform(random, 60, 6_000) / visit.slowness, random, tcp_keepalive=False)
    await keep_mining(visit, miner, Persistence(random.choice((30, 10, 10)), random.choice((1, 3))))


ACTIVITIES = (
    Activity(
        Story(MINING, "xmr-stak", "lab log: xmr-stak-like emulator at the lab's own pool; nothing hashes"),
        open_old_pool,
        use_old_pool,
    ),
)
