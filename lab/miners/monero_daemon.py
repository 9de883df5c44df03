# SPDX-License-Identifier: Apache-2.0
"""A node that gives out block templates over HTTP: /json_rpc and /getheight.

Messages: monero-project docs of the daemon RPC. monerod answers with indented JSON and its own headers; nodes behind a
web server, and those of other languages, are compact. Sizes: a height some 150-400 bytes with its headers; a template
1 to 10 kB by the block's transactions (twice its bytes, as hexadecimal).
"""

import asyncio
import json
from dataclasses import dataclass
from random import Random

from lab.http_message import HttpMessage, http_bytes, read_message
from lab.identifier import random_hex
from lab.miners.blockchain import Blockchain
from lab.miners.json_rpc import Message
from lab.miners.monero_job import Template

_SERVERS = ("Epee-based", "Epee-based", "nginx", "nginx/1.22.1", "Caddy")
_TEMPLATE_MEAN_S = 0.02
_IDLE_S = 120


@dataclass(frozen=True)
class DaemonStyle:
    server: str
    indented: bool
    usual_transactions: int

    @staticmethod
    def drawn(random: Random) -> "DaemonStyle":
        server = random.choice(_SERVERS)
        return DaemonStyle(server, server == "Epee-based" or random.random() < 0.3, random.choice((2, 10, 30, 60)))


class MoneroDaemon:
    def __init__(self, style: DaemonStyle, chain: Blockchain, random: Random) -> None:
        self.style, self.chain, self._random = style, chain, random
        self._seeds = (random_hex(random, 64), random_hex(random, 64))
        self._hash, self._height = "", -1

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while True:
            async with asyncio.timeout(_IDLE_S):
                request = await read_message(reader)
            answer = await self._answer(request)
            writer.write(self._http(answer, request.wants_close))
            if request.wants_close:
                await writer.drain()
                return

    async def _answer(self, request: HttpMessage) -> Message:
        if request.path == "/getheight":
            return {"hash": self._block_hash(), "height": self.chain.height, "status": "OK", "untrusted": False}
        call = json.loads(request.body)
        if call["method"] == "getblocktemplate":
            await asyncio.sleep(self._random.expovariate(1 / _TEMPLATE_MEAN_S))
            return {"id": call["id"], "jsonrpc": "2.0", "result": self._template()}
        if call["method"] == "get_info":
            return {"id": call["id"], "jsonrpc": "2.0", "result": self._info()}
        return {"id": call["id"], "jsonrpc": "2.0", "result": {"status": "OK", "untrusted": False}}

    def _template(self) -> Message:
        random = self._random
        transactions = int(random.expovariate(1 / self.style.usual_transactions))
        template = Template.drawn(self.chain.height, random, self._seeds, min(transactions, 250))
        return {
            "blockhashing_blob": template.hashing_blob(random),
            "blocktemplate_blob": template.blob,
            "difficulty": template.network_difficulty,
            "difficulty_top64": 0,
            "expected_reward": random.randrange(6 * 10**11, 7 * 10**11),
            "height": template.height,
            "next_seed_hash": "",
            "prev_hash": self._block_hash(),
            "reserved_offset": 130,
            "seed_hash": template.seed_hash,
            "seed_height": template.height - template.height % 2048,
            "status": "OK",
            "untrusted": False,
            "wide_difficulty": hex(template.network_difficulty),
        }

    def _info(self) -> Message:
        fields = ("alt_blocks_count", "block_size_limit", "cumulative_difficulty", "database_size", "difficulty")
        info: Message = {name: self._random.randrange(10**9, 10**12) for name in fields}
        return info | {"height": self.chain.height, "top_block_hash": self._block_hash(), "status": "OK"}

    def _block_hash(self) -> str:
        if self._height != self.chain.height:
            self._hash, self._height = random_hex(self._random, 64), self.chain.height
        return self._hash

    def _http(self, answer: Message, closing: bool) -> bytes:
        text = json.dumps(answer, indent=2).replace("\n", "\r\n") if self.style.indented else json.dumps(answer)
        headers = [f"Server: {self.style.server}", f"Content-Length: {len(text)}", "Content-Type: application/json"]
        if self.style.server == "Epee-based":
            headers += ["Last-Modified: Mon, 01 Jan 2024 00:00:00 GMT", "Accept-Ranges: bytes"]
        if closing:
            headers.append("Connection: close")
        return http_bytes("HTTP/1.1 200 Ok", headers, text.encode())
