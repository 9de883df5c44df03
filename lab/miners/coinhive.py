# SPDX-License-Identifier: Apache-2.0
"""Coinhive's browser miner and its server: JSON in WebSocket text frames over TLS.

Messages: x25/coinhive-stratum-mining-proxy, xdavidwu/stratum-to-coinhive, deepwn/deepMiner web/lib/deepMiner.js.
Sizes and rhythm: measured on jsiwek/zeek-cryptomining testing/Traces/coinhive.pcap. On the wire with TLS 1.2 AES-GCM
(29 bytes a record): request 558, answer 158, auth 216 (opt-in), authed 81, job 267, submit 199, hash_accepted 79-81,
verify 341, verified 182, ping 39, pong 35, close 35 and 31. Crypto-Loot is the same library under another name with
keys of 44 characters, so its auth is 12 longer.
"""

import asyncio
import contextlib
import json
import socket
from dataclasses import dataclass
from random import Random

from lab.miners.json_lines import Message, random_digits, random_hex
from lab.miners.random_work import RandomWork
from lab.websocket import Opcode, WebSocket, accept_websocket, open_websocket

# Target ffffff00: a share each 256 hashes.
_HASHES_A_SHARE = 256
_TARGET = "ffffff00"
_NEW_JOB_MEAN_S = 75
_VERIFY_MEAN_S = 200
_PING_AFTER_S = (150, 240)
_CHECK_MEAN_S, _QUEUE_MEAN_S, _QUEUE_PROBABILITY = 0.02, 0.9, 0.03
_REQUEST_BYTES = 529
# Length of the opt-in token that makes the auth message as long as the measured one.
_TOKEN_CHARACTERS = 44


@dataclass(frozen=True)
class BrowserMiner:
    host: str
    origin: str
    key_characters: int
    threads: int
    hashes_per_s_and_thread: float
    throttle: float  # share of the time it sleeps


async def mine_in_browser(
    miner: BrowserMiner, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, random: Random
) -> None:
    """Until cancelled; then the page is closed: a close frame, answered, and the end of TLS."""
    websocket = await open_websocket(reader, writer, "GET /proxy HTTP/1.1", _browser_headers(miner, random))
    websocket.send_text(_text("auth", _auth(miner, random)))
    work = RandomWork(miner.threads * miner.hashes_per_s_and_thread * (1 - miner.throttle), random)
    job: Message = {}

    async def submit() -> None:
        while True:
            await work.share()
            share = {"nonce": random_hex(random, 8), "result": random_hex(random, 64)}
            websocket.send_text(_text("submit", {"version": 7, "job_id": job["job_id"]} | share))

    async def ping() -> None:
        await asyncio.sleep(random.uniform(*_PING_AFTER_S))
        websocket.send(Opcode.PING, random.randbytes(4))

    tasks = [asyncio.create_task(submit()), asyncio.create_task(ping())]
    try:
        while frame := await websocket.receive():
            opcode, payload = frame
            if opcode is not Opcode.TEXT:
                continue
            message = json.loads(payload)
            if message["type"] == "job":
                job.update(message["params"])
                work.set_difficulty(_HASHES_A_SHARE)
            elif message["type"] == "verify":
                await asyncio.sleep(1 / miner.hashes_per_s_and_thread)
                websocket.send_text(_text("verified", _verified(message["params"], random)))
    finally:
        for task in tasks:
            task.cancel()
        websocket.send(Opcode.CLOSE)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(_until_closed(websocket), 2)


