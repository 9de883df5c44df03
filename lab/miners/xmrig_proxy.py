# SPDX-License-Identifier: Apache-2.0
"""Proxies that gather many miners: their one connection to a pool, and miners at a proxy outside.

xmrig/xmrig-proxy README.md and src/proxy/: up to 256 miners share an upstream (one byte of the nonce is theirs), whose
shares are the sum of all; below, the proxy is a pool with extensions "algo", "nicehash", "keepalive" and UUIDs for
sessions, all at the upstream's difficulty unless "custom-diff" is set. Its restart makes all miners log in again.
Snipa22/nodejs-pool lib/pool.js, and xmr-node-proxy as commonly documented: proxies known by name get templates of
kilobytes, and difficulties for a share in 5 s; a submit names the worker's and the pool's nonce besides.
"""

import asyncio
from dataclasses import dataclass, replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import UUID_36
from lab.miners.failover import Persistence
from lab.miners.json_rpc import Envelope, Message
from lab.miners.monero_job import JobStyle
from lab.miners.monero_miner import MoneroMiner, keep_mining
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.xmrig import XmrigWords, hash_rate, wallet_address
from lab.miners.xmrig_pools import drawn_chain, drawn_miner, mine, open_pool
from lab.rhythm import log_uniform

_MINERS_OF_AN_UPSTREAM = 256
# With a difficulty of its own choice, a proxy asks for shares as often as its owner likes to see them.
_ASKED_SHARE_S = (0.4, 12)
_COMING_AND_GOING_S = (60, 900)
_SHARE_OF_ONE_S = (3, 200)
_FASTEST_RATE = 60_000


@dataclass
class NodeProxyWords:
    """xmr-node-proxy's."""

    user: str
    password: str
    agent: str
    keepalive_s: float | None = 30
    _next_id: int = 1

    def login(self) -> Message:
        self._next_id = 1
        return self._request("login", {"login": self.user, "pass": self.password, "agent": self.agent})

    def submit(self, session: str, job: Message, nonce: str, result: str) -> Message:
        number = int(nonce, 16)
        params: Message = {"job_id": job["job_id"], "nonce": nonce, "result": result}
        params |= {"workerNonce": number % 2**32, "poolNonce": number * 7919 % 2**32, "id": session}
        return self._request("submit", params)

    def keepalive(self, session: str) -> Message:
        return self._request("keepalived", {"id": session})

    def _request(self, method: str, params: Message) -> Message:
        message = {"method": method, "id": self._next_id, "params": params}
        self._next_id += 1
        return message


async def open_for_proxies(place: Place) -> MoneroPool:
    random = place.random
    _, chain = drawn_chain(place)
    templates = random.random() < 0.4
    style = PoolStyle.drawn(random, JobStyle.for_proxies(random) if templates else None)
    first = int(log_uniform(random, 50_000, 800_000))
    style = replace(style, first_difficulty=first, share_target_s=log_uniform(random, 2, 20))
    return await open_pool(place, style, chain, tls=random.random() < 0.6)


async def gather_shares(visit: Visit) -> None:
    """A proxy in the network, its miners elsewhere in it: what is seen is the sum of their shares."""
    random = visit.random
    miners = int(log_uniform(random, 5, 600))
    upstreams = -(-miners // _MINERS_OF_AN_UPSTREAM)
    user = wallet_address(random)
    async with asyncio.TaskGroup() as tasks:
        for _ in range(upstreams):
            rates = [hash_rate(random) / visit.slowness for _ in range(miners // upstreams)]
            words = _words(visit, user, sum(rates))
            upstream = MoneroMiner(words, sum(rates), random)
            tasks.create_task(keep_mining(visit, upstream, Persistence(1, 5)))
            tasks.create_task(_come_and_go(upstream, rates, random))


def _words(visit: Visit, user: str, hashes_per_s: float) -> XmrigWords | NodeProxyWords:
    random = visit.random
    if random.random() < 0.5:
        user += f"+{int(hashes_per_s * log_uniform(random, *_ASKED_SHARE_S))}"
    if visit.service.style.job.is_template:
        return NodeProxyWords(user, random.choice(("x", "proxy")), f"xmr-node-proxy/0.0.{random.randrange(1, 30)}")
    version = f"6.{random.randrange(0, 23)}.{random.randrange(3)}"
    agent = f"xmrig-proxy/{version} (Linux x86_64) libuv/1.{random.randrange(34, 52)}.0 gcc/{random.randrange(7, 14)}"
    return XmrigWords(user, "x", agent, keepalive_s=random.choice((None, 60)))


async def _come_and_go(upstream: MoneroMiner, rates: list[float], random: Random) -> None:
    """A few of the miners are switched on or off now and then."""
    mean_s = log_uniform(random, *_COMING_AND_GOING_S)
    present = [True] * len(rates)
    while True:
        await asyncio.sleep(random.expovariate(1 / mean_s))
        for _ in range(random.randint(1, max(1, len(rates) // 10))):
            changed = random.randrange(len(rates))
            present[changed] = not present[changed] or random.random() < 0.3
        upstream.set_hash_rate(sum(rate for rate, here in zip(rates, present) if here))


async def open_proxy(place: Place) -> MoneroPool:
    """A proxy outside. Without custom difficulties all its miners have the upstream's, which seldom changes."""
    random = place.random
    algorithm, chain = drawn_chain(place)
    style = PoolStyle.drawn(random, replace(JobStyle.drawn(random), algorithm=algorithm, target_digits=8))
    extensions = ("algo", "nicehash", "connect", "tls", "keepalive") if random.random() < 0.5 else (
        "algo", "nicehash", "connect", "keepalive"
    )  # fmt: skip
    envelope = Envelope(("id", "jsonrpc", "error", "result"))
    style = replace(
        style,
        envelope=envelope,
        session_id=UUID_36,
        extensions=extensions,
        first_difficulty=int(log_uniform(random, 8_000, 2_000_000)),
        retarget_s=None if random.random() < 0.6 else style.retarget_s,
        backend_s=random.uniform(0.01, 0.15) if random.random() < 0.5 else 0.0,
        idle_s=600,
    )
    return await open_pool(place, style, chain, tls=random.random() < 0.4)


async def use_proxy(visit: Visit) -> None:
    """Miners of one owner: their proxy's difficulty suits all of them together, so each one's shares are rarer.

    Nothing is donated: the proxy does that.
    """
    random = visit.random
    alone_s = log_uniform(random, *_SHARE_OF_ONE_S)
    rate = min(visit.service.style.first_difficulty / alone_s, _FASTEST_RATE) / visit.slowness
    miners = [drawn_miner(random, XmrigWords.drawn(random), rate) for _ in range(random.choice((1, 1, 1, 2, 5)))]
    async with asyncio.TaskGroup() as tasks:
        for miner in miners:
            tasks.create_task(mine(visit, miner, donating=False))


ACTIVITIES = (
    Activity(
        Story(MINING, "xmrig-proxy", "lab log: emulator of a proxy's connection to the lab's own pool; nothing hashes"),
        open_for_proxies,
        gather_shares,
    ),
    Activity(
        Story(MINING, "xmrig-to-proxy", "lab log: XMRig-like emulator at the lab's own proxy; nothing hashes"),
        open_proxy,
        use_proxy,
    ),
)
