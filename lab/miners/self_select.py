# SPDX-License-Identifier: Apache-2.0
"""XMRig at a pool that lets miners choose their own template, from a node of their choice.

xmrig/xmrig src/base/net/stratum/SelfSelectClient.cpp: the login says "mode":"self-select"; after each job of the pool
the node's template is fetched, and sent to the pool as block_template, of kilobytes.
"""

import asyncio
import json
from dataclasses import replace
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.laboratory import ENDED
from lab.miners.failover import Persistence
from lab.miners.json_rpc import Message
from lab.miners.monero_daemon import DaemonStyle, MoneroDaemon
from lab.miners.monero_job import JobStyle
from lab.miners.monero_miner import MoneroMiner, keep_mining
from lab.miners.monero_pool import MoneroPool, PoolStyle
from lab.miners.node_rpc import Caller, DaemonPort, ask_once, open_daemon
from lab.miners.xmrig import XmrigWords, hash_rate
from lab.miners.xmrig_pools import drawn_chain, open_pool

_JOB_FIELDS = ("pool_wallet", "extra_nonce", "target", "job_id", "id")


class SelfSelectPool(MoneroPool):
    """Beside it, on another port, a node. A job names the pool's wallet instead of a blob."""

    node: DaemonPort


async def open_self_select(place: Place) -> MoneroPool:
    random = place.random
    _, chain = drawn_chain(place)
    job = replace(JobStyle.drawn(random), fields=_JOB_FIELDS)
    style = PoolStyle.drawn(random, job)
    pool = await open_pool(place, style, chain, tls=random.random() < 0.3)
    daemon = MoneroDaemon(DaemonStyle.drawn(random), chain, random)
    pool.node = await open_daemon(place, daemon)
    return pool


class SelfSelectMiner(MoneroMiner):
    """Works on the node's template, once the pool has agreed to it."""

    def __init__(self, visit: Visit, words: XmrigWords, hashes_per_s: float, random: Random) -> None:
        super().__init__(words, hashes_per_s, random)
        self._visit = visit
        others = list(zip(visit.places, visit.services))
        # The node is a server of its own where there is another one.
        self._node_place, node_pool = random.choice(others[1:] or [(visit.place, visit.service)])
        self._node = node_pool.node
        self._caller = Caller(self._node_place.name, words.agent, words.user, False)
        self._fetches: set[asyncio.Task] = set()

    def _take(self, job: Message) -> None:
        fetch = asyncio.create_task(self._choose_template(job))
        self._fetches.add(fetch)
        fetch.add_done_callback(self._fetches.discard)

    async def _choose_template(self, job: Message) -> None:
        number = len(self._fetches) + 1
        params = {"wallet_address": job["pool_wallet"], "extra_nonce": job["extra_nonce"]}
        request = self._caller.call(number, "getblocktemplate", params)
        try:
            answer = await ask_once(self._visit, self._node_place, self._node.port, request)
        except ENDED:
            return
        template = json.loads(answer.body)["result"]
        self.say(self.words.block_template(self._session, job, template))
        super()._take(job)


async def use_self_select(visit: Visit) -> None:
    random = visit.random
    rate = hash_rate(random) / visit.slowness
    words = replace(XmrigWords.drawn(random), extra_login=(("mode", "self-select"),))
    await keep_mining(visit, SelfSelectMiner(visit, words, rate, random), Persistence.like_xmrig(random))


ACTIVITIES = (
    Activity(
        Story(MINING, "xmrig-self-select", "lab log: XMRig-like emulator with the lab's own pool and node"),
        open_self_select,
        use_self_select,
    ),
)
