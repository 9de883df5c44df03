# SPDX-License-Identifier: Apache-2.0
"""XMRig at public pools: plain, over TLS, at NiceHash, at high difficulty, and through a SOCKS5 proxy.

NiceHash: nicehash/Specifications NiceHash_CryptoNight_modification_v1.0.txt (the pool keeps one byte of the nonce;
jobs change with the buyers' orders, many a minute; "method" comes first). SOCKS: xmrig/xmrig Socks5.cpp.
"""

import asyncio
from dataclasses import replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.donation import donate
from lab.miners.failover import Persistence
from lab.miners.lying_low import lie_low
from lab.miners.monero_miner import MoneroMiner, keep_mining
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.rig import base58_address
from lab.miners.xmrig import XmrigWords, hash_rate, rig_name
from lab.rhythm import log_uniform
from lab.wrapping.carried_stream import Preamble
from lab.wrapping.socks5 import ask_for, serve_socks

_PLAIN_PORTS = (3333, 3333, 13531, 14444, 5555, 7777, 8080, 80, 443, 10128, 4444)
_TLS_PORTS = (443, 443, 14433, 9000, 20128, 3334, 6666)
_SOCKS_PORTS = (1080, 1080, 9050, 8888, 10808)
# Algorithm, mean seconds a block, height of its chain: Monero's forks share its messages.
_COINS = (("rx/0", 120, 3_100_000), ("rx/0", 120, 3_100_000), ("rx/wow", 300, 600_000), ("rx/arq", 120, 1_500_000))
# A connection with a share in hours, or none.
_RARE_SHARE_S = (3_000, 60_000)
_ASKED_SHARE_S = (3, 150)


def drawn_chain(place: Place, refresh_s: tuple[float, float] = (15, 90)) -> tuple[str, Blockchain]:
    """The place's coin as its node sees it. All pools of a coin see its blocks together."""
    random = place.random
    algorithm, block_s, height = random.choice(_COINS)
    refresh = log_uniform(random, *refresh_s) if random.random() < 0.6 else None
    blocks = place.lab.random(f"blocks of {algorithm}")
    return algorithm, Blockchain(block_s, refresh, height, random, blocks)


async def open_pool(place: Place, style: PoolStyle, chain: Blockchain, *, tls: bool) -> MoneroPool:
    pool = MoneroPool(style, chain, place.random, place.random.choice(_TLS_PORTS if tls else _PLAIN_PORTS), tls)
    pool.start()
    await place.serve(pool.port, pool.talk, tls=tls)
    return pool


def drawn_miner(random: Random, words: XmrigWords, hashes_per_s: float) -> MoneroMiner:
    return MoneroMiner(words, hashes_per_s, random, tcp_keepalive="Windows" not in words.agent)


async def mine(visit: Visit, miner: MoneroMiner, preamble: Preamble | None = None, *, donating: bool = True) -> None:
    """With its failover, donations if its owner left them on, and rest while the machine is used, if that is set."""
    random = visit.random
    async with asyncio.TaskGroup() as tasks:
        if random.random() < 0.15:
            tasks.create_task(lie_low(miner, random))
        tasks.create_task(keep_mining(visit, miner, Persistence.like_xmrig(random), preamble))
        if donating and random.random() < 0.7:
            words = XmrigWords.drawn(random, user=random_hex(random, 64))
            tasks.create_task(donate(visit, miner, drawn_miner(random, words, miner.hashes_per_s), random))


async def open_plain(place: Place) -> MoneroPool:
    algorithm, chain = drawn_chain(place)
    return await open_pool(place, _with_algorithm(PoolStyle.drawn(place.random), algorithm), chain, tls=False)


async def open_tls(place: Place) -> MoneroPool:
    algorithm, chain = drawn_chain(place)
    return await open_pool(place, _with_algorithm(PoolStyle.drawn(place.random), algorithm), chain, tls=True)


async def use_pool(visit: Visit) -> None:
    """One worker, or some behind one address."""
    random = visit.random
    workers = random.choices((1, 2, 3, 4), (12, 2, 1, 1))[0]
    async with asyncio.TaskGroup() as tasks:
        for _ in range(workers):
            rate = hash_rate(random) / visit.slowness
            asked = rate * log_uniform(random, *_ASKED_SHARE_S) if random.random() < 0.25 else None
            tasks.create_task(mine(visit, drawn_miner(random, XmrigWords.drawn(random, asked), rate)))


async def open_nicehash(place: Place) -> MoneroPool:
    random = place.random
    _, chain = drawn_chain(place, (6, 40))
    style = PoolStyle.drawn(random)
    envelope = replace(style.envelope, method_first=random.random() < 0.7)
    style = replace(style, envelope=envelope, extensions=("nicehash",), share_target_s=log_uniform(random, 10, 90))
    return await open_pool(place, style, chain, tls=random.random() < 0.5)


async def use_nicehash(visit: Visit) -> None:
    random = visit.random
    words = XmrigWords.drawn(random, user=f"{base58_address(random, '3', 34)}.{rig_name(random)}")
    await mine(visit, drawn_miner(random, words, hash_rate(random) / visit.slowness))


async def open_any(place: Place) -> MoneroPool:
    algorithm, chain = drawn_chain(place)
    style = _with_algorithm(PoolStyle.drawn(place.random), algorithm)
    return await open_pool(place, style, chain, tls=place.random.random() < 0.5)


async def use_high_difficulty(visit: Visit) -> None:
    random = visit.random
    rate = hash_rate(random) / visit.slowness
    words = XmrigWords.drawn(random, rate * log_uniform(random, *_RARE_SHARE_S))
    await mine(visit, drawn_miner(random, words, rate))


async def open_socks(place: Place) -> MoneroPool:
    """The proxy alone is seen; the pool is somewhere behind it."""
    random = place.random
    algorithm, chain = drawn_chain(place)
    style = replace(_with_algorithm(PoolStyle.drawn(random), algorithm), backend_s=random.uniform(0.01, 0.2))
    pool = MoneroPool(style, chain, random, random.choice(_SOCKS_PORTS))
    pool.start()
    await place.serve(pool.port, serve_socks(pool.talk, style.backend_s))
    return pool


async def use_socks(visit: Visit) -> None:
    random = visit.random
    pool_name = f"pool{random.randrange(99)}.{random.choice(('example.net', 'mine.example', 'xmr.example.org'))}"
    miner = drawn_miner(random, XmrigWords.drawn(random), hash_rate(random) / visit.slowness)
    await mine(visit, miner, ask_for(pool_name, random.choice(_PLAIN_PORTS)), donating=False)


def _with_algorithm(style: PoolStyle, algorithm: str) -> PoolStyle:
    return replace(style, job=replace(style.job, algorithm=algorithm))


def _story(kind: str, what: str) -> Story:
    return Story(MINING, kind, f"lab log: XMRig-like emulator {what}; nothing hashes")


ACTIVITIES = (
    Activity(_story("xmrig-plain", "at the lab's own pool"), open_plain, use_pool),
    Activity(_story("xmrig-tls", "over TLS at the lab's own pool"), open_tls, use_pool),
    Activity(_story("xmrig-nicehash", "at the lab's own pool in NiceHash mode"), open_nicehash, use_nicehash),
    Activity(_story("xmrig-high-difficulty", "at the lab's own pool, hours a share"), open_any, use_high_difficulty),
    Activity(_story("xmrig-socks", "through the lab's own SOCKS5 proxy"), open_socks, use_socks),
)
