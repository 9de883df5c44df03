# SPDX-License-Identifier: Apache-2.0
"""Ethereum's eth-proxy dialect (`stratum1+tcp`): an ethminer-like and a Claymore-like miner, and their pool.

Messages: ethereum-mining/ethminer libpoolprotocols/stratum/EthStratumClient.cpp; Claymore's in the comments of
btccom/btcpool StratumMessageDispatcher and of nDPI's mining.c. Sizes with the line feed: login 125-146, login reply 39,
getWork 44 or 81 (Claymore: each 10.0 s), work 243 in reply and as push, submitWork 205 (Claymore) or 222, submit reply
39-40, submitHashrate 147-148 (Claymore, each 20 s). Pushes: 63 in 296 s were measured, a block each 13 s and updates of
its template between.
"""

import asyncio
import json
from dataclasses import dataclass
from random import Random

from lab.miners.blockchain import Blockchain
from lab.miners.json_lines import Message, line, random_hex, read_message
from lab.miners.random_work import RandomWork

_CLAYMORE_GET_WORK_S = 10.0
_HASHRATE_S = 20.0
_CHECK_MEAN_S = 0.003


class EthProxyPool:
    def __init__(self, chain: Blockchain, random: Random) -> None:
        self._chain, self._random = chain, random
        self._seed_hash = "0x" + random_hex(random, 64)
        self._target = "0x" + random_hex(random, 56).zfill(64)
        self._header = ""
        self._header_version = -1

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        pushes: asyncio.Task | None = None
        try:
            while message := await read_message(reader):
                await asyncio.sleep(self._random.expovariate(1 / _CHECK_MEAN_S))
                if message["method"] == "eth_getWork":
                    writer.write(line(self._work(message["id"])))
                    pushes = pushes or asyncio.create_task(self._push(writer))
                else:  # eth_submitLogin, eth_submitWork, eth_submitHashrate
                    writer.write(line({"id": message["id"], "jsonrpc": "2.0", "result": True}))
        finally:
            if pushes:
                pushes.cancel()

    def _work(self, id_: object) -> Message:
        if self._header_version != self._chain.version:
            self._header, self._header_version = "0x" + random_hex(self._random, 64), self._chain.version
        return {"id": id_, "jsonrpc": "2.0", "result": [self._header, self._seed_hash, self._target]}

    async def _push(self, writer: asyncio.StreamWriter) -> None:
        async for _ in self._chain.templates():
            writer.write(line(self._work(0)))


@dataclass(frozen=True)
class Rig:
    worker: str
    hashes_per_s: float
    difficulty: float  # of a share, fixed by the pool


async def mine_as_ethminer(
    rig: Rig, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random: Random
) -> None:
    """Until cancelled. Keys in alphabetical order, as its JSON library writes them."""
    account = "0x" + random_hex(random, 40)
    login = {
        "id": 1,
        "jsonrpc": "2.0",
        "method": "eth_submitLogin",
        "params": [account],
        "worker": rig.worker,
    }
    writer.write(line(login))
    await read_message(reader)
    writer.write(line({"id": 5, "method": "eth_getWork", "params": []}))

    def submit(header: str) -> bytes:
        message = {
            "id": 4,
            "method": "eth_submitWork",
            "params": _solution(header, random),
            "worker": rig.worker,
        }
        return line(message)

    await _submit_until_closed(rig, submit, reader, writer, random)


async def mine_as_claymore(
    rig: Rig, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random: Random
) -> None:
    """Until cancelled. Asks for work and tells its hash rate on timers of its own; spaces behind most separators."""
    account = f"0x{random_hex(random, 40)}.{rig.worker}"
    writer.write(_spaced({"worker": "eth1.0", "jsonrpc": "2.0", "params": [account, "x"], "id": 2}, "eth_submitLogin"))
    await read_message(reader)
    miner_id = "0x" + random_hex(random, 64)

    async def each(period_s: float, message: bytes) -> None:
        while True:
            writer.write(message)
            await asyncio.sleep(period_s)

    def submit(header: str) -> bytes:
        return line({"id": 4, "method": "eth_submitWork", "params": _solution(header, random)})

    rate = f"0x{int(rig.hashes_per_s):x}"
    get_work = _spaced({"worker": "", "jsonrpc": "2.0", "params": [], "id": 3}, "eth_getWork")
    hashrate = {"id": 6, "jsonrpc": "2.0", "method": "eth_submitHashrate", "params": [rate, miner_id]}
    timers = [
        asyncio.create_task(each(_CLAYMORE_GET_WORK_S, get_work)),
        asyncio.create_task(each(_HASHRATE_S, line(hashrate))),
    ]
    try:
        await _submit_until_closed(rig, submit, reader, writer, random)
    finally:
        for timer in timers:
            timer.cancel()


async def _submit_until_closed(rig, submit, reader, writer, random: Random) -> None:
    work = RandomWork(rig.hashes_per_s, random)
    header = ""

    async def submit_shares() -> None:
        while True:
            await work.share()
            writer.write(submit(header))

    submits = asyncio.create_task(submit_shares())
    try:
        while message := await read_message(reader):
            if isinstance(message["result"], list):
                header = message["result"][0]
                work.set_difficulty(rig.difficulty)
    finally:
        submits.cancel()


def _solution(header: str, random: Random) -> list[str]:
    return ["0x" + random_hex(random, 16), header, "0x" + random_hex(random, 64)]


def _spaced(message: Message, method: str) -> bytes:
    return json.dumps(message | {"method": method}).encode() + b"\n"
