# SPDX-License-Identifier: Apache-2.0
"""webminerpool's browser miner and its server: JSON objects with an `identifier` in WebSocket text frames over TLS.

Messages and order of fields: notgiven688/webminerpool SDK/miner_raw/miner/miner.js and worker.js, server/Server/
Program.cs. The server passes on a pool's jobs, of the pool's difficulty; it ends its own messages with a line feed.
Many browsers share one pool connection, which no one here sees. A page that lost its connection looks each
5 s x attempts whether to dial again. Usual port: 8181. Sizes: hashsolved 28, solved 137-160 by the length of job ids.
"""

import asyncio
import contextlib
import json
import uuid
from random import Random

from lab.activity import Activity, Place, Visit
from lab.connection_log import MINING, Story
from lab.identifier import BASE64_28, DIGITS_15, HEX_32, UUID_36, random_hex
from lab.laboratory import ENDED
from lab.miners import browser_messages as messages
from lab.miners.blockchain import Blockchain
from lab.miners.browser_miner import BrowserMiner, leave_page, open_page_socket, stay_s
from lab.miners.json_rpc import Message
from lab.miners.random_work import RandomWork
from lab.miners.xmrig import wallet_address
from lab.websocket import WebSocket, accept_websocket

_PORTS = (8181, 8181, 443, 8443)
_RECONNECT_S = 5.0
_LOOKS_FOR_JOB_S = 2.0
_BETWEEN_PAGES_S = (0.5, 8.0)
_DIFFICULTIES = (500, 1000, 1000, 2000, 5000)
_POOLS = ("xmrpool.eu", "moneropool.com", "minexmr.com", "supportxmr.com", "poolto.be", "moneroocean.stream")

_EVIDENCE = "lab log: webminerpool-like emulator at the lab's own server; nothing hashes"


class WebMinerPool:
    def __init__(self, random: Random) -> None:
        self._random = random
        self.port = random.choice(_PORTS)
        self.login = self._login()
        self._job_id = random.choice((DIGITS_15, BASE64_28, HEX_32, UUID_36))
        self._difficulty = random.choice(_DIFFICULTIES)
        self._algorithm = random.choice(("cn", "cn", "cn-lite", "cn-half"))
        self._check_mean_s = random.uniform(0.003, 0.15)
        refresh_s = random.choice((None, 30, 60))
        self._chain = Blockchain(120, refresh_s, random.randrange(1_500_000, 1_900_000), random)
        self._running = asyncio.create_task(self._chain.run())

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        websocket = await accept_websocket(reader, writer)
        jobs: asyncio.Task | None = None
        try:
            async for payload in websocket.payloads():
                identifier = json.loads(payload)["identifier"]
                if identifier == "handshake":
                    websocket.send_text(self._job())
                    jobs = asyncio.create_task(self._push_jobs(websocket))
                elif identifier == "solved":
                    await asyncio.sleep(self._random.expovariate(1 / self._check_mean_s))
                    websocket.send_text(_ended({"identifier": "hashsolved"}))
        finally:
            if jobs:
                jobs.cancel()

    def _login(self) -> Message:
        """Whose hashes they are: said in full, or by a registered id."""
        random = self._random
        user = random.choice(("", "", f"user{random.randrange(10**4)}"))
        if random.random() < 0.3:
            return {"loginid": str(uuid.UUID(int=random.getrandbits(128))), "userid": user, "version": 8}
        named: Message = {"pool": random.choice(_POOLS), "login": wallet_address(random)}
        named |= {"password": random.choice(("", "x"))}
        return named | {"userid": user, "version": random.choice((7, 8))}

    def _job(self) -> str:
        random = self._random
        blob = "0a0a" + random_hex(random, 74) + 8 * "0" + random_hex(random, 64) + f"{random.randrange(3, 60):02x}"
        job: Message = {"identifier": "job", "job_id": self._job_id.draw(random), "algo": self._algorithm, "variant": 2}
        job |= {"height": self._chain.height, "blob": blob, "target": messages.target(self._difficulty)}
        return _ended(job)

    async def _push_jobs(self, websocket: WebSocket) -> None:
        async for _ in self._chain.templates():
            websocket.send_text(self._job())


async def open_pool(place: Place) -> WebMinerPool:
    pool = WebMinerPool(place.random)
    await place.serve(pool.port, pool.talk, tls=True)
    return pool


async def visit_pages(visit: Visit) -> None:
    """Page after page of one site."""
    miner = BrowserMiner.drawn(visit.place.name, visit.random)
    attempts = 1
    while True:
        with contextlib.suppress(*ENDED):
            async with asyncio.timeout(stay_s(visit.random)) as stay:
                await _mine_on_page(visit, miner)
        attempts = 1 if stay.expired() else attempts + 1
        pause = visit.random.uniform(*_BETWEEN_PAGES_S) if stay.expired() else _RECONNECT_S * attempts
        await visit.pause(pause)


async def _mine_on_page(visit: Visit, miner: BrowserMiner) -> None:
    pool: WebMinerPool = visit.service
    async with visit.dial(pool.port, tls=True, protocols=("http/1.1",)) as (reader, writer):
        websocket = await open_page_socket(miner, "/", reader, writer)
        websocket.send_text(_compact({"identifier": "handshake"} | pool.login))
        work = RandomWork(miner.hashes_per_s / visit.slowness, visit.random)
        job: Message = {}
        submits = asyncio.create_task(_submit_shares(websocket, work, job, visit.random))
        try:
            async for payload in websocket.payloads():
                message = json.loads(payload)
                if message["identifier"] == "job":
                    if not job:  # workers look for the first one now and then
                        await asyncio.sleep(visit.random.uniform(0, _LOOKS_FOR_JOB_S))
                    job.update(message)
                    work.set_difficulty(messages.difficulty(job["target"]))
        finally:
            submits.cancel()
            await leave_page(websocket, miner)


async def _submit_shares(websocket: WebSocket, work: RandomWork, job: Message, random: Random) -> None:
    while True:
        await work.share()
        found = {"job_id": job["job_id"], "nonce": random_hex(random, 8), "result": random_hex(random, 64)}
        websocket.send_text(_compact({"identifier": "solved"} | found))


def _compact(message: Message) -> str:
    return json.dumps(message, separators=(",", ":"))


def _ended(message: Message) -> str:
    return _compact(message) + "\n"


ACTIVITIES = (Activity(Story(MINING, "webminerpool-wss", _EVIDENCE), open_pool, visit_pages),)