async def serve_browsers(random: Random, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    websocket = await accept_websocket(reader, writer)
    hashes = 0
    tasks: list[asyncio.Task] = []
    try:
        while frame := await websocket.receive():
            opcode, payload = frame
            if opcode is Opcode.CLOSE:
                websocket.send(Opcode.CLOSE)
                return
            if opcode is not Opcode.TEXT:
                continue
            message = json.loads(payload)
            if message["type"] == "auth":
                _greet(websocket, writer, random)
                tasks = [
                    asyncio.create_task(_push_jobs(websocket, random)),
                    asyncio.create_task(_verify(websocket, random)),
                ]
            elif message["type"] == "submit":
                mean = _QUEUE_MEAN_S if random.random() < _QUEUE_PROBABILITY else _CHECK_MEAN_S
                await asyncio.sleep(random.expovariate(1 / mean))
                hashes += _HASHES_A_SHARE
                websocket.send_text(_text("hash_accepted", {"hashes": hashes}))
    finally:
        for task in tasks:
            task.cancel()


def _greet(websocket: WebSocket, writer: asyncio.StreamWriter, random: Random) -> None:
    """`authed` and the first job: two TLS records in one segment, as measured."""
    connection = writer.get_extra_info("socket")
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 1)
    websocket.send_text(_text("authed", {"token": "", "hashes": 0}))
    websocket.send_text(_text("job", _job(random)))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_CORK, 0)


async def _push_jobs(websocket: WebSocket, random: Random) -> None:
    while True:
        await asyncio.sleep(random.expovariate(1 / _NEW_JOB_MEAN_S))
        websocket.send_text(_text("job", _job(random)))


async def _verify(websocket: WebSocket, random: Random) -> None:
    """Other browsers' shares to be checked. Meaning and fields are inferred, sizes (308 and 145) measured."""
    while True:
        await asyncio.sleep(random.expovariate(1 / _VERIFY_MEAN_S))
        params: Message = {
            "verify_id": random_digits(random, 15),
            "nonce": random_hex(random, 8),
            "result": random_hex(random, 64),
        }
        blob_digits = 308 - len(_text("verify", params | {"blob": ""}))
        websocket.send_text(_text("verify", params | {"blob": random_hex(random, blob_digits)}))


def _verified(verify: Message, random: Random) -> Message:
    params = {"verify_id": verify["verify_id"], "verified": True, "result": ""}
    return params | {"result": random_hex(random, 145 - len(_text("verified", params)))}


def _job(random: Random) -> Message:
    blob = "0707" + random_hex(random, 10 + 64) + 8 * "0" + random_hex(random, 64) + f"{random.randrange(3, 30):02x}"
    return {"job_id": random_digits(random, 15), "blob": blob, "target": _TARGET}


def _auth(miner: BrowserMiner, random: Random) -> Message:
    key = "".join(
        random.choices("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", k=miner.key_characters)
    )
    params = {"version": 7, "site_key": key, "type": "anonymous", "user": None, "goal": 0}
    return params | {"token": random_hex(random, _TOKEN_CHARACTERS)}


def _browser_headers(miner: BrowserMiner, random: Random) -> list[str]:
    """Headers of a browser of 2018; the cookie fills the request up to the measured length."""
    headers = [
        f"Host: {miner.host}",
        "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:60.0) Gecko/20100101 Firefox/60.0",
        "Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "Accept-Language: en-US,en;q=0.5",
        "Accept-Encoding: gzip, deflate, br",
        f"Origin: {miner.origin}",
        "Pragma: no-cache",
        "Cache-Control: no-cache",
    ]
    handshake = (
        "GET /proxy HTTP/1.1",
        "Upgrade: websocket",
        "Connection: Upgrade",
        "Sec-WebSocket-Version: 13",
    )
    without_cookie = sum(len(text) + 2 for text in (*handshake, *headers)) + len("Sec-WebSocket-Key: ") + 24 + 2 + 2
    cookie = random_hex(random, _REQUEST_BYTES - without_cookie - len("Cookie: id=\r\n"))
    return [*headers, f"Cookie: id={cookie}"]


def _text(kind: str, params: Message) -> str:
    return json.dumps({"type": kind, "params": params}, separators=(",", ":"))


async def _until_closed(websocket: WebSocket) -> None:
    while await websocket.receive():
        pass
