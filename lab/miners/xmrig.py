# SPDX-License-Identifier: Apache-2.0
"""An XMRig-like miner over plain TCP.

Messages and timers: xmrig/xmrig src/base/net/stratum/Client.cpp (field order, TCP_NODELAY, TCP keep-alive after 60 s,
`keepalived` 60 s after the last line received when the pool's extensions offer it). The login's list of algorithms is
the one XMRig 6.21 prints in its public debug logs. Sizes with the line feed: login 545-560, submit 185 + lengths of the
two ids - 16, keepalived 67 + length of the session id.
"""

import asyncio
import socket
from dataclasses import dataclass
from random import Random

from lab.miners.json_lines import Message, line, random_hex, read_message
from lab.miners.random_work import RandomWork

_KEEPALIVE_S = 60
# A new seed needs the RandomX data set: some seconds without hashing (issue logs: 1.6-3.8 s).
_DATA_SET_S = (1.6, 3.8)
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_ALGORITHMS = (
    "cn/1", "cn/2", "cn/r", "cn/fast", "cn/half", "cn/xao", "cn/rto", "cn/rwz", "cn/zls", "cn/double", "cn/ccx",
    "cn-lite/1", "cn-heavy/0", "cn-heavy/tube", "cn-heavy/xhv", "cn-pico", "cn-pico/tlo", "cn/upx2", "rx/0", "rx/wow",
    "rx/arq", "rx/graft", "rx/sfx", "rx/keva", "argon2/chukwa", "argon2/chukwav2", "argon2/ninja", "ghostrider",
)  # fmt: skip


@dataclass(frozen=True)
class XmrigSettings:
    hashes_per_s: float
    agent: str


LINUX_AGENT = "XMRig/6.21.0 (Linux x86_64) libuv/1.43.0 gcc/11.4.0"
WINDOWS_AGENT = "XMRig/6.21.0 (Windows NT 10.0; Win64; x64) libuv/1.44.2 gcc/13.2.0"


class Xmrig:
    def __init__(self, settings: XmrigSettings, random: Random) -> None:
        self._settings, self._random = settings, random
        self._work = RandomWork(settings.hashes_per_s, random)
        self._job: Message = {}
        self._session = ""
        self._keepalive = False
        self._next_id = 1

    async def mine(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Until cancelled or the pool hangs up."""
        connection = writer.get_extra_info("socket")
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE, 60)
        self._send(writer, "login", self._login())
        submits = asyncio.create_task(self._submit_shares(writer))
        try:
            await self._receive(reader, writer)
        finally:
            submits.cancel()

    async def _receive(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        receiving = asyncio.create_task(read_message(reader))
        try:
            while True:
                done, _ = await asyncio.wait([receiving], timeout=_KEEPALIVE_S if self._keepalive else None)
                if not done:
                    self._send(writer, "keepalived", {"id": self._session})
                    continue
                message = receiving.result()
                if message is None:
                    return
                await self._understand(message)
                receiving = asyncio.create_task(read_message(reader))
        finally:
            receiving.cancel()

    async def _understand(self, message: Message) -> None:
        if message.get("method") == "job":
            self._job = message["params"]
        elif message["id"] == 1:
            result = message["result"]
            self._session, self._job = result["id"], result["job"]
            self._keepalive = "keepalive" in result.get("extensions", ())
            await asyncio.sleep(self._random.uniform(*_DATA_SET_S))
        else:
            return
        target = int.from_bytes(bytes.fromhex(self._job["target"]), "little")
        self._work.set_difficulty(2**32 / target)

    async def _submit_shares(self, writer: asyncio.StreamWriter) -> None:
        while True:
            await self._work.share()
            share = {
                "id": self._session,
                "job_id": self._job["job_id"],
                "nonce": random_hex(self._random, 8),
                "result": random_hex(self._random, 64),
            }
            self._send(writer, "submit", share)

    def _login(self) -> Message:
        address = "4" + "".join(self._random.choices(_BASE58, k=94))
        return {"login": address, "pass": "x", "agent": self._settings.agent, "algo": _ALGORITHMS}

    def _send(self, writer: asyncio.StreamWriter, method: str, params: Message) -> None:
        writer.write(line({"id": self._next_id, "jsonrpc": "2.0", "method": method, "params": params}))
        self._next_id += 1
