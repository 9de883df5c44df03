# SPDX-License-Identifier: Apache-2.0
"""How a miner that must not be noticed behaves: part of the processor, or only while nobody is at the machine.

Described in public reports on cryptojacking malware: limits on processor use, pauses while the user or a task manager
is active, pools reached on port 443, made-up agents and a login without a wallet (a bot's number, for a proxy).
"""

import asyncio
from random import Random

from lab.identifier import random_hex
from lab.miners.monero_miner import MoneroMiner
from lab.miners.xmrig import XmrigWords, agent, algorithms, hash_rate, rig_name, wallet_address
from lab.rhythm import log_uniform

_AGENTS = ("xmrig", "curl/7.68.0", "Mozilla/5.0 (Windows NT 10.0; Win64; x64)", "client/2.1", "svchost", "")
_AT_WORK_MEAN_S, _AWAY_MEAN_S = (60, 1_500), (120, 3_600)


def hidden_words(random: Random, fixed_difficulty: float | None = None) -> XmrigWords:
    user = random.choice((wallet_address(random), random_hex(random, 16), rig_name(random), random_hex(random, 32)))
    if fixed_difficulty:
        user += f"+{int(fixed_difficulty)}"
    name = agent(random) if random.random() < 0.4 else random.choice(_AGENTS)
    known = algorithms(random) if random.random() < 0.4 else ()
    password = random.choice(("x", "", random_hex(random, 8)))
    return XmrigWords(user, password, name, None, known, random.choice((None, 60)))


def hidden_hash_rate(random: Random) -> float:
    """An ordinary machine's, throttled."""
    return min(hash_rate(random), 12_000) * random.uniform(0.1, 0.6)


async def lie_low(miner: MoneroMiner, random: Random) -> None:
    """Until cancelled."""
    if random.random() < 0.4:
        await asyncio.Event().wait()
    full, while_watched = miner.hashes_per_s, random.choice((0.0, 0.0, 0.1, 0.25))
    at_work_s, away_s = log_uniform(random, *_AT_WORK_MEAN_S), log_uniform(random, *_AWAY_MEAN_S)
    watched = random.random() < at_work_s / (at_work_s + away_s)
    while True:
        miner.set_hash_rate(full * while_watched if watched else full)
        await asyncio.sleep(random.expovariate(1 / (at_work_s if watched else away_s)))
        watched = not watched
