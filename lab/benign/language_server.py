# SPDX-License-Identifier: Apache-2.0
"""An editor at a language server over TCP: keys typed become didChange, completions are asked, diagnostics pushed.

Framing and methods: Language Server Protocol 3.17 (Content-Length, blank line, JSON-RPC). Lists of completions are
large, diagnostics come a while after the last key.
"""

import asyncio
import json
from random import Random

from lab.activity import Activity, Place, Visit
from lab.benign.record import Form, prose
from lab.connection_log import BENIGN, Story
from lab.conversation import Errands, repeat, until_first
from lab.http_message import read_message
from lab.rhythm import CLOCK, HUMAN, Rhythm, drawn_bytes, log_uniform

_URI = "file:///home/user/project/src/"


def framed(message: dict) -> bytes:
    body = json.dumps({"jsonrpc": "2.0"} | message, separators=(",", ":")).encode()
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


class LanguageServer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.port, self.tls = random.choice((2087, 5007, 9257)), random.random() < 0.3
        self.item, self.requests = Form(random, (2, 6)), random.sample(("hover", "semanticTokens", "inlayHint"), 2)
        self._items, self._thinks_s = log_uniform(random, 3, 80), log_uniform(random, 0.01, 0.8)
        self._diagnoses_after_s, self._progress_s = random.uniform(0.2, 2), log_uniform(random, 10, 200)

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        progress = {"method": "$/progress", "params": {"token": 1, "value": {"kind": "report", "message": "indexing"}}}
        with Errands() as diagnosis, Errands() as errands:
            mean_s = self._progress_s
            errands.start(repeat(lambda: self.random.expovariate(1 / mean_s), lambda: writer.write(framed(progress))))
            while True:
                message = json.loads((await read_message(reader)).body)
                if "id" in message:
                    await asyncio.sleep(self.random.expovariate(1 / self._thinks_s))
                    writer.write(framed({"id": message["id"], "result": self._result(message["method"])}))
                elif message["method"].startswith("textDocument/did"):
                    diagnosis.cancel()
                    diagnosis.start(self._diagnose(writer))

    async def _diagnose(self, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(self._diagnoses_after_s * self.random.uniform(0.8, 1.6))
        found = [self.item.values(range=_range(self.random)) for _ in range(int(self.random.expovariate(0.5)))]
        params = {"uri": _URI + "main.rs", "diagnostics": found}
        writer.write(framed({"method": "textDocument/publishDiagnostics", "params": params}))

    def _result(self, method: str) -> object:
        if method.endswith("completion"):
            return [self.item.values() for _ in range(drawn_bytes(self.random, self._items, 0.8, 1, 150))]
        if method.endswith("semanticTokens"):
            return {"data": [self.random.randrange(40) for _ in range(5 * self.random.randint(5, 300))]}
        return self.item.values() if self.random.random() < 0.7 else None


def _range(random: Random) -> dict:
    line, column = random.randrange(900), random.randrange(80)
    return {"start": {"line": line, "character": column}, "end": {"line": line, "character": column + 1}}


async def open_language_server(place: Place) -> LanguageServer:
    server = LanguageServer(place.random)
    await place.serve(server.port, server.talk, tls=server.tls)
    return server


class Editor:
    def __init__(self, visit: Visit, writer: asyncio.StreamWriter) -> None:
        self._visit, self._random, self._writer = visit, visit.random, writer
        self._keys = Rhythm(visit.random, HUMAN, log_uniform(visit.random, 0.12, 0.5), 0.5)
        self._flush = Rhythm(visit.random, CLOCK, visit.random.choice((0.1, 0.2, 0.3, 0.5)), 0.1)
        self._thoughts = Rhythm(visit.random, HUMAN, log_uniform(visit.random, 5, 60), 1.0)
        self._number = 0

    async def write(self) -> None:
        self._ask("initialize", {"capabilities": prose(self._random, 3000), "rootUri": _URI})
        text = prose(self._random, drawn_bytes(self._random, 6000, 0.8, 300, 60000))
        self._tell("textDocument/didOpen", {"textDocument": {"uri": _URI + "main.rs", "version": 1, "text": text}})
        while True:
            await self._visit.pause(self._thoughts.gap())
            for _ in range(drawn_bytes(self._random, 12, 0.8, 1, 80)):
                change = {"range": _range(self._random), "text": prose(self._random, self._random.randint(1, 4))}
                document = {"uri": _URI + "main.rs", "version": self._number}
                self._tell("textDocument/didChange", {"textDocument": document, "contentChanges": [change]})
                if self._random.random() < 0.3:
                    self._ask_here("completion")
                await self._visit.pause(max(self._keys.gap(), self._flush.gap()))
            self._ask_here(self._random.choice(self._visit.service.requests))

    def _ask_here(self, method: str) -> None:
        params = {"textDocument": {"uri": _URI + "main.rs"}, "position": _range(self._random)["start"]}
        self._ask(f"textDocument/{method}", params)

    def _ask(self, method: str, params: dict) -> None:
        self._number += 1
        self._writer.write(framed({"id": self._number, "method": method, "params": params}))

    def _tell(self, method: str, params: dict) -> None:
        self._writer.write(framed({"method": method, "params": params}))


async def edit_program(visit: Visit) -> None:
    server: LanguageServer = visit.service

    async def listen() -> None:
        while True:
            await read_message(reader)

    async with visit.dial(server.port, tls=server.tls) as (reader, writer):
        await until_first(listen(), Editor(visit, writer).write())


ACTIVITIES = (
    Activity(
        Story(BENIGN, "language-server", "lab log: editor at the lab's own language server"),
        open_language_server,
        edit_program,
    ),
)
