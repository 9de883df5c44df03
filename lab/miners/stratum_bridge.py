# SPDX-License-Identifier: Apache-2.0
"""Between browsers and an ordinary pool: WebSocket on one side, on the other a pool connection for each browser.

Messages: deepwn/deepMiner server.js (jobs are passed on as the pool wrote them, `hashes` counts shares, error -1 bans)
and x25/coinhive-stratum-mining-proxy (a job keeps three fields, `hashes` counts hashes).
"""

import asyncio
import contextlib
from dataclasses import dataclass
from random import Random

from lab.conversation import until_first
from lab.identifier import random_digits
from lab.miners import browser_messages as messages
from lab.miners.browser_messages import Wire
from lab.miners.json_rpc import Message, line, read_message
from lab.miners.xmrig import wallet_address
from lab.websocket import WebSocket

_BROWSER_FIELDS = ("job_id", "blob", "target")


@dataclass(frozen=True)
class BridgeStyle:
    """What the bridge's software and operator write."""

    wallet: str
    password: str
    agent: str
    passes_jobs_on: bool
    counts_shares: bool
    numbers_requests: bool  # otherwise all requests of a connection have one id, the time of its beginning
    rigid: bool

    @staticmethod
    def drawn(random: Random, *, deepminer: bool) -> "BridgeStyle":
        return BridgeStyle(
            wallet=wallet_address(random),
            password=random.choice(("", "x", "x", "web", f"browser{random.randrange(1000)}:mail@host.example")),
            agent="deepMiner" if deepminer else random.choice(("stratum-proxy", "coinhive-proxy/0.1", "deepMiner", "")),
            passes_jobs_on=deepminer,
            counts_shares=deepminer or random.random() < 0.3,
            numbers_requests=not deepminer and random.random() < 0.6,
            rigid=random.random() < 0.4,
        )


class StratumBridge:
    """One browser and its connection to the pool, until either ends."""

    def __init__(
        self,
        style: BridgeStyle,
        wire: Wire,
        websocket: WebSocket,
        pool: tuple[asyncio.StreamReader, asyncio.StreamWriter],
        random: Random,
    ) -> None:
        self._style, self._wire, self._websocket = style, wire, websocket
        self._reader, self._writer = pool
        self._id = 0 if style.numbers_requests else int(random_digits(random, 13))
        self._session, self._hashes, self._difficulty = "", 0, 0.0

    async def run(self) -> None:
        await until_first(self._to_pool(), self._to_browser())

    async def _to_pool(self) -> None:
        async for payload in self._websocket.payloads():
            message = self._wire.read(payload)
            if message["type"] == "auth":
                self._request("login", self._login())
            elif message["type"] == "submit" and self._session:
                found = {key: message["params"][key] for key in ("job_id", "nonce", "result")}
                self._request("submit", {"id": self._session} | found)

    async def _to_browser(self) -> None:
        while message := await read_message(self._reader):
            result = message.get("result") or {}
            if message.get("method") == "job":
                self._tell_job(message["params"])
            elif "job" in result:
                self._session = result["id"]
                self._tell("authed", {"token": "", "hashes": self._hashes})
                self._tell_job(result["job"])
            elif result:
                self._hashes += 1 if self._style.counts_shares else int(self._difficulty)
                self._tell("hash_accepted", {"hashes": self._hashes})
            elif message.get("error"):
                self._tell("error", {"error": message["error"]["message"]})

    def _request(self, method: str, params: Message) -> None:
        if self._style.numbers_requests:
            self._id += 1
        self._writer.write(line({"method": method, "params": params, "id": self._id}))

    def _login(self) -> Message:
        rigid = {"rigid": ""} if self._style.rigid else {}
        return {"login": self._style.wallet, "pass": self._style.password} | rigid | {"agent": self._style.agent}

    def _tell_job(self, job: Message) -> None:
        self._difficulty = messages.difficulty(job["target"])
        self._tell("job", job if self._style.passes_jobs_on else {key: job[key] for key in _BROWSER_FIELDS})

    def _tell(self, kind: str, params: Message) -> None:
        with contextlib.suppress(ConnectionError):
            self._websocket.send_text(self._wire.write(kind, params))
